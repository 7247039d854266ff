// SPDX-License-Identifier: MIT
/* lab_traffic.c - what arrives at several hosts from outside of the lab: captures, merged by the time they were
 * taken; and what a recorded run says of the moments at which events happened. */
#include "sim/world/lab.h"
#include "sim/world/traffic_json.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- captures of several hosts */

struct part {
	struct host *h;
	const char **in; unsigned nr_in;
	struct traffic *t;
	uint64_t start;			/* ns since 1970: of its first packet */
	struct traffic_event ev;
	bool pending;
};

struct merged { struct traffic t; struct part *part; unsigned nr; uint64_t start, index; struct part *last; bool bad; };

static void fetch(struct merged *m, struct part *p)
{
	int got = p->t->next(p->t, &p->ev);

	p->pending = got > 0;
	m->bad |= got < 0;
}

static int merged_next(struct traffic *t, struct traffic_event *ret)
{
	struct merged *m = container_of(t, struct merged, t);
	struct part *first = NULL;

	if (m->last)
		fetch(m, m->last);
	m->last = NULL;
	for (unsigned i = 0; i < m->nr; i++) {
		struct part *p = &m->part[i];

		if (p->pending && (!first || p->ev.t + p->start < first->ev.t + first->start))
			first = p;
	}
	if (!first)
		return m->bad ? -1 : 0;
	*ret = first->ev;
	ret->t += first->start - m->start;
	ret->host = first->h->name;
	ret->index = m->index++;
	m->last = first;
	return 1;
}

static void merged_close(struct traffic *t)
{
	struct merged *m = container_of(t, struct merged, t);

	for (unsigned i = 0; i < m->nr; i++) {
		if (m->part[i].t)
			m->part[i].t->close(m->part[i].t);
		free(m->part[i].in);
	}
	free(m->part);
	free(m);
}

/* "fw.eth0=a.pcap" to its host, as "eth0=a.pcap". */
static bool sort_input(struct merged *m, const struct world *w, const char *in, struct diag *d)
{
	const char *dot = strchr(in, '.'), *eq = strchr(in, '=');
	struct part *p = NULL;

	for (unsigned i = 0; dot && eq && dot < eq && i < w->nr_hosts; i++)
		if (strlen(w->host[i]->name) == (size_t)(dot - in) && strncmp(w->host[i]->name, in, (size_t)(dot - in)) == 0)
			p = &m->part[i];
	if (!p) {
		diag_error(d, (struct pos){ 0 }, "--in %s: in a lab a capture is for an interface of one of its hosts", in);
		diag_hint(d, "as in: --in %s.eth0=FILE.pcap", w->nr_hosts ? w->host[0]->name : "fw");
		return false;
	}
	p->in = xrealloc(p->in, (p->nr_in + 1) * sizeof(*p->in));
	p->in[p->nr_in++] = dot + 1;
	return true;
}

struct traffic *capture_open_lab(struct world *w, const char *const *in, unsigned n, bool any_mac, struct diag *d)
{
	struct merged *m = xcalloc(1, sizeof(*m));
	bool ok = true;

	m->t = (struct traffic){ .next = merged_next, .close = merged_close };
	m->part = xcalloc(w->nr_hosts + 1, sizeof(*m->part));
	m->nr = w->nr_hosts;
	m->start = UINT64_MAX;
	for (unsigned i = 0; i < n; i++)
		ok &= sort_input(m, w, in[i], d);
	for (unsigned i = 0; ok && i < m->nr; i++) {
		struct part *p = &m->part[i];

		p->h = w->host[i];
		if (!p->nr_in)
			continue;
		if (!(p->t = capture_open(p->h, p->in, p->nr_in, any_mac, d))) {
			ok = false;
			break;
		}
		p->start = p->h->boot_real_ns;
		fetch(m, p);
		if (p->pending)
			m->start = MIN(m->start, p->start);
	}
	if (!ok) {
		merged_close(&m->t);
		return NULL;
	}
	for (unsigned i = 0; m->start != UINT64_MAX && i < m->nr; i++)
		m->part[i].h->boot_real_ns = m->start;
	return &m->t;
}

void capture_lab_left_out(const struct traffic *t, struct strbuf *out)
{
	const struct merged *m = container_of(t, struct merged, t);

	if (t->next != merged_next) {
		capture_left_out(t, out);
		return;
	}
	for (unsigned i = 0; i < m->nr; i++)
		if (m->part[i].t)
			capture_left_out(m->part[i].t, out);
}

/* ---- the moments of a recorded run */

struct timed { struct traffic t, *of; uint64_t *at; size_t nr; };

static int timed_next(struct traffic *t, struct traffic_event *ret)
{
	struct timed *x = container_of(t, struct timed, t);
	int got = x->of->next(x->of, ret);

	if (got > 0 && ret->index < x->nr)
		ret->t = x->at[ret->index];
	x->t.end = x->of->end;
	return got;
}

static void timed_out(struct traffic *t, const struct net_device *dev, const struct packet *p, bool arp)
{
	struct timed *x = container_of(t, struct timed, t);

	x->of->out(x->of, dev, p, arp);
}

static void timed_close(struct traffic *t)
{
	struct timed *x = container_of(t, struct timed, t);

	x->of->close(x->of);
	free(x->at);
	free(x);
}

static void take_times(struct timed *x, const json_t *events)
{
	uint64_t last = 0;
	json_t *e;
	size_t i;

	if (x->nr || !json_array_size(events))
		return;
	x->nr = json_array_size(events);
	x->at = xcalloc(x->nr, sizeof(*x->at));
	json_array_foreach(events, i, e) {
		double s = json_number_value(json_object_get(e, "t_actual"));

		if (s > 0 && s < 1e9)
			last = MAX(last, (uint64_t)(s * 1e9 + 0.5));
		x->at[i] = last;
	}
}

struct traffic *like_open_lab(struct world *w, const char *dir, struct traffic *of, struct diag *d)
{
	struct timed *x = xcalloc(1, sizeof(*x));
	unsigned nr_files = 0, errors = d->nr_errors;

	x->t = (struct traffic){ .next = timed_next, .out = of->out ? timed_out : NULL, .close = timed_close, .end = of->end };
	x->of = of;
	for (unsigned i = 0; i < w->nr_hosts; i++) {
		const char *path = arena_printf(w->arena, "%s/%s.json", dir, w->host[i]->name);
		struct source *src;
		json_t *root;

		if (access(path, F_OK) != 0)
			continue;
		nr_files++;
		if (!(src = source_read(w->arena, path, 0, d)) || !(root = like_read(src, d)))
			continue;
		like_take_hints(w->host[i], root);
		take_times(x, json_object_get(root, "events"));
		json_decref(root);
	}
	if (!nr_files) {
		diag_error(d, (struct pos){ 0 }, "--like %s: there is no HOST.json of a host of this lab in it", dir);
		diag_hint(d, "replay LAB --json DIR writes such files");
	}
	if (d->nr_errors == errors)
		return &x->t;
	timed_close(&x->t);
	return NULL;
}
