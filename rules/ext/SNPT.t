@ip6
*mangle
:INPUT,POSTROUTING
-j SNPT --src-pfx fd00:1::/48 --dst-pfx 2001:db8:7::/48;=;OK
-j SNPT --dst-pfx 2001:db8::/64 --src-pfx fd00::/16;-j SNPT --src-pfx fd00::/16 --dst-pfx 2001:db8::/64;OK
-j SNPT --src-pfx ::/0 --dst-pfx 2001:db8::/ffff:ffff::;-j SNPT --dst-pfx 2001:db8::/32;OK
-j SNPT --src-pfx fd00::1/48 --dst-pfx 2001:db8:7::/48;;FAIL
-j SNPT --src-pfx fd00::/48 --dst-pfx 2001:db8:7:0:1::/80;;FAIL
-j SNPT --src-pfx fd00:: --dst-pfx 2001:db8:7::/48;;FAIL
-j SNPT --src-pfx fd00::/48;;FAIL
-j SNPT --dst-pfx fd00::/48;;FAIL
-j SNPT --src-pfx 10.0.0.0/8 --dst-pfx fd00::/48;;FAIL
-j SNPT;;FAIL
:PREROUTING,FORWARD
-j SNPT --src-pfx fd00:1::/48 --dst-pfx 2001:db8:7::/48;;FAIL
*filter
:INPUT
-j SNPT --src-pfx fd00:1::/48 --dst-pfx 2001:db8:7::/48;;FAIL
