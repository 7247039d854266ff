// SPDX-License-Identifier: MIT
/* npt.c - prefix translation without state (net/ipv6/netfilter/ip6t_NPT.c). */
#include "rules/ext/npt.h"
#include "sim/net/ipv6.h"

#define PFX_MAX 64
#define CSUM_MANGLED_0 0xffff

bool npt_parse(struct ext_cb *cb)
{
	struct npt_info *n = cb->info;

	if (cb->opt->id == O_SRC_PFX) {
		n->src = cb->val.host.addr;
		n->src_len = cb->val.host.plen;
	} else {
		n->dst = cb->val.host.addr;
		n->dst_len = cb->val.host.plen;
	}
	return true;
}

static bool is_prefix(const union inet_addr *a, unsigned len)
{
	union inet_addr mask;

	inet_mask(&mask, NFPROTO_IPV6, len);
	for (int i = 0; i < 4; i++)
		if (a->all[i] & ~mask.all[i])
			return false;
	return true;
}

/* The same 16 bits as one's complement, so that 0xffff plus something is not lost. */
static uint16_t ones_add(uint32_t a, uint32_t b)
{
	uint32_t sum = a + b;

	return (uint16_t)(sum + (sum >> 16));
}

bool npt_check(struct ext_check *c)
{
	struct npt_info *n = c->info;
	uint16_t from, to;

	if (n->src_len > PFX_MAX || n->dst_len > PFX_MAX)
		return ext_refuse_silent(c, "prefixes are at most %d bits long", PFX_MAX);
	if (!is_prefix(&n->src, n->src_len) || !is_prefix(&n->dst, n->dst_len))
		return ext_refuse_silent(c, "a prefix has bits set behind its length");
	from = csum_fold(csum_partial(n->src.ip6, 16, 0));
	to = csum_fold(csum_partial(n->dst.ip6, 16, 0));
	/* what must be added to a word of the address to make up for the other prefix */
	n->adjustment = ones_add(to, (uint16_t)~from);
	return true;
}

bool npt_map(const struct npt_info *n, uint8_t *addr)
{
	unsigned len = MAX(n->src_len, n->dst_len), word = 3;
	union inet_addr mask;
	uint16_t sum;

	inet_mask(&mask, NFPROTO_IPV6, len);
	for (int i = 0; i < 16; i++)
		addr[i] = (uint8_t)((addr[i] & ~mask.ip6[i]) | (n->dst.ip6[i] & mask.ip6[i]));
	if (len > 48) {
		for (word = 4; word < 8 && get_be16(addr + 2 * word) == CSUM_MANGLED_0; word++)
			;
		if (word == 8)
			return false;
	}
	sum = ones_add(load_be16(addr + 2 * word), n->adjustment);
	if (sum == CSUM_MANGLED_0)
		sum = 0;
	memcpy(addr + 2 * word, &sum, 2);
	return true;
}

static bool in_prefix(const struct npt_info *n, const uint8_t *addr)
{
	union inet_addr a = ip6_load_addr(addr), mask;

	inet_mask(&mask, NFPROTO_IPV6, n->src_len);
	for (int i = 0; i < 4; i++)
		if ((a.all[i] & mask.all[i]) != n->src.all[i])
			return false;
	return true;
}

void npt_map_bounced(struct packet *p, const struct npt_info *n, unsigned addr_off)
{
	uint32_t off = IP6_HLEN + ICMP_HLEN;
	uint8_t *ip = pkt_nh(p), *inner = pkt_at(p, off, IP6_HLEN);

	if (ip[IP6_NXT] != NEXTHDR_ICMP || !inner || ip[IP6_HLEN] & 0x80)
		return;
	if (in_prefix(n, inner + addr_off))
		npt_map(n, inner + addr_off);
}

enum xt_verdict npt_refuse(struct xt_ctx *c, unsigned addr_off)
{
	icmpv6_send(c->pkt, ICMPV6_PARAMPROB, 0, addr_off);
	return XT_DROP;
}

void npt_save(const struct npt_info *n, struct strbuf *out)
{
	union inet_addr none = { .all = { 0 } };
	char buf[ADDRSTRLEN];

	if (n->src_len || !inet_addr_equal(&n->src, &none))
		sb_printf(out, " --src-pfx %s/%u", inet_str(buf, NFPROTO_IPV6, &n->src), n->src_len);
	if (n->dst_len || !inet_addr_equal(&n->dst, &none))
		sb_printf(out, " --dst-pfx %s/%u", inet_str(buf, NFPROTO_IPV6, &n->dst), n->dst_len);
}

void npt_print(const struct npt_info *n, const char *name, struct strbuf *out)
{
	char a[ADDRSTRLEN], b[ADDRSTRLEN];

	sb_printf(out, " %s src-pfx %s/%u dst-pfx %s/%u", name, inet_str(a, NFPROTO_IPV6, &n->src), n->src_len,
		  inet_str(b, NFPROTO_IPV6, &n->dst), n->dst_len);
}

void npt_explain(const struct npt_info *n, const char *what, const uint8_t *addr, struct strbuf *out)
{
	union inet_addr a = ip6_load_addr(addr), b = a;
	char from[ADDRSTRLEN], to[ADDRSTRLEN];

	if (npt_map(n, b.ip6))
		sb_printf(out, "changes the %s from %s to %s", what, inet_str(from, NFPROTO_IPV6, &a), inet_str(to, NFPROTO_IPV6, &b));
	else
		sb_printf(out, "drops: the %s %s has no word left to balance the checksum", what, inet_str(from, NFPROTO_IPV6, &a));
}
