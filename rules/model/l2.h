/* SPDX-License-Identifier: MIT */
/* l2.h - rules of arptables and ebtables, as the programs on nf_tables print and refuse them. */
#ifndef RULES_MODEL_L2_H
#define RULES_MODEL_L2_H
#include "rules/model/model.h"
#include "sim/base/text.h"

/* "-A INPUT -p ARP -j DROP" */
void l2_rule_save(const struct rule *r, struct strbuf *out);
/* ":foo RETURN" */
void l2_chain_save(const struct chain *c, struct strbuf *out);
/* The kernel refuses a rule: "RULE_APPEND failed (WHY): rule in chain CHAIN". */
void l2_refused(struct diag *d, struct pos pos, const struct chain *c, int err);

/* Link addresses: "1:2:3:4:5:6[/mask]", "Unicast", "Multicast", "Broadcast" or "BGA"; masked. */
bool l2_parse_mac_mask(const char *s, uint8_t ret_mac[6], uint8_t ret_mask[6]);
void l2_save_mac_mask(const uint8_t mac[6], const uint8_t mask[6], struct strbuf *out);

/* EtherTypes by name, as Debian's /etc/ethertypes has them: number, or -1; name, or NULL. */
int ethertype_number(const char *name);
const char *ethertype_name(unsigned number);
void ethertype_nearest(struct nearest *n);
#endif
