iptables -N ssh
iptables -A ssh -p tcp --dport 22 -j ACCEPT
iptables -A INPUT -j ssh
