iptables -P INPUT DROP
iptables -A INPUT -p tcp --dport 80 -m owner --uid-owner 33 -j ACCEPT
