// SPDX-License-Identifier: MIT
/* sock.c - hookwalk.core: the programs behind sockets: servers that echo, answer the same or ask a Lua
 * function; clients that a script writes to and reads from; pings. */
#include "lua/bind/hw.h"
#include "sim/net/ipv6.h"
#include "sim/net/net.h"
#include "sim/net/sock.h"
#include <errno.h>
#include <stdlib.h>

#define MAX_IDS		256u		/* packets remembered of one connection */
#define MAX_HEARD	(1u << 20)	/* bytes a server remembers */
#define MAX_PEERS	100000u

enum ep_kind { EP_SERVER, EP_CLIENT, EP_PING };
enum answer { ANSWER_NONE, ANSWER_ECHO, ANSWER_TEXT, ANSWER_FUNCTION };

struct ids { uint64_t *id; uint32_t nr, total; };

struct endpoint {
	struct hw_lab *lab;
	struct host *host;
	enum ep_kind kind;
	uint8_t proto;
	struct sock *sk;		/* NULL: over */
	const char *state;		/* client: "connecting", "established", "refused", "timed out", "unreachable", "reset", "closed" */
	int err;
	uint64_t opened, changed;	/* ns */
	union inet_addr local, peer;
	bool v6;
	uint16_t local_port, peer_port;
	struct strbuf in;		/* came, not yet read */
	uint64_t bytes_in, bytes_out;
	bool eof, closing;
	struct ids sent, received;
	/* server */
	enum answer answer;
	struct strbuf text;
	int fn;
	bool close_after;
	bool any;			/* its host answers for any address */
	uint64_t connections, datagrams;
	struct peer { union inet_addr ip; uint16_t port; bool v6; } *peers; uint32_t nr_peers, cap_peers;
	/* ping */
	uint32_t count, sent_count, replies, errors;
	uint32_t size;
	uint64_t interval, rtt_min, rtt_max, rtt_sum;
	uint64_t *sent_at;
	uint8_t ttl;
	struct timer timer;
};

static bool server_program(struct sock *sk);
static bool client_program(struct sock *sk);
static bool ping_program(struct sock *sk);

/* ---- which packets were whose */

static void id_add(struct ids *l, uint64_t id)
{
	l->total++;
	if (l->nr == MAX_IDS || (l->nr && l->id[l->nr - 1] == id))
		return;
	if ((l->nr & (l->nr - 1)) == 0)
		l->id = xrealloc(l->id, (l->nr ? l->nr * 2 : 1) * sizeof(*l->id));
	l->id[l->nr++] = id;
}

static struct endpoint *endpoint_of(const struct sock *sk)
{
	return sk->program == client_program || sk->program == ping_program ? sk->program_arg : NULL;
}

static void on_sent(void *arg, struct sock *sk, uint64_t id)
{
	struct endpoint *e = endpoint_of(sk);

	(void)arg;
	if (e)
		id_add(&e->sent, id);
}

static void on_received(void *arg, struct sock *sk, uint64_t id)
{
	struct endpoint *e = endpoint_of(sk);

	(void)arg;
	if (e)
		id_add(&e->received, id);
}

void hw_socks_record(struct hw_lab *lab)
{
	lab->rec.sent = on_sent;
	lab->rec.received = on_received;
}

static struct endpoint *endpoint_new(struct hw_lab *lab, struct host *h, enum ep_kind kind, lua_Integer *ret_id)
{
	struct endpoint *e = xcalloc(1, sizeof(*e));

	e->lab = lab;
	e->host = h;
	e->kind = kind;
	e->fn = LUA_NOREF;
	e->opened = e->changed = lab->w->clock.now;
	if (lab->nr_ep == lab->cap_ep) {
		lab->cap_ep = lab->cap_ep ? lab->cap_ep * 2 : 16;
		lab->ep = xrealloc(lab->ep, lab->cap_ep * sizeof(struct endpoint *));
	}
	lab->ep[lab->nr_ep++] = e;
	*ret_id = lab->nr_ep;
	return e;
}

void hw_socks_free(struct hw_lab *lab)
{
	for (uint32_t i = 0; i < lab->nr_ep; i++) {
		struct endpoint *e = lab->ep[i];

		timer_off(&lab->w->clock, &e->timer);
		luaL_unref(lab->hw->L, LUA_REGISTRYINDEX, e->fn);
		sb_free(&e->in);
		sb_free(&e->text);
		free(e->sent.id);
		free(e->received.id);
		free(e->peers);
		free(e->sent_at);
		free(e);
	}
	free(lab->ep);
	lab->ep = NULL;
	lab->nr_ep = 0;
}

static struct endpoint *endpoint_check(lua_State *L, int arg)
{
	struct hw_lab *lab = hw_lab_check(L, 1);
	lua_Integer id = luaL_checkinteger(L, arg);

	luaL_argcheck(L, id >= 1 && id <= lab->nr_ep, arg, "there is no such connection");
	return lab->ep[id - 1];
}

static void room_check(lua_State *L, const struct hw_lab *lab)
{
	if (lab->nr_ep >= HW_MAX_ENDPOINTS)
		luaL_error(L, "more than %d connections in a lab; lab:clients() is for many", (int)HW_MAX_ENDPOINTS);
}

static uint8_t proto_check(lua_State *L, int arg)
{
	static const char *const names[] = { "tcp", "udp", NULL };

	return luaL_checkoption(L, arg, NULL, names) ? IPPROTO_UDP : IPPROTO_TCP;
}

static uint16_t port_check(lua_State *L, int arg)
{
	lua_Integer v = luaL_checkinteger(L, arg);

	luaL_argcheck(L, v >= 0 && v <= 65535, arg, "a port is a number from 0 to 65535");
	return (uint16_t)v;
}

/* ---- servers */

static void heard(struct endpoint *e, const char *p, size_t n)
{
	e->bytes_in += n;
	if (e->in.len < MAX_HEARD)
		sb_write(&e->in, p, MIN(n, MAX_HEARD - e->in.len));
}

static struct peer peer_of_socket(const struct sock *sk)
{
	struct peer p = { .port = sk->dport, .v6 = sk->v6 };

	if (sk->v6)
		p.ip = sk->daddr6;
	else
		p.ip.ip = sk->daddr;
	return p;
}

/* Who sent a datagram. */
static struct peer peer_of_packet(const struct packet *p)
{
	struct peer from = { .port = get_be16(pkt_th(p)), .v6 = p->protocol == ETH_P_IPV6 };

	if (from.v6)
		memcpy(&from.ip, pkt_nh(p) + 8, 16);
	else
		from.ip.ip = ip4_saddr(pkt_nh(p));
	return from;
}

static void push_address(lua_State *L, const union inet_addr *ip, bool v6, uint16_t port)
{
	char buf[ADDRSTRLEN];

	lua_pushfstring(L, v6 ? "[%s]:%d" : "%s:%d", inet_str(buf, v6 ? NFPROTO_IPV6 : NFPROTO_IPV4, ip), port);
}

static void peer_add(struct endpoint *e, const struct peer *p)
{
	if (e->nr_peers == MAX_PEERS)
		return;
	if (e->nr_peers == e->cap_peers) {
		e->cap_peers = e->cap_peers ? e->cap_peers * 2 : 16;
		e->peers = xrealloc(e->peers, e->cap_peers * sizeof(*e->peers));
	}
	e->peers[e->nr_peers++] = *p;
}

/* What the function answers, on the Lua stack: a string, or nil for nothing. false: nothing is there. */
static bool ask_function(struct endpoint *e, const char *data, size_t len, const struct peer *from)
{
	lua_State *L = e->lab->hw->L;

	lua_rawgeti(L, LUA_REGISTRYINDEX, e->fn);
	lua_pushlstring(L, data, len);
	push_address(L, &from->ip, from->v6, from->port);
	if (!hw_callback(e->lab, 2, 1))
		return false;
	if (lua_isstring(L, -1))
		return true;
	lua_pop(L, 1);
	return false;
}

static void answer_stream(struct endpoint *e, struct sock *sk, const struct strbuf *data)
{
	struct peer from = peer_of_socket(sk);
	lua_State *L = e->lab->hw->L;

	if (e->answer == ANSWER_ECHO) {
		tcp_send(sk, data->s, data->len);
		e->bytes_out += data->len;
	} else if (e->answer == ANSWER_FUNCTION && ask_function(e, data->s, data->len, &from)) {
		size_t n;
		const char *s = lua_tolstring(L, -1, &n);

		tcp_send(sk, s, n);
		e->bytes_out += n;
		lua_pop(L, 1);
	}
	if (e->close_after && e->answer != ANSWER_TEXT)
		tcp_shutdown(sk);
}

static bool serve_tcp(struct endpoint *e, struct sock *sk)
{
	struct peer from = peer_of_socket(sk);
	struct strbuf data = { 0 };
	bool did = false;

	if (sk->listening)
		return false;
	if (tcp_over(sk)) {
		sock_free(sk);
		return false;
	}
	if (tcp_accept(sk)) {
		e->connections++;
		peer_add(e, &from);
		if (e->answer == ANSWER_TEXT) {
			tcp_send(sk, e->text.s, e->text.len);
			e->bytes_out += e->text.len;
			if (e->close_after)
				tcp_shutdown(sk);
		}
		did = true;
	}
	if (!tcp_established(sk))
		return did;
	tcp_recv(sk, &data);
	if (data.len) {
		heard(e, data.s, data.len);
		answer_stream(e, sk, &data);
		did = true;
	}
	sb_free(&data);
	if (tcp_eof(sk) && tcp_established(sk)) {
		tcp_shutdown(sk);
		did = true;
	}
	return did;
}

static bool serve_udp(struct endpoint *e, struct sock *sk)
{
	struct packet *p = sk->rx;
	const char *s = e->text.s;
	size_t n = e->text.len;
	const uint8_t *data;
	struct peer from;
	uint32_t len;

	if (!p)
		return false;
	sk->rx = p->next;
	if (!sk->rx)
		sk->rx_last = &sk->rx;
	else
		sock_wake(sk);
	data = pkt_th(p) + UDP_HLEN;
	len = p->tail - p->th - UDP_HLEN;
	e->datagrams++;
	from = peer_of_packet(p);
	peer_add(e, &from);
	heard(e, (const char *)data, len);
	if (e->answer == ANSWER_ECHO) {
		s = (const char *)data;
		n = len;
	} else if (e->answer == ANSWER_FUNCTION) {
		s = NULL;
		if (ask_function(e, (const char *)data, len, &from))
			s = lua_tolstring(e->lab->hw->L, -1, &n);
	}
	if (e->answer != ANSWER_NONE && s) {
		union inet_addr bound6 = sk->saddr6;
		be32 bound = sk->saddr;

		if (e->any && from.v6)	/* as a server with IP_PKTINFO: from the address that was asked */
			memcpy(&sk->saddr6, pkt_nh(p) + IP6_DST, 16);
		else if (e->any)
			sk->saddr = ip4_daddr(pkt_nh(p));
		if (from.v6)
			udp6_send(sk, &from.ip, from.port, (const uint8_t *)s, (uint32_t)n);
		else
			udp_sendto(sk, from.ip.ip, from.port, (const uint8_t *)s, (uint32_t)n);
		sk->saddr = bound;
		sk->saddr6 = bound6;
		e->bytes_out += n;
	}
	if (e->answer == ANSWER_FUNCTION && s)
		lua_pop(e->lab->hw->L, 1);
	pkt_free(p);
	return true;
}

static bool server_program(struct sock *sk)
{
	struct endpoint *e = sk->program_arg;

	return sk->proto == IPPROTO_TCP ? serve_tcp(e, sk) : serve_udp(e, sk);
}

static bool address_check(lua_State *L, const char *s, be32 *ret4, union inet_addr *ret6)
{
	bool v6 = hw_address(L, s, ret6);

	if (!v6) {
		*ret4 = ret6->ip;
		memset(ret6, 0, sizeof(*ret6));
	}
	return v6;
}

static bool speaks_ipv6(const struct host *h)
{
	for (const struct net_device *dev = h->devs; dev; dev = dev->next)
		if (!(dev->flags & IFF_LOOPBACK) && dev->ip6 && !dev->ip6->conf.disable_ipv6)
			return true;
	return false;
}

/* listen(lab, host, proto, address, port, answer, close): address = "": all of both families; answer = nil, "echo" as true,
 * a string, a function */
static int core_listen(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);
	struct host *h = hw_host_check(L, 1, 2);
	struct sock_open o = { .proto = proto_check(L, 3), .port = port_check(L, 5), .program = server_program };
	struct endpoint *e;
	lua_Integer id;
	size_t n;
	int err;

	if (*luaL_checkstring(L, 4))
		o.v6 = address_check(L, lua_tostring(L, 4), &o.addr, &o.addr6);
	else
		o.v6 = speaks_ipv6(h) && !h->sysctl.bindv6only;
	room_check(L, lab);
	e = endpoint_new(lab, h, EP_SERVER, &id);
	o.program_arg = e;
	o.ret = &e->sk;
	e->proto = o.proto;
	e->v6 = o.v6;
	e->local = o.addr6;
	if (!o.v6)
		e->local.ip = o.addr;
	e->local_port = o.port;
	e->close_after = lua_toboolean(L, 7);
	for (const struct net_device *dev = h->devs; dev; dev = dev->next)
		e->any |= segment_port(dev) && segment_port(dev)->any;
	if (lua_isfunction(L, 6)) {
		e->answer = ANSWER_FUNCTION;
		lua_pushvalue(L, 6);
		e->fn = luaL_ref(L, LUA_REGISTRYINDEX);
	} else if (lua_isboolean(L, 6)) {
		e->answer = lua_toboolean(L, 6) ? ANSWER_ECHO : ANSWER_NONE;
	} else if (lua_isstring(L, 6)) {
		const char *s = lua_tolstring(L, 6, &n);

		e->answer = ANSWER_TEXT;
		sb_write(&e->text, s, n);
	}
	err = sock_listen(h, &o);
	if (err) {
		lua_pushnil(L);
		lua_pushstring(L, strerrorname_np(-err));
		return 2;
	}
	lua_pushinteger(L, id);
	return 1;
}

/* ---- clients */

static void set_state(struct endpoint *e, const char *state, int err)
{
	e->state = state;
	e->err = err;
	e->changed = e->lab->w->clock.now;
}

static const char *end_word(int err)
{
	switch (err) {
	case 0: return "closed";
	case ECONNREFUSED: return "refused";
	case ETIMEDOUT: return "timed out";
	case ECONNRESET: case EPIPE: return "reset";
	default: return "unreachable";
	}
}

static bool client_tcp(struct endpoint *e, struct sock *sk)
{
	size_t before = e->in.len;
	bool did = false;

	if (tcp_over(sk)) {
		tcp_recv(sk, &e->in);
		e->bytes_in += e->in.len - before;
		set_state(e, end_word(sk->err), sk->err);
		e->eof = true;
		e->sk = NULL;
		sock_free(sk);
		return false;
	}
	if (strcmp(e->state, "connecting") == 0) {
		if (!tcp_established(sk))
			return false;
		set_state(e, "established", 0);
		did = true;
	}
	tcp_recv(sk, &e->in);
	e->bytes_in += e->in.len - before;
	did |= e->in.len != before;
	if (!e->eof && tcp_eof(sk)) {
		e->eof = true;
		did = true;
		if (e->closing)
			tcp_shutdown(sk);
	}
	return did;
}

static bool client_udp(struct endpoint *e, struct sock *sk)
{
	struct packet *p;
	bool did = false;

	if (sk->err && strcmp(e->state, "established") == 0) {
		set_state(e, end_word(sk->err), sk->err);
		did = true;
	}
	while ((p = sk->rx)) {
		sk->rx = p->next;
		if (!sk->rx)
			sk->rx_last = &sk->rx;
		sb_write(&e->in, pkt_th(p) + UDP_HLEN, p->tail - p->th - UDP_HLEN);
		e->bytes_in += p->tail - p->th - UDP_HLEN;
		e->datagrams++;
		pkt_free(p);
		did = true;
	}
	return did;
}

static bool client_program(struct sock *sk)
{
	struct endpoint *e = sk->program_arg;

	return sk->proto == IPPROTO_TCP ? client_tcp(e, sk) : client_udp(e, sk);
}

/* connect(lab, host, proto, address, port, { from=, sport=, data=, uid=, gid=, mark= }) */
static int core_connect(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);
	struct host *h = hw_host_check(L, 1, 2);
	struct sock_open o = { .proto = proto_check(L, 3), .port = port_check(L, 5), .program = client_program };
	const char *from;
	struct endpoint *e;
	lua_Integer id;
	int err;

	luaL_checktype(L, 6, LUA_TTABLE);
	from = hw_field_string(L, 6, "from", NULL);
	o.v6 = address_check(L, luaL_checkstring(L, 4), &o.addr, &o.addr6);
	if (from && address_check(L, from, &o.saddr, &o.saddr6) != o.v6)
		return luaL_error(L, "from = \"%s\" is of the other family", from);
	o.sport = (uint16_t)hw_field_number(L, 6, "sport", 0);
	o.uid = (uint32_t)hw_field_number(L, 6, "uid", 0);
	o.gid = (uint32_t)hw_field_number(L, 6, "gid", 0);
	o.mark = (uint32_t)hw_field_number(L, 6, "mark", 0);
	if (lua_getfield(L, 6, "data") == LUA_TSTRING)
		o.data = (const uint8_t *)lua_tolstring(L, -1, &o.len);
	room_check(L, lab);
	e = endpoint_new(lab, h, EP_CLIENT, &id);
	e->proto = o.proto;
	e->v6 = o.v6;
	e->peer = o.addr6;
	if (!o.v6)
		e->peer.ip = o.addr;
	e->peer_port = o.port;
	e->bytes_out = o.len;
	e->state = o.proto == IPPROTO_TCP ? "connecting" : "established";
	o.program_arg = e;
	o.ret = &e->sk;
	sock_event_begin(h);
	err = sock_connect(h, &o);
	if (e->sk) {
		e->local = e->sk->saddr6;
		if (!o.v6)
			e->local.ip = e->sk->saddr;
		e->local_port = e->sk->sport;
	}
	if (err) {
		set_state(e, err == -EPERM && o.proto == IPPROTO_UDP ? "established" : end_word(-err), -err);
		if (e->sk && o.proto == IPPROTO_TCP) {	/* nobody waits for it any more */
			e->sk->program = NULL;
			e->sk = NULL;
		}
	}
	lua_pushinteger(L, id);
	return 1;
}

static int core_write(lua_State *L)
{
	struct endpoint *e = endpoint_check(L, 2);
	size_t n;
	const char *s = luaL_checklstring(L, 3, &n);
	int err = 0;

	if (!e->sk)
		return luaL_error(L, "the connection is over: %s", e->state);
	if (e->proto == IPPROTO_TCP)
		tcp_send(e->sk, s, n);
	else if (e->v6)
		err = udp6_send(e->sk, &e->sk->daddr6, e->sk->dport, (const uint8_t *)s, (uint32_t)n);
	else
		err = udp_sendto(e->sk, e->sk->daddr, e->sk->dport, (const uint8_t *)s, (uint32_t)n);
	e->bytes_out += n;
	lua_pushboolean(L, !err);
	lua_pushstring(L, err ? strerrorname_np(-err) : NULL);
	return 2;
}

/* Takes what came, n bytes at most. */
static int core_read(lua_State *L)
{
	struct endpoint *e = endpoint_check(L, 2);
	size_t n = (size_t)luaL_optinteger(L, 3, INT32_MAX);

	n = MIN(n, e->in.len);
	lua_pushlstring(L, sb_str(&e->in), n);
	if (n) {
		memmove(e->in.s, e->in.s + n, e->in.len - n + 1);
		e->in.len -= n;
	}
	return 1;
}

static int core_close(lua_State *L)
{
	struct endpoint *e = endpoint_check(L, 2);

	e->closing = true;
	if (!e->sk)
		return 0;
	if (e->proto == IPPROTO_TCP && e->kind == EP_CLIENT) {
		tcp_shutdown(e->sk);
	} else {
		sock_free(e->sk);
		e->sk = NULL;
		if (e->kind == EP_CLIENT)
			set_state(e, "closed", 0);
	}
	return 0;
}

static void set_address(lua_State *L, const char *key, const union inet_addr *ip, bool v6, uint16_t port)
{
	push_address(L, ip, v6, port);
	lua_setfield(L, -2, key);
}

static void set_ids(lua_State *L, const char *key, const struct ids *l)
{
	lua_newtable(L);
	for (uint32_t i = 0; i < l->nr; i++) {
		lua_pushinteger(L, (lua_Integer)l->id[i]);
		lua_rawseti(L, -2, i + 1);
	}
	lua_setfield(L, -2, key);
}

static void info_server(lua_State *L, const struct endpoint *e)
{
	hw_set_int(L, "connections", (lua_Integer)e->connections);
	hw_set_int(L, "datagrams", (lua_Integer)e->datagrams);
	lua_pushlstring(L, sb_str(&e->in), e->in.len);
	lua_setfield(L, -2, "heard");
	lua_newtable(L);
	for (uint32_t i = 0; i < e->nr_peers; i++) {
		push_address(L, &e->peers[i].ip, e->peers[i].v6, e->peers[i].port);
		lua_rawseti(L, -2, i + 1);
	}
	lua_setfield(L, -2, "peers");
}

static void info_ping(lua_State *L, const struct endpoint *e)
{
	hw_set_int(L, "transmitted", e->sent_count);
	hw_set_int(L, "replies", e->replies);
	hw_set_int(L, "errors", e->errors);
	if (!e->replies)
		return;
	lua_pushnumber(L, (double)e->rtt_min / 1e9);
	lua_setfield(L, -2, "rtt_min");
	lua_pushnumber(L, (double)e->rtt_max / 1e9);
	lua_setfield(L, -2, "rtt_max");
	lua_pushnumber(L, (double)e->rtt_sum / (double)e->replies / 1e9);
	lua_setfield(L, -2, "rtt_avg");
}

static int core_info(lua_State *L)
{
	struct endpoint *e = endpoint_check(L, 2);

	lua_newtable(L);
	hw_set_string(L, "host", e->host->name);
	hw_set_string(L, "proto", e->kind == EP_PING ? e->v6 ? "icmpv6" : "icmp" : e->proto == IPPROTO_TCP ? "tcp" : "udp");
	hw_set_string(L, "state", e->state);
	hw_set_string(L, "error", e->err ? strerrorname_np(e->err) : NULL);
	hw_set_bool(L, "eof", e->eof);
	hw_set_bool(L, "over", !e->sk);
	hw_set_int(L, "unread", (lua_Integer)e->in.len);
	hw_set_int(L, "bytes_in", (lua_Integer)e->bytes_in);
	hw_set_int(L, "bytes_out", (lua_Integer)e->bytes_out);
	lua_pushnumber(L, (double)e->opened / 1e9);
	lua_setfield(L, -2, "opened");
	lua_pushnumber(L, (double)e->changed / 1e9);
	lua_setfield(L, -2, "changed");
	set_address(L, "address", &e->local, e->v6, e->local_port);
	set_address(L, "peer", &e->peer, e->v6, e->peer_port);
	set_ids(L, "sent", &e->sent);
	set_ids(L, "received", &e->received);
	hw_set_int(L, "packets_sent", e->sent.total);
	hw_set_int(L, "packets_received", e->received.total);
	if (e->kind == EP_SERVER)
		info_server(L, e);
	else if (e->kind == EP_PING)
		info_ping(L, e);
	return 1;
}

/* ---- pings */

static void ping_now(struct timer *t)
{
	struct endpoint *e = container_of(t, struct endpoint, timer);
	uint8_t data[65536];
	int err;

	for (uint32_t i = 0; i < e->size; i++)
		data[i] = (uint8_t)i;
	e->sent_at[e->sent_count++] = e->lab->w->clock.now;
	err = e->v6 ? ping6_send(e->sk, &e->peer, (uint16_t)e->sent_count, data, e->size, e->ttl) :
		      ping_send(e->sk, e->peer.ip, (uint16_t)e->sent_count, data, e->size, e->ttl);
	if (err) {
		e->errors++;
		set_state(e, end_word(-err), -err);
	}
	if (e->sent_count < e->count)
		timer_set(&e->lab->w->clock, &e->timer, e->lab->w->clock.now + e->interval);
}

static bool ping_program(struct sock *sk)
{
	struct endpoint *e = sk->program_arg;
	struct packet *p;
	bool did = false;

	if (sk->err) {
		e->errors++;
		set_state(e, sk->icmp_type == (e->v6 ? ICMPV6_TIME_EXCEED : ICMP_TIME_EXCEEDED) ? "ttl exceeded" : end_word(sk->err), sk->err);
		sk->err = 0;
		did = true;
	}
	while ((p = sk->rx)) {
		uint32_t seq = get_be16(pkt_th(p) + ICMP_SEQ);

		sk->rx = p->next;
		if (!sk->rx)
			sk->rx_last = &sk->rx;
		if (seq && seq <= e->sent_count) {
			uint64_t rtt = e->lab->w->clock.now - e->sent_at[seq - 1];

			e->rtt_min = e->replies ? MIN(e->rtt_min, rtt) : rtt;
			e->rtt_max = MAX(e->rtt_max, rtt);
			e->rtt_sum += rtt;
			e->replies++;
			set_state(e, "answered", 0);
		}
		id_add(&e->received, p->parent);
		pkt_free(p);
		did = true;
	}
	return did;
}

/* "10.0.0.1", "2001:db8::1", "fe80::1%eth0" */
static bool ping_address_check(lua_State *L, struct host *h, const char *s, union inet_addr *ret, int *ret_oif)
{
	const char *scope = strchr(s, '%');

	*ret_oif = 0;
	if (scope) {
		struct net_device *dev = dev_by_name(h, scope + 1);

		if (!dev)
			luaL_error(L, "the host %s has no device \"%s\"", h->name, scope + 1);
		*ret_oif = dev->ifindex;
		s = lua_pushlstring(L, s, (size_t)(scope - s));
	}
	return hw_address(L, s, ret);
}

/* ping(lab, host, address, count, interval, size, ttl): the first one goes at once */
static int core_ping(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);
	struct host *h = hw_host_check(L, 1, 2);
	union inet_addr peer;
	int oif;
	bool v6 = ping_address_check(L, h, luaL_checkstring(L, 3), &peer, &oif);
	lua_Integer count = luaL_checkinteger(L, 4), size = luaL_checkinteger(L, 6), ttl = luaL_checkinteger(L, 7), id;
	double interval = luaL_checknumber(L, 5);
	struct endpoint *e;

	luaL_argcheck(L, count >= 1 && count <= 65535, 4, "from 1 to 65535 pings");
	luaL_argcheck(L, size >= 0 && size <= 65507, 6, "a size from 0 to 65507");
	luaL_argcheck(L, ttl >= 0 && ttl <= 255, 7, "a TTL from 0 to 255");
	luaL_argcheck(L, interval >= 0 && interval < 1e6, 5, "an interval in seconds");
	room_check(L, lab);
	e = endpoint_new(lab, h, EP_PING, &id);
	e->proto = v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	e->v6 = v6;
	e->peer = peer;
	e->state = "waiting";
	e->count = (uint32_t)count;
	e->size = (uint32_t)size;
	e->ttl = (uint8_t)ttl;
	e->interval = (uint64_t)(interval * 1e9);
	e->sent_at = xcalloc((size_t)count, sizeof(*e->sent_at));
	e->timer.fn = ping_now;
	e->sk = v6 ? ping6_open(h, lab->next_ping++, oif, ping_program, e) : ping_open(h, lab->next_ping++, ping_program, e);
	if (!e->sk)
		return luaL_error(L, "too many pings");
	ping_now(&e->timer);
	lua_pushinteger(L, id);
	return 1;
}

bool hw_endpoint_ready(const struct hw_lab *lab, lua_Integer id, const char *what)
{
	const struct endpoint *e = id >= 1 && id <= lab->nr_ep ? lab->ep[id - 1] : NULL;

	if (!e)
		return false;
	if (strcmp(what, "ping") == 0)
		return e->sent_count == e->count && e->replies + e->errors >= e->count;
	if (strcmp(what, "connected") == 0)
		return strcmp(e->state, "connecting") != 0;
	if (strcmp(what, "data") == 0)
		return e->in.len || e->eof || !e->sk || (e->proto == IPPROTO_UDP && e->err);
	return !e->sk || (e->eof && e->closing);
}

void hw_core_sock(lua_State *L)
{
	static const luaL_Reg fns[] = {
		{ "listen", core_listen }, { "connect", core_connect }, { "write", core_write }, { "read", core_read },
		{ "close", core_close }, { "info", core_info }, { "ping", core_ping }, { NULL, NULL },
	};

	luaL_setfuncs(L, fns, 0);
}
