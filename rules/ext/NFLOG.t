@ip ip6
:INPUT,FORWARD,OUTPUT
-j NFLOG;=;OK
-j NFLOG --nflog-group 7 --nflog-prefix "in: ";-j NFLOG --nflog-prefix "in: " --nflog-group 7;OK
-j NFLOG --nflog-group 0;-j NFLOG;OK
-j NFLOG --nflog-size 128 --nflog-threshold 9;=;OK
-j NFLOG --nflog-size 0;=;OK
-j NFLOG --nflog-threshold 1;=;OK
-j NFLOG --nflog-threshold 0;-j NFLOG;OK
-j NFLOG --nflog-range 64;=;OK
-j NFLOG --nflog-range 0;-j NFLOG;OK
-j NFLOG --nflog-prefix 0123456789012345678901234567890123456789012345678901234567890123456789;-j NFLOG --nflog-prefix 012345678901234567890123456789012345678901234567890123456789012;OK
-j NFLOG --nflog-prefix "";;FAIL
-j NFLOG --nflog-group 65536;;FAIL
-j NFLOG --nflog-size 1 --nflog-range 1;;FAIL
-j NFLOG --nflog-threshold 65536;;FAIL
