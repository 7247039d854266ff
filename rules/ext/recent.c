// SPDX-License-Identifier: MIT
/* recent.c - "-m recent": a list of addresses, by name, with the times they were seen. */
#include "rules/ext/named.h"
#include "rules/ext/util.h"
#include <stdlib.h>

enum { RECENT_CHECK = 1, RECENT_SET = 2, RECENT_UPDATE = 4, RECENT_REMOVE = 8, RECENT_TTL = 16, RECENT_REAP = 32 };
#define LIST_MAX	100u		/* addresses a list holds (module parameter ip_list_tot) */
#define MAX_NSTAMPS	65536u
#define NR_CHAINS	128u

struct recent_info {
	const char *name;
	uint32_t seconds, hit_count;
	uint8_t check_set;
	bool invert, dest;
	union inet_addr mask;
};

struct recent_entry {
	struct recent_entry *next;		/* in its hash chain, in the order of arrival */
	struct recent_entry *newer, *older;
	union inet_addr addr;
	uint8_t family, ttl;
	uint16_t index, nstamps;		/* where the next stamp goes; how many there are */
	uint64_t stamp[];			/* jiffies; a ring of stamps_mask + 1 */
};

struct recent_table {
	struct xt_named named;
	union inet_addr mask;
	uint32_t entries;
	uint16_t stamps_mask;
	struct recent_entry *chain[NR_CHAINS], *oldest, *newest;
};
struct recent_state { struct recent_table *table; };

/* ---- options ---- */

enum {
	O_SET, O_RCHECK, O_UPDATE, O_REMOVE, O_SECONDS, O_REAP, O_HITCOUNT, O_RTTL, O_NAME, O_RSOURCE, O_RDEST, O_MASK
};
#define F_BIT(i) (1u << (i))
#define F_ANY_OP 0xfu

static void recent_init(void *info)
{
	struct recent_info *m = info;

	m->name = "DEFAULT";
	memset(&m->mask, 0xff, sizeof(m->mask));
}

static bool recent_parse(struct ext_cb *cb)
{
	static const uint8_t ops[] = { RECENT_SET, RECENT_CHECK, RECENT_UPDATE, RECENT_REMOVE };
	struct recent_info *m = cb->info;

	switch (cb->opt->id) {
	case O_SECONDS:		m->seconds = cb->val.u32; break;
	case O_HITCOUNT:	m->hit_count = cb->val.u32; break;
	case O_RTTL:		m->check_set |= RECENT_TTL; break;
	case O_REAP:		m->check_set |= RECENT_REAP; break;
	case O_RSOURCE:		m->dest = false; break;
	case O_RDEST:		m->dest = true; break;
	case O_MASK:		m->mask = cb->val.host.addr; break;
	case O_NAME:		/* the kernel's field holds 200 bytes */
		m->name = arena_strndup(cb->arena, cb->arg, MIN(strlen(cb->arg), (size_t)199));
		break;
	default:
		m->check_set |= ops[cb->opt->id];
		if (cb->invert)
			m->invert = true;
	}
	return true;
}

static bool recent_final(struct ext_cb *cb)
{
	if (!(cb->xflags & F_ANY_OP))
		return ext_error(cb, "recent: you must specify one of `--set', `--rcheck' `--update' or `--remove'");
	return true;
}

static void recent_save(const void *info, const struct rule *r, struct strbuf *out)
{
	static const struct { uint8_t bit; const char *text; } ops[] = {
		{ RECENT_SET, " --set" }, { RECENT_CHECK, " --rcheck" }, { RECENT_UPDATE, " --update" }, { RECENT_REMOVE, " --remove" },
	};
	const struct recent_info *m = info;
	char buf[ADDRSTRLEN];

	if (m->invert)
		sb_puts(out, " !");
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++)
		if (m->check_set & ops[i].bit)
			sb_puts(out, ops[i].text);
	if (m->seconds)
		sb_printf(out, " --seconds %u", m->seconds);
	if (m->check_set & RECENT_REAP)
		sb_puts(out, " --reap");
	if (m->hit_count)
		sb_printf(out, " --hitcount %u", m->hit_count);
	if (m->check_set & RECENT_TTL)
		sb_puts(out, " --rttl");
	sb_printf(out, " --name %s --mask %s --r%s", m->name, inet_str(buf, r->ip.family, &m->mask), m->dest ? "dest" : "source");
}

static void recent_print(const void *info, const struct rule *r, bool numeric UNUSED, struct strbuf *out)
{
	static const struct { uint8_t bit; const char *text; } ops[] = {
		{ RECENT_SET, " SET" }, { RECENT_CHECK, " CHECK" }, { RECENT_UPDATE, " UPDATE" }, { RECENT_REMOVE, " REMOVE" },
	};
	const struct recent_info *m = info;
	char buf[ADDRSTRLEN];

	sb_puts(out, m->invert ? " ! recent:" : " recent:");
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++)
		if (m->check_set & ops[i].bit)
			sb_puts(out, ops[i].text);
	if (m->seconds)
		sb_printf(out, " seconds: %u", m->seconds);
	if (m->check_set & RECENT_REAP)
		sb_puts(out, " reap");
	if (m->hit_count)
		sb_printf(out, " hit_count: %u", m->hit_count);
	if (m->check_set & RECENT_TTL)
		sb_puts(out, " TTL-Match");
	sb_printf(out, " name: %s side: %s mask: %s", m->name, m->dest ? "dest" : "source", inet_str(buf, r->ip.family, &m->mask));
}

/* ---- the list ---- */

static bool recent_check(struct ext_check *c)
{
	const struct recent_info *m = c->info;
	uint8_t op = m->check_set & (RECENT_SET | RECENT_CHECK | RECENT_UPDATE | RECENT_REMOVE);

	if (!op || (op & (op - 1)))
		return ext_refuse_silent(c, "exactly one of set, rcheck, update and remove");
	if ((m->check_set & (RECENT_SET | RECENT_REMOVE)) &&
	    (m->seconds || m->hit_count || (m->check_set & (RECENT_TTL | RECENT_REAP))))
		return ext_refuse_silent(c, "set and remove take neither seconds, hitcount, rttl nor reap");
	if ((m->check_set & RECENT_REAP) && !m->seconds)
		return ext_refuse_silent(c, "reap needs seconds");
	if (m->hit_count >= MAX_NSTAMPS)
		return ext_refuse(c, "xt_recent: hitcount (%u) is larger than allowed maximum (%u)", m->hit_count, MAX_NSTAMPS - 1);
	if (!*m->name || strchr(m->name, '/') || !strcmp(m->name, ".") || !strcmp(m->name, ".."))
		return ext_refuse_silent(c, "\"%s\" cannot be a file in /proc/net/xt_recent", m->name);
	return true;
}

static void use_unlink(struct recent_table *t, struct recent_entry *e)
{
	*(e->older ? &e->older->newer : &t->oldest) = e->newer;
	*(e->newer ? &e->newer->older : &t->newest) = e->older;
}

static void use_link(struct recent_table *t, struct recent_entry *e)
{
	e->older = t->newest;
	e->newer = NULL;
	*(t->newest ? &t->newest->newer : &t->oldest) = e;
	t->newest = e;
}

static struct recent_entry **chain_of(struct recent_table *t, const union inet_addr *a)
{
	uint32_t h = (a->all[0] ^ a->all[1] ^ a->all[2] ^ a->all[3]) * UINT32_C(0x9e3779b1);

	return &t->chain[h >> 25];
}

static void entry_remove(struct recent_table *t, struct recent_entry *e)
{
	struct recent_entry **p = chain_of(t, &e->addr);

	while (*p != e)
		p = &(*p)->next;
	*p = e->next;
	use_unlink(t, e);
	t->entries--;
	free(e);
}

static void table_flush(struct recent_table *t)
{
	while (t->oldest)
		entry_remove(t, t->oldest);
}

static void table_free(struct xt_named *named)
{
	struct recent_table *t = container_of(named, struct recent_table, named);

	table_flush(t);
	free(t);
}

/* ttl 0 asks for any, and an entry without one (written by hand) answers any. */
static struct recent_entry *entry_find(struct recent_table *t, const union inet_addr *a, uint8_t family, uint8_t ttl)
{
	struct recent_entry *e = *chain_of(t, a);

	while (e && (e->family != family || !inet_addr_equal(&e->addr, a) || (ttl && e->ttl && ttl != e->ttl)))
		e = e->next;
	return e;
}

static void entry_new(struct recent_table *t, const union inet_addr *a, uint8_t family, uint8_t ttl, uint64_t now)
{
	struct recent_entry *e, **p;

	if (t->entries >= LIST_MAX)
		entry_remove(t, t->oldest);
	e = xcalloc(1, sizeof(*e) + sizeof(e->stamp[0]) * (t->stamps_mask + 1u));
	e->addr = *a;
	e->family = family;
	e->ttl = ttl;
	e->stamp[0] = now;
	e->index = e->nstamps = 1;
	for (p = chain_of(t, a); *p; p = &(*p)->next)
		;
	*p = e;
	use_link(t, e);
	t->entries++;
}

static void entry_update(struct recent_table *t, struct recent_entry *e, uint64_t now)
{
	e->index &= t->stamps_mask;
	e->stamp[e->index++] = now;
	if (e->index > e->nstamps)
		e->nstamps = e->index;
	use_unlink(t, e);
	use_link(t, e);
}

static uint64_t last_seen(const struct recent_table *t, const struct recent_entry *e)
{
	return e->stamp[(e->index - 1) & t->stamps_mask];
}

/* The next power of two, less one. */
static uint16_t stamps_mask_for(uint32_t hit_count)
{
	uint32_t n = 1;

	if (!hit_count)
		return 31;
	while (n < hit_count)
		n *= 2;
	return (uint16_t)(n - 1);
}

static void recent_state_init(struct host *h, void *state, const void *info, const struct rule *r)
{
	const struct recent_info *m = info;
	uint16_t mask = stamps_mask_for(m->hit_count);
	struct xt_named *named = named_get(h, "recent", m->name, NFPROTO_UNSPEC);
	struct recent_table *t;

	(void)r;
	if (named) {
		t = container_of(named, struct recent_table, named);
		if (mask > t->stamps_mask) {	/* its entries have no room for so many stamps */
			table_flush(t);
			t->stamps_mask = mask;
		}
	} else {
		t = xcalloc(1, sizeof(*t));
		t->mask = m->mask;
		t->stamps_mask = mask;
		named_add(h, &t->named, "recent", m->name, NFPROTO_UNSPEC, table_free);
	}
	((struct recent_state *)state)->table = t;
}

static void recent_state_free(struct host *h, void *state)
{
	struct recent_state *s = state;

	named_put(h, &s->table->named, state);
}

/* ---- matching ---- */

/* The address under the table's mask, and the TTL as it was before forwarding. */
static uint8_t key_of(const struct recent_table *t, const struct recent_info *m, const struct xt_ctx *c, union inet_addr *a)
{
	uint8_t ttl = pkt_nh(c->pkt)[c->family == NFPROTO_IPV6 ? IP6_HLIM : IP4_TTL];

	*a = m->dest ? xt_daddr(c) : xt_saddr(c);
	ext_mask_addr(a, &t->mask);
	if (c->out && !c->pkt->sk && !c->pkt->sk_kernel && c->pkt->uid == UINT32_MAX)
		ttl++;
	return ttl;
}

/* Jiffies since boot from which on a sighting counts. The product is 32 bits wide in the kernel. */
static uint64_t since(const struct recent_info *m, uint64_t now)
{
	return now - (uint32_t)(m->seconds * HZ);
}

static bool time_after(uint64_t a, uint64_t b)
{
	return (int64_t)(b - a) < 0;
}

static unsigned hits_since(const struct recent_info *m, const struct recent_entry *e, uint64_t time)
{
	unsigned hits = 0;

	for (unsigned i = 0; i < e->nstamps; i++)
		hits += !m->seconds || !time_after(time, e->stamp[i]);
	return hits;
}

static void seen(const struct xt_ctx *c, const struct recent_info *m, const struct recent_table *t,
		 const struct recent_entry *e, uint64_t time)
{
	struct strbuf key = { 0 };
	char buf[ADDRSTRLEN];
	unsigned hits = hits_since(m, e, time), want = MAX(m->hit_count, 1u);

	sb_printf(&key, "%s %s", t->named.name, inet_str(buf, e->family, &e->addr));
	ext_limited(c, "recent", hits >= want, sb_str(&key), hits, want, 0);
	sb_free(&key);
}

/* --rcheck and --update on an address that is listed. */
static bool check_entry(struct xt_ctx *c, const struct recent_info *m, struct recent_table *t, struct recent_entry *e, uint64_t now)
{
	uint64_t time = since(m, now);
	bool ret = (hits_since(m, e, time) >= MAX(m->hit_count, 1u)) != m->invert;
	bool update = (m->check_set & RECENT_UPDATE) && ret;

	if (trace_on(c->host->trace, EV_LIMIT))
		seen(c, m, t, e, time);
	if ((m->check_set & RECENT_REAP) && !(t->oldest == e && update) && time_after(time, last_seen(t, t->oldest)))
		entry_remove(t, t->oldest);
	if (update)
		entry_update(t, e, now);
	return ret;
}

static bool recent_match(struct xt_ctx *c, const void *info)
{
	const struct recent_info *m = info;
	struct recent_table *t = ((struct recent_state *)c->state)->table;
	uint64_t now = host_jiffies(c->host);
	struct recent_entry *e;
	union inet_addr addr;
	uint8_t ttl = key_of(t, m, c, &addr);

	e = entry_find(t, &addr, c->family, m->check_set & RECENT_TTL ? ttl : 0);
	if (m->check_set & RECENT_SET) {
		if (e) {
			entry_update(t, e, now);
			e->ttl = ttl;
		} else {
			entry_new(t, &addr, c->family, ttl, now);
		}
		return !m->invert;
	}
	if (!e)
		return m->invert;
	if (m->check_set & RECENT_REMOVE) {
		entry_remove(t, e);
		return !m->invert;
	}
	if (!check_entry(c, m, t, e, now))
		return false;
	if (m->check_set & RECENT_UPDATE)
		e->ttl = ttl;
	return true;
}

/* ---- looking at it ---- */

static int by_addr(const void *a, const void *b)
{
	const struct recent_entry *x = *(struct recent_entry *const *)a, *y = *(struct recent_entry *const *)b;
	int d = memcmp(&x->addr, &y->addr, sizeof(x->addr));

	return d ? d : x->ttl - y->ttl;
}

/* Lines as in /proc/net/xt_recent/NAME, sorted by address. */
static void recent_snapshot(struct host *h, const void *info UNUSED, void *state)
{
	struct recent_table *t = ((struct recent_state *)state)->table;
	struct event ev = { .type = EV_STATE, .host = h };
	struct recent_entry *all[LIST_MAX];
	struct strbuf line = { 0 };
	size_t n = 0;

	if (!trace_on(h->trace, EV_STATE) || !named_reports(&t->named, state))
		return;
	for (struct recent_entry *e = t->oldest; e; e = e->newer)
		all[n++] = e;
	qsort(all, n, sizeof(all[0]), by_addr);
	ev.u.state.kind = "recent";
	ev.u.state.name = t->named.name;
	for (size_t i = 0; i < n; i++) {
		const struct recent_entry *e = all[i];

		sb_clear(&line);
		sb_puts(&line, "src=");
		ext_put_addr_full(&e->addr, e->family, &line);
		sb_printf(&line, " ttl: %u last_seen: %llu oldest_pkt: %u", e->ttl, (unsigned long long)last_seen(t, e), e->index);
		for (unsigned k = 0; k < e->nstamps; k++)
			sb_printf(&line, "%s %llu", k ? "," : "", (unsigned long long)e->stamp[k]);
		ev.u.state.line = sb_str(&line);
		trace_emit(h->trace, &ev);
	}
	sb_free(&line);
}

/* Set and remove have already done their work when this is asked; check leaves the list as it was. */
static void recent_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct recent_info *m = info;
	struct recent_table *t = ((struct recent_state *)c->state)->table;
	uint64_t now = host_jiffies(c->host);
	char buf[ADDRSTRLEN];
	union inet_addr addr;
	uint8_t ttl = key_of(t, m, c, &addr);
	const struct recent_entry *e = entry_find(t, &addr, c->family, m->check_set & RECENT_TTL ? ttl : 0);

	sb_printf(out, "%s %s is %s list \"%s\"", m->dest ? "destination" : "source", inet_str(buf, c->family, &addr), e ? "on" : "not on",
		  t->named.name);
	if (e) {
		sb_printf(out, ", seen %u time%s", e->nstamps, e->nstamps == 1 ? "" : "s");
		if (m->seconds)
			sb_printf(out, ", %u within %u s", hits_since(m, e, since(m, now)), m->seconds);
		sb_puts(out, ", last ");
		ext_say_span((now - last_seen(t, e)) * NSEC_PER_JIFFY, out);
		sb_puts(out, " ago");
	}
	if (m->check_set & (RECENT_CHECK | RECENT_UPDATE)) {
		sb_printf(out, "; rule wants %s%u time%s", m->invert ? "not " : "", MAX(m->hit_count, 1u), m->hit_count > 1 ? "s" : "");
		if (m->seconds)
			sb_printf(out, " within %u s", m->seconds);
	}
	if (m->check_set & RECENT_TTL)
		sb_printf(out, " with TTL %u", ttl);
}

#define OP(n, i) { .name = (n), .type = OPT_NONE, .flags = OPT_INVERT, .id = (i), .excl = F_ANY_OP, .parse = recent_parse }
const struct match_ext ext_recent = {
	.name = "recent", .families = EXT_ANY, .size = sizeof(struct recent_info), .state_size = sizeof(struct recent_state),
	.stateful = true,
	.form = "-m recent --name LIST --set; --rcheck, --update or --remove may stand in place of --set",
	.opts = (const struct ext_opt[]){
		OP("set", O_SET), OP("rcheck", O_RCHECK), OP("update", O_UPDATE), OP("remove", O_REMOVE),
		{ .name = "seconds", .type = OPT_UINT32, .id = O_SECONDS, .min = 1, .parse = recent_parse },
		{ .name = "reap", .type = OPT_NONE, .id = O_REAP, .also = F_BIT(O_SECONDS), .parse = recent_parse },
		{ .name = "hitcount", .type = OPT_UINT32, .id = O_HITCOUNT, .parse = recent_parse },
		{ .name = "rttl", .type = OPT_NONE, .id = O_RTTL, .excl = F_BIT(O_SET) | F_BIT(O_REMOVE), .parse = recent_parse },
		{ .name = "name", .type = OPT_STRING, .id = O_NAME, .parse = recent_parse },
		{ .name = "rsource", .type = OPT_NONE, .id = O_RSOURCE, .parse = recent_parse },
		{ .name = "rdest", .type = OPT_NONE, .id = O_RDEST, .parse = recent_parse },
		{ .name = "mask", .type = OPT_HOST, .id = O_MASK, .parse = recent_parse },
		{ 0 } },
	.init = recent_init, .final = recent_final, .check = recent_check,
	.state_init = recent_state_init, .state_free = recent_state_free, .match = recent_match,
	.save = recent_save, .print = recent_print, .explain = recent_explain, .snapshot = recent_snapshot,
};
