// SPDX-License-Identifier: MIT
/* rateest.c - "-m rateest": compares the rates of estimators (net/netfilter/xt_rateest.c). */
#include "rules/ext/rateest.h"
#include "rules/ext/util.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum { O_EST1, O_EST2, O_BPS1, O_PPS1, O_BPS2, O_PPS2, O_DELTA, O_LT, O_GT, O_EQ };
#define BIT(o) (1u << (o))

struct rateest_info {
	char name[2][RATEEST_NAME];
	uint32_t bps[2], pps[2];
	bool rel, delta, has_bps, has_pps, invert;
	uint8_t mode;			/* O_LT, O_GT, O_EQ, or 0 */
};
struct rateest_state { struct rateest *est[2]; };

static bool rate_parse(const char *s, uint32_t *ret)
{
	static const struct { const char *unit; double bits; } units[] = {
		{ "", 1 }, { "bit", 1 }, { "Kibit", 1024. }, { "kbit", 1e3 }, { "Mibit", 1048576. }, { "mbit", 1e6 },
		{ "Gibit", 1073741824. }, { "gbit", 1e9 }, { "Tibit", 1099511627776. }, { "tbit", 1e12 }, { "Bps", 8 },
		{ "KiBps", 8 * 1024. }, { "KBps", 8e3 }, { "MiBps", 8 * 1048576. }, { "MBps", 8e6 }, { "GiBps", 8 * 1073741824. },
		{ "GBps", 8e9 }, { "TiBps", 8 * 1099511627776. }, { "TBps", 8e12 },
	};
	char *end;
	double v = strtod(s, &end);

	if (end == s)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcasecmp(end, units[i].unit))
			continue;
		v = v * units[i].bits / 8;
		*ret = v >= 0 && v < 1.8e19 ? (uint32_t)(uint64_t)v : 0;	/* cut as iptables cuts it */
		return true;
	}
	return false;
}

static bool value_parse(struct ext_cb *cb, struct rateest_info *m)
{
	int o = cb->opt->id, i = o >= O_BPS2;
	uint64_t v;

	if (o == O_BPS1 || o == O_BPS2) {
		m->has_bps = true;
		return !cb->arg2 || rate_parse(cb->arg2, &m->bps[i]) || ext_error(cb, "rateest: could not parse rate `%s'", cb->arg2);
	}
	m->has_pps = true;
	if (!cb->arg2)
		return true;
	if (!ext_strtoul(cb->arg2, NULL, &v, 0, UINT32_MAX))
		return ext_error(cb, "rateest: could not parse pps `%s'", cb->arg2);
	m->pps[i] = (uint32_t)v;
	return true;
}

static bool rateest_parse(struct ext_cb *cb)
{
	static const char *const names[] = { "rateest", "rateest", "rateest-bps", "rateest-pps", "rateest-bps", "rateest-pps",
					     "rateest-delta" };
	static const char *const twice[] = { "--rateest1", "--rateest2", "--rateest-bps1", "--rateest-pps1", "--rateest-bps2",
					     "--rateest-pps2", "--rateest-delta", "lt/gt/eq", "lt/gt/eq", "lt/gt/eq" };
	struct rateest_info *m = cb->info;
	int o = cb->opt->id;

	if (cb->invert && o < O_LT)
		return ext_error(cb, "rateest: %s can't be inverted", names[o]) || ext_hint_not(cb);
	if (cb->xflags & BIT(o))
		return ext_error(cb, "rateest: can't specify %s twice", twice[o]);
	switch (o) {
	case O_EST2:
		m->rel = true;
		/* fall through */
	case O_EST1:
		snprintf(m->name[o == O_EST2], RATEEST_NAME, "%s", cb->arg);
		return true;
	case O_DELTA:
		m->delta = true;
		return true;
	case O_LT: case O_GT: case O_EQ:
		m->mode = (uint8_t)o;
		m->invert |= cb->invert;
		return true;
	default:
		return value_parse(cb, m);
	}
}

static bool rateest_check(struct ext_check *c)
{
	const struct rateest_info *m = c->info;

	if (!m->has_bps && !m->has_pps)
		return ext_refuse_silent(c, "neither bytes nor packets are to be compared");
	if (!m->mode)
		return ext_refuse_silent(c, "how to compare is not said: --rateest-lt, -gt or -eq");
	c->err = ENOENT;
	for (int i = 0; i <= m->rel; i++)
		if (!rateest_before(c->rule, m->name[i]))
			return ext_refuse_silent(c, "there is no estimator \"%s\": a RATEEST rule must come before", m->name[i]);
	return true;
}

static void rateest_state_init(struct host *h, void *state, const void *info, const struct rule *r)
{
	const struct rateest_info *m = info;
	struct rateest_state *s = state;
	const struct rateest_params *p;

	for (int i = 0; i <= m->rel; i++)
		if ((p = rateest_before(r, m->name[i])))
			s->est[i] = rateest_get(h, p, r->chain->table->family);
}

static void rateest_state_free(struct host *h, void *state)
{
	struct rateest_state *s = state;

	for (int i = 0; i < 2; i++) {
		if (s->est[i])
			named_put(h, &s->est[i]->named, s);
		s->est[i] = NULL;
	}
}

static bool compare(uint8_t mode, uint64_t a, uint64_t b)
{
	return mode == O_LT ? a < b : mode == O_GT ? a > b : a == b;
}

/* Bytes and packets a second, one side each. */
static void sides(const struct rateest_info *m, const struct rateest_state *s, uint64_t bps[2], uint64_t pps[2])
{
	for (int i = 0; i < 2; i++) {
		const struct rateest *e = s->est[i];

		bps[i] = e ? e->avbps >> 8 : m->bps[i];
		pps[i] = e ? e->avpps >> 8 : m->pps[i];
		if (e && m->delta) {
			bps[i] = m->bps[i] >= bps[i] ? m->bps[i] - bps[i] : 0;
			pps[i] = m->pps[i] >= pps[i] ? m->pps[i] - pps[i] : 0;
		}
	}
}

static bool rateest_match(struct xt_ctx *c, const void *info)
{
	const struct rateest_info *m = info;
	struct rateest_state *s = c->state;
	uint64_t bps[2], pps[2];
	bool ok;

	for (int i = 0; i <= m->rel; i++)
		rateest_update(c->host, s->est[i]);
	sides(m, s, bps, pps);
	ok = (!m->has_bps || compare(m->mode, bps[0], bps[1])) && (!m->has_pps || compare(m->mode, pps[0], pps[1]));
	return ok != m->invert;
}

/* ---- printing ---- */

static void put_rate(uint32_t rate, bool numeric, struct strbuf *out)
{
	double bits = (double)rate * 8;

	if (numeric)
		sb_printf(out, " %u", rate);
	else if (bits >= 1e9)
		sb_printf(out, " %.0fMbit", bits / 1e6);
	else if (bits >= 1e6)
		sb_printf(out, " %.0fKbit", bits / 1e3);
	else
		sb_printf(out, " %.0fbit", bits);
}

static void put_mode(const struct rateest_info *m, const char *before, struct strbuf *out)
{
	sb_printf(out, "%s %s%s", m->invert ? " !" : "", before, m->mode == O_LT ? "lt" : m->mode == O_GT ? "gt" : m->mode ? "eq" : "");
}

static void save_rate(const struct rateest_info *m, const char *name, const uint32_t v[2], bool numeric, struct strbuf *out)
{
	if (m->delta) {
		sb_printf(out, " --rateest-%s1", name);
		put_rate(v[0], numeric, out);
	}
	put_mode(m, "--rateest-", out);
	sb_printf(out, " --rateest-%s%s", name, m->delta ? "2" : "");
	if (!m->rel || m->delta)
		put_rate(v[1], numeric, out);
}

static void rateest_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct rateest_info *m = info;

	sb_puts(out, m->delta ? " --rateest-delta" : "");
	sb_printf(out, " --rateest%s %s", m->rel ? "1" : "", m->name[0]);
	if (m->has_bps)
		save_rate(m, "bps", m->bps, false, out);
	if (m->has_pps)
		save_rate(m, "pps", m->pps, true, out);
	if (m->rel)
		sb_printf(out, " --rateest2 %s", m->name[1]);
}

static void print_side(const struct rateest_info *m, int i, bool numeric, struct strbuf *out)
{
	bool abs = i == 0 && !m->rel;

	if (m->has_bps) {
		sb_puts(out, " bps");
		if (m->delta)
			put_rate(m->bps[i], numeric, out);
		if (abs) {
			put_rate(m->bps[1], numeric, out);
			put_mode(m, "", out);
		}
	}
	if (m->has_pps) {
		sb_puts(out, " pps");
		if (m->delta)
			sb_printf(out, " %u", m->pps[i]);
		if (abs) {
			put_mode(m, "", out);
			sb_printf(out, " %u", m->pps[1]);
		}
	}
}

static void rateest_print(const void *info, const struct rule *r UNUSED, bool numeric, struct strbuf *out)
{
	const struct rateest_info *m = info;

	sb_printf(out, " rateest match %s%s", m->name[0], m->delta ? " delta" : "");
	print_side(m, 0, numeric, out);
	if (!m->rel)
		return;
	put_mode(m, "", out);
	sb_printf(out, " %s", m->name[1]);
	print_side(m, 1, numeric, out);
}

static void rateest_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	static const char *const words[] = { [O_LT] = "less than", [O_GT] = "more than", [O_EQ] = "equal to" };
	const struct rateest_info *m = info;
	uint64_t bps[2], pps[2];

	sides(m, c->state, bps, pps);
	if (m->has_bps)
		sb_printf(out, "%llu bytes/s and %llu", (unsigned long long)bps[0], (unsigned long long)bps[1]);
	if (m->has_pps)
		sb_printf(out, "%s%llu packets/s and %llu", m->has_bps ? ", " : "", (unsigned long long)pps[0],
			  (unsigned long long)pps[1]);
	sb_printf(out, ", rule wants the first %s%s the second", m->invert ? "not " : "", words[m->mode]);
}

const struct match_ext ext_rateest = {
	.name = "rateest", .families = EXT_ANY, .size = sizeof(struct rateest_info), .state_size = sizeof(struct rateest_state),
	.stateful = true,
	.form = "-m rateest --rateest NAME --rateest-gt --rateest-bps 1mbit",
	.opts = (const struct ext_opt[]){
		{ .name = "rateest1", .type = OPT_STRING, .flags = OPT_OLD, .id = O_EST1, .parse = rateest_parse },
		{ .name = "rateest", .type = OPT_STRING, .flags = OPT_OLD, .id = O_EST1, .parse = rateest_parse },
		{ .name = "rateest2", .type = OPT_STRING, .flags = OPT_OLD, .id = O_EST2, .parse = rateest_parse },
		{ .name = "rateest-bps1", .type = OPT_NONE, .flags = OPT_OLD | OPT_MAYARG, .id = O_BPS1, .parse = rateest_parse },
		{ .name = "rateest-pps1", .type = OPT_NONE, .flags = OPT_OLD | OPT_MAYARG, .id = O_PPS1, .parse = rateest_parse },
		{ .name = "rateest-bps2", .type = OPT_NONE, .flags = OPT_OLD | OPT_MAYARG, .id = O_BPS2, .parse = rateest_parse },
		{ .name = "rateest-pps2", .type = OPT_NONE, .flags = OPT_OLD | OPT_MAYARG, .id = O_PPS2, .parse = rateest_parse },
		{ .name = "rateest-bps", .type = OPT_NONE, .flags = OPT_OLD | OPT_MAYARG, .id = O_BPS2, .parse = rateest_parse },
		{ .name = "rateest-pps", .type = OPT_NONE, .flags = OPT_OLD | OPT_MAYARG, .id = O_PPS2, .parse = rateest_parse },
		{ .name = "rateest-delta", .type = OPT_NONE, .flags = OPT_OLD, .id = O_DELTA, .parse = rateest_parse },
		{ .name = "rateest-lt", .type = OPT_NONE, .flags = OPT_OLD, .id = O_LT, .parse = rateest_parse },
		{ .name = "rateest-gt", .type = OPT_NONE, .flags = OPT_OLD, .id = O_GT, .parse = rateest_parse },
		{ .name = "rateest-eq", .type = OPT_NONE, .flags = OPT_OLD, .id = O_EQ, .parse = rateest_parse },
		{ 0 } },
	.check = rateest_check, .match = rateest_match, .save = rateest_save, .print = rateest_print, .explain = rateest_explain,
	.state_init = rateest_state_init, .state_free = rateest_state_free,
};
