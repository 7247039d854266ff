#!/bin/sh
# SPDX-License-Identifier: MIT
# Puts the pages of all matches and targets (rules/ext/NAME.md, the arguments) together on one page, on stdout.
cat <<'END'
# All matches and targets

Made by `make docs` from rules/ext/*.md. Each page says what it is, its options, where it may stand, what is emulated how, and
ends in an example that the tests load.
END

# LABEL PATTERN-OF-TITLES PAGE...: a line of links.
links() {
	label=$1 pattern=$2
	shift 2
	printf '\n%s:' "$label"
	for f in "$@"; do
		title=$(head -1 "$f" | sed 's/^# *//')
		case $title in
		*tables*\(* | *\(*tables*) group=$(printf '%s' "$title" | sed 's/.*(\([a-z]*\).*/\1/') ;;
		*) group=${title##*\(} group=${group%\)} ;;
		esac
		[ "$group" = "$pattern" ] || continue
		printf ' [%s](#%s)' "${title%% (*}" "$(printf '%s' "$title" | sed 's/[()]//g; s/ /-/g' | tr 'A-Z' 'a-z')"
	done
	echo
}

links 'Matches of iptables and ip6tables' match "$@"
links 'Targets of iptables and ip6tables' target "$@"
links ebtables ebtables "$@"
links arptables arptables "$@"
for f in "$@"; do
	echo
	# Titles one level down, but not the "#" lines of indented examples and fenced blocks.
	awk '/^```/ { fence = !fence } !fence && /^#/ { print "#" $0; next } { print }' "$f"
done
