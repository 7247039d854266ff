// SPDX-License-Identifier: MIT
/* gen_ext.c - every match and target as a template.
 *
 * By design far from what the kernel leaves to chance or the clock: limits refill in minutes or hours, chance is 0 or 1,
 * the processor's number and the time of day are asked only where the answer is known, u32, bpf and string do not look
 * at IP ids, checksums and sequence numbers. Not drawn at all: rateest (it measures), osf, nfacct, ipvs, cgroup paths (they
 * need a set-up of their own), SECMARK, CLUSTERIP, SYNPROXY with local servers. */
#include "sim/verify/gen_internal.h"

#define NAT	TOPIC_BIT(TOPIC_NAT)
#define CT	TOPIC_BIT(TOPIC_CT)
#define ROUTE	TOPIC_BIT(TOPIC_ROUTE)
#define LOCAL	TOPIC_BIT(TOPIC_LOCAL)
#define ICMP	TOPIC_BIT(TOPIC_ICMP)
#define FRAG	TOPIC_BIT(TOPIC_FRAG)
#define EXT	TOPIC_BIT(TOPIC_EXT)
#define LIMIT	TOPIC_BIT(TOPIC_LIMIT)
#define BAD	TOPIC_BIT(TOPIC_MALFORMED)

#define STATES	"(NEW|ESTABLISHED|RELATED|INVALID|UNTRACKED|NEW,ESTABLISHED|RELATED,ESTABLISHED|INVALID,UNTRACKED)"
#define FLAGS	"(SYN|SYN,ACK|ACK|FIN,SYN,RST,ACK|ALL|SYN,RST|FIN,PSH,URG|ALL)"
#define TYPES	"(UNSPEC|UNICAST|LOCAL|BROADCAST|ANYCAST|MULTICAST|BLACKHOLE|UNREACHABLE|PROHIBIT|LOCAL,BROADCAST|UNICAST,LOCAL)"
#define CLASSES	"(CS0|CS1|CS4|AF11|AF21|AF43|EF|BE)"
#define CHUNKS	"(INIT|INIT_ACK|DATA|SACK|ABORT|COOKIE_ECHO|DATA,SACK|INIT,DATA|ABORT:tT|DATA:bE|DATA:Ui|SHUTDOWN,ABORT)"
#define ICMPS	"(8|0|3|3/3|3/4|5|11|11/0|12|13|17|any|echo-request|port-unreachable|destination-unreachable|ttl-exceeded|3/1|fragmentation-needed|redirect)"

const struct gen_ext gen_matches[] = {
	{ "-m tcp %!--dport %r", 10, T_ANY, G_ALL, 0, 6 },
	{ "-m tcp %!--sport %r[ %!--dport %r]", 6, T_ANY, G_ALL, 0, 6 },
	{ "-m tcp %!--syn", 5, T_ANY, G_ALL, CT, 6 },
	{ "-m tcp %!--tcp-flags " FLAGS " (SYN|ACK|NONE|SYN,ACK|FIN|RST,ACK|FIN,PSH,URG|ALL)", 4, T_ANY, G_ALL, CT | BAD, 6 },
	{ "-m tcp %!--tcp-option (2|3|4|8|5|1|254)", 3, T_ANY, G_ALL, BAD, 6 },
	{ "-m udp %!--dport %r", 10, T_ANY, G_ALL, 0, 17 },
	{ "-m udp %!--sport %r[ %!--dport %r]", 6, T_ANY, G_ALL, 0, 17 },
	{ "-m icmp %!--icmp-type " ICMPS, 14, T_ANY, G_ALL, ICMP, 1 },
	{ "-m sctp %!--dport %r", 5, T_ANY, G_ALL, 0, 132 },
	{ "-m sctp %!--sport %r", 3, T_ANY, G_ALL, 0, 132 },
	{ "-m sctp %!--chunk-types (all|any|only) " CHUNKS, 5, T_ANY, G_ALL, EXT, 132 },
	{ "-m dccp %!--sport %r %!--dport %r", 3, T_ANY, G_ALL, 0, 33 },
	{ "-m dccp %!--dccp-types (REQUEST|RESPONSE|DATA,ACK|RESET|INVALID|REQUEST,RESPONSE,SYNC)", 5, T_ANY, G_ALL, EXT, 33 },
	{ "-m dccp %!--dccp-option (1|2|32|254)", 3, T_ANY, G_ALL, EXT, 33 },
	{ "-m ah %!--ahspi (1|1:255|0x3e8:|500)", 6, T_ANY, G_ALL, EXT, 51 },
	{ "-m esp %!--espspi (1|1:255|1000|0:4294967295)", 6, T_ANY, G_ALL, EXT, 50 },
	{ "-m ipcomp %!--ipcompspi (1|1:255|2)[ --compres]", 6, T_ANY, G_ALL, EXT, 108 },
	{ "-m multiport %!--dports %p,%p[,%p]", 5, T_ANY, G_ALL, 0, 6 },
	{ "-m multiport %!--(sports|ports) (%p,80:90|4000:5000,%p|%p)", 4, T_ANY, G_ALL, 0, 17 },
	{ "-m multiport %!--(ports|dports) (%p,%p|1:1023,%p)", 3, T_ANY, G_ALL, 0, 132 },
	{ "-m multiport %!--(ports|sports) (%p,%p|1:1023,%p)", 3, T_ANY, G_ALL, 0, 136 },
	{ "-m tcpmss %!--mss (536|1460|1000:1460|0:1000|1:65535)", 4, T_ANY, G_ALL, EXT, 6 },
	{ "-m state %!--state " STATES, 8, T_ANY, G_ALL, CT, 0 },
	{ "-m conntrack %!--ctstate " STATES, 8, T_ANY, G_ALL, CT, 0 },
	{ "-m conntrack %!--ctstate (SNAT|DNAT|SNAT,DNAT|DNAT,INVALID)", 4, T_ANY, G_ALL, CT | NAT, 0 },
	{ "-m conntrack %!--ctstatus (NONE|EXPECTED|SEEN_REPLY|ASSURED|CONFIRMED|SEEN_REPLY,ASSURED)", 3, T_ANY, G_ALL, CT, 0 },
	{ "-m conntrack %!--ctproto (tcp|udp|icmp|132|47)", 2, T_ANY, G_ALL, CT, 0 },
	{ "-m conntrack %!--ct(origsrc|origdst|replsrc|repldst) %n", 4, T_ANY, G_ALL, CT | NAT, 0 },
	{ "-m conntrack --ctproto (tcp|udp) %!--ct(origsrcport|origdstport|replsrcport|repldstport) (%p|1024:65535|1:1000)", 4, T_ANY, G_ALL, CT | NAT, 0 },
	{ "-m conntrack %!--ctexpire (0|1:1000|100:200000|400000:500000)", 2, T_ANY, G_ALL, CT, 0 },
	{ "-m conntrack --ctstate NEW,ESTABLISHED --ctdir (ORIGINAL|REPLY)", 3, T_ANY, G_ALL, CT, 0 },
	{ "-m connmark %!--mark %M", 4, T_ANY, G_ALL, CT, 0 },
	{ "-m connbytes %!--connbytes (0:3|1:1|2:|100:1000|3:5|0:100) --connbytes-mode (packets|bytes|avgpkt) --connbytes-dir (original|reply|both)", 4, T_ANY, G_ALL, CT | LIMIT, 0 },
	{ "-m connlabel %!--label {0,5}[ --set]", 2, T_ANY, G_ALL, CT, 0 },
	{ "-m connlimit (--connlimit-upto|--connlimit-above) {0,3}[ --connlimit-mask (0|24|31|32)][ (--connlimit-saddr|--connlimit-daddr)]", 3, T_ANY, G_ALL, LIMIT, 0 },
	{ "-m helper %!--helper (ftp|\"\"|sip)", 2, T_ANY, G_ALL, CT, 0 },
	{ "-m cluster --cluster-total-nodes 3 %!--cluster-local-node {1,3} --cluster-hash-seed 0x{1,99}", 1, T_ANY, G_ALL, EXT, 0 },
	{ "-m mark %!--mark %M", 6, T_ANY, G_ALL, ROUTE, 0 },
	{ "-m limit --limit {1,4}/(hour|min) --limit-burst {1,4}", 4, T_ANY, G_ALL, LIMIT, 0 },
	{ "-m limit --limit (2|5|50|200)/sec --limit-burst {1,4}", 2, T_ANY, G_ALL, LIMIT, 0 },
	{ "-m hashlimit --hashlimit-(upto|above) (3|40|100)/sec --hashlimit-burst {1,4} --hashlimit-mode (srcip|dstip|srcip,dstport) --hashlimit-name h%k", 2, T_ANY, G_ALL, LIMIT, 0 },
	{ "-m hashlimit --hashlimit-(upto|above) {1,3}/(hour|min) --hashlimit-burst {1,4} --hashlimit-mode (srcip|dstip|srcip,dstport|srcport|dstip,dstport|srcip,dstip,srcport,dstport)[ --hashlimit-srcmask (24|31|0)][ --hashlimit-dstmask (24|30)][ --hashlimit-htable-size 64][ --hashlimit-htable-expire 60000][ --hashlimit-htable-max 100][ --hashlimit-htable-gcinterval 30000] --hashlimit-name (h%k|h%k|shared)", 3, T_ANY, G_ALL, LIMIT, 0 },
	{ "-m hashlimit --hashlimit-(upto|above) (32b/s|60b/s) --hashlimit-burst (100b|250b|1kb) --hashlimit-mode (srcip|dstip|srcip,dstport) --hashlimit-name h%k", 1, T_ANY, G_ALL, LIMIT, 0 },
	{ "-m recent --set --name r{1,3}[ (--rsource|--rdest)]", 3, T_ANY, G_ALL, LIMIT, 0 },
	{ "-m recent %!--(rcheck|update)[ --seconds (1|100)][ --hitcount {1,4}][ --rttl] --name r{1,3}[ (--rsource|--rdest)]", 4, T_ANY, G_ALL, LIMIT, 0 },
	{ "-m recent %!--remove --name r{1,3}[ (--rsource|--rdest)]", 2, T_ANY, G_ALL, LIMIT, 0 },
	{ "-m recent --(rcheck|update) --seconds 100 --reap --name r{1,3} --mask 255.255.255.0", 1, T_ANY, G_ALL, LIMIT, 0 },
	{ "-m quota %!--quota (0|50|100|200|1000)", 3, T_ANY, G_ALL, LIMIT, 0 },
	{ "-m statistic --mode nth %!--every {1,4} --packet 0", 3, T_ANY, G_ALL, LIMIT, 0 },
	{ "-m statistic --mode nth --every 4 --packet {0,3}", 2, T_ANY, G_ALL, LIMIT, 0 },
	{ "-m statistic --mode random %!--probability (0|1)", 1, T_ANY, G_ALL, LIMIT, 0 },
	{ "-m addrtype %!--dst-type " TYPES, 4, T_ANY, G_ALL, ROUTE, 0 },
	{ "-m addrtype %!--src-type " TYPES "[ %!--dst-type " TYPES "]", 3, T_ANY, G_ALL, ROUTE, 0 },
	{ "-m addrtype %!--dst-type " TYPES " --limit-iface-in", 2, T_ANY, G_PRE | G_IN, ROUTE, 0 },
	{ "-m addrtype %!--dst-type " TYPES " --limit-iface-out", 2, T_ANY, G_OUT | G_POST, ROUTE, 0 },
	{ "-m iprange %!--(src-range|dst-range) %w", 4, T_ANY, G_ALL, 0, 0 },
	{ "-m length %!--length (20:60|:45|100:|40|33:84|0:65535)", 4, T_ANY, G_ALL, FRAG, 0 },
	{ "-m ttl --ttl-(eq|lt|gt) (64|63|1|128|2|33)", 4, T_ANY, G_ALL, EXT, 0 },
	{ "-m tos %!--tos (0x10/0x3f|Minimize-Delay|0x08/0x1e|0x00|0xb8/0xff)", 3, T_ANY, G_ALL, EXT, 0 },
	{ "-m dscp %!--dscp (0x04|0|0x2e|8)", 2, T_ANY, G_ALL, EXT, 0 },
	{ "-m dscp %!--dscp-class " CLASSES, 2, T_ANY, G_ALL, EXT, 0 },
	{ "-m ecn %!--ecn-ip-ect {0,3}", 2, T_ANY, G_ALL, EXT, 0 },
	{ "-m ecn %!--ecn-tcp-(cwr|ece)", 2, T_ANY, G_ALL, EXT, 6 },
	{ "-m mac %!--mac-source 02:AA:0A:00:00:0{2,9}", 2, T_ANY, G_PRE | G_IN | G_FWD, EXT, 0 },
	{ "-m pkttype %!--pkt-type (unicast|broadcast|multicast)", 3, T_ANY, G_ALL, ROUTE, 0 },
	{ "-m realm %!--realm (7|3|9|5|0|1/3)", 2, T_ANY, G_ALL & ~G_PRE, ROUTE, 0 },
	{ "-m owner %!--uid-owner (0|1000|1000-2000)", 4, T_ANY, G_OUT | G_POST, LOCAL, 0 },
	{ "-m owner %!--gid-owner (0|1000)[ --suppl-groups]", 2, T_ANY, G_OUT | G_POST, LOCAL, 0 },
	{ "-m owner %!--socket-exists", 3, T_ANY, G_OUT | G_POST, LOCAL, 0 },
	{ "-m socket[ --transparent][ --nowildcard][ --restore-skmark]", 3, T_RAW | T_MANGLE | T_FILTER, G_PRE | G_IN, LOCAL, 0 },
	{ "-m rpfilter[ --loose][ --validmark][ --accept-local][ --invert]", 4, T_RAW | T_MANGLE, G_PRE, ROUTE, 0 },
	{ "-m devgroup %!--src-group (0|1|0x0/0x1)", 1, T_ANY, G_PRE | G_IN | G_FWD, EXT, 0 },
	{ "-m devgroup %!--dst-group (0|1)", 1, T_ANY, G_FWD | G_OUT | G_POST, EXT, 0 },
	{ "-m policy --dir in --pol (none|ipsec)", 1, T_ANY, G_PRE | G_IN | G_FWD, EXT, 0 },
	{ "-m policy --dir out --pol (none|ipsec)", 1, T_ANY, G_FWD | G_OUT | G_POST, EXT, 0 },
	{ "-m physdev %!--physdev-in (eth0|eth1|e+)", 1, T_ANY, G_PRE | G_IN | G_FWD, EXT, 0 },
	{ "-m physdev %!--physdev-is-in", 1, T_ANY, G_ALL & ~G_OUT, EXT, 0 },
	{ "-m physdev %!--physdev-is-bridged[ %!--physdev-out (eth0|eth1)]", 1, T_ANY, G_FWD | G_POST, EXT, 0 },
	{ "-m cpu ! --cpu 77", 1, T_ANY, G_ALL, EXT, 0 },
	{ "-m time --datestart (2000-01-01|2036-01-01)", 1, T_ANY, G_ALL, EXT, 0 },
	{ "-m time --datestop (2001-02-03T04:05:06|2037-01-01)[ --kerneltz]", 1, T_ANY, G_ALL, EXT, 0 },
	{ "-m set %!--match-set %s[ --return-nomatch]", 12, T_ANY, G_ALL, EXT, 0 },
	{ "-m set --match-set %S --packets-(eq|lt|gt) {0,3}", 2, T_ANY, G_ALL, EXT, 0 },
	{ "-m set --match-set %S[ ! --update-counters] --bytes-(eq|lt|gt) (0|40|100)", 2, T_ANY, G_ALL, EXT, 0 },
	{ "-m comment --comment (word|\"some words\")", 2, T_ANY, G_ALL, 0, 0 },
	{ "-m string %!--string (abc|data|hello|xyz) --algo (bm|kmp)[ --icase]", 3, T_ANY, G_ALL, EXT, 0 },
	{ "-m string %!--hex-string \"(\\|6162\\|c|d\\|6174\\|a|\\|7878\\|)\" --algo (bm|kmp) --from (20|28|40) --to (60|200|41)", 2, T_ANY, G_ALL, EXT, 0 },
	{ "-m u32 %!--u32 \"0&0xffff=(0x1c:0x64|40|0x28,0x2c)\"", 2, T_ANY, G_ALL, EXT | FRAG, 0 },
	{ "-m u32 %!--u32 \"(6&0xff=(1|6|0x11,0x1)|4&0x3fff=0x0|8>>24=(64|63|0x1:0x40)|5&0xff=64)\"", 2, T_ANY, G_ALL, EXT | FRAG, 0 },
	{ "-m u32 %!--u32 \"0>>22&0x3c@0>>16=(80|1024:65535|53,443)\"", 2, T_ANY, G_ALL, EXT, 6 },
	{ "-m u32 %!--u32 \"0>>22&0x3c@12>>26&0x3c@0=0x0:0xffffffff\"", 1, T_ANY, G_ALL, EXT, 6 },
	{ "-m bpf --bytecode \"4,48 0 0 9,21 0 1 (6|17|1),6 0 0 1,6 0 0 0\"", 1, T_ANY, G_ALL, EXT, 0 },
	{ "-m bpf --bytecode \"4,128 0 0 0,37 0 1 (40|60),6 0 0 1,6 0 0 0\"", 1, T_ANY, G_ALL, EXT, 0 },
	{ 0 },
};

#define REJECTS "(icmp-net-unreachable|icmp-host-unreachable|icmp-port-unreachable|icmp-proto-unreachable|icmp-net-prohibited|icmp-host-prohibited|icmp-admin-prohibited)"

const struct gen_ext gen_targets[] = {
	/* nat */
	{ "DNAT --to-destination %a", 8, T_NAT, G_PRE | G_OUT, 0, 0 },
	{ "DNAT --to-destination %a:(%p|7000-7009)", 8, T_NAT, G_PRE | G_OUT, 0, 6 },
	{ "DNAT --to-destination (%a:%p|%a:5000-5009|:%p|%a:%q|:8080-8090/80)[ --random]", 8, T_NAT, G_PRE | G_OUT, 0, 17 },
	{ "DNAT --to-destination %w[ --random][ --persistent]", 5, T_NAT, G_PRE | G_OUT, 0, 0 },
	{ "DNAT --to-destination 127.0.0.1", 2, T_NAT, G_PRE | G_OUT, 0, 0 },
	{ "REDIRECT", 4, T_NAT, G_PRE | G_OUT, 0, 0 },
	{ "REDIRECT --to-ports (%p|7001|7002|5000-5010)[ --random]", 6, T_NAT, G_PRE | G_OUT, 0, 6 },
	{ "REDIRECT --to-ports (%p|7001)", 6, T_NAT, G_PRE | G_OUT, 0, 17 },
	{ "NETMAP --to (198.51.100.0/28|10.1.0.0/24|10.9.1.0/24|192.0.2.16/30)", 4, T_NAT, G_PRE | G_OUT | G_POST | G_IN, 0, 0 },
	{ "SNAT --to-source %o", 10, T_NAT, G_POST | G_IN, 0, 0 },
	{ "SNAT --to-source (%o:%p|%o:1024-2000|%o:5000-5001|%a:%p)[ --random][ --persistent]", 8, T_NAT, G_POST | G_IN, 0, 6 },
	{ "SNAT --to-source (%o:%p|%o:40000-40010|:%p)[ --random-fully]", 8, T_NAT, G_POST | G_IN, 0, 17 },
	{ "SNAT --to-source %w[ --persistent]", 5, T_NAT, G_POST | G_IN, 0, 0 },
	{ "MASQUERADE", 12, T_NAT, G_POST, 0, 0 },
	{ "MASQUERADE --to-ports (%p|1024-1030|40000-50000)[ --random]", 5, T_NAT, G_POST, 0, 6 },
	{ "MASQUERADE --to-ports (%p|2000-2010)[ --random-fully]", 5, T_NAT, G_POST, 0, 17 },
	/* filter */
	{ "REJECT", 8, T_FILTER, G_IN | G_FWD | G_OUT, ICMP, 0 },
	{ "REJECT --reject-with " REJECTS, 8, T_FILTER, G_IN | G_FWD | G_OUT, ICMP, 0 },
	{ "REJECT --reject-with tcp-reset", 20, T_FILTER, G_IN | G_FWD | G_OUT, CT, 6 },
	{ "-m conntrack --ctstate INVALID,UNTRACKED -j SYNPROXY[ --sack-perm] --mss (1460|536)[ --wscale 7]", 3, T_FILTER, G_IN | G_FWD, CT, 6 },
	/* mangle and raw */
	{ "TTL (--ttl-set (1|0|64|255)|--ttl-dec (1|5|63)|--ttl-inc (1|200))", 4, T_MANGLE, G_ALL, EXT, 0 },
	{ "TOS (--set-tos (0x10|0x08/0x1e|Minimize-Delay|0/0xff)|--and-tos 0x1c|--or-tos 0x10|--xor-tos 0x10)", 4, T_MANGLE, G_ALL, EXT | ROUTE, 0 },
	{ "DSCP (--set-dscp {0,63}|--set-dscp-class " CLASSES ")", 3, T_MANGLE, G_ALL, EXT, 0 },
	{ "ECN (--ecn-tcp-remove|--ecn-ip-ect {0,3}|--ecn-tcp-cwr 1|--ecn-tcp-ece 0)", 6, T_MANGLE, G_ALL, EXT, 6 },
	{ "-m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss (536|1000|1460|80)", 6, T_MANGLE | T_FILTER, G_ALL, EXT, 6 },
	{ "-m tcp --syn -j TCPMSS --clamp-mss-to-pmtu", 5, T_MANGLE, G_FWD | G_OUT | G_POST, EXT, 6 },
	{ "TCPOPTSTRIP --strip-options (2|3,4|timestamp|sack-permitted,8|mss)", 5, T_MANGLE, G_ALL, EXT, 6 },
	{ "CLASSIFY --set-class 1:{1,9}", 1, T_MANGLE, G_OUT | G_FWD | G_POST, EXT, 0 },
	{ "CHECKSUM --checksum-fill", 1, T_MANGLE, G_ALL, EXT, 17 },
	{ "TEE --gateway %g", 3, T_MANGLE, G_FWD, EXT, 0 },
	{ "TPROXY --on-port (%p|7001|7002)[ --on-ip %o][ --tproxy-mark %M]", 6, T_MANGLE, G_PRE, LOCAL, 6 },
	{ "TPROXY --on-port (%p|7001|7002)[ --on-ip %o] --tproxy-mark 1", 6, T_MANGLE, G_PRE, LOCAL, 17 },
	{ "-m tcp --syn -j CT --notrack", 6, T_RAW, G_PRE, CT, 6 },
	{ "CT --notrack", 8, T_RAW, G_PRE | G_OUT, CT, 0 },
	{ "NOTRACK", 3, T_RAW, G_PRE | G_OUT, CT, 0 },
	{ "CT (--zone {1,3}|--zone-orig 2|--zone-reply {1,2}|--zone mark)", 6, T_RAW, G_PRE | G_OUT, CT, 0 },
	{ "CT --ctevents (new,destroy|mark)", 1, T_RAW, G_PRE | G_OUT, CT, 0 },
	{ "CT --helper ftp[ --zone {1,2}]", 8, T_RAW, G_PRE | G_OUT, CT | NAT, 6 },
	{ "TRACE", 1, T_RAW, G_PRE | G_OUT, EXT, 0 },
	/* all */
	{ "MARK (--set-mark {0,3}|--set-xmark %M|--and-mark 0xf|--or-mark 0x10|--xor-mark 3)", 10, T_MANGLE | T_RAW, G_ALL, ROUTE, 0 },
	{ "MARK --set-mark {0,3}", 3, T_FILTER | T_NAT | T_SECURITY, G_ALL, 0, 0 },
	{ "CONNMARK (--set-mark {0,3}|--set-xmark %M|--save-mark|--restore-mark|--or-mark 0x10|--xor-mark 1|--and-mark 2)", 6, T_ANY, G_ALL, CT, 0 },
	{ "CONNMARK (--save-mark|--restore-mark)[ --nfmask 0xff][ --ctmask 0xf]", 2, T_ANY, G_ALL, CT, 0 },
	{ "LOG[ --log-level (4|debug)][ --log-prefix \"x: \"][ --log-tcp-sequence][ --log-tcp-options][ --log-ip-options][ --log-uid][ --log-macdecode]", 3, T_ANY, G_ALL, EXT, 0 },
	{ "NFLOG[ --nflog-group {0,5}][ --nflog-prefix \"p\"][ --nflog-size 64][ --nflog-threshold 2]", 2, T_ANY, G_ALL, EXT, 0 },
	{ "NFQUEUE --queue-num {1,9} --queue-bypass", 1, T_ANY, G_ALL, EXT, 0 },
	{ "NFQUEUE (--queue-num 3|--queue-balance 2:5)", 1, T_MANGLE | T_FILTER, G_ALL, EXT, 0 },
	{ "HMARK --hmark-tuple (src|dst|src,dst|sport,dport|src,dst,sport,dport) --hmark-mod {2,9} --hmark-offset {0,100} --hmark-rnd 0x{1,99}", 2, T_MANGLE, G_ALL, EXT, 0 },
	{ "IDLETIMER --timeout 3600 --label random%k", 1, T_ANY, G_ALL, EXT, 0 },
	{ "SET (--add-set %S[ --exist][ --timeout (1|100)]|--del-set %S)", 6, T_ANY, G_ALL, EXT, 0 },
	{ "AUDIT --type (accept|drop|reject)", 1, T_ANY, G_ALL, EXT, 0 },
	{ 0 },
};

static bool turns_conntrack_on(const char *text)
{
	static const char *const words[] = { "-m state", "-m conn", "-m helper", "-m cluster", "NAT ", "REDIRECT", "MASQUERADE", "NETMAP", "CONNMARK",
					     "CT ", "NOTRACK" };

	for (unsigned i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(text, words[i]))
			return true;
	return false;
}

static bool fits(const struct gen *g, const struct gen_ext *e, unsigned table, unsigned hooks, unsigned proto)
{
	if ((g->untracked && turns_conntrack_on(e->text)) || (!g->nr_sets && strcasestr(e->text, "%s")))
		return false;
	return e->tables & table && !(hooks & ~e->hooks) && (!e->proto || e->proto == proto);
}

static unsigned weight(const struct gen *g, const struct gen_ext *e, unsigned proto)
{
	unsigned w = e->weight * (g->bridge && strncmp(e->text, "-m physdev", 10) == 0 ? 20 : 1);

	return w * (e->topics & TOPIC_BIT(g->topic) ? 4 : 1) * (e->proto && e->proto == proto ? 2 : 1);
}

const struct gen_ext *gen_pick_ext(struct gen *g, const struct gen_ext *list, unsigned table, unsigned hooks, unsigned proto)
{
	unsigned all = 0, r;

	if (g->v6)
		list = list == gen_matches ? gen6_matches() : gen6_targets();
	for (const struct gen_ext *e = list; e->text; e++)
		if (fits(g, e, table, hooks, proto))
			all += weight(g, e, proto);
	if (!all)
		return NULL;
	r = gen_below(g, all);
	for (const struct gen_ext *e = list; e->text; e++) {
		if (!fits(g, e, table, hooks, proto))
			continue;
		if (r < weight(g, e, proto))
			return e;
		r -= weight(g, e, proto);
	}
	return NULL;
}
