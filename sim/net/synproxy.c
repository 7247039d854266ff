// SPDX-License-Identifier: MIT
/* synproxy.c - SYNs answered for a server: the client's handshake first, then the server's, then their sequence
 * numbers made one (net/netfilter/nf_synproxy_core.c). Where the kernel computes a cookie again to verify it, this
 * remembers which it gave out: a recorded run brings its own numbers. */
#include "sim/net/synproxy.h"
#include "sim/conntrack/conntrack.h"
#include "sim/net/ipv6.h"
#include "sim/net/sock.h"
#include <stdlib.h>

enum { OPT_EOL = 0, OPT_NOP = 1, OPT_MSS = 2, OPT_WSCALE = 3, OPT_SACK_PERM = 4, OPT_TIMESTAMP = 8 };
#define WSCALE_MAX	14
#define COOKIE_AGE	2	/* minutes begun */
#define OPTS_MAX	40

struct opts { uint8_t options, wscale; uint16_t mss, mss_client; uint32_t tsval, tsecr; };

/* Of the client's SYN. No padding: compared as bytes. */
struct key { union inet_addr saddr, daddr; be16 sport, dport; uint32_t family; };
/* A cookie is the client's own number, that of its MSS, and what the kernel computes of addresses, ports and the minute:
 * here drawn once for each of the last two minutes. */
struct cookie { struct cookie *next; struct key key; uint32_t base[COOKIE_AGE]; uint64_t minute[COOKIE_AGE]; };

struct synproxy {
	struct conn *tmpl;	/* makes connections that know of their two halves */
	struct cookie **bucket;
	unsigned nr_buckets, nr;
	uint64_t swept;		/* minute */
	bool hooked4, hooked6;
};

static bool is_ip6(const struct packet *p)
{
	return p->protocol == ETH_P_IPV6;
}

/* ---- cookies ---- */

static uint64_t minute_of(const struct host *h)
{
	return host_jiffies(h) / (60 * HZ);
}

static struct cookie **slot_of(const struct synproxy *s, const struct key *k)
{
	uint32_t hash = (uint32_t)k->sport << 16 ^ k->dport;

	for (int i = 0; i < 4; i++)
		hash = (hash ^ k->saddr.all[i]) * 0x9e3779b1u ^ k->daddr.all[i];
	hash *= 0x85ebca6bu;
	return &s->bucket[(hash ^ hash >> 15) & (s->nr_buckets - 1)];
}

static void grow(struct synproxy *s)
{
	struct cookie **old = s->bucket;
	unsigned nr = s->nr_buckets;

	s->nr_buckets = nr ? nr * 2 : 256;
	s->bucket = xcalloc(s->nr_buckets, sizeof(struct cookie *));
	for (unsigned i = 0; i < nr; i++)
		for (struct cookie *c = old[i], *next; c; c = next) {
			struct cookie **at = slot_of(s, &c->key);

			next = c->next;
			c->next = *at;
			*at = c;
		}
	free(old);
}

/* Once a minute those that nobody may use any more go. */
static void sweep(struct synproxy *s, uint64_t minute)
{
	if (s->swept == minute)
		return;
	s->swept = minute;
	for (unsigned i = 0; i < s->nr_buckets; i++)
		for (struct cookie **at = &s->bucket[i]; *at;) {
			struct cookie *c = *at;

			if (minute - c->minute[0] < COOKIE_AGE) {
				at = &c->next;
				continue;
			}
			*at = c->next;
			free(c);
			s->nr--;
		}
}

static struct cookie *cookie_find(const struct synproxy *s, const struct key *k)
{
	struct cookie *c = s->nr_buckets ? *slot_of(s, k) : NULL;

	while (c && memcmp(&c->key, k, sizeof(*k)) != 0)
		c = c->next;
	return c;
}

static struct key key_of(const struct packet *p, const uint8_t *th)
{
	const uint8_t *ip = pkt_nh(p);
	struct key k = { .sport = load_be16(th + TCP_SPORT), .dport = load_be16(th + TCP_DPORT) };

	if (is_ip6(p)) {
		k.family = NFPROTO_IPV6;
		k.saddr = ip6_saddr(ip);
		k.daddr = ip6_daddr(ip);
	} else {
		k.family = NFPROTO_IPV4;
		k.saddr.ip = ip4_saddr(ip);
		k.daddr.ip = ip4_daddr(ip);
	}
	return k;
}

/* Only four sizes fit into a cookie. */
#define NR_MSS	4
static const uint16_t known_mss4[NR_MSS] = { 536, 1300, 1440, 1460 }, known_mss6[NR_MSS] = { 1220, 1420, 1440, 8940 };

static const uint16_t *known_mss(const struct packet *p)
{
	return is_ip6(p) ? known_mss6 : known_mss4;
}

static unsigned mss_index(const struct packet *p, uint16_t mss)
{
	const uint16_t *known = known_mss(p);
	unsigned i = NR_MSS - 1;

	while (i && mss < known[i])
		i--;
	return i;
}

static struct cookie *cookie_add(struct synproxy *s, const struct key *k, uint64_t minute)
{
	struct cookie *c = xcalloc(1, sizeof(*c)), **at;

	if (s->nr >= s->nr_buckets)
		grow(s);
	at = slot_of(s, k);
	c->key = *k;
	c->next = *at;
	c->minute[0] = c->minute[1] = minute - COOKIE_AGE;	/* too old: there is none yet */
	*at = c;
	s->nr++;
	return c;
}

/* Sockets, and so recorded numbers, know an IPv6 address by what it is folded to. */
static uint32_t draw(struct host *h, const struct key *k)
{
	bool v6 = k->family == NFPROTO_IPV6;

	return sock_isn(h, v6 ? sock6_fold(&k->daddr) : k->daddr.ip, ntohs(k->dport), v6 ? sock6_fold(&k->saddr) : k->saddr.ip,
			ntohs(k->sport));
}

static uint32_t cookie_make(struct host *h, const struct packet *p, const uint8_t *th, uint16_t mss)
{
	struct key k = key_of(p, th);
	uint32_t own = get_be32(th + TCP_SEQ) + mss_index(p, mss);
	uint64_t minute = minute_of(h);
	struct cookie *c;

	sweep(h->synproxy, minute);
	c = cookie_find(h->synproxy, &k);
	if (!c)
		c = cookie_add(h->synproxy, &k, minute);
	if (c->minute[0] != minute) {
		c->base[1] = c->base[0];
		c->minute[1] = c->minute[0];
		c->base[0] = draw(h, &k) - own;
		c->minute[0] = minute;
	}
	return c->base[0] + own;
}

/* The client's MSS, or 0 when the number acknowledged is no cookie of ours. Like the kernel, this takes one that is some
 * too high or too low for one of another MSS, when there is such: so keepalives are taken. */
static uint16_t cookie_check(struct host *h, const struct packet *p, const uint8_t *th)
{
	struct key k = key_of(p, th);
	uint64_t minute = minute_of(h);
	const struct cookie *c;

	sweep(h->synproxy, minute);
	c = cookie_find(h->synproxy, &k);
	for (int i = 0; c && i < COOKIE_AGE; i++) {
		uint32_t mss = get_be32(th + TCP_ACK) - get_be32(th + TCP_SEQ) - c->base[i];

		if (minute - c->minute[i] < COOKIE_AGE && mss < NR_MSS)
			return known_mss(p)[mss];
	}
	return 0;
}

/* ---- options ---- */

static void take_option(struct opts *o, const uint8_t *opt)
{
	switch (opt[0]) {
	case OPT_MSS:
		if (opt[1] != 4)
			return;
		o->mss = get_be16(opt + 2);
		o->options |= SYNPROXY_MSS;
		return;
	case OPT_WSCALE:
		if (opt[1] != 3)
			return;
		o->wscale = MIN(opt[2], WSCALE_MAX);
		o->options |= SYNPROXY_WSCALE;
		return;
	case OPT_TIMESTAMP:
		if (opt[1] != 10)
			return;
		o->tsval = get_be32(opt + 2);
		o->tsecr = get_be32(opt + 6);
		o->options |= SYNPROXY_TIMESTAMP;
		return;
	case OPT_SACK_PERM:
		if (opt[1] == 2)
			o->options |= SYNPROXY_SACK_PERM;
		return;
	}
}

/* The next option that is more than one octet, or NULL. */
static const uint8_t *next_option(const uint8_t **at, const uint8_t *end)
{
	const uint8_t *opt;

	while (*at < end && **at == OPT_NOP)
		(*at)++;
	opt = *at;
	if (end - opt < 2 || opt[0] == OPT_EOL || opt[1] < 2 || opt[1] > end - opt)
		return NULL;
	*at += opt[1];
	return opt;
}

/* false: the header is cut off. */
static bool parse_options(const struct packet *p, uint32_t thoff, struct opts *o)
{
	const uint8_t *th = pkt_at(p, thoff, TCP_HLEN), *at, *opt, *end;

	*o = (struct opts){ 0 };
	if (!th || tcp_hlen(th) < TCP_HLEN || !pkt_at(p, thoff, tcp_hlen(th)))
		return false;
	at = th + TCP_HLEN;
	end = th + tcp_hlen(th);
	while ((opt = next_option(&at, end)))
		take_option(o, opt);
	return true;
}

static uint32_t put_options(uint8_t *to, const struct opts *o)
{
	uint8_t *at = to;

	if (o->options & SYNPROXY_MSS) {
		put_be32(at, (uint32_t)OPT_MSS << 24 | 4u << 16 | o->mss);
		at += 4;
	}
	if (o->options & SYNPROXY_TIMESTAMP) {
		put_be32(at, (o->options & SYNPROXY_SACK_PERM ? (uint32_t)OPT_SACK_PERM << 24 | 2u << 16 : (uint32_t)OPT_NOP << 24 | (uint32_t)OPT_NOP << 16) |
			 (uint32_t)OPT_TIMESTAMP << 8 | 10);
		put_be32(at + 4, o->tsval);
		put_be32(at + 8, o->tsecr);
		at += 12;
	} else if (o->options & SYNPROXY_SACK_PERM) {
		put_be32(at, (uint32_t)OPT_NOP << 24 | (uint32_t)OPT_NOP << 16 | (uint32_t)OPT_SACK_PERM << 8 | 2);
		at += 4;
	}
	if (o->options & SYNPROXY_WSCALE) {
		put_be32(at, (uint32_t)OPT_NOP << 24 | (uint32_t)OPT_WSCALE << 16 | 3u << 8 | o->wscale);
		at += 4;
	}
	return (uint32_t)(at - to);
}

/* The client's options travel in the timestamp, which it sends back. */
static void make_timestamp_cookie(const struct host *h, const struct synproxy_info *info, struct opts *o)
{
	o->tsecr = o->tsval;
	o->tsval = (uint32_t)(h->clock->now / NSEC_PER_MSEC) & ~0x3fu;
	if (o->options & SYNPROXY_WSCALE) {
		o->tsval |= o->wscale;
		o->wscale = info->wscale;
	} else {
		o->tsval |= 0xf;
	}
	o->tsval |= o->options & SYNPROXY_SACK_PERM ? 0x10 : 0;
	o->tsval |= o->options & SYNPROXY_ECN ? 0x20 : 0;
}

static void read_timestamp_cookie(struct opts *o)
{
	o->wscale = o->tsecr & 0xf;
	o->options |= o->wscale != 0xf ? SYNPROXY_WSCALE : 0;
	o->options |= o->tsecr & 0x10 ? SYNPROXY_SACK_PERM : 0;
	o->options |= o->tsecr & 0x20 ? SYNPROXY_ECN : 0;
}

/* ---- segments of ours ---- */

/* back: from the server's address to the client's, as old is; else the other way round. */
struct segment { bool back; uint32_t seq, ack; uint8_t flags; uint16_t window; const struct opts *opts; struct conn *ct; uint8_t ctinfo; };

/* The checksum is left out. The header's length. */
static uint32_t put_tcp(uint8_t *th, const uint8_t *oth, const struct segment *s)
{
	uint32_t len = TCP_HLEN + put_options(th + TCP_HLEN, s->opts);

	memcpy(th + TCP_SPORT, oth + (s->back ? TCP_DPORT : TCP_SPORT), 2);
	memcpy(th + TCP_DPORT, oth + (s->back ? TCP_SPORT : TCP_DPORT), 2);
	put_be32(th + TCP_SEQ, s->seq);
	put_be32(th + TCP_ACK, s->ack);
	th[TCP_OFF] = (uint8_t)(len / 4 << 4);
	th[TCP_FLAGS] = s->flags;
	put_be16(th + TCP_WIN, s->window);
	return len;
}

static void put_sum(uint8_t *th, uint32_t len, uint32_t ends)
{
	be16 sum = csum_fold(csum_partial(th, len, ends));

	memcpy(th + TCP_CSUM, &sum, sizeof(sum));
}

/* Puts the IP header in front of the segment, and routes it by addresses, mark and all; false: there is no way. */
static bool head4(struct host *h, struct packet *p, const struct packet *old, bool back)
{
	uint32_t len = pkt_len(p);
	const uint8_t *oip = pkt_nh(old);
	uint8_t *ip;

	p->th = p->nh;
	p->nh -= IP_HLEN;
	ip = pkt_nh(p);
	memset(ip, 0, IP_HLEN);
	p->protocol = ETH_P_IP;
	p->dst = old->dst;
	ip[0] = 0x45;
	put_be16(ip + IP4_TOTLEN, IP_HLEN + len);
	put_be16(ip + IP4_FRAGOFF, IP_DF);
	ip[IP4_TTL] = (uint8_t)h->sysctl.ip_default_ttl;
	ip[IP4_PROTO] = IPPROTO_TCP;
	memcpy(ip + IP4_SRC, oip + (back ? IP4_DST : IP4_SRC), 4);
	memcpy(ip + IP4_DST, oip + (back ? IP4_SRC : IP4_DST), 4);
	ip4_send_check(ip);
	put_sum(pkt_th(p), len, csum_pseudo4(ip4_saddr(ip), ip4_daddr(ip), IPPROTO_TCP, len));
	return !ip_route_me_harder(h, p, RTN_UNSPEC);
}

static bool head6(struct host *h, struct packet *p, const struct packet *old, bool back)
{
	const uint8_t *oip = pkt_nh(old), *th = pkt_nh(p);
	uint32_t len = pkt_len(p);
	struct ip6_build b = { .saddr = back ? ip6_daddr(oip) : ip6_saddr(oip), .daddr = back ? ip6_saddr(oip) : ip6_daddr(oip),
			       .hlim = (uint8_t)h->conf6_all.hop_limit, .nexthdr = IPPROTO_TCP };
	struct flowi6 fl = { .saddr = b.saddr, .daddr = b.daddr, .proto = IPPROTO_TCP, .sport = load_be16(th + TCP_SPORT),
			     .dport = load_be16(th + TCP_DPORT) };

	ip6_build_header(p, &b);
	put_sum(pkt_th(p), len, csum_pseudo6(b.saddr.ip6, b.daddr.ip6, IPPROTO_TCP, len));
	return !ip6_route_output(h, &fl, &p->dst);
}

static void send_segment(struct host *h, const struct packet *old, const uint8_t *oth, const struct segment *s)
{
	struct packet *p = pkt_alloc(h->pool, TCP_HLEN + OPTS_MAX);
	bool v6 = is_ip6(old);

	memset(pkt_put(p, TCP_HLEN + OPTS_MAX), 0, TCP_HLEN + OPTS_MAX);
	pkt_trim(p, put_tcp(pkt_nh(p), oth, s));
	p->parent = old->id;
	p->tstamp = h->clock->now;
	p->ip_summed = CHECKSUM_UNNECESSARY;
	p->csum_partial = true;
	p->local = true;
	if (!(v6 ? head6 : head4)(h, p, old, s->back)) {
		pkt_free(p);
		return;
	}
	if (s->ct) {
		ct_get(s->ct);
		p->ct = s->ct;
		p->ctinfo = s->ctinfo;
	}
	if (v6)
		ip6_local_out(h, p);
	else
		ip_local_out(h, p);
}

static void answer_syn(struct host *h, struct packet *p, const uint8_t *th, const struct synproxy_info *info, struct opts *o)
{
	struct segment s = { .back = true, .ack = get_be32(th + TCP_SEQ) + 1, .flags = TH_SYN | TH_ACK, .opts = o, .ct = p->ct,
			     .ctinfo = IP_CT_ESTABLISHED_REPLY };

	if ((th[TCP_FLAGS] & (TH_ECE | TH_CWR)) == (TH_ECE | TH_CWR))
		o->options |= SYNPROXY_ECN;
	o->options &= info->options;
	o->mss_client = o->mss;
	o->mss = info->mss;
	if (o->options & SYNPROXY_TIMESTAMP)
		make_timestamp_cookie(h, info, o);
	else
		o->options &= (uint8_t)~(SYNPROXY_WSCALE | SYNPROXY_SACK_PERM | SYNPROXY_ECN);
	s.seq = cookie_make(h, p, th, o->mss_client);
	s.flags |= o->options & SYNPROXY_ECN ? TH_ECE : 0;
	send_segment(h, p, th, &s);
}

/* The client has answered: now the server is asked. Its acknowledgement number tells the hook our own number. */
static bool client_ack(struct host *h, struct packet *p, const uint8_t *th, struct opts *o, uint32_t seq)
{
	struct segment s = { .seq = seq - 1, .ack = get_be32(th + TCP_ACK) - 1, .flags = TH_SYN, .window = get_be16(th + TCP_WIN),
			     .opts = o, .ct = h->synproxy->tmpl, .ctinfo = IP_CT_NEW };

	o->mss = cookie_check(h, p, th);
	if (!o->mss)
		return false;
	o->options |= SYNPROXY_MSS;
	if (o->options & SYNPROXY_TIMESTAMP)
		read_timestamp_cookie(o);
	s.flags |= o->options & SYNPROXY_ECN ? TH_ECE | TH_CWR : 0;
	send_segment(h, p, th, &s);
	return true;
}

enum synproxy_answer synproxy_segment(struct host *h, struct packet *p, uint32_t thoff, enum nf_hook hook,
				      const struct synproxy_info *info)
{
	const uint8_t *th = pkt_at(p, thoff, TCP_HLEN);
	unsigned flags;
	struct opts o;

	if (!th)	/* also where headers say that they are longer than the packet */
		return SYNPROXY_DROP;
	if ((is_ip6(p) ? nf_ip6_checksum(p, hook, thoff, IPPROTO_TCP) : nf_ip_checksum(p, hook, thoff, IPPROTO_TCP)) || !parse_options(p, thoff, &o))
		return SYNPROXY_DROP;
	flags = th[TCP_FLAGS] & (TH_SYN | TH_ACK | TH_FIN | TH_RST);
	if (flags == TH_SYN) {
		answer_syn(h, p, th, info, &o);
		return SYNPROXY_TAKEN;
	}
	if (flags != TH_ACK)
		return SYNPROXY_PASS;
	return client_ack(h, p, th, &o, get_be32(th + TCP_SEQ)) ? SYNPROXY_TAKEN : SYNPROXY_DROP;
}

/* ---- the two halves ---- */

/* The server's clock is not the one the client was told. */
static void adjust_timestamp(uint8_t *th, const struct ct_ext *x, enum ip_ct_dir dir)
{
	const uint8_t *at = th + TCP_HLEN, *end = th + tcp_hlen(th), *opt;

	if (!x->synproxy.tsoff)
		return;
	while ((opt = next_option(&at, end)))
		if (opt[0] == OPT_TIMESTAMP && opt[1] == 10) {
			uint8_t *field = th + (opt - th) + (dir == IP_CT_DIR_REPLY ? 2 : 6);
			be32 old = load_be32(field);

			put_be32(field, get_be32(field) + (dir == IP_CT_DIR_REPLY ? -x->synproxy.tsoff : x->synproxy.tsoff));
			csum_replace4(th + TCP_CSUM, old, load_be32(field));
			return;
		}
}

/* The server's SYN-ACK: it is acknowledged, and the client is told that its window is open. */
static void join_halves(struct host *h, struct packet *p, const uint8_t *th, struct conn *ct, struct opts *o)
{
	struct ct_ext *x = ct->ext;
	enum ip_ct_info ctinfo = (enum ip_ct_info)p->ctinfo;
	uint32_t seq = get_be32(th + TCP_SEQ), tsval = o->tsval, tsecr = o->tsecr;
	struct opts to_server, to_client;
	struct segment s = { .back = true, .seq = get_be32(th + TCP_ACK), .ack = seq + 1, .flags = TH_ACK, .opts = &to_server,
			     .window = (uint16_t)ct->proto.tcp.seen[IP_CT_DIR_ORIGINAL].td_maxwin };
	struct segment c = { .seq = seq + 1, .ack = get_be32(th + TCP_ACK), .flags = TH_ACK, .opts = &to_client, .ct = ct,
			     .window = (uint16_t)(get_be16(th + TCP_WIN) >> o->wscale), .ctinfo = IP_CT_ESTABLISHED_REPLY };

	if (o->options & SYNPROXY_TIMESTAMP)
		x->synproxy.tsoff = tsval - x->synproxy.its;
	o->options &= (uint8_t)~(SYNPROXY_MSS | SYNPROXY_WSCALE | SYNPROXY_SACK_PERM);
	to_client = to_server = *o;
	to_server.tsval = tsecr;
	to_server.tsecr = tsval;
	send_segment(h, p, th, &s);
	ct_seqadj_init(ct, ctinfo, (int32_t)(x->synproxy.isn - seq));
	send_segment(h, p, th, &c);
}

/* A connection that was closed begins anew. */
static bool reopens(struct packet *p, const uint8_t *th, struct conn *ct, enum ip_ct_dir dir)
{
	struct ct_ext *x = ct->ext;

	if (th[TCP_FLAGS] & TH_RST && dir != IP_CT_DIR_ORIGINAL)
		ct_seqadj_init(ct, (enum ip_ct_info)p->ctinfo, (int32_t)(x->synproxy.isn - get_be32(th + TCP_SEQ) + 1));
	else if (th[TCP_FLAGS] & TH_SYN && !(th[TCP_FLAGS] & TH_ACK) && dir == IP_CT_DIR_ORIGINAL)
		x->synproxy.tsoff = 0;
	else
		return false;
	return !(th[TCP_FLAGS] & TH_RST);
}

static enum nf_verdict take(struct packet *p)
{
	pkt_free(p);
	return NF_STOLEN;
}

/* Where the TCP header begins; -1: there is none. */
static int tcp_offset(const struct packet *p)
{
	uint8_t proto = pkt_nh(p)[is_ip6(p) ? IP6_NXT : IP4_PROTO];
	uint16_t frag;
	int off = is_ip6(p) ? ip6_skip_exthdr(p, IP6_HLEN, &proto, &frag) : (int)ip4_hlen(pkt_nh(p));

	return proto == IPPROTO_TCP ? off : -1;
}

static enum nf_verdict synproxy_hook(void *priv, struct packet *p, const struct nf_hook_state *s, enum drop_reason *reason)
{
	struct conn *ct = p->ct;
	enum ip_ct_dir dir = CTINFO2DIR(p->ctinfo);
	uint32_t thoff;
	uint8_t *th;
	struct opts o;
	unsigned flags, state;
	int off;

	(void)priv;
	(void)reason;
	if (!ct || !ct->ext || !ct->ext->has_synproxy || (p->in_dev && p->in_dev->kind == DEV_LO) ||
	    ct->status & IPS_TEMPLATE)
		return NF_ACCEPT;
	off = tcp_offset(p);
	if (off < 0)
		return NF_ACCEPT;
	thoff = (uint32_t)off;
	if (!pkt_at(p, thoff, TCP_HLEN))
		return NF_DROP;
	th = pkt_nh(p) + thoff;
	flags = th[TCP_FLAGS];
	state = ct->proto.tcp.state;
	if (state == TCP_CONNTRACK_SYN_SENT || (state == TCP_CONNTRACK_CLOSE && reopens(p, th, ct, dir))) {
		if (!parse_options(p, thoff, &o))
			return NF_DROP;
		if (!(flags & TH_SYN) && flags & TH_ACK && dir == IP_CT_DIR_ORIGINAL)
			/* a keepalive, which is numbered one too low: the SYN to the server goes out again */
			return client_ack(s->host, p, th, &o, get_be32(th + TCP_SEQ) + 1) ? take(p) : NF_DROP;
		ct->ext->synproxy.isn = get_be32(th + TCP_ACK);
		if (o.options & SYNPROXY_TIMESTAMP)
			ct->ext->synproxy.its = o.tsecr;
	} else if (state == TCP_CONNTRACK_SYN_RECV && flags & TH_SYN && flags & TH_ACK) {
		if (!parse_options(p, thoff, &o))
			return NF_DROP;
		join_halves(s->host, p, th, ct, &o);
		return take(p);
	}
	adjust_timestamp(th, ct->ext, dir);
	return NF_ACCEPT;
}

void synproxy_need(struct host *h, uint8_t family)
{
	struct nf_hook_ops ops = { .fn = synproxy_hook, .name = "synproxy", .family = family,
				   .priority = NF_IP_PRI_CONNTRACK_CONFIRM - 1 };
	bool *hooked;

	ct_need(h, family);
	if (!h->synproxy) {
		h->synproxy = arena_new(h->arena, struct synproxy);
		h->synproxy->tmpl = ct_template(h, &ct_zone_dflt);
		ct_ext_add(h->synproxy->tmpl)->has_synproxy = true;
	}
	hooked = family == NFPROTO_IPV6 ? &h->synproxy->hooked6 : &h->synproxy->hooked4;
	if (*hooked)
		return;
	*hooked = true;
	ops.hook = NF_INET_LOCAL_IN;
	nf_register_hook(h->hooks, &ops);
	ops.hook = NF_INET_POST_ROUTING;
	nf_register_hook(h->hooks, &ops);
}

void synproxy_destroy(struct host *h)
{
	struct synproxy *s = h->synproxy;

	if (!s)
		return;
	for (unsigned i = 0; i < s->nr_buckets; i++)
		for (struct cookie *c = s->bucket[i], *next; c; c = next) {
			next = c->next;
			free(c);
		}
	free(s->bucket);
	ct_put(s->tmpl);
	h->synproxy = NULL;
}
