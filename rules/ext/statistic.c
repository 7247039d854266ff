// SPDX-License-Identifier: MIT
/* statistic.c - "-m statistic --mode nth|random": every Nth packet, or a share of them by chance. */
#include "rules/ext/util.h"
#include <math.h>

enum statistic_mode { MODE_RANDOM, MODE_NTH };

struct statistic_info {
	uint8_t mode;
	bool invert;
	uint32_t probability;			/* of 2^31 */
	uint32_t every, packet, count;		/* every: one less than written, as the kernel counts 0..every */
};
struct statistic_state {
	uint32_t count, draw;
	uint64_t event, hits;			/* of a recorded run: how often the rule has still to match in this event */
};

enum { O_MODE, O_PROBABILITY, O_EVERY, O_PACKET };
#define F_BIT(i) (1u << (i))

static bool statistic_parse(struct ext_cb *cb)
{
	struct statistic_info *m = cb->info;

	if (cb->invert)
		m->invert = true;
	switch (cb->opt->id) {
	case O_MODE:
		if (!strcmp(cb->arg, "random"))
			m->mode = MODE_RANDOM;
		else if (!strcmp(cb->arg, "nth"))
			m->mode = MODE_NTH;
		else
			return ext_error(cb, "Bad mode \"%s\"", cb->arg) ||
		       ext_hint_one_of(cb, cb->arg, strlen(cb->arg), "random nth");
		break;
	case O_PROBABILITY:
		m->probability = (uint32_t)lround(0x80000000 * cb->val.dbl);
		m->every = m->probability;	/* one place in iptables; what --packet is checked against */
		break;
	case O_EVERY:
		m->every = cb->val.u32 - 1;
		break;
	case O_PACKET:
		m->packet = cb->val.u32;
		break;
	}
	return true;
}

static bool statistic_final(struct ext_cb *cb)
{
	struct statistic_info *m = cb->info;

	if (m->mode == MODE_RANDOM && !(cb->xflags & F_BIT(O_PROBABILITY)))
		return ext_error(cb, "--probability must be specified when using random mode");
	if (m->mode == MODE_NTH && !(cb->xflags & (F_BIT(O_EVERY) | F_BIT(O_PACKET))))
		return ext_error(cb, "--every and --packet must be specified when using nth mode");
	if (m->packet > m->every)
		return ext_error(cb, "the --packet p must be 0 <= p <= n-1");
	m->count = m->every - m->packet;
	return true;
}

static void statistic_state_init(struct host *h UNUSED, void *state, const void *info, const struct rule *r UNUSED)
{
	struct statistic_state *s = state;

	s->count = ((const struct statistic_info *)info)->count;
}

/* At probability 0 or 1 there are no dice: the record would only say that what stands behind failed. */
static bool by_chance(const struct statistic_info *m)
{
	return m->mode == MODE_RANDOM && m->probability && m->probability < 0x80000000;
}

/* What the dice gave in a recorded run; a rule that had more packets than matches matched the first ones. What stands
 * behind it in the rule does not matter: where that failed, the rule did not match either. */
static bool recorded_dice(struct xt_ctx *c, struct statistic_state *s, bool *ret)
{
	uint64_t event, hits;

	if (!c->host->recorded_hits || !c->host->recorded_hits(c->host, c->rule, &event, &hits))
		return false;
	if (s->event != event + 1) {
		s->event = event + 1;
		s->hits = hits;
	}
	*ret = s->hits > 0;
	s->hits -= *ret;
	return true;
}

static bool statistic_match(struct xt_ctx *c, const void *info)
{
	const struct statistic_info *m = info;
	struct statistic_state *s = c->state;
	bool hit;

	if (m->mode == MODE_RANDOM) {
		if (by_chance(m) && recorded_dice(c, s, &hit))
			return hit;
		s->draw = rng_u32(&c->host->rng_statistic) & 0x7fffffff;
		return (s->draw < m->probability) != m->invert;
	}
	s->count = s->count == m->every ? 0 : s->count + 1;
	return (s->count == 0) != m->invert;
}

static void statistic_dump(const struct statistic_info *m, const char *prefix, struct strbuf *out)
{
	const char *not = m->invert ? " !" : "";

	if (m->mode == MODE_RANDOM) {
		sb_printf(out, " %smode random%s %sprobability %.11f", prefix, not, prefix, 1.0 * m->probability / 0x80000000);
		return;
	}
	sb_printf(out, " %smode nth%s %severy %u", prefix, not, prefix, m->every + 1);
	if (m->packet || *prefix)
		sb_printf(out, " %spacket %u", prefix, m->packet);
}

static void statistic_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	statistic_dump(info, "--", out);
}

static void statistic_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	sb_puts(out, " statistic");
	statistic_dump(info, "", out);
}

/* The state is that after the packet was counted, or drawn for. */
static void statistic_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct statistic_info *m = info;
	const struct statistic_state *s = c->state;

	if (by_chance(m) && c->host->recorded_hits)
		sb_puts(out, "chance fell as it did in the record");
	else if (m->mode == MODE_RANDOM)
		sb_printf(out, "chance drew %.4f, rule wants %s %.4f", s->draw / 2147483648.0, m->invert ? "at least" : "less than",
			  m->probability / 2147483648.0);
	else
		sb_printf(out, "the counter of this rule stands at %u of 0..%u, rule wants %s0", s->count, m->every,
			  m->invert ? "anything but " : "");
}

const struct match_ext ext_statistic = {
	.name = "statistic", .families = EXT_ANY, .size = sizeof(struct statistic_info),
	.state_size = sizeof(struct statistic_state), .stateful = true,
	.form = "-m statistic --mode random --probability 0.5, or --mode nth --every 4 --packet 0",
	.opts = (const struct ext_opt[]){
		{ .name = "mode",
		  .form = "random or nth",
		  .type = OPT_STRING, .flags = OPT_MUST, .id = O_MODE, .parse = statistic_parse },
		{ .name = "probability",
		  .form = "N, from 0 to 1, as in 0.25",
		  .type = OPT_DOUBLE, .flags = OPT_INVERT, .id = O_PROBABILITY, .min = 0, .max = 1,
		  .excl = F_BIT(O_EVERY) | F_BIT(O_PACKET), .parse = statistic_parse },
		{ .name = "every",
		  .form = "N, 1 or more: one packet of N",
		  .type = OPT_UINT32, .flags = OPT_INVERT, .id = O_EVERY, .min = 1,
		  .excl = F_BIT(O_PROBABILITY), .also = F_BIT(O_PACKET), .parse = statistic_parse },
		{ .name = "packet", .form = "P, from 0 to N-1 of --every N", .type = OPT_UINT32, .id = O_PACKET,
		  .excl = F_BIT(O_PROBABILITY), .also = F_BIT(O_EVERY), .parse = statistic_parse },
		{ 0 } },
	.final = statistic_final, .state_init = statistic_state_init, .match = statistic_match,
	.save = statistic_save, .print = statistic_print, .explain = statistic_explain,
};
