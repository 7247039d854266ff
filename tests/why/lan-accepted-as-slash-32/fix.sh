iptables -A INPUT -s 192.168.1.0/24 -p tcp --dport 22 -j ACCEPT
