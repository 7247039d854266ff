sysctl -w net.ipv4.conf.eth1.rp_filter=2
