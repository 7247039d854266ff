// SPDX-License-Identifier: MIT
/* limit.c - "-m limit --limit RATE --limit-burst N": a token bucket per rule. */
#include "rules/ext/credits.h"
#include "rules/ext/util.h"
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

struct limit_info { uint32_t avg, burst; };	/* avg: 1/10000 seconds a packet */
struct limit_state { uint64_t prev; uint32_t credit, cap, cost; };

static const struct { const char *name, *full; uint32_t mult; } periods[] = {
	{ "day", "day", 24 * 60 * 60 }, { "hour", "hour", 60 * 60 }, { "min", "minute", 60 }, { "sec", "second", 1 },
};

static void limit_init(void *info)
{
	struct limit_info *m = info;

	m->avg = LIMIT_SCALE * 3600 / 3;	/* 3/hour */
	m->burst = 5;
}

/* "/s", "/sec", "/minute": any beginning of the full word, in either case. */
static bool period_parse(const char *s, uint32_t *ret_mult)
{
	for (size_t i = 0; i < ARRAY_SIZE(periods) && *s; i++) {
		if (strncasecmp(s, periods[i].full, strlen(s)))
			continue;
		*ret_mult = periods[i].mult;
		return true;
	}
	return false;
}

static bool limit_parse(struct ext_cb *cb)
{
	struct limit_info *m = cb->info;
	const char *slash = strchr(cb->arg, '/');
	uint32_t mult = 1, r;

	if (cb->opt->type == OPT_UINT32) {
		m->burst = cb->val.u32;
		return true;
	}
	r = (uint32_t)strtol(cb->arg, NULL, 10);
	if ((slash && !period_parse(slash + 1, &mult)) || !r)
		return ext_error(cb, "bad rate \"%s\"'", cb->arg) ||
		       ext_hint(cb, "a rate is a number and a time, as in 5/second, 10/minute, 3/hour, 1/day");
	m->avg = LIMIT_SCALE * mult / r;
	if (!m->avg)
		return ext_error(cb, "Rate too fast \"%s\"", cb->arg);
	return true;
}

static bool limit_check(struct ext_check *c)
{
	const struct limit_info *m = c->info;

	if (m->burst && limit_credits(m->avg * m->burst) >= limit_credits(m->avg))
		return true;
	c->err = ERANGE;
	return ext_refuse(c, "xt_limit: Overflow, try lower: %u/%u", m->avg, m->burst);
}

static void limit_state_init(struct host *h, void *state, const void *info, const struct rule *r UNUSED)
{
	const struct limit_info *m = info;
	struct limit_state *s = state;

	s->prev = host_jiffies(h);
	s->credit = s->cap = limit_credits(m->avg * m->burst);
	s->cost = limit_credits(m->avg);
}

/* Jiffies until the bucket holds the cost of one packet. */
static uint64_t wait_ticks(const struct limit_state *s, uint32_t credit)
{
	return credit >= s->cost ? 0 : (s->cost - credit + CREDITS_PER_JIFFY - 1) / CREDITS_PER_JIFFY;
}

/* After 37 hours without a packet the gain no longer fits in 32 bits and wraps, as it does in the kernel. */
static uint32_t credit_now(const struct limit_state *s, uint64_t now)
{
	uint32_t credit = s->credit + (uint32_t)((now - s->prev) * CREDITS_PER_JIFFY);

	return MIN(credit, s->cap);
}

static bool limit_match(struct xt_ctx *c, const void *info UNUSED)
{
	struct limit_state *s = c->state;
	uint64_t now = host_jiffies(c->host);
	uint32_t have;
	bool ok;

	if (s->credit < s->cost && s->prev == now) {
		have = s->credit;
		ok = false;
	} else {
		have = credit_now(s, now);
		ok = have >= s->cost;
		s->prev = now;
		s->credit = ok ? have - s->cost : have;
	}
	if (trace_on(c->host->trace, EV_LIMIT))
		ext_limited(c, "limit", !ok, NULL, have, s->cost, wait_ticks(s, s->credit));
	return ok;
}

static void rate_save(uint32_t avg, struct strbuf *out)
{
	size_t i;

	for (i = 1; i < ARRAY_SIZE(periods); i++) {
		uint32_t unit = LIMIT_SCALE * periods[i].mult;

		if (avg > unit || unit / avg < unit % avg)
			break;
	}
	sb_printf(out, " %u/%s", LIMIT_SCALE * periods[i - 1].mult / avg, periods[i - 1].name);
}

static void limit_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct limit_info *m = info;

	sb_puts(out, " --limit");
	rate_save(m->avg, out);
	if (m->burst != 5)
		sb_printf(out, " --limit-burst %u", m->burst);
}

static void limit_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct limit_info *m = info;

	sb_puts(out, " limit: avg");
	rate_save(m->avg, out);
	sb_printf(out, " burst %u", m->burst);
}

static void limit_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct limit_info *m = info;
	const struct limit_state *s = c->state;
	uint64_t now = host_jiffies(c->host);
	uint32_t have = credit_now(s, now);
	uint64_t ticks = wait_ticks(s, have);

	sb_printf(out, "the bucket of this rule holds %u.%02u packets of %u, a packet costs 1; rate", have / s->cost,
		  (unsigned)((uint64_t)have % s->cost * 100 / s->cost), s->cap / s->cost);
	rate_save(m->avg, out);
	if (ticks) {
		sb_puts(out, ", one more passes in ");
		ext_say_span((now + ticks) * NSEC_PER_JIFFY - c->host->clock->now, out);
	}
}

const struct match_ext ext_limit = {
	.name = "limit", .families = EXT_ANY, .size = sizeof(struct limit_info), .state_size = sizeof(struct limit_state),
	.stateful = true,
	.form = "-m limit --limit 5/second --limit-burst 10",
	.opts = (const struct ext_opt[]){
		{ .name = "limit",
		  .form = "N/second, N/minute, N/hour or N/day, at most 10000/second",
		  .type = OPT_STRING, .id = 0, .parse = limit_parse },
		{ .name = "limit-burst", .type = OPT_UINT32, .id = 1, .max = 10000, .parse = limit_parse },
		{ 0 } },
	.init = limit_init, .check = limit_check, .state_init = limit_state_init, .match = limit_match,
	.save = limit_save, .print = limit_print, .explain = limit_explain,
};
