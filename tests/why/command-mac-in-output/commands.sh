iptables -A OUTPUT -m mac --mac-source 02:aa:c0:a8:01:32 -j DROP
