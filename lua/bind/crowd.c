// SPDX-License-Identifier: MIT
/* crowd.c - hookwalk.core: many clients at once. Each connects, sends, reads the answer, and closes; what
 * became of them is counted. They begin at fixed distances or as a Poisson process of the same rate. */
#include "lua/bind/hw.h"
#include "sim/net/ipv6.h"
#include "sim/net/sock.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define MAX_ANSWERS 64u
#define ANSWER_LEN  64u

struct crowd_client {
	struct crowd *crowd;
	struct strbuf in;
	uint64_t began;
	bool established, closed;
};

struct crowd {
	struct hw_lab *lab;
	struct host *host;
	struct timer timer;
	struct rng rng;
	uint64_t n, started, active, peak;
	uint64_t gap;			/* ns between two, on average */
	bool poisson, hold, quick;	/* hold: connections stay open; quick: closed as soon as they are there */
	uint8_t proto;
	bool v6;
	union inet_addr addr, from; uint32_t nr_from;	/* source addresses: from, from + 1, ...; 0.0.0.0, :: = the host's own */
	uint16_t port;
	struct strbuf data;
	uint64_t established, refused, timed_out, unreachable, reset, finished, failed, answered;
	uint64_t bytes_in, last_end;
	struct { char text[ANSWER_LEN + 1]; uint64_t n; } answer[MAX_ANSWERS]; unsigned nr_answers;
};

static void count_answer(struct crowd *c, const struct strbuf *in)
{
	char text[ANSWER_LEN + 1];
	size_t n = MIN(in->len, ANSWER_LEN);
	unsigned i;

	memcpy(text, in->s, n);
	text[n] = 0;
	for (i = 0; i < c->nr_answers && strcmp(c->answer[i].text, text) != 0; i++)
		;
	if (i == MAX_ANSWERS)
		return;
	if (i == c->nr_answers) {
		c->nr_answers++;
		strcpy(c->answer[i].text, text);
	}
	c->answer[i].n++;
}

static void client_end(struct crowd_client *k, int err)
{
	struct crowd *c = k->crowd;

	switch (err) {
	case 0: c->finished++;	break;
	case ECONNREFUSED: c->refused++;	break;
	case ETIMEDOUT: c->timed_out++;	break;
	case ECONNRESET: case EPIPE: c->reset++;	break;
	default: c->unreachable++;	break;
	}
	c->failed += err != 0;
	c->active--;
	c->last_end = c->lab->w->clock.now;
	if (k->in.len) {
		c->answered++;
		count_answer(c, &k->in);
	}
	sb_free(&k->in);
	free(k);
}

static bool crowd_tcp(struct crowd_client *k, struct sock *sk)
{
	struct crowd *c = k->crowd;
	size_t before = k->in.len;
	bool did = false;

	if (!tcp_over(sk) && !k->established) {
		if (!tcp_established(sk))
			return false;
		k->established = did = true;
		c->established++;
		if (c->hold)
			return true;
		if (c->quick) {
			k->closed = true;
			tcp_shutdown(sk);
		}
	}
	tcp_recv(sk, &k->in);
	c->bytes_in += k->in.len - before;
	did |= k->in.len != before;
	if (tcp_over(sk)) {
		int err = sk->err;

		sk->program = NULL;
		sock_free(sk);
		client_end(k, err);
		return false;
	}
	if (tcp_time_wait(sk)) {	/* the socket goes on alone */
		sk->program = NULL;
		client_end(k, 0);
		return true;
	}
	/* One answer is enough; a server that closes first is closed too. */
	if (k->established && !k->closed && !c->hold && (k->in.len || tcp_eof(sk))) {
		k->closed = did = true;
		tcp_shutdown(sk);
	}
	return did;
}

static bool crowd_udp(struct crowd_client *k, struct sock *sk)
{
	struct packet *p = sk->rx;
	int err = sk->err;

	if (!p && !err)
		return false;
	if (p) {
		sb_write(&k->in, pkt_th(p) + 8, p->tail - p->th - 8);
		k->crowd->bytes_in += k->in.len;
		k->crowd->established++;
	}
	sock_free(sk);		/* with all it holds */
	client_end(k, p ? 0 : err);
	return true;
}

static bool crowd_program(struct sock *sk)
{
	struct crowd_client *k = sk->program_arg;

	return sk->proto == IPPROTO_TCP ? crowd_tcp(k, sk) : crowd_udp(k, sk);
}

static void set_addresses(const struct crowd *c, struct sock_open *o)
{
	uint32_t step = (uint32_t)(c->started % MAX(c->nr_from, 1u));

	if (c->v6) {
		o->addr6 = c->addr;
		o->saddr6 = c->from;
		if (!ipv6_addr_any(&c->from))
			o->saddr6.all[3] = htonl(ntohl(c->from.all[3]) + step);
	} else {
		o->addr = c->addr.ip;
		o->saddr = c->from.ip ? htonl(ntohl(c->from.ip) + step) : 0;
	}
}

static void start_one(struct crowd *c)
{
	struct crowd_client *k = xcalloc(1, sizeof(*k));
	struct sock_open o = { .proto = c->proto, .v6 = c->v6, .port = c->port, .program = crowd_program, .program_arg = k,
			       .data = c->data.len ? (const uint8_t *)c->data.s : NULL, .len = c->data.len };
	struct sock *sk;
	int err;

	set_addresses(c, &o);
	k->crowd = c;
	k->began = c->lab->w->clock.now;
	c->started++;
	c->active++;
	c->peak = MAX(c->peak, c->active);
	o.ret = &sk;
	err = sock_connect(c->host, &o);
	if (err == -EPERM && c->proto == IPPROTO_UDP)
		return;		/* dropped on its way out: nothing will come back */
	if (err) {
		if (sk)
			sk->program = NULL;
		client_end(k, -err);
	}
}

static void crowd_due(struct timer *t)
{
	struct crowd *c = container_of(t, struct crowd, timer);
	struct evq *q = &c->lab->w->clock;
	uint64_t gap = c->gap;

	start_one(c);
	if (c->started == c->n)
		return;
	if (c->poisson)
		gap = (uint64_t)(-log(1.0 - (double)(rng_u64(&c->rng) >> 11) * 0x1p-53) * (double)c->gap);
	timer_set(q, t, q->now + gap);
}

/* crowd(lab, host, proto, address, port, { n=, rate=, poisson=, hold=, data=, from=, addresses= }) */
static int core_crowd(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);
	struct host *h = hw_host_check(L, 1, 2);
	static const char *const protos[] = { "tcp", "udp", NULL };
	uint8_t proto = luaL_checkoption(L, 3, NULL, protos) ? IPPROTO_UDP : IPPROTO_TCP;
	union inet_addr addr, from_ip = { 0 };
	bool v6 = hw_address(L, luaL_checkstring(L, 4), &addr);
	lua_Integer port = luaL_checkinteger(L, 5);
	double n, rate;
	const char *from;
	struct crowd *c;

	luaL_checktype(L, 6, LUA_TTABLE);
	n = hw_field_number(L, 6, "n", 1);
	rate = hw_field_number(L, 6, "rate", 1000);
	from = hw_field_string(L, 6, "from", NULL);
	if (n < 1 || n > HW_MAX_CLIENTS || lab->nr_crowds >= 10000 || rate <= 0 || rate > 1e9 || port < 1 || port > 65535)
		return luaL_error(L, "clients: from 1 to 1000000 of them, at a rate above 0 per second");
	if (from && hw_address(L, from, &from_ip) != v6)
		return luaL_error(L, "source = \"%s\" is of the other family", from);
	c = xcalloc(1, sizeof(*c));
	lab->crowd = xrealloc(lab->crowd, (lab->nr_crowds + 1) * sizeof(struct crowd *));
	lab->crowd[lab->nr_crowds++] = c;
	c->lab = lab;
	c->host = h;
	c->proto = proto;
	c->v6 = v6;
	c->addr = addr;
	c->port = (uint16_t)port;
	c->from = from_ip;
	c->nr_from = (uint32_t)hw_field_number(L, 6, "addresses", 1);
	c->n = (uint64_t)n;
	c->gap = (uint64_t)(1e9 / rate);
	c->poisson = hw_field_bool(L, 6, "poisson");
	c->quick = hw_field_bool(L, 6, "quick");
	c->hold = hw_field_bool(L, 6, "hold");
	rng_init(&c->rng, lab->w->seed, h->name, "clients");
	for (uint32_t i = 1; i < lab->nr_crowds; i++)	/* each its own chance */
		rng_u64(&c->rng);
	if (lua_getfield(L, 6, "data") == LUA_TSTRING) {
		size_t len;
		const char *s = lua_tolstring(L, -1, &len);

		sb_write(&c->data, s, len);
	}
	c->timer.fn = crowd_due;
	timer_set(&lab->w->clock, &c->timer, lab->w->clock.now + (uint64_t)(hw_field_number(L, 6, "after", 0) * 1e9));
	lua_pushinteger(L, lab->nr_crowds);
	return 1;
}

static int core_crowd_info(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);
	lua_Integer id = luaL_checkinteger(L, 2);
	const struct crowd *c;

	luaL_argcheck(L, id >= 1 && id <= lab->nr_crowds, 2, "there is no such crowd");
	c = lab->crowd[id - 1];
	lua_newtable(L);
	hw_set_int(L, "n", (lua_Integer)c->n);
	hw_set_int(L, "started", (lua_Integer)c->started);
	hw_set_int(L, "active", (lua_Integer)c->active);
	hw_set_int(L, "peak", (lua_Integer)c->peak);
	hw_set_int(L, "established", (lua_Integer)c->established);
	hw_set_int(L, "finished", (lua_Integer)c->finished);
	hw_set_int(L, "answered", (lua_Integer)c->answered);
	hw_set_int(L, "refused", (lua_Integer)c->refused);
	hw_set_int(L, "timed_out", (lua_Integer)c->timed_out);
	hw_set_int(L, "unreachable", (lua_Integer)c->unreachable);
	hw_set_int(L, "reset", (lua_Integer)c->reset);
	hw_set_int(L, "failed", (lua_Integer)c->failed);
	hw_set_int(L, "bytes_in", (lua_Integer)c->bytes_in);
	lua_newtable(L);
	for (unsigned i = 0; i < c->nr_answers; i++)
		hw_set_int(L, c->answer[i].text, (lua_Integer)c->answer[i].n);
	lua_setfield(L, -2, "answers");
	return 1;
}

bool hw_crowd_ready(const struct hw_lab *lab, lua_Integer id)
{
	const struct crowd *c = id >= 1 && id <= lab->nr_crowds ? lab->crowd[id - 1] : NULL;

	return c && c->started == c->n && (!c->active || (c->hold && c->established + c->failed == c->n));
}

static void forget_clients(struct hw_lab *lab)
{
	for (unsigned i = 0; i < lab->w->nr_hosts; i++) {
		for (struct sock *sk = lab->w->host[i]->socks->first; sk; sk = sk->all_next) {
			if (sk->program != crowd_program)
				continue;
			sb_free(&((struct crowd_client *)sk->program_arg)->in);
			free(sk->program_arg);
			sk->program = NULL;
		}
	}
}

void hw_crowds_free(struct hw_lab *lab)
{
	if (lab->nr_crowds)
		forget_clients(lab);
	for (uint32_t i = 0; i < lab->nr_crowds; i++) {
		timer_off(&lab->w->clock, &lab->crowd[i]->timer);
		sb_free(&lab->crowd[i]->data);
		free(lab->crowd[i]);
	}
	free(lab->crowd);
	lab->nr_crowds = 0;
}

void hw_core_crowd(lua_State *L)
{
	static const luaL_Reg fns[] = { { "crowd", core_crowd }, { "crowd_info", core_crowd_info }, { NULL, NULL } };

	luaL_setfuncs(L, fns, 0);
}
