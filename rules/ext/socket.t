@ip ip6
*mangle
:PREROUTING,INPUT
-m socket;=;OK
-m socket --transparent;=;OK
-m socket --restore-skmark --nowildcard --transparent;-m socket --transparent --nowildcard --restore-skmark;OK
-p tcp -m socket --nowildcard;=;OK
-m socket --transparent --transparent;;FAIL
:FORWARD
-m socket;;FAIL
