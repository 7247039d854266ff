// SPDX-License-Identifier: MIT
/* fate.c - what became of a packet, read from its story. */
#include "sim/why/why.h"
#include "rules/rules.h"
#include "sim/net/fib.h"

#define ICMP_DEST_UNREACH 3

static bool is_reject(const struct step *s)
{
	return s->type == EV_RULE && s->matched && s->rule->ext && strcmp(s->rule->ext->name, "REJECT") == 0;
}

static bool decides(const struct rule *r)
{
	return r->ext ? strcmp(r->ext->name, "REJECT") == 0 : r->verdict == XT_ACCEPT || r->verdict == XT_DROP;
}

/* What the host answers a packet with has it as parent, at any distance. */
static void answer_of(struct fate *f, const struct step *s)
{
	if (s->type == EV_ICMP && s->matched && s->what != 5)
		f->icmp = s;
}

static void end_of(struct fate *f, const struct step *s)
{
	f->end = s;
	if (s->type == EV_TX) {
		f->kind = f->hook[NF_INET_LOCAL_OUT] ? FATE_SENT : f->hook[NF_INET_FORWARD] ? FATE_FORWARDED : FATE_BRIDGED;
		return;
	}
	if (s->type == EV_DELIVER) {
		f->kind = FATE_DELIVERED;
		return;
	}
	switch (s->reason) {
	case DROP_UNKNOWN:	f->kind = FATE_UNKNOWN;		break;
	case DROP_NO_SOCKET:
	case DROP_IP_NOPROTO:	f->kind = FATE_REFUSED;		break;
	default:		f->kind = FATE_DROPPED;		break;
	}
}

static void nat_of(struct fate *f, const struct step *s)
{
	if (!s->matched)
		return;
	if (s->what)
		f->dnat = s;
	else
		f->snat = s;
}

void fate_at(const struct story *st, uint64_t pkt, const struct host *host, struct fate *ret)
{
	const struct step *reject = NULL;

	*ret = (struct fate){ .kind = FATE_NOTHING };
	for (const struct step *s = st->first; s; s = s->next) {
		if (s->type == EV_ERRNO && !ret->errno_)
			ret->errno_ = s;
		if (s->pkt != pkt || (host && s->host != host))
			continue;
		if (s->host != ret->host && s->type != EV_NEIGH) {	/* it goes on in another host */
			if (ret->host && s->type != EV_HOOK && s->type != EV_DROP)
				continue;
			*ret = (struct fate){ .kind = FATE_NOTHING, .host = s->host, .errno_ = ret->errno_, .icmp = ret->icmp };
			reject = NULL;
		}
		answer_of(ret, s);
		switch (s->type) {
		case EV_HOOK:
			if (!ret->hook[s->hook])
				ret->hook[s->hook] = s;
			break;
		case EV_RULE:
			if (s->matched && decides(s->rule) && strcmp(s->table->name, "filter") == 0)
				ret->rule = s;
			if (is_reject(s))
				reject = s;
			break;
		case EV_POLICY:
			if (strcmp(s->table->name, "filter") == 0)
				ret->rule = s;
			break;
		case EV_ROUTE:
			if (s->what == 2)
				ret->again = s;
			ret->route = s;
			break;
		case EV_CT:
			if (!ret->ct && s->what <= CT_EV_UNTRACKED)
				ret->ct = s;
			break;
		case EV_NAT:
			nat_of(ret, s);
			break;
		case EV_TX:
			if (s->matched && ret->kind != FATE_DROPPED)
				end_of(ret, s);
			break;
		case EV_DROP:
			if (ret->kind == FATE_NOTHING)
				end_of(ret, s);
			break;
		case EV_DELIVER:
			end_of(ret, s);
			break;
		default:
			break;
		}
	}
	if (ret->kind == FATE_NOTHING && ret->hook[NF_INET_LOCAL_IN])
		ret->kind = FATE_DELIVERED;
	if (ret->kind == FATE_DROPPED && reject && ret->end->reason == DROP_NETFILTER_DROP && ret->end->rule == reject->rule) {
		ret->kind = FATE_REJECTED;
		ret->rule = reject;
	}
	ret->reset = ret->kind == FATE_REFUSED && !ret->icmp;
}

void fate_of(const struct story *st, uint64_t pkt, struct fate *ret)
{
	fate_at(st, pkt, NULL, ret);
}

bool fate_bad(const struct fate *f)
{
	return f->kind == FATE_DROPPED || f->kind == FATE_REJECTED || f->kind == FATE_REFUSED || f->kind == FATE_UNKNOWN || f->errno_;
}

static const struct { enum drop_reason reason; const char *words; } drops[] = {
	{ DROP_IP_INADDRERRORS, "it is not for this host, which does not forward" },
	{ DROP_IP_INNOROUTES, "there is no route to its destination" },
	{ DROP_IP_OUTNOROUTES, "there is no route to its destination" },
	{ DROP_IP_RPFILTER, "the way back to its source is another interface (rp_filter)" },
	{ DROP_IP_LOCALNET, "a loopback address must not come from outside (martian destination)" },
	{ DROP_IP_LOCAL_SOURCE, "its source is an address of this host" },
	{ DROP_IP_INVALID_SOURCE, "its source cannot be a sender's (martian source)" },
	{ DROP_IP_INVALID_DEST, "its destination cannot be reached (martian destination)" },
	{ DROP_OTHERHOST, "its link address is another host's" },
	{ DROP_NEIGH_FAILED, "nobody answered for its next hop's link address" },
	{ DROP_NEIGH_QUEUEFULL, "too many packets wait for its next hop's link address" },
	{ DROP_PKT_TOO_BIG, "it is larger than the way's MTU and must not be cut" },
	{ DROP_IP_CSUM, "its IP checksum is wrong" },
	{ DROP_TCP_CSUM, "its TCP checksum is wrong" },
	{ DROP_UDP_CSUM, "its UDP checksum is wrong" },
	{ DROP_IP_INHDR, "its IP header is wrong, or its TTL is used up" },
	{ DROP_UNHANDLED_PROTO, "nobody takes its protocol" },
	{ DROP_FRAG_REASM_TIMEOUT, "the other fragments never came" },
	{ DROP_DEV_READY, "the interface is down" },
};

static void say_answer(const struct fate *f, struct strbuf *out)
{
	if (f->icmp)
		sb_printf(out, ", answered with ICMP %s (type %u code %u)", f->icmp->text, f->icmp->what, f->icmp->ctinfo);
	else if (f->reset)
		sb_puts(out, ", answered with a TCP reset");
}

static void say_drop(const struct fate *f, struct strbuf *out)
{
	const struct step *end = f->end;
	const char *words = NULL;

	sb_puts(out, f->kind == FATE_REJECTED ? "rejected" : "dropped");
	if (end->reason == DROP_NETFILTER_DROP && end->chain) {
		sb_puts(out, f->kind == FATE_REJECTED ? " in " : end->rule ? " in " : " by ");
		sb_printf(out, "%s%s %s ", table_kind(end->chain->table), end->chain->table->name, end->chain->name);
		if (end->rule)
			sb_printf(out, "by rule %u", end->rule->number);
		else
			sb_printf(out, "policy %s", end->chain->policy == XT_DROP ? "DROP" : "ACCEPT");
		say_answer(f, out);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(drops); i++)
		if (drops[i].reason == end->reason)
			words = drops[i].words;
	if (words)
		sb_printf(out, ": %s", words);
	sb_printf(out, " (%s in %s)", drop_reason_name(end->reason), end->text);
	say_answer(f, out);
}

static void say_nat(const struct fate *f, struct strbuf *out)
{
	for (int i = 0; i < 2; i++) {
		const struct step *s = i ? f->snat : f->dnat;

		if (!s || !s->rule)
			continue;
		sb_printf(out, "%s %s in nat %s by rule %u, then ", i ? "source" : "destination", "translated", s->rule->chain->name, s->rule->number);
	}
}

static void say_pass(const struct fate *f, struct strbuf *out)
{
	const struct step *s = f->rule;

	if (!s || strcmp(s->table->name, "filter") != 0)
		return;
	if (s->type == EV_POLICY)
		sb_printf(out, ", accepted by %s%s %s policy", table_kind(s->table), s->table->name, s->chain->name);
	else
		sb_printf(out, ", accepted in %s%s %s by rule %u", table_kind(s->table), s->table->name, s->chain->name, s->rule->number);
}

void fate_say(const struct story *st, const struct fate *f, struct strbuf *out)
{
	if (st->skipped) {
		sb_printf(out, "not sent: %s", st->skipped);
		return;
	}
	if (f->kind != FATE_DROPPED || f->end->reason != DROP_NETFILTER_DROP)
		say_nat(f, out);
	switch (f->kind) {
	case FATE_NOTHING:	sb_puts(out, "nothing has become of it yet");					break;
	case FATE_DROPPED:
	case FATE_REJECTED:	say_drop(f, out);								break;
	case FATE_UNKNOWN:	sb_puts(out, "unknown: it hangs on an extension that is not emulated");		break;
	case FATE_FORWARDED:	sb_printf(out, "forwarded out %s", f->end->dev);				break;
	case FATE_SENT:		sb_printf(out, "sent out %s", f->end->dev);					break;
	case FATE_BRIDGED:	sb_printf(out, "passed on by the bridge to %s", f->end->dev);			break;
	case FATE_DELIVERED:	sb_puts(out, "delivered to the host itself");					break;
	case FATE_REFUSED:
		sb_puts(out, "delivered to the host itself, where nobody listens");
		say_answer(f, out);
		break;
	}
	if (f->kind == FATE_FORWARDED || f->kind == FATE_SENT || f->kind == FATE_DELIVERED || f->kind == FATE_REFUSED)
		say_pass(f, out);
	if (f->errno_)
		sb_printf(out, "; the sender gets %s", f->errno_->text);
}
