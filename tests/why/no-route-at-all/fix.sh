ip route add default via 203.0.113.1
