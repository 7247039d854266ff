/* SPDX-License-Identifier: MIT */
/* tcp.h - what the files of our small TCP share. It follows RFC 9293 and, where a choice shows on the
 * wire, Linux: options and their order, windows, when it answers, when it resets. */
#ifndef SIM_NET_TCP_H
#define SIM_NET_TCP_H
#include "sim/net/net.h"
#include "sim/net/sock.h"

enum tcp_state {
	TCP_CLOSE, TCP_LISTEN, TCP_SYN_SENT, TCP_NEW_SYN_RECV, TCP_ESTABLISHED, TCP_FIN_WAIT1, TCP_FIN_WAIT2,
	TCP_CLOSE_WAIT, TCP_CLOSING, TCP_LAST_ACK, TCP_TIME_WAIT
};

#define TCP_RCVBUF	131072u		/* net.ipv4.tcp_rmem[1] */
#define TCP_RMEM_MAX	33554432u	/* net.ipv4.tcp_rmem[2] */
#define TCP_MSS_DEFAULT	536u
#define TCP_RTO_MIN_NS	(200 * NSEC_PER_MSEC)
#define TCP_RTO_INIT_NS	NSEC_PER_SEC
#define TCP_RTO_MAX_NS	(120 * NSEC_PER_SEC)
#define TCP_ATO_MIN	(HZ / 25)	/* jiffies */
#define TCP_TIMEWAIT_NS	(60 * NSEC_PER_SEC)
#define TCP_INIT_CWND	10u

/* Bytes in order, from offset 0 = the first one held. */
struct tcp_bytes { uint8_t *p; uint32_t len, cap; };

struct tcp_ooo { struct tcp_ooo *next; uint32_t seq, len; bool fin; uint8_t data[]; };

struct tcp_sock {
	struct sock *sk;
	enum tcp_state state;
	/* sending: snd.p[0] has sequence number snd_una */
	uint32_t iss, snd_una, snd_nxt, snd_wnd, snd_wl1, snd_max_wnd;
	uint64_t bytes_acked;
	uint32_t snd_high, snd_small;	/* the end of all that was ever sent; of the last segment below the MSS */
	struct tcp_bytes snd;
	bool fin_queued, fin_sent;	/* our end is closed; its FIN went out */
	uint32_t cwnd, in_rtx;
	/* receiving */
	uint32_t irs, rcv_nxt, rcv_wnd, rcv_wup, rcv_ssthresh, window_clamp, rcv_mss;
	struct tcp_bytes rcv;
	uint32_t rcv_mem;		/* what rcv's segments take of the buffer, while there are any */
	struct tcp_ooo *ooo;
	bool fin_rcvd;			/* end of file, behind rcv's bytes */
	uint32_t scaling_ratio;
	/* options agreed on */
	uint32_t mss, advmss, mss_clamp, ts_recent, ts_offset;
	uint8_t snd_wscale, rcv_wscale;
	bool wscale_ok, sack_ok, tstamp_ok, ecn_ok;
	/* acknowledging */
	bool ack_pending, pingpong;
	uint8_t quick;			/* segments to answer at once */
	uint64_t lrcvtime;		/* jiffies: when data came last */
	uint32_t ato;			/* jiffies that an ACK waits to ride on data; 0 = none has come */
	/* timers */
	struct timer rtx, delack;
	uint64_t rto;			/* ns, whole jiffies */
	uint64_t syn_sent;		/* when the first SYN or SYN-ACK went out, for the round trip */
	bool probing;			/* while it goes out */
	bool probed;			/* a tail loss probe went out since the last progress */
	unsigned backoff;
	unsigned syn_again;		/* how often our SYN was sent again */
	/* listener */
	struct sock *listener;		/* of a connection that waits for accept */
	bool accepted, reset;
	bool orphan;			/* its program has closed it */
	bool crossed;			/* the two SYNs crossed: ours was the first */
	uint64_t opened;		/* when connect() was called */
};

/* Options of one segment. */
struct tcp_opts { uint32_t mss, tsval, tsecr; uint8_t wscale; bool has_mss, has_wscale, sack_perm, has_ts; };

static inline bool seq_before(uint32_t a, uint32_t b)	{ return (int32_t)(a - b) < 0; }
static inline bool seq_after(uint32_t a, uint32_t b)	{ return (int32_t)(b - a) < 0; }

/* tcp_output.c */
/* Does a program hold it, and so somebody own it? Not before accept, where a half-open one counts as its listener's,
 * nor after close. (tcp.c) */
bool tcp_has_file(const struct tcp_sock *tp);
void tcp_window_start(struct tcp_sock *tp, uint32_t mss, bool wscale_ok);
int tcp_send_syn(struct tcp_sock *tp);
int tcp_send_synack(struct tcp_sock *tp);	/* 0 or negative errno */
void tcp_send_ack(struct tcp_sock *tp);
void tcp_push(struct tcp_sock *tp);		/* sends what window and congestion allow */
void tcp_send_active_reset(struct tcp_sock *tp);
/* Answers p, which no connection wants, in the name of the socket it came to (NULL: there was none); p stays the caller's. */
void tcp_send_reset(struct packet *p, const struct sock *sk);
void tcp_reqsk_send_ack(const struct tcp_sock *tp, struct packet *p);	/* likewise, for a connection in TCP_NEW_SYN_RECV */
void tcp_arm_rtx(struct tcp_sock *tp);
void tcp_rtx_timer(struct timer *t);
void tcp_delack_timer(struct timer *t);
uint32_t tcp_receive_window(const struct tcp_sock *tp);
uint32_t tcp_win_from_space(const struct tcp_sock *tp, uint32_t space);
/* tcp.c */
struct sock *tcp_child(struct sock *listener, const struct packet *p);
void tcp_done(struct tcp_sock *tp, int err);	/* connection is over; the program learns err */
bool tcp_is_request(const struct tcp_sock *tp);	/* a SYN was answered, no socket made yet */
/* An ICMP error quotes the answer to the SYN, from th on; forget: one that says it does not get there. */
void tcp_request_err(struct tcp_sock *tp, const uint8_t *th, bool forget);
void tcp_close(struct tcp_sock *tp);		/* the program closes its end */
void tcp_bytes_add(struct tcp_bytes *b, const uint8_t *p, uint32_t n);
/* The IP header before a segment of sk. */
static inline uint32_t tcp_iph(const struct sock *sk)	{ return sk->v6 ? 40 : IP_HLEN; }
uint32_t tcp_truesize(uint32_t len);
void tcp_bytes_drop(struct tcp_bytes *b, uint32_t n);
#endif
