// SPDX-License-Identifier: MIT
/* LOG.c - "-j LOG": a line about the packet, to the letter as the kernel logs it
 * (net/netfilter/nf_log_syslog.c). The line goes to whoever listens to EV_LOG. */
#include "rules/ext/log.h"
#include "rules/ext/util.h"
#include <stdio.h>

enum { O_LEVEL, O_PREFIX, O_SEQ, O_TCPOPT, O_IPOPT, O_UID, O_MAC };
enum { LOG_TCPSEQ = 1, LOG_TCPOPT = 2, LOG_IPOPT = 4, LOG_UID = 8, LOG_MACDECODE = 32 };

#define TRACE_FLAGS (LOG_TCPSEQ | LOG_TCPOPT | LOG_IPOPT | LOG_UID)
#define PREFIX_SIZE 30
#define DEFAULT_LEVEL 4		/* warning */

struct log_info { uint8_t level, flags; char prefix[PREFIX_SIZE]; };

static void log_init(void *info)
{
	((struct log_info *)info)->level = DEFAULT_LEVEL;
}

static bool log_parse(struct ext_cb *cb)
{
	struct log_info *l = cb->info;

	switch (cb->opt->id) {
	case O_LEVEL:
		l->level = cb->val.syslog_level;
		break;
	case O_PREFIX:
		if (strchr(cb->arg, '\n'))
			return ext_error(cb, "LOG: Newlines not allowed in --log-prefix");
		snprintf(l->prefix, sizeof(l->prefix), "%s", cb->arg);
		break;
	case O_SEQ:	l->flags |= LOG_TCPSEQ;		break;
	case O_TCPOPT:	l->flags |= LOG_TCPOPT;		break;
	case O_IPOPT:	l->flags |= LOG_IPOPT;		break;
	case O_UID:	l->flags |= LOG_UID;		break;
	case O_MAC:	l->flags |= LOG_MACDECODE;	break;
	}
	return true;
}

/* ---- the line ---- */

struct logging {
	struct strbuf out;
	const struct xt_ctx *c;
	unsigned flags;
};

static void log_ip(struct logging *l, uint32_t off);
static void log_ip6(struct logging *l, uint32_t off, bool quoted);

/* Behind the packet's end that is a great number, and so the kernel prints it. */
static uint32_t left(const struct logging *l, uint32_t off)
{
	return pkt_len(l->c->pkt) - off;
}

static void hex_bytes(struct strbuf *o, const uint8_t *b, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		sb_printf(o, "%02X", b[i]);
}

/* A header that is cut off ends the line: false. So for the other protocols. */
static bool log_tcp(struct logging *l, uint32_t off, bool fragment)
{
	static const struct { uint8_t bit; const char *name; } bits[] = {
		{ TH_CWR, "CWR " }, { TH_ECE, "ECE " }, { TH_URG, "URG " }, { TH_ACK, "ACK " }, { TH_PUSH, "PSH " },
		{ TH_RST, "RST " }, { TH_SYN, "SYN " }, { TH_FIN, "FIN " },
	};
	const uint8_t *th = pkt_at(l->c->pkt, off, TCP_HLEN), *opt;
	struct strbuf *o = &l->out;
	uint32_t olen;

	sb_puts(o, "PROTO=TCP ");
	if (fragment)
		return true;
	if (!th) {
		sb_printf(o, "INCOMPLETE [%u bytes] ", left(l, off));
		return false;
	}
	sb_printf(o, "SPT=%u DPT=%u ", get_be16(th + TCP_SPORT), get_be16(th + TCP_DPORT));
	if (l->flags & LOG_TCPSEQ)
		sb_printf(o, "SEQ=%u ACK=%u ", get_be32(th + TCP_SEQ), get_be32(th + TCP_ACK));
	sb_printf(o, "WINDOW=%u RES=0x%02x ", get_be16(th + TCP_WIN), (th[TCP_OFF] & 0x0fu) << 2);
	for (unsigned i = 0; i < ARRAY_SIZE(bits); i++)
		if (th[TCP_FLAGS] & bits[i].bit)
			sb_puts(o, bits[i].name);
	sb_printf(o, "URGP=%u ", get_be16(th + TCP_URP));
	if (!(l->flags & LOG_TCPOPT) || tcp_hlen(th) <= TCP_HLEN)
		return true;
	olen = tcp_hlen(th) - TCP_HLEN;
	opt = pkt_at(l->c->pkt, off + TCP_HLEN, olen);
	if (!opt) {
		sb_puts(o, "OPT (TRUNCATED)");
		return false;
	}
	sb_puts(o, "OPT (");
	hex_bytes(o, opt, olen);
	sb_puts(o, ") ");
	return true;
}

static bool log_udp(struct logging *l, uint32_t off, unsigned proto, bool fragment)
{
	const uint8_t *uh = pkt_at(l->c->pkt, off, UDP_HLEN);
	struct strbuf *o = &l->out;

	sb_puts(o, proto == IPPROTO_UDP ? "PROTO=UDP " : "PROTO=UDPLITE ");
	if (fragment)
		return true;
	if (!uh)
		sb_printf(o, "INCOMPLETE [%u bytes] ", left(l, off));
	else
		sb_printf(o, "SPT=%u DPT=%u LEN=%u ", get_be16(uh), get_be16(uh + 2), get_be16(uh + UDP_LEN));
	return uh;
}

/* Bytes that an ICMP message of a type needs to be told whole. */
static uint32_t icmp_required(unsigned type)
{
	switch (type) {
	case ICMP_ECHOREPLY: case ICMP_ECHO:
		return 4;
	case ICMP_DEST_UNREACH: case ICMP_SOURCE_QUENCH: case ICMP_REDIRECT: case ICMP_TIME_EXCEEDED: case ICMP_PARAMETERPROB:
		return 8 + IP_HLEN;
	case ICMP_TIMESTAMP: case ICMP_TIMESTAMPREPLY:
		return 20;
	case ICMP_ADDRESS: case ICMP_ADDRESSREPLY:
		return 12;
	default:
		return 0;
	}
}

static bool log_icmp(struct logging *l, uint32_t off, bool inner, bool fragment)
{
	const uint8_t *h = pkt_at(l->c->pkt, off, ICMP_HLEN);
	struct strbuf *o = &l->out;
	char buf[ADDRSTRLEN];
	unsigned type, code;

	sb_puts(o, "PROTO=ICMP ");
	if (fragment)
		return true;
	if (!h) {
		sb_printf(o, "INCOMPLETE [%u bytes] ", left(l, off));
		return false;
	}
	type = h[ICMP_TYPE];
	code = h[ICMP_CODE];
	sb_printf(o, "TYPE=%u CODE=%u ", type, code);
	if (left(l, off) < icmp_required(type)) {
		sb_printf(o, "INCOMPLETE [%u bytes] ", left(l, off));
		return false;
	}
	switch (type) {
	case ICMP_ECHOREPLY: case ICMP_ECHO:
		sb_printf(o, "ID=%u SEQ=%u ", get_be16(h + ICMP_ID), get_be16(h + ICMP_SEQ));
		break;
	case ICMP_PARAMETERPROB:
		sb_printf(o, "PARAMETER=%u ", h[4]);
		break;
	case ICMP_REDIRECT: case ICMP_DEST_UNREACH: case ICMP_SOURCE_QUENCH: case ICMP_TIME_EXCEEDED:
		if (type == ICMP_REDIRECT)
			sb_printf(o, "GATEWAY=%s ", ip4_str(buf, load_be32(h + 4)));
		if (!inner) {
			sb_putc(o, '[');
			log_ip(l, off + ICMP_HLEN);
			sb_puts(o, "] ");
		}
		if (type == ICMP_DEST_UNREACH && code == ICMP_FRAG_NEEDED)
			sb_printf(o, "MTU=%u ", get_be16(h + 6));
		break;
	default:
		break;
	}
	return true;
}

static bool log_spi(struct logging *l, uint32_t off, bool esp, bool fragment)
{
	const uint8_t *h = pkt_at(l->c->pkt, off, esp ? 8 : 12);
	struct strbuf *o = &l->out;

	sb_printf(o, "PROTO=%s ", esp ? "ESP" : "AH");
	if (fragment)
		return true;
	if (!h)
		sb_printf(o, "INCOMPLETE [%u bytes] ", left(l, off));
	else
		sb_printf(o, "SPI=0x%x ", get_be32(h + (esp ? 0 : 4)));
	return h;
}

static bool log_proto4(struct logging *l, unsigned proto, uint32_t off, bool quoted, bool fragment)
{
	switch (proto) {
	case IPPROTO_TCP:
		return log_tcp(l, off, fragment);
	case IPPROTO_UDP: case IPPROTO_UDPLITE:
		return log_udp(l, off, proto, fragment);
	case IPPROTO_ICMP:
		return log_icmp(l, off, quoted, fragment);
	case IPPROTO_AH: case IPPROTO_ESP:
		return log_spi(l, off, proto == IPPROTO_ESP, fragment);
	default:
		sb_printf(&l->out, "PROTO=%u ", proto);
		return true;
	}
}

/* What the packet carries beside its bytes. */
static void log_packet(struct logging *l)
{
	const struct packet *p = l->c->pkt;

	if (l->flags & LOG_UID && p->uid != UINT32_MAX)
		sb_printf(&l->out, "UID=%u GID=%u ", p->uid, p->gid);
	if (p->mark)
		sb_printf(&l->out, "MARK=0x%x ", p->mark);
}

/* The IP header at off, and what follows it. */
static void log_ip(struct logging *l, uint32_t off)
{
	const uint8_t *ip = pkt_at(l->c->pkt, off, IP_HLEN), *opt;
	struct strbuf *o = &l->out;
	char buf[ADDRSTRLEN];
	unsigned frag;
	uint32_t hlen;

	if (!ip) {
		sb_puts(o, "TRUNCATED");
		return;
	}
	hlen = ip4_hlen(ip);
	frag = get_be16(ip + IP4_FRAGOFF);
	sb_printf(o, "SRC=%s ", ip4_str(buf, ip4_saddr(ip)));
	sb_printf(o, "DST=%s ", ip4_str(buf, ip4_daddr(ip)));
	sb_printf(o, "LEN=%u TOS=0x%02X PREC=0x%02X TTL=%u ID=%u ", get_be16(ip + IP4_TOTLEN), ip[IP4_TOS] & 0x1e, ip[IP4_TOS] & 0xe0,
		  ip[IP4_TTL], get_be16(ip + IP4_ID));
	if (frag & 0x8000)
		sb_puts(o, "CE ");
	if (frag & IP_DF)
		sb_puts(o, "DF ");
	if (frag & IP_MF)
		sb_puts(o, "MF ");
	frag &= IP_OFFMASK;
	if (frag)
		sb_printf(o, "FRAG:%u ", frag);
	if (l->flags & LOG_IPOPT && hlen > IP_HLEN) {
		opt = pkt_at(l->c->pkt, off + IP_HLEN, hlen - IP_HLEN);
		if (!opt) {
			sb_puts(o, "TRUNCATED");
			return;
		}
		sb_puts(o, "OPT (");
		hex_bytes(o, opt, hlen - IP_HLEN);
		sb_puts(o, ") ");
	}
	if (log_proto4(l, ip[IP4_PROTO], off + hlen, off != 0, frag) && !off)
		log_packet(l);
}

/* ---- IPv6 */

static bool log_icmp6(struct logging *l, uint32_t off, bool quoted, bool fragment)
{
	const uint8_t *h = pkt_at(l->c->pkt, off, ICMP_HLEN);
	struct strbuf *o = &l->out;

	sb_puts(o, "PROTO=ICMPv6 ");
	if (fragment)
		return true;
	if (!h) {
		sb_printf(o, "INCOMPLETE [%u bytes] ", left(l, off));
		return false;
	}
	sb_printf(o, "TYPE=%u CODE=%u ", h[ICMP_TYPE], h[ICMP_CODE]);
	switch (h[ICMP_TYPE]) {
	case ICMPV6_ECHO_REQUEST: case ICMPV6_ECHO_REPLY:
		sb_printf(o, "ID=%u SEQ=%u ", get_be16(h + ICMP_ID), get_be16(h + ICMP_SEQ));
		break;
	case ICMPV6_PARAMPROB: case ICMPV6_DEST_UNREACH: case ICMPV6_PKT_TOOBIG: case ICMPV6_TIME_EXCEED:
		if (h[ICMP_TYPE] == ICMPV6_PARAMPROB)
			sb_printf(o, "POINTER=%08x ", get_be32(h + 4));
		if (!quoted) {
			sb_putc(o, '[');
			log_ip6(l, off + ICMP_HLEN, true);
			sb_puts(o, "] ");
		}
		if (h[ICMP_TYPE] == ICMPV6_PKT_TOOBIG)
			sb_printf(o, "MTU=%u ", get_be32(h + 4));
		break;
	default:
		break;
	}
	return true;
}

static bool log_proto6(struct logging *l, unsigned proto, uint32_t off, bool quoted, bool fragment)
{
	switch (proto) {
	case IPPROTO_TCP:
		return log_tcp(l, off, fragment);
	case IPPROTO_UDP: case IPPROTO_UDPLITE:
		return log_udp(l, off, proto, fragment);
	case IPPROTO_ICMPV6:
		return log_icmp6(l, off, quoted, fragment);
	default:
		sb_printf(&l->out, "PROTO=%u ", proto);
		return true;
	}
}

/* AH or ESP, of which something is said only with --log-ip-options. False: the line ends. */
static bool log_ext_spi(struct logging *l, uint32_t off, bool esp, bool fragment)
{
	const uint8_t *h = pkt_at(l->c->pkt, off, esp ? 8 : 12);
	struct strbuf *o = &l->out;

	if (!(l->flags & LOG_IPOPT))
		return !esp;
	sb_puts(o, esp ? "ESP " : "AH ");
	if (fragment)
		sb_putc(o, ')');
	else if (!h)
		sb_printf(o, "INCOMPLETE [%u bytes] )", left(l, off));
	else
		sb_printf(o, "SPI=0x%x %s", get_be32(h + (esp ? 0 : 4)), esp ? ")" : "");
	return !esp && !fragment && h;
}

static bool log_ext_frag(struct logging *l, uint32_t off, bool *fragment)
{
	const uint8_t *h = pkt_at(l->c->pkt, off, FRAG6_HLEN);
	struct strbuf *o = &l->out;

	sb_puts(o, "FRAG:");
	if (!h) {
		sb_puts(o, "TRUNCATED ");
		return false;
	}
	sb_printf(o, "%u ", get_be16(h + FRAG6_OFF) & IP6_OFFSET);
	if (get_be16(h + FRAG6_OFF) & IP6_MF)
		sb_puts(o, "INCOMPLETE ");
	sb_printf(o, "ID:%08x ", get_be32(h + FRAG6_ID));
	*fragment |= (get_be16(h + FRAG6_OFF) & IP6_OFFSET) != 0;
	return true;
}

/* One extension header; false: the line ends. */
static bool log_ext(struct logging *l, unsigned nexthdr, uint32_t off, bool *fragment)
{
	if (l->flags & LOG_IPOPT)
		sb_puts(&l->out, "OPT ( ");
	switch (nexthdr) {
	case NEXTHDR_FRAGMENT:
		if (!log_ext_frag(l, off, fragment))
			return false;
		break;
	case NEXTHDR_AUTH: case NEXTHDR_ESP:
		if (!log_ext_spi(l, off, nexthdr == NEXTHDR_ESP, *fragment))
			return false;
		break;
	default:
		if (!*fragment)
			break;
		if (l->flags & LOG_IPOPT)
			sb_putc(&l->out, ')');
		return false;
	}
	if (l->flags & LOG_IPOPT)
		sb_puts(&l->out, ") ");
	return true;
}

static void log_ip6(struct logging *l, uint32_t off, bool quoted)
{
	const uint8_t *ip = pkt_at(l->c->pkt, off, IP6_HLEN), *h;
	struct strbuf *o = &l->out;
	union inet_addr src, dst;
	bool fragment = false;
	unsigned nexthdr;

	if (!ip) {
		sb_puts(o, "TRUNCATED");
		return;
	}
	src = ip6_saddr(ip);
	dst = ip6_daddr(ip);
	sb_puts(o, "SRC=");
	ext_put_addr_full(&src, NFPROTO_IPV6, o);
	sb_puts(o, " DST=");
	ext_put_addr_full(&dst, NFPROTO_IPV6, o);
	sb_printf(o, " LEN=%u TC=%u HOPLIMIT=%u FLOWLBL=%u ", get_be16(ip + IP6_PLEN) + IP6_HLEN, ip6_tclass(ip), ip[IP6_HLIM],
		  ip6_flow(ip));
	off += IP6_HLEN;
	for (nexthdr = ip[IP6_NXT]; nexthdr != NEXTHDR_NONE && (ip6_ext_hdr(nexthdr) || nexthdr == NEXTHDR_ESP); nexthdr = h[0]) {
		h = pkt_at(l->c->pkt, off, 2);
		if (!h) {
			sb_puts(o, "TRUNCATED");
			return;
		}
		if (!log_ext(l, nexthdr, off, &fragment))
			return;
		off += ip6_exthdr_len(nexthdr, h);
	}
	if (log_proto6(l, nexthdr, off, quoted, fragment) && !quoted)
		log_packet(l);
}

/* dump_ipv4_mac_header: decoded, or all bytes of the link header. */
static void log_mac(struct logging *l)
{
	const struct packet *p = l->c->pkt;
	const uint8_t *eth = pkt_mac(p);
	struct strbuf *o = &l->out;
	char buf[ADDRSTRLEN];
	bool there = p->nh - p->mac >= ETH_HLEN;

	if (l->flags & LOG_MACDECODE && there) {
		sb_printf(o, "MACSRC=%s ", mac_str(buf, eth + ETH_ALEN));
		sb_printf(o, "MACDST=%s MACPROTO=%04x ", mac_str(buf, eth), get_be16(eth + 12));
		return;
	}
	sb_puts(o, "MAC=");
	for (unsigned i = 0; there && i < ETH_HLEN; i++)
		sb_printf(o, "%s%02x", i ? ":" : "", eth[i]);
	sb_putc(o, ' ');
}

static void log_line(struct logging *l, const char *prefix)
{
	const struct net_device *in = l->c->in, *out = l->c->out;
	const struct packet *p = l->c->pkt;

	sb_printf(&l->out, "%sIN=%s OUT=%s ", prefix, in ? in->name : "", out ? out->name : "");
	if (p->physin && p->physin != in)
		sb_printf(&l->out, "PHYSIN=%s ", p->physin->name);
	if (p->physout && p->physout != out)
		sb_printf(&l->out, "PHYSOUT=%s ", p->physout->name);
	if (in)
		log_mac(l);
	if (l->c->family == NFPROTO_IPV6)
		log_ip6(l, 0, false);
	else
		log_ip(l, 0);
}

static void say(const struct xt_ctx *c, uint8_t level, unsigned flags, const char *prefix, const struct rule *rule)
{
	struct logging l = { .c = c, .flags = flags };
	struct event ev = { .type = EV_LOG, .host = c->host, .pkt = c->pkt };

	log_line(&l, prefix);
	ev.u.log.level = level;
	ev.u.log.text = sb_str(&l.out);
	ev.u.log.rule = rule;
	trace_emit(c->host->trace, &ev);
	sb_free(&l.out);
}

static enum xt_verdict log_target(struct xt_ctx *c, const void *info)
{
	const struct log_info *i = info;

	if (trace_on(c->host->trace, EV_LOG))
		say(c, i->level, i->flags, i->prefix, c->rule);
	return XT_CONTINUE;
}

void log_trace(const struct xt_ctx *c, const struct chain *chain, uint32_t number, const char *what, const struct rule *rule)
{
	struct strbuf prefix = { 0 };

	if (!trace_on(c->host->trace, EV_LOG))
		return;
	sb_printf(&prefix, "TRACE: %s:%s:%s:%u ", chain->table->name, chain->name, what, number);
	say(c, DEFAULT_LEVEL, TRACE_FLAGS, sb_str(&prefix), rule);
	sb_free(&prefix);
}

/* ---- printing the rule ---- */

static void log_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct log_info *l = info;

	if (l->prefix[0]) {
		sb_puts(out, " --log-prefix");
		ext_save_string(out, l->prefix);
	}
	if (l->level != DEFAULT_LEVEL)
		sb_printf(out, " --log-level %u", l->level);
	sb_puts(out, l->flags & LOG_TCPSEQ ? " --log-tcp-sequence" : "");
	sb_puts(out, l->flags & LOG_TCPOPT ? " --log-tcp-options" : "");
	sb_puts(out, l->flags & LOG_IPOPT ? " --log-ip-options" : "");
	sb_puts(out, l->flags & LOG_UID ? " --log-uid" : "");
	sb_puts(out, l->flags & LOG_MACDECODE ? " --log-macdecode" : "");
}

static const char *level_name(uint8_t level)
{
	static const char *const names[] = { "emerg", "alert", "crit", "err", "warn", "notice", "info", "debug" };

	return names[level & 7];
}

static void log_print(const void *info, const struct rule *r UNUSED, bool numeric, struct strbuf *out)
{
	const struct log_info *l = info;

	sb_puts(out, " LOG");
	if (numeric)
		sb_printf(out, " flags %u level %u", l->flags, l->level);
	else
		sb_printf(out, " level %s", level_name(l->level));
	if (!numeric) {
		sb_puts(out, l->flags & LOG_TCPSEQ ? " tcp-sequence" : "");
		sb_puts(out, l->flags & LOG_TCPOPT ? " tcp-options" : "");
		sb_puts(out, l->flags & LOG_IPOPT ? " ip-options" : "");
		sb_puts(out, l->flags & LOG_UID ? " uid" : "");
		sb_puts(out, l->flags & LOG_MACDECODE ? " macdecode" : "");
	}
	if (l->prefix[0])
		sb_printf(out, " prefix \"%s\"", l->prefix);
}

static void log_explain(struct xt_ctx *c UNUSED, const void *info, struct strbuf *out)
{
	const struct log_info *l = info;

	sb_printf(out, "logs a line at level %u (%s)", l->level, level_name(l->level));
	if (l->prefix[0])
		sb_printf(out, " beginning \"%s\"", l->prefix);
	sb_puts(out, "; the packet goes on to the next rule");
}

const struct target_ext ext_LOG_target = {
	.name = "LOG", .families = EXT_ANY, .size = sizeof(struct log_info),
	.opts = (const struct ext_opt[]){
		{ .name = "log-level", .type = OPT_SYSLOGLEVEL, .id = O_LEVEL, .parse = log_parse },
		{ .name = "log-prefix", .type = OPT_STRING, .id = O_PREFIX, .min = 1, .parse = log_parse },
		{ .name = "log-tcp-sequence", .type = OPT_NONE, .id = O_SEQ, .parse = log_parse },
		{ .name = "log-tcp-options", .type = OPT_NONE, .id = O_TCPOPT, .parse = log_parse },
		{ .name = "log-ip-options", .type = OPT_NONE, .id = O_IPOPT, .parse = log_parse },
		{ .name = "log-uid", .type = OPT_NONE, .id = O_UID, .parse = log_parse },
		{ .name = "log-macdecode", .type = OPT_NONE, .id = O_MAC, .parse = log_parse },
		{ 0 } },
	.init = log_init, .target = log_target, .save = log_save, .print = log_print, .explain = log_explain,
};
