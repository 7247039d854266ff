// SPDX-License-Identifier: MIT
/* fuzz_rules.c - an iptables-save text, of ip6tables when it begins with "# ip6"; what was read and printed must be
 * read again, and print the same. */
#include "tests/fuzz/rig.h"
#include "rules/rules.h"
#include <stdio.h>
#include <stdlib.h>

static uint8_t family;

static struct ruleset *load(struct rig *r, const char *text, size_t len)
{
	struct rules_options opt = { .family = family, .keep_counters = true };

	return ruleset_load(r->a, source_text(r->a, "rules", text, len), &opt, &r->d);
}

/* What was printed, read and printed again; false: it is refused. */
static bool again(struct rig *r, const struct strbuf *text, struct strbuf *ret)
{
	struct ruleset *rs = load(r, sb_str(text), text->len);

	if (rs)
		ruleset_save(rs, true, ret);
	return rs;
}

static void complain(const struct rig *r, const struct strbuf *first, const struct strbuf *third)
{
	struct strbuf sb = { 0 };

	diag_render(&r->d, &sb);
	fprintf(stderr, "--- read and printed:\n%s--- read again:\n%s%s", sb_str(first), sb_str(third), sb_str(&sb));
	abort();
}

/* A prefix of zero bits is not printed, and then is missing: iptables' own way. */
static bool unreadable(const struct strbuf *text)
{
	const char *npt = sb_str(text);

	while ((npt = strstr(npt, "NPT"))) {
		npt += 3;
		if (strncmp(npt, " --src-pfx", 10) != 0 || !strstr(npt, " --dst-pfx"))
			return true;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strbuf first = { 0 }, second = { 0 }, third = { 0 };
	struct rig r = { .a = arena_create() };
	struct ruleset *rs;

	diag_init(&r.d, r.a);
	family = size > 5 && memcmp(data, "# ip6", 5) == 0 ? NFPROTO_IPV6 : NFPROTO_IPV4;
	rs = load(&r, arena_strndup(r.a, (const char *)data, size), size);
	if (rs) {
		/* Tables are printed newest first: only the third time they stand as they stood. */
		ruleset_save(rs, true, &first);
		if (!unreadable(&first) && (!again(&r, &first, &second) || !again(&r, &second, &third) ||
		    strcmp(sb_str(&first), sb_str(&third)) != 0))
			complain(&r, &first, &third);
	}
	sb_free(&first);
	sb_free(&second);
	sb_free(&third);
	rig_end(&r);
	return 0;
}
