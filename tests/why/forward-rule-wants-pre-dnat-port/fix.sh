iptables -R FORWARD 2 -i eth0 -p tcp --dport 80 -j ACCEPT
