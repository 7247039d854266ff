// SPDX-License-Identifier: MIT
/* CT.c - "-j CT": how conntrack shall see a packet: not at all, in a zone, with a helper. */
#include "rules/ext.h"
#include <errno.h>
#include <stdio.h>
#include <strings.h>

#define CT_NOTRACK	0x01u
#define CT_ZONE_ORIG	0x04u
#define CT_ZONE_REPLY	0x08u
#define CT_ZONE_MARK	0x10u

struct ct_tg_info {
	unsigned flags;
	uint16_t zone;
	uint32_t ct_events, exp_events;	/* bits, by event_names */
	char helper[16], timeout[32];
};

/* The settings travel on packets as a template. */
struct ct_tg_state { struct conn *tmpl; };

enum { O_NOTRACK, O_HELPER, O_TIMEOUT, O_CTEVENTS, O_EXPEVENTS, O_ZONE, O_ZONE_ORIG, O_ZONE_REPLY };

static const char *const event_names[] = {
	"new", "related", "destroy", "reply", "assured", "protoinfo", "helper", "mark", "natseqinfo", "secmark",
};
#define NR_EXP_EVENTS 1u	/* only "new" */

/* The helpers of a kernel with all of them built in. */
static const struct { const char *name; uint8_t proto; } helpers[] = {
	{ "ftp", IPPROTO_TCP }, { "tftp", IPPROTO_UDP }, { "sip", IPPROTO_UDP }, { "sip", IPPROTO_TCP },
	{ "irc", IPPROTO_TCP }, { "amanda", IPPROTO_UDP }, { "netbios-ns", IPPROTO_UDP }, { "snmp", IPPROTO_UDP },
	{ "snmp_trap", IPPROTO_UDP }, { "sane", IPPROTO_TCP }, { "pptp", IPPROTO_TCP }, { "RAS", IPPROTO_UDP },
	{ "Q.931", IPPROTO_TCP }, { "H.245", IPPROTO_UDP },
};

/* Those that know IPv4 alone. */
static const char *const helpers4[] = { "irc", "netbios-ns", "pptp", "snmp", "snmp_trap" };

/* ---- text ---- */

static bool parse_zone(struct ext_cb *cb, struct ct_tg_info *ct)
{
	uint64_t v;

	if (strcasecmp(cb->arg, "mark") == 0) {
		ct->flags |= CT_ZONE_MARK;
		return true;
	}
	if (!ext_strtoul(cb->arg, NULL, &v, 0, UINT16_MAX))
		return ext_error(cb, "Cannot parse %s as a zone ID", cb->arg);
	ct->zone = (uint16_t)v;
	return true;
}

static bool parse_events(struct ext_cb *cb, unsigned nr_names, uint32_t *ret)
{
	const char *s = cb->arg;

	for (;;) {
		size_t n = strcspn(s, ",");
		unsigned i = 0;

		while (i < nr_names && (strlen(event_names[i]) != n || memcmp(event_names[i], s, n)))
			i++;
		if (i == nr_names)
			return ext_error(cb, "Unknown event type \"%.*s\"", (int)n, s) ||
		       ext_hint_one_of(cb, s, n, nr_names == NR_EXP_EVENTS ? "new" :
					       "new related destroy reply assured protoinfo helper mark natseqinfo secmark");
		*ret |= 1u << i;
		if (!s[n])
			return true;
		s += n + 1;
	}
}

static void put_name(char *to, size_t size, const char *from)
{
	memset(to, 0, size);
	memcpy(to, from, MIN(strlen(from), size - 1));
}

static bool ct_parse(struct ext_cb *cb)
{
	struct ct_tg_info *ct = cb->info;

	switch (cb->opt->id) {
	case O_NOTRACK:
		ct->flags |= CT_NOTRACK;
		return true;
	case O_HELPER:
		put_name(ct->helper, sizeof(ct->helper), cb->arg);
		return true;
	case O_TIMEOUT:
		put_name(ct->timeout, sizeof(ct->timeout), cb->arg);
		return true;
	case O_CTEVENTS:
		return parse_events(cb, ARRAY_SIZE(event_names), &ct->ct_events);
	case O_EXPEVENTS:
		return parse_events(cb, NR_EXP_EVENTS, &ct->exp_events);
	case O_ZONE_ORIG:
		ct->flags |= CT_ZONE_ORIG;
		return parse_zone(cb, ct);
	case O_ZONE_REPLY:
		ct->flags |= CT_ZONE_REPLY;
		return parse_zone(cb, ct);
	default:
		return parse_zone(cb, ct);
	}
}

static void put_events(const char *what, uint32_t events, struct strbuf *out)
{
	const char *sep = "";

	if (!events)
		return;
	sb_printf(out, " %s ", what);
	for (unsigned i = 0; i < ARRAY_SIZE(event_names); i++) {
		if (!(events & 1u << i))
			continue;
		sb_printf(out, "%s%s", sep, event_names[i]);
		sep = ",";
	}
}

static uint8_t zone_dir(const struct ct_tg_info *ct)
{
	switch (ct->flags & (CT_ZONE_ORIG | CT_ZONE_REPLY)) {
	case CT_ZONE_ORIG:
		return NF_CT_ZONE_DIR_ORIG;
	case CT_ZONE_REPLY:
		return NF_CT_ZONE_DIR_REPL;
	default:
		return NF_CT_DEFAULT_ZONE_DIR;
	}
}

static const char *zone_name(const struct ct_tg_info *ct)
{
	uint8_t dir = zone_dir(ct);

	return dir == NF_CT_ZONE_DIR_ORIG ? "zone-orig" : dir == NF_CT_ZONE_DIR_REPL ? "zone-reply" : "zone";
}

static void put(const struct ct_tg_info *ct, const char *dashes, struct strbuf *out)
{
	char name[24];

	if (ct->flags & CT_NOTRACK)
		sb_printf(out, " %snotrack", dashes);
	if (ct->helper[0])
		sb_printf(out, " %shelper %s", dashes, ct->helper);
	if (ct->timeout[0])
		sb_printf(out, " %stimeout %s", dashes, ct->timeout);
	snprintf(name, sizeof(name), "%sctevents", dashes);
	put_events(name, ct->ct_events, out);
	snprintf(name, sizeof(name), "%sexpevents", dashes);
	put_events(name, ct->exp_events, out);
	if (ct->flags & CT_ZONE_MARK)
		sb_printf(out, " %s%s mark", dashes, zone_name(ct));
	else if (ct->zone)
		sb_printf(out, " %s%s %u", dashes, zone_name(ct), ct->zone);
}

static void ct_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	put(info, "--", out);
}

static void ct_tg_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	sb_puts(out, " CT");
	put(info, "", out);
}

/* ---- loading ---- */

/* The name as it lives as long as the program, or NULL. */
static const char *helper_of(const struct ct_tg_info *ct, const struct ip_match *ip)
{
	for (size_t i = 0; i < ARRAY_SIZE(helpers4); i++)
		if (ip->family == NFPROTO_IPV6 && strcmp(helpers4[i], ct->helper) == 0)
			return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(helpers); i++)
		if (helpers[i].proto == ip->proto && strcmp(helpers[i].name, ct->helper) == 0)
			return helpers[i].name;
	return NULL;
}

static bool ct_check(struct ext_check *c)
{
	const struct ct_tg_info *ct = c->info;
	bool has_proto = c->rule->ip.proto && !c->rule->ip.inv_proto;

	if (ct->flags & CT_NOTRACK)
		return true;	/* the kernel looks at nothing else then */
	c->err = ENOENT;
	if (ct->helper[0] && !has_proto)
		return ext_refuse(c, "xt_CT: You must specify a L4 protocol and not use inversions on it");
	if (ct->helper[0] && !helper_of(ct, &c->rule->ip))
		return ext_refuse(c, "xt_CT: No such helper \"%s\"", ct->helper);
	/* Policies are made by "nfct timeout", which a host directory has no file for. */
	if (ct->timeout[0] && has_proto)
		return ext_refuse(c, "No such timeout policy \"%s\"", ct->timeout);
	c->err = 0;
	if (ct->timeout[0])
		return ext_refuse(c, "xt_CT: You must specify a L4 protocol and not use inversions on it");
	if (ct->helper[0] && strcmp(ct->helper, "ftp") != 0)
		diag_warn(c->diag, c->rule->target_pos, "helper \"%s\" is noted on connections, but those it expects are not "
			  "followed: their packets are NEW, not RELATED", ct->helper);
	return true;
}

static void ct_state_init(struct host *h, void *state, const void *info, const struct rule *r)
{
	const struct ct_tg_info *ct = info;
	struct ct_zone zone = { .id = ct->zone, .dir = zone_dir(ct),
				.flags = ct->flags & CT_ZONE_MARK ? NF_CT_FLAG_MARK : 0 };
	struct ct_tg_state *s = state;

	if (ct->flags & CT_NOTRACK)
		return;		/* alone it does not turn tracking on */
	ct_need(h, r->chain->table->family);
	s->tmpl = ct_template(h, &zone);
	if (ct->helper[0])
		s->tmpl->helper = helper_of(ct, &r->ip);
}

static void ct_state_free(struct host *h UNUSED, void *state)
{
	struct ct_tg_state *s = state;

	ct_put(s->tmpl);
	s->tmpl = NULL;
}

/* ---- packets ---- */

static enum xt_verdict ct_target(struct xt_ctx *c, const void *info UNUSED)
{
	const struct ct_tg_state *s = c->state;
	struct packet *p = c->pkt;

	if (ct_seen(p))
		return XT_CONTINUE;
	if (!s->tmpl) {
		ct_set_untracked(p);
		return XT_CONTINUE;
	}
	ct_get(s->tmpl);
	p->ct = s->tmpl;
	p->ctinfo = IP_CT_NEW;
	return XT_CONTINUE;
}

static void ct_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct ct_tg_info *ct = info;

	if (ct_seen(c->pkt)) {
		sb_puts(out, "nothing: conntrack knows the packet already");
	} else if (ct->flags & CT_NOTRACK) {
		sb_puts(out, "conntrack leaves the packet alone: it is UNTRACKED");
	} else {
		sb_puts(out, "conntrack sees the packet with");
		put(ct, "", out);
	}
}

const struct target_ext ext_CT_target = {
	.name = "CT", .families = EXT_ANY, .size = sizeof(struct ct_tg_info), .state_size = sizeof(struct ct_tg_state),
	.table = "raw", .stateful = true,
	.opts = (const struct ext_opt[]){
		{ .name = "notrack", .type = OPT_NONE, .id = O_NOTRACK, .parse = ct_parse },
		{ .name = "helper", .type = OPT_STRING, .id = O_HELPER, .parse = ct_parse },
		{ .name = "timeout", .type = OPT_STRING, .id = O_TIMEOUT, .parse = ct_parse },
		{ .name = "ctevents", .type = OPT_STRING, .id = O_CTEVENTS, .parse = ct_parse },
		{ .name = "expevents", .type = OPT_STRING, .id = O_EXPEVENTS, .parse = ct_parse },
		{ .name = "zone",
		  .form = "N, from 0 to 65535, or mark",
		  .type = OPT_STRING, .id = O_ZONE, .parse = ct_parse },
		{ .name = "zone-orig",
		  .form = "N, from 0 to 65535, or mark",
		  .type = OPT_STRING, .id = O_ZONE_ORIG, .parse = ct_parse },
		{ .name = "zone-reply",
		  .form = "N, from 0 to 65535, or mark",
		  .type = OPT_STRING, .id = O_ZONE_REPLY, .parse = ct_parse },
		{ 0 } },
	.check = ct_check, .target = ct_target, .save = ct_save, .print = ct_tg_print, .explain = ct_explain,
	.state_init = ct_state_init, .state_free = ct_state_free,
};
