iptables -A INPUT -p tcp --dport 53 -j ACCEPT
