// SPDX-License-Identifier: MIT
/* option.c - typed options of extensions, with the words of libxtables when a value is wrong. */
#include "rules/parse/parse.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

static uint64_t type_max(enum opt_type type)
{
	switch (type) {
	case OPT_UINT8: case OPT_UINT8RC:	return UINT8_MAX;
	case OPT_UINT16: case OPT_UINT16RC:	return UINT16_MAX;
	case OPT_UINT32: case OPT_UINT32RC:	return UINT32_MAX;
	default:				return UINT64_MAX;
	}
}

static uint64_t value_max(const struct ext_opt *o, uint8_t family)
{
	if (o->max6 && family == NFPROTO_IPV6)
		return o->max6;
	return o->max ? o->max : type_max(o->type);
}

static bool parse_int(struct ext_cb *cb)
{
	uint64_t v, max = value_max(cb->opt, cb->family);

	if (!ext_strtoul(cb->arg, NULL, &v, cb->opt->min, max))
		return ext_error(cb, "%s: bad value for option \"--%s\", or out of range (%" PRIu64 "-%" PRIu64 ").\n",
				 cb->ext_name, cb->opt->name, cb->opt->min, max);
	switch (cb->opt->type) {
	case OPT_UINT8:		cb->val.u8 = (uint8_t)v;	break;
	case OPT_UINT16:	cb->val.u16 = (uint16_t)v;	break;
	case OPT_UINT32:	cb->val.u32 = (uint32_t)v;	break;
	default:		cb->val.u64 = v;		break;
	}
	return true;
}

static bool parse_double(struct ext_cb *cb)
{
	const struct ext_opt *o = cb->opt;
	char *end;
	double v = strtod(cb->arg, &end);

	if (end == cb->arg || *end ||
	    (o->min != o->max && (v < (double)o->min || v > (double)o->max)))
		return ext_error(cb, "%s: bad value for option \"--%s\", or out of range (%" PRIu64 "-%" PRIu64 ").\n",
				 cb->ext_name, o->name, o->min, o->max);
	cb->val.dbl = v;
	return true;
}

static void range_put(struct ext_cb *cb, unsigned i, uint64_t v)
{
	switch (cb->opt->type) {
	case OPT_UINT8RC:	cb->val.u8_range[i] = (uint8_t)v;	break;
	case OPT_UINT16RC:	cb->val.u16_range[i] = (uint16_t)v;	break;
	case OPT_UINT32RC:	cb->val.u32_range[i] = (uint32_t)v;	break;
	default:		cb->val.u64_range[i] = v;		break;
	}
}

static bool too_many(struct ext_cb *cb)
{
	return ext_error(cb, "%s: Too many components for option \"--%s\" (max: %u)\n", cb->ext_name, cb->opt->name, 2) ||
	       ext_hint(cb, "a range has two ends, as in 5:10");
}

/* "a:b"; an end left out is the type's least or greatest. One value alone is both ends. */
static bool parse_range(struct ext_cb *cb)
{
	uint64_t v, max = type_max(cb->opt->type);
	const char *arg = cb->arg, *end;

	for (cb->nvals = 0; ; arg = end + 1) {
		if (cb->nvals == 2)
			return too_many(cb);
		if (*arg == '\0' || *arg == ':') {
			end = arg;
			v = cb->nvals == 1 ? max : 0;
		} else if (!ext_strtoul(arg, &end, &v, 0, max)) {
			return ext_error(cb, "%s: bad value for option \"--%s\" near \"%s\", or out of range (0-%" PRIu64 ").\n",
					 cb->ext_name, cb->opt->name, arg, max);
		} else if (*end && *end != ':') {
			return ext_error(cb, "%s: Argument to \"--%s\" has unexpected characters near \"%s\".\n",
					 cb->ext_name, cb->opt->name, end);
		}
		range_put(cb, cb->nvals++, v);
		if (cb->nvals == 1)
			range_put(cb, 1, v);
		if (*end == '\0')
			return true;
	}
}

static bool parse_string(struct ext_cb *cb)
{
	size_t n = strlen(cb->arg);

	if (cb->opt->min && n < cb->opt->min)
		return ext_error(cb, "Argument must have a minimum length of %" PRIu64 " characters\n", cb->opt->min);
	if (cb->opt->max && n > cb->opt->max)
		return ext_error(cb, "Argument must have a maximum length of %" PRIu64 " characters\n", cb->opt->max);
	return true;
}

/* A number with mask, or one of the five names; max of the option is the mask that goes with a name. */
static bool parse_tosmask(struct ext_cb *cb)
{
	static const struct { const char *name; uint8_t value; } names[] = {
		{ "Minimize-Delay", 0x10 }, { "Maximize-Throughput", 0x08 }, { "Maximize-Reliability", 0x04 },
		{ "Minimize-Cost", 0x02 }, { "Normal-Service", 0x00 },
	};
	const char *end;
	uint64_t v;

	if (ext_strtoul(cb->arg, &end, &v, 0, UINT8_MAX)) {
		cb->val.tos.value = (uint8_t)v;
		cb->val.tos.mask = UINT8_MAX;
		if (*end == '/') {
			if (!ext_strtoul(end + 1, &end, &v, 0, UINT8_MAX))
				return ext_error(cb, "Illegal value: \"%s\"", cb->arg);
			cb->val.tos.mask = (uint8_t)v;
		}
		return *end == '\0' || ext_error(cb, "Illegal value: \"%s\"", cb->arg);
	}
	cb->val.tos.mask = (uint8_t)cb->opt->max;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcasecmp(cb->arg, names[i].name) == 0) {
			cb->val.tos.value = names[i].value;
			return true;
		}
	return ext_error(cb, "Symbolic name \"%s\" is unknown", cb->arg) ||
	       ext_hint_one_of(cb, cb->arg, strlen(cb->arg), "Minimize-Delay Maximize-Throughput Maximize-Reliability Minimize-Cost Normal-Service");
}

static bool parse_markmask(struct ext_cb *cb)
{
	const char *end;
	uint64_t v;

	if (!ext_strtoul(cb->arg, &end, &v, 0, UINT32_MAX))
		goto bad;
	cb->val.mark.mark = (uint32_t)v;
	cb->val.mark.mask = UINT32_MAX;
	if (*end == '/') {
		if (!ext_strtoul(end + 1, &end, &v, 0, UINT32_MAX))
			goto bad;
		cb->val.mark.mask = (uint32_t)v;
	}
	return *end == '\0' || ext_error(cb, "%s: trailing garbage after value for option \"--%s\".\n",
					 cb->ext_name, cb->opt->name);
bad:
	return ext_error(cb, "%s: bad integer value for option \"--%s\", or out of range.\n", cb->ext_name, cb->opt->name);
}

static bool parse_sysloglevel(struct ext_cb *cb)
{
	static const struct { const char *name; uint8_t level; } names[] = {
		{ "alert", 1 }, { "crit", 2 }, { "debug", 7 }, { "emerg", 0 }, { "error", 3 },
		{ "info", 6 }, { "notice", 5 }, { "panic", 0 }, { "warning", 4 },
	};
	uint64_t v;

	if (ext_strtoul(cb->arg, NULL, &v, 0, 7)) {
		cb->val.syslog_level = (uint8_t)v;
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(cb->arg, names[i].name) == 0) {
			cb->val.syslog_level = names[i].level;
			return true;
		}
	return ext_error(cb, "log level \"%s\" unknown\n", cb->arg) ||
	       ext_hint_one_of(cb, cb->arg, strlen(cb->arg), "emerg alert crit error warning notice info debug");
}

static unsigned addr_bits(const struct ext_cb *cb)
{
	return cb->family == NFPROTO_IPV6 ? 128 : 32;
}

static bool looks_like_name(const char *s)
{
	return strspn(s, "0123456789.:/") != strlen(s) && !strchr(s, ':');
}

static bool parse_host(struct ext_cb *cb, const char *arg)
{
	if (cb->family == NFPROTO_IPV6 ? !parse_scoped6(arg, cb->host, &cb->val.host.addr) : !ext_parse_addr(arg, cb->family, &cb->val.host.addr)) {
		union inet_addr other;

		ext_error(cb, (cb->family == NFPROTO_IPV6 ? ext_parse_addr(arg, NFPROTO_IPV4, &other) : parse_scoped6(arg, cb->host, &other)) ?
			  "getaddrinfo: Address family for hostname not supported\n" : "getaddrinfo: Name or service not known\n");
		if (!ext_hint_family(cb, arg) && looks_like_name(arg))
			diag_hint(cb->diag, "names are not looked up: write the address of \"%s\"", arg);
		return false;
	}
	memset(&cb->val.host.mask, 0xff, sizeof(cb->val.host.mask));
	cb->val.host.plen = (uint8_t)addr_bits(cb);
	return true;
}

/* A prefix length or a dotted mask. A dotted mask with holes becomes all ones, as libxtables makes it. */
static bool parse_plenmask(struct ext_cb *cb, const char *arg)
{
	unsigned bits = addr_bits(cb);
	uint64_t v;
	int plen;

	if (ext_strtoul(arg, NULL, &v, 0, bits)) {
		inet_mask(&cb->val.host.mask, cb->family, (unsigned)v);
		cb->val.host.plen = (uint8_t)v;
		return true;
	}
	if (!ext_parse_addr(arg, cb->family, &cb->val.host.mask) || strcmp(arg, "localhost") == 0)
		return ext_error(cb, "%s: bad value for option \"--%s\", neither a valid network mask nor valid CIDR (%u-%u).\n",
				 cb->ext_name, cb->opt->name, 0, bits);
	plen = inet_mask_len(&cb->val.host.mask, cb->family);
	cb->val.host.plen = (uint8_t)plen;
	if (plen < 0)
		memset(&cb->val.host.mask, 0xff, sizeof(cb->val.host.mask));
	return true;
}

static bool parse_hostmask(struct ext_cb *cb)
{
	const char *slash = strchr(cb->arg, '/');
	union inet_addr addr;

	if (!slash)
		return parse_host(cb, cb->arg);
	if (!parse_host(cb, arena_strndup(cb->arena, cb->arg, (size_t)(slash - cb->arg))))
		return false;
	addr = cb->val.host.addr;
	if (!parse_plenmask(cb, slash + 1))
		return false;
	cb->val.host.addr = addr;
	return true;
}

/* As getaddrinfo() reads a service: decimal and cut to 16 bits, or a name of any protocol. */
static bool port_by_name(struct ext_cb *cb, const char *arg, uint16_t *ret)
{
	char *end;
	unsigned long v = strtoul(arg, &end, 10);
	int port;

	if (*end == '\0' && *arg && (int)v >= 0) {	/* below 0 glibc takes it for a name */
		*ret = (uint16_t)v;
		return true;
	}
	port = service_port(arg, NULL);
	if (port < 0) {
		struct nearest n = { .want = arg };

		ext_error(cb, "Port \"%s\" does not resolve to anything.\n", arg);
		service_nearest(&n);
		if (nearest_get(&n))
			diag_hint(cb->diag, "did you mean \"%s\"?", nearest_get(&n));
		return false;
	}
	*ret = (uint16_t)port;
	return true;
}

static bool parse_portrange(struct ext_cb *cb)
{
	const char *arg = cb->arg;

	cb->val.port_range[0] = 0;
	cb->val.port_range[1] = UINT16_MAX;
	for (cb->nvals = 0; arg; cb->nvals++) {
		const char *colon = strchr(arg, ':');
		const char *part = colon ? arena_strndup(cb->arena, arg, (size_t)(colon - arg)) : arg;

		if (cb->nvals == 2)
			return too_many(cb);
		if (*part && !port_by_name(cb, part, &cb->val.port_range[cb->nvals]))
			return false;
		arg = colon ? colon + 1 : NULL;
	}
	if (cb->nvals == 1)
		cb->val.port_range[1] = cb->val.port_range[0];
	cb->nvals = 2;
	return true;
}

static bool parse_mac(const char *s, uint8_t mac[6])
{
	char *end;

	for (int i = 0; i < 6; i++) {
		mac[i] = (uint8_t)strtoul(s, &end, 16);
		if (*end != (i < 5 ? ':' : '\0') || end - s > 2)
			return false;
		s = end + 1;
	}
	return true;
}

static bool parse_ether(struct ext_cb *cb, bool with_mask)
{
	const char *slash = with_mask ? strchr(cb->arg, '/') : NULL;
	const char *mac = slash ? arena_strndup(cb->arena, cb->arg, (size_t)(slash - cb->arg)) : cb->arg;

	memset(cb->val.ether.mask, 0xff, sizeof(cb->val.ether.mask));
	if (!parse_mac(mac, cb->val.ether.mac) || (slash && !parse_mac(slash + 1, cb->val.ether.mask)))
		return ext_error(cb, "Invalid MAC address specified.") || ext_hint(cb, "as in 02:00:00:00:00:01");
	return true;
}

static bool parse_protocol_name(struct ext_cb *cb)
{
	int v = parse_protocol(cb->arg);

	if (v < 0)
		return ext_error(cb, "unknown protocol \"%s\" specified", cb->arg) || ext_hint_protocol(cb, cb->arg);
	cb->val.protocol = (uint8_t)v;
	return true;
}

static bool parse_value(struct ext_cb *cb)
{
	switch (cb->opt->type) {
	case OPT_NONE:		return true;
	case OPT_UINT8: case OPT_UINT16: case OPT_UINT32: case OPT_UINT64:
		return parse_int(cb);
	case OPT_UINT8RC: case OPT_UINT16RC: case OPT_UINT32RC: case OPT_UINT64RC:
		return parse_range(cb);
	case OPT_DOUBLE:	return parse_double(cb);
	case OPT_STRING:	return parse_string(cb);
	case OPT_TOSMASK:	return parse_tosmask(cb);
	case OPT_MARKMASK32:	return parse_markmask(cb);
	case OPT_SYSLOGLEVEL:	return parse_sysloglevel(cb);
	case OPT_HOST:		return parse_host(cb, cb->arg);
	case OPT_HOSTMASK:	return parse_hostmask(cb);
	case OPT_PROTOCOL:	return parse_protocol_name(cb);
	case OPT_PORT:		return port_by_name(cb, cb->arg, &cb->val.port);
	case OPT_PORTRC:	return parse_portrange(cb);
	case OPT_PLENMASK:	return parse_plenmask(cb, cb->arg);
	case OPT_ETHERMAC:	return parse_ether(cb, false);
	case OPT_ETHERMACMASK:	return parse_ether(cb, true);
	}
	return false;
}

static const struct ext_opt *opt_by_id(const struct ext_opt *opts, int id)
{
	for (; opts->name; opts++)
		if (opts->id == id)
			return opts;
	return NULL;
}

/* Is it an option of the rule's target? */
static bool is_target(const struct ext_cb *cb)
{
	return cb->rule->ext && cb->info == cb->rule->target_info;
}

static bool hint_repeated(struct ext_cb *cb)
{
	return ext_hint(cb, is_target(cb) ? "a rule has one target: for another value write another rule" :
			"for another value write \"-m %s\" again before it, or another rule", cb->ext_name);
}

/* What a value of the option's type looks like, where the option has no form of its own. */
static bool hint_type(struct ext_cb *cb)
{
	const struct ext_opt *o = cb->opt;
	uint64_t max = value_max(o, cb->family);
	bool v6 = cb->family == NFPROTO_IPV6;

	switch (o->type) {
	case OPT_UINT8: case OPT_UINT16: case OPT_UINT32: case OPT_UINT64:
		return ext_hint(cb, "--%s N, a whole number from %" PRIu64 " to %" PRIu64, o->name, o->min, max);
	case OPT_UINT8RC: case OPT_UINT16RC: case OPT_UINT32RC: case OPT_UINT64RC:
		return ext_hint(cb, "--%s N or FROM:TO, whole numbers from 0 to %" PRIu64, o->name, max);
	case OPT_DOUBLE:	return ext_hint(cb, "--%s N, a number such as 0.25", o->name);
	case OPT_TOSMASK:	return ext_hint(cb, "--%s VALUE[/MASK], each 0 to 255, or a name such as Minimize-Delay", o->name);
	case OPT_MARKMASK32:	return ext_hint(cb, "--%s VALUE[/MASK], each 0 to 0xffffffff, as in 0x1/0xff", o->name);
	case OPT_HOST:		return ext_hint(cb, "--%s ADDRESS, as in %s", o->name, v6 ? "2001:db8::1" : "192.0.2.1");
	case OPT_HOSTMASK:	return ext_hint(cb, "--%s ADDRESS[/MASK], as in %s", o->name, v6 ? "2001:db8::/32" : "192.0.2.0/24");
	case OPT_PLENMASK:	return ext_hint(cb, "--%s N, the first bits that count, from 0 to %u", o->name, addr_bits(cb));
	case OPT_PORT: case OPT_PORTRC:
		return ext_hint_port(cb, cb->arg, strlen(cb->arg));
	case OPT_STRING:
		if (o->max)
			return ext_hint(cb, "--%s TEXT, of %" PRIu64 " to %" PRIu64 " characters", o->name, o->min, o->max);
		return o->min ? ext_hint(cb, "--%s TEXT, not empty", o->name) : false;
	default:		return false;
	}
}

static void hint_extension(struct ext_cb *cb, const struct ext_opt *opts)
{
	struct strbuf sb = { 0 };

	if (cb->form) {
		ext_hint(cb, "as in %s", cb->form);
		return;
	}
	for (const struct ext_opt *o = opts; o && o->name; o++)
		sb_printf(&sb, "%s--%s%s%s", sb.len ? ", " : "", o->name, o->form ? " " : "", o->form ? o->form : "");
	ext_hint(cb, "%s takes %s", cb->ext_name, sb.len ? sb_str(&sb) : "no options");
	sb_free(&sb);
}

/* A way out of the error of an option, unless its parser knew a better one. */
static void hint_option(struct ext_cb *cb, const struct ext_opt *opts, bool repeated)
{
	if (!diag_lacks_hint(cb->diag))
		return;
	if (cb->arg && cb->opt->type != OPT_PLENMASK && ext_hint_family(cb, cb->arg))
		return;
	if (repeated && cb->opt->flags & OPT_OLD && !(cb->opt->flags & OPT_MULTI))
		hint_repeated(cb);
	else if (cb->opt->form)
		ext_hint(cb, "--%s %s", cb->opt->name, cb->opt->form);
	else
		hint_type(cb);
	if (diag_lacks_hint(cb->diag))
		hint_extension(cb, opts);
}

void option_hint(const struct ext_opt *opts, struct ext_cb *cb)
{
	hint_option(cb, opts, false);
}

static bool parse_option(const struct ext_opt *opts, struct ext_cb *cb)
{
	const struct ext_opt *first = opt_by_id(opts, cb->opt->id);
	uint32_t bit = 1u << cb->opt->id;

	/* of synonyms libxtables only knows the first, and names it in messages */
	if (first->type == cb->opt->type && first->parse == cb->opt->parse)
		cb->opt = first;
	memset(&cb->val, 0, sizeof(cb->val));
	cb->nvals = 1;
	if (!(cb->opt->flags & OPT_OLD)) {
		if ((!(cb->opt->flags & OPT_MULTI) || cb->opt->excl & bit) && cb->xflags & bit)
			return ext_error(cb, "%s: option \"--%s\" can only be used once.\n", cb->ext_name, cb->opt->name) ||
			       hint_repeated(cb);
		if (cb->invert && !(cb->opt->flags & OPT_INVERT))
			return ext_error(cb, "%s: option \"--%s\" cannot be inverted.\n", cb->ext_name, cb->opt->name) ||
			       ext_hint_not(cb);
		if (!parse_value(cb))
			return false;
		cb->xflags |= bit;
		return !cb->opt->parse || cb->opt->parse(cb);
	}
	/* its parser must see whether the option was there before */
	if (!parse_value(cb) || (cb->opt->parse && !cb->opt->parse(cb)))
		return false;
	cb->xflags |= bit;
	return true;
}

bool option_parse(const struct ext_opt *opts, struct ext_cb *cb)
{
	bool repeated = cb->xflags & 1u << cb->opt->id;

	if (parse_option(opts, cb))
		return true;
	hint_option(cb, opts, repeated);
	return false;
}

/* The combinations the table itself forbids or asks for. */
static bool check_combinations(const struct ext_opt *opts, struct ext_cb *cb)
{
	for (const struct ext_opt *o = opts; o && o->name; o++) {
		if (o->flags & OPT_MUST && !(cb->xflags & 1u << o->id))
			return ext_error(cb, "%s: option \"--%s\" must be specified\n", cb->ext_name, o->name) ||
			       ext_hint(cb, "-%c %s --%s%s", is_target(cb) ? 'j' : 'm', cb->ext_name, o->name,
					o->type == OPT_NONE ? "" : o->form ? arena_printf(cb->arena, " %s", o->form) : " VALUE");
		if (!(cb->xflags & 1u << o->id))
			continue;
		for (int i = 0; i < 32; i++) {
			const struct ext_opt *other = i == o->id ? NULL : opt_by_id(opts, i);

			if (!other)
				continue;
			if (o->also & 1u << i && !(cb->xflags & 1u << i))
				return ext_error(cb, "%s: option \"--%s\" also requires \"--%s\".\n",
						 cb->ext_name, o->name, other->name) ||
				       ext_hint(cb, "write --%s as well", other->name);
			if (o->excl & 1u << i && cb->xflags & 1u << i)
				return ext_error(cb, "%s: option \"--%s\" cannot be used together with \"--%s\".\n",
						 cb->ext_name, o->name, other->name) ||
				       ext_hint(cb, "leave one of the two out, or write a rule for each");
		}
	}
	return true;
}

bool options_final(const struct ext_opt *opts, struct ext_cb *cb, bool (*final)(struct ext_cb *cb))
{
	cb->opt = NULL;
	cb->arg = cb->arg2 = NULL;
	if ((!final || final(cb)) && check_combinations(opts, cb))
		return true;
	if (diag_lacks_hint(cb->diag))
		hint_extension(cb, opts);
	return false;
}

bool ext_error(struct ext_cb *cb, const char *fmt, ...)
{
	struct strbuf sb = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sb_vprintf(&sb, fmt, ap);
	va_end(ap);
	diag_error(cb->diag, cb->pos, "%s", sb_str(&sb));
	sb_free(&sb);
	return false;
}

bool ext_hint(struct ext_cb *cb, const char *fmt, ...)
{
	struct strbuf sb = { 0 };
	va_list ap;

	if (!diag_wants_hint(cb->diag))
		return false;
	va_start(ap, fmt);
	sb_vprintf(&sb, fmt, ap);
	va_end(ap);
	diag_hint(cb->diag, "%s", sb_str(&sb));
	sb_free(&sb);
	return false;
}

bool ext_hint_not(struct ext_cb *cb)
{
	return ext_hint(cb, "leave the ! out: let a rule before this one take what it should not");
}

bool ext_hint_family(struct ext_cb *cb, const char *s)
{
	bool v6 = cb->family == NFPROTO_IPV6;
	const char *alone = arena_strndup(cb->arena, s, strcspn(s, "/-"));
	union inet_addr other;

	/* "10.1" is an address too, but not what is meant here */
	if ((v6 && strspn(alone, "0123456789.") != strlen(alone)) || !strpbrk(alone, v6 ? "." : ":") || !ext_parse_addr(alone, v6 ? NFPROTO_IPV4 : NFPROTO_IPV6, &other))
		return false;
	ext_hint(cb, v6 ? "an IPv4 address: its rule belongs to iptables" : "an IPv6 address: its rule belongs to ip6tables");
	return true;
}

bool ext_hint_one_of(struct ext_cb *cb, const char *want, size_t n, const char *names)
{
	struct nearest near = { .want = arena_strndup(cb->arena, want, n) };

	for (const char *s = names; *s; s += strcspn(s, " "), s += *s == ' ')
		nearest_try(&near, arena_strndup(cb->arena, s, strcspn(s, " ")));
	if (nearest_get(&near))
		return ext_hint(cb, "did you mean \"%s\"?", nearest_get(&near));
	return ext_hint(cb, "one of: %s", names);
}

bool ext_hint_protocol(struct ext_cb *cb, const char *want)
{
	struct nearest near = { .want = want };

	protocol_nearest(&near);
	if (nearest_get(&near))
		return ext_hint(cb, "did you mean \"%s\"?", nearest_get(&near));
	return ext_hint(cb, "a protocol is a number from 0 to 255 or a name such as tcp, udp, icmp or gre");
}

bool ext_hint_port(struct ext_cb *cb, const char *want, size_t n)
{
	struct nearest near = { .want = arena_strndup(cb->arena, want, n) };

	service_nearest(&near);
	if (nearest_get(&near))
		return ext_hint(cb, "did you mean \"%s\"?", nearest_get(&near));
	return ext_hint(cb, "a port is 0 to 65535 or the name of a service, a range FROM:TO");
}
