// SPDX-License-Identifier: MIT
/* verify.c - one host on both sides, and what differs. Nothing here has any rights left. */
#include "sim/verify/warden.h"
#include "sim/report/view.h"
#include "sim/world/replay.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct verifier { struct warden *w; };

struct verifier *verifier_open(struct strbuf *ret_why)
{
	struct warden *w = warden_start(ret_why);
	struct verifier *v;

	if (!w)
		return NULL;
	v = xcalloc(1, sizeof(*v));
	v->w = w;
	return v;
}

void verifier_close(struct verifier *v)
{
	if (!v)
		return;
	warden_stop(v->w);
	free(v);
}

/* ---- the kernel's side */

/* The kernel's result into ret->kernel; false: why not is in ret->why. */
static bool ask_kernel(struct verifier *v, const char *dir, const struct verify_options *o, struct verify_result *ret)
{
	struct trial_request q = { .dir = dir, .in = o->in, .nr_in = o->nr_in, .speed = o->speed > 0 ? o->speed : 1,
				   .max_seconds = o->max_seconds ? o->max_seconds : 60 };
	struct strbuf text = { 0 };
	const char *cannot;
	json_error_t e;

	ret->tries++;
	if (warden_ask(v->w, &q, &text)) {
		ret->kernel = json_loadb(text.s, text.len, JSON_ALLOW_NUL, &e);
		cannot = json_string_value(json_object_get(ret->kernel, "cannot"));
		if (!ret->kernel || cannot)
			sb_puts(&ret->why, cannot ? cannot : "the kernel's side ended in the middle of its answer\n");
		if (cannot) {
			json_decref(ret->kernel);
			ret->kernel = NULL;
		}
	} else {
		sb_puts(&ret->why, "the kernel's side ended without an answer: killed, or it took too long\n");
	}
	sb_free(&text);
	return ret->kernel != NULL;
}

/* ---- the emulation's side */

struct side { struct arena *a; struct diag d; struct world *w; struct host *h; struct failed_command *failed; };

static void side_close(struct side *s)
{
	world_destroy(s->w);
	arena_destroy(s->a);
}

static bool side_open(struct side *s, const char *dir)
{
	struct host_files files = { .dir = dir, .oracle_like = true, .failed = &s->failed };

	*s = (struct side){ .a = arena_create(), .w = world_create(1) };
	diag_init(&s->d, s->a);
	s->h = host_load(s->w, &files, &s->d);
	return s->h != NULL;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

/* Plays what the kernel got, at the times it got it, with its random choices. */
static json_t *emulate(struct side *s, const char *dir, const json_t *kernel)
{
	char *text = json_dumps(kernel, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_ENSURE_ASCII);
	struct source *src = source_text(s->a, "the kernel's result", text, strlen(text));
	struct traffic *t = like_open(s->h, src, NULL, &s->d);
	struct strbuf out = { 0 };
	struct view *v = t ? view_result_text(&out, base_name(dir)) : NULL;
	json_t *ours = NULL;

	if (v) {
		trace_add(&s->w->trace, &v->sink);
		world_replay(s->w, s->h, t, 0, NULL);
		trace_remove(&s->w->trace, &v->sink);
		v->close(v, true, &s->d);
		ours = json_loadb(sb_str(&out), out.len, JSON_ALLOW_NUL, NULL);
	}
	if (t)
		t->close(t);
	sb_free(&out);
	free(text);
	return ours;
}

/* Settings do not count: a namespace lacks some that a machine has. */
static bool is_refusal(const json_t *error)
{
	const char *what = json_string_value(json_object_get(error, "what"));

	return strcmp(what, "sysctl.conf") != 0 && strcmp(what, "storm") != 0;
}

bool verify_kernel_refused(const struct verify_result *r)
{
	json_t *e;
	size_t x;

	json_array_foreach(json_object_get(r->kernel, "errors"), x, e)
		if (is_refusal(e))
			return true;
	return false;
}

/* What the kernel's programs refused and the emulation took. */
static void compare_setup(const json_t *kernel, struct agreement *a)
{
	json_t *e;
	size_t x;

	json_array_foreach(json_object_get(kernel, "errors"), x, e)
		if (is_refusal(e))
			agree_differ(a, -2, "setup", "%s: the kernel's side refuses what the emulation takes: %s",
				     json_string_value(json_object_get(e, "what")), json_string_value(json_object_get(e, "stderr")));
}

/* The line of commands.sh failed on the kernel's side, with these words; NULL = it did not. */
static const char *failed_there(const json_t *kernel, uint64_t line)
{
	json_t *e;
	size_t x;

	json_array_foreach(json_object_get(kernel, "failed"), x, e)
		if ((uint64_t)json_integer_value(json_object_get(e, "line")) == line)
			return json_string_value(json_object_get(e, "stderr"));
	return NULL;
}

static const char *failed_here(const struct failed_command *f, uint64_t line)
{
	for (; f; f = f->next)
		if (f->line == line)
			return f->message;
	return NULL;
}

static void compare_commands(const json_t *kernel, const struct failed_command *ours, struct agreement *a)
{
	json_t *e;
	size_t x;

	json_array_foreach(json_object_get(kernel, "failed"), x, e) {
		uint64_t line = (uint64_t)json_integer_value(json_object_get(e, "line"));

		if (!failed_here(ours, line))
			agree_differ(a, -2, "command", "commands.sh:%llu: only the kernel's side refuses: %s", (unsigned long long)line,
				     json_string_value(json_object_get(e, "stderr")));
	}
	for (; ours; ours = ours->next)
		if (!failed_there(kernel, ours->line))
			agree_differ(a, -2, "command", "commands.sh:%llu: only the emulation refuses: %s", (unsigned long long)ours->line,
				     ours->message);
}

static bool run_once(struct verifier *v, const char *dir, const struct verify_options *o, struct verify_result *ret)
{
	struct side s;
	bool ok = side_open(&s, dir);

	ret->status = ok ? VERIFY_CANNOT : VERIFY_REFUSED;
	if (ok && ask_kernel(v, dir, o, ret) && (ret->ours = emulate(&s, dir, ret->kernel))) {
		compare_setup(ret->kernel, &ret->agreement);
		compare_commands(ret->kernel, s.failed, &ret->agreement);
		agree(ret->kernel, ret->ours, &ret->agreement);
		ret->status = ret->agreement.differences ? VERIFY_DIFFERS : VERIFY_AGREES;
	} else {
		if (!ok && o->ask_refused)
			ask_kernel(v, dir, o, ret);
		diag_render(&s.d, &ret->why);
	}
	side_close(&s);
	return ret->status == VERIFY_DIFFERS;
}

static void forget(struct verify_result *r)
{
	agreement_free(&r->agreement);
	json_decref(r->kernel);
	json_decref(r->ours);
	sb_free(&r->why);
	*r = (struct verify_result){ .tries = r->tries };
}

void verify_host(struct verifier *v, const char *dir, const struct verify_options *o, struct verify_result *ret)
{
	static const struct verify_options none;
	char *full = realpath(dir, NULL);

	o = o ? o : &none;
	*ret = (struct verify_result){ .tries = 0 };
	while (run_once(v, full ? full : dir, o, ret) && ret->tries < o->tries)
		forget(ret);
	free(full);
}

void verify_result_free(struct verify_result *r)
{
	forget(r);
	*r = (struct verify_result){ .tries = 0 };
}

/* ---- for a person */

static const json_t *event_of(const json_t *result, long i)
{
	return json_array_get(json_object_get(result, "events"), (size_t)i);
}

static void put_event(const struct verify_result *r, long i, struct strbuf *out)
{
	const json_t *in = json_object_get(event_of(r->kernel, i), "injected");
	const char *dev = json_string_value(json_object_get(in, "in")), *desc = json_string_value(json_object_get(in, "desc"));
	const char *kind = json_string_value(json_object_get(event_of(r->kernel, i), "kind"));

	if (i < 0)
		sb_puts(out, i == -1 ? "at the end\n" : "before the first packet\n");
	else if (dev && desc)
		sb_printf(out, "event %ld, %s: %s\n", i, dev, desc);
	else
		sb_printf(out, "event %ld, %s\n", i, kind ? kind : "?");
}

/* The rule of "v4:filter:INPUT:3" at the start of a text, from the kernel's own list. */
static const char *rule_text(const json_t *kernel, const char *text)
{
	char family[8], table[32], chain[64];
	unsigned n;
	json_t *c;
	size_t x;

	if (sscanf(text, "%7[^:]:%31[^:]:%63[^:]:%u", family, table, chain, &n) != 4)
		return NULL;
	json_array_foreach(json_object_get(json_object_get(kernel, "end"), "counters"), x, c)
		if (strcmp(json_string_value(json_object_get(c, "family")), family) == 0 &&
		    strcmp(json_string_value(json_object_get(c, "table")), table) == 0 &&
		    strcmp(json_string_value(json_object_get(c, "chain")), chain) == 0)
			return json_string_value(json_object_get(json_array_get(json_object_get(c, "rules"), n - 1), "text"));
	return NULL;
}

void verify_explain_first(const struct verify_result *r, unsigned max, struct strbuf *out)
{
	const struct agreement *a = &r->agreement;

	for (unsigned i = 0; i < MIN(a->differences, max); i++) {
		const struct difference *d = &a->list[i];
		const char *rule = rule_text(r->kernel, d->text);

		if (i == 0 || d->event != a->list[i - 1].event)
			put_event(r, d->event, out);
		sb_printf(out, "   %s: %s\n", d->kind, d->text);
		if (rule)
			sb_printf(out, "      rule: %s\n", rule);
	}
	if (a->differences > max)
		sb_printf(out, "... and %u more\n", a->differences - max);
}

void verify_explain(const struct verify_result *r, struct strbuf *out)
{
	verify_explain_first(r, UINT_MAX, out);
}

void verify_notes(const struct verify_result *r, struct strbuf *out)
{
	double tick = json_number_value(json_object_get(r->kernel, "tick"));
	json_t *e;
	size_t x;

	json_array_foreach(json_object_get(r->kernel, "errors"), x, e)
		if (strcmp(json_string_value(json_object_get(e, "what")), "sysctl.conf") == 0)
			sb_printf(out, "note: a network namespace does not take %s\n", json_string_value(json_object_get(e, "stderr")));
	if (tick > 0 && (uint64_t)(tick * 1e9 + 0.5) != NSEC_PER_JIFFY)
		sb_printf(out, "note: this kernel ticks every %g ms, the emulation every %g ms: limiters may differ\n", tick * 1e3,
			  NSEC_PER_JIFFY / 1e6);
}
