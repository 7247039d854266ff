/* SPDX-License-Identifier: MIT */
/* outfile.h - a result file that is whole or not there: written beside its name, renamed at the end.
 * A file that the run has read from (diag_is_input()) is refused.
 * "-" is standard output; a device or a pipe is written to as it is. Errors (a full disk, ...) are kept until outfile_close() tells them. */
#ifndef SIM_REPORT_OUTFILE_H
#define SIM_REPORT_OUTFILE_H
#include "sim/base/diag.h"
#include <stdio.h>

struct outfile { char *path, *tmp; FILE *f; struct strbuf *text; int err, slot; };

bool outfile_open(struct outfile *o, const char *path, struct diag *d);
void outfile_text(struct outfile *o, struct strbuf *ret);	/* into a text instead; nothing can fail */
void outfile_write(struct outfile *o, const void *p, size_t n);
/* keep: rename into place; else remove what was written. false: error in d, nothing is left. */
bool outfile_close(struct outfile *o, bool keep, struct diag *d);

/* errno of standard output, 0 = fine. Many write to it, so outfile_close() only answers false: who ends the program tells it once. */
int outfile_stdout_err(void);
/* For who writes a file in another way: a name (borrowed until forgotten) that an interrupt removes. */
int outfile_remember(const char *tmp);
void outfile_forget(int slot);
/* Removes what is half written, of the process that opened it; nothing else is done with it. For signal handlers. */
void outfile_abandon(void);
#endif
