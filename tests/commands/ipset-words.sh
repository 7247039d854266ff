# What ipset says to words, right and wrong, of every type that Linux 6.18 has here.
ipset save
ipset list
ipset create b hash:ip forceadd netmask 24 hashsize 100 maxelem 5 bucketsize 3 initval 0x1234
ipset create c hash:net initval 0x2 family inet6
ipset create e list:set size 3
ipset create f hash:ip initval 0x3 bitmask 255.255.0.255
ipset create g hash:ip,port initval 0x4 netmask 24
ipset list -t
ipset list -n
ipset list b
ipset list nosuch
ipset destroy nosuch
ipset save -o xml
ipset save b -o json
ipset list b -o json
ipset list -o plain c
ipset foo
ipset -v
ipset create
ipset create x
ipset create x hash:foo initval 0x5
ipset create b hash:ip initval 0x6
ipset create b hash:ip initval 0x7 -exist
ipset '-!' create b hash:ip initval 0x8
ipset add
ipset add b
ipset add nosuch 1.2.3.4
ipset add b 1.2.3.0/24
ipset add b 1.2.3.0/24
ipset add '-!' b 1.2.3.0/24
ipset del b 1.2.3.0/24
ipset del b 1.2.3.0/24
ipset test b 1.2.3.4
ipset add b 1.2.3.4
ipset test b 1.2.3.4
ipset add b 1.2.3.4/33
ipset add b 1.2.3.400
ipset add b ::1
ipset swap b c
ipset swap b d
ipset rename b c
ipset rename b z
ipset rename z b
ipset flush b
ipset flush nosuch
ipset flush
ipset destroy
ipset create hi hash:ip initval 0x9
ipset create hn hash:net initval 0xa
ipset create hip hash:ip,port initval 0xb
ipset create hipi hash:ip,port,ip initval 0xc
ipset create hipn hash:ip,port,net initval 0xd
ipset create hnp hash:net,port initval 0xe
ipset create hni hash:net,iface initval 0xf
ipset create h6 hash:ip initval 0x10 family inet6
ipset create n6 hash:net initval 0x11 -6
ipset create b bitmap:ip range 10.0.0.0-10.0.0.255 netmask 28
ipset create bm bitmap:ip,mac range 10.0.0.0/24
ipset create bp bitmap:port range tcp:http-100
ipset create l list:set
ipset create x hash:ip initval 0x12 hashsize foo
ipset create x hash:ip initval 0x13 hashsize
ipset create x hash:ip initval 0x14 hashsize 99999999999
ipset create x hash:ip initval 0x15 foo 1
ipset create x hash:ip initval 0x16 timeout -1
ipset create x hash:ip initval 0x17 timeout 99999999
ipset create x hash:ip initval 0x18 range 1.2.3.4
ipset create x hash:ip initval 0x19 netmask 33
ipset create x hash:ip initval 0x1a netmask 0
ipset create x hash:ip initval 0x1b family foo
ipset create x hash:ip initval 0x1c netmask 24 bitmask 255.255.255.0
ipset create x bitmap:ip
ipset create x bitmap:ip range 10.0.0.0/7
ipset create x bitmap:ip range 10.0.0.0
ipset create x bitmap:port range 5
ipset create x bitmap:port range 5-70000
ipset create averyveryveryverylongnameforaset0 hash:ip initval 0x1d
ipset create x averyveryveryverylongnameforaset0
ipset create x iptree
ipset create x hash:ip initval 0x1e --hashsize 5
ipset create x3 hash:ip initval 0x1f maxelem 0
ipset create x4 hash:ip initval 0x20 hashsize 0
ipset create x5 hash:ip initval 0x21 hashsize 3 bucketsize 1
ipset create x6 hash:ip initval 0x22 bucketsize 99
ipset create x7 bitmap:ip range 10.0.0.5/24
ipset create x8 bitmap:ip range 10.0.0.9-10.0.0.5
ipset create x9 hash:ip initval 5
ipset add hi foo.bar
ipset add hi 1.2.3.4/0
ipset add hi 1.2.3.4/a
ipset add hi 1.2.3.4-1.2.3.2
ipset add hi 0.0.0.0
ipset add hi 1.2.3.4,5
ipset add hi 1.2.3.4 foo
ipset add hi 1.2.3.4 timeout
ipset add hi 1.2.3.4 nomatch
ipset add hi 1.2.3.4 packets 5
ipset add hi 1.2.3.4 comment x
ipset add hi 1.2.3.4 skbmark 1
ipset add hn 1.2.3.4
ipset add hn 1.2.3.4/24
ipset add hn 1.2.3.5/24
ipset add hn 0.0.0.0/0
ipset add hn 10.0.0.0-10.0.0.10
ipset add hn 10.0.0.0-
ipset add hn -10.0.0.0
ipset add hn 10.0.0.0/24 nomatch
ipset add hn 10.0.1.0/24 nomatch nomatch
ipset test hn 10.0.0.0/24
ipset test hn 10.0.0.0/24 nomatch
ipset test hn 10.0.0.1
ipset test hn 10.0.0.20
ipset test hn 10.0.0.0-10.0.0.3
ipset add hip 1.2.3.4
ipset add hip 1.2.3.4,80
ipset add hip 1.2.3.4,tcp:80
ipset add hip 1.2.3.4,http
ipset add hip 1.2.3.4,udp:domain
ipset add hip 1.2.3.4,udp:53-55
ipset add hip 1.2.3.4,sctp:5
ipset add hip 1.2.3.4,icmp:echo-request
ipset add hip 1.2.3.4,icmp:3/1
ipset add hip 1.2.3.4,icmp:foo
ipset add hip 1.2.3.4,gre:0
ipset add hip 1.2.3.4,gre:1
ipset add hip 1.2.3.4,gre
ipset add hip 1.2.3.4,47:0
ipset add hip 1.2.3.4,foo:5
ipset add hip 1.2.3.4,foo
ipset add hip 1.2.3.4,70000
ipset add hip 1.2.3.4,90-80
ipset add hip 1.2.3.4,tcp:90-92
ipset add hip 1.2.3.0/31,tcp:1-2
ipset add hip 1.2.3.4,tcp:80,5.6.7.8
ipset add hipi 1.2.3.4,tcp:80
ipset add hipi 1.2.3.4,tcp:80,5.6.7.8
ipset add hipi 1.2.3.4,tcp:80,5.6.7.8,9
ipset add hipi 1.2.3.4,tcp:80,5.6.7.0/24
ipset add hipn 1.2.3.4,tcp:80,5.6.7.0/24
ipset add hipn 1.2.3.4,tcp:80,5.6.7.0-5.6.7.9
ipset add hipn 1.2.3.4,tcp:80,0.0.0.0/0
ipset add hnp 1.2.3.0/24,tcp:80
ipset add hni 1.2.3.0/24,eth0
ipset add hni 1.2.3.0/24,physdev:eth0
ipset add hni 1.2.3.0/24,eth wildcard
ipset add hni 1.2.3.0/24,
ipset add hni 0.0.0.0/0,eth1
ipset add hni 1.2.3.0/24,averyveryverylongname
ipset add h6 ::1
ipset add h6 1.2.3.4
ipset add h6 ::1/64
ipset add h6 ::1-::2
ipset add n6 fe80::/10
ipset add n6 fe80::1-fe80::5
ipset add b 10.0.0.5
ipset add b 10.0.0.17
ipset add b 10.0.1.0
ipset add bm 10.0.0.1
ipset add bm 10.0.0.1,00:11:22:33:44:55
ipset add bm 10.0.0.2,00:11:22:33:44:55
ipset add bm 10.0.0.3,0:11:22:33:44:55
ipset add bm 10.0.0.3,xx
ipset test bm 10.0.0.2,00:11:22:33:44:56
ipset test bm 10.0.0.2
ipset add bp 80
ipset add bp http
ipset add bp udp:domain
ipset add bp 90-95
ipset add bp 101
ipset add l hi
ipset add l hn before hi
ipset add l hip after hi
ipset add l hi
ipset add l l
ipset add l nosuch
ipset add l b before nosuch
ipset add l b before bm
ipset test l hi
ipset test l hn before hi
ipset test l hn after hi
ipset test l b
ipset del l hn after hi
ipset del l hn before hi
ipset save
ipset destroy hi
ipset destroy l
ipset rename hi zz
ipset swap hi hn
ipset flush
ipset destroy
ipset create hip hash:ip,port initval 0x23
ipset create hn hash:net initval 0x24 timeout 0
ipset create n hash:net,iface initval 0x25
ipset create bm bitmap:ip,mac range 10.0.0.0/24
ipset create bp bitmap:port range 0-100
ipset add hip 1.2.3.4,http
ipset test hip 1.2.3.4,http
ipset test hip 1.2.3.4,udp:domain
ipset test hip 1.2.3.4/30,http
ipset test hip 1.2.3.4,1-2
ipset test hip 1.2.3.4,icmp:8/0
ipset test hip 1.2.3.4,icmp:99/0
ipset test hn 1.2.3.4/24
ipset test hn 1.2.3.4/32
ipset test hn 1.2.3.4 nomatch
ipset test hn 1.2.3.4 timeout 4
ipset del hn 1.2.3.4 nomatch
ipset test n 1.2.3.4/32,physdev:eth0
ipset test n 1.2.3.4/32,eth0 nomatch
ipset test n 1.2.3.4/32,eth0 wildcard
ipset test bm 10.0.0.1,aa:bb:cc:dd:ee:ff
ipset test bp http
ipset test bp 1-2
ipset -q foo
ipset -q add
ipset -q add hip 1.2.3.4,5 foo
ipset create l list:set
ipset add l hn before
ipset test l hn
ipset test l foo
ipset test hn 010.1
ipset test hn 10.1
ipset test hn 1.2.3
ipset test hn 0x10.2.3.4
ipset test hn 1.2.3.4-1.2.3.400
ipset test hn 1.2.3.400-1.2.3.4
ipset test hn 1.2.3.4/24-1.2.3.5
ipset test hn '1.2.3.4 '
ipset test hn ''
ipset test hip 1.2.3.4,tcp:
ipset test hip 1.2.3.4,:80
ipset test hip ,80
ipset test hip 1.2.3.4,,
ipset test hip 1.2.3.4,udp:foo
ipset test hip 1.2.3.4,tcp:ftp-data
ipset test hip 1.2.3.4,ftp-data-ssh
ipset test hip 1.2.3.4,5-foo
ipset test hip 1.2.3.4,foo-5
ipset test hip 1.2.3.4,TCP:5
ipset test hip 1.2.3.4,6:5
ipset test hip 1.2.3.4,300:5
ipset test hip 1.2.3.4,ICMP:ping
ipset test hip 1.2.3.4,icmp:8
ipset test hip 1.2.3.4,icmp:300/1
ipset test hip 1.2.3.4,icmp:0x8/0
ipset test hip 1.2.3.4,esp:0
ipset test hip 1.2.3.4,200:0
ipset test hip 1.2.3.4,0:0
ipset create x11 hash:ip initval 0x
ipset create x12 hash:ip initval -1
ipset create x13 hash:ip initval 0x26 bucketsize 300
ipset create x20 hash:ip initval 0x27 family inet family inet6
ipset create x21 hash:ip initval 0x28 family inet6 -4
ipset create x22 hash:ip initval 0x29 probes 3 resize 5
ipset create x26 hash:ip initval 0x2a markmask 4
ipset create x27 bitmap:ip range 10.0.0.5-10.0.0.77 netmask 31
ipset create x bitmap:ip range 10.0.0.0/15
ipset create x hash:ip initval 0x2b netmask 24 family inet6
ipset create x hash:ip initval 0x2c family inet6 netmask 129
ipset create xb hash:ip initval 0x2d family inet6 bitmask 255.255.255.0
ipset create x hash:ip initval 0x2e bitmask ffff::
ipset create x hash:ip initval 0x2f bitmask 0.0.0.0
ipset create xc hash:ip initval 0x30 bitmask 255.255.255.255
ipset create xd hash:ip initval 0x31 netmask 32
ipset create x hash:ip initval 0x32 timeout
ipset create x hash:ip initval 0x33 counters counters
ipset create x bitmap:ip range 1.2.3.4-
ipset create x bitmap:port range foo-5
ipset create x bitmap:ip from 10.0.0.0
ipset create x bitmap:ip range 10.0.0.0/24 network 10.0.0.0/24
ipset create x list:set family inet
ipset create x bitmap:ip range 10.0.0.0/24 family inet6
ipset create x bitmap:ip range 10.0.0.0/24 hashsize 5
ipset create x hash:net initval 0x34 netmask 24
ipset create '' hash:ip initval 0x35
ipset create 'a b' hash:ip initval 0x36
ipset list
ipset flush
ipset destroy
ipset create hip hash:ip,port initval 0x37
ipset create hip6 hash:ip,port initval 0x38 family inet6
ipset add hip 1.2.3.4,0:0
ipset test hip6 ::1,icmp:ping
ipset add hip6 ::1,icmp:ping
ipset test hip 1.2.3.4,80,
ipset test hip 1.2.3.4,80,5
ipset create s bitmap:ip range 1.2.3.0/24
ipset create s6 bitmap:ip family inet6
ipset add s 1.2.3.4/30
ipset add s 1.2.3.4-1.2.3.5
ipset add s6 ::/64
ipset add s6 ::1-::2
ipset add s6 ::1/128
ipset test s 1.2.3.4/30
ipset test s 1.2.3.4-1.2.3.5
ipset test s6 ::/64
ipset test s6 ::1-::2
ipset test s6 ::1/128
ipset del s 1.2.3.4/30
ipset del s 1.2.3.4-1.2.3.5
ipset del s6 ::/64
ipset del s6 ::1-::2
ipset del s6 ::1/128
ipset destroy s
ipset destroy s6
ipset create s bitmap:ip,mac range 1.2.3.0/24
ipset create s6 bitmap:ip,mac family inet6
ipset add s 1.2.3.4/30,00:11:22:33:44:55
ipset add s 1.2.3.4-1.2.3.6,00:11:22:33:44:55
ipset add s 1.2.3.4-1.2.3.6
ipset add s 1.2.3.4/32
ipset add s6 ::/64
ipset add s6 ::1-::2
ipset add s6 ::1/128
ipset test s 1.2.3.4/30,00:11:22:33:44:55
ipset test s 1.2.3.4-1.2.3.6,00:11:22:33:44:55
ipset test s 1.2.3.4-1.2.3.6
ipset test s 1.2.3.4/32
ipset test s6 ::/64
ipset test s6 ::1-::2
ipset test s6 ::1/128
ipset del s 1.2.3.4/30,00:11:22:33:44:55
ipset del s 1.2.3.4-1.2.3.6,00:11:22:33:44:55
ipset del s 1.2.3.4-1.2.3.6
ipset del s 1.2.3.4/32
ipset del s6 ::/64
ipset del s6 ::1-::2
ipset del s6 ::1/128
ipset destroy s
ipset destroy s6
ipset create s bitmap:port range 0-1000
ipset create s6 bitmap:port family inet6
ipset add s 1-2
ipset add s tcp:1-2
ipset add s6 ::/64
ipset add s6 ::1-::2
ipset add s6 ::1/128
ipset test s 1-2
ipset test s tcp:1-2
ipset test s6 ::/64
ipset test s6 ::1-::2
ipset test s6 ::1/128
ipset del s 1-2
ipset del s tcp:1-2
ipset del s6 ::/64
ipset del s6 ::1-::2
ipset del s6 ::1/128
ipset destroy s
ipset destroy s6
ipset create s hash:ip initval 0x39
ipset create s6 hash:ip initval 0x3a family inet6
ipset add s 1.2.3.4/30
ipset add s 1.2.3.4-1.2.3.5
ipset add s6 ::/64
ipset add s6 ::1-::2
ipset add s6 ::1/128
ipset test s 1.2.3.4/30
ipset test s 1.2.3.4-1.2.3.5
ipset test s6 ::/64
ipset test s6 ::1-::2
ipset test s6 ::1/128
ipset del s 1.2.3.4/30
ipset del s 1.2.3.4-1.2.3.5
ipset del s6 ::/64
ipset del s6 ::1-::2
ipset del s6 ::1/128
ipset destroy s
ipset destroy s6
ipset create s hash:net initval 0x3b
ipset create s6 hash:net initval 0x3c family inet6
ipset add s 1.2.3.4/30
ipset add s 1.2.3.4-1.2.3.5
ipset add s6 ::/64
ipset add s6 ::1-::2
ipset add s6 ::1/128
ipset test s 1.2.3.4/30
ipset test s 1.2.3.4-1.2.3.5
ipset test s6 ::/64
ipset test s6 ::1-::2
ipset test s6 ::1/128
ipset del s 1.2.3.4/30
ipset del s 1.2.3.4-1.2.3.5
ipset del s6 ::/64
ipset del s6 ::1-::2
ipset del s6 ::1/128
ipset destroy s
ipset destroy s6
ipset create s hash:ip,port initval 0x3d
ipset create s6 hash:ip,port initval 0x3e family inet6
ipset add s 1.2.3.4/30,80
ipset add s 1.2.3.4-1.2.3.5,80
ipset add s 1.2.3.4,80-81
ipset add s 1.2.3.4,icmp:1-2
ipset add s 1.2.3.4,gre:0
ipset add s6 ::1/64,80
ipset add s6 ::1-::2,80
ipset add s6 ::1,80-81
ipset test s 1.2.3.4/30,80
ipset test s 1.2.3.4-1.2.3.5,80
ipset test s 1.2.3.4,80-81
ipset test s 1.2.3.4,icmp:1-2
ipset test s 1.2.3.4,gre:0
ipset test s6 ::1/64,80
ipset test s6 ::1-::2,80
ipset test s6 ::1,80-81
ipset del s 1.2.3.4/30,80
ipset del s 1.2.3.4-1.2.3.5,80
ipset del s 1.2.3.4,80-81
ipset del s 1.2.3.4,icmp:1-2
ipset del s 1.2.3.4,gre:0
ipset del s6 ::1/64,80
ipset del s6 ::1-::2,80
ipset del s6 ::1,80-81
ipset destroy s
ipset destroy s6
ipset create s hash:ip,port,ip initval 0x3f
ipset create s6 hash:ip,port,ip initval 0x40 family inet6
ipset add s 1.2.3.4/30,80,5.5.5.5
ipset add s 1.2.3.4-1.2.3.5,80,5.5.5.5
ipset add s 1.2.3.4,80-81,5.5.5.5
ipset add s 1.2.3.4,80,5.5.5.0/24
ipset add s 1.2.3.4,80,5.5.5.0-5.5.5.5
ipset add s6 ::1/64,80,::1
ipset add s6 ::1,80,::/64
ipset add s6 ::1,80,::1-::2
ipset add s6 ::1,80-81,::1
ipset test s 1.2.3.4/30,80,5.5.5.5
ipset test s 1.2.3.4-1.2.3.5,80,5.5.5.5
ipset test s 1.2.3.4,80-81,5.5.5.5
ipset test s 1.2.3.4,80,5.5.5.0/24
ipset test s 1.2.3.4,80,5.5.5.0-5.5.5.5
ipset test s6 ::1/64,80,::1
ipset test s6 ::1,80,::/64
ipset test s6 ::1,80,::1-::2
ipset test s6 ::1,80-81,::1
ipset del s 1.2.3.4/30,80,5.5.5.5
ipset del s 1.2.3.4-1.2.3.5,80,5.5.5.5
ipset del s 1.2.3.4,80-81,5.5.5.5
ipset del s 1.2.3.4,80,5.5.5.0/24
ipset del s 1.2.3.4,80,5.5.5.0-5.5.5.5
ipset del s6 ::1/64,80,::1
ipset del s6 ::1,80,::/64
ipset del s6 ::1,80,::1-::2
ipset del s6 ::1,80-81,::1
ipset destroy s
ipset destroy s6
ipset create s hash:ip,port,net initval 0x41
ipset create s6 hash:ip,port,net initval 0x42 family inet6
ipset add s 1.2.3.4/30,80,5.5.5.5
ipset add s 1.2.3.4-1.2.3.5,80,5.5.5.5
ipset add s 1.2.3.4,80-81,5.5.5.5
ipset add s 1.2.3.4,80,5.5.5.0/24
ipset add s 1.2.3.4,80,5.5.5.0-5.5.5.5
ipset add s6 ::1/64,80,::1
ipset add s6 ::1,80,::/64
ipset add s6 ::1,80,::1-::2
ipset add s6 ::1,80-81,::1
ipset test s 1.2.3.4/30,80,5.5.5.5
ipset test s 1.2.3.4-1.2.3.5,80,5.5.5.5
ipset test s 1.2.3.4,80-81,5.5.5.5
ipset test s 1.2.3.4,80,5.5.5.0/24
ipset test s 1.2.3.4,80,5.5.5.0-5.5.5.5
ipset test s6 ::1/64,80,::1
ipset test s6 ::1,80,::/64
ipset test s6 ::1,80,::1-::2
ipset test s6 ::1,80-81,::1
ipset del s 1.2.3.4/30,80,5.5.5.5
ipset del s 1.2.3.4-1.2.3.5,80,5.5.5.5
ipset del s 1.2.3.4,80-81,5.5.5.5
ipset del s 1.2.3.4,80,5.5.5.0/24
ipset del s 1.2.3.4,80,5.5.5.0-5.5.5.5
ipset del s6 ::1/64,80,::1
ipset del s6 ::1,80,::/64
ipset del s6 ::1,80,::1-::2
ipset del s6 ::1,80-81,::1
ipset destroy s
ipset destroy s6
ipset create s hash:net,port initval 0x43
ipset create s6 hash:net,port initval 0x44 family inet6
ipset add s 1.2.3.4/30,80
ipset add s 1.2.3.4-1.2.3.5,80
ipset add s 1.2.3.4,80-81
ipset add s 1.2.3.4,icmp:1-2
ipset add s 1.2.3.4,gre:0
ipset add s6 ::1/64,80
ipset add s6 ::1-::2,80
ipset add s6 ::1,80-81
ipset test s 1.2.3.4/30,80
ipset test s 1.2.3.4-1.2.3.5,80
ipset test s 1.2.3.4,80-81
ipset test s 1.2.3.4,icmp:1-2
ipset test s 1.2.3.4,gre:0
ipset test s6 ::1/64,80
ipset test s6 ::1-::2,80
ipset test s6 ::1,80-81
ipset del s 1.2.3.4/30,80
ipset del s 1.2.3.4-1.2.3.5,80
ipset del s 1.2.3.4,80-81
ipset del s 1.2.3.4,icmp:1-2
ipset del s 1.2.3.4,gre:0
ipset del s6 ::1/64,80
ipset del s6 ::1-::2,80
ipset del s6 ::1,80-81
ipset destroy s
ipset destroy s6
ipset create s hash:net,iface initval 0x45
ipset create s6 hash:net,iface initval 0x46 family inet6
ipset add s 1.2.3.4/30,eth0
ipset add s 1.2.3.4-1.2.3.5,eth0
ipset add s 0.0.0.0/0,eth0
ipset add s6 ::/64,eth0
ipset add s6 ::1-::2,eth0
ipset add s6 ::/0,eth0
ipset test s 1.2.3.4/30,eth0
ipset test s 1.2.3.4-1.2.3.5,eth0
ipset test s 0.0.0.0/0,eth0
ipset test s6 ::/64,eth0
ipset test s6 ::1-::2,eth0
ipset test s6 ::/0,eth0
ipset del s 1.2.3.4/30,eth0
ipset del s 1.2.3.4-1.2.3.5,eth0
ipset del s 0.0.0.0/0,eth0
ipset del s6 ::/64,eth0
ipset del s6 ::1-::2,eth0
ipset del s6 ::/0,eth0
ipset destroy s
ipset destroy s6
ipset flush
ipset destroy
