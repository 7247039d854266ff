/* SPDX-License-Identifier: MIT */
/* json_out.h - JSON written as text, member by member: the same bytes as jansson writes (compact, in the order given, ASCII
 * only), without its objects. A member begins with a comma unless it is the first of its object or list. */
#ifndef SIM_REPORT_JSON_OUT_H
#define SIM_REPORT_JSON_OUT_H
#include "sim/base/text.h"

/* key: a literal. */
#define JO_KEY(key) "\"" key "\":", sizeof("\"" key "\":") - 1
#define jo_open(o, key, c)	jo_open_(o, JO_KEY(key), c)		/* c: '{' or '['; the caller closes it */
#define jo_str(o, key, s)	jo_str_(o, JO_KEY(key), s)		/* nothing when s is NULL */
#define jo_int(o, key, v)	jo_int_(o, JO_KEY(key), (int64_t)(v))
#define jo_bool(o, key, v)	jo_raw_(o, JO_KEY(key), (v) ? "true" : "false")
#define jo_raw(o, key, s)	jo_raw_(o, JO_KEY(key), s)		/* s is JSON already */
#define jo_hex(o, key, p, n)	jo_hex_(o, JO_KEY(key), p, n)
#define jo_addr(o, key, f, a)	jo_addr_(o, JO_KEY(key), f, a)		/* f: NFPROTO_*, a: union inet_addr * */

void jo_open_(struct strbuf *o, const char *key, size_t n, char c);
void jo_str_(struct strbuf *o, const char *key, size_t n, const char *s);
void jo_int_(struct strbuf *o, const char *key, size_t n, int64_t v);
void jo_raw_(struct strbuf *o, const char *key, size_t n, const char *s);
void jo_hex_(struct strbuf *o, const char *key, size_t n, const uint8_t *p, size_t len);
void jo_addr_(struct strbuf *o, const char *key, size_t n, unsigned family, const union inet_addr *a);

void jo_comma(struct strbuf *o);		/* what follows is the next of its list */
/* A text from outside, quoted: bytes that are no UTF-8 become U+FFFD. */
void jo_text(struct strbuf *o, const char *s);
void jo_inner(struct strbuf *o, const char *s);	/* without the quotes */
void jo_seconds(struct strbuf *o, uint64_t ns);	/* as a real with 17 digits */
#endif
