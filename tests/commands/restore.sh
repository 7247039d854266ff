iptables-save
iptables -t nat -L -n
iptables-save
iptables -A INPUT -p tcp -j ACCEPT -c 5 6
iptables-save -c -t filter
iptables-save -t nope
iptables-save foo
iptables-save -t filter -t nat
iptables-save -4
iptables-save -z
iptables-save --foo
iptables-save -t
iptables-save --table
iptables-save -V
iptables-restore <<'E'
*filter
:INPUT ACCEPT [0:0]
-A INPUT -j nope
COMMIT
E
iptables-restore <<'E'
*filter
:foo - [1:2]
[3:4] -A foo -p tcp --dport 80 -j LOG
COMMIT
*nat
:POSTROUTING ACCEPT [7:8]
-A POSTROUTING -j MASQUERADE
E
iptables-save -c
iptables-restore <<'E'
*filter
-A INPUT -p tcp -j REJECT --reject-with tcp-reset
-A INPUT -j REJECT --reject-with tcp-reset
COMMIT
E
iptables-restore -n -c <<'E'
*filter
:INPUT DROP [5:6]
:foo - [1:2]
[3:4] -A foo -p tcp --dport 81 -j LOG
COMMIT
E
iptables-save -c
iptables-restore --test <<'E'
*filter
:INPUT DROP [5:6]
-A INPUT -j REJECT --reject-with tcp-reset
COMMIT
E
iptables-restore -T nat <<'E'
*filter
:INPUT DROP [5:6]
-A INPUT -p tcp -j nope
COMMIT
*nat
-A POSTROUTING -j SNAT --to 1.1.1.1
COMMIT
E
iptables-save
iptables-restore -v <<'E'
# hello
*filter
:INPUT DROP [5:6]
-A INPUT -p tcp -j ACCEPT
COMMIT
E
iptables-restore <<'E'
*filter
-A INPUT -p tcp -j ACCEPT -t nat
COMMIT
E
iptables-restore <<'E'
*filter
-A INPUT -p tcp 8080 -j ACCEPT
COMMIT
E
iptables-restore <<'E'
*nope
COMMIT
E
iptables-restore <<'E'
hello
E
iptables-restore <<'E'
*filter
-A nope -j ACCEPT
COMMIT
E
iptables-restore <<'E'
*filter
:INPUT QUEUE
COMMIT
E
iptables-restore <<'E'
*filter
:a -
:b -
-A a -j b
-A b -j a
-A INPUT -j a
COMMIT
E
iptables-restore -x
iptables-restore /nope
iptables-restore a b
iptables-restore <<'E'
*filter
-L INPUT -n
-S
COMMIT
E
