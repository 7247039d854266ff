# Columns, names, big counters, goto.
IPT="/usr/sbin/iptables"
LAN=10.0.0.0/8 # a comment
OPTS='-p tcp --dport 22'
iptables -N foo
iptables -A INPUT $OPTS -j ACCEPT
iptables -A INPUT -i eth0 -s 127.0.0.1 ! -p udp -f -g foo
iptables -A INPUT -p 47 \
	-s ${LAN} -j LOG --log-prefix "from $LAN: "
iptables -A foo -m limit --limit 3/s -o eth+ -j RETURN
iptables -A foo -s 127.0.0.0/8; iptables -A foo ! -s 10.0.0.0/255.0.255.0 ! -i lo ! -f -j DROP -c 123456 12345678901
iptables -A foo -p 33 -c 99999 100000
iptables -A foo -p esp -c 9999500 9999499
iptables -A foo -p sctp -c 18446744073709551615 18446744073709551614
iptables -A foo -i abcdefgh -o verylongif12345 -s 123.123.123.0/255.255.255.250 -d 123.123.123.123 -c 99999 99999999
iptables -L
iptables -L -n
iptables -L -v
iptables -L -v -n
iptables -L -nvx --line-numbers
iptables -L foo 2
iptables -L foo 99
iptables -vS
iptables -S foo 2
iptables-restore -n -c <<END
*filter
[7:8] -I INPUT -s $LAN -m comment --comment "a 'quoted' \$text" -j ACCEPT
COMMIT
END
iptables-save -c
iptables -X foo
iptables -F foo
iptables -D INPUT 3
iptables -X foo
iptables -D INPUT 2; iptables -X foo
