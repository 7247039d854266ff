#!/bin/bash
# SPDX-License-Identifier: MIT
# The labs' Lua: the library's own tests, the specs of tests/lua, and scripts that mean harm: each begins with
# "-- ok: ..." (it ends well), "-- error: TEXT" (it ends with that message) or "-- timeout: ..." (only --timeout ends it).
set -u
cd "$(dirname "$0")/../.."
hookwalk=${BUILD:-build/rel}/hookwalk
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

result() { # NAME OK
	if [ "$2" = 0 ]; then echo "ok $1"; else echo "not ok $1"; head -20 "$tmp/out"; fi
}

"$hookwalk" test lua/lib tests/lua -j 2 > "$tmp/out" 2>&1
result "the library's tests" $?

for f in tests/lua/hostile/*.lua; do
	read -r _ kind text < "$f"
	case $kind in
	ok:) timeout 30 "$hookwalk" run --quiet --instructions 10 --memory 64 "$f" > "$tmp/out" 2>&1; result "$f" $? ;;
	error:)
		timeout 30 "$hookwalk" run --quiet --instructions 10 --memory 64 "$f" > "$tmp/out" 2>&1
		[ $? = 2 ] && grep -qF -- "$text" "$tmp/out"; result "$f" $? ;;
	timeout:)
		timeout 60 "$hookwalk" test --timeout 1 "$f" > "$tmp/out" 2>&1
		[ $? = 1 ] && grep -q 'longer than --timeout' "$tmp/out"; result "$f" $? ;;
	*) echo "not ok $f: what is to happen?" ;;
	esac
done
