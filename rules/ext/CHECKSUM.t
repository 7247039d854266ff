@ip ip6
:OUTPUT,POSTROUTING
*mangle
-p udp -j CHECKSUM --checksum-fill;=;OK
-j CHECKSUM;;FAIL
