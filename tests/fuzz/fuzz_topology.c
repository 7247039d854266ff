// SPDX-License-Identifier: MIT
/* fuzz_topology.c - topology.txt over two hosts; then a frame over whatever wires it made. */
#include "sim/world/lab.h"
#include "tests/fuzz/rig.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t question[60] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 1, 1, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1 };
	struct net_device *dev;
	struct host *other;
	struct packet *p;
	struct rig r;

	rig_start(&r, false);
	other = world_host(r.w, "b");
	dev = dev_add(other, "eth0", DEV_PHYS);
	dev_set_up(dev, true);
	topology_load(r.w, rig_source(&r, data, size), &r.d);
	p = pkt_alloc(r.w->pool, sizeof(question));
	memcpy(pkt_put(p, sizeof(question)), question, sizeof(question));
	p->nh += ETH_HLEN;
	dev_tx(dev, p);
	world_settle(r.w);
	world_run_until(r.w, r.w->clock.now + NSEC_PER_SEC);
	rig_end(&r);
	return 0;
}
