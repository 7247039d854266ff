@ip6
:INPUT,FORWARD
-m eui64;=;OK
-m eui64 --foo;;FAIL
:OUTPUT
-m eui64;;FAIL
*raw
:PREROUTING
-m eui64;=;OK
