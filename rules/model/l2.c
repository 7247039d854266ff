// SPDX-License-Identifier: MIT
/* l2.c - rules of arptables and ebtables as arptables-nft-save and ebtables-nft-save print them. */
#include "rules/model/l2.h"
#include "rules/ext.h"
#include "rules/ext/util.h"
#include <netinet/ether.h>
#include <strings.h>

#define PRE	HOOK_BIT(NF_INET_PRE_ROUTING)
#define IN	HOOK_BIT(NF_INET_LOCAL_IN)
#define FWD	HOOK_BIT(NF_INET_FORWARD)
#define OUT	HOOK_BIT(NF_INET_LOCAL_OUT)
#define POST	HOOK_BIT(NF_INET_POST_ROUTING)

static const struct table_desc eb_tables[] = {
	{ "filter", IN | FWD | OUT,
	  { 0, NF_BR_PRI_FILTER_BRIDGED, NF_BR_PRI_FILTER_BRIDGED, NF_BR_PRI_FILTER_BRIDGED, 0 } },
	{ "nat", PRE | OUT | POST, { NF_BR_PRI_NAT_DST_BRIDGED, 0, 0, NF_BR_PRI_NAT_DST_OTHER, NF_BR_PRI_NAT_SRC } },
};
static const struct table_desc arp_table = { "filter", IN | OUT, { 0 } };

const struct table_desc *l2_table_desc(uint8_t family, const char *name)
{
	if (family == NFPROTO_ARP)
		return strcmp(name, arp_table.name) == 0 ? &arp_table : NULL;
	for (size_t i = 0; i < ARRAY_SIZE(eb_tables); i++)
		if (strcmp(eb_tables[i].name, name) == 0)
			return &eb_tables[i];
	return NULL;
}

void l2_refused(struct diag *d, struct pos pos, const struct chain *c, int err)
{
	diag_error(d, pos, "RULE_APPEND failed (%s): rule in chain %s", strerror(err), c->name);
}

/* ---- link addresses ---- */

static const struct known_mac { const char *name; uint8_t mac[6], mask[6]; } known_macs[] = {
	{ "Unicast", { 0 }, { 1 } },
	{ "Multicast", { 1 }, { 1 } },
	{ "Broadcast", { 255, 255, 255, 255, 255, 255 }, { 255, 255, 255, 255, 255, 255 } },
	{ "BGA", { 0x01, 0x80, 0xc2 }, { 255, 255, 255, 255, 255, 255 } },
};

bool l2_parse_mac_mask(const char *s, uint8_t ret_mac[6], uint8_t ret_mask[6])
{
	const char *slash = strrchr(s, '/');
	struct ether_addr addr;
	char mac[32];

	for (size_t i = 0; i < ARRAY_SIZE(known_macs); i++)
		if (strcasecmp(s, known_macs[i].name) == 0) {
			memcpy(ret_mac, known_macs[i].mac, 6);
			memcpy(ret_mask, known_macs[i].mask, 6);
			return true;
		}
	memset(ret_mask, 0xff, 6);
	if (slash) {
		if (!ether_aton_r(slash + 1, &addr) || (size_t)(slash - s) >= sizeof(mac))
			return false;
		memcpy(ret_mask, &addr, 6);
		memcpy(mac, s, (size_t)(slash - s));
		mac[slash - s] = '\0';
		s = mac;
	}
	if (!ether_aton_r(s, &addr))
		return false;
	memcpy(ret_mac, &addr, 6);
	for (int i = 0; i < 6; i++)
		ret_mac[i] &= ret_mask[i];
	return true;
}

void l2_save_mac_mask(const uint8_t mac[6], const uint8_t mask[6], struct strbuf *out)
{
	static const uint8_t whole[6] = { 255, 255, 255, 255, 255, 255 };
	char buf[ADDRSTRLEN];

	sb_puts(out, mac_str(buf, mac));
	if (memcmp(mask, whole, 6) != 0)
		sb_printf(out, "/%s", mac_str(buf, mask));
}

/* ebtables gives the known ones by their names in -s and -d. */
static void save_named_mac(char letter, const uint8_t mac[6], const uint8_t mask[6], bool invert, struct strbuf *out)
{
	sb_printf(out, "-%c %s", letter, invert ? "! " : "");
	for (size_t i = 0; i < ARRAY_SIZE(known_macs); i++)
		if (memcmp(mac, known_macs[i].mac, 6) == 0 && memcmp(mask, known_macs[i].mask, 6) == 0) {
			sb_printf(out, "%s ", known_macs[i].name);
			return;
		}
	l2_save_mac_mask(mac, mask, out);
	sb_putc(out, ' ');
}

/* ---- ebtables ---- */

static void save_eb_iface(const char *opt, const char *name, bool invert, struct strbuf *out)
{
	if (*name && (strcmp(name, "+") != 0 || invert))
		sb_printf(out, "%s%s %s ", opt, invert ? " !" : "", name);
}

static void save_eb_proto(const struct eb_match *e, struct strbuf *out)
{
	const char *name = ethertype_name(e->proto);

	if (!e->proto && !e->length)
		return;
	sb_printf(out, "-p %s", e->inv_proto ? "! " : "");
	if (e->length)
		sb_puts(out, "Length ");
	else if (name)
		sb_printf(out, "%s ", name);
	else
		sb_printf(out, "0x%x ", e->proto);
}

static void save_eb_target(const struct rule *r, struct strbuf *out)
{
	sb_puts(out, "-j ");
	if (r->ext) {
		sb_puts(out, r->ext->name);
		if (r->ext->save) {
			sb_putc(out, ' ');
			r->ext->save(r->target_info, r, out);
		}
	} else if (r->target_chain) {
		sb_puts(out, r->target_chain->name);
	} else {
		sb_puts(out, r->target_name ? r->target_name : "CONTINUE");
	}
}

static void eb_rule_save(const struct rule *r, struct strbuf *out)
{
	const struct eb_match *e = r->eb;

	save_eb_proto(e, out);
	if (e->has_src)
		save_named_mac('s', e->src, e->smsk, e->inv_src, out);
	if (e->has_dst)
		save_named_mac('d', e->dst, e->dmsk, e->inv_dst, out);
	save_eb_iface("-i", r->ip.iniface, r->ip.inv_in, out);
	save_eb_iface("--logical-in", e->logical_in, e->inv_logical_in, out);
	save_eb_iface("-o", r->ip.outiface, r->ip.inv_out, out);
	save_eb_iface("--logical-out", e->logical_out, e->inv_logical_out, out);
	/* of three and more conditions 1.8.9 shows the first and the last, and keeps all */
	for (uint32_t i = 0; i < r->nr_match; i++)
		if ((i == 0 || i + 1 == r->nr_match) && r->match[i].ext->save)
			r->match[i].ext->save(r->match[i].info, r, out);
	save_eb_target(r, out);
}

/* ---- arptables ---- */

/* Each part after the first has a blank before it. */
struct parts { struct strbuf *out; const char *sep; };

static void part(struct parts *p, bool invert, const char *opt)
{
	sb_printf(p->out, "%s%s%s ", p->sep, invert ? "! " : "", opt);
	p->sep = " ";
}

static void save_arp_iface(struct parts *p, const char *opt, const char *name, bool invert)
{
	if (!*name || (strcmp(name, "+") == 0 && !invert))
		return;
	part(p, invert, opt);
	sb_puts(p->out, name);
}

static void save_arp_addr(struct parts *p, const char *opt, be32 addr, be32 mask, bool invert)
{
	char buf[ADDRSTRLEN];

	if (!mask)
		return;
	part(p, invert, opt);
	sb_puts(p->out, ip4_str(buf, addr));
	ext_save_mask4(mask, p->out);
}

/* What the program reads back from the kernel: a mask of leading ones makes a shorter comparison, and that it
 * does not recognise as an address. */
static bool mac_is_read_back(const uint8_t mask[6])
{
	int i = 0, j;

	while (i < 6 && mask[i] == 0xff)
		i++;
	for (j = i; j < 6 && mask[j] == 0; j++)
		;
	return i == 6 || j < 6;
}

static void save_arp_mac(struct parts *p, const char *opt, const uint8_t mac[6], const uint8_t mask[6], bool invert)
{
	if (!mac_is_read_back(mask))
		return;
	part(p, invert, opt);
	l2_save_mac_mask(mac, mask, p->out);
}

static void arp_rule_save(const struct rule *r, struct strbuf *out)
{
	const struct arp_match *a = r->arp;
	struct parts p = { out, "" };

	if (r->target_name) {
		part(&p, false, "-j");
		sb_puts(out, r->target_name);
	}
	save_arp_iface(&p, "-i", r->ip.iniface, r->ip.inv_in);
	save_arp_iface(&p, "-o", r->ip.outiface, r->ip.inv_out);
	save_arp_addr(&p, "-s", r->ip.src.ip, r->ip.smsk.ip, r->ip.inv_src);
	save_arp_mac(&p, "--src-mac", a->smac, a->smsk, a->inv_smac);
	save_arp_addr(&p, "-d", r->ip.dst.ip, r->ip.dmsk.ip, r->ip.inv_dst);
	save_arp_mac(&p, "--dst-mac", a->tmac, a->tmsk, a->inv_tmac);
	if (a->op || a->inv_op) {
		/* it also takes the '!' of --h-length for one of --opcode */
		part(&p, a->inv_op || a->inv_hln, "--opcode");
		sb_printf(out, "%u", a->op);
	}
	if (a->hrd == 0 && !a->inv_hrd) {
		part(&p, false, "--h-type");
		sb_puts(out, "0/0");
	} else if (a->hrd != 1) {
		part(&p, a->inv_hrd, "--h-type");
		sb_printf(out, "%u", a->hrd);
	}
	if (a->pro || a->inv_pro) {
		part(&p, a->inv_pro, "--proto-type");
		sb_printf(out, "0x%x", a->pro);
	}
	if (r->ext && r->ext->save)
		r->ext->save(r->target_info, r, out);
}

void l2_rule_save(const struct rule *r, struct strbuf *out)
{
	sb_printf(out, "-A %s ", r->chain->name);
	if (r->eb)
		eb_rule_save(r, out);
	else
		arp_rule_save(r, out);
}

void l2_chain_save(const struct chain *c, struct strbuf *out)
{
	const char *policy = c->policy == XT_DROP ? "DROP" : c->policy == XT_RETURN ? "RETURN" : "ACCEPT";

	sb_printf(out, ":%s %s\n", c->name, !c->builtin && c->table->family == NFPROTO_ARP ? "-" : policy);
}
