// SPDX-License-Identifier: MIT
/* TCPMSS.c - "-j TCPMSS": lowers the MSS a SYN announces, to a number or to what the path carries
 * (net/netfilter/xt_TCPMSS.c). */
#include "rules/ext/util.h"
#include "sim/net/ipv6.h"

enum { O_SET, O_CLAMP };
#define CLAMP_HOOKS (HOOK_BIT(NF_INET_FORWARD) | HOOK_BIT(NF_INET_LOCAL_OUT) | HOOK_BIT(NF_INET_POST_ROUTING))
#define MSS_OPT_LEN 4u

struct tcpmss_tg_info { uint16_t mss; bool clamp; };

static bool tcpmss_parse(struct ext_cb *cb)
{
	struct tcpmss_tg_info *t = cb->info;

	t->clamp = cb->opt->id == O_CLAMP;	/* of both the later one holds */
	if (!t->clamp)
		t->mss = cb->val.u16;
	return true;
}

static bool tcpmss_final(struct ext_cb *cb)
{
	return cb->xflags ? true : ext_error(cb, "TCPMSS target: At least one parameter is required");
}

/* The rule must look only at SYNs: a tcp match whose flags want SYN. Its saved form tells. */
static bool wants_syn(const struct rule *r)
{
	struct strbuf sb = { 0 };
	bool found = false;

	for (uint32_t i = 0; i < r->nr_match && !found; i++) {
		const char *flags, *set;

		if (strcmp(r->match[i].ext->name, "tcp"))
			continue;
		sb_clear(&sb);
		r->match[i].ext->save(r->match[i].info, r, &sb);
		flags = strstr(sb_str(&sb), "--tcp-flags ");
		set = flags ? strchr(flags + 12, ' ') : NULL;
		found = set && strstr(set, "SYN") && !strstr(sb_str(&sb), "! --tcp-flags");
	}
	sb_free(&sb);
	return found;
}

static bool tcpmss_check(struct ext_check *c)
{
	const struct tcpmss_tg_info *t = c->info;

	if (t->clamp && c->hooks & ~CLAMP_HOOKS)
		return ext_refuse(c, "xt_TCPMSS: path-MTU clamping only supported in FORWARD, OUTPUT and POSTROUTING hooks");
	if (!wants_syn(c->rule))
		return ext_refuse(c, "xt_TCPMSS: Only works on TCP SYN packets");
	return true;
}

/* IP and TCP headers without options. */
static uint32_t min_headers(const struct xt_ctx *c)
{
	return TCP_HLEN + (c->family == NFPROTO_IPV6 ? IP6_HLEN : IP_HLEN);
}

/* What fits both ways: the route it leaves by, and the one back to its source. 0 = unknown. */
static uint32_t path_mss(struct xt_ctx *c)
{
	bool v6 = c->family == NFPROTO_IPV6;
	struct flowi6 fl6 = { .daddr = xt_saddr(c) };
	struct flowi4 fl4 = { .daddr = fl6.daddr.ip };
	struct dst back = { 0 };
	uint32_t mtu = !c->pkt->dst.set ? UINT32_MAX : v6 ? ip6_dst_mtu(&c->pkt->dst) : dst_mtu(&c->pkt->dst);

	if ((v6 ? ip6_route_output(c->host, &fl6, &back) : ip_route_output(c->host, &fl4, &back)) == 0)
		mtu = MIN(mtu, v6 ? ip6_dst_mtu(&back) : dst_mtu(&back));
	return mtu > min_headers(c) && mtu != UINT32_MAX ? mtu - min_headers(c) : 0;
}

static uint32_t option_len(const uint8_t *opt)
{
	return opt[0] <= 1 || opt[1] == 0 ? 1 : opt[1];
}

static void insert_option(struct xt_ctx *c, uint32_t thoff, uint32_t len, uint32_t mss)
{
	struct packet *p = c->pkt;
	uint8_t *th, *ip;
	be16 old, new;
	be32 word;

	pkt_put(p, MSS_OPT_LEN);
	ip = pkt_nh(p);
	th = ip + thoff;
	memmove(th + TCP_HLEN + MSS_OPT_LEN, th + TCP_HLEN, len - TCP_HLEN);
	csum_replace2(th + TCP_CSUM, htons((uint16_t)len), htons((uint16_t)(len + MSS_OPT_LEN)));
	th[TCP_HLEN] = 2;
	th[TCP_HLEN + 1] = MSS_OPT_LEN;
	put_be16(th + TCP_HLEN + 2, mss);
	memcpy(&word, th + TCP_HLEN, 4);
	csum_replace4(th + TCP_CSUM, 0, word);
	old = load_be16(th + TCP_OFF);
	th[TCP_OFF] = (uint8_t)(th[TCP_OFF] + 0x10);
	new = load_be16(th + TCP_OFF);
	csum_replace2(th + TCP_CSUM, old, new);
	if (c->family == NFPROTO_IPV6) {
		put_be16(ip + IP6_PLEN, get_be16(ip + IP6_PLEN) + MSS_OPT_LEN);
		return;
	}
	old = load_be16(ip + IP4_TOTLEN);
	new = htons((uint16_t)(ntohs(old) + MSS_OPT_LEN));
	csum_replace2(ip + IP4_CSUM, old, new);
	memcpy(ip + IP4_TOTLEN, &new, 2);
}

/* Of IPv6 the headers are walked once more, whatever the rule's -p found. */
static int transport(const struct xt_ctx *c)
{
	uint8_t proto = pkt_nh(c->pkt)[IP6_NXT];
	uint16_t frag_off;

	return c->family == NFPROTO_IPV6 ? ip6_skip_exthdr(c->pkt, IP6_HLEN, &proto, &frag_off) : (int)c->thoff;
}

static enum xt_verdict tcpmss_target(struct xt_ctx *c, const void *info)
{
	const struct tcpmss_tg_info *t = info;
	uint32_t len, hlen, mss, thoff;
	int off = transport(c);
	uint8_t *th;

	if (off < 0)
		return XT_DROP;
	if (c->fragoff)
		return XT_CONTINUE;
	thoff = (uint32_t)off;
	pkt_linearize(c->pkt);
	th = pkt_at(c->pkt, thoff, TCP_HLEN);
	len = pkt_len(c->pkt) - thoff;
	hlen = th ? tcp_hlen(th) : 0;
	if (!th || hlen < TCP_HLEN || len < hlen)
		return XT_DROP;
	mss = t->clamp ? path_mss(c) : t->mss;
	if (t->clamp && !mss)
		return XT_DROP;
	for (uint32_t i = TCP_HLEN; i + MSS_OPT_LEN <= hlen; i += option_len(th + i)) {
		uint16_t old;

		if (th[i] != 2 || th[i + 1] != MSS_OPT_LEN)
			continue;
		old = get_be16(th + i + 2);
		if (old <= mss)		/* never raised: the sender may know better */
			return XT_CONTINUE;
		put_be16(th + i + 2, mss);
		csum_replace2(th + TCP_CSUM, htons(old), htons((uint16_t)mss));
		ext_changed_dec(c, "mss", old, mss, "TCPMSS");
		return XT_CONTINUE;
	}
	/* No option: with data behind the header, or no room, it cannot be added; and without one 536 (1220) is meant. */
	if (len > hlen || hlen >= 60)
		return XT_CONTINUE;
	mss = MIN(mss, c->family == NFPROTO_IPV6 ? 1220u : 536u);
	insert_option(c, thoff, len, mss);
	ext_changed_dec(c, "mss", 0, mss, "TCPMSS");
	return XT_CONTINUE;
}

static void tcpmss_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct tcpmss_tg_info *t = info;

	if (t->clamp)
		sb_puts(out, " --clamp-mss-to-pmtu");
	else
		sb_printf(out, " --set-mss %u", t->mss);
}

static void tcpmss_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct tcpmss_tg_info *t = info;

	if (t->clamp)
		sb_puts(out, " TCPMSS clamp to PMTU");
	else
		sb_printf(out, " TCPMSS set %u", t->mss);
}

static void tcpmss_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct tcpmss_tg_info *t = info;

	sb_printf(out, "an MSS over %u becomes %u", t->clamp ? path_mss(c) : t->mss, t->clamp ? path_mss(c) : t->mss);
}

const struct target_ext ext_TCPMSS_target = {
	.name = "TCPMSS", .families = EXT_ANY, .size = sizeof(struct tcpmss_tg_info), .proto = IPPROTO_TCP,
	.form = "-j TCPMSS --clamp-mss-to-pmtu, or --set-mss 1400",
	.opts = (const struct ext_opt[]){
		{ .name = "set-mss", .type = OPT_UINT16, .id = O_SET, .max = 65515, .max6 = 65495, .parse = tcpmss_parse },
		{ .name = "clamp-mss-to-pmtu", .type = OPT_NONE, .id = O_CLAMP, .parse = tcpmss_parse },
		{ 0 } },
	.final = tcpmss_final, .check = tcpmss_check, .target = tcpmss_target,
	.save = tcpmss_save, .print = tcpmss_print, .explain = tcpmss_explain,
};
