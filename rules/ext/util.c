// SPDX-License-Identifier: MIT
/* util.c - what several extensions need. */
#include "rules/ext/util.h"
#include <stdio.h>
#include <strings.h>

bool ext_bad_value(struct ext_cb *cb, const char *opt, const char *arg)
{
	return ext_error(cb, "%s: Bad value for \"%s\" option: \"%s\"", cb->ext_name, opt, arg);
}

bool ext_no_second(struct ext_cb *cb, const char *name)
{
	return ext_error(cb, "--%s requires two args.", name) || ext_hint(cb, "--%s %s", cb->opt->name, cb->opt->form);
}

bool ext_refuse_silent(struct ext_check *c, const char *why, ...)
{
	struct strbuf sb = { 0 };
	va_list ap;

	va_start(ap, why);
	sb_vprintf(&sb, why, ap);
	va_end(ap);
	ext_refuse(c, "%s", "");
	diag_hint(c->diag, "%s", sb_str(&sb));
	sb_free(&sb);
	return false;
}

void ext_save_mark(uint32_t mark, uint32_t mask, struct strbuf *out)
{
	sb_printf(out, " 0x%x", mark);
	if (mask != UINT32_MAX)
		sb_printf(out, "/0x%x", mask);
}

void ext_save_mask(const union inet_addr *mask, uint8_t family, struct strbuf *out)
{
	int plen = inet_mask_len(mask, family);
	char buf[ADDRSTRLEN];

	if (plen < 0)
		sb_printf(out, "/%s", inet_str(buf, family, mask));
	else if (plen != (family == NFPROTO_IPV6 ? 128 : 32))
		sb_printf(out, "/%d", plen);
}

void ext_save_mask4(be32 mask, struct strbuf *out)
{
	union inet_addr m = { .ip = mask };

	ext_save_mask(&m, NFPROTO_IPV4, out);
}

void ext_put_addr_full(const union inet_addr *a, uint8_t family, struct strbuf *out)
{
	char buf[ADDRSTRLEN];

	if (family != NFPROTO_IPV6) {
		sb_puts(out, ip4_str(buf, a->ip));
		return;
	}
	for (unsigned i = 0; i < 16; i += 2)
		sb_printf(out, "%s%04x", i ? ":" : "", get_be16(a->ip6 + i));
}

void ext_mask_addr(union inet_addr *a, const union inet_addr *mask)
{
	for (int i = 0; i < 4; i++)
		a->all[i] &= mask->all[i];
}

void ext_say_masked(uint32_t have, uint32_t want, uint32_t mask, bool invert, const char *what, struct strbuf *out)
{
	sb_printf(out, "%s is 0x%x", what, have);
	if (mask != UINT32_MAX)
		sb_printf(out, " (0x%x under mask 0x%x)", have & mask, mask);
	sb_printf(out, ", rule wants %s0x%x", invert ? "anything but " : "", want);
}

static void changed(const struct xt_ctx *c, const char *field, const char *a, const char *b, const char *by)
{
	struct event ev = { .type = EV_CHANGE, .host = c->host, .pkt = c->pkt };

	ev.u.change.field = field;
	ev.u.change.from = a;
	ev.u.change.to = b;
	ev.u.change.by = by;
	ev.u.change.rule = c->rule;
	trace_emit(c->host->trace, &ev);
}

void ext_changed_hex(const struct xt_ctx *c, const char *field, uint32_t from, uint32_t to, const char *by)
{
	char a[16], b[16];

	if (!trace_on(c->host->trace, EV_CHANGE) || from == to)
		return;
	snprintf(a, sizeof(a), "0x%x", from);
	snprintf(b, sizeof(b), "0x%x", to);
	changed(c, field, a, b, by);
}

void ext_changed_dec(const struct xt_ctx *c, const char *field, uint32_t from, uint32_t to, const char *by)
{
	char a[16], b[16];

	if (!trace_on(c->host->trace, EV_CHANGE) || from == to)
		return;
	snprintf(a, sizeof(a), "%u", from);
	snprintf(b, sizeof(b), "%u", to);
	changed(c, field, a, b, by);
}

void ext_set_tos(const struct xt_ctx *c, uint8_t tos)
{
	uint8_t *ip = pkt_nh(c->pkt);

	if (c->family == NFPROTO_IPV6) {
		ip6_set_tclass(ip, tos);
		return;
	}
	csum_replace2(ip + IP4_CSUM, htons(ip[IP4_TOS]), htons(tos));
	ip[IP4_TOS] = tos;
}

static const struct { const char *name; uint8_t dscp; } classes[] = {
	{ "CS0", 0 }, { "CS1", 8 }, { "CS2", 16 }, { "CS3", 24 }, { "CS4", 32 }, { "CS5", 40 }, { "CS6", 48 }, { "CS7", 56 },
	{ "BE", 0 }, { "AF11", 10 }, { "AF12", 12 }, { "AF13", 14 }, { "AF21", 18 }, { "AF22", 20 }, { "AF23", 22 },
	{ "AF31", 26 }, { "AF32", 28 }, { "AF33", 30 }, { "AF41", 34 }, { "AF42", 36 }, { "AF43", 38 }, { "EF", 46 },
};

bool ext_dscp_class(const char *name, uint8_t *ret_dscp)
{
	for (unsigned i = 0; i < ARRAY_SIZE(classes); i++) {
		if (strncasecmp(name, classes[i].name, strlen(classes[i].name)) == 0) {
			*ret_dscp = classes[i].dscp;
			return true;
		}
	}
	return false;
}

bool ext_bad_dscp(struct ext_cb *cb)
{
	return ext_error(cb, "Invalid DSCP value `%s'", cb->arg) ||
	       ext_hint_one_of(cb, cb->arg, strlen(cb->arg), "BE CS1 CS2 CS3 CS4 CS5 CS6 CS7 AF11 AF12 AF13 AF21 AF22 AF23 AF31 AF32 AF33 AF41 AF42 AF43 EF");
}

const char *ext_dscp_name(uint8_t dscp)
{
	for (unsigned i = 0; i < ARRAY_SIZE(classes); i++)
		if (classes[i].dscp == dscp)
			return classes[i].name;
	return NULL;
}

/* Nanoseconds from now until "ticks" more jiffies have begun. */
static uint64_t until_tick(const struct host *h, uint64_t ticks)
{
	return ticks ? (host_jiffies(h) + ticks) * NSEC_PER_JIFFY - h->clock->now : 0;
}

const char *ext_tos_name(uint8_t value, uint8_t mask)
{
	switch (mask == 0x3f ? value : 0xff) {
	case 0x10:	return "Minimize-Delay";
	case 0x08:	return "Maximize-Throughput";
	case 0x04:	return "Maximize-Reliability";
	case 0x02:	return "Minimize-Cost";
	case 0x00:	return "Normal-Service";
	}
	return NULL;
}

void ext_limited(const struct xt_ctx *c, const char *ext, bool over, const char *key, uint64_t have, uint64_t cost,
		 uint64_t ticks)
{
	struct event ev = { .type = EV_LIMIT, .host = c->host, .pkt = c->pkt };

	ev.u.limit.rule = c->rule;
	ev.u.limit.ext = ext;
	ev.u.limit.over = over;
	ev.u.limit.key = key;
	ev.u.limit.have = have;
	ev.u.limit.cost = cost;
	ev.u.limit.refill = until_tick(c->host, ticks);
	trace_emit(c->host->trace, &ev);
}

void ext_say_span(uint64_t ns, struct strbuf *out)
{
	uint64_t sec = ns / NSEC_PER_SEC;
	unsigned ms = (unsigned)(ns % NSEC_PER_SEC / NSEC_PER_MSEC);

	if (sec >= 3600)
		sb_printf(out, "%llu h ", (unsigned long long)(sec / 3600));
	if (sec >= 60)
		sb_printf(out, "%u min ", (unsigned)(sec % 3600 / 60));
	sb_printf(out, "%u.%03u s", (unsigned)(sec % 60), ms);
}

bool ext_unknown(struct xt_ctx *c)
{
	c->unknown = true;
	return true;
}

void ext_warn_unknown(struct ext_check *c, const char *why)
{
	diag_warn(c->diag, c->pos, "%s: what becomes of packets that get here is not known", why);
}
