#!/bin/bash
# What "verify --random" draws, without asking a kernel: the same seed, the same bytes, by however many processes; our own reading
# takes every case, and none crashes or hangs the emulation.
cd "$(dirname "$0")/../.."
bin=${BUILD:-build/rel}/hookwalk
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

want() {
	local name=$1 status=$2 pattern=$3 out got
	shift 3
	out=$(timeout 60 "$@" 2>&1 </dev/null); got=$?
	if [ $got = "$status" ] && printf '%s\n' "$out" | grep -q -- "$pattern"; then
		echo "ok $name"
	else
		echo "not ok $name: status $got, wanted $status and \"$pattern\""
		printf '%s\n' "$out" | head -5
	fi
}

draw() { "$bin" verify --only-write --random "$2" --seed "$3" --write "$tmp/$1" "${@:4}"; }

want random-count 2 'wants the number of cases' "$bin" verify --random none
want random-topic 2 'no topic "nonsense"' "$bin" verify --random 3 --topic nonsense
want random-host 2 'takes no host directories' "$bin" verify --random 3 tests/kernel/recorded/addrtype
want random-write 2 'wants --write DIR' "$bin" verify --random 3 --only-write
want random-no-directory 2 'cannot make directory' "$bin" verify --random 3 --only-write --write "$tmp/no/such"

draw a 40 5 --jobs 1; draw b 40 5 --jobs 3; draw c 1 5 --first 17; draw d 40 6
if diff -r "$tmp/a" "$tmp/b" >/dev/null; then echo "ok random-same-bytes"; else echo "not ok random-same-bytes"; fi
if diff -r "$tmp/a/5-17" "$tmp/c/5-17" >/dev/null; then echo "ok random-one-case"; else echo "not ok random-one-case"; fi
if diff -r "$tmp/a/5-1" "$tmp/d/6-1" >/dev/null; then echo "not ok random-other-seed"; else echo "ok random-other-seed"; fi

bad=0
for d in "$tmp"/a/*/ "$tmp"/d/*/; do
	timeout 60 "$bin" replay "$d" --quiet --json "$tmp/out.json" >/dev/null 2>"$tmp/err" || { bad=1; echo "$d"; head -3 "$tmp/err"; }
done
[ $bad = 0 ] && echo "ok random-cases-load" || echo "not ok random-cases-load"
