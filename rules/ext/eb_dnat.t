*nat
:PREROUTING
-j dnat;;FAIL
-j dnat --to-dst 1:2:3:4:5:6 --dnat-target FOO;;FAIL
-j dnat --to-dst 1:2:3:4:5;;FAIL
-j dnat --to-dst 1:2:3:4:5:6 --dnat-target CONTINUE;-j dnat --to-dst 01:02:03:04:05:06 --dnat-target CONTINUE;OK
-i eth0 -d Multicast -j dnat --to-destination 02:00:00:00:00:01;-d Multicast -i eth0 -j dnat --to-dst 02:00:00:00:00:01 --dnat-target ACCEPT;OK
-j dnat --dnat-target DROP;-j dnat --to-dst 00:00:00:00:00:00 --dnat-target DROP;OK
-j dnat --to-dst 1:2:3:4:5:6 --to-dst 1:2:3:4:5:6;;FAIL
:OUTPUT
-j dnat --to-dst 1:2:3:4:5:6;-j dnat --to-dst 01:02:03:04:05:06 --dnat-target ACCEPT;OK
:POSTROUTING
-j dnat --to-dst 1:2:3:4:5:6;;FAIL
*filter
:INPUT
-j dnat --to-dst 1:2:3:4:5:6;;FAIL
