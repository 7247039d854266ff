// SPDX-License-Identifier: MIT
/* script.c - words, quotes, variables and here-documents of a script, as a POSIX shell reads them. */
#include "sim/world/script.h"

#define MAX_WORDS 1024

/* One word while it is read. */
struct reading {
	struct script *s;
	struct strbuf text;
	bool begun;			/* there is a word, if an empty one */
	bool split;			/* blanks in unquoted values end words */
	size_t from;
	struct word *w; unsigned n;
};

static bool refuse(struct script *s, size_t off, size_t len, const char *what, const char *hint)
{
	diag_error(s->d, (struct pos){ s->src, off, len }, "%s", what);
	if (hint)
		diag_hint(s->d, "%s", hint);
	return false;
}

static char at(const struct script *s, size_t off)
{
	return off < s->src->len ? s->src->text[off] : '\0';
}

static bool name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool name_char(char c)
{
	return name_start(c) || (c >= '0' && c <= '9');
}

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

size_t script_assigned(const char *word)
{
	size_t n = 0;

	if (!name_start(*word))
		return 0;
	while (name_char(word[n]))
		n++;
	return word[n] == '=' ? n : 0;
}

const char *script_get(const struct script *s, const char *name)
{
	for (const struct shell_var *v = s->vars; v; v = v->next)
		if (strcmp(v->name, name) == 0)
			return v->value;
	return NULL;
}

void script_set(struct script *s, const char *name, const char *value)
{
	struct shell_var *v = s->vars;

	while (v && strcmp(v->name, name) != 0)
		v = v->next;
	if (!v) {
		v = arena_new(s->arena, struct shell_var);
		v->name = arena_strdup(s->arena, name);
		v->next = s->vars;
		s->vars = v;
	}
	v->value = arena_strdup(s->arena, value);
}

/* $NAME or ${NAME} at s->off: its value, NULL after an error; any other '$' is itself (*ret_plain). */
static const char *variable(struct script *s, bool *ret_plain)
{
	size_t from = s->off, n = 0;
	bool braces = at(s, from + 1) == '{';
	const char *name, *value;
	char c = at(s, from + 1);

	*ret_plain = false;
	if (c == '(')
		return refuse(s, from, 2, "the output of commands is not taken here", "no shell is run: write what \"$(...)\" stands for"), NULL;
	if (c == '{')
		c = at(s, from + 2);
	if (!name_start(c)) {
		if (braces || (c && strchr("0123456789@*#?$!-'", c)))
			return refuse(s, from, 2, "only variables with a name are known here", "$NAME or ${NAME}, set by a line NAME=value before it"), NULL;
		*ret_plain = true;
		return "$";
	}
	from += 1 + braces;
	while (name_char(at(s, from + n)))
		n++;
	if (braces && at(s, from + n) != '}')
		return refuse(s, s->off, from + n + 1 - s->off, "only ${NAME} is known of ${...}", "no shell is run: write the value"), NULL;
	name = arena_strndup(s->arena, s->src->text + from, n);
	value = script_get(s, name);
	if (!value && s->unset_is_error)
		return refuse(s, from, n, "this variable is not set, and \"set -u\" makes that an error", NULL), NULL;
	if (!value) {
		diag_warn(s->d, (struct pos){ s->src, from, n }, "%s is not set: it stands for nothing", name);
		value = "";
	}
	s->off = from + n + braces;
	return value;
}

static void end_word(struct reading *r, size_t end)
{
	if (!r->begun)
		return;
	if (r->n < MAX_WORDS)
		r->w[r->n++] = (struct word){ arena_strdup(r->s->arena, sb_str(&r->text)), { r->s->src, r->from, end - r->from } };
	sb_clear(&r->text);
	r->begun = false;
}

static void begin(struct reading *r, size_t off)
{
	if (!r->begun)
		r->from = off;
	r->begun = true;
}

/* A variable outside quotes: blanks in its value part words. */
static bool take_unquoted_variable(struct reading *r)
{
	size_t from = r->s->off;
	bool plain;
	const char *v = variable(r->s, &plain);

	if (!v)
		return false;
	r->s->off += plain;
	for (; *v; v++) {
		if (r->split && (blank(*v) || *v == '\n')) {
			end_word(r, r->s->off);
			continue;
		}
		begin(r, from);
		sb_putc(&r->text, *v);
	}
	return true;
}

static bool take_single_quotes(struct reading *r)
{
	struct script *s = r->s;
	const char *open = s->src->text + s->off + 1;
	const char *close = memchr(open, '\'', s->src->len - s->off - 1);

	begin(r, s->off);
	if (!close)
		return refuse(s, s->off, 1, "this quote is not closed", NULL);
	sb_write(&r->text, open, (size_t)(close - open));
	s->off += (size_t)(close - open) + 2;
	return true;
}

static bool take_double_quotes(struct reading *r)
{
	struct script *s = r->s;
	size_t open = s->off++;
	bool plain;

	begin(r, open);
	while (at(s, s->off) != '"') {
		char c = at(s, s->off), next = at(s, s->off + 1);

		if (s->off >= s->src->len)
			return refuse(s, open, 1, "this quote is not closed", NULL);
		if (c == '`')
			return refuse(s, s->off, 1, "the output of commands is not taken here", "no shell is run: write what it stands for");
		if (c == '$') {
			const char *v = variable(s, &plain);

			if (!v)
				return false;
			s->off += plain;
			sb_puts(&r->text, v);
			continue;
		}
		if (c == '\\' && next && strchr("$`\"\\\n", next)) {
			if (next != '\n')
				sb_putc(&r->text, next);
			s->off += 2;
			continue;
		}
		sb_putc(&r->text, c);
		s->off++;
	}
	s->off++;
	return true;
}

/* "{a,b}" and "{1..3}" are several words to bash. */
static bool is_brace_expansion(const struct script *s)
{
	bool parts = false;

	for (size_t i = s->off + 1; i < s->src->len; i++) {
		char c = s->src->text[i];

		if (c == '}')
			return parts;
		if (blank(c) || c == '\n' || c == '\'' || c == '"')
			return false;
		parts |= c == ',' || (c == '.' && at(s, i + 1) == '.');
	}
	return false;
}

/* Signs that mean something else to a shell; false = an error was queued. */
static bool check_sign(struct script *s, char c)
{
	static const struct { char sign; const char *what, *hint; } signs[] = {
		{ '|', "commands cannot be joined by | or || here", "no shell is run: each command is a line of its own" },
		{ '&', "commands cannot be joined by & or && here", "each command is a line of its own; one that fails does not stop the script" },
		{ '>', "output cannot be sent anywhere here", "for settings under /proc/sys write: sysctl -w net.ipv4.ip_forward=1" },
		{ '<', "input cannot come from a file here", "use a here-document, or the host's rules.v4" },
		{ '(', "groups and functions are not known here", "no shell is run: only plain command lines" },
		{ ')', "groups and functions are not known here", "no shell is run: only plain command lines" },
		{ '`', "the output of commands is not taken here", "no shell is run: write what it stands for" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (signs[i].sign == c)
			return refuse(s, s->off, 1, signs[i].what, signs[i].hint);
	if (c == '{' && is_brace_expansion(s))
		return refuse(s, s->off, 1, "lists in braces are not taken apart here", "write one command for each");
	return true;
}

/* "<<END" at s->off. */
static bool take_here(struct script *s)
{
	struct strbuf word = { 0 };
	size_t from = s->off;

	if (s->here_end)
		return refuse(s, from, 2, "one here-document for a command, please", NULL);
	s->off += 2;
	s->here_quoted = false;
	s->here_tabs = at(s, s->off) == '-';
	s->off += s->here_tabs;
	while (blank(at(s, s->off)))
		s->off++;
	while (s->off < s->src->len && !strchr(" \t\n;|&<>()", at(s, s->off))) {
		char c = at(s, s->off++);

		if (c == '\'' || c == '"' || c == '\\')
			s->here_quoted = true;
		else
			sb_putc(&word, c);
	}
	s->here_end = arena_strdup(s->arena, sb_str(&word));
	s->here_pos = (struct pos){ s->src, from, s->off - from };
	sb_free(&word);
	return *s->here_end || refuse(s, from, 2, "the word that ends the here-document is missing", NULL);
}

/* Words up to the end of the command. An assignment's value is one word, and so are those of export. */
static bool read_words(struct reading *r)
{
	struct script *s = r->s;

	for (;;) {
		char c = at(s, s->off);
		bool ok = true;

		if (!r->begun) {
			bool first = r->n == 0 || script_assigned(r->w[r->n - 1].s);
			bool exports = r->n && (strcmp(r->w[0].s, "export") == 0 || strcmp(r->w[0].s, "readonly") == 0);

			r->split = !((first || exports) && s->off < s->src->len && script_assigned(s->src->text + s->off));
		}
		if (s->off >= s->src->len || c == '\n' || c == ';') {
			end_word(r, s->off);
			return true;
		}
		if (blank(c) || c == '\r') {
			end_word(r, s->off++);
		} else if (c == '#' && !r->begun) {
			while (s->off < s->src->len && at(s, s->off) != '\n')
				s->off++;
		} else if (c == '\\' && at(s, s->off + 1) == '\n') {
			s->off += 2;
		} else if (c == '\\' && s->off + 1 < s->src->len) {
			begin(r, s->off);
			sb_putc(&r->text, at(s, s->off + 1));
			s->off += 2;
		} else if (c == '\'') {
			ok = take_single_quotes(r);
		} else if (c == '"') {
			ok = take_double_quotes(r);
		} else if (c == '$') {
			ok = take_unquoted_variable(r);
		} else if (c == '<' && at(s, s->off + 1) == '<' && at(s, s->off + 2) != '<') {
			end_word(r, s->off);
			ok = take_here(s);
		} else if ((ok = check_sign(s, c))) {
			begin(r, s->off++);
			sb_putc(&r->text, c);
		}
		if (!ok)
			return false;
	}
}

/* Where the here-document's last line begins; false = it has none. */
static bool here_body(struct script *s, size_t *ret_end, size_t *ret_next)
{
	for (size_t off = s->off, n; off < s->src->len; off += n + 1) {
		const char *line = s->src->text + off, *nl = memchr(line, '\n', s->src->len - off);
		size_t tabs = 0;

		n = nl ? (size_t)(nl - line) : s->src->len - off;
		while (s->here_tabs && tabs < n && line[tabs] == '\t')
			tabs++;
		if (n - tabs != strlen(s->here_end) || memcmp(line + tabs, s->here_end, n - tabs) != 0)
			continue;
		*ret_end = off;
		*ret_next = MIN(off + n + 1, s->src->len);
		return true;
	}
	return false;
}

/* The text with its variables put in: what a place in it was is then known no more. */
static struct source *here_expanded(struct script *s, size_t end)
{
	struct strbuf sb = { 0 };
	bool line_start = true, plain;
	struct source *src = NULL;

	while (s->off < end) {
		char c = at(s, s->off), next = at(s, s->off + 1);
		const char *v;

		if (line_start && s->here_tabs && c == '\t') {
			s->off++;
			continue;
		}
		line_start = c == '\n';
		if (!s->here_quoted && c == '`') {
			refuse(s, s->off, 1, "the output of commands is not taken here", "no shell is run: write what it stands for");
			goto out;
		}
		if (!s->here_quoted && c == '$') {
			if (!(v = variable(s, &plain)))
				goto out;
			s->off += plain;
			sb_puts(&sb, v);
			continue;
		}
		if (!s->here_quoted && c == '\\' && next && strchr("$`\\\n", next)) {
			if (next != '\n')
				sb_putc(&sb, next);
			s->off += 2;
			continue;
		}
		sb_putc(&sb, c);
		s->off++;
	}
	src = source_text(s->arena, arena_printf(s->arena, "%s: here-document", s->src->name), sb_str(&sb), sb.len);
out:
	sb_free(&sb);
	return src;
}

static bool take_here_text(struct script *s, struct script_command *ret)
{
	size_t end, next, from;

	/* it begins after the line of the command */
	while (s->off < s->src->len && at(s, s->off) != '\n') {
		if (!strchr(" \t;\r", at(s, s->off)))
			return refuse(s, s->off, 1, "no command may follow a here-document on its line", NULL);
		s->off++;
	}
	s->off = MIN(s->off + 1, s->src->len);
	from = s->off;
	if (!here_body(s, &end, &next)) {
		diag_error(s->d, s->here_pos, "the here-document is not ended by a line \"%s\"", s->here_end);
		s->off = s->src->len;
		return false;
	}
	if (!s->here_tabs && (s->here_quoted || strcspn(s->src->text + from, "$`\\") >= end - from)) {
		ret->input = arena_memdup(s->arena, s->src, sizeof(*s->src));
		ret->input->len = end;
		ret->input->line_start = NULL;
		ret->input_off = from;
	} else {
		ret->input = here_expanded(s, end);
		ret->input_off = 0;
	}
	s->off = next;
	return ret->input != NULL;
}

/* Assignments in front are carried out; what stays is the command. */
static bool assign(struct script *s, struct words *w)
{
	unsigned n = 0;
	bool exports = w->n && (strcmp(w->w[0].s, "export") == 0 || strcmp(w->w[0].s, "readonly") == 0);

	for (n = exports; n < w->n; n++) {
		size_t len = script_assigned(w->w[n].s);

		if (!len && !exports)
			break;
		if (len)
			script_set(s, arena_strndup(s->arena, w->w[n].s, len), w->w[n].s + len + 1);
	}
	if (n && n < w->n)
		return refuse(s, w->w[0].pos.off, w->w[0].pos.len, "a variable for one command only is not known here",
			      "put the assignment on a line of its own");
	w->n -= n;
	return true;
}

int script_next(struct script *s, struct script_command *ret)
{
	struct word w[MAX_WORDS];
	struct reading r = { .s = s, .w = w };
	bool ok;

	*ret = (struct script_command){ 0 };
	do {
		r.n = 0;
		while (s->off < s->src->len && strchr(" \t\r\n;", at(s, s->off)))
			s->off++;
		if (s->off >= s->src->len)
			break;
		s->here_end = NULL;
		ok = read_words(&r);
		sb_clear(&r.text);
		ret->words = (struct words){ arena_memdup(s->arena, w, MAX(r.n, 1u) * sizeof(*w)), r.n };
		if (r.n)
			ret->pos = (struct pos){ s->src, w[0].pos.off, w[r.n - 1].pos.off + w[r.n - 1].pos.len - w[0].pos.off };
		ok = ok && (!s->here_end || take_here_text(s, ret)) && assign(s, &ret->words);
		if (!ok) {
			while (s->off < s->src->len && at(s, s->off) != '\n')
				s->off++;
			sb_free(&r.text);
			return -1;
		}
	} while (!ret->words.n);
	sb_free(&r.text);
	return ret->words.n != 0;
}
