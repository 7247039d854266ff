iptables -A INPUT -p tcp -m multiport --dports 80,443 -j ACCEPT
