iptables -N guard
iptables -P guard DROP
iptables -A INPUT -j guard
