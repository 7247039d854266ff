:PREROUTING,OUTPUT
*raw
-j TRACE;=;OK
-p tcp -m tcp --dport 22 -j TRACE;=;OK
-j TRACE --foo;;FAIL
*mangle
-j TRACE;;FAIL
