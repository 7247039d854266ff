@ip ip6
:INPUT,FORWARD,OUTPUT
-m tos --tos 0x10;-m tos --tos 0x10/0xff;OK
-m tos --tos 16/0x3f;-m tos --tos 0x10/0x3f;OK
-m tos ! --tos 0xb8/0xfc;=;OK
-m tos --tos Minimize-Delay;-m tos --tos 0x10/0x3f;OK
-m tos --tos normal-service;-m tos --tos 0x00/0x3f;OK
-m tos --tos Maximize-Throughput;-m tos --tos 0x08/0x3f;OK
-m tos --tos 256;;FAIL
-m tos --tos 1/256;;FAIL
-m tos --tos 1/2/3;;FAIL
-m tos --tos foo;;FAIL
-m tos;;FAIL
