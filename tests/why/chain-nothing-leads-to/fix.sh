iptables -I INPUT -j MYBLOCK
