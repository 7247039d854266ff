/* SPDX-License-Identifier: MIT */
/* progress_text.h - how far a long run is, in one line. */
#ifndef SIM_REPORT_PROGRESS_TEXT_H
#define SIM_REPORT_PROGRESS_TEXT_H
#include "sim/base/text.h"

/* "12,345,678 packets  43 %  2,104,000/s  0:07 left": of done of total bytes (0 = nobody knows) after ns. */
void progress_text(struct strbuf *out, uint64_t packets, uint64_t done, uint64_t total, uint64_t ns);
#endif
