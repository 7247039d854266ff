iptables -t nat -I POSTROUTING 1 -s 192.168.1.0/24 -d 10.20.0.0/16 -j ACCEPT
