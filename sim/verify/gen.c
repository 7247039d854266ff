// SPDX-License-Identifier: MIT
/* gen.c - puts a random case together, and writes and reads its files. */
#include "sim/verify/gen_internal.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const topic_names[TOPIC_NUMBER] = {
	[TOPIC_NAT] = "nat", [TOPIC_CT] = "ct", [TOPIC_ROUTE] = "route", [TOPIC_LOCAL] = "local", [TOPIC_ICMP] = "icmp",
	[TOPIC_FRAG] = "frag", [TOPIC_EXT] = "ext", [TOPIC_LIMIT] = "limit", [TOPIC_MALFORMED] = "malformed",
};

static const char *const file_names[CASE_FILES] = {
	[CASE_IP] = "ip.batch", [CASE_SYSCTL] = "sysctl.conf", [CASE_IPSET] = "ipset.save",
	[CASE_RULES] = "rules.v4", [CASE_RULES6] = "rules.v6", [CASE_EVENTS] = "events.jsonl",
};

const char *case_file_name(enum case_file f)
{
	return file_names[f];
}

const char *gen_topic_name(enum gen_topic t)
{
	return topic_names[t];
}

uint32_t gen_topic_bits(const char *name)
{
	if (strcmp(name, "all") == 0)
		return TOPIC_ALL;
	for (unsigned i = 0; i < TOPIC_NUMBER; i++)
		if (strcmp(name, topic_names[i]) == 0)
			return TOPIC_BIT(i);
	return 0;
}

/* The case's own topic: in turn, of those that were asked for. */
static enum gen_topic topic_of(unsigned index, uint32_t topics)
{
	unsigned n = (unsigned)__builtin_popcount(topics & TOPIC_ALL), skip = index % n;

	for (unsigned i = 0; i < TOPIC_NUMBER; i++)
		if (topics & TOPIC_BIT(i) && !skip--)
			return (enum gen_topic)i;
	return TOPIC_NAT;
}

enum gen_topic gen_case(struct host_case *ret, uint64_t seed, unsigned index, uint32_t topics)
{
	struct gen *g = xcalloc(1, sizeof(*g));
	enum gen_topic topic;
	char purpose[32];

	*ret = (struct host_case){ 0 };
	g->out = ret;
	g->topic = topic_of(index, topics);
	g->v6 = topics & TOPICS_V6;
	snprintf(purpose, sizeof(purpose), g->v6 ? "v6 case %u" : "case %u", index);
	rng_init(&g->rng, seed, topic_names[g->topic], purpose);
	g->waits = gen_chance(g, 3);
	g->untracked = g->topic != TOPIC_NAT && g->topic != TOPIC_CT && gen_chance(g, 15);
	if (g->v6) {
		gen6_net(g);
	} else {
		gen_net(g);
		gen_sets(g);
	}
	gen_rules(g);
	gen_traffic(g);
	topic = g->topic;
	free(g);
	return topic;
}

void case_free(struct host_case *c)
{
	for (unsigned i = 0; i < CASE_FILES; i++)
		sb_free(&c->file[i]);
}

static bool write_file(const char *path, const struct strbuf *text)
{
	FILE *f = fopen(path, "w");
	bool ok = f && fwrite(sb_str(text), 1, text->len, f) == text->len;

	return f && fclose(f) == 0 && ok;
}

bool case_write(const struct host_case *c, const char *dir, struct diag *d)
{
	if (mkdir(dir, 0777) != 0 && errno != EEXIST) {
		diag_error(d, (struct pos){ 0 }, "cannot make directory %s: %s", dir, strerror(errno));
		return false;
	}
	for (unsigned i = 0; i < CASE_FILES; i++) {
		const char *path = arena_printf(d->arena, "%s/%s", dir, file_names[i]);

		if (!c->file[i].len && i != CASE_IP) {
			unlink(path);
		} else if (!write_file(path, &c->file[i])) {
			diag_error(d, (struct pos){ 0 }, "cannot write %s: %s", path, strerror(errno));
			return false;
		}
	}
	return true;
}
