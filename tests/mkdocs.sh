#!/bin/sh
# SPDX-License-Identifier: MIT
# Puts the pages of all matches and targets (rules/ext/NAME.md, the arguments) together on one page, on stdout.
echo '# All matches and targets'
echo
echo 'Made by `make docs` from rules/ext/*.md.'
for kind in match target; do
	echo
	[ $kind = match ] && printf 'Matches:' || printf 'Targets:'
	for f in "$@"; do
		name=$(basename "$f" .md)
		case $name,$(head -1 "$f") in [A-Z]*|*'target)') k=target ;; *) k=match ;; esac
		[ $k = $kind ] && printf ' [%s](#%s)' "$name" "$(head -1 "$f" | sed 's/^# *//; s/[()]//g; s/ /-/g' | tr 'A-Z' 'a-z')"
	done
	echo
done
for f in "$@"; do
	echo
	# Titles one level down, but not the "#" lines of indented examples and fenced blocks.
	awk '/^```/ { fence = !fence } !fence && /^#/ { print "#" $0; next } { print }' "$f"
done
