#!/bin/bash
# With compiled chains and without (HOOKWALK_NO_COMPILE=1): every recorded case gives the same bytes.
cd "$(dirname "$0")/../.."
bin=${BUILD:-build/rel}/hookwalk
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
n=0 bad=0

for d in tests/kernel/recorded/*/ scenarios/*/; do
	like=()
	[ -f "$d/result.json" ] && like=(--like "$d/result.json")
	[ -f "$d/events.jsonl" ] || [ -f "$d/traffic.txt" ] || [ ${#like[@]} -gt 0 ] || continue
	"$bin" replay "$d" "${like[@]}" --quiet --json "$tmp/a" >/dev/null 2>&1
	HOOKWALK_NO_COMPILE=1 "$bin" replay "$d" "${like[@]}" --quiet --json "$tmp/b" >/dev/null 2>&1
	n=$((n + 1))
	cmp -s "$tmp/a" "$tmp/b" || { bad=$((bad + 1)); echo "not ok compile/$(basename "$d")"; }
done
[ $bad = 0 ] && [ $n -gt 50 ] && echo "ok compile: $n cases the same with and without indexes"
