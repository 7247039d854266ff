iptables -N foo
iptables -N foo
iptables -N ACCEPT
iptables -N LOG
iptables -X nope
iptables -X INPUT
iptables -v -A INPUT -p tcp --dport 22 -j foo
iptables -v -I INPUT 1 -s 1.1.1.1,2.2.2.2 -d 3.3.3.3 -j ACCEPT
iptables -X foo
iptables -A foo -j DROP
iptables -X foo
iptables -X
iptables -v -R INPUT 1 -s 9.9.9.9 -j DROP
iptables -v -D INPUT -s 1.2.3.4
iptables -v -D INPUT -s 9.9.9.9 -j DROP
iptables -v -C INPUT -p tcp --dport 22 -j foo
iptables -C INPUT -p tcp --dport 22 -j foo
iptables -C INPUT -p tcp --dport 23 -j foo
iptables -C nope -p tcp --dport 23 -j foo
iptables -C nope -j nope
iptables -A nope -j ACCEPT
iptables -D nope -j ACCEPT
iptables -D nope 1
iptables -D INPUT 99
iptables -D INPUT 0
iptables -D INPUT x
iptables -I INPUT 99 -j ACCEPT
iptables -I nope 99 -j ACCEPT
iptables -R INPUT 99 -j ACCEPT
iptables -R INPUT -j ACCEPT
iptables -R nope 1 -j ACCEPT
iptables -P INPUT foo
iptables -P INPUT RETURN
iptables -P foo DROP
iptables -P nope DROP
iptables -P INPUT
iptables -P
iptables -v -P INPUT DROP
iptables -E foo bar
iptables -E nope bar2
iptables -E INPUT bar2
iptables -E bar INPUT
iptables -E bar
iptables -v -F INPUT
iptables -v -F
iptables -v -Z
iptables -v -Z INPUT
iptables -Z INPUT 1
iptables -Z nope
iptables -F nope
iptables -v -X
iptables -v -X bar
iptables -v -N bar
iptables -v -N bar2
iptables -v -X
iptables -v -E INPUT x
iptables -L -Z
iptables -S -Z INPUT
iptables -L INPUT -Z
iptables
iptables -n
iptables -t
iptables -t foo -L
iptables -t foo -A INPUT -j NOPE
iptables -t nat -A INPUT -j DROP
iptables -t nat -P PREROUTING DROP
iptables -A INPUT -j INPUT
iptables -A INPUT -j OUTPUT
iptables -N a
iptables -N b
iptables -A a -j b
iptables -A b -j a
iptables -A INPUT -j a
iptables -A a -j a
iptables -w -L INPUT
iptables -w 5 -L INPUT
iptables -W 5 -L INPUT
iptables -W 5 -w -L INPUT
iptables -w x -L INPUT
iptables -L INPUT -w
iptables -L -w
iptables -V
iptables --version
iptables -6 -L INPUT
iptables -4 -L INPUT
iptables -4 -6 -L INPUT
iptables --ipv6 -A INPUT -j ACCEPT
iptables -L INPUT OUTPUT
iptables -A INPUT -A OUTPUT
iptables -A INPUT -L
iptables -A
iptables -A INPUT -j
iptables -A INPUT -z
iptables -A INPUT --foo
iptables -A INPUT --s 1.1.1.1
iptables -A INPUT --sour 1.1.1.1
iptables -A INPUT --dport 80
iptables -A INPUT -p tcp --dpor 80
iptables -A INPUT -p tcp --sp 80
iptables -A INPUT -p tcp --dport=80 -j REJECT
iptables -A INPUT -p tcp --dport xx
iptables -A INPUT -p xx
iptables -A INPUT -s x.y
iptables -A INPUT -s 1.1.1.1/33
iptables -A INPUT ! -j ACCEPT
iptables -A INPUT -p ! tcp
iptables -A INPUT -s ! 1.1.1.1
iptables -A INPUT -i ! eth0
iptables -A INPUT !
iptables ! -A INPUT
iptables -A INPUT -g nope
iptables -A INPUT -j nope
iptables -A INPUT -m nope
iptables -A INPUT -i averylonginterface
iptables -A INPUT -i ""
iptables -A INPUT -i "a b"
iptables -A INPUT -i "a/b"
iptables -L -j ACCEPT
iptables -L -s 1.1.1.1
iptables -A INPUT -n
iptables -A INPUT -x
iptables -A INPUT --line-numbers
iptables -L --line
iptables -A INPUT -s 1.1.1.1,2.2.2.2 ! -s 3.3.3.3
iptables -A INPUT ! -s 1.1.1.1,2.2.2.2
iptables -R INPUT 1 -s 1.1.1.1,2.2.2.2
iptables -A INPUT -p all ! -p all
iptables -A INPUT ! -p all
iptables -A INPUT foo
iptables -A INPUT -c 1
iptables -A INPUT -c a b
iptables -A INPUT -c 1 b
iptables -A INPUT -c 1,2 
iptables -A INPUT -m tcp
iptables -A INPUT -m tcp --dport 80
iptables -A INPUT -j SNAT --to 1.1.1.1
iptables -t nat -A PREROUTING -j SNAT --to 1.1.1.1
iptables -A INPUT -j REJECT --reject-with tcp-reset
iptables -t mangle -A INPUT -j REJECT
iptables -t nat -L -n
iptables -A INPUT -- -j ACCEPT
iptables -A INPUT -- 
iptables -A averyveryverylongchainname1234567 -j ACCEPT
iptables -N averyveryverylongchainname1234567
iptables -N averyveryverylongchainname123
iptables -N -foo
iptables -N "a b"
iptables -N "!x"
iptables -A INPUT -j averyveryverylongchainname1234567
iptables -A INPUT -j ""
iptables -A INPUT -j "a b"
iptables -M x -L INPUT
iptables --modprobe=x -L INPUT
iptables -A INPUT -f -f
iptables -n -L -n
iptables -D INPUT 1 -s 1.1.1.1
iptables -t nat -t filter -L INPUT
iptables ! -t nat -L INPUT
iptables -b
iptables -D
iptables -I INPUT 0
iptables -L INPUT 0
iptables -L INPUT x
iptables -A INPUT -ptcp --dport 80
iptables -A INPUT --protocol=tcp
iptables -AINPUT -j ACCEPT
iptables -LINPUT
iptables -nLINPUT
iptables -L -n INPUT
iptables -Ln INPUT
iptables -vnL INPUT 
iptables -nvL
