iptables -P INPUT DROP
iptables -A INPUT -p tcp --dport 8000-8010 -j ACCEPT
