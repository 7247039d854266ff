// SPDX-License-Identifier: MIT
/* link.c - devices: veth pairs across two namespaces. */
#include "sim/verify/machine.h"
#include <libmnl/libmnl.h>
#include <linux/ethtool.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/veth.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#pragma GCC diagnostic ignored "-Wconversion"	/* in libmnl's loops over attributes */

#define PEER_MTU 65535u		/* the outside takes whatever the host sends */

static struct ifinfomsg *put_ifinfo(struct nlmsghdr *m, int ifindex)
{
	struct ifinfomsg *i = mnl_nlmsg_put_extra_header(m, sizeof(*i));

	i->ifi_index = ifindex;
	return i;
}

int link_up(struct nl *rt, int ifindex)
{
	struct ifinfomsg *i = put_ifinfo(nl_request(rt, RTM_NEWLINK, NLM_F_ACK), ifindex);

	i->ifi_flags = i->ifi_change = IFF_UP;
	return nl_ask(rt, NULL, NULL);
}

int link_index(int sock, const char *name)
{
	struct ifreq r = { 0 };

	strncpy(r.ifr_name, name, sizeof(r.ifr_name) - 1);
	return ioctl(sock, SIOCGIFINDEX, &r) < 0 ? 0 : r.ifr_ifindex;
}

/* One queue each way: frames keep their order. */
static void put_device(struct nlmsghdr *m, const char *name, const uint8_t mac[6])
{
	mnl_attr_put_strz(m, IFLA_IFNAME, name);
	mnl_attr_put(m, IFLA_ADDRESS, 6, mac);
	mnl_attr_put_u32(m, IFLA_NUM_TX_QUEUES, 1);
	mnl_attr_put_u32(m, IFLA_NUM_RX_QUEUES, 1);
}

int link_veth(struct nl *rt, const char *name, int ifindex, const uint8_t mac[6], const char *peer, const uint8_t peer_mac[6],
	      int peer_ns)
{
	struct nlmsghdr *m = nl_request(rt, RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
	struct nlattr *info, *data, *other;

	put_ifinfo(m, ifindex);
	put_device(m, name, mac);
	info = mnl_attr_nest_start(m, IFLA_LINKINFO);
	mnl_attr_put_str(m, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(m, IFLA_INFO_DATA);
	other = mnl_attr_nest_start(m, VETH_INFO_PEER);
	put_ifinfo(m, 0);
	put_device(m, peer, peer_mac);
	mnl_attr_put_u32(m, IFLA_MTU, PEER_MTU);
	mnl_attr_put_u32(m, IFLA_NET_NS_FD, (uint32_t)peer_ns);
	mnl_attr_nest_end(m, other);
	mnl_attr_nest_end(m, data);
	mnl_attr_nest_end(m, info);
	return nl_ask(rt, NULL, NULL);
}

void link_offloads_off(int sock, const char *name)
{
	static const uint32_t cmds[] = { ETHTOOL_STXCSUM, ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO, ETHTOOL_SSG, ETHTOOL_SFLAGS };

	for (unsigned i = 0; i < ARRAY_SIZE(cmds); i++) {
		struct ethtool_value v = { .cmd = cmds[i] };
		struct ifreq r = { .ifr_data = (char *)&v };

		strncpy(r.ifr_name, name, sizeof(r.ifr_name) - 1);
		ioctl(sock, SIOCETHTOOL, &r);	/* a feature that cannot be switched is not there */
	}
}

static void take_qdisc(const struct nlmsghdr *m, void *arg)
{
	const struct nlattr *a;
	bool *ready = arg;

	mnl_attr_for_each(a, m, sizeof(struct ifinfomsg))
		if (mnl_attr_get_type(a) == IFLA_QDISC)
			*ready = strcmp(mnl_attr_get_str(a), "noop") != 0;
}

bool link_ready(struct nl *rt, int ifindex)
{
	bool ready = true;

	put_ifinfo(nl_request(rt, RTM_GETLINK, 0), ifindex);
	nl_ask(rt, take_qdisc, &ready);
	return ready;
}

#define LINK_DEPTH	3	/* a port, its bridge, a VLAN on it */

struct indices { int *list; unsigned nr; };

static void take_index(const struct nlmsghdr *m, void *arg)
{
	const struct ifinfomsg *i = mnl_nlmsg_get_payload(m);
	struct indices *ret = arg;

	ret->list = xrealloc(ret->list, (ret->nr + 1) * sizeof(*ret->list));
	ret->list[ret->nr++] = i->ifi_index;
}

static struct indices all_devices(struct nl *rt)
{
	struct indices all = { 0 };

	put_ifinfo(nl_request(rt, RTM_GETLINK, NLM_F_DUMP), 0);
	nl_ask(rt, take_index, &all);
	return all;
}

void link_single_segments(struct nl *rt)
{
	struct indices all = all_devices(rt);

	for (unsigned i = 0; i < all.nr; i++) {
		struct nlmsghdr *m = nl_request(rt, RTM_NEWLINK, NLM_F_ACK);

		put_ifinfo(m, all.list[i]);
		mnl_attr_put_u32(m, IFLA_GSO_MAX_SEGS, 1);
		nl_ask(rt, NULL, NULL);
	}
	free(all.list);
}

void link_watch(struct nl *rt)
{
	struct indices all = all_devices(rt);

	for (unsigned depth = 0; depth < LINK_DEPTH; depth++)
		for (unsigned i = 0; i < all.nr; i++)
			link_ready(rt, all.list[i]);
	free(all.list);
}

static void take_tentative(const struct nlmsghdr *m, void *arg)
{
	const struct ifaddrmsg *a = mnl_nlmsg_get_payload(m);

	*(bool *)arg |= a->ifa_flags & IFA_F_TENTATIVE && !(a->ifa_flags & IFA_F_DADFAILED);
}

void link_addresses(struct nl *rt, unsigned max_ms)
{
	bool tentative = true;

	for (unsigned ms = 0; tentative && ms < max_ms; ms++) {
		struct ifaddrmsg *a = mnl_nlmsg_put_extra_header(nl_request(rt, RTM_GETADDR, NLM_F_DUMP), sizeof(*a));

		a->ifa_family = AF_INET6;
		tentative = false;
		nl_ask(rt, take_tentative, &tentative);
		if (tentative)
			poll(NULL, 0, 1);
	}
}

static void take_mac(const struct nlmsghdr *m, void *arg)
{
	static const uint8_t none[6];
	struct macs *ret = arg;
	const struct nlattr *a;

	mnl_attr_for_each(a, m, sizeof(struct ifinfomsg)) {
		if (mnl_attr_get_type(a) != IFLA_ADDRESS || mnl_attr_get_payload_len(a) != 6 ||
		    memcmp(mnl_attr_get_payload(a), none, 6) == 0)
			continue;
		ret->mac = xrealloc(ret->mac, (ret->nr + 1) * 6);
		memcpy(ret->mac[ret->nr++], mnl_attr_get_payload(a), 6);
	}
}

void link_macs(struct nl *rt, struct macs *ret)
{
	put_ifinfo(nl_request(rt, RTM_GETLINK, NLM_F_DUMP), 0);
	nl_ask(rt, take_mac, ret);
}
