// SPDX-License-Identifier: MIT
/* RATEEST.c - "-j RATEEST": counts the packet in a rate estimator; it goes on (net/netfilter/xt_RATEEST.c). */
#include "rules/ext/rateest.h"
#include "rules/ext/util.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum { O_NAME, O_INTERVAL, O_EWMALOG };
#define USEC 1000000u

/* The two times are only needed while the rule is read. */
struct rateest_tg_info { struct rateest_params p; uint32_t interval_us, ewma_us; };
extern const struct target_ext ext_RATEEST_target;
struct rateest_tg_state { struct rateest *est; };

static void rateest_free(struct xt_named *t)
{
	free(container_of(t, struct rateest, named));
}

struct rateest *rateest_get(struct host *h, const struct rateest_params *p, uint8_t family)
{
	struct xt_named *t = named_get(h, RATEEST_KIND, p->name, family);
	struct rateest *e;

	if (t)
		return container_of(t, struct rateest, named);
	e = xcalloc(1, sizeof(*e));
	e->interval_log = (uint8_t)(p->interval + 2);
	e->ewma_log = p->ewma_log;
	e->next = host_jiffies(h) + ((uint64_t)(HZ / 4) << e->interval_log);
	e->fires = evq_wheel(host_jiffies(h), e->next);
	named_add(h, &e->named, RATEEST_KIND, p->name, family, rateest_free);
	return e;
}

static void tick(struct rateest *e)
{
	uint64_t bytes = (e->bytes - e->last_bytes) << (10 - e->interval_log);
	uint64_t packets = (e->packets - e->last_packets) << (10 - e->interval_log);

	e->avbps += (bytes >> e->ewma_log) - (e->avbps >> e->ewma_log);
	e->avpps += (packets >> e->ewma_log) - (e->avpps >> e->ewma_log);
	e->last_bytes = e->bytes;
	e->last_packets = e->packets;
}

/* Ticks are worked off when somebody looks: a timer that never ends would never let a run end. */
void rateest_update(struct host *h, struct rateest *e)
{
	uint64_t now = host_jiffies(h), every = (uint64_t)(HZ / 4) << e->interval_log, was[2];

	while (e->fires <= now) {
		was[0] = e->avbps;
		was[1] = e->avpps;
		tick(e);
		e->next += every;
		if (e->avbps == was[0] && e->avpps == was[1] && e->next + every < now) {
			e->next += (now - e->next) / every * every;	/* nothing moves any more */
			e->fires = e->next - every;
		}
		e->fires = evq_wheel(e->fires, e->next);
	}
}

/* ---- the rule ---- */

static bool time_parse(const char *s, uint32_t *ret)
{
	static const struct { const char *unit; double us; } units[] = {
		{ "", 1 }, { "s", 1e6 }, { "sec", 1e6 }, { "secs", 1e6 }, { "ms", 1e3 }, { "msec", 1e3 }, { "msecs", 1e3 },
		{ "us", 1 }, { "usec", 1 }, { "usecs", 1 },
	};
	char *end;
	double t = strtod(s, &end);

	if (end == s)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcasecmp(end, units[i].unit))
			continue;
		t *= units[i].us;
		*ret = t >= 0 && t < 1.8e19 ? (uint32_t)(uint64_t)t : t < 0 && t > -9e18 ? (uint32_t)(int64_t)t : 0;
		return true;
	}
	return false;
}

static bool tg_parse(struct ext_cb *cb)
{
	struct rateest_tg_info *t = cb->info;

	switch (cb->opt->id) {
	case O_NAME:
		snprintf(t->p.name, sizeof(t->p.name), "%s", cb->arg);
		return true;
	case O_INTERVAL:
		return time_parse(cb->arg, &t->interval_us) || ext_error(cb, "RATEEST: bad interval value \"%s\"", cb->arg);
	default:
		return time_parse(cb->arg, &t->ewma_us) || ext_error(cb, "RATEEST: bad ewmalog value \"%s\"", cb->arg);
	}
}

static bool tg_final(struct ext_cb *cb)
{
	struct rateest_tg_info *t = cb->info;
	unsigned interval = 0, ewma = 1;

	while (interval <= 5 && t->interval_us > (1u << interval) * (USEC / 4))
		interval++;
	if (interval > 5)
		return ext_error(cb, "RATEEST: interval value is too large");
	while (ewma < 32 && t->interval_us / -log(1.0 - 1.0 / (double)(1u << ewma)) <= t->ewma_us)
		ewma++;
	ewma--;
	if (ewma == 0 || ewma >= 31)
		return ext_error(cb, "RATEEST: ewmalog value is out of range");
	t->p.interval = (int8_t)(interval - 2);
	t->p.ewma_log = (uint8_t)ewma;
	return true;
}

const struct rateest_params *rateest_before(const struct rule *r, const char *name)
{
	const struct table *mine = r->chain->table;
	const struct ruleset *rs = mine->ruleset;

	for (uint32_t t = 0; t < rs->nr_tables; t++) {
		const struct table *tab = rs->table[t];

		for (uint32_t i = 0; i < tab->nr_chains; i++)
			for (uint32_t k = 0; k < tab->chain[i]->nr_rules; k++) {
				const struct rule *other = tab->chain[i]->rule[k];
				const struct rateest_tg_info *info = other->target_info;

				if (other == r)
					return NULL;
				if (other->ext == &ext_RATEEST_target && strcmp(info->p.name, name) == 0)
					return &info->p;
			}
		if (tab == mine)
			return NULL;
	}
	return NULL;
}

/* An estimator that is there must be the same. */
static bool tg_check(struct ext_check *c)
{
	const struct rateest_tg_info *t = c->info;
	const struct rateest_params *old = rateest_before(c->rule, t->p.name);

	if (old && (old->interval != t->p.interval || old->ewma_log != t->p.ewma_log))
		return ext_refuse_silent(c, "estimator \"%s\" has other times in a rule before", t->p.name);
	return true;
}

static void tg_state_init(struct host *h, void *state, const void *info, const struct rule *r)
{
	const struct rateest_tg_info *t = info;

	((struct rateest_tg_state *)state)->est = rateest_get(h, &t->p, r->chain->table->family);
}

static void tg_state_free(struct host *h, void *state)
{
	struct rateest_tg_state *s = state;

	if (s->est)
		named_put(h, &s->est->named, s);
	s->est = NULL;
}

static enum xt_verdict tg_target(struct xt_ctx *c, const void *info UNUSED)
{
	struct rateest *e = ((struct rateest_tg_state *)c->state)->est;

	rateest_update(c->host, e);
	e->bytes += pkt_len(c->pkt);
	e->packets++;
	return XT_CONTINUE;
}

static void put_time(uint32_t us, struct strbuf *out)
{
	if (us >= USEC)
		sb_printf(out, " %.1fs", (double)us / USEC);
	else if (us >= 1000)
		sb_printf(out, " %.1fms", us / 1000.0);
	else
		sb_printf(out, " %uus", us);
}

static void put(const struct rateest_tg_info *t, const char *before, struct strbuf *out)
{
	uint32_t interval = (USEC << (t->p.interval + 2)) / 4;

	sb_printf(out, " %sname %s %sinterval", before, t->p.name, before);
	put_time(interval, out);
	sb_printf(out, " %sewmalog", before);
	put_time(interval << t->p.ewma_log, out);	/* overflows, as in iptables */
}

static void tg_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	put(info, "--rateest-", out);
}

static void tg_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	put(info, "", out);
}

static void tg_explain(struct xt_ctx *c UNUSED, const void *info, struct strbuf *out)
{
	sb_printf(out, "counts the packet in estimator %s; it goes on to the next rule",
		  ((const struct rateest_tg_info *)info)->p.name);
}

const struct target_ext ext_RATEEST_target = {
	.name = "RATEEST", .families = EXT_ANY, .size = sizeof(struct rateest_tg_info), .state_size = sizeof(struct rateest_tg_state),
	.stateful = true,
	.form = "-j RATEEST --rateest-name NAME --rateest-interval 250ms --rateest-ewmalog 1s",
	.opts = (const struct ext_opt[]){
		{ .name = "rateest-name", .type = OPT_STRING, .flags = OPT_MUST, .id = O_NAME, .parse = tg_parse },
		{ .name = "rateest-interval",
		  .form = "TIME, from 250ms to 8s",
		  .type = OPT_STRING, .flags = OPT_MUST, .id = O_INTERVAL, .parse = tg_parse },
		{ .name = "rateest-ewmalog",
		  .form = "TIME, longer than the interval, as in 1s with --rateest-interval 250ms",
		  .type = OPT_STRING, .flags = OPT_MUST, .id = O_EWMALOG, .parse = tg_parse },
		{ 0 } },
	.final = tg_final, .check = tg_check, .target = tg_target, .save = tg_save, .print = tg_print, .explain = tg_explain,
	.state_init = tg_state_init, .state_free = tg_state_free,
};
