@ip ip6
:FORWARD,OUTPUT,POSTROUTING
*mangle
-j CLASSIFY --set-class 1:2;-j CLASSIFY --set-class 0001:0002;OK
-j CLASSIFY --set-class 0000:ffff;=;OK
-j CLASSIFY --set-class ABCD:1;-j CLASSIFY --set-class abcd:0001;OK
-j CLASSIFY --set-class 12345:6;-j CLASSIFY --set-class 2345:0006;OK
-j CLASSIFY --set-class 1:12345;-j CLASSIFY --set-class 0001:2345;OK
-j CLASSIFY --set-class 1:2x;-j CLASSIFY --set-class 0001:0002;OK
-j CLASSIFY --set-class 1;;FAIL
-j CLASSIFY --set-class :1;;FAIL
-j CLASSIFY --set-class 1:g;;FAIL
-j CLASSIFY;;FAIL
:PREROUTING
-j CLASSIFY --set-class 1:2;;FAIL
:POSTROUTING
*nat
-j CLASSIFY --set-class 1:2;-j CLASSIFY --set-class 0001:0002;OK
:OUTPUT
*filter
-j CLASSIFY --set-class 1:2;-j CLASSIFY --set-class 0001:0002;OK
