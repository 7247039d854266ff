:INPUT
-i eth0;-i eth0 -j CONTINUE;OK
-i eth+ -j DROP;=;OK
-i + -j DROP;-j DROP;OK
-i eth+x;;FAIL
-i aaaaaaaaaaaaaaaaaaaaa;;FAIL
-o eth0;;FAIL
--logical-out br0;;FAIL
-p ! LENGTH -j DROP;-p ! Length -j DROP;OK
-p length;-p Length -j CONTINUE;OK
-p 0x800;-p IPv4 -j CONTINUE;OK
-p 88b5 -j ACCEPT;-p 0x88b5 -j ACCEPT;OK
-p 10000;;FAIL
-p 5ff;;FAIL
-p nosuch;;FAIL
-p IPv4 -p ARP;;FAIL
-p;;FAIL
-s 1:2:3:4:5;;FAIL
-s Unicast -d Multicast;-s Unicast -d Multicast -j CONTINUE;OK
-s BGA -d Broadcast;-s BGA -d Broadcast -j CONTINUE;OK
-s ! 1:2:3:4:5:6/ff:0:0:0:0:0;-s ! 01:00:00:00:00:00/ff:00:00:00:00:00 -j CONTINUE;OK
! -d 02:00:00:00:00:01 -j RETURN;-d ! 02:00:00:00:00:01 -j RETURN;OK
-s 1:2:3:4:5:6/0:0:0:0:0:0;;FAIL
-p IPv4 -i lo -s 0:0:0:0:0:1/0:0:0:0:0:1 --ip-src 1.2.3.4 -j CONTINUE;-p IPv4 -s 00:00:00:00:00:01/00:00:00:00:00:01 -i lo --ip-src 1.2.3.4 -j CONTINUE;OK
-j CONTINUE;=;OK
-j DROP;=;OK
-j RETURN;=;OK
-j nosuch;;FAIL
-j INPUT;;FAIL
-m mark;;FAIL
--nosuch;;FAIL
foo;;FAIL
! ! -p ARP;;FAIL
-p ARP -t filter;;FAIL
-c 1 2 -p ARP;-p ARP -j CONTINUE;OK
-c 1 -p ARP;;FAIL
-p ARP -c x 2;;FAIL
--mark 1 --limit 3/s --pkttype-type host -j DROP;--mark 0x1 --pkttype-type host -j DROP;OK
--log --mark 1 --limit 100/second --limit-burst 7 -j ACCEPT;--log-level notice --limit 100/sec --limit-burst 7 -j ACCEPT;OK
-j TRACE;=;OK
-p IPv4 -j TRACE;=;OK
:OUTPUT
-i eth0;;FAIL
-o eth0 -j DROP;=;OK
-o ! eth+;-o ! eth+ -j CONTINUE;OK
--logical-in br0;;FAIL
:FORWARD
-i eth0 -o eth1 -j ACCEPT;=;OK
*nat
:POSTROUTING
-i eth0;;FAIL
-o eth0;-o eth0 -j CONTINUE;OK
:OUTPUT
-i eth0;;FAIL
:PREROUTING
-o eth0;;FAIL
-j DROP;=;OK
*broute
:BROUTING
-p IPv4 -j DROP;;FAIL
