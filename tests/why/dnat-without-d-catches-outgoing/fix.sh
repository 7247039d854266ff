iptables -t nat -R PREROUTING 1 -p tcp --dport 443 -m addrtype --dst-type LOCAL -j DNAT --to-destination 172.17.0.2:8443
