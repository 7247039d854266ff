*nat
:POSTROUTING
-j snat --to-src 1:2:3:4:5:6;-j snat --to-src 01:02:03:04:05:06 --snat-target ACCEPT;OK
-j snat --to-src 1:2:3:4:5:6 --snat-target DROP;-j snat --to-src 01:02:03:04:05:06 --snat-target DROP;OK
-j snat --to-source 1:2:3:4:5:6 --snat-arp --snat-target CONTINUE;-j snat --to-src 01:02:03:04:05:06 --snat-arp --snat-target CONTINUE;OK
-j snat;;FAIL
-j snat --snat-arp;-j snat --to-src 00:00:00:00:00:00 --snat-arp --snat-target ACCEPT;OK
-j snat --to-src x;;FAIL
-o eth1 -j snat --to-src 1:2:3:4:5:6 --snat-target GONE;;FAIL
:PREROUTING
-j snat --to-src 1:2:3:4:5:6;;FAIL
*filter
:INPUT
-j snat --to-src 1:2:3:4:5:6;;FAIL
