iptables -P INPUT DROP
iptables -A INPUT -o eth0 -p tcp --dport 22 -j ACCEPT
