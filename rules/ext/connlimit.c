// SPDX-License-Identifier: MIT
/* connlimit.c - "-m connlimit": how many connections one address, or network, has open. */
#include "rules/ext/util.h"

struct connlimit_info {
	uint32_t limit;
	bool upto, daddr;
	union inet_addr mask;
};
struct connlimit_state { struct conncount *cc; unsigned last; };

enum { O_UPTO, O_ABOVE, O_MASK, O_SADDR, O_DADDR };
#define F_BIT(i) (1u << (i))

static void connlimit_init(void *info)
{
	struct connlimit_info *m = info;

	memset(&m->mask, 0xff, sizeof(m->mask));
}

static bool connlimit_parse(struct ext_cb *cb)
{
	struct connlimit_info *m = cb->info;

	switch (cb->opt->id) {
	case O_UPTO:
	case O_ABOVE:
		m->limit = cb->val.u32;
		m->upto = (cb->opt->id == O_UPTO) != cb->invert;
		break;
	case O_MASK:	m->mask = cb->val.host.mask; break;
	case O_SADDR:	m->daddr = false; break;
	case O_DADDR:	m->daddr = true; break;
	}
	return true;
}

static bool connlimit_final(struct ext_cb *cb)
{
	if (!(cb->xflags & (F_BIT(O_UPTO) | F_BIT(O_ABOVE))))
		return ext_error(cb, "You must specify \"--connlimit-above\" or \"--connlimit-upto\".");
	return true;
}

static void connlimit_state_init(struct host *h, void *state, const void *info UNUSED, const struct rule *r UNUSED)
{
	struct connlimit_state *s = state;

	s->cc = conncount_new(h->arena);
}

static void connlimit_state_free(struct host *h UNUSED, void *state)
{
	struct connlimit_state *s = state;

	conncount_free(s->cc);
}

static union inet_addr key_addr(const struct xt_ctx *c, const struct connlimit_info *m)
{
	union inet_addr a = m->daddr ? xt_daddr(c) : xt_saddr(c);

	ext_mask_addr(&a, &m->mask);
	return a;
}

static void limited(const struct xt_ctx *c, const struct connlimit_info *m, unsigned n)
{
	union inet_addr a = key_addr(c, m);
	char buf[ADDRSTRLEN];

	ext_limited(c, "connlimit", n > m->limit, inet_str(buf, c->family, &a), n, m->limit, 0);
}

/* Counting adds the packet's own connection; a packet that is not even that much is dropped. */
static bool connlimit_match(struct xt_ctx *c, const void *info)
{
	const struct connlimit_info *m = info;
	struct connlimit_state *s = c->state;
	unsigned words = c->family == NFPROTO_IPV6 ? 4 : 1;
	union inet_addr a = key_addr(c, m);
	uint32_t key[5];

	memcpy(key, a.all, words * sizeof(*key));
	key[words] = c->pkt->ct ? c->pkt->ct->zone.id : 0;
	s->last = conncount_count(c->host, s->cc, key, words + 1, c->pkt, c->family);
	if (!s->last) {
		c->hotdrop = true;
		return false;
	}
	if (trace_on(c->host->trace, EV_LIMIT))
		limited(c, m, s->last);
	return (s->last > m->limit) != m->upto;
}

/* Of a mask with holes all ones were made: its length is never unknown. */
static unsigned mask_len(const struct connlimit_info *m, uint8_t family)
{
	return (unsigned)inet_mask_len(&m->mask, family);
}

static void connlimit_save(const void *info, const struct rule *r, struct strbuf *out)
{
	const struct connlimit_info *m = info;

	sb_printf(out, " --connlimit-%s %u --connlimit-mask %u --connlimit-%s", m->upto ? "upto" : "above", m->limit,
		  mask_len(m, r->ip.family), m->daddr ? "daddr" : "saddr");
}

static void connlimit_print(const void *info, const struct rule *r, bool numeric UNUSED, struct strbuf *out)
{
	const struct connlimit_info *m = info;

	sb_printf(out, " #conn %s/%u %s %u", m->daddr ? "dst" : "src", mask_len(m, r->ip.family), m->upto ? "<=" : ">", m->limit);
}

static void connlimit_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct connlimit_info *m = info;
	const struct connlimit_state *s = c->state;
	union inet_addr a = key_addr(c, m);
	char buf[ADDRSTRLEN];

	if (!s->last) {
		sb_puts(out, "the packet has no connection that could be counted and is dropped");
		return;
	}
	sb_printf(out, "%s %s/%u had %u connection%s when last counted, this one included; rule wants %s %u",
		  m->daddr ? "destination" : "source", inet_str(buf, c->family, &a), mask_len(m, c->family), s->last,
		  s->last == 1 ? "" : "s", m->upto ? "up to" : "more than", m->limit);
}

const struct match_ext ext_connlimit = {
	.name = "connlimit", .families = EXT_ANY, .size = sizeof(struct connlimit_info),
	.state_size = sizeof(struct connlimit_state), .needs_ct = true, .stateful = true,
	.form = "-m connlimit --connlimit-above 10",
	.opts = (const struct ext_opt[]){
		{ .name = "connlimit-upto", .type = OPT_UINT32, .flags = OPT_INVERT, .id = O_UPTO, .excl = F_BIT(O_ABOVE),
		  .parse = connlimit_parse },
		{ .name = "connlimit-above", .type = OPT_UINT32, .flags = OPT_INVERT, .id = O_ABOVE, .excl = F_BIT(O_UPTO),
		  .parse = connlimit_parse },
		{ .name = "connlimit-mask", .type = OPT_PLENMASK, .id = O_MASK, .parse = connlimit_parse },
		{ .name = "connlimit-saddr", .type = OPT_NONE, .id = O_SADDR, .excl = F_BIT(O_DADDR), .parse = connlimit_parse },
		{ .name = "connlimit-daddr", .type = OPT_NONE, .id = O_DADDR, .excl = F_BIT(O_SADDR), .parse = connlimit_parse },
		{ 0 } },
	.init = connlimit_init, .final = connlimit_final,
	.state_init = connlimit_state_init, .state_free = connlimit_state_free, .match = connlimit_match,
	.save = connlimit_save, .print = connlimit_print, .explain = connlimit_explain,
};
