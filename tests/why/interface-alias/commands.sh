iptables -P INPUT DROP
iptables -A INPUT -i eth0:1 -p tcp --dport 443 -j ACCEPT
