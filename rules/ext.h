/* SPDX-License-Identifier: MIT */
/* ext.h - what one match or target is: options as data, then parse, check, save, match, explain.
 * An extension is one file in rules/ext/ that ends in one table (two when a name is both match and
 * target live in two files). The Makefile finds the tables by their line
 *     const struct match_ext ext_NAME = {          const struct target_ext ext_NAME_target = {
 * Error texts are iptables 1.8.9's (libxtables' own for option types; see rules/parse/option.c). */
#ifndef RULES_EXT_H
#define RULES_EXT_H
#include "rules/ext/cond.h"
#include "rules/model/model.h"
#include "sim/conntrack/conntrack.h"
#include "sim/nat/nat.h"
#include "sim/net/host.h"
#include "sim/net/net.h"
#include "sim/packet/ip6.h"

/* ---- options ---- */

/* The value's type; the parser checks it with libxtables' texts before ext_opt.parse is called. */
enum opt_type {
	OPT_NONE,		/* no argument */
	OPT_UINT8, OPT_UINT16, OPT_UINT32, OPT_UINT64,			/* .min .max (max 0 = the type's) */
	OPT_UINT8RC, OPT_UINT16RC, OPT_UINT32RC, OPT_UINT64RC,		/* "a:b", "a:", ":b", "a" */
	OPT_DOUBLE,
	OPT_STRING,		/* .min .max = length */
	OPT_TOSMASK,		/* value[/mask] or a name */
	OPT_MARKMASK32,		/* value[/mask] */
	OPT_SYSLOGLEVEL,
	OPT_HOST,		/* one address (names are not resolved: refused with a hint) */
	OPT_HOSTMASK,		/* address[/mask] */
	OPT_PROTOCOL,
	OPT_PORT, OPT_PORTRC,	/* number or service name; host order */
	OPT_PLENMASK,
	OPT_ETHERMAC, OPT_ETHERMACMASK
};

#define OPT_MUST	0x1u	/* must be given */
#define OPT_INVERT	0x2u	/* may have '!' */
#define OPT_MULTI	0x4u	/* may be given more than once */
#define OPT_OLD		0x8u	/* of an extension from before option tables (tcp, sctp, set, ...): the parser checks
				 * neither '!' nor repetition, the extension does with its own words */
#define OPT_MAYARG	0x10u	/* takes the next word, if there is one that is no option, as cb->arg2: of an option without a
				 * value, or as a second value whose lack the extension tells in words of its own */

struct ext_cb;
struct ext_opt {
	const char *name;		/* without "--"; NULL ends the table */
	enum opt_type type;
	unsigned flags;			/* OPT_* */
	int id;				/* bit number for .excl and .also, 0..31; synonyms (sport, source-port) share one */
	uint64_t min, max, max6;	/* max6: ip6tables' max when that is another */
	const char *form;		/* the value in short, for hints: "N/second, /minute, /hour or /day"; NULL = the type says it */
	uint32_t excl, also;		/* bits of options it cannot be with, or needs */
	bool (*parse)(struct ext_cb *cb);	/* stores cb->val; NULL = nothing to store */
};

/* One option being parsed. Reads: everything. Writes: *info, *xflags. */
struct ext_cb {
	const char *ext_name;		/* "limit", "DNAT" */
	const char *form;		/* of the extension, see there */
	const struct ext_opt *opt;
	const char *arg;		/* as written, NULL for OPT_NONE */
	const char *arg2;		/* OPT_MAYARG: the word after it */
	bool invert;
	uint8_t family;			/* NFPROTO_* */
	void *info;
	uint32_t xflags;		/* bits of options seen, this one included */
	const struct rule *rule;	/* what was parsed so far: -p, -i, ... */
	struct ipsets *sets;		/* that may be named; NULL = none */
	const struct host *host;	/* its devices; NULL = only lo */
	struct arena *arena;		/* for what info points to */
	struct pos pos;			/* of the option's value */
	struct diag *diag;
	union {
		uint8_t u8, u8_range[2]; uint16_t u16, u16_range[2]; uint32_t u32, u32_range[2]; uint64_t u64, u64_range[2];
		double dbl;
		struct { uint8_t value, mask; } tos;
		struct { uint32_t mark, mask; } mark;
		uint8_t syslog_level;
		struct { union inet_addr addr, mask; uint8_t plen; } host;
		uint8_t protocol;
		uint16_t port, port_range[2];
		struct { uint8_t mac[6], mask[6]; } ether;
	} val;
	unsigned nvals;			/* values given in a range: 1 or 2 */
};

/* Queues the error at cb's place and answers false: "return ext_error(cb, ...)". */
bool ext_error(struct ext_cb *cb, const char *fmt, ...) PRINTF(2, 3);
/* A way out of the error before it; answers false too: "return ext_error(cb, ...) || ext_hint(cb, ...)". */
bool ext_hint(struct ext_cb *cb, const char *fmt, ...) PRINTF(2, 3);
/* The name that is nearest to the n bytes at want, else all; names: with blanks between. */
bool ext_hint_one_of(struct ext_cb *cb, const char *want, size_t n, const char *names);
/* "an IPv6 address: ..." when s is an address (with "/..." or "-..." after it) of the other family; else no hint. */
bool ext_hint_family(struct ext_cb *cb, const char *s);
bool ext_hint_not(struct ext_cb *cb);		/* what to do without the '!' */
bool ext_hint_protocol(struct ext_cb *cb, const char *want);	/* the nearest, or what a protocol is */
bool ext_hint_port(struct ext_cb *cb, const char *want, size_t n);	/* the nearest service, or what a port is */
/* Values inside strings. Ports by name come from a table of ours, not from the machine. */
bool ext_parse_port(const char *text, size_t n, uint16_t *ret_port, const char *proto /* NULL = any */);
const char *ext_port_name(uint16_t port, const char *proto);	/* or NULL */
/* A number as libxtables' xtables_strtoul() takes it: base by prefix, no '-'; ret_end NULL = nothing may follow;
 * max 0 = no limit. */
bool ext_strtoul(const char *s, const char **ret_end, uint64_t *ret, uint64_t min, uint64_t max);
/* One address as getaddrinfo(AI_NUMERICHOST) takes it ("10.1" is 10.0.0.1). */
bool ext_parse_addr(const char *s, uint8_t family, union inet_addr *ret);
void inet_mask(union inet_addr *ret, uint8_t family, unsigned plen);
/* How many ones a mask begins with, when nothing but zeros follow; else -1. */
int inet_mask_len(const union inet_addr *mask, uint8_t family);
/* " value", or in quotes with escapes when it has anything but letters, digits, '-' and '_'. */
void ext_save_string(struct strbuf *out, const char *value);
/* iptables' own warning about '/' and ' ' in the name of an interface. */
void ext_warn_iface(struct diag *d, struct pos pos, const char *name);
/* Names of protocols as /etc/protocols has them: number or -1; name or NULL. */
int ext_protocol_number(const char *name);
const char *ext_protocol_name(unsigned number);

/* ---- asking and answering, on the packet path ---- */

/* One packet against one rule. Extensions read everything; they write hotdrop, *state, and for
 * targets the packet. */
struct xt_ctx {
	struct host *host;
	struct packet *pkt;
	const struct net_device *in, *out;	/* NULL where the hook has none */
	enum nf_hook hook;
	uint8_t family;
	uint16_t fragoff;		/* in units of 8 bytes, IPv6: in bytes; != 0: no transport header here */
	uint32_t thoff;			/* transport header, from the network header; IPv6: only in a rule with -p, else 0 */
	bool hotdrop;			/* set: drop now, no counter counts */
	bool unknown;			/* set: not emulated, the answer is anyone's guess */
	void *state;			/* of this extension in this rule */
	const struct rule *rule;
	enum drop_reason reason;	/* for XT_DROP; preset NETFILTER_DROP */
};

/* What check() may look at and change (struct xt_mtchk_param / xt_tgchk_param): once, when the ruleset is loaded. */
struct ext_check {
	const struct rule *rule;
	const char *table;
	uint32_t hooks;			/* bits of hooks the rule can be reached from */
	uint8_t family;
	void *info, *state;
	struct host *host;		/* NULL when rules are only parsed */
	struct pos pos;
	struct diag *diag;
	int err;			/* errno that ext_refuse() reports; 0 = EINVAL */
	unsigned line;			/* of COMMIT: the line that iptables-restore says failed */
};
/* Queues what the kernel and iptables-restore would say (EINVAL: "Invalid argument") with the kernel's
 * log line as hint, and answers false. */
bool ext_refuse(struct ext_check *c, const char *kernel_says, ...) PRINTF(2, 3);

#define EXT_V4 1u
#define EXT_V6 2u
#define EXT_ANY 3u
#define EXT_ARP 4u		/* arptables */
#define EXT_EB 8u		/* ebtables: save() ends in a blank instead of beginning with one, but for targets */

struct match_ext {
	const char *name;
	unsigned families;		/* EXT_V4 | EXT_V6 | ... */
	size_t size, state_size;
	uint16_t proto;			/* needs -p this; 0 = any (struct xt_match.proto) */
	const char *table;		/* only in this table, or NULL */
	uint32_t hooks;			/* only from these (bits), 0 = any */
	bool needs_ct;			/* loading it turns conntrack on */
	bool stateful;			/* what it answers, or does, depends on earlier packets or on time: never skipped or reordered */
	bool watcher;			/* of ebtables: only tells, and always says yes */
	const char *alias_of;		/* prints and saves as this ("state" stays "state") */
	const struct ext_opt *opts;
	const char *form;		/* a complete example for hints, "-m limit --limit 5/second"; NULL = its options are listed */
	void (*init)(void *info);	/* defaults, before options; NULL = zeros */
	bool (*final)(struct ext_cb *cb);	/* after all options (opt, arg NULL): "missing option" and combinations */
	bool (*check)(struct ext_check *c);	/* the kernel's checkentry */
	bool (*match)(struct xt_ctx *c, const void *info);
	/* What match() asks, as data; false: it asks more than that. NULL = always more. */
	bool (*conds)(const void *info, struct ext_conds *ret);
	void (*save)(const void *info, const struct rule *r, struct strbuf *out);	/* as iptables-save: " --dport 80"; leading blank, no trailing */
	void (*print)(const void *info, const struct rule *r, bool numeric, struct strbuf *out);	/* as iptables -L, may be NULL for now */
	/* Why it did not match (or did), in words, with both values: "dport is 8080, rule wants 80". Must not change state. */
	void (*explain)(struct xt_ctx *c, const void *info, struct strbuf *out);
	void (*state_init)(struct host *h, void *state, const void *info, const struct rule *r);
	void (*state_free)(struct host *h, void *state);
	/* Snapshot lines for EV_STATE ("recent", "hashlimit"), or NULL. */
	void (*snapshot)(struct host *h, const void *info, void *state);
};

struct target_ext {
	const char *name;
	unsigned families;
	size_t size, state_size;
	uint16_t proto;
	const char *table;		/* only in this table, or NULL; "mangle", "nat", "raw", "filter" */
	uint32_t hooks;
	bool needs_ct;
	bool stateful;
	const char *alias_of;
	bool gone;			/* no kernel of today has it: iptables warns when it is named */
	const char *kernel_name;	/* what -L calls it, when that is another name */
	const struct ext_opt *opts;
	const char *form;		/* as a match's: "-j DNAT --to-destination 10.0.0.2:80" */
	void (*init)(void *info);
	bool (*final)(struct ext_cb *cb);
	bool (*check)(struct ext_check *c);
	/* XT_CONTINUE, XT_DROP, XT_ACCEPT, XT_STOLEN (it took the packet). May replace c->pkt's buffer. */
	enum xt_verdict (*target)(struct xt_ctx *c, const void *info);
	void (*save)(const void *info, const struct rule *r, struct strbuf *out);
	void (*print)(const void *info, const struct rule *r, bool numeric, struct strbuf *out);
	void (*explain)(struct xt_ctx *c, const void *info, struct strbuf *out);	/* what it does: "sets mark 0x5" */
	void (*state_init)(struct host *h, void *state, const void *info, const struct rule *r);
	void (*state_free)(struct host *h, void *state);
};

extern const struct match_ext *const ext_match_list[];		/* NULL-ended, made by the Makefile */
extern const struct target_ext *const ext_target_list[];
const struct match_ext *ext_find_match(const char *name, uint8_t family);
const struct target_ext *ext_find_target(const char *name, uint8_t family);

/* The packet's addresses, of either family. */
static inline union inet_addr xt_saddr(const struct xt_ctx *c)
{
	union inet_addr a = { .all = { 0 } };

	if (c->family == NFPROTO_IPV6)
		return ip6_saddr(pkt_nh(c->pkt));
	a.ip = ip4_saddr(pkt_nh(c->pkt));
	return a;
}

static inline union inet_addr xt_daddr(const struct xt_ctx *c)
{
	union inet_addr a = { .all = { 0 } };

	if (c->family == NFPROTO_IPV6)
		return ip6_daddr(pkt_nh(c->pkt));
	a.ip = ip4_daddr(pkt_nh(c->pkt));
	return a;
}

/* TOS byte or traffic class. */
static inline uint8_t xt_tos(const struct xt_ctx *c)
{
	return c->family == NFPROTO_IPV6 ? ip6_tclass(pkt_nh(c->pkt)) : pkt_nh(c->pkt)[IP4_TOS];
}

/* Protocol number, of IPv6 behind the extension headers; negative: these lead nowhere. */
int xt_proto(const struct xt_ctx *c);
/* IPv6: as xt_proto(), and sets thoff and fragoff as "-p" does; hotdrop too when the headers end too early. */
int xt_find_proto(struct xt_ctx *c);

/* Shared by extensions: emits EV_CHANGE when somebody listens; from and to are formatted by the caller
 * only after trace_on(). */
#define HOOK_BIT(h) (1u << (h))
/* Makes the packet's bytes at 0..len from nh writable and there: false when it is shorter (then drop). */
static inline bool xt_ensure(const struct xt_ctx *c, uint32_t len) { return len <= pkt_len(c->pkt); }
#endif
