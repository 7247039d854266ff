// SPDX-License-Identifier: MIT
// fib_sync.c - next hops live and die with devices, carriers and addresses (fib_semantics.c, fib_frontend.c).
#include "sim/net/fib_internal.h"

bool ip_ignore_linkdown(const struct net_device *dev)
{
	return IN_DEV_ORCONF(dev, ignore_routes_with_linkdown);
}

static bool nh_usable(const struct fib_nh *nh)
{
	return !nh->dead && !(nh->linkdown && ip_ignore_linkdown(nh->dev));
}

/* Each next hop owns the part of 0..2^31 that ends at its upper bound. */
void fib_rebalance(struct fib_info *fi)
{
	uint64_t total = 0, w = 0;

	if (fi->nr_nh < 2)
		return;
	for (int i = 0; i < fi->nr_nh; i++)
		total += nh_usable(&fi->nh[i]) ? (uint64_t)fi->nh[i].weight : 0;
	for (int i = 0; i < fi->nr_nh; i++) {
		struct fib_nh *nh = &fi->nh[i];

		nh->upper_bound = -1;
		if (!nh_usable(nh))
			continue;
		w += (uint64_t)nh->weight;
		nh->upper_bound = (int)(((w << 31) + total / 2) / total - 1);
	}
}

static bool uses_dev(const struct fib_info *fi, const struct net_device *dev)
{
	for (int i = 0; i < fi->nr_nh; i++) {
		if (fi->nh[i].dev == dev)
			return true;
	}
	return false;
}

static void info_up(struct fib_info *fi, const struct net_device *dev, bool dead, bool linkdown)
{
	bool alive = false;

	for (int i = 0; i < fi->nr_nh; i++) {
		struct fib_nh *nh = &fi->nh[i];

		if ((dead && nh->dead) || (linkdown && nh->linkdown)) {
			if (nh->dev != dev)
				continue;
			if (dead)
				nh->dead = false;
			if (linkdown)
				nh->linkdown = false;
		}
		alive = true;
	}
	if (alive && dead)
		fi->dead = false;
	if (alive && linkdown)
		fi->linkdown = false;
	fib_rebalance(fi);
}

/* dev, or an address on it, came up (dead), or its carrier came back (!dead). */
void fib_sync_up(struct net_device *dev, bool dead)
{
	struct fib_state *s = dev->host->fib;

	route_changed(dev->host);
	if (!(dev->flags & IFF_UP) || !s->some_down)
		return;
	for (struct fib_info *fi = s->infos; fi; fi = fi->next) {
		if (uses_dev(fi, dev))
			info_up(fi, dev, dead, !dead || dev->carrier);
	}
}

/* An address is gone: routes of table main that name it as their source die. True: something died. */
bool fib_sync_down_addr(struct net_device *dev, be32 local)
{
	bool any = false;

	route_changed(dev->host);
	for (struct fib_info *fi = dev->host->fib->infos; fi; fi = fi->next) {
		if (fi->prefsrc != local || !local || fi->table != RT_TABLE_MAIN)
			continue;
		fi->dead = true;
		any = true;
	}
	dev->host->fib->some_down |= any;
	return any;
}

/* Local addresses (scope nowhere) outlive their device's being down, unless forced. */
static bool info_down(struct fib_info *fi, const struct net_device *dev, bool down, bool force)
{
	int dead = 0;

	for (int i = 0; i < fi->nr_nh; i++) {
		struct fib_nh *nh = &fi->nh[i];

		if (nh->dead) {
			dead++;
		} else if (nh->dev == dev && (force || nh->scope != RT_SCOPE_NOWHERE)) {
			nh->dead = down;
			nh->linkdown = true;
			dead++;
		}
	}
	if (dead == fi->nr_nh) {
		fi->dead |= down;
		fi->linkdown = true;
	}
	fib_rebalance(fi);
	return dead == fi->nr_nh;
}

bool fib_sync_down_dev(struct net_device *dev, bool down, bool force)
{
	bool any = false;

	route_changed(dev->host);
	for (struct fib_info *fi = dev->host->fib->infos; fi; fi = fi->next) {
		if (uses_dev(fi, dev))
			any |= info_down(fi, dev, down, force);
	}
	dev->host->fib->some_down = true;
	return any;
}

void fib_disable_ip(struct net_device *dev, bool force)
{
	if (fib_sync_down_dev(dev, true, force))
		fib_flush(dev->host);
}

void fib_dev_change(struct net_device *dev)
{
	route_changed(dev->host);
	if (!(dev->flags & IFF_UP))
		return;
	if (dev->carrier)
		fib_sync_up(dev, false);
	else
		fib_sync_down_dev(dev, false, false);
}

void fib_sync_mtu(struct net_device *dev, uint32_t orig)
{
	route_changed(dev->host);
	for (struct fib_info *fi = dev->host->fib->infos; fi; fi = fi->next) {
		for (int i = 0; i < fi->nr_nh; i++) {
			if (fi->nh[i].dev == dev && fi->nh[i].exceptions)
				fnhe_update_mtu(&fi->nh[i], dev->mtu, orig);
		}
	}
}
