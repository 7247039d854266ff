// SPDX-License-Identifier: MIT
/* ipbatch.c - the lines of "ip -batch", run one after the other as with -force: a line that fails does
 * not keep the next ones from being run, and all that failed are told. */
#include "sim/world/ipcmd.h"

/* ---- words of a line: blanks separate, quotes hold together, '#' ends the line */

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

unsigned ip_split(struct arena *a, struct source *src, size_t off, size_t len, struct ip_word *w)
{
	size_t i = off, end = off + len;
	unsigned n = 0;

	while (n < IP_WORDS_MAX) {
		size_t start, stop;

		while (i < end && (blank(src->text[i]) || (src->text[i] == '\\' && i + 1 < end &&
							   src->text[i + 1] == '\n')))
			i++;
		if (i == end || src->text[i] == '#' || src->text[i] == 0)
			break;
		start = i;
		if (src->text[i] == '"' || src->text[i] == '\'') {
			char q = src->text[i];

			for (start++, i++; i < end && src->text[i] != q; i++)
				;
			stop = i;
			i += i < end;
		} else {
			while (i < end && !blank(src->text[i]) && src->text[i] != '#' &&
			       src->text[i] != 0)
				i++;
			stop = i;
		}
		w[n].s = arena_strndup(a, src->text + start, stop - start);
		w[n++].pos = (struct pos){ src, start, stop - start };
	}
	return n;
}

/* The length of the line at off, lines joined by a backslash included. */
static size_t line_len(const struct source *src, size_t off)
{
	size_t i = off;

	for (; i < src->len && src->text[i] != '\n'; i++)
		if (src->text[i] == '\\' && i + 1 < src->len && src->text[i + 1] == '\n')
			i++;
	return i - off;
}

/* ---- objects */

static const struct { const char *name; bool (*run)(struct ipcmd *c); } objects[] = {
	{ "address", ip_address }, { "addrlabel", NULL },  { "maddress", NULL },
	{ "route", ip_route },	   { "rule", ip_rule },	   { "neighbor", ip_neigh },
	{ "neighbour", ip_neigh }, { "ntable", NULL },	   { "ntbl", NULL },
	{ "link", ip_link },	   { "l2tp", NULL },	   { "fou", NULL },
	{ "ila", NULL },	   { "macsec", NULL },	   { "tunnel", NULL },
	{ "tunl", NULL },	   { "tuntap", NULL },	   { "tap", NULL },
	{ "token", NULL },	   { "tcpmetrics", NULL }, { "tcp_metrics", NULL },
	{ "monitor", NULL },	   { "xfrm", NULL },	   { "mroute", NULL },
	{ "mrule", NULL },	   { "netns", NULL },	   { "netconf", NULL },
	{ "vrf", NULL },	   { "sr", NULL },	   { "nexthop", NULL },
	{ "mptcp", NULL },	   { "ioam", NULL },	   { "stats", NULL },
};

/* Does the line speak of IPv6? Link addresses look alike but are shorter. */
bool ip_speaks_v6(const struct ipcmd *c)
{
	if (c->family == AF_INET6)
		return true;
	for (unsigned i = c->at; i < c->nr; i++) {
		const char *s = c->word[i].s, *slash = strchr(s, '/');
		char buf[64];
		struct in6_addr a;
		size_t n = slash ? (size_t)(slash - s) : strlen(s);

		if (strcmp(s, "inet6") == 0)
			return true;
		if (!strchr(s, ':') || n >= sizeof(buf))
			continue;
		memcpy(buf, s, n);
		buf[n] = 0;
		if (inet_pton(AF_INET6, buf, &a) == 1)
			return true;
	}
	return false;
}

static bool options(struct ipcmd *c)
{
	for (; ip_more(c) && ip_peek(c)[0] == '-'; c->at++) {
		if (ip_is(c, "-4"))
			c->family = AF_INET;
		else if (ip_is(c, "-6"))
			c->family = AF_INET6;
		else if (ip_is(c, "-o") || ip_prefix_of(ip_peek(c), "-oneline"))
			c->oneline = true;
		else if (ip_is(c, "-br") || ip_is(c, "-brief"))
			c->brief = true;
		else
			return ip_fail(c, ip_pos(c), "option \"%s\" is unknown here", ip_peek(c));
	}
	return true;
}

/* Addresses and routes of IPv6 have words of their own; the others look at the family themselves. */
static bool run(struct ipcmd *c, bool (*fn)(struct ipcmd *c))
{
	if (c->family == AF_INET6 && fn == ip_address)
		return ip_address6(c);
	return c->family == AF_INET6 && fn == ip_route ? ip_route6(c) : fn(c);
}

static bool dispatch(struct ipcmd *c)
{
	if (!options(c))
		return false;
	if (!ip_more(c))
		return true;
	if (ip_speaks_v6(c))
		c->family = AF_INET6;
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
		if (!ip_matches(c, objects[i].name))
			continue;
		if (!objects[i].run) {
			ip_fail(c, ip_pos(c), "\"ip %s\" is not emulated", objects[i].name);
			return false;
		}
		c->at++;
		return run(c, objects[i].run);
	}
	ip_fail(c, ip_pos(c), "object \"%s\" is unknown, try \"ip help\"", ip_peek(c));
	if (ip_is(c, "ip"))
		diag_hint(c->d, "lines of a batch begin without the word \"ip\"");
	return false;
}

bool ip_command(struct host *h, struct diag *d, struct source *src, size_t off, size_t len)
{
	struct ip_word w[IP_WORDS_MAX];
	struct ipcmd c = { .h = h, .d = d, .a = h->arena, .word = w, .line = { src, off, len } };

	c.nr = ip_split(h->arena, src, off, len, w);
	if (!c.nr)
		return true;
	/* The place of the whole line is that of its words. */
	c.line.off = w[0].pos.off;
	c.line.len = w[c.nr - 1].pos.off + w[c.nr - 1].pos.len - c.line.off;
	return dispatch(&c);
}

bool ip_command_words(struct host *h, struct diag *d, struct pos line, const struct ip_word *w, unsigned n,
		      struct strbuf *out)
{
	struct ipcmd c = { .h = h, .d = d, .a = h->arena, .word = w, .nr = n, .line = line, .out = out };

	return dispatch(&c);
}

/* ---- physical devices: those that are set up and never made */

struct link_line { struct link_line *next; unsigned nr; struct ip_word *word; };

/* All lines about links, without options in front. */
static struct link_line *link_lines(struct host *h, struct source *src)
{
	struct link_line *first = NULL, **last = &first;
	struct ip_word w[IP_WORDS_MAX];

	for (size_t off = 0, len; off < src->len; off += len + 1) {
		unsigned n, lead = 0;

		len = line_len(src, off);
		n = ip_split(h->arena, src, off, len, w);
		while (lead < n && w[lead].s[0] == '-')
			lead++;
		if (n - lead < 3 || !ip_prefix_of(w[lead].s, "link"))
			continue;
		*last = arena_new(h->arena, struct link_line);
		(*last)->nr = n - lead;
		(*last)->word = arena_memdup(h->arena, w + lead, (n - lead) * sizeof(*w));
		last = &(*last)->next;
	}
	return first;
}

/* Is name made by the line: "link add NAME", "... peer name NAME", "link set X name NAME"? */
static bool made_by(const struct link_line *l, const char *name)
{
	bool adds = ip_prefix_of(l->word[1].s, "add");

	for (unsigned i = 2; i < l->nr; i++) {
		const char *before = l->word[i - 1].s;

		if (strcmp(l->word[i].s, name) != 0)
			continue;
		if (strcmp(before, "name") == 0 ||
		    (adds && strcmp(before, "link") != 0 && strcmp(before, "type") != 0))
			return true;
	}
	return false;
}

static bool sets_up(const struct link_line *l)
{
	if (!ip_prefix_of(l->word[1].s, "set") && !ip_prefix_of(l->word[1].s, "change"))
		return false;
	for (unsigned i = 3; i < l->nr; i++)
		if (strcmp(l->word[i].s, "up") == 0)
			return true;
	return false;
}

void ipbatch_devices(struct host *h, struct source *src)
{
	const struct link_line *all = link_lines(h, src);

	for (const struct link_line *l = all; l; l = l->next) {
		const char *name = l->word[strcmp(l->word[2].s, "dev") == 0 && l->nr > 3 ? 3 : 2].s;
		bool made = false;

		if (!sets_up(l) || dev_by_name(h, name))
			continue;
		for (const struct link_line *m = all; m && !made; m = m->next)
			made = made_by(m, name);
		if (!made)
			dev_add(h, name, DEV_PHYS);
	}
}

bool ipbatch_load(struct host *h, struct source *src, struct diag *d)
{
	bool ok = true;

	ipbatch_devices(h, src);
	for (size_t off = 0, len; off < src->len; off += len + 1) {
		len = line_len(src, off);
		ok &= ip_command(h, d, src, off, len);
	}
	return ok;
}
