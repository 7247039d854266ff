@ip ip6
:PREROUTING,INPUT,FORWARD,OUTPUT,POSTROUTING
*mangle
-j TOS --set-tos 0x10;-j TOS --set-tos 0x10/0xff;OK
-j TOS --set-tos 0x10/0x3f;=;OK
-j TOS --set-tos Minimize-Delay;-j TOS --set-tos 0x10/0x3f;OK
-j TOS --set-tos minimize-cost;-j TOS --set-tos 0x02/0x3f;OK
-j TOS --and-tos 0x10;-j TOS --set-tos 0x00/0xef;OK
-j TOS --or-tos 0x04;-j TOS --set-tos 0x04/0x04;OK
-j TOS --xor-tos 0x04;-j TOS --set-tos 0x04/0x00;OK
-j TOS;;FAIL
-j TOS --set-tos 256;;FAIL
-j TOS --set-tos foo;;FAIL
-j TOS --set-tos 1 --or-tos 2;;FAIL
