// SPDX-License-Identifier: MIT
/* fuzz_ipset.c - ipset.save, then what there is to ask and to print of the sets, some time later too. */
#include "rules/ipset/program.h"
#include "sim/packet/headers.h"
#include "tests/fuzz/rig.h"

static void ask(struct host *h, const uint8_t *data, size_t size)
{
	struct packet *p = pkt_alloc(h->pool, 60);
	struct ipset_packet ip = { .p = p, .family = NFPROTO_IPV4, .in = "eth0", .out = "eth1" };

	memset(pkt_put(p, 60), 0, 60);
	memcpy(pkt_nh(p), data, MIN(size, (size_t)60));
	pkt_nh(p)[0] = 0x45;
	for (unsigned i = 0; i < ipset_nr_slots(h->ipsets); i++)
		for (unsigned flags = 0; flags < 16; flags += 5) {
			struct ipset_adt a = { .dim = 3, .flags = (uint8_t)flags, .cmdflags = IPSET_FLAG_EXIST, .timeout = IPSET_NO_TIMEOUT };

			ipset_match(h->ipsets, i, &ip, &a);
			ipset_packet_add(h->ipsets, i, &ip, &a);
			if (flags)
				ipset_packet_del(h->ipsets, i, &ip, &a);
		}
	pkt_free(p);
}

static void say(struct ipsets *sets, const char *const *words, unsigned n)
{
	struct ipset_result r = { 0 };

	ipset_command(sets, n, words, NULL, 0, &r);
	ipset_result_free(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const list[] = { "list", "-s" }, *const xml[] = { "list", "-o", "xml" }, *const destroy[] = { "destroy" };
	struct rig r;

	rig_start(&r, false);
	ipset_load(r.h->ipsets, rig_source(&r, data, size), &r.d);
	for (unsigned i = 0; i < 3; i++) {
		say(r.h->ipsets, list, ARRAY_SIZE(list));
		ask(r.h, data, size);
		world_run_until(r.w, r.w->clock.now + 40 * NSEC_PER_SEC);
	}
	say(r.h->ipsets, xml, ARRAY_SIZE(xml));
	say(r.h->ipsets, destroy, ARRAY_SIZE(destroy));
	rig_end(&r);
	return 0;
}
