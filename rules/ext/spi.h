/* SPDX-License-Identifier: MIT */
/* spi.h - a range of security parameter indices, as ah, esp and ipcomp look for one, and of other 32-bit numbers. */
#ifndef RULES_EXT_SPI_H
#define RULES_EXT_SPI_H
#include "rules/ext.h"

struct spi_info { uint32_t from, to; bool invert, reserved; };

void spi_init(void *info);			/* any */
bool spi_parse(struct ext_cb *cb);
bool spi_in(const struct spi_info *s, uint32_t spi);
/* " --OPT from:to", nothing when it says nothing. */
void spi_save(const struct spi_info *s, const char *opt, struct strbuf *out);
/* " spi:5", " spis:5:9", where name is "spi"; false: there is nothing to say. */
bool spi_print(const struct spi_info *s, const char *name, struct strbuf *out);
/* The header of hlen bytes that the number is in; NULL: a later fragment, or cut short, which drops the packet. */
const uint8_t *spi_header(struct xt_ctx *c, uint32_t hlen);
void spi_explain(const struct spi_info *s, bool there, uint32_t spi, const char *what, struct strbuf *out);
#endif
