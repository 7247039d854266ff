/* SPDX-License-Identifier: MIT */
/* fib_internal.h - what the routing files share: prefix trie, tables, the state of one host. */
#ifndef SIM_NET_FIB_INTERNAL_H
#define SIM_NET_FIB_INTERNAL_H
#include "sim/net/fib.h"
#include "sim/net/host.h"

#define INET_DSCP_MASK	0xfcu
#define IPTOS_RT_MASK	0x1cu	/* what a route's or rule's TOS is compared with */
#define IP_MAX_MTU	0xffffu
#define LOOPBACK_IFINDEX 1
#define FIB_LOOKUP_IGNORE_LINKSTATE 2u

/* A route under a prefix; routes of one prefix in the order they are tried: table falling, TOS
 * falling, metric rising, then by age. */
struct fib_alias {
	struct fib_alias *next;
	struct fib_info *fi;
	uint32_t tb_id;
	uint8_t tos;
	int dflt;			/* fib_select_default: which one worked last, -1 = none */
};

struct fib_prefix {
	struct fib_prefix *parent;	/* the next shorter one that covers it */
	struct fib_prefix *next, **pprev;
	struct fib_alias *aliases;
	uint32_t key;			/* host order */
	uint8_t len;
};

/* Eight bits, then four by four: an entry is a node (low bit set) or the longest prefix so far. */
struct fib_trie {
	uintptr_t root[256];
	struct fib_prefix *first;
	struct fib_node_block *blocks;
	unsigned refs;
};

struct fib_table {
	struct fib_table *next;		/* by number */
	uint32_t id;
	struct fib_trie *trie;		/* main and local share one until there are rules */
	int num_default;
};

struct fib_rule_k {
	struct fib_rule r;		/* r.next is the next one's r */
	struct fib_rule_k *ctarget;	/* where goto goes, NULL = nowhere yet */
	be32 srcmask, dstmask;
	const struct net_device *iif, *oif;
	const struct fib_table *tb;
};

struct fib_rules {
	struct fib_rule_k *first;
	unsigned need_ports, tclassid_users;
};

struct ifa_node { struct in_ifaddr ifa; struct net_device *dev; struct ifa_node *hnext; };

#define FIB_TABLE_HASH 64
#define IFA_HASH 256
struct fib_state {
	struct fib_table *tables[FIB_TABLE_HASH];
	struct fib_table *main, *deflt;
	struct fib_info *infos;
	struct fib_rules rules;
	struct ifa_node *ifas[IFA_HASH];
	bool custom_rules;		/* main and local are apart, rules are walked */
	bool custom_local_routes;
	bool some_down;			/* a next hop is or was dead or without carrier */
	uint32_t addr_genid;
	uint32_t mp_seed;		/* when the sysctl gives none */
	/* Decisions about packets that came in, remembered: good as long as gen is what it was. */
	uint32_t gen;
	struct route_memo *memo;	/* ROUTE_MEMOS of them, made at the first packet */
};

#define ROUTE_MEMO_BITS 10
#define ROUTE_MEMOS (1u << ROUTE_MEMO_BITS)
struct route_memo {
	be32 daddr, saddr;
	uint32_t mark, gen;		/* gen 0 = empty */
	int iif;
	uint8_t tos;
	struct dst dst;
};
/* Something that routing looks at has changed: routes, rules, addresses, devices, settings, learnt paths. */
static inline void route_changed(struct host *h)
{
	h->fib->gen++;
}

static inline be32 inet_make_mask(unsigned len)
{
	return len ? htonl(~0u << (32 - len)) : 0;
}

static inline bool inet_ifa_match(be32 addr, const struct in_ifaddr *ifa)
{
	return !((addr ^ ifa->address) & ifa->mask);
}

/* fib_trie.c */
struct fib_trie *fib_trie_new(void);
void fib_trie_put(struct fib_trie *t);		/* the last one frees prefixes and nodes, not routes */
struct fib_prefix *fib_trie_lpm(const struct fib_trie *t, uint32_t key);
struct fib_prefix *fib_trie_find(const struct fib_trie *t, uint32_t key, unsigned len);
struct fib_prefix *fib_trie_add(struct fib_trie *t, uint32_t key, unsigned len);
void fib_trie_del(struct fib_trie *t, struct fib_prefix *px);
int fib_table_lookup(const struct fib_table *tb, const struct flowi4 *fl, struct fib_result *res,
		     unsigned flags);

/* fib.c */
struct fib_table *fib_get_table(const struct host *h, uint32_t id);
struct fib_table *fib_new_table(struct host *h, uint32_t id);
void fib_unmerge(struct host *h);
int fib_table_insert(struct host *h, struct fib_table *tb, const struct fib_config *cfg);
int fib_table_delete(struct host *h, struct fib_table *tb, const struct fib_config *cfg);
void fib_flush(struct host *h);
int fib_type_error(unsigned type);
be32 fib_result_prefsrc(struct host *h, const struct fib_result *res);
struct net_device *fib_res_dev(const struct fib_result *res);

/* fib_sync.c: next hops live and die with devices and addresses */
void fib_sync_up(struct net_device *dev, bool dead);
bool fib_sync_down_addr(struct net_device *dev, be32 local);
bool fib_sync_down_dev(struct net_device *dev, bool down, bool force);
void fib_disable_ip(struct net_device *dev, bool force);
void fib_rebalance(struct fib_info *fi);
bool ip_ignore_linkdown(const struct net_device *dev);

/* fib_rules.c */
int fib_lookup_flags(struct host *h, const struct flowi4 *fl, struct fib_result *res, unsigned flags);
void fib_rules_destroy(struct host *h);
void fib_rules_init6(struct host *h);
void fib_rules_destroy6(struct host *h);
struct fib_rule_k *fib_rule_next(const struct fib_rule_k *r);
/* A rule's conditions but for addresses and TOS. */
bool fib_rule_match_common(struct host *h, struct fib_rule_k *k, int iif, int oif, uint32_t mark, uint32_t uid, uint8_t proto,
			   be16 sport, be16 dport);

/* fib_select.c */
void fib_select_path(struct host *h, struct fib_result *res, struct flowi4 *fl, const struct packet *p);
void fib_select_multipath(struct host *h, struct fib_result *res, int hash, const struct flowi4 *fl);
/* SipHash over the kernel's flow keys, under the host's seed; never 0. */
uint32_t fib_hash_keys(const struct host *h, const uint8_t *b, size_t words);
uint32_t fib_multipath_hash(struct host *h, const struct flowi4 *fl, const struct packet *p);
/* Protocol and ports of p as rules see them, when any rule wants them; else false. */
bool fib_rules_dissect(struct host *h, const struct packet *p, struct flowi4 *fl);

/* route_exception.c */
struct fnhe { be32 daddr, gw; uint32_t pmtu; bool locked; uint64_t expires, stamp; struct fnhe *next; };
struct fnhe *fnhe_find(const struct host *h, struct fib_nh *nh, be32 daddr);
void fnhe_free_all(struct fib_nh *nh);
void fnhe_update_mtu(struct fib_nh *nh, uint32_t mtu, uint32_t orig);
#endif
