iptables -P INPUT DROP
iptables -A INPUT -p tcp -m multiport --dports 80,81,82,83,84,85,86,87,88,89,90,91,92,93,94,95 -j ACCEPT
