#!/bin/sh
# A script as people keep it: lines that fail among the others.
LAN=eth0
WAN=eth1
ip addr add 10.0.0.1/24 dev $LAN
ip addr add 192.0.2.1/24 dev $WAN
ip route add default via 192.0.2.254
ip route add default via 192.0.2.253
sysctl -w net.ipv4.ip_forward=1
iptables -P FORWARD DROP
iptables -N allowed
iptables -N allowed
iptables -A allowed -p tcp --dport 80 -j ACCEPT
iptables -A allowed -p tcp --dport 443 -m comment --comment "web too" -j ACCEPT
iptables -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -A FORWARD -i $LAN -o $WAN -j allowed
iptables -A FORWARD -p tcp -j no-such-chain
iptables -D FORWARD -p udp -j ACCEPT
iptables -t nat -A POSTROUTING -o $WAN -j MASQUERADE
ipset create bad hash:ip
ipset add bad 10.0.0.9
iptables -I FORWARD -m set --match-set bad src -j DROP
iptables-restore -n <<EOF
*mangle
-A FORWARD -j TTL --ttl-inc 1
COMMIT
EOF
