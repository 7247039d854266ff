// SPDX-License-Identifier: MIT
/* tcp_input.c - segments in: which connection, then its state (net/ipv4/tcp_ipv4.c, tcp_input.c,
 * tcp_minisocks.c; RFC 9293, 5961). */
#include "sim/net/tcp.h"
#include "sim/net/ipv6.h"
#include <errno.h>
#include <stdlib.h>

struct seg {			/* one segment, read once */
	const uint8_t *th;
	uint32_t seq, ack, end, win, len;
	uint8_t flags;
	const uint8_t *data;
	struct tcp_opts opts;
};

static void parse_options(const uint8_t *th, struct tcp_opts *o)
{
	const uint8_t *at = th + TCP_HLEN, *end = th + tcp_hlen(th);

	while (at < end && *at != 0) {
		uint32_t len;

		if (*at == 1) {
			at++;
			continue;
		}
		if (end - at < 2 || at[1] < 2 || at[1] > end - at)
			return;
		len = at[1];
		if (at[0] == 2 && len == 4) {
			o->has_mss = true;
			o->mss = get_be16(at + 2);
		} else if (at[0] == 3 && len == 3) {
			o->has_wscale = true;
			o->wscale = MIN(at[2], 14);
		} else if (at[0] == 4 && len == 2) {
			o->sack_perm = true;
		} else if (at[0] == 8 && len == 10) {
			o->has_ts = true;
			o->tsval = get_be32(at + 2);
			o->tsecr = get_be32(at + 6);
		}
		at += len;
	}
}

static void read_segment(const struct packet *p, struct seg *s)
{
	const uint8_t *th = pkt_th(p);

	*s = (struct seg){ .th = th, .seq = get_be32(th + TCP_SEQ), .ack = get_be32(th + TCP_ACK), .win = get_be16(th + TCP_WIN),
			   .flags = th[TCP_FLAGS], .data = th + tcp_hlen(th), .len = (p->tail - p->th) - tcp_hlen(th) };
	s->end = s->seq + s->len + (s->flags & TH_SYN ? 1 : 0) + (s->flags & TH_FIN ? 1 : 0);
	parse_options(th, &s->opts);
}

/* ---- opening ---- */

/* What the other end says it takes; when it does not say, what every host of the family does. */
static uint32_t peer_mss(const struct tcp_sock *tp, const struct seg *s)
{
	if (s->opts.has_mss && s->opts.mss)
		return s->opts.mss;
	return tp->sk->v6 ? IP6_MIN_MTU - IP6_HLEN - TCP_HLEN : TCP_MSS_DEFAULT;
}

/* tcp_conn_request: remember what the SYN offers, answer it. */
static void conn_request(struct sock *listener, struct packet *p, const struct seg *s)
{
	struct host *h = listener->host;
	struct tcp_sock *tp = tcp_child(listener, p)->tcp;
	struct dst dst = { 0 };

	if (sock_route(tp->sk, &dst)) {
		tcp_done(tp, 0);
		return;
	}
	tp->irs = s->seq;
	tp->rcv_nxt = tp->rcv_wup = s->seq + 1;
	tp->snd_wnd = s->win;
	tp->advmss = sock_advmss(tp->sk, &dst);
	tp->mss_clamp = MIN(peer_mss(tp, s), sock_dst_mtu(tp->sk, &dst) - tcp_iph(tp->sk) - TCP_HLEN);
	tp->mss = MAX(MIN(MAX(tp->mss_clamp, 48u), sock_dst_mtu(tp->sk, &dst) - tcp_iph(tp->sk) - TCP_HLEN) - tp->sk->opt.optlen, 48u);
	tp->wscale_ok = s->opts.has_wscale && h->sysctl.tcp_window_scaling;
	tp->snd_wscale = tp->wscale_ok ? s->opts.wscale : 0;
	tp->sack_ok = s->opts.sack_perm && h->sysctl.tcp_sack;
	tp->tstamp_ok = s->opts.has_ts && h->sysctl.tcp_timestamps;
	tp->ts_recent = s->opts.tsval;
	tp->ecn_ok = (s->flags & (TH_ECE | TH_CWR)) == (TH_ECE | TH_CWR) && h->sysctl.tcp_ecn &&
		     !((tp->sk->v6 ? ip6_tclass(pkt_nh(p)) : pkt_nh(p)[IP4_TOS]) & 3);
	tcp_window_start(tp, tp->advmss - (tp->tstamp_ok ? 12 : 0), tp->wscale_ok);
	tp->rcv_mss = MIN(TCP_MSS_DEFAULT, tp->advmss);
	tcp_arm_rtx(tp);
	tcp_send_synack(tp);
}

/* tcp_init_buffer_space: a segment's room is kept back from a window that nearly fills the buffer. */
static void established(struct tcp_sock *tp)
{
	uint32_t max = tcp_win_from_space(tp, TCP_RCVBUF);
	uint64_t rtt = 0;

	if (tp->window_clamp >= max)
		tp->window_clamp = MAX(max - (max >> 31), 4 * tp->advmss);
	if (tp->window_clamp > 2 * tp->advmss && tp->window_clamp + tp->advmss > max)
		tp->window_clamp = MAX(2 * tp->advmss, max - tp->advmss);
	tp->rcv_ssthresh = MIN(tp->rcv_ssthresh, tp->window_clamp);
	tp->state = TCP_ESTABLISHED;
	if (!tp->backoff && !tp->syn_again)	/* tcp_rtt_estimator's first sample */
		rtt = tp->sk->host->clock->now - tp->syn_sent;
	tp->backoff = 0;
	rtt = MAX(rtt, 1000u);
	tp->rto = (rtt + MAX(2 * rtt, TCP_RTO_MIN_NS) + NSEC_PER_JIFFY - 1) / NSEC_PER_JIFFY * NSEC_PER_JIFFY;
	timer_off(tp->sk->host->clock, &tp->rtx);
	if (trace_on(tp->sk->host->trace, EV_DELIVER)) {
		struct event ev = { .type = EV_DELIVER, .host = tp->sk->host, .u.deliver = { tp->sk, "established" } };
		trace_emit(tp->sk->host->trace, &ev);
	}
}

/* tcp_rcv_synsent_state_process. true: go on with the segment's data. */
static void syn_sent(struct tcp_sock *tp, struct packet *p, const struct seg *s)
{
	struct host *h = tp->sk->host;

	if (s->flags & TH_ACK) {
		if (seq_before(s->ack, tp->iss + 1) || seq_after(s->ack, tp->snd_nxt)) {
			if (!tp->syn_again)	/* the SYN may not have got there: soon again (TCP_TIMEOUT_MIN) */
				timer_set_wheel(h->clock, &tp->rtx, host_jiffies(h) + 2);
			tcp_send_reset(p, tp->sk);
			pkt_drop(h, p, DROP_TCP_INVALID_ACK_SEQUENCE, "tcp_rcv_synsent_state_process");
			return;
		}
		if (s->flags & TH_RST) {
			tcp_done(tp, ECONNREFUSED);
			pkt_drop(h, p, DROP_TCP_RESET, "tcp_reset");
			return;
		}
	}
	if (s->flags & TH_RST || !(s->flags & TH_SYN)) {
		pkt_drop(h, p, s->flags & TH_RST ? DROP_TCP_RESET : DROP_TCP_FLAGS, "tcp_rcv_synsent_state_process");
		return;
	}
	tp->irs = s->seq;
	tp->rcv_nxt = tp->rcv_wup = s->seq + 1;
	tp->snd_wl1 = s->seq;
	tp->mss = MIN(peer_mss(tp, s), tp->mss_clamp);
	tp->wscale_ok = s->opts.has_wscale && h->sysctl.tcp_window_scaling;
	tp->snd_wscale = tp->wscale_ok ? s->opts.wscale : 0;
	tp->sack_ok = s->opts.sack_perm && h->sysctl.tcp_sack;
	tp->tstamp_ok = s->opts.has_ts && h->sysctl.tcp_timestamps;
	tp->ts_recent = s->opts.tsval;
	if (!tp->wscale_ok && s->flags & TH_ACK) {	/* a SYN alone takes nothing back: ours goes out again as it was */
		tp->rcv_wscale = 0;
		tp->window_clamp = MIN(tp->window_clamp, 65535u);
	}
	tp->snd_wnd = s->win;
	if (!(s->flags & TH_ACK)) {	/* simultaneous open */
		tp->state = TCP_NEW_SYN_RECV;
		tp->crossed = true;
		tcp_send_synack(tp);
		pkt_free(p);
		return;
	}
	tp->snd_una = s->ack;
	tp->bytes_acked = 1;
	tp->snd_max_wnd = s->win;
	tp->ecn_ok = h->sysctl.tcp_ecn == 1 && (s->flags & (TH_ECE | TH_CWR)) == TH_ECE;
	established(tp);
	tp->quick = 16;
	tp->rcv_mss = MIN(TCP_MSS_DEFAULT, tp->advmss);
	if (tp->snd.len)
		tcp_push(tp);
	else
		tcp_send_ack(tp);
	pkt_free(p);
}

/* ---- data ---- */

static void challenge_ack(struct tcp_sock *tp)
{
	tcp_send_ack(tp);
}

/* What a segment takes of the receive buffer (skb->truesize). */
uint32_t tcp_truesize(uint32_t len)
{
	return len <= 192 ? 768 : len + 576 <= 2048 ? 2304 : len + 1024;
}

/* tcp_measure_rcv_mss: how well segments fill their buffers says how much window a buffer is worth. */
static void measure(struct tcp_sock *tp, uint32_t len)
{
	uint32_t truesize = tcp_truesize(len), clamp;

	if (len < tp->rcv_mss)
		return;
	if (len != tp->rcv_mss) {
		uint32_t ratio = MAX((len << 8) / truesize, 1u);

		if (ratio != tp->scaling_ratio) {
			tp->scaling_ratio = ratio;
			clamp = tp->window_clamp;
			tp->window_clamp = tcp_win_from_space(tp, TCP_RCVBUF);
			if (tp->window_clamp < clamp)
				tp->rcv_ssthresh = MIN(tp->rcv_ssthresh, tp->window_clamp);
			else
				tp->rcv_ssthresh = MAX(MIN(tp->rcv_wnd, tp->window_clamp), tp->rcv_ssthresh);
		}
	}
	tp->rcv_mss = MIN(len, tp->advmss);
}

static void take_bytes(struct tcp_sock *tp, const uint8_t *data, uint32_t len)
{
	tp->rcv_mem = (tp->rcv.len ? tp->rcv_mem : 0) + tcp_truesize(len);
	tcp_bytes_add(&tp->rcv, data, len);
	tp->rcv_nxt += len;
	if (len < 128)
		return;
	/* tcp_grow_window: a well filled segment lets the window open. */
	if (tp->rcv_ssthresh < tp->window_clamp)
		tp->rcv_ssthresh = MIN(tp->rcv_ssthresh + 2 * tp->advmss, tp->window_clamp);
}

static void take_fin(struct tcp_sock *tp)
{
	while (tp->ooo) {		/* nothing comes behind a FIN */
		struct tcp_ooo *o = tp->ooo;

		tp->ooo = o->next;
		free(o);
	}
	tp->rcv_nxt++;
	tp->fin_rcvd = true;
	tp->ack_pending = true;
	switch (tp->state) {
	case TCP_ESTABLISHED:
		tp->state = TCP_CLOSE_WAIT;
		tp->pingpong = true;
		tp->quick = 0;
		break;
	case TCP_FIN_WAIT1:
		tp->state = TCP_CLOSING;
		tcp_send_ack(tp);
		break;
	case TCP_FIN_WAIT2:
		tp->state = TCP_TIME_WAIT;
		tcp_send_ack(tp);
		timer_set(tp->sk->host->clock, &tp->rtx, tp->sk->host->clock->now + TCP_TIMEWAIT_NS);
		break;
	default:
		break;
	}
}

static void queue_ooo(struct tcp_sock *tp, const struct seg *s)
{
	struct tcp_ooo **at = &tp->ooo, *o = xmalloc(sizeof(*o) + s->len);

	*o = (struct tcp_ooo){ NULL, s->seq, s->len, s->flags & TH_FIN };
	memcpy(o->data, s->data, s->len);
	while (*at && seq_before((*at)->seq, o->seq))
		at = &(*at)->next;
	o->next = *at;
	*at = o;
}

static void drain_ooo(struct tcp_sock *tp)
{
	while (tp->ooo && !seq_after(tp->ooo->seq, tp->rcv_nxt)) {
		struct tcp_ooo *o = tp->ooo;
		uint32_t skip = tp->rcv_nxt - o->seq;

		tp->ooo = o->next;
		if (skip <= o->len) {
			take_bytes(tp, o->data + skip, o->len - skip);
			if (o->fin && !tp->fin_rcvd)
				take_fin(tp);
		}
		free(o);
	}
}

/* tcp_event_data_recv: who sends again after a long gap is answered at once. */
static void data_came(struct tcp_sock *tp)
{
	uint64_t now = evq_jiffies(tp->sk->host->clock), gap = now - tp->lrcvtime, rto = (tp->rto << MIN(tp->backoff, 16u)) / NSEC_PER_JIFFY;

	if (!tp->ato) {
		tp->quick = 16;
		tp->ato = TCP_ATO_MIN;
	} else if (gap <= TCP_ATO_MIN / 2) {
		tp->ato = tp->ato / 2 + TCP_ATO_MIN / 2;
	} else if (gap < tp->ato) {
		tp->ato = MIN(tp->ato / 2 + (uint32_t)gap, (uint32_t)rto);
	} else if (gap > rto) {
		tp->quick = 16;
	}
	tp->lrcvtime = now;
}

/* tcp_data_queue. true: it was in order and new. */
static void data_queue(struct tcp_sock *tp, const struct seg *s)
{
	uint32_t skip = tp->rcv_nxt - s->seq;

	if (seq_after(s->seq, tp->rcv_nxt)) {
		queue_ooo(tp, s);
		tp->ack_pending = true;
		return;
	}
	if (!seq_after(s->end, tp->rcv_nxt)) {		/* all old: say where we are */
		tp->quick = 16;
		tp->pingpong = false;
		tp->ack_pending = true;
		return;
	}
	if (s->len > skip) {
		if (tp->rcv.len + s->len > TCP_RCVBUF)
			return;
		measure(tp, s->len);
		take_bytes(tp, s->data + skip, s->len - skip);
		tp->ack_pending = true;
		data_came(tp);
	}
	if (s->flags & TH_FIN && !tp->fin_rcvd)
		take_fin(tp);
	drain_ooo(tp);
}

/* tcp_ack: what the peer has got. false: the ACK is for something never sent. */
static bool take_ack(struct tcp_sock *tp, const struct seg *s)
{
	struct evq *q = tp->sk->host->clock;
	uint32_t got;

	if (seq_after(s->ack, tp->snd_nxt) && !(tp->snd.len && !seq_after(s->ack, tp->snd_una + tp->snd.len + tp->fin_queued)))
		return false;
	if (seq_before(s->ack, tp->snd_una))	/* RFC 5961 5.2: how old an acknowledgment may be */
		return !seq_before(s->ack, tp->snd_una - (uint32_t)MIN(tp->snd_max_wnd, tp->bytes_acked));
	if (seq_after(s->ack, tp->snd_nxt))
		tp->snd_nxt = s->ack;
	got = s->ack - tp->snd_una;
	if (got) {
		bool fin = got > tp->snd.len;

		tcp_bytes_drop(&tp->snd, MIN(got, tp->snd.len));
		tp->snd_una = s->ack;
		tp->bytes_acked += got;
		tp->probed = false;
		tp->backoff = 0;
		tp->cwnd += (got + tp->mss - 1) / MAX(tp->mss, 1u);
		timer_off(q, &tp->rtx);
		if (tp->snd_nxt != tp->snd_una)
			tcp_arm_rtx(tp);
		if (fin && tp->state == TCP_FIN_WAIT1) {
			tp->state = TCP_FIN_WAIT2;
			timer_set(q, &tp->rtx, q->now + (uint64_t)tp->sk->host->sysctl.tcp_fin_timeout * NSEC_PER_SEC);
		} else if (fin && tp->state == TCP_CLOSING) {
			tp->state = TCP_TIME_WAIT;
			timer_set(q, &tp->rtx, q->now + TCP_TIMEWAIT_NS);
		} else if (fin && tp->state == TCP_LAST_ACK) {
			tcp_done(tp, 0);
			return true;
		}
	}
	if (seq_before(tp->snd_wl1, s->seq) || tp->snd_wl1 == s->seq) {
		tp->snd_wnd = s->win << tp->snd_wscale;
		tp->snd_max_wnd = MAX(tp->snd_max_wnd, tp->snd_wnd);
		tp->snd_wl1 = s->seq;
	}
	return true;
}

/* __tcp_ack_snd_check: now, or a moment later so that it may ride on data. */
static void ack_snd_check(struct tcp_sock *tp)
{
	struct evq *q = tp->sk->host->clock;

	if (!tp->ack_pending || tp->state == TCP_CLOSE)
		return;
	if (tp->rcv_nxt - tp->rcv_wup > tp->rcv_mss || (tp->quick && !tp->pingpong) || tp->ooo) {
		if (tp->quick)
			tp->quick--;
		tcp_send_ack(tp);
	} else if (!timer_on(&tp->delack)) {
		timer_set_wheel(q, &tp->delack, evq_jiffies(q) + TCP_ATO_MIN);
	}
}

/* tcp_validate_incoming. true: the segment is acceptable. */
static bool acceptable(struct tcp_sock *tp, const struct seg *s, enum drop_reason *reason)
{
	uint32_t win = tcp_receive_window(tp);

	if (tp->tstamp_ok && s->opts.has_ts && (int32_t)(s->opts.tsval - tp->ts_recent) < 0 && !(s->flags & TH_RST)) {
		*reason = DROP_TCP_RFC7323_PAWS;
		challenge_ack(tp);
		return false;
	}
	if (seq_before(s->end, tp->rcv_wup) || seq_after(s->seq, tp->rcv_nxt + win)) {
		*reason = seq_before(s->end, tp->rcv_wup) ? DROP_TCP_OLD_SEQUENCE : DROP_TCP_INVALID_SEQUENCE;
		if (!(s->flags & TH_RST))
			challenge_ack(tp);
		return false;
	}
	if (s->flags & TH_RST) {
		*reason = DROP_TCP_RESET;
		if (s->seq == tp->rcv_nxt)
			tcp_done(tp, tp->state == TCP_CLOSE_WAIT ? EPIPE : ECONNRESET);
		else
			challenge_ack(tp);
		return false;
	}
	if (s->flags & TH_SYN) {
		*reason = DROP_TCP_INVALID_SYN;
		challenge_ack(tp);
		return false;
	}
	if (tp->tstamp_ok && s->opts.has_ts && !seq_after(s->seq, tp->rcv_wup))
		tp->ts_recent = s->opts.tsval;
	return true;
}

static void connected(struct tcp_sock *tp, struct packet *p, const struct seg *s)
{
	enum drop_reason reason = DROP_NOT_SPECIFIED;
	struct host *h = tp->sk->host;
	bool ended;

	if (!acceptable(tp, s, &reason)) {
		pkt_drop(h, p, reason, "tcp_validate_incoming");
		return;
	}
	if (!(s->flags & TH_ACK)) {
		pkt_drop(h, p, DROP_TCP_FLAGS, "tcp_rcv_established");
		return;
	}
	if (!take_ack(tp, s)) {
		challenge_ack(tp);
		pkt_drop(h, p, DROP_TCP_ACK_UNSENT_DATA, "tcp_ack");
		return;
	}
	if (tp->state == TCP_CLOSE) {
		pkt_free(p);
		return;
	}
	if (s->len && (tp->state == TCP_FIN_WAIT1 || tp->state == TCP_FIN_WAIT2) && tp->fin_queued &&
	    seq_after(s->end, tp->rcv_nxt)) {		/* nobody reads any more */
		tcp_send_active_reset(tp);
		tcp_done(tp, 0);
		pkt_drop(h, p, DROP_TCP_ABORT_ON_DATA, "tcp_rcv_state_process");
		return;
	}
	ended = tp->state == TCP_CLOSE_WAIT || tp->state == TCP_CLOSING || tp->state == TCP_LAST_ACK;
	if (s->end != s->seq && tp->state != TCP_TIME_WAIT && !(ended && !seq_before(s->seq, tp->rcv_nxt)))
		data_queue(tp, s);
	if (trace_on(h->trace, EV_DELIVER) && s->len) {
		struct event ev = { .type = EV_DELIVER, .host = h, .pkt = p, .u.deliver = { tp->sk, "tcp" } };
		trace_emit(h->trace, &ev);
	}
	if (tp->snd.len > tp->snd_nxt - tp->snd_una || (tp->fin_queued && !tp->fin_sent))
		tcp_push(tp);
	ack_snd_check(tp);
	pkt_free(p);
}

/* tcp_in_window */
static bool in_window(const struct seg *s, uint32_t from, uint32_t to)
{
	if (s->seq == from || (seq_after(s->end, from) && seq_before(s->seq, to)))
		return true;
	return s->seq == to && s->seq == s->end;
}

static void third_packet(struct tcp_sock *tp, struct packet *p, const struct seg *s)
{
	tp->snd_una = s->ack;
	tp->snd_wl1 = s->seq;
	established(tp);
	tp->snd_wnd = s->win << tp->snd_wscale;
	tp->snd_max_wnd = tp->snd_wnd;
	connected(tp, p, s);
}

/* tcp_rcv_state_process of a connection whose SYNs crossed: a whole socket already. The other side's SYN-ACK opens it as
 * a bare acknowledgement does. */
static void crossed_recv(struct tcp_sock *tp, struct packet *p, const struct seg *s)
{
	enum drop_reason reason = DROP_TCP_FLAGS;
	struct host *h = tp->sk->host;
	struct seg bare = *s;

	if ((s->flags & (TH_SYN | TH_ACK | TH_RST)) == (TH_SYN | TH_ACK) && s->end == s->seq + 1 && s->end == tp->rcv_nxt &&
	    s->ack == tp->snd_nxt) {
		bare.flags &= (uint8_t)~TH_SYN;
		bare.seq++;
		tp->ack_pending = true;		/* its SYN is old news: say so at once */
		tp->quick = 16;
	}
	if (!(s->flags & (TH_SYN | TH_ACK | TH_RST)) || !acceptable(tp, &bare, &reason) || !(s->flags & TH_ACK)) {
		pkt_drop(h, p, reason, "tcp_rcv_state_process");
		return;
	}
	if (s->ack != tp->iss + 1) {
		tcp_send_reset(p, tp->sk);
		pkt_drop(h, p, DROP_TCP_ACK_UNSENT_DATA, "tcp_ack");
		return;
	}
	third_packet(tp, p, &bare);
}

/* tcp_check_req: the third packet of the handshake, or something else for a half-open connection. */
static void syn_recv(struct tcp_sock *tp, struct packet *p, const struct seg *s)
{
	struct host *h = tp->sk->host;
	uint8_t kind = s->flags & (TH_RST | TH_SYN | TH_ACK);

	if (tp->crossed) {
		crossed_recv(tp, p, s);
		return;
	}
	if (kind == TH_SYN && s->seq == tp->irs) {	/* the SYN again: so is our answer, and its timer begins anew */
		if (tcp_send_synack(tp) == 0)
			tcp_arm_rtx(tp);
		pkt_drop(h, p, DROP_NOT_SPECIFIED, "tcp_check_req");
		return;
	}
	if (s->flags & TH_ACK && s->ack != tp->iss + 1 && !(s->flags & TH_RST)) {
		tcp_send_reset(p, tp->listener);
		pkt_drop(h, p, DROP_TCP_INVALID_ACK_SEQUENCE, "tcp_check_req");
		return;
	}
	if (!in_window(s, tp->rcv_nxt, tp->rcv_nxt + MIN(tp->rcv_wnd, 65535u))) {
		if (!(s->flags & TH_RST))
			tcp_reqsk_send_ack(tp, p);
		pkt_drop(h, p, DROP_TCP_OVERWINDOW, "tcp_check_req");
		return;
	}
	if (s->flags & TH_RST && s->seq != tp->rcv_nxt) {	/* RFC 5961: only the exact number counts */
		tcp_reqsk_send_ack(tp, p);
		pkt_drop(h, p, DROP_TCP_RESET, "tcp_check_req");
		return;
	}
	if (s->flags & (TH_RST | TH_SYN)) {
		if (s->flags & TH_SYN)
			tcp_send_reset(p, tp->listener);
		tcp_done(tp, ECONNRESET);
		pkt_drop(h, p, DROP_TCP_RESET, "tcp_check_req");
		return;
	}
	if (!(s->flags & TH_ACK)) {
		pkt_drop(h, p, DROP_TCP_FLAGS, "tcp_check_req");
		return;
	}
	third_packet(tp, p, s);
}

static void listening(struct sock *sk, struct packet *p, const struct seg *s)
{
	struct host *h = sk->host;
	enum drop_reason reason = DROP_TCP_FLAGS;

	if (s->flags & TH_RST) {
		reason = DROP_TCP_RESET;
	} else if (s->flags & TH_ACK) {
		tcp_send_reset(p, sk);
	} else if (s->flags & TH_SYN && !(s->flags & TH_FIN)) {
		conn_request(sk, p, s);
		pkt_free(p);
		return;
	}
	pkt_drop(h, p, reason, "tcp_rcv_state_process");
}

static bool checksum_ok(const struct packet *p)
{
	const uint8_t *ip = pkt_nh(p);
	uint32_t len = p->tail - p->th;

	return p->ip_summed == CHECKSUM_UNNECESSARY ||
	       !csum_fold(csum_partial(pkt_th(p), len, csum_pseudo4(ip4_saddr(ip), ip4_daddr(ip), IPPROTO_TCP, len)));
}

/* A segment for sk. Consumes. */
static void segment_in(struct sock *sk, struct packet *p)
{
	struct seg s;

	read_segment(p, &s);
	sock_wake(sk);
	switch (sk->tcp->state) {
	case TCP_LISTEN:	listening(sk, p, &s);		break;
	case TCP_SYN_SENT:	syn_sent(sk->tcp, p, &s);	break;
	case TCP_NEW_SYN_RECV:	syn_recv(sk->tcp, p, &s);	break;
	default:		connected(sk->tcp, p, &s);	break;
	}
}

/* The header is whole and no lie; false: p is gone. */
static bool header_ok(struct packet *p, bool (*sum_ok)(const struct packet *p), const char *where)
{
	struct host *h = p->dev->host;
	const uint8_t *th = pkt_th(p);
	uint32_t len = p->tail - p->th;

	if (p->pkt_type != PACKET_HOST)
		pkt_drop(h, p, DROP_NOT_SPECIFIED, where);
	else if (len < TCP_HLEN || tcp_hlen(th) < TCP_HLEN || len < tcp_hlen(th))
		pkt_drop(h, p, len < TCP_HLEN ? DROP_NOT_SPECIFIED : DROP_PKT_TOO_SMALL, where);
	else if (!sum_ok(p))
		pkt_drop(h, p, DROP_TCP_CSUM, where);
	else
		return true;
	return false;
}

static void to_socket(struct sock *sk, struct packet *p, const char *where)
{
	struct host *h = p->dev->host;

	if (sk) {
		segment_in(sk, p);
		return;
	}
	tcp_send_reset(p, NULL);
	pkt_drop(h, p, DROP_NO_SOCKET, where);
}

void tcp_v4_rcv(struct packet *p)
{
	const uint8_t *ip = pkt_nh(p), *th = pkt_th(p);
	struct sock *sk;

	if (!header_ok(p, checksum_ok, "tcp_v4_rcv"))
		return;
	sk = p->sk;		/* TPROXY has chosen */
	p->sk = NULL;
	if (!sk)
		sk = sock_lookup(p->dev->host, IPPROTO_TCP, ip4_saddr(ip), get_be16(th + TCP_SPORT), ip4_daddr(ip),
				 get_be16(th + TCP_DPORT), p->dev);
	to_socket(sk, p, "tcp_v4_rcv");
}

static bool checksum6_ok(const struct packet *p)
{
	return sock6_checksum_ok(p, IPPROTO_TCP);
}

void tcp_v6_rcv(struct packet *p)
{
	const uint8_t *th = pkt_th(p);
	union inet_addr saddr = ip6_saddr(pkt_nh(p)), daddr = ip6_daddr(pkt_nh(p));
	struct sock *sk;

	if (!header_ok(p, checksum6_ok, "tcp_v6_rcv"))
		return;
	sk = p->sk;
	p->sk = NULL;
	if (!sk)
		sk = sock6_lookup(p->dev->host, IPPROTO_TCP, &saddr, get_be16(th + TCP_SPORT), &daddr, get_be16(th + TCP_DPORT), p->dev);
	to_socket(sk, p, "tcp_v6_rcv");
}
