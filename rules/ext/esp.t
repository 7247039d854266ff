@ip ip6
:INPUT,FORWARD,OUTPUT
-p esp -m esp;=;OK
-p esp -m esp --espspi 500;=;OK
-p 50 -m esp --espspi 0x10:0x20;-p esp -m esp --espspi 16:32;OK
-p esp -m esp --espspi 9:5;=;OK
-p esp -m esp --espspi 7:7;-p esp -m esp --espspi 7;OK
-p esp -m esp --espspi :8;-p esp -m esp --espspi 0:8;OK
-p esp -m esp --espspi 8:;-p esp -m esp --espspi 8:4294967295;OK
-p esp -m esp ! --espspi 100:200;=;OK
-p esp -m esp ! --espspi 0:4294967295;-p esp -m esp;OK
-p esp -m esp --espspi 4294967296;;FAIL
-p esp -m esp --espspi 1:2:3;;FAIL
-p esp -m esp --espspi x;;FAIL
-p esp -m esp --espspi 1 --espspi 2;;FAIL
-m esp --espspi 1;;FAIL
-p ah -m esp --espspi 1;;FAIL
