iptables -P INPUT DROP
iptables -I INPUT 10 -p tcp --dport 22 -j ACCEPT
