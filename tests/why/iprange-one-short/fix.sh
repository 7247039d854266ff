iptables -A INPUT -p tcp -m iprange --src-range 192.168.1.10-192.168.1.60 --dport 22 -j ACCEPT
