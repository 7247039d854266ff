ip6tables -A INPUT -f
ip6tables -A INPUT -s 2001:db8::1/ffff::ff00 -d any/0 ! -i eth0 -p all
ip6tables -A INPUT -s 1.2.3.4
ip6tables -A INPUT -s 2001:db8::1/129
ip6tables -A INPUT -s 2001:db8::1,2001:db8::2/64
ip6tables -A INPUT ! -s 2001:db8::1,2001:db8::2/64
ip6tables -A INPUT -p icmp
ip6tables -A INPUT -p icmpv6
ip6tables -A INPUT -p ipv6-nonxt
ip6tables -A INPUT ! -p 0
ip6tables -A INPUT -p hopopt
ip6tables -A INPUT -p ipv6-frag
ip6tables -A INPUT ! -p ipv6-frag
ip6tables -A INPUT -p 60
ip6tables -4 -A INPUT
ip6tables -6 -A INPUT
ip6tables -A INPUT ! -s ::/0
ip6tables -A INPUT -s ::1/0 -j ACCEPT
ip6tables -A INPUT -s ::ffff:1.2.3.4
ip6tables -A INPUT -s 64:ff9b::1.2.3.4/96 -d ::1.2.3.4
ip6tables -A INPUT -g foo
ip6tables -A INPUT -i eth+ -o eth1
ip6tables -A OUTPUT -o eth+ -g INPUT
ip6tables -A INPUT -m tcp
ip6tables -A INPUT -m icmp
ip6tables -A INPUT -j FOO
ip6tables -S
ip6tables -L
ip6tables -L -n -v --line-numbers
ip6tables -vA OUTPUT -p tcp -s fe80::/10 -o eth1 -j DROP
ip6tables -C OUTPUT -p tcp -s fe80::1/10 -o eth1 -j DROP
ip6tables -D INPUT -s ::1
ip6tables -D INPUT 77
ip6tables -P FOO DROP
ip6tables -L FOO
ip6tables -t foo -L
ip6tables -V
ip6tables-save -V
ip6tables-save
ip6tables-save -t foo
ip6tables-save -t raw
ip6tables-restore -x
ip6tables-restore <<E
*filter
-A INPUT -s 1.2.3.4
COMMIT
E
ip6tables-restore <<E
*filter
-A INPUT -t nat
COMMIT
E
ip6tables-restore <<E
*filter
-A INPUT -w
COMMIT
E
ip6tables-restore <<E
*filter
-A INPUT -m tcp
COMMIT
E
ip6tables-restore <<E
*foo
E
ip6tables-restore <<E
*filter
-4 -A INPUT -s 1.2.3.4
-6 -A INPUT -s ::2
-A INPUT -s ::1
COMMIT
E
ip6tables-save
iptables-save
