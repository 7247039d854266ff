/* SPDX-License-Identifier: MIT */
/* util.h - what several extensions need: messages, marks and masks as libxtables prints them. */
#ifndef RULES_EXT_UTIL_H
#define RULES_EXT_UTIL_H
#include "rules/ext.h"

/* xtables_param_act(XTF_BAD_VALUE): 'NAME: Bad value for "OPT" option: "ARG"'. */
bool ext_bad_value(struct ext_cb *cb, const char *opt, const char *arg);
/* "--NAME requires two args.", with the option's form as hint. */
bool ext_no_second(struct ext_cb *cb, const char *name);
/* The kernel refuses without a word in its log; why is ours to say. */
bool ext_refuse_silent(struct ext_check *c, const char *why, ...) PRINTF(2, 3);
/* " 0x5" or " 0x5/0xf" */
void ext_save_mark(uint32_t mark, uint32_t mask, struct strbuf *out);
/* "" for a whole address, "/24", or "/255.0.255.0" (xtables_ipmask_to_numeric, xtables_ip6mask_to_numeric) */
void ext_save_mask(const union inet_addr *mask, uint8_t family, struct strbuf *out);
void ext_save_mask4(be32 mask, struct strbuf *out);
/* All eight groups of four digits, as the kernel prints an address ("%pI6"); or dotted. */
void ext_put_addr_full(const union inet_addr *a, uint8_t family, struct strbuf *out);
/* Clears what the mask does not cover. */
void ext_mask_addr(union inet_addr *a, const union inet_addr *mask);
/* " mark 0x5 under mask 0xf": for explain() */
void ext_say_masked(uint32_t have, uint32_t want, uint32_t mask, bool invert, const char *what, struct strbuf *out);
/* EV_CHANGE of a 32-bit field in hex, when somebody listens and it changed. */
void ext_changed_hex(const struct xt_ctx *c, const char *field, uint32_t from, uint32_t to, const char *by);
/* The same in decimal. */
void ext_changed_dec(const struct xt_ctx *c, const char *field, uint32_t from, uint32_t to, const char *by);
/* Writes the TOS byte of the IPv4 header and its checksum, or the traffic class of IPv6. */
void ext_set_tos(const struct xt_ctx *c, uint8_t tos);
/* "AF11", "cs3", "EF", ...: the code point of a DiffServ class. */
bool ext_dscp_class(const char *name, uint8_t *ret_dscp);	/* what follows the name of a class is not looked at */
bool ext_bad_dscp(struct ext_cb *cb);			/* the error for a name that is no class */
const char *ext_dscp_name(uint8_t dscp);	/* or NULL */
/* "Minimize-Delay", ...: what a TOS byte under the mask 0x3f is called, or NULL. */
const char *ext_tos_name(uint8_t value, uint8_t mask);
/* EV_LIMIT; the caller has asked trace_on(). ticks: jiffies until one more passes. */
void ext_limited(const struct xt_ctx *c, const char *ext, bool over, const char *key, uint64_t have, uint64_t cost,
		 uint64_t ticks);
/* "3 min 20.5 s", "0.012 s": a time span for explain(). */
void ext_say_span(uint64_t ns, struct strbuf *out);
/* A match's answer depends on what is outside the emulation: "return ext_unknown(c)". */
bool ext_unknown(struct xt_ctx *c);
/* And says so when the rule is loaded. */
void ext_warn_unknown(struct ext_check *c, const char *why);
#endif
