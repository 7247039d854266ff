// SPDX-License-Identifier: MIT
/* acct.c - how long a connection still has, and what went through it. */
#include "sim/conntrack/internal.h"

void ct_account(struct conn *ct, enum ip_ct_dir dir, uint32_t bytes)
{
	if (!ct->acct)
		return;
	ct->packets[dir]++;
	ct->bytes[dir] += bytes;
}

void ct_refresh(struct track *t, struct conn *ct, uint32_t seconds)
{
	/* Before it is confirmed nothing runs: the field says how long it will get. */
	if (!(ct->status & IPS_FIXED_TIMEOUT))
		ct_ends_at(ct, (uint64_t)seconds * HZ + (ct_confirmed(ct) ? host_jiffies(t->h) : 0));
	ct_account(ct, CTINFO2DIR(t->ctinfo), pkt_len(t->p));
}

uint64_t ct_expires(const struct conn *ct)
{
	uint64_t now = host_jiffies(ct->host);

	if (!ct_confirmed(ct))
		return ct->timeout;
	return ct->timeout > now ? ct->timeout - now : 0;
}

uint32_t ct_timeout_sec(const struct conn *ct)
{
	return (uint32_t)(ct_expires(ct) / HZ);
}

void ct_acct_on(struct host *h)
{
	h->sysctl.ct_acct = 1;
}
