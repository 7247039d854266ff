// SPDX-License-Identifier: MIT
/* fuzz_frame.c - frames into a host with rules of all tables. Each: device, bytes of the frame, flags, the frame. */
#include "tests/fuzz/rig.h"
#include <stdlib.h>

/* Flag 1: the IP header's checksum is made right, so that mutations get past it. */
static void fix_checksum(uint8_t *f, size_t len)
{
	uint32_t sum = 0, hlen;

	if (len < 34 || f[12] != 8 || f[13] != 0)
		return;
	hlen = (f[14] & 15u) * 4;
	if (hlen < 20 || len < 14 + hlen)
		return;
	f[24] = f[25] = 0;
	for (uint32_t i = 0; i < hlen; i += 2)
		sum += get_be16(f + 14 + i);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	put_be16(f + 24, ~sum & 0xffff);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "eth0", "eth1", "eth2", "eth3", "eth4" };
	struct rig r;

	rig_start(&r, true);
	while (size >= 3) {
		struct net_device *dev = dev_by_name(r.h, names[data[0] % ARRAY_SIZE(names)]);
		size_t n = MIN((size_t)data[1], size - 3);
		struct packet *p = pkt_alloc(r.w->pool, 255);
		uint8_t *at = pkt_put(p, (uint32_t)n);

		memcpy(at, data + 3, n);
		if (data[2] & 1)
			fix_checksum(at, n);
		if (data[2] & 2 && n >= 6)
			memcpy(at, dev->mac, 6);
		if (data[2] & 4)
			p->cut = p->nh + (uint32_t)n / 2;
		dev_rx(dev, p);
		world_settle(r.w);
		world_run_until(r.w, r.w->clock.now + (data[2] >> 3) * NSEC_PER_SEC);
		data += 3 + n;
		size -= 3 + n;
	}
	world_run_until(r.w, r.w->clock.now + 100 * NSEC_PER_SEC);
	if (pkt_pool_live(r.w->pool))
		abort();
	rig_end(&r);
	return 0;
}
