/* SPDX-License-Identifier: MIT */
/* conntrack.h - the connections one host knows (net/netfilter/nf_conntrack_*.c).
 * A packet is looked up once, at its first hook. A new connection is seen by other packets only after
 * it was confirmed, at that packet's last hook. Tracking starts when a rule needs it: ct_need(). */
#ifndef SIM_CONNTRACK_CONNTRACK_H
#define SIM_CONNTRACK_CONNTRACK_H
#include "sim/hook/hook.h"
#include "sim/net/host.h"

/* One direction's identity. Ports and ids in network order; for ICMP: src.u = id, dst.u = type << 8 | code
 * on the wire's byte order as the kernel has it (two bytes: type, code). GRE: key. Unused bytes are 0, so
 * that tuples compare and hash as bytes. */
struct ct_tuple {
	struct { union inet_addr u3; be16 u; } src;
	struct { union inet_addr u3; union { be16 all; struct { uint8_t type, code; } icmp; } u; uint8_t protonum, dir; } dst;
	uint16_t l3num;
};

/* Status bits (enum ip_conntrack_status) */
enum {
	IPS_EXPECTED = 1 << 0, IPS_SEEN_REPLY = 1 << 1, IPS_ASSURED = 1 << 2, IPS_CONFIRMED = 1 << 3, IPS_SRC_NAT = 1 << 4,
	IPS_DST_NAT = 1 << 5, IPS_SEQ_ADJUST = 1 << 6, IPS_SRC_NAT_DONE = 1 << 7, IPS_DST_NAT_DONE = 1 << 8, IPS_DYING = 1 << 9,
	IPS_FIXED_TIMEOUT = 1 << 10, IPS_TEMPLATE = 1 << 11, IPS_NAT_CLASH = 1 << 12, IPS_HELPER = 1 << 13, IPS_OFFLOAD = 1 << 14,
	IPS_NAT_MASK = IPS_SRC_NAT | IPS_DST_NAT, IPS_NAT_DONE_MASK = IPS_SRC_NAT_DONE | IPS_DST_NAT_DONE
};

enum tcp_conntrack {
	TCP_CONNTRACK_NONE, TCP_CONNTRACK_SYN_SENT, TCP_CONNTRACK_SYN_RECV, TCP_CONNTRACK_ESTABLISHED, TCP_CONNTRACK_FIN_WAIT,
	TCP_CONNTRACK_CLOSE_WAIT, TCP_CONNTRACK_LAST_ACK, TCP_CONNTRACK_TIME_WAIT, TCP_CONNTRACK_CLOSE, TCP_CONNTRACK_SYN_SENT2,
	TCP_CONNTRACK_MAX,
	/* more places in an array of timeouts */
	TCP_CONNTRACK_RETRANS = TCP_CONNTRACK_MAX, TCP_CONNTRACK_UNACK, TCP_CONNTRACK_TIMEOUT_MAX
};
enum sctp_conntrack {
	SCTP_CONNTRACK_NONE, SCTP_CONNTRACK_CLOSED, SCTP_CONNTRACK_COOKIE_WAIT, SCTP_CONNTRACK_COOKIE_ECHOED, SCTP_CONNTRACK_ESTABLISHED,
	SCTP_CONNTRACK_SHUTDOWN_SENT, SCTP_CONNTRACK_SHUTDOWN_RECD, SCTP_CONNTRACK_SHUTDOWN_ACK_SENT, SCTP_CONNTRACK_HEARTBEAT_SENT,
	SCTP_CONNTRACK_MAX
};
/* Places of the array of timeouts of UDP and GRE. */
enum { CT_UNREPLIED, CT_REPLIED };

struct ct_tcp {
	struct { uint32_t td_end, td_maxend, td_maxwin, td_maxack; uint8_t td_scale, flags; } seen[2];
	uint8_t state, last_dir, retrans, last_index, last_wscale, last_flags;
	uint32_t last_seq, last_ack, last_end; uint16_t last_win;
};
struct ct_sctp { uint8_t state; uint32_t vtag[2]; uint8_t init[2], last_dir, flags; };
struct ct_udp { uint64_t stream_ts; /* jiffies */ };
struct ct_gre { uint32_t stream_timeout, timeout; };

/* Zones (struct nf_conntrack_zone) */
enum { NF_CT_ZONE_DIR_ORIG = 1, NF_CT_ZONE_DIR_REPL = 2, NF_CT_DEFAULT_ZONE_DIR = 3 };
#define NF_CT_FLAG_MARK 1u	/* a template's zone: the id is the packet's mark */
struct ct_zone { uint16_t id; uint8_t flags, dir; };
extern const struct ct_zone ct_zone_dflt;
static inline uint16_t ct_zone_id(const struct ct_zone *z, enum ip_ct_dir dir)
{
	return z->dir & (1u << dir) ? z->id : 0;
}

/* What the FTP helper knows of a control connection: where lines end, by direction. */
struct ct_ftp { uint32_t after_nl[IP_CT_DIR_MAX][2]; uint8_t nr[IP_CT_DIR_MAX]; };

/* A connection announced by another one, its master, which it does not outlive. */
struct ct_expect {
	struct ct_expect *next;			/* of the bucket */
	struct conn *master;
	struct ct_tuple tuple;			/* whatever its source port */
	uint32_t timeout;			/* seconds it is waited for */
	uint64_t expires;			/* jiffies */
	/* follow: it is translated as the master's packets of direction dir are, to the port saved_port */
	bool follow;
	enum ip_ct_dir dir;
	be16 saved_port;
};

/* What few connections have: sequence numbers that were shifted (helpers, SYNPROXY), helpers' notes, labels. */
struct ct_ext {
	bool has_seqadj, has_synproxy;
	struct ct_ftp ftp;
	struct ct_expect *expect;
	struct { uint32_t correction_pos; int32_t offset_before, offset_after; } seqadj[IP_CT_DIR_MAX];
	struct { uint32_t isn, its, tsoff; } synproxy;
	uint64_t start_ns;			/* real time of its confirmation, with nf_conntrack_timestamp */
	uint8_t labels[16];
};

/* A million of these are kept under 400 MB: what is rare belongs into struct ct_ext. What every packet of an established
 * connection needs comes first. */
struct conn {
	_Alignas(64) uint32_t hash[IP_CT_DIR_MAX];	/* of the tuples, with their zones */
	uint64_t timeout;			/* confirmed: jiffies at which it ends; before: how many it will get */
	uint32_t status;			/* IPS_* */
	uint32_t refs;				/* packets and tables that point here */
	struct host *host;
	struct ct_zone zone;
	bool acct, has_labels;
	bool listed, hidden;			/* table.c: in the table; only its reply direction is (clash) */
	bool unknown;				/* its first packet met an extension that is not emulated */
	uint32_t ref;				/* table.c: its place */
	struct ct_tuple tuple[IP_CT_DIR_MAX];	/* [IP_CT_DIR_ORIGINAL], [IP_CT_DIR_REPLY] */
	uint32_t mark, secmark;
	union { struct ct_tcp tcp; struct ct_sctp sctp; struct ct_udp udp; struct ct_gre gre; } proto;
	struct ct_ext *ext;			/* NULL for most: see ct_ext_add() */
	const uint32_t *timeouts;		/* its values in seconds (place: the tracker's enum), NULL = sysctl */
	uint64_t packets[IP_CT_DIR_MAX], bytes[IP_CT_DIR_MAX];	/* when accounting is on */
	uint64_t id;				/* counts up per host, from 1 */
	struct conn *list_next, *list_prev;	/* all confirmed ones in the order of their ids */
	/* NAT (sim/nat) */
	struct { struct conn *next, **pprev; be32 masq_index_addr; int masq_ifindex; } nat;
	struct conn *master;			/* expected by */
	const char *helper;			/* name, or NULL */
};

static inline struct conn *pkt_ct(const struct packet *p, enum ip_ct_info *ret_info)
{
	*ret_info = (enum ip_ct_info)p->ctinfo;
	return p->ct;
}
static inline bool ct_confirmed(const struct conn *ct)	{ return ct->status & IPS_CONFIRMED; }
static inline uint8_t ct_protonum(const struct conn *ct) { return ct->tuple[0].dst.protonum; }
static inline uint16_t ct_l3num(const struct conn *ct)	{ return ct->tuple[0].l3num; }

/* Registers defragmentation and tracking hooks for a family; may be called again. Legacy kernels'
 * nf_ct_netns_get. Unneeding it does not exist: entries stay, as the run ends before. */
void ct_need(struct host *h, uint8_t family);
/* Defragmentation hooks alone, as some matches and targets want (socket, TPROXY). */
void ct_need_defrag(struct host *h, uint8_t family);
void ct_destroy(struct host *h);			/* with the host */

void ct_get(struct conn *ct);
void ct_put(struct conn *ct);				/* frees at the last reference; NULL is fine */
/* A copy or fragment of "p" belongs to the same connection as p does (nf_copy). */
static inline void nf_ct_copy(struct packet *to, const struct packet *p)
{
	if (p->ct)
		ct_get(p->ct);
	to->ct = p->ct;
	to->ctinfo = p->ctinfo;
}
/* The template a CT target puts on packets: attached with ctinfo IP_CT_NEW; conntrack takes its settings. */
struct conn *ct_template(struct host *h, const struct ct_zone *zone);
void ct_set_untracked(struct packet *p);
/* Targets of the raw table leave a packet alone that was seen before: by loopback, by another rule of theirs; or an
 * error about a packet that is not tracked (the kernel's skb->_nfct is not 0 then, though no connection is behind it). */
static inline bool ct_seen(const struct packet *p)
{
	return p->ct || p->ctinfo;
}
/* The fate of the packet is not known. If it begins a connection, nor is that of the packets that follow. */
void ct_unknown(struct host *h, struct packet *p);
struct ct_ext *ct_ext_add(struct conn *ct);		/* the one it has, or a new one; lives as long as ct */
/* Sequence numbers of one direction move by off from seq on (nf_ct_seqadj_set); _init: all of them, by what the
 * other side will see (nf_ct_seqadj_init, SYNPROXY). */
void ct_seqadj_set(struct conn *ct, enum ip_ct_info ctinfo, be32 seq, int32_t off);
void ct_seqadj_init(struct conn *ct, enum ip_ct_info ctinfo, int32_t off);

/* Hook functions, exported for tests: nf_conntrack_in at PRE_ROUTING and LOCAL_OUT, nf_confirm at the last. */
nf_hookfn ct_in, ct_confirm;

/* A packet (from its IP header on) will come in a while: what it will be looked up in comes nearer already. Changes nothing. */
void ct_ahead(struct ct_table *t, const uint8_t *ip, uint32_t len);

/* Lookups. Borrowed: good until virtual time moves on. */
struct conn *ct_find(struct host *h, const struct ct_zone *zone, const struct ct_tuple *tuple, enum ip_ct_dir *ret_dir);
bool ct_tuple_taken(const struct ct_tuple *tuple, const struct conn *ignored);	/* nf_conntrack_tuple_taken */
bool ct_tuple_from(struct ct_tuple *ret, const struct packet *p, uint32_t nhoff, uint8_t family, struct host *h);
bool ct_tuple_invert(struct ct_tuple *ret, const struct ct_tuple *orig);
void ct_alter_reply(struct conn *ct, const struct ct_tuple *newreply);		/* only before it is confirmed */
const char *ct_proto_name(uint8_t protonum);		/* "tcp", "unknown" */
const char *ct_state_name(const struct conn *ct);	/* tcp, sctp; else NULL */
const char *ct_state_word(uint8_t proto, unsigned state);	/* the same by the kernel's numbers */
uint32_t ct_timeout_sec(const struct conn *ct);		/* seconds left, as ctnetlink rounds */
uint32_t ct_count(const struct host *h);
void ct_kill(struct conn *ct);				/* removes it now */
/* All confirmed, live entries in the order of their ids. */
void ct_each(struct host *h, void (*fn)(struct conn *ct, void *arg), void *arg);
void ct_acct_on(struct host *h);			/* connbytes turns accounting on */
void ct_labels_on(struct host *h);			/* connlabel: connections get room for labels from now on */
/* Emits EV_CT_ENTRY for every entry (see trace/event.h); order as FORMAT.md sorts. */
void ct_snapshot(struct host *h);
/* One line as "conntrack -L -o extended" prints it. */
void ct_print(const struct conn *ct, struct strbuf *out);

/* Counting of connections per key, as connlimit and nft's ct count (nf_conncount.c). */
struct conncount;
struct conncount *conncount_new(struct arena *a);
/* Adds this packet's connection under key (collecting the dead first) and answers how many live ones the key has;
 * 0 = the packet cannot be counted: drop it. */
unsigned conncount_count(struct host *h, struct conncount *cc, const uint32_t key[5], unsigned nkey, struct packet *p, uint8_t family);
void conncount_free(struct conncount *cc);

/* NAT registers what it needs of conntrack here (nf_nat_hook). */
struct ct_nat_hook {
	void (*cleanup)(struct conn *ct);		/* a connection goes: leave the by-source table */
	void (*moved)(struct conn *ct);
	void (*follow_master)(struct conn *ct, const struct ct_expect *e);	/* a new one that was expected */
};
void ct_set_nat_hook(struct host *h, const struct ct_nat_hook *hook);
#endif
