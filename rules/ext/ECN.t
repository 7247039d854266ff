:PREROUTING
*mangle
-p tcp -j ECN --ecn-tcp-remove;=;OK
-p tcp -j ECN --ecn-tcp-ece 1;=;OK
-p tcp -j ECN --ecn-tcp-ece 0 --ecn-tcp-cwr 0;-p tcp -j ECN --ecn-tcp-remove;OK
-p tcp -j ECN --ecn-tcp-cwr 1 --ecn-ip-ect 2;=;OK
-j ECN --ecn-ip-ect 0;=;OK
-j ECN --ecn-ip-ect 3;=;OK
-j ECN;;FAIL
-j ECN --ecn-tcp-remove;;FAIL
-p udp -j ECN --ecn-tcp-cwr 1;;FAIL
-j ECN --ecn-ip-ect 4;;FAIL
-p tcp -j ECN --ecn-tcp-cwr 2;;FAIL
# of an --ecn-ip-ect only what follows --ecn-tcp-remove is kept
@ip
*mangle
:PREROUTING,FORWARD
-p tcp -j ECN --ecn-ip-ect 2 --ecn-tcp-remove;-p tcp -j ECN --ecn-tcp-remove;OK
-p tcp -j ECN --ecn-tcp-remove --ecn-ip-ect 2;-p tcp -j ECN --ecn-tcp-ece 0 --ecn-tcp-cwr 0 --ecn-ip-ect 2;OK
