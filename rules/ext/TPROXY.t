@ip ip6
*mangle
:PREROUTING
@ip
-p tcp -j TPROXY --on-port 3128;-p tcp -j TPROXY --on-port 3128 --on-ip 0.0.0.0 --tproxy-mark 0x0/0x0;OK
-p udp -j TPROXY --on-port 53 --on-ip 127.0.0.1 --tproxy-mark 1;-p udp -j TPROXY --on-port 53 --on-ip 127.0.0.1 --tproxy-mark 0x1/0xffffffff;OK
-p tcp -m tcp --dport 80 -j TPROXY --on-port 0 --tproxy-mark 0x1/0x3;-p tcp -m tcp --dport 80 -j TPROXY --on-port 0 --on-ip 0.0.0.0 --tproxy-mark 0x1/0x3;OK
-p tcp -j TPROXY --on-port http;-p tcp -j TPROXY --on-port 80 --on-ip 0.0.0.0 --tproxy-mark 0x0/0x0;OK
@ip ip6
-p tcp -j TPROXY;;FAIL
-j TPROXY --on-port 3128;;FAIL
-p icmp -j TPROXY --on-port 3128;;FAIL
! -p tcp -j TPROXY --on-port 3128;;FAIL
-p tcp -j TPROXY --on-port 3128 --on-ip nosuchhost.invalid;;FAIL
:INPUT
-p tcp -j TPROXY --on-port 3128;;FAIL
*nat
:PREROUTING
-p tcp -j TPROXY --on-port 3128;;FAIL
@ip6
*mangle
:PREROUTING
-p tcp -j TPROXY --on-port 80;-p tcp -j TPROXY --on-port 80 --on-ip :: --tproxy-mark 0x0/0x0;OK
-p udp -j TPROXY --on-port 5 --on-ip 2001:db8::1 --tproxy-mark 0x1/0xf;=;OK
! -p tcp -j TPROXY --on-port 80;;FAIL
-p tcp -j TPROXY --on-port 80 --on-ip 10.0.0.1;;FAIL
