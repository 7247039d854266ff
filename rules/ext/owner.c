// SPDX-License-Identifier: MIT
/* owner.c - "-m owner": whose socket sent a packet of this host. */
#include "rules/ext/util.h"
#include "sim/net/sock.h"

enum { OWNER_UID = 1, OWNER_GID = 2, OWNER_SOCKET = 4, OWNER_SUPPL = 8 };

struct owner_info { uint32_t uid_min, uid_max, gid_min, gid_max; uint8_t match, invert; };

enum { O_USER, O_GROUP, O_SOCK_EXISTS, O_SUPPL_GROUPS };

/* Accounts that every Debian has under the same number; others differ from host to host. */
static const struct { const char *name; int uid, gid; } accounts[] = {
	{ "root", 0, 0 }, { "daemon", 1, 1 }, { "bin", 2, 2 }, { "sys", 3, 3 }, { "sync", 4, -1 }, { "adm", -1, 4 },
	{ "games", 5, 60 }, { "tty", -1, 5 }, { "man", 6, 12 }, { "disk", -1, 6 }, { "lp", 7, 7 }, { "mail", 8, 8 },
	{ "news", 9, 9 }, { "uucp", 10, 10 }, { "proxy", 13, 13 }, { "kmem", -1, 15 }, { "dialout", -1, 20 },
	{ "fax", -1, 21 }, { "voice", -1, 22 }, { "cdrom", -1, 24 }, { "floppy", -1, 25 }, { "tape", -1, 26 },
	{ "sudo", -1, 27 }, { "audio", -1, 29 }, { "dip", -1, 30 }, { "www-data", 33, 33 }, { "backup", 34, 34 },
	{ "operator", -1, 37 }, { "list", 38, 38 }, { "irc", 39, 39 }, { "src", -1, 40 }, { "_apt", 42, -1 },
	{ "shadow", -1, 42 }, { "utmp", -1, 43 }, { "video", -1, 44 }, { "sasl", -1, 45 }, { "plugdev", -1, 46 },
	{ "staff", -1, 50 }, { "users", -1, 100 }, { "nobody", 65534, -1 }, { "nogroup", -1, 65534 },
};

static bool account_find(const char *name, bool group, uint32_t *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(accounts); i++) {
		int id = group ? accounts[i].gid : accounts[i].uid;

		if (id < 0 || strcmp(accounts[i].name, name))
			continue;
		*ret = (uint32_t)id;
		return true;
	}
	return false;
}

static const char *account_name(uint32_t id, bool group)
{
	for (size_t i = 0; i < ARRAY_SIZE(accounts); i++)
		if ((group ? accounts[i].gid : accounts[i].uid) == (int)id)
			return accounts[i].name;
	return NULL;
}

/* A name, a number, or a range with '-' or ':'. */
static bool range_parse(struct ext_cb *cb, uint32_t *min, uint32_t *max, bool group)
{
	const char *opt = group ? "--gid-owner" : "--uid-owner", *end;
	uint64_t from, to;

	*max = 0;
	if (account_find(cb->arg, group, min)) {
		*max = *min;
		return true;
	}
	if (!ext_strtoul(cb->arg, &end, &from, 0, UINT32_MAX - 1)) {
		ext_bad_value(cb, opt, cb->arg);
		diag_hint(cb->diag, "only the names of Debian's base system are known: write the number");
		return false;
	}
	to = from;
	if ((*end == '-' || *end == ':') && !ext_strtoul(end + 1, &end, &to, 0, UINT32_MAX - 1))
		return ext_bad_value(cb, opt, cb->arg);
	if (*end)
		return ext_bad_value(cb, opt, cb->arg);
	*min = (uint32_t)from;
	*max = (uint32_t)to;
	return true;
}

static bool owner_parse(struct ext_cb *cb)
{
	static const uint8_t bits[] = { OWNER_UID, OWNER_GID, OWNER_SOCKET, OWNER_SUPPL };
	struct owner_info *m = cb->info;

	switch (cb->opt->id) {
	case O_USER:
		if (!range_parse(cb, &m->uid_min, &m->uid_max, false))
			return false;
		break;
	case O_GROUP:
		if (!range_parse(cb, &m->gid_min, &m->gid_max, true))
			return false;
		break;
	case O_SUPPL_GROUPS:
		if (!(m->match & OWNER_GID))
			return ext_bad_value(cb, "--suppl-groups", "you need to use --gid-owner first");
		break;
	}
	m->match |= bits[cb->opt->id];
	if (cb->invert)
		m->invert |= bits[cb->opt->id];
	return true;
}

static bool owner_final(struct ext_cb *cb)
{
	return cb->xflags || ext_error(cb, "owner: At least one of --uid-owner, --gid-owner or --socket-exists is required");
}

static bool owner_check(struct ext_check *c)
{
	const struct owner_info *m = c->info;

	if ((m->match & OWNER_UID) && m->uid_max < m->uid_min)
		return ext_refuse_silent(c, "the range of users %u-%u is empty", m->uid_min, m->uid_max);
	if ((m->match & OWNER_GID) && m->gid_max < m->gid_min)
		return ext_refuse_silent(c, "the range of groups %u-%u is empty", m->gid_min, m->gid_max);
	return true;
}

static bool in_range(uint32_t id, uint32_t min, uint32_t max)
{
	return id >= min && id <= max;
}

/* Sockets here have one group each: supplementary ones do not exist, so asking for them adds nothing. */
static bool owner_match(struct xt_ctx *c, const void *info)
{
	const struct owner_info *m = info;
	const struct packet *p = c->pkt;

	if (!p->sk_kernel && p->uid == UINT32_MAX)	/* no socket, or one that no program holds */
		return m->match == m->invert;
	if (m->match & m->invert & OWNER_SOCKET)
		return false;
	if (p->sk_kernel)
		return !((m->match ^ m->invert) & (OWNER_UID | OWNER_GID));
	if ((m->match & OWNER_UID) && in_range(p->uid, m->uid_min, m->uid_max) == !!(m->invert & OWNER_UID))
		return false;
	return !(m->match & OWNER_GID) || in_range(p->gid, m->gid_min, m->gid_max) != !!(m->invert & OWNER_GID);
}

static void id_save(const struct owner_info *m, uint8_t bit, const char *label, bool numeric, struct strbuf *out)
{
	bool group = bit == OWNER_GID;
	uint32_t min = group ? m->gid_min : m->uid_min, max = group ? m->gid_max : m->uid_max;
	const char *name;

	if (!(m->match & bit))
		return;
	sb_printf(out, "%s %s", m->invert & bit ? " !" : "", label);
	if (bit != OWNER_UID && bit != OWNER_GID)
		return;
	name = numeric ? NULL : account_name(min, group);
	if (min != max)
		sb_printf(out, " %u-%u", min, max);
	else if (name)
		sb_printf(out, " %s", name);
	else
		sb_printf(out, " %u", min);
}

static void owner_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	id_save(info, OWNER_SOCKET, "--socket-exists", true, out);
	id_save(info, OWNER_UID, "--uid-owner", true, out);
	id_save(info, OWNER_GID, "--gid-owner", true, out);
	id_save(info, OWNER_SUPPL, "--suppl-groups", true, out);
}

static void owner_print(const void *info, const struct rule *r UNUSED, bool numeric, struct strbuf *out)
{
	id_save(info, OWNER_SOCKET, "owner socket exists", numeric, out);
	id_save(info, OWNER_UID, "owner UID match", numeric, out);
	id_save(info, OWNER_GID, "owner GID match", numeric, out);
	id_save(info, OWNER_SUPPL, "incl. suppl. groups", numeric, out);
}

static void owner_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct packet *p = c->pkt;

	if (p->sk_kernel)
		sb_puts(out, "a socket of the kernel's own sent the packet, which belongs to no user");
	else if (p->uid == UINT32_MAX)
		sb_puts(out, p->sk ? "the packet's socket is held by no program" : "no socket sent the packet");
	else
		sb_printf(out, "the packet's socket belongs to user %u, group %u", p->uid, p->gid);
	sb_puts(out, "; rule wants");
	owner_save(info, c->rule, out);
}

const struct match_ext ext_owner = {
	.name = "owner", .families = EXT_ANY, .size = sizeof(struct owner_info),
	.hooks = HOOK_BIT(NF_INET_LOCAL_OUT) | HOOK_BIT(NF_INET_POST_ROUTING),
	.form = "-m owner --uid-owner 1000",
	.opts = (const struct ext_opt[]){
		{ .name = "uid-owner",
		  .form = "UID, FIRST-LAST or a name",
		  .type = OPT_STRING, .flags = OPT_INVERT, .id = O_USER, .parse = owner_parse },
		{ .name = "gid-owner",
		  .form = "GID, FIRST-LAST or a name",
		  .type = OPT_STRING, .flags = OPT_INVERT, .id = O_GROUP, .parse = owner_parse },
		{ .name = "socket-exists", .type = OPT_NONE, .flags = OPT_INVERT, .id = O_SOCK_EXISTS, .parse = owner_parse },
		{ .name = "suppl-groups", .type = OPT_NONE, .id = O_SUPPL_GROUPS, .parse = owner_parse },
		{ 0 } },
	.final = owner_final, .check = owner_check, .match = owner_match,
	.save = owner_save, .print = owner_print, .explain = owner_explain,
};
