// SPDX-License-Identifier: MIT
/* sysctlconf.c - sysctl.conf and sysctl.d files: "key = value", "-key" may fail, keys may be
 * patterns. */
#include "sim/world/world.h"
#include <fnmatch.h>

struct line {
	const char *key, *value; /* NULL: "-key", an exception */
	struct pos pos;
	bool may_fail, pattern;
};

struct conf {
	struct host *h;
	struct diag *d;
	bool late;
	struct line *line; size_t nr;
	const struct line *now;		/* the pattern being applied */
};

static const char *trimmed(struct arena *a, const char *s, size_t n)
{
	while (n && (*s == ' ' || *s == '\t'))
		s++, n--;
	while (n && strchr(" \t\r", s[n - 1]))
		n--;
	return arena_strndup(a, s, n);
}

static void add_line(struct conf *c, struct source *src, size_t off, size_t len)
{
	const char *s = src->text + off, *eq;
	struct line *l = &c->line[c->nr];
	size_t key_len;

	while (len && (*s == ' ' || *s == '\t'))
		s++, len--, off++;
	if (!len || *s == '#' || *s == ';' || *s == '\r')
		return;
	*l = (struct line){ .may_fail = *s == '-' };
	if (l->may_fail)
		s++, len--, off++;
	eq = memchr(s, '=', len);
	key_len = eq ? (size_t)(eq - s) : len;
	l->key = trimmed(src->arena, s, key_len);
	l->pos = (struct pos){ src, off, strlen(l->key) };
	l->pattern = strpbrk(l->key, "*?[") != NULL;
	if (eq)
		l->value = trimmed(src->arena, eq + 1, len - key_len - 1);
	if (eq || l->may_fail) {
		c->nr++;
	} else if (!c->late) {
		diag_warn(c->d, l->pos, "no \"=\" in this line: it is left out");
		diag_hint(c->d, "sysctl says: is an invalid syntax, continuing...");
	}
}

/* The same name written with dots or slashes. */
static bool same_key(const char *a, const char *b, int flags)
{
	bool da = a[strcspn(a, "./")] == '.', db = b[strcspn(b, "./")] == '.';
	char pa[256], pb[256];

	if (strlen(a) >= sizeof(pa) || strlen(b) >= sizeof(pb))
		return false;
	for (size_t i = 0; i <= strlen(a); i++)
		pa[i] = !da ? a[i] : a[i] == '.' ? '/' : a[i] == '/' ? '.' : a[i];
	for (size_t i = 0; i <= strlen(b); i++)
		pb[i] = !db ? b[i] : b[i] == '.' ? '/' : b[i] == '/' ? '.' : b[i];
	return fnmatch(pa, pb, flags) == 0;
}

/* Does the late pass leave the key alone? Only devices that came after the early pass are its own. */
static bool done_early(struct conf *c, const char *key)
{
	char path[256], *dev, *end;
	struct net_device *nd;
	bool dots = key[strcspn(key, "./")] == '.';

	if (strlen(key) >= sizeof(path))
		return true;
	for (size_t i = 0; i <= strlen(key); i++)
		path[i] = !dots ? key[i] : key[i] == '.' ? '/' : key[i] == '/' ? '.' : key[i];
	if (strncmp(path, "net/ipv4/conf/", 14) == 0 || strncmp(path, "net/ipv6/conf/", 14) == 0)
		dev = path + 14;
	else if (strncmp(path, "net/ipv4/neigh/", 15) == 0 || strncmp(path, "net/ipv6/neigh/", 15) == 0)
		dev = path + 15;
	else
		return true;
	if (!(end = strchr(dev, '/')))
		return true;
	*end = 0;
	nd = dev_by_name(c->h, dev);
	return strcmp(dev, "all") == 0 || strcmp(dev, "default") == 0 ||
	       (nd && nd->ifindex <= c->h->sysctl_seen);
}

static void set(struct conf *c, const struct line *l, const char *key)
{
	struct diag quiet;

	diag_init(&quiet, c->d->arena);
	if (c->late && done_early(c, key))
		return;
	if (sysctl_set(c->h, key, l->value, l->pos, l->may_fail ? &quiet : c->d) !=
	    SYSCTL_NO_DEVICE)
		return;
	if (c->late && !l->may_fail) {
		diag_warn(c->d, l->pos, "no such device: %s is not set", l->key);
		diag_hint(
			c->d,
			"a device appears in ip.batch by \"link add\", or by \"link set NAME up\"");
	}
}

/* A pattern yields to lines that name a key outright, and to "-key" exceptions. */
static void set_matching(const char *key, void *arg)
{
	struct conf *c = arg;

	if (!same_key(c->now->key, key, FNM_PATHNAME))
		return;
	for (size_t i = 0; i < c->nr; i++)
		if ((!c->line[i].pattern || !c->line[i].value) &&
		    same_key(c->line[i].key, key, FNM_PATHNAME))
			return;
	set(c, c->now, key);
}

bool sysctl_load(struct host *h, struct source *src, bool late, struct diag *d)
{
	unsigned errors = d->nr_errors;
	struct conf c = { .h = h, .d = d, .late = late };
	size_t lines = 1;

	for (size_t i = 0; i < src->len; i++)
		lines += src->text[i] == '\n';
	c.line = arena_array(src->arena, struct line, lines);
	for (size_t off = 0, len; off < src->len; off += len + 1) {
		const char *nl = memchr(src->text + off, '\n', src->len - off);

		len = nl ? (size_t)(nl - src->text) - off : src->len - off;
		add_line(&c, src, off, len);
	}
	for (size_t i = 0; i < c.nr; i++) {
		c.now = &c.line[i];
		if (!c.now->value)
			continue;
		if (c.now->pattern)
			sysctl_each(h, set_matching, &c);
		else
			set(&c, c.now, c.now->key);
	}
	for (struct net_device *dev = h->devs; dev; dev = dev->next)
		h->sysctl_seen = MAX(h->sysctl_seen, dev->ifindex);
	return d->nr_errors == errors;
}
