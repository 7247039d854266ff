iptables -I OUTPUT -p icmp --icmp-type fragmentation-needed -j ACCEPT
