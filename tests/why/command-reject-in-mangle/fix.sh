iptables -A INPUT -p tcp --dport 23 -j REJECT
