sysctl -w net.ipv4.conf.eth1.forwarding=1
