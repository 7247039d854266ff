iptables -A POSTROUTING -o eth0 -j MASQUERADE
