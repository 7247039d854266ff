// SPDX-License-Identifier: MIT
/* labdir.c - a lab from its directory: hosts/NAME/ is a host each, topology.txt says how they are wired.
 *
 *     seg lan: fw.eth1 www.eth0 you.eth0 [delay=1ms] [loss=0.5%] [mtu=1400]     a switch, or a wire when it has two ends
 *     seg wan: fw.eth0 internet                                                "internet" answers for any address
 *     internet inet: wan via 203.0.113.1 2001:db8::1                           one with a name and a gateway of each family
 *     link fw.eth0 delay=20ms loss=1% mtu=1400                                 one end alone
 *     link fw.eth0 down at=1.5       link fw.eth0 up at=3
 *     vlan fw.eth1 trunk 10 20 [native 1]                                      tagged there
 *     vlan you.eth0 access 10
 *     join lan dmz                                                             a wire between two switches */
#include "sim/packet/text.h"
#include "sim/world/segment.h"
#include "sim/world/lab.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define MAX_LAB_HOSTS 1000u

struct nic { const char *host, *dev; };

struct lab_load {
	struct world *w;
	const struct host_files *f;
	struct diag *d;
	struct source *topology;
	struct text_word word[TEXT_WORDS_MAX];
	unsigned nr;
	struct nic *nic; unsigned nr_nics;
	unsigned nr_internets;
};

bool is_lab_dir(const char *dir)
{
	struct strbuf path = { 0 };
	struct stat st;
	bool yes;

	sb_printf(&path, "%s/hosts", dir);
	yes = stat(sb_str(&path), &st) == 0 && S_ISDIR(st.st_mode);
	sb_clear(&path);
	sb_printf(&path, "%s/topology.txt", dir);
	yes = yes || stat(sb_str(&path), &st) == 0;
	sb_free(&path);
	return yes;
}

static bool bad(struct lab_load *l, struct pos pos, const char *what, const char *hint)
{
	diag_error(l->d, pos, "%s", what);
	if (hint)
		diag_hint(l->d, "%s", hint);
	return false;
}

/* "fw.eth0" in two; NULL host: there is no dot. */
static struct nic split_nic(struct lab_load *l, const char *s)
{
	const char *dot = strchr(s, '.');

	if (!dot || dot == s || !dot[1])
		return (struct nic){ NULL, s };
	return (struct nic){ arena_strndup(l->w->arena, s, (size_t)(dot - s)), arena_strdup(l->w->arena, dot + 1) };
}

/* ---- hosts */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static unsigned list_hosts(struct lab_load *l, const char *dir, char **names)
{
	DIR *dp = opendir(dir);
	struct dirent *e;
	unsigned n = 0;

	while (dp && (e = readdir(dp)) && n < MAX_LAB_HOSTS)
		if (e->d_name[0] != '.')
			names[n++] = arena_strdup(l->w->arena, e->d_name);
	if (dp)
		closedir(dp);
	qsort(names, n, sizeof(*names), by_name);
	return n;
}

/* Devices that the topology gives to a host. */
static void load_host(struct lab_load *l, const char *dir, const char *name, unsigned number)
{
	struct host_files f = *l->f;
	const char **nics = arena_array(l->w->arena, const char *, l->nr_nics + 1);
	unsigned n = 0;

	for (unsigned i = 0; i < l->nr_nics; i++)
		if (strcmp(l->nic[i].host, name) == 0)
			nics[n++] = l->nic[i].dev;
	f.dir = arena_printf(l->w->arena, "%s/%s", dir, name);
	f.name = name;
	f.number = number;
	f.nics = nics;
	f.nr_nics = n;
	host_load(l->w, &f, l->d);
}

static bool load_hosts(struct lab_load *l)
{
	const char *dir = arena_printf(l->w->arena, "%s/hosts", l->f->dir);
	char **names = arena_array(l->w->arena, char *, MAX_LAB_HOSTS);
	unsigned n = list_hosts(l, dir, names), errors = l->d->nr_errors;

	if (!n) {
		diag_error(l->d, (struct pos){ 0 }, "%s: there is no host in it", dir);
		diag_hint(l->d, "each host is a directory there: hosts/fw/ip.batch, hosts/fw/rules.v4, ...");
		return false;
	}
	for (unsigned i = 0; i < n; i++)
		load_host(l, dir, names[i], i);
	return l->d->nr_errors == errors;
}

/* ---- topology.txt */

typedef bool line_fn(struct lab_load *l);

static bool each_line(struct lab_load *l, line_fn *fn)
{
	struct source *src = l->topology;
	unsigned errors = l->d->nr_errors;

	for (size_t off = 0, n; src && off < src->len; off += n + 1) {
		const char *s = src->text + off, *nl = memchr(s, '\n', src->len - off);

		n = nl ? (size_t)(nl - s) : src->len - off;
		l->nr = text_split(l->w->arena, src, off, n, l->word);
		if (l->nr)
			fn(l);
	}
	return l->d->nr_errors == errors;
}

static bool is(const struct lab_load *l, unsigned i, const char *s)
{
	return i < l->nr && strcmp(l->word[i].s, s) == 0;
}

/* First reading: which devices there are, so that the hosts get them. */
static bool collect(struct lab_load *l)
{
	for (unsigned i = 2; is(l, 0, "seg") && i < l->nr; i++) {
		struct nic n = split_nic(l, l->word[i].s);

		if (n.host && !strchr(l->word[i].s, '='))
			l->nic[l->nr_nics++] = n;
	}
	return true;
}

static struct net_device *device(struct lab_load *l, const struct text_word *w)
{
	struct nic n = split_nic(l, w->s);
	struct nearest near = { .want = n.host };
	struct net_device *dev;
	struct host *h;

	if (!n.host) {
		bad(l, w->pos, "a host's interface is wanted here", "as in: fw.eth0");
		return NULL;
	}
	if (!(h = world_host_by_name(l->w, n.host))) {
		diag_error(l->d, w->pos, "there is no host \"%s\"", n.host);
		for (unsigned i = 0; i < l->w->nr_hosts; i++)
			nearest_try(&near, l->w->host[i]->name);
		if (nearest_get(&near))
			diag_hint(l->d, "did you mean \"%s\"?", nearest_get(&near));
		else
			diag_hint(l->d, "a host is a directory: hosts/%s/ip.batch", n.host);
		return NULL;
	}
	if (!(dev = dev_by_name(h, n.dev)))
		diag_error(l->d, w->pos, "the host %s has no device \"%s\"", n.host, n.dev);
	return dev;
}

bool link_prop_parse(struct link_props *p, const char *word, const char **ret_hint)
{
	const char *v = strchr(word, '=');
	char *end;
	double d;
	uint64_t n;

	*ret_hint = "as in: delay=5ms, loss=1%, mtu=1400";
	if (!v++)
		return false;
	if (strncmp(word, "delay=", 6) == 0)
		return time_parse(v, &p->delay);
	if (strncmp(word, "loss=", 5) == 0) {
		if (*v < '0' || *v > '9')
			return false;
		d = strtod(v, &end);
		if (strcmp(end, "%") == 0)
			d /= 100;
		else if (*end)
			return false;
		p->loss = (uint64_t)(d * 4294967296.0);
		return d >= 0 && d <= 1;
	}
	if (strncmp(word, "mtu=", 4) == 0 && u64_parse(&n, v, 65535) && n >= 68) {
		p->mtu = (uint32_t)n;
		return true;
	}
	return false;
}

/* The name NULL = "internet", "internet2", ... */
static bool add_internet(struct lab_load *l, struct pos pos, const char *name, struct segment *s, const struct gateways *via)
{
	if (!name)
		name = l->nr_internets++ ? arena_printf(l->w->arena, "internet%u", l->nr_internets) : "internet";
	if (world_host_by_name(l->w, name)) {
		diag_error(l->d, pos, "there is a host \"%s\" already", name);
		return false;
	}
	if (l->w->nr_hosts >= MAX_LAB_HOSTS)
		return bad(l, pos, "too many hosts", NULL);
	internet_create(l->w, name, s, via);
	return true;
}

static bool read_seg(struct lab_load *l)
{
	struct link_props props = { 0 };
	const char *name, *hint;
	struct segment *s;
	size_t n;

	if (l->nr < 2 || (n = strlen(l->word[1].s)) < 2 || l->word[1].s[n - 1] != ':')
		return bad(l, l->word[l->nr > 1].pos, "a segment's name is wanted after \"seg\", with a colon", "as in: seg lan: fw.eth1 www.eth0");
	name = arena_strndup(l->w->arena, l->word[1].s, n - 1);
	if (segment_by_name(l->w, name))
		return bad(l, l->word[1].pos, "this segment was there before", NULL);
	s = segment_create(l->w, name);
	for (unsigned i = 2; i < l->nr; i++) {
		const struct text_word *w = &l->word[i];
		struct net_device *dev;

		if (strchr(w->s, '=')) {
			if (!link_prop_parse(&props, w->s, &hint))
				return bad(l, w->pos, "a property of links is wanted here", hint);
		} else if (is(l, i, "internet")) {
			add_internet(l, w->pos, NULL, s, &(struct gateways){ 0 });
		} else if ((dev = device(l, w)) && !segment_attach(s, dev)) {
			bad(l, w->pos, "this interface has a wire already", NULL);
		}
	}
	for (struct seg_port *p = s->ports; p; p = p->next)
		p->link = props;
	return true;
}

static struct segment *segment(struct lab_load *l, unsigned i)
{
	struct segment *s = i < l->nr ? segment_by_name(l->w, l->word[i].s) : NULL;

	if (!s)
		bad(l, l->word[MIN(i, l->nr - 1)].pos, "the name of a segment above is wanted here", NULL);
	return s;
}

static bool read_internet(struct lab_load *l)
{
	size_t n = l->nr > 1 ? strlen(l->word[1].s) : 0;
	struct segment *s;
	struct gateways via = { 0 };

	if (n < 2 || l->word[1].s[n - 1] != ':')
		return bad(l, l->word[0].pos, "a name with a colon is wanted after \"internet\"", "as in: internet inet: wan via 203.0.113.1");
	if (!(s = segment(l, 2)))
		return false;
	for (unsigned i = 3; i < l->nr; i++)
		if (is(l, i, "via") != (i == 3) || (i > 3 && !gateway_parse(&via, l->word[i].s)) || l->nr == 4)
			return bad(l, l->word[i].pos, "\"via\" and an address, or one of each family, or nothing, is wanted here", NULL);
	return add_internet(l, l->word[1].pos, arena_strndup(l->w->arena, l->word[1].s, n - 1), s, &via);
}

static struct seg_port *port(struct lab_load *l)
{
	struct net_device *dev = l->nr > 1 ? device(l, &l->word[1]) : NULL;
	struct seg_port *p = dev ? segment_port(dev) : NULL;

	if (dev && !p)
		bad(l, l->word[1].pos, "this interface is in no segment above", NULL);
	else if (l->nr < 2)
		bad(l, l->word[0].pos, "a host's interface is wanted", NULL);
	return p;
}

static bool read_link(struct lab_load *l)
{
	struct seg_port *p = port(l);
	struct link_props props;
	uint64_t at = 0;
	const char *hint;

	if (!p)
		return false;
	props = p->link;
	for (unsigned i = 2; i < l->nr; i++) {
		const char *w = l->word[i].s;

		if (is(l, i, "down") || is(l, i, "up"))
			props.down = w[0] == 'd';
		else if (strncmp(w, "at=", 3) == 0 ? !time_parse(w + 3, &at) : !link_prop_parse(&props, w, &hint))
			return bad(l, l->word[i].pos, "a property of the link is wanted here",
				   "delay=5ms, loss=1%, mtu=1400, down, up; at=SECONDS: from then on");
	}
	seg_port_change_at(p, at, &props);
	return true;
}

static bool read_vlan(struct lab_load *l)
{
	struct seg_port *p = port(l);
	bool trunk = is(l, 2, "trunk"), native = false;
	uint64_t vid;

	if (!p)
		return false;
	if (!trunk && !is(l, 2, "access"))
		return bad(l, l->word[MIN(2u, l->nr - 1)].pos, "\"access\" or \"trunk\" is wanted", "as in: vlan fw.eth1 trunk 10 20");
	if (l->nr < 4)
		return bad(l, l->word[2].pos, "which VLAN?", NULL);
	for (unsigned i = 3; i < l->nr; i++) {
		if (trunk && is(l, i, "native")) {
			native = true;
			continue;
		}
		if (!u64_parse(&vid, l->word[i].s, 4094) || !vid || (!trunk && i > 3))
			return bad(l, l->word[i].pos, "a VLAN is a number from 1 to 4094", trunk ? NULL : "an access port has one");
		(native ? seg_port_native : trunk ? seg_port_trunk : seg_port_access)(p, (uint16_t)vid);
	}
	return true;
}

static bool read_join(struct lab_load *l)
{
	struct segment *a = segment(l, 1), *b = a ? segment(l, 2) : NULL;

	if (l->nr > 3)
		return bad(l, l->word[3].pos, "two switches are joined", NULL);
	if (b && a == b)
		return bad(l, l->word[2].pos, "a switch is not joined with itself", NULL);
	return b && segment_join(a, b);
}

static bool read_line(struct lab_load *l)
{
	static const struct { const char *word; line_fn *fn; } lines[] = {
		{ "seg", read_seg }, { "internet", read_internet }, { "link", read_link }, { "vlan", read_vlan }, { "join", read_join },
	};
	struct nearest near = { .want = l->word[0].s };

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		if (is(l, 0, lines[i].word))
			return lines[i].fn(l);
		nearest_try(&near, lines[i].word);
	}
	diag_error(l->d, l->word[0].pos, "\"%s\" begins no line of a topology", l->word[0].s);
	if (nearest_get(&near))
		diag_hint(l->d, "did you mean \"%s\"?", nearest_get(&near));
	else
		diag_hint(l->d, "as in: seg lan: fw.eth1 www.eth0");
	return false;
}

bool topology_load(struct world *w, struct source *src, struct diag *d)
{
	struct lab_load l = { .w = w, .d = d, .topology = src };

	return each_line(&l, read_line);
}

bool lab_load(struct world *w, const struct host_files *f, struct diag *d)
{
	struct lab_load l = { .w = w, .f = f, .d = d };
	const char *path = arena_printf(w->arena, "%s/topology.txt", f->dir);
	unsigned errors = d->nr_errors;
	struct stat st;

	if (stat(path, &st) == 0) {
		l.topology = source_read(w->arena, path, 1 << 20, d);
		if (!l.topology)
			return false;
		l.nic = arena_array(w->arena, struct nic, l.topology->len / 2 + 1);
		each_line(&l, collect);
	}
	load_hosts(&l);
	if (d->nr_errors == errors)
		each_line(&l, read_line);
	return d->nr_errors == errors;
}
