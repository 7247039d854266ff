ip6tables -t filter -A INPUT -j AUDIT --type accept
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -j AUDIT --type DROP
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -j AUDIT --type reject
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t mangle -A OUTPUT -p udp -j CHECKSUM --checksum-fill
ip6tables -t mangle -L OUTPUT
ip6tables -t mangle -F OUTPUT
ip6tables -t mangle -A FORWARD -j CLASSIFY --set-class 1:2
ip6tables -t mangle -L FORWARD
ip6tables -t mangle -F FORWARD
ip6tables -t mangle -A FORWARD -j CLASSIFY --set-class 0000:ffff
ip6tables -t mangle -nvL FORWARD
ip6tables -t mangle -F FORWARD
ip6tables -t mangle -A FORWARD -j CLASSIFY --set-class ABCD:1
ip6tables -t mangle -nvL FORWARD
ip6tables -t mangle -F FORWARD
ip6tables -t mangle -A PREROUTING -j CONNMARK --set-mark 1
ip6tables -t mangle -L PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -j CONNMARK --set-mark 0xa/0xf
ip6tables -t mangle -nvL PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -j CONNMARK --set-xmark 0xff/0x0f
ip6tables -t mangle -nvL PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t security -A INPUT -j CONNSECMARK --save
ip6tables -t security -L INPUT
ip6tables -t security -F INPUT
ip6tables -t security -A INPUT -j CONNSECMARK --restore
ip6tables -t security -nvL INPUT
ip6tables -t security -F INPUT
ip6tables -t mangle -A PREROUTING -j CONNSECMARK --save
ip6tables -t mangle -nvL PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t raw -A PREROUTING -j CT
ip6tables -t raw -L PREROUTING
ip6tables -t raw -F PREROUTING
ip6tables -t raw -A PREROUTING -j CT --notrack
ip6tables -t raw -nvL PREROUTING
ip6tables -t raw -F PREROUTING
ip6tables -t raw -A PREROUTING -j CT --zone 7
ip6tables -t raw -nvL PREROUTING
ip6tables -t raw -F PREROUTING
ip6tables -t nat -A PREROUTING -p tcp -j DNAT --to-destination :8080
ip6tables -t nat -L PREROUTING
ip6tables -t nat -F PREROUTING
ip6tables -t nat -A PREROUTING -j DNAT --to-destination 2001:db8::1
ip6tables -t nat -nvL PREROUTING
ip6tables -t nat -F PREROUTING
ip6tables -t nat -A PREROUTING -j DNAT --to-destination 2001:db8::1-2001:db8::9
ip6tables -t nat -nvL PREROUTING
ip6tables -t nat -F PREROUTING
ip6tables -t mangle -A PREROUTING -j DNPT --src-pfx fd00:1::/48 --dst-pfx 2001:db8:7::/48
ip6tables -t mangle -L PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -j DNPT --dst-pfx 2001:db8::/64 --src-pfx fd00::/16
ip6tables -t mangle -nvL PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -j DNPT --src-pfx ::/0 --dst-pfx 2001:db8::/ffff:ffff::
ip6tables -t mangle -nvL PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -j DSCP --set-dscp 0
ip6tables -t mangle -L PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -j DSCP --set-dscp 0x3f
ip6tables -t mangle -nvL PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -j DSCP --set-dscp-class EF
ip6tables -t mangle -nvL PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -j HL --hl-set 42
ip6tables -t mangle -L PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -j HL --hl-inc 1
ip6tables -t mangle -nvL PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -j HL --hl-dec 255
ip6tables -t mangle -nvL PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -j HMARK --hmark-tuple ct --hmark-mod 1 --hmark-rnd 0
ip6tables -t mangle -L PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -j HMARK --hmark-src-prefix 24 --hmark-sport 0x10 --hmark-dport 2 --hmark-mod 5 --hmark-rnd 7
ip6tables -t mangle -nvL PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -j HMARK --hmark-spi 5 --hmark-spi-mask 0xff --hmark-mod 5 --hmark-rnd 7
ip6tables -t mangle -nvL PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t filter -A INPUT -j IDLETIMER --timeout 42 --label hw0
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -j IDLETIMER --label hw1 --alarm --timeout 0x10
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -j IDLETIMER --timeout 5 --label averyveryverylonglabelthatiscut
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -j LOG
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -j LOG --log-prefix "a b"
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -j LOG --log-prefix "tcp: " --log-level 6
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t mangle -A PREROUTING -j MARK --set-mark 1
ip6tables -t mangle -L PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -j MARK --set-mark 0x4/0xff
ip6tables -t mangle -nvL PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -j MARK --set-mark 0xf0/0x0f
ip6tables -t mangle -nvL PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t nat -A POSTROUTING -j MASQUERADE
ip6tables -t nat -L POSTROUTING
ip6tables -t nat -F POSTROUTING
ip6tables -t nat -A POSTROUTING -j MASQUERADE --random
ip6tables -t nat -nvL POSTROUTING
ip6tables -t nat -F POSTROUTING
ip6tables -t nat -A POSTROUTING -j MASQUERADE --random-fully
ip6tables -t nat -nvL POSTROUTING
ip6tables -t nat -F POSTROUTING
ip6tables -t nat -A PREROUTING -j NETMAP --to 2001:db8::/64
ip6tables -t nat -L PREROUTING
ip6tables -t nat -F PREROUTING
ip6tables -t nat -A PREROUTING -j NETMAP --to 2001:db8::7/32
ip6tables -t nat -nvL PREROUTING
ip6tables -t nat -F PREROUTING
ip6tables -t nat -A PREROUTING -j NETMAP --to 2001:db8::7
ip6tables -t nat -nvL PREROUTING
ip6tables -t nat -F PREROUTING
ip6tables -t filter -A INPUT -j NFLOG
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -j NFLOG --nflog-group 7 --nflog-prefix "in: "
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -j NFLOG --nflog-group 0
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -j NFQUEUE
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -j NFQUEUE --queue-num 65535
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -j NFQUEUE --queue-bypass
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t raw -A PREROUTING -j NOTRACK
ip6tables -t raw -L PREROUTING
ip6tables -t raw -F PREROUTING
ip6tables -t filter -A INPUT -j RATEEST --rateest-name in --rateest-interval 250ms --rateest-ewmalog 500ms
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -j RATEEST --rateest-name in --rateest-interval 1s --rateest-ewmalog 4s
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -j RATEEST --rateest-name in --rateest-interval 8s --rateest-ewmalog 1000s
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t nat -A PREROUTING -j REDIRECT
ip6tables -t nat -L PREROUTING
ip6tables -t nat -F PREROUTING
ip6tables -t nat -A PREROUTING -p tcp -j REDIRECT --to-ports 3128
ip6tables -t nat -nvL PREROUTING
ip6tables -t nat -F PREROUTING
ip6tables -t nat -A PREROUTING -p tcp -j REDIRECT --to-ports 3128-3135
ip6tables -t nat -nvL PREROUTING
ip6tables -t nat -F PREROUTING
ip6tables -t filter -A INPUT -p tcp -j REJECT --reject-with tcp-reset
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p tcp -j REJECT --reject-with TCP
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -j REJECT
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t nat -A POSTROUTING -p tcp -j SNAT --to-source :2000-2999
ip6tables -t nat -L POSTROUTING
ip6tables -t nat -F POSTROUTING
ip6tables -t nat -A POSTROUTING -p tcp -j SNAT --to-source :2000
ip6tables -t nat -nvL POSTROUTING
ip6tables -t nat -F POSTROUTING
ip6tables -t nat -A POSTROUTING -j SNAT --to-source 2001:db8::1
ip6tables -t nat -nvL POSTROUTING
ip6tables -t nat -F POSTROUTING
ip6tables -t mangle -A INPUT -j SNPT --src-pfx fd00:1::/48 --dst-pfx 2001:db8:7::/48
ip6tables -t mangle -L INPUT
ip6tables -t mangle -F INPUT
ip6tables -t mangle -A INPUT -j SNPT --dst-pfx 2001:db8::/64 --src-pfx fd00::/16
ip6tables -t mangle -nvL INPUT
ip6tables -t mangle -F INPUT
ip6tables -t mangle -A INPUT -j SNPT --src-pfx ::/0 --dst-pfx 2001:db8::/ffff:ffff::
ip6tables -t mangle -nvL INPUT
ip6tables -t mangle -F INPUT
ip6tables -t filter -A INPUT -p tcp -j SYNPROXY
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p tcp -j SYNPROXY --mss 1460 --wscale 7 --timestamp --sack-perm
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p tcp -j SYNPROXY --ecn --mss 66996
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1200
ip6tables -t mangle -L FORWARD
ip6tables -t mangle -F FORWARD
ip6tables -t mangle -A FORWARD -p tcp --syn -j TCPMSS --clamp-mss-to-pmtu
ip6tables -t mangle -nvL FORWARD
ip6tables -t mangle -F FORWARD
ip6tables -t mangle -A PREROUTING -p tcp --syn -j TCPMSS --set-mss 536
ip6tables -t mangle -nvL PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -p tcp -j TCPOPTSTRIP --strip-options 2
ip6tables -t mangle -L PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -p tcp -j TCPOPTSTRIP --strip-options timestamp,mss,sack-permitted,99
ip6tables -t mangle -nvL PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -p tcp -j TCPOPTSTRIP --strip-options wscale,sack,md5
ip6tables -t mangle -nvL PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -j TEE --gateway 2001:db8::1
ip6tables -t mangle -L PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -j TEE --gateway fe80::1 --oif eth1
ip6tables -t mangle -nvL PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -j TOS --set-tos 0x10
ip6tables -t mangle -L PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -j TOS --set-tos 0x10/0x3f
ip6tables -t mangle -nvL PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -j TOS --set-tos Minimize-Delay
ip6tables -t mangle -nvL PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -p tcp -j TPROXY --on-port 80
ip6tables -t mangle -L PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -p udp -j TPROXY --on-port 5 --on-ip 2001:db8::1 --tproxy-mark 0x1/0xf
ip6tables -t mangle -nvL PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t filter -A INPUT -m addrtype --src-type UNICAST
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m addrtype --dst-type LOCAL
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m addrtype ! --dst-type LOCAL
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m ah
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m ah --ahspi 500
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m ah --ahspi 0x10:0x20
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m cgroup --cgroup 1
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m cgroup ! --cgroup 0x100001
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m cgroup --path ""
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t mangle -A INPUT -m cluster --cluster-total-nodes 2 --cluster-local-node 1 --cluster-hash-seed 0xdeadbeef
ip6tables -t mangle -L INPUT
ip6tables -t mangle -F INPUT
ip6tables -t mangle -A INPUT -m cluster --cluster-total-nodes 4 ! --cluster-local-node 3 --cluster-hash-seed 5
ip6tables -t mangle -nvL INPUT
ip6tables -t mangle -F INPUT
ip6tables -t mangle -A INPUT -m cluster --cluster-total-nodes 4 --cluster-local-nodemask 0x5 --cluster-hash-seed 1
ip6tables -t mangle -nvL INPUT
ip6tables -t mangle -F INPUT
ip6tables -t filter -A INPUT -m comment --comment foo
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m comment --comment foo-bar_9
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m comment --comment "two words"
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m comment --comment one -j ACCEPT
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m comment --comment one -m comment --comment two
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m connbytes --connbytes 0:1000 --connbytes-mode packets --connbytes-dir original
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m connbytes --connbytes 10 --connbytes-mode bytes --connbytes-dir reply
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m connbytes --connbytes 10: --connbytes-mode avgpkt --connbytes-dir both
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m connlimit --connlimit-above 3 --connlimit-mask 24
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m connlimit --connlimit-above 3 --connlimit-mask 0
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m connlimit --connlimit-above 10
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m connmark --mark 1
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m connmark --mark 0x10/0xf0
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m connmark ! --mark 7
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m conntrack --ctstate NEW
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m conntrack ! --ctstate INVALID
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m cpu --cpu 0
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m cpu ! --cpu 3
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m cpu --cpu 4294967295
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p dccp -m dccp
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p dccp -m dccp --sport 5
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p 33 -m dccp --source-port 1:9 --destination-port :7
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A FORWARD -m devgroup --src-group 5
ip6tables -t filter -L FORWARD
ip6tables -t filter -F FORWARD
ip6tables -t filter -A FORWARD -m devgroup --dst-group 0x10/0xf0
ip6tables -t filter -nvL FORWARD
ip6tables -t filter -F FORWARD
ip6tables -t filter -A FORWARD -m devgroup ! --dst-group 2 ! --src-group 1
ip6tables -t filter -nvL FORWARD
ip6tables -t filter -F FORWARD
ip6tables -t filter -A INPUT -m dscp --dscp 0
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m dscp --dscp 0x3f
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m dscp ! --dscp 46
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m dst
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m dst --dst-len 8
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m dst ! --dst-len 0x10
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m ecn --ecn-ip-ect 0
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m ecn ! --ecn-ip-ect 3
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p tcp -m ecn --ecn-tcp-ece
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p esp -m esp
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p esp -m esp --espspi 500
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p 50 -m esp --espspi 0x10:0x20
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m eui64
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t raw -A PREROUTING -m eui64
ip6tables -t raw -nvL PREROUTING
ip6tables -t raw -F PREROUTING
ip6tables -t filter -A INPUT -m frag
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m frag --fragid 7
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m frag --fragid 7:9
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m hashlimit --hashlimit-upto 1/sec --hashlimit-burst 5 --hashlimit-name a
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m hashlimit --hashlimit 1/sec --hashlimit-name a
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m hashlimit ! --hashlimit-upto 1/sec --hashlimit-name a
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m hbh
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m hbh --hbh-len 8
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m hbh ! --hbh-len 0x10
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m helper --helper ftp
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m helper ! --helper ftp-2121
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m helper --helper ""
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m hl --hl-eq 64
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m hl ! --hl-eq 0xff
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m hl --hl 1
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 1/0
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p icmpv6 --icmpv6-type 2
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p ipv6-icmp --icmpv6-type 128
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p 58 -m icmpv6 --icmpv6-type echo-request
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p ipv6-icmp -m ipv6-icmp ! --icmpv6-type packet-too-big
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 1/0:255
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 1/4:5
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p ipcomp -m ipcomp
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p ipcomp -m ipcomp --ipcompspi 500
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p 108 -m ipcomp --ipcompspi 0x10:0x20
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m iprange --src-range 2001:db8::1-2001:db8::ff
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m iprange ! --dst-range ::1-::2
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m iprange --src-range ::ffff:1.2.3.4
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m ipv6header --header hop
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m ipv6header --header hop-by-hop,frag
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m ipv6header --header prot,dst,route,auth,esp,none
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m length --length 1
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m length --length 100:200
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m length ! --length :20
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m limit
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m limit --limit 5
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m limit --limit 1/sec
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m mac --mac-source 02:aa:0A:00:00:05
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m mac ! --mac-source 00:00:00:00:00:00
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m mac --mac-source 2:a:b:c:d:e
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m mark --mark 1
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m mark --mark 1/0xf
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m mark ! --mark 0x10/0xff
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p ipv6-mh -m mh
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p mobility-header -m mh --mh-type 3
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p mh --mh-type brr
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p 135 -m mh --mh-type hoti:cot
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p tcp -m multiport --dports 80
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p tcp -m multiport --dports 80,443,8000:8080
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p udp -m multiport --sports 53,domain,ntp
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A OUTPUT -m owner --uid-owner 0
ip6tables -t filter -L OUTPUT
ip6tables -t filter -F OUTPUT
ip6tables -t filter -A OUTPUT -m owner --uid-owner root
ip6tables -t filter -nvL OUTPUT
ip6tables -t filter -F OUTPUT
ip6tables -t filter -A OUTPUT -m owner --uid-owner 1000-2000
ip6tables -t filter -nvL OUTPUT
ip6tables -t filter -F OUTPUT
ip6tables -t filter -A FORWARD -m physdev --physdev-in eth0
ip6tables -t filter -L FORWARD
ip6tables -t filter -F FORWARD
ip6tables -t filter -A FORWARD -m physdev --physdev-out eth1 --physdev-in eth0
ip6tables -t filter -nvL FORWARD
ip6tables -t filter -F FORWARD
ip6tables -t filter -A FORWARD -m physdev ! --physdev-in eth+ ! --physdev-out eth1
ip6tables -t filter -nvL FORWARD
ip6tables -t filter -F FORWARD
ip6tables -t filter -A INPUT -m pkttype --pkt-type unicast
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m pkttype --pkt-type HOST
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m pkttype --pkt-type bcast
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m policy --dir in --pol none
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m policy --dir in --pol ipsec
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m policy --pol ipsec --dir in --proto esp
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m quota --quota 0
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m quota --quota 1000000
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m quota ! --quota 0x100
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m recent --set
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m recent --rcheck --seconds 60 --hitcount 4 --name six --mask ffff:ffff:: --rdest
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m recent ! --update --rttl --name six
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t mangle -A PREROUTING -m rpfilter
ip6tables -t mangle -L PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -m rpfilter --loose
ip6tables -t mangle -nvL PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -m rpfilter --validmark
ip6tables -t mangle -nvL PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t filter -A INPUT -m rt
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m rt --rt-type 0
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m rt ! --rt-type 2
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p sctp -m sctp
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p sctp -m sctp --sport 5
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p 132 -m sctp --source-port 1:9 --destination-port :7
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t mangle -A PREROUTING -m socket
ip6tables -t mangle -L PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -m socket --transparent
ip6tables -t mangle -nvL PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t mangle -A PREROUTING -m socket --restore-skmark --nowildcard --transparent
ip6tables -t mangle -nvL PREROUTING
ip6tables -t mangle -F PREROUTING
ip6tables -t filter -A INPUT -m srh
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m srh --srh-next-hdr 17
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m srh ! --srh-hdr-len-eq 8
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m state --state NEW
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m state --state ESTABLISHED,RELATED
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m state --state INVALID,NEW,UNTRACKED
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m statistic --mode random --probability 1
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m statistic --mode random --probability 0
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m statistic --mode random --probability 0.5
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m string --string hello --algo bm
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m string ! --string hello --algo bm
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m string --string hello --algo bm --icase
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p tcp -m tcp
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p tcp -m tcp --sport 1024:65535
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p tcp -m tcp --sport :1023
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p tcp -m tcp --sport 1 -m tcp --sport 2
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p tcp -m tcpmss --mss 1400
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p tcp -m tcpmss --mss 1400:1460
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p tcp -m tcpmss ! --mss 1:536
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m tos --tos 0x10
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m tos --tos 16/0x3f
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m tos ! --tos 0xb8/0xfc
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m u32 --u32 "0>>22&0x3C@4=0x3e8"
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m u32 --u32 "6&0xFF=17"
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -m u32 ! --u32 "0=1:5,7 && 4<<2=0x0:0xff"
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p udp -m udp
ip6tables -t filter -L INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p udp -m udp --sport 1024:65535
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
ip6tables -t filter -A INPUT -p udp -m udp --sport :1023
ip6tables -t filter -nvL INPUT
ip6tables -t filter -F INPUT
