#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs what the documentation shows: in every ```console block of README.md, docs/*.md and scenarios/*/README.md a line
# "$ COMMAND" is run in the top directory, and what follows it must be what it prints; a line "..." stands for any lines.
#   tests/docs/run-docs.sh [FILE...]    UPDATE=1 writes what is printed now into the files (not where there is a "...")
set -u
cd "$(dirname "$0")/../.."
PATH=$PWD/${BUILD:-build/rel}:$PATH
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

# Does $tmp/got fit $tmp/want, whose "..." lines stand for anything?
fits() {
	awk 'BEGIN { n = m = 0 }
	     FILENAME == ARGV[1] { want[++n] = $0; next }
	     { got[++m] = $0 }
	     END {
		for (j = 0; j <= m; j++) ok[0, j] = j == 0
		for (i = 1; i <= n; i++)
			for (j = 0; j <= m; j++)
				if (want[i] == "...")
					ok[i, j] = ok[i - 1, j] || (j > 0 && ok[i, j - 1])
				else
					ok[i, j] = j > 0 && ok[i - 1, j - 1] && want[i] == got[j]
		exit !ok[n, m]
	     }' "$tmp/want" "$tmp/got"
}

run() {	# FILE LINE COMMAND
	bash -c "$3" > "$tmp/got" 2>&1 < /dev/null
	if [ -n "${UPDATE:-}" ] && ! grep -qx '\.\.\.' "$tmp/want"; then
		cp "$tmp/got" "$tmp/want"
	fi
	cat "$tmp/want" >> "$tmp/new"
	if fits; then
		echo "ok $1:$2"
	else
		echo "not ok $1:$2: $3"
		diff "$tmp/want" "$tmp/got"
	fi
}

file() {
	local line nr=0 at=0 command= block=
	: > "$tmp/new"
	while IFS= read -r line; do
		nr=$((nr + 1))
		if [ -n "$block" ] && { [ "$line" = '```' ] || [ "${line:0:2}" = '$ ' ]; }; then
			[ -z "$command" ] || run "$1" "$at" "$command"
			command=
		fi
		if [ -n "$block" ] && [ "${line:0:2}" = '$ ' ]; then
			command=${line:2} at=$nr
			: > "$tmp/want"
		elif [ -n "$command" ]; then
			printf '%s\n' "$line" >> "$tmp/want"
			continue
		fi
		case $line in
		'```console') block=1 ;;
		'```') block= ;;
		esac
		printf '%s\n' "$line" >> "$tmp/new"
	done < "$1"
	[ -z "${UPDATE:-}" ] || cmp -s "$tmp/new" "$1" || cp "$tmp/new" "$1"
}

[ $# -gt 0 ] || set -- README.md docs/*.md scenarios/*/README.md
for f in "$@"; do file "$f"; done

# Every option of a command is in its manual page.
for c in sim/cli/*.c; do
	page=$(basename "$c" .c)
	page=docs/man/hookwalk-${page%%_*}.1	# verify_random.c is a part of verify
	for option in $(grep -o '{ "[a-z-]*", *[a-z]*_argument' "$c" | cut -d'"' -f2 | grep -v '^help$'); do
		if grep -qs -- "$(printf %s "--$option" | sed 's/-/\\\\-/g')" "$page"; then
			echo "ok $page --$option"
		else
			echo "not ok $page says nothing of --$option"
		fi
	done
done
