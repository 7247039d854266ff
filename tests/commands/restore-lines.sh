iptables-restore  <<'E'
*filter
:foo -
-A INPUT -j foo
-X foo
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
:foo -
-A foo -j DROP
-X foo
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
:foo -
-A foo -j DROP
-X
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
-X INPUT
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
:foo -
-E foo INPUT
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
-E nope x
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
-C INPUT -j DROP
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
-C nope -j DROP
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
-D nope -j DROP
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
-D nope 1
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
-I INPUT 9 -j DROP
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
-R INPUT 9 -j DROP
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
-D INPUT 9
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
-Z INPUT 9
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
-N foo
-N foo
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
-P INPUT foo
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
-A INPUT -j INPUT
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
:foo -
:foo -
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
:LOG -
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
-A INPUT -i averylonginterfacename
COMMIT
E
iptables-save -c
iptables-restore -c <<'E'
*filter
:INPUT ACCEPT [x
COMMIT
E
iptables-save -c
iptables-restore -c <<'E'
*filter
:INPUT ACCEPT
COMMIT
E
iptables-save -c
iptables-restore -c <<'E'
*filter
[1:2 -A INPUT
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
-t nat -A INPUT
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
-w -A INPUT
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
-6 -A INPUT
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
-L INPUT
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
:averyveryverylongchainname12345678 -
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
-A INPUT -j DROP
*nat
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
:INPUT
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
: 
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
-A INPUT -m conntract
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
-A INPUT -j nope -x 3
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
-A INPUT "x
COMMIT
E
iptables-save -c
iptables-restore -t <<'E'
*filter
-A INPUT -j DROP
COMMIT
E
iptables-save -c
iptables-restore -v -n <<'E'
*filter
-A INPUT -j DROP
COMMIT
E
iptables-save -c
iptables-restore  <<'E'
*filter
-V
COMMIT
E
iptables-save -c
