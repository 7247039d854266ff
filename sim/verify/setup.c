// SPDX-License-Identifier: MIT
/* setup.c - the host in a namespace of its own, its wires' other ends in a second one. */
#include "sim/verify/internal.h"
#include "sim/packet/headers.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define LO_IFINDEX 1		/* the first device of every namespace */
#define READY_MSEC 2000
#define ADDRESSES_MSEC 50	/* those that detect duplicates take a second, and more lines may be about that time */

void trial_error(json_t *errors, const char *what, int rc, const char *text)
{
	json_array_append_new(errors, json_pack("{s:s, s:i, s:s%}", "what", what, "rc", rc, "stderr", text, MIN(strlen(text), 2000)));
}

static bool new_namespace(struct trial *t, int *ret_fd)
{
	if (unshare(CLONE_NEWNET) < 0)
		return trial_cannot(t, "no permission to create network namespaces (unshare: %s)", strerror(errno));
	*ret_fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	return *ret_fd >= 0 || trial_cannot(t, "/proc/thread-self/ns/net: %s", strerror(errno));
}

static bool open_outside(struct trial *t)
{
	settings_write("net/ipv6/conf/all/disable_ipv6", "1");
	settings_write("net/ipv6/conf/default/disable_ipv6", "1");
	if (!wire_open(&t->wire))
		return trial_cannot(t, "no packet sockets (AF_PACKET): %s", strerror(errno));
	if (!(t->rt_out = nl_open(NETLINK_ROUTE, 0)))
		return trial_cannot(t, "no netlink: %s", strerror(errno));
	return link_up(t->rt_out, t->wire.lo) == 0 || trial_cannot(t, "the loopback device does not come up");
}

static bool make_wires(struct trial *t)
{
	int here = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), there;
	bool ok = true;

	setns(t->ns_out, CLONE_NEWNET);
	there = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	setns(t->ns_host, CLONE_NEWNET);
	for (unsigned k = 0; k < t->nr_devs && ok; k++) {
		uint8_t mac[6] = { 2, 0xbb, 0, 0, 0, (uint8_t)(k + 1) };
		char peer[16];
		int err;

		snprintf(peer, sizeof(peer), "p%u", k);
		err = link_veth(t->rt, t->dev[k]->made_as, t->dev[k]->ifindex, t->dev[k]->mac, peer, mac, t->ns_out);
		if (err) {
			ok = trial_cannot(t, "no veth pair for %s: %s%s", t->dev[k]->name, strerror(-err),
					  err == -EOPNOTSUPP ? " (the kernel module veth is missing)" : "");
			break;
		}
		link_offloads_off(here, t->dev[k]->made_as);
		link_offloads_off(there, peer);
		t->wire.peer[k] = link_index(there, peer);
	}
	close(here);
	close(there);
	return ok;
}

static bool wires_up(struct trial *t)
{
	for (unsigned k = 0; k < t->nr_devs; k++)
		if (link_up(t->rt_out, t->wire.peer[k]) || link_up(t->rt, t->dev[k]->ifindex))
			return trial_cannot(t, "%s does not come up", t->dev[k]->name);
	return true;
}

/* ---- files of the host */

static struct source *file(struct trial *t, const char *name)
{
	const char *path = arena_printf(t->arena, "%s/%s", t->q->dir, name);

	return access(path, F_OK) == 0 ? source_read(t->arena, path, 0, &t->d) : NULL;
}

static bool has_program(struct trial *t, const char *name, const char *package)
{
	return tool_exists(name) || trial_cannot(t, "%s is missing (Debian's package %s)", name, package);
}

/* Runs a program over a file's text. What it refuses is an error of the case, a missing kernel part its end. */
static bool load(struct trial *t, const char *what, const char *const argv[], const char *text, size_t len)
{
	struct strbuf out = { 0 }, err = { 0 };
	int rc = tool_run(argv, text, len, &out, &err);
	bool ok = true;

	if (rc && t->few_users && memmem(text, len, "-owner", 6))
		ok = trial_cannot(t, "%s names owners, and without root a user namespace has one user: run it as root", what);
	else if (strstr(sb_str(&err), "Table does not exist") || strstr(sb_str(&err), "insmod?") ||
	    strstr(sb_str(&err), "missing kernel module"))
		ok = trial_cannot(t, "this kernel lacks what %s needs: %s", what, sb_str(&err));
	else if (rc)
		trial_error(t->errors, what, rc, sb_str(&err));
	sb_free(&out);
	sb_free(&err);
	return ok;
}

/* -4 or -6 before the command; "ip -batch" takes them only on its own command line. */
static const char *family_option(const char *line, size_t len, size_t *ret_skip)
{
	size_t n = 0;

	while (n < len && (line[n] == ' ' || line[n] == '\t'))
		n++;
	*ret_skip = 0;
	if (len < n + 3 || line[n] != '-' || (line[n + 1] != '4' && line[n + 1] != '6') || (line[n + 2] != ' ' && line[n + 2] != '\t'))
		return "";
	*ret_skip = n + 2;
	return line[n + 1] == '4' ? "-4" : "-6";
}

static bool run_batch(struct trial *t, const char *family, struct strbuf *lines)
{
	const char *argv[] = { "ip", "-force", "-batch", "-", NULL, NULL };
	bool ok = true;

	if (*family)
		argv[1] = family, argv[2] = "-force", argv[3] = "-batch", argv[4] = "-";
	if (lines->len)
		ok = load(t, "ip.batch", argv, lines->s, lines->len);
	if (ok && t->v6)
		link_addresses(t->rt, ADDRESSES_MSEC);
	sb_clear(lines);
	return ok;
}

static bool adds_address(const char *line, size_t len)
{
	size_t n = 0;

	while (n < len && (line[n] == ' ' || line[n] == '\t'))
		n++;
	return n < len && line[n] == 'a';
}

static bool load_batch(struct trial *t, const struct source *src)
{
	struct strbuf lines = { 0 };
	const char *family = "";
	bool ok = true, addr = false;

	for (size_t off = 0, n, skip; off < src->len && ok; off += n + 1) {
		const char *s = src->text + off, *nl = memchr(s, '\n', src->len - off), *f;

		n = nl ? (size_t)(nl - s) : src->len - off;
		f = family_option(s, n, &skip);
		if (strcmp(f, family) != 0 || (t->v6 && addr && !adds_address(s + skip, n - skip)))
			ok = run_batch(t, family, &lines);
		family = f;
		addr = adds_address(s + skip, n - skip);
		sb_write(&lines, s + skip, n - skip);
		sb_putc(&lines, '\n');
	}
	ok = ok && run_batch(t, family, &lines);
	sb_free(&lines);
	return ok;
}

/* A bridge joins a group when it comes up. */
static bool has_bridge(const struct trial *t)
{
	for (const struct net_device *dev = t->h->devs; dev; dev = dev->next)
		if (dev->kind == DEV_BRIDGE)
			return true;
	return false;
}

static bool load_network(struct trial *t)
{
	struct source *conf = file(t, "sysctl.conf"), *batch = file(t, "ip.batch");
	struct settings *s = settings_early(conf, t->errors);
	bool ok = wires_up(t);

	link_watch(t->rt);
	if (ok && batch)
		ok = has_program(t, "ip", "iproute2") && load_batch(t, batch);
	settings_late(s, t->errors);
	link_single_segments(t->rt);
	link_watch(t->rt);
	/* Multicast reports leave before there are rules to count them. */
	if (ok && (t->v6 || has_bridge(t)))
		wire_quiet(&t->wire, 25, 300);
	return ok;
}

/* A rule that says which events a connection has may leave out "new". */
static bool leaves_out_new(const struct source *src)
{
	static const char option[] = "--ctevents";
	const char *s = src->text, *end = s + src->len, *at;

	while ((at = memmem(s, (size_t)(end - s), option, sizeof(option) - 1))) {
		size_t n;

		s = at + sizeof(option) - 1;
		s += s < end;
		for (n = 0; s + n < end && !strchr(" \t\n", s[n]); n++)
			;
		if (!memmem(s, n, "new", 3))
			return true;
	}
	return false;
}

static bool keeps_events_back(struct trial *t)
{
	static const char *const files[] = { "rules.v4", "rules.v6", "commands.sh" };

	for (unsigned i = 0; i < ARRAY_SIZE(files); i++) {
		const struct source *src = file(t, files[i]);

		if (src && leaves_out_new(src))
			return true;
	}
	return false;
}

/* x_tables tools take turns by a lock file; ours is nobody else's. */
static void own_lock(void)
{
	int fd = memfd_create("xtables.lock", 0);
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	setenv("XTABLES_LOCKFILE", path, 1);
}

/* "-M PROGRAM", "--modprobe" and what getopt takes for it: iptables runs that program. Not one that a host's files name. */
static bool names_program(const struct source *src)
{
	static const char option[] = "--modprobe";
	const char *s = src->text, *end = s + src->len;

	for (; (s = memchr(s, '-', (size_t)(end - s))); s++) {
		size_t n = strcspn(s, " \t\n\"=");

		if ((s == src->text || strchr(" \t\"", s[-1])) && (s[1] == 'M' || (n >= 4 && n < sizeof(option) && strncmp(s, option, n) == 0)))
			return true;
	}
	return false;
}

/* What rules ask of how the case is run. */
static void heed(struct trial *t, const struct source *rules)
{
	/* connlimit forgets once a tick: no two events in the same. */
	t->spaced |= memmem(rules->text, rules->len, "connlimit", 9) != NULL;
	/* CT --ctevents: some connections begin in silence. */
	t->silent |= memmem(rules->text, rules->len, "ctevents", 8) != NULL;
}

static bool load_rules(struct trial *t, const char *name, const char *program)
{
	struct source *src = file(t, name);
	const char *argv[] = { program, NULL };

	if (!src)
		return true;
	if (names_program(src))
		return trial_cannot(t, "%s names a program to be run (-M, --modprobe)", name);
	heed(t, src);
	return has_program(t, program, "iptables") && load(t, name, argv, src->text, src->len);
}

static bool load_commands(struct trial *t)
{
	struct source *src = file(t, "commands.sh");

	if (!src)
		return true;
	heed(t, src);
	return trial_commands(t, src, t->failed);
}

static bool open_counters(struct trial *t)
{
	for (unsigned v6 = 0; v6 < 2; v6++)
		if (!(t->counters[v6] = counters_open(v6)))
			return trial_cannot(t, "the rules' counters cannot be read: %s%s", strerror(errno),
					    errno == ENOPROTOOPT ? (v6 ? " (no ip6_tables in this kernel)" : " (no ip_tables in this kernel)") : "");
	return true;
}

/* rules.arp, rules.eb: what Debian's programs make of them are rules of nf_tables. */
static bool load_nft(struct trial *t)
{
	static const char *const files[][2] = { { "rules.arp", "arptables-nft-restore" }, { "rules.eb", "ebtables-nft-restore" } };
	bool any = false;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct source *src = file(t, files[i][0]);
		const char *argv[] = { files[i][1], NULL };

		if (src && (!has_program(t, argv[0], "iptables") || !load(t, files[i][0], argv, src->text, src->len)))
			return false;
		any |= src != NULL;
	}
	if (any && !(t->nft = nft_counters_open()))
		return trial_cannot(t, "nf_tables cannot be read: %s", strerror(errno));
	return true;
}

static bool load_sets(struct trial *t)
{
	static const char *const argv[] = { "ipset", "restore", NULL };
	struct source *src = file(t, "ipset.save");

	return !src || (has_program(t, "ipset", "ipset") && load(t, "ipset.save", argv, src->text, src->len));
}

/* What only the emulation reads. */
static bool can_be_built(struct trial *t)
{
	static const char *const not_here[] = { "ip-addr.txt", "ip-route.txt", "ip-rule.txt", "ip-neigh.txt", "nft.conf" };

	for (size_t i = 0; i < ARRAY_SIZE(not_here); i++)
		if (file(t, not_here[i]))
			return trial_cannot(t, "%s is not built on the kernel: only ip.batch, sysctl.conf, ipset.save, rules.* and commands.sh are",
					    not_here[i]);
	for (struct net_device *dev = t->h->devs; dev; dev = dev->next) {
		if (dev->kind != DEV_PHYS)
			continue;
		if (t->nr_devs == TRIAL_DEVS)
			return trial_cannot(t, "more than %d devices", TRIAL_DEVS);
		t->dev[t->nr_devs++] = dev;
	}
	return true;
}

/* Root maps every id, others only their own. */
static bool has_few_users(void)
{
	unsigned inside, outside, count;
	unsigned long long all = 0;
	FILE *f = fopen("/proc/self/uid_map", "re");

	while (f && fscanf(f, "%u %u %u", &inside, &outside, &count) == 3)
		all += count;
	if (f)
		fclose(f);
	return all < UINT16_MAX;
}

static bool wires_ready(struct trial *t)
{
	for (unsigned k = 0; k < t->nr_devs; k++) {
		unsigned ms = 0;

		for (; t->dev[k]->flags & IFF_UP && ms < READY_MSEC && !link_ready(t->rt_out, t->wire.peer[k]); ms++)
			poll(NULL, 0, 1);
		if (ms == READY_MSEC)
			return trial_cannot(t, "the wire of %s does not come up", t->dev[k]->name);
	}
	return true;
}

bool trial_build(struct trial *t)
{
	t->few_users = has_few_users();
	t->v6 = !t->h->conf6_all.disable_ipv6 || !t->h->conf6_default.disable_ipv6;
	if (!can_be_built(t) || !new_namespace(t, &t->ns_out) || !open_outside(t) || !new_namespace(t, &t->ns_host))
		return false;
	if (!(t->rt = nl_open(NETLINK_ROUTE, 0)))
		return trial_cannot(t, "no netlink: %s", strerror(errno));
	if (!settings_write("net/ipv4/ip_forward", "0"))
		return trial_cannot(t, "/proc/sys/net cannot be written: %s", strerror(errno));
	settings_baseline(t->v6);
	if (link_up(t->rt, LO_IFINDEX))
		return trial_cannot(t, "the loopback device does not come up");
	own_lock();
	if (!make_wires(t) || !load_network(t) || !load_sets(t) || !load_rules(t, "rules.v4", "iptables-legacy-restore") ||
	    !load_rules(t, "rules.v6", "ip6tables-legacy-restore") || !load_nft(t) || !load_commands(t) || !open_counters(t))
		return false;
	if (!(t->ct = connections_open(keeps_events_back(t))))
		return trial_cannot(t, "connection tracking cannot be read over netlink (nf_conntrack_netlink): %s", strerror(errno));
	link_macs(t->rt, &t->macs);
	t->sockets = sockets_new();
	return wires_ready(t);
}
