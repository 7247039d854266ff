iptables -R FORWARD 2 -i eth1 -o eth0 -j ACCEPT
