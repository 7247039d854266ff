ip link add d0 type veth peer name d1
ip link set lo up
ip link set d0 address 02:00:00:00:00:d0
ip link set d0 up
ip link set d1 address 02:00:00:00:00:d1
ip link set d1 up
ip -6 addr show dev lo
ip addr add 10.0.0.1/24 dev d0
ip -6 addr add 2001:db8::1/64 dev d0 nodad
ip -6 addr add 2001:db8::2/64 dev d0 nodad
ip addr add 2001:db8:1::1/128 dev d1 nodad
ip -6 addr add 2001:db8::1/64 dev d0
ip -6 addr add 2001:db8::g/64 dev d0
ip -6 addr show dev d0 scope global
ip -6 addr show to 2001:db8::/32
ip -6 -o addr show dev d0 scope global
ip -6 -br addr show dev d1 scope global
ip addr show dev d0 scope global
ip -4 addr show dev d0
ip -6 rule
ip -6 rule show
ip -6 rule list
ip -6 rule add from 2001:db8:2::/48 table 100
ip -6 rule add to 2001:db8:3::/48 lookup 101 priority 500
ip -6 rule add fwmark 0x1/0xff table 102 pref 600
ip -6 rule add iif d0 table main pref 700
ip -6 rule add from all prohibit pref 800
ip -6 rule add from all blackhole pref 801
ip -6 rule add unreachable pref 802
ip -6 rule add from 10.0.0.0/8 table 5
ip -6 rule add table 100 pref x
ip -6 rule add from 2001:db8:2::/48 table 100
ip -6 rule
ip rule
ip rule show
ip -6 rule del pref 500
ip -6 rule del pref 501
ip -6 rule del from 2001:db8:2::/48
ip -6 rule del from 2001:db8:2::/48
ip -6 rule show
ip -6 rule flush
ip -6 rule show
ip rule add from 10.0.0.0/8 table 100
ip rule add to 10.1.0.0/16 lookup 101 priority 500
ip rule add fwmark 5 goto 500 pref 400
ip rule add not from 10.2.0.0/16 table 7 pref 450
ip rule add ipproto tcp dport 80 table 8 pref 451
ip rule add uidrange 0-100 table 8 pref 452
ip rule add tos 0x10 table 8 pref 453
ip rule
ip rule show table 100
ip rule del table 101
ip rule flush
ip rule
ip -6 route show root 2001::/16
ip -6 route show root 2001::/16
ip -6 route add default via 2001:db8::ff
ip -6 route add 2001:db8:5::/48 via 2001:db8::fe dev d0 metric 50
ip -6 route add 2001:db8:6::/48 dev d0
ip -6 route add blackhole 2001:db8:7::/48
ip -6 route add unreachable 2001:db8:8::/48
ip -6 route add prohibit 2001:db8:9::/48 table 100
ip -6 route add 2001:db8:5::/48 via 2001:db8::fe dev d0 metric 50
ip -6 route add 2001:db8:a::/48 via fe80::1
ip -6 route add 2001:db8:a::/48 via fe80::1 dev d0
ip -6 route add 2001:db8:b::/48 via 3001::1
ip -6 route add 2001:db8:c::/48 nexthop via 2001:db8::fe nexthop via 2001:db8::fd
ip -6 route add 10.0.0.0/8 dev d0
ip -6 route show root 2001::/16
ip -6 route show default
ip -6 route show 2001:db8:5::/48
ip -6 route show table 100
ip -6 route show table local dev d0 root 2001::/16
ip -6 route show dev d0
ip -6 route show proto static
ip -6 route del 2001:db8:5::/48
ip -6 route del 2001:db8:5::/48
ip -6 route replace 2001:db8:6::/48 via 2001:db8::fe
ip -6 route show 2001:db8:6::/48
ip -6 route flush table 100
ip -6 route show table 100
ip route show
ip route add default via 10.0.0.254
ip route show
ip -4 route show table local
ip -6 neigh show
ip -6 neigh add 2001:db8::fe lladdr 02:00:00:00:00:fe dev d0
ip -6 neigh show
ip neigh show
ip -6 route show table all root 2001::/16
ip -6 route show match 2001:db8:6::5
ip -6 route show type blackhole
ip -6 addr add 2001:db8:77::1/64 dev d0 nodad valid_lft 1000 preferred_lft 500
ip -6 route add 2001:db8:78::/64 dev d0 mtu 1400 proto static pref high
ip -6 route add 2001:db8:79::/64 dev d0 mtu lock 1400 src 2001:db8::1
ip -6 route show root 2001:db8:78::/47
ip -6 route show proto static
ip -6 addr add 2001:db8:7a::1 peer 2001:db8:7a::2/64 dev d0 nodad
ip -6 addr show dev d0 to 2001:db8:7a::/48
