// SPDX-License-Identifier: MIT
/* time.c - "-m time": the host's date, weekday and time of day, in UTC or the kernel's time zone. */
#include "rules/ext/util.h"
#include <stdlib.h>

enum { TIME_LOCAL_TZ = 1, TIME_CONTIGUOUS = 2 };
#define DAY		86400u
#define ALL_MONTHDAYS	0xfffffffeu
#define ALL_WEEKDAYS	0xfeu
#define LAST_SECOND	(DAY - 1)

struct time_info {
	uint32_t date_start, date_stop, day_start, day_stop;
	uint32_t monthdays;		/* bit 1..31 */
	uint8_t weekdays, flags;	/* bit 1 (Monday) .. 7 */
};

enum {
	O_DATE_START, O_DATE_STOP, O_TIME_START, O_TIME_STOP, O_CONTIGUOUS, O_MONTHDAYS, O_WEEKDAYS, O_LOCALTZ, O_UTC, O_KERNELTZ
};
#define F_BIT(i) (1u << (i))

static const char *const weekday[] = { NULL, "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };

/* ---- calendar (proleptic Gregorian; days since 1970-01-01) ---- */

/* month and day may be out of range, as mktime takes them. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
	int64_t y = year, era, yoe, doy;

	if (month < 1) {
		month += 12;
		y--;
	}
	y -= month <= 2;
	era = y / 400;
	yoe = y - era * 400;
	doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468 + day - 1;
}

static void date_of(int64_t days, int *ret_year, int *ret_month, int *ret_day)
{
	int64_t z = days + 719468, era = z / 146097, doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

	*ret_day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*ret_month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*ret_year = (int)(yoe + era * 400 + (*ret_month <= 2));
}

static unsigned weekday_of(uint64_t days)
{
	return (unsigned)((days + 3) % 7) + 1;		/* 1970-01-01 was a Thursday */
}

/* ---- options ---- */

static void time_init(void *info)
{
	struct time_info *m = info;

	m->monthdays = ALL_MONTHDAYS;
	m->weekdays = ALL_WEEKDAYS;
	m->day_stop = LAST_SECOND;
	m->date_stop = INT32_MAX;
}

/* One number of a date or time and the character after it: after[0] goes on, the end is fine too if "may_end". */
static bool field(const char **s, unsigned *ret, unsigned max, char after, bool may_end)
{
	char *end;
	unsigned v = (unsigned)strtoul(*s, &end, 10);	/* cut to 32 bits, as iptables cuts it */

	*ret = v;
	if (v > max || (*end != after && !(may_end && !*end)))
		return false;
	*s = *end ? end + 1 : NULL;
	return true;
}

static bool date_bad(struct ext_cb *cb)
{
	return ext_error(cb, "Invalid date \"%s\" specified. Should be YYYY[-MM[-DD[Thh[:mm[:ss]]]]]", cb->arg);
}

static bool date_parse(struct ext_cb *cb, uint32_t *ret)
{
	static const struct { unsigned max; char after; } f[] = { { 2038, '-' }, { 12, '-' }, { 31, 'T' }, { 23, ':' }, { 59, ':' }, { 59, 0 } };
	unsigned v[6] = { 0, 1, 1, 0, 0, 0 };
	const char *s = cb->arg;
	int64_t t;

	for (size_t i = 0; i < ARRAY_SIZE(f) && s; i++)
		if (!field(&s, &v[i], f[i].max, f[i].after, true) || (i == 0 && v[0] < 1970))
			return date_bad(cb);
	t = days_of(v[0], v[1], v[2]) * DAY + v[3] * 3600 + v[4] * 60 + v[5];
	if (t < 0)
		diag_warn(cb->diag, cb->pos, "mktime: No such file or directory\n");
	if (t < 0)
		return ext_error(cb, "mktime returned an error");
	*ret = (uint32_t)t;
	return true;
}

static bool daytime_parse(struct ext_cb *cb, uint32_t *ret)
{
	unsigned h = 0, m = 0, sec = 0;
	const char *s = cb->arg, *rest = s;

	if (!field(&s, &h, 23, ':', false))
		goto bad;
	rest = s;
	if (!field(&s, &m, 59, ':', true))
		goto bad;
	if (s) {
		rest = s;
		if (!field(&s, &sec, 59, '\0', true))
			goto bad;
	}
	*ret = h * 3600 + m * 60 + sec;
	return true;
bad:
	return ext_error(cb, "invalid time \"%s\" specified, should be hh:mm[:ss] format and within the boundaries", rest);
}

/* The next word of a list, cut to fit the buffer; false at the end. An empty last word is none. */
static bool list_word(const char **list, char *buf, size_t size)
{
	size_t n, keep;

	if (!*list || !**list)
		return false;
	n = strcspn(*list, ",");
	keep = MIN(n, size - 1);
	memcpy(buf, *list, keep);
	buf[keep] = '\0';
	*list = (*list)[n] ? *list + n + 1 : NULL;
	return true;
}

static bool monthdays_parse(struct ext_cb *cb, uint32_t *ret)
{
	const char *list = cb->arg;
	char word[3], *end;
	unsigned long day;

	*ret = 0;
	while (list_word(&list, word, sizeof(word))) {
		day = strtoul(word, &end, 0);
		if (*end || day > 31)
			return ext_error(cb, "%s is not a valid day for --monthdays", word);
		*ret |= 1u << day;
	}
	return true;
}

static bool weekdays_parse(struct ext_cb *cb, uint8_t *ret)
{
	const char *list = cb->arg;
	char word[4], *end;
	unsigned long day;
	uint32_t mask = 0;

	while (list_word(&list, word, sizeof(word))) {
		day = strtoul(word, &end, 0);
		if (!*end && !day)
			return ext_error(cb, "No, the week does NOT begin with Sunday.");
		if (*end)
			for (day = 1; day < ARRAY_SIZE(weekday) && strncmp(word, weekday[day], 2); day++)
				;
		if (*end && day == ARRAY_SIZE(weekday))
			return ext_error(cb, "%s is not a valid day specifier", word) ||
		       ext_hint_one_of(cb, word, strlen(word), "Mon Tue Wed Thu Fri Sat Sun");
		mask |= 1u << (day & 31);
	}
	*ret = (uint8_t)mask;
	return true;
}

static bool time_parse(struct ext_cb *cb)
{
	struct time_info *m = cb->info;

	switch (cb->opt->id) {
	case O_DATE_START:	return date_parse(cb, &m->date_start);
	case O_DATE_STOP:	return date_parse(cb, &m->date_stop);
	case O_TIME_START:	return daytime_parse(cb, &m->day_start);
	case O_TIME_STOP:	return daytime_parse(cb, &m->day_stop);
	case O_CONTIGUOUS:	m->flags |= TIME_CONTIGUOUS; break;
	case O_LOCALTZ:
		diag_warn(cb->diag, cb->pos, "WARNING: --localtz is being replaced by --kerneltz, since \"local\" is ambiguous. Note the "
			  "kernel timezone has caveats - see manpage for details.\n");
		/* fallthrough */
	case O_KERNELTZ:	m->flags |= TIME_LOCAL_TZ; break;
	case O_MONTHDAYS:
		if (!monthdays_parse(cb, &m->monthdays))
			return false;
		m->monthdays ^= cb->invert ? ALL_MONTHDAYS : 0;
		break;
	case O_WEEKDAYS:
		if (!weekdays_parse(cb, &m->weekdays))
			return false;
		m->weekdays = (uint8_t)(m->weekdays ^ (cb->invert ? ALL_WEEKDAYS : 0));
		break;
	}
	return true;
}

static bool time_final(struct ext_cb *cb)
{
	const struct time_info *m = cb->info;

	if ((m->flags & TIME_CONTIGUOUS) && m->day_start < m->day_stop)
		return ext_error(cb, "time: --contiguous only makes sense when stoptime is smaller than starttime");
	return true;
}

/* ---- matching ---- */

static uint64_t local_seconds(const struct xt_ctx *c, const struct time_info *m)
{
	uint64_t now = (c->host->boot_real_ns + c->host->clock->now) / NSEC_PER_SEC;

	return m->flags & TIME_LOCAL_TZ ? now - (uint64_t)(int64_t)(60 * c->host->tz_minuteswest) : now;
}

static bool in_daytime(const struct time_info *m, uint32_t sec)
{
	if (m->day_start < m->day_stop)
		return sec >= m->day_start && sec <= m->day_stop;
	return sec >= m->day_start || sec <= m->day_stop;
}

/* The day that counts: of a span over midnight that is contiguous, the one on which it began. */
static uint64_t day_of(const struct time_info *m, uint64_t t)
{
	bool after_midnight = m->day_start >= m->day_stop && t % DAY <= m->day_stop;

	return (m->flags & TIME_CONTIGUOUS) && after_midnight ? t / DAY - 1 : t / DAY;
}

static unsigned monthday_of(uint64_t days)
{
	int y, mon, d;

	date_of((int64_t)days, &y, &mon, &d);
	return (unsigned)d;
}

static bool time_match(struct xt_ctx *c, const void *info)
{
	const struct time_info *m = info;
	uint64_t t = local_seconds(c, m), day;

	if (t < m->date_start || t > m->date_stop || !in_daytime(m, (uint32_t)(t % DAY)))
		return false;
	day = day_of(m, t);
	if (!(m->weekdays & 1u << weekday_of(day)))
		return false;
	return m->monthdays == ALL_MONTHDAYS || (m->monthdays & 1u << monthday_of(day));
}

/* ---- saving ---- */

static void daytime_save(uint32_t t, struct strbuf *out)
{
	sb_printf(out, "%02u:%02u:%02u", t / 3600, t / 60 % 60, t % 60);
}

static void date_save(uint64_t t, char between, struct strbuf *out)
{
	int y, m, d;

	date_of((int64_t)(t / DAY), &y, &m, &d);
	sb_printf(out, "%04d-%02d-%02d%c", y, m, d, between);
	daytime_save((uint32_t)(t % DAY), out);
}

static void weekdays_save(uint8_t mask, struct strbuf *out)
{
	const char *sep = "";

	for (unsigned i = 1; i < ARRAY_SIZE(weekday); i++) {
		if (!(mask & 1u << i))
			continue;
		sb_printf(out, "%s%s", sep, weekday[i]);
		sep = ",";
	}
}

static void monthdays_save(uint32_t mask, bool ordinal, struct strbuf *out)
{
	static const char *const endings[] = { "th", "st", "nd", "rd", "th", "th", "th", "th", "th", "th" };
	const char *sep = "";

	for (unsigned i = 1; i <= 31; i++) {
		if (!(mask & 1u << i))
			continue;
		sb_printf(out, "%s%u%s", sep, i, ordinal ? endings[i % 10] : "");
		sep = ",";
	}
}

static bool all_day(const struct time_info *m)
{
	return m->day_start == 0 && m->day_stop == LAST_SECOND;
}

/* The last date is printed even when it is the default. */
static void time_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct time_info *m = info;

	if (!all_day(m)) {
		sb_puts(out, " --timestart ");
		daytime_save(m->day_start, out);
		sb_puts(out, " --timestop ");
		daytime_save(m->day_stop, out);
	}
	if (m->monthdays != ALL_MONTHDAYS) {
		sb_puts(out, " --monthdays ");
		monthdays_save(m->monthdays, false, out);
	}
	if (m->weekdays != ALL_WEEKDAYS) {
		sb_puts(out, " --weekdays ");
		weekdays_save(m->weekdays, out);
	}
	if (m->date_start) {
		sb_puts(out, " --datestart ");
		date_save(m->date_start, 'T', out);
	}
	if (m->date_stop) {
		sb_puts(out, " --datestop ");
		date_save(m->date_stop, 'T', out);
	}
	if (m->flags & TIME_LOCAL_TZ)
		sb_puts(out, " --kerneltz");
	if (m->flags & TIME_CONTIGUOUS)
		sb_puts(out, " --contiguous");
}

static void time_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct time_info *m = info;

	sb_puts(out, " TIME");
	if (!all_day(m)) {
		sb_puts(out, " from ");
		daytime_save(m->day_start, out);
		sb_puts(out, " to ");
		daytime_save(m->day_stop, out);
	}
	if (m->weekdays != ALL_WEEKDAYS) {
		sb_puts(out, " on ");
		weekdays_save(m->weekdays, out);
	}
	if (m->monthdays != ALL_MONTHDAYS) {
		sb_puts(out, " on ");
		monthdays_save(m->monthdays, true, out);
	}
	if (m->date_start) {
		sb_puts(out, " starting from ");
		date_save(m->date_start, ' ', out);
	}
	if (m->date_stop != INT32_MAX) {
		sb_puts(out, " until date");
		if (m->date_stop) {
			sb_putc(out, ' ');
			date_save(m->date_stop, ' ', out);
		}
	}
	sb_puts(out, m->flags & TIME_LOCAL_TZ ? "" : " UTC");
	sb_puts(out, m->flags & TIME_CONTIGUOUS ? " contiguous" : "");
}

/* ---- explaining ---- */

static void time_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct time_info *m = info;
	uint64_t t = local_seconds(c, m), day = day_of(m, t);

	sb_printf(out, "it is %s ", weekday[weekday_of(t / DAY)]);
	date_save(t, ' ', out);
	sb_puts(out, m->flags & TIME_LOCAL_TZ ? " in the kernel's time zone" : " UTC");
	if (t < m->date_start || t > m->date_stop) {
		sb_puts(out, ", rule wants the time from ");
		date_save(m->date_start, ' ', out);
		sb_puts(out, " to ");
		date_save(m->date_stop, ' ', out);
	} else if (!in_daytime(m, (uint32_t)(t % DAY)) || !all_day(m)) {
		sb_puts(out, ", rule wants ");
		daytime_save(m->day_start, out);
		sb_puts(out, " to ");
		daytime_save(m->day_stop, out);
	}
	if (day != t / DAY)
		sb_printf(out, ", which counts as %s", weekday[weekday_of(day)]);
	if (m->weekdays != ALL_WEEKDAYS) {
		sb_puts(out, ", rule wants ");
		weekdays_save(m->weekdays, out);
	}
	if (m->monthdays != ALL_MONTHDAYS) {
		sb_puts(out, ", rule wants the ");
		monthdays_save(m->monthdays, true, out);
	}
}

#define DATE_FORM "YYYY[-MM[-DD[Thh[:mm[:ss]]]]], from 1970 to 2038"
#define TIME_FORM "hh:mm[:ss], from 00:00 to 23:59:59"
#define OPT(n, i, f) { .name = (n), .form = (f), .type = OPT_STRING, .id = (i), .parse = time_parse }
const struct match_ext ext_time = {
	.name = "time", .families = EXT_ANY, .size = sizeof(struct time_info), .stateful = true,
	.form = "-m time --timestart 22:00 --timestop 06:00 --contiguous",
	.opts = (const struct ext_opt[]){
		OPT("datestart", O_DATE_START, DATE_FORM),
		OPT("datestop", O_DATE_STOP, DATE_FORM),
		OPT("timestart", O_TIME_START, TIME_FORM),
		OPT("timestop", O_TIME_STOP, TIME_FORM),
		{ .name = "contiguous", .type = OPT_NONE, .id = O_CONTIGUOUS, .parse = time_parse },
		{ .name = "weekdays",
		  .form = "a list of Mon,Tue,Wed,Thu,Fri,Sat,Sun, or of 1 (Monday) to 7",
		  .type = OPT_STRING, .flags = OPT_INVERT, .id = O_WEEKDAYS, .parse = time_parse },
		{ .name = "monthdays",
		  .form = "a list of days from 1 to 31, as in 1,15",
		  .type = OPT_STRING, .flags = OPT_INVERT, .id = O_MONTHDAYS, .parse = time_parse },
		{ .name = "localtz", .type = OPT_NONE, .id = O_LOCALTZ, .excl = F_BIT(O_UTC), .parse = time_parse },
		{ .name = "utc", .type = OPT_NONE, .id = O_UTC, .excl = F_BIT(O_LOCALTZ) | F_BIT(O_KERNELTZ) },
		{ .name = "kerneltz", .type = OPT_NONE, .id = O_KERNELTZ, .excl = F_BIT(O_UTC), .parse = time_parse },
		{ 0 } },
	.init = time_init, .final = time_final, .match = time_match,
	.save = time_save, .print = time_print, .explain = time_explain,
};
