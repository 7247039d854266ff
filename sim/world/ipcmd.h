/* SPDX-License-Identifier: MIT */
/* ipcmd.h - one "ip" command line at work: its words, and the readers of values that iproute2 has.
 * Internal to ipbatch.c and the ip_*.c files beside it. */
#ifndef SIM_WORLD_IPCMD_H
#define SIM_WORLD_IPCMD_H
#include "sim/net/fib.h"
#include "sim/world/world.h"

struct ip_word { const char *s; struct pos pos; };

struct ipcmd {
	struct host *h;
	struct diag *d;
	struct arena *a;
	struct pos line;
	const struct ip_word *word; unsigned nr, at;
	unsigned family;	/* 0, AF_INET, AF_INET6: from -4, -6 */
	bool oneline, brief;	/* -o, -br */
	struct strbuf *out;	/* what is shown, or NULL */
	/* words of a listing: what it leaves out means something else, states are passed over */
	bool dump;
};

struct ip_prefix { be32 addr; uint8_t len; bool len_given; };
struct ip6_prefix { union inet_addr addr; uint8_t len; bool len_given; };

/* ---- words. Where "the word" is meant, it is the one at c->at. */
bool ip_more(const struct ipcmd *c);
const char *ip_peek(const struct ipcmd *c);		/* the word, "" at the end */
struct pos ip_pos(const struct ipcmd *c);		/* its place, or the line's */
bool ip_is(const struct ipcmd *c, const char *name);	/* exactly */
bool ip_prefix_of(const char *word, const char *name);	/* iproute2's matches(): an abbreviation */
bool ip_matches(const struct ipcmd *c, const char *name);
/* Steps to the value after the word; false: there is none, an error was queued. */
bool ip_next(struct ipcmd *c);

/* ---- what is wrong. All answer false. */
bool ip_fail(struct ipcmd *c, struct pos pos, const char *fmt, ...) PRINTF(3, 4);
bool ip_wrong(struct ipcmd *c, const char *what);	/* "argument "x" is wrong: what" */
bool ip_twice(struct ipcmd *c, const char *key);
bool ip_unknown_command(struct ipcmd *c, const char *object);
bool ip_not_emulated(struct ipcmd *c, const char *what);	/* at the word */
/* What the kernel answers: 0 is fine (true). */
bool ip_answer(struct ipcmd *c, int err);

/* ---- values, from the word. false: an error was queued. */
bool ip_u32(struct ipcmd *c, uint32_t max, const char *what, uint32_t *ret);
bool ip_prefix(struct ipcmd *c, struct ip_prefix *ret);
bool ip_addr(struct ipcmd *c, be32 *ret);
bool ip6_prefix(struct ipcmd *c, struct ip6_prefix *ret);
bool ip6_addr(struct ipcmd *c, union inet_addr *ret);
bool ip6_route_listed(struct ipcmd *c);	/* a line of "ip route" */
bool prefix6_parse(const char *s, struct ip6_prefix *ret);
bool ip_dev(struct ipcmd *c, struct net_device **ret);
/* A route's metric that may be "lock"ed: the words after its name. ret_lock NULL: that says nothing here. */
bool ip_metric(struct ipcmd *c, const char *what, bool *ret_lock, uint32_t *ret);
bool ip_on_off(struct ipcmd *c, const char *key, bool *ret);
bool ip_mac(struct ipcmd *c, uint8_t ret[ETH_ALEN]);
bool ip_table(struct ipcmd *c, uint32_t *ret);
bool ip_scope(struct ipcmd *c, uint8_t *ret);
bool ip_proto(struct ipcmd *c, uint8_t *ret);
bool ip_tos(struct ipcmd *c, uint8_t *ret);
bool ip_realms(struct ipcmd *c, uint32_t *ret);
bool ip_group(struct ipcmd *c, uint32_t *ret);
bool ip_rtn(const char *name, uint8_t *ret);		/* "blackhole"; no error */
/* The names of values, as ip prints them; numbers where there is no name. */
const char *ip_table_name(uint32_t table, char buf[16]);
const char *ip_scope_name(uint32_t scope, char buf[16]);
const char *ip_rtproto_name(uint32_t proto, char buf[16]);
const char *ip_tos_name(uint32_t tos, char buf[16]);
const char *ip_rtn_name(uint32_t type, char buf[16]);
const char *ip_realm_name(uint32_t realm, char buf[16]);
bool prefix_parse(const char *s, struct ip_prefix *ret);

/* ---- objects. The word is the command ("add"). */
bool ip_link(struct ipcmd *c);
bool ip_address(struct ipcmd *c);
bool ip_route(struct ipcmd *c);
bool ip_address6(struct ipcmd *c);
bool ip_route6(struct ipcmd *c);
/* All IPv6 addresses of dev, or (f) those it chooses. */
struct flush6;
void ip6_flush_dev(struct net_device *dev, const struct flush6 *f);
bool ip_rule(struct ipcmd *c);
bool ip_neigh(struct ipcmd *c);

/* ip6_show.c: one address of the kind that show's words choose (to NULL, scope -1: any), and its lines. */
struct inet6_ifaddr;
bool ip6_address_fits(const struct inet6_ifaddr *i, const struct ip6_prefix *to, int scope);
void ip6_put_address(const struct ipcmd *c, const struct inet6_ifaddr *i);
void ip6_put_local(const struct inet6_ifaddr *i, struct strbuf *out);
bool ip6_route_show(struct ipcmd *c);
/* ip_show.c, ip_show_route.c. The word is the command, or there is none. */
bool ip_link_show(struct ipcmd *c);
bool ip_address_show(struct ipcmd *c);
bool ip_route_show(struct ipcmd *c);
bool ip_route_get(struct ipcmd *c);
bool ip_rule_show(struct ipcmd *c);
bool ip_neigh_show(struct ipcmd *c);
bool ip_dev_running(const struct net_device *dev);	/* up, with a carrier */

/* One command line without "ip": words and options -4, -6. false: errors in d. */
bool ip_command(struct host *h, struct diag *d, struct source *src, size_t off, size_t len);
/* The same from words that are cut already. */
bool ip_command_words(struct host *h, struct diag *d, struct pos line, const struct ip_word *w, unsigned n,
		      struct strbuf *out);
/* Makes the devices that a batch sets up and never adds: physical ones. */
void ipbatch_devices(struct host *h, struct source *src);
/* One line of "ip route" or "ip rule" output, as words. false: errors in d. */
bool ip_route_listed(struct ipcmd *c);
bool ip_rule_listed(struct ipcmd *c);
bool ip_speaks_v6(const struct ipcmd *c);
/* Splits text at blanks, quotes kept together, up to '#'; at most IP_WORDS_MAX words. */
#define IP_WORDS_MAX 1024
unsigned ip_split(struct arena *a, struct source *src, size_t off, size_t len, struct ip_word *w);
/* ipdump_addr.c: devices and addresses of "ip addr" output, text or JSON. */
bool ipdump_addr(struct host *h, struct source *src, struct diag *d);
/* Adds an address as "ip addr add" does, marking the device's settings as its own. */
int ip_addr_insert(struct net_device *dev, const struct in_ifaddr *ifa);
#endif
