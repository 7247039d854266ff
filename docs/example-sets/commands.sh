ipset create blocked hash:net initval 0x1
ipset add blocked 198.51.100.0/24
ipset add blocked 198.51.100.7 nomatch
ipset test blocked 198.51.100.8
ipset create knockers hash:ip timeout 30
iptables -A INPUT -m set --match-set blocked src -j DROP
iptables -A INPUT -p tcp --dport 7000 -j SET --add-set knockers src --exist
iptables -A INPUT -p tcp --dport 22 -m set ! --match-set knockers src -j DROP
ipset destroy knockers
