// SPDX-License-Identifier: MIT
/* tcp_output.c - segments out: headers, options and their order, windows, timers. */
#include "sim/net/tcp.h"
#include "sim/net/ipv6.h"
#include <errno.h>

uint32_t tcp_win_from_space(const struct tcp_sock *tp, uint32_t space)
{
	return (uint32_t)((uint64_t)space * tp->scaling_ratio >> 8);
}

uint32_t tcp_receive_window(const struct tcp_sock *tp)
{
	int32_t win = (int32_t)(tp->rcv_wup + tp->rcv_wnd - tp->rcv_nxt);

	return win < 0 ? 0 : (uint32_t)win;
}

/* tcp_select_initial_window and what tcp_init_buffer_space makes of it once connected: the first
 * window is a multiple of the MSS, the scale fits the largest buffer. */
void tcp_window_start(struct tcp_sock *tp, uint32_t mss, bool wscale_ok)
{
	uint32_t space = tcp_win_from_space(tp, TCP_RCVBUF), top = TCP_RMEM_MAX;

	if (space > mss)
		space -= space % mss;
	tp->rcv_wnd = space;
	tp->rcv_wscale = 0;
	if (wscale_ok)
		for (; top > 65535 && tp->rcv_wscale < 14; top >>= 1)
			tp->rcv_wscale++;
	tp->rcv_ssthresh = tp->rcv_wnd;
	tp->window_clamp = MIN(UINT32_C(65535) << tp->rcv_wscale, UINT32_C(65535) << 14);
}

/* __tcp_select_window, then never less than what was promised (tcp_select_window). */
static uint32_t select_window(struct tcp_sock *tp)
{
	uint32_t cur = tcp_receive_window(tp), win, space, full, mss = tp->rcv_mss, held = tp->rcv.len ? tp->rcv_mem : 0;

	for (const struct tcp_ooo *o = tp->ooo; o; o = o->next)
		held += tcp_truesize(o->len);
	full = MIN(tp->window_clamp, tcp_win_from_space(tp, TCP_RCVBUF));
	space = tcp_win_from_space(tp, TCP_RCVBUF > held ? TCP_RCVBUF - held : 0);
	mss = MIN(mss, full);
	space = MIN(space, tp->rcv_ssthresh);
	if (tp->rcv_wscale) {
		uint32_t unit = 1u << tp->rcv_wscale;

		win = (space + unit - 1) & ~(unit - 1);
	} else {
		win = tp->rcv_wnd;
		if (mss && (win + mss <= space || win > space))
			win = space - space % mss;
	}
	if (win < cur)
		win = (cur + (1u << tp->rcv_wscale) - 1) & ~((1u << tp->rcv_wscale) - 1);
	tp->rcv_wnd = win;
	tp->rcv_wup = tp->rcv_nxt;
	return MIN(win >> tp->rcv_wscale, 65535u);
}

static uint32_t ts_now(const struct tcp_sock *tp)
{
	return (uint32_t)(tp->sk->host->clock->now / NSEC_PER_MSEC) + tp->ts_offset;
}

/* Options in the kernel's order: MSS; SACK permitted with or before timestamps; window scale. */
static uint32_t write_options(uint8_t *o, const struct tcp_opts *t)
{
	uint8_t *at = o;

	if (t->has_mss) {
		*at++ = 2;
		*at++ = 4;
		put_be16(at, t->mss);
		at += 2;
	}
	if (t->has_ts) {
		*at++ = t->sack_perm ? 4 : 1;
		*at++ = t->sack_perm ? 2 : 1;
		*at++ = 8;
		*at++ = 10;
		put_be32(at, t->tsval);
		put_be32(at + 4, t->tsecr);
		at += 8;
	} else if (t->sack_perm) {
		memcpy(at, (const uint8_t[]){ 1, 1, 4, 2 }, 4);
		at += 4;
	}
	if (t->has_wscale) {
		memcpy(at, (const uint8_t[]){ 1, 3, 3, t->wscale }, 4);
		at += 4;
	}
	return (uint32_t)(at - o);
}

struct segment { uint32_t seq, ack, win; uint8_t flags; bool ect; const uint8_t *data; uint32_t len; struct tcp_opts opts; };

/* The pseudo header's sum but for the length. */
static uint32_t ends_sum4(be32 saddr, be32 daddr)
{
	return csum_pseudo4(saddr, daddr, IPPROTO_TCP, 0);
}

static uint32_t ends_sum6(const union inet_addr *saddr, const union inet_addr *daddr)
{
	return csum_pseudo6(saddr->ip6, daddr->ip6, IPPROTO_TCP, 0);
}

static struct packet *make_segment(struct host *h, const struct segment *s, uint16_t sport, uint16_t dport, uint32_t ends_sum)
{
	uint8_t opts[40];
	uint32_t olen = write_options(opts, &s->opts), hlen = TCP_HLEN + olen;
	struct packet *p = pkt_alloc(h->pool, hlen + s->len);
	uint8_t *th = pkt_put(p, hlen + s->len);
	be16 len = htons((uint16_t)(hlen + s->len)), sum;

	memset(th, 0, TCP_HLEN);
	put_be16(th + TCP_SPORT, sport);
	put_be16(th + TCP_DPORT, dport);
	put_be32(th + TCP_SEQ, s->seq);
	put_be32(th + TCP_ACK, s->ack);
	th[TCP_OFF] = (uint8_t)(hlen / 4 << 4);
	th[TCP_FLAGS] = s->flags;
	put_be16(th + TCP_WIN, s->win);
	memcpy(th + TCP_HLEN, opts, olen);
	if (s->len)
		memcpy(th + hlen, s->data, s->len);
	sum = csum_fold(csum_partial(th, hlen + s->len, csum_partial(&len, 2, ends_sum)));
	memcpy(th + TCP_CSUM, &sum, 2);
	return p;
}

static int transmit(struct tcp_sock *tp, const struct segment *s)
{
	struct sock *sk = tp->sk;
	struct host *h = sk->host;
	struct flowi4 fl = sock_flow(sk, 0, 0);
	struct dst dst = { 0 };
	struct packet *p;
	int err = sk->v6 ? sock6_route(sk, &dst) : ip_route_output(h, &fl, &dst);
	bool small;

	if (err)
		return err;
	p = make_segment(h, s, sk->sport, sk->dport, sk->v6 ? ends_sum6(&sk->saddr6, &sk->daddr6) : ends_sum4(sk->saddr, sk->daddr));
	p->dst = dst;
	fl.saddr = sk->saddr;
	fl.daddr = sk->daddr;
	if (s->flags & TH_ACK && !(s->flags & TH_SYN)) {
		tp->ack_pending = false;
		timer_off(h->clock, &tp->delack);
	}
	sk->tos = (uint8_t)((sk->tos & ~3) | (s->ect ? 2 : 0));	/* RFC 3168: only new data is ECN-capable */
	if (sk->v6)
		return sock6_xmit(sk, p, &sk->daddr6, &sk->saddr6);
	/* ip_build_and_send_pkt: a small SYN-ACK is never cut */
	small = tcp_is_request(tp) && pkt_len(p) + IP_HLEN + sk->opt.optlen <= IPV4_MIN_MTU;
	return sock_xmit(sk, p, &fl, small || (!h->sysctl.ip_no_pmtu_disc && !dst.mtu_locked));
}

static struct tcp_opts syn_options(const struct tcp_sock *tp)
{
	const struct netns_sysctl *ctl = &tp->sk->host->sysctl;

	return (struct tcp_opts){ .has_mss = true, .mss = tp->advmss, .sack_perm = ctl->tcp_sack,
				  .has_wscale = ctl->tcp_window_scaling, .wscale = tp->rcv_wscale,
				  .has_ts = ctl->tcp_timestamps, .tsval = ts_now(tp) };
}

int tcp_send_syn(struct tcp_sock *tp)
{
	struct host *h = tp->sk->host;
	struct dst dst = { 0 };
	struct segment s = { .seq = tp->iss, .flags = TH_SYN };
	int err = sock_route(tp->sk, &dst);

	if (err)
		return err;
	tp->advmss = sock_advmss(tp->sk, &dst);
	tp->mss_clamp = MIN(tp->advmss, sock_dst_mtu(tp->sk, &dst) - tcp_iph(tp->sk) - TCP_HLEN);
	if (!tp->syn_sent)	/* tcp_connect_init: once, though a later SYN may offer less */
		tcp_window_start(tp, tp->advmss, h->sysctl.tcp_window_scaling);
	s.win = MIN(tp->rcv_wnd, 65535u);
	if (!tp->syn_sent)
		tp->syn_sent = h->clock->now;
	s.opts = syn_options(tp);
	if (h->sysctl.tcp_ecn == 1 && !tp->syn_again)	/* tcp_ecn_fallback: it may have been lost for that */
		s.flags |= TH_ECE | TH_CWR;
	tcp_arm_rtx(tp);
	/* tcp_connect: a SYN that did not get out is like a lost one, whatever stopped it, and is sent again. */
	err = transmit(tp, &s);
	return err == -ECONNREFUSED ? err : 0;
}

int tcp_send_synack(struct tcp_sock *tp)
{
	struct segment s = { .seq = tp->iss, .ack = tp->rcv_nxt, .flags = TH_SYN | TH_ACK, .win = MIN(tp->rcv_wnd, 65535u) };

	s.opts = (struct tcp_opts){ .has_mss = true, .mss = tp->advmss, .sack_perm = tp->sack_ok, .has_wscale = tp->wscale_ok,
				    .wscale = tp->rcv_wscale, .has_ts = tp->tstamp_ok, .tsval = ts_now(tp), .tsecr = tp->ts_recent };
	if (!tp->syn_sent)
		tp->syn_sent = tp->sk->host->clock->now;
	if (tp->crossed)	/* the SYN again, with an ACK */
		s.opts = syn_options(tp);
	if (tp->ecn_ok)
		s.flags |= TH_ECE;
	return transmit(tp, &s);
}

static void plain(struct tcp_sock *tp, struct segment *s)
{
	s->ack = tp->rcv_nxt;
	s->win = select_window(tp);
	s->flags |= TH_ACK;
	s->opts = (struct tcp_opts){ .has_ts = tp->tstamp_ok, .tsval = ts_now(tp), .tsecr = tp->ts_recent };
}

void tcp_send_ack(struct tcp_sock *tp)
{
	struct segment s = { .seq = tp->snd_nxt };

	plain(tp, &s);
	transmit(tp, &s);
}

void tcp_send_active_reset(struct tcp_sock *tp)
{
	struct segment s = { .seq = tp->snd_nxt, .flags = TH_RST };

	plain(tp, &s);
	s.flags |= TH_ACK;
	transmit(tp, &s);
}

/* What lies between snd_una and snd_nxt without the FIN. */
static uint32_t in_flight(const struct tcp_sock *tp)
{
	return tp->snd_nxt - tp->snd_una - (tp->fin_sent ? 1 : 0);
}

/* tcp_nagle_test: a short segment waits while another short one is unanswered. */
static bool nagle_holds(const struct tcp_sock *tp, uint32_t len, uint32_t mss)
{
	return len < mss && !tp->fin_queued && !tp->probing && seq_after(tp->snd_small, tp->snd_una) && !seq_after(tp->snd_small, tp->snd_nxt);
}

void tcp_push(struct tcp_sock *tp)
{
	uint32_t mss = tp->mss - (tp->tstamp_ok ? 12 : 0);

	if (tp->state < TCP_ESTABLISHED || tp->state == TCP_TIME_WAIT || tp->fin_sent)
		return;
	for (;;) {
		uint32_t sent = in_flight(tp), left = tp->snd.len - sent, room = tp->snd_wnd > sent ? tp->snd_wnd - sent : 0;
		struct segment s = { .seq = tp->snd_nxt, .data = tp->snd.p + sent, .len = MIN(MIN(left, mss), room) };

		if ((left && !s.len) || (s.len && sent / mss >= tp->cwnd))
			break;
		if (!s.len ? !tp->fin_queued : nagle_holds(tp, s.len, mss))
			break;
		if (s.len == left) {
			s.flags |= s.len ? TH_PUSH : 0;
			if (tp->fin_queued)
				s.flags |= TH_FIN;
		}
		plain(tp, &s);
		s.ect = tp->ecn_ok && s.len && !seq_before(s.seq, tp->snd_high);
		tp->snd_nxt += s.len + (s.flags & TH_FIN ? 1 : 0);
		if (seq_after(tp->snd_nxt, tp->snd_high))
			tp->snd_high = tp->snd_nxt;
		if (s.len < mss)
			tp->snd_small = tp->snd_nxt;
		tp->fin_sent = s.flags & TH_FIN;
		if (!timer_on(&tp->rtx))
			tcp_arm_rtx(tp);
		if (s.len && evq_jiffies(tp->sk->host->clock) - tp->lrcvtime < tp->ato)	/* tcp_event_data_sent: an answer */
			tp->pingpong = true;
		transmit(tp, &s);
		if (tp->fin_sent)
			break;
	}
}

void tcp_arm_rtx(struct tcp_sock *tp)
{
	struct evq *q = tp->sk->host->clock;
	uint64_t wait = MIN(tp->rto << MIN(tp->backoff, 16u), TCP_RTO_MAX_NS);

	if (tcp_is_request(tp))
		timer_set_pinned(q, &tp->rtx, evq_jiffies(q) + wait / NSEC_PER_JIFFY);
	else
		timer_set_wheel(q, &tp->rtx, evq_jiffies(q) + wait / NSEC_PER_JIFFY);
}

/* tcp_send_loss_probe: first what is new, else the last segment again, to hear whether the tail was lost. */
static void loss_probe(struct tcp_sock *tp)
{
	uint32_t before = tp->snd_nxt, mss = tp->mss - (tp->tstamp_ok ? 12 : 0);

	tp->probed = tp->probing = true;
	tcp_push(tp);
	if (tp->snd_nxt == before) {
		uint32_t len = MIN(in_flight(tp), mss), had_fin = tp->fin_sent;

		tp->snd_nxt -= len + had_fin;
		tp->fin_sent = false;
		tcp_push(tp);
	}
	tp->probing = false;
	tcp_arm_rtx(tp);
}

/* Nobody answered: the same again, later each time, and in the end no more. */
void tcp_rtx_timer(struct timer *t)
{
	struct tcp_sock *tp = container_of(t, struct tcp_sock, rtx);
	struct netns_sysctl *ctl = &tp->sk->host->sysctl;
	unsigned max = (unsigned)(tp->state == TCP_SYN_SENT ? ctl->tcp_syn_retries + ctl->tcp_syn_linear_timeouts : tp->state == TCP_NEW_SYN_RECV ?
				  ctl->tcp_synack_retries : ctl->tcp_retries2);

	if (tp->state == TCP_TIME_WAIT || tp->state == TCP_FIN_WAIT2 || (tp->state == TCP_SYN_SENT ? tp->syn_again : tp->backoff) >= max) {
		tcp_done(tp, tp->state == TCP_TIME_WAIT || tp->state == TCP_FIN_WAIT2 ? 0 : ETIMEDOUT);
		return;
	}
	if (tp->state > TCP_NEW_SYN_RECV && tp->sack_ok && !tp->probed) {
		loss_probe(tp);
		return;
	}
	if (tp->state == TCP_SYN_SENT) {	/* the first few at even distances */
		bool linear = ++tp->syn_again <= (unsigned)ctl->tcp_syn_linear_timeouts;

		tcp_send_syn(tp);
		tp->backoff += !linear;
		tcp_arm_rtx(tp);
		return;
	}
	tp->backoff++;
	tcp_arm_rtx(tp);
	if (tp->state == TCP_NEW_SYN_RECV) {
		if (tcp_send_synack(tp))	/* reqsk_timer_handler: the request is forgotten */
			tcp_done(tp, 0);
	} else {
		tp->snd_nxt = tp->snd_una;
		tp->fin_sent = false;
		tp->cwnd = 1;
		tcp_push(tp);
	}
}

void tcp_delack_timer(struct timer *t)
{
	struct tcp_sock *tp = container_of(t, struct tcp_sock, delack);

	if (tp->ack_pending)
		tcp_send_ack(tp);
}

/* tcp_v6_send_response: the same over IPv6. Without a socket that p came to, nobody owns it. */
static void unicast_reply6(struct packet *p, const struct segment *s, const struct sock *sk)
{
	const uint8_t *ip = pkt_nh(p), *th = pkt_th(p);
	struct host *h = p->dev->host;
	struct flowi6 fl = { .saddr = ip6_daddr(ip), .daddr = ip6_saddr(ip), .proto = IPPROTO_TCP, .sport = load_be16(th + TCP_DPORT),
			     .dport = load_be16(th + TCP_SPORT), .mark = h->sysctl.ip6_fwmark_reflect ? p->mark : 0, .uid = sk ? sk->uid : 0 };
	struct ip6_build b = { .saddr = fl.saddr, .daddr = fl.daddr, .tclass = ip6_tclass(ip) & 0xfc, .nexthdr = IPPROTO_TCP };
	struct dst dst;
	struct packet *q;

	if (!fl.mark && sk)
		fl.mark = sk->mark;
	if (ipv6_is_linklocal(&fl.daddr))
		fl.oif = p->cb6.iif;
	if (ip6_dst_lookup(h, &fl, &dst))
		return;
	b.hlim = ip6_dst_hoplimit(&dst);
	q = make_segment(h, s, ntohs(fl.sport), ntohs(fl.dport), ends_sum6(&b.saddr, &b.daddr));
	q->dst = dst;
	if (sk) {
		q->uid = sk->uid;
		q->gid = sk->gid;
	}
	q->ip_summed = CHECKSUM_UNNECESSARY;
	q->parent = p->id;
	q->mark = fl.mark;
	q->tstamp = h->clock->now;
	ip6_build_header(q, &b);
	ip6_local_out(h, q);
}

/* ip_send_unicast_reply: from a socket of the kernel's own, back where p came from, without the ECN bits. The socket
 * that p came to (NULL: there was none) lends its owner (skb_set_owner_edemux) and its mark. */
static void unicast_reply(struct packet *p, const struct segment *s, const struct sock *sk, const struct ip_opt *opt,
			  const uint8_t *optbytes)
{
	const uint8_t *ip = pkt_nh(p), *th = pkt_th(p);
	struct host *h = p->dev->host;
	struct flowi4 fl = { .daddr = opt->srr ? opt->faddr : ip4_saddr(ip), .saddr = ip4_daddr(ip), .proto = IPPROTO_TCP,
			     .tos = ip[IP4_TOS] & 0x1c, .sport = load_be16(th + TCP_DPORT), .dport = load_be16(th + TCP_SPORT),
			     .mark = h->sysctl.fwmark_reflect ? p->mark : 0, .uid = sk ? sk->uid : 0 };
	struct ip_build b = { .saddr = ip4_daddr(ip), .daddr = ip4_saddr(ip), .tos = ip[IP4_TOS] & 0xfc, .df = true, .opt = opt,
			      .optbytes = optbytes, .proto = IPPROTO_TCP };
	struct dst dst = { 0 };
	struct packet *q;

	if (!fl.mark && sk)
		fl.mark = sk->mark;
	if (ip_route_output(h, &fl, &dst))
		return;
	q = make_segment(h, s, ntohs(fl.sport), ntohs(fl.dport), ends_sum4(b.saddr, b.daddr));
	q->dst = dst;
	q->local = true;
	q->sk_kernel = !sk;
	if (sk) {
		q->uid = sk->uid;
		q->gid = sk->gid;
	}
	q->ip_summed = CHECKSUM_UNNECESSARY;
	q->parent = p->id;
	q->mark = fl.mark;
	q->tstamp = h->clock->now;
	ip_build_header(h, q, &b);
	ip_local_out(h, q);
}

/* tcp_v4_send_reset */
void tcp_send_reset(struct packet *p, const struct sock *sk)
{
	const uint8_t *th = pkt_th(p);
	struct segment s = { .flags = TH_RST };
	uint8_t optbytes[40];
	struct ip_opt opt = { 0 };

	if (th[TCP_FLAGS] & TH_RST || p->dst.type != RTN_LOCAL ||
	    (p->protocol == ETH_P_IP && ip_options_echo(p->dev->host, &opt, optbytes, p)))
		return;
	if (th[TCP_FLAGS] & TH_ACK) {
		s.seq = get_be32(th + TCP_ACK);
	} else {
		s.flags |= TH_ACK;
		s.ack = get_be32(th + TCP_SEQ) + (th[TCP_FLAGS] & TH_SYN ? 1 : 0) + (th[TCP_FLAGS] & TH_FIN ? 1 : 0) +
			(p->tail - p->th) - tcp_hlen(th);
	}
	if (p->protocol == ETH_P_IPV6)
		unicast_reply6(p, &s, sk);
	else
		unicast_reply(p, &s, sk, &opt, optbytes);
}

/* tcp_v4_reqsk_send_ack: a half-open connection corrects p. The window is the SYN-ACK's, scaled. */
void tcp_reqsk_send_ack(const struct tcp_sock *tp, struct packet *p)
{
	struct segment s = { .flags = TH_ACK, .seq = tp->iss + 1, .ack = tp->rcv_nxt, .win = MIN(tp->rcv_wnd, 65535u) >> tp->rcv_wscale };
	struct ip_opt none = { 0 };

	s.opts = (struct tcp_opts){ .has_ts = tp->tstamp_ok, .tsval = ts_now(tp), .tsecr = tp->ts_recent };
	if (p->protocol == ETH_P_IPV6)
		unicast_reply6(p, &s, tp->listener);
	else
		unicast_reply(p, &s, tp->listener, &none, NULL);
}
