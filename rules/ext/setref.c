// SPDX-License-Identifier: MIT
/* setref.c - a set as rules name it. */
#include "rules/ext/util.h"
#include "rules/ext/setref.h"
#include "rules/ipset/program.h"

static bool no_such_set(struct ext_cb *cb)
{
	struct nearest n = { .want = cb->arg };

	ext_error(cb, "Set %s doesn't exist.\n", cb->arg);
	for (unsigned i = 0; i < ipset_nr_slots(cb->sets); i++)
		if (ipset_at(cb->sets, i))
			nearest_try(&n, ipset_name(ipset_at(cb->sets, i)));
	if (nearest_get(&n))
		diag_hint(cb->diag, "did you mean \"%s\"?", nearest_get(&n));
	else
		diag_hint(cb->diag, "sets come from the host's ipset.save, from ipset in commands.sh, or with --ipset FILE");
	return false;
}

static bool parse_dirs(struct ext_cb *cb, struct setref *ret)
{
	const char *s = cb->arg2;

	for (;; s++) {
		if (ret->dim == IPSET_DIM_MAX)
			return ext_error(cb, "Can't be more src/dst options than %i.", IPSET_DIM_MAX);
		ret->dim++;
		if (strncmp(s, "src", 3) == 0)
			ret->flags |= (uint8_t)IPSET_DIM_SRC(ret->dim);
		else if (strncmp(s, "dst", 3) != 0)
			return ext_error(cb, "You must spefify (the comma separated list of) 'src' or 'dst'.");
		if (!(s = strchr(s, ',')))
			return true;
	}
}

bool setref_parse(struct ext_cb *cb, struct setref *ret)
{
	const struct ip_set *s;
	unsigned index;

	if (ret->sets)
		return ext_error(cb, "--%s can be specified only once", cb->opt->name);
	if (!cb->arg2)
		return ext_no_second(cb, strcmp(cb->opt->name, "set") ? cb->opt->name : "match-set");
	if (strlen(cb->arg) >= IPSET_MAXNAMELEN)
		return ext_error(cb, "setname `%s' too long, max %d characters.", cb->arg, IPSET_MAXNAMELEN - 1);
	index = ipset_index(cb->sets, cb->arg);
	if (index == IPSET_INVALID_ID)
		return no_such_set(cb);
	s = ipset_at(cb->sets, index);
	if (ipset_family(s) != cb->family && ipset_family(s) != NFPROTO_UNSPEC)
		return ext_error(cb, "The protocol family of set %s is %s, which is not applicable.\n", cb->arg,
				 ipset_family(s) == NFPROTO_IPV4 ? "IPv4" : "IPv6");
	ret->sets = cb->sets;
	ret->index = (uint16_t)index;
	if (!parse_dirs(cb, ret))
		return false;
	if (ret->dim < ipset_type(s)->dim) {
		diag_warn(cb->diag, cb->pos, "set %s is of type %s: with fewer than %u of src and dst nothing matches", cb->arg,
			  ipset_type(s)->name, ipset_type(s)->dim);
		diag_hint(cb->diag, "one for each part of an element");
	}
	return true;
}

void setref_hold(const struct setref *s)
{
	if (s->sets)
		ipset_hold(s->sets, s->index);
}

void setref_put(const struct setref *s)
{
	if (s->sets)
		ipset_put(s->sets, s->index);
}

void setref_save(const struct setref *s, struct strbuf *out)
{
	const struct ip_set *set = ipset_at(s->sets, s->index);

	sb_printf(out, " %s", set ? ipset_name(set) : "");
	for (unsigned i = 1; i <= s->dim; i++)
		sb_printf(out, "%c%s", i == 1 ? ' ' : ',', s->flags & IPSET_DIM_SRC(i) ? "src" : "dst");
}

struct ipset_adt setref_adt(const struct setref *s, uint32_t cmdflags)
{
	return (struct ipset_adt){ .dim = s->dim, .flags = s->flags, .cmdflags = cmdflags, .timeout = IPSET_NO_TIMEOUT };
}

struct ipset_packet setref_packet(const struct xt_ctx *c)
{
	return (struct ipset_packet){ .p = c->pkt, .family = c->family, .in = c->in ? c->in->name : NULL, .out = c->out ? c->out->name : NULL };
}

static void say_parts(const struct ipset_type *t, struct strbuf *out)
{
	static const char *const words[] = { "", "address", "address", "port", "MAC address", "mark", "interface", "" };

	for (unsigned i = 0; i < t->dim; i++)
		sb_printf(out, "%s%s", i == 0 ? "" : i + 1 == t->dim ? " and " : ", ", words[t->part[i]]);
}

static void explain_list(const struct xt_ctx *c, const struct setref *s, const struct ip_set *list, uint32_t cmdflags, struct strbuf *out);

static void explain_set(const struct xt_ctx *c, const struct setref *s, const struct ip_set *set, uint32_t cmdflags, struct strbuf *out)
{
	struct ipset_packet p = setref_packet(c);
	struct ipset_adt a = setref_adt(s, cmdflags);
	struct ipset_elem e, found;
	struct ipset_ext x;
	int got;

	if (ipset_type(set)->kind == SET_LIST) {
		explain_list(c, s, set, cmdflags, out);
		return;
	}
	if (!ipset_packet_elem(set, &p, &a, &e)) {
		sb_puts(out, "the packet has not the ");
		say_parts(ipset_type(set), out);
		sb_printf(out, " that set %s is about", ipset_name(set));
		return;
	}
	got = ipset_peek(set, &e, &found, &x);
	ipset_elem_text(set, s->sets, &e, out);
	sb_printf(out, " is %sin set %s", got > 0 ? "" : "not ", ipset_name(set));
	if (!got)
		return;
	sb_puts(out, got > 0 ? " (" : ": (");
	ipset_elem_text(set, s->sets, &found, out);
	sb_puts(out, got > 0 ? "" : " nomatch");
	if (x.timeout != IPSET_NO_TIMEOUT && x.timeout)
		sb_printf(out, ", %u s left", x.timeout);
	if (x.packets != UINT64_MAX)
		sb_printf(out, ", %llu packets, %llu bytes", (unsigned long long)x.packets, (unsigned long long)x.bytes);
	sb_putc(out, ')');
}

struct members { const struct xt_ctx *c; const struct setref *s; uint32_t cmdflags; struct strbuf *out; bool any; };

static bool explain_member(void *arg, const struct ipset_elem *e, const struct ipset_ext *x)
{
	struct members *m = arg;

	(void)x;
	if (m->any)
		sb_puts(m->out, "; ");
	m->any = true;
	explain_set(m->c, m->s, ipset_at(m->s->sets, e->id), m->cmdflags, m->out);
	return true;
}

static void explain_list(const struct xt_ctx *c, const struct setref *s, const struct ip_set *list, uint32_t cmdflags, struct strbuf *out)
{
	struct members m = { c, s, cmdflags, out, false };

	sb_printf(out, "list %s: ", ipset_name(list));
	ipset_each(list, explain_member, &m);
	if (!m.any)
		sb_puts(out, "it has no members");
}

void setref_explain(const struct xt_ctx *c, const struct setref *s, uint32_t cmdflags, struct strbuf *out)
{
	const struct ip_set *set = ipset_at(s->sets, s->index);

	if (set)
		explain_set(c, s, set, cmdflags, out);
}
