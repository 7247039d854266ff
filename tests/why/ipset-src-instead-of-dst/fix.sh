iptables -R FORWARD 1 -m set --match-set blocked dst -j DROP
