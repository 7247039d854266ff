@ip ip6
:PREROUTING,OUTPUT
*nat
@ip
-j DNAT --to-destination 10.9.8.7;=;OK
-j DNAT --to 10.9.8.7;-j DNAT --to-destination 10.9.8.7;OK
-j DNAT --to-destination 10.9.8.7-10.9.8.12;=;OK
-p tcp -j DNAT --to-destination 10.9.8.7:8080;=;OK
-p tcp -j DNAT --to-destination 10.9.8.7:8080-8089;=;OK
-p tcp -j DNAT --to-destination 10.9.8.7:8080-8089/80;=;OK
-p tcp -j DNAT --to-destination 10.9.8.7-10.9.8.12:8080-8089/80 --random --persistent;=;OK
-p tcp -j DNAT --to-destination 10.9.8.7:8080-8089/http;-p tcp -j DNAT --to-destination 10.9.8.7:8080-8089/80;OK
-p tcp -j DNAT --to-destination 10.9.8.7:8080-8089/80x;-p tcp -j DNAT --to-destination 10.9.8.7:8080-8089/80;OK
-p udp -j DNAT --to-destination 10.9.8.7:domain;-p udp -j DNAT --to-destination 10.9.8.7:53;OK
-p tcp -j DNAT --to-destination 10.9.8.7:ftp-data;-p tcp -j DNAT --to-destination 10.9.8.7:20;OK
@ip ip6
-p tcp -j DNAT --to-destination :8080;=;OK
@ip
-p tcp -j DNAT --to-destination 10.9.8.7:0-65535;=;OK
-p dccp -j DNAT --to-destination 10.9.8.7:5;=;OK
-p icmp -j DNAT --to-destination 10.9.8.7:5;=;OK
-j DNAT --random --persistent --to-destination 10.9.8.7;-j DNAT --to-destination 10.9.8.7 --random --persistent;OK
-j DNAT --to-destination 0.0.0.0;=;OK
@ip ip6
-j DNAT;;FAIL
-j DNAT --persistent;;FAIL
-j DNAT --to-destination 10.9.8.7 --to-destination 10.9.8.8;;FAIL
-j DNAT ! --to-destination 10.9.8.7;;FAIL
-j DNAT --to-destination 10.9.8.7 --random-fully;;FAIL
-j DNAT --to-destination 10.9.8.7:8080;;FAIL
-p tcp -j DNAT --to-destination 10.9.8.7:8089-8080;;FAIL
-p tcp -j DNAT --to-destination 10.9.8.7:8080/80;;FAIL
-p tcp -j DNAT --to-destination 10.9.8.7:8080-8089/0;;FAIL
-p tcp -j DNAT --to-destination 10.9.8.7:8080-8089/;;FAIL
-p tcp -j DNAT --to-destination 10.9.8.7:http-https;;FAIL
-p tcp -j DNAT --to-destination 10.9.8.7:8080-8089-9000;;FAIL
-p tcp -j DNAT --to-destination [10.9.8.7]:80;;FAIL
-j DNAT --to-destination 10.9.8.7-web;;FAIL
-j DNAT --to-destination 10.9.8.777;;FAIL
@ip6
*nat
:PREROUTING,OUTPUT
-j DNAT --to-destination 2001:db8::1;=;OK
-j DNAT --to-destination 2001:db8::1-2001:db8::9;=;OK
-p tcp -j DNAT --to-destination [2001:db8::1]:80;=;OK
-p udp -j DNAT --to-destination [2001:db8::1-2001:db8::9]:80-90;=;OK
-p tcp -j DNAT --to-destination [2001:db8::1];-p tcp -j DNAT --to-destination 2001:db8::1;OK
-p tcp -j DNAT --to-destination [::1]x;-p tcp -j DNAT --to-destination ::1;OK
-p tcp -j DNAT --to-destination :80;=;OK
-p tcp -j DNAT --to-destination []:80;-p tcp -j DNAT --to-destination :80;OK
-p tcp -j DNAT --to-destination ab:80;-p tcp -j DNAT --to-destination :80;OK
-p tcp -j DNAT --to-destination 2001:db8::1:80;=;OK
-j DNAT --to-destination ::ffff:1.2.3.4 --random --persistent;=;OK
-p sctp -j DNAT --to-destination [::1]:http;-p sctp -j DNAT --to-destination [::1]:80;OK
-j DNAT --to-destination 10.0.0.1;;FAIL
-p tcp -j DNAT --to-destination 10.0.0.1:80;;FAIL
-p tcp -j DNAT --to-destination [2001:db8::1:80;;FAIL
-p tcp -j DNAT --to-destination [::1]:80:90;;FAIL
-p ipv6-icmp -j DNAT --to-destination [::1]:80;;FAIL
-j DNAT --to-destination [::1]:80;;FAIL
-j DNAT --to-destination 2001:db8::1-;;FAIL
-j DNAT --to-destination 2001:db8::/64;;FAIL
-j DNAT;;FAIL
