// SPDX-License-Identifier: MIT
/* seen.c - frames that came out of a host, kept for the replies to them. */
#include "sim/world/reply.h"
#include <stdlib.h>

void seen_need(struct seen_list *l, uint64_t event)
{
	if (event >= l->nr) {
		size_t n = MAX((size_t)event + 1, l->nr * 2);

		l->at = xrealloc(l->at, n * sizeof(*l->at));
		memset(l->at + l->nr, 0, (n - l->nr) * sizeof(*l->at));
		l->nr = n;
	}
	l->at[event].needed = true;
}

void seen_add(struct seen_list *l, uint64_t event, const struct net_device *dev,
	      const struct packet *p, bool arp)
{
	size_t len = p->tail - p->mac, tag = p->vlan_present ? VLAN_HLEN : 0,
	       lead = p->vlan_present ? 12 : 0;
	struct seen_event *at;
	struct seen *f;

	if (event >= l->nr || !l->at[event].needed || len < ETH_HLEN)
		return;
	at = &l->at[event];
	f = xmalloc(sizeof(*f) + len + tag);
	*f = (struct seen){ .dev = dev->name, .arp = arp, .len = len + tag };
	memcpy(f->bytes, pkt_mac(p), lead);
	if (tag) {
		put_be16(f->bytes + 12, ETH_P_8021Q);
		put_be16(f->bytes + 14, p->vlan_tci);
	}
	memcpy(f->bytes + lead + tag, pkt_mac(p) + lead, len - lead);
	if (!at->last)
		at->last = &at->first;
	*at->last = f;
	at->last = &f->next;
}

static bool fits(const struct seen *f, const char *of, bool arp)
{
	return f->arp == arp && (strcmp(of, "auto") == 0 || strcmp(f->dev, of) == 0);
}

const struct seen *seen_pick(const struct seen_list *l, uint64_t event, const char *of, bool arp,
			     int64_t n)
{
	int64_t have = 0;

	if (event >= l->nr)
		return NULL;
	for (const struct seen *f = l->at[event].first; f; f = f->next)
		have += fits(f, of, arp);
	if (n < 0)
		n += have;
	for (const struct seen *f = l->at[event].first; f; f = f->next)
		if (fits(f, of, arp) && n-- == 0)
			return f;
	return NULL;
}

void seen_free(struct seen_list *l)
{
	for (size_t i = 0; i < l->nr; i++)
		for (struct seen *f = l->at[i].first, *next; f; f = next) {
			next = f->next;
			free(f);
		}
	free(l->at);
	*l = (struct seen_list){ 0 };
}
