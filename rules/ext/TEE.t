@ip ip6
:PREROUTING,POSTROUTING
*mangle
@ip
-j TEE --gateway 10.0.0.99;=;OK
-j TEE --gateway 10.0.0.99 --oif eth1;=;OK
-j TEE --oif eth1 --gateway 10.0.0.99;-j TEE --gateway 10.0.0.99 --oif eth1;OK
-j TEE --gateway 10.0.0.99 --oif averylonginterface;-j TEE --gateway 10.0.0.99 --oif averylonginterf;OK
-j TEE --gateway 10.99;-j TEE --gateway 10.0.0.99;OK
@ip ip6
-j TEE;;FAIL
-j TEE --oif eth1;;FAIL
-j TEE --gateway 0.0.0.0;;FAIL
-j TEE --gateway 10.0.0.0/24;;FAIL
-j TEE --gateway 10.0.0.99 --gateway 10.0.0.98;;FAIL
-j TEE ! --gateway 10.0.0.99;;FAIL
@ip6
*mangle
:PREROUTING,FORWARD
-j TEE --gateway 2001:db8::1;=;OK
-j TEE --gateway fe80::1 --oif eth1;=;OK
-j TEE --gateway ::;;FAIL
-j TEE --gateway 10.0.0.1;;FAIL
