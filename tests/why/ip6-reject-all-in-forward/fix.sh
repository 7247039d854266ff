ip6tables -I FORWARD -i eth1 -o eth0 -j ACCEPT
