// SPDX-License-Identifier: MIT
/* hashlimit.c - "-m hashlimit": a token bucket (or a measured rate) per source, destination, port, in a
 * table that rules share by name. The table's settings are those of the rule that made it. */
#include "rules/ext/credits.h"
#include "rules/ext/named.h"
#include "rules/ext/util.h"
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

enum {
	HL_DIP = 1, HL_DPT = 2, HL_SIP = 4, HL_SPT = 8, HL_INVERT = 16, HL_BYTES = 32, HL_RATE_MATCH = 64,
	HL_HASH = HL_DIP | HL_DPT | HL_SIP | HL_SPT
};
#define HL_MAX_SIZE	1048576u
#define HL_BURST_MAX	1000000u

struct hashlimit_info {
	const char *name;
	uint64_t avg, burst;		/* avg: microseconds a packet, 2^32 / chunks for bytes */
	uint32_t mode, size, max, gc_interval, expire, interval;
	uint8_t srcmask, dstmask, family;
	uint32_t mult;			/* seconds of the rate's unit, or of a byte rate's expiry */
};

/* What a bucket is for; unused parts are 0. */
struct hl_key { union inet_addr src, dst; be16 sport, dport; };

struct hl_entry {
	struct hl_entry *next;			/* in its hash chain */
	struct hl_entry *newer, *older;		/* by time of use: the oldest expires first */
	struct hl_key key;
	uint64_t expires, prev;			/* jiffies */
	union {
		struct { uint64_t credit, cap, cost; };
		struct { uint64_t rate, burst, interval, current; bool over_before; } rm;
	};
};

struct hl_table {
	struct xt_named named;
	struct hashlimit_info cfg;
	uint64_t next_gc;
	struct hl_entry **bucket, *oldest, *newest, *spare;
	uint32_t nr_buckets, count;
};
struct hashlimit_state { struct hl_table *table; };

/* ---- options ---- */

enum {
	O_UPTO, O_ABOVE, O_LIMIT, O_MODE, O_SRCMASK, O_DSTMASK, O_NAME, O_BURST, O_SIZE, O_MAX, O_GCINT, O_EXPIRE,
	O_RATEMATCH, O_INTERVAL
};
#define F_BIT(i) (1u << (i))

static void hashlimit_init(void *info)
{
	struct hashlimit_info *m = info;

	m->burst = 5;
	m->gc_interval = 1000;
}

static uint32_t factor(char unit)
{
	return unit == 'm' ? 1024 * 1024 : unit == 'k' ? 1024 : 1;
}

static bool burst_error(struct ext_cb *cb)
{
	return ext_error(cb, "bad value for option \"--hashlimit-burst\", or out of range (1-%u).", HL_BURST_MAX);
}

static bool burst_parse(struct ext_cb *cb, uint64_t *ret)
{
	const char *end;
	uint64_t v;

	if (!ext_strtoul(cb->arg, &end, &v, 1, UINT64_MAX) || (!*end && v > HL_BURST_MAX))
		return burst_error(cb);
	*ret = v * factor(*end);
	return true;
}

/* "512kb/s"; false without an error in *ret_bad: it is not a byte rate. */
static bool bytes_parse(struct ext_cb *cb, struct hashlimit_info *m, bool *ret_bad)
{
	const char *unit = strstr(cb->arg, "b/s");
	uint64_t r;

	if (!unit || unit == cb->arg)
		return false;
	r = (uint64_t)atoll(cb->arg);
	if (!r)
		return false;
	r *= factor(unit[-1]);
	/* where iptables itself divides by zero it is refused as the rates next to it are */
	m->avg = (uint32_t)(r >> HL_BYTE_SHIFT) == UINT32_MAX ? 0 : hl_bytes_to_cost(r);
	if (!m->avg)
		*ret_bad = !ext_error(cb, "Rate too high \"%s\"", cb->arg);
	m->mult = 15;
	m->mode |= HL_BYTES;
	return true;
}

static const struct { const char *name, *full; uint32_t secs; } periods[] = {
	{ "day", "day", 24 * 60 * 60 }, { "hour", "hour", 60 * 60 }, { "min", "minute", 60 }, { "sec", "second", 1 },
};

static bool rate_parse(struct ext_cb *cb, struct hashlimit_info *m, const char *opt)
{
	const char *slash = strchr(cb->arg, '/');
	uint64_t r = (uint64_t)atoll(cb->arg);
	size_t i = ARRAY_SIZE(periods) - 1;

	if (slash)
		for (i = 0; i < ARRAY_SIZE(periods); i++)
			if (slash[1] && !strncasecmp(slash + 1, periods[i].full, strlen(slash + 1)))
				break;
	if (i == ARRAY_SIZE(periods) || !r)
		return ext_bad_value(cb, opt, cb->arg) ||
		       ext_hint(cb, "a rate is a number and a time, as in 5/second, 10/minute, or bytes: 512kb/s");
	m->mult = periods[i].secs;
	m->avg = HL_SCALE * m->mult / r;
	return m->avg || ext_error(cb, "Rate too fast \"%s\"", cb->arg);
}

static bool hashlimit_rate(struct ext_cb *cb)
{
	struct hashlimit_info *m = cb->info;
	bool above = cb->opt->id == O_ABOVE, bad = false;

	if (cb->invert != above)
		m->mode |= HL_INVERT;
	if (bytes_parse(cb, m, &bad))
		return !bad;
	return rate_parse(cb, m, above ? "--hashlimit-above" : "--hashlimit-upto");
}

static bool mode_parse(struct ext_cb *cb)
{
	static const struct { const char *name; uint32_t bit; } modes[] = {
		{ "dstip", HL_DIP }, { "srcip", HL_SIP }, { "srcport", HL_SPT }, { "dstport", HL_DPT },
	};
	struct hashlimit_info *m = cb->info;
	const char *s = cb->arg + strspn(cb->arg, ",|");

	while (*s) {
		size_t n = strcspn(s, ",|"), i;

		for (i = 0; i < ARRAY_SIZE(modes); i++)
			if (strlen(modes[i].name) == n && !memcmp(modes[i].name, s, n))
				break;
		if (i == ARRAY_SIZE(modes))
			return ext_bad_value(cb, "--hashlimit-mode", cb->arg) ||
		       ext_hint_one_of(cb, s, n, "srcip srcport dstip dstport");
		m->mode |= modes[i].bit;
		s += n;
		s += strspn(s, ",|");
	}
	return true;
}

static bool hashlimit_parse(struct ext_cb *cb)
{
	struct hashlimit_info *m = cb->info;
	long v;

	switch (cb->opt->id) {
	case O_BURST:		return burst_parse(cb, &m->burst);
	case O_SRCMASK:		m->srcmask = cb->val.host.plen; break;
	case O_DSTMASK:		m->dstmask = cb->val.host.plen; break;
	case O_SIZE:		m->size = cb->val.u32; break;
	case O_MAX:		m->max = cb->val.u32; break;
	case O_GCINT:		m->gc_interval = cb->val.u32; break;
	case O_EXPIRE:		m->expire = cb->val.u32; break;
	case O_RATEMATCH:	m->mode |= HL_RATE_MATCH; break;
	case O_NAME:		/* the kernel's field holds 255 bytes */
		m->name = arena_strndup(cb->arena, cb->arg, MIN(strlen(cb->arg), (size_t)254));
		break;
	case O_INTERVAL:
		v = (int)strtol(cb->arg, NULL, 10);
		if (v <= 0)
			return ext_bad_value(cb, "--hashlimit-rate-interval", cb->arg);
		m->interval = (uint32_t)v;
		break;
	}
	return true;
}

static bool final_bytes(struct ext_cb *cb, struct hashlimit_info *m)
{
	uint64_t bytes = hl_cost_to_bytes(m->avg);

	if (!(cb->xflags & F_BIT(O_BURST))) {
		m->burst = 0;
		return true;
	}
	if (m->burst < bytes)
		return ext_error(cb, "burst cannot be smaller than %llub", (unsigned long long)bytes);
	if (!(cb->xflags & F_BIT(O_EXPIRE)))
		m->expire = 60 * 1000;
	if (!bytes)			/* where iptables itself divides by zero */
		return ext_error(cb, "a rate below 16b/s cannot have a burst");
	m->burst = (uint32_t)m->burst;		/* cut here, behind the check */
	/* how often a bucket that ran empty is filled at once */
	m->burst = m->burst / bytes + (m->burst % bytes != 0);
	return true;
}

static uint8_t addr_bits(const struct hashlimit_info *m)
{
	return m->family == NFPROTO_IPV6 ? 128 : 32;
}

static bool hashlimit_final(struct ext_cb *cb)
{
	struct hashlimit_info *m = cb->info;

	m->family = cb->family;
	if (!(cb->xflags & F_BIT(O_SRCMASK)))
		m->srcmask = addr_bits(m);
	if (!(cb->xflags & F_BIT(O_DSTMASK)))
		m->dstmask = addr_bits(m);
	if (!(cb->xflags & (F_BIT(O_UPTO) | F_BIT(O_ABOVE))))
		return ext_error(cb, "You have to specify --hashlimit");
	if (!(cb->xflags & F_BIT(O_EXPIRE)))
		m->expire = m->mult * 1000;
	if (m->mode & HL_BYTES) {
		if (!final_bytes(cb, m))
			return false;
	} else if (m->burst > HL_BURST_MAX) {
		return burst_error(cb);
	}
	if (!(cb->xflags & F_BIT(O_RATEMATCH)))
		return true;
	if (!(m->mode & HL_BYTES))
		m->avg /= m->mult;
	if (!m->interval)
		m->interval = m->mode & HL_BYTES ? 1 : m->mult;
	return true;
}

/* ---- saving ---- */

/* Answers the expiry in milliseconds that this unit of the rate implies. */
static uint32_t rate_save(uint64_t avg, struct strbuf *out)
{
	size_t i;

	if (!avg) {		/* "--hashlimit-rate-match" with a fast rate of a slow unit */
		sb_puts(out, " inf");
		return 0;
	}
	for (i = 1; i < ARRAY_SIZE(periods); i++) {
		uint64_t unit = HL_SCALE * periods[i].secs;

		if (avg > unit || unit / avg < unit % avg)
			break;
	}
	sb_printf(out, " %llu/%s", (unsigned long long)(HL_SCALE * periods[i - 1].secs / avg), periods[i - 1].name);
	return periods[i - 1].secs * 1000;
}

static const struct { const char *name; uint32_t bytes; } units[] = { { "m", 1024 * 1024 }, { "k", 1024 }, { "", 1 } };

static uint32_t bytes_save(uint64_t avg, uint64_t burst, const char *prefix, struct strbuf *out)
{
	uint64_t r = hl_cost_to_bytes(avg);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(units) - 1; i++)
		if (r >= units[i].bytes && hl_bytes_to_cost(r & ~(uint64_t)(units[i].bytes - 1)) == avg)
			break;
	sb_printf(out, " %llu%sb/s", (unsigned long long)(r / units[i].bytes), units[i].name);
	if (!burst)
		return 15 * 1000;
	r *= burst;
	for (i = 0; i < ARRAY_SIZE(units) - 1; i++)
		if (r >= units[i].bytes)
			break;
	sb_printf(out, " %sburst %llu%sb", prefix, (unsigned long long)(r / units[i].bytes), units[i].name);
	return 60 * 1000;
}

static void mode_save(uint32_t mode, char sep, struct strbuf *out)
{
	static const struct { uint32_t bit; const char *name; } names[] = {
		{ HL_SIP, "srcip" }, { HL_SPT, "srcport" }, { HL_DIP, "dstip" }, { HL_DPT, "dstport" },
	};
	char before = ' ';

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!(mode & names[i].bit))
			continue;
		sb_putc(out, before);
		sb_puts(out, names[i].name);
		before = sep;
	}
}

/* What follows the rate, in save's and in print's wording. */
static void rest_save(const struct hashlimit_info *m, uint32_t quantum, const char *p, struct strbuf *out)
{
	if (m->size)
		sb_printf(out, " %shtable-size %u", p, m->size);
	if (m->max)
		sb_printf(out, " %shtable-max %u", p, m->max);
	if (m->gc_interval != 1000)
		sb_printf(out, " %shtable-gcinterval %u", p, m->gc_interval);
	if (m->expire != quantum)
		sb_printf(out, " %shtable-expire %u", p, m->expire);
	if (m->srcmask != addr_bits(m))
		sb_printf(out, " %ssrcmask %u", p, m->srcmask);
	if (m->dstmask != addr_bits(m))
		sb_printf(out, " %sdstmask %u", p, m->dstmask);
	if (m->mode & HL_RATE_MATCH) {
		sb_printf(out, " %srate-match", p);
		if (m->interval != 1)
			sb_printf(out, " %srate-interval %u", p, m->interval);
	}
}

static void hashlimit_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct hashlimit_info *m = info;
	uint32_t quantum;

	sb_puts(out, m->mode & HL_INVERT ? " --hashlimit-above" : " --hashlimit-upto");
	if (m->mode & HL_BYTES) {
		quantum = bytes_save(m->avg, m->burst, "--hashlimit-", out);
	} else {
		quantum = rate_save(m->avg, out);
		sb_printf(out, " --hashlimit-burst %llu", (unsigned long long)m->burst);
	}
	if (m->mode & HL_HASH) {
		sb_puts(out, " --hashlimit-mode");
		mode_save(m->mode, ',', out);
	}
	sb_printf(out, " --hashlimit-name %s", m->name);
	rest_save(m, quantum, "--hashlimit-", out);
}

static uint32_t print_rate(const struct hashlimit_info *m, struct strbuf *out)
{
	uint32_t quantum;

	if (m->mode & HL_BYTES)
		return bytes_save(m->avg, m->burst, "", out);
	quantum = rate_save(m->interval ? m->avg * m->interval : m->avg, out);
	sb_printf(out, " burst %llu", (unsigned long long)m->burst);
	return quantum;
}

static void hashlimit_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct hashlimit_info *m = info;
	uint32_t quantum;

	sb_puts(out, m->mode & HL_INVERT ? " limit: above" : " limit: up to");
	quantum = print_rate(m, out);
	if (m->mode & HL_HASH) {
		sb_puts(out, " mode");
		mode_save(m->mode, '-', out);
	}
	rest_save(m, quantum, "", out);
}

/* ---- the table ---- */

static bool overflows(struct ext_check *c, const struct hashlimit_info *m)
{
	c->err = ERANGE;
	return ext_refuse(c, "xt_hashlimit: overflow, try lower: %llu/%llu", (unsigned long long)m->avg, (unsigned long long)m->burst);
}

static bool hashlimit_check(struct ext_check *c)
{
	struct hashlimit_info *m = c->info;

	if (!m->gc_interval || !m->expire)
		return ext_refuse_silent(c, "the interval of the garbage collection and the expiry must not be 0");
	m->size = MIN(m->size, HL_MAX_SIZE);	/* the kernel truncates both, and says so in its log */
	m->max = MIN(m->max, HL_MAX_SIZE);
	if (strchr(m->name, '/') || !strcmp(m->name, ".") || !strcmp(m->name, ".."))
		return ext_refuse_silent(c, "\"%s\" cannot be a file in /proc/net/%s_hashlimit", m->name, m->family == NFPROTO_IPV6 ? "ip6t" : "ipt");
	if (m->srcmask > addr_bits(m) || m->dstmask > addr_bits(m))
		return ext_refuse_silent(c, "a mask has at most %u bits, and its ones come first", addr_bits(m));
	if (m->mode & HL_RATE_MATCH) {
		if (m->avg && m->avg <= UINT32_MAX)
			return true;
		c->err = ERANGE;
		return ext_refuse(c, "xt_hashlimit: invalid rate");
	}
	if (m->mode & HL_BYTES) {
		if (hl_credits_byte((uint32_t)m->avg))
			return true;
		return ext_refuse(c, "xt_hashlimit: overflow, rate too high: %llu", (unsigned long long)m->avg);
	}
	if (!m->burst || hl_credits(m->avg * m->burst) < hl_credits(m->avg))
		return overflows(c, m);
	return true;
}

static uint64_t ms_to_jiffies(uint32_t ms)
{
	return ((uint64_t)ms * HZ + 999) / 1000;
}

static void table_free(struct xt_named *named)
{
	struct hl_table *t = container_of(named, struct hl_table, named);

	for (struct hl_entry *e = t->oldest, *next; e; e = next) {
		next = e->newer;
		free(e);
	}
	for (struct hl_entry *e = t->spare, *next; e; e = next) {
		next = e->next;
		free(e);
	}
	free(t->bucket);
	free(t);
}

static void hashlimit_state_init(struct host *h, void *state, const void *info, const struct rule *r)
{
	const struct hashlimit_info *m = info;
	uint8_t family = r && r->chain ? r->chain->table->family : NFPROTO_IPV4;
	struct xt_named *named = named_get(h, "hashlimit", m->name, family);
	struct hl_table *t;

	if (named) {
		((struct hashlimit_state *)state)->table = container_of(named, struct hl_table, named);
		return;
	}
	t = xcalloc(1, sizeof(*t));
	t->cfg = *m;
	if (!t->cfg.size)
		t->cfg.size = 8192;	/* of a machine with more than 1 GB */
	t->cfg.max = t->cfg.max ? MAX(t->cfg.max, t->cfg.size) : 8 * t->cfg.size;
	t->nr_buckets = 64;
	t->bucket = xcalloc(t->nr_buckets, sizeof(*t->bucket));
	t->next_gc = host_jiffies(h) + ms_to_jiffies(m->gc_interval);
	named_add(h, &t->named, "hashlimit", m->name, family, table_free);
	t->cfg.name = t->named.name;
	((struct hashlimit_state *)state)->table = t;
}

static void hashlimit_state_free(struct host *h, void *state)
{
	struct hashlimit_state *s = state;

	named_put(h, &s->table->named, state);
}

static struct hl_entry **chain_of(const struct hl_table *t, const struct hl_key *k)
{
	return &t->bucket[jhash2((const uint32_t *)k, sizeof(*k) / 4, 0) & (t->nr_buckets - 1)];
}

static struct hl_entry *entry_find(const struct hl_table *t, const struct hl_key *k)
{
	struct hl_entry *e = *chain_of(t, k);

	while (e && memcmp(&e->key, k, sizeof(*k)))
		e = e->next;
	return e;
}

static void use_unlink(struct hl_table *t, struct hl_entry *e)
{
	*(e->older ? &e->older->newer : &t->oldest) = e->newer;
	*(e->newer ? &e->newer->older : &t->newest) = e->older;
}

static void use_link(struct hl_table *t, struct hl_entry *e)
{
	e->older = t->newest;
	e->newer = NULL;
	*(t->newest ? &t->newest->newer : &t->oldest) = e;
	t->newest = e;
}

static void table_grow(struct hl_table *t)
{
	free(t->bucket);
	t->nr_buckets *= 4;
	t->bucket = xcalloc(t->nr_buckets, sizeof(*t->bucket));
	for (struct hl_entry *e = t->oldest; e; e = e->newer) {
		struct hl_entry **p = chain_of(t, &e->key);

		e->next = *p;
		*p = e;
	}
}

static void entry_remove(struct hl_table *t, struct hl_entry *e)
{
	struct hl_entry **p = chain_of(t, &e->key);

	while (*p != e)
		p = &(*p)->next;
	*p = e->next;
	use_unlink(t, e);
	t->count--;
	e->next = t->spare;
	t->spare = e;
}

/* The kernel collects at every interval what has expired by then; nothing else looks at the expiry.
 * Here it is made up for when a packet comes: only the last collection before it counts. */
static void table_gc(struct hl_table *t, uint64_t now)
{
	uint64_t every = ms_to_jiffies(t->cfg.gc_interval), last;

	if (now < t->next_gc)
		return;
	last = t->next_gc + (now - t->next_gc) / every * every;
	t->next_gc = last + every;
	while (t->oldest && t->oldest->expires <= last)
		entry_remove(t, t->oldest);
}

static struct hl_entry *entry_new(struct hl_table *t, const struct hl_key *k)
{
	struct hl_entry *e = t->spare, **p;

	if (e)
		t->spare = e->next;
	else
		e = xmalloc(sizeof(*e));
	memset(e, 0, sizeof(*e));
	e->key = *k;
	use_link(t, e);
	if (++t->count > t->nr_buckets) {
		table_grow(t);
	} else {
		p = chain_of(t, k);
		e->next = *p;
		*p = e;
	}
	return e;
}

static void rateinfo_init(const struct hashlimit_info *cfg, struct hl_entry *e, uint64_t now)
{
	uint64_t bytes = hl_cost_to_bytes((uint32_t)cfg->avg);

	e->prev = now;
	if (cfg->mode & HL_RATE_MATCH) {
		e->rm.rate = cfg->mode & HL_BYTES ? bytes : cfg->avg ? HL_SCALE / cfg->avg : 0;
		if (cfg->mode & HL_BYTES)
			e->rm.burst = cfg->burst ? cfg->burst * e->rm.rate : e->rm.rate;
		else
			e->rm.burst = cfg->burst + e->rm.rate;
		e->rm.interval = cfg->interval;
	} else if (cfg->mode & HL_BYTES) {
		e->credit = HL_BYTES_CAP;
		e->cost = hl_credits_byte((uint32_t)cfg->avg);
		e->cap = cfg->burst;
	} else {
		e->credit = e->cap = hl_credits(cfg->avg * cfg->burst);
		e->cost = hl_credits(cfg->avg);
	}
}

static void rateinfo_recalc(const struct hashlimit_info *cfg, struct hl_entry *e, uint64_t now)
{
	uint64_t delta = now - e->prev, old = e->credit;

	if (!delta)
		return;
	if (cfg->mode & HL_RATE_MATCH) {
		uint64_t interval = (uint32_t)(e->rm.interval * HZ);	/* 32 bits there */

		if (delta < interval)
			return;
		e->rm.over_before = e->rm.current * interval > delta * e->rm.rate;
		e->rm.current = 0;
	} else if (cfg->mode & HL_BYTES) {
		e->credit += HL_CREDITS_PER_JIFFY_BYTES * delta;
		if (old >= e->credit || e->credit > HL_BYTES_CAP)
			e->credit = HL_BYTES_CAP;
	} else {
		e->credit = MIN(e->credit + delta * HL_CREDITS_PER_JIFFY, e->cap);
	}
	e->prev = now;
}

/* In byte mode "cap" counts how often an empty bucket may still be filled at once: the burst. */
static uint64_t byte_cost(struct hl_entry *e, uint32_t len)
{
	uint64_t cost = ((len >> HL_BYTE_SHIFT) + 1) * e->cost;

	if (cost > HL_BYTES_CAP)
		cost = HL_BYTES_CAP;
	if (e->credit < cost && e->cap) {
		e->cap--;
		e->credit = HL_BYTES_CAP;
	}
	return cost;
}

static union inet_addr masked(union inet_addr a, uint8_t family, unsigned plen)
{
	union inet_addr mask;

	inet_mask(&mask, family, plen);
	ext_mask_addr(&a, &mask);
	return a;
}

/* Where the ports are in the transport header, or -1. */
static int ports_offset(uint8_t proto)
{
	switch (proto) {
	case 6: case 17: case 33: case 50: case 132: case 136:	/* TCP UDP DCCP ESP SCTP UDP-Lite */
		return 0;
	case 51:						/* AH */
		return 4;
	}
	return -1;
}

/* Where the transport header begins and what it is; -1: IPv6's headers end too early. */
static int transport(const struct xt_ctx *c, uint8_t *proto)
{
	const uint8_t *ip = pkt_nh(c->pkt);
	uint16_t frag_off;

	if (c->family != NFPROTO_IPV6) {
		*proto = ip[IP4_PROTO];
		return (int)c->thoff;
	}
	*proto = ip[IP6_NXT];
	return ip6_skip_exthdr(c->pkt, IP6_HLEN, proto, &frag_off);
}

/* false: the packet is too short for its ports. Later fragments are read as if they had a header, as the kernel does. */
static bool key_of(const struct hashlimit_info *cfg, const struct xt_ctx *c, struct hl_key *k)
{
	const uint8_t *ports;
	uint8_t proto;
	int th, off;

	memset(k, 0, sizeof(*k));
	if (cfg->mode & HL_DIP)
		k->dst = masked(xt_daddr(c), c->family, cfg->dstmask);
	if (cfg->mode & HL_SIP)
		k->src = masked(xt_saddr(c), c->family, cfg->srcmask);
	if (!(cfg->mode & (HL_DPT | HL_SPT)))
		return true;
	th = transport(c, &proto);
	if (th < 0)
		return false;
	off = ports_offset(proto);
	if (off < 0)
		return true;
	ports = pkt_at(c->pkt, (uint32_t)(th + off), 4);
	if (!ports)
		return false;
	if (cfg->mode & HL_SPT)
		k->sport = load_be16(ports);
	if (cfg->mode & HL_DPT)
		k->dport = load_be16(ports + 2);
	return true;
}

/* As in /proc/net/ipt_hashlimit and ip6t_hashlimit. */
static void key_say(const struct hl_key *k, uint8_t family, struct strbuf *out)
{
	ext_put_addr_full(&k->src, family, out);
	sb_printf(out, ":%u->", ntohs(k->sport));
	ext_put_addr_full(&k->dst, family, out);
	sb_printf(out, ":%u", ntohs(k->dport));
}

/* Jiffies until one packet of this cost passes. */
static uint64_t wait_ticks(const struct hashlimit_info *cfg, const struct hl_entry *e, uint64_t cost, uint64_t now)
{
	uint64_t per_tick = cfg->mode & HL_BYTES ? HL_CREDITS_PER_JIFFY_BYTES : HL_CREDITS_PER_JIFFY;

	if (cfg->mode & HL_RATE_MATCH)
		return e->prev + e->rm.interval * HZ - now;
	return e->credit >= cost ? 0 : (cost - e->credit + per_tick - 1) / per_tick;
}

static void limited(const struct xt_ctx *c, const struct hl_table *t, const struct hl_entry *e, bool over, uint64_t have,
		    uint64_t cost)
{
	struct strbuf key = { 0 };

	sb_printf(&key, "%s ", t->named.name);
	key_say(&e->key, t->cfg.family, &key);
	ext_limited(c, "hashlimit", over, sb_str(&key), have, cost, wait_ticks(&t->cfg, e, cost, host_jiffies(c->host)));
	sb_free(&key);
}

/* Is this packet over the limit? Takes its cost when it is not. */
static bool over_limit(const struct hashlimit_info *m, struct hl_entry *e, uint32_t len, uint64_t *ret_have, uint64_t *ret_cost)
{
	bool over;

	if (m->mode & HL_RATE_MATCH) {
		*ret_cost = m->mode & HL_BYTES ? len : 1;
		*ret_have = e->rm.current;
		e->rm.current += *ret_cost;
		return e->rm.over_before || e->rm.current > e->rm.burst;
	}
	*ret_cost = m->mode & HL_BYTES ? byte_cost(e, len) : e->cost;
	*ret_have = e->credit;
	over = e->credit < *ret_cost;
	if (!over)
		e->credit -= *ret_cost;
	return over;
}

static bool hashlimit_match(struct xt_ctx *c, const void *info)
{
	const struct hashlimit_info *m = info;
	struct hl_table *t = ((struct hashlimit_state *)c->state)->table;
	uint64_t now = host_jiffies(c->host), have, cost;
	struct hl_entry *e;
	struct hl_key key;
	bool over;

	table_gc(t, now);
	if (!key_of(&t->cfg, c, &key)) {
		c->hotdrop = true;
		return false;
	}
	e = entry_find(t, &key);
	if (e) {
		use_unlink(t, e);
		use_link(t, e);
		rateinfo_recalc(&t->cfg, e, now);
	} else if (t->count >= t->cfg.max) {
		c->hotdrop = true;	/* "max count of N reached" */
		return false;
	} else {
		e = entry_new(t, &key);
		rateinfo_init(&t->cfg, e, now);
	}
	e->expires = now + ms_to_jiffies(t->cfg.expire);
	over = over_limit(m, e, pkt_len(c->pkt), &have, &cost);
	if (trace_on(c->host->trace, EV_LIMIT))
		limited(c, t, e, over, have, cost);
	return over == !!(m->mode & HL_INVERT);
}

static int by_key(const void *a, const void *b)
{
	const struct hl_entry *x = *(struct hl_entry *const *)a, *y = *(struct hl_entry *const *)b;

	return memcmp(&x->key, &y->key, sizeof(x->key));
}

/* Of a measured rate the kernel prints what lies at the place of the credits. */
static void proc_numbers(const struct hl_table *t, const struct hl_entry *e, struct strbuf *out)
{
	uint64_t v[3] = { e->credit, e->cap, e->cost };

	if (t->cfg.mode & HL_RATE_MATCH) {
		v[0] = e->rm.interval | (uint64_t)e->rm.over_before << 32;
		v[1] = e->rm.current;
		v[2] = e->rm.rate;
	}
	sb_printf(out, " %llu %llu %llu", (unsigned long long)v[0], (unsigned long long)v[1], (unsigned long long)v[2]);
}

/* Lines as in /proc/net/ipt_hashlimit/NAME, sorted, as reading them would recalculate them. */
static void hashlimit_snapshot(struct host *h, const void *info UNUSED, void *state)
{
	struct hl_table *t = ((struct hashlimit_state *)state)->table;
	struct event ev = { .type = EV_STATE, .host = h };
	uint64_t now = host_jiffies(h);
	struct strbuf line = { 0 };
	struct hl_entry **all;
	size_t n = 0;

	if (!trace_on(h->trace, EV_STATE) || !named_reports(&t->named, state))
		return;
	table_gc(t, now);
	all = xcalloc(t->count + 1, sizeof(*all));
	for (struct hl_entry *e = t->oldest; e; e = e->newer)
		all[n++] = e;
	qsort(all, n, sizeof(*all), by_key);
	ev.u.state.kind = "hashlimit";
	ev.u.state.name = t->named.name;
	for (size_t i = 0; i < n; i++) {
		struct hl_entry e = *all[i];

		rateinfo_recalc(&t->cfg, &e, now);
		sb_clear(&line);
		sb_printf(&line, "%lld ", (long long)(e.expires - now) / HZ);
		key_say(&e.key, t->cfg.family, &line);
		proc_numbers(t, &e, &line);
		ev.u.state.line = sb_str(&line);
		trace_emit(h->trace, &ev);
	}
	free(all);
	sb_free(&line);
}

/* ---- explaining ---- */

static void explain_bucket(const struct xt_ctx *c, const struct hashlimit_info *cfg, struct hl_entry *e, struct strbuf *out)
{
	uint64_t cost = cfg->mode & HL_BYTES ? MIN(((pkt_len(c->pkt) >> HL_BYTE_SHIFT) + 1) * e->cost, HL_BYTES_CAP) : e->cost;
	uint64_t now = host_jiffies(c->host), ticks = wait_ticks(cfg, e, cost, now);

	if (cfg->mode & HL_RATE_MATCH) {
		sb_printf(out, "%llu of %llu in this interval%s", (unsigned long long)e->rm.current,
			  (unsigned long long)e->rm.burst, e->rm.over_before ? ", the one before was over the rate" : "");
		return;
	}
	sb_printf(out, "%llu.%02u of what this packet costs", (unsigned long long)(cost ? e->credit / cost : 0),
		  (unsigned)(cost ? e->credit % cost / (cost / 100 + 1) : 0));
	if (ticks) {
		sb_puts(out, ", enough in ");
		ext_say_span((now + ticks) * NSEC_PER_JIFFY - c->host->clock->now, out);
	}
}

static void hashlimit_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct hashlimit_info *m = info;
	const struct hl_table *t = ((struct hashlimit_state *)c->state)->table;
	struct hl_entry e, *found;
	struct hl_key key;

	if (!key_of(&t->cfg, c, &key)) {
		sb_puts(out, "the packet is too short for its ports and is dropped");
		return;
	}
	found = entry_find(t, &key);
	sb_printf(out, "table \"%s\", bucket ", t->named.name);
	key_say(&key, c->family, out);
	if (!found && t->count >= t->cfg.max) {
		sb_printf(out, ": the table is full (%u entries), the packet is dropped", t->count);
		return;
	}
	if (!found) {
		sb_puts(out, " is new and full");
	} else {
		e = *found;
		rateinfo_recalc(&t->cfg, &e, host_jiffies(c->host));
		sb_puts(out, " holds ");
		explain_bucket(c, &t->cfg, &e, out);
	}
	sb_puts(out, m->mode & HL_INVERT ? "; rule wants above" : "; rule wants up to");
	print_rate(m, out);
}

const struct match_ext ext_hashlimit = {
	.name = "hashlimit", .families = EXT_ANY, .size = sizeof(struct hashlimit_info),
	.state_size = sizeof(struct hashlimit_state), .stateful = true,
	.form = "-m hashlimit --hashlimit-upto 5/second --hashlimit-mode srcip --hashlimit-name NAME",
	.opts = (const struct ext_opt[]){
		{ .name = "hashlimit-upto",
		  .form = "N/second, N/minute, N/hour or N/day, or bytes: Nb/s, Nkb/s, Nmb/s",
		  .type = OPT_STRING, .flags = OPT_INVERT, .id = O_UPTO, .excl = F_BIT(O_ABOVE),
		  .parse = hashlimit_rate },
		{ .name = "hashlimit-above",
		  .form = "N/second, N/minute, N/hour or N/day, or bytes: Nb/s, Nkb/s, Nmb/s",
		  .type = OPT_STRING, .flags = OPT_INVERT, .id = O_ABOVE, .excl = F_BIT(O_UPTO),
		  .parse = hashlimit_rate },
		{ .name = "hashlimit",
		  .form = "N/second, N/minute, N/hour or N/day",
		  .type = OPT_STRING, .flags = OPT_INVERT, .id = O_UPTO, .excl = F_BIT(O_ABOVE),
		  .parse = hashlimit_rate },
		{ .name = "hashlimit-srcmask", .type = OPT_PLENMASK, .id = O_SRCMASK, .parse = hashlimit_parse },
		{ .name = "hashlimit-dstmask", .type = OPT_PLENMASK, .id = O_DSTMASK, .parse = hashlimit_parse },
		{ .name = "hashlimit-burst",
		  .form = "N, 1 to 1000000 packets; with a rate in bytes Nb, Nkb or Nmb, no less than the rate",
		  .type = OPT_STRING, .id = O_BURST, .parse = hashlimit_parse },
		{ .name = "hashlimit-htable-size", .type = OPT_UINT32, .id = O_SIZE, .parse = hashlimit_parse },
		{ .name = "hashlimit-htable-max", .type = OPT_UINT32, .id = O_MAX, .parse = hashlimit_parse },
		{ .name = "hashlimit-htable-gcinterval", .type = OPT_UINT32, .id = O_GCINT, .parse = hashlimit_parse },
		{ .name = "hashlimit-htable-expire", .type = OPT_UINT32, .id = O_EXPIRE, .parse = hashlimit_parse },
		{ .name = "hashlimit-mode",
		  .form = "a list of srcip, srcport, dstip and dstport, as in srcip,dstport",
		  .type = OPT_STRING, .id = O_MODE, .parse = mode_parse },
		{ .name = "hashlimit-name",
		  .form = "NAME",
		  .type = OPT_STRING, .flags = OPT_MUST, .id = O_NAME, .min = 1,
		  .parse = hashlimit_parse },
		{ .name = "hashlimit-rate-match", .type = OPT_NONE, .id = O_RATEMATCH, .parse = hashlimit_parse },
		{ .name = "hashlimit-rate-interval",
		  .form = "SECONDS, 1 or more",
		  .type = OPT_STRING, .id = O_INTERVAL, .parse = hashlimit_parse },
		{ 0 } },
	.init = hashlimit_init, .final = hashlimit_final, .check = hashlimit_check,
	.state_init = hashlimit_state_init, .state_free = hashlimit_state_free, .match = hashlimit_match,
	.save = hashlimit_save, .print = hashlimit_print, .explain = hashlimit_explain, .snapshot = hashlimit_snapshot,
};
