iptables -P INPUT DROP
iptables -A ssh -p tcp --dport 22 -j ACCEPT
