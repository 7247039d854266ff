iptables -A INPUT -p tcp --dport 80 -j REDIRECT --to-port 8080
