iptables -I INPUT -s 10.0.0.5 -p tcp --dport 22 -j ACCEPT
