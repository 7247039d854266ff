@ip ip6
:INPUT,FORWARD,OUTPUT
-m connmark --mark 1;-m connmark --mark 0x1;OK
-m connmark --mark 0x10/0xf0;=;OK
-m connmark ! --mark 7;-m connmark ! --mark 0x7;OK
-m connmark ! --mark 0/0xff;-m connmark ! --mark 0x0/0xff;OK
-m connmark --mark 99999999999;;FAIL
-m connmark --mark 1/x;;FAIL
-m connmark;;FAIL
