// SPDX-License-Identifier: MIT
/* longrun.c - a long replay without a view: no allocation per packet, and memory that stays flat. Every call of
 * the C library's allocator is counted between packet 1,000 (every flow of the traffic was met by then, or
 * GEN_NR_FLOWS packets later) and the end. */
#include "tests/bench/gen.h"
#include <sys/resource.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define UNDER_ASAN 1
int __sanitizer_install_malloc_and_free_hooks(void (*malloc_hook)(const volatile void *, size_t),
					      void (*free_hook)(const volatile void *));
#else
#define UNDER_ASAN 0
#endif

static uint64_t calls;

#if UNDER_ASAN
static void on_malloc(const volatile void *p, size_t n)
{
	(void)p;
	(void)n;
	calls++;
}

static void on_free(const volatile void *p)
{
	(void)p;
}
#else
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

void *malloc(size_t n)
{
	calls++;
	return __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	calls++;
	return __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	calls++;
	return __libc_realloc(p, n);
}
#endif

/* A capture read through, or frames made up one by one; counts between two packets. */
struct counted {
	struct traffic t;
	struct traffic *from;		/* NULL: made up */
	enum gen_kind kind[2];		/* of even and odd packets */
	uint64_t i, end, start_at;
	uint64_t calls_before, calls_after;
	long rss_before, rss_after;
	uint8_t frame[GEN_FRAME];
};

static long rss(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return ru.ru_maxrss;
}

static int counted_next(struct traffic *t, struct traffic_event *ret)
{
	struct counted *c = container_of(t, struct counted, t);

	if (c->i == c->start_at) {
		c->rss_before = rss();
		c->calls_before = calls;
	}
	if (c->i == c->end) {
		c->calls_after = calls;
		c->rss_after = rss();
		return 0;
	}
	if (c->from) {
		c->i++;
		return c->from->next(c->from, ret);
	}
	gen_frame(c->frame, c->kind[c->i & 1], (uint32_t)(c->i / 2));
	*ret = (struct traffic_event){ .index = c->i, .t = c->i * 1000, .kind = INJECT_FRAME, .dev = c->i & 1 ? "eth1" : "eth0",
				       .bytes = c->frame, .len = GEN_FRAME, .wire_len = GEN_FRAME };
	if (c->kind[0] == c->kind[1])
		ret->dev = "eth0";
	c->i++;
	return 1;
}

static const struct {
	const char *name, *rules;
	enum gen_kind even, odd;
	uint64_t n;
	uint64_t allowed;	/* calls in all */
	bool capture;
} cases[] = {
	{ "no rules", NULL, GEN_FLOWS, GEN_FLOWS, 200000, 0, false },
	{ "a capture, no rules", NULL, GEN_SAME, GEN_SAME, 100000, 0, true },
	{ "stateful, established", GEN_STATEFUL, GEN_FLOWS, GEN_ANSWERS, 200000, 0, false },
	{ "MASQUERADE, established", GEN_MASQ, GEN_FLOWS, GEN_NAT_ANSWERS, 200000, 0, false },
	{ "limiters, logs and rejects", "*filter\n:FORWARD ACCEPT\n-A FORWARD -m limit --limit 5/sec -j LOG\n"
	  "-A FORWARD -p udp -m udp --sport 2000:3000 -j REJECT\n-A FORWARD -m statistic --mode nth --every 3 --packet 0 -j MARK --set-mark 1\n"
	  "-A FORWARD -m mark --mark 1 -j CONNMARK --save-mark\nCOMMIT\n", GEN_FLOWS, GEN_FLOWS, 200000, 64, false },
	/* A new connection's memory comes from a slab of 256, and the hash table doubles. */
	{ "every packet a new connection", GEN_STATEFUL, GEN_NEW, GEN_NEW, 200000, 200000 / 256 + 100, false },
};

static bool run(size_t k)
{
	struct counted c = { .t = { .next = counted_next }, .kind = { cases[k].even, cases[k].odd }, .end = cases[k].n,
			     .start_at = cases[k].even == GEN_FLOWS ? 4 * GEN_NR_FLOWS : 1000 };
	char path[64], *in[1] = { path };
	struct gen_host g;
	FILE *f = NULL;
	uint64_t n;

	gen_host(&g, cases[k].rules);
	if (cases[k].capture) {
		f = tmpfile();
		gen_must(&g, f && gen_pcap(f, cases[k].even, (uint32_t)cases[k].n, 0));
		snprintf(path, sizeof(path), "eth0=/proc/self/fd/%d", fileno(f));
		rewind(f);
		c.from = capture_open(g.h, (const char *const *)in, 1, false, &g.d);
		gen_must(&g, c.from);
	}
	world_replay(g.w, g.h, &c.t, 0, NULL);
	n = c.calls_after - c.calls_before;
	if (c.from)
		c.from->close(c.from);
	if (f)
		fclose(f);
	gen_host_end(&g);
	if (n > cases[k].allowed) {
		printf("not ok no allocation per packet: %s: %llu calls for %llu packets\n", cases[k].name, (unsigned long long)n,
		       (unsigned long long)(cases[k].n - c.start_at));
		return false;
	}
	printf("ok no allocation per packet: %s\n", cases[k].name);
	if (!UNDER_ASAN && cases[k].allowed == 0 && c.rss_after - c.rss_before > 1024) {
		printf("not ok memory stays flat: %s: %ld KB more\n", cases[k].name, c.rss_after - c.rss_before);
		return false;
	}
	return true;
}

int main(void)
{
	bool ok = true;

#if UNDER_ASAN
	__sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
#endif
	for (size_t k = 0; k < ARRAY_SIZE(cases); k++)
		ok &= run(k);
	return ok ? 0 : 1;
}
