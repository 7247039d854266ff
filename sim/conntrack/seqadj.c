// SPDX-License-Identifier: MIT
/* seqadj.c - sequence numbers of connections whose data, or first number, was changed on the way
 * (nf_conntrack_seqadj.c). */
#include "sim/conntrack/internal.h"

static bool after(uint32_t a, uint32_t b)
{
	return (int32_t)(b - a) < 0;
}

void ct_seqadj_init(struct conn *ct, enum ip_ct_info ctinfo, int32_t off)
{
	struct ct_ext *x;

	if (!off)
		return;
	x = ct_ext_add(ct);
	x->has_seqadj = true;
	ct->status |= IPS_SEQ_ADJUST;
	x->seqadj[CTINFO2DIR(ctinfo)].offset_before = off;
	x->seqadj[CTINFO2DIR(ctinfo)].offset_after = off;
}

void ct_seqadj_set(struct conn *ct, enum ip_ct_info ctinfo, be32 seq, int32_t off)
{
	struct ct_ext *x;
	enum ip_ct_dir dir = CTINFO2DIR(ctinfo);

	if (!off)
		return;
	x = ct_ext_add(ct);
	x->has_seqadj = true;
	ct->status |= IPS_SEQ_ADJUST;
	/* A packet sent again has been counted. */
	if (x->seqadj[dir].offset_before == x->seqadj[dir].offset_after ||
	    after(ntohl(seq), x->seqadj[dir].correction_pos)) {
		x->seqadj[dir].correction_pos = ntohl(seq);
		x->seqadj[dir].offset_before = x->seqadj[dir].offset_after;
		x->seqadj[dir].offset_after += off;
	}
}

int32_t seqadj_offset(const struct conn *ct, enum ip_ct_dir dir, uint32_t seq)
{
	const struct ct_ext *x = ct->ext;

	if (likely(!x || !x->has_seqadj))
		return 0;
	return after(seq, x->seqadj[dir].correction_pos) ? x->seqadj[dir].offset_after
							 : x->seqadj[dir].offset_before;
}

/* By how much an acknowledged number was moved when it came by. */
static uint32_t acked_offset(const struct ct_ext *x, enum ip_ct_dir dir, uint32_t ack)
{
	return (uint32_t)(after(ack - (uint32_t)x->seqadj[dir].offset_before,
				x->seqadj[dir].correction_pos)
				  ? x->seqadj[dir].offset_after
				  : x->seqadj[dir].offset_before);
}

static void write_number(uint8_t *th, uint8_t *at, uint32_t v)
{
	be32 old = load_be32(at);

	put_be32(at, v);
	csum_replace4(th + TCP_CSUM, old, load_be32(at));
}

static bool adjust_sack(uint8_t *th, const struct ct_ext *x, enum ip_ct_dir other)
{
	uint8_t *o = th + TCP_HLEN, *end = th + tcp_hlen(th);

	while (o < end) {
		if (*o == 0)
			return true;
		if (*o == 1) {
			o++;
			continue;
		}
		if (end - o < 2 || o[1] < 2 || o[1] > end - o)
			return false;
		if (*o == 5 && o[1] >= 10 && (o[1] - 2) % 8 == 0)
			for (uint8_t *b = o + 2; b < o + o[1]; b += 4)
				write_number(th, b,
					     get_be32(b) - acked_offset(x, other, get_be32(b)));
		o += o[1];
	}
	return true;
}

bool seqadj_packet(struct packet *p, struct conn *ct, enum ip_ct_info ctinfo, uint32_t off)
{
	enum ip_ct_dir dir = CTINFO2DIR(ctinfo);
	uint8_t *th = pkt_at(p, off, TCP_HLEN);
	const struct ct_ext *x = ct->ext;
	uint32_t seq, ack;

	if (!x || !x->has_seqadj)
		return true;
	if (!th || pkt_len(p) - off < tcp_hlen(th))
		return false;
	seq = get_be32(th + TCP_SEQ);
	write_number(th, th + TCP_SEQ, seq + (uint32_t)seqadj_offset(ct, dir, seq));
	if (!(th[TCP_FLAGS] & TH_ACK))
		return true;
	ack = get_be32(th + TCP_ACK);
	write_number(th, th + TCP_ACK, ack - acked_offset(x, !dir, ack));
	return adjust_sack(th, x, !dir);
}
