iptables -t nat -D PREROUTING 1
