// SPDX-License-Identifier: MIT
/* pcap_out.c - one nanosecond pcap per interface, both directions, as tcpdump on that interface would
 * have written it. Files get their names only when the run went well. */
#include "sim/report/view.h"
#include "sim/report/outfile.h"
#include "sim/net/device.h"
#include "sim/net/host.h"
#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SNAPLEN 262144

struct pcap_file {
	struct pcap_file *next;
	const struct net_device *dev;
	char *path, *tmp;
	pcap_dumper_t *dump;
	int slot;
};

struct pcap_view {
	struct view view;
	const struct diag *diag;	/* knows what is read from */
	char *dir;
	bool lab;
	pcap_t *dead;
	struct pcap_file *first, **last;
	char *what;			/* why a file cannot be written, or NULL */
};

static void give_up(struct pcap_view *v, const char *why)
{
	free(v->what);
	v->what = xstrdup(why);
}

static struct pcap_file *file_of(struct pcap_view *v, const struct net_device *dev)
{
	struct pcap_file *f;
	size_t n;

	for (f = v->first; f; f = f->next)
		if (f->dev == dev)
			return f;
	f = xcalloc(1, sizeof(*f));
	f->dev = dev;
	n = strlen(v->dir) + strlen(dev->host->name) + sizeof(dev->name) + 16;
	f->path = xmalloc(n);
	f->tmp = xmalloc(n);
	snprintf(f->path, n, "%s/%s%s%s.pcap", v->dir, v->lab ? dev->host->name : "", v->lab ? "." : "", dev->name);
	snprintf(f->tmp, n, "%s.part", f->path);
	f->slot = -1;
	if (diag_is_input(v->diag, f->path)) {
		give_up(v, "it is read from, a result would replace it");
	} else {
		f->slot = outfile_remember(f->tmp);
		if (!(f->dump = pcap_dump_open(v->dead, f->tmp)))
			give_up(v, pcap_geterr(v->dead));
	}
	*v->last = f;
	v->last = &f->next;
	return f;
}

static void on_frame(struct trace_sink *s, const struct event *ev)
{
	struct pcap_view *v = container_of(s, struct pcap_view, view.sink);
	struct pcap_file *f = file_of(v, ev->u.dev.dev);
	const struct packet *p = ev->pkt;
	uint64_t t = ev->host->boot_real_ns + ev->t;
	struct pcap_pkthdr hdr = {
		.ts = { .tv_sec = (time_t)(t / NSEC_PER_SEC), .tv_usec = (suseconds_t)(t % NSEC_PER_SEC) },
		.len = p->tail - p->mac,
		.caplen = (p->cut && p->cut < p->tail ? p->cut : p->tail) - p->mac,
	};

	if (f->dump)
		pcap_dump((u_char *)f->dump, &hdr, pkt_mac(p));
}

static bool close_file(struct pcap_view *v, struct pcap_file *f, bool keep, struct diag *d)
{
	bool ok = f->dump != NULL;

	if (f->dump) {
		if (pcap_dump_flush(f->dump) || ferror(pcap_dump_file(f->dump)))
			ok = false;
		pcap_dump_close(f->dump);
	}
	if (!ok)
		diag_error(d, (struct pos){ 0 }, "%s: cannot write: %s", f->path,
			   v->what ? v->what : strerror(errno ? errno : EIO));
	if (ok && keep && rename(f->tmp, f->path)) {
		diag_error(d, (struct pos){ 0 }, "%s: cannot rename into place: %s", f->path, strerror(errno));
		ok = false;
	}
	if (!ok || !keep)
		unlink(f->tmp);
	outfile_forget(f->slot);
	free(f->path);
	free(f->tmp);
	free(f);
	return ok;
}

static bool close_pcap(struct view *view, bool keep, struct diag *d)
{
	struct pcap_view *v = container_of(view, struct pcap_view, view);
	bool ok = true;

	for (struct pcap_file *f = v->first, *next; f; f = next) {
		next = f->next;
		ok &= close_file(v, f, keep && ok, d);
	}
	pcap_close(v->dead);
	free(v->dir);
	free(v->what);
	free(v);
	return ok;
}

struct view *view_pcap_lab(const char *dir, struct diag *d)
{
	struct view *v = view_pcap(dir, d);

	if (v)
		container_of(v, struct pcap_view, view)->lab = true;
	return v;
}

struct view *view_pcap(const char *dir, struct diag *d)
{
	struct pcap_view *v;

	if (mkdir(dir, 0777) && errno != EEXIST) {
		diag_error(d, (struct pos){ 0 }, "%s: cannot make the directory: %s", dir, strerror(errno));
		return NULL;
	}
	if (access(dir, W_OK | X_OK)) {
		diag_error(d, (struct pos){ 0 }, "%s: cannot write there: %s", dir, strerror(errno));
		return NULL;
	}
	v = xcalloc(1, sizeof(*v));
	v->diag = d;
	v->dir = xstrdup(dir);
	v->dead = pcap_open_dead_with_tstamp_precision(DLT_EN10MB, SNAPLEN, PCAP_TSTAMP_PRECISION_NANO);
	v->last = &v->first;
	v->view.close = close_pcap;
	v->view.sink.event = on_frame;
	v->view.sink.mask = EV_BIT(EV_RX) | EV_BIT(EV_TX);
	return &v->view;
}
