iptables -R INPUT 2 -p tcp --dport 8080 -j ACCEPT
