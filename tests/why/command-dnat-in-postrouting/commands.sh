iptables -t nat -A POSTROUTING -p tcp --dport 80 -j DNAT --to-destination 192.168.1.10
