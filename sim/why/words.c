// SPDX-License-Identifier: MIT
/* words.c - what the answers are made of: questions about rules, names of places. */
#include "sim/why/internal.h"
#include "rules/rules.h"

/* ---- small questions about rules */

bool target_is(const struct rule *r, const char *name)
{
	return r->ext && strcmp(r->ext->name, name) == 0;
}

enum effect effect(const struct rule *r)
{
	if (r->verdict == XT_DROP && !r->ext)
		return EFFECT_DENY;
	if (r->verdict == XT_ACCEPT && !r->ext)
		return EFFECT_ACCEPT;
	if (target_is(r, "REJECT"))
		return EFFECT_DENY;
	if (target_is(r, "DNAT") || target_is(r, "REDIRECT"))
		return EFFECT_DNAT;
	if (target_is(r, "SNAT") || target_is(r, "MASQUERADE"))
		return EFFECT_SNAT;
	if (target_is(r, "NETMAP"))
		return r->chain->hooks_reached & HOOK_BIT(NF_INET_POST_ROUTING) ? EFFECT_SNAT : EFFECT_DNAT;
	return EFFECT_NONE;
}

bool has_match(const struct rule *r, const char *name)
{
	for (uint32_t i = 0; i < r->nr_match; i++)
		if (strcmp(r->match[i].ext->name, name) == 0)
			return true;
	return false;
}

static bool any_addr(const union inet_addr *mask)
{
	static const union inet_addr zero;

	return inet_addr_equal(mask, &zero);
}

/* How much a rule asks of a packet: the more, the surer it was meant for this one. */
unsigned specific(const struct rule *r)
{
	static const char *const ports[] = { "tcp", "udp", "multiport", "sctp", "udplite", "icmp", "icmp6", "set", "iprange", "mac", "owner" };
	unsigned n = 2 * !any_addr(&r->ip.smsk) + 2 * !any_addr(&r->ip.dmsk) + (r->ip.proto != 0) + (r->ip.iniface_len != 0) +
		     (r->ip.outiface_len != 0);

	for (size_t i = 0; i < ARRAY_SIZE(ports); i++)
		n += 2 * has_match(r, ports[i]);
	return n;
}

bool remembers(const struct rule_match *m)
{
	static const char *const names[] = { "limit", "hashlimit", "quota", "connlimit" };

	for (size_t i = 0; m && i < ARRAY_SIZE(names); i++)
		if (strcmp(m->ext->name, names[i]) == 0)
			return true;
	return false;
}

bool stateful(const struct rule *r)
{
	for (uint32_t i = 0; i < r->nr_match; i++)
		if (r->match[i].ext->stateful)
			return true;
	return false;
}

/* ---- words */

void rule_place(const struct chain *c, const struct rule *r, struct strbuf *out)
{
	size_t line, col;

	sb_printf(out, "%s%s %s ", table_kind(c->table), c->table->name, c->name);
	if (!r) {
		sb_puts(out, "policy");
		return;
	}
	sb_printf(out, "rule %u", r->number);
	if (r->pos.src) {
		const char *slash = strrchr(r->pos.src->name, '/');

		source_where(r->pos, &line, &col);
		sb_printf(out, " (%s:%zu)", slash ? slash + 1 : r->pos.src->name, line);
	}
}

/* Without "-A CHAIN ". */
const char *rule_text(struct asking *k, const struct rule *r)
{
	struct strbuf sb = { 0 };
	const char *s;

	rule_save(r, &sb);
	s = sb_str(&sb);
	if (strncmp(s, "-A ", 3) == 0) {
		s += 3;
		s += strcspn(s, " ");
		s += *s == ' ';
	}
	s = arena_strdup(k->a, s);
	sb_free(&sb);
	return s;
}

static const char *short_place(struct asking *k, const struct chain *c, const struct rule *r)
{
	return r ? arena_printf(k->a, "%s%s %s rule %u", table_kind(c->table), c->table->name, c->name, r->number)
		 : arena_printf(k->a, "%s%s %s policy", table_kind(c->table), c->table->name, c->name);
}

const char *place_of(struct asking *k, const struct rule *r)
{
	return short_place(k, r->chain, r);
}

void blame_rule(struct asking *k, const struct rule *r)
{
	k->out->culprit = (struct culprit){ .host = k->host, .kind = CULPRIT_RULE, .chain = r->chain, .rule = r };
}

void blame_drop(struct asking *k, const struct step *drop)
{
	if (drop->rule)
		blame_rule(k, drop->rule);
	else
		k->out->culprit = (struct culprit){ .host = k->host, .kind = CULPRIT_POLICY, .chain = drop->chain };
}

const char *drop_place(struct asking *k, const struct step *drop)
{
	return short_place(k, drop->chain, drop->rule);
}

const char *iptables_of(const struct asking *k)
{
	return k->st && k->st->family == NFPROTO_IPV6 ? "ip6tables" : "iptables";
}

const char *command_for(struct asking *k, const struct chain *c, const char *how)
{
	bool filter = strcmp(c->table->name, "filter") == 0;

	return arena_printf(k->a, "%s%s%s%s %s %s", c->table->family == NFPROTO_IPV6 ? "ip6tables" : "iptables", c->table->ruleset->nft ? "-nft" : "", filter ? "" : " -t ",
			    filter ? "" : c->table->name, how, c->name);
}

const char *conditions_of(struct asking *k)
{
	const struct step *at = NULL;
	struct strbuf sb = { 0 };
	const char *name, *s;
	bool through;

	for (const struct step *st = k->st->first; st; st = st->next)
		if (st->type == EV_HOOK && st->pkt == k->pkt && st->host == k->host)
			at = st;
	if (!at || !at->flow.proto)
		return "...";
	if (at->dev && strcmp(at->dev, "lo") == 0 && at->hook == NF_INET_LOCAL_IN)
		return "-i lo";
	through = at->hook == NF_INET_FORWARD;
	if (at->dev && at->hook != NF_INET_LOCAL_OUT && at->hook != NF_INET_POST_ROUTING)
		sb_printf(&sb, "-i %s ", at->dev);
	if (at->dev2 && at->hook != NF_INET_LOCAL_IN && at->hook != NF_INET_PRE_ROUTING)
		sb_printf(&sb, "-o %s ", at->dev2);
	if (through || at->hook == NF_INET_LOCAL_OUT)
		sb_printf(&sb, "-d %s ", addr_text(k, &at->flow.addr[1]));
	name = ct_proto_name(at->flow.proto);
	sb_printf(&sb, "-p %s", name);
	if (at->flow.port[1])
		sb_printf(&sb, " --dport %u", ntohs(at->flow.port[1]));
	s = arena_strdup(k->a, sb_str(&sb));
	sb_free(&sb);
	return s;
}

void blame_sysctl(struct asking *k, const char *key, const char *value)
{
	k->out->culprit = (struct culprit){ .host = k->host, .kind = CULPRIT_SYSCTL, .name = key, .value = value };
}

void blame(struct asking *k, enum culprit_kind kind, const char *name)
{
	k->out->culprit = (struct culprit){ .host = k->host, .kind = kind, .name = name };
}

void also_rule(struct asking *k, const struct rule *r)
{
	if (r && r != k->out->culprit.rule)
		k->out->also = (struct culprit){ .host = k->host, .kind = CULPRIT_RULE, .chain = r->chain, .rule = r };
}

const char *setting(struct asking *k, const char *key)
{
	char buf[64];
	const char *v = sysctl_get(k->host, key, buf);

	return v ? arena_strdup(k->a, v) : NULL;
}

const char *addr_text(struct asking *k, const union inet_addr *addr)
{
	char buf[ADDRSTRLEN];

	return arena_strdup(k->a, inet_str(buf, k->st->family ? k->st->family : NFPROTO_IPV4, addr));
}
