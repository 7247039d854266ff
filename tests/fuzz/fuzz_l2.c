// SPDX-License-Identifier: MIT
/* fuzz_l2.c - the rules of ebtables and of arptables: read as both, and printed. */
#include "tests/fuzz/rig.h"
#include "rules/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t families[] = { NFPROTO_BRIDGE, NFPROTO_ARP };
	struct rig r = { .a = arena_create() };

	diag_init(&r.d, r.a);
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		struct rules_options opt = { .family = families[i] };
		struct source *src = source_text(r.a, "rules", arena_strndup(r.a, (const char *)data, size), size);
		struct ruleset *rs = ruleset_load(r.a, src, &opt, &r.d);
		struct strbuf out = { 0 };

		if (rs)
			ruleset_save(rs, true, &out);
		sb_free(&out);
	}
	rig_end(&r);
	return 0;
}
