iptables-nft -A INPUT -p tcp --dport 22 -j ACCEPT
iptables-nft -P INPUT DROP
iptables-legacy -P INPUT ACCEPT
iptables-legacy -F
