// SPDX-License-Identifier: MIT
/* connlabel.c - "-m connlabel [!] --label N [--set]": 128 flags that a connection carries (net/netfilter/xt_connlabel.c). */
#include "rules/ext/util.h"
#include <errno.h>
#include <stdio.h>

#define NR_LABELS 128
enum { O_LABEL, O_SET };

struct connlabel_info { uint16_t bit; bool set, invert; };

static bool label_parse(struct ext_cb *cb)
{
	struct connlabel_info *m = cb->info;
	uint64_t v;

	if (!ext_strtoul(cb->arg, NULL, &v, 0, 0) || v & 0x80000000) {	/* taken as an int that must not be negative */
		diag_warn(cb->diag, cb->pos, "Warning: cannot open /etc/xtables/connlabel.conf: No such file or directory\n");
		ext_error(cb, "label '%s' not found or invalid value", cb->arg);
		diag_hint(cb->diag, "names of labels (connlabel.conf) are not read: write the number");
		return false;
	}
	m->bit = (uint16_t)v;		/* cut to 16 bits, as in the kernel's struct */
	m->invert = cb->invert;
	return true;
}

static bool set_parse(struct ext_cb *cb)
{
	((struct connlabel_info *)cb->info)->set = true;
	return true;
}

static bool connlabel_check(struct ext_check *c)
{
	const struct connlabel_info *m = c->info;

	c->err = ERANGE;
	return m->bit < NR_LABELS || ext_refuse_silent(c, "labels go up to %u", NR_LABELS - 1);
}

static void connlabel_state_init(struct host *h, void *state UNUSED, const void *info UNUSED, const struct rule *r UNUSED)
{
	ct_labels_on(h);
}

static bool has_label(const struct conn *ct, unsigned bit)
{
	return ct->ext && ct->ext->labels[bit / 8] >> bit % 8 & 1;
}

static void say_set(const struct xt_ctx *c, unsigned bit)
{
	struct event ev = { .type = EV_CHANGE, .host = c->host, .pkt = c->pkt };
	char to[8];

	if (!trace_on(c->host->trace, EV_CHANGE))
		return;
	snprintf(to, sizeof(to), "%u", bit);
	ev.u.change.field = "connlabel";
	ev.u.change.from = "";
	ev.u.change.to = to;
	ev.u.change.by = "connlabel";
	ev.u.change.rule = c->rule;
	trace_emit(c->host->trace, &ev);
}

/* A connection from before labels were on has no room for them. */
static bool connlabel_match(struct xt_ctx *c, const void *info)
{
	const struct connlabel_info *m = info;
	struct conn *ct = c->pkt->ct;

	if (!ct || !ct->has_labels)
		return m->invert;
	if (has_label(ct, m->bit))
		return !m->invert;
	if (!m->set)
		return m->invert;
	ct_ext_add(ct)->labels[m->bit / 8] |= (uint8_t)(1u << m->bit % 8);
	say_set(c, m->bit);
	return !m->invert;
}

static void connlabel_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct connlabel_info *m = info;

	sb_printf(out, "%s --label \"%u\"%s", m->invert ? " !" : "", m->bit, m->set ? " --set" : "");
}

static void connlabel_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct connlabel_info *m = info;

	sb_printf(out, " connlabel%s %u%s", m->invert ? " !" : "", m->bit, m->set ? " set" : "");
}

static void connlabel_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct connlabel_info *m = info;
	const struct conn *ct = c->pkt->ct;

	if (!ct)
		sb_puts(out, "the packet has no connection");
	else if (!ct->has_labels)
		sb_puts(out, "the connection is from before labels were used");
	else
		sb_printf(out, "the connection %s label %u", has_label(ct, m->bit) ? "has" : m->set ? "gets" : "has not", m->bit);
	sb_printf(out, ", rule wants it %s", m->invert ? "not to" : "to");
}

const struct match_ext ext_connlabel = {
	.name = "connlabel", .families = EXT_ANY, .size = sizeof(struct connlabel_info), .needs_ct = true, .stateful = true,
	.opts = (const struct ext_opt[]){
		{ .name = "label", .type = OPT_STRING, .flags = OPT_MUST | OPT_INVERT, .id = O_LABEL, .min = 1, .parse = label_parse },
		{ .name = "set", .type = OPT_NONE, .id = O_SET, .parse = set_parse },
		{ 0 } },
	.check = connlabel_check, .match = connlabel_match, .save = connlabel_save, .print = connlabel_print,
	.explain = connlabel_explain, .state_init = connlabel_state_init,
};
