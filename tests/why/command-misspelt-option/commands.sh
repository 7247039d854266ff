iptables -P INPUT DROP
iptables -A INPUT -p tcp --destination-prot 22 -j ACCEPT
