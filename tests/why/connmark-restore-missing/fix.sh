iptables -t mangle -A OUTPUT -j CONNMARK --restore-mark
