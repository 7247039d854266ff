iptables -t mangle -A PREROUTING -s 192.168.1.50 -j MARK --set-mark 2
