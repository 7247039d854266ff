// SPDX-License-Identifier: MIT
/* sctp.c - "-p sctp -m sctp": ports and chunks of SCTP packets (net/netfilter/xt_sctp.c). */
#include "rules/ext/ports.h"
#include "rules/ext/util.h"
#include <ctype.h>
#include <strings.h>

#define SCTP_HLEN 12
#define MAX_FLAGS 4
enum { O_SPORT, O_DPORT, O_CHUNKS };
enum { WANT_ANY = 1, WANT_ALL, WANT_ONLY };

struct sctp_info {
	struct ports_info spt, dpt;
	bool has_chunks, inv_chunks;
	uint8_t want, nr_flags;
	uint32_t map[8];		/* a bit per chunk type */
	struct { uint8_t chunk, value, mask; } flag[MAX_FLAGS];
};

#define NO_FLAGS "--------"
static const struct { const char *name; uint8_t type; const char *flags; } chunks[] = {
	{ "DATA", 0, "----IUBE" }, { "INIT", 1, NO_FLAGS }, { "INIT_ACK", 2, NO_FLAGS }, { "SACK", 3, NO_FLAGS },
	{ "HEARTBEAT", 4, NO_FLAGS }, { "HEARTBEAT_ACK", 5, NO_FLAGS }, { "ABORT", 6, "-------T" }, { "SHUTDOWN", 7, NO_FLAGS },
	{ "SHUTDOWN_ACK", 8, NO_FLAGS }, { "ERROR", 9, NO_FLAGS }, { "COOKIE_ECHO", 10, NO_FLAGS }, { "COOKIE_ACK", 11, NO_FLAGS },
	{ "ECN_ECNE", 12, NO_FLAGS }, { "ECN_CWR", 13, NO_FLAGS }, { "SHUTDOWN_COMPLETE", 14, "-------T" },
	{ "I_DATA", 64, "----IUBE" }, { "RE_CONFIG", 130, NO_FLAGS }, { "PAD", 132, NO_FLAGS }, { "ASCONF", 193, NO_FLAGS },
	{ "ASCONF_ACK", 128, NO_FLAGS }, { "FORWARD_TSN", 192, NO_FLAGS }, { "I_FORWARD_TSN", 194, NO_FLAGS },
};

static bool in_map(const uint32_t *map, unsigned type)
{
	return map[type / 32] >> type % 32 & 1;
}

/* ---- reading the options ---- */

static bool one_port(struct ext_cb *cb, const char *s, size_t n, uint16_t if_empty, uint16_t *ret)
{
	*ret = if_empty;
	return n == 0 || ext_parse_port(s, n, ret, "sctp") ||
	       ext_error(cb, "invalid port/service `%.*s' specified", (int)n, s);
}

static bool port_parse(struct ext_cb *cb)
{
	bool src = cb->opt->id == O_SPORT;
	struct sctp_info *s = cb->info;
	struct ports_info *p = src ? &s->spt : &s->dpt;
	const char *colon = strchr(cb->arg, ':');
	size_t n = strcspn(cb->arg, ":");

	if (p->given)
		return ext_error(cb, "Only one `--%s' allowed", src ? "source-port" : "destination-port");
	p->given = true;
	p->invert = cb->invert;
	if (!colon && !n)
		return ext_error(cb, "invalid port/service `' specified");
	if (!one_port(cb, cb->arg, n, 0, &p->from))
		return false;
	p->to = p->from;
	if (colon && !one_port(cb, colon + 1, strlen(colon + 1), UINT16_MAX, &p->to))
		return false;
	return p->from <= p->to || ext_error(cb, "invalid portrange (min > max)");
}

/* One letter of a chunk's flags: a capital must be set, a small one clear. */
static bool flag_parse(struct ext_cb *cb, struct sctp_info *s, uint8_t index, char letter)
{
	const char *at = letter == '\0' ? NULL : strchr(chunks[index].flags, toupper((unsigned char)letter));
	unsigned i;
	uint8_t bit;

	if (!at)
		return ext_error(cb, "Invalid flags for chunk type %u", index);
	bit = (uint8_t)(0x80u >> (at - chunks[index].flags));
	for (i = 0; i < s->nr_flags && s->flag[i].chunk != index; i++)
		;
	if (i == MAX_FLAGS)
		return ext_error(cb, "Number of chunk types with flags exceeds currently allowed limit. Increasing this limit "
				 "involves changing IPT_NUM_SCTP_FLAGS and recompiling both the kernel space and user space modules");
	if (i == s->nr_flags)
		s->nr_flags++;
	/* iptables notes its table's index, not the type: the same up to SHUTDOWN_COMPLETE */
	s->flag[i].chunk = index;
	s->flag[i].mask |= bit;
	if (isupper((unsigned char)letter))
		s->flag[i].value |= bit;
	return true;
}

static bool chunk_parse(struct ext_cb *cb, struct sctp_info *s, const char *word, size_t n)
{
	size_t name = 0;
	unsigned i;

	while (name < n && word[name] != ':')
		name++;
	for (i = 0; i < ARRAY_SIZE(chunks); i++)
		if (strlen(chunks[i].name) == name && strncasecmp(chunks[i].name, word, name) == 0)
			break;
	if (i == ARRAY_SIZE(chunks))
		return ext_error(cb, "Unknown sctp chunk `%.*s'", (int)name, word) ||
		       ext_hint_one_of(cb, word, name, "DATA INIT INIT_ACK SACK HEARTBEAT HEARTBEAT_ACK ABORT SHUTDOWN SHUTDOWN_ACK ERROR COOKIE_ECHO COOKIE_ACK ECN_ECNE ECN_CWR SHUTDOWN_COMPLETE I_DATA RE_CONFIG PAD ASCONF ASCONF_ACK FORWARD_TSN I_FORWARD_TSN");
	s->map[chunks[i].type / 32] |= 1u << chunks[i].type % 32;
	for (size_t k = name + 1; k < n; k++)
		if (!flag_parse(cb, s, (uint8_t)i, word[k]))
			return false;
	return true;
}

static bool chunks_parse(struct ext_cb *cb)
{
	struct sctp_info *s = cb->info;
	size_t n;

	if (s->has_chunks)
		return ext_error(cb, "Only one `--chunk-types' allowed");
	if (!cb->arg2 || cb->arg2[0] == '-' || cb->arg2[0] == '!')
		return ext_error(cb, "--chunk-types requires two args");
	s->has_chunks = true;
	s->inv_chunks = cb->invert;
	s->want = strcasecmp(cb->arg, "any") == 0 ? WANT_ANY : strcasecmp(cb->arg, "all") == 0 ? WANT_ALL :
		  strcasecmp(cb->arg, "only") == 0 ? WANT_ONLY : 0;
	if (!s->want)
		return ext_error(cb, "Match type has to be one of \"ALL\", \"ANY\" or \"ONLY\"");
	if (strcasecmp(cb->arg2, "none") == 0)
		return true;
	if (strcasecmp(cb->arg2, "all") == 0) {
		memset(s->map, 0xff, sizeof(s->map));
		return true;
	}
	for (const char *w = cb->arg2; *w; w += n + (w[n] == ',')) {
		n = strcspn(w, ",");
		if (n && !chunk_parse(cb, s, w, n))
			return false;
	}
	return true;
}

/* ---- packets ---- */

static bool flags_fit(const struct sctp_info *s, const uint8_t *chunk)
{
	for (unsigned i = 0; i < s->nr_flags; i++)
		if (s->flag[i].chunk == chunk[0])
			return (chunk[1] & s->flag[i].mask) == s->flag[i].value;
	return true;
}

static bool map_empty(const uint32_t *map)
{
	for (unsigned i = 0; i < 8; i++)
		if (map[i])
			return false;
	return true;
}

/* Walks the chunks; *broken when one has no length or is cut off. */
static bool chunks_fit(const struct xt_ctx *c, const struct sctp_info *s, bool *broken)
{
	uint32_t off = c->thoff + SCTP_HLEN, missing[8];
	const uint8_t *ch;

	memcpy(missing, s->map, sizeof(missing));
	do {
		ch = pkt_at(c->pkt, off, 4);
		if (!ch || !get_be16(ch + 2)) {
			*broken = true;
			return false;
		}
		off += (get_be16(ch + 2) + 3u) & ~3u;
		if (!in_map(s->map, ch[0])) {
			if (s->want == WANT_ONLY)
				return false;
		} else if (flags_fit(s, ch)) {
			if (s->want == WANT_ANY)
				return true;
			missing[ch[0] / 32] &= ~(1u << ch[0] % 32);
		} else if (s->want == WANT_ONLY) {
			return false;
		}
	} while (off < pkt_len(c->pkt));
	return s->want == WANT_ALL ? map_empty(missing) : s->want == WANT_ONLY;
}

static bool sctp_match(struct xt_ctx *c, const void *info)
{
	const struct sctp_info *s = info;
	const uint8_t *h;

	if (c->fragoff)
		return false;
	h = pkt_at(c->pkt, c->thoff, SCTP_HLEN);
	if (!h) {
		c->hotdrop = true;
		return false;
	}
	if (!ports_in(&s->spt, get_be16(h)) || !ports_in(&s->dpt, get_be16(h + 2)))
		return false;
	return !s->has_chunks || chunks_fit(c, s, &c->hotdrop) != s->inv_chunks;
}

/* ---- printing ---- */

static void put_flags(const struct sctp_info *s, unsigned type, struct strbuf *out)
{
	for (unsigned i = 0; i < s->nr_flags; i++) {
		if (s->flag[i].chunk != type)
			continue;
		sb_putc(out, ':');
		for (unsigned b = 0; b < 8; b++)
			if (s->flag[i].mask & 0x80u >> b)
				sb_putc(out, s->flag[i].value & 0x80u >> b ? chunks[type].flags[b] :
					(char)tolower(chunks[type].flags[b]));
	}
}

static const char *chunk_name(unsigned type)
{
	for (unsigned i = 0; i < ARRAY_SIZE(chunks); i++)
		if (chunks[i].type == type)
			return chunks[i].name;
	return "";
}

static void put_chunks(const struct sctp_info *s, bool numeric, struct strbuf *out)
{
	uint32_t all = UINT32_MAX;
	char sep = ' ';

	sb_puts(out, s->want == WANT_ANY ? " any" : s->want == WANT_ALL ? " all" : " only");
	if (map_empty(s->map)) {
		sb_puts(out, " NONE");
		return;
	}
	for (unsigned i = 0; i < 8; i++)
		all &= s->map[i];
	if (all == UINT32_MAX) {
		sb_puts(out, " ALL");
		return;
	}
	for (unsigned type = 0; type < 256; type++) {
		if (!in_map(s->map, type))
			continue;
		if (numeric)
			sb_printf(out, "%c0x%04X", sep, type);
		else
			sb_printf(out, "%c%s", sep, chunk_name(type));
		put_flags(s, type, out);
		sep = ',';
	}
}

static void sctp_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct sctp_info *s = info;

	ports_save(&s->spt, "sport", out);
	ports_save(&s->dpt, "dport", out);
	if (!s->has_chunks)
		return;
	sb_puts(out, s->inv_chunks ? " ! --chunk-types" : " --chunk-types");
	put_chunks(s, false, out);
}

static void sctp_print(const void *info, const struct rule *r UNUSED, bool numeric, struct strbuf *out)
{
	const struct sctp_info *s = info;

	sb_puts(out, " sctp");
	ports_print(&s->spt, "spt", "sctp", numeric, out);
	ports_print(&s->dpt, "dpt", "sctp", numeric, out);
	if (!s->has_chunks)
		return;
	sb_puts(out, s->inv_chunks ? " !" : "");
	put_chunks(s, numeric, out);
}

static void say_chunks(const struct xt_ctx *c, struct strbuf *out)
{
	uint32_t off = c->thoff + SCTP_HLEN;
	const uint8_t *ch;

	sb_puts(out, "the chunks are");
	while ((ch = pkt_at(c->pkt, off, 4)) && get_be16(ch + 2)) {
		sb_printf(out, " %s(%u flags 0x%x)", chunk_name(ch[0]), ch[0], ch[1]);
		off += (get_be16(ch + 2) + 3u) & ~3u;
	}
}

static void sctp_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct sctp_info *s = info;
	const uint8_t *h = pkt_at(c->pkt, c->thoff, SCTP_HLEN);
	bool broken = false;

	if (c->fragoff)
		sb_puts(out, "a later fragment has no ports");
	else if (!h)
		sb_puts(out, "the SCTP header is cut off: the packet is dropped");
	else if (!ports_explain(&s->spt, "sport", get_be16(h), out) && !ports_explain(&s->dpt, "dport", get_be16(h + 2), out) &&
		 s->has_chunks) {
		chunks_fit(c, s, &broken);
		say_chunks(c, out);
		if (broken)
			sb_puts(out, " and one that is cut off: the packet is dropped");
		sb_puts(out, s->inv_chunks ? ", rule wants not" : ", rule wants");
		put_chunks(s, false, out);
	}
}

const struct match_ext ext_sctp = {
	.name = "sctp", .families = EXT_ANY, .size = sizeof(struct sctp_info), .proto = IPPROTO_SCTP,
	.opts = (const struct ext_opt[]){
		{ .name = "source-port",
		  .form = "PORT or FROM:TO, the lower first; 0 to 65535 or service names",
		  .type = OPT_STRING, .flags = OPT_OLD, .id = O_SPORT, .parse = port_parse },
		{ .name = "sport",
		  .form = "PORT or FROM:TO, the lower first; 0 to 65535 or service names",
		  .type = OPT_STRING, .flags = OPT_OLD, .id = O_SPORT, .parse = port_parse },
		{ .name = "destination-port",
		  .form = "PORT or FROM:TO, the lower first; 0 to 65535 or service names",
		  .type = OPT_STRING, .flags = OPT_OLD, .id = O_DPORT, .parse = port_parse },
		{ .name = "dport",
		  .form = "PORT or FROM:TO, the lower first; 0 to 65535 or service names",
		  .type = OPT_STRING, .flags = OPT_OLD, .id = O_DPORT, .parse = port_parse },
		{ .name = "chunk-types",
		  .form = "all|any|only TYPE[:FLAGS][,TYPE...], as in any INIT,DATA:Be",
		  .type = OPT_STRING, .flags = OPT_OLD | OPT_MAYARG, .id = O_CHUNKS, .parse = chunks_parse },
		{ 0 } },
	.match = sctp_match, .save = sctp_save, .print = sctp_print, .explain = sctp_explain,
};
