ipset create friends hash:ip
ipset add friends 198.51.100.7
iptables -A INPUT -m set --match-set friends src -j ACCEPT
