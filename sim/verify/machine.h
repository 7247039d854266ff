/* SPDX-License-Identifier: MIT */
/* machine.h - what the real kernel is asked for: devices, settings, counters, connections, programs.
 * Apart from internal.h, as the kernel's headers use names that the emulation uses too. */
#ifndef SIM_VERIFY_MACHINE_H
#define SIM_VERIFY_MACHINE_H
#include "sim/base/diag.h"
#include <jansson.h>

/* Adds to a list what a program or setting refused (setup.c). */
void trial_error(json_t *errors, const char *what, int rc, const char *text);

/* ---- netlink (nl.c) */
struct nl;
struct nlmsghdr;
struct nl *nl_open(int bus, unsigned groups);		/* NULL: see errno */
int nl_fd(const struct nl *n);
void nl_close(struct nl *n);
struct nlmsghdr *nl_request(struct nl *n, uint16_t type, uint16_t flags);
/* Sends what nl_request began, gives each answer to fn (may be NULL). 0 or a negative errno. */
int nl_ask(struct nl *n, void (*fn)(const struct nlmsghdr *m, void *arg), void *arg);
/* One datagram that came by itself, each message to fn; false: nothing there. *ret_lost: the kernel left
 * some out. Does not wait. */
bool nl_heard(struct nl *n, void (*fn)(const struct nlmsghdr *m, void *arg), void *arg, bool *ret_lost);

/* ---- devices (link.c) */
int link_up(struct nl *rt, int ifindex);
/* Does it send? A device whose carrier came up throws everything away until the kernel's link watch has seen that. */
bool link_ready(struct nl *rt, int ifindex);
/* TCP hands down several segments as one packet whatever its device can, and rules count that one: not on the namespace's. */
void link_single_segments(struct nl *rt);
/* The kernel's link watch looks at carriers once a second for the whole machine. Makes it look now at every device of the namespace,
 * at those that stand on others, too (a question about a device does that): what comes of it, addresses and multicast reports,
 * does not come amid the traffic. */
void link_watch(struct nl *rt);
/* Waits until no IPv6 address is tentative any more: even without duplicate address detection it is a thread of the kernel's that
 * ends that, and until then none is a source for a route. */
void link_addresses(struct nl *rt, unsigned max_ms);
int link_index(int sock, const char *name);		/* in the namespace of a socket; 0 = there is none */
/* A veth pair: name here with that index, peer in the other namespace. 0 or a negative errno. */
int link_veth(struct nl *rt, const char *name, int ifindex, const uint8_t mac[6], const char *peer, const uint8_t peer_mac[6],
	      int peer_ns);
void link_offloads_off(int sock, const char *name);	/* nothing is segmented, merged or checksummed late */
struct macs { uint8_t (*mac)[6]; unsigned nr; };
void link_macs(struct nl *rt, struct macs *ret);	/* of all devices that have one; free ret->mac */

/* ---- settings (settings.c) */
void settings_baseline(bool ipv6);	/* the same start on every machine */
/* Below /proc/sys; what is not net/ is refused with EPERM. false: see errno. */
bool settings_write(const char *path, const char *value);
/* A key as sysctl writes it, with dots or slashes. */
bool settings_set(const char *key, size_t len, const char *value);
struct settings;
/* sysctl.conf before the addresses, and what waited for a device after them. Failures go to errors. */
struct settings *settings_early(struct source *conf, json_t *errors);
void settings_late(struct settings *s, json_t *errors);

/* ---- programs (tool.c) */
/* Runs argv with a text as standard input. The exit status; 127: there is no such program. */
int tool_run(const char *const argv[], const void *in, size_t len, struct strbuf *out, struct strbuf *err);
bool tool_exists(const char *name);

/* ---- counters of x_tables (counters.c) */
struct counters;
/* v6: ip6_tables. NULL: the tables cannot be read, see errno. */
struct counters *counters_open(bool v6);
void counters_close(struct counters *c);
bool counters_any(const struct counters *c);		/* are there any tables? */
bool counters_read(struct counters *c);
/* Adds what changed since the last call: "v4:filter:INPUT:3": [packets, bytes]. */
void counters_changes(struct counters *c, json_t *into);
/* Now is the start. */
void counters_start(struct counters *c);
/* What iptables-save -c printed, as end.counters: less what was there at the start. Appends chains. */
void counters_saved(struct counters *c, const char *text, json_t *chains);

/* The same of nf_tables, for arptables-nft and ebtables-nft (nft_counters.c). */
struct nft_counters;
struct nft_counters *nft_counters_open(void);		/* NULL: see errno */
bool nft_counters_read(struct nft_counters *c);
void nft_counters_changes(struct nft_counters *c, json_t *into);
void nft_counters_start(struct nft_counters *c);
void nft_counters_end(const struct nft_counters *c, json_t *chains);

/* ---- connections (connections.c) */
struct connections;
/* unheard: the kernel may make some that it tells nobody of; then all are asked for each time. NULL: see errno. */
struct connections *connections_open(bool unheard);
void connections_close(struct connections *c);
json_t *connections_list(struct connections *c);
/* Looks through the whole table for connections that nobody has told of. Takes tens of milliseconds. */
void connections_look(struct connections *c);
#endif
