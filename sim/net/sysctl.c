// SPDX-License-Identifier: MIT
/* sysctl.c - names of net.* settings, and what writing one changes beside it. */
#include "sim/net/sysctl.h"
#include "sim/net/fib.h"
#include "sim/net/host.h"
#include "sim/net/ipv6.h"
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>

#define KEY_MAX 256
/* unres_qlen counts full frames, unres_qlen_bytes their memory: SKB_TRUESIZE(ETH_FRAME_LEN). */
#define FRAME_TRUESIZE 2090

struct field { const char *name; size_t off; int def, min, max; };

static const struct field devconf_fields[] = {
#define X(name, def) { #name, offsetof(struct ipv4_devconf, name), def, INT32_MIN, INT32_MAX },
	IPV4_DEVCONF(X)
#undef X
};

static const struct field devconf6_fields[] = {
#define X(name, def) { #name, offsetof(struct ipv6_devconf, name), def, INT32_MIN, INT32_MAX },
	IPV6_DEVCONF(X)
#undef X
};

static const struct field neigh_fields[] = {
#define X(name, def) { #name, offsetof(struct neigh_parms, name), def, 0, INT32_MAX },
	NEIGH_PARMS(X)
#undef X
};

static const struct field netns_fields[] = {
#define X(field, name, def, min, max) { name, offsetof(struct netns_sysctl, field), def, min, max },
	NETNS_SYSCTL(X)
#undef X
};

/* Other names and units of a field above: the value written is multiplied. */
static const struct { const char *name, *field; int mult; } neigh_alias[] = {
	{ "retrans_time", "retrans_time_ms", 10 },
	{ "base_reachable_time", "base_reachable_time_ms", 1000 },
	{ "unres_qlen", "unres_qlen_bytes", FRAME_TRUESIZE },
};

/* Only the kernel writes these. */
static const char *const read_only[] = {
	"net.ipv4.conf.*.mc_forwarding", "net.netfilter.nf_conntrack_count",
	"net.ipv4.tcp_available_congestion_control", "net.ipv4.tcp_available_ulp",
	"net.ipv4.tcp_ehash_entries", "net.ipv4.udp_hash_entries", "net.ipv6.conf.*.mc_forwarding",
	"net.ipv6.conf.*.stable_secret",
};

/* Would change what happens to packets, and is not emulated: only this value is taken. */
static const struct { const char *name, *value, *hint; } not_emulated[] = {
	{ "net.ipv4.conf.*.bc_forwarding", "0",
	  "forwarding of directed broadcasts is not emulated" },
	{ "net.ipv4.icmp_echo_enable_probe", "0", "PROBE (RFC 8335) is not emulated" },
	{ "net.ipv4.icmp_errors_extension_mask", "0", "ICMP extensions are not emulated" },
	{ "net.netfilter.nf_conntrack_helper", "0",
	  "newer kernels have no automatic helpers: assign one with -j CT --helper" },
	{ "net.ipv4.ip_dynaddr", "0", "rewriting of sockets' addresses is not emulated" },
	{ "net.bridge.bridge-nf-filter-pppoe-tagged", "0", "PPPoE inside a bridge is not looked into" },
	{ "net.ipv4.tcp_shrink_window", "0", "the program behind a socket reads at once" },
	{ "net.ipv6.conf.*.seg6_enabled", "0", "segment routing is not emulated" },
	{ "net.ipv6.conf.*.rpl_seg_enabled", "0", "RPL source routing is not emulated" },
	{ "net.ipv6.conf.*.ioam6_enabled", "0", "IOAM is not emulated" },
};

/* Kept, and without the effect that it would have beyond these values: told, or refused when every
 * connection would see it. */
static const struct { const char *name; int min, max; bool refuse; const char *hint; } half_emulated[] = {
	{ "net.ipv4.tcp_syncookies", 0, 1, true, "cookies for every SYN are not emulated" },
	{ "net.ipv4.tcp_rfc1337", 0, 0, false, "a RST still ends a local socket in TIME-WAIT" },
	{ "net.ipv4.tcp_abort_on_overflow", 0, 0, false, "a listener's queue never overflows here" },
	{ "net.netfilter.nf_conntrack_log_invalid", 0, 0, false, "no packet changes its way, the log lines are missing" },
	{ "net.ipv6.conf.all.use_tempaddr", -1, 0, false, "no temporary addresses are made" },
	{ "net.ipv6.conf.default.use_tempaddr", -1, 0, false, "no temporary addresses are made" },
	{ "net.ipv6.conf.default.addr_gen_mode", 0, 1, true, "stable private addresses hash a secret that only the real host knows" },
	{ "net.ipv6.fib_multipath_hash_policy", 0, 1, true, "hashing by inner headers or chosen fields is not emulated for IPv6" },
	{ "net.ipv6.flowlabel_reflect", 0, 0, false, "flow labels of packets made here are 0" },
	{ "net.ipv4.neigh.default.gc_thresh3", 1024, INT32_MAX, false, "the neighbour table never overflows here" },
};

/* Settings that cannot change what is emulated: buffers, congestion control, queueing, hash sizes,
 * sockets' ageing, IGMP timing, other protocol families. */
static const char *const ignored[] = {
	"net.core.bpf_jit_enable", "net.core.bpf_jit_harden", "net.core.bpf_jit_kallsyms",
	"net.core.bpf_jit_limit", "net.core.busy_poll", "net.core.busy_read",
	"net.core.default_qdisc", "net.core.dev_weight", "net.core.dev_weight_rx_bias",
	"net.core.dev_weight_tx_bias", "net.core.devconf_inherit_init_net",
	"net.core.fb_tunnels_only_for_init_net", "net.core.flow_limit_cpu_bitmap",
	"net.core.flow_limit_table_len", "net.core.gro_normal_batch",
	"net.core.high_order_alloc_disable", "net.core.max_skb_frags", "net.core.mem_pcpu_rsv",
	"net.core.message_burst", "net.core.message_cost", "net.core.netdev_budget",
	"net.core.netdev_budget_usecs", "net.core.netdev_max_backlog", "net.core.netdev_rss_key",
	"net.core.netdev_tstamp_prequeue", "net.core.netdev_unregister_timeout_secs",
	"net.core.optmem_max", "net.core.rmem_default", "net.core.rmem_max",
	"net.core.rps_default_mask", "net.core.rps_sock_flow_entries", "net.core.skb_defer_max",
	"net.core.somaxconn", "net.core.tstamp_allow_data", "net.core.txrehash",
	"net.core.warnings", "net.core.wmem_default", "net.core.wmem_max",
	"net.core.xfrm_acq_expires", "net.core.xfrm_aevent_etime", "net.core.xfrm_aevent_rseqth",
	"net.core.xfrm_larval_drop",
	"net.ipv4.cipso_cache_bucket_size", "net.ipv4.cipso_cache_enable",
	"net.ipv4.cipso_rbm_optfmt", "net.ipv4.cipso_rbm_strictvalid",
	"net.ipv4.fib_notify_on_flag_change", "net.ipv4.fib_sync_mem",
	"net.ipv4.igmp_link_local_mcast_reports", "net.ipv4.igmp_max_memberships",
	"net.ipv4.igmp_max_msf", "net.ipv4.igmp_qrv", "net.ipv4.inet_peer_gc_maxtime",
	"net.ipv4.inet_peer_gc_mintime", "net.ipv4.inet_peer_maxttl", "net.ipv4.inet_peer_minttl",
	"net.ipv4.inet_peer_threshold", "net.ipv4.ip_autobind_reuse",
	"net.ipv4.ip_local_reserved_ports", "net.ipv4.ip_unprivileged_port_start",
	"net.ipv4.ipfrag_secret_interval", "net.ipv4.neigh.default.gc_thresh1",
	"net.ipv4.neigh.default.gc_thresh2", "net.ipv4.neigh.default.gc_thresh3",
	"net.ipv4.nexthop_compat_mode", "net.ipv4.ping_group_range", "net.ipv4.raw_l3mdev_accept",
	"net.ipv4.route.flush", "net.ipv4.route.gc_elasticity", "net.ipv4.route.gc_interval",
	"net.ipv4.route.gc_min_interval", "net.ipv4.route.gc_min_interval_ms",
	"net.ipv4.route.gc_thresh", "net.ipv4.route.gc_timeout", "net.ipv4.route.max_size",
	"net.ipv4.tcp_adv_win_scale", "net.ipv4.tcp_allowed_congestion_control",
	"net.ipv4.tcp_app_win", "net.ipv4.tcp_autocorking", "net.ipv4.tcp_backlog_ack_defer",
	"net.ipv4.tcp_challenge_ack_limit", "net.ipv4.tcp_child_ehash_entries",
	"net.ipv4.tcp_comp_sack_delay_ns", "net.ipv4.tcp_comp_sack_nr",
	"net.ipv4.tcp_comp_sack_slack_ns", "net.ipv4.tcp_congestion_control",
	"net.ipv4.tcp_dsack", "net.ipv4.tcp_early_retrans", "net.ipv4.tcp_ecn_fallback",
	"net.ipv4.tcp_ecn_option", "net.ipv4.tcp_ecn_option_beacon", "net.ipv4.tcp_fack",
	"net.ipv4.tcp_fastopen", "net.ipv4.tcp_fastopen_blackhole_timeout_sec",
	"net.ipv4.tcp_fastopen_key", "net.ipv4.tcp_frto", "net.ipv4.tcp_keepalive_intvl",
	"net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_keepalive_time",
	"net.ipv4.tcp_l3mdev_accept", "net.ipv4.tcp_limit_output_bytes",
	"net.ipv4.tcp_low_latency", "net.ipv4.tcp_max_orphans", "net.ipv4.tcp_max_reordering",
	"net.ipv4.tcp_max_syn_backlog", "net.ipv4.tcp_max_tw_buckets", "net.ipv4.tcp_mem",
	"net.ipv4.tcp_migrate_req", "net.ipv4.tcp_min_rtt_wlen", "net.ipv4.tcp_min_snd_mss",
	"net.ipv4.tcp_min_tso_segs", "net.ipv4.tcp_moderate_rcvbuf",
	"net.ipv4.tcp_mtu_probe_floor", "net.ipv4.tcp_mtu_probing",
	"net.ipv4.tcp_no_metrics_save", "net.ipv4.tcp_no_ssthresh_metrics_save",
	"net.ipv4.tcp_notsent_lowat", "net.ipv4.tcp_orphan_retries",
	"net.ipv4.tcp_pacing_ca_ratio", "net.ipv4.tcp_pacing_ss_ratio",
	"net.ipv4.tcp_pingpong_thresh", "net.ipv4.tcp_plb_cong_thresh",
	"net.ipv4.tcp_plb_enabled", "net.ipv4.tcp_plb_idle_rehash_rounds",
	"net.ipv4.tcp_plb_rehash_rounds", "net.ipv4.tcp_plb_suspend_rto_sec",
	"net.ipv4.tcp_probe_interval", "net.ipv4.tcp_probe_threshold", "net.ipv4.tcp_recovery",
	"net.ipv4.tcp_reflect_tos", "net.ipv4.tcp_reordering", "net.ipv4.tcp_retrans_collapse",
	"net.ipv4.tcp_rmem", "net.ipv4.tcp_rto_max_ms", "net.ipv4.tcp_rto_min_us",
	"net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_stdurg",
	"net.ipv4.tcp_syn_linear_timeouts", "net.ipv4.tcp_thin_linear_timeouts",
	"net.ipv4.tcp_tso_rtt_log", "net.ipv4.tcp_tso_win_divisor", "net.ipv4.tcp_tw_recycle",
	"net.ipv4.tcp_tw_reuse", "net.ipv4.tcp_tw_reuse_delay", "net.ipv4.tcp_wmem",
	"net.ipv4.tcp_workaround_signed_windows", "net.ipv4.udp_child_hash_entries",
	"net.ipv4.udp_l3mdev_accept", "net.ipv4.udp_mem", "net.ipv4.udp_rmem_min",
	"net.ipv4.udp_wmem_min", "net.ipv4.xfrm4_gc_thresh",
	"net.netfilter.nf_conntrack_dccp_loose", "net.netfilter.nf_conntrack_dccp_timeout_*",
	"net.netfilter.nf_conntrack_frag6_high_thresh",
	"net.netfilter.nf_conntrack_frag6_low_thresh",
	"net.netfilter.nf_flowtable_tcp_timeout", "net.netfilter.nf_flowtable_udp_timeout",
	"net.netfilter.nf_hooks_lwtunnel", "net.netfilter.nf_log_all_netns",
	"net.netfilter.nf_log.*",
	"net.ipv6.auto_flowlabels", "net.ipv6.calipso_*", "net.ipv6.conf.*.dad_*", "net.ipv6.conf.*.disable_policy",
	"net.ipv6.conf.*.force_mld_version", "net.ipv6.conf.*.ioam6_id*", "net.ipv6.conf.*.max_desync_factor",
	"net.ipv6.conf.*.mldv*", "net.ipv6.conf.*.ndisc_evict_nocarrier", "net.ipv6.conf.*.ra_honor_*", "net.ipv6.conf.*.regen_*",
	"net.ipv6.conf.*.router_probe_interval", "net.ipv6.conf.*.seg6_require_hmac", "net.ipv6.conf.*.temp_*",
	"net.ipv6.conf.*.use_tempaddr", "net.ipv6.fib_notify_on_flag_change", "net.ipv6.flowlabel_*", "net.ipv6.idgen_*",
	"net.ipv6.ioam6_*", "net.ipv6.ip6frag_secret_interval", "net.ipv6.mld_*", "net.ipv6.neigh.default.gc_*",
	"net.ipv6.route.*", "net.ipv6.seg6_flowlabel", "net.ipv6.xfrm6_gc_thresh", "net.unix.*", "net.mptcp.*", "net.sctp.*", "net.dccp.*", "net.mpls.*",
	"net.smc.*", "net.rds.*", "net.vrf.*", "net.ipv4.vs.*", "net.ieee802154.*", "net.x25.*",
	"net.ax25.*", "net.netrom.*", "net.rose.*", "net.phonet.*", "net.iw_cm.*", "net.llc.*",
};

static const char *const other_trees[] = { "kernel", "vm",  "fs",     "dev",	"debug",
					   "user",   "abi", "crypto", "sunrpc", "xen" };

/* "net.ipv4.conf.eth0/100.rp_filter" or "net/ipv4/conf/eth0.100/rp_filter" → the path with slashes:
 * whichever separator comes first is the separator, the other stands for itself. */
static bool key_path(char path[KEY_MAX], const char *key)
{
	size_t first = strcspn(key, "./"), n = strlen(key);
	bool dots = key[first] == '.';

	if (n == 0 || n >= KEY_MAX)
		return false;
	for (size_t i = 0; i <= n; i++)
		path[i] = !dots ? key[i] : key[i] == '.' ? '/' : key[i] == '/' ? '.' : key[i];
	return true;
}

/* The dotted name of a path, as people write it. */
static void path_key(char key[KEY_MAX], const char *path)
{
	size_t i;

	for (i = 0; path[i]; i++)
		key[i] = path[i] == '/' ? '.' : path[i] == '.' ? '/' : path[i];
	key[i] = 0;
}

/* As proc_dointvec reads it: space, sign, digits (0x, 0), and only space may follow the number. */
static bool int_parse(const char *s, int *ret)
{
	const char *p = s;
	long long v;
	char *end;

	while (*p == ' ' || *p == '\t')
		p++;
	if (p[0] == '-' ? p[1] < '0' || p[1] > '9' : p[0] < '0' || p[0] > '9')
		return false;
	errno = 0;
	v = strtoll(p, &end, 0);
	if (errno || v < INT32_MIN || v > INT32_MAX || (*end && *end != ' ' && *end != '\t'))
		return false;
	*ret = (int)v;
	return true;
}

static int *field_of(void *base, const struct field *f)
{
	return (int *)(void *)((char *)base + f->off);
}

static const struct field *field_find(const struct field *f, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(f[i].name, name) == 0)
			return &f[i];
	return NULL;
}

void sysctl_defaults(struct host *h)
{
	for (size_t i = 0; i < ARRAY_SIZE(netns_fields); i++)
		*field_of(&h->sysctl, &netns_fields[i]) = netns_fields[i].def;
	h->sysctl.port_lo = 32768;
	h->sysctl.port_hi = 60999;
	for (size_t i = 0; i < ARRAY_SIZE(devconf_fields); i++) {
		*field_of(&h->conf_all, &devconf_fields[i]) = devconf_fields[i].def;
		*field_of(&h->conf_default, &devconf_fields[i]) = devconf_fields[i].def;
	}
	h->conf_all.state = h->conf_default.state = 0;
	h->conf_default.accept_source_route = 1;
	for (size_t i = 0; i < ARRAY_SIZE(neigh_fields); i++)
		*field_of(&h->neigh_default, &neigh_fields[i]) = neigh_fields[i].def;
	h->neigh_default.state = 0;
	for (size_t i = 0; i < ARRAY_SIZE(devconf6_fields); i++) {
		*field_of(&h->conf6_all, &devconf6_fields[i]) = devconf6_fields[i].def;
		*field_of(&h->conf6_default, &devconf6_fields[i]) = devconf6_fields[i].def;
	}
	h->nd_default = h->neigh_default;
	h->nd_default.locktime = 0;
	/* All errors but "packet too big" (2) are limited. */
	for (size_t i = 0; i < ARRAY_SIZE(h->sysctl.icmpv6_ratemask); i++)
		h->sysctl.icmpv6_ratemask[i] = i >= 4 ? 0 : i ? UINT32_MAX : ~(1u << ICMPV6_PKT_TOOBIG);
}

/* ---- writing */

/* Forwarding of "all" is also ip_forward; a change of it goes to every device
 * (inet_forward_change). */
static void forward_set(struct host *h, int v)
{
	bool changed = v != h->conf_all.forwarding;

	h->conf_all.forwarding = h->sysctl.ip_forward = v;
	if (!changed)
		return;
	h->conf_all.accept_redirects = !v;
	h->conf_default.forwarding = v;
	for (struct net_device *dev = h->devs; dev; dev = dev->next)
		dev->conf.forwarding = v;
}

/* Fields whose write neither marks them as set nor spreads from "default". */
static bool spreads(const char *name)
{
	static const char *const not [] = { "forwarding",     "disable_xfrm",
					    "disable_policy", "promote_secondaries",
					    "route_localnet", "drop_unicast_in_l2_multicast" };

	for (size_t i = 0; i < ARRAY_SIZE(not); i++)
		if (strcmp(name, not[i]) == 0)
			return false;
	return true;
}

static void devconf_write(struct host *h, struct ipv4_devconf *c, const struct field *f, int v)
{
	uint64_t bit = UINT64_C(1) << (f - devconf_fields);

	if (c == &h->conf_all && strcmp(f->name, "forwarding") == 0) {
		forward_set(h, v);
		return;
	}
	*field_of(c, f) = v;
	if (!spreads(f->name))
		return;
	c->state |= bit;
	if (c == &h->conf_default)
		for (struct net_device *dev = h->devs; dev; dev = dev->next)
			if (!(dev->conf.state & bit))
				*field_of(&dev->conf, f) = v;
}

static void neigh_write(struct host *h, struct neigh_parms *np, const struct field *f, int v)
{
	uint64_t bit = UINT64_C(1) << (f - neigh_fields);

	*field_of(np, f) = v;
	np->state |= bit;
	if (strcmp(f->name, "unres_qlen_bytes") == 0)
		np->unres_qlen = v / FRAME_TRUESIZE;
	if (np == &h->neigh_default)
		for (struct net_device *dev = h->devs; dev; dev = dev->next)
			if (!(dev->neigh.state & bit)) {
				*field_of(&dev->neigh, f) = v;
				dev->neigh.unres_qlen =
					dev->neigh.unres_qlen_bytes / FRAME_TRUESIZE;
			}
}

/* IPv6's settings do not spread from "default" or "all", but for these. */
static void devconf6_write(struct host *h, struct ipv6_devconf *c, const struct field *f, int v)
{
	struct net_device *dev = h->devs;

	while (dev && (!dev->ip6 || &dev->ip6->conf != c))
		dev = dev->next;
	if (strcmp(f->name, "forwarding") == 0 && c != &h->conf6_default)
		addrconf_forwarding(h, dev, v);
	else if (strcmp(f->name, "disable_ipv6") == 0 && c != &h->conf6_default)
		addrconf_disable(h, dev, v);
	else if (strcmp(f->name, "addr_gen_mode") == 0 && c == &h->conf6_all)
		for (c->addr_gen_mode = h->conf6_default.addr_gen_mode = v, dev = h->devs; dev; dev = dev->next)
			dev->ip6->conf.addr_gen_mode = v;
	else
		*field_of(c, f) = v;
}

static void nd_write(struct host *h, struct neigh_parms *np, const struct field *f, int v)
{
	uint64_t bit = UINT64_C(1) << (f - neigh_fields);

	*field_of(np, f) = v;
	np->state |= bit;
	if (np != &h->nd_default)
		return;
	for (struct net_device *dev = h->devs; dev; dev = dev->next)
		if (dev->ip6 && !(dev->ip6->neigh.state & bit))
			*field_of(&dev->ip6->neigh, f) = v;
}

/* "0-1,3-127": the types of errors that are limited. */
static bool ratemask_parse(const char *s, uint32_t mask[8])
{
	memset(mask, 0, 8 * sizeof(*mask));
	while (*s) {
		char *end;
		unsigned long lo = strtoul(s, &end, 10), hi = lo;

		if (end == s)
			return false;
		if (*end == '-') {
			s = end + 1;
			hi = strtoul(s, &end, 10);
			if (end == s)
				return false;
		}
		if (hi > 255 || lo > hi || (*end && *end != ','))
			return false;
		for (; lo <= hi; lo++)
			mask[lo >> 5] |= 1u << (lo & 31);
		s = end + (*end == ',');
	}
	return true;
}

static void ratemask_print(const uint32_t mask[8], char *buf, size_t size)
{
	size_t n = 0;

	buf[0] = 0;
	for (unsigned i = 0; i < 256 && n < size; i++) {
		unsigned first = i;

		if (!(mask[i >> 5] >> (i & 31) & 1))
			continue;
		while (i < 255 && mask[(i + 1) >> 5] >> ((i + 1) & 31) & 1)
			i++;
		n += (size_t)snprintf(buf + n, size - n, i > first ? "%s%u-%u" : "%s%u", n ? "," : "", first, i);
	}
}

/* ---- names */

struct where {			/* what a key names */
	enum {
		W_UNKNOWN,
		W_NETNS,
		W_CONF,
		W_NEIGH,
		W_CONF6,
		W_ND,
		W_RATEMASK,
		W_PORTS,
		W_IGNORED,
		W_READ_ONLY,
		W_NOT_EMULATED
	} what;
	const struct field *field;
	void *base;		/* struct the field is in; NULL: no such device */
	int mult;
	size_t row;		/* W_NOT_EMULATED */
	char dev[KEY_MAX];
};

/* Splits "PREFIX/DEV/FIELD"; false: not of that form. */
static bool split_dev(const char *path, const char *prefix, char dev[KEY_MAX], const char **field)
{
	size_t n = strlen(prefix);
	const char *slash;

	if (strncmp(path, prefix, n) != 0 || !(slash = strchr(path + n, '/')) || slash == path + n)
		return false;
	memcpy(dev, path + n, (size_t)(slash - path) - n);
	dev[(size_t)(slash - path) - n] = 0;
	*field = slash + 1;
	return true;
}

static void find_conf(struct host *h, struct where *w, const char *name)
{
	struct net_device *dev = dev_by_name(h, w->dev);

	if (!(w->field = field_find(devconf_fields, ARRAY_SIZE(devconf_fields), name)))
		return;
	w->what = W_CONF;
	w->base = strcmp(w->dev, "all") == 0	   ? &h->conf_all
		  : strcmp(w->dev, "default") == 0 ? &h->conf_default
		  : dev				   ? &dev->conf
						   : NULL;
}

static void find_neigh(struct host *h, struct where *w, const char *name)
{
	struct net_device *dev = dev_by_name(h, w->dev);

	for (size_t i = 0; i < ARRAY_SIZE(neigh_alias); i++)
		if (strcmp(name, neigh_alias[i].name) == 0) {
			name = neigh_alias[i].field;
			w->mult = neigh_alias[i].mult;
		}
	if (!(w->field = field_find(neigh_fields, ARRAY_SIZE(neigh_fields), name)))
		return;
	w->what = W_NEIGH;
	w->base = strcmp(w->dev, "default") == 0 ? &h->neigh_default : dev ? &dev->neigh : NULL;
}

static void find_conf6(struct host *h, struct where *w, const char *name)
{
	struct net_device *dev = dev_by_name(h, w->dev);

	if (!(w->field = field_find(devconf6_fields, ARRAY_SIZE(devconf6_fields), name)))
		return;
	w->what = W_CONF6;
	w->base = strcmp(w->dev, "all") == 0	   ? &h->conf6_all
		  : strcmp(w->dev, "default") == 0 ? &h->conf6_default
		  : dev && dev->ip6		   ? &dev->ip6->conf
						   : NULL;
}

static void find_nd(struct host *h, struct where *w, const char *name)
{
	struct net_device *dev;

	find_neigh(h, w, name);
	if (w->what != W_NEIGH)
		return;
	dev = dev_by_name(h, w->dev);
	w->what = W_ND;
	w->base = strcmp(w->dev, "default") == 0 ? &h->nd_default : dev && dev->ip6 ? &dev->ip6->neigh : NULL;
}

static bool in_list(const char *const *list, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (fnmatch(list[i], key, 0) == 0)
			return true;
	return false;
}

static void find(struct host *h, const char *path, struct where *w)
{
	const char *name;
	char key[KEY_MAX];

	*w = (struct where){ .mult = 1 };
	path_key(key, path);
	if (in_list(read_only, ARRAY_SIZE(read_only), key)) {
		w->what = W_READ_ONLY;
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(not_emulated); i++)
		if (fnmatch(not_emulated[i].name, key, 0) == 0) {
			w->what = W_NOT_EMULATED;
			w->row = i;
			return;
		}
	if (strcmp(key, "net.nf_conntrack_max") == 0)
		path_key(key, "net/netfilter/nf_conntrack_max");
	if ((w->field = field_find(netns_fields, ARRAY_SIZE(netns_fields), key))) {
		w->what = W_NETNS;
		w->base = &h->sysctl;
	} else if (strcmp(key, "net.ipv4.ip_local_port_range") == 0) {
		w->what = W_PORTS;
	} else if (strcmp(key, "net.ipv6.icmp.ratemask") == 0) {
		w->what = W_RATEMASK;
	} else if (split_dev(path, "net/ipv6/conf/", w->dev, &name) &&
		   field_find(devconf6_fields, ARRAY_SIZE(devconf6_fields), name)) {
		find_conf6(h, w, name);
	} else if (in_list(ignored, ARRAY_SIZE(ignored), key)) {
		w->what = W_IGNORED;
	} else if (split_dev(path, "net/ipv4/conf/", w->dev, &name)) {
		find_conf(h, w, name);
	} else if (split_dev(path, "net/ipv4/neigh/", w->dev, &name)) {
		find_neigh(h, w, name);
	} else if (split_dev(path, "net/ipv6/neigh/", w->dev, &name)) {
		find_nd(h, w, name);
	}
}

/* The nearest name there is, with the device of what was written kept. */
static void hint_nearest(struct diag *d, const char *key, const struct where *w)
{
	struct nearest n = { .want = key };
	char buf[ARRAY_SIZE(devconf_fields) + ARRAY_SIZE(devconf6_fields) + ARRAY_SIZE(neigh_fields)][2 * KEY_MAX];
	size_t k = 0;

	for (size_t i = 0; i < ARRAY_SIZE(netns_fields); i++)
		nearest_try(&n, netns_fields[i].name);
	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
		if (!strchr(ignored[i], '*'))
			nearest_try(&n, ignored[i]);
	nearest_try(&n, "net.ipv4.ip_local_port_range");
	for (size_t i = 0; w->dev[0] && i < ARRAY_SIZE(devconf_fields); i++, k++) {
		snprintf(buf[k], sizeof(buf[k]), "net.ipv4.conf.%s.%s", w->dev,
			 devconf_fields[i].name);
		nearest_try(&n, buf[k]);
	}
	for (size_t i = 0; w->dev[0] && i < ARRAY_SIZE(devconf6_fields); i++, k++) {
		snprintf(buf[k], sizeof(buf[k]), "net.ipv6.conf.%s.%s", w->dev,
			 devconf6_fields[i].name);
		nearest_try(&n, buf[k]);
	}
	for (size_t i = 0; w->dev[0] && i < ARRAY_SIZE(neigh_fields); i++, k++) {
		snprintf(buf[k], sizeof(buf[k]), "net.ipv4.neigh.%s.%s", w->dev,
			 neigh_fields[i].name);
		nearest_try(&n, buf[k]);
	}
	if (nearest_get(&n))
		diag_hint(d, "did you mean \"%s\"?", nearest_get(&n));
}

static enum sysctl_result bad_value(const char *key, const char *value, const char *want,
				    struct pos pos, struct diag *d)
{
	diag_error(d, pos, "\"%s\" is no value for %s", value, key);
	diag_hint(d, "%s; the kernel says: Invalid argument", want);
	return SYSCTL_ERROR;
}

static enum sysctl_result ports_set(struct host *h, const char *key, const char *value,
				    struct pos pos, struct diag *d)
{
	int lo, hi;
	size_t n = strspn(value, " \t");

	n += strcspn(value + n, " \t");
	if (!int_parse(value, &lo) || !int_parse(value + n, &hi) || lo < 1 || hi > 65535 || hi < lo)
		return bad_value(key, value, "two port numbers, the lower one first", pos, d);
	h->sysctl.port_lo = lo;
	h->sysctl.port_hi = hi;
	return SYSCTL_OK;
}

static enum sysctl_result unknown(const char *path, const char *key, const struct where *w,
				  struct pos pos, struct diag *d)
{
	size_t n = strcspn(path, "/");

	for (size_t i = 0; i < ARRAY_SIZE(other_trees); i++)
		if (strlen(other_trees[i]) == n && strncmp(path, other_trees[i], n) == 0)
			return SYSCTL_OK;
	diag_error(d, pos, "unknown setting \"%s\"", key);
	if (diag_wants_hint(d))
		hint_nearest(d, key, w);
	return SYSCTL_ERROR;
}

static enum sysctl_result write_field(struct host *h, struct where *w, const char *key,
				      const char *value, struct pos pos, struct diag *d)
{
	char want[64];
	int v;

	if (!int_parse(value, &v))
		return bad_value(key, value, "a number is wanted", pos, d);
	if (w->mult != 1)
		v = (int)MIN((int64_t)v * w->mult, INT32_MAX);
	if (w->field == field_find(netns_fields, 1, "net.ipv4.ip_forward")) {
		forward_set(h, v);
		return SYSCTL_OK;
	}
	if (v < w->field->min || v > w->field->max) {
		snprintf(want, sizeof(want), "%d to %d is possible", w->field->min, w->field->max);
		return bad_value(key, value, want, pos, d);
	}
	if (w->what == W_CONF)
		devconf_write(h, w->base, w->field, v);
	else if (w->what == W_CONF6)
		devconf6_write(h, w->base, w->field, v);
	else if (w->what == W_ND)
		nd_write(h, w->base, w->field, v);
	else if (w->what == W_NEIGH)
		neigh_write(h, w->base, w->field, v);
	else
		*field_of(w->base, w->field) = v;
	return SYSCTL_OK;
}

/* False: refused. */
static bool half_emulated_take(const char *key, const char *value, struct pos pos, struct diag *d)
{
	int v;

	for (size_t i = 0; i < ARRAY_SIZE(half_emulated); i++) {
		if (strcmp(half_emulated[i].name, key) != 0 || !int_parse(value, &v) ||
		    (v >= half_emulated[i].min && v <= half_emulated[i].max))
			continue;
		if (half_emulated[i].refuse)
			diag_error(d, pos, "%s = %s is not emulated", key, value);
		else
			diag_warn(d, pos, "%s = %s has no effect here", key, value);
		diag_hint(d, "%s", half_emulated[i].hint);
		return !half_emulated[i].refuse;
	}
	return true;
}

enum sysctl_result sysctl_set(struct host *h, const char *key, const char *value, struct pos pos,
			      struct diag *d)
{
	char path[KEY_MAX], dotted[KEY_MAX];
	struct where w;

	fib_settings_changed(h);
	if (!key_path(path, key)) {
		diag_error(d, pos, "the name of a setting is wanted");
		return SYSCTL_ERROR;
	}
	path_key(dotted, path);
	find(h, path, &w);
	if (!half_emulated_take(dotted, value, pos, d))
		return SYSCTL_ERROR;
	switch (w.what) {
	case W_IGNORED:
		return SYSCTL_OK;
	case W_READ_ONLY:
		/* A listing of "sysctl -a" has them; on a real host they are refused and the next
		 * line is read. */
		diag_warn(d, pos, "%s can only be read: left out", dotted);
		return SYSCTL_OK;
	case W_NOT_EMULATED:
		if (strcmp(value, not_emulated[w.row].value) == 0)
			return SYSCTL_OK;
		diag_error(d, pos, "%s = %s is not emulated", dotted, value);
		diag_hint(d, "%s", not_emulated[w.row].hint);
		return SYSCTL_ERROR;
	case W_PORTS:
		return ports_set(h, dotted, value, pos, d);
	case W_RATEMASK:
		return ratemask_parse(value, h->sysctl.icmpv6_ratemask) ? SYSCTL_OK
			: bad_value(dotted, value, "types and ranges of types, as in \"0-1,3-127\"", pos, d);
	case W_UNKNOWN:
		return unknown(path, dotted, &w, pos, d);
	case W_NETNS: case W_CONF: case W_NEIGH: case W_CONF6: case W_ND:
		break;
	}
	return w.base ? write_field(h, &w, dotted, value, pos, d) : SYSCTL_NO_DEVICE;
}

const char *sysctl_get(struct host *h, const char *key, char buf[64])
{
	char path[KEY_MAX];
	struct where w;

	if (!key_path(path, key))
		return NULL;
	if (fnmatch("net/ipv4/conf/*/mc_forwarding", path, 0) == 0)
		return strcpy(buf, "0");
	find(h, path, &w);
	if (w.what == W_PORTS)
		snprintf(buf, 64, "%d\t%d", h->sysctl.port_lo, h->sysctl.port_hi);
	else if (w.what == W_NOT_EMULATED)
		snprintf(buf, 64, "%s", not_emulated[w.row].value);
	else if (w.what == W_RATEMASK)
		ratemask_print(h->sysctl.icmpv6_ratemask, buf, 64);
	else if ((w.what == W_NETNS || w.what == W_CONF || w.what == W_NEIGH || w.what == W_CONF6 || w.what == W_ND) && w.base)
		snprintf(buf, 64, "%d", *field_of(w.base, w.field) / w.mult);
	else
		return NULL;
	return buf;
}

/* ---- all names a host has, for patterns */

void sysctl_each(struct host *h, void (*fn)(const char *key, void *arg), void *arg)
{
	char key[KEY_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(netns_fields); i++)
		fn(netns_fields[i].name, arg);
	fn("net.ipv4.ip_local_port_range", arg);
	for (struct net_device *dev = NULL, *next = h->devs;;
	     dev = next, next = next ? next->next : NULL) {
		const char *name = dev ? dev->name : "default";

		for (size_t i = 0; i < ARRAY_SIZE(devconf_fields); i++) {
			snprintf(key, sizeof(key), "net/ipv4/conf/%s/%s", name,
				 devconf_fields[i].name);
			fn(key, arg);
			if (!dev) {
				snprintf(key, sizeof(key), "net/ipv4/conf/all/%s",
					 devconf_fields[i].name);
				fn(key, arg);
			}
		}
		for (size_t i = 0; i < ARRAY_SIZE(devconf6_fields); i++) {
			snprintf(key, sizeof(key), "net/ipv6/conf/%s/%s", name, devconf6_fields[i].name);
			fn(key, arg);
			if (!dev) {
				snprintf(key, sizeof(key), "net/ipv6/conf/all/%s", devconf6_fields[i].name);
				fn(key, arg);
			}
		}
		for (size_t i = 0; i < ARRAY_SIZE(neigh_fields); i++) {
			snprintf(key, sizeof(key), "net/ipv4/neigh/%s/%s", name,
				 neigh_fields[i].name);
			fn(key, arg);
		}
		if (!next)
			break;
	}
}
