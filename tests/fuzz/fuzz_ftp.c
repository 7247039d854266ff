// SPDX-License-Identifier: MIT
/* fuzz_ftp.c - FTP's helper: what two sides of a control connection say, with and without translation. The input is cut
 * into segments at bytes 255; a segment's first byte says who speaks (bit 0) and whether its number is right (bit 1). */
#include "sim/base/text.h"
#include "sim/conntrack/conntrack.h"
#include "sim/packet/headers.h"
#include "sim/world/world.h"
#include "tests/fuzz/rig.h"

struct talk {
	struct world *w;
	struct host *h;
	be32 client, server, seen;	/* seen: what the server takes for the client */
	uint32_t seq[2];
};

static struct packet *segment(struct talk *t, bool server, unsigned flags, uint32_t seq, const uint8_t *data, uint32_t len)
{
	uint32_t all = IP_HLEN + TCP_HLEN + len;
	struct packet *p = pkt_alloc(t->w->pool, all);
	uint8_t *ip = pkt_put(p, all), *th = ip + IP_HLEN;
	be32 src = server ? t->server : t->client, dst = server ? t->seen : t->server;
	be16 sum;

	memset(ip, 0, IP_HLEN + TCP_HLEN);
	ip[0] = 0x45;
	put_be16(ip + IP4_TOTLEN, (uint16_t)all);
	ip[IP4_TTL] = 64;
	ip[IP4_PROTO] = 6;
	memcpy(ip + IP4_SRC, &src, 4);
	memcpy(ip + IP4_DST, &dst, 4);
	ip4_send_check(ip);
	put_be16(th + TCP_SPORT, server ? 21 : 1000);
	put_be16(th + TCP_DPORT, server ? 1000 : 21);
	put_be32(th + TCP_SEQ, seq);
	put_be32(th + TCP_ACK, t->seq[!server]);
	th[12] = 0x50;
	th[TCP_FLAGS] = (uint8_t)flags;
	put_be16(th + 14, 65535);
	memcpy(th + TCP_HLEN, data, len);
	sum = csum_fold(csum_partial(th, TCP_HLEN + len, csum_pseudo4(src, dst, 6, TCP_HLEN + len)));
	memcpy(th + TCP_CSUM, &sum, 2);
	p->th = p->nh + IP_HLEN;
	p->protocol = ETH_P_IP;
	return p;
}

static void run(struct talk *t, struct packet *p, struct conn *tmpl, bool nat)
{
	struct nf_hook_state s = { NF_INET_PRE_ROUTING, NFPROTO_IPV4, t->h, NULL, NULL, NULL };
	enum drop_reason reason = DROP_NETFILTER_DROP;

	p->ct = tmpl;
	p->ctinfo = tmpl ? IP_CT_NEW : 0;
	if (ct_in(NULL, p, &s, &reason) == NF_ACCEPT) {
		if (tmpl && nat && p->ct) {
			struct ct_tuple reply = p->ct->tuple[IP_CT_DIR_REPLY];

			reply.dst.u3.ip = t->seen;
			ct_alter_reply(p->ct, &reply);
			p->ct->status |= IPS_SRC_NAT;
		}
		s.hook = NF_INET_POST_ROUTING;
		ct_confirm(NULL, p, &s, &reason);
	}
	pkt_free(p);
}

static void talk(const uint8_t *data, size_t size, bool nat)
{
	struct talk t = { .w = world_create(1), .seq = { 1001, 5001 } };
	struct conn *tmpl;

	t.h = world_host(t.w, "h");
	t.client = htonl(0x0a000005);
	t.server = htonl(0xc6336407);
	t.seen = nat ? htonl(0xc0000201) : t.client;
	ct_need(t.h, NFPROTO_IPV4);
	t.h->sysctl.ct_tcp_be_liberal = 1;
	tmpl = ct_template(t.h, &ct_zone_dflt);
	tmpl->helper = "ftp";
	run(&t, segment(&t, false, TH_SYN, 1000, data, 0), tmpl, nat);
	run(&t, segment(&t, true, TH_SYN | TH_ACK, 5000, data, 0), NULL, nat);
	run(&t, segment(&t, false, TH_ACK | TH_PUSH, 1001, (const uint8_t *)"NOOP\r\n", 6), NULL, nat);
	run(&t, segment(&t, true, TH_ACK | TH_PUSH, 5001, (const uint8_t *)"200 x\r\n", 7), NULL, nat);
	t.seq[0] += 6;
	t.seq[1] += 7;
	while (size > 1) {
		const uint8_t *end = memchr(data, 255, size);
		size_t n = end ? (size_t)(end - data) : size, len = n > 1 ? MIN(n - 1, (size_t)60000) : 0;
		bool server = data[0] & 1;

		run(&t, segment(&t, server, TH_ACK | TH_PUSH, t.seq[server] - (data[0] & 2 ? 5 : 0), data + 1, (uint32_t)len), NULL,
		    nat);
		t.seq[server] += (uint32_t)len;
		n = MIN(n + 1, size);
		data += n;
		size -= n;
	}
	assert(pkt_pool_live(t.w->pool) == 0);
	world_destroy(t.w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	talk(data, size, false);
	talk(data, size, true);
	return 0;
}
