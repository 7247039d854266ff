/* SPDX-License-Identifier: MIT */
/* npt.h - prefix translation without state (RFC 6296), as the targets SNPT and DNPT do it. */
#ifndef RULES_EXT_NPT_H
#define RULES_EXT_NPT_H
#include "rules/ext/util.h"

struct npt_info { union inet_addr src, dst; uint8_t src_len, dst_len; uint16_t adjustment; };
enum { O_SRC_PFX = 1, O_DST_PFX = 2 };

bool npt_parse(struct ext_cb *cb);
bool npt_check(struct ext_check *c);
/* Changes the 16 bytes at addr so that no checksum over them changes; false: that cannot be. */
bool npt_map(const struct npt_info *n, uint8_t *addr);
/* An ICMPv6 error's quoted address at that offset of its header, when it lies in the source prefix, is changed too. */
void npt_map_bounced(struct packet *p, const struct npt_info *n, unsigned addr_off);
/* The sender is told that its packet cannot be translated; addr_off: the address's place in the header. */
enum xt_verdict npt_refuse(struct xt_ctx *c, unsigned addr_off);
void npt_save(const struct npt_info *n, struct strbuf *out);
void npt_print(const struct npt_info *n, const char *name, struct strbuf *out);
void npt_explain(const struct npt_info *n, const char *what, const uint8_t *addr, struct strbuf *out);
#endif
