iptables -A INPUT -p tcp --dport 80:95 -j ACCEPT
