ip link add d0 type bridge
ip link add d1 type bridge
ip link add v0 type veth peer name v1
ip link set d0 address 02:00:00:00:00:d0
ip link set v0 address 02:00:00:00:00:a0
ip link set v1 address 02:00:00:00:00:a1
ip link show dev d0
ip link set lo up
ip link set d0 up
ip link set v0 up
ip -br link show type veth
ip link show type veth
ip link set v1 up
ip link set v1 master d0
ip link set d0 mtu 1400 group 7
ip link show master d0
ip link show group 7
ip -o link show v0
ip link show nope
ip link show v0 v1
ip addr add 10.0.0.1/24 dev v0
ip addr add 10.0.0.2/24 dev v0
ip addr add 10.9.0.1/24 brd + dev d0
ip addr add 1.1.1.1 peer 2.2.2.2/32 dev d0
ip addr add 10.7.0.1/24 dev d0 label d0:1 scope link
ip addr add 10.8.0.1/24 dev d0 metric 7 noprefixroute
ip -4 addr show dev v0
ip -4 addr show dev d0
ip -4 -o addr
ip -4 -br a
ip addr show to 10.0.0.0/8
ip -4 addr show scope link
ip -4 addr show label 'd0*'
ip -4 addr show secondary
ip addr show dev nope
ip addr del 10.0.0.2 dev v0
ip addr add 10.0.0.1/24 dev v0
ip route add default via 10.0.0.9
ip route add default via 10.9.0.9 metric 5
ip route add 10.2.0.0/16 via 10.9.0.7 proto static src 10.0.0.1 mtu 1300 advmss 1200
ip route add blackhole 10.3.0.0/16
ip route add unreachable 10.4.0.0/16 metric 9
ip route add prohibit 10.5.0.0/16 table 100
ip route add 10.6.0.0/16 nexthop via 10.0.0.8 weight 2 nexthop dev d0
ip route add 10.10.0.1 dev d0 tos 0x10
ip route add 10.11.0.0/16 via 10.77.0.1 dev d0 onlink realm 5/7
ip route add 10.12.0.0/16 dev d0 mtu lock 900 table 500 window 5
ip route add 10.20.0.0/16 via 10.0.0.9 onlink
ip route add 10.20.0.0/16 dev d0 onlink
ip route add 10.20.0.0/16 via 10.0.0.9 dev d1 onlink
ip route add 10.20.0.0/16 dev d1
ip route add 10.20.0.0/16 via 9.9.9.9
ip route add 10.20.0.0/16 dev d0 src 9.9.9.9
ip route add 10.20.0.1/16 dev d0
ip route add 10.20.0.0/16 via 10.0.0.9 dev v0 scope host
ip route add blackhole 10.20.0.0/16 dev d0
ip route del 10.20.0.0/16
ip route del 10.20.0.0/16 table 77
ip route add 10.20.0.0/16 dev d0 proto nope
ip route add 10.20.0.0/16 via
ip route
ip route show table all
ip route show table 100
ip route show table local
ip route show table 77
ip route flush table 77
ip route show dev d0
ip route show 10.2.0.0/16
ip route show default
ip route show via 10.0.0.9
ip route show proto static
ip route show scope link
ip route show type blackhole
ip route show root 10.0.0.0/8
ip route show match 10.2.3.4
ip route show src 10.0.0.1
ip route show metric 5
ip -o route show 10.6.0.0/16
ip route show dev nope
ip route get 10.2.0.5
ip route get 10.0.0.1
ip route get 10.0.0.5 from 10.9.0.1
ip route get 10.3.0.1
ip route get 10.4.0.1
ip route get 8.8.8.8
ip route get 10.0.0.5 mark 5 uid 7
ip route get 10.0.0.255
ip route get 10.0.0.1 from 10.9.0.6 iif d0
ip route get 10.0.0.5/24
ip route get 10.11.1.1
ip route get
ip route foo
ip rule add from 10.0.0.0/8 table 100
ip rule add to 10.1.0.0/16 fwmark 1 lookup 200 pref 50
ip rule add iif d0 oif none fwmark 0x1/0xff lookup main suppress_prefixlength 0
ip rule add not from 1.1.1.1 goto 32766 pref 60
ip rule add blackhole from 3.3.3.3 pref 61
ip rule add ipproto tcp dport 22 sport 1000-2000 uidrange 5-9 tos 0x10 lookup 9 pref 63
ip rule add from all realms 3/4 table 7 pref 64
ip rule add table 8 pref 66 protocol static
ip rule add goto 99 pref 67
ip rule add goto 9 pref 67
ip rule add from all table 100 pref 66 protocol x
ip rule add
ip rule del from 9.9.9.9
ip rule
ip rule show table 100
ip rule show from 10.0.0.0/8
ip rule show fwmark 1
ip rule list pref 50
ip rule show iif d0
ip route get 10.5.0.1
ip route get 127.0.0.1
ip neigh add 10.0.0.3 lladdr 02:00:00:00:00:03 dev v0
ip neigh show
ip neigh show dev v0
ip neigh show nud stale
ip neigh replace 10.0.0.3 lladdr 02:00:00:00:00:03 dev v0 nud stale
ip neigh show 10.0.0.3
ip neigh show nud stale
ip neigh add 10.0.0.3 lladdr 02:00:00:00:00:03 dev v0
ip neigh add 10.0.0.4 lladdr x dev v0
ip neigh add 10.0.0.4 dev v0
ip neigh add
ip neigh foo
ip foo
ip link set v0 down
ip route show dev v0
ip link show v1
