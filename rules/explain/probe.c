// SPDX-License-Identifier: MIT
/* probe.c - all conditions of a rule against a packet. Matches that keep state are not asked: asking changes it. */
#include "rules/explain/probe.h"
#include "rules/eval/eval.h"

static void failed(struct rule_probe *ret, struct arena *a, int match, const struct strbuf *text, const char *name)
{
	if (ret->nr_failed < PROBE_FAILED_MAX) {
		ret->failed[ret->nr_failed].match = match;
		ret->failed[ret->nr_failed].text = text->len ? arena_strdup(a, sb_str(text)) : arena_printf(a, "%s says no", name);
	}
	ret->nr_failed++;
}

/* Asked in the place of a hook that the packet never came to, there may be no device where the hook has one: then only what
 * asks for plain fields is safe to ask. */
static bool out_of_place(const struct xt_ctx *x)
{
	bool in = x->hook == NF_INET_PRE_ROUTING || x->hook == NF_INET_LOCAL_IN || x->hook == NF_INET_FORWARD;
	bool out = x->hook == NF_INET_POST_ROUTING || x->hook == NF_INET_LOCAL_OUT || x->hook == NF_INET_FORWARD;

	return (in && !x->in) || (out && !x->out);
}

static void probe_match(const struct rule *r, int i, struct arena *a, struct xt_ctx *x, struct strbuf *text, struct rule_probe *ret)
{
	const struct rule_match *m = &r->match[i];

	if (m->ext->stateful || m->ext->state_size || !m->ext->match || (!m->ext->conds && out_of_place(x))) {
		ret->nr_open++;
		return;
	}
	x->state = m->state;
	x->unknown = x->hotdrop = false;
	if (m->ext->match(x, m->info))
		return;
	sb_clear(text);
	if (m->ext->explain)
		m->ext->explain(x, m->info, text);
	failed(ret, a, i, text, m->ext->name);
}

void rule_probe(const struct rule *r, struct arena *a, struct host *h, struct packet *p, const struct net_device *in,
		const struct net_device *out, enum nf_hook hook, uint8_t family, struct rule_probe *ret)
{
	struct strbuf text = { 0 };
	struct xt_ctx x;

	*ret = (struct rule_probe){ 0 };
	xt_ctx_init(&x, h, p, in, out, hook, family);
	x.rule = r;
	if (family == NFPROTO_IPV6 && r->ip.find_proto)
		xt_find_proto(&x);
	for (enum probe_part part = 0; part < NR_IP_PARTS; part++) {
		sb_clear(&text);
		if (explain_ip_part(part, r, &x, &text))
			continue;
		ret->parts |= 1u << part;
		failed(ret, a, -1, &text, "the packet");
	}
	/* A match of a protocol must not read another one's header. */
	for (int i = 0; i < (int)r->nr_match && !(ret->parts & 1u << PROBE_PROTO); i++)
		probe_match(r, i, a, &x, &text, ret);
	sb_free(&text);
}
