// SPDX-License-Identifier: MIT
/* ip_words.c - words and values of "ip" command lines, as iproute2 reads them. */
#include "sim/world/ipcmd.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

bool ip_more(const struct ipcmd *c)
{
	return c->at < c->nr;
}

const char *ip_peek(const struct ipcmd *c)
{
	return ip_more(c) ? c->word[c->at].s : "";
}

struct pos ip_pos(const struct ipcmd *c)
{
	return ip_more(c) ? c->word[c->at].pos : c->line;
}

bool ip_is(const struct ipcmd *c, const char *name)
{
	return strcmp(ip_peek(c), name) == 0;
}

bool ip_prefix_of(const char *word, const char *name)
{
	return *word && strncmp(word, name, strlen(word)) == 0;
}

bool ip_matches(const struct ipcmd *c, const char *name)
{
	return ip_prefix_of(ip_peek(c), name);
}

bool ip_next(struct ipcmd *c)
{
	if (++c->at < c->nr)
		return true;
	diag_error(c->d, c->line, "command line is not complete: a value is wanted after \"%s\"",
		   c->word[c->nr - 1].s);
	return false;
}

bool ip_fail(struct ipcmd *c, struct pos pos, const char *fmt, ...)
{
	struct strbuf sb = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sb_vprintf(&sb, fmt, ap);
	va_end(ap);
	diag_error(c->d, pos, "%s", sb_str(&sb));
	sb_free(&sb);
	return false;
}

bool ip_wrong(struct ipcmd *c, const char *what)
{
	return ip_fail(c, ip_pos(c), "argument \"%s\" is wrong: %s", ip_peek(c), what);
}

bool ip_twice(struct ipcmd *c, const char *key)
{
	return ip_fail(c, ip_pos(c), "either \"%s\" is duplicate, or \"%s\" is a garbage", key,
		       ip_peek(c));
}

bool ip_unknown_command(struct ipcmd *c, const char *object)
{
	return ip_fail(c, ip_pos(c), "command \"%s\" is unknown, try \"ip %s help\"", ip_peek(c),
		       object);
}

bool ip_not_emulated(struct ipcmd *c, const char *what)
{
	ip_fail(c, ip_pos(c), "%s is not emulated", what);
	return false;
}

bool ip_answer(struct ipcmd *c, int err)
{
	return err == 0 || ip_fail(c, c->line, "RTNETLINK answers: %s", strerror(-err));
}

bool ip_u32(struct ipcmd *c, uint32_t max, const char *what, uint32_t *ret)
{
	uint64_t v;

	if (!u64_parse(&v, ip_peek(c), max))
		return ip_wrong(c, what);
	*ret = (uint32_t)v;
	return true;
}

/* One to four numbers with dots between; what is missing is zero. */
static bool addr_parse(const char *s, size_t n, be32 *ret)
{
	uint8_t b[4] = { 0 };
	size_t i = 0, k = 0;

	while (k < 4) {
		char buf[12], *end;
		size_t d = 0;
		unsigned long v;

		while (i < n && s[i] != '.' && d < sizeof(buf) - 1)
			buf[d++] = s[i++];
		buf[d] = 0;
		if (buf[0] < '0' || buf[0] > '9')
			return false;
		v = strtoul(buf, &end, 0);
		if (*end || v > 255)
			return false;
		b[k++] = (uint8_t)v;
		if (i == n) {
			memcpy(ret, b, 4);
			return true;
		}
		if (s[i++] != '.')
			return false;
	}
	return false;
}

static bool mask_parse(const char *s, uint8_t *ret_len)
{
	uint64_t v;
	be32 m;
	uint32_t inv;

	if (u64_parse(&v, s, 32)) {
		*ret_len = (uint8_t)v;
		return true;
	}
	if (!strchr(s, '.') || !addr_parse(s, strlen(s), &m))
		return false;
	inv = ~ntohl(m);
	if (inv & (inv + 1))
		return false;
	*ret_len = (uint8_t)(inv == UINT32_MAX ? 0 : 32 - __builtin_popcount(inv));
	return true;
}

bool prefix_parse(const char *s, struct ip_prefix *ret)
{
	const char *slash = strchr(s, '/');

	*ret = (struct ip_prefix){ .len = 32 };
	if (strcmp(s, "default") == 0 || strcmp(s, "any") == 0 || strcmp(s, "all") == 0) {
		ret->len = 0;
		return true;
	}
	if (slash && !mask_parse(slash + 1, &ret->len))
		return false;
	ret->len_given = slash != NULL;
	return addr_parse(s, slash ? (size_t)(slash - s) : strlen(s), &ret->addr);
}

bool ip_prefix(struct ipcmd *c, struct ip_prefix *ret)
{
	if (prefix_parse(ip_peek(c), ret))
		return true;
	return ip_fail(c, ip_pos(c), "%s prefix is expected rather than \"%s\"",
		       c->family == AF_INET ? "inet" : "any valid", ip_peek(c));
}

bool ip_addr(struct ipcmd *c, be32 *ret)
{
	struct ip_prefix p;

	if (!strchr(ip_peek(c), '/') && prefix_parse(ip_peek(c), &p)) {
		*ret = p.addr;
		return true;
	}
	return ip_fail(c, ip_pos(c), "%s address is expected rather than \"%s\"",
		       c->family == AF_INET ? "inet" : "any valid", ip_peek(c));
}

bool ip_dev(struct ipcmd *c, struct net_device **ret)
{
	struct nearest near = { .want = ip_peek(c) };

	if ((*ret = dev_by_name(c->h, ip_peek(c))))
		return true;
	ip_fail(c, ip_pos(c), "cannot find device \"%s\"", ip_peek(c));
	for (struct net_device *dev = c->h->devs; dev; dev = dev->next)
		nearest_try(&near, dev->name);
	if (strlen(ip_peek(c)) >= IFNAMSIZ)
		diag_hint(c->d, "a device's name has at most 15 characters");
	else if (nearest_get(&near))
		diag_hint(
			c->d,
			"did you mean \"%s\"? A device appears by \"link add\", or by \"link set NAME up\"",
			nearest_get(&near));
	else
		diag_hint(
			c->d,
			"a device appears by \"link add\", or, when it is a physical one, by \"link set NAME up\"");
	return false;
}

bool ip_metric(struct ipcmd *c, const char *what, bool *ret_lock, uint32_t *ret)
{
	if (!ip_next(c))
		return false;
	if (ip_is(c, "lock")) {
		if (ret_lock)
			*ret_lock = true;
		if (!ip_next(c))
			return false;
	}
	return ip_u32(c, UINT32_MAX, what, ret);
}

bool ip_on_off(struct ipcmd *c, const char *key, bool *ret)
{
	if (ip_is(c, "on") || ip_is(c, "off")) {
		*ret = ip_peek(c)[1] == 'n';
		return true;
	}
	return ip_fail(c, ip_pos(c), "argument of \"%s\" must be \"on\" or \"off\", not \"%s\"",
		       key, ip_peek(c));
}

bool ip_mac(struct ipcmd *c, uint8_t ret[ETH_ALEN])
{
	return mac_parse(ret, ip_peek(c)) ||
	       ip_fail(c, ip_pos(c), "\"%s\" is invalid lladdr.", ip_peek(c));
}

/* ---- names of numbers: iproute2's rt_tables, rt_scopes, rt_protos, rt_dsfield as they are
 * shipped */

struct name { const char *name; uint32_t value; };

static const struct name tables[] = {
	{ "main", 254 }, { "local", 255 }, { "default", 253 }, { "unspec", 0 }
};
static const struct name scopes[] = {
	{ "global", 0 }, { "site", 200 }, { "link", 253 }, { "host", 254 }, { "nowhere", 255 }
};
static const struct name protos[] = {
	{ "unspec", 0 }, { "redirect", 1 }, { "kernel", 2 },	  { "boot", 3 },
	{ "static", 4 }, { "gated", 8 },    { "ra", 9 },	  { "mrt", 10 },
	{ "zebra", 11 }, { "bird", 12 },    { "dnrouted", 13 },	  { "xorp", 14 },
	{ "ntk", 15 },	 { "dhcp", 16 },    { "keepalived", 18 }, { "babel", 42 },
	{ "openr", 99 }, { "bgp", 186 },    { "isis", 187 },	  { "ospf", 188 },
	{ "rip", 189 },	 { "eigrp", 192 },
};
static const struct name dsfields[] = {
	{ "default", 0x00 }, { "CS1", 0x20 },  { "CS2", 0x40 },	 { "CS3", 0x60 },  { "CS4", 0x80 },
	{ "CS5", 0xa0 },     { "CS6", 0xc0 },  { "CS7", 0xe0 },	 { "AF11", 0x28 }, { "AF12", 0x30 },
	{ "AF13", 0x38 },    { "AF21", 0x48 }, { "AF22", 0x50 }, { "AF23", 0x58 }, { "AF31", 0x68 },
	{ "AF32", 0x70 },    { "AF33", 0x78 }, { "AF41", 0x88 }, { "AF42", 0x90 }, { "AF43", 0x98 },
	{ "EF", 0xb8 },
};
static const struct name types[] = {
	{ "unicast", RTN_UNICAST },
	{ "local", RTN_LOCAL },
	{ "broadcast", RTN_BROADCAST },
	{ "brd", RTN_BROADCAST },
	{ "anycast", RTN_ANYCAST },
	{ "multicast", RTN_MULTICAST },
	{ "blackhole", RTN_BLACKHOLE },
	{ "unreachable", RTN_UNREACHABLE },
	{ "prohibit", RTN_PROHIBIT },
	{ "throw", RTN_THROW },
	{ "nat", RTN_NAT },
	{ "xresolve", RTN_XRESOLVE },
};

static bool named(const char *s, const struct name *n, size_t nr, int base, uint32_t max,
		  uint32_t *ret)
{
	unsigned long v;
	char *end;

	for (size_t i = 0; i < nr; i++)
		if (strcmp(s, n[i].name) == 0) {
			*ret = n[i].value;
			return true;
		}
	if (*s == '-' || *s == '+' || *s == ' ')
		return false;
	errno = 0;
	v = strtoul(s, &end, base);
	if (errno || end == s || *end || v > max)
		return false;
	*ret = (uint32_t)v;
	return true;
}

bool ip_table(struct ipcmd *c, uint32_t *ret)
{
	return named(ip_peek(c), tables, ARRAY_SIZE(tables), 0, UINT32_MAX, ret) ||
	       ip_wrong(c, "\"table\" value is invalid");
}

const char *ip_table_name(uint32_t table, char buf[16])
{
	for (size_t i = 0; i < 3; i++)
		if (tables[i].value == table)
			return tables[i].name;
	snprintf(buf, 16, "%u", table);
	return buf;
}

/* The name, or the number; base 16: "0x10". */
static const char *name_of(uint32_t v, const struct name *n, size_t nr, int base, char buf[16])
{
	for (size_t i = 0; i < nr; i++)
		if (n[i].value == v)
			return n[i].name;
	snprintf(buf, 16, base == 16 ? "0x%02x" : "%u", v);
	return buf;
}

const char *ip_scope_name(uint32_t scope, char buf[16])
{
	return name_of(scope, scopes, ARRAY_SIZE(scopes), 10, buf);
}

const char *ip_rtproto_name(uint32_t proto, char buf[16])
{
	return name_of(proto, protos, ARRAY_SIZE(protos), 10, buf);
}

const char *ip_tos_name(uint32_t tos, char buf[16])
{
	return name_of(tos, dsfields, ARRAY_SIZE(dsfields), 16, buf);
}

const char *ip_rtn_name(uint32_t type, char buf[16])
{
	return name_of(type, types, ARRAY_SIZE(types), 10, buf);
}

const char *ip_realm_name(uint32_t realm, char buf[16])
{
	static const struct name realms[] = { { "cosmos", 0 } };

	return name_of(realm, realms, 1, 10, buf);
}

static bool byte(struct ipcmd *c, const struct name *n, size_t nr, int base, const char *what,
		 uint8_t *ret)
{
	uint32_t v;

	if (!named(ip_peek(c), n, nr, base, 255, &v))
		return ip_wrong(c, what);
	*ret = (uint8_t)v;
	return true;
}

bool ip_scope(struct ipcmd *c, uint8_t *ret)
{
	return byte(c, scopes, ARRAY_SIZE(scopes), 0, "invalid \"scope\" value", ret);
}

bool ip_proto(struct ipcmd *c, uint8_t *ret)
{
	return byte(c, protos, ARRAY_SIZE(protos), 0, "\"protocol\" value is invalid", ret);
}

bool ip_tos(struct ipcmd *c, uint8_t *ret)
{
	return byte(c, dsfields, ARRAY_SIZE(dsfields), 16, "\"tos\" value is invalid", ret);
}

bool ip_group(struct ipcmd *c, uint32_t *ret)
{
	static const struct name groups[] = { { "default", 0 } };

	return named(ip_peek(c), groups, 1, 0, INT32_MAX, ret) ||
	       ip_wrong(c, "invalid \"group\" value");
}

bool ip_rtn(const char *name, uint8_t *ret)
{
	uint32_t v;

	if (!named(name, types, ARRAY_SIZE(types), 0, 255, &v))
		return false;
	*ret = (uint8_t)v;
	return true;
}

/* "TO" or "FROM/TO". */
bool ip_realms(struct ipcmd *c, uint32_t *ret)
{
	static const struct name realms[] = { { "cosmos", 0 } };
	const char *s = ip_peek(c), *slash = strchr(s, '/');
	uint32_t from = 0, to = 0;

	if (slash &&
	    !named(arena_strndup(c->a, s, (size_t)(slash - s)), realms, 1, 0, 65535, &from))
		return ip_wrong(c, "\"realms\" value is invalid");
	if (!named(slash ? slash + 1 : s, realms, 1, 0, 65535, &to))
		return ip_wrong(c, "\"realms\" value is invalid");
	*ret = from << 16 | to;
	return true;
}
