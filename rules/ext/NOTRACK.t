@ip ip6
:PREROUTING,OUTPUT
*raw
-j NOTRACK;=;OK
-j NOTRACK --notrack;;FAIL
