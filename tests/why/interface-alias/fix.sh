iptables -R INPUT 1 -i eth0 -d 203.0.113.11 -p tcp --dport 443 -j ACCEPT
