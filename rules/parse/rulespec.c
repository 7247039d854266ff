// SPDX-License-Identifier: MIT
/* rulespec.c - what a rule says: matches and their options, target, addresses. */
#include "rules/parse/command.h"
#include <ctype.h>

#define EXT_NAME_MAX 28

bool is_standard_target(const char *name)
{
	return strcmp(name, "ACCEPT") == 0 || strcmp(name, "DROP") == 0 || strcmp(name, "QUEUE") == 0 ||
	       strcmp(name, "RETURN") == 0;
}

/* Puts a match at the rule's end; an earlier one of the same kind takes no more options. */
static struct rule_match *add_match(struct cmd *c, const struct match_ext *ext, struct pos pos, bool implicit)
{
	struct rule *r = &c->rule;
	struct rule_match *m;

	if (r->nr_match == c->match_cap) {
		unsigned cap = c->match_cap ? c->match_cap * 2 : 4;
		struct rule_match *nm = arena_array(c->ps->scratch, struct rule_match, cap);
		struct match_parse *np = arena_array(c->ps->scratch, struct match_parse, cap);

		if (r->nr_match) {
			memcpy(nm, r->match, r->nr_match * sizeof(*nm));
			memcpy(np, c->mp, r->nr_match * sizeof(*np));
		}
		r->match = nm;
		c->mp = np;
		c->match_cap = cap;
	}
	for (uint32_t i = 0; i < r->nr_match; i++)
		if (r->match[i].ext == ext)
			c->mp[i].completed = true;
	c->mp[r->nr_match] = (struct match_parse){ 0 };
	m = &r->match[r->nr_match++];
	*m = (struct rule_match){ .ext = ext, .implicit = implicit, .pos = pos };
	m->info = arena_alloc(c->ps->arena, ext->size ? ext->size : 1);
	if (ext->init)
		ext->init(m->info);
	return m;
}

static bool has_group(const struct cmd *c, const struct match_ext *ext)
{
	for (unsigned i = 0; i < c->nr_groups; i++)
		if (c->group_list[i].match == ext)
			return true;
	return false;
}

static void hint_match(struct cmd *c, const char *name)
{
	struct nearest n = { .want = name };

	if (ext_names_target(c->ps->names, name)) {
		diag_hint(c->ps->diag, "%s is a target: -j %s", name, name);
		return;
	}
	ext_names_nearest(c->ps->names, false, &n);
	if (nearest_get(&n))
		diag_hint(c->ps->diag, "did you mean \"%s\"?", nearest_get(&n));
	else
		diag_hint(c->ps->diag, "%s is not emulated; with --allow-unknown=match:%s verdicts that hang on it are reported as unknown",
			  name, name);
}

bool command_match(struct cmd *c)
{
	const struct match_ext *ext;

	if (strlen(c->arg) > EXT_NAME_MAX) {
		diag_error(c->ps->diag, c->arg_pos, "Invalid match name \"%s\" (%u chars max)", c->arg, EXT_NAME_MAX);
		return false;
	}
	ext = ext_names_match(c->ps->names, c->arg);
	if (!ext)
		ext = unknown_match(c->ps, c->arg);
	if (!ext) {
		diag_error(c->ps->diag, c->arg_pos, "Couldn't load match `%s':No such file or directory\n", c->arg);
		hint_match(c, c->arg);
		return false;
	}
	add_match(c, ext, c->arg_pos, false);
	if (!has_group(c, ext))		/* a second one of a kind shares the first one's options */
		getopt_add(c, ext->opts, ext);
	return true;
}

static bool valid_target_name(struct cmd *c)
{
	const char *name = c->arg;

	if (!*name) {
		diag_error(c->ps->diag, c->arg_pos, "Invalid target name (too short)");
		return false;
	}
	if (strlen(name) > EXT_NAME_MAX) {
		diag_error(c->ps->diag, c->arg_pos, "Invalid target name `%s' (%u chars max)", name, EXT_NAME_MAX);
		return false;
	}
	for (const char *p = name; *p; p++)
		if (isspace((unsigned char)*p)) {
			diag_error(c->ps->diag, c->arg_pos, "Invalid target name `%s'", name);
			return false;
		}
	return true;
}

bool command_jump(struct cmd *c)
{
	const struct target_ext *ext;

	if (!valid_target_name(c))
		return false;
	c->jumpto = c->arg;
	c->rule.target_pos = c->arg_pos;
	if (c->rule.ip.go_to || is_standard_target(c->arg) || build_chain(c->ps->build, c->arg))
		return true;
	ext = ext_names_target(c->ps->names, c->arg);
	if (!ext)
		ext = unknown_target(c->ps, c->arg);
	if (!ext)
		return true;		/* resolve_target() says so, unless something else is wrong first */
	if (ext->gone)
		diag_warn(c->ps->diag, c->arg_pos, "Warning: Extension %s revision 0 not supported, missing kernel module?\n", ext->name);
	c->rule.ext = ext;
	c->rule.target_info = arena_alloc(c->ps->arena, ext->size ? ext->size : 1);
	if (ext->init)
		ext->init(c->rule.target_info);
	getopt_add(c, ext->opts, NULL);
	return true;
}

static struct ext_cb make_cb(struct cmd *c, const char *ext_name, const char *form, void *info, uint32_t xflags, struct pos pos)
{
	return (struct ext_cb){
		.ext_name = ext_name, .form = form, .opt = c->opt, .arg = c->arg, .invert = c->invert, .family = c->ps->opt->family,
		.info = info, .xflags = xflags, .rule = &c->rule, .arena = c->ps->arena, .pos = pos, .diag = c->ps->diag,
		.sets = c->ps->opt->sets, .host = c->ps->opt->host,
	};
}

static void take_second_arg(struct cmd *c, struct ext_cb *cb)
{
	if (!(c->opt->flags & OPT_MAYARG))
		return;
	if (c->ind >= c->w->n || c->w->w[c->ind].s[0] == '-' || c->w->w[c->ind].s[0] == '!')
		return;
	cb->arg2 = c->w->w[c->ind].s;
	cb->pos.len = c->w->w[c->ind].pos.off + c->w->w[c->ind].pos.len - cb->pos.off;
	c->ind++;
}

static enum ext_option_result target_option(struct cmd *c)
{
	struct ext_cb cb = make_cb(c, c->rule.ext->name, c->rule.ext->form, c->rule.target_info, c->target_xflags,
				   c->arg ? c->arg_pos : c->opt_pos);

	take_second_arg(c, &cb);
	if (!option_parse(c->group->opts, &cb))
		return EXT_OPTION_FAILED;
	c->target_xflags = cb.xflags;
	return EXT_OPTION_DONE;
}

static enum ext_option_result match_option(struct cmd *c, uint32_t i)
{
	struct rule_match *m = &c->rule.match[i];
	struct ext_cb cb = make_cb(c, m->ext->name, m->ext->form, m->info, c->mp[i].xflags, c->arg ? c->arg_pos : c->opt_pos);

	take_second_arg(c, &cb);
	if (!option_parse(c->group->opts, &cb))
		return EXT_OPTION_FAILED;
	c->mp[i].xflags = cb.xflags;
	return EXT_OPTION_DONE;
}

/* "-p tcp" makes the tcp match's options known when one is needed, once in a rule. */
static bool load_protocol(struct cmd *c)
{
	const struct match_ext *ext;
	const char *name = c->protocol;
	uint64_t num;

	if (!name || c->proto_used)
		return false;
	if (ext_strtoul(name, NULL, &num, 0, UINT8_MAX))
		name = protocol_chain_name((uint16_t)num);
	ext = name ? ext_names_match(c->ps->names, name) : NULL;
	if (!ext)
		return false;
	c->proto_used = true;
	add_match(c, ext, c->opt_pos, true);
	getopt_add(c, ext->opts, ext);
	c->ind--;			/* read the option again, now with these names */
	if (c->c == GETOPT_EXT && c->arg && c->arg_pos.off > c->opt_pos.off + c->opt_pos.len)
		c->ind--;
	return true;		/* in a word of short options the next letter is read all the same, as getopt() does */
}

static bool has_option(const struct ext_opt *o, const char *name, size_t n)
{
	for (; o && o->name; o++)
		if (strncmp(o->name, name, n) == 0 && o->name[n] == '\0')
			return true;
	return false;
}

/* All options of the target, or of the match that was named last. */
static void hint_options(struct cmd *c)
{
	const struct opt_group *g = &c->group_list[c->nr_groups - 1];
	struct strbuf sb = { 0 };

	for (unsigned i = 0; i < c->nr_groups; i++)
		if (!c->group_list[i].match)
			g = &c->group_list[i];

	for (const struct ext_opt *o = g->opts; o && o->name; o++)
		sb_printf(&sb, "%s--%s", sb.len ? ", " : "", o->name);
	if (sb.len)
		diag_hint(c->ps->diag, "%s has %s", g->match ? g->match->name : c->rule.ext->name, sb_str(&sb));
	sb_free(&sb);
}

/* Which extensions would know the option? */
static void hint_option(struct cmd *c, const char *word)
{
	const char *name = strncmp(word, "--", 2) == 0 ? word + 2 : word + 1;
	size_t n = strcspn(name, "=");
	const struct match_ext *owner = NULL;
	struct nearest near = { .want = arena_strndup(c->ps->arena, name, n) };

	if (c->jumpto && !c->rule.ext && !c->rule.ip.go_to && !is_standard_target(c->jumpto) &&
	    !build_chain(c->ps->build, c->jumpto)) {
		diag_hint(c->ps->diag, "the target before it, %s, is not emulated; with --allow-unknown=target:%s verdicts that hang on it are "
			  "reported as unknown", c->jumpto, c->jumpto);
		return;
	}
	if (c->ambiguous[0]) {
		diag_hint(c->ps->diag, "it may be --%s or --%s", c->ambiguous[0], c->ambiguous[1]);
		return;
	}
	for (size_t i = 0; ext_match_list[i] && !owner; i++)
		if (has_option(ext_match_list[i]->opts, name, n))
			owner = ext_match_list[i];
	if (owner && (has_option(ext_find_match("tcp", c->ps->opt->family)->opts, name, n))) {
		if (!c->protocol)
			diag_hint(c->ps->diag, "--%s needs a protocol before it: -p tcp or -p udp", near.want);
		else
			diag_hint(c->ps->diag, "protocol %s has no option --%s; -p tcp and -p udp have ports", c->protocol,
				  near.want);
		return;
	}
	if (owner) {
		diag_hint(c->ps->diag, owner->proto ? "--%s is an option of the %s match: -p %s before it" :
			  "--%s is an option of the %s match: -m %s before it", near.want, owner->name, owner->name);
		return;
	}
	for (size_t i = 0; ext_target_list[i]; i++)
		if (has_option(ext_target_list[i]->opts, name, n)) {
			diag_hint(c->ps->diag, "--%s is an option of the target %s: -j %s before it", near.want,
				  ext_target_list[i]->name, ext_target_list[i]->name);
			return;
		}
	getopt_nearest(c, &near);
	if (nearest_get(&near))
		diag_hint(c->ps->diag, "did you mean \"--%s\"?", nearest_get(&near));
	else if (c->nr_groups)
		hint_options(c);
	else if (c->rule.ext)
		diag_hint(c->ps->diag, "target %s has no options", c->rule.ext->name);
	else if (c->rule.nr_match)
		diag_hint(c->ps->diag, "match %s has no options", c->rule.match[c->rule.nr_match - 1].ext->name);
	else
		diag_hint(c->ps->diag, "no option of iptables; those of a match or target come after its -m, -p or -j");
}

enum ext_option_result ext_option(struct cmd *c)
{
	const char *word;

	if (c->c == GETOPT_EXT && !c->group->match)
		return target_option(c);
	for (uint32_t i = 0; c->c == GETOPT_EXT && i < c->rule.nr_match; i++)
		if (c->rule.match[i].ext == c->group->match && !c->mp[i].completed)
			return match_option(c, i);
	if (load_protocol(c) || (c->c == GETOPT_UNKNOWN && unknown_option(c)))
		return EXT_OPTION_AGAIN;
	word = c->w->w[c->ind ? c->ind - 1 : 0].s;
	if (c->c == GETOPT_UNKNOWN && c->invert && strcmp(word, "!") == 0)
		word = "";		/* iptables blots it out when it has read it */
	if (c->c == GETOPT_MISSING) {
		diag_error(c->ps->diag, c->opt_pos, "option \"%s\" requires an argument", word);
		diag_hint(c->ps->diag, "its value belongs behind it, on the same line");
		return EXT_OPTION_FAILED;
	}
	diag_error(c->ps->diag, c->opt_pos, "unknown option \"%s\"", word);
	hint_option(c, word);
	return EXT_OPTION_FAILED;
}

bool match_final(struct cmd *c, uint32_t i)
{
	struct rule_match *m = &c->rule.match[i];
	struct ext_cb cb = make_cb(c, m->ext->name, m->ext->form, m->info, c->mp[i].xflags, m->pos);

	cb.invert = false;
	return options_final(m->ext->opts, &cb, m->ext->final);
}

bool target_final(struct cmd *c)
{
	const struct target_ext *ext = c->rule.ext;
	struct ext_cb cb;

	if (!ext)
		return true;
	cb = make_cb(c, ext->name, ext->form, c->rule.target_info, c->target_xflags, c->rule.target_pos);
	cb.invert = false;
	return options_final(ext->opts, &cb, ext->final);
}

static void hint_target(struct cmd *c)
{
	struct nearest n = { .want = c->jumpto };

	if (c->jumpto[0] == '-') {
		diag_hint(c->ps->diag, "iptables 1.8.9 wants a blank between -j and the target");
		return;
	}
	if (ext_names_match(c->ps->names, c->jumpto)) {
		diag_hint(c->ps->diag, "%s is a match: -m %s", c->jumpto, c->jumpto);
		return;
	}
	ext_names_nearest(c->ps->names, true, &n);
	build_nearest(c->ps->build, &n);
	nearest_try(&n, "ACCEPT");
	nearest_try(&n, "DROP");
	nearest_try(&n, "RETURN");
	if (nearest_get(&n))
		diag_hint(c->ps->diag, "neither a chain of table %s nor a target; did you mean \"%s\"?",
			  build_table_name(c->ps->build), nearest_get(&n));
	else
		diag_hint(c->ps->diag, "neither a chain of table %s nor a target", build_table_name(c->ps->build));
}

bool resolve_target(struct cmd *c)
{
	struct rule *r = &c->rule;
	struct chain *chain;

	r->verdict = XT_CONTINUE;
	if (!c->jumpto)
		return true;
	r->target_name = arena_strdup(c->ps->arena, c->jumpto);
	chain = build_chain(c->ps->build, c->jumpto);
	if (chain) {
		r->target_chain = chain;
		r->verdict = r->ip.go_to ? XT_GOTO : XT_JUMP;
		r->ext = NULL;
		return true;
	}
	if (r->ip.go_to) {
		diag_error(c->ps->diag, r->target_pos, "goto '%s' is not a chain", c->jumpto);
		diag_hint(c->ps->diag, "-g goes to a chain of your own; for a target write -j %s", c->jumpto);
		return false;
	}
	if (is_standard_target(c->jumpto)) {
		r->verdict = c->jumpto[0] == 'A' ? XT_ACCEPT : c->jumpto[0] == 'D' ? XT_DROP :
			     c->jumpto[0] == 'Q' ? XT_QUEUE : XT_RETURN;
		return true;
	}
	if (r->ext)
		return true;
	diag_error(c->ps->diag, r->target_pos, "Couldn't load target `%s':No such file or directory\n", c->jumpto);
	hint_target(c);
	return false;
}

static struct pos part_pos(const struct word *w, const char *part, size_t n)
{
	if (strlen(w->s) != w->pos.len)
		return w->pos;
	return (struct pos){ w->pos.src, w->pos.off + (size_t)(part - w->s), n };
}

static void hint_address(struct cmd *c, const char *text)
{
	bool v6 = c->rule.ip.family == NFPROTO_IPV6;
	union inet_addr other;

	if (*text == '-')
		diag_hint(c->ps->diag, "iptables 1.8.9 wants a blank between the option and the address");
	else if (strcmp(text, "!") == 0)
		diag_hint(c->ps->diag, "write the ! before the option: ! -s ADDRESS");
	else if (ext_parse_addr(text, v6 ? NFPROTO_IPV4 : NFPROTO_IPV6, &other))
		diag_hint(c->ps->diag, v6 ? "an IPv4 address: its rule belongs to iptables" : "an IPv6 address: its rule belongs to ip6tables");
	else if (v6 && strchr(text, '%'))
		diag_hint(c->ps->diag, "there is no device \"%s\" for a link-local address; rules look at the address only, the device is -i or -o",
			  strchr(text, '%') + 1);
	else if (*text && strspn(text, v6 ? "0123456789abcdefABCDEF:." : "0123456789.") != strlen(text))
		diag_hint(c->ps->diag, "names are not looked up: write the address");
	else
		diag_hint(c->ps->diag, v6 ? "an address as in 2001:db8::1 or 2001:db8::/32" : "four numbers from 0 to 255, as in 192.0.2.1 or 192.0.2.0/24");
}

static void apply_mask(struct ip_net *net)
{
	for (int i = 0; i < 4; i++)
		net->addr.all[i] &= net->mask.all[i];
}

/* One "address[/mask]" of a list. A null mask makes any name good, as in "any/0". */
static bool parse_address(struct cmd *c, const struct word *w, const char *part, size_t n, struct ip_net *net)
{
	uint8_t family = c->rule.ip.family;
	union inet_addr none = { .all = { 0 } };
	char buf[256], *slash;

	if (n > sizeof(buf) - 1) {
		diag_error(c->ps->diag, part_pos(w, part, n), "Hostname too long");
		return false;
	}
	memcpy(buf, part, n);
	buf[n] = '\0';
	inet_mask(&net->mask, family, family == NFPROTO_IPV6 ? 128 : 32);
	slash = strrchr(buf, '/');
	if (slash)
		*slash++ = '\0';
	if (slash && !parse_ipmask(slash, family, &net->mask)) {
		diag_error(c->ps->diag, part_pos(w, part + (slash - buf), strlen(slash)), "invalid mask `%s' specified", slash);
		diag_hint(c->ps->diag, family == NFPROTO_IPV6 ? "a prefix length from 0 to 128, or a mask as an address" :
			  "a prefix length from 0 to 32, or a mask such as 255.255.255.0");
		return false;
	}
	net->addr = none;
	if (!inet_addr_equal(&net->mask, &none) && !parse_hostnetwork(buf, family, &net->addr) &&
	    (family != NFPROTO_IPV6 || !parse_scoped6(buf, c->ps->opt->host, &net->addr))) {
		diag_error(c->ps->diag, part_pos(w, part, strlen(buf)), "host/network `%s' not found", buf);
		hint_address(c, buf);
		return false;
	}
	apply_mask(net);
	return true;
}

static bool parse_list(struct cmd *c, const struct word *w, struct ip_net **net, unsigned *ret_n)
{
	const char *p = w->s ? w->s : "";
	unsigned n = 1;

	for (const char *q = p; *q; q++)
		n += *q == ',';
	*net = arena_array(c->ps->scratch, struct ip_net, n);
	*ret_n = n;
	if (!w->s)
		return true;
	for (unsigned i = 0; i < n; i++) {
		size_t len;

		while (isspace((unsigned char)*p))
			p++;
		len = strcspn(p, ",");
		if (!parse_address(c, w, p, len, *net + i))
			return false;
		p += len + 1;
	}
	return true;
}

bool parse_addresses(struct cmd *c)
{
	const struct ip_match *ip = &c->rule.ip;

	if (!parse_list(c, &c->src, &c->saddr, &c->nr_src) ||
	    !parse_list(c, &c->dst, &c->daddr, &c->nr_dst))
		return false;
	if ((c->nr_src > 1 || c->nr_dst > 1) && (ip->inv_src || ip->inv_dst)) {
		diag_error(c->ps->diag, c->nr_src > 1 ? c->src.pos : c->dst.pos,
			   "! not allowed with multiple source or destination IP addresses");
		diag_hint(c->ps->diag, "one rule for each address before this one, or an IP set: ! --match-set NAME src");
		return false;
	}
	return true;
}

/* The rule for one pair of addresses, with memory of its own for all that checks or packets change. */
struct rule *make_rule(struct cmd *c, unsigned src, unsigned dst)
{
	struct arena *a = c->ps->arena;
	bool shared = c->nr_src > 1 || c->nr_dst > 1;
	struct rule *r = arena_memdup(a, &c->rule, sizeof(*r));

	r->ip.src = c->saddr[src].addr;
	r->ip.smsk = c->saddr[src].mask;
	r->ip.dst = c->daddr[dst].addr;
	r->ip.dmsk = c->daddr[dst].mask;
	if (r->nr_match)
		r->match = arena_memdup(a, r->match, r->nr_match * sizeof(*r->match));
	for (uint32_t i = 0; i < r->nr_match; i++) {
		struct rule_match *m = &r->match[i];

		if (shared && m->ext->size)
			m->info = arena_memdup(a, m->info, m->ext->size);
		if (m->ext->state_size)
			m->state = arena_alloc(a, m->ext->state_size);
		if (m->ext == &ext_comment)
			r->comment = comment_text(m->info);
	}
	if (r->ext) {
		if (shared && r->ext->size)
			r->target_info = arena_memdup(a, r->target_info, r->ext->size);
		if (r->ext->state_size)
			r->target_state = arena_alloc(a, r->ext->state_size);
	} else {
		r->target_info = NULL;
	}
	return r;
}
