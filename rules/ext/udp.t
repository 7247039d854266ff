@ip ip6
:INPUT,FORWARD,OUTPUT
-p udp -m udp;=;OK
-p udp --dport 53;-p udp -m udp --dport 53;OK
-p udp -m udp --sport 1024:65535;=;OK
-p udp -m udp --sport :1023;-p udp -m udp --sport 0:1023;OK
-p udp -m udp --dport 1024:;-p udp -m udp --dport 1024:65535;OK
-p udp -m udp --dport :;-p udp -m udp;OK
-p udp -m udp --dport 90:80;=;OK
-p udp -m udp ! --sport 1 ! --dport 2;=;OK
-p udp --dport domain;-p udp -m udp --dport 53;OK
-p 17 --destination-port 53 --source-port 54;-p udp -m udp --sport 54 --dport 53;OK
# a number is cut to 16 bits, as getaddrinfo does; and hexadecimal is none
-p udp --dport 65589;-p udp -m udp --dport 53;OK
-p udp --dport 0x35;;FAIL
-p udp --dport nosuchservice;;FAIL
-p udp --dport 1 --dport 2;;FAIL
-p udp --dport 1:2:3;;FAIL
-p udp --dport;;FAIL
-m udp --dport 53;;FAIL
-p tcp -m udp --dport 53;;FAIL
-p udp --syn;;FAIL
# glibc takes a number whose 32 bits are negative for a name
@ip ip6
*filter
:INPUT
-p udp --dport 2147483648:80;;FAIL
-p udp --dport 4294967376;-p udp -m udp --dport 80;OK
