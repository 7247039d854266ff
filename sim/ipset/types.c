// SPDX-License-Identifier: MIT
/* types.c - the types of sets, what their elements are made of, and the revision this machine's kernel has.
 * Sizes of empty sets were read off that kernel (6.18); it has no hash:mac, hash:ip,mac, hash:net,net, hash:ip,mark
 * and hash:net,port,net: theirs are computed from its neighbours'. */
#include "sim/ipset/ipset.h"

#define ANY	.inet4 = true, .inet6 = true
#define P1(a)		.dim = 1, .part = { SETDIM_##a }
#define P2(a, b)	.dim = 2, .part = { SETDIM_##a, SETDIM_##b }
#define P3(a, b, c)	.dim = 3, .part = { SETDIM_##a, SETDIM_##b, SETDIM_##c }
#define HASH	.hash = true

const struct ipset_type ipset_types[] = {
	{ "bitmap:ip", "ipmap", SET_BITMAP_IP, P1(IP), .revision = 3, .inet4 = true, .bitmap = true, .netmask = true },
	{ "bitmap:ip,mac", "macipmap", SET_BITMAP_IPMAC, P2(IP, MAC), .revision = 3, .inet4 = true, .bitmap = true },
	{ "bitmap:port", "portmap", SET_BITMAP_PORT, P1(PORT), .revision = 3, .bitmap = true },
	{ "hash:ip", "iphash", SET_HASH_IP, P1(IP), .revision = 6, ANY, HASH, .netmask = true, .bitmask = true,
	  .base_size = { 216, 224 } },
	{ "hash:mac", NULL, SET_HASH_MAC, P1(MAC), .revision = 1, HASH, .base_size = { 200, 200 } },
	{ "hash:ip,mac", NULL, SET_HASH_IPMAC, P2(IP, MAC), .revision = 1, ANY, HASH, .base_size = { 208, 224 } },
	{ "hash:net", "nethash", SET_HASH_NET, P1(NET), .revision = 7, ANY, HASH, .nomatch = true, .base_size = { 456, 1240 } },
	{ "hash:net,net", NULL, SET_HASH_NETNET, P2(NET, NET), .revision = 4, ANY, HASH, .nomatch = true, .netmask = true,
	  .bitmask = true, .base_size = { 616, 1792 } },
	{ "hash:ip,port", "ipporthash", SET_HASH_IPPORT, P2(IP, PORT), .revision = 7, ANY, HASH, .port_with_proto = true,
	  .netmask = true, .bitmask = true, .base_size = { 216, 232 } },
	{ "hash:ip,port,ip", "ipportiphash", SET_HASH_IPPORTIP, P3(IP, PORT, IP), .revision = 6, ANY, HASH,
	  .port_with_proto = true, .base_size = { 208, 232 } },
	{ "hash:ip,port,net", "ipportnethash", SET_HASH_IPPORTNET, P3(IP, PORT, NET), .revision = 8, ANY, HASH, .nomatch = true,
	  .port_with_proto = true, .base_size = { 464, 1256 } },
	{ "hash:ip,mark", NULL, SET_HASH_IPMARK, P2(IP, MARK), .revision = 3, ANY, HASH, .base_size = { 208, 224 } },
	{ "hash:net,port", "netporthash", SET_HASH_NETPORT, P2(NET, PORT), .revision = 8, ANY, HASH, .nomatch = true,
	  .port_with_proto = true, .base_size = { 456, 1240 } },
	{ "hash:net,port,net", NULL, SET_HASH_NETPORTNET, P3(NET, PORT, NET), .revision = 3, ANY, HASH, .nomatch = true,
	  .port_with_proto = true, .base_size = { 592, 1776 } },
	{ "hash:net,iface", "netifacehash", SET_HASH_NETIFACE, P2(NET, IFACE), .revision = 8, ANY, HASH, .nomatch = true,
	  .base_size = { 488, 1264 } },
	{ "list:set", "setlist", SET_LIST, P1(NAME), .revision = 3 },
};
const size_t ipset_nr_types = ARRAY_SIZE(ipset_types);

const struct ipset_type *ipset_type_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(ipset_types); i++) {
		const struct ipset_type *t = &ipset_types[i];

		if (strcmp(t->name, name) == 0 || (t->old_name && strcmp(t->old_name, name) == 0))
			return t;
	}
	return NULL;
}
