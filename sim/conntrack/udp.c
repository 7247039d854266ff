// SPDX-License-Identifier: MIT
/* udp.c - UDP and UDP-Lite: answered, and after two seconds a stream
 * (nf_conntrack_proto_udp.c). */
#include "sim/conntrack/internal.h"

static uint32_t timeout_of(const struct conn *ct, unsigned which)
{
	const struct netns_sysctl *sys = &ct->host->sysctl;

	if (ct->timeouts)
		return ct->timeouts[which];
	return (uint32_t)(which == CT_REPLIED ? sys->ct_udp_stream : sys->ct_udp);
}

static bool udp_error(struct track *t)
{
	uint32_t len = pkt_len(t->p) - t->off, say;
	const uint8_t *uh = pkt_at(t->p, t->off, UDP_HLEN);

	if (!uh) {
		track_why(t, "short packet");
		return true;
	}
	say = get_be16(uh + UDP_LEN);
	if (say > len || say < UDP_HLEN) {
		track_why(t, "truncated/malformed packet");
		return true;
	}
	if (load_be16(uh + UDP_CSUM) && track_bad_checksum(t, PROTO_UDP, 0)) {
		track_why(t, "bad checksum");
		return true;
	}
	return false;
}

static void set_assured(struct track *t, struct conn *ct)
{
	/* One that lost a clash ends soon: it never counts as wanted. */
	if (ct->status & (IPS_NAT_CLASH | IPS_ASSURED))
		return;
	ct->status |= IPS_ASSURED;
	t->changed = true;
}

enum track_result udp_packet(struct track *t, struct conn *ct)
{
	uint64_t now = host_jiffies(t->h);

	if (udp_error(t))
		return TRACK_INVALID;
	if (!ct_confirmed(ct))
		ct->proto.udp.stream_ts = now + 2 * HZ;
	if (ct->status & IPS_SEEN_REPLY && now > ct->proto.udp.stream_ts) {
		ct_refresh(t, ct, timeout_of(ct, CT_REPLIED));
		set_assured(t, ct);
	} else {
		ct_refresh(t, ct, timeout_of(ct, CT_UNREPLIED));
	}
	return TRACK_ACCEPT;
}

/* The kernel verifies the coverage with protocol 17 in the pseudo header where RFC 3828 has 136:
 * right packets are invalid and only wrong ones pass. */
static bool udplite_error(struct track *t)
{
	uint32_t len = pkt_len(t->p) - t->off, cov;
	const uint8_t *uh = pkt_at(t->p, t->off, UDP_HLEN);

	if (!uh) {
		track_why(t, "short packet");
		return true;
	}
	cov = get_be16(uh + UDP_LEN);
	if (cov && (cov < UDP_HLEN || cov > len)) {
		track_why(t, "invalid checksum coverage");
		return true;
	}
	if (!load_be16(uh + UDP_CSUM)) {
		track_why(t, "checksum missing");
		return true;
	}
	if (track_bad_checksum(t, PROTO_UDP, cov ? cov : len)) {
		track_why(t, "bad checksum");
		return true;
	}
	return false;
}

enum track_result udplite_packet(struct track *t, struct conn *ct)
{
	if (udplite_error(t))
		return TRACK_INVALID;
	if (ct->status & IPS_SEEN_REPLY) {
		ct_refresh(t, ct, timeout_of(ct, CT_REPLIED));
		set_assured(t, ct);
	} else {
		ct_refresh(t, ct, timeout_of(ct, CT_UNREPLIED));
	}
	return TRACK_ACCEPT;
}
