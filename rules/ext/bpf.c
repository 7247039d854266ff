// SPDX-License-Identifier: MIT
/* bpf.c - "-m bpf": a classic BPF program over the packet, from its IP header on (net/netfilter/xt_bpf.c).
 * The program is run by libpcap's filter machine. */
#include "rules/ext/util.h"
#include <pcap/pcap.h>

#define MAX_INSNS 64
enum { O_BYTECODE, O_PINNED, O_OBJECT };

struct bpf_info { struct bpf_insn insn[MAX_INSNS]; uint16_t nr; };

static bool field(const char **at, uint64_t max, char end, uint64_t *ret)
{
	const char *next;

	while (**at == ' ')
		(*at)++;
	if (!ext_strtoul(*at, &next, ret, 0, max) || (end && *next != end && !(end == ',' && !*next)))
		return false;
	*at = *next == end && *next ? next + 1 : next;
	return true;
}

static bool bytecode_parse(struct ext_cb *cb)
{
	struct bpf_info *b = cb->info;
	const char *at = cb->arg, *comma = strchr(at, ',');
	uint64_t n, v[4];

	if (!comma || !ext_strtoul(at, &at, &n, 0, UINT16_MAX) || *at != ',')
		return ext_error(cb, "bpf: error parsing program length");
	if (!n)
		return ext_error(cb, "bpf: illegal zero length program");
	if (n > MAX_INSNS)
		return ext_error(cb, "bpf: number of instructions exceeds maximum");
	at++;
	for (uint64_t i = 0; i < n; i++) {
		if (!field(&at, UINT16_MAX, ' ', &v[0]) || !field(&at, UINT8_MAX, ' ', &v[1]) || !field(&at, UINT8_MAX, ' ', &v[2]) ||
		    !field(&at, UINT32_MAX, ',', &v[3]))
			return ext_error(cb, "bpf: error at instr %llu", (unsigned long long)i);
		b->insn[i] = (struct bpf_insn){ (u_short)v[0], (u_char)v[1], (u_char)v[2], (bpf_u_int32)v[3] };
	}
	if (*at)
		return ext_error(cb, "bpf: parsed program length is less than the program length");
	b->nr = (uint16_t)n;
	return true;
}

static bool object_parse(struct ext_cb *cb)
{
	return ext_error(cb, "bpf: a program pinned in the kernel cannot be emulated; give it as --bytecode");
}

static bool bpf_final(struct ext_cb *cb)
{
	return cb->xflags ? true : ext_error(cb, "bpf: one of --bytecode or --pinned is required");
}

static bool bpf_check(struct ext_check *c)
{
	const struct bpf_info *b = c->info;

	return bpf_validate(b->insn, b->nr) ? true : ext_refuse(c, "xt_bpf: check failed: parse error");
}

static unsigned answer(const struct xt_ctx *c, const struct bpf_info *b)
{
	return bpf_filter(b->insn, pkt_nh(c->pkt), pkt_len(c->pkt), pkt_len(c->pkt));
}

static bool bpf_match(struct xt_ctx *c, const void *info)
{
	return answer(c, info) != 0;
}

static void bpf_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct bpf_info *b = info;

	sb_printf(out, " --bytecode \"%u", b->nr);
	for (unsigned i = 0; i < b->nr; i++)
		sb_printf(out, ",%u %u %u %u", b->insn[i].code, b->insn[i].jt, b->insn[i].jf, b->insn[i].k);
	sb_putc(out, '"');
}

static void bpf_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct bpf_info *b = info;

	sb_puts(out, " match bpf ");
	for (unsigned i = 0; i < b->nr; i++)
		sb_printf(out, "%s%u %u %u %u", i ? "," : "", b->insn[i].code, b->insn[i].jt, b->insn[i].jf, b->insn[i].k);
}

static void bpf_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	sb_printf(out, "the BPF program answers %u, rule wants anything but 0", answer(c, info));
}

const struct match_ext ext_bpf = {
	.name = "bpf", .families = EXT_ANY, .size = sizeof(struct bpf_info),
	.opts = (const struct ext_opt[]){
		{ .name = "bytecode", .type = OPT_STRING, .id = O_BYTECODE, .excl = 1u << O_PINNED | 1u << O_OBJECT, .parse = bytecode_parse },
		{ .name = "object-pinned", .type = OPT_STRING, .id = O_PINNED, .parse = object_parse },
		{ .name = "object", .type = OPT_STRING, .id = O_OBJECT, .parse = object_parse },
		{ 0 } },
	.final = bpf_final, .check = bpf_check, .match = bpf_match, .save = bpf_save, .print = bpf_print, .explain = bpf_explain,
};
