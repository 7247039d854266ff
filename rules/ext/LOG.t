@ip ip6
:INPUT,FORWARD,OUTPUT
*filter
-j LOG;=;OK
-j LOG --log-prefix "a b";=;OK
-j LOG --log-prefix "tcp: " --log-level 6;=;OK
-j LOG --log-level info;-j LOG --log-level 6;OK
-j LOG --log-level warning;-j LOG;OK
-j LOG --log-level 4;-j LOG;OK
-j LOG --log-prefix simple;=;OK
-j LOG --log-prefix 0123456789012345678901234567890123456789;-j LOG --log-prefix 01234567890123456789012345678;OK
-j LOG --log-tcp-sequence --log-tcp-options --log-ip-options --log-uid --log-macdecode;=;OK
-j LOG --log-uid --log-tcp-sequence;-j LOG --log-tcp-sequence --log-uid;OK
-j LOG --log-level 8;;FAIL
-j LOG --log-level foo;;FAIL
-j LOG --log-prefix "";;FAIL
-j LOG --log-prefix;;FAIL
-j LOG ! --log-uid;;FAIL
