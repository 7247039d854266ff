@ip ip6
:INPUT,FORWARD,OUTPUT
-m length --length 1;=;OK
-m length --length 100:200;=;OK
-m length ! --length :20;-m length ! --length 0:20;OK
-m length --length 1500:;-m length --length 1500:65535;OK
-m length --length 0x10;-m length --length 16;OK
-m length --length 20:10;=;OK
-m length --length 65536;;FAIL
-m length --length 1:2:3;;FAIL
-m length --length x;;FAIL
-m length;;FAIL
