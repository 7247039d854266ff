# Sets and the rules that name them: references, swaps, what iptables says.
ipset create a hash:ip initval 0x1
ipset create a2 hash:ip initval 0x2
ipset create a6 hash:ip family inet6 initval 0x3
ipset create p bitmap:port range 0-100
ipset create n hash:net,port skbinfo counters timeout 0 initval 0x4
iptables -A INPUT -m set --match-set nosuch src
iptables -A INPUT -m set --match-set a6 src
iptables -A INPUT -m set --match-set a foo
iptables -A INPUT -m set --match-set a src,dst,src,dst,src,dst,src
iptables -A INPUT -m set --match-set a src,
iptables -A INPUT -m set --match-set a srcx,dsty
iptables -A INPUT -m set ! --match-set a src
iptables -A INPUT -m set --match-set a src --match-set p dst
iptables -A INPUT -m set
iptables -A INPUT -m set --match-set a
iptables -A INPUT -m set --match-set a -j ACCEPT
iptables -A INPUT -m set --match-set averyveryveryverylongnameforaset0 src
iptables -A INPUT -m set --match-set n src,dst --return-nomatch ! --update-counters ! --update-subcounters --packets-gt 5 ! --bytes-eq 0x10
iptables -A INPUT -m set --match-set n src,dst --update-counters --packets-lt 5
iptables -A INPUT -m set --match-set n src,dst ! --packets-lt 5
iptables -A INPUT -m set --match-set n src,dst ! --return-nomatch
iptables -A INPUT -m set --match-set n src,dst --packets-eq 5 --packets-lt 5
iptables -A INPUT -m set --match-set n src,dst --packets-eq 5x
iptables -A INPUT -m set --return-nomatch --match-set n src,dst
iptables -A INPUT -m set --return-nomatch
iptables -A INPUT -m set --set a src
iptables -A INPUT -j SET
iptables -A INPUT -j SET --add-set a src
iptables -A INPUT -j SET --add-set a src --exist --timeout 5
iptables -A INPUT -j SET --add-set a src --timeout 5x
iptables -A INPUT -j SET --add-set a src --timeout 4294967295
iptables -A INPUT -j SET --add-set a src --timeout 4294967294
iptables -A INPUT -j SET --del-set a src,dst
iptables -A INPUT -j SET --del-set a src --exist
iptables -A INPUT -j SET --del-set a src --timeout 5
iptables -A INPUT -j SET --map-set n src,dst
iptables -A INPUT -j SET --map-set n src,dst --map-mark
iptables -t mangle -A INPUT -j SET --map-set n src,dst --map-mark
iptables -t mangle -A INPUT -j SET --map-set n src,dst --map-prio
iptables -t mangle -A FORWARD -j SET --map-set n src,dst --map-prio --map-queue --map-mark
iptables -t mangle -A FORWARD -j SET --map-set nosuch src,dst --map-prio
iptables -t mangle -A FORWARD -j SET --map-set a src --map-prio
iptables -t mangle -A FORWARD -j SET --add-set a src --add-set p dst
iptables -t mangle -A FORWARD -j SET --add-set a src --del-set p dst
iptables -t mangle -A FORWARD -j SET --add-set a src --map-mark
iptables -t mangle -A FORWARD -j SET ! --add-set a src
iptables -t mangle -A FORWARD -j SET --add-set a
iptables -t mangle -A FORWARD -j SET --add-set a6 src
iptables -t mangle -A FORWARD -j SET --add-set a src --exist --exist
iptables -t mangle -A FORWARD -j SET --map-set n src,dst ! --map-prio
iptables -t mangle -A FORWARD -j SET --exist
iptables -L -n
iptables -t mangle -L -n -v
iptables -S
ipset list -t a
ipset rename a b
ipset destroy a
ipset destroy
ipset swap a a2
iptables -S INPUT
ipset list -t a
ipset list -t a2
ipset list -t
iptables -D INPUT -m set ! --match-set a src
ipset list -t a
iptables -A INPUT -m set --match-set a src -m set ! --match-set p dst -j DROP
iptables -F INPUT
ipset list -t a
iptables -t mangle -F
ipset list -t a
ipset rename a z
ipset list -n
iptables -A INPUT -m set --match-set z src -j DROP
iptables -R INPUT 1 -m set --match-set a2 src -j DROP
ipset destroy z
ipset destroy a2
iptables-restore <<'E'
*filter
-A INPUT -m set --match-set nosuch src -j DROP
COMMIT
E
ipset list -t a2
iptables-restore <<'E'
*filter
-A INPUT -m set --match-set p src -j DROP
COMMIT
E
ipset list -t a2
ipset list -t p
ipset destroy a2
ipset create l list:set
ipset add l p
ipset list -t p
iptables -F
ipset destroy p
ipset destroy l
ipset destroy p
ipset list -n
