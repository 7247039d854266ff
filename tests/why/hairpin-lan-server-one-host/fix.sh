iptables -t nat -A POSTROUTING -s 192.168.1.50/32 -d 192.168.1.10 -o eth1 -j MASQUERADE
