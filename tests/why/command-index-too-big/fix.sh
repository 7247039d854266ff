iptables -I INPUT 1 -p tcp --dport 22 -j ACCEPT
