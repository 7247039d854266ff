@ip ip6
:INPUT,FORWARD,OUTPUT
@ip
-m iprange --src-range 10.0.0.1-10.0.0.9;=;OK
-m iprange ! --src-range 10.0.0.1-10.0.0.9 --dst-range 192.0.2.1-192.0.2.1;=;OK
-m iprange ! --dst-range 0.0.0.0-255.255.255.255;=;OK
-m iprange --src-range 10.0.0.7;-m iprange --src-range 10.0.0.7-10.0.0.7;OK
-m iprange --src-range 10.0.0.9-10.0.0.1;=;OK
-m iprange --src-range 10-10.1;-m iprange --src-range 10.0.0.0-10.1.0.0;OK
-m iprange --src-range 010.0x10.1.1-11.0.0.0;-m iprange --src-range 8.16.1.1-11.0.0.0;OK
@ip ip6
-m iprange --src-range 10.0.0.1-10.0.0.256;;FAIL
-m iprange --src-range 10.0.0.1-;;FAIL
-m iprange --src-range -10.0.0.1;;FAIL
-m iprange --src-range 10.0.0.0/8;;FAIL
-m iprange --src-range 10.0.0.1-10.0.0.2-10.0.0.3;;FAIL
-m iprange --dst-range foo;;FAIL
-m iprange --src-range 1.2.3.4.5;;FAIL
-m iprange;;FAIL
@ip6
:INPUT,FORWARD,OUTPUT
-m iprange --src-range 2001:db8::1-2001:db8::ff;=;OK
-m iprange ! --dst-range ::1-::2;=;OK
-m iprange --src-range ::ffff:1.2.3.4;-m iprange --src-range ::ffff:1.2.3.4-::ffff:1.2.3.4;OK
-m iprange --src-range ::9-::1;=;OK
-m iprange ! --src-range 1::-2:: --dst-range 3::-4::;=;OK
-m iprange --src-range 10.0.0.1-10.0.0.9;;FAIL
-m iprange --src-range ::1-;;FAIL
-m iprange --src-range -::1;;FAIL
-m iprange --src-range ::1-::2-::3;;FAIL
