// SPDX-License-Identifier: MIT
/* sctp.c - SCTP associations by their control chunks and verification tags
 * (nf_conntrack_proto_sctp.c). */
#include "sim/conntrack/internal.h"

enum {
	CID_DATA,
	CID_INIT,
	CID_INIT_ACK,
	CID_SACK,
	CID_HEARTBEAT,
	CID_HEARTBEAT_ACK,
	CID_ABORT,
	CID_SHUTDOWN,
	CID_SHUTDOWN_ACK,
	CID_ERROR,
	CID_COOKIE_ECHO,
	CID_COOKIE_ACK,
	CID_SHUTDOWN_COMPLETE = 14
};
#define SCTP_HLEN	      12
#define FLAG_T		      1u /* ABORT, SHUTDOWN COMPLETE: the tag is the peer's */
#define HEARTBEAT_VTAG_FAILED 1u

enum {
	NO = SCTP_CONNTRACK_NONE,
	CL = SCTP_CONNTRACK_CLOSED,
	CW = SCTP_CONNTRACK_COOKIE_WAIT,
	CE = SCTP_CONNTRACK_COOKIE_ECHOED,
	ES = SCTP_CONNTRACK_ESTABLISHED,
	SS = SCTP_CONNTRACK_SHUTDOWN_SENT,
	SR = SCTP_CONNTRACK_SHUTDOWN_RECD,
	SA = SCTP_CONNTRACK_SHUTDOWN_ACK_SENT,
	HS = SCTP_CONNTRACK_HEARTBEAT_SENT,
	IV = SCTP_CONNTRACK_MAX
};

/* clang-format off */
/* By chunk type; others (DATA, SACK, ...) change nothing. */
static const uint8_t next_state[IP_CT_DIR_MAX][CID_SHUTDOWN_COMPLETE + 1][SCTP_CONNTRACK_MAX] = {
	[IP_CT_DIR_ORIGINAL] = {
		/*                          NO  CL  CW  CE  ES  SS  SR  SA  HS */
		[CID_INIT]              = { CL, CL, CW, CE, ES, CL, CL, SA, CW },
		[CID_INIT_ACK]          = { CL, CL, CW, CE, ES, SS, SR, SA, CL },
		[CID_ABORT]             = { CL, CL, CL, CL, CL, CL, CL, CL, CL },
		[CID_SHUTDOWN]          = { CL, CL, CW, CE, SS, SS, SR, SA, CL },
		[CID_SHUTDOWN_ACK]      = { SA, CL, CW, CE, ES, SA, SA, SA, SA },
		[CID_ERROR]             = { CL, CL, CW, CE, ES, SS, SR, SA, CL },
		[CID_COOKIE_ECHO]       = { CL, CL, CE, CE, ES, SS, SR, SA, CL },
		[CID_COOKIE_ACK]        = { CL, CL, CW, ES, ES, SS, SR, SA, CL },
		[CID_SHUTDOWN_COMPLETE] = { CL, CL, CW, CE, ES, SS, SR, CL, CL },
		[CID_HEARTBEAT]         = { HS, CL, CW, CE, ES, SS, SR, SA, HS },
		[CID_HEARTBEAT_ACK]     = { CL, CL, CW, CE, ES, SS, SR, SA, HS },
	},
	[IP_CT_DIR_REPLY] = {
		[CID_INIT]              = { IV, CL, CW, CE, ES, SS, SR, SA, IV },
		[CID_INIT_ACK]          = { IV, CW, CW, CE, ES, SS, SR, SA, IV },
		[CID_ABORT]             = { IV, CL, CL, CL, CL, CL, CL, CL, IV },
		[CID_SHUTDOWN]          = { IV, CL, CW, CE, SR, SS, SR, SA, IV },
		[CID_SHUTDOWN_ACK]      = { IV, CL, CW, CE, ES, SA, SA, SA, IV },
		[CID_ERROR]             = { IV, CL, CW, CL, ES, SS, SR, SA, IV },
		[CID_COOKIE_ECHO]       = { IV, CL, CE, CE, ES, SS, SR, SA, IV },
		[CID_COOKIE_ACK]        = { IV, CL, CW, ES, ES, SS, SR, SA, IV },
		[CID_SHUTDOWN_COMPLETE] = { IV, CL, CW, CE, ES, SS, SR, CL, IV },
		[CID_HEARTBEAT]         = { IV, CL, CW, CE, ES, SS, SR, SA, HS },
		[CID_HEARTBEAT_ACK]     = { IV, CL, CW, CE, ES, SS, SR, SA, ES },
	},
};
/* clang-format on */

static bool changes_state(uint8_t type)
{
	return type != CID_DATA && type != CID_SACK && type <= CID_SHUTDOWN_COMPLETE &&
	       type != 12 && type != 13;
}

static uint8_t state_after(enum ip_ct_dir dir, uint8_t state, uint8_t type)
{
	return changes_state(type) ? next_state[dir][type][state] : state;
}

const char *sctp_state_name(unsigned state)
{
	static const char *const names[] = { "NONE",	      "CLOSED",
					     "COOKIE_WAIT",   "COOKIE_ECHOED",
					     "ESTABLISHED",   "SHUTDOWN_SENT",
					     "SHUTDOWN_RECD", "SHUTDOWN_ACK_SENT",
					     "HEARTBEAT_SENT" };

	return names[state];
}

bool sctp_can_early_drop(const struct conn *ct)
{
	uint8_t state = ct->proto.sctp.state;

	return state == SS || state == SR || state == SA;
}

static uint32_t timeout_of(const struct conn *ct, unsigned which)
{
	const struct netns_sysctl *sys = &ct->host->sysctl;

	if (ct->timeouts)
		return ct->timeouts[which];
	switch (which) {
	case CW: return (uint32_t)sys->ct_sctp_cookie_wait;
	case CE: return (uint32_t)sys->ct_sctp_cookie_echoed;
	case ES: return (uint32_t)sys->ct_sctp_established;
	case SS: return (uint32_t)sys->ct_sctp_shutdown_sent;
	case SR: return (uint32_t)sys->ct_sctp_shutdown_recd;
	case SA: return (uint32_t)sys->ct_sctp_shutdown_ack_sent;
	case HS: return (uint32_t)sys->ct_sctp_heartbeat_sent;
	case NO: return 10; /* the tracker's own, whatever the sysctl of CLOSED says */
	default: return (uint32_t)sys->ct_sctp_closed;
	}
}

/* ---- chunks ---- */

struct sctp {
	struct track *t;
	be32 vtag;
	enum ip_ct_dir dir;
	uint64_t map[4]; /* types that occur */
	bool ignore;	 /* good, but does not keep the association alive */
};

static bool has(const struct sctp *s, uint8_t type)
{
	return s->map[type / 64] >> (type % 64) & 1;
}

static const uint8_t *chunk_at(const struct sctp *s, uint32_t off)
{
	return off < pkt_len(s->t->p) ? pkt_at(s->t->p, off, 4) : NULL;
}

static uint32_t chunk_step(const uint8_t *ch)
{
	return (get_be16(ch + 2) + 3u) & ~3u;
}

#define for_each_chunk(s, ch, off)                                                                 \
	for ((off) = (s)->t->off + SCTP_HLEN; ((ch) = chunk_at(s, off)); (off) += chunk_step(ch))

/* The initiate tag that follows the header of an INIT or INIT ACK, which must be there whole. */
static const uint8_t *init_header(const struct sctp *s, uint32_t off)
{
	return pkt_at(s->t->p, off + 4, 16);
}

static bool basic_checks(struct sctp *s)
{
	bool alone = false;
	const uint8_t *ch;
	uint32_t off;
	int count = 0;

	for_each_chunk(s, ch, off)
	{
		unsigned len = get_be16(ch + 2);

		if (ch[0] == CID_INIT || ch[0] == CID_INIT_ACK || ch[0] == CID_SHUTDOWN_COMPLETE)
			alone = true;
		if (((ch[0] == CID_COOKIE_ACK || ch[0] == CID_COOKIE_ECHO || alone) && count) ||
		    !len) {
			track_why(s->t,
				  "do_basic_checks failed. chunk num %d, type %d, len %u flag %d",
				  count, ch[0], load_be16(ch + 2), alone);
			return false;
		}
		s->map[ch[0] / 64] |= UINT64_C(1) << (ch[0] % 64);
		count++;
	}
	return count > 0;
}

static bool sctp_error(struct track *t)
{
	struct packet *p = t->p;
	const uint8_t *sh = pkt_at(p, t->off, SCTP_HLEN);
	uint32_t crc, len;

	if (!sh) {
		track_why(t, "nf_ct_sctp: short packet ");
		return true;
	}
	if (t->s->hook != NF_INET_PRE_ROUTING || !t->h->sysctl.ct_checksum ||
	    p->ip_summed != CHECKSUM_NONE || p->cut)
		return false;
	pkt_pull(p, t->off + SCTP_HLEN);
	len = pkt_len(p) - t->off;
	crc = sctp_crc32c(sh, len);
	if (sh[8] != (crc & 0xff) || sh[9] != (crc >> 8 & 0xff) || sh[10] != (crc >> 16 & 0xff) ||
	    sh[11] != crc >> 24) {
		track_why(t, "nf_ct_sctp: bad CRC ");
		return true;
	}
	p->ip_summed = CHECKSUM_UNNECESSARY;
	return false;
}

/* The chunk is one that may begin an association, or an out-of-the-blue one with an answer to
 * come. */
static bool sctp_new(struct sctp *s, struct conn *ct)
{
	struct ct_sctp *st = &ct->proto.sctp;
	const uint8_t *ch;
	uint32_t off;

	memset(st, 0, sizeof(*st));
	for_each_chunk(s, ch, off)
	{
		uint8_t state = state_after(IP_CT_DIR_ORIGINAL, NO, ch[0]);

		if (state == NO || state == IV)
			return false;
		if (ch[0] == CID_INIT) {
			const uint8_t *ih = init_header(s, off);

			if (s->vtag || !ih)
				return false;
			st->vtag[IP_CT_DIR_REPLY] = load_be32(ih);
		} else if (ch[0] == CID_HEARTBEAT) {
			st->vtag[IP_CT_DIR_ORIGINAL] = s->vtag;
		} else if (ch[0] == CID_SHUTDOWN_ACK) {
			st->vtag[IP_CT_DIR_REPLY] = s->vtag;
		}
	}
	return true;
}

static bool own_tag(const struct sctp *s, const struct ct_sctp *st, uint8_t flags)
{
	return s->vtag == st->vtag[flags & FLAG_T ? !s->dir : s->dir];
}

/* A heartbeat on a new path may have another tag; its answer then says which one is right. */
enum heartbeat { HB_GOOD, HB_BAD, HB_SKIP };

static enum heartbeat check_heartbeat(struct sctp *s, struct ct_sctp *st, uint8_t type)
{
	if (st->vtag[s->dir] == 0) {
		st->vtag[s->dir] = s->vtag;
		return HB_GOOD;
	}
	if (s->vtag == st->vtag[s->dir]) {
		st->flags &= (uint8_t)~HEARTBEAT_VTAG_FAILED;
		return HB_GOOD;
	}
	if (has(s, CID_DATA) || s->ignore)
		return HB_BAD;
	if (type == CID_HEARTBEAT) {
		st->flags |= HEARTBEAT_VTAG_FAILED;
		st->last_dir = (uint8_t)s->dir;
		s->ignore = true;
		return HB_SKIP;
	}
	if (!(st->flags & HEARTBEAT_VTAG_FAILED) || st->last_dir == s->dir)
		return HB_BAD;
	st->flags &= (uint8_t)~HEARTBEAT_VTAG_FAILED;
	st->vtag[s->dir] = s->vtag;
	st->vtag[!s->dir] = 0;
	return HB_GOOD;
}

/* RFC 4960, 8.5.1: exceptions of the check of tags. */
static enum heartbeat check_tag(struct sctp *s, struct ct_sctp *st, const uint8_t *ch)
{
	switch (ch[0]) {
	case CID_INIT: return s->vtag ? HB_BAD : HB_GOOD;
	case CID_ABORT:
	case CID_SHUTDOWN_COMPLETE: return own_tag(s, st, ch[1]) ? HB_GOOD : HB_BAD;
	case CID_COOKIE_ECHO: return own_tag(s, st, 0) ? HB_GOOD : HB_BAD;
	case CID_COOKIE_ACK: st->init[0] = st->init[1] = 0; return HB_GOOD;
	case CID_HEARTBEAT:
	case CID_HEARTBEAT_ACK: return check_heartbeat(s, st, ch[0]);
	default: return HB_GOOD;
	}
}

/* INIT and INIT ACK say the tag of the other direction. */
static bool learn_tag(struct sctp *s, struct conn *ct, const uint8_t *ch, uint32_t off, uint8_t old,
		      uint8_t new)
{
	struct ct_sctp *st = &ct->proto.sctp;
	const uint8_t *ih;
	be32 known, tag;

	if (ch[0] != CID_INIT && ch[0] != CID_INIT_ACK)
		return true;
	ih = init_header(s, off);
	if (!ih)
		return false;
	tag = load_be32(ih);
	known = st->vtag[!s->dir];
	if (ch[0] == CID_INIT) {
		/* One with another tag begins anew; the same tag is the same INIT sent again. */
		if (known != tag || !ct_confirmed(ct)) {
			if (st->init[s->dir] && st->init[!s->dir])
				st->init[!s->dir] = 0;
			st->init[s->dir] = 1;
		}
		/* Sent again it does not keep the entry alive, as a TCP SYN does not. */
		if (new == CL && old == CL &&ct_confirmed(ct))
			s->ignore = true;
	} else {
		if (!st->init[!s->dir] && known && known != tag)
			return false;
		if (st->init[s->dir] && st->init[!s->dir] && known != tag)
			return false; /* both sides began at once */
	}
	st->vtag[!s->dir] = tag;
	return true;
}

static bool check_all_tags(struct sctp *s, const struct ct_sctp *st)
{
	static const uint8_t by_chunk[] = { CID_INIT,	      CID_SHUTDOWN_COMPLETE,
					    CID_COOKIE_ECHO,  CID_ABORT,
					    CID_SHUTDOWN_ACK, CID_HEARTBEAT,
					    CID_HEARTBEAT_ACK };

	for (size_t i = 0; i < ARRAY_SIZE(by_chunk); i++)
		if (has(s, by_chunk[i]))
			return true;
	if (s->vtag == st->vtag[s->dir])
		return true;
	track_why(s->t, "verification tag check failed %x vs %x for dir %d", s->vtag,
		  st->vtag[s->dir], (int)s->dir);
	return false;
}

/* Runs the chunks through the states; false: invalid, but what chunks before it changed stays. */
static bool walk_chunks(struct sctp *s, struct conn *ct, uint8_t *ret_state)
{
	struct ct_sctp *st = &ct->proto.sctp;
	const uint8_t *ch;
	uint32_t off;

	*ret_state = NO;
	for_each_chunk(s, ch, off)
	{
		uint8_t old = st->state, new;

		switch (check_tag(s, st, ch)) {
		case HB_BAD: return false;
		case HB_SKIP: continue;
		case HB_GOOD: break;
		}
		new = state_after(s->dir, old, ch[0]);
		if (new == IV) {
			track_why(s->t, "Invalid, old_state %d, dir %d, type %d", old, (int)s->dir,
				  ch[0]);
			return false;
		}
		if (!learn_tag(s, ct, ch, off, old, new))
			return false;
		*ret_state = st->state = new;
		if (old == new)
			continue;
		s->t->changed = true;
		if (new == ES)
			ct->status |= IPS_ASSURED;
	}
	return true;
}

enum track_result sctp_packet(struct track *t, struct conn *ct)
{
	struct sctp s = { .t = t, .dir = CTINFO2DIR(t->ctinfo) };
	uint8_t state;

	if (sctp_error(t))
		return TRACK_INVALID;
	s.vtag = load_be32(pkt_at(t->p, t->off, SCTP_HLEN) + 4);
	if (!basic_checks(&s))
		return TRACK_INVALID;
	if (!ct_confirmed(ct)) {
		if (has(&s, CID_ABORT) || has(&s, CID_SHUTDOWN_COMPLETE) ||
		    has(&s, CID_COOKIE_ACK) || !sctp_new(&s, ct)) {
			track_why(t, "no association begins with it");
			return TRACK_INVALID;
		}
	}
	if (!check_all_tags(&s, &ct->proto.sctp))
		return TRACK_INVALID;
	if (!walk_chunks(&s, ct, &state))
		return TRACK_INVALID;
	if (!s.ignore)
		ct_refresh(t, ct, timeout_of(ct, state));
	return TRACK_ACCEPT;
}
