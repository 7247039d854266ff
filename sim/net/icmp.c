// SPDX-License-Identifier: MIT
/* icmp.c - ICMP: answers, errors made here with all the cases in which none may be made, and errors
 * received (net/ipv4/icmp.c; ip_rt_send_redirect of route.c; inet_peer_xrlim_allow of inetpeer.c). */
#include "sim/conntrack/conntrack.h"
#include "sim/net/icmp_limit.h"
#include "sim/net/inetpeer.h"
#include "sim/net/net.h"
#include "sim/net/sock.h"
#include "sim/net/tcp.h"
#include "sim/packet/headers.h"
#include <netinet/in.h>
#include <stdlib.h>

#define NR_ICMP_TYPES	   18
#define ICMP_EXT_ECHO	   42
#define ICMP_EXT_ECHOREPLY 43
#define NR_ICMP_UNREACH	   15
#define ICMP_REDIR_HOST	   1
#define QUOTE_MAX	   576 /* an error is not longer than this */

/* Types that are errors, those nobody knows included: none of them is answered by an error. */
static bool icmp_is_error(unsigned type)
{
	const uint32_t errors = 1u << 1 | 1u << 2 | 1u << ICMP_DEST_UNREACH |
				1u << ICMP_SOURCE_QUENCH | 1u << ICMP_REDIRECT | 1u << 6 | 1u << 7 |
				1u << 9 | 1u << 10 | 1u << ICMP_TIME_EXCEEDED |
				1u << ICMP_PARAMETERPROB;

	return type > NR_ICMP_TYPES || errors >> type & 1;
}

struct icmp_state {
	struct peer_table peers;
	struct peer6 *peers6;
	int64_t stamp;	/* jiffies of the last refill */
	int64_t credit; /* messages that may be sent yet */
	bool busy;	/* a message is being sent: none about it, whoever asks */
};

void icmp_init(struct host *h)
{
	h->icmp = xcalloc(1, sizeof(*h->icmp));
	h->icmp->stamp = -HZ;
}

void icmp_destroy(struct host *h)
{
	if (!h->icmp)
		return;
	peer_table_free(&h->icmp->peers);
	peer6_free(&h->icmp->peers6);
	free(h->icmp);
	h->icmp = NULL;
}

struct peer6 **icmp_peers6(struct host *h)
{
	return &h->icmp->peers6;
}

struct peer_table *icmp_peers(struct host *h)
{
	return &h->icmp->peers;
}

/* ---- rate limits ---- */
bool peer_xrlim_allow(struct host *h, struct inet_peer *peer, int timeout)
{
	enum { BURST = 6 };
	int64_t now = (int64_t)host_jiffies(h), delta = now - peer->rate_last;

	if (delta) {
		peer->rate_last = now;
		peer->rate_tokens = MIN(peer->rate_tokens + delta, (int64_t)BURST * timeout);
	}
	if (peer->rate_tokens < timeout)
		return false;
	peer->rate_tokens -= timeout;
	return true;
}

bool inet_peer_xrlim_allow(struct host *h, be32 daddr, int timeout)
{
	return peer_xrlim_allow(h, inet_getpeer(h, daddr), timeout);
}

bool icmp_busy(const struct host *h)
{
	return h->icmp->busy;
}

void icmp_set_busy(struct host *h, bool busy)
{
	h->icmp->busy = busy;
}

bool icmp_global_allow(struct host *h)
{
	struct icmp_state *s = h->icmp;
	int64_t now = (int64_t)host_jiffies(h), delta = MIN(now - s->stamp, HZ), incr;

	if (s->credit > 0)
		return true;
	if (delta < HZ / 50)
		return false;
	incr = h->sysctl.icmp_msgs_per_sec * delta / HZ;
	if (!incr)
		return false;
	s->stamp = now;
	s->credit = MIN(s->credit + incr, h->sysctl.icmp_msgs_burst);
	return true;
}

/* Is the type one that is limited at all? */
static bool icmp_limited(const struct host *h, int type, int code)
{
	if (type > NR_ICMP_TYPES || (type == ICMP_DEST_UNREACH && code == ICMP_FRAG_NEEDED))
		return false;
	return h->sysctl.icmp_ratemask >> type & 1;
}

/* The limit per destination; what passes both costs one message on average, not to be counted from outside. */
static bool icmp_xrlim_allow(struct host *h, const struct dst *dst, be32 daddr)
{
	int timeout = (int)(((int64_t)h->sysctl.icmp_ratelimit * HZ + 999) / 1000);

	if (!(dst->dev && dst->dev->flags & IFF_LOOPBACK) &&
	    !inet_peer_xrlim_allow(h, daddr, timeout))
		return false;
	h->icmp->credit -= rng_below(&h->rng_misc, 3);
	return true;
}

/* ---- sending ---- */
struct icmp_param {
	struct host *h;
	struct packet *cause; /* the packet it is about or answers, borrowed */
	int type, code;
	be32 rest;	   /* second word of the header */
	uint32_t head_len; /* ICMP header with what follows it that is not copied */
	be32 times[3];
	const uint8_t *data; /* copied behind */
	uint32_t data_len;
	uint8_t tos;
	uint32_t mark;
	struct ip_opt opt;
	uint8_t optbytes[40];
};

/* Why no message came of it, for who wants to know; NULL = it was sent. */
static void icmp_event(const struct icmp_param *c, const char *kept)
{
	struct trace *t = c->h->trace;
	struct event ev = { .type = EV_ICMP, .host = c->h, .pkt = c->cause };

	if (!trace_on(t, EV_ICMP))
		return;
	ev.u.icmp.type = (uint8_t)c->type;
	ev.u.icmp.code = (uint8_t)c->code;
	ev.u.icmp.info = ntohl(c->rest);
	ev.u.icmp.kept = kept;
	trace_emit(t, &ev);
}

static void icmp_push_reply(struct icmp_param *c, const struct flowi4 *fl, const struct dst *dst,
			    be32 daddr)
{
	struct packet *p = pkt_alloc(c->h->pool, c->head_len + c->data_len);
	uint8_t *icmp = pkt_put(p, c->head_len + c->data_len);
	struct ip_build b = { .saddr = fl->saddr,
			      .daddr = daddr,
			      .tos = c->tos,
			      .proto = IPPROTO_ICMP,
			      .opt = &c->opt,
			      .optbytes = c->optbytes };
	be16 sum;

	icmp[ICMP_TYPE] = (uint8_t)c->type;
	icmp[ICMP_CODE] = (uint8_t)c->code;
	memset(icmp + ICMP_CSUM, 0, 2);
	memcpy(icmp + 4, &c->rest, 4);
	memcpy(icmp + ICMP_HLEN, c->times, c->head_len - ICMP_HLEN);
	memcpy(icmp + c->head_len, c->data, c->data_len);
	/* As the kernel's copying sum starts: a message of zeros gets 0, not 0xffff. */
	sum = csum_fold(csum_partial(icmp, c->head_len + c->data_len, 0xffff));
	memcpy(icmp + ICMP_CSUM, &sum, 2);
	p->parent = c->cause->id;
	p->tstamp = c->h->clock->now;
	p->dst = *dst;
	p->mark = c->mark;
	p->ignore_df = true;
	p->sk_kernel = true;
	ip_build_header(c->h, p, &b);
	if (icmp_is_error((unsigned)c->type))
		nf_ct_attach(p, c->cause);
	ip_local_out(c->h, p);
}

static uint32_t reply_mark(const struct host *h, const struct packet *p)
{
	return h->sysctl.fwmark_reflect ? p->mark : 0;
}

/* Finds the way to daddr (or the first hop of the route back) and sends. A saddr of 0 is the route's. */
static void icmp_route_and_push(struct icmp_param *c, be32 saddr, be32 daddr, bool limited,
				bool error)
{
	struct flowi4 fl = { .daddr = c->opt.srr ? c->opt.faddr : daddr,
			     .saddr = saddr,
			     .mark = c->mark,
			     .tos = c->tos & 0xfc,
			     .proto = IPPROTO_ICMP };
	struct dst dst = { 0 };
	int room;

	if (error)	/* type and code lie where rules by port look for the destination port */
		fl.dport = htons((uint16_t)(c->type << 8 | c->code));

	/* Of several next hops an error takes that of the packet it is about. */
	if ((error ? ip_route_output_hash(c->h, &fl, &dst, c->cause) : ip_route_output(c->h, &fl, &dst)) < 0) {
		icmp_event(c, "no route back");
		return;
	}
	if (limited && !icmp_xrlim_allow(c->h, &dst, fl.daddr)) {
		icmp_event(c, "icmp_ratelimit");
		return;
	}
	if (error) {
		room = (int)MIN(dst_mtu(&dst), QUOTE_MAX) - IP_HLEN - c->opt.optlen - ICMP_HLEN;
		if (room <= IP_HLEN) {
			icmp_event(c, "MTU too small");
			return;
		}
		c->data_len = MIN(c->data_len, (uint32_t)room);
		if (!fl.saddr)
			fl.saddr = htonl(INADDR_DUMMY); /* 192.0.0.8, RFC 7600 */
	}
	icmp_event(c, NULL);
	icmp_push_reply(c, &fl, &dst, daddr);
}

/* Answers echo and timestamp requests. */
static void icmp_reply(struct icmp_param *c)
{
	struct host *h = c->h;
	const uint8_t *ip = pkt_nh(c->cause);
	bool limited = icmp_limited(h, c->type, c->code);

	if (ip_options_echo(h, &c->opt, c->optbytes, c->cause))
		return;
	if (limited && !icmp_global_allow(h)) {
		icmp_event(c, "icmp_msgs_per_sec");
		return;
	}
	if (h->icmp->busy)
		return;
	c->tos = ip[IP4_TOS];
	c->mark = reply_mark(h, c->cause);
	h->icmp->busy = true;
	icmp_route_and_push(c, fib_compute_spec_dst(c->cause), ip4_saddr(ip), limited, false);
	h->icmp->busy = false;
}

/* The rules that depend on the packet alone: why an error about it must not be made, or NULL. */
static const char *icmp_forbidden(const struct packet *p, int type)
{
	const uint8_t *ip = pkt_nh(p), *inner;

	if (p->pkt_type != PACKET_HOST)
		return "link-layer broadcast";
	if (p->dst.flags & (RTCF_BROADCAST | RTCF_MULTICAST))
		return "broadcast";
	if (ip4_fragoff(ip))
		return "not the first fragment";
	if (!icmp_is_error((unsigned)type) || ip[IP4_PROTO] != IPPROTO_ICMP)
		return NULL;
	inner = pkt_at(p, ip4_hlen(ip) + ICMP_TYPE, 1);
	if (!inner || icmp_is_error(*inner))
		return "about an ICMP error";
	return NULL;
}

static be32 icmp_source(struct host *h, const struct packet *p)
{
	const uint8_t *ip = pkt_nh(p);

	if (p->dst.flags & RTCF_LOCAL)
		return ip4_daddr(ip);
	if (p->dst.is_input && h->sysctl.icmp_errors_use_inbound_ifaddr && p->in_dev)
		return inet_select_addr(p->in_dev, ip4_saddr(ip), RT_SCOPE_LINK);
	return 0;
}

void icmp_send(struct packet *p, int type, int code, be32 info)
{
	struct net_device *dev = p->dst.dev ? p->dst.dev : p->dev;
	struct icmp_param c = {
		.cause = p, .type = type, .code = code, .rest = info, .head_len = ICMP_HLEN
	};
	const uint8_t *ip = pkt_nh(p);
	uint8_t *th = pkt_nh(p) + ip4_hlen(ip);
	uint32_t at = ip[IP4_PROTO] == IPPROTO_TCP ? TCP_CSUM : UDP_CSUM;
	bool limited = false;
	const char *kept;
	be16 whole = 0;
	struct host *h;

	if (!p->dst.set || !dev || pkt_len(p) < IP_HLEN)
		return;
	h = c.h = dev->host;
	kept = icmp_forbidden(p, type);
	if (!kept && !(p->dev && p->dev->flags & IFF_LOOPBACK)) {
		limited = icmp_limited(h, type, code);
		if (limited && !icmp_global_allow(h))
			kept = "icmp_msgs_per_sec";
	}
	if (!kept && h->icmp->busy)
		kept = "about an ICMP message being sent";
	if (kept) {
		icmp_event(&c, kept);
		return;
	}
	c.tos = icmp_is_error((unsigned)type) ? (uint8_t)((ip[IP4_TOS] & 0x1e) | 0xc0)
					      : ip[IP4_TOS];
	c.mark = reply_mark(h, p);
	c.data = ip;
	c.data_len = pkt_len(p);
	if (ip_options_echo(h, &c.opt, c.optbytes, p))
		return;
	if (p->csum_partial)
		whole = csum_unfinish(th, pkt_len(p) - ip4_hlen(ip), at);
	h->icmp->busy = true;
	icmp_route_and_push(&c, icmp_source(h, p), ip4_saddr(ip), limited, true);
	h->icmp->busy = false;
	if (p->csum_partial)
		memcpy(th + at, &whole, sizeof(whole));
}

/* "Another router on your own link is nearer." Each ignored one makes the next come later. */
void ip_rt_send_redirect(struct packet *p)
{
	struct net_device *out = p->dst.dev;
	struct host *h = out->host;
	int64_t now = (int64_t)host_jiffies(h);
	const uint8_t *ip = pkt_nh(p);
	struct inet_peer *peer;

	if (!IN_DEV_ORCONF(out, send_redirects))
		return;
	peer = inet_getpeer(h, ip4_saddr(ip));
	if (now > peer->rate_last + h->sysctl.redirect_silence) {
		peer->rate_tokens = 0;
		peer->n_redirects = 0;
	}
	if (peer->n_redirects >= (uint32_t)h->sysctl.redirect_number) {
		peer->rate_last = now;
		return;
	}
	if (peer->n_redirects == 0 || now > peer->rate_last + ((int64_t)h->sysctl.redirect_load
							       << MIN(peer->n_redirects, 31))) {
		be32 gw = p->dst.has_gw ? p->dst.gw.ip : ip4_daddr(ip);

		icmp_send(p, ICMP_REDIRECT, ICMP_REDIR_HOST, gw);
		/* Sending may have made entries: look again. */
		peer = inet_getpeer(h, ip4_saddr(pkt_nh(p)));
		peer->rate_last = now;
		peer->n_redirects++;
	}
}

/* ---- receiving ---- */
static uint32_t icmp_data_len(const struct packet *p)
{
	return p->tail - p->th - ICMP_HLEN;
}

static enum drop_reason icmp_echo(struct packet *p)
{
	struct host *h = p->dev->host;
	const uint8_t *icmp = pkt_th(p);
	struct icmp_param c = { .h = h,
				.cause = p,
				.type = ICMP_ECHOREPLY,
				.code = icmp[ICMP_CODE],
				.rest = load_be32(icmp + ICMP_ID),
				.head_len = ICMP_HLEN,
				.data = icmp + ICMP_HLEN,
				.data_len = icmp_data_len(p) };

	if (!h->sysctl.icmp_echo_ignore_all)
		icmp_reply(&c);
	return PKT_NOT_DROPPED;
}

static enum drop_reason icmp_timestamp(struct packet *p)
{
	struct host *h = p->dev->host;
	const uint8_t *icmp = pkt_th(p);
	be32 now = inet_current_timestamp(h);
	struct icmp_param c = { .h = h,
				.cause = p,
				.type = ICMP_TIMESTAMPREPLY,
				.rest = load_be32(icmp + ICMP_ID),
				.head_len = ICMP_HLEN + 12,
				.data = icmp };

	if (icmp_data_len(p) < 4)
		return DROP_PKT_TOO_SMALL;
	c.times[0] = load_be32(icmp + ICMP_HLEN);
	c.times[1] = c.times[2] = now;
	icmp_reply(&c);
	return PKT_NOT_DROPPED;
}

/* Does a socket send this flow? TCP also asks for a sequence number that it has sent. */
static bool flow_of_socket(struct host *h, const uint8_t *ip)
{
	const uint8_t *th = ip + ip4_hlen(ip);
	struct sock *sk = sock_lookup(h, ip[IP4_PROTO], ip4_daddr(ip), get_be16(th + 2),
				      ip4_saddr(ip), get_be16(th), NULL);
	uint32_t seq;

	if (!sk || sk->proto != IPPROTO_TCP)
		return sk;
	if (sk->listening || !sk->tcp || tcp_is_request(sk->tcp) || sk->tcp->state == TCP_TIME_WAIT)
		return false;
	seq = get_be32(th + TCP_SEQ) - sk->tcp->snd_una;
	return seq <= sk->tcp->snd_nxt - sk->tcp->snd_una;
}

/* What an error says about the way, not about its end: a smaller MTU, a nearer router. */
static void icmp_learn(struct packet *p, const uint8_t *ip, uint32_t info)
{
	const uint8_t *icmp = pkt_th(p);
	struct host *h = p->dev->host;

	if (icmp[ICMP_TYPE] == ICMP_DEST_UNREACH && icmp[ICMP_CODE] == ICMP_FRAG_NEEDED)
		ip_rt_update_pmtu(h, p, ip4_daddr(ip), ip4_saddr(ip), info);
	else if (icmp[ICMP_TYPE] == ICMP_REDIRECT && (icmp[ICMP_CODE] & 7) <= 3)
		ip_rt_redirect(h, p, ip4_daddr(ip), ip4_saddr(ip), ip4_saddr(pkt_nh(p)),
			       htonl(info), p->dev);
}

static void icmp_socket_deliver(struct packet *p, uint32_t info)
{
	const uint8_t *icmp = pkt_th(p), *ip = icmp + ICMP_HLEN;
	struct host *h = p->dev->host;
	uint32_t len = icmp_data_len(p);

	/* All of the quoted header and 8 bytes behind it: what every protocol needs. */
	if (len < ip4_hlen(ip) + 8)
		return;
	switch (ip[IP4_PROTO]) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		if (flow_of_socket(h, ip))
			icmp_learn(p, ip, info);
		if (icmp[ICMP_TYPE] != ICMP_REDIRECT)
			sock_icmp_err(p->dev, ip, len, icmp[ICMP_TYPE], icmp[ICMP_CODE], info);
		break;
	case IPPROTO_ICMP: /* about what this host sent without a socket: its echo replies */
		if (ip[ip4_hlen(ip) + ICMP_TYPE] == ICMP_ECHOREPLY)
			icmp_learn(p, ip, info);
		else if (icmp[ICMP_TYPE] != ICMP_REDIRECT)
			ping_err(p->dev, ip, len, icmp[ICMP_TYPE], icmp[ICMP_CODE]);
		break;
	}
}

/* What a "fragmentation needed" may tell, by ip_no_pmtu_disc; false: not even the socket hears of it. */
static bool frag_needed(const struct host *h, const uint8_t *icmp, const uint8_t *inner,
			uint32_t *ret_info)
{
	switch (h->sysctl.ip_no_pmtu_disc) {
	case 2: return false;
	case 3: /* only protocols that check the quoted sequence number */
		if (inner[IP4_PROTO] != IPPROTO_TCP)
			return false;
		*ret_info = get_be16(icmp + ICMP_SEQ);
		break;
	case 0: *ret_info = get_be16(icmp + ICMP_SEQ); break;
	}
	return true;
}

/* Destination unreachable, time exceeded, source quench, parameter problem. */
static enum drop_reason icmp_unreach(struct packet *p)
{
	struct host *h = p->dev->host;
	const uint8_t *icmp = pkt_th(p), *inner = icmp + ICMP_HLEN;
	uint32_t info = 0;

	if (icmp_data_len(p) < IP_HLEN)
		return DROP_NOT_SPECIFIED;
	if (ip4_hlen(inner) < IP_HLEN)
		return DROP_IP_INHDR;
	switch (icmp[ICMP_TYPE]) {
	case ICMP_DEST_UNREACH:
		if ((icmp[ICMP_CODE] & 15) == ICMP_FRAG_NEEDED &&
		    !frag_needed(h, icmp, inner, &info))
			return PKT_NOT_DROPPED;
		if (icmp[ICMP_CODE] > NR_ICMP_UNREACH)
			return PKT_NOT_DROPPED;
		break;
	case ICMP_PARAMETERPROB: info = icmp[ICMP_ID]; break;
	case ICMP_TIME_EXCEEDED:
		if (icmp[ICMP_CODE] == ICMP_EXC_FRAGTIME)
			return PKT_NOT_DROPPED;
		break;
	}
	/* Some answer broadcasts with errors; those are not for any socket. */
	if (!h->sysctl.icmp_ignore_bogus_error_responses &&
	    inet_addr_type_dev_table(h, p->dev, ip4_daddr(inner)) == RTN_BROADCAST)
		return PKT_NOT_DROPPED;
	icmp_socket_deliver(p, info);
	return PKT_NOT_DROPPED;
}

static enum drop_reason icmp_redirect(struct packet *p)
{
	if (icmp_data_len(p) < IP_HLEN)
		return DROP_PKT_TOO_SMALL;
	icmp_socket_deliver(p, get_be32(pkt_th(p) + ICMP_ID));
	return PKT_NOT_DROPPED;
}

/* Broadcasts and multicasts: pings only when allowed, and nothing else but address masks. */
static bool bad_for_group(const struct host *h, unsigned type)
{
	switch (type) {
	case ICMP_ECHO:
	case ICMP_TIMESTAMP: return h->sysctl.icmp_echo_ignore_broadcasts;
	case ICMP_ADDRESS:
	case ICMP_ADDRESSREPLY: return false;
	}
	return true;
}

static enum drop_reason icmp_handle(struct packet *p)
{
	struct host *h = p->dev->host;
	unsigned type;

	/* A packet that a capture has cut cannot be checked. */
	if (p->ip_summed != CHECKSUM_UNNECESSARY && !p->cut &&
	    csum_fold(csum_partial(pkt_th(p), p->tail - p->th, 0)) != 0)
		return DROP_ICMP_CSUM;
	if (p->tail - p->th < ICMP_HLEN)
		return DROP_NOT_SPECIFIED;
	type = pkt_th(p)[ICMP_TYPE];
	if (type == ICMP_EXT_ECHOREPLY)
		return DROP_NO_SOCKET;
	if (type == ICMP_EXT_ECHO)
		return PKT_NOT_DROPPED;
	if (type > NR_ICMP_TYPES)
		return DROP_UNHANDLED_PROTO;
	if (p->dst.flags & (RTCF_BROADCAST | RTCF_MULTICAST) && bad_for_group(h, type))
		return DROP_INVALID_PROTO;
	switch (type) {
	case ICMP_ECHOREPLY: return ping_rcv(p) ? PKT_NOT_DROPPED : DROP_NO_SOCKET;
	case ICMP_DEST_UNREACH:
	case ICMP_SOURCE_QUENCH:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETERPROB: return icmp_unreach(p);
	case ICMP_REDIRECT: return icmp_redirect(p);
	case ICMP_ECHO: return icmp_echo(p);
	case ICMP_TIMESTAMP: return icmp_timestamp(p);
	}
	return PKT_NOT_DROPPED;
}

void icmp_rcv(struct packet *p)
{
	struct host *h = p->dev->host;
	enum drop_reason reason = icmp_handle(p);

	if (reason) {
		pkt_drop(h, p, reason, "icmp_rcv");
		return;
	}
	if (trace_on(h->trace, EV_DELIVER)) {
		struct event ev = {
			.type = EV_DELIVER, .host = h, .pkt = p, .u.deliver = { .what = "icmp" }
		};

		trace_emit(h->trace, &ev);
	}
	pkt_free(p);
}
