// SPDX-License-Identifier: MIT
/* tcp.c - TCP sockets and the programs behind them: connect, listen, accept, read, echo, close. */
#include "sim/net/tcp.h"
#include "sim/net/ipv6.h"
#include <errno.h>
#include <stdlib.h>

#define ECHO_READ 65536u

void tcp_bytes_add(struct tcp_bytes *b, const uint8_t *p, uint32_t n)
{
	if (b->len + n > b->cap) {
		b->cap = MAX(b->cap * 2, b->len + n);
		b->p = xrealloc(b->p, b->cap);
	}
	if (n)
		memcpy(b->p + b->len, p, n);
	b->len += n;
}

void tcp_bytes_drop(struct tcp_bytes *b, uint32_t n)
{
	b->len -= n;
	if (n && b->len)
		memmove(b->p, b->p + n, b->len);
}

static struct tcp_sock *tcp_new(struct sock *sk)
{
	struct tcp_sock *tp = xcalloc(1, sizeof(*tp));

	sk->tcp = tp;
	tp->sk = sk;
	tp->rto = TCP_RTO_INIT_NS;
	tp->cwnd = TCP_INIT_CWND;
	tp->mss = TCP_MSS_DEFAULT;
	tp->rcv_mss = TCP_MSS_DEFAULT;
	tp->scaling_ratio = 128;
	tp->rtx.fn = tcp_rtx_timer;
	tp->delack.fn = tcp_delack_timer;
	return tp;
}

void tcp_sock_free(struct sock *sk)
{
	struct tcp_sock *tp = sk->tcp;

	timer_off(sk->host->clock, &tp->rtx);
	timer_off(sk->host->clock, &tp->delack);
	while (tp->ooo) {
		struct tcp_ooo *o = tp->ooo;

		tp->ooo = o->next;
		free(o);
	}
	free(tp->snd.p);
	free(tp->rcv.p);
	free(tp);
	sk->tcp = NULL;
}

int tcp_listen(struct sock *sk, const struct sock_open *o)
{
	(void)o;
	tcp_new(sk)->state = TCP_LISTEN;
	return 0;
}

int tcp_connect(struct sock *sk, const struct sock_open *o)
{
	struct tcp_sock *tp = tcp_new(sk);

	tp->iss = o->isn_given ? o->isn : sock_isn(sk->host, sk->saddr, sk->sport, sk->daddr, sk->dport);
	tp->snd_una = tp->iss;
	tp->snd_nxt = tp->snd_high = tp->snd_small = tp->iss + 1;
	tp->state = TCP_SYN_SENT;
	tp->opened = sk->host->clock->now;
	tp->accepted = true;
	if (o->data)
		tcp_bytes_add(&tp->snd, o->data, (uint32_t)o->len);
	return tcp_send_syn(tp);
}

/* The connection a SYN to a listener asks for; its program gets it by accept. */
struct sock *tcp_child(struct sock *listener, const struct packet *p)
{
	const uint8_t *ip = pkt_nh(p), *th = pkt_th(p);
	struct host *h = listener->host;
	struct sock_open o = { .proto = IPPROTO_TCP, .uid = listener->uid, .gid = listener->gid, .echo = listener->echo,
			       .transparent = listener->transparent, .program = listener->program,
			       .program_arg = listener->program_arg,
			       .mark = listener->mark || !h->sysctl.tcp_fwmark_accept ? listener->mark : p->mark };
	struct sock *sk = sock_new(h, &o, false);
	struct tcp_sock *tp = tcp_new(sk);

	sk->say = listener->say;
	sk->dport = get_be16(th + TCP_SPORT);
	if (p->protocol == ETH_P_IPV6) {
		sk->v6 = true;
		sk->saddr6 = ip6_daddr(ip);
		sk->daddr6 = ip6_saddr(ip);
		sk->daddr = sock6_fold(&sk->daddr6);
		/* A link-local peer is one of this link. */
		if (ipv6_is_linklocal(&sk->daddr6))
			sk->bound_ifindex = p->cb6.iif;
		sock_bind(sk, sock6_fold(&sk->saddr6), get_be16(th + TCP_DPORT));
	} else {
		sk->daddr = ip4_saddr(ip);
		sock_bind(sk, ip4_daddr(ip), get_be16(th + TCP_DPORT));
		if (ip_options_echo(h, &sk->opt, sk->optbytes, p))
			sk->opt = (struct ip_opt){ 0 };
	}
	tp->listener = listener;
	tp->state = TCP_NEW_SYN_RECV;
	tp->iss = sock_isn(h, sk->saddr, sk->sport, sk->daddr, sk->dport);
	tp->snd_una = tp->iss;
	tp->snd_nxt = tp->snd_high = tp->snd_small = tp->iss + 1;
	return sk;
}

void tcp_done(struct tcp_sock *tp, int err)
{
	struct evq *q = tp->sk->host->clock;

	timer_off(q, &tp->rtx);
	timer_off(q, &tp->delack);
	tp->state = TCP_CLOSE;
	tp->sk->err = err;
	tp->reset = err != 0;
	tp->sk->closed = true;	/* freed by its program's next turn */
	sock_wake(tp->sk);
}

void tcp_close(struct tcp_sock *tp)
{
	switch (tp->state) {
	case TCP_SYN_SENT:
		tcp_done(tp, 0);
		return;
	case TCP_ESTABLISHED:
		tp->state = TCP_FIN_WAIT1;
		break;
	case TCP_CLOSE_WAIT:
		tp->state = TCP_LAST_ACK;
		break;
	default:
		return;
	}
	if (tp->rcv.len) {	/* tcp_close: unread data is lost, the peer shall know */
		tcp_send_active_reset(tp);
		tcp_done(tp, 0);
		return;
	}
	tp->fin_queued = true;
	tcp_push(tp);
	tp->orphan = true;
}

bool tcp_has_file(const struct tcp_sock *tp)
{
	return tp->state <= TCP_NEW_SYN_RECV || (tp->accepted && !tp->orphan && tp->state != TCP_TIME_WAIT);
}

/* setsockopt(TCP_QUICKACK): answers what was put off, unless something waits to be read (a lone FIN does, too). */
static void quickack(struct tcp_sock *tp, bool unread)
{
	tp->pingpong = false;
	if (tp->ack_pending && !unread && (tp->state == TCP_ESTABLISHED || tp->state == TCP_CLOSE_WAIT))
		tcp_send_ack(tp);
}

/* Nobody has read yet: is there anything? */
static bool has_unread(const struct tcp_sock *tp)
{
	return tp->rcv.len || tp->fin_rcvd;
}

/* One read: data, end of file, or an error. */
static bool read_once(struct tcp_sock *tp)
{
	struct sock *sk = tp->sk;

	if (tp->rcv.len) {
		uint32_t n = MIN(tp->rcv.len, ECHO_READ);

		if (sk->echo && sk->host->socks->reads < 16)
			tcp_bytes_add(&tp->snd, tp->rcv.p, n);
		tcp_bytes_drop(&tp->rcv, n);
		if (tp->snd.len)
			tcp_push(tp);
		quickack(tp, tp->rcv.len > 0);
		return true;
	}
	if (tp->fin_rcvd && (tp->state == TCP_CLOSE_WAIT || tp->state == TCP_FIN_WAIT2)) {
		tcp_close(tp);
		return true;
	}
	return false;
}

/* ---- for programs of their own */

bool tcp_accept(struct sock *sk)
{
	struct tcp_sock *tp = sk->tcp;

	if (tp->accepted || tp->state < TCP_ESTABLISHED)
		return false;
	tp->accepted = true;
	sk->uid = sk->gid = 0;
	quickack(tp, has_unread(tp));
	return true;
}

void tcp_recv(struct sock *sk, struct strbuf *ret)
{
	struct tcp_sock *tp = sk->tcp;

	if (!tp->rcv.len)
		return;
	sb_write(ret, tp->rcv.p, tp->rcv.len);
	tcp_bytes_drop(&tp->rcv, tp->rcv.len);
	quickack(tp, false);
}

bool tcp_eof(const struct sock *sk)
{
	return !sk->tcp->rcv.len && (sk->tcp->fin_rcvd || sk->tcp->state == TCP_CLOSE);
}

bool tcp_established(const struct sock *sk)
{
	return sk->tcp->state == TCP_ESTABLISHED || sk->tcp->state == TCP_CLOSE_WAIT;
}

bool tcp_over(const struct sock *sk)
{
	return sk->tcp->state == TCP_CLOSE;
}

bool tcp_time_wait(const struct sock *sk)
{
	return sk->tcp->state == TCP_TIME_WAIT;
}

void tcp_send(struct sock *sk, const void *data, size_t len)
{
	struct tcp_sock *tp = sk->tcp;

	if (tp->fin_queued || tp->state == TCP_CLOSE)
		return;
	tcp_bytes_add(&tp->snd, data, (uint32_t)len);
	tcp_push(tp);
}

void tcp_shutdown(struct sock *sk)
{
	tcp_close(sk->tcp);
}

/* One write for each. */
static void say_all(struct tcp_sock *tp)
{
	for (const struct sock_say *s = tp->sk->say; s && tp->state >= TCP_ESTABLISHED; s = s->next) {
		tcp_bytes_add(&tp->snd, s->data, (uint32_t)s->len);
		tcp_push(tp);
	}
}

bool tcp_program(struct sock *sk)
{
	struct tcp_sock *tp = sk->tcp;

	if (tp->state == TCP_LISTEN || tp->state == TCP_NEW_SYN_RECV || tp->state == TCP_SYN_SENT)
		return false;
	if (tp->state == TCP_CLOSE) {
		sock_free(sk);
		return false;
	}
	if (!tp->accepted) {
		tp->accepted = true;
		sk->uid = sk->gid = 0;	/* a socket belongs to who accepts it, here the program, not to who listened */
		quickack(tp, has_unread(tp));
		say_all(tp);
		sock_wake(sk);
		return true;
	}
	if (!read_once(tp))
		return false;
	sock_wake(sk);
	return true;
}

bool tcp_is_request(const struct tcp_sock *tp)
{
	return tp->state == TCP_NEW_SYN_RECV && !tp->crossed;
}

void tcp_request_err(struct tcp_sock *tp, const uint8_t *th, bool forget)
{
	if (forget && get_be32(th + TCP_SEQ) == tp->iss)
		tcp_done(tp, 0);
}

/* A hard error, of a connection that is not there yet. */
static int hard_error(int type, int code)
{
	if (type == ICMP_PARAMETERPROB)
		return EPROTO;
	return type == ICMP_DEST_UNREACH && code == ICMP_PORT_UNREACH ? ECONNREFUSED : EHOSTUNREACH;
}

/* What an error says about: something sent and not acknowledged yet. */
static bool in_flight_at(const struct tcp_sock *tp, const uint8_t *th)
{
	uint32_t seq = get_be32(th + TCP_SEQ);

	return !seq_before(seq, tp->snd_una) && !seq_after(seq, tp->snd_nxt);
}

static bool hears_errors(const struct tcp_sock *tp, uint32_t len)
{
	return len >= 8 && tp->state != TCP_LISTEN && tp->state != TCP_CLOSE;
}

/* tcp_v4_err, tcp_v6_err: an error ends only what is not yet established. One made by the SYN itself, on this host, while connect()
 * holds the socket, the kernel counts in LockDroppedIcmps and forgets; the SYN is sent again. */
static void end_opening(struct sock *sk, const struct net_device *dev, int err)
{
	struct tcp_sock *tp = sk->tcp;

	if (dev->kind == DEV_LO && tp->opened == sk->host->clock->now)
		return;
	if (tp->state == TCP_SYN_SENT || tp->state == TCP_NEW_SYN_RECV)
		tcp_done(tp, err);
}

void tcp_icmp_err(struct sock *sk, const struct net_device *dev, const uint8_t *th, uint32_t len, int type, int code,
		  uint32_t info)
{
	struct tcp_sock *tp = sk->tcp;

	if (!hears_errors(tp, len))
		return;
	if (tcp_is_request(tp)) {
		tcp_request_err(tp, th, type == ICMP_PARAMETERPROB || type == ICMP_TIME_EXCEEDED ||
				(type == ICMP_DEST_UNREACH && (code == ICMP_NET_UNREACH || code == ICMP_HOST_UNREACH)));
		return;
	}
	if (type == ICMP_SOURCE_QUENCH || tp->state == TCP_TIME_WAIT)
		return;
	if (!in_flight_at(tp, th))
		return;
	if (type == ICMP_DEST_UNREACH && code == ICMP_FRAG_NEEDED) {
		uint32_t head = tcp_iph(sk) + TCP_HLEN, mss = info > head ? info - head : 0;

		if (mss && mss < tp->mss && tp->state != TCP_SYN_SENT) {
			tp->mss = mss;
			if (tp->snd_nxt - tp->snd_una <= mss)
				return;		/* tcp_simple_retransmit: only what was too long goes again */
			tp->snd_nxt = tp->snd_una;
			tp->fin_sent = false;
			tcp_push(tp);
		}
		return;
	}
	end_opening(sk, dev, hard_error(type, code));
}

void tcp_heard_err(struct sock *sk, const struct net_device *dev, const uint8_t *th, uint32_t len, int err)
{
	if (hears_errors(sk->tcp, len) && in_flight_at(sk->tcp, th))
		end_opening(sk, dev, err);
}
