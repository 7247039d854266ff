// SPDX-License-Identifier: MIT
/* lex.c - a save file into lines and words, as iptables-restore cuts them: lines through fgets()
 * into 10240 bytes, text up to a NUL byte, words by blanks, double quotes with backslashes. */
#include "rules/parse/parse.h"

bool lex_line(struct lexer *lx, size_t *ret_off, size_t *ret_len)
{
	const char *text = lx->src->text + lx->off, *nl, *nul;
	size_t n = MIN(lx->src->len - lx->off, (size_t)LINE_MAX_FGETS);

	if (n == 0)
		return false;
	nl = memchr(text, '\n', n);
	if (nl)
		n = (size_t)(nl - text) + 1;
	*ret_off = lx->off;
	lx->off += n;
	nul = memchr(text, '\0', n);
	*ret_len = nul ? (size_t)(nul - text) : n;
	return true;
}

struct word lex_token(struct parser *ps, size_t *off, size_t end)
{
	const char *text = ps->src->text;
	size_t from = *off;
	struct word w;

	while (from < end && strchr(" \t\n", text[from]))
		from++;
	*off = from;
	while (*off < end && !strchr(" \t\n", text[*off]))
		(*off)++;
	w.s = arena_strndup(ps->arena, text + from, *off - from);
	w.pos = (struct pos){ ps->src, from, *off - from };
	return w;
}

/* One word being collected into the line's text buffer. */
struct collect { char *at; size_t len, from; bool begun; };

static bool word_end(struct parser *ps, struct words *ret, unsigned max, struct collect *c, size_t end)
{
	if (ret->n >= max)
		return parse_error(ps, (struct pos){ ps->src, c->from, end - c->from },
				   "Parser cannot handle more arguments");
	c->at[c->len] = '\0';
	ret->w[ret->n].s = c->at;
	ret->w[ret->n++].pos = (struct pos){ ps->src, c->from, end - c->from };
	c->at += c->len + 1;
	c->len = 0;
	c->begun = false;
	return true;
}

static bool word_char(struct parser *ps, struct collect *c, char ch, size_t off)
{
	if (!c->begun) {
		c->begun = true;
		c->from = off;
	}
	c->at[c->len++] = ch;
	if (c->len <= PARAM_MAX)
		return true;
	return parse_error(ps, (struct pos){ ps->src, c->from, off - c->from }, "Parameter too long!");
}

static unsigned count_words(const char *s, size_t n)
{
	unsigned k = 1;

	for (size_t i = 0; i < n; i++)
		k += s[i] == ' ' || s[i] == '\t' || s[i] == '"' || s[i] == '\n';
	return k;
}

bool lex_words(struct parser *ps, size_t off, size_t end, unsigned reserved, struct words *ret)
{
	const char *text = ps->src->text;
	bool quoted = false, escaped = false;
	struct collect c = { 0 };
	size_t quote_at = 0;

	ret->n = 0;
	ret->w = arena_array(ps->scratch, struct word, MIN(count_words(text + off, end - off), ARGC_MAX));
	/* each word needs its text and a NUL, and every NUL has its blank or quote */
	c.at = arena_alloc(ps->arena, end - off + 2);
	for (size_t i = off; i < end; i++) {
		char ch = text[i];

		if (quoted && (escaped || (ch != '"' && ch != '\\'))) {
			escaped = false;
			if (!word_char(ps, &c, ch, i))
				return false;
		} else if (quoted && ch == '\\') {
			escaped = true;
		} else if (quoted) {		/* a closing quote ends the word, even an empty one */
			quoted = false;
			if (!word_end(ps, ret, ARGC_MAX - reserved, &c, i + 1))
				return false;
		} else if (ch == '"') {
			quoted = true;
			quote_at = i;
			if (!c.begun) {
				c.begun = true;
				c.from = i;
			}
		} else if (ch == ' ' || ch == '\t' || ch == '\n') {
			if (c.len && !word_end(ps, ret, ARGC_MAX - reserved, &c, i))
				return false;
		} else if (!word_char(ps, &c, ch, i)) {
			return false;
		}
	}
	if (quoted) {
		diag_warn(ps->diag, (struct pos){ ps->src, quote_at, end - quote_at - (text[end - 1] == '\n') },
			  "the quote is not closed: the text runs to the end of the line, newline included");
	}
	return !c.len || word_end(ps, ret, ARGC_MAX - reserved, &c, end);
}
