iptables -P INPUT DROP
iptables -A INPUT -s 198.51.100.0/33 -p tcp --dport 22 -j ACCEPT
