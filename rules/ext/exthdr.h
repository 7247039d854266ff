/* SPDX-License-Identifier: MIT */
/* exthdr.h - IPv6's extension headers as matches look for them. */
#ifndef RULES_EXT_EXTHDR_H
#define RULES_EXT_EXTHDR_H
#include "rules/ext/util.h"

/* The first header of the kind: where it begins, from the network header, and len bytes of it. NULL: it is not
 * there, or (then c->hotdrop is set) the packet ends too early. */
const uint8_t *exthdr_find(struct xt_ctx *c, int nexthdr, uint32_t len, uint32_t *ret_off);
/* Does the packet end before the header's len bytes do? Then it is dropped. */
bool exthdr_cut(struct xt_ctx *c, uint32_t off, uint32_t len);
/* As far as it is told why not: "there is no fragment header". */
void exthdr_say_missing(const struct xt_ctx *c, const char *what, struct strbuf *out);

/* The options of a hop-by-hop or destination header: dst, hbh. */
#define EXTHDR_MAX_OPTS 16
struct exthdr_opts_info {
	uint32_t hdrlen;
	bool want_len, inv_len, want_opts;
	uint8_t nr;
	struct { uint8_t type, len; } opt[EXTHDR_MAX_OPTS];	/* len 255 = any */
};
enum { O_EXTHDR_LEN, O_EXTHDR_OPTS };
bool exthdr_opts_parse(struct ext_cb *cb);
bool exthdr_opts_match(struct xt_ctx *c, const struct exthdr_opts_info *m, int nexthdr);
void exthdr_opts_save(const struct exthdr_opts_info *m, const char *name, struct strbuf *out);
void exthdr_opts_print(const struct exthdr_opts_info *m, const char *name, struct strbuf *out);
void exthdr_opts_explain(struct xt_ctx *c, const struct exthdr_opts_info *m, int nexthdr, const char *what, struct strbuf *out);
#endif
