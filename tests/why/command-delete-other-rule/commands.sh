iptables -D INPUT -s 198.51.100.0/24 -j DROP
