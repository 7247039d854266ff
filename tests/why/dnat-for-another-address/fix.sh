iptables -t nat -R PREROUTING 1 -d 203.0.113.10 -p tcp --dport 80 -j DNAT --to-destination 192.168.1.10:80
