/* SPDX-License-Identifier: MIT */
/* outfile.h - a result file that is whole or not there: written beside its name, renamed at the end.
 * "-" is standard output; a device or a pipe is written to as it is. Errors (a full disk, ...) are kept until outfile_close() tells them. */
#ifndef SIM_REPORT_OUTFILE_H
#define SIM_REPORT_OUTFILE_H
#include "sim/base/diag.h"
#include <stdio.h>

struct outfile { char *path, *tmp; FILE *f; struct strbuf *text; int err; };

bool outfile_open(struct outfile *o, const char *path, struct diag *d);
void outfile_text(struct outfile *o, struct strbuf *ret);	/* into a text instead; nothing can fail */
void outfile_write(struct outfile *o, const void *p, size_t n);
/* keep: rename into place; else remove what was written. false: error in d, nothing is left. */
bool outfile_close(struct outfile *o, bool keep, struct diag *d);
#endif
