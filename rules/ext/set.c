// SPDX-License-Identifier: MIT
/* set.c - "-m set --match-set NAME src,dst": is what the packet has in an IP set? */
#include "rules/ext/setref.h"

struct set_info {
	struct setref set;
	bool invert;
	uint32_t cmdflags;
	struct ipset_counter_match packets, bytes;
};

enum { O_MATCH_SET, O_SET, O_RETURN_NOMATCH, O_UPDATE, O_UPDATE_SUB, O_PACKETS_EQ, O_PACKETS_LT, O_PACKETS_GT, O_BYTES_EQ, O_BYTES_LT, O_BYTES_GT };

static bool counter_parse(struct ext_cb *cb, struct ipset_counter_match *m, const char *what, int how)
{
	static const uint8_t ops[] = { IPSET_COUNTER_EQ, IPSET_COUNTER_LT, IPSET_COUNTER_GT };

	if (m->op != IPSET_COUNTER_NONE)
		return ext_error(cb, "only one of the --%s-[eq|lt|gt] is allowed", what);
	m->op = ops[how];
	if (cb->invert && how)
		return ext_error(cb, "--%s option cannot be inverted", cb->opt->name) || ext_hint_not(cb);
	if (cb->invert)
		m->op = IPSET_COUNTER_NE;
	if (!ext_strtoul(cb->arg, NULL, &m->value, 0, UINT64_MAX))
		return ext_error(cb, "Cannot parse %s as a counter value", cb->arg);
	return true;
}

static bool set_parse(struct ext_cb *cb)
{
	struct set_info *m = cb->info;

	switch (cb->opt->id) {
	case O_SET:
		diag_warn(cb->diag, cb->pos, "--set option deprecated, please use --match-set\n");
		/* fall through */
	case O_MATCH_SET:
		if (m->set.sets)
			return ext_error(cb, "--match-set can be specified only once");
		m->invert = cb->invert;
		return setref_parse(cb, &m->set);
	case O_RETURN_NOMATCH:
		if (cb->invert)
			return ext_error(cb, "--return-nomatch flag cannot be inverted") || ext_hint_not(cb);
		m->cmdflags |= IPSET_FLAG_RETURN_NOMATCH;
		return true;
	case O_UPDATE:
		m->cmdflags |= cb->invert ? IPSET_FLAG_SKIP_COUNTER_UPDATE : 0;
		return true;
	case O_UPDATE_SUB:
		m->cmdflags |= cb->invert ? IPSET_FLAG_SKIP_SUBCOUNTER_UPDATE : 0;
		return true;
	case O_PACKETS_EQ:
	case O_PACKETS_LT:
	case O_PACKETS_GT:
		return counter_parse(cb, &m->packets, "packets", cb->opt->id - O_PACKETS_EQ);
	default:
		return counter_parse(cb, &m->bytes, "bytes", cb->opt->id - O_BYTES_EQ);
	}
}

static bool set_final(struct ext_cb *cb)
{
	const struct set_info *m = cb->info;

	return m->set.sets || ext_error(cb, "You must specify `--match-set' with proper arguments");
}

static struct ipset_adt adt_of(const struct set_info *m)
{
	struct ipset_adt a = setref_adt(&m->set, m->cmdflags);

	a.packets = m->packets;
	a.bytes = m->bytes;
	if (m->packets.op != IPSET_COUNTER_NONE || m->bytes.op != IPSET_COUNTER_NONE)
		a.cmdflags |= IPSET_FLAG_MATCH_COUNTERS;
	return a;
}

static bool set_match(struct xt_ctx *c, const void *info)
{
	const struct set_info *m = info;
	struct ipset_packet p = setref_packet(c);
	struct ipset_adt a = adt_of(m);

	return ipset_match(m->set.sets, m->set.index, &p, &a) != m->invert;
}

static void counter_put(const struct ipset_counter_match *m, const char *dashes, const char *what, struct strbuf *out)
{
	static const char *const how[] = { "", "eq", "eq", "lt", "gt" };

	if (m->op != IPSET_COUNTER_NONE)
		sb_printf(out, "%s %s%s-%s %llu", m->op == IPSET_COUNTER_NE ? " !" : "", dashes, what, how[m->op], (unsigned long long)m->value);
}

static void put(const struct set_info *m, const char *dashes, struct strbuf *out)
{
	sb_printf(out, "%s %smatch-set", m->invert ? " !" : "", dashes);
	setref_save(&m->set, out);
	if (m->cmdflags & IPSET_FLAG_RETURN_NOMATCH)
		sb_printf(out, " %sreturn-nomatch", dashes);
	if (m->cmdflags & IPSET_FLAG_SKIP_COUNTER_UPDATE)
		sb_printf(out, " ! %supdate-counters", dashes);
	if (m->cmdflags & IPSET_FLAG_SKIP_SUBCOUNTER_UPDATE)
		sb_printf(out, " ! %supdate-subcounters", dashes);
	counter_put(&m->packets, dashes, "packets", out);
	counter_put(&m->bytes, dashes, "bytes", out);
}

static void set_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	put(info, "--", out);
}

static void set_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	put(info, "", out);
}

static void set_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct set_info *m = info;

	setref_explain(c, &m->set, m->cmdflags, out);
	sb_puts(out, m->invert ? ", rule wants what is not in it" : ", rule wants what is in it");
	if (m->cmdflags & IPSET_FLAG_RETURN_NOMATCH)
		sb_puts(out, " as nomatch");
	counter_put(&m->packets, "", "packets", out);
	counter_put(&m->bytes, "", "bytes", out);
}

static void set_state_init(struct host *h UNUSED, void *state UNUSED, const void *info, const struct rule *r UNUSED)
{
	setref_hold(&((const struct set_info *)info)->set);
	*(const struct setref **)state = &((const struct set_info *)info)->set;
}

static void set_state_free(struct host *h UNUSED, void *state)
{
	setref_put(*(const struct setref **)state);
}

#define F (OPT_OLD | OPT_INVERT)
#define COUNTER(n, i) { .name = (n), .form = "N, a whole number", .type = OPT_STRING, .flags = F, .id = (i), .parse = set_parse }
const struct match_ext ext_set = {
	.name = "set", .families = EXT_ANY, .size = sizeof(struct set_info), .state_size = sizeof(struct setref *), .stateful = true,
	.form = "-m set --match-set NAME src",
	.opts = (const struct ext_opt[]){
		{ .name = "match-set",
		  .form = "NAME src|dst[,src|dst...], one for each part of the set's elements, at most 6",
		  .type = OPT_STRING, .flags = F | OPT_MAYARG, .id = O_MATCH_SET, .parse = set_parse },
		{ .name = "set",
		  .form = "NAME src|dst[,src|dst...], one for each part of the set's elements, at most 6",
		  .type = OPT_STRING, .flags = F | OPT_MAYARG, .id = O_SET, .parse = set_parse },
		{ .name = "return-nomatch", .type = OPT_NONE, .flags = F, .id = O_RETURN_NOMATCH, .parse = set_parse },
		{ .name = "update-counters", .type = OPT_NONE, .flags = F, .id = O_UPDATE, .parse = set_parse },
		{ .name = "update-subcounters", .type = OPT_NONE, .flags = F, .id = O_UPDATE_SUB, .parse = set_parse },
		COUNTER("packets-eq", O_PACKETS_EQ), COUNTER("packets-lt", O_PACKETS_LT), COUNTER("packets-gt", O_PACKETS_GT),
		COUNTER("bytes-eq", O_BYTES_EQ), COUNTER("bytes-lt", O_BYTES_LT), COUNTER("bytes-gt", O_BYTES_GT),
		{ 0 } },
	.final = set_final, .match = set_match, .save = set_save, .print = set_print, .explain = set_explain,
	.state_init = set_state_init, .state_free = set_state_free,
};
