// SPDX-License-Identifier: MIT
/* wire.c - the outside ends of the host's wires: frames in, frames out, neighbours that answer.
 *
 * The case has one CPU for itself: veth and lo hand a frame to the CPU's backlog, one queue for all devices
 * of all namespaces, mostly worked off before send() returns, else soon after by ksoftirqd. So a frame sent
 * through the outside's lo comes out behind all that was queued before it: when it is there, so is the rest. */
#include "sim/verify/internal.h"
#include "sim/packet/ip6.h"
#include "sim/packet/text.h"
#include "sim/report/ct_json.h"
#include "sim/world/reply.h"
#include <errno.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define ETH_P_EVERY	0x0003
#define ETH_P_SENTINEL	0x88b5		/* IEEE 802 local experiments */
#define CAPTURE_BYTES	(1 << 24)
#define FLUSH_MSEC	200
#define FRAME_BYTES	65600

bool wire_open(struct wire *w)
{
	int one = 1, size = CAPTURE_BYTES;

	w->capture = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(ETH_P_EVERY));
	w->inject = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (w->capture < 0 || w->inject < 0)
		return false;
	/* Beyond the machine's limit when allowed; a user namespace may not. */
	if (setsockopt(w->capture, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(w->capture, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	w->lo = link_index(w->inject, "lo");
	return setsockopt(w->capture, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof(one)) == 0 &&
	       setsockopt(w->capture, SOL_PACKET, PACKET_AUXDATA, &one, sizeof(one)) == 0;
}

static int send_on(struct wire *w, int ifindex, const void *frame, size_t len)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = ifindex };

	return sendto(w->inject, frame, len, 0, (void *)&to, sizeof(to)) < 0 ? -errno : 0;
}

int wire_send(struct wire *w, unsigned k, const void *frame, size_t len)
{
	return send_on(w, w->peer[k], frame, len);
}

void wire_quiet(struct wire *w, int quiet_ms, int max_ms)
{
	struct pollfd p = { .fd = w->capture, .events = POLLIN };
	char byte;

	for (int ms = 0; ms < max_ms && poll(&p, 1, quiet_ms) > 0; ms++) {
		while (recv(w->capture, &byte, 1, MSG_TRUNC) >= 0)
			;
		poll(NULL, 0, 1);
	}
}

/* ---- what comes out */

static bool from_host(const struct trial *t, const uint8_t *f)
{
	for (unsigned i = 0; i < t->macs.nr; i++)
		if (memcmp(t->macs.mac[i], f + ETH_ALEN, ETH_ALEN) == 0)
			return true;
	return false;
}

static json_t *record(struct trial *t, unsigned k, const uint8_t *f, size_t len)
{
	struct strbuf sb = { 0 };
	json_t *rec = json_object();

	json_object_set_new(rec, "dev", json_string(t->dev[k]->name));
	json_object_set_new(rec, "frame", hex_json(f, len));
	frame_print(&sb, f, (uint32_t)len, PACKET_SHORT);
	json_object_set_new(rec, "desc", text_json(sb_str(&sb)));
	if (t->late)
		json_object_set_new(rec, "late", json_true());
	sb_free(&sb);
	return rec;
}

static void append(struct trial *t, const char *list, json_t *rec)
{
	json_array_append_new(json_object_get(t->event, list), rec);
}

/* The traffic may answer it. */
static void feed(struct trial *t, unsigned k, const uint8_t *f, size_t len, bool arp)
{
	struct packet *p;

	if (!t->traffic->out)
		return;
	p = pkt_alloc(t->h->pool, (uint32_t)len);
	memcpy(pkt_put(p, (uint32_t)len), f, len);
	t->traffic->out(t->traffic, t->dev[k], p, arp);
	pkt_free(p);
}

/* A question "who has an address": its neighbour answers at once. */
static void question(struct trial *t, unsigned k, const uint8_t *f, size_t len)
{
	uint8_t r[OUTSIDE_ANSWER_MAX];
	size_t n = outside_answer(t->dev[k], f, len, r);
	json_t *rec = record(t, k, f, len);

	if (n)
		json_object_set_new(rec, "answer", hex_json(r, n));
	append(t, "arp", rec);
	feed(t, k, f, len, true);
	if (n)
		wire_send(&t->wire, k, r, n);
}

/* The list of an event that a frame of the host's own belongs to. As sim/report/result.c sorts the emulation's. */
static const char *list_of(const struct trial *t, const uint8_t *f, size_t len)
{
	unsigned type = len >= 34 && from_host(t, f) ? get_be16(f + 12) : 0;
	const uint8_t *l4 = f + ETH_HLEN + IP6_HLEN;

	if (type == ETH_P_ARP && len >= 42 && get_be16(f + 20) == 1)
		return "arp";
	if (type == ETH_P_IP && f[ETH_HLEN + IP4_PROTO] == IPPROTO_IGMP && !t->igmp_in)
		return "noise";
	if (type != ETH_P_IPV6 || len < ETH_HLEN + IP6_HLEN + ICMP_HLEN)
		return "out";
	if (f[ETH_HLEN + IP6_NXT] == IPPROTO_ICMPV6 && *l4 == NDISC_NEIGHBOUR_SOLICITATION && len >= ETH_HLEN + IP6_HLEN + 24)
		return "arp";
	if (f[ETH_HLEN + IP6_NXT] == IPPROTO_ICMPV6 && *l4 == NDISC_ROUTER_SOLICITATION)
		return "noise";
	/* MLD stands behind a hop-by-hop header of eight bytes. */
	if (f[ETH_HLEN + IP6_NXT] == NEXTHDR_HOP && *l4 == IPPROTO_ICMPV6 && len >= ETH_HLEN + IP6_HLEN + 10 &&
	    ((l4[8] >= ICMPV6_MGM_QUERY && l4[8] <= ICMPV6_MGM_REDUCTION) || l4[8] == ICMPV6_MLD2_REPORT))
		return "noise";
	return "out";
}

static void take_frame(struct trial *t, unsigned k, const uint8_t *f, size_t len)
{
	const char *list = list_of(t, f, len);

	if (++t->frames > STORM_FRAMES) {
		t->storm = true;
	} else if (strcmp(list, "arp") == 0) {
		question(t, k, f, len);
	} else {
		append(t, list, record(t, k, f, len));
		if (strcmp(list, "noise") == 0)
			return;
		hints_frame(t, f, len);
		feed(t, k, f, len, false);
	}
}

/* The kernel takes a VLAN tag off and hands it over beside the frame: back in it goes. */
static size_t put_tag(uint8_t *f, size_t len, struct msghdr *m)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		struct tpacket_auxdata aux;

		if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA)
			continue;
		memcpy(&aux, CMSG_DATA(c), sizeof(aux));
		if (!(aux.tp_status & TP_STATUS_VLAN_VALID) || len < 12)
			continue;
		memmove(f + 16, f + 12, len - 12);
		put_be16(f + 12, aux.tp_status & TP_STATUS_VLAN_TPID_VALID ? aux.tp_vlan_tpid : ETH_P_8021Q);
		put_be16(f + 14, aux.tp_vlan_tci);
		return len + VLAN_HLEN;
	}
	return len;
}

static int device_of(const struct trial *t, int ifindex)
{
	for (unsigned k = 0; k < t->nr_devs; k++)
		if (t->wire.peer[k] == ifindex)
			return (int)k;
	return -1;
}

/* One frame. 1 = a frame of the host's, 2 = the sentinel that was sent last, 0 = something else, -1 = none. */
static int read_one(struct trial *t)
{
	static uint8_t f[FRAME_BYTES + VLAN_HLEN];
	char control[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	struct sockaddr_ll from;
	struct iovec iov = { f, FRAME_BYTES };
	struct msghdr m = { .msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &iov, .msg_iovlen = 1,
			    .msg_control = control, .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(t->wire.capture, &m, 0);
	int k;

	if (n < 0)
		return -1;
	if (from.sll_ifindex == t->wire.lo)
		return n >= 18 && get_be32(f + 14) == t->wire.sentinel ? 2 : 0;
	if ((k = device_of(t, from.sll_ifindex)) < 0)
		return 0;
	take_frame(t, (unsigned)k, f, put_tag(f, (size_t)n, &m));
	return 1;
}

bool wire_drain(struct trial *t)
{
	bool any = false;
	int got;

	while (!t->storm && (got = read_one(t)) >= 0)
		any |= got == 1;
	return any;
}

bool wire_flush(struct trial *t, bool *ret_any)
{
	uint8_t s[ETH_HLEN + 46] = { 0 };
	struct pollfd p = { .fd = t->wire.capture, .events = POLLIN };
	int got;

	put_be16(s + 12, ETH_P_SENTINEL);
	put_be32(s + ETH_HLEN, ++t->wire.sentinel);
	*ret_any = false;
	if (send_on(&t->wire, t->wire.lo, s, sizeof(s)) < 0)
		return false;
	while (!t->storm) {
		while (!t->storm && (got = read_one(t)) >= 0) {
			*ret_any |= got == 1;
			if (got == 2)
				return true;
		}
		if (!t->storm && poll(&p, 1, FLUSH_MSEC) <= 0)
			return false;	/* the sentinel was lost */
	}
	return true;
}
