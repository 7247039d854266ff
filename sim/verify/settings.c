// SPDX-License-Identifier: MIT
/* settings.c - net.* settings in the host's namespace: the start values, then sysctl.conf. */
#include "sim/verify/machine.h"
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Only below net/, which belongs to the namespace; all else would be the machine's. */
static bool is_ours(const char *path)
{
	return strncmp(path, "net/", 4) == 0 && !strstr(path, "..") && strlen(path) < 480;
}

bool settings_write(const char *path, const char *value)
{
	size_t n = strlen(value);
	char full[512];
	bool ok;
	int fd, err;

	if (!is_ours(path)) {
		errno = EPERM;
		return false;
	}
	snprintf(full, sizeof(full), "/proc/sys/%s", path);
	fd = open(full, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ok = write(fd, value, n) == (ssize_t)n;
	err = errno;
	close(fd);
	errno = err;
	return ok;
}

/* ---- the start: a new namespace takes over some values of the machine's, and the kernel limits by the
 * clock what must repeat. What hostdir.c sets for the emulation (oracle_like) is the same. */
static const char *const conf[][2] = {
	{ "forwarding", "0" },	   { "rp_filter", "0" },	{ "accept_local", "0" },     { "route_localnet", "0" },
	{ "arp_ignore", "0" },	   { "arp_announce", "0" },	{ "arp_filter", "0" },	     { "proxy_arp", "0" },
	{ "log_martians", "0" },   { "send_redirects", "1" },	{ "accept_redirects", "1" }, { "secure_redirects", "1" },
	{ "shared_media", "1" },   { "src_valid_mark", "0" },
};
static const char *const defaults[][2] = {
	{ "net/ipv4/ip_forward", "0" },			{ "net/ipv4/ip_default_ttl", "64" },
	{ "net/ipv4/ip_early_demux", "1" },		{ "net/ipv4/ip_no_pmtu_disc", "0" },
	{ "net/ipv4/ip_nonlocal_bind", "0" },		{ "net/ipv4/ip_local_port_range", "32768 60999" },
	{ "net/ipv4/icmp_echo_ignore_all", "0" },	{ "net/ipv4/icmp_echo_ignore_broadcasts", "1" },
	{ "net/ipv4/icmp_ignore_bogus_error_responses", "1" }, { "net/ipv4/icmp_errors_use_inbound_ifaddr", "0" },
	{ "net/ipv4/tcp_syncookies", "1" },		{ "net/ipv4/tcp_window_scaling", "1" },
	{ "net/ipv4/tcp_sack", "1" },			{ "net/ipv4/tcp_ecn", "2" },
	{ "net/ipv4/fwmark_reflect", "0" },		{ "net/ipv4/tcp_fwmark_accept", "0" },
	{ "net/ipv4/udp_early_demux", "1" },		{ "net/ipv4/tcp_early_demux", "1" },
	{ "net/ipv4/ipfrag_time", "30" },		{ "net/ipv4/ip_forward_use_pmtu", "0" },
	{ "net/ipv4/ip_forward_update_priority", "1" },
	{ "net/netfilter/nf_conntrack_acct", "0" },	{ "net/netfilter/nf_conntrack_checksum", "1" },
	{ "net/netfilter/nf_conntrack_log_invalid", "0" }, { "net/netfilter/nf_conntrack_tcp_loose", "1" },
	{ "net/netfilter/nf_conntrack_tcp_be_liberal", "0" }, { "net/netfilter/nf_conntrack_tcp_ignore_invalid_rst", "0" },
	{ "net/netfilter/nf_conntrack_tcp_max_retrans", "3" },
	{ "net/netfilter/nf_conntrack_tcp_timeout_syn_sent", "120" }, { "net/netfilter/nf_conntrack_tcp_timeout_syn_recv", "60" },
	{ "net/netfilter/nf_conntrack_tcp_timeout_established", "432000" },
	{ "net/netfilter/nf_conntrack_tcp_timeout_fin_wait", "120" }, { "net/netfilter/nf_conntrack_tcp_timeout_close_wait", "60" },
	{ "net/netfilter/nf_conntrack_tcp_timeout_last_ack", "30" }, { "net/netfilter/nf_conntrack_tcp_timeout_time_wait", "120" },
	{ "net/netfilter/nf_conntrack_tcp_timeout_close", "10" },
	{ "net/netfilter/nf_conntrack_udp_timeout", "30" }, { "net/netfilter/nf_conntrack_udp_timeout_stream", "120" },
	{ "net/netfilter/nf_conntrack_icmp_timeout", "30" }, { "net/netfilter/nf_conntrack_icmpv6_timeout", "30" },
	{ "net/netfilter/nf_conntrack_generic_timeout", "600" },
	{ "net/bridge/bridge-nf-call-iptables", "1" },	{ "net/bridge/bridge-nf-call-ip6tables", "1" },
	{ "net/bridge/bridge-nf-call-arptables", "1" },
};
/* Not a stock kernel's: limits by the clock off, no clock in packets, one hash for every run. */
static const char *const quiet[][2] = {
	{ "net/ipv4/icmp_ratelimit", "0" },		{ "net/ipv4/icmp_ratemask", "0" },
	{ "net/ipv4/icmp_msgs_per_sec", "1000000" },	{ "net/ipv4/icmp_msgs_burst", "1000000" },
	{ "net/ipv4/tcp_timestamps", "0" },		{ "net/ipv4/tcp_invalid_ratelimit", "0" },
	{ "net/ipv4/fib_multipath_hash_seed", "1" },	{ "net/ipv4/igmp_qrv", "1" },
};
static const char *const quiet6[][2] = {
	{ "net/ipv6/icmp/ratelimit", "0" }, { "net/ipv6/flowlabel_state_ranges", "0" }, { "net/ipv6/auto_flowlabels", "0" },
};
static const char *const conf6[][2] = {
	{ "accept_dad", "0" }, { "dad_transmits", "0" }, { "router_solicitations", "0" }, { "accept_ra", "0" },
	{ "autoconf", "0" },   { "use_tempaddr", "0" },	 { "mldv1_unsolicited_report_interval", "1" },
	{ "mldv2_unsolicited_report_interval", "1" },	 { "addr_gen_mode", "0" },
};

static void write_all(const char *const list[][2], size_t n)
{
	for (size_t i = 0; i < n; i++)
		settings_write(list[i][0], list[i][1]);	/* older kernels lack some: then they do as we ask anyway */
}

static void write_conf(const char *family, const char *const list[][2], size_t n)
{
	static const char *const which[] = { "all", "default" };
	char path[128];

	for (unsigned w = 0; w < 2; w++)
		for (size_t i = 0; i < n; i++) {
			snprintf(path, sizeof(path), "net/%s/conf/%s/%s", family, which[w], list[i][0]);
			settings_write(path, list[i][1]);
		}
}

void settings_baseline(bool ipv6)
{
	write_all(defaults, ARRAY_SIZE(defaults));
	write_conf("ipv4", conf, ARRAY_SIZE(conf));
	settings_write("net/ipv4/conf/all/accept_source_route", "0");
	settings_write("net/ipv4/conf/default/accept_source_route", "1");
	write_all(quiet, ARRAY_SIZE(quiet));
	if (ipv6) {
		write_all(quiet6, ARRAY_SIZE(quiet6));
		write_conf("ipv6", conf6, ARRAY_SIZE(conf6));
	} else {
		settings_write("net/ipv6/conf/all/disable_ipv6", "1");
		settings_write("net/ipv6/conf/default/disable_ipv6", "1");
	}
}

/* ---- sysctl.conf: "key = value", "-key = value" may fail, "-key" exempts from patterns, keys may be
 * patterns; a line that names a key outright goes before any pattern. */
struct setting { char *path; const char *value; bool may_fail, pattern, waits; };
struct settings { struct setting *line; size_t nr; char **seen; size_t nr_seen; };

static void trim(const char **s, size_t *n)
{
	while (*n && (**s == ' ' || **s == '\t'))
		(*s)++, (*n)--;
	while (*n && strchr(" \t\r", (*s)[*n - 1]))
		(*n)--;
}

/* "net.ipv4.ip_forward" and "net/ipv4/conf/eth0.5/..." as a path: the first separator tells which it is. */
static char *key_path(const char *key, size_t n)
{
	char *path = xmalloc(n + 1);
	bool dots;

	memcpy(path, key, n);
	path[n] = 0;
	dots = path[strcspn(path, "./")] == '.';
	for (char *p = path; dots && *p; p++)
		*p = *p == '.' ? '/' : *p == '/' ? '.' : *p;
	return path;
}

bool settings_set(const char *key, size_t len, const char *value)
{
	char *path = key_path(key, len);
	bool ok = settings_write(path, value);
	int err = errno;

	free(path);
	errno = err;
	return ok;
}

static void add_line(struct settings *s, struct arena *a, const char *text, size_t n)
{
	struct setting l = { .value = NULL };
	const char *eq, *value;
	size_t len;

	trim(&text, &n);
	if (!n || *text == '#' || *text == ';')
		return;
	l.may_fail = *text == '-';
	text += l.may_fail, n -= l.may_fail;
	eq = memchr(text, '=', n);
	if (!eq && !l.may_fail)
		return;
	if (eq) {
		value = eq + 1;
		len = n - (size_t)(value - text);
		trim(&value, &len);
		l.value = arena_strndup(a, value, len);
		n = (size_t)(eq - text);
	}
	trim(&text, &n);
	l.path = key_path(text, n);
	l.pattern = strpbrk(l.path, "*?[") != NULL;
	s->line = xrealloc(s->line, (s->nr + 1) * sizeof(*s->line));
	s->line[s->nr++] = l;
}

static void set_one(struct setting *l, const char *path, bool late, json_t *errors)
{
	char text[600];

	l->waits = false;
	if (settings_write(path, l->value) || l->may_fail)
		return;
	if (errno == ENOENT && !late) {
		l->waits = true;
		return;
	}
	snprintf(text, sizeof(text), "%s = %s: %s", path, l->value, strerror(errno));
	trial_error(errors, "sysctl.conf", 1, text);
}

static bool named(const struct settings *s, const char *path)
{
	for (size_t i = 0; i < s->nr; i++)
		if ((!s->line[i].pattern || !s->line[i].value) && strcmp(s->line[i].path, path) == 0)
			return true;
	return false;
}

/* A late pattern reaches only what the early one did not see. */
static bool seen(const struct settings *s, const char *path)
{
	for (size_t i = 0; i < s->nr_seen; i++)
		if (strcmp(s->seen[i], path) == 0)
			return true;
	return false;
}

static void set_matching(struct settings *s, struct setting *l, bool late, json_t *errors)
{
	static const char root[] = "/proc/sys/";
	struct strbuf pattern = { 0 };
	glob_t g;

	sb_printf(&pattern, "%s%s", root, l->path);
	if (is_ours(l->path) && glob(sb_str(&pattern), 0, NULL, &g) == 0) {
		for (size_t i = 0; i < g.gl_pathc; i++) {
			const char *path = g.gl_pathv[i] + sizeof(root) - 1;

			if (named(s, path) || (late && seen(s, path)))
				continue;
			set_one(l, path, true, errors);
			if (late)
				continue;
			s->seen = xrealloc(s->seen, (s->nr_seen + 1) * sizeof(*s->seen));
			s->seen[s->nr_seen++] = xstrdup(path);
		}
		globfree(&g);
	}
	sb_free(&pattern);
}

struct settings *settings_early(struct source *file, json_t *errors)
{
	struct settings *s = xcalloc(1, sizeof(*s));

	if (!file)
		return s;
	for (size_t off = 0, n; off < file->len; off += n + 1) {
		const char *nl = memchr(file->text + off, '\n', file->len - off);

		n = nl ? (size_t)(nl - file->text) - off : file->len - off;
		add_line(s, file->arena, file->text + off, n);
	}
	for (size_t i = 0; i < s->nr; i++) {
		struct setting *l = &s->line[i];

		if (l->value && l->pattern)
			set_matching(s, l, false, errors);
		else if (l->value)
			set_one(l, l->path, false, errors);
	}
	return s;
}

void settings_late(struct settings *s, json_t *errors)
{
	for (size_t i = 0; i < s->nr; i++) {
		struct setting *l = &s->line[i];

		if (l->value && l->pattern)
			set_matching(s, l, true, errors);
		else if (l->waits)
			set_one(l, l->path, true, errors);
	}
	for (size_t i = 0; i < s->nr; i++)
		free(s->line[i].path);
	for (size_t i = 0; i < s->nr_seen; i++)
		free(s->seen[i]);
	free(s->line);
	free(s->seen);
	free(s);
}
