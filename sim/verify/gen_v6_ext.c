// SPDX-License-Identifier: MIT
/* gen_v6_ext.c - the matches and targets of ip6tables as templates: those of gen_ext.c that it has too, and these. */
#include "sim/verify/gen_internal.h"

#define NAT	TOPIC_BIT(TOPIC_NAT)
#define ROUTE	TOPIC_BIT(TOPIC_ROUTE)
#define LOCAL	TOPIC_BIT(TOPIC_LOCAL)
#define ICMP	TOPIC_BIT(TOPIC_ICMP)
#define FRAG	TOPIC_BIT(TOPIC_FRAG)
#define EXT	TOPIC_BIT(TOPIC_EXT)
#define LIMIT	TOPIC_BIT(TOPIC_LIMIT)
#define BAD	TOPIC_BIT(TOPIC_MALFORMED)
#define CT	TOPIC_BIT(TOPIC_CT)

#define ICMPS	"(128|129|1|1/0|1/4|2|3|3/0|4|4/1|135|136|133|134|143|echo-request|echo-reply|port-unreachable|packet-too-big|ttl-exceeded|bad-header|neighbour-solicitation)"
#define HEADERS	"(hop|dst|route|frag|auth|esp|none|prot|hop,dst|frag,prot|hop,prot|dst,route,frag,prot|0,60,43,44,51)"
#define OPTIONS	"(1|1:2|5:2|1,5|5:2,1:0|30:4|194:4)"
#define TYPES	"(UNSPEC|UNICAST|LOCAL|ANYCAST|MULTICAST|UNREACHABLE|UNICAST,LOCAL|LOCAL,ANYCAST)"

static const struct gen_ext own_matches[] = {
	{ "-m icmp6 %!--icmpv6-type " ICMPS, 14, T_ANY, G_ALL, ICMP, 58 },
	{ "-m hl --hl-(eq|lt|gt) (64|63|1|128|2|33|255)", 4, T_ANY, G_ALL, EXT, 0 },
	{ "-m hl ! --hl-eq (64|63|255)", 2, T_ANY, G_ALL, EXT, 0 },
	{ "-m ipv6header %!--header " HEADERS "[ --soft]", 5, T_ANY, G_ALL, EXT | FRAG, 0 },
	{ "-m frag[ %!--fragid (7|1:9|0:4294967295)][ %!--fraglen 8][ --fragres][ (--fragfirst|--fraglast|--fragmore)]", 5, T_ANY, G_ALL, FRAG | EXT, 0 },
	{ "-m rt[ %!--rt-type (0|2|3|4)][ %!--rt-segsleft (0|1|1:3)][ %!--rt-len (8|24|40)]", 4, T_ANY, G_ALL, EXT, 0 },
	{ "-m rt --rt-type 0[ --rt-segsleft 0:9] --rt-0-res", 1, T_ANY, G_ALL, EXT, 0 },
	{ "-m rt --rt-type 0 --rt-0-addrs %a[ --rt-0-not-strict]", 1, T_ANY, G_ALL, EXT, 0 },
	{ "-m hbh[ %!--hbh-len (8|16|24)][ --hbh-opts " OPTIONS "]", 4, T_ANY, G_ALL, EXT, 0 },
	{ "-m dst[ %!--dst-len (8|16|24)][ --dst-opts " OPTIONS "]", 4, T_ANY, G_ALL, EXT, 0 },
	{ "-m ah[ %!--ahspi (1|1:255|500|0:4294967295)][ %!--ahlen (24|12)][ --ahres]", 4, T_ANY, G_ALL, EXT, 0 },
	{ "-m srh[ %!--srh-next-hdr (6|17|58)][ %!--srh-hdr-len-(eq|gt|lt) (2|4)][ %!--srh-segs-left-(eq|gt|lt) (0|1)][ %!--srh-last-entry-(eq|gt|lt) 0][ %!--srh-tag 7]",
	  2, T_ANY, G_ALL, EXT, 0 },
	{ "-m mh[ %!--mh-type (0|1:4|5|binding-ack|255)]", 6, T_ANY, G_ALL, EXT, 135 },
	{ "-m eui64", 2, T_ANY, G_PRE | G_IN | G_FWD, EXT, 0 },
	{ "-m mac %!--mac-source 02:AB:00:00:00:0{2,9}", 2, T_ANY, G_PRE | G_IN | G_FWD, EXT, 0 },
	{ "-m conntrack %!--ctproto (tcp|udp|ipv6-icmp|132|47)", 2, T_ANY, G_ALL, CT, 0 },
	{ "-m connlimit (--connlimit-upto|--connlimit-above) {0,3}[ --connlimit-mask (0|64|127|128)][ (--connlimit-saddr|--connlimit-daddr)]", 3, T_ANY,
	  G_ALL, LIMIT, 0 },
	{ "-m hashlimit --hashlimit-(upto|above) {1,3}/(hour|min) --hashlimit-burst {1,4} --hashlimit-mode (srcip|dstip|srcip,dstport|srcip,dstip,srcport,dstport)[ --hashlimit-srcmask (64|127|0|100)][ --hashlimit-dstmask (48|126)] --hashlimit-name (h%k|h%k|shared)",
	  3, T_ANY, G_ALL, LIMIT, 0 },
	{ "-m recent --(rcheck|update) --seconds 100 --reap --name r{1,3} --mask ffff:ffff:ffff:ffff::", 1, T_ANY, G_ALL, LIMIT, 0 },
	{ "-m addrtype %!--dst-type " TYPES, 4, T_ANY, G_ALL, ROUTE, 0 },
	{ "-m addrtype %!--src-type " TYPES "[ %!--dst-type " TYPES "]", 3, T_ANY, G_ALL, ROUTE, 0 },
	{ "-m addrtype %!--dst-type " TYPES " --limit-iface-in", 2, T_ANY, G_PRE | G_IN, ROUTE, 0 },
	{ "-m addrtype %!--dst-type " TYPES " --limit-iface-out", 2, T_ANY, G_OUT | G_POST, ROUTE, 0 },
	{ "-m u32 %!--u32 \"(6&0xff=(6|17|58|0|44)|4>>16=(0x14:0x40|8)|7&0xff=(64|63|255)|0>>20&0xff=0|40>>16=(80|53,443|1024:65535))\"", 2, T_ANY, G_ALL,
	  EXT | FRAG, 0 },
	{ "-m bpf --bytecode \"4,48 0 0 6,21 0 1 (6|17|58|0),6 0 0 1,6 0 0 0\"", 1, T_ANY, G_ALL, EXT, 0 },
	{ "-m bpf --bytecode \"4,128 0 0 0,37 0 1 (60|80),6 0 0 1,6 0 0 0\"", 1, T_ANY, G_ALL, EXT, 0 },
	{ "-m length %!--length (60:80|:65|100:|60|53:84|0:65535)", 3, T_ANY, G_ALL, FRAG, 0 },
	{ 0 },
};

#define PREFIXES "--src-pfx (2001:db8::/64|2001:db8:1::/64|2001:db8:a::/48|fd00::/16|2001:db8::/32) --dst-pfx (fd00:5::/64|2001:db8:a::/48|2001:db8:2::/64|fd00:7:7::/56)"

static const struct gen_ext own_targets[] = {
	{ "DNAT --to-destination %a", 8, T_NAT, G_PRE | G_OUT, 0, 0 },
	{ "DNAT --to-destination \\[%a\\]:(%p|7000-7009)", 8, T_NAT, G_PRE | G_OUT, 0, 6 },
	{ "DNAT --to-destination (\\[%a\\]:%p|\\[%a\\]:5000-5009|:%p|\\[%a\\]:%q)[ --random]", 8, T_NAT, G_PRE | G_OUT, 0, 17 },
	{ "DNAT --to-destination %w[ --random][ --persistent]", 5, T_NAT, G_PRE | G_OUT, 0, 0 },
	{ "DNAT --to-destination ::1", 1, T_NAT, G_PRE | G_OUT, 0, 0 },
	{ "NETMAP --to (2001:db8:a::/64|2001:db8:1::/64|fd00:5::/120|2001:db8:2::10/126)", 5, T_NAT, G_PRE | G_OUT | G_POST | G_IN, 0, 0 },
	{ "SNAT --to-source %o", 10, T_NAT, G_POST | G_IN, 0, 0 },
	{ "SNAT --to-source (\\[%o\\]:%p|\\[%o\\]:1024-2000|\\[%o\\]:5000-5001|\\[%a\\]:%p)[ --random][ --persistent]", 8, T_NAT, G_POST | G_IN, 0, 6 },
	{ "SNAT --to-source (\\[%o\\]:%p|\\[%o\\]:40000-40010|:%p)[ --random-fully]", 8, T_NAT, G_POST | G_IN, 0, 17 },
	{ "SNAT --to-source %w[ --persistent]", 5, T_NAT, G_POST | G_IN, 0, 0 },
	{ "REJECT --reject-with (icmp6-no-route|icmp6-adm-prohibited|icmp6-addr-unreachable|icmp6-port-unreachable|icmp6-policy-fail|icmp6-reject-route)", 8,
	  T_FILTER, G_IN | G_FWD | G_OUT, ICMP, 0 },
	{ "HL (--hl-set (1|0|64|255)|--hl-dec (1|5|63)|--hl-inc (1|200))", 4, T_MANGLE, G_ALL, EXT, 0 },
	{ "SNPT " PREFIXES, 2, T_MANGLE, G_POST, NAT, 0 },
	/* No TCP: the reset of a SYN to ourselves would go out with a number that nobody saw the kernel draw. */
	{ "SNPT " PREFIXES, 1, T_MANGLE, G_IN | G_POST, NAT, 17 }, { "SNPT " PREFIXES, 1, T_MANGLE, G_IN | G_POST, NAT, 1 },
	{ "DNPT " PREFIXES, 3, T_MANGLE, G_PRE | G_OUT, NAT, 0 },
	{ 0 },
};

/* Beginnings of IPv4's templates that ip6tables has not, or writes in its own way (above). */
static const char *const not_here[] = {
	"-m icmp ", "-m ttl ", "-m ah ", "-m mac ", "-m realm ", "-m u32 ", "-m bpf ", "-m addrtype ", "-m length ",
	"-m connlimit ", "-m recent --(rcheck|update) --seconds 100 --reap", "-m conntrack %!--ctproto ", "-m set ",
	"-m hashlimit --hashlimit-(upto|above) {1,3}/(hour|min)", "DNAT ", "SNAT ", "NETMAP ", "REJECT --reject-with (", "REJECT --reject-with icmp",
	"TTL ", "SET ", "ECN ", "CLUSTERIP",
};

static bool taken(const char *text)
{
	for (unsigned i = 0; i < ARRAY_SIZE(not_here); i++)
		if (strncmp(text, not_here[i], strlen(not_here[i])) == 0)
			return false;
	return true;
}

#define LIST_MAX 160

static void merge(struct gen_ext *ret, const struct gen_ext *shared, const struct gen_ext *own)
{
	unsigned n = 0;

	for (; shared->text && n < LIST_MAX - 1; shared++)
		if (taken(shared->text))
			ret[n++] = *shared;
	for (; own->text && n < LIST_MAX - 1; own++)
		ret[n++] = *own;
}

const struct gen_ext *gen6_matches(void)
{
	static struct gen_ext list[LIST_MAX];

	if (!list[0].text)
		merge(list, gen_matches, own_matches);
	return list;
}

const struct gen_ext *gen6_targets(void)
{
	static struct gen_ext list[LIST_MAX];

	if (!list[0].text)
		merge(list, gen_targets, own_targets);
	return list;
}
