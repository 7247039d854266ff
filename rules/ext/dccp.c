// SPDX-License-Identifier: MIT
/* dccp.c - "-p dccp -m dccp": ports, packet types and an option of DCCP packets (net/netfilter/xt_dccp.c). */
#include "rules/ext/ports.h"
#include "rules/ext/util.h"
#include <strings.h>

enum { O_SPORT, O_DPORT, O_TYPES, O_OPTION };
enum { DCCP_HLEN = 12, DCCP_DOFF = 4, DCCP_TYPE = 8 };
enum { TYPE_REQUEST, TYPE_RESPONSE, TYPE_DATA, TYPE_ACK, TYPE_DATAACK, TYPE_RESET = 7, TYPE_INVALID = 10 };

struct dccp_info {
	struct ports_info spt, dpt;
	uint16_t types;			/* a bit each */
	uint8_t option;
	bool has_types, inv_types, has_option, inv_option;
};

static const char *const type_names[] = {
	"REQUEST", "RESPONSE", "DATA", "ACK", "DATAACK", "CLOSEREQ", "CLOSE", "RESET", "SYNC", "SYNCACK", "INVALID",
};

static bool port_parse(struct ext_cb *cb)
{
	struct dccp_info *d = cb->info;
	struct ports_info *p = cb->opt->id == O_SPORT ? &d->spt : &d->dpt;

	*p = (struct ports_info){ cb->val.port_range[0], cb->val.port_range[1], true, cb->invert };
	return true;
}

static bool types_parse(struct ext_cb *cb)
{
	struct dccp_info *d = cb->info;
	size_t i, n;

	for (const char *s = cb->arg; *s; s += n + (s[n] == ',')) {
		n = strcspn(s, ",");
		for (i = 0; n && i < ARRAY_SIZE(type_names); i++)
			if (strlen(type_names[i]) == n && strncasecmp(type_names[i], s, n) == 0)
				break;
		if (i == ARRAY_SIZE(type_names))
			return ext_error(cb, "Unknown DCCP type `%.*s'", (int)n, s) ||
		       ext_hint_one_of(cb, s, n, "REQUEST RESPONSE DATA ACK DATAACK CLOSEREQ CLOSE RESET SYNC SYNCACK INVALID");
		if (n)
			d->types |= (uint16_t)(1u << i);
	}
	if (d->types & 1u << TYPE_INVALID)	/* all that have no name */
		d->types |= (uint16_t)(0xffffu << TYPE_INVALID);
	d->has_types = true;
	d->inv_types = cb->invert;
	return true;
}

static bool option_num_parse(struct ext_cb *cb)
{
	struct dccp_info *d = cb->info;

	d->option = cb->val.u8;
	d->has_option = true;
	d->inv_option = cb->invert;
	return true;
}

static unsigned type_of(const uint8_t *h)
{
	return h[DCCP_TYPE] >> 1 & 0xf;
}

/* Length of the fixed headers: the sequence number may be long, and most types add something. */
static uint32_t fixed_len(const uint8_t *h)
{
	uint32_t len = DCCP_HLEN + (h[DCCP_TYPE] & 1 ? 4 : 0);

	switch (type_of(h)) {
	case TYPE_DATA:
		return len;
	case TYPE_REQUEST:
		return len + 4;
	case TYPE_RESPONSE: case TYPE_RESET:
		return len + 12;
	default:
		return len + 8;
	}
}

/* -1: the packet is broken. */
static int has_option(const struct xt_ctx *c, const uint8_t *h, uint8_t option)
{
	uint32_t fixed = fixed_len(h), all = h[DCCP_DOFF] * 4u;
	const uint8_t *op;

	if (all < fixed)
		return -1;
	if (all == fixed)
		return 0;
	op = pkt_at(c->pkt, c->thoff + fixed, all - fixed);
	if (!op)
		return -1;
	for (uint32_t i = 0; i < all - fixed;) {
		if (op[i] == option)
			return 1;
		if (op[i] < 2)
			i++;
		else if (i + 1 < all - fixed)
			i += op[i + 1] ? op[i + 1] : 1;
		else
			break;
	}
	return 0;
}

static bool dccp_match(struct xt_ctx *c, const void *info)
{
	const struct dccp_info *d = info;
	const uint8_t *h;
	int found;

	if (c->fragoff)
		return false;
	h = pkt_at(c->pkt, c->thoff, DCCP_HLEN);
	if (!h) {
		c->hotdrop = true;
		return false;
	}
	if (!ports_in(&d->spt, get_be16(h)) || !ports_in(&d->dpt, get_be16(h + 2)))
		return false;
	if (d->has_types && (d->types >> type_of(h) & 1) == d->inv_types)
		return false;
	if (!d->has_option)
		return true;
	found = has_option(c, h, d->option);
	if (found < 0)
		c->hotdrop = true;
	return (found == 1) != d->inv_option;
}

static void put_types(const struct dccp_info *d, bool numeric, struct strbuf *out)
{
	char sep = ' ';

	for (unsigned i = 0; i < 16; i++) {
		if (!(d->types & 1u << i))
			continue;
		if (numeric)
			sb_printf(out, "%c%u", sep, i);
		else
			sb_printf(out, "%c%s", sep, type_names[MIN(i, TYPE_INVALID)]);
		if (!numeric && i == TYPE_INVALID)
			break;
		sep = ',';
	}
}

static void dccp_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct dccp_info *d = info;

	ports_save(&d->spt, "sport", out);
	ports_save(&d->dpt, "dport", out);
	if (d->has_types) {
		sb_puts(out, d->inv_types ? " ! --dccp-types" : " --dccp-types");
		put_types(d, false, out);
	}
	if (d->has_option)
		sb_printf(out, "%s --dccp-option %u", d->inv_option ? " !" : "", d->option);
}

static void dccp_print(const void *info, const struct rule *r UNUSED, bool numeric, struct strbuf *out)
{
	const struct dccp_info *d = info;

	sb_puts(out, " dccp");
	ports_print(&d->spt, "spt", "dccp", numeric, out);
	ports_print(&d->dpt, "dpt", "dccp", numeric, out);
	if (d->has_types) {
		sb_puts(out, d->inv_types ? " !" : "");
		put_types(d, numeric, out);
	}
	if (d->has_option)
		sb_printf(out, " option=%s%u", d->inv_option ? "!" : "", d->option);
}

static void dccp_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct dccp_info *d = info;
	const uint8_t *h = pkt_at(c->pkt, c->thoff, DCCP_HLEN);
	int found;

	if (c->fragoff) {
		sb_puts(out, "a later fragment has no ports");
		return;
	}
	if (!h) {
		sb_puts(out, "the DCCP header is cut off: the packet is dropped");
		return;
	}
	if (ports_explain(&d->spt, "sport", get_be16(h), out) || ports_explain(&d->dpt, "dport", get_be16(h + 2), out))
		return;
	if (d->has_types) {
		sb_printf(out, "the type is %s, rule wants %sone of", type_names[MIN(type_of(h), TYPE_INVALID)],
			  d->inv_types ? "not " : "");
		put_types(d, false, out);
	}
	if (!d->has_option)
		return;
	found = has_option(c, h, d->option);
	sb_printf(out, "%s%s", d->has_types ? "; " : "", found < 0 ? "the options are cut off: the packet is dropped" :
		  found ? "the option is there" : "the option is not there");
	if (found >= 0)
		sb_printf(out, ", rule wants it %s", d->inv_option ? "not to be" : "to be");
}

const struct match_ext ext_dccp = {
	.name = "dccp", .families = EXT_ANY, .size = sizeof(struct dccp_info), .proto = IPPROTO_DCCP,
	.opts = (const struct ext_opt[]){
		{ .name = "source-port",
		  .form = "PORT or FROM:TO, the lower first; 0 to 65535 or service names",
		  .type = OPT_PORTRC, .flags = OPT_INVERT, .id = O_SPORT, .parse = port_parse },
		{ .name = "sport",
		  .form = "PORT or FROM:TO, the lower first; 0 to 65535 or service names",
		  .type = OPT_PORTRC, .flags = OPT_INVERT, .id = O_SPORT, .parse = port_parse },
		{ .name = "destination-port",
		  .form = "PORT or FROM:TO, the lower first; 0 to 65535 or service names",
		  .type = OPT_PORTRC, .flags = OPT_INVERT, .id = O_DPORT, .parse = port_parse },
		{ .name = "dport",
		  .form = "PORT or FROM:TO, the lower first; 0 to 65535 or service names",
		  .type = OPT_PORTRC, .flags = OPT_INVERT, .id = O_DPORT, .parse = port_parse },
		{ .name = "dccp-types",
		  .form = "a list of REQUEST, RESPONSE, DATA, ACK, DATAACK, CLOSEREQ, CLOSE, RESET, SYNC, SYNCACK, INVALID",
		  .type = OPT_STRING, .flags = OPT_INVERT, .id = O_TYPES, .parse = types_parse },
		{ .name = "dccp-option", .type = OPT_UINT8, .flags = OPT_INVERT, .id = O_OPTION, .min = 1, .max = UINT8_MAX,
		  .parse = option_num_parse },
		{ 0 } },
	.match = dccp_match, .save = dccp_save, .print = dccp_print, .explain = dccp_explain,
};
