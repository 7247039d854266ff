@ip ip6
:INPUT,FORWARD,OUTPUT
-p ipcomp -m ipcomp;-p ipcomp -m ipcomp --ipcompspi 0;OK
-p ipcomp -m ipcomp --ipcompspi 500;=;OK
-p 108 -m ipcomp --ipcompspi 0x10:0x20;-p ipcomp -m ipcomp --ipcompspi 16:32;OK
-p ipcomp -m ipcomp --ipcompspi 9:5;=;OK
-p ipcomp -m ipcomp --ipcompspi 7:7;-p ipcomp -m ipcomp --ipcompspi 7;OK
-p ipcomp -m ipcomp --ipcompspi :8;-p ipcomp -m ipcomp --ipcompspi 0:8;OK
-p ipcomp -m ipcomp --ipcompspi 8:;-p ipcomp -m ipcomp --ipcompspi 8:4294967295;OK
-p ipcomp -m ipcomp ! --ipcompspi 100:200;=;OK
-p ipcomp -m ipcomp ! --ipcompspi 0:4294967295;-p ipcomp -m ipcomp;OK
-p ipcomp -m ipcomp --ipcompspi 4294967296;;FAIL
-p ipcomp -m ipcomp --ipcompspi 1:2:3;;FAIL
-p ipcomp -m ipcomp --ipcompspi x;;FAIL
-p ipcomp -m ipcomp --ipcompspi 1 --ipcompspi 2;;FAIL
-m ipcomp --ipcompspi 1;;FAIL
-p ah -m ipcomp --ipcompspi 1;;FAIL
-p ipcomp -m ipcomp --ipcompspi 5 --compres;=;OK
