// SPDX-License-Identifier: MIT
/* cpu.c - "-m cpu": the processor that handles the packet. The emulation has one, number 0. */
#include "rules/ext/util.h"

#define OUR_CPU 0u

struct cpu_info { uint32_t cpu; bool invert; };

static bool cpu_parse(struct ext_cb *cb)
{
	struct cpu_info *i = cb->info;

	i->cpu = cb->val.u32;
	i->invert = cb->invert;
	return true;
}

static bool cpu_match(struct xt_ctx *c UNUSED, const void *info)
{
	const struct cpu_info *i = info;

	return (i->cpu == OUR_CPU) != i->invert;
}

static void cpu_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct cpu_info *i = info;

	sb_printf(out, "%s --cpu %u", i->invert ? " !" : "", i->cpu);
}

static void cpu_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct cpu_info *i = info;

	sb_printf(out, " cpu %s%u", i->invert ? "! " : "", i->cpu);
}

static void cpu_explain(struct xt_ctx *c UNUSED, const void *info, struct strbuf *out)
{
	const struct cpu_info *i = info;

	sb_printf(out, "the emulation runs on CPU %u, rule wants %s%u", OUR_CPU, i->invert ? "any but " : "", i->cpu);
}

const struct match_ext ext_cpu = {
	.name = "cpu", .families = EXT_ANY, .size = sizeof(struct cpu_info),
	.opts = (const struct ext_opt[]){
		{ .name = "cpu", .type = OPT_UINT32, .id = 0, .flags = OPT_MUST | OPT_INVERT, .parse = cpu_parse }, { 0 } },
	.match = cpu_match, .save = cpu_save, .print = cpu_print, .explain = cpu_explain,
};
