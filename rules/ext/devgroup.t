@ip ip6
:FORWARD
-m devgroup --src-group 5;-m devgroup --src-group 0x5;OK
-m devgroup --dst-group 0x10/0xf0;=;OK
-m devgroup ! --dst-group 2 ! --src-group 1;-m devgroup ! --src-group 0x1 ! --dst-group 0x2;OK
-m devgroup --src-group default;=;OK
-m devgroup --src-group 0;-m devgroup --src-group default;OK
-m devgroup --src-group 0/3;-m devgroup --src-group 0x0/0x3;OK
-m devgroup;;FAIL
-m devgroup --src-group lan;;FAIL
-m devgroup --src-group 1x;;FAIL
-m devgroup --src-group 1/x;;FAIL
-m devgroup --src-group 1/2x;;FAIL
-m devgroup --src-group 1 --src-group 2;;FAIL
:INPUT
-m devgroup --src-group 5;-m devgroup --src-group 0x5;OK
-m devgroup --dst-group 5;;FAIL
:OUTPUT
-m devgroup --src-group 5;;FAIL
-m devgroup --dst-group 5;-m devgroup --dst-group 0x5;OK
