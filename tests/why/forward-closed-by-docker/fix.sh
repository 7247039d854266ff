iptables -I DOCKER-USER -i eth1 -o eth0 -j ACCEPT
