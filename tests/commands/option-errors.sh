iptables -A INPUT -m string --algo bm --hex-string '|0|'
iptables -A INPUT -m string --algo bm --hex-string '|'
iptables -A INPUT -m string --algo bm --hex-string '|0'
iptables -A INPUT -m string --algo bm --hex-string '|00'
iptables -A INPUT -m string --algo bm --hex-string '|0g|'
iptables -A INPUT -m string --algo bm --hex-string '|g0|'
iptables -A INPUT -m string --algo bm --hex-string '|0 0|'
iptables -A INPUT -m string --algo bm --hex-string '||'
iptables -A INPUT -m string --algo bm --hex-string '|00 |'
iptables -A INPUT -m string --algo bm --hex-string '|00  0|'
iptables -A INPUT -m string --algo bm --hex-string 'a|00'
iptables -A INPUT -m string --algo bm --hex-string 'a\'
iptables -A INPUT -m string --algo bm --hex-string '|00|\'
iptables -A INPUT -m string --algo bm --hex-string '|00||11|'
iptables -A INPUT -m string --algo bm --hex-string '|  00|x'
iptables -A INPUT -m string --algo bm --hex-string '|000|'
iptables -A INPUT -m string --algo bm --hex-string '|\00|'
iptables -A INPUT -m string --algo bm ! --hex-string '|00|x' --icase --from 1
iptables -A INPUT -m string --algo bm --string 'he l"lo'
iptables -A INPUT -m u32 --u32 '0=1 1=2'
iptables -A INPUT -m u32 --u32 '0=1,'
iptables -A INPUT -m u32 --u32 '0=1&&'
iptables -A INPUT -m u32 --u32 '0=1&'
iptables -A INPUT -m u32 --u32 '0'
iptables -A INPUT -m u32 --u32 '0='
iptables -A INPUT -m u32 --u32 '=1'
iptables -A INPUT -m u32 --u32 ''
iptables -A INPUT -m u32 --u32 '0&=1'
iptables -A INPUT -m u32 --u32 '0>1=1'
iptables -A INPUT -m u32 --u32 '0<1=1'
iptables -A INPUT -m u32 --u32 '0>>1=1:'
iptables -A INPUT -m u32 --u32 '0>>1=2:1'
iptables -A INPUT -m u32 --u32 '0>>1=1:2:3'
iptables -A INPUT -m u32 --u32 '0x=1'
iptables -A INPUT -m u32 --u32 '0&1&1&1&1&1&1&1&1&1&1&1=1'
iptables -A INPUT -m u32 --u32 '0&1&1&1&1&1&1&1&1&1&1=1'
iptables -A INPUT -m u32 --u32 '0&1&1&1&1&1&1&1&1&1=1'
iptables -A INPUT -m u32 --u32 '0=1,1,1,1,1,1,1,1,1,1'
iptables -A INPUT -m u32 --u32 '0=1,1,1,1,1,1,1,1,1,1,1'
iptables -A INPUT -m u32 --u32 '0=1&&0=1&&0=1&&0=1&&0=1&&0=1&&0=1&&0=1&&0=1&&0=1'
iptables -A INPUT -m u32 --u32 '0=1&&0=1&&0=1&&0=1&&0=1&&0=1&&0=1&&0=1&&0=1&&0=1&&0=1'
iptables -A INPUT -m u32 --u32 '0=1&&0=1&&0=1&&0=1&&0=1&&0=1&&0=1&&0=1&&0=1&&0=1&&0=1&&0=1'
iptables -A INPUT -m u32 --u32 '0=1 && '
iptables -A INPUT -m u32 --u32 ' 0 = 1 && 3 = 4'
iptables -A INPUT -m bpf --bytecode '2,6 0 0 0'
iptables -A INPUT -m bpf --bytecode '1,6 0 0 0,'
iptables -A INPUT -m bpf --bytecode '1,6 0 0 0,6 0 0 0'
iptables -A INPUT -m bpf --bytecode '2,6 0 0 0,x'
iptables -A INPUT -m bpf --bytecode '1,6 0 0'
iptables -A INPUT -m bpf --bytecode '1'
iptables -A INPUT -m bpf --bytecode '0,6 0 0 0'
iptables -A INPUT -m bpf --bytecode '65,6 0 0 0'
iptables -A INPUT -m bpf --bytecode '99999,6 0 0 0'
iptables -A INPUT -m bpf --bytecode '1,'
iptables -A INPUT -m bpf --bytecode '1, 6 0 0 0 '
iptables -A INPUT -m bpf --bytecode '1,6 0 0 0x'
iptables -A INPUT -m bpf --bytecode '1,70000 0 0 0'
iptables -A INPUT -m bpf --bytecode '1,6 300 0 0'
iptables -A INPUT -m bpf --bytecode '1,6 0 0 -1'
iptables -A INPUT -m bpf --bytecode '1,0x6 0 0 0'
iptables -A INPUT -m bpf --bytecode '1 ,6 0 0 0'
iptables -A INPUT -m bpf --object-pinned /x
iptables -A INPUT -p sctp -m sctp --chunk-types any
iptables -A INPUT -p tcp --tcp-flags SYN
iptables -A INPUT -m iprange --src-range 10.0.0.9-10.0.0.1
iptables -A INPUT -m time --kerneltz --timestart 1:00
iptables -A INPUT -m time --localtz
iptables -A INPUT -m time --datestart 1970-01-00
iptables -A INPUT -m physdev --physdev-in et/1
iptables -A INPUT -m connlabel --label nine
iptables -A INPUT -m realm --realm dst
iptables -A INPUT -m realm --realm 1/x
iptables -A INPUT -m devgroup --src-group none
iptables -A INPUT -m length --length 1:2:3
iptables -A INPUT -p udp --dport nosuchservice
iptables -A INPUT -j LOG --log-level foo
iptables -A INPUT -j LOG --log-prefix ''
iptables -A INPUT -j TEE --gateway ''
iptables -A INPUT -j RATEEST
iptables -A INPUT -j RATEEST --rateest-name in --rateest-interval 1s
iptables -A INPUT -j RATEEST --rateest-interval 1s --rateest-ewmalog 2s
iptables -S INPUT
iptables -L INPUT -n
iptables -L INPUT
iptables -t nat -A PREROUTING -j NETMAP --to 10.0.0.0/8
iptables -t nat -L PREROUTING -n
iptables -t mangle -A POSTROUTING -j TOS --set-tos 0x10/0xef
iptables -t mangle -A POSTROUTING -j TOS --and-tos 0x10
iptables -t mangle -A POSTROUTING -j TOS --or-tos 0x10
iptables -t mangle -A POSTROUTING -j TOS --xor-tos 0x10
iptables -t mangle -A POSTROUTING -j TOS --set-tos Minimize-Delay
iptables -t mangle -A POSTROUTING -j TOS --set-tos 0x00/0x3f
iptables -t mangle -L POSTROUTING
iptables -t mangle -L POSTROUTING -n
iptables -t raw -A PREROUTING -p ah -m ah
iptables -t raw -A PREROUTING -p ah -m ah ! --ahspi 5:6
iptables -t raw -A PREROUTING -p esp -m esp
iptables -t raw -A PREROUTING -p esp -m esp --espspi 5
iptables -t raw -A PREROUTING -p ipcomp -m ipcomp
iptables -t raw -A PREROUTING -p ipcomp -m ipcomp --ipcompspi 7
iptables -t raw -L PREROUTING
iptables -A INPUT -m tos --tos foo
iptables -A INPUT -m tos --tos 1/256
iptables -A INPUT -m devgroup --src-group 1/2x
iptables -t nat -A INPUT -p 17 -j MASQUERADE --random -0.5
iptables -A INPUT -j REJECT --reject-with echo-
iptables -A INPUT -m connlabel --label 4294967296
iptables -t raw -F
iptables -t raw -A PREROUTING -j NOTRACK -v
iptables -t raw -L PREROUTING
