// SPDX-License-Identifier: MIT
/* traffic.c - traffic.txt: packets as lines, and the few words around them.
 *
 *     eth0: tcp 10.0.0.5:40000 > 10.0.0.1:80 S      a packet (sim/packet/text.h)
 *     listen tcp 0.0.0.0:80 [echo] [transparent] [uid=N] [gid=N] [mark=N]; [::]:80 [v6only] ...
 *     connect tcp 10.0.0.1:80 [from 10.0.0.2:4000] [data="..."] [uid=N] [gid=N] [mark=N]
 *     [eth1:] reply SA [key=value]                  answers what came out after the line before
 *     $ iptables -I INPUT -s 10.0.0.5 -j DROP       a command line, as in commands.sh, run at this moment
 *     run change.sh                                 all lines of a file beside this one
 *     sleep 1.5                                     seconds, or 200ms, 5m
 *     repeat 20 every 10ms PACKET                   or without "every": one after the other
 *
 * In a lab, "HOST listen ...", "HOST connect ...", "HOST $ ...", "HOST run ...", "HOST.eth0: ...". */
#include "sim/packet/text.h"
#include "sim/world/lab.h"
#include "sim/world/reply.h"
#include <arpa/inet.h>
#include <stdlib.h>

struct lines {
	struct traffic t;
	struct host *h;			/* the only one, or */
	const struct world *lab;	/* where a line's host is looked for */
	struct source *src;
	struct diag *d;
	struct arena *a;		/* what the last event points into */
	size_t off, line_no;
	struct pos line;
	uint64_t index, now;
	struct text_word w[TEXT_WORDS_MAX];
	unsigned nr, at;
	/* a line being repeated */
	struct traffic_event again;
	uint64_t left, every;
	struct seen_list seen;
	bool replies;
	struct strbuf bytes, data, opts, why;
};

static int bad(struct lines *l, struct pos pos, const char *fmt, ...) PRINTF(3, 4);
static int bad(struct lines *l, struct pos pos, const char *fmt, ...)
{
	struct strbuf sb = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sb_vprintf(&sb, fmt, ap);
	va_end(ap);
	diag_error(l->d, pos, "%s", sb_str(&sb));
	sb_free(&sb);
	return -1;
}

static const char *word(const struct lines *l)
{
	return l->at < l->nr ? l->w[l->at].s : "";
}

static struct pos here(const struct lines *l)
{
	return l->at < l->nr ? l->w[l->at].pos : l->line;
}

static bool read_line(struct lines *l)
{
	while (l->off < l->src->len) {
		const char *s = l->src->text + l->off, *nl = memchr(s, '\n', l->src->len - l->off);
		size_t n = nl ? (size_t)(nl - s) : l->src->len - l->off;

		l->line = (struct pos){ l->src, l->off, n };
		l->off += n + 1;
		l->line_no++;
		arena_destroy(l->a);
		l->a = arena_create();
		l->nr = text_split(l->a, l->src, l->line.off, n, l->w);
		l->at = 0;
		if (l->nr)
			return true;
	}
	return false;
}

/* "1.5", "1.5s", "10ms", "5us", "3ns", "2m", "1h" */
bool time_parse(const char *s, uint64_t *ret)
{
	static const struct { const char *unit; double ns; } units[] = {
		{ "", 1e9 }, { "s", 1e9 },  { "ms", 1e6 },   { "us", 1e3 },
		{ "ns", 1 }, { "m", 6e10 }, { "min", 6e10 }, { "h", 3.6e12 },
	};
	char *end;
	double v;

	if (*s < '0' || *s > '9')
		return false;
	v = strtod(s, &end);
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (strcmp(end, units[i].unit) == 0 && v * units[i].ns < 1e18) {
			*ret = (uint64_t)(v * units[i].ns + 0.5);
			return true;
		}
	return false;
}

static struct host *host_of(const struct lines *l, const char *name)
{
	return l->lab ? name ? world_host_by_name(l->lab, name) : NULL : name ? NULL : l->h;
}

static const uint8_t *mac_of(void *arg, const char *host, const char *dev)
{
	const struct lines *l = arg;
	const struct host *h = host_of(l, host);
	const struct net_device *nd = h ? dev_by_name(h, dev) : NULL;

	return nd ? nd->mac : NULL;
}

/* In a lab a line says whose it is. */
static bool host_there(struct lines *l, const char *host, struct pos pos)
{
	struct nearest near = { .want = host };

	if (!l->lab || host_of(l, host))
		return true;
	if (!host) {
		bad(l, pos, "which host of the lab?");
		diag_hint(l->d, "as in: fw.eth0: tcp ..., fw.out: icmp ..., fw listen tcp 0.0.0.0:80");
		return false;
	}
	bad(l, pos, "the lab has no host \"%s\"", host);
	for (unsigned i = 0; i < l->lab->nr_hosts; i++)
		nearest_try(&near, l->lab->host[i]->name);
	if (nearest_get(&near))
		diag_hint(l->d, "did you mean \"%s\"?", nearest_get(&near));
	return false;
}

static bool device_there(struct lines *l, const char *host, const char *dev, struct pos pos)
{
	const struct host *h = host_of(l, host);
	struct nearest near = { .want = dev };

	if (!host_there(l, host, pos))
		return false;
	if (!h || !dev || dev_by_name(h, dev))
		return true;
	bad(l, pos, "the host has no device \"%s\"", dev);
	for (struct net_device *nd = h->devs; nd; nd = nd->next)
		nearest_try(&near, nd->name);
	if (nearest_get(&near))
		diag_hint(l->d, "did you mean \"%s\"?", nearest_get(&near));
	return false;
}

/* Who a frame is for that enters a bridge's port, when the line does not say: the host, as a router, or the station
 * with that address behind another port. */
static void bridged_receiver(const struct lines *l, const struct packet_text *p, struct pos line)
{
	const struct host *h = host_of(l, p->host);
	const struct net_device *dev = h && p->dev ? dev_by_name(h, p->dev) : NULL, *br = dev ? dev->master : NULL;
	uint8_t *frame = (uint8_t *)p->bytes;
	be32 dst;

	if (!br || p->len < ETH_HLEN + IP_HLEN || get_be16(frame + 12) != ETH_P_IP || memcmp(frame, dev->mac, ETH_ALEN) != 0 ||
	    memmem(line.src->text + line.off, line.len, "dmac=", 5))
		return;
	dst = ip4_daddr(frame + ETH_HLEN);
	if (inet_addr_type((struct host *)h, dst) == RTN_LOCAL || (br->addrs && !inet_addr_onlink(br, dst, 0)))
		memcpy(frame, br->mac, ETH_ALEN);
	else
		text_default_smac(frame, dst);	/* a station's address is made in this way */
}

/* The packet that begins at the word. */
static int read_packet(struct lines *l, struct traffic_event *ret)
{
	struct pos from = here(l);
	size_t end = l->line.off + l->line.len;
	struct packet_text p;

	if (!packet_text_parse(l->a, &p, l->src, from.off, end - from.off, mac_of, l, l->d))
		return -1;
	if ((p.dev || l->lab) && !device_there(l, p.host, p.dev, from))
		return -1;
	bridged_receiver(l, &p, l->line);
	ret->kind = p.dev ? INJECT_FRAME : INJECT_LOCAL;
	ret->dev = p.dev;
	ret->host = p.host;
	ret->bytes = p.bytes;
	ret->len = ret->wire_len = p.len;
	ret->ip_only = !p.dev;
	ret->uid = p.uid;
	ret->gid = p.gid;
	ret->mark = p.mark;
	return 1;
}

/* ---- sockets */

static bool number(struct lines *l, const char *value, uint64_t max, uint64_t *ret)
{
	return u64_parse(ret, value, max) ||
	       bad(l, here(l), "a number is wanted, 0 to %llu", (unsigned long long)max) > 0;
}

/* One write more to each client. */
static bool add_say(struct lines *l, struct sock_open *s, const char *text)
{
	struct sock_say *say = arena_new(l->a, struct sock_say);
	const struct sock_say **last = &s->say;

	sb_clear(&l->data);
	if (!text_data(text, &l->data) || !l->data.len)
		return bad(l, here(l), "say wants \"text\"") > 0;
	say->data = (const uint8_t *)arena_strndup(l->a, sb_str(&l->data), l->data.len);
	say->len = l->data.len;
	while (*last)
		last = (const struct sock_say **)&(*last)->next;
	*last = say;
	return true;
}

static bool socket_word(struct lines *l, struct sock_open *s, bool listen)
{
	const char *w = word(l), *eq = strchr(w, '=');
	uint64_t v;
	int port;

	if (listen && strcmp(w, "echo") == 0)
		return s->echo = true;
	if (listen && strcmp(w, "transparent") == 0)
		return s->transparent = true;
	if (listen && s->proto == IPPROTO_TCP && strncmp(w, "say=", 4) == 0)
		return add_say(l, s, w + 4);
	if (listen && s->v6 && strcmp(w, "v6only") == 0)
		return s->v6only = true;
	if (!listen && strcmp(w, "from") == 0) {
		l->at++;
		if (!(s->v6 ? text_endpoint6(word(l), &s->saddr6, &port) : text_endpoint(word(l), &s->saddr, &port)))
			return bad(l, here(l),
				   "an address is wanted after \"from\": 10.0.0.2:4000") > 0;
		s->sport = (uint16_t)MAX(port, 0);
		return true;
	}
	if (!listen && strncmp(w, "data=", 5) == 0) {
		sb_clear(&l->data);
		if (!text_data(w + 5, &l->data))
			return bad(l, here(l), "data wants \"text\"") > 0;
		s->data = (const uint8_t *)sb_str(&l->data);
		s->len = l->data.len;
		return true;
	}
	if (!eq || (strncmp(w, "uid=", 4) != 0 && strncmp(w, "gid=", 4) != 0 &&
		    strncmp(w, "mark=", 5) != 0))
		return bad(l, here(l), "\"%s\" is not understood here", w) > 0;
	if (!number(l, eq + 1, UINT32_MAX, &v))
		return false;
	*(w[0] == 'u' ? &s->uid : w[0] == 'g' ? &s->gid : &s->mark) = (uint32_t)v;
	return true;
}

static int read_socket(struct lines *l, struct traffic_event *ret, bool listen)
{
	struct sock_open *s = &ret->sock;
	int port;

	ret->kind = listen ? INJECT_LISTEN : INJECT_CONNECT;
	l->at++;
	if (strcmp(word(l), "tcp") != 0 && strcmp(word(l), "udp") != 0)
		return bad(l, here(l), "tcp or udp is wanted");
	s->proto = word(l)[0] == 't' ? IPPROTO_TCP : IPPROTO_UDP;
	l->at++;
	s->v6 = text_is_v6(word(l));
	if (!(s->v6 ? text_endpoint6(word(l), &s->addr6, &port) : text_endpoint(word(l), &s->addr, &port)) || port < 0) {
		bad(l, here(l), "an address with a port is wanted");
		diag_hint(l->d, listen ? "as in: listen tcp 0.0.0.0:80, listen tcp [::]:80"
				       : "as in: connect tcp 10.0.0.1:80, connect tcp [2001:db8::1]:80");
		return -1;
	}
	s->port = (uint16_t)port;
	for (l->at++; l->at < l->nr; l->at++)
		if (!socket_word(l, s, listen))
			return -1;
	return 1;
}

/* ---- replies */

/* "SA", "R", ...: a TCP kind; else one of the kinds' own names. */
static const char *reply_kind(const char *w, struct reply_opt *o)
{
	static const struct { const char *flags, *kind; } short_names[] = {
		{ "S", "syn" },	  { "SA", "synack" }, { "A", "ack" },
		{ "PA", "data" }, { "P", "data" },    { "FA", "fin" },
		{ "F", "fin" },	  { "R", "rst" },     { "RA", "rstack" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(short_names); i++)
		if (strcmp(short_names[i].flags, w) == 0)
			return short_names[i].kind;
	if (reply_kind_known(w))
		return w;
	if (*w && text_flags(w, &o->flags)) {
		o->given |= REPLY_FLAGS;
		return "tcp";
	}
	return NULL;
}

struct reply_line { struct reply_opt o; const char *kind; int64_t idx, to; bool arp; };

static bool reply_number(struct lines *l, struct reply_line *r, const char *key, const char *value)
{
	struct reply_opt *o = &r->o;
	const struct { const char *key; void *field; unsigned size, bit; } fields[] = {
		{ "seq", &o->seq, 4, REPLY_SEQ },
		{ "ack", &o->ack, 4, REPLY_ACK },
		{ "win", &o->win, 2, REPLY_WIN },
		{ "sport", &o->sport, 2, REPLY_SPORT },
		{ "dport", &o->dport, 2, REPLY_DPORT },
		{ "ttl", &o->ttl, 1, REPLY_TTL },
		{ "tos", &o->tos, 1, 0 },
		{ "id", &o->id, 2, REPLY_ID },
		{ "type", &o->type, 1, REPLY_TYPE },
		{ "code", &o->code, 1, REPLY_CODE },
		{ "mtu", &o->mtu, 2, REPLY_MTU },
		{ "vtag", &o->vtag, 4, REPLY_VTAG },
		{ "quote", &o->quote, 4, REPLY_QUOTE },
		{ "seq_add", &o->seq_add, 4, 0 },
		{ "ack_add", &o->ack_add, 4, 0 },
	};
	uint64_t v;

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (strcmp(fields[i].key, key) != 0)
			continue;
		if (!number(l, value,
			    fields[i].size == 4 ? UINT32_MAX : (1u << 8 * fields[i].size) - 1, &v))
			return false;
		if (fields[i].size == 4)
			*(uint32_t *)fields[i].field = (uint32_t)v;
		else if (fields[i].size == 2)
			*(uint16_t *)fields[i].field = (uint16_t)v;
		else
			*(uint8_t *)fields[i].field = (uint8_t)v;
		o->given |= fields[i].bit;
		return true;
	}
	return bad(l, here(l), "unknown key \"%s\" of a reply", key) > 0;
}

static bool reply_data(struct lines *l, struct reply_line *r, const char *key, const char *value)
{
	bool ok = true;
	uint64_t n = 0;

	sb_clear(&l->data);
	if (strcmp(key, "data") == 0)
		ok = text_data(value, &l->data);
	else if (strcmp(key, "hex") == 0)
		ok = hex_parse(&l->data, value, strlen(value));
	else
		ok = u64_parse(&n, value, 65000);
	while (ok && n-- > 0)
		sb_putc(&l->data, 0);
	r->o.given |= REPLY_DATA;
	r->o.data = (const uint8_t *)sb_str(&l->data);
	r->o.data_len = l->data.len;
	return ok || bad(l, here(l), "\"%s\" is no value for %s", value, key) > 0;
}

static bool reply_special(struct lines *l, struct reply_line *r, const char *key, const char *value,
			  bool *took)
{
	struct reply_opt *o = &r->o;
	union inet_addr *addr = strcmp(key, "src") == 0 ? &o->src : strcmp(key, "dst") == 0 ? &o->dst : NULL;
	char *end;

	*took = true;
	if (addr) {
		o->given |= addr == &o->src ? REPLY_SRC : REPLY_DST;
		return ip4_parse(&addr->ip, value) || inet_pton(AF_INET6, value, addr->ip6) == 1 ||
		       bad(l, here(l), "%s wants an address", key) > 0;
	}
	if (strcmp(key, "gw") == 0) {
		o->given |= REPLY_GW;
		return ip4_parse(&o->gw, value) || bad(l, here(l), "%s wants an address", key) > 0;
	}
	if (strcmp(key, "mac") == 0) {
		o->given |= REPLY_SRC_MAC | REPLY_MAC;
		memset(o->mac, 0, 6);
		if (!mac_parse(o->mac, value))
			return bad(l, here(l), "mac wants a link address") > 0;
		memcpy(o->src_mac, o->mac, 6);
		return true;
	}
	if (strcmp(key, "idx") == 0 || strcmp(key, "to") == 0) {
		long v = strtol(value, &end, 10);

		*(key[0] == 'i' ? &r->idx : &r->to) = v;
		return (*value && !*end) || bad(l, here(l), "%s wants a number", key) > 0;
	}
	if (strcmp(key, "csum") == 0 && strcmp(value, "bad") == 0)
		return o->badcsum = true;
	if (strcmp(key, "data") == 0 || strcmp(key, "hex") == 0 || strcmp(key, "len") == 0)
		return reply_data(l, r, key, value);
	if (strcmp(key, "opts") == 0) {
		sb_clear(&l->opts);
		if (!hex_parse(&l->opts, value, strlen(value)) || l->opts.len > 40)
			return bad(l, here(l),
				   "opts wants at most 40 bytes as hexadecimal digits") > 0;
		o->given |= REPLY_TCPOPTS;
		o->tcpopts = (const uint8_t *)sb_str(&l->opts);
		o->tcpopts_len = l->opts.len;
		return true;
	}
	return *took = false;
}

static bool reply_word(struct lines *l, struct reply_line *r)
{
	const char *w = word(l), *eq = strchr(w, '=');
	const char *key;
	bool took, ok;

	if (strcmp(w, "df") == 0)
		return r->o.df = true;
	if (strcmp(w, "arp") == 0)
		return r->arp = true;
	if (!eq)
		return bad(l, here(l), "\"%s\" is not understood here", w) > 0;
	key = arena_strndup(l->a, w, (size_t)(eq - w));
	ok = reply_special(l, r, key, eq + 1, &took);
	return took ? ok : reply_number(l, r, key, eq + 1);
}

static int read_reply(struct lines *l, struct traffic_event *ret, const char *dev)
{
	struct reply_line r = { .to = -1 };
	const struct seen *f;
	int64_t j;

	l->at++;
	if (!(r.kind = reply_kind(word(l), &r.o))) {
		bad(l, here(l), "what kind of reply? \"%s\" is not known", word(l));
		diag_hint(
			l->d,
			"S SA A PA FA R RA, udp, echo-reply, icmp-port-unreach, icmp-ttl, icmp-fragneeded, mirror, forward, arp-reply, ...");
		return -1;
	}
	r.arp = strcmp(r.kind, "arp-reply") == 0;
	for (l->at++; l->at < l->nr; l->at++)
		if (!reply_word(l, &r))
			return -1;
	j = r.to < 0 ? (int64_t)l->index + r.to : r.to;
	sb_clear(&l->why);
	sb_clear(&l->bytes);
	ret->kind = INJECT_SKIP;
	if (j < 0 || j >= (int64_t)l->index) {
		sb_puts(&l->why, "there is nothing yet to reply to");
	} else if (!(f = seen_pick(&l->seen, (uint64_t)j, dev ? dev : "auto", r.arp, r.idx))) {
		sb_printf(&l->why, "no frame came out%s%s after event %lld", dev ? " of " : "",
			  dev ? dev : "", (long long)j);
	} else if (!reply_build(&l->bytes, f->bytes, f->len, r.kind, &r.o)) {
		sb_printf(&l->why, "what came out cannot be answered by %s", r.kind);
	} else {
		ret->kind = INJECT_REPLY;
		ret->dev = f->dev;
		ret->bytes = (const uint8_t *)sb_str(&l->bytes);
		ret->len = ret->wire_len = (uint32_t)l->bytes.len;
	}
	ret->skipped = ret->kind == INJECT_SKIP ? sb_str(&l->why) : NULL;
	return 1;
}

/* ---- lines */

/* "fw" of "fw.eth1:", and "eth1". */
static void split_place(struct lines *l, const char *w, const char **host, const char **dev)
{
	const char *dot = strchr(w, '.');
	size_t n = strlen(w) - 1;

	*host = NULL;
	if (dot && (dot[1] < '0' || dot[1] > '9')) {
		*host = arena_strndup(l->a, w, (size_t)(dot - w));
		n -= (size_t)(dot + 1 - w);
		w = dot + 1;
	}
	*dev = arena_strndup(l->a, w, n);
}

static int read_event(struct lines *l, struct traffic_event *ret)
{
	const char *w = word(l), *next = l->at + 1 < l->nr ? l->w[l->at + 1].s : "", *dev;
	size_t n = strlen(w);

	if (strcmp(w, "listen") == 0 || strcmp(w, "connect") == 0)
		return host_there(l, NULL, here(l)) ? read_socket(l, ret, w[0] == 'l') : -1;
	if (strcmp(w, "reply") == 0)
		return read_reply(l, ret, NULL);
	if (n > 1 && w[n - 1] == ':' && strcmp(next, "reply") == 0) {
		split_place(l, w, &ret->host, &dev);
		if (!device_there(l, ret->host, dev, here(l)))
			return -1;
		l->at++;
		return read_reply(l, ret, dev);
	}
	if (strcmp(next, "listen") == 0 || strcmp(next, "connect") == 0) {
		if (!host_there(l, w, here(l)))
			return -1;
		ret->host = w;
		l->at++;
		return read_socket(l, ret, next[0] == 'l');
	}
	if (n && w[n - 1] != ':' && l->at == 0) {
		struct nearest near = { .want = w };

		bad(l, here(l), "\"%s\" begins no line of traffic", w);
		nearest_try(&near, "listen");
		nearest_try(&near, "connect");
		nearest_try(&near, "reply");
		nearest_try(&near, "sleep");
		nearest_try(&near, "repeat");
		nearest_try(&near, "run");
		if (nearest_get(&near))
			diag_hint(l->d, "did you mean \"%s\"?", nearest_get(&near));
		else
			diag_hint(
				l->d,
				"a packet begins with where it enters, as in: eth0: tcp 10.0.0.5:40000 > 10.0.0.1:80 S");
		return -1;
	}
	return read_packet(l, ret);
}

static int give(struct lines *l, struct traffic_event *ret)
{
	ret->index = l->index;
	ret->t = l->now;
	ret->source = l->src->name;
	ret->source_nr = l->line_no;
	if (l->replies)
		seen_need(&l->seen, l->index);
	l->index++;
	return 1;
}

static struct source *script_file(struct lines *l, const char *host)
{
	const char *name = word(l), *slash = strrchr(l->src->name, '/'), *path;
	int dir = slash ? (int)(slash - l->src->name) : 0;

	if (!*name || l->at + 1 != l->nr) {
		bad(l, here(l), "which file? As in: run change.sh");
		return NULL;
	}
	if (strchr(name, '/')) {
		bad(l, here(l), "only a file beside the host's others can be run");
		return NULL;
	}
	path = arena_printf(l->src->arena, "%.*s%s%s%s%s%s", dir, l->src->name, slash ? "/" : "", host ? "hosts/" : "", host ? host : "",
			    host ? "/" : "", name);
	return source_read(l->src->arena, path, 0, l->d);
}

/* "repeat N [every T] PACKET": the words before the packet. */
static int read_repeat(struct lines *l)
{
	uint64_t n;

	l->at++;
	if (!u64_parse(&n, word(l), 1000000000) || n == 0)
		return bad(l, here(l), "how often? A number is wanted after \"repeat\"");
	l->at++;
	l->left = n - 1;
	l->every = 0;
	if (strcmp(word(l), "every") != 0)
		return 1;
	l->at++;
	if (!time_parse(word(l), &l->every))
		return bad(l, here(l), "a time is wanted after \"every\": 10ms, 1.5s");
	l->at++;
	return 1;
}

static bool is_command(const char *w)
{
	return strcmp(w, "$") == 0 || strcmp(w, "run") == 0;
}

/* "$ iptables -F": one command line; "run FILE": all of a file's, which lies beside the host's others. */
static int read_commands(struct lines *l, struct traffic_event *ret, const char *host)
{
	struct pos at = here(l);
	bool file = strcmp(word(l), "run") == 0;

	if (!host_there(l, host, at))
		return -1;
	*ret = (struct traffic_event){ .kind = INJECT_COMMAND, .host = host, .diag = l->d };
	l->at++;
	if (file && !(ret->commands = script_file(l, host)))
		return -1;
	if (!file) {
		ret->commands = arena_memdup(l->src->arena, l->src, sizeof(*l->src));
		ret->commands->len = l->line.off + l->line.len;
		ret->commands->line_start = NULL;
		ret->commands_off = at.off + at.len;
	}
	return give(l, ret);
}

static int lines_next(struct traffic *t, struct traffic_event *ret)
{
	struct lines *l = container_of(t, struct lines, t);
	uint64_t ns;
	int got;

	if (l->left) {
		l->left--;
		l->now += l->every;
		*ret = l->again;
		return give(l, ret);
	}
	while (read_line(l)) {
		if (is_command(word(l)))
			return read_commands(l, ret, NULL);
		if (l->lab && l->nr > 1 && is_command(l->w[1].s)) {
			l->at = 1;
			return read_commands(l, ret, l->w[0].s);
		}
		if (strcmp(word(l), "sleep") == 0) {
			l->at++;
			if (!time_parse(word(l), &ns) || l->at + 1 != l->nr)
				return bad(l, here(l), "how long? As in: sleep 1.5, sleep 200ms");
			l->now += ns;
			continue;
		}
		*ret = (struct traffic_event){ 0 };
		if (strcmp(word(l), "repeat") == 0 && (got = read_repeat(l)) < 0)
			return got;
		if ((got = read_event(l, ret)) < 0) {
			l->left = 0;
			return got;
		}
		l->again = *ret;
		return give(l, ret);
	}
	t->end = l->now;	/* a "sleep" may be the last line */
	return 0;
}

static void lines_out(struct traffic *t, const struct net_device *dev, const struct packet *p,
		      bool arp)
{
	struct lines *l = container_of(t, struct lines, t);

	if (l->index)
		seen_add(&l->seen, l->index - 1, dev, p, arp);
}

static void lines_close(struct traffic *t)
{
	struct lines *l = container_of(t, struct lines, t);

	seen_free(&l->seen);
	sb_free(&l->bytes);
	sb_free(&l->data);
	sb_free(&l->opts);
	sb_free(&l->why);
	arena_destroy(l->a);
	free(l);
}

struct traffic *traffic_open_lab(const struct world *w, struct source *src, struct diag *d)
{
	struct traffic *t = traffic_open(NULL, src, d);

	container_of(t, struct lines, t)->lab = w;
	return t;
}

struct traffic *traffic_open(struct host *h, struct source *src, struct diag *d)
{
	struct lines *l = xcalloc(1, sizeof(*l));

	l->t = (struct traffic){ .next = lines_next, .out = lines_out, .close = lines_close };
	l->h = h;
	l->src = src;
	l->d = d;
	l->replies = memmem(src->text, src->len, "reply", 5) != NULL;
	return &l->t;
}
