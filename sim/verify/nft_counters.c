// SPDX-License-Identifier: MIT
/* nft_counters.c - packets and bytes of the rules of arptables-nft and ebtables-nft, over netlink. Their rules are
 * numbered as they are listed; policies have no counters there. */
#include "sim/verify/machine.h"
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <stdlib.h>

#pragma GCC diagnostic ignored "-Wconversion"	/* in libmnl's loops over attributes */

struct nft_rule { char *key; uint64_t packets, bytes, last_packets, last_bytes, base_packets, base_bytes; };

struct nft_counters {
	struct nl *nl;
	struct nft_rule *rule; unsigned nr;
	unsigned at;			/* while they are read: the next one */
	char chain[160]; unsigned number;	/* of the rule read last */
	bool changed;			/* the list of rules is not what it was */
};

static uint64_t attr_be64(const struct nlattr *a)
{
	const uint8_t *p = mnl_attr_get_payload(a);

	return mnl_attr_get_payload_len(a) >= 8 ? (uint64_t)get_be32(p) << 32 | get_be32(p + 4) : 0;
}

static void read_counter(const struct nlattr *data, struct nft_rule *r)
{
	const struct nlattr *a;

	mnl_attr_for_each_nested(a, data) {
		if (mnl_attr_get_type(a) == NFTA_COUNTER_PACKETS)
			r->packets = attr_be64(a);
		else if (mnl_attr_get_type(a) == NFTA_COUNTER_BYTES)
			r->bytes = attr_be64(a);
	}
}

/* The first counter among a rule's expressions. */
static bool find_counter(const struct nlattr *list, struct nft_rule *r)
{
	const struct nlattr *elem, *a;

	mnl_attr_for_each_nested(elem, list) {
		const struct nlattr *data = NULL;
		const char *name = "";

		mnl_attr_for_each_nested(a, elem) {
			if (mnl_attr_get_type(a) == NFTA_EXPR_NAME)
				name = mnl_attr_get_str(a);
			else if (mnl_attr_get_type(a) == NFTA_EXPR_DATA)
				data = a;
		}
		if (strcmp(name, "counter") == 0 && data) {
			read_counter(data, r);
			return true;
		}
	}
	return false;
}

static void take_rule(const struct nlmsghdr *m, void *arg)
{
	const struct nfgenmsg *g = mnl_nlmsg_get_payload(m);
	const char *family = g->nfgen_family == NFPROTO_ARP ? "arp" : g->nfgen_family == NFPROTO_BRIDGE ? "bridge" : NULL;
	const char *table = "", *chain = "";
	struct nft_counters *c = arg;
	struct nft_rule now = { .key = NULL }, *r;
	const struct nlattr *a;
	char where[160], key[192];
	bool counts = false;

	if (!family)
		return;
	mnl_attr_for_each(a, m, sizeof(*g)) {
		switch (mnl_attr_get_type(a)) {
		case NFTA_RULE_TABLE:		table = mnl_attr_get_str(a);	break;
		case NFTA_RULE_CHAIN:		chain = mnl_attr_get_str(a);	break;
		case NFTA_RULE_EXPRESSIONS:	counts = find_counter(a, &now);	break;
		default:			break;
		}
	}
	snprintf(where, sizeof(where), "%s:%s:%s", family, table, chain);
	c->number = strcmp(where, c->chain) == 0 ? c->number + 1 : 1;
	memcpy(c->chain, where, sizeof(where));
	if (!counts)
		return;
	snprintf(key, sizeof(key), "%s:%u", where, c->number);
	if (c->at == c->nr) {
		c->rule = xrealloc(c->rule, (c->nr + 1) * sizeof(*c->rule));
		c->rule[c->nr++] = (struct nft_rule){ .key = xstrdup(key) };
		c->changed = true;
	}
	r = &c->rule[c->at++];
	c->changed |= strcmp(r->key, key) != 0;
	r->packets = now.packets;
	r->bytes = now.bytes;
}

static int dump(struct nft_counters *c)
{
	struct nlmsghdr *m = nl_request(c->nl, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETRULE, NLM_F_DUMP);
	struct nfgenmsg *g = mnl_nlmsg_put_extra_header(m, sizeof(*g));

	g->nfgen_family = NFPROTO_UNSPEC;
	g->version = NFNETLINK_V0;
	c->at = c->number = 0;
	c->chain[0] = 0;
	return nl_ask(c->nl, take_rule, c);
}

struct nft_counters *nft_counters_open(void)
{
	struct nft_counters *c = xcalloc(1, sizeof(*c));
	int err = 0;

	if ((c->nl = nl_open(NETLINK_NETFILTER, 0)) && (err = dump(c)) == 0) {
		c->changed = false;
		return c;
	}
	if (c->nl)
		errno = -err;
	nl_close(c->nl);
	free(c);
	return NULL;
}

bool nft_counters_read(struct nft_counters *c)
{
	int err = dump(c);

	errno = err ? -err : EINVAL;
	return !err && !c->changed && c->at == c->nr;
}

void nft_counters_start(struct nft_counters *c)
{
	for (unsigned i = 0; i < c->nr; i++) {
		c->rule[i].base_packets = c->rule[i].last_packets = c->rule[i].packets;
		c->rule[i].base_bytes = c->rule[i].last_bytes = c->rule[i].bytes;
	}
}

static void put(json_t *into, const char *key, uint64_t packets, uint64_t bytes)
{
	json_object_set_new(into, key, json_pack("[I,I]", (json_int_t)packets, (json_int_t)bytes));
}

void nft_counters_changes(struct nft_counters *c, json_t *into)
{
	for (unsigned i = 0; i < c->nr; i++) {
		struct nft_rule *r = &c->rule[i];

		if (r->packets != r->last_packets || r->bytes != r->last_bytes)
			put(into, r->key, r->packets - r->last_packets, r->bytes - r->last_bytes);
		r->last_packets = r->packets;
		r->last_bytes = r->bytes;
	}
}

void nft_counters_end(const struct nft_counters *c, json_t *chains)
{
	json_t *chain = NULL, *rule;
	char was[160] = "", where[160], family[8], table[64], name[64];
	unsigned n;

	for (unsigned i = 0; i < c->nr; i++) {
		const struct nft_rule *r = &c->rule[i];

		if (sscanf(r->key, "%7[^:]:%63[^:]:%63[^:]:%u", family, table, name, &n) != 4)
			continue;
		snprintf(where, sizeof(where), "%s:%s:%s", family, table, name);
		if (strcmp(where, was) != 0) {
			memcpy(was, where, sizeof(where));
			chain = json_pack("{s:s, s:s, s:s, s:n, s:i, s:i, s:[]}", "family", family, "table", table, "chain", name, "policy",
					  "packets", 0, "bytes", 0, "rules");
			json_array_append_new(chains, chain);
		}
		rule = json_pack("{s:i, s:s, s:I, s:I}", "n", (int)n, "text", "", "packets", (json_int_t)(r->packets - r->base_packets), "bytes",
				 (json_int_t)(r->bytes - r->base_bytes));
		json_array_append_new(json_object_get(chain, "rules"), rule);
	}
}
