// SPDX-License-Identifier: MIT
/* tcp.c - TCP's states and windows as seen from the middle (nf_conntrack_proto_tcp.c; van Rooij,
 * "Real Stateful TCP Packet Filtering in IP Filter").
 *
 * For each side: td_end, the highest sequence number it sent; td_maxend, the highest its peer
 * allowed; td_maxwin, the largest window it offered; td_maxack, the highest it acknowledged.
 * A segment is good when
 *   I.   seq <= sender.td_maxend
 *   II.  seq + len >= sender.td_end - receiver.td_maxwin
 *   III. (s)ack <= receiver.td_end
 *   IV.  (s)ack >= receiver.td_end - max(66000, sender.td_maxwin) */
#include "sim/conntrack/internal.h"

enum { /* ct_tcp.seen[].flags and last_flags */
       WINDOW_SCALE = 0x01,
       SACK_PERM = 0x02,
       CLOSE_INIT = 0x04,
       BE_LIBERAL = 0x08,
       DATA_UNACKED = 0x10,
       MAXACK_SET = 0x20,
       CHALLENGE_ACK = 0x40,
       SIMULTANEOUS_OPEN = 0x80
};
enum {
	OPT_EOL = 0,
	OPT_NOP = 1,
	OPT_WINDOW = 3,
	OPT_SACK_PERM = 4,
	OPT_SACK = 5,
	OPT_TIMESTAMP = 8
};
#define MAX_WSCALE     14
#define MAXACKWINCONST 66000u

/* What a segment is to the state machine. */
enum kind { K_SYN, K_SYNACK, K_FIN, K_ACK, K_RST, K_NONE };

/* The states' short names, as every description of the table has them; IV = invalid, IG = let
 * pass, change nothing. */
enum {
	NO = TCP_CONNTRACK_NONE,
	SS = TCP_CONNTRACK_SYN_SENT,
	SR = TCP_CONNTRACK_SYN_RECV,
	ES = TCP_CONNTRACK_ESTABLISHED,
	FW = TCP_CONNTRACK_FIN_WAIT,
	CW = TCP_CONNTRACK_CLOSE_WAIT,
	LA = TCP_CONNTRACK_LAST_ACK,
	TW = TCP_CONNTRACK_TIME_WAIT,
	CL = TCP_CONNTRACK_CLOSE,
	S2 = TCP_CONNTRACK_SYN_SENT2,
	IV = TCP_CONNTRACK_MAX,
	IG
};

/* clang-format off */
static const uint8_t next_state[IP_CT_DIR_MAX][6][TCP_CONNTRACK_MAX] = {
	[IP_CT_DIR_ORIGINAL] = {
		/*              NO  SS  SR  ES  FW  CW  LA  TW  CL  S2 */
		[K_SYN]    = { SS, SS, IG, IG, IG, IG, IG, SS, SS, S2 },
		[K_SYNACK] = { IV, IV, SR, IV, IV, IV, IV, IV, IV, SR },
		[K_FIN]    = { IV, IV, FW, FW, LA, LA, LA, TW, CL, IV },
		[K_ACK]    = { ES, IV, ES, ES, CW, CW, TW, TW, CL, IV },
		[K_RST]    = { IV, CL, CL, CL, CL, CL, CL, CL, CL, CL },
		[K_NONE]   = { IV, IV, IV, IV, IV, IV, IV, IV, IV, IV },
	},
	[IP_CT_DIR_REPLY] = {
		[K_SYN]    = { IV, S2, IV, IV, IV, IV, IV, SS, IV, S2 },
		[K_SYNACK] = { IV, SR, IG, IG, IG, IG, IG, IG, IG, SR },
		[K_FIN]    = { IV, IV, FW, FW, LA, LA, LA, TW, CL, IV },
		[K_ACK]    = { IV, IG, SR, ES, CW, CW, TW, TW, CL, IG },
		[K_RST]    = { IV, CL, CL, CL, CL, CL, CL, CL, CL, CL },
		[K_NONE]   = { IV, IV, IV, IV, IV, IV, IV, IV, IV, IV },
	},
};
/* clang-format on */

const char *tcp_state_name(unsigned state)
{
	static const char *const names[] = { "NONE",	 "SYN_SENT",   "SYN_RECV", "ESTABLISHED",
					     "FIN_WAIT", "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT",
					     "CLOSE",	 "SYN_SENT2" };

	return names[state];
}

/* One segment, read once. */
struct segment {
	struct track *t;
	const uint8_t *th;
	enum ip_ct_dir dir;
	enum kind kind;
	uint8_t flags;
	uint32_t seq, ack, end; /* end: after data, SYN and FIN */
	uint16_t win;
};

static bool before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static bool after(uint32_t a, uint32_t b)
{
	return before(b, a);
}

static enum kind kind_of(uint8_t flags)
{
	if (flags & TH_RST)
		return K_RST;
	if (flags & TH_SYN)
		return flags & TH_ACK ? K_SYNACK : K_SYN;
	if (flags & TH_FIN)
		return K_FIN;
	return flags & TH_ACK ? K_ACK : K_NONE;
}

static void read_segment(struct segment *s, struct track *t, const uint8_t *th)
{
	uint32_t payload = pkt_len(t->p) - t->off - tcp_hlen(th);

	s->t = t;
	s->th = th;
	s->dir = CTINFO2DIR(t->ctinfo);
	s->flags = th[TCP_FLAGS];
	s->kind = kind_of(s->flags);
	s->seq = get_be32(th + TCP_SEQ);
	s->ack = get_be32(th + TCP_ACK);
	s->win = get_be16(th + TCP_WIN);
	s->end = s->seq + payload + !!(s->flags & TH_SYN) + !!(s->flags & TH_FIN);
}

static uint32_t timeout_of(const struct conn *ct, unsigned which)
{
	const struct netns_sysctl *sys = &ct->host->sysctl;

	if (ct->timeouts)
		return ct->timeouts[which];
	switch (which) {
	case SS: return (uint32_t)sys->ct_tcp_syn_sent;
	case SR: return (uint32_t)sys->ct_tcp_syn_recv;
	case ES: return (uint32_t)sys->ct_tcp_established;
	case FW: return (uint32_t)sys->ct_tcp_fin_wait;
	case CW: return (uint32_t)sys->ct_tcp_close_wait;
	case LA: return (uint32_t)sys->ct_tcp_last_ack;
	case TW: return (uint32_t)sys->ct_tcp_time_wait;
	case CL: return (uint32_t)sys->ct_tcp_close;
	case TCP_CONNTRACK_RETRANS: return (uint32_t)sys->ct_tcp_max_retrans_to;
	case TCP_CONNTRACK_UNACK: return (uint32_t)sys->ct_tcp_unack;
	default: return 120; /* SYN_SENT2 has no sysctl */
	}
}

/* ---- options ---- */

/* Steps to the next whole option; NULL at the end, or where they are broken. NOPs are skipped. */
static const uint8_t *next_option(const uint8_t **at, const uint8_t *end)
{
	const uint8_t *o = *at;

	while (o < end && *o == OPT_NOP)
		o++;
	if (o >= end || *o == OPT_EOL || end - o < 2 || o[1] < 2 || o[1] > end - o)
		return NULL;
	*at = o + o[1];
	return o;
}

/* What a SYN offers. A header without options leaves the fields as they are. */
static void read_options(const struct segment *s, uint8_t *scale, uint8_t *flags)
{
	const uint8_t *at = s->th + TCP_HLEN, *end = s->th + tcp_hlen(s->th), *o;

	if (at == end)
		return;
	*scale = 0;
	*flags &= BE_LIBERAL;
	while ((o = next_option(&at, end))) {
		if (o[0] == OPT_SACK_PERM && o[1] == 2) {
			*flags |= SACK_PERM;
		} else if (o[0] == OPT_WINDOW && o[1] == 3) {
			*scale = MIN(o[2], MAX_WSCALE);
			*flags |= WINDOW_SCALE;
		}
	}
}

/* The highest right edge of the first SACK option, when it is above sack. */
static uint32_t read_sack(const struct segment *s, uint32_t sack)
{
	static const uint8_t only_timestamp[4] = { OPT_NOP, OPT_NOP, OPT_TIMESTAMP, 10 };
	const uint8_t *at = s->th + TCP_HLEN, *end = s->th + tcp_hlen(s->th), *o;

	if (end - at == 12 && memcmp(at, only_timestamp, 4) == 0)
		return sack;
	while ((o = next_option(&at, end))) {
		if (o[0] != OPT_SACK || o[1] < 10 || (o[1] - 2) % 8)
			continue;
		for (int i = 2; i < o[1]; i += 8)
			if (after(get_be32(o + i + 4), sack))
				sack = get_be32(o + i + 4);
		break;
	}
	return sack;
}

/* ---- the window ---- */

enum window { IN_WINDOW, LET_PASS, OUT_OF_WINDOW };
#define SIDE(tcp, dir) (&(tcp)->seen[dir])
typedef __typeof__(((struct ct_tcp *)0)->seen[0]) side;

/* A SYN, or a SYN-ACK, begins a direction anew. */
static void init_sender(const struct segment *s, side *snd, side *rcv)
{
	snd->td_end = snd->td_maxend = s->end;
	snd->td_maxwin = s->win ? s->win : 1;
	read_options(s, &snd->td_scale, &snd->flags);
	/* Windows are scaled only when both sides said so. */
	if (s->dir == IP_CT_DIR_REPLY && !(snd->flags & rcv->flags & WINDOW_SCALE))
		snd->td_scale = rcv->td_scale = 0;
}

/* The first segment of a direction that is no SYN: it is all we have. */
static void guess_sender(const struct segment *s, side *snd, side *rcv, uint32_t sack)
{
	uint32_t win = (uint32_t)s->win << snd->td_scale;

	snd->td_end = s->end;
	snd->td_maxwin = win ? win : 1;
	snd->td_maxend = s->end + snd->td_maxwin;
	if (rcv->td_maxwin == 0)
		rcv->td_end = rcv->td_maxend =
			sack; /* nothing came from there yet: let III and IV hold */
	else if (sack == rcv->td_end + 1)
		rcv->td_end++; /* the answer to a keepalive */
}

static bool liberal(const struct segment *s, const side *snd)
{
	return snd->flags & BE_LIBERAL || s->t->h->sysctl.ct_tcp_be_liberal;
}

static void update_window(const struct segment *s, side *snd, side *rcv, uint32_t end, uint32_t ack,
			  uint32_t sack)
{
	uint32_t win = s->flags & TH_SYN ? s->win : (uint32_t)s->win << snd->td_scale;

	snd->td_maxwin = MAX(snd->td_maxwin, win + (sack - ack));
	if (after(end, snd->td_end)) {
		snd->td_end = end;
		snd->flags |= DATA_UNACKED;
	}
	if (s->flags & TH_ACK) {
		if (!(snd->flags & MAXACK_SET) || after(ack, snd->td_maxack))
			snd->td_maxack = ack;
		snd->flags |= MAXACK_SET;
	}
	if (rcv->td_maxwin && after(end, snd->td_maxend))
		rcv->td_maxwin += end - snd->td_maxend;
	if (after(sack + win, rcv->td_maxend - 1))
		rcv->td_maxend = sack + win + (win == 0);
	if (ack == rcv->td_end)
		rcv->flags &= (uint8_t)~DATA_UNACKED;
}

/* The same pure ACK again and again is a sender whom nobody answers. */
static void count_retrans(const struct segment *s, struct ct_tcp *tcp, uint32_t seq, uint32_t ack,
			  uint32_t end)
{
	if (tcp->last_dir == s->dir && tcp->last_seq == seq && tcp->last_ack == ack &&
	    tcp->last_end == end && tcp->last_win == s->win) {
		tcp->retrans++;
		return;
	}
	tcp->last_dir = (uint8_t)s->dir;
	tcp->last_seq = seq;
	tcp->last_ack = ack;
	tcp->last_end = end;
	tcp->last_win = s->win;
	tcp->retrans = 0;
}

static enum window beyond_window(const struct segment *s, side *snd, const side *rcv, uint32_t end,
				 uint32_t sack, uint32_t lowest_ack)
{
	uint32_t overshot = end - snd->td_maxend + 1;

	/* Some stacks send a little more than they may. The peer may take and acknowledge it:
	 * remember that it was sent, lest every later ACK be "of data not seen yet". */
	if (rcv->td_maxwin && after(end, snd->td_end - rcv->td_maxwin - 1) &&
	    after(sack, lowest_ack) && overshot <= rcv->td_maxwin &&
	    before(sack, rcv->td_end + 1)) {
		snd->td_end = end;
		snd->flags |= DATA_UNACKED;
		if (liberal(s, snd))
			return IN_WINDOW;
		track_why(s->t, "%u bytes more than expected", overshot);
		return LET_PASS;
	}
	if (liberal(s, snd))
		return IN_WINDOW;
	track_why(s->t, "SEQ is over upper bound %u (over the window of the receiver)",
		  snd->td_maxend + 1);
	return OUT_OF_WINDOW;
}

/* Where it fails, a liberal connection passes, but learns nothing from the segment. */
static enum window in_window(const struct segment *s, struct conn *ct)
{
	struct ct_tcp *tcp = &ct->proto.tcp;
	side *snd = SIDE(tcp, s->dir), *rcv = SIDE(tcp, !s->dir);
	uint32_t seq = s->seq, ack = s->ack, end = s->end, sack = ack, lowest_ack;
	int32_t shifted;

	if (rcv->flags & SACK_PERM)
		sack = read_sack(s, sack);
	shifted = seqadj_offset(ct, !s->dir, ack - 1);
	ack -= (uint32_t)shifted;
	sack -= (uint32_t)shifted;

	if (snd->td_maxwin == 0) {
		if (!(s->flags & TH_SYN)) {
			guess_sender(s, snd, rcv, sack);
		} else {
			init_sender(s, snd, rcv);
			if (!(s->flags & TH_ACK))
				return IN_WINDOW; /* both open at once */
		}
	} else if (s->flags & TH_SYN && after(end, snd->td_end) &&
		   (tcp->state == SS || tcp->state == SR)) {
		init_sender(s, snd, rcv); /* RFC 793: begun anew, with higher numbers */
		if (s->dir == IP_CT_DIR_REPLY && !(s->flags & TH_ACK))
			return IN_WINDOW;
	}
	/* Without an ACK, and with the zero that some stacks put into a RST, take it for a good
	 * one. */
	if (!(s->flags & TH_ACK) || (s->flags & TH_RST && ack == 0))
		ack = sack = rcv->td_end;
	if (s->flags & TH_RST && seq == 0 && tcp->state == SS)
		seq = end = snd->td_end; /* the answer to a SYN */

	lowest_ack = rcv->td_end - MAX(snd->td_maxwin, MAXACKWINCONST) - 1;
	if (!before(seq, snd->td_maxend + 1))
		return beyond_window(s, snd, rcv, end, sack, lowest_ack);
	if (!before(sack, rcv->td_end + 1)) {
		if (liberal(s, snd))
			return IN_WINDOW;
		track_why(s->t, "ACK is over upper bound %u (ACKed data not seen yet)",
			  rcv->td_end + 1);
		return OUT_OF_WINDOW;
	}
	if (rcv->td_maxwin && !after(end, snd->td_end - rcv->td_maxwin - 1)) {
		if (liberal(s, snd))
			return IN_WINDOW;
		track_why(s->t, "SEQ is under lower bound %u (already ACKed data retransmitted)",
			  snd->td_end - rcv->td_maxwin - 1);
		return LET_PASS;
	}
	if (!after(sack, lowest_ack)) {
		if (liberal(s, snd))
			return IN_WINDOW;
		track_why(s->t, "ignored ACK under lower bound %u (possible overly delayed)",
			  lowest_ack);
		return LET_PASS;
	}
	update_window(s, snd, rcv, end, ack, sack);
	if (s->kind == K_ACK)
		count_retrans(s, tcp, seq, ack, end);
	return IN_WINDOW;
}

/* Both sides close or reset, each out of the other's window: the connection is out of step with
 * us and shall not hang around for days. */
static void shrink_timeout(const struct segment *s, struct conn *ct)
{
	struct ct_tcp *tcp = &ct->proto.tcp;
	uint32_t unack = timeout_of(ct, TCP_CONNTRACK_UNACK);
	uint64_t left;

	if (!(ct->status & IPS_ASSURED) || ct->status & IPS_FIXED_TIMEOUT ||
	    (s->kind != K_RST && s->kind != K_FIN))
		return;
	if (tcp->last_dir == s->dir || (tcp->last_index != K_FIN && tcp->last_index != K_RST)) {
		tcp->last_index = (uint8_t)s->kind;
		tcp->last_dir = (uint8_t)s->dir;
		return;
	}
	left = ct_expires(ct);
	if (left >= 120 * HZ && left > (uint64_t)unack * HZ)
		ct_ends_at(ct, (uint64_t)unack * HZ + host_jiffies(ct->host));
}

/* ---- the first packet ---- */

static bool valid_flags(uint8_t flags)
{
	switch (flags & (TH_FIN | TH_SYN | TH_RST | TH_ACK | TH_URG)) {
	case TH_SYN:
	case TH_SYN | TH_URG:
	case TH_SYN | TH_ACK:
	case TH_RST:
	case TH_RST | TH_ACK:
	case TH_FIN | TH_ACK:
	case TH_FIN | TH_ACK | TH_URG:
	case TH_ACK:
	case TH_ACK | TH_URG: return true;
	default: return false;
	}
}

static bool tcp_error(struct track *t, const uint8_t *th)
{
	if (tcp_hlen(th) < TCP_HLEN || pkt_len(t->p) - t->off < tcp_hlen(th)) {
		track_why(t, "truncated packet");
		return true;
	}
	if (track_bad_checksum(t, PROTO_TCP, 0)) {
		track_why(t, "bad checksum");
		return true;
	}
	if (!valid_flags(th[TCP_FLAGS])) {
		track_why(t, "invalid tcp flag combination");
		return true;
	}
	return false;
}

static bool tcp_new(const struct segment *s, struct conn *ct)
{
	struct ct_tcp *tcp = &ct->proto.tcp;
	side *first = SIDE(tcp, IP_CT_DIR_ORIGINAL);
	unsigned state = next_state[IP_CT_DIR_ORIGINAL][s->kind][NO];

	if (state >= TCP_CONNTRACK_MAX) {
		track_why(s->t, "invalid new");
		return false;
	}
	if (state != SS && !s->t->h->sysctl.ct_tcp_loose) {
		track_why(s->t, "no SYN, and picking up is off (nf_conntrack_tcp_loose)");
		return false;
	}
	memset(tcp, 0, sizeof(*tcp));
	first->td_end = s->end;
	first->td_maxwin = s->win ? s->win : 1;
	if (state == SS) {
		first->td_maxend = s->end;
		read_options(s, &first->td_scale, &first->flags);
	} else {
		/* Picked up: its scaling is unknown, so windows are taken lightly. */
		first->td_maxend = s->end + first->td_maxwin;
		tcp->seen[0].flags = tcp->seen[1].flags = SACK_PERM | BE_LIBERAL;
	}
	tcp->last_index = K_NONE;
	return true;
}

/* ---- segments that need a closer look ---- */

enum look { GO_ON, SKIP_WINDOW, PASS, BAD, REOPEN, FAIL };

bool tcp_can_early_drop(const struct conn *ct)
{
	switch (ct->proto.tcp.state) {
	case FW:
	case LA:
	case TW:
	case CL:
	case CW: return true;
	default: return false;
	}
}

static bool established(const struct conn *ct)
{
	return ct->proto.tcp.state == ES && ct->status & IPS_ASSURED;
}

/* The SYN-ACK answers a SYN that we had ignored: both ends are in step and we are not. Take the
 * SYN's numbers. */
static void resync(const struct segment *s, struct ct_tcp *tcp)
{
	side *syn = SIDE(tcp, tcp->last_dir), *us = SIDE(tcp, s->dir);

	syn->td_end = syn->td_maxend = tcp->last_end;
	syn->td_maxwin = tcp->last_win ? tcp->last_win : 1;
	syn->td_scale = tcp->last_wscale;
	tcp->last_flags &= (uint8_t)~CHALLENGE_ACK;
	syn->flags = tcp->last_flags;
	*us = (side){ .flags = us->flags & BE_LIBERAL };
}

/* Let pass without a change of state; what it says is kept, for the answer will tell whether it
 * was real. */
static enum look look_ignored(const struct segment *s, struct ct_tcp *tcp, uint8_t *old,
			      uint8_t *new)
{
	if (s->kind == K_SYNACK && tcp->last_index == K_SYN && tcp->last_dir != s->dir &&
	    s->ack == tcp->last_end) {
		*old = SS;
		*new = SR;
		resync(s, tcp);
		return GO_ON;
	}
	tcp->last_index = (uint8_t)s->kind;
	tcp->last_dir = (uint8_t)s->dir;
	tcp->last_seq = s->seq;
	tcp->last_end = s->end;
	tcp->last_win = s->win;
	if (s->kind == K_SYN && s->dir == IP_CT_DIR_ORIGINAL) {
		uint8_t scale = 0, flags = 0;

		read_options(s, &scale, &flags);
		tcp->last_flags = flags;
		tcp->last_wscale = scale;
		/* RFC 5961: the answer may be a challenge ACK, which in this state looks like
		 * the last ACK. */
		if (*old == LA)
			tcp->last_flags |= CHALLENGE_ACK;
	}
	if (*old == SS && s->kind == K_ACK && s->dir == IP_CT_DIR_REPLY)
		tcp->last_ack = s->ack;
	track_why(s->t, "packet (index %d) in dir %d ignored, state %s", (int)s->kind, (int)s->dir,
		  tcp_state_name(*old));
	return PASS;
}

/* A SYN to what was closed. */
static enum look look_syn(const struct segment *s, struct conn *ct, uint8_t *old, uint8_t *new)
{
	struct ct_tcp *tcp = &ct->proto.tcp;

	if (*old < TW)
		return GO_ON;
	if ((tcp->seen[0].flags | tcp->seen[1].flags) & CLOSE_INIT ||
	    (tcp->last_dir == s->dir && tcp->last_index == K_RST))
		return table_delete(ct, "reopened by a SYN") ? REOPEN : FAIL;
	return look_ignored(s, tcp, old, new);
}

static enum look look_invalid(const struct segment *s, const struct conn *ct, uint8_t old)
{
	const struct ct_tcp *tcp = &ct->proto.tcp;

	/* SYNPROXY: the SYN to the server or its answer was lost; a keepalive of the client
	 * shall send it again. */
	if (ct->ext && ct->ext->has_synproxy && old == SS && s->kind == K_ACK &&
	    s->dir == IP_CT_DIR_ORIGINAL && tcp->last_dir == IP_CT_DIR_ORIGINAL &&
	    tcp->seen[s->dir].td_end - 1 == s->seq)
		return PASS;
	track_why(s->t, "packet (index %d) in dir %d invalid, state %s", (int)s->kind, (int)s->dir,
		  tcp_state_name(old));
	return BAD;
}

/* Is the RST one that the receiver will believe? *new goes back to the old state when it may
 * answer with a challenge ACK instead. */
static enum look look_rst(const struct segment *s, const struct conn *ct, uint8_t old, uint8_t *new)
{
	const struct ct_tcp *tcp = &ct->proto.tcp;
	const side *peer = &tcp->seen[!s->dir];

	/* It closes already; the ports may be in use again, and our numbers old. */
	if (tcp_can_early_drop(ct))
		return SKIP_WINDOW;
	if (peer->flags & MAXACK_SET && tcp->last_index != K_SYN) {
		if (s->seq == 0 && !established(ct))
			return GO_ON; /* the answer to a SYN that was let pass */
		if (before(s->seq, peer->td_maxack) && !s->t->h->sysctl.ct_tcp_ignore_invalid_rst) {
			track_why(s->t, "invalid rst");
			return BAD;
		}
		if (!established(ct) || s->seq == peer->td_maxack)
			return GO_ON;
		/* Right behind data that it follows in a train. */
		if (tcp->last_index == K_ACK && tcp->last_dir == s->dir && s->seq == tcp->last_end)
			return GO_ON;
		*new = old;
	}
	/* It answers a SYN of the other side, or an ACK of a half-open connection, that was let
	 * pass. */
	if (((ct->status & IPS_SEEN_REPLY && tcp->last_index == K_SYN && tcp->last_dir != s->dir) ||
	     (!(ct->status & IPS_ASSURED) && tcp->last_index == K_ACK)) &&
	    s->ack == tcp->last_end)
		return SKIP_WINDOW;
	/* Or a challenge ACK that was let pass. */
	if (old == SS && tcp->last_index == K_ACK && tcp->last_dir == IP_CT_DIR_REPLY &&
	    s->seq == tcp->last_ack)
		return SKIP_WINDOW;
	return GO_ON;
}

static enum look look_closer(const struct segment *s, struct conn *ct, uint8_t *old, uint8_t *new)
{
	struct ct_tcp *tcp = &ct->proto.tcp;

	switch (*new) {
	case SS: return look_syn(s, ct, old, new);
	case IG: return look_ignored(s, tcp, old, new);
	case IV: return look_invalid(s, ct, *old);
	case TW:
		if (*old == LA && s->kind == K_ACK && tcp->last_dir != s->dir &&
		    tcp->last_index == K_SYN && tcp->last_flags & CHALLENGE_ACK) {
			tcp->last_flags &= (uint8_t)~CHALLENGE_ACK;
			track_why(s->t, "challenge-ack ignored");
			return PASS;
		}
		return GO_ON;
	case S2: tcp->last_flags |= SIMULTANEOUS_OPEN; return GO_ON;
	case SR:
		if (s->dir == IP_CT_DIR_REPLY && s->kind == K_ACK &&
		    tcp->last_flags & SIMULTANEOUS_OPEN)
			*new = ES;
		return GO_ON;
	case CL: return s->kind == K_RST ? look_rst(s, ct, *old, new) : GO_ON;
	default: return GO_ON;
	}
}

/* ---- what a good segment does ---- */

static uint32_t choose_timeout(const struct segment *s, const struct conn *ct, uint8_t state)
{
	const struct ct_tcp *tcp = &ct->proto.tcp;
	uint32_t normal = timeout_of(ct, state), retrans = timeout_of(ct, TCP_CONNTRACK_RETRANS);
	uint32_t unack = timeout_of(ct, TCP_CONNTRACK_UNACK);

	if (tcp->retrans >= s->t->h->sysctl.ct_tcp_max_retrans && normal > retrans)
		return retrans;
	if (s->kind == K_RST)
		return timeout_of(ct, CL);
	if ((tcp->seen[0].flags | tcp->seen[1].flags) & DATA_UNACKED && normal > unack)
		return unack;
	if (tcp->last_win == 0 && normal > retrans)
		return retrans;
	return normal;
}

static enum track_result accept_segment(const struct segment *s, struct conn *ct, uint8_t old,
					uint8_t new)
{
	struct ct_tcp *tcp = &ct->proto.tcp;
	struct track *t = s->t;
	uint32_t timeout;

	tcp->last_index = (uint8_t)s->kind;
	tcp->last_dir = (uint8_t)s->dir;
	t->changed |= tcp->state != new;
	tcp->state = new;
	if (old != new &&new == FW)
		tcp->seen[s->dir].flags |= CLOSE_INIT;
	timeout = choose_timeout(s, ct, new);
	if (!(ct->status & IPS_SEEN_REPLY)) {
		/* Only a RST answers: there is nothing to remember. */
		if (s->flags & TH_RST) {
			ct_account(ct, s->dir, pkt_len(t->p));
			table_delete(ct, "closed by a RST");
			return TRACK_ACCEPT;
		}
		/* A SYN sent again does not keep it alive: else a client that uses the port
		 * anew could for ever. */
		if (s->kind == K_SYN && old == SS)
			return TRACK_ACCEPT;
		if (new == ES)
			timeout = MIN(
				timeout,
				timeout_of(ct,
					   TCP_CONNTRACK_UNACK)); /* picked up, not answered yet */
	} else if (!(ct->status & IPS_ASSURED) && (old == SR || old == ES) && new == ES) {
		ct->status |= IPS_ASSURED;
		t->changed = true;
	}
	ct_refresh(t, ct, timeout);
	return TRACK_ACCEPT;
}

enum track_result tcp_packet(struct track *t, struct conn *ct)
{
	const uint8_t *th = pkt_at(t->p, t->off, TCP_HLEN);
	struct segment s;
	uint8_t old, new;

	if (!th) {
		track_why(t, "short packet");
		return TRACK_INVALID;
	}
	if (tcp_error(t, th))
		return TRACK_INVALID;
	read_segment(&s, t, th);
	if (!ct_confirmed(ct) && !tcp_new(&s, ct))
		return TRACK_INVALID;
	old = ct->proto.tcp.state;
	new = next_state[s.dir][s.kind][old];
	switch (look_closer(&s, ct, &old, &new)) {
	case PASS: return TRACK_ACCEPT;
	case BAD: return TRACK_INVALID;
	case REOPEN: return TRACK_REPEAT;
	case FAIL: return TRACK_DROP;
	case SKIP_WINDOW: return accept_segment(&s, ct, old, new);
	case GO_ON: break;
	}
	switch (in_window(&s, ct)) {
	case LET_PASS: return TRACK_ACCEPT;
	case OUT_OF_WINDOW: shrink_timeout(&s, ct); return TRACK_INVALID;
	case IN_WINDOW: break;
	}
	return accept_segment(&s, ct, old, new);
}
