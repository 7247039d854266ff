iptables -N ''
iptables -N a
iptables -A INPUT -p 47 -v
iptables -A INPUT -p tcp -v -s 1.1.1.1,2.2.2.2
iptables -v -A nope -s 1.1.1.1 -j DROP
iptables -v -A INPUT -s 3.3.3.3,4.4.4.4 -j OUTPUT
iptables -v -I INPUT 9 -j OUTPUT
iptables -v -C INPUT -s 1.1.1.1,2.2.2.2 -j DROP
iptables -v -D INPUT -s 1.1.1.1,9.9.9.9 -p tcp
iptables -S INPUT
iptables -C INPUT -s 9.9.9.9
iptables -D INPUT -s 9.9.9.9
iptables -C INPUT -s 9.9.9.9 -j RETURN
iptables -C INPUT -s 9.9.9.9 -j a
iptables -D INPUT -s 9.9.9.9 -j REJECT
iptables -D nope -j REJECT
iptables -C nope -j REJECT
iptables -W 1
iptables -P INPUT DROP -c 1 2
iptables -S INPUT -v
iptables -A OUTPUT -c 7 8 -j a
iptables -S -v
iptables -P FORWARD ACCEPT -c 3 4
iptables -C OUTPUT -j DROP
iptables -S -v
iptables -Z OUTPUT
iptables -S -v
iptables -P FORWARD ACCEPT -c 3 4
iptables -t nat -X
iptables -S FORWARD -v
iptables-restore -n <<E
*filter
COMMIT
E
iptables -S FORWARD -v
iptables -v -L -Z -n
iptables -v -S INPUT -Z
iptables -v -L INPUT 1 -Z
iptables-restore -W 1 <<E
E
iptables-restore -W <<E
E
iptables-restore -w x <<E
E
iptables-restore -w -W 1 <<E
E
iptables-restore -w1 <<E
E
iptables-restore --wait=5 <<E
E
iptables-restore a b <<E
E
iptables-restore -n -v <<E
*filter
# a comment
-A INPUT -j DROP
-F INPUT
COMMIT
E
iptables-save -c
iptables-restore -T nat <<E
garbage
*foo
COMMIT
*filter
-A INPUT
*nat
-A INPUT
COMMIT
*filter
-A INPUT
E
iptables-save
