#!/bin/bash
# SPDX-License-Identifier: MIT
# Replays each scenario's captures: the report must be expect.txt byte for byte, and the rule counters those of the
# kernel that saw the same packets (kernel-counters.txt), and the log lines those it wrote (kernel-log.txt).
#   tests/scenarios/run-scenarios.sh [NAME...]    UPDATE=1 rewrites expect.txt
set -u
cd "$(dirname "$0")/../.."
hookwalk=${BUILD:-build/rel}/hookwalk
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

# Both as lines "TABLE CHAIN policy|RULE<tab>PACKETS BYTES".
kernel_counters() {
	awk '/^\*/ { t = substr($0, 2) }
	     /^:/ && $2 != "-" { split($3, n, /[\[\]:]/); print t, substr($1, 2), "policy\t" n[2], n[3] }
	     /^\[/ { split($1, n, /[\[\]:]/); r = $0; sub(/^\[[^]]*\] /, "", r); print t, $3, r "\t" n[2], n[3] }' "$1" | sort
}
report_counters() {
	awk '/^Rules \(/ { on = 1; next }
	     /^$/ { on = 0 }
	     on && /^  [a-z]/ { t = $1; c = $2; if ($3 == "(policy") print t, c, "policy\t" $5, $7 }
	     on && /^  +[0-9]/ { p = $2; b = $3; r = $0; sub(/^ *[0-9]+ +[0-9]+ +[0-9]+ +/, "", r); print t, c, r "\t" p, b }' "$1" | sort
}

# Dice fall differently here and there: each rule within four standard deviations, all together exactly.
same_but_for_chance() {
	paste "$1" "$2" | awk -F'\t' '
		$1 != $3 { bad = 1 }
		{ split($2, k, " "); split($4, o, " ") }
		$1 ~ /^nat PREROUTING / {
			sk += k[1]; so += o[1]; d = k[1] - o[1]
			if (d * d > 2 * 16 * (k[1] + 1)) bad = 1
		}
		END { exit bad || sk != so || sk == 0 }'
}

check_counters() {	# NAME REPORT
	kernel_counters "scenarios/$1/kernel-counters.txt" > "$tmp/kernel"
	report_counters "$2" > "$tmp/ours"
	if grep -q -- '--mode random' "scenarios/$1/rules.v4"; then
		same_but_for_chance "$tmp/kernel" "$tmp/ours"
	else
		cmp -s "$tmp/kernel" "$tmp/ours"
	fi && { echo "ok $1: the kernel counted the same"; return; }
	echo "not ok $1: the kernel counted otherwise (< kernel, > hookwalk)"
	diff "$tmp/kernel" "$tmp/ours"
}

check_log() {
	sed -n '/^Kernel log/,/^$/s/^  <[0-9]> //p' "$2" > "$tmp/log"
	if cmp -s "$tmp/log" "scenarios/$1/kernel-log.txt"; then
		echo "ok $1: the kernel logged the same"
	else
		echo "not ok $1: the kernel logged otherwise (< kernel, > hookwalk)"
		diff "scenarios/$1/kernel-log.txt" "$tmp/log"
	fi
}

one() {
	local in=() f
	for f in scenarios/"$1"/eth*.pcap; do
		[ ! -e "$f" ] || in+=(--in "$(basename "$f" .pcap)=$f")
	done
	if ! "$hookwalk" replay "scenarios/$1" "${in[@]}" > "$tmp/report" 2> "$tmp/err"; then
		echo "not ok $1: hookwalk replay failed"
		cat "$tmp/err"
		return
	fi
	[ -z "${UPDATE:-}" ] || cp "$tmp/report" "scenarios/$1/expect.txt"
	if cmp -s "$tmp/report" "scenarios/$1/expect.txt"; then
		echo "ok $1: the report"
	else
		echo "not ok $1: the report is not expect.txt (UPDATE=1 rewrites it)"
		diff "scenarios/$1/expect.txt" "$tmp/report"
	fi
	[ ! -e "scenarios/$1/kernel-counters.txt" ] || check_counters "$1" "$tmp/report"
	[ ! -e "scenarios/$1/kernel-log.txt" ] || check_log "$1" "$tmp/report"
}

[ $# -gt 0 ] || set -- $(for f in scenarios/*/rules.v4; do basename "$(dirname "$f")"; done)
for name in "$@"; do one "$name"; done
if "$hookwalk" test scenarios/lab-* -j 2 > "$tmp/labs" 2>&1; then
	echo "ok the labs"
else
	echo "not ok the labs"
	cat "$tmp/labs"
fi
if sh scenarios/demo.sh > "$tmp/demo" 2>&1; then
	echo "ok make demo"
else
	echo "not ok make demo"
	tail "$tmp/demo"
fi
