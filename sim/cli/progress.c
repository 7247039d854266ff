// SPDX-License-Identifier: MIT
/* progress.c - see progress.h. The clock is looked at every few thousand packets; what is printed goes nowhere else. */
#include "sim/cli/progress.h"
#include "sim/report/progress_text.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOOK_EVERY	4096u			/* packets; a power of two */
#define FIRST_AFTER	(2 * NSEC_PER_SEC)	/* short runs say nothing */
#define AGAIN_AFTER	(NSEC_PER_SEC / 5)
#define RECORD_HEAD	16u			/* of a packet in a pcap */

struct progress {
	struct traffic traffic, *of;
	uint64_t packets, done, total, start, told;
	bool shown;
};

static uint64_t wall(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NSEC_PER_SEC + (uint64_t)ts.tv_nsec;
}

static void tell(struct progress *p, uint64_t now)
{
	struct strbuf sb = { 0 };

	progress_text(&sb, p->packets, p->done, p->total, now - p->start);
	fprintf(stderr, "\r%s\033[K", sb_str(&sb));
	fflush(stderr);
	sb_free(&sb);
	p->told = now;
	p->shown = true;
}

static int progress_next(struct traffic *t, struct traffic_event *ret)
{
	struct progress *p = container_of(t, struct progress, traffic);
	int got;

	p->of->host = t->host;
	got = p->of->next(p->of, ret);
	t->end = p->of->end;
	if (got <= 0)
		return got;
	p->done += ret->len + RECORD_HEAD;
	if (!(++p->packets & (LOOK_EVERY - 1))) {
		uint64_t now = wall();

		if (now - p->start >= FIRST_AFTER && now - p->told >= AGAIN_AFTER)
			tell(p, now);
	}
	return got;
}

static void progress_out(struct traffic *t, const struct net_device *dev, const struct packet *pkt, bool arp)
{
	struct progress *p = container_of(t, struct progress, traffic);

	p->of->out(p->of, dev, pkt, arp);
}

static void progress_close(struct traffic *t)
{
	struct progress *p = container_of(t, struct progress, traffic);

	if (p->shown)
		fputs("\r\033[K", stderr);
	p->of->close(p->of);
	free(p);
}

/* A capture's size; 0 when it does not say how much is in it: a pipe, or compressed. */
static uint64_t size_of(const char *in)
{
	const char *path = strchr(in, '=');
	uint8_t head[2] = { 0x1f, 0x8b };
	struct stat st;
	FILE *f;

	if (!path || stat(path + 1, &st) || !S_ISREG(st.st_mode) || !(f = fopen(path + 1, "re")))
		return 0;
	if (fread(head, 1, 2, f) != 2)
		head[0] = 0;
	fclose(f);
	return head[0] == 0x1f && head[1] == 0x8b ? 0 : (uint64_t)st.st_size;
}

struct traffic *progress_open(struct traffic *t, const char *const *in, unsigned nr_in)
{
	struct progress *p;

	if (!t || !isatty(STDERR_FILENO))
		return t;
	p = xcalloc(1, sizeof(*p));
	p->of = t;
	p->traffic = *t;
	p->traffic.next = progress_next;
	p->traffic.out = t->out ? progress_out : NULL;
	p->traffic.close = progress_close;
	for (unsigned i = 0; i < nr_in; i++) {
		uint64_t size = size_of(in[i]);

		if (!size) {
			p->total = 0;
			break;
		}
		p->total += size;
	}
	p->start = wall();
	return &p->traffic;
}
