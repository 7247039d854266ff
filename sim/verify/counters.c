// SPDX-License-Identifier: MIT
/* counters.c - packets and bytes of every rule, straight from x_tables: one getsockopt a table. Where
 * each rule's counter lies in the table's image is found out once. */
#include "sim/verify/machine.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* The kernel's ABI (linux/netfilter/x_tables.h, netfilter_ipv4/ip_tables.h, netfilter_ipv6/ip6_tables.h). */
#define NAME_BYTES	32
#define GET_INFO	64	/* IPT_SO_GET_INFO and IP6T_SO_GET_INFO */
#define GET_ENTRIES	65
struct xt_info { char name[NAME_BYTES]; uint32_t hooks, entry[5], underflow[5], nr, size; };
struct xt_get { char name[NAME_BYTES]; uint32_t size, pad; };	/* entries follow */
struct xt_count { uint64_t pcnt, bcnt; };
enum { V4_TARGET = 88, V4_NEXT = 90, V4_COUNT = 96, V6_TARGET = 140, V6_NEXT = 142, V6_COUNT = 152 };	/* in an entry */
enum { TARGET_NAME = 2, TARGET_DATA = 32 };

struct place { char *key; uint32_t at; struct xt_count last, base; };

struct xt_image {
	char name[NAME_BYTES];
	struct xt_info info;
	uint8_t *get;			/* struct xt_get and the entries */
	struct place *place; unsigned nr;
};

struct counters {
	bool v6;
	int sock;
	size_t target_at, next_at, count_at;	/* in an entry */
	struct xt_image *table; unsigned nr;
};

static const char *const hooks[] = { "PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING" };

static uint8_t *entries(const struct xt_image *t)
{
	return t->get + sizeof(struct xt_get);
}

static bool ask(struct counters *c, int opt, void *p, socklen_t len)
{
	return getsockopt(c->sock, c->v6 ? IPPROTO_IPV6 : IPPROTO_IP, opt, p, &len) == 0;
}

static bool read_image(struct counters *c, struct xt_image *t)
{
	struct xt_get *g = (void *)t->get;

	memcpy(g->name, t->name, sizeof(g->name));
	g->size = t->info.size;
	return ask(c, GET_ENTRIES, t->get, (socklen_t)(sizeof(*g) + t->info.size));
}

static uint16_t half(const uint8_t *e, size_t at)
{
	uint16_t v;

	memcpy(&v, e + at, sizeof(v));
	return v;
}

static void add_place(struct counters *c, struct xt_image *t, const char *chain, unsigned n, uint32_t at)
{
	struct strbuf key = { 0 };

	sb_printf(&key, "%s:%s:%s:", c->v6 ? "v6" : "v4", t->name, chain);
	if (n)
		sb_printf(&key, "%u", n);
	else
		sb_puts(&key, "policy");
	t->place = xrealloc(t->place, (t->nr + 1) * sizeof(*t->place));
	t->place[t->nr++] = (struct place){ .key = key.s, .at = at + (uint32_t)c->count_at };
}

/* The hook whose chain begins or ends (with its policy) at an offset, or NULL. */
static const char *hook_at(const struct xt_image *t, const unsigned *offsets, uint32_t at)
{
	for (unsigned h = 0; h < ARRAY_SIZE(hooks); h++)
		if (t->info.hooks >> h & 1 && offsets[h] == at)
			return hooks[h];
	return NULL;
}

/* Chains lie one after the other. A user chain begins with an entry "ERROR NAME" and ends with a RETURN of
 * its own; the image ends with one more ERROR. */
static void find_places(struct counters *c, struct xt_image *t)
{
	const char *chain = "";
	unsigned n = 0;

	for (uint32_t at = 0; at < t->info.size; at += half(entries(t) + at, c->next_at)) {
		const uint8_t *e = entries(t) + at;
		const char *target = (const char *)e + half(e, c->target_at);

		if (strcmp(target + TARGET_NAME, "ERROR") == 0) {
			if (n && t->nr)		/* the RETURN of the user chain before */
				free(t->place[--t->nr].key);
			chain = target + TARGET_DATA;
			n = 0;
			continue;
		}
		if (hook_at(t, t->info.entry, at)) {
			chain = hook_at(t, t->info.entry, at);
			n = 0;
		}
		if (hook_at(t, t->info.underflow, at)) {
			add_place(c, t, chain, 0, at);
			n = 0;
		} else {
			add_place(c, t, chain, ++n, at);
		}
	}
}

static bool open_table(struct counters *c, const char *name)
{
	struct xt_image *t;

	c->table = xrealloc(c->table, (c->nr + 1) * sizeof(*c->table));
	t = &c->table[c->nr++];
	*t = (struct xt_image){ .nr = 0 };
	snprintf(t->name, sizeof(t->name), "%s", name);
	memcpy(t->info.name, t->name, sizeof(t->info.name));
	if (!ask(c, GET_INFO, &t->info, sizeof(t->info)))
		return false;
	t->get = xcalloc(1, sizeof(struct xt_get) + t->info.size);
	if (!read_image(c, t))
		return false;
	find_places(c, t);
	return true;
}

struct counters *counters_open(bool v6)
{
	struct counters *c = xcalloc(1, sizeof(*c));
	char name[NAME_BYTES];
	bool ok;
	FILE *f;

	c->v6 = v6;
	c->target_at = v6 ? V6_TARGET : V4_TARGET;
	c->next_at = v6 ? V6_NEXT : V4_NEXT;
	c->count_at = v6 ? V6_COUNT : V4_COUNT;
	c->sock = socket(v6 ? AF_INET6 : AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	ok = c->sock >= 0 || (v6 && errno == EAFNOSUPPORT);
	/* Only tables that are there: asking for another one would make it. */
	f = c->sock >= 0 ? fopen(v6 ? "/proc/net/ip6_tables_names" : "/proc/net/ip_tables_names", "re") : NULL;
	while (ok && f && fscanf(f, "%31s", name) == 1)
		ok = open_table(c, name);
	if (f)
		fclose(f);
	if (ok)
		return c;
	counters_close(c);
	return NULL;
}

void counters_close(struct counters *c)
{
	int err = errno;

	if (!c)
		return;
	for (unsigned i = 0; i < c->nr; i++) {
		for (unsigned k = 0; k < c->table[i].nr; k++)
			free(c->table[i].place[k].key);
		free(c->table[i].place);
		free(c->table[i].get);
	}
	free(c->table);
	if (c->sock >= 0)
		close(c->sock);
	free(c);
	errno = err;
}

bool counters_any(const struct counters *c)
{
	return c->nr > 0;
}

bool counters_read(struct counters *c)
{
	for (unsigned i = 0; i < c->nr; i++)
		if (!read_image(c, &c->table[i]))
			return false;
	return true;
}

void counters_changes(struct counters *c, json_t *into)
{
	for (unsigned i = 0; i < c->nr; i++) {
		const struct xt_image *t = &c->table[i];

		for (unsigned k = 0; k < t->nr; k++) {
			struct place *p = &t->place[k];
			struct xt_count now;

			memcpy(&now, entries(t) + p->at, sizeof(now));
			if (now.pcnt != p->last.pcnt || now.bcnt != p->last.bcnt)
				json_object_set_new(into, p->key, json_pack("[I,I]", (json_int_t)(now.pcnt - p->last.pcnt),
									    (json_int_t)(now.bcnt - p->last.bcnt)));
			p->last = now;
		}
	}
}

void counters_start(struct counters *c)
{
	for (unsigned i = 0; i < c->nr; i++)
		for (unsigned k = 0; k < c->table[i].nr; k++) {
			struct place *p = &c->table[i].place[k];

			memcpy(&p->base, entries(&c->table[i]) + p->at, sizeof(p->base));
			p->last = p->base;
		}
}

static struct xt_count start_of(const struct counters *c, const char *key)
{
	for (unsigned i = 0; i < c->nr; i++)
		for (unsigned k = 0; k < c->table[i].nr; k++)
			if (strcmp(c->table[i].place[k].key, key) == 0)
				return c->table[i].place[k].base;
	return (struct xt_count){ 0 };
}

struct saved { struct counters *c; json_t *chains, *rules; char table[64]; };

static void put_counts(struct saved *s, json_t *o, const char *chain, const char *n, unsigned long long p, unsigned long long b)
{
	struct strbuf key = { 0 };
	struct xt_count base;

	sb_printf(&key, "%s:%s:%s:%s", s->c->v6 ? "v6" : "v4", s->table, chain, n);
	base = start_of(s->c, sb_str(&key));
	sb_free(&key);
	json_object_set_new(o, "packets", json_integer((json_int_t)(p - base.pcnt)));
	json_object_set_new(o, "bytes", json_integer((json_int_t)(b - base.bcnt)));
}

/* ":INPUT ACCEPT [3:180]" */
static void saved_chain(struct saved *s, const char *line)
{
	unsigned long long p = 0, b = 0;
	char name[64], policy[16];
	json_t *c;

	if (sscanf(line, ":%63s %15s [%llu:%llu]", name, policy, &p, &b) < 2)
		return;
	c = json_pack("{s:s, s:s, s:s, s:s, s:[]}", "family", s->c->v6 ? "v6" : "v4", "table", s->table, "chain", name, "policy", policy,
		      "rules");
	put_counts(s, c, name, "policy", p, b);
	json_array_append_new(s->chains, c);
}

/* "[3:180] -A INPUT -j DROP" */
static void saved_rule(struct saved *s, const char *line, size_t len)
{
	unsigned long long p, b;
	char name[64], n[16];
	json_t *c, *rules = NULL, *r;
	int at = 0;
	size_t x;

	if (sscanf(line, "[%llu:%llu] %n-A %63s", &p, &b, &at, name) < 3)
		return;
	json_array_foreach(s->chains, x, c)
		if (strcmp(json_string_value(json_object_get(c, "chain")), name) == 0 &&
		    strcmp(json_string_value(json_object_get(c, "table")), s->table) == 0 &&
		    strcmp(json_string_value(json_object_get(c, "family")), s->c->v6 ? "v6" : "v4") == 0)
			rules = json_object_get(c, "rules");
	if (!rules)
		return;
	snprintf(n, sizeof(n), "%zu", json_array_size(rules) + 1);
	r = json_pack("{s:I, s:o*}", "n", (json_int_t)json_array_size(rules) + 1, "text", json_stringn(line + at, len - (size_t)at));
	put_counts(s, r, name, n, p, b);
	json_array_append_new(rules, r);
}

void counters_saved(struct counters *c, const char *text, json_t *chains)
{
	struct saved s = { .c = c, .chains = chains };

	for (const char *line = text, *nl; *line; line = *nl ? nl + 1 : nl) {
		nl = strchrnul(line, '\n');
		if (*line == '*')
			snprintf(s.table, sizeof(s.table), "%.*s", (int)(nl - line - 1), line + 1);
		else if (*line == ':')
			saved_chain(&s, line);
		else if (*line == '[')
			saved_rule(&s, line, (size_t)(nl - line));
	}
}
