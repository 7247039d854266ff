@ip ip6
:INPUT,FORWARD,OUTPUT
-m conntrack --ctstate NEW;=;OK
-m conntrack --ctstate RELATED,ESTABLISHED;=;OK
-m conntrack ! --ctstate INVALID;=;OK
-m conntrack --ctstate NEW,SNAT,DNAT,UNTRACKED;-m conntrack --ctstate NEW,UNTRACKED,SNAT,DNAT;OK
-m conntrack --ctstate d;-m conntrack --ctstate DNAT;OK
-m conntrack --ctstate i,u;-m conntrack --ctstate INVALID,UNTRACKED;OK
-m conntrack --ctproto tcp;-m conntrack --ctproto 6;OK
-m conntrack --ctproto 17;=;OK
-m conntrack ! --ctproto icmp;-m conntrack ! --ctproto 1;OK
-m conntrack --ctproto 0;=;OK
-m conntrack ! --ctproto all;-m conntrack ! --ctproto 0;OK
-m conntrack --ctproto nosuch;;FAIL
-m conntrack --ctproto 256;;FAIL
@ip
-m conntrack --ctorigsrc 10.0.0.1;=;OK
-m conntrack --ctorigsrc 10.1.2.3/8;=;OK
-m conntrack ! --ctorigdst 192.0.2.0/255.255.255.0;-m conntrack ! --ctorigdst 192.0.2.0/24;OK
-m conntrack --ctreplsrc 192.0.2.1/32 --ctrepldst 0.0.0.0/0;-m conntrack --ctreplsrc 192.0.2.1 --ctrepldst 0.0.0.0/0;OK
-m conntrack --ctorigsrc 10.0.0.0/33;-m conntrack --ctorigsrc 10.0.0.0;OK
@ip ip6
-m conntrack --ctorigsrc 10.0.0.256;;FAIL
-m conntrack --ctorigsrcport 80;=;OK
-m conntrack --ctorigsrcport http;-m conntrack --ctorigsrcport 80;OK
-m conntrack --ctorigdstport 1000:2000;=;OK
-m conntrack --ctorigdstport :1023;-m conntrack --ctorigdstport 0:1023;OK
-m conntrack --ctreplsrcport 1024:;-m conntrack --ctreplsrcport 1024:65535;OK
-m conntrack ! --ctrepldstport 22:22;-m conntrack ! --ctrepldstport 22;OK
-m conntrack --ctrepldstport 0;=;OK
-m conntrack --ctorigsrcport 20:10;=;OK
-m conntrack --ctorigsrcport nosuchservice;;FAIL
-m conntrack --ctorigsrcport 1:2:3;;FAIL
-m conntrack --ctstatus ASSURED;=;OK
-m conntrack --ctstatus seen_reply,confirmed;-m conntrack --ctstatus SEEN_REPLY,CONFIRMED;OK
-m conntrack --ctstatus EXPECTED,SEEN_REPLY,ASSURED,CONFIRMED;=;OK
-m conntrack ! --ctstatus NONE;=;OK
-m conntrack --ctstatus NONE,ASSURED;-m conntrack --ctstatus ASSURED;OK
-m conntrack --ctstatus BOGUS;;FAIL
-m conntrack --ctstatus ASSURED,;;FAIL
-m conntrack --ctexpire 5;=;OK
-m conntrack --ctexpire 5:100;=;OK
-m conntrack ! --ctexpire 0;=;OK
-m conntrack --ctexpire 10:;-m conntrack --ctexpire 10:4294967295;OK
-m conntrack --ctexpire :10;-m conntrack --ctexpire 0:10;OK
-m conntrack --ctexpire 10:5;=;OK
-m conntrack --ctexpire x;;FAIL
-m conntrack --ctexpire 1:2:3;;FAIL
-m conntrack --ctexpire 4294967296;;FAIL
-m conntrack --ctdir ORIGINAL;=;OK
-m conntrack --ctdir reply;-m conntrack --ctdir REPLY;OK
-m conntrack ! --ctdir REPLY;;FAIL
-m conntrack --ctdir both;;FAIL
@ip
-m conntrack --ctproto tcp --ctorigdst 10.0.0.0/8 --ctorigdstport 443 --ctstate DNAT --ctdir ORIGINAL --ctstatus CONFIRMED --ctexpire 1:5;-m conntrack --ctstate DNAT --ctproto 6 --ctorigdst 10.0.0.0/8 --ctorigdstport 443 --ctstatus CONFIRMED --ctexpire 1:5 --ctdir ORIGINAL;OK
@ip ip6
-m conntrack --ctstate NEW,FOO;;FAIL
-m conntrack --ctstate NEW,;;FAIL
-m conntrack --ctstate NEW --ctstate DNAT;;FAIL
-m conntrack;;FAIL
@ip6
:INPUT,FORWARD,OUTPUT
-m conntrack --ctorigsrc 2001:db8::1;=;OK
-m conntrack ! --ctorigdst 2001:db8::/32;=;OK
-m conntrack --ctreplsrc fe80::7/64 ! --ctrepldst ::1;-m conntrack --ctreplsrc fe80::7/64 ! --ctrepldst ::1;OK
-m conntrack --ctorigsrc ::/0;=;OK
-m conntrack --ctorigsrc 10.0.0.1;;FAIL
-m conntrack --ctorigsrc ::/129;;FAIL
-m conntrack --ctproto ipv6-icmp;-m conntrack --ctproto 58;OK
# an inverted --ctstatus forbids protocol 0 behind it
@ip ip6
:INPUT
-m conntrack ! --ctproto all;-m conntrack ! --ctproto 0;OK
-m conntrack ! --ctproto all ! --ctstatus NONE;-m conntrack ! --ctproto 0 ! --ctstatus NONE;OK
-m conntrack ! --ctstatus NONE ! --ctproto all;;FAIL
-m conntrack ! --ctstatus NONE --ctproto 0;;FAIL
