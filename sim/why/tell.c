// SPDX-License-Identifier: MIT
/* tell.c - an answer, and the way of each packet, as text for people and as JSON. */
#include "sim/why/why.h"
#include "rules/rules.h"

/* ---- the answer */

static const char *missing_table(const struct culprit *c)
{
	return c->chain ? c->chain->table->name : c->table ? c->table : "nat";
}

static const char *missing_chain(const struct culprit *c)
{
	return c->chain ? c->chain->name : c->in ? c->in : "POSTROUTING";
}

static void culprit_text(const struct why *w, const struct culprit *c, struct strbuf *out)
{
	if (w->lab && c->host && c->kind != CULPRIT_NONE)
		sb_printf(out, "%s: ", c->host->name);
	switch (c->kind) {
	case CULPRIT_NONE:
		sb_puts(out, "none");
		break;
	case CULPRIT_RULE:
		rule_place(c->chain, c->rule, out);
		sb_puts(out, "   ");
		rule_save(c->rule, out);
		break;
	case CULPRIT_POLICY:
		if (c->cause && strcmp(c->cause, "ipv6") == 0) {	/* of tables that nobody filled */
			sb_printf(out, "ip6 %s %s policy ACCEPT", c->chain->table->name, c->chain->name);
			return;
		}
		rule_place(c->chain, NULL, out);
		sb_printf(out, " %s", c->chain->policy == XT_DROP ? "DROP" : "ACCEPT");
		break;
	case CULPRIT_MISSING:
		sb_printf(out, "%s %s: a rule is missing", missing_table(c), missing_chain(c));
		break;
	case CULPRIT_SYSCTL:	sb_printf(out, "sysctl %s = %s", c->name, c->value);			break;
	case CULPRIT_ROUTE:	sb_printf(out, "routing: %s", c->name);					break;
	case CULPRIT_CONNTRACK:	sb_printf(out, "conntrack: %s", c->name);				break;
	case CULPRIT_COMMAND:	sb_printf(out, "commands.sh:%llu: %s", (unsigned long long)c->line, c->name); break;
	case CULPRIT_SETTING:	sb_puts(out, c->name);							break;
	case CULPRIT_NEIGHBOUR:	sb_printf(out, "neighbour %s", c->name);				break;
	}
	if (c->cause)
		sb_printf(out, "   (%s)", c->cause);
}

static void question(const struct why *w, const struct answer *a, struct strbuf *out)
{
	if (w->ask.rule) {
		sb_puts(out, "rule:    ");
		rule_place(w->ask.chain, w->ask.rule, out);
		sb_puts(out, "   ");
		rule_save(w->ask.rule, out);
		sb_putc(out, '\n');
	}
	if (!a->story)
		return;
	sb_printf(out, "packet:  %s", a->pkt && (a->pkt != a->story->pkt || a->story->kind == INJECT_CONNECT) ? journey_packet(w->journey, a->pkt)
														: a->story->text);
	if (a->story->file && strcmp(a->story->file, "command line") != 0) {
		const char *slash = strrchr(a->story->file, '/');

		sb_printf(out, "   (%s:%llu)", slash ? slash + 1 : a->story->file, (unsigned long long)a->story->line);
	}
	sb_putc(out, '\n');
}

void why_tell(const struct why *w, const struct answer *a, struct strbuf *out)
{
	question(w, a, out);
	if (a->verdict)
		sb_printf(out, "verdict: %s\n", a->verdict);
	sb_puts(out, "culprit: ");
	culprit_text(w, &a->culprit, out);
	if (a->also.kind != CULPRIT_NONE) {
		sb_puts(out, "\nalso:    ");
		culprit_text(w, &a->also, out);
	}
	sb_printf(out, "\nreason:  %s\n", a->reason);
	if (a->fix)
		sb_printf(out, "fix:     %s\n", a->fix);
}

static void set_str(json_t *o, const char *key, const char *value)
{
	if (value)
		json_object_set_new(o, key, json_string(value));
}

static void set_place(json_t *o, const struct chain *c, const struct rule *r)
{
	size_t line, col;

	set_str(o, "table", c->table->name);
	set_str(o, "chain", c->name);
	if (c->table->family == NFPROTO_IPV6)
		set_str(o, "family", "ipv6");
	if (both_backends(c->table))
		set_str(o, "backend", c->table->ruleset->nft ? "iptables-nft" : "iptables-legacy");
	if (!r)
		return;
	json_object_set_new(o, "rule", json_integer(r->number));
	if (r->pos.src) {
		source_where(r->pos, &line, &col);
		set_str(o, "file", r->pos.src->name);
		json_object_set_new(o, "line", json_integer((json_int_t)line));
	}
}

/* A host that is alone is called "host". */
static json_t *culprit_json(const struct why *w, const struct culprit *c)
{
	json_t *o;

	if (c->kind == CULPRIT_NONE)
		return json_string("none");
	o = json_object();
	set_str(o, "host", !w->lab ? "host" : c->host ? c->host->name : w->host->name);
	switch (c->kind) {
	case CULPRIT_RULE:
		set_place(o, c->chain, c->rule);
		break;
	case CULPRIT_POLICY:
		set_place(o, c->chain, NULL);
		set_str(o, "rule", "policy");
		break;
	case CULPRIT_MISSING:
		set_str(o, "table", missing_table(c));
		set_str(o, "chain", missing_chain(c));
		set_str(o, "rule", "none");
		set_str(o, "missing", c->cause);
		return o;
	case CULPRIT_SYSCTL:
		set_str(o, "sysctl", c->name);
		set_str(o, "value", c->value);
		break;
	case CULPRIT_ROUTE:	set_str(o, "route", c->name);		break;
	case CULPRIT_CONNTRACK:	set_str(o, "conntrack", c->name);	break;
	case CULPRIT_COMMAND:
		set_str(o, "command", c->name);
		json_object_set_new(o, "line", json_integer((json_int_t)c->line));
		break;
	case CULPRIT_SETTING:	set_str(o, "setting", c->name);		break;
	case CULPRIT_NEIGHBOUR:	set_str(o, "neighbour", c->name);	break;
	default:
		break;
	}
	if (c->cause && c->kind == CULPRIT_POLICY && strcmp(c->cause, "ipv6") == 0)
		set_str(o, "family", "ipv6");
	else
		set_str(o, "cause", c->cause);
	return o;
}

json_t *why_json(const struct why *w, const struct answer *a)
{
	json_t *o = json_object();

	if (w->ask.chain) {
		json_t *ask = json_object();

		set_place(ask, w->ask.chain, w->ask.rule);
		if (!w->ask.rule)
			set_str(ask, "rule", "policy");
		json_object_set_new(o, "asked", ask);
	}
	if (a->story)
		set_str(o, "packet", a->pkt ? journey_packet(w->journey, a->pkt) : a->story->text);
	set_str(o, "verdict", a->verdict);
	json_object_set_new(o, "culprit", culprit_json(w, &a->culprit));
	if (a->culprit.kind == CULPRIT_NONE)
		set_str(o, "cause", a->culprit.cause);
	if (a->also.kind != CULPRIT_NONE)
		json_object_set_new(o, "also", culprit_json(w, &a->also));
	set_str(o, "reason", a->reason);
	set_str(o, "fix", a->fix);
	return o;
}

/* ---- a journey */

static bool shown(const struct step *s, bool verbose)
{
	switch (s->type) {
	case EV_RULE:	return verbose || s->matched;
	case EV_CT:	return s->pkt != 0;
	case EV_NAT:	return s->matched;
	default:	return true;
	}
}

static void rule_step(const struct step *s, bool verbose, struct strbuf *out)
{
	rule_place(s->chain, s->rule, out);
	if (s->matched) {
		sb_puts(out, " matches: ");
		rule_save(s->rule, out);
		if (verbose && s->text && *s->text)
			sb_printf(out, "   [%s]", s->text);
	} else {
		sb_printf(out, " no: %s", s->text);
	}
}

static const char *verdict_name(unsigned v)
{
	return v == VERDICT_UNKNOWN ? "UNKNOWN" : v == NF_ACCEPT ? "ACCEPT" : "DROP";
}

static const char *phase_name(const struct step *s)
{
	switch (s->type) {
	case EV_HOOK:			return "hook";
	case EV_RULE: case EV_POLICY:	return s->table->name;
	case EV_CT:			return "conntrack";
	case EV_NAT:			return "nat";
	case EV_CHANGE:			return "change";
	case EV_ROUTE:			return s->what == 2 ? "routed again" : "routing";
	case EV_NEIGH:			return "neighbour";
	case EV_FRAG:			return "fragments";
	case EV_DELIVER:		return "deliver";
	case EV_ICMP:			return "icmp";
	case EV_LOG:			return "log";
	case EV_LIMIT:			return "limit";
	case EV_DROP:			return "drop";
	case EV_TX:			return "leave";
	case EV_ERRNO:			return "error";
	default:			return "step";
	}
}

static void hook_words(const struct step *s, struct strbuf *out)
{
	sb_puts(out, nf_hook_name((enum nf_hook)s->hook));
	if (s->dev)
		sb_printf(out, " in %s", s->dev);
	if (s->dev2)
		sb_printf(out, " out %s", s->dev2);
}

static void step_words(const struct step *s, bool verbose, struct strbuf *out)
{
	switch (s->type) {
	case EV_HOOK:
		hook_words(s, out);
		break;
	case EV_RULE:
		rule_step(s, verbose, out);
		break;
	case EV_POLICY:
		rule_place(s->chain, NULL, out);
		sb_printf(out, " %s", verdict_name(s->verdict));
		break;
	case EV_DROP:
		sb_printf(out, "%s in %s", drop_reason_name(s->reason), s->text);
		if (s->chain) {
			sb_puts(out, ", by ");
			rule_place(s->chain, s->rule, out);
		}
		break;
	case EV_TX:
		sb_printf(out, "by %s: %s", s->dev, s->packet);
		break;
	case EV_ICMP:
		sb_printf(out, "answers with ICMP %s", s->text);
		break;
	case EV_ERRNO:
		sb_printf(out, "the sender gets %s", s->text);
		break;
	default:
		sb_puts(out, s->text ? s->text : "");
		break;
	}
}

static void turn_to(const struct journey *j, const struct story *st, uint64_t pkt, struct strbuf *out)
{
	const char *text = journey_packet(j, pkt);

	if (pkt == st->pkt)
		sb_puts(out, "    back to it\n");
	else if (text && journey_parent(j, pkt) == st->pkt && st->pkt)
		sb_printf(out, "    it causes: %s\n", text);
	else if (text)
		sb_printf(out, "    another packet: %s\n", text);
}

/* A socket looks its way up more than once. */
static bool again(const struct step *s, const struct step *before)
{
	return before && s->type == EV_ROUTE && before->type == EV_ROUTE && !s->pkt && !before->pkt && s->host == before->host &&
	       strcmp(s->text, before->text) == 0;
}

static void tell_story(const struct journey *j, const struct story *st, bool verbose, struct strbuf *out)
{
	const struct host *at = st->first ? st->first->host : NULL;
	const struct step *before = NULL;
	uint64_t told = st->pkt;
	struct fate f;
	unsigned n = 0;

	sb_printf(out, "%s%s%s\n", st->text, st->kind == INJECT_CONNECT && st->pkt ? ": " : "",
		  st->kind == INJECT_CONNECT && st->pkt ? journey_packet(j, st->pkt) : "");
	if (st->skipped)
		sb_printf(out, "    skipped: %s\n", st->skipped);
	for (const struct step *s = st->first; s; s = s->next) {
		if (!shown(s, verbose) || again(s, before))
			continue;
		before = s;
		if (s->host != at) {
			at = s->host;
			sb_printf(out, "  at %s:\n", at->name);
		}
		if (s->pkt && s->pkt != told) {
			told = s->pkt;
			turn_to(j, st, told, out);
		}
		if (s->type == EV_HOOK) {
			sb_puts(out, "    ");
			hook_words(s, out);
			sb_printf(out, ": %s\n", s->packet);
			continue;
		}
		sb_printf(out, "%4u. %-12s ", ++n, phase_name(s));
		step_words(s, verbose, out);
		sb_putc(out, '\n');
	}
	if (!st->pkt)
		return;
	fate_of(st, st->pkt, &f);
	sb_puts(out, "  =>  ");
	fate_say(st, &f, out);
	sb_putc(out, '\n');
}

void trace_tell(const struct journey *j, bool verbose, struct strbuf *out)
{
	for (const struct story *st = journey_first(j); st; st = st->next) {
		if (st != journey_first(j))
			sb_putc(out, '\n');
		tell_story(j, st, verbose, out);
	}
}

static json_t *step_json(const struct step *s)
{
	json_t *o = json_object();
	struct strbuf sb = { 0 };

	if (s->pkt)
		json_object_set_new(o, "packet", json_integer((json_int_t)s->pkt));
	json_object_set_new(o, "t", json_real((double)s->t / NSEC_PER_SEC));
	set_str(o, "host", s->host->name);
	set_str(o, "phase", phase_name(s));
	step_words(s, false, &sb);
	set_str(o, "text", sb_str(&sb));
	if (s->type == EV_HOOK || s->type == EV_RULE || s->type == EV_POLICY)
		set_str(o, "hook", nf_hook_name((enum nf_hook)s->hook));
	if (s->chain) {
		set_place(o, s->chain, s->rule);
		if (s->type == EV_POLICY || (s->type == EV_DROP && !s->rule))
			set_str(o, "rule", "policy");
	}
	if (s->type == EV_RULE) {
		json_object_set_new(o, "matched", json_boolean(s->matched));
		set_str(o, "why", s->text);
		sb_clear(&sb);
		rule_save(s->rule, &sb);
		set_str(o, "rule_text", sb_str(&sb));
	}
	if (s->type == EV_DROP) {
		set_str(o, "reason", drop_reason_name(s->reason));
		set_str(o, "where", s->text);
	}
	set_str(o, "as", s->packet);
	sb_free(&sb);
	return o;
}

json_t *trace_json(const struct journey *j)
{
	json_t *stories = json_array(), *o, *steps;
	struct strbuf sb = { 0 };
	struct fate f;

	for (const struct story *st = journey_first(j); st; st = st->next) {
		o = json_object();
		steps = json_array();
		json_object_set_new(o, "index", json_integer((json_int_t)st->index));
		json_object_set_new(o, "t", json_real((double)st->t / NSEC_PER_SEC));
		set_str(o, "line", st->text);
		set_str(o, "skipped", st->skipped);
		if (st->pkt)
			json_object_set_new(o, "packet", json_integer((json_int_t)st->pkt));
		for (const struct step *s = st->first; s; s = s->next)
			json_array_append_new(steps, step_json(s));
		json_object_set_new(o, "steps", steps);
		if (st->pkt) {
			fate_of(st, st->pkt, &f);
			sb_clear(&sb);
			fate_say(st, &f, &sb);
			set_str(o, "verdict", sb_str(&sb));
		}
		json_array_append_new(stories, o);
	}
	sb_free(&sb);
	return json_pack("{s:o}", "stories", stories);
}
