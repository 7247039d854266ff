@ip6
*mangle
:PREROUTING,OUTPUT
-j DNPT --src-pfx fd00:1::/48 --dst-pfx 2001:db8:7::/48;=;OK
-j DNPT --dst-pfx 2001:db8::/64 --src-pfx fd00::/16;-j DNPT --src-pfx fd00::/16 --dst-pfx 2001:db8::/64;OK
-j DNPT --src-pfx ::/0 --dst-pfx 2001:db8::/ffff:ffff::;-j DNPT --dst-pfx 2001:db8::/32;OK
-j DNPT --src-pfx fd00::1/48 --dst-pfx 2001:db8:7::/48;;FAIL
-j DNPT --src-pfx fd00::/48 --dst-pfx 2001:db8:7:0:1::/80;;FAIL
-j DNPT --src-pfx fd00:: --dst-pfx 2001:db8:7::/48;;FAIL
-j DNPT --src-pfx fd00::/48;;FAIL
-j DNPT --dst-pfx fd00::/48;;FAIL
-j DNPT --src-pfx 10.0.0.0/8 --dst-pfx fd00::/48;;FAIL
-j DNPT;;FAIL
:POSTROUTING,FORWARD
-j DNPT --src-pfx fd00:1::/48 --dst-pfx 2001:db8:7::/48;;FAIL
*filter
:INPUT
-j DNPT --src-pfx fd00:1::/48 --dst-pfx 2001:db8:7::/48;;FAIL
