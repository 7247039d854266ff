:INPUT
--h-length foo -j ACCEPT;-j ACCEPT;OK
! --h-length 6 --opcode 1 -j ACCEPT;-j ACCEPT ! --opcode 1;OK
--h-length 5;;FAIL
--h-length 6/5;;OK
--opcode 0;;OK
! --opcode 0;=;OK
--opcode reply;--opcode 2;OK
--opcode 3/5;--opcode 3;OK
--opcode 70000;;FAIL
--opcode nosuch;;FAIL
--opcode ! 1 -j ACCEPT;-j ACCEPT ! --opcode 1;OK
--h-type 0;--h-type 0/0;OK
! --h-type 1;;OK
! --h-type ethernet;;OK
--h-type foo;;FAIL
--h-type 10;--h-type 16;OK
--proto-type ipv4;--proto-type 0x800;OK
--proto-type 0x800/0xff;--proto-type 0x800;OK
! --proto-type 0x86dd;=;OK
--proto-type foo;;FAIL
--source-mac 01:02:03:04:05:06/ff:ff:ff:00:00:00;;OK
--source-mac 01:02:03:04:05:06/ff:ff:ff:00:00:01;--src-mac 01:02:03:00:00:00/ff:ff:ff:00:00:01;OK
! --source-mac Broadcast;! --src-mac ff:ff:ff:ff:ff:ff;OK
--source-mac 00:00:00:00:00:00/00:00:00:00:00:00;;OK
--source-mac nosuch;;FAIL
--destination-mac Multicast;--dst-mac 01:00:00:00:00:00/01:00:00:00:00:00;OK
--dst-mac 2:0:0:0:0:1 -j DROP;-j DROP --dst-mac 02:00:00:00:00:01;OK
-s 10.0.0.0/8 -d 192.168.1.0/24;=;OK
! -s 10.0.0.1/255.0.0.255;=;OK
! -s 10.0.0.1,10.0.0.2;;FAIL
-s 0/0;;OK
! -s 0/0;;FAIL
-s 10.0.0.256;;FAIL
--src-ip 10.0.0.1 --destination-ip ! 10.0.0.2;-s 10.0.0.1 ! -d 10.0.0.2;OK
-j RETURN -i eth0;=;OK
-j QUEUE;;FAIL
-j nosuch;;FAIL
-m mark --mark 1;;FAIL
-g foo;;FAIL
-o eth0;;FAIL
-i eth+ -j DROP;-j DROP -i eth+;OK
-i + -j ACCEPT;-j ACCEPT;OK
-s 10.0.0.1 -s 10.0.0.2;;FAIL
! ! -s 10.0.0.1;;FAIL
-s 10.0.0.1 foo;;FAIL
-s 10.0.0.1 !;;FAIL
-s;;FAIL
--p-length 4;;FAIL
-l 6 -n;;FAIL
--opcode=1;;FAIL
--src-mac=01:02:03:04:05:06;;FAIL
-j TRACE;=;OK
-s 10.0.0.1 -j TRACE;-j TRACE -s 10.0.0.1;OK
:OUTPUT
-i eth0;;FAIL
-o eth0 -c 1 2;-o eth0;OK
-o eth0 -c 1;;FAIL
-p tcp;;OK
! -p tcp;! --proto-type 0x0;OK
-p nosuch;;FAIL
-o + -j DROP;-j DROP;OK
! -o +;=;OK
*nat
:OUTPUT
-j DROP;;FAIL
*filter
:FORWARD
-j ACCEPT;;FAIL
