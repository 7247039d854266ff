// SPDX-License-Identifier: MIT
/* ports.c - source and destination ports as dccp and sctp print them. */
#include "rules/ext/ports.h"

bool ports_in(const struct ports_info *p, uint16_t port)
{
	return !p->given || (port >= p->from && port <= p->to) != p->invert;
}

void ports_save(const struct ports_info *p, const char *opt, struct strbuf *out)
{
	if (!p->given)
		return;
	sb_printf(out, "%s --%s %u", p->invert ? " !" : "", opt, p->from);
	if (p->from != p->to)
		sb_printf(out, ":%u", p->to);
}

static void put_port(uint16_t port, const char *proto, bool numeric, struct strbuf *out)
{
	const char *name = numeric ? NULL : ext_port_name(port, proto);

	if (name)
		sb_puts(out, name);
	else
		sb_printf(out, "%u", port);
}

void ports_print(const struct ports_info *p, const char *label, const char *proto, bool numeric, struct strbuf *out)
{
	bool all = p->from == 0 && p->to == UINT16_MAX && !p->invert;

	if (!p->given || all)
		return;
	sb_printf(out, " %s%s:%s", label, p->from == p->to ? "" : "s", p->invert ? "!" : "");
	put_port(p->from, proto, numeric, out);
	if (p->from == p->to)
		return;
	sb_putc(out, ':');
	put_port(p->to, proto, numeric, out);
}

bool ports_explain(const struct ports_info *p, const char *what, uint16_t have, struct strbuf *out)
{
	if (ports_in(p, have))
		return false;
	sb_printf(out, "%s is %u, rule wants %s%u", what, have, p->invert ? "not " : "", p->from);
	if (p->from != p->to)
		sb_printf(out, " to %u", p->to);
	return true;
}
