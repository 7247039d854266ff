// SPDX-License-Identifier: MIT
/* test_item.c - a spec file or a directory with expect.txt, run in a process of its own: what goes wrong
 * there ends there. */
#include "lua/bind/hw.h"
#include "sim/cli/test.h"
#include "sim/world/world.h"
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- in the child */

static void write_all(int fd, const char *s, size_t n)
{
	while (n) {
		ssize_t got = write(fd, s, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			_exit(EXIT_FAULT);
		s += got;
		n -= (size_t)got;
	}
}

static void send_line(const char *json, size_t len, void *arg)
{
	int fd = *(int *)arg;

	write_all(fd, json, len);
	write_all(fd, "\n", 1);
}

static void send_object(int fd, json_t *o)
{
	char *s = json_dumps(o, JSON_COMPACT | JSON_ENSURE_ASCII);

	if (!s)
		out_of_memory(0);
	send_line(s, strlen(s), &fd);
	free(s);
	json_decref(o);
}

static json_t *text_of(const char *s, size_t n)
{
	json_t *j = json_stringn(s, n);

	return j ? j : json_string("(no UTF-8)");
}

static void send_print(const char *text, size_t len, void *arg)
{
	json_t *o = json_object();

	json_object_set_new(o, "type", json_string("print"));
	json_object_set_new(o, "text", text_of(text, len));
	send_object(*(int *)arg, o);
}

static void send_case(int fd, const char *name, const char *file, const char *status, const char *message)
{
	json_t *o = json_object();

	json_object_set_new(o, "type", json_string("case"));
	json_object_set_new(o, "name", json_string(name));
	json_object_set_new(o, "file", json_string(file));
	json_object_set_new(o, "line", json_integer(1));
	json_object_set_new(o, "status", json_string(status));
	if (message)
		json_object_set_new(o, "message", text_of(message, strlen(message)));
	send_object(fd, o);
}

static void option(struct strbuf *out, const char *key, const char *value)
{
	if (value)
		sb_printf(out, "%s=%s\n", key, value);
}

static void run_spec(const struct test_item *it, const struct test_settings *set, int fd)
{
	char *root = cli_folder(it->path);
	struct hw_options opt = { .root = root, .seed = it->seed, .result = send_line, .print = send_print, .arg = &fd, .update = set->update,
				  .max_instructions = set->instructions * 1000000, .max_memory = (size_t)set->memory << 20 };
	struct strbuf err = { 0 }, options = { 0 };
	struct hw *hw = hw_open(&opt);

	option(&options, "filter", set->filter);
	option(&options, "tags", set->tags);
	option(&options, "list", set->list ? "yes" : NULL);
	option(&options, "fail_fast", set->fail_fast ? "yes" : NULL);
	if (!hw_run(hw, it->path, &err) || !hw_call(hw, "run", sb_str(&options), &err))
		send_case(fd, "(the file itself)", it->path, "error", sb_str(&err));
	hw_close(hw);
	sb_free(&err);
	sb_free(&options);
	free(root);
}

/* The captures of a host: eth0.pcap for eth0. */
static int capture_args(const char *dir, struct arena *a, char **argv)
{
	struct dirent **list;
	int found = scandir(dir, &list, NULL, alphasort), n = 0;

	for (int i = 0; i < found; i++) {
		const char *name = list[i]->d_name, *dot = strstr(name, ".pcap");

		if (dot && !dot[5] && n < 64) {
			argv[n++] = arena_strdup(a, "--in");
			argv[n++] = arena_printf(a, "%.*s=%s/%s", (int)(dot - name), name, dir, name);
		}
		free(list[i]);
	}
	if (found >= 0)
		free(list);
	return n;
}

static struct source *read_back(struct arena *a, FILE *f, struct diag *d)
{
	char path[64];

	fflush(f);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(f));
	return source_read(a, path, 0, d);
}

static size_t first_difference(const struct source *x, const struct source *y)
{
	size_t line = 1;

	for (size_t i = 0; i < x->len && i < y->len && x->text[i] == y->text[i]; i++)
		line += x->text[i] == '\n';
	return line;
}

static void line_of(const struct source *s, size_t line, struct strbuf *out)
{
	const char *p = s->text;

	for (; line > 1 && (p = strchr(p, '\n')); line--)
		p++;
	if (!p || !*p)
		sb_puts(out, "(the end)");
	else
		sb_write(out, p, strcspn(p, "\n"));
}

static void compare(const struct test_item *it, const struct test_settings *set, int fd, struct arena *a, struct source *got, const char *said)
{
	char *path = arena_printf(a, "%s/expect.txt", it->path);
	struct strbuf why = { 0 };
	struct source *want;
	struct diag d;

	diag_init(&d, a);
	if (set->update) {
		FILE *f = fopen(path, "we");

		if (!f || fwrite(got->text, 1, got->len, f) != got->len || fclose(f)) {
			sb_printf(&why, "%s: cannot write: %s", path, strerror(errno));
			send_case(fd, "reports what expect.txt says", path, "error", sb_str(&why));
			sb_free(&why);
			return;
		}
	}
	want = source_read(a, path, 0, &d);
	if (!want || want->len != got->len || memcmp(want->text, got->text, got->len) != 0) {
		size_t line = want ? first_difference(want, got) : 1;

		sb_printf(&why, "line %zu\nexpected: ", line);
		if (want)
			line_of(want, line, &why);
		sb_puts(&why, "\n     got: ");
		line_of(got, line, &why);
		sb_printf(&why, "\n%s", said);
		send_case(fd, "reports what expect.txt says", path, "failed", sb_str(&why));
	} else {
		send_case(fd, "reports what expect.txt says", path, "passed", NULL);
	}
	sb_free(&why);
}

/* hookwalk replay DIR, with what it prints in files. */
static void run_lab(const struct test_item *it, const struct test_settings *set, int fd)
{
	FILE *out = tmpfile(), *err = tmpfile();
	struct arena *a = arena_create();
	char *argv[80] = { arena_strdup(a, "replay"), arena_strdup(a, it->path) };
	int argc = 2, status;
	struct source *got, *said;
	struct diag d;

	diag_init(&d, a);
	if (set->list) {
		send_case(fd, "reports what expect.txt says", arena_printf(a, "%s/expect.txt", it->path), "listed", NULL);
		arena_destroy(a);
		return;
	}
	if (!is_lab_dir(it->path))
		argc += capture_args(it->path, a, argv + argc);
	if (!out || !err || dup2(fileno(out), STDOUT_FILENO) < 0 || dup2(fileno(err), STDERR_FILENO) < 0)
		_exit(EXIT_FAULT);
	status = cmd_replay(argc, argv);
	fflush(stdout);
	got = read_back(a, out, &d);
	said = read_back(a, err, &d);
	if (!got || !said)
		_exit(EXIT_FAULT);
	if (status)
		send_case(fd, "reports what expect.txt says", it->path, "error", said->text);
	else
		compare(it, set, fd, a, got, said->text);
	fclose(out);
	fclose(err);
	arena_destroy(a);
}

bool test_item_start(struct test_item *it, const struct test_settings *set)
{
	int ends[2], pid;

	if (pipe(ends))
		return false;
	fflush(stdout);
	fflush(stderr);
	pid = fork();
	if (pid < 0)
		return false;
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ends[0]);
		if (it->lab)
			run_lab(it, set, ends[1]);
		else
			run_spec(it, set, ends[1]);
		exit(EXIT_FINE);
	}
	close(ends[1]);
	it->fd = ends[0];
	it->pid = pid;
	return true;
}

/* ---- in the parent */

/* Files are told as they are reached from here. */
static void full_path(json_t *c, const char *key, const char *folder)
{
	const char *file = case_str(c, key);
	struct strbuf path = { 0 };
	bool there;

	if (!*file)
		return;
	sb_printf(&path, "%s/%s", folder, file);
	there = access(sb_str(&path), F_OK) == 0;
	if (there)
		json_object_set_new(c, key, json_string(strncmp(sb_str(&path), "./", 2) == 0 ? sb_str(&path) + 2 : sb_str(&path)));
	json_object_set_new(c, "on_disk", json_boolean(there));
	sb_free(&path);
}

static void take_rule(struct suite *s, json_t *o, struct test_item *it, const char *folder)
{
	json_object_set_new(o, "order", json_integer((json_int_t)it->order++));
	full_path(o, "file", folder);
	json_object_del(o, "type");
	suite_add_rule(s, json_incref(o));
}

static void take_case(struct suite *s, json_t *o, struct test_item *it, const char *folder)
{
	json_object_set_new(o, "order", json_integer((json_int_t)it->order++));
	json_object_set_new(o, "suite", json_string(it->path));
	json_object_del(o, "type");
	if (*case_str(o, "rule_file")) {
		full_path(o, "rule_file", folder);
		if (!json_is_true(json_object_get(o, "on_disk")))
			json_object_del(o, "rule_file");
		json_object_del(o, "on_disk");
	}
	suite_add_case(s, json_incref(o));
}

static void add_end(struct suite *s, struct test_item *it, const char *during, const char *message)
{
	json_t *c = json_object();

	json_object_set_new(c, "order", json_integer((json_int_t)it->order++));
	json_object_set_new(c, "suite", json_string(it->path));
	json_object_set_new(c, "name", json_string(*during ? during : "(the file itself)"));
	json_object_set_new(c, "file", json_string(it->path));
	json_object_set_new(c, "line", json_integer(1));
	json_object_set_new(c, "status", json_string("error"));
	json_object_set_new(c, "message", json_string(message));
	suite_add_case(s, c);
}

static bool is_type(const json_t *o, const char *type)
{
	return strcmp(case_str(o, "type"), type) == 0;
}

bool test_item_take(struct test_item *it, struct suite *s)
{
	char *folder = cli_folder(it->path), *save = NULL;
	bool fault = !it->timed_out && !(WIFEXITED(it->status) && WEXITSTATUS(it->status) == EXIT_FINE);
	struct strbuf during = { 0 }, message = { 0 };

	for (char *line = it->out.s ? strtok_r(it->out.s, "\n", &save) : NULL; line; line = strtok_r(NULL, "\n", &save)) {
		json_t *o = json_loads(line, 0, NULL);

		if (is_type(o, "start") || is_type(o, "case"))
			sb_clear(&during);
		if (is_type(o, "start"))
			sb_puts(&during, case_str(o, "name"));
		else if (is_type(o, "print"))
			sb_puts(&it->printed, case_str(o, "text"));
		else if (is_type(o, "case"))
			take_case(s, o, it, folder);
		else if (is_type(o, "rule"))
			take_rule(s, o, it, folder);
		json_decref(o);
	}
	if (it->timed_out)
		sb_puts(&message, "stopped: it took longer than --timeout allows");
	else if (fault && WIFSIGNALED(it->status))
		sb_printf(&message, "hookwalk ended by signal %d: a fault of hookwalk, please report it", WTERMSIG(it->status));
	else if (fault)
		sb_printf(&message, "hookwalk ended with status %d", WEXITSTATUS(it->status));
	if (message.len)
		add_end(s, it, sb_str(&during), sb_str(&message));
	sb_free(&during);
	sb_free(&message);
	free(folder);
	return !fault;
}
