iptables -R FORWARD 1 -i eth1 -j check
