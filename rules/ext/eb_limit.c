// SPDX-License-Identifier: MIT
/* eb_limit.c - ebtables' limit match. ebtables-nft makes nf_tables' own limit of it (nft_limit.c), which counts in
 * nanoseconds where xt_limit counts in ticks. */
#include "rules/ext/credits.h"
#include "rules/ext/eb_util.h"
#include <stdlib.h>
#include <strings.h>

enum { O_LIMIT, O_BURST };
#define BURST_DEFAULT 5

struct info { uint32_t avg, burst; };	/* avg: 1/10000 seconds a packet */
struct state { uint64_t tokens, last; };	/* ns */

static const struct { const char *name, *full; uint32_t secs; } periods[] = {
	{ "day", "day", 24 * 60 * 60 }, { "hour", "hour", 60 * 60 }, { "min", "minute", 60 }, { "sec", "second", 1 },
};

static void init(void *info)
{
	struct info *i = info;

	i->avg = LIMIT_SCALE * 3600 / 3;	/* 3/hour */
	i->burst = BURST_DEFAULT;
}

static bool parse_rate(struct ext_cb *cb, struct info *i)
{
	const char *slash = strchr(cb->arg, '/');
	uint32_t secs = slash ? 0 : 1, r = (uint32_t)strtol(cb->arg, NULL, 10);

	for (size_t k = ARRAY_SIZE(periods); slash && slash[1] && k-- > 0 && !secs;)
		if (strncasecmp(slash + 1, periods[k].full, strlen(slash + 1)) == 0)
			secs = periods[k].secs;
	if (!secs || !r)
		return ext_error(cb, "bad rate `%s'", cb->arg);
	i->avg = LIMIT_SCALE * secs / r;
	return i->avg || ext_error(cb, "Rate too fast \"%s\"", cb->arg);
}

static bool parse(struct ext_cb *cb)
{
	struct info *i = cb->info;
	uint64_t v;

	if (!eb_once(cb))
		return false;
	if (cb->invert)
		return ext_error(cb, "Unexpected `!' after --%s", cb->opt->name);
	if (cb->opt->id == O_LIMIT)
		return parse_rate(cb, i);
	if (!ext_strtoul(cb->arg, NULL, &v, 0, 10000))
		return ext_error(cb, "bad --limit-burst `%s'", cb->arg);
	i->burst = v ? (uint32_t)v : BURST_DEFAULT;
	return true;
}

/* As so many packets a second, minute, hour or day: what the kernel is told. */
static uint32_t rate_of(uint32_t avg, size_t *ret_period)
{
	size_t k = 1;

	while (k < ARRAY_SIZE(periods) && avg <= LIMIT_SCALE * periods[k].secs &&
	       LIMIT_SCALE * periods[k].secs / avg >= LIMIT_SCALE * periods[k].secs % avg)
		k++;
	*ret_period = k - 1;
	return LIMIT_SCALE * periods[k - 1].secs / avg;
}

/* Nanoseconds of one packet, and of a whole bucket. */
static void costs(const struct info *i, uint64_t *cost, uint64_t *max)
{
	size_t k;
	uint64_t rate = rate_of(i->avg, &k), nsecs = periods[k].secs * NSEC_PER_SEC;

	*cost = nsecs / rate;
	*max = nsecs / rate * i->burst;
}

static void state_init(struct host *h, void *state, const void *info, const struct rule *r UNUSED)
{
	struct state *s = state;
	uint64_t cost;

	costs(info, &cost, &s->tokens);
	s->last = h->clock->now;
}

static uint64_t tokens_now(const struct state *s, uint64_t max, uint64_t now)
{
	return MIN(s->tokens + (now - s->last), max);
}

static bool match(struct xt_ctx *c, const void *info)
{
	struct state *s = c->state;
	uint64_t cost, max, now = c->host->clock->now, have;
	bool ok;

	costs(info, &cost, &max);
	have = tokens_now(s, max, now);
	ok = have >= cost;
	s->last = now;
	s->tokens = ok ? have - cost : have;
	if (trace_on(c->host->trace, EV_LIMIT))
		ext_limited(c, "limit", !ok, NULL, have, cost, ok ? 0 : (cost - have + NSEC_PER_JIFFY - 1) / NSEC_PER_JIFFY);
	return ok;
}

static void save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct info *i = info;
	size_t k;
	uint32_t rate = rate_of(i->avg, &k);
	uint32_t avg = LIMIT_SCALE * periods[k].secs / rate;	/* as it is read back */

	rate = rate_of(avg, &k);
	sb_printf(out, "--limit %u/%s --limit-burst %u ", rate, periods[k].name, i->burst);
}

static void explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct info *i = info;
	uint64_t cost, max, have;
	size_t k;
	uint32_t rate = rate_of(i->avg, &k);

	costs(i, &cost, &max);
	have = tokens_now(c->state, max, c->host->clock->now);
	sb_printf(out, "the bucket of this rule holds %u.%02u packets of %u, a packet costs 1; rate %u/%s", (unsigned)(have / cost),
		  (unsigned)(have % cost * 100 / cost), i->burst, rate, periods[k].name);
	if (have < cost) {
		sb_puts(out, ", one more passes in ");
		ext_say_span(cost - have, out);
	}
}

const struct match_ext ext_eb_limit = {
	.name = "limit", .families = EXT_EB, .size = sizeof(struct info), .state_size = sizeof(struct state), .stateful = true,
	.opts = (const struct ext_opt[]){
		{ .name = "limit",
		  .form = "N/second, N/minute, N/hour or N/day",
		  .type = OPT_STRING, .flags = OPT_OLD, .id = O_LIMIT, .parse = parse },
		{ .name = "limit-burst",
		  .form = "N, from 1 to 10000",
		  .type = OPT_STRING, .flags = OPT_OLD, .id = O_BURST, .parse = parse },
		{ 0 } },
	.init = init, .state_init = state_init, .match = match, .save = save, .explain = explain,
};
