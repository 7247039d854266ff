iptables -P INPUT DROP
iptables -A INPUT -p tcp --dport 80,443 -j ACCEPT
