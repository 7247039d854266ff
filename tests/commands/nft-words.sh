iptables -A INPUT -p tcp -j ACCEPT
iptables-nft -A INPUT -m comment --comment "v1.8.9 (legacy)" -j DROP
iptables-nft -S INPUT
iptables-nft -nL INPUT
iptables-nft -A INPUT -m comment --comment -L -j DROP
