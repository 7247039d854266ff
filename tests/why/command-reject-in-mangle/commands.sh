iptables -t mangle -A PREROUTING -p tcp --dport 23 -j REJECT
