/* SPDX-License-Identifier: MIT */
/* sysctl.h - the net.* settings that change what is emulated, as the code reads them, and their
 * names. Everything is an int in the unit of /proc/sys. */
#ifndef SIM_NET_SYSCTL_H
#define SIM_NET_SYSCTL_H
#include "sim/base/util.h"
#include "sim/base/diag.h"

struct host; struct net_device;

/* net.ipv4.conf.IFACE.* ; order is ours. X(name, default) */
#define IPV4_DEVCONF(X) \
	X(forwarding, 0) X(mc_forwarding, 0) X(proxy_arp, 0) X(proxy_arp_pvlan, 0) X(accept_redirects, 1) \
	X(secure_redirects, 1) X(send_redirects, 1) X(shared_media, 1) X(rp_filter, 0) X(accept_source_route, 0) \
	X(bootp_relay, 0) X(log_martians, 0) X(tag, 0) X(arp_filter, 0) X(medium_id, 0) X(disable_xfrm, 0) \
	X(disable_policy, 0) X(force_igmp_version, 0) X(arp_announce, 0) X(arp_ignore, 0) X(promote_secondaries, 0) \
	X(arp_accept, 0) X(arp_notify, 0) X(accept_local, 0) X(src_valid_mark, 0) X(route_localnet, 0) \
	X(drop_unicast_in_l2_multicast, 0) X(drop_gratuitous_arp, 0) X(ignore_routes_with_linkdown, 0) \
	X(igmpv2_unsolicited_report_interval, 10000) X(igmpv3_unsolicited_report_interval, 1000) X(arp_evict_nocarrier, 1)

struct ipv4_devconf {
#define X(name, def) int name;
	IPV4_DEVCONF(X)
#undef X
	/* Bit per field in the order above: was set by itself, so a later write to "default" leaves it
	 * alone. A new device copies it with the values; a first address sets all (inet_addr_add). */
	uint64_t state;
};

/* net.ipv6.conf.IFACE.*: those that change something here. X(name, default). A host is taken as one that has been
 * up for long: it neither looks for duplicates of its addresses nor for routers, unless told to. */
#define IPV6_DEVCONF(X) \
	X(forwarding, 0) X(force_forwarding, 0) X(hop_limit, 64) X(mtu, 1280) X(accept_ra, 1) X(accept_ra_defrtr, 1) X(accept_ra_from_local, 0) \
	X(accept_ra_min_hop_limit, 1) X(accept_ra_min_lft, 0) X(accept_ra_mtu, 1) X(accept_ra_pinfo, 1) \
	X(accept_ra_rt_info_max_plen, 0) X(accept_ra_rt_info_min_plen, 0) X(accept_ra_rtr_pref, 1) X(ra_defrtr_metric, 1024) \
	X(accept_redirects, 1) X(accept_untracked_na, 0) X(accept_dad, 0) X(dad_transmits, 0) X(autoconf, 1) X(addr_gen_mode, 0) \
	X(max_addresses, 16) X(router_solicitations, 0) X(router_solicitation_delay, 1) X(router_solicitation_interval, 4) \
	X(router_solicitation_max_interval, 3600) X(disable_ipv6, 0) X(proxy_ndp, 0) X(drop_unicast_in_l2_multicast, 0) \
	X(drop_unsolicited_na, 0) X(force_tllao, 0) X(keep_addr_on_down, 0) X(ndisc_notify, 0) X(ndisc_tclass, 0) \
	X(optimistic_dad, 0) X(use_optimistic, 0) X(suppress_frag_ndisc, 1) X(use_oif_addrs_only, 0) X(enhanced_dad, 1) \
	X(ignore_routes_with_linkdown, 0) X(accept_source_route, 0)
struct ipv6_devconf {
#define X(name, def) int name;
	IPV6_DEVCONF(X)
#undef X
};

/* net.ipv4.neigh.IFACE.*, net.ipv6.neigh.IFACE.* */
#define NEIGH_PARMS(X) \
	X(mcast_solicit, 3) X(ucast_solicit, 3) X(app_solicit, 0) X(mcast_resolicit, 0) \
	X(retrans_time_ms, 1000) X(base_reachable_time_ms, 30000) X(delay_first_probe_time, 5) X(gc_stale_time, 60) \
	X(unres_qlen, 101) X(unres_qlen_bytes, 212992) X(proxy_qlen, 64) X(anycast_delay, 100) X(proxy_delay, 80) X(locktime, 100) X(interval_probe_time_ms, 5000)
struct neigh_parms {
#define X(name, def) int name;
	NEIGH_PARMS(X)
#undef X
	uint64_t state;		/* as in struct ipv4_devconf */
	/* ReachableTime is random: drawn from the base it had (reach_base), again every 300 s (neigh.c) */
	uint64_t reach_drawn;	/* jiffies of that draw */
	uint32_t reach_jiffies;
	int reach_base;
	int proxy_queued;	/* questions that wait to be answered by proxy */
};

/* Per-namespace scalars: X(field, "sysctl name", default, minimum, maximum) */
#define NETNS_SYSCTL(X) \
	X(ip_forward, "net.ipv4.ip_forward", 0, 0, INT32_MAX) \
	X(ip_default_ttl, "net.ipv4.ip_default_ttl", 64, 1, 255) \
	X(ip_no_pmtu_disc, "net.ipv4.ip_no_pmtu_disc", 0, 0, 3) \
	X(ip_forward_use_pmtu, "net.ipv4.ip_forward_use_pmtu", 0, 0, 1) \
	X(ip_forward_update_priority, "net.ipv4.ip_forward_update_priority", 1, 0, 1) \
	X(ip_nonlocal_bind, "net.ipv4.ip_nonlocal_bind", 0, 0, 1) \
	X(ip_early_demux, "net.ipv4.ip_early_demux", 1, 0, 1) \
	X(tcp_early_demux, "net.ipv4.tcp_early_demux", 1, 0, 1) \
	X(udp_early_demux, "net.ipv4.udp_early_demux", 1, 0, 1) \
	X(min_pmtu, "net.ipv4.route.min_pmtu", 552, 20, INT32_MAX) \
	X(mtu_expires, "net.ipv4.route.mtu_expires", 600, 0, INT32_MAX) \
	X(min_adv_mss, "net.ipv4.route.min_adv_mss", 256, 0, INT32_MAX) \
	X(redirect_load, "net.ipv4.route.redirect_load", 5, 0, INT32_MAX) /* jiffies: HZ/50 */ \
	X(redirect_number, "net.ipv4.route.redirect_number", 9, 0, INT32_MAX) \
	X(redirect_silence, "net.ipv4.route.redirect_silence", 5120, 0, INT32_MAX) /* jiffies: (HZ/50) << 10 */ \
	X(error_cost, "net.ipv4.route.error_cost", 250, 0, INT32_MAX) \
	X(error_burst, "net.ipv4.route.error_burst", 1250, 0, INT32_MAX) \
	X(fib_multipath_hash_policy, "net.ipv4.fib_multipath_hash_policy", 0, 0, 3) \
	X(fib_multipath_hash_fields, "net.ipv4.fib_multipath_hash_fields", 7, 0, 0xfff) \
	X(fib_multipath_hash_seed, "net.ipv4.fib_multipath_hash_seed", 0, 0, INT32_MAX) \
	X(fib_multipath_use_neigh, "net.ipv4.fib_multipath_use_neigh", 0, 0, 1) \
	X(icmp_echo_ignore_all, "net.ipv4.icmp_echo_ignore_all", 0, 0, 1) \
	X(icmp_echo_ignore_broadcasts, "net.ipv4.icmp_echo_ignore_broadcasts", 1, 0, 1) \
	X(icmp_ignore_bogus_error_responses, "net.ipv4.icmp_ignore_bogus_error_responses", 1, 0, 1) \
	X(icmp_errors_use_inbound_ifaddr, "net.ipv4.icmp_errors_use_inbound_ifaddr", 0, 0, 1) \
	X(icmp_ratelimit, "net.ipv4.icmp_ratelimit", 1000, 0, INT32_MAX) /* ms */ \
	X(icmp_ratemask, "net.ipv4.icmp_ratemask", 6168, 0, INT32_MAX) \
	X(icmp_msgs_per_sec, "net.ipv4.icmp_msgs_per_sec", 1000, 0, INT32_MAX) \
	X(icmp_msgs_burst, "net.ipv4.icmp_msgs_burst", 50, 0, INT32_MAX) \
	X(fwmark_reflect, "net.ipv4.fwmark_reflect", 0, 0, 1) \
	X(tcp_fwmark_accept, "net.ipv4.tcp_fwmark_accept", 0, 0, 1) \
	X(ipfrag_time, "net.ipv4.ipfrag_time", 30, 0, INT32_MAX) \
	X(ipfrag_max_dist, "net.ipv4.ipfrag_max_dist", 64, 0, INT32_MAX) \
	X(ipfrag_high_thresh, "net.ipv4.ipfrag_high_thresh", 4194304, 0, INT32_MAX) \
	X(ipfrag_low_thresh, "net.ipv4.ipfrag_low_thresh", 3145728, 0, INT32_MAX) \
	X(tcp_syncookies, "net.ipv4.tcp_syncookies", 1, 0, 2) \
	X(tcp_window_scaling, "net.ipv4.tcp_window_scaling", 1, 0, 1) \
	X(tcp_timestamps, "net.ipv4.tcp_timestamps", 1, 0, 2) \
	X(tcp_sack, "net.ipv4.tcp_sack", 1, 0, 1) \
	X(tcp_ecn, "net.ipv4.tcp_ecn", 2, 0, 5) \
	X(tcp_syn_retries, "net.ipv4.tcp_syn_retries", 6, 1, 127) \
	X(tcp_syn_linear_timeouts, "net.ipv4.tcp_syn_linear_timeouts", 4, 0, 127) \
	X(tcp_synack_retries, "net.ipv4.tcp_synack_retries", 5, 0, 255) \
	X(tcp_retries1, "net.ipv4.tcp_retries1", 3, 0, 255) \
	X(tcp_retries2, "net.ipv4.tcp_retries2", 15, 0, 255) \
	X(tcp_fin_timeout, "net.ipv4.tcp_fin_timeout", 60, 0, INT32_MAX) \
	X(tcp_abort_on_overflow, "net.ipv4.tcp_abort_on_overflow", 0, 0, 1) \
	X(tcp_rfc1337, "net.ipv4.tcp_rfc1337", 0, 0, 1) \
	X(tcp_invalid_ratelimit, "net.ipv4.tcp_invalid_ratelimit", 500, 0, INT32_MAX) \
	X(tcp_base_mss, "net.ipv4.tcp_base_mss", 1024, 0, INT32_MAX) \
	X(bindv6only, "net.ipv6.bindv6only", 0, 0, 1) \
	X(ip6_nonlocal_bind, "net.ipv6.ip_nonlocal_bind", 0, 0, 1) \
	X(ip6_mtu_expires, "net.ipv6.route.mtu_expires", 600, 0, INT32_MAX) \
	X(ip6_min_advmss, "net.ipv6.route.min_adv_mss", 1220, 0, INT32_MAX) \
	X(fib6_multipath_hash_policy, "net.ipv6.fib_multipath_hash_policy", 0, 0, 3) \
	X(fib6_multipath_hash_fields, "net.ipv6.fib_multipath_hash_fields", 7, 0, 0xfff) \
	X(icmpv6_echo_ignore_all, "net.ipv6.icmp.echo_ignore_all", 0, 0, 1) \
	X(icmpv6_echo_ignore_multicast, "net.ipv6.icmp.echo_ignore_multicast", 0, 0, 1) \
	X(icmpv6_echo_ignore_anycast, "net.ipv6.icmp.echo_ignore_anycast", 0, 0, 1) \
	X(icmpv6_error_anycast_as_unicast, "net.ipv6.icmp.error_anycast_as_unicast", 0, 0, 1) \
	X(icmpv6_ratelimit, "net.ipv6.icmp.ratelimit", 100, 0, INT32_MAX) /* ms */ \
	X(anycast_src_echo_reply, "net.ipv6.anycast_src_echo_reply", 0, 0, 1) \
	X(ip6_fwmark_reflect, "net.ipv6.fwmark_reflect", 0, 0, 1) \
	X(ip6frag_time, "net.ipv6.ip6frag_time", 60, 0, INT32_MAX) \
	X(ip6frag_high_thresh, "net.ipv6.ip6frag_high_thresh", 4194304, 0, INT32_MAX) \
	X(ip6frag_low_thresh, "net.ipv6.ip6frag_low_thresh", 3145728, 0, INT32_MAX) \
	X(nf_frag6_timeout, "net.netfilter.nf_conntrack_frag6_timeout", 60, 0, INT32_MAX) \
	X(max_dst_opts_cnt, "net.ipv6.max_dst_opts_number", 8, INT32_MIN, INT32_MAX) \
	X(max_hbh_opts_cnt, "net.ipv6.max_hbh_opts_number", 8, INT32_MIN, INT32_MAX) \
	X(max_dst_opts_len, "net.ipv6.max_dst_opts_length", INT32_MAX, INT32_MIN, INT32_MAX) \
	X(max_hbh_opts_len, "net.ipv6.max_hbh_length", INT32_MAX, INT32_MIN, INT32_MAX) \
	X(neigh_gc_interval, "net.ipv4.neigh.default.gc_interval", 30, 0, INT32_MAX) \
	X(ct_max, "net.netfilter.nf_conntrack_max", 262144, 0, INT32_MAX) \
	X(ct_buckets, "net.netfilter.nf_conntrack_buckets", 262144, 1, INT32_MAX) \
	X(ct_acct, "net.netfilter.nf_conntrack_acct", 0, 0, 1) \
	X(ct_timestamp, "net.netfilter.nf_conntrack_timestamp", 0, 0, 1) \
	X(ct_events, "net.netfilter.nf_conntrack_events", 2, 0, 2) \
	X(ct_expect_max, "net.netfilter.nf_conntrack_expect_max", 4096, 1, INT32_MAX) \
	X(ct_checksum, "net.netfilter.nf_conntrack_checksum", 1, 0, 1) \
	X(ct_log_invalid, "net.netfilter.nf_conntrack_log_invalid", 0, 0, 255) \
	X(ct_tcp_loose, "net.netfilter.nf_conntrack_tcp_loose", 1, 0, 1) \
	X(ct_tcp_be_liberal, "net.netfilter.nf_conntrack_tcp_be_liberal", 0, 0, 1) \
	X(ct_tcp_ignore_invalid_rst, "net.netfilter.nf_conntrack_tcp_ignore_invalid_rst", 0, 0, 1) \
	X(ct_tcp_max_retrans, "net.netfilter.nf_conntrack_tcp_max_retrans", 3, 0, 255) \
	X(ct_tcp_syn_sent, "net.netfilter.nf_conntrack_tcp_timeout_syn_sent", 120, 0, INT32_MAX) \
	X(ct_tcp_syn_recv, "net.netfilter.nf_conntrack_tcp_timeout_syn_recv", 60, 0, INT32_MAX) \
	X(ct_tcp_established, "net.netfilter.nf_conntrack_tcp_timeout_established", 432000, 0, INT32_MAX) \
	X(ct_tcp_fin_wait, "net.netfilter.nf_conntrack_tcp_timeout_fin_wait", 120, 0, INT32_MAX) \
	X(ct_tcp_close_wait, "net.netfilter.nf_conntrack_tcp_timeout_close_wait", 60, 0, INT32_MAX) \
	X(ct_tcp_last_ack, "net.netfilter.nf_conntrack_tcp_timeout_last_ack", 30, 0, INT32_MAX) \
	X(ct_tcp_time_wait, "net.netfilter.nf_conntrack_tcp_timeout_time_wait", 120, 0, INT32_MAX) \
	X(ct_tcp_close, "net.netfilter.nf_conntrack_tcp_timeout_close", 10, 0, INT32_MAX) \
	X(ct_tcp_max_retrans_to, "net.netfilter.nf_conntrack_tcp_timeout_max_retrans", 300, 0, INT32_MAX) \
	X(ct_tcp_unack, "net.netfilter.nf_conntrack_tcp_timeout_unacknowledged", 300, 0, INT32_MAX) \
	X(ct_udp, "net.netfilter.nf_conntrack_udp_timeout", 30, 0, INT32_MAX) \
	X(ct_udp_stream, "net.netfilter.nf_conntrack_udp_timeout_stream", 120, 0, INT32_MAX) \
	X(ct_icmp, "net.netfilter.nf_conntrack_icmp_timeout", 30, 0, INT32_MAX) \
	X(ct_icmpv6, "net.netfilter.nf_conntrack_icmpv6_timeout", 30, 0, INT32_MAX) \
	X(ct_generic, "net.netfilter.nf_conntrack_generic_timeout", 600, 0, INT32_MAX) \
	X(ct_gre, "net.netfilter.nf_conntrack_gre_timeout", 30, 0, INT32_MAX) \
	X(ct_gre_stream, "net.netfilter.nf_conntrack_gre_timeout_stream", 180, 0, INT32_MAX) \
	X(ct_sctp_closed, "net.netfilter.nf_conntrack_sctp_timeout_closed", 10, 0, INT32_MAX) \
	X(ct_sctp_cookie_wait, "net.netfilter.nf_conntrack_sctp_timeout_cookie_wait", 3, 0, INT32_MAX) \
	X(ct_sctp_cookie_echoed, "net.netfilter.nf_conntrack_sctp_timeout_cookie_echoed", 3, 0, INT32_MAX) \
	X(ct_sctp_established, "net.netfilter.nf_conntrack_sctp_timeout_established", 210, 0, INT32_MAX) \
	X(ct_sctp_shutdown_sent, "net.netfilter.nf_conntrack_sctp_timeout_shutdown_sent", 3, 0, INT32_MAX) \
	X(ct_sctp_shutdown_recd, "net.netfilter.nf_conntrack_sctp_timeout_shutdown_recd", 3, 0, INT32_MAX) \
	X(ct_sctp_shutdown_ack_sent, "net.netfilter.nf_conntrack_sctp_timeout_shutdown_ack_sent", 3, 0, INT32_MAX) \
	X(ct_sctp_heartbeat_sent, "net.netfilter.nf_conntrack_sctp_timeout_heartbeat_sent", 30, 0, INT32_MAX) \
	X(bridge_nf_call_iptables, "net.bridge.bridge-nf-call-iptables", 1, 0, 1) \
	X(bridge_nf_call_ip6tables, "net.bridge.bridge-nf-call-ip6tables", 1, 0, 1) \
	X(bridge_nf_call_arptables, "net.bridge.bridge-nf-call-arptables", 1, 0, 1) \
	X(bridge_nf_filter_vlan, "net.bridge.bridge-nf-filter-vlan-tagged", 0, 0, 1) \
	X(bridge_nf_filter_pppoe, "net.bridge.bridge-nf-filter-pppoe-tagged", 0, 0, 1) \
	X(bridge_nf_pass_vlan_input_dev, "net.bridge.bridge-nf-pass-vlan-input-dev", 0, 0, 1)

struct netns_sysctl {
#define X(field, name, def, min, max) int field;
	NETNS_SYSCTL(X)
#undef X
	int port_lo, port_hi;		/* net.ipv4.ip_local_port_range */
	uint32_t icmpv6_ratemask[8];	/* net.ipv6.icmp.ratemask: bit per type */
};

void sysctl_defaults(struct host *h);
/* One setting, "net.ipv4.conf.eth0.rp_filter" or with slashes; value as text. Writes what the kernel
 * writes beside it (all.forwarding sets every interface, ip_forward = all.forwarding, and so on).
 * An unknown key, a bad value or one that cannot be emulated is an error at pos; a key of a device
 * that does not exist is SYSCTL_NO_DEVICE and no error is queued: the caller tries again later. */
enum sysctl_result { SYSCTL_OK, SYSCTL_NO_DEVICE, SYSCTL_ERROR };
enum sysctl_result sysctl_set(struct host *h, const char *key, const char *value, struct pos pos, struct diag *d);
/* The value as text, or NULL for an unknown key. */
const char *sysctl_get(struct host *h, const char *key, char buf[64]);
/* Every emulated key this host has now, with slashes or dots as sysctl_set takes them. */
void sysctl_each(struct host *h, void (*fn)(const char *key, void *arg), void *arg);
#endif
