iptables -X OLD
iptables -A INPUT -p tcp --dport 22 -j ACCEPT
iptables -A INPUT -j REJECT
iptables -A INPUT -p tcp --dport 80 -j ACCEPT
