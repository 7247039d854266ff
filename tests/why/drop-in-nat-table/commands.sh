iptables -t nat -A PREROUTING -s 198.51.100.0/24 -j DROP
