// SPDX-License-Identifier: MIT
/* hook.c - a sorted array of functions per family and hook. */
#include "sim/hook/hook.h"
#include "sim/net/net.h"
#include <errno.h>
#include <stdlib.h>

enum { FAM_V4, FAM_V6, FAM_ARP, FAM_BRIDGE, NR_FAM };

struct hook_list {
	struct nf_hook_ops *ops;
	unsigned nr;
};

struct nf_hooks {
	struct hook_list list[NR_FAM][NF_INET_NUMHOOKS];
};

struct nf_hooks *nf_hooks_create(void)
{
	return xcalloc(1, sizeof(struct nf_hooks));
}

void nf_hooks_destroy(struct nf_hooks *h)
{
	if (!h)
		return;
	for (int f = 0; f < NR_FAM; f++)
		for (int k = 0; k < NF_INET_NUMHOOKS; k++)
			free(h->list[f][k].ops);
	free(h);
}

static struct hook_list *list_of(struct nf_hooks *h, uint8_t family, enum nf_hook hook)
{
	static const uint8_t slot[16] = { [NFPROTO_IPV6] = FAM_V6, [NFPROTO_ARP] = FAM_ARP, [NFPROTO_BRIDGE] = FAM_BRIDGE };

	return &h->list[slot[family % 16]][hook];
}

void nf_register_hook(struct nf_hooks *h, const struct nf_hook_ops *ops)
{
	struct hook_list *l = list_of(h, ops->family, ops->hook);
	unsigned at = l->nr;

	l->ops = xrealloc(l->ops, (l->nr + 1) * sizeof(*l->ops));
	while (at > 0 && (l->ops[at - 1].priority > ops->priority || (l->ops[at - 1].priority == ops->priority && l->ops[at - 1].rank < ops->rank)))
		at--;
	memmove(l->ops + at + 1, l->ops + at, (l->nr - at) * sizeof(*l->ops));
	l->ops[at] = *ops;
	l->nr++;
}

void nf_unregister_hook(struct nf_hooks *h, nf_hookfn *fn, void *priv, enum nf_hook hook)
{
	for (int f = 0; f < NR_FAM; f++) {
		struct hook_list *l = &h->list[f][hook];

		for (unsigned i = 0; i < l->nr; i++) {
			if (l->ops[i].fn != fn || l->ops[i].priv != priv)
				continue;
			l->nr--;
			memmove(l->ops + i, l->ops + i + 1, (l->nr - i) * sizeof(*l->ops));
			i--;
		}
	}
}

static void __attribute__((noinline)) tell_hook(struct host *h, uint8_t family, enum nf_hook hook, struct packet *p, struct net_device *in,
						struct net_device *out)
{
	struct event ev = { .type = EV_HOOK, .host = h, .pkt = p, .u.hook = { (uint8_t)hook, family, in, out } };

	trace_emit(h->trace, &ev);
}

/* A hook function did not say that the packet goes on. *again: it is asked once more. */
static int not_accepted(struct host *h, uint8_t family, struct packet *p, const struct nf_hook_ops *op, enum nf_verdict v,
			enum drop_reason reason, bool *again)
{
	int err;

	switch (v) {
	case NF_ACCEPT:
	case NF_QUEUE_BYPASS:
		break;
	case NF_STOLEN:
		return 0;
	case NF_REPEAT:
		*again = true;
		break;
	case NF_QUEUE: /* no program listens: the kernel drops, and the sender is not told */
		pkt_drop(h, p, DROP_NOT_SPECIFIED, "nf_queue");
		return 0;
	case NF_DROP:
		err = h->drop_err ? h->drop_err : -EPERM;
		h->drop_err = 0;
		if (p->id == h->send_id && reason != DROP_UNKNOWN && family != NFPROTO_BRIDGE)
			h->send_err = err;
		pkt_drop(h, p, reason, op->name);
		return err;
	}
	return 1;
}

static int run_hook(struct host *h, const struct hook_list *l, const struct nf_hook_state *s, struct packet *p)
{
	for (unsigned i = 0; i < l->nr; i++) {
		enum drop_reason reason = DROP_NETFILTER_DROP;
		enum nf_verdict v = l->ops[i].fn(l->ops[i].priv, p, s, &reason);
		bool again = false;
		int got;

		if (likely(v == NF_ACCEPT))
			continue;
		got = not_accepted(h, s->family, p, &l->ops[i], v, reason, &again);
		if (got != 1)
			return got;
		i -= again;
	}
	return 1;
}

static inline int hook_errno(struct host *h, uint8_t family, enum nf_hook hook, struct packet *p, struct net_device *in,
			     struct net_device *out)
{
	const struct hook_list *l = list_of(h->hooks, family, hook);
	struct nf_hook_state s;

	if (trace_on(h->trace, EV_HOOK) && (l->nr || (family != NFPROTO_ARP && family != NFPROTO_BRIDGE)))
		tell_hook(h, family, hook, p, in, out);	/* of those two, an empty one is not worth telling */
	if (l->nr == 0)
		return 1;
	s = (struct nf_hook_state){ hook, family, h, in, out, p->sk };
	return run_hook(h, l, &s, p);
}

bool nf_hook(struct host *h, uint8_t family, enum nf_hook hook, struct packet *p, struct net_device *in,
	     struct net_device *out)
{
	return hook_errno(h, family, hook, p, in, out) == 1;
}

int nf_hook_errno(struct host *h, uint8_t family, enum nf_hook hook, struct packet *p, struct net_device *in,
		  struct net_device *out)
{
	return hook_errno(h, family, hook, p, in, out);
}

const char *nf_hook_name(enum nf_hook hook)
{
	static const char *const names[] = { "PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING" };

	return names[hook];
}
