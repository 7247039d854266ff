// SPDX-License-Identifier: MIT
/* LED.c - "-j LED": lights a lamp; the packet goes on. */
#include "rules/ext/util.h"
#include <stdio.h>
#include <strings.h>

enum { O_ID, O_DELAY, O_BLINK };

struct led_info { char id[17]; uint32_t delay; bool blink; };	/* delay UINT32_MAX: for ever */

static bool led_parse(struct ext_cb *cb)
{
	struct led_info *l = cb->info;
	uint64_t v;

	switch (cb->opt->id) {
	case O_ID:
		snprintf(l->id, sizeof(l->id), "%s", cb->arg);
		break;
	case O_DELAY:
		l->delay = UINT32_MAX;
		if (strncasecmp(cb->arg, "inf", 3) == 0)
			break;
		if (!ext_strtoul(cb->arg, NULL, &v, 0, UINT32_MAX))
			return ext_error(cb, "Delay value must be within range 0..%u", UINT32_MAX);
		l->delay = (uint32_t)v;
		break;
	case O_BLINK:
		l->blink = true;
		break;
	}
	return true;
}

static enum xt_verdict led_target(struct xt_ctx *c UNUSED, const void *info UNUSED)
{
	return XT_CONTINUE;
}

static void put_id(const struct led_info *l, struct strbuf *out)
{
	sb_putc(out, '"');
	for (const char *s = l->id; *s; s++) {
		if (*s == '"' || *s == '\\')
			sb_putc(out, '\\');
		sb_putc(out, *s);
	}
	sb_putc(out, '"');
}

static void led_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct led_info *l = info;

	sb_puts(out, " --led-trigger-id ");
	put_id(l, out);
	if (l->delay == UINT32_MAX)
		sb_puts(out, " --led-delay inf");
	else if ((int32_t)l->delay > 0)
		sb_printf(out, " --led-delay %u", l->delay);
	sb_puts(out, l->blink ? " --led-always-blink" : "");
}

static void led_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct led_info *l = info;

	sb_puts(out, " led-trigger-id:");
	put_id(l, out);
	if (l->delay == UINT32_MAX)
		sb_puts(out, " led-delay:inf");
	else
		sb_printf(out, " led-delay:%dms", (int32_t)l->delay);
	sb_puts(out, l->blink ? " led-always-blink" : "");
}

static void led_explain(struct xt_ctx *c UNUSED, const void *info, struct strbuf *out)
{
	sb_printf(out, "lights lamp \"%s\"; the packet goes on to the next rule", ((const struct led_info *)info)->id);
}

const struct target_ext ext_LED_target = {
	.name = "LED", .families = EXT_ANY, .size = sizeof(struct led_info),
	.opts = (const struct ext_opt[]){
		{ .name = "led-trigger-id", .type = OPT_STRING, .flags = OPT_MUST, .id = O_ID, .max = 16, .parse = led_parse },
		{ .name = "led-delay",
		  .form = "MS, from 0 to 4294967295, or inf",
		  .type = OPT_STRING, .id = O_DELAY, .parse = led_parse },
		{ .name = "led-always-blink", .type = OPT_NONE, .id = O_BLINK, .parse = led_parse },
		{ 0 } },
	.target = led_target, .save = led_save, .print = led_print, .explain = led_explain,
};
