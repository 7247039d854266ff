iptables -A INPUT -s 198.51.100.0/24 -p tcp --dport 22 -j ACCEPT
