*nat
:PREROUTING
-p ARP -j arpreply;-p ARP -j arpreply --arpreply-mac 00:00:00:00:00:00;OK
-p ARP -j arpreply --arpreply-mac 2:0:0:0:0:9;-p ARP -j arpreply --arpreply-mac 02:00:00:00:00:09;OK
-p ARP -j arpreply --arpreply-target CONTINUE;-p ARP -j arpreply --arpreply-mac 00:00:00:00:00:00 --arpreply-target CONTINUE;OK
-p ARP -j arpreply --arpreply-mac 2:0:0:0:0:9 --arpreply-target ACCEPT;-p ARP -j arpreply --arpreply-mac 02:00:00:00:00:09 --arpreply-target ACCEPT;OK
-p ARP -j arpreply --arpreply-target FOO;;FAIL
-p ARP -j arpreply --arpreply-mac x;;FAIL
-p RARP -j arpreply;;FAIL
-p ! ARP -j arpreply;;FAIL
-j arpreply;;FAIL
:OUTPUT
-p ARP -j arpreply;;FAIL
*filter
:INPUT
-p ARP -j arpreply;;FAIL
