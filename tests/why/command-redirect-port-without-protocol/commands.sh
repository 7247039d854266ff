iptables -t nat -A PREROUTING -i eth0 -j REDIRECT --to-ports 8080
