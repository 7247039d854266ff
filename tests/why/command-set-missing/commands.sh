iptables -P INPUT DROP
iptables -A INPUT -m set --match-set friends src -j ACCEPT
