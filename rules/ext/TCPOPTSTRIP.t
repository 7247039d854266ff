@ip ip6
:PREROUTING,FORWARD
*mangle
-p tcp -j TCPOPTSTRIP --strip-options 2;=;OK
-p tcp -j TCPOPTSTRIP --strip-options timestamp,mss,sack-permitted,99;-p tcp -j TCPOPTSTRIP --strip-options 2,4,8,99;OK
-p tcp -j TCPOPTSTRIP --strip-options wscale,sack,md5;-p tcp -j TCPOPTSTRIP --strip-options 3,5,19;OK
-p tcp -j TCPOPTSTRIP --strip-options 2,2;;FAIL
-p tcp -j TCPOPTSTRIP --strip-options 300;;FAIL
-p tcp -j TCPOPTSTRIP --strip-options 0;;FAIL
-p tcp -j TCPOPTSTRIP --strip-options 4,1;;FAIL
-p tcp -j TCPOPTSTRIP --strip-options foo;;FAIL
-j TCPOPTSTRIP --strip-options 2;;FAIL
@ip ip6
*mangle
:PREROUTING,INPUT
-p tcp -j TCPOPTSTRIP;=;OK
