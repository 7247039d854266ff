@ip ip6
:INPUT,FORWARD
*filter
-m u32 --u32 "0>>22&0x3C@4=0x3e8";-m u32 --u32 "0x0>>0x16&0x3c@0x4=0x3e8";OK
-m u32 --u32 "6&0xFF=17";-m u32 --u32 "0x6&0xff=0x11";OK
-m u32 ! --u32 "0=1:5,7 && 4<<2=0x0:0xff";-m u32 ! --u32 "0x0=0x1:0x5,0x7&&0x4<<0x2=0x0:0xff";OK
-m u32;;FAIL
-m u32 --u32 "foo";;FAIL
-m u32 --u32 "0=";;FAIL
-m u32 --u32 "0";;FAIL
-m u32 --u32 "0&&=3";;FAIL
-m u32 --u32 "0=1 1=2";;FAIL
# a shift goes up to 31
@ip ip6
*filter
:INPUT,FORWARD,OUTPUT
-m u32 --u32 "4<<31=1";-m u32 --u32 "0x4<<0x1f=0x1";OK
-m u32 --u32 "4>>31=1";-m u32 --u32 "0x4>>0x1f=0x1";OK
-m u32 --u32 "4<<32=1";;FAIL
-m u32 --u32 "4>>0100000000=1";;FAIL
-m u32 --u32 "2=1&&4>>32=1";;FAIL
