// SPDX-License-Identifier: MIT
/* mistakes.c - classic mistakes, each seen by a look at one or a few rules. Options of extensions are read from their
 * saved form: what iptables-save prints is a contract, an extension's struct is not. */
#include "rules/analyse/analyse.h"
#include "rules/ext.h"
#include "rules/rules.h"
#include <math.h>
#include <stdlib.h>

struct look {
	const struct ruleset *rs;
	const struct check_host *host;
	struct findings *f;
};

/* ---- questions about rules */

static bool accepts(const struct rule *r)	{ return !r->ext && r->verdict == XT_ACCEPT; }
static bool drops(const struct rule *r)		{ return (!r->ext && r->verdict == XT_DROP) || rule_target_is(r, "REJECT"); }
static bool zero(const union inet_addr *a)	{ static const union inet_addr none; return inet_addr_equal(a, &none); }

static bool is_filter(const struct table *t)
{
	return strcmp(t->name, "filter") == 0;
}

/* The value behind an option in a match's or target's saved form, or NULL. Lives in the findings' arena. */
static const char *saved_option(struct look *l, void (*save)(const void *info, const struct rule *r, struct strbuf *out), const void *info,
				const struct rule *r, const char *option)
{
	struct strbuf sb = { 0 };
	const char *at, *ret = NULL;

	if (save)
		save(info, r, &sb);
	at = strstr(sb_str(&sb), option);
	if (at) {
		at += strlen(option);
		at += *at == ' ';
		ret = arena_strndup(l->f->arena, at, strcspn(at, " "));
	}
	sb_free(&sb);
	return ret;
}

static const char *match_option(struct look *l, const struct rule *r, const char *match, const char *option)
{
	const struct rule_match *m = rule_match_named(r, match);

	return m ? saved_option(l, m->ext->save, m->info, r, option) : NULL;
}

static const char *rule_line(struct look *l, const struct rule *r)
{
	struct strbuf sb = { 0 };
	const char *s;

	rule_save(r, &sb);
	s = arena_strdup(l->f->arena, sb_str(&sb));
	sb_free(&sb);
	return s;
}

/* ---- one rule */

static void look_limit(struct look *l, const struct chain *c, const struct rule *r)
{
	const struct rule_match *m = rule_match_named(r, "limit");

	if (m && drops(r)) {
		struct finding *g = findings_add(l->f, "limit-on-drop", c, r, "drops only as many packets as the limit allows; the rest goes on");

		g->hint = "limit the rule that accepts, and drop what is left after it";
	} else if (m && accepts(r) && !rule_takes_all(r)) {
		findings_add(l->f, "limit-all-sources", c, r, "one bucket for all sources: one of them can empty it for the others");
	}
	if (rule_target_is(r, "LOG") && !m && !rule_match_named(r, "hashlimit") && !rule_match_named(r, "recent"))
		findings_add(l->f, "log-flood", c, r, "logs every packet that matches, without a limit");
}

static void look_address(struct look *l, const struct chain *c, const struct rule *r)
{
	static const union inet_addr none;
	unsigned n = r->ip.family == NFPROTO_IPV6 ? 16 : 4;
	uint8_t ones[16];

	memset(ones, 0xff, sizeof(ones));
	if (memcmp(&r->ip.dst, &none, n) == 0 && memcmp(&r->ip.dmsk, ones, n) == 0 && !r->ip.inv_dst)
		findings_add(l->f, "zero-address", c, r, "-d %s is one address that no packet is sent to", n == 4 ? "0.0.0.0" : "::");
	if (memcmp(&r->ip.src, &none, n) == 0 && memcmp(&r->ip.smsk, ones, n) == 0 && !r->ip.inv_src)
		findings_add(l->f, "zero-address", c, r, "-s %s is one address: only DHCP clients send from it", n == 4 ? "0.0.0.0" : "::");
}

/* "-s 10.1.2.3/8" in the line as it was written. */
static void look_host_bits(struct look *l, const struct chain *c, const struct rule *r)
{
	static const char *const options[] = { "-s", "-d", "--source", "--destination", "--src", "--dst" };
	const char *line, *at, *end;

	if (!r->pos.src || r->ip.family == NFPROTO_IPV6)
		return;
	line = arena_strndup(l->f->arena, r->pos.src->text + r->pos.off, r->pos.len);
	for (at = line; *at; at = end + strspn(end, " \t")) {
		char addr[64], *slash;
		struct finding *g;
		uint64_t plen;
		bool ours = false;
		be32 ip;

		end = at + strcspn(at, " \t");
		for (size_t i = 0; i < ARRAY_SIZE(options); i++)
			ours |= (size_t)(end - at) == strlen(options[i]) && memcmp(at, options[i], (size_t)(end - at)) == 0;
		if (!ours)
			continue;
		at = end + strspn(end, " \t");
		end = at + strcspn(at, " \t,");
		if ((size_t)(end - at) >= sizeof(addr))
			continue;
		memcpy(addr, at, (size_t)(end - at));
		addr[end - at] = '\0';
		slash = strchr(addr, '/');
		if (!slash)
			continue;
		*slash++ = '\0';
		if (!ip4_parse(&ip, addr) || !u64_parse(&plen, slash, 32) || plen == 32 || !(ntohl(ip) & (UINT32_MAX >> plen)))
			continue;
		g = findings_add(l->f, "host-bits", c, r, "%s/%s is read as a network: the bits behind /%s do not count", addr, slash, slash);
		g->hint = arena_printf(l->f->arena, "%s/32, if that host was meant", addr);
	}
}

static void look_nat(struct look *l, const struct chain *c, const struct rule *r)
{
	const char *to;

	if ((rule_target_is(r, "MASQUERADE") || rule_target_is(r, "SNAT")) && !r->ip.outiface_len && zero(&r->ip.dmsk) && zero(&r->ip.smsk) &&
	    c->builtin && !r->nr_match) {
		struct finding *g = findings_add(l->f, "masquerade-anywhere", c, r, "translates whatever leaves, by any interface");

		g->hint = "-o, with the interface to the outside";
	}
	if (!rule_target_is(r, "DNAT"))
		return;
	to = saved_option(l, r->ext->save, r->target_info, r, "--to-destination");
	if (to && strncmp(to, "127.", 4) == 0 && (c->hooks_reached & HOOK_BIT(NF_INET_PRE_ROUTING)) && !(l->host && l->host->known && l->host->route_localnet)) {
		struct finding *g = findings_add(l->f, "loopback-dnat", c, r, "DNAT to %s: dropped as martian while route_localnet is 0", to);

		g->hint = "-j REDIRECT --to-ports PORT";
	}
	if (to && strncmp(to, "127.", 4) != 0 && l->host && l->host->known && !l->host->ip_forward && l->rs->family == NFPROTO_IPV4)
		findings_add(l->f, "forward-off", c, r, "DNAT to another host, but net.ipv4.ip_forward is 0");
}

static bool device_known(const struct check_host *h, const char *name, uint8_t len)
{
	for (unsigned i = 0; i < h->nr_devices; i++)
		if (strncmp(h->devices[i], name, len) == 0)
			return true;
	return false;
}

static void look_device(struct look *l, const struct chain *c, const struct rule *r, const char *name, uint8_t len, char letter)
{
	struct nearest near = { .want = name };
	struct finding *g;

	if (!len || device_known(l->host, name, len))
		return;
	g = findings_add(l->f, "unknown-interface", c, r, "-%c %s: the host has no such interface", letter, name);
	for (unsigned i = 0; i < l->host->nr_devices; i++)
		nearest_try(&near, l->host->devices[i]);
	if (nearest_get(&near))
		g->hint = arena_printf(l->f->arena, "did you mean %s?", nearest_get(&near));
}

/* ---- neighbours in a chain */

static double probability(struct look *l, const struct rule *r)
{
	const char *p = match_option(l, r, "statistic", "--probability");

	return p ? strtod(p, NULL) : 0;
}

/* The same but for statistic and target: they share what comes. */
static bool same_group(struct look *l, const struct rule *a, const struct rule *b)
{
	return a->ip.proto == b->ip.proto && inet_addr_equal(&a->ip.dst, &b->ip.dst) && inet_addr_equal(&a->ip.src, &b->ip.src) && a->nr_match == b->nr_match &&
	       memcmp(a->ip.iniface, b->ip.iniface, sizeof(a->ip.iniface)) == 0 && a->target_name && b->target_name && l != NULL;
}

static void look_shares(struct look *l, const struct chain *c, uint32_t i)
{
	const struct rule *r = c->rule[i], *next = i + 1 < c->nr_rules ? c->rule[i + 1] : NULL, *before = i ? c->rule[i - 1] : NULL;
	const char *mode = match_option(l, r, "statistic", "--mode"), *every;
	struct finding *g;
	unsigned n = 1;
	double p;

	if (!mode || !next || !rule_match_named(next, "statistic") || !same_group(l, r, next))
		return;
	if (strcmp(mode, "random") == 0) {
		p = probability(l, r);
		if (p <= 0 || p >= 1 || fabs(p - probability(l, next)) > 1e-6 || (before && rule_match_named(before, "statistic") && fabs(p - probability(l, before)) < 1e-6 && same_group(l, before, r)))
			return;
		while (i + n < c->nr_rules && rule_match_named(c->rule[i + n], "statistic") && fabs(p - probability(l, c->rule[i + n])) < 1e-6)
			n++;
		g = findings_add(l->f, "equal-probabilities", c, r, "rules %u to %u have probability %.3g each, but each sees only what those before it left: "
				 "the shares are %.3g, %.3g, ... and %.3g is left over", r->number, c->rule[i + n - 1]->number, p, p, p * (1 - p), pow(1 - p, n));
		g->hint = n == 2 ? "0.5 for the first and no condition on the second, if nothing may be left over"
				 : arena_printf(l->f->arena, "1/%u, 1/%u, ... and no condition on the last, if nothing may be left over", n, n - 1);
		return;
	}
	every = match_option(l, r, "statistic", "--every");
	mode = match_option(l, next, "statistic", "--every");
	if (!every || !mode || strcmp(every, mode) != 0)
		return;
	if (before && rule_match_named(before, "statistic") && same_group(l, before, r)) {
		const char *e = match_option(l, before, "statistic", "--every");

		if (e && strcmp(e, every) == 0)
			return;
	}
	{
		/* every n with packets 0, 1, ... counts all packets alike only where the rules do not end the chain */
		const char *p0 = match_option(l, r, "statistic", "--packet"), *p1 = match_option(l, next, "statistic", "--packet");

		g = findings_add(l->f, "equal-every", c, r, "rules %u and %u both take every %s%s of what they see, but the second sees only what the first left", r->number,
				 next->number, every, strcmp(every, "1") == 0 ? "st" : strcmp(every, "2") == 0 ? "nd" : strcmp(every, "3") == 0 ? "rd" : "th");
		if (p0 && p1)
			g->hint = "--every n for the first, n-1 for the second, ... and no condition on the last, each with --packet 0";
	}
}

static uint64_t text_hash(const char *s)
{
	uint64_t h = 14695981039346656037u;

	for (; *s; s++)
		h = (h ^ (uint8_t)*s) * 1099511628211u;
	return h;
}

struct seen { uint64_t hash; uint32_t at; };

static int by_hash(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

/* Same words in the same chain. Rules that count or remember may be meant twice. */
static void look_duplicates(struct look *l, const struct chain *c)
{
	struct seen *v = xcalloc(c->nr_rules + 1, sizeof(*v));
	uint32_t n = 0;

	for (uint32_t i = 0; i < c->nr_rules; i++) {
		bool remembers = false;

		for (uint32_t m = 0; m < c->rule[i]->nr_match; m++)
			remembers |= c->rule[i]->match[m].ext->stateful;
		if (!remembers && c->rule[i]->target_name)
			v[n++] = (struct seen){ text_hash(rule_line(l, c->rule[i])), i };
	}
	qsort(v, n, sizeof(*v), by_hash);
	for (uint32_t i = 1; i < n; i++)
		if (v[i].hash == v[i - 1].hash) {
			struct finding *g = findings_add(l->f, "duplicate", c, c->rule[v[i].at], "the same as rule %u", v[i - 1].at + 1);

			g->by = arena_memdup(l->f->arena, &c->rule[v[i - 1].at], sizeof(*g->by));
			g->nr_by = 1;
		}
	free(v);
}

/* ---- a chain as a whole */

static bool closed(const struct chain *c)
{
	if (c->policy == XT_DROP)
		return true;
	for (uint32_t i = 0; i < c->nr_rules; i++)
		if (rule_takes_all(c->rule[i]) && drops(c->rule[i]))
			return true;
	return false;
}

static bool wants_state(struct look *l, const struct rule *r, const char *state)
{
	const char *a = match_option(l, r, "conntrack", "--ctstate"), *b = match_option(l, r, "state", "--state");

	return (a && strstr(a, state)) || (b && strstr(b, state));
}

/* Does the chain, or one it jumps to, have a rule that passes the test? Its number in c, 0 = no. */
static uint32_t find_rule(struct look *l, const struct chain *c, bool (*test)(struct look *l, const struct rule *r), unsigned depth)
{
	for (uint32_t i = 0; i < c->nr_rules; i++) {
		const struct rule *r = c->rule[i];

		if (test(l, r) || (r->target_chain && depth < 16 && find_rule(l, r->target_chain, test, depth + 1)))
			return i + 1;
	}
	return 0;
}

static bool accepts_established(struct look *l, const struct rule *r)
{
	return accepts(r) && wants_state(l, r, "ESTABLISHED");
}

static bool accepts_loopback(struct look *l, const struct rule *r)
{
	(void)l;
	return accepts(r) && ((r->ip.iniface_len && !r->ip.inv_in && strncmp(r->ip.iniface, "lo", r->ip.iniface_len) == 0) || (rule_takes_all(r)));
}

static bool accepts_all(struct look *l, const struct rule *r)
{
	(void)l;
	return accepts(r) && rule_takes_all(r);
}

static bool accepts_any(struct look *l, const struct rule *r)
{
	(void)l;
	return accepts(r);
}

static void look_filter_chain(struct look *l, const struct chain *c)
{
	uint32_t at;
	bool in = c->hook == NF_INET_LOCAL_IN;

	if (c->hook == NF_INET_LOCAL_OUT)
		return;
	if (!closed(c)) {
		if (find_rule(l, c, accepts_any, 0) && !find_rule(l, c, accepts_all, 0))
			findings_add(l->f, "policy-open", c, NULL, "%s accepts by rules, and everything else by its policy ACCEPT", c->name);
		return;
	}
	if (!find_rule(l, c, accepts_any, 0))
		return;		/* nothing at all is let in: that is meant */
	at = find_rule(l, c, accepts_established, 0);
	if (!at && !find_rule(l, c, accepts_all, 0))
		findings_add(l->f, "established-missing", c, NULL, "%s drops what it does not name, and no rule accepts ESTABLISHED", c->name);
	if (at > 10)
		findings_add(l->f, "established-late", c, c->rule[at - 1], "%u rules are asked before packets of known connections are accepted", at - 1);
	if (in && !find_rule(l, c, accepts_loopback, 0))
		findings_add(l->f, "loopback-missing", c, NULL, "INPUT drops what it does not name, and no rule accepts -i lo");
	if (c->hook == NF_INET_FORWARD && l->host && l->host->known && !l->host->ip_forward && l->rs->family == NFPROTO_IPV4)
		findings_add(l->f, "forward-off", c, NULL, "FORWARD has rules, but net.ipv4.ip_forward is 0");
}

static bool has_rules(const struct ruleset *rs)
{
	for (uint32_t i = 0; rs && i < rs->nr_tables; i++)
		for (uint32_t k = 0; k < rs->table[i]->nr_chains; k++) {
			const struct chain *c = rs->table[i]->chain[k];

			if (c->nr_rules || (c->builtin && c->policy == XT_DROP))
				return true;
		}
	return false;
}

static void look_family(struct look *l, const struct table *t)
{
	const struct chain *in = t->hook_chain[NF_INET_LOCAL_IN];

	if (l->rs->family != NFPROTO_IPV4 || !l->host || !l->host->known || has_rules(l->host->other) || !in || !closed(in))
		return;
	findings_add(l->f, "family-open", in, NULL, "IPv4's INPUT is closed, but ip6tables has no rules: over IPv6 everything is open");
}

static void look_chain(struct look *l, const struct chain *c)
{
	for (uint32_t i = 0; i < c->nr_rules; i++) {
		const struct rule *r = c->rule[i];

		look_limit(l, c, r);
		look_address(l, c, r);
		look_host_bits(l, c, r);
		look_nat(l, c, r);
		look_shares(l, c, i);
		if (l->host && l->host->nr_devices) {
			look_device(l, c, r, r->ip.iniface, r->ip.iniface_len, 'i');
			look_device(l, c, r, r->ip.outiface, r->ip.outiface_len, 'o');
		}
	}
	look_duplicates(l, c);
}

void check_mistakes(const struct ruleset *rs, const struct check_host *host, struct findings *f)
{
	struct look l = { rs, host, f };

	for (uint32_t i = 0; i < rs->nr_tables; i++) {
		const struct table *t = rs->table[i];

		for (uint32_t k = 0; k < t->nr_chains; k++) {
			look_chain(&l, t->chain[k]);
			if (is_filter(t) && t->chain[k]->builtin)
				look_filter_chain(&l, t->chain[k]);
		}
		if (is_filter(t))
			look_family(&l, t);
	}
}
