// SPDX-License-Identifier: MIT
/* TCPOPTSTRIP.c - "-j TCPOPTSTRIP": overwrites TCP options with NOPs (net/netfilter/xt_TCPOPTSTRIP.c). */
#include "rules/ext/util.h"

struct optstrip_info { uint8_t bits[32]; };

static const struct { const char *name; uint8_t kind; } names[] = {
	{ "wscale", 3 }, { "mss", 2 }, { "sack-permitted", 4 }, { "sack", 5 }, { "timestamp", 8 }, { "md5", 19 },
};

static bool has(const struct optstrip_info *o, unsigned kind)
{
	return o->bits[kind / 8] >> kind % 8 & 1;
}

static bool kind_of(const char *word, uint8_t *ret)
{
	uint64_t v;

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(names[i].name, word) == 0) {
			*ret = names[i].kind;
			return true;
		}
	}
	if (!ext_strtoul(word, NULL, &v, 0, UINT8_MAX))
		return false;
	*ret = (uint8_t)v;
	return true;
}

static bool optstrip_parse(struct ext_cb *cb)
{
	struct optstrip_info *o = cb->info;
	char *copy = arena_strdup(cb->arena, cb->arg), *next = copy, *word;

	while ((word = strsep(&next, ",")) != NULL) {
		uint8_t kind;

		if (!kind_of(word, &kind))
			return ext_error(cb, "Bad TCP option value \"%s\"", word) ||
		       ext_hint_one_of(cb, word, strlen(word), "mss wscale sack-permitted sack timestamp md5");
		if (kind < 2)		/* end of options and padding */
			return ext_error(cb, "Option value may not be 0 or 1");
		if (has(o, kind))
			return ext_error(cb, "Option \"%s\" already specified", word);
		o->bits[kind / 8] |= (uint8_t)(1u << kind % 8);
	}
	return true;
}

static uint32_t option_len(const uint8_t *opt)
{
	return opt[0] <= 1 || opt[1] == 0 ? 1 : opt[1];
}

static void blank(uint8_t *th, uint32_t at, uint32_t len)
{
	for (uint32_t i = at; i < at + len; i++) {
		bool high = i % 2 == 0;		/* which half of a checksum's word */
		uint16_t old = (uint16_t)(th[i] << (high ? 8 : 0)), nop = (uint16_t)(1 << (high ? 8 : 0));

		csum_replace2(th + TCP_CSUM, htons(old), htons(nop));
		th[i] = 1;
	}
}

static enum xt_verdict optstrip_target(struct xt_ctx *c, const void *info)
{
	const struct optstrip_info *o = info;
	uint32_t hlen, len;
	uint8_t *th;

	if (c->fragoff)
		return XT_CONTINUE;
	th = pkt_at(c->pkt, c->thoff, TCP_HLEN);
	if (!th)
		return XT_DROP;
	hlen = tcp_hlen(th);
	if (pkt_len(c->pkt) < c->thoff + hlen)
		return XT_DROP;
	for (uint32_t i = TCP_HLEN; i + 1 < hlen; i += len) {
		uint8_t kind = th[i];

		len = option_len(th + i);
		if (i + len > hlen)
			break;
		if (!has(o, kind))
			continue;
		blank(th, i, len);
		ext_changed_dec(c, "tcp option", kind, 1, "TCPOPTSTRIP");
	}
	return XT_CONTINUE;
}

static void list(const struct optstrip_info *o, bool numeric, struct strbuf *out)
{
	const char *sep = "";

	for (unsigned k = 0; k < 256; k++) {
		unsigned n = 0;

		if (!has(o, k))
			continue;
		while (n < ARRAY_SIZE(names) && names[n].kind != k)
			n++;
		if (!numeric && n < ARRAY_SIZE(names))
			sb_printf(out, "%s%s", sep, names[n].name);
		else
			sb_printf(out, "%s%u", sep, k);
		sep = ",";
	}
}

/* Without --strip-options there is nothing to print, nor to do. */
static bool empty(const struct optstrip_info *o)
{
	static const struct optstrip_info none;

	return memcmp(o, &none, sizeof(none)) == 0;
}

static void optstrip_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	if (empty(info))
		return;
	sb_puts(out, " --strip-options ");
	list(info, true, out);
}

static void optstrip_print(const void *info, const struct rule *r UNUSED, bool numeric, struct strbuf *out)
{
	if (empty(info))
		return;
	sb_puts(out, " TCPOPTSTRIP options ");
	list(info, numeric, out);
}

static void optstrip_explain(struct xt_ctx *c UNUSED, const void *info, struct strbuf *out)
{
	sb_puts(out, "blanks the TCP options ");
	list(info, false, out);
}

const struct target_ext ext_TCPOPTSTRIP_target = {
	.name = "TCPOPTSTRIP", .families = EXT_ANY, .size = sizeof(struct optstrip_info), .table = "mangle", .proto = IPPROTO_TCP,
	.opts = (const struct ext_opt[]){
		{ .name = "strip-options",
		  .form = "a list of numbers from 2 to 255 and names, as in sack,timestamp",
		  .type = OPT_STRING, .id = 0, .parse = optstrip_parse }, { 0 } },
	.target = optstrip_target, .save = optstrip_save, .print = optstrip_print, .explain = optstrip_explain,
};
