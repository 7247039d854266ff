ip route add default via 198.51.100.1 dev eth1 table 100
ip rule add from 198.51.100.10 lookup 100
