@ip ip6
:INPUT,FORWARD,OUTPUT
-m addrtype --src-type UNICAST;=;OK
-m addrtype --dst-type LOCAL;=;OK
-m addrtype ! --dst-type LOCAL;=;OK
@ip
-m addrtype --src-type UNICAST,LOCAL,BROADCAST --dst-type MULTICAST;=;OK
-m addrtype ! --src-type blackhole ! --dst-type unreachable,prohibit;-m addrtype ! --src-type BLACKHOLE ! --dst-type UNREACHABLE,PROHIBIT;OK
-m addrtype --src-type UNSPEC,ANYCAST,THROW,NAT,XRESOLVE;=;OK
@ip ip6
-m addrtype --src-type u;-m addrtype --src-type UNSPEC;OK
-m addrtype --src-type LOC;-m addrtype --src-type LOCAL;OK
-m addrtype --src-type FOO;;FAIL
-m addrtype --src-type LOCAL,;;FAIL
-m addrtype --src-type ,LOCAL;;FAIL
-m addrtype --src-type FOO,LOCAL;;FAIL
-m addrtype --limit-iface-in;;FAIL
-m addrtype;;FAIL
:INPUT
-m addrtype --dst-type LOCAL --limit-iface-in;=;OK
-m addrtype --dst-type LOCAL --limit-iface-out;;FAIL
-m addrtype --dst-type LOCAL --limit-iface-in --limit-iface-out;;FAIL
:OUTPUT
-m addrtype --dst-type LOCAL --limit-iface-in;;FAIL
-m addrtype --dst-type LOCAL --limit-iface-out;=;OK
:FORWARD
-m addrtype --dst-type LOCAL --limit-iface-in;=;OK
-m addrtype --src-type LOCAL --limit-iface-out;=;OK
-m addrtype --dst-type LOCAL ! --limit-iface-in;;FAIL
@ip6
:INPUT,FORWARD,OUTPUT
-m addrtype ! --src-type unreachable --dst-type UNSPEC,ANYCAST;-m addrtype ! --src-type UNREACHABLE --dst-type UNSPEC,ANYCAST;OK
-m addrtype --src-type BLACKHOLE;;FAIL
-m addrtype --dst-type PROHIBIT;;FAIL
-m addrtype --dst-type LOCAL,NAT;;FAIL
-m addrtype ! --dst-type BROADCAST;;FAIL
-m addrtype --src-type MULTICAST --dst-type MULTICAST,UNICAST;-m addrtype --src-type MULTICAST --dst-type UNICAST,MULTICAST;OK
