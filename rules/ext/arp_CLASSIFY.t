:OUTPUT
-j CLASSIFY --set-class 1:2;=;OK
-j CLASSIFY --set-class 10:ffff -o eth0;-j CLASSIFY -o eth0 --set-class 10:ffff;OK
-j CLASSIFY;;FAIL
-j CLASSIFY --set-class x;;FAIL
:INPUT
-j CLASSIFY --set-class 1:2;;FAIL
