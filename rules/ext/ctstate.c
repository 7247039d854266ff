// SPDX-License-Identifier: MIT
/* ctstate.c - a packet's standing towards its connection as bits. */
#include "rules/ext/ctstate.h"
#include <strings.h>

/* In the order they are tried, which decides what a beginning as "E" means, and printed. */
static const struct { const char *name; uint32_t bit; } parse_order[] = {
	{ "INVALID", CTS_INVALID }, { "NEW", CTS_NEW }, { "ESTABLISHED", CTS_ESTABLISHED }, { "RELATED", CTS_RELATED },
	{ "UNTRACKED", CTS_UNTRACKED }, { "SNAT", CTS_SNAT }, { "DNAT", CTS_DNAT },
}, save_order[] = {
	{ "INVALID", CTS_INVALID }, { "NEW", CTS_NEW }, { "RELATED", CTS_RELATED }, { "ESTABLISHED", CTS_ESTABLISHED },
	{ "UNTRACKED", CTS_UNTRACKED }, { "SNAT", CTS_SNAT }, { "DNAT", CTS_DNAT },
};

uint32_t ctstate_of(const struct packet *p)
{
	uint32_t bits;

	if (!p->ct)
		return p->ctinfo == IP_CT_UNTRACKED ? CTS_UNTRACKED : CTS_INVALID;
	bits = 1u << (p->ctinfo % IP_CT_IS_REPLY + 1);
	if (p->ct->status & IPS_SRC_NAT)
		bits |= CTS_SNAT;
	if (p->ct->status & IPS_DST_NAT)
		bits |= CTS_DNAT;
	return bits;
}

const char *ctstate_parse(const char *list, bool nat_too, uint32_t *ret_mask)
{
	size_t known = ARRAY_SIZE(parse_order) - (nat_too ? 0 : 2), i;

	*ret_mask = 0;
	for (;;) {
		size_t n = strcspn(list, ",");

		for (i = 0; i < known; i++)
			if (n && !strncasecmp(list, parse_order[i].name, n))
				break;
		if (i == known)
			return list;
		*ret_mask |= parse_order[i].bit;
		if (!list[n])
			return NULL;
		list += n + 1;
	}
}

void ctstate_save(uint32_t mask, struct strbuf *out)
{
	const char *sep = "";

	for (size_t i = 0; i < ARRAY_SIZE(save_order); i++) {
		if (!(mask & save_order[i].bit))
			continue;
		sb_printf(out, "%s%s", sep, save_order[i].name);
		sep = ",";
	}
}
