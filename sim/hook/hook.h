/* SPDX-License-Identifier: MIT */
/* hook.h - the five netfilter hooks of a host, for IPv4, IPv6, ARP (INPUT and OUTPUT) and bridges, and who is registered at each, by priority
 * (net/netfilter/core.c; uapi/linux/netfilter_ipv4.h). */
#ifndef SIM_HOOK_HOOK_H
#define SIM_HOOK_HOOK_H
#include "sim/packet/packet.h"

enum nf_hook { NF_INET_PRE_ROUTING, NF_INET_LOCAL_IN, NF_INET_FORWARD, NF_INET_LOCAL_OUT, NF_INET_POST_ROUTING, NF_INET_NUMHOOKS };
/* NF_QUEUE_BYPASS is the kernel's NF_QUEUE with NF_VERDICT_FLAG_QUEUE_BYPASS and nobody listening: on to the next
 * hook, but for who looks at the verdict before, as nat does, it is no NF_ACCEPT. */
enum nf_verdict { NF_DROP, NF_ACCEPT, NF_STOLEN, NF_QUEUE, NF_REPEAT, NF_QUEUE_BYPASS };

/* Priorities (enum nf_ip_hook_priorities). */
enum {
	NF_IP_PRI_FIRST = INT32_MIN, NF_IP_PRI_RAW_BEFORE_DEFRAG = -450, NF_IP_PRI_CONNTRACK_DEFRAG = -400,
	NF_IP_PRI_RAW = -300, NF_IP_PRI_SELINUX_FIRST = -225, NF_IP_PRI_CONNTRACK = -200, NF_IP_PRI_MANGLE = -150,
	NF_IP_PRI_NAT_DST = -100, NF_IP_PRI_FILTER = 0, NF_IP_PRI_SECURITY = 50, NF_IP_PRI_NAT_SRC = 100,
	NF_IP_PRI_SELINUX_LAST = 225, NF_IP_PRI_CONNTRACK_HELPER = 300, NF_IP_PRI_CONNTRACK_CONFIRM = INT32_MAX
};

/* Of bridges (enum nf_br_hook_priorities), whose hooks have the same numbers as IP's. */
enum {
	NF_BR_PRI_NAT_DST_BRIDGED = -300, NF_BR_PRI_FILTER_BRIDGED = -200, NF_BR_PRI_BRNF = 0, NF_BR_PRI_NAT_DST_OTHER = 100,
	NF_BR_PRI_FILTER_OTHER = 200, NF_BR_PRI_NAT_SRC = 300
};

struct nf_hook_state {
	enum nf_hook hook;
	uint8_t family;			/* enum nfproto */
	struct host *host;
	struct net_device *in, *out;	/* NULL where the hook has none */
	struct sock *sk;
};

/* A hook function borrows the packet, unless it answers NF_STOLEN: then it has taken it. With
 * NF_DROP it may set *reason (preset to NETFILTER_DROP). */
typedef enum nf_verdict nf_hookfn(void *priv, struct packet *p, const struct nf_hook_state *s, enum drop_reason *reason);

struct nf_hook_ops {
	nf_hookfn *fn;
	void *priv;
	const char *name;		/* for events: "raw", "conntrack", ... */
	uint8_t family;
	enum nf_hook hook;
	int priority;
	unsigned rank;			/* of equal priorities the higher runs first; of equal ranks, who registered first */
};

struct nf_hooks;			/* opaque: of one host */
struct nf_hooks *nf_hooks_create(void);
void nf_hooks_destroy(struct nf_hooks *h);
/* The ops are copied. */
void nf_register_hook(struct nf_hooks *h, const struct nf_hook_ops *ops);
void nf_unregister_hook(struct nf_hooks *h, nf_hookfn *fn, void *priv, enum nf_hook hook);

/* Runs the hook: true = the packet goes on (it is still the caller's); false = it is gone (dropped,
 * with its event, or stolen). in, out may be NULL. */
bool nf_hook(struct host *h, uint8_t family, enum nf_hook hook, struct packet *p, struct net_device *in, struct net_device *out);
/* The same, for a local sender who is told what became of it: 1 = goes on, 0 = stolen, -EPERM (or the host's drop_err) = dropped. */
int nf_hook_errno(struct host *h, uint8_t family, enum nf_hook hook, struct packet *p, struct net_device *in, struct net_device *out);
const char *nf_hook_name(enum nf_hook hook);	/* "PREROUTING" */

/* 0 = the checksum of what begins at dataoff is right, or nobody needs to look (nf_ip_checksum). With any
 * protocol but TCP and UDP (0 is fine) there is no pseudo header. */
be16 nf_ip_checksum(const struct packet *p, enum nf_hook hook, uint32_t dataoff, uint8_t protocol);
/* By the sum of the whole packet that was right once, less its headers as they are by now: an address changed since then cancels
 * out, whether or not anything made up for it (CHECKSUM_COMPLETE). false also when nobody took that sum. */
bool ip6_full_checksum_ok(const struct packet *p, uint32_t dataoff, uint8_t protocol);
/* nf_ip_checksum() of IPv6: always with a pseudo header. What was summed once (p->csum_valid, which it sets) is not summed again on its way out. */
be16 nf_ip6_checksum(struct packet *p, enum nf_hook hook, uint32_t dataoff, uint8_t protocol);
/* conntrack: a packet made here about another one belongs to that one's connection, as RELATED. */
void nf_ct_attach(struct packet *new, const struct packet *old);
void nf_reset_ct(struct packet *p);		/* p leaves its connection */
#endif
