@ip ip6
:POSTROUTING,INPUT
*nat
@ip
-j SNAT --to-source 198.51.100.7;=;OK
-j SNAT --to 198.51.100.7;-j SNAT --to-source 198.51.100.7;OK
-j SNAT --to-source 198.51.100.7-198.51.100.9;=;OK
-j SNAT --to-source 198.51.100.9-198.51.100.7;=;OK
-j SNAT --to-source 198.51.100.7-198.51.100.7;-j SNAT --to-source 198.51.100.7;OK
-p tcp -j SNAT --to-source 198.51.100.7:2000;=;OK
-p udp -j SNAT --to-source 198.51.100.7:2000-2999;=;OK
-p udp -j SNAT --to-source 198.51.100.7-198.51.100.9:2000-2999 --random;=;OK
@ip ip6
-p tcp -j SNAT --to-source :2000-2999;=;OK
-p tcp -j SNAT --to-source :2000;=;OK
@ip
-p sctp -j SNAT --to-source 198.51.100.7:2000-2000;-p sctp -j SNAT --to-source 198.51.100.7:2000;OK
-p icmp -j SNAT --to-source 198.51.100.7:5-9;=;OK
-p tcp -j SNAT --to-source 198.51.100.7:http;-p tcp -j SNAT --to-source 198.51.100.7:80;OK
-p tcp -j SNAT --to-source 198.51.100.7:0x7d0;-p tcp -j SNAT --to-source 198.51.100.7:2000;OK
-p tcp -j SNAT --to-source 198.51.100.7:+2000;-p tcp -j SNAT --to-source 198.51.100.7:2000;OK
-p tcp -j SNAT --to-source 198.51.100.7:0;=;OK
-p tcp -j SNAT --to-source 198.51.100.7:20-29/700;-p tcp -j SNAT --to-source 198.51.100.7:20-29/0;OK
! -p tcp -j SNAT --to-source 198.51.100.7:2000;=;OK
-j SNAT --to-source 198.51.100.7 --random;=;OK
-j SNAT --to-source 198.51.100.7 --random-fully;=;OK
-j SNAT --to-source 198.51.100.7 --persistent;=;OK
-j SNAT --persistent --random-fully --random --to-source 198.51.100.7;-j SNAT --to-source 198.51.100.7 --random --random-fully --persistent;OK
@ip ip6
-j SNAT;;FAIL
-j SNAT --random;;FAIL
-j SNAT --to-source;;FAIL
-j SNAT --to-source 198.51.100.7 --to-source 198.51.100.8;;FAIL
-j SNAT ! --to-source 198.51.100.7;;FAIL
-j SNAT --to-source 198.51.100.7:2000;;FAIL
-p gre -j SNAT --to-source 198.51.100.7:2000;;FAIL
-p udplite -j SNAT --to-source 198.51.100.7:2000;;FAIL
-j SNAT --to-source 198.51.100.7:2000 -p tcp;;FAIL
-p tcp -j SNAT --to-source 198.51.100.7:2999-2000;;FAIL
-p tcp -j SNAT --to-source 198.51.100.7:65536;;FAIL
-p tcp -j SNAT --to-source 198.51.100.7:20-http;;FAIL
-p tcp -j SNAT --to-source 198.51.100.7:;;FAIL
-p tcp -j SNAT --to-source 198.51.100.7:20x;;FAIL
-p tcp -j SNAT --to-source 198.51.100.7:-20;;FAIL
-p tcp -j SNAT --to-source 198.51.100.7:20:30;;FAIL
-j SNAT --to-source 198.51.100;;FAIL
-j SNAT --to-source 198.51.100.7-;;FAIL
-j SNAT --to-source 198.51.100.7/24;;FAIL
-j SNAT --to-source gateway.example;;FAIL
@ip6
*nat
:POSTROUTING,INPUT
-j SNAT --to-source 2001:db8::1;=;OK
-j SNAT --to-source 2001:db8::1-2001:db8::9;=;OK
-p tcp -j SNAT --to-source [2001:db8::1]:80;=;OK
-p udp -j SNAT --to-source [2001:db8::1-2001:db8::9]:80-90;=;OK
-p tcp -j SNAT --to-source [2001:db8::1];-p tcp -j SNAT --to-source 2001:db8::1;OK
-p tcp -j SNAT --to-source [::1]x;-p tcp -j SNAT --to-source ::1;OK
-p tcp -j SNAT --to-source :80;=;OK
-p tcp -j SNAT --to-source []:80;-p tcp -j SNAT --to-source :80;OK
-p tcp -j SNAT --to-source ab:80;-p tcp -j SNAT --to-source :80;OK
-p tcp -j SNAT --to-source 2001:db8::1:80;=;OK
-j SNAT --to-source ::ffff:1.2.3.4 --random --persistent;=;OK
-p sctp -j SNAT --to-source [::1]:http;-p sctp -j SNAT --to-source [::1]:80;OK
-j SNAT --to-source 10.0.0.1;;FAIL
-p tcp -j SNAT --to-source 10.0.0.1:80;;FAIL
-p tcp -j SNAT --to-source [2001:db8::1:80;;FAIL
-p tcp -j SNAT --to-source [::1]:80:90;;FAIL
-p ipv6-icmp -j SNAT --to-source [::1]:80;;FAIL
-j SNAT --to-source [::1]:80;;FAIL
-j SNAT --to-source 2001:db8::1-;;FAIL
-j SNAT --to-source 2001:db8::/64;;FAIL
-j SNAT;;FAIL
