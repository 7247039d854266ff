iptables -A INPUT -d 203.0.113.10 -p tcp --dport 443 -j ACCEPT
