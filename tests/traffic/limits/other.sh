# all in one go
ACCEPT="-j ACCEPT"
iptables-restore -n <<END
*filter
-I INPUT 1 -p icmp $ACCEPT
COMMIT
END
iptables -P OUTPUT DROP
iptables -L INPUT -v -n -x
END=1
iptables-restore <<X
*mangle
:PREROUTING ACCEPT [0:0]
-A PREROUTING -p udp -j MARK --set-mark 1
COMMIT
X
iptables -I INPUT -m mark --mark 1
