/* SPDX-License-Identifier: MIT */
/* eb_util.h - what several extensions of ebtables need. */
#ifndef RULES_EXT_EB_UTIL_H
#define RULES_EXT_EB_UTIL_H
#include "rules/ext/util.h"
#include "rules/model/l2.h"

/* The option was not given before, or "Multiple use of same option not allowed". */
bool eb_once(struct ext_cb *cb);
bool eb_some_option(struct ext_cb *cb);		/* for .final: any option at all */
/* ACCEPT, DROP, CONTINUE or RETURN: of a target, when it is done. */
bool eb_verdict_parse(struct ext_cb *cb, enum xt_verdict *ret);
const char *eb_verdict_name(enum xt_verdict v);
/* One link address, without mask. */
bool eb_mac_parse(struct ext_cb *cb, const char *what, uint8_t ret[6]);
/* EV_CHANGE of a link address. */
void eb_changed_mac(const struct xt_ctx *c, const char *field, const uint8_t *from, const uint8_t *to, const char *by);
bool eb_mac_equal(const uint8_t *have, const uint8_t *want, const uint8_t *mask);
/* "80", "80:90", ":90", "80:"; service names too. */
bool eb_ports_parse(struct ext_cb *cb, uint16_t ret[2]);
void eb_ports_save(const uint16_t ports[2], struct strbuf *out);	/* "80 " */
/* Is it a protocol with ports in its first four bytes? */
bool eb_has_ports(unsigned proto);
/* "--NAME ", and "! " after it */
void eb_save_opt(const char *name, bool invert, struct strbuf *out);
/* "ARP" or "0x88b5" */
void eb_say_proto(unsigned proto, struct strbuf *out);
/* The rule must say -p PROTO (or also), without '!'; else the kernel refuses it. */
bool eb_needs_proto(struct ext_check *c, uint16_t proto, uint16_t also);
/* EtherType of the frame, as the link header and a stripped VLAN tag have it. */
uint16_t eb_h_proto(const struct packet *p);
#endif
