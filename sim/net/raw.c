// SPDX-License-Identifier: MIT
/* raw.c - raw IP_HDRINCL senders (net/ipv4/raw.c). No raw socket receives here. */
#include "sim/net/ipv6.h"
#include "sim/net/sock.h"
#include <errno.h>

bool raw_local_deliver(struct packet *p, int proto)
{
	(void)p;
	(void)proto;
	return false;
}

/* raw_send_hdrincl: the sender's header stays but for length, checksum, and what it left 0. */
static int send_hdrincl(struct host *h, struct packet *p, const struct flowi4 *fl)
{
	uint8_t *ip = pkt_nh(p);
	uint32_t len = pkt_len(p), hlen = ip4_hlen(ip);

	if (hlen > len)
		return -EINVAL;
	if (hlen >= IP_HLEN) {
		if (!ip4_saddr(ip))
			memcpy(ip + IP4_SRC, &fl->saddr, 4);
		put_be16(ip + IP4_TOTLEN, len);
		if (!get_be16(ip + IP4_ID))
			put_be16(ip + IP4_ID, ip_select_ident(h, ip, get_be16(ip + IP4_FRAGOFF) & IP_DF));
		ip4_send_check(ip);
	}
	p->th = p->nh + hlen;
	return 0;
}

/* rawv6_send_hdrinc: nothing of the sender's packet is changed. */
static int send_raw6(struct host *h, const uint8_t *bytes, size_t len, uint32_t uid, uint32_t gid, uint32_t mark,
		     struct net_device *out)
{
	struct flowi6 fl = { .proto = IPPROTO_RAW, .mark = mark, .uid = uid, .flags = FLOWI_FLAG_KNOWN_NH };
	struct dst dst = { 0 };
	struct packet *p;
	int err;

	if (len < IP6_HLEN)
		return -EINVAL;
	fl.daddr = ip6_daddr(bytes);
	fl.oif = out ? out->ifindex : 0;
	fl.bound = out != NULL;
	if (ipv6_addr_any(&fl.daddr))
		fl.daddr = in6addr_lo;
	err = ip6_dst_lookup(h, &fl, &dst);
	if (err)
		return err;
	if (len > dst.dev->mtu)
		return -EMSGSIZE;
	p = pkt_alloc(h->pool, (uint32_t)len);
	memcpy(pkt_put(p, (uint32_t)len), bytes, len);
	p->dst = dst;
	p->protocol = ETH_P_IPV6;
	p->cb6 = (struct ip6_cb){ .nhoff = IP6_NXT };
	p->th = p->nh;
	p->local = p->from_raw = true;
	p->uid = uid;
	p->gid = gid;
	p->mark = mark;
	p->tstamp = h->clock->now;
	p->raw_oif = out ? out->ifindex : 0;
	h->send_id = p->id;
	h->send_err = 0;
	if (nf_hook(h, NFPROTO_IPV6, NF_INET_LOCAL_OUT, p, NULL, dst.dev))
		dst_output(h, p);
	err = h->send_err;
	h->send_id = 0;
	return err;
}

int sock_send_raw(struct host *h, const uint8_t *bytes, size_t len, uint32_t uid, uint32_t gid, uint32_t mark,
		  const char *oif)
{
	struct net_device *out = oif && *oif ? dev_by_name(h, oif) : NULL;
	struct flowi4 fl = { .proto = IPPROTO_RAW, .mark = mark, .uid = uid, .flags = FLOWI_FLAG_KNOWN_NH };
	struct dst dst = { 0 };
	struct packet *p;
	int err;

	if (oif && *oif && !out)
		return -ENODEV;
	if (len && bytes[0] >> 4 == 6)
		return send_raw6(h, bytes, len, uid, gid, mark, out);
	if (len < IP_HLEN)
		return -EINVAL;
	fl.daddr = ip4_daddr(bytes);
	fl.oif = out ? out->ifindex : 0;
	err = ip_route_output(h, &fl, &dst);
	if (err)
		return err;
	if (len > dst.dev->mtu)
		return -EMSGSIZE;
	p = pkt_alloc(h->pool, (uint32_t)len);
	memcpy(pkt_put(p, (uint32_t)len), bytes, len);
	p->dst = dst;
	p->protocol = ETH_P_IP;
	p->local = p->from_raw = true;
	p->uid = uid;
	p->gid = gid;
	p->mark = mark;
	p->tstamp = h->clock->now;
	p->raw_oif = out ? out->ifindex : 0;
	err = send_hdrincl(h, p, &fl);
	if (err) {
		pkt_free(p);
		return err;
	}
	h->send_id = p->id;
	h->send_err = 0;
	if (nf_hook(h, NFPROTO_IPV4, NF_INET_LOCAL_OUT, p, NULL, dst.dev))
		dst_output(h, p);
	err = h->send_err;
	h->send_id = 0;
	return err;
}
