@ip6
:INPUT,FORWARD,OUTPUT
-p ipv6-mh -m mh;-p mobility-header -m mh;OK
-p mobility-header -m mh --mh-type 3;=;OK
-p mh --mh-type brr;-p mobility-header -m mh --mh-type 0;OK
-p 135 -m mh --mh-type hoti:cot;-p mobility-header -m mh --mh-type 1:4;OK
-p mobility-header -m mh ! --mh-type binding-u;-p mobility-header -m mh ! --mh-type 5;OK
-p mobility-header -m mh --mh-type binding;-p mobility-header -m mh --mh-type 0;OK
-p mobility-header -m mh --mh-type HOT;-p mobility-header -m mh --mh-type 3;OK
-p mobility-header -m mh --mh-type home-test;-p mobility-header -m mh --mh-type 3;OK
-p mobility-header -m mh --mh-type :;-p mobility-header -m mh;OK
-p mobility-header -m mh ! --mh-type 0:255;-p mobility-header -m mh;OK
-p mobility-header -m mh --mh-type 7:;-p mobility-header -m mh --mh-type 7:255;OK
-p mobility-header -m mh --mh-type :0x10;-p mobility-header -m mh --mh-type 0:16;OK
-p mobility-header -m mh --mh-type 4:3;;FAIL
-p mobility-header -m mh --mh-type 256;;FAIL
-p mobility-header -m mh --mh-type foo;;FAIL
-p mobility-header -m mh --mh-type 1:2:3;;FAIL
-m mh --mh-type 1;;FAIL
! -p mobility-header -m mh;;FAIL
-p tcp -m mh;;FAIL
-p mobility-header --mh-type 3;;FAIL
