// SPDX-License-Identifier: MIT
/* bpf.c - "-m bpf": a classic BPF program over the packet, from its IP header on (net/netfilter/xt_bpf.c).
 * The program is run by libpcap's filter machine. */
#include "rules/ext/util.h"
#include <pcap/pcap.h>
#include <stdlib.h>

#define MAX_INSNS 64
enum { O_BYTECODE, O_PINNED, O_OBJECT };

struct bpf_info { struct bpf_insn insn[MAX_INSNS]; uint16_t nr; };

/* One number as sscanf("%u") takes it: blanks and a sign before it, digits, cut to its field by the caller. */
static bool number(const char **at, uint64_t *ret)
{
	char *end;

	*ret = strtoul(*at, &end, 10);
	if (end == *at)
		return false;
	*at = end;
	return true;
}

static bool instruction(const char *at, struct bpf_insn *ret)
{
	uint64_t v[4];

	for (size_t i = 0; i < ARRAY_SIZE(v); i++)
		if (!number(&at, &v[i]))
			return false;
	*ret = (struct bpf_insn){ (u_short)v[0], (u_char)v[1], (u_char)v[2], (bpf_u_int32)v[3] };
	return true;
}

/* "LENGTH,CODE JT JF K,...": what stands behind an instruction's four numbers is passed over up to the comma. */
static bool bytecode_parse(struct ext_cb *cb)
{
	struct bpf_info *b = cb->info;
	const char *at = cb->arg;
	uint64_t n;
	unsigned i = 0;

	if (!number(&at, &n) || *at != ',')
		return ext_error(cb, "bpf: error parsing program length");
	n = (uint16_t)n;
	if (!n)
		return ext_error(cb, "bpf: illegal zero length program");
	if (n > MAX_INSNS)
		return ext_error(cb, "bpf: number of instructions exceeds maximum");
	for (; (at = strchr(at, ',')) && *++at; i++) {
		if (i >= n)
			return ext_error(cb, "bpf: real program length exceeds the encoded length parameter");
		if (!instruction(at, &b->insn[i]))
			return ext_error(cb, "bpf: error at instr %u", i);
	}
	if (i != n)
		return ext_error(cb, "bpf: parsed program length is less than the encoded length parameter");
	b->nr = (uint16_t)n;
	return true;
}

static bool object_parse(struct ext_cb *cb)
{
	ext_error(cb, "bpf: failed to get bpf object");
	diag_hint(cb->diag, "a program pinned in the kernel cannot be emulated: give it as --bytecode");
	return false;
}

static bool bpf_final(struct ext_cb *cb)
{
	return cb->xflags ? true : ext_error(cb, "bpf: one of --bytecode or --pinned is required");
}

/* The instructions that Linux takes (bpf_check_classic); libpcap lets more pass. */
static bool known_code(const struct bpf_insn *i)
{
	switch (i->code) {
	case BPF_LD | BPF_W | BPF_ABS: case BPF_LD | BPF_H | BPF_ABS: case BPF_LD | BPF_B | BPF_ABS:
	case BPF_LD | BPF_W | BPF_IND: case BPF_LD | BPF_H | BPF_IND: case BPF_LD | BPF_B | BPF_IND:
	case BPF_LD | BPF_W | BPF_LEN: case BPF_LD | BPF_IMM: case BPF_LDX | BPF_W | BPF_LEN:
	case BPF_LDX | BPF_B | BPF_MSH: case BPF_LDX | BPF_IMM: case BPF_MISC | BPF_TAX: case BPF_MISC | BPF_TXA:
	case BPF_ALU | BPF_NEG: case BPF_RET | BPF_K: case BPF_RET | BPF_A: case BPF_JMP | BPF_JA:
		return true;
	case BPF_LD | BPF_MEM: case BPF_LDX | BPF_MEM: case BPF_ST: case BPF_STX:
		return i->k < BPF_MEMWORDS;
	}
	if (BPF_CLASS(i->code) == BPF_JMP)
		return i->code <= (BPF_JMP | BPF_JSET | BPF_X) && (BPF_OP(i->code) == BPF_JEQ || BPF_OP(i->code) == BPF_JGT ||
			BPF_OP(i->code) == BPF_JGE || BPF_OP(i->code) == BPF_JSET);
	if (BPF_CLASS(i->code) != BPF_ALU || i->code > (BPF_ALU | BPF_XOR | BPF_X) || BPF_OP(i->code) == BPF_NEG)
		return false;
	if (BPF_SRC(i->code) == BPF_K && (BPF_OP(i->code) == BPF_LSH || BPF_OP(i->code) == BPF_RSH))
		return i->k < 32;
	return BPF_SRC(i->code) != BPF_K || i->k || (BPF_OP(i->code) != BPF_DIV && BPF_OP(i->code) != BPF_MOD);
}

static bool known_codes(const struct bpf_info *b)
{
	for (unsigned i = 0; i < b->nr; i++)
		if (!known_code(&b->insn[i]))
			return false;
	return true;
}

static bool bpf_check(struct ext_check *c)
{
	const struct bpf_info *b = c->info;

	return bpf_validate(b->insn, b->nr) && known_codes(b) ? true : ext_refuse(c, "xt_bpf: check failed: parse error");
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

/* As iptables 1.8.9 prints it, the NUL at the end included. */
static void bpf_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct bpf_info *b = info;

	sb_puts(out, "match bpf ");
	for (unsigned i = 0; i < b->nr; i++)
		sb_printf(out, "%s%u %u %u %u", i ? "," : "", b->insn[i].code, b->insn[i].jt, b->insn[i].jf, b->insn[i].k);
	sb_putc(out, '\0');
}

static void bpf_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	sb_printf(out, "the BPF program answers %u, rule wants anything but 0", answer(c, info));
}

const struct match_ext ext_bpf = {
	.name = "bpf", .families = EXT_ANY, .size = sizeof(struct bpf_info),
	.form = "-m bpf --bytecode '1,6 0 0 1'",
	.opts = (const struct ext_opt[]){
		{ .name = "bytecode",
		  .form = "'N,CODE JT JF K,...', N instructions as nfbpf_compile prints them",
		  .type = OPT_STRING, .id = O_BYTECODE, .excl = 1u << O_PINNED | 1u << O_OBJECT, .parse = bytecode_parse },
		{ .name = "object-pinned", .type = OPT_STRING, .id = O_PINNED, .parse = object_parse },
		{ .name = "object", .type = OPT_STRING, .id = O_OBJECT, .parse = object_parse },
		{ 0 } },
	.final = bpf_final, .check = bpf_check, .match = bpf_match, .save = bpf_save, .print = bpf_print, .explain = bpf_explain,
};
