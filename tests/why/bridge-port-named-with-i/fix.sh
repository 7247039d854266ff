iptables -R FORWARD 1 -i br0 -s 192.168.1.50 -j DROP
