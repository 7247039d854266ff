iptables -I INPUT 2 -i eth0 -p icmp -j DROP
