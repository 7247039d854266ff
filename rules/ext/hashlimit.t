@ip ip6
:INPUT,FORWARD,OUTPUT
-m hashlimit --hashlimit-upto 1/sec --hashlimit-burst 5 --hashlimit-name a;=;OK
-m hashlimit --hashlimit 1/sec --hashlimit-name a;-m hashlimit --hashlimit-upto 1/sec --hashlimit-burst 5 --hashlimit-name a;OK
-m hashlimit ! --hashlimit-upto 1/sec --hashlimit-name a;-m hashlimit --hashlimit-above 1/sec --hashlimit-burst 5 --hashlimit-name a;OK
-m hashlimit --hashlimit-above 1/sec --hashlimit-name a;-m hashlimit --hashlimit-above 1/sec --hashlimit-burst 5 --hashlimit-name a;OK
-m hashlimit ! --hashlimit-above 1/sec --hashlimit-name a;-m hashlimit --hashlimit-upto 1/sec --hashlimit-burst 5 --hashlimit-name a;OK
-m hashlimit --hashlimit-upto 1/sec --hashlimit-mode srcip --hashlimit-name a;-m hashlimit --hashlimit-upto 1/sec --hashlimit-burst 5 --hashlimit-mode srcip --hashlimit-name a;OK
-m hashlimit --hashlimit-upto 1/sec --hashlimit-mode dstport,srcport,dstip,srcip --hashlimit-name a;-m hashlimit --hashlimit-upto 1/sec --hashlimit-burst 5 --hashlimit-mode srcip,srcport,dstip,dstport --hashlimit-name a;OK
-m hashlimit --hashlimit-upto 1/sec --hashlimit-mode srcip|dstip --hashlimit-name a;-m hashlimit --hashlimit-upto 1/sec --hashlimit-burst 5 --hashlimit-mode srcip,dstip --hashlimit-name a;OK
-m hashlimit --hashlimit-upto 1/sec --hashlimit-mode srcip,,dstip, --hashlimit-name a;-m hashlimit --hashlimit-upto 1/sec --hashlimit-burst 5 --hashlimit-mode srcip,dstip --hashlimit-name a;OK
-m hashlimit --hashlimit-upto 1/sec --hashlimit-mode srcip,foo --hashlimit-name a;;FAIL
-m hashlimit --hashlimit-upto 30/minute --hashlimit-burst 10 --hashlimit-name a;-m hashlimit --hashlimit-upto 30/min --hashlimit-burst 10 --hashlimit-name a;OK
-m hashlimit --hashlimit-upto 1000/h --hashlimit-name a;-m hashlimit --hashlimit-upto 1000/hour --hashlimit-burst 5 --hashlimit-name a;OK
-m hashlimit --hashlimit-upto 1/day --hashlimit-burst 1000000 --hashlimit-name a;;FAIL
-m hashlimit --hashlimit-upto 1000000/s --hashlimit-name a;-m hashlimit --hashlimit-upto 1000000/sec --hashlimit-burst 5 --hashlimit-name a;OK
-m hashlimit --hashlimit-upto 1000001/s --hashlimit-name a;;FAIL
-m hashlimit --hashlimit-upto 333333/s --hashlimit-name a;-m hashlimit --hashlimit-upto 333333/sec --hashlimit-burst 5 --hashlimit-name a;OK
-m hashlimit --hashlimit-upto 90/minute --hashlimit-name a;-m hashlimit --hashlimit-upto 90/min --hashlimit-burst 5 --hashlimit-name a;OK
-m hashlimit --hashlimit-upto 3/fortnight --hashlimit-name a;;FAIL
-m hashlimit --hashlimit-upto 3/ --hashlimit-name a;;FAIL
-m hashlimit --hashlimit-upto 0/s --hashlimit-name a;;FAIL
-m hashlimit --hashlimit-upto foo --hashlimit-name a;;FAIL
-m hashlimit --hashlimit-upto 1/s --hashlimit-burst 0 --hashlimit-name a;;FAIL
-m hashlimit --hashlimit-upto 1/s --hashlimit-burst 1000001 --hashlimit-name a;;FAIL
-m hashlimit --hashlimit-upto 1/s --hashlimit-burst 2k --hashlimit-name a;-m hashlimit --hashlimit-upto 1/sec --hashlimit-burst 2048 --hashlimit-name a;OK
-m hashlimit --hashlimit-upto 1/s --hashlimit-burst 2m --hashlimit-name a;;FAIL
-m hashlimit --hashlimit-upto 1/s --hashlimit-burst x --hashlimit-name a;;FAIL
-m hashlimit --hashlimit-upto 512kb/s --hashlimit-name a;=;OK
-m hashlimit --hashlimit-upto 1mb/s --hashlimit-mode dstip --hashlimit-name a;=;OK
-m hashlimit --hashlimit-above 100b/s --hashlimit-name a;-m hashlimit --hashlimit-above 96b/s --hashlimit-name a;OK
-m hashlimit --hashlimit-upto 16b/s --hashlimit-name a;=;OK
-m hashlimit --hashlimit-upto 1b/s --hashlimit-name a;-m hashlimit --hashlimit-upto 0b/s --hashlimit-name a;OK
-m hashlimit --hashlimit-upto 1000kb/s --hashlimit-burst 2000kb --hashlimit-name a;-m hashlimit --hashlimit-upto 1000kb/s --hashlimit-burst 1mb --hashlimit-name a;OK
-m hashlimit --hashlimit-upto 1mb/s --hashlimit-burst 1mb --hashlimit-name a;=;OK
-m hashlimit --hashlimit-upto 512kb/s --hashlimit-burst 1mb --hashlimit-name a;=;OK
-m hashlimit --hashlimit-upto 512kb/s --hashlimit-burst 1kb --hashlimit-name a;;FAIL
-m hashlimit --hashlimit-upto 4000mb/s --hashlimit-name a;-m hashlimit --hashlimit-upto 4095mb/s --hashlimit-name a;OK
-m hashlimit --hashlimit-upto 100000mb/s --hashlimit-name a;;FAIL
-m hashlimit --hashlimit-upto 12345678b/s --hashlimit-name a;-m hashlimit --hashlimit-upto 12056kb/s --hashlimit-name a;OK
-m hashlimit --hashlimit-upto 1kb/s --hashlimit-burst 1000000 --hashlimit-name a;-m hashlimit --hashlimit-upto 1kb/s --hashlimit-burst 977kb --hashlimit-name a;OK
-m hashlimit --hashlimit-upto 1/s --hashlimit-name a --hashlimit-htable-size 128 --hashlimit-htable-max 256 --hashlimit-htable-gcinterval 500 --hashlimit-htable-expire 2000;-m hashlimit --hashlimit-upto 1/sec --hashlimit-burst 5 --hashlimit-name a --hashlimit-htable-size 128 --hashlimit-htable-max 256 --hashlimit-htable-gcinterval 500 --hashlimit-htable-expire 2000;OK
-m hashlimit --hashlimit-upto 1/s --hashlimit-name a --hashlimit-htable-size 5000000 --hashlimit-htable-max 9000000;-m hashlimit --hashlimit-upto 1/sec --hashlimit-burst 5 --hashlimit-name a --hashlimit-htable-size 1048576 --hashlimit-htable-max 1048576;OK
-m hashlimit --hashlimit-upto 1/s --hashlimit-name a --hashlimit-htable-expire 1000 --hashlimit-htable-gcinterval 1000;-m hashlimit --hashlimit-upto 1/sec --hashlimit-burst 5 --hashlimit-name a;OK
-m hashlimit --hashlimit-upto 1/m --hashlimit-name a --hashlimit-htable-expire 1000;-m hashlimit --hashlimit-upto 1/min --hashlimit-burst 5 --hashlimit-name a --hashlimit-htable-expire 1000;OK
-m hashlimit --hashlimit-upto 1kb/s --hashlimit-name a --hashlimit-htable-expire 1000;=;OK
-m hashlimit --hashlimit-upto 1/s --hashlimit-name a --hashlimit-htable-gcinterval 0;;FAIL
-m hashlimit --hashlimit-upto 1/s --hashlimit-name a --hashlimit-htable-expire 0;;FAIL
-m hashlimit --hashlimit-upto 1/s --hashlimit-mode srcip --hashlimit-srcmask 24 --hashlimit-dstmask 0 --hashlimit-name a;-m hashlimit --hashlimit-upto 1/sec --hashlimit-burst 5 --hashlimit-mode srcip --hashlimit-name a --hashlimit-srcmask 24 --hashlimit-dstmask 0;OK
@ip
-m hashlimit --hashlimit-upto 1/s --hashlimit-mode srcip --hashlimit-srcmask 255.255.0.0 --hashlimit-name a;-m hashlimit --hashlimit-upto 1/sec --hashlimit-burst 5 --hashlimit-mode srcip --hashlimit-name a --hashlimit-srcmask 16;OK
-m hashlimit --hashlimit-upto 1/s --hashlimit-srcmask 33 --hashlimit-name a;;FAIL
@ip ip6
-m hashlimit --hashlimit-upto 5/s --hashlimit-rate-match --hashlimit-name a;-m hashlimit --hashlimit-upto 5/sec --hashlimit-burst 5 --hashlimit-name a --hashlimit-rate-match;OK
-m hashlimit --hashlimit-upto 5/s --hashlimit-rate-match --hashlimit-rate-interval 10 --hashlimit-name a;-m hashlimit --hashlimit-upto 5/sec --hashlimit-burst 5 --hashlimit-name a --hashlimit-rate-match --hashlimit-rate-interval 10;OK
-m hashlimit --hashlimit-upto 30/minute --hashlimit-rate-match --hashlimit-name a;-m hashlimit --hashlimit-upto 30/sec --hashlimit-burst 5 --hashlimit-name a --hashlimit-htable-expire 60000 --hashlimit-rate-match --hashlimit-rate-interval 60;OK
-m hashlimit --hashlimit-above 1kb/s --hashlimit-rate-match --hashlimit-name a;-m hashlimit --hashlimit-above 1kb/s --hashlimit-name a --hashlimit-rate-match;OK
-m hashlimit --hashlimit-above 1kb/s --hashlimit-rate-match --hashlimit-rate-interval 3 --hashlimit-burst 4kb --hashlimit-name a;-m hashlimit --hashlimit-above 1kb/s --hashlimit-burst 4kb --hashlimit-name a --hashlimit-rate-match --hashlimit-rate-interval 3;OK
-m hashlimit --hashlimit-upto 5/s --hashlimit-rate-match --hashlimit-rate-interval 0 --hashlimit-name a;;FAIL
-m hashlimit --hashlimit-upto 5/s --hashlimit-rate-interval 7 --hashlimit-name a;-m hashlimit --hashlimit-upto 5/sec --hashlimit-burst 5 --hashlimit-name a;OK
-m hashlimit --hashlimit-upto 3/s --hashlimit-name a/b;;FAIL
-m hashlimit --hashlimit-upto 3/s --hashlimit-name ..;;FAIL
-m hashlimit --hashlimit-upto 3/s --hashlimit-name "";;FAIL
-m hashlimit --hashlimit-upto 3/s;;FAIL
-m hashlimit --hashlimit-name a;;FAIL
-m hashlimit --hashlimit-upto 1/s --hashlimit-above 1/s --hashlimit-name a;;FAIL
-m hashlimit --hashlimit-upto 1/s --hashlimit 1/s --hashlimit-name a;;FAIL
-m hashlimit;;FAIL
@ip6
:INPUT,FORWARD,OUTPUT
-m hashlimit --hashlimit-upto 1/sec --hashlimit-burst 5 --hashlimit-mode srcip,dstip --hashlimit-name b --hashlimit-srcmask 64;=;OK
-m hashlimit --hashlimit-upto 1/sec --hashlimit-burst 5 --hashlimit-name b --hashlimit-dstmask 32;=;OK
-m hashlimit --hashlimit-upto 1/sec --hashlimit-burst 5 --hashlimit-name b --hashlimit-dstmask 128;-m hashlimit --hashlimit-upto 1/sec --hashlimit-burst 5 --hashlimit-name b;OK
-m hashlimit --hashlimit-upto 1/sec --hashlimit-name b --hashlimit-dstmask 129;;FAIL
# iptables divides by zero at these
@ip ip6
*filter
:INPUT
-m hashlimit --hashlimit-upto -1b/s --hashlimit-name a;;FAIL
-m hashlimit --hashlimit-upto 18446744073709551615b/s --hashlimit-name a;;FAIL
-m hashlimit --hashlimit-upto 1b/s --hashlimit-burst 2k --hashlimit-name a;;FAIL
-m hashlimit --hashlimit-upto 15b/s --hashlimit-burst 15 --hashlimit-name a;;FAIL
# a burst of bytes is cut to 32 bits, behind its check
-m hashlimit --hashlimit-upto 1mb/s --hashlimit-burst 5000mb --hashlimit-name a;-m hashlimit --hashlimit-upto 1mb/s --hashlimit-burst 904mb --hashlimit-name a;OK
-m hashlimit --hashlimit-upto 1mb/s --hashlimit-burst 4096mb --hashlimit-name a;-m hashlimit --hashlimit-upto 1mb/s --hashlimit-name a --hashlimit-htable-expire 60000;OK
