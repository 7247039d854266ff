/* SPDX-License-Identifier: MIT */
/* natrange.h - addresses and ports as the NAT targets write and print them. */
#ifndef RULES_EXT_NATRANGE_H
#define RULES_EXT_NATRANGE_H
#include "rules/ext.h"

#define NAT_HOOKS_SRC (HOOK_BIT(NF_INET_POST_ROUTING) | HOOK_BIT(NF_INET_LOCAL_IN))
#define NAT_HOOKS_DST (HOOK_BIT(NF_INET_PRE_ROUTING) | HOOK_BIT(NF_INET_LOCAL_OUT))

/* Does the rule's protocol have ports, as iptables sees it ("-p" before "-j", '!' or not)? Queues the error. */
bool natrange_need_ports(struct ext_cb *cb);
/* "80", "80-90", "80-90/1000" */
bool natrange_parse_ports(struct ext_cb *cb, const char *s, struct nf_nat_range *r);
/* "ADDR[-ADDR][:PORTS]" or ":PORTS" */
bool natrange_parse(struct ext_cb *cb, struct nf_nat_range *r);
void natrange_put(const struct nf_nat_range *r, uint8_t family, struct strbuf *out);	/* "10.0.0.1-10.0.0.9:80" */
void natrange_put_ports(const struct nf_nat_range *r, struct strbuf *out);		/* "80-90/1000" */
/* " --random --random-fully --persistent", or without the dashes as iptables -L has them */
void natrange_put_flags(const struct nf_nat_range *r, const char *dashes, struct strbuf *out);
/* What becomes of a connection: "to 10.0.0.1:80, port by chance". */
void natrange_explain(const struct nf_nat_range *r, uint8_t family, struct strbuf *out);
#endif
