iptables -A OUTPUT -p udp --dport 53 -j ACCEPT
