// SPDX-License-Identifier: MIT
/* connbytes.c - "-m connbytes": how much a connection has carried so far. */
#include "rules/ext/util.h"

enum connbytes_what { WHAT_PKTS, WHAT_BYTES, WHAT_AVGPKT };
enum connbytes_dir { CB_DIR_ORIGINAL, CB_DIR_REPLY, CB_DIR_BOTH };

/* from > to: inverted, as the kernel's struct has it. */
struct connbytes_info { uint64_t from, to; uint8_t what, dir; };

static const char *const what_names[] = { "packets", "bytes", "avgpkt" };
static const char *const dir_names[] = { "original", "reply", "both" };
enum { O_CONNBYTES, O_DIR, O_MODE };

static bool word_parse(struct ext_cb *cb, const char *const names[3], uint8_t *ret)
{
	for (*ret = 0; *ret < 3; (*ret)++)
		if (!strcmp(cb->arg, names[*ret]))
			return true;
	return ext_error(cb, "Unknown --%s `%s'", cb->opt->name, cb->arg) ||
	       ext_hint_one_of(cb, cb->arg, strlen(cb->arg), names == what_names ? "packets bytes avgpkt" : "original reply both");
}

static bool connbytes_parse(struct ext_cb *cb)
{
	struct connbytes_info *m = cb->info;
	uint64_t from, to;

	switch (cb->opt->id) {
	case O_DIR:	return word_parse(cb, dir_names, &m->dir);
	case O_MODE:	return word_parse(cb, what_names, &m->what);
	}
	from = cb->val.u64_range[0];
	to = cb->nvals == 2 ? cb->val.u64_range[1] : UINT64_MAX;
	if (to < from)
		return ext_error(cb, "%llu should be less than %llu", (unsigned long long)from, (unsigned long long)to);
	m->from = cb->invert ? to : from;
	m->to = cb->invert ? from : to;
	return true;
}

/* Accounting is off by default; a rule of this kind turns it on for the host. */
static void connbytes_state_init(struct host *h, void *state UNUSED, const void *info UNUSED, const struct rule *r UNUSED)
{
	ct_acct_on(h);
}

static uint64_t value_of(const struct connbytes_info *m, const struct conn *ct)
{
	uint64_t pkts = 0, bytes = 0;

	if (m->dir != CB_DIR_REPLY) {
		pkts += ct->packets[IP_CT_DIR_ORIGINAL];
		bytes += ct->bytes[IP_CT_DIR_ORIGINAL];
	}
	if (m->dir != CB_DIR_ORIGINAL) {
		pkts += ct->packets[IP_CT_DIR_REPLY];
		bytes += ct->bytes[IP_CT_DIR_REPLY];
	}
	switch (m->what) {
	case WHAT_PKTS:		return pkts;
	case WHAT_BYTES:	return bytes;
	}
	return pkts ? bytes / pkts : 0;
}

static bool connbytes_match(struct xt_ctx *c, const void *info)
{
	const struct connbytes_info *m = info;
	const struct conn *ct = c->pkt->ct;
	uint64_t v;

	if (!ct || !ct->acct)
		return false;
	v = value_of(m, ct);
	return m->to >= m->from ? v >= m->from && v <= m->to : v < m->to || v > m->from;
}

static void range_save(const struct connbytes_info *m, const char *prefix, struct strbuf *out)
{
	uint64_t from = MIN(m->from, m->to), to = MAX(m->from, m->to);

	sb_printf(out, "%s %sconnbytes %llu", m->from > m->to ? " !" : "", prefix, (unsigned long long)from);
	if (to && to < UINT64_MAX)
		sb_printf(out, ":%llu", (unsigned long long)to);
}

static void connbytes_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct connbytes_info *m = info;

	range_save(m, "--", out);
	sb_printf(out, " --connbytes-mode %s --connbytes-dir %s", what_names[m->what], dir_names[m->dir]);
}

static void connbytes_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct connbytes_info *m = info;

	range_save(m, "", out);
	sb_printf(out, " connbytes mode %s connbytes direction %s", what_names[m->what], dir_names[m->dir]);
}

static void connbytes_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	static const char *const words[] = { "packets", "bytes", "bytes a packet on average" };
	const struct connbytes_info *m = info;
	const struct conn *ct = c->pkt->ct;

	if (!ct || !ct->acct) {
		sb_puts(out, ct ? "the connection began before accounting was on" : "packet belongs to no connection");
		return;
	}
	sb_printf(out, "the connection has carried %llu %s (%s), rule wants%s", (unsigned long long)value_of(m, ct), words[m->what],
		  dir_names[m->dir], m->from > m->to ? " anything but" : "");
	if (MAX(m->from, m->to) == UINT64_MAX)
		sb_printf(out, " at least %llu", (unsigned long long)MIN(m->from, m->to));
	else
		sb_printf(out, " %llu to %llu", (unsigned long long)MIN(m->from, m->to), (unsigned long long)MAX(m->from, m->to));
}

const struct match_ext ext_connbytes = {
	.name = "connbytes", .families = EXT_ANY, .size = sizeof(struct connbytes_info), .needs_ct = true, .stateful = true,
	.opts = (const struct ext_opt[]){
		{ .name = "connbytes",
		  .form = "FROM[:TO], the smaller first",
		  .type = OPT_UINT64RC, .flags = OPT_MUST | OPT_INVERT, .id = O_CONNBYTES, .parse = connbytes_parse },
		{ .name = "connbytes-dir",
		  .form = "original, reply or both",
		  .type = OPT_STRING, .flags = OPT_MUST, .id = O_DIR, .parse = connbytes_parse },
		{ .name = "connbytes-mode",
		  .form = "packets, bytes or avgpkt",
		  .type = OPT_STRING, .flags = OPT_MUST, .id = O_MODE, .parse = connbytes_parse },
		{ 0 } },
	.state_init = connbytes_state_init, .match = connbytes_match,
	.save = connbytes_save, .print = connbytes_print, .explain = connbytes_explain,
};
