iptables -t nat -R POSTROUTING 1 -s 192.168.1.0/24 -o eth0 -j MASQUERADE
