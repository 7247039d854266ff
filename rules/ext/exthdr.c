// SPDX-License-Identifier: MIT
/* exthdr.c - IPv6's extension headers as matches look for them, and the options inside two of them. */
#include "rules/ext/exthdr.h"
#include <errno.h>
#include <stdlib.h>

const uint8_t *exthdr_find(struct xt_ctx *c, int nexthdr, uint32_t len, uint32_t *ret_off)
{
	uint32_t off = 0;
	int found = ip6_find_hdr(c->pkt, &off, nexthdr, NULL, NULL);
	const uint8_t *h = found < 0 ? NULL : pkt_at(c->pkt, off, len);

	if (found != IP6_ENOENT && !h)
		c->hotdrop = true;
	*ret_off = off;
	return h;
}

bool exthdr_cut(struct xt_ctx *c, uint32_t off, uint32_t len)
{
	if (pkt_len(c->pkt) - off >= len)
		return false;
	c->hotdrop = true;
	return true;
}

void exthdr_say_missing(const struct xt_ctx *c, const char *what, struct strbuf *out)
{
	if (c->hotdrop)
		sb_puts(out, "the packet ends inside its extension headers and is dropped");
	else
		sb_printf(out, "there is no %s header", what);
}

/* ---- options of a header */

/* The low byte of a number; up to end. */
static bool number(struct ext_cb *cb, const char *s, size_t n, const char *what, uint8_t *ret)
{
	const char *text = arena_strndup(cb->arena, s, n);
	unsigned long v;
	char *end;

	errno = 0;
	v = strtoul(text, &end, 0);
	if (end == text)
		return ext_error(cb, "%s: no valid digits in %s `%s'", cb->ext_name, what, text);
	if (errno == ERANGE)
		return ext_error(cb, "%s `%s' specified too big: would overflow", what, text);
	if (*end)
		return ext_error(cb, "%s: error parsing %s `%s'", cb->ext_name, what, text);
	*ret = (uint8_t)v;
	return true;
}

/* "TYPE[:LEN][,TYPE[:LEN]]..." */
static bool list_parse(struct ext_cb *cb, struct exthdr_opts_info *m)
{
	const char *s = cb->arg;

	for (m->nr = 0; m->nr < EXTHDR_MAX_OPTS; m->nr++) {
		size_t n = strcspn(s, ","), type_len = strcspn(s, ":,");

		if (type_len < n && m->nr == EXTHDR_MAX_OPTS - 1)
			return ext_error(cb, "too many ports specified");
		m->opt[m->nr].len = UINT8_MAX;
		if (!number(cb, s, type_len, "opt", &m->opt[m->nr].type))
			return false;
		if (type_len < n && m->opt[m->nr].type == 0)
			return ext_error(cb, strcmp(cb->ext_name, "hbh") == 0 ? "PAD0 has not got length" : "PAD0 hasn't got length");
		if (type_len < n && !number(cb, s + type_len + 1, n - type_len - 1, "length", &m->opt[m->nr].len))
			return false;
		if (!s[n]) {
			m->nr++;
			return true;
		}
		s += n + 1;
	}
	return ext_error(cb, "too many addresses specified");
}

bool exthdr_opts_parse(struct ext_cb *cb)
{
	struct exthdr_opts_info *m = cb->info;

	if (cb->opt->id == O_EXTHDR_OPTS) {
		m->want_opts = true;
		return list_parse(cb, m);
	}
	m->want_len = true;
	m->inv_len = cb->invert;
	m->hdrlen = cb->val.u32;
	return true;
}

/* The wanted options must be the header's first ones, in order; where the header ends before the list does,
 * they are not. */
static bool opts_there(const struct packet *p, const struct exthdr_opts_info *m, uint32_t off, uint32_t left)
{
	for (unsigned i = 0; i < m->nr; i++) {
		const uint8_t *type = left ? pkt_at(p, off, 1) : NULL, *len;
		uint32_t n = 1;

		if (!type || *type != m->opt[i].type)
			return false;
		if (*type) {
			len = left >= 2 ? pkt_at(p, off + 1, 1) : NULL;
			if (!len || (m->opt[i].len != UINT8_MAX && m->opt[i].len != *len))
				return false;
			n = *len + 2u;
		}
		if (i + 1u < m->nr && (off + n > pkt_len(p) || left < n))
			return false;
		off += n;
		left -= MIN(left, n);
	}
	return true;
}

bool exthdr_opts_match(struct xt_ctx *c, const struct exthdr_opts_info *m, int nexthdr)
{
	uint32_t off, len;
	const uint8_t *h = exthdr_find(c, nexthdr, 2, &off);

	if (!h)
		return false;
	len = ip6_exthdr_len((unsigned)nexthdr, h);
	if (exthdr_cut(c, off, len))
		return false;
	if (m->want_opts && !opts_there(c->pkt, m, off + 2, len - 2))
		return false;
	return !m->want_len || (m->hdrlen == len) != m->inv_len;
}

static void put_list(const struct exthdr_opts_info *m, struct strbuf *out)
{
	for (unsigned i = 0; i < m->nr; i++) {
		sb_printf(out, "%c%u", i ? ',' : ' ', m->opt[i].type);
		if (m->opt[i].len != UINT8_MAX)
			sb_printf(out, ":%u", m->opt[i].len);
	}
}

void exthdr_opts_save(const struct exthdr_opts_info *m, const char *name, struct strbuf *out)
{
	if (m->want_len)
		sb_printf(out, "%s --%s-len %u", m->inv_len ? " !" : "", name, m->hdrlen);
	if (m->want_opts)
		sb_printf(out, " --%s-opts", name);
	put_list(m, out);
}

void exthdr_opts_print(const struct exthdr_opts_info *m, const char *name, struct strbuf *out)
{
	sb_printf(out, " %s", name);
	if (m->want_len)
		sb_printf(out, " length:%s%u", m->inv_len ? "!" : "", m->hdrlen);
	if (m->want_opts)
		sb_puts(out, " opts");
	put_list(m, out);
}

/* The options that are there: type:length. */
static void say_options(const struct packet *p, uint32_t off, uint32_t end, struct strbuf *out)
{
	const char *sep = "";

	while (off < end) {
		const uint8_t *o = pkt_at(p, off, 1), *len = off + 1 < end ? pkt_at(p, off + 1, 1) : NULL;

		if (!o)
			return;
		sb_printf(out, "%s%u", sep, *o);
		sep = ",";
		if (*o && len)
			sb_printf(out, ":%u", *len);
		off += *o && len ? *len + 2u : 1;
	}
}

void exthdr_opts_explain(struct xt_ctx *c, const struct exthdr_opts_info *m, int nexthdr, const char *what, struct strbuf *out)
{
	uint32_t off, len;
	const uint8_t *h = exthdr_find(c, nexthdr, 2, &off);

	if (!h) {
		exthdr_say_missing(c, what, out);
		return;
	}
	len = ip6_exthdr_len((unsigned)nexthdr, h);
	sb_printf(out, "the %s header is %u bytes long and has options ", what, len);
	say_options(c->pkt, off + 2, off + len, out);
	if (m->want_len)
		sb_printf(out, ", rule wants %s%u bytes", m->inv_len ? "not " : "", m->hdrlen);
	if (m->want_opts)
		sb_puts(out, ", rule wants it to begin with");
	put_list(m, out);
}
