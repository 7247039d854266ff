// SPDX-License-Identifier: MIT
/* progress_text.c - see progress_text.h. */
#include "sim/report/progress_text.h"

static void put_grouped(struct strbuf *out, uint64_t v)
{
	if (v >= 1000) {
		put_grouped(out, v / 1000);
		sb_printf(out, ",%03u", (unsigned)(v % 1000));
	} else {
		sb_printf(out, "%u", (unsigned)v);
	}
}

void progress_text(struct strbuf *out, uint64_t packets, uint64_t done, uint64_t total, uint64_t ns)
{
	double share = total ? MIN((double)done / (double)total, 1) : 0;

	put_grouped(out, packets);
	sb_puts(out, " packets");
	if (share > 0)
		sb_printf(out, "  %u %%", (unsigned)(share * 100));
	if (ns) {
		sb_puts(out, "  ");
		put_grouped(out, (uint64_t)((double)packets * 1e9 / (double)ns));
		sb_puts(out, "/s");
	}
	if (share > 0) {
		uint64_t left = (uint64_t)((double)ns / 1e9 * (1 - share) / share + 0.5);

		if (left >= 3600)
			sb_printf(out, "  %llu:%02u:%02u left", (unsigned long long)(left / 3600), (unsigned)(left / 60 % 60), (unsigned)(left % 60));
		else
			sb_printf(out, "  %u:%02u left", (unsigned)(left / 60), (unsigned)(left % 60));
	}
}
