// SPDX-License-Identifier: MIT
/* hostdir.c - a host from its directory of files in Linux's own formats. */
#include "sim/world/world.h"
#include "rules/ipset/program.h"
#include "rules/rules.h"
#include "sim/net/ipv6.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define FILE_MAX ((size_t)256 << 20)	/* a million rules are 150 MB */
#define LINE_MAX_BYTES ((size_t)8 << 20)	/* of a text: one word of a parser is not longer */

struct load {
	struct world *w;
	const struct host_files *f;
	struct diag *d;
	struct host *h;
	struct source *sysctl, *batch, *ipset, *rules4, *rules6, *nft4, *nft6, *rules_arp, *rules_eb, *commands, *neighbours;
	struct source *addr, *route, *rule, *neigh;
	unsigned devices;
	bool v6;			/* anything here speaks of IPv6 */
};

static bool word_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '_';
}

unsigned scan_devices(const struct source *src)
{
	const char *s = src->text, *end = s + src->len;
	unsigned n = 0;

	while ((s = memmem(s, (size_t)(end - s), "eth", 3))) {
		bool starts = s == src->text || !word_char(s[-1]);
		unsigned digits = 0, k = 0;

		for (s += 3; s < end && *s >= '0' && *s <= '9'; s++, digits++)
			k = digits < 2 ? k * 10 + (unsigned)(*s - '0') : k;
		if (starts && digits >= 1 && digits <= 2 && (s == end || !word_char(*s)))
			n = MAX(n, k + 1);
	}
	return n;
}

static const char *file_path(struct load *l, const char *name)
{
	return arena_printf(l->w->arena, "%s/%s", l->f->dir, name);
}

/* src, or NULL and an error when a line of it is longer than any that means something. */
static struct source *lines_fit(struct source *src, struct diag *d)
{
	const char *s = src->text, *end = s + src->len, *nl;

	for (; s < end; s = nl + 1) {
		if (!(nl = memchr(s, '\n', (size_t)(end - s))))
			nl = end;
		if ((size_t)(nl - s) > LINE_MAX_BYTES) {
			diag_error(d, (struct pos){ src, (size_t)(s - src->text), 1 }, "a line of %zu bytes: more than %zu", (size_t)(nl - s), LINE_MAX_BYTES);
			return NULL;
		}
	}
	return src;
}

/* The file's text, or NULL when there is none (no error) or it cannot be read (an error). */
static struct source *file_read(struct load *l, const char *name)
{
	const char *path;
	struct source *src;
	struct stat st;

	for (unsigned i = 0; i < l->f->nr_texts; i++) {
		if (strcmp(l->f->texts[i].name, name) != 0)
			continue;
		path = arena_printf(l->w->arena, "%s/%s", l->f->name, name);
		src = source_text(l->w->arena, path, l->f->texts[i].text, l->f->texts[i].len);
		l->devices = MAX(l->devices, scan_devices(src));
		return src;
	}
	if (!l->f->dir)
		return NULL;
	path = file_path(l, name);
	if (lstat(path, &st) < 0 && errno == ENOENT)	/* a link to nowhere is an error, not a file that is missing */
		return NULL;
	src = source_read(l->w->arena, path, FILE_MAX, l->d);
	if (src)
		src = lines_fit(src, l->d);
	if (src)
		l->devices = MAX(l->devices, scan_devices(src));
	return src;
}

/* The first line that is neither blank nor a comment; false = there is none. */
static bool first_line(struct source *src, const char *not_only, struct pos *ret)
{
	for (size_t off = 0, n; off < src->len; off += n + 1) {
		const char *s = src->text + off, *nl = memchr(s, '\n', src->len - off);
		size_t lead = 0;

		n = nl ? (size_t)(nl - s) : src->len - off;
		while (lead < n && (s[lead] == ' ' || s[lead] == '\t' || s[lead] == '\r'))
			lead++;
		if (lead == n || s[lead] == '#')
			continue;
		if (not_only && !memmem(s, n, not_only, strlen(not_only)))
			continue;
		*ret = (struct pos){ src, off, n };
		return true;
	}
	return false;
}

static const struct { const char *name, *sign, *hint; } not_emulated[] = {
	{ "topology.txt", NULL, "a lab of several hosts: name the directory of one, or use hookwalk replay, run or test" },
	{ "nft.conf", NULL,
	  "nftables is not emulated yet: iptables-save's output is wanted, as rules.v4" },
};

static void refuse_others(struct load *l)
{
	for (size_t i = 0; i < ARRAY_SIZE(not_emulated); i++) {
		struct source *src = file_read(l, not_emulated[i].name);
		struct pos at;

		if (!src || !first_line(src, not_emulated[i].sign, &at))
			continue;
		diag_error(l->d, at, "%s is not %s", not_emulated[i].name,
			   strcmp(not_emulated[i].name, "topology.txt") == 0 ? "looked at here" : "emulated yet");
		diag_hint(l->d, "%s", not_emulated[i].hint);
	}
}

/* Is there IPv6 in a text: "-6", "::", "ip6tables", or an address with its prefix length? */
static bool text_v6(const struct source *src)
{
	const char *s = src ? src->text : NULL, *end = src ? s + src->len : NULL;
	unsigned colons = 0;

	if (!src)
		return false;
	if (memmem(s, src->len, "::", 2) || memmem(s, src->len, "ip6tables", 9) || memmem(s, src->len, "inet6", 5))
		return true;
	for (; s < end; s++) {
		bool hex = (*s >= '0' && *s <= '9') || (*s >= 'a' && *s <= 'f') || (*s >= 'A' && *s <= 'F');

		if (s + 1 < end && *s == '-' && s[1] == '6' && (s == src->text || s[-1] == ' ' || s[-1] == '\n'))
			return true;
		if (*s == '/' && colons >= 2)
			return true;
		colons = *s == ':' ? colons + 1 : hex ? colons : 0;
	}
	return false;
}

/* In events.jsonl: a frame of that EtherType, or a packet of that version. */
static bool frames_v6(const struct source *src)
{
	const char *s = src ? src->text : NULL, *end = src ? s + src->len : NULL;

	for (const char *at = s; at && at < end && (at = memmem(at, (size_t)(end - at), "86dd", 4)); at++)
		if (at - s >= 25 && at[-25] == '"')
			return true;
	for (const char *at = s; at && at < end && (at = memmem(at, (size_t)(end - at), "\"packet\"", 8));) {
		for (at += 8; at < end && (*at == ' ' || *at == ':'); at++)
			;
		if (at + 1 < end && at[0] == '"' && at[1] == '6')
			return true;
	}
	return src && memmem(s, src->len, "::", 2);
}

static bool read_files(struct load *l)
{
	unsigned errors = l->d->nr_errors;
	struct stat st;

	if (l->f->dir && (stat(l->f->dir, &st) < 0 || !S_ISDIR(st.st_mode))) {
		diag_error(l->d, (struct pos){ 0 }, "%s: %s", l->f->dir,
			   errno && stat(l->f->dir, &st) < 0 ? strerror(errno) : "not a directory");
		return false;
	}
	l->sysctl = file_read(l, "sysctl.conf");
	l->batch = file_read(l, "ip.batch");
	l->addr = file_read(l, "ip-addr.txt");
	l->route = file_read(l, "ip-route.txt");
	l->rule = file_read(l, "ip-rule.txt");
	l->neigh = file_read(l, "ip-neigh.txt");
	l->rules4 = file_read(l, "rules.v4");
	l->rules6 = file_read(l, "rules.v6");
	l->nft4 = file_read(l, "rules-nft.v4");
	l->nft6 = file_read(l, "rules-nft.v6");
	l->rules_arp = file_read(l, "rules.arp");
	l->rules_eb = file_read(l, "rules.eb");
	l->commands = file_read(l, "commands.sh");
	l->ipset = file_read(l, "ipset.save");
	l->neighbours = file_read(l, "neighbours.json");
	/* Traffic names devices too; it is read later, by whoever plays it. */
	l->v6 = l->f->v6 || frames_v6(file_read(l, "events.jsonl"));
	l->v6 |= text_v6(file_read(l, "traffic.txt")) || l->rules6 || l->nft6 || text_v6(l->batch) || text_v6(l->addr) || text_v6(l->commands);
	l->v6 |= !l->f->oracle_like && l->sysctl && memmem(l->sysctl->text, l->sysctl->len, "ipv6", 4);
	refuse_others(l);
	if (l->f->dir && !l->batch && !l->addr && !l->rules4 && !l->rules6 && !l->nft4 && !l->nft6 && !l->sysctl && !l->route && !l->commands) {
		diag_error(
			l->d, (struct pos){ 0 },
			"%s: no host: there is neither ip.batch nor ip-addr.txt nor rules.v4 nor rules.v6 nor commands.sh in it",
			l->f->dir);
		diag_hint(
			l->d,
			"a host is a directory; ip.batch holds its addresses and routes, rules.v4 the output of iptables-save, rules.v6 that of ip6tables-save");
	}
	return l->d->nr_errors == errors;
}

/* ---- start values of the kernel oracle: what it writes so that results repeat. Written settings of
 * "default" stay with the devices made after that. */
static const char *const oracle_noise[][2] = {
	{ "net.ipv4.icmp_ratelimit", "0" },	     { "net.ipv4.icmp_ratemask", "0" },
	{ "net.ipv4.icmp_msgs_per_sec", "1000000" }, { "net.ipv4.icmp_msgs_burst", "1000000" },
	{ "net.ipv4.tcp_timestamps", "0" },	     { "net.ipv4.tcp_invalid_ratelimit", "0" },
	{ "net.ipv4.fib_multipath_hash_seed", "1" },
	{ "net.ipv6.icmp.ratelimit", "0" },
	{ "net.ipv6.conf.all.accept_ra", "0" },	     { "net.ipv6.conf.default.accept_ra", "0" },
	{ "net.ipv6.conf.all.autoconf", "0" },	     { "net.ipv6.conf.default.autoconf", "0" },
};
static const char *const oracle_written[] = {
	"forwarding",	"rp_filter",	  "accept_local",	 "route_localnet",
	"arp_ignore",	"arp_announce",	  "arp_filter",		 "proxy_arp",
	"log_martians", "send_redirects", "accept_redirects",	 "secure_redirects",
	"shared_media", "src_valid_mark", "accept_source_route",
};

static void start_as_oracle(struct load *l)
{
	char key[80], value[64];

	for (size_t i = 0; i < ARRAY_SIZE(oracle_noise); i++)
		sysctl_set(l->h, oracle_noise[i][0], oracle_noise[i][1], (struct pos){ 0 }, l->d);
	for (size_t i = 0; i < ARRAY_SIZE(oracle_written); i++) {
		snprintf(key, sizeof(key), "net.ipv4.conf.default.%s", oracle_written[i]);
		sysctl_get(l->h, key, value);
		sysctl_set(l->h, key, value, (struct pos){ 0 }, l->d);
	}
}

static void add_devices(struct load *l)
{
	unsigned n = MAX(MAX(l->devices, l->f->more_devices), 1);

	for (unsigned k = 0; k < n; k++) {
		uint8_t mac[ETH_ALEN] = { 2, 0, 0, (uint8_t)(l->f->number >> 8), (uint8_t)l->f->number, (uint8_t)(k + 1) };
		struct net_device *dev;
		char name[IFNAMSIZ];

		snprintf(name, sizeof(name), "eth%u", k);
		if ((dev = dev_add(l->h, name, DEV_PHYS)))
			dev_set_mac(dev, mac);
	}
	for (unsigned i = 0; i < l->f->nr_nics; i++)
		if (!dev_by_name(l->h, l->f->nics[i]))
			dev_add(l->h, l->f->nics[i], DEV_PHYS);
}

static void devices_up(struct load *l)
{
	for (struct net_device *dev = l->h->devs; dev; dev = dev->next)
		if (dev->kind == DEV_PHYS)
			dev_set_up(dev, true);
}

static void load_network(struct load *l)
{
	bool dumped = l->addr || l->route || l->rule || l->neigh;

	if (!l->v6)
		addrconf_disable(l->h, NULL, 1);
	if (!l->addr)
		add_devices(l);
	if (l->sysctl)
		sysctl_load(l->h, l->sysctl, false, l->d);
	if (!l->addr)
		devices_up(l);
	if (dumped)
		ipdump_load(l->h, l->addr, l->route, l->rule, l->neigh, l->d);
	if (l->batch)
		ipbatch_load(l->h, l->batch, l->d);
	if (l->sysctl)
		sysctl_load(l->h, l->sysctl, true, l->d);
}

static void load_ruleset(struct load *l, struct source *src, uint8_t family, bool nft)
{
	struct rules_options opt = {
		.family = family,
		.nft = nft,
		.allow_unknown = l->f->allow_unknown,
		.nr_allow_unknown = l->f->nr_allow_unknown,
		.sets = l->h->ipsets, .host = l->h,
		.keep_counters = !l->f->oracle_like,
	};
	struct ruleset *rs;

	if (src && (rs = ruleset_load(l->h->arena, src, &opt, l->d)))
		ruleset_install(rs, l->h, l->d);
}

static void load_rules(struct load *l)
{
	load_ruleset(l, l->rules4, NFPROTO_IPV4, false);
	load_ruleset(l, l->rules6, NFPROTO_IPV6, false);
	load_ruleset(l, l->nft4, NFPROTO_IPV4, true);
	load_ruleset(l, l->nft6, NFPROTO_IPV6, true);
	load_ruleset(l, l->rules_arp, NFPROTO_ARP, false);
	load_ruleset(l, l->rules_eb, NFPROTO_BRIDGE, false);
	if (l->commands) {
		struct host_files f = *l->f;

		f.sysctl_conf = l->sysctl;
		commands_load(l->h, l->commands, &f, l->d);
	}
}

static void load_outside(struct load *l)
{
	struct outside *o = outside_create(l->w, l->h);

	if (l->f->oracle_like)
		outside_as_oracle(o);
	outside_load(o, l->neighbours, l->d);
}

/* The directory's own name: "fw" of ".../hosts/fw". */
static const char *host_name(struct load *l)
{
	char *full = realpath(l->f->dir, NULL);
	const char *slash = full ? strrchr(full, '/') : NULL;
	const char *name = arena_strdup(l->w->arena, slash && slash[1] ? slash + 1 : "host");

	free(full);
	return name;
}

struct host *host_load(struct world *w, const struct host_files *f, struct diag *d)
{
	struct load l = { .w = w, .f = f, .d = d };
	unsigned errors = d->nr_errors;

	if (!read_files(&l))
		return NULL;
	l.h = world_host(w, f->name ? f->name : host_name(&l));
	if (f->oracle_like)
		start_as_oracle(&l);
	load_network(&l);
	if (l.ipset)
		ipset_load(l.h->ipsets, l.ipset, d);
	load_rules(&l);
	load_outside(&l);
	return d->nr_errors == errors ? l.h : NULL;
}
