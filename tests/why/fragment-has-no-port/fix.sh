iptables -A FORWARD -f -j ACCEPT
