iptables -X BLOCK
