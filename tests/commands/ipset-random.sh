# Random commands, each set with an initval: the kernel and the emulation hash, grow and list alike.
ipset create c hash:ip,port,ip family inet6 initval 0x4865 hashsize 128
ipset create b bitmap:ip range 10.0.0.5-10.0.1.77 netmask 24 counters comment
ipset -exist create d hash:net,port initval 0xc2fa
ipset add b 10.0.1.8
ipset add b 10.0.0.47
ipset swap a b
ipset create c hash:ip,port,ip initval 0xc782 hashsize 100 maxelem 200 forceadd comment skbinfo
ipset create e list:set size 2 comment
ipset test e e
ipset add c 10.0.0.8,0:0,10.0.1.10 packets 0 bytes 723
ipset add e d packets 4 bytes 262 comment 'hello world'
ipset -exist add c 10.0.0.28,22-20,10.0.1.3
ipset add c 10.0.1.47,tcp:53-55,10.0.1.20
ipset add e e
ipset add c 10.0.0.42,tcp:https,10.0.0.26
ipset del c 10.0.0.36,sctp:53,10.0.0.4
ipset del c 10.0.0.55,gre:0,10.0.0.23
ipset -exist add c 10.0.1.24,tcp:https,10.0.0.39 skbqueue 3
ipset destroy e
ipset create d hash:ip,port,ip initval 0x4914 maxelem 0 bucketsize 14 comment skbinfo timeout 0
ipset test c 10.0.0.36,domain,10.0.1.17
ipset create b hash:ip,port,net initval 0x9483 hashsize 256 comment
ipset add b 10.0.0.11,udplite:443,10.0.1.50/31 packets 2 bytes 513
ipset -exist add d 10.0.1.51,6:443,10.0.0.58
ipset test d 10.0.1.30/28,icmp:echo-reply,10.0.0.48
ipset list -t
ipset save d
ipset add d 0.0.0.0,81-81,10.0.1.44
ipset test b 10.0.0.33,icmp:8,10.0.0.26/24
ipset del d 10.0.0.32,udplite:22,10.0.0.45
ipset create d bitmap:ip,mac range 10.0.0.0/24 timeout 0
ipset create b list:set size 6
ipset add d 10.0.0.41,udp:22-26,10.0.0.44
ipset add d 10.0.0.39,tcp:foo,10.0.0.53-10.0.0.27 comment 'hello world' skbmark 0x0/0x0
ipset create d bitmap:port range http-100 comment timeout 0
ipset add d 10.0.0.53,http,10.0.0.18
ipset add c 10.0.1.34,domain,10.0.0.51 timeout 0
ipset add b 10.0.0.42,udp:domain,10.0.0.47 comment x
ipset add d 10.0.0.57-10.0.1.43,sctp:53,10.0.0.28 comment x
ipset add b 10.0.0.29,sctp:53,10.0.1.4/26
ipset del b 10.0.1.37,47:0,10.0.0.17
ipset -exist test b 10.0.1.59,tcp:82,10.0.0.13/16
ipset add c 10.0.0.23,sctp:80,10.0.0.25 comment x
ipset add d 10.0.0.24/31,udp:22,10.0.0.40 skbmark 0x1
ipset -exist add d 10.0.1.32,tcp:82,10.0.0.51
ipset test c 10.0.0.38/32,443,10.0.1.53
ipset add c 10.0.0.9-10.0.0.28,udplite:81,10.0.0.39
ipset del d 10.0.0.2/28,udplite:53,10.0.0.4
ipset add c 10.0.1.15,icmp:3/3,10.0.0.39 comment 'it'"'"'s'
ipset create b hash:net,port initval 0xf14f hashsize 100 maxelem 0 bucketsize 14 counters comment
ipset add b 10.0.0.25,tcp:22,10.0.0.7/10
ipset add nosuch 10.0.0.17
ipset create d hash:net,iface initval 0x7e03 counters
ipset -exist test d 10.0.0.23/32,81,10.0.1.7
ipset del c 10.0.0.29/30,gre:0,10.0.0.49
ipset add c 10.0.0.23,gre:1,10.0.0.33
ipset create c hash:net family inet6 initval 0x4081 timeout 0
ipset test b 10.0.1.21,tcp:foo,10.0.0.42/32 nomatch
ipset -exist add d 10.0.0.1,udp:22,10.0.0.32
ipset add c 10.0.0.45,tcp:https,10.0.0.31
ipset add b 10.0.0.15-10.0.0.20,53,10.0.0.23-10.0.1.48 timeout 99999999 nomatch
ipset -exist add c x,udplite:82,10.0.0.53
ipset -exist del d 10.0.0.23,tcp:53-57,10.0.1.45
ipset add c 10.0.0.6,icmp:1/1,10.0.0.23
ipset destroy d
ipset -exist add c 10.0.1.6-10.0.0.31,icmp:200/200,10.0.0.58 comment ''
ipset test c 10.0.1.0-10.0.1.26,22-20,10.0.0.40
ipset add c 10.0.0.26,udp:domain,10.0.0.0
ipset -exist add c x,443,10.0.0.58
ipset add c 10.0.0.42/28,6:81,10.0.0.8 timeout 99999999
ipset -exist add b 10.0.0.26,tcp:https,10.0.1.46/16
ipset create b hash:net,port initval 0x1202 comment
ipset create e hash:ip,port,ip family inet6 initval 0xd1a6 hashsize 256 maxelem 0 forceadd counters timeout 0
ipset create a hash:net,iface family inet6 initval 0x38bf skbinfo timeout 0
ipset add b 10.0.0.13,icmp:1/1,10.0.0.4/32 nomatch
ipset -exist del a 2001:db8::/126,eth1
ipset add a 2001:db8:1::/48,eth
ipset add a 2001:db8:1::/48,physdev:eth0 timeout 99999999
ipset -exist add c 10.0.0.57-10.0.0.43,53-50,10.0.0.14 timeout 0
ipset add c 10.0.0.33,81,10.0.1.25
ipset -exist del a 2001:db8::5/65,wlan0
ipset del e 2001:db8::0,udplite:80,2001:db8::1
ipset create c bitmap:ip range 10.0.0.0/25 comment
ipset del a 2001:db8::a/128,eth0
ipset test c 10.0.0.28,sctp:81,10.0.0.49
ipset -exist add a 2001:db8:3::/48,eth1
ipset test b 10.0.0.4,6:80,10.0.0.13 nomatch
ipset -exist create e list:set counters skbinfo
ipset -exist add a 2001:db8::/127,eth1 skbmark 0x1/0xff nomatch
ipset add b 10.0.0.52,53-52,10.0.0.4
ipset -exist add e 2001:db8::16,6:82,2001:db8::1c
ipset -exist add a 2001:db8::25/122,eth1 nomatch
ipset create b hash:net family inet6 initval 0xebc4 maxelem 200 forceadd skbinfo
ipset add c 10.0.0.46,6:22,10.0.0.10
ipset -exist add e 2001:db8::a,udplite:81,2001:db8::c
ipset list
ipset save
ipset flush
ipset destroy
ipset create d hash:ip,port,ip initval 0x322b counters skbinfo
ipset create d hash:ip,port initval 0x6cfb forceadd counters timeout 0
ipset create a bitmap:ip range 10.0.0.0-10.0.0.255 netmask 30 counters comment
ipset add a 10.0.0.21 skbprio 1:10
ipset add a 10.0.0.56 skbmark 5
ipset -exist test a 10.0.0.35
ipset add d 10.0.1.2,foo:5,10.0.0.50
ipset add d 10.0.1.3,udp:82-85,10.0.1.36
ipset -exist add d 10.0.0.42,icmp:8,10.0.0.51
ipset test d 255.255.255.255,53,10.0.0.40
ipset add d 10.0.0.44,tcp:80-80,10.0.0.46 comment ''
ipset add a 10.0.0.16
ipset add d 10.0.0.40,0:0,10.0.0.34 timeout 0
ipset add d 10.0.1.23-10.0.1.53,udp:domain,10.0.0.4
ipset -exist test d 10.0.1.37,81-78,10.0.0.53
ipset create a hash:ip,port initval 0x84c1 hashsize 100 counters comment
ipset add a 10.0.0.0/28
ipset add a 10.0.0.23
ipset save a
ipset add d 10.0.0.33,tcp:https,10.0.0.58
ipset create a bitmap:ip,mac range 10.0.0.5-10.0.1.77
ipset create c bitmap:ip range 10.0.0.0/24 comment skbinfo
ipset add a 10.0.0.58-10.0.0.19
ipset -exist add c 10.0.0.16
ipset -exist test d 10.0.0.43,22,10.0.1.39
ipset add a 255.255.255.255 timeout 99999999 packets 1 bytes 933
ipset test d 10.0.0.21,6:81,10.0.0.18
ipset add c 10.0.1.36
ipset add a 10.0.1.31
ipset -exist create e hash:ip,port,ip initval 0x4c92 hashsize 128
ipset add e 10.0.0.41,icmp:8,10.0.0.55
ipset add e 10.0.0.39,sctp:82,10.0.0.49
ipset test a 10.0.0.38
ipset add d 10.0.0.45/28,sctp:82,10.0.0.46 skbqueue 3
ipset del a 10.0.0.21
ipset test c 10.0.1.20
ipset add d 10.0.0.40,82,10.0.0.50
ipset test e 10.0.1.52,udp:22,10.0.0.55
ipset -exist add a 10.0.0.5
ipset -exist add c 10.0.0.23/28 timeout 0
ipset test e 10.0.0.49,443,10.0.0.27
ipset save c
ipset test e 10.0.1.54,icmp:200/200,10.0.0.34
ipset add c 10.0.0.51
ipset list -n
ipset del c 0.0.0.0
ipset -exist add a 10.0.0.36
ipset test c 10.0.0.20
ipset save
ipset test a 10.0.0.12
ipset -exist create c hash:net,iface initval 0x6e26 skbinfo
ipset list -o xml d
ipset add d 10.0.1.36,ssh,10.0.0.24
ipset -exist del d 10.0.1.22,tcp:https,10.0.0.31
ipset add c 10.0.0.35
ipset add c 10.0.0.56
ipset rename c c
ipset add a 10.0.0.23 packets 3 bytes 966
ipset -exist del c 10.0.0.14-10.0.0.23
ipset rename e c
ipset -exist add d 10.0.1.54,udp:81,10.0.0.27
ipset add a 10.0.0.16
ipset list e
ipset rename b d
ipset add c 10.0.0.50 comment 'it'"'"'s'
ipset -exist del c 10.0.0.17
ipset test a 10.0.0.2
ipset create c hash:net initval 0xe583 counters skbinfo timeout 0
ipset add e 10.0.0.20,ssh,10.0.1.57
ipset create e bitmap:ip,mac range 10.0.0.0-10.0.0.255 counters timeout 0
ipset add e 10.0.0.44,ssh,10.0.0.23
ipset add a 10.0.0.33 packets 6 bytes 107
ipset create a bitmap:ip,mac range 10.0.0.0-10.0.0.255
ipset -exist create a hash:net,port initval 0x7110 hashsize 64 comment
ipset flush d
ipset -exist test c 10.0.0.16
ipset del a 10.0.1.25
ipset -exist add d 10.0.0.25,6:81,10.0.0.51
ipset -exist del e 10.0.0.50,81,10.0.0.22
ipset add d 10.0.0.21,foo,10.0.0.8
ipset add d 10.0.0.34/29,udp:81,10.0.0.6
ipset add d 10.0.0.20,tcp:80,10.0.0.13
ipset del a 10.0.1.12/30
ipset add c 10.0.0.24
ipset add a 10.0.0.47
ipset -exist del c 10.0.0.27
ipset create c bitmap:ip range 10.0.0.0-10.0.0.255 counters
ipset rename e b
ipset add a 10.0.0.50
ipset create c bitmap:port range http-100 counters
ipset list -t
ipset -exist add c 10.0.0.51
ipset -exist add c 10.0.0.54 packets 3 bytes 160
ipset save a
ipset add a 10.0.0.23-10.0.1.7
ipset add a 10.0.1.19
ipset rename a b
ipset add d 10.0.1.47-10.0.0.58,domain,10.0.1.36 skbmark 0x0/0x0
ipset add a 10.0.0.8 skbqueue 3
ipset list
ipset save
ipset flush
ipset destroy
ipset create d hash:net,iface initval 0x762 timeout 0
ipset create c hash:net,iface family inet6 initval 0x61e8 bucketsize 1 skbinfo
ipset add c 2001:db8::1e,eth1
ipset add d 10.0.1.41,physdev:eth timeout 0
ipset -exist add d 10.0.0.8/8,wlan0
ipset add c 2001:db8:0::/48,wlan0 wildcard
ipset add c 2001:db8::/126,eth1 nomatch
ipset add c 2001:db8::6/12,lo timeout 99999999
ipset add c 2001:db8:2::/48,physdev:eth0
ipset create b hash:ip,port initval 0x809a hashsize 100 forceadd skbinfo
ipset add b 10.0.0.17/31,tcp:81
ipset -exist add c 2001:db8::e,physdev:eth0 skbprio a:b nomatch
ipset add b 10.0.0.13,udp:82-86 skbqueue 3
ipset save d
ipset create e bitmap:ip,mac range 10.0.0.0/24 counters comment timeout 0
ipset -exist add c 2001:db8::25,physdev:eth0 comment 'it'"'"'s' nomatch
ipset test d 10.0.0.54-10.0.0.3,eth
ipset add c 2001:db8::b,wlan0 timeout 0
ipset add c 2001:db8::1f,physdev:eth packets 1 bytes 407 wildcard
ipset del b 10.0.0.54,udplite:80
ipset create d hash:net,port initval 0x9fdd maxelem 50 forceadd timeout 0
ipset list
ipset swap e c
ipset create c bitmap:port range 100-20 comment
ipset create b bitmap:ip range 10.0.0.5-10.0.1.77 counters
ipset -exist del c 30-36
ipset add c http skbmark 5
ipset add c http
ipset add c 74-32 comment x
ipset test b 10.0.0.13
ipset list b
ipset save
ipset del c tcp:80
ipset add c 22
ipset add c http comment 'it'"'"'s'
ipset add b 10.0.0.51 skbmark 5 skbprio a:b
ipset test b 10.0.0.1
ipset add c 3
ipset add c udp:domain
ipset del c 18-55
ipset test c http
ipset -exist del b 10.0.1.55
ipset -exist add c http
ipset swap a c
ipset create a bitmap:ip range 10.0.0.0/25 counters comment skbinfo timeout 0
ipset -exist create a bitmap:ip range 10.0.0.0-10.0.0.255 timeout 0
ipset create d hash:net,port initval 0x3977 counters
ipset -exist test a 10.0.0.38
ipset create b bitmap:ip,mac range 10.0.0.0-10.0.0.255 skbinfo
ipset -exist test b 10.0.0.1,aa:bb:cc:dd:ee:ff
ipset del b 10.0.0.26,aa:bb:cc:dd:ee:ff
ipset create c hash:ip,port initval 0x2b2b maxelem 50 skbinfo timeout 0
ipset rename c e
ipset add b 10.0.1.54 timeout 0
ipset -exist add c 10.0.0.37, comment ''
ipset add b 10.0.0.9
ipset list
ipset add c 10.0.0.13,sctp:53 skbmark 0x0/0x0
ipset test a 10.0.0.59-10.0.1.52
ipset create d hash:net,port initval 0x6fc7 forceadd skbinfo
ipset del c 10.0.0.9,0:0
ipset save b
ipset add d 10.0.0.29/16,udplite:443 skbmark 0x0/0x0 skbqueue 3 nomatch
ipset -exist add a 10.0.1.13 skbmark 5
ipset -exist add c 10.0.1.46,icmp:echo-reply skbqueue 3
ipset add b 10.0.1.47
ipset create c bitmap:port range http-100 comment timeout 0
ipset test a 10.0.0.17
ipset del d 10.0.0.32,80-
ipset add a 10.0.1.17 comment '' skbprio a:b
ipset del a 10.0.0.56/28
ipset add c 10.0.0.2,udp:80
ipset add d 10.0.0.34,sctp:53 skbqueue 3
ipset add b 10.0.0.51,aa:bb:cc:dd:ee:ff skbmark 0x0/0x0
ipset test d 10.0.0.51,icmp:echo-reply
ipset del a 10.0.0.45
ipset destroy b
ipset list -t
ipset add d 10.0.0.47,tcp:82-85
ipset -exist del a 10.0.1.19
ipset -exist add c 10.0.0.45,udp:80 skbprio 1 skbqueue 3
ipset add a 10.0.0.4 timeout 0
ipset add c 10.0.1.1,6:82
ipset add c 10.0.0.45-10.0.0.51,udplite:443
ipset flush d
ipset add c 10.0.0.8-10.0.1.58,tcp:53 timeout 0
ipset -exist add a 10.0.0.0
ipset add a 10.0.0.32 timeout 99999999
ipset test a 10.0.1.21
ipset del d 10.0.0.40/20,53-55
ipset add a 10.0.1.29
ipset -exist create a list:set size 2
ipset -exist del c 10.0.0.31,tcp:22
ipset test d 10.0.1.19/28,6:80
ipset add d 10.0.0.19,esp:0 skbprio 1
ipset -exist add a 10.0.0.51
ipset -exist add d 10.0.1.13,gre:0 timeout 0
ipset add d 10.0.0.8,sctp:80 packets 0 bytes 698 comment x
ipset list
ipset save
ipset flush
ipset destroy
ipset create a hash:net,port initval 0x77ed maxelem 200 bucketsize 2 counters timeout 0
ipset create c hash:ip,port initval 0x46eb maxelem 0
ipset add c 10.0.0.6,tcp: skbprio 1
ipset swap a b
ipset create c hash:net,port initval 0x7c55 maxelem 0 skbinfo
ipset create b bitmap:ip range 10.0.0.0/25 comment skbinfo
ipset add b 10.0.1.29
ipset -exist add b 10.0.1.18
ipset -exist add c 10.0.0.59,6:81
ipset add c 10.0.1.11,foo packets 1 bytes 170
ipset -exist del b 10.0.0.19
ipset create c hash:net initval 0x6efb hashsize 100 comment timeout 0
ipset add c 10.0.0.32-10.0.1.21,443 timeout 0
ipset create c hash:net,port initval 0x4259 hashsize 1 counters comment skbinfo -4
ipset -exist test c 10.0.1.2/20,icmp:3/3
ipset add b 10.0.1.0
ipset add c 10.0.0.31,tcp:81-82 skbmark 0x0/0x0 skbqueue 3
ipset list
ipset add b 10.0.0.7 packets 1 bytes 61 comment 'hello world'
ipset list b
ipset swap c a
ipset create e hash:ip,port,ip family inet6 initval 0xd5a comment
ipset create a bitmap:ip,mac range 10.0.0.0/24 counters timeout 0
ipset add a 10.0.0.4,00:11:22:33:44:56
ipset del e 2001:db8::0/64,sctp:22,2001:db8::15
ipset destroy a
ipset create b hash:ip,port,net initval 0xf088 hashsize 256 maxelem 50 counters comment timeout 0
ipset save b
ipset -exist test e 2001:db8::1f,53-50,2001:db8::1d
ipset add e 2001:db8::26,81,2001:db8::23 timeout 99999999
ipset test e 2001:db8::6,tcp:82-81,2001:db8::17
ipset list -o xml e
ipset del e 2001:db8::8,70000,2001:db8::2
ipset add b 10.0.0.23,udp:443-447,10.0.0.2 skbmark 5
ipset -exist add b 10.0.1.10,tcp:,10.0.0.24 timeout 0 skbqueue 3
ipset create d list:set size 2 counters comment
ipset add d b timeout 99999999 skbmark 0x0/0x0 before c
ipset create a hash:net,iface initval 0xfda skbinfo
ipset test d a before a
ipset test b 10.0.0.29,gre:0,10.0.0.15-10.0.1.22
ipset create a hash:net,iface family inet6 initval 0xe6ba hashsize 128 maxelem 200 skbinfo
ipset test nosuch 10.0.0.43
ipset -exist del a 10.0.1.23,physdev:eth0
ipset test d b
ipset create e bitmap:ip,mac range 10.0.0.0-10.0.0.255 counters comment skbinfo
ipset save b
ipset add e 2001:db8::f,sctp:443,2001:db8::f
ipset del b 10.0.0.2,icmp:echo-reply,10.0.0.57/16
ipset -exist add e 2001:db8::20,tcp:22-26,2001:db8::24 packets 3 bytes 226
ipset del d c
ipset create d bitmap:ip,mac range 10.0.0.0-10.0.0.255
ipset -exist add e 2001:db8::d,udp:22-23,2001:db8::6
ipset -exist add e 2001:db8::1,tcp:443-441,2001:db8::10
ipset list e
ipset add nosuch 10.0.0.23
ipset -exist add e 2001:db8::f,443,2001:db8::20
ipset add e 2001:db8::7,udplite:443,2001:db8::17
ipset list -t
ipset add b 10.0.0.45,udplite:22,10.0.0.16 skbqueue 3
ipset add d b
ipset add d b
ipset del a 10.0.1.37,eth1 nomatch
ipset add b 10.0.0.17,6:443,10.0.0.34-10.0.0.4 packets 0 bytes 917
ipset swap d c
ipset create b hash:net,port initval 0x6ea0 hashsize 100 comment timeout 0
ipset create e list:set comment
ipset del b 10.0.1.15/32,icmp:3/3
ipset list b
ipset list e
ipset add b 10.0.0.55/26,udp:81-85 timeout 99999999 nomatch
ipset create b bitmap:ip range 10.0.0.0/24 counters comment
ipset list -o xml b
ipset save b
ipset add e b after b
ipset create d bitmap:ip,mac range 10.0.0.0/24 counters skbinfo
ipset list -t
ipset rename b b
ipset test e d after b
ipset rename a c
ipset add e a timeout 0 after d
ipset -exist add b 10.0.1.53-10.0.0.5,sctp:80 skbqueue 3
ipset swap a d
ipset create d bitmap:port range http-100
ipset -exist create d list:set comment
ipset create d hash:ip,port,net initval 0xd8d9 hashsize 100
ipset create a hash:net initval 0xfb29 hashsize 128 skbinfo timeout 0
ipset -exist add a 10.0.1.47/31
ipset add d 23-64
ipset test d 109-92
ipset add d 13-43
ipset add a 10.0.0.39/28 comment ''
ipset create a hash:ip,port initval 0x7b1e maxelem 3 bucketsize 4
ipset add a 10.0.1.48/16
ipset swap d e
ipset create e hash:ip,port initval 0xae6d hashsize 256 maxelem 50
ipset create d hash:net initval 0x3a81 comment
ipset list -n
ipset create a hash:ip family inet6 initval 0xdf66 hashsize 100 forceadd netmask 128 counters timeout 0
ipset add a 2001:db8::23 skbmark 0x0/0x0
ipset list
ipset save
ipset flush
ipset destroy
ipset create c bitmap:ip,mac range 10.0.0.5-10.0.1.77
ipset create a bitmap:ip range 10.0.0.0-10.0.0.255 skbinfo timeout 0
ipset add a 10.0.0.8 timeout 0
ipset add a 10.0.0.0
ipset list c
ipset test a 10.0.0.27
ipset add c 10.0.0.40
ipset -exist add c 10.0.0.23
ipset add c 10.0.0.11/28
ipset -exist del a 10.0.0.44-10.0.0.30
ipset -exist test c 10.0.1.55
ipset add c 10.0.0.36-10.0.0.6 packets 3 bytes 179
ipset test a 10.0.0.10-10.0.0.40
ipset create b hash:net,iface initval 0xce7 hashsize 1
ipset del c 10.0.0.50
ipset add b 10.0.1.21/20,physdev:eth comment 'it'"'"'s'
ipset add c 10.0.0.47/32
ipset -exist test b 10.0.0.53,wlan0
ipset swap d c
ipset create e hash:net family inet6 initval 0xd203 counters comment skbinfo
ipset create c hash:ip initval 0x8754 hashsize 1 counters comment timeout 0
ipset create e hash:net initval 0xed0 forceadd counters comment timeout 0
ipset add e 2001:db8::/126 skbmark 0x1/0xff
ipset -exist del c 10.0.0.26-10.0.0.31
ipset add e 2001:db8::/126 skbqueue 3
ipset add c 10.0.0.54 comment 'it'"'"'s'
ipset add c 10.0.0.31-10.0.0.12 packets 8 bytes 954
ipset add c 10.0.1.23 skbmark 0x1/0xff
ipset test e 2001:db8::11 nomatch
ipset -exist del c 10.0.0.58
ipset add c 10.0.0.5 comment 'hello world'
ipset -exist add e 2001:db8:2::/48 nomatch
ipset swap b c
ipset create d list:set timeout 0
ipset create b list:set comment timeout 0
ipset add d nosuch
ipset list d
ipset add b a before a
ipset rename e c
ipset test b e before c
ipset create e hash:net,iface initval 0xa7b8 maxelem 50 timeout 0
ipset add b e packets 4 bytes 990
ipset -exist add b a comment 'hello world' skbqueue 3
ipset add b d
ipset test e 10.0.0.6-10.0.1.14,physdev:eth
ipset add d nosuch after c
ipset add d e
ipset del e 10.0.0.8,lo
ipset create b hash:net,iface initval 0xb704 hashsize 128 maxelem 10 counters skbinfo timeout 0
ipset add e 10.0.0.51/32,averyveryverylongname packets 4 bytes 231 wildcard
ipset del e 10.0.1.28-10.0.1.35,physdev:eth0
ipset del e 10.0.0.57-10.0.1.7,physdev:eth0
ipset -exist test b c
ipset add e 10.0.0.24,eth wildcard nomatch
ipset add d a skbmark 0x0/0x0
ipset -exist add e 10.0.0.56/24,eth skbqueue 3 wildcard
ipset -exist add d c
ipset add b b comment ''
ipset add d nosuch
ipset add b d skbmark 0x1/0xff
ipset test b c after d
ipset -exist add d nosuch before b
ipset add d a comment x
ipset add e 10.0.0.19/30,eth1
ipset -exist add e 10.0.0.11,eth nomatch
ipset test b nosuch
ipset swap e d
ipset create d hash:ip,port,net initval 0xee09 comment
ipset create c list:set size 2 timeout 0
ipset add c nosuch comment ''
ipset -exist add c a
ipset test c c
ipset del c e
ipset add d 10.0.1.8,tcp:82-79,10.0.0.51-10.0.0.47 timeout 0 packets 0 bytes 868
ipset -exist add d 10.0.0.13,foo:5,10.0.0.34
ipset test d 10.0.1.5,tcp:,10.0.0.29/24 nomatch
ipset create e bitmap:port range http-100
ipset add d 10.0.0.57-10.0.0.19,sctp:82,10.0.0.5/26 nomatch
ipset -exist test e http
ipset del e http
ipset add e http
ipset test d 10.0.1.12,icmp:1/1,10.0.0.13
ipset -exist add c d before e
ipset del c b
ipset add d 10.0.0.19,0:0,10.0.1.27 skbmark 0x0/0x0
ipset add c nosuch packets 6 bytes 354
ipset test e 113-123
ipset -exist create e hash:ip family inet6 initval 0x7916 hashsize 256 comment timeout 0
ipset add c e packets 1 bytes 229
ipset rename a b
ipset flush e
ipset add c c skbprio 1 before c
ipset save c
ipset add d 10.0.0.40,6:22,10.0.0.59 timeout 0 nomatch
ipset add d 10.0.0.47,udplite:443,10.0.0.27/30
ipset add nosuch 10.0.0.32-10.0.0.52
ipset list -o xml c
ipset del c a before a
ipset -exist add c e skbqueue 3
ipset list
ipset save
ipset flush
ipset destroy
ipset create b bitmap:ip range 10.0.0.5-10.0.1.77
ipset create b hash:ip initval 0xdc3c netmask 28 counters timeout 0
ipset -exist create b hash:ip,port,ip initval 0x61f0 hashsize 256 maxelem 3 timeout 0
ipset create b hash:ip initval 0xca36 hashsize 64 bucketsize 2 skbinfo timeout 0
ipset create d bitmap:port range 100-20 counters comment skbinfo
ipset -exist test d 43-82
ipset add b 10.0.1.35
ipset test b 10.0.0.36
ipset -exist test b 10.0.0.45
ipset destroy b
ipset create c hash:ip,port,net initval 0x685f hashsize 100 maxelem 50 skbinfo
ipset test c 10.0.1.15,82,10.0.1.59-10.0.1.53
ipset test d udp:domain
ipset rename c e
ipset -exist add d 105
ipset add d 79-53
ipset list
ipset create b hash:net,iface family inet6 initval 0x6aea hashsize 256 maxelem 3 forceadd
ipset create d bitmap:ip range 10.0.0.5-10.0.1.77 skbinfo
ipset add d udp:domain
ipset add b 2001:db8:1::/48,eth1 skbprio a:b
ipset add c 10.0.0.31-10.0.0.2,foo:5,10.0.0.19 comment ''
ipset add d 68
ipset -exist create a hash:ip,port,net initval 0x1226 comment timeout 0
ipset test d tcp:80
ipset add c 10.0.0.23,udp:443-440,10.0.0.28
ipset add a 10.0.1.35,udp:443-444,10.0.0.58/16 nomatch
ipset add b 2001:db8::/64,eth0 skbqueue 3 wildcard
ipset -exist add d udp:domain timeout 0
ipset add d tcp:80 timeout 0 skbprio 1
ipset add d 26-42
ipset add c 10.0.0.56,gre:0,10.0.1.35
ipset del b 2001:db8::16,eth
ipset test c 10.0.0.46-10.0.1.14,gre:1,10.0.1.12
ipset add c 10.0.0.42,sctp:443,10.0.0.8/20 packets 3 bytes 825
ipset -exist add d 50-52
ipset swap c d
ipset create c bitmap:ip range 10.0.0.0/24 comment skbinfo timeout 0
ipset create d hash:net initval 0xb338 comment
ipset add d 10.0.0.57-10.0.0.3 packets 0 bytes 776 skbmark 5 nomatch
ipset del d 10.0.0.42
ipset test d 10.0.0.32
ipset -exist del c 10.0.0.14
ipset add d 10.0.0.54/16 timeout 0 comment '' skbmark 0x1 nomatch
ipset add d 10.0.0.26
ipset test d 10.0.1.8/16
ipset add d 10.0.0.13/8 nomatch
ipset -exist test d 10.0.0.47
ipset test d 10.0.1.35/24
ipset test c 10.0.0.9
ipset del d 10.0.0.58/16
ipset create b hash:ip initval 0x546a netmask 30 skbinfo
ipset add c 10.0.0.3
ipset add c 10.0.0.31/31
ipset list
ipset del b 10.0.0.9
ipset add d 10.0.0.20/16 skbmark 0x1/0xff
ipset create e hash:net initval 0xafdc comment
ipset test c 10.0.0.41
ipset -exist create c list:set comment skbinfo
ipset -exist del nosuch 10.0.0.41
ipset add c 10.0.0.59/30
ipset swap c b
ipset create a bitmap:ip,mac range 10.0.0.0/24
ipset -exist create e bitmap:ip range 10.0.0.0-10.0.0.255 comment
ipset add e 10.0.0.19
ipset add e 10.0.0.11 comment 'hello world'
ipset test e 10.0.1.1
ipset rename b c
ipset test e 10.0.1.33
ipset add e 10.0.1.38
ipset add e 10.0.1.50
ipset -exist test a 10.0.0.52,0:1:2:3:4:5
ipset test a 10.0.1.32
ipset create c bitmap:ip range 10.0.0.0/24
ipset add e 10.0.0.53
ipset add e 10.0.0.0
ipset add e 10.0.0.56 skbprio a:b
ipset -exist add a 10.0.1.50,00:11:22:33:44:56
ipset -exist add e 10.0.0.8
ipset add e 10.0.0.42
ipset del e 10.0.1.4
ipset destroy e
ipset add a 10.0.0.51,xx
ipset destroy a
ipset create e hash:ip,port,net initval 0x4f9c bucketsize 1 comment timeout 0
ipset add c 10.0.0.52
ipset add e 10.0.0.40,sctp:82,10.0.0.52
ipset -exist test e 10.0.0.8-10.0.1.35,udp:22-23,10.0.1.42-10.0.1.28 nomatch
ipset add e 10.0.1.16,6:81,10.0.0.37/30 packets 6 bytes 636
ipset create a hash:net family inet6 initval 0xf0a7 hashsize 256 bucketsize 2
ipset create e hash:net,iface initval 0x803a hashsize 256 maxelem 50 bucketsize 2 skbinfo
ipset add c 10.0.0.51 skbprio a:b
ipset -exist add e 10.0.0.29,47:0,10.0.0.33/28 skbmark 0x1/0xff
ipset del e 10.0.0.19,udplite:81,10.0.0.17
ipset add e 10.0.0.46,sctp:443,10.0.0.6-10.0.0.15
ipset flush a
ipset -exist create c hash:net,iface initval 0xfe1c hashsize 64 bucketsize 3 counters comment
ipset list
ipset save
ipset flush
ipset destroy
