// SPDX-License-Identifier: MIT
/* fuzz_match6.c - an IPv6 packetagainst rules of all matches that read packets: match, explain
 * and LOG's line. */
#include "rules/eval/eval.h"
#include "rules/rules.h"
#include "sim/world/world.h"
#include "tests/fuzz/rig.h"

/* The rules of a hook's chain go on from one to the next; none drops but by itself. */
static const char *const rules[] = {
	"-p udp -m udp --dport 53", "-p tcp -m tcp --tcp-option 5 --syn", "-p sctp -m sctp --chunk-types any DATA,INIT",
	"-p dccp -m dccp --dccp-types REQUEST --dccp-option 5", "-m ah ! --ahspi 5 --ahlen 24 --ahres",
	"-m frag --fragid 7 --fragmore --fragres", "-m hbh --hbh-opts 5:2,1,0", "-m dst --dst-opts 0,1:4,194",
	"-m rt --rt-type 0 --rt-0-addrs ::1,::2 --rt-0-not-strict", "-m rt --rt-type 0 --rt-0-res --rt-0-addrs ::1 --rt-segsleft 1:4",
	"-m ipv6header --header hop,prot --soft", "-p mobility-header -m mh --mh-type 1:5", "-p ipv6-icmp -m icmp6 --icmpv6-type 1/4",
	"-m eui64", "-m hl --hl-gt 1", "-m srh --srh-psid ::1 --srh-nsid ::2 --srh-lsid ::3 --srh-tag 7", "-p esp -m esp --espspi 1:9",
	"-p ipcomp -m ipcomp --ipcompspi 1", "-p tcp -m tcpmss --mss 1:1400", "-p udp -m multiport --ports 1:99",
	"-m length --length 40:90", "-m u32 --u32 6&0xff=58&&40>>24=1:9", "-m string --string abc --algo kmp", "-m tos --tos 8",
	"-p tcp -m ecn --ecn-tcp-cwr", "-m iprange --src-range ::1-::ffff", "-m addrtype --src-type MULTICAST",
	"-m hashlimit --hashlimit-upto 9/s --hashlimit-mode srcip,srcport,dstport --hashlimit-name f",
	"-j HMARK --hmark-tuple src,dst,sport,dport,proto --hmark-rnd 1 --hmark-mod 7", "-j LOG --log-ip-options --log-tcp-options",
	"-p tcp -m tcp --tcp-flags SYN SYN -j TCPMSS --set-mss 500", "-p tcp -j TCPOPTSTRIP --strip-options 5,8", "-j HL --hl-dec 1", "-j TOS --set-tos 5/7",
	"-j DNPT --src-pfx fd00::/48 --dst-pfx 2001:db8::/56",
};

static struct ruleset *load(struct rig *r)
{
	struct rules_options opt = { .family = NFPROTO_IPV6 };
	struct strbuf text = { 0 };
	struct ruleset *rs;

	sb_puts(&text, "*mangle\n");
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		sb_printf(&text, "-A PREROUTING %s\n", rules[i]);
	sb_puts(&text, "COMMIT\n");
	rs = ruleset_load(r->h->arena, source_text(r->h->arena, "rules", sb_str(&text), text.len), &opt, &r->d);
	sb_free(&text);
	assert(rs);
	return rs;
}

static void ignore(struct trace_sink *s, const struct event *ev)
{
	(void)s;
	(void)ev;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nf_hook_state s = { .hook = NF_INET_PRE_ROUTING, .family = NFPROTO_IPV6 };
	struct trace_sink sink = { .mask = UINT32_MAX, .event = ignore };
	enum drop_reason reason;
	struct strbuf why = { 0 };
	struct packet *p;
	struct rig r;
	struct table *t;

	rig_start(&r, false);
	trace_add(r.h->trace, &sink);
	s.host = r.h;
	s.in = dev_by_name(r.h, "eth0");
	ruleset_install(load(&r), r.h, &r.d);
	t = ruleset_table(host_ruleset(r.h, NFPROTO_IPV6), "mangle");
	p = pkt_alloc(r.w->pool, (uint32_t)size + ETH_HLEN + IP6_HLEN);
	memset(pkt_put(p, ETH_HLEN), 0, ETH_HLEN);
	p->nh = p->mac + ETH_HLEN;
	memset(pkt_put(p, IP6_HLEN), 0, IP6_HLEN);	/* the IP layer passes no packet without one */
	memcpy(pkt_nh(p), data, MIN(size, (size_t)IP6_HLEN));
	pkt_nh(p)[0] = (uint8_t)(0x60 | (pkt_nh(p)[0] & 15));
	if (size > IP6_HLEN)
		memcpy(pkt_put(p, (uint32_t)size - IP6_HLEN), data + IP6_HLEN, size - IP6_HLEN);
	p->th = p->nh + IP6_HLEN;
	p->dev = s.in;
	for (uint32_t i = 0; i < t->chain[0]->nr_rules; i++)
		rule_explain(t->chain[0]->rule[i], r.h, p, s.in, NULL, s.hook, -2, &why);
	table_eval(t->compiled, p, &s, &reason);
	sb_free(&why);
	pkt_free(p);
	rig_end(&r);
	return 0;
}
