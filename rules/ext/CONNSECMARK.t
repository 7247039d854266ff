@ip ip6
*security
:INPUT,FORWARD,OUTPUT
-j CONNSECMARK --save;=;OK
-j CONNSECMARK --restore;=;OK
-j CONNSECMARK;;FAIL
-j CONNSECMARK --save --restore;;FAIL
*mangle
:PREROUTING,POSTROUTING
-j CONNSECMARK --save;=;OK
*filter
:INPUT
-j CONNSECMARK --save;;FAIL
