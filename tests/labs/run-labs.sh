#!/bin/bash
# SPDX-License-Identifier: MIT
# Lab directories: each NAME/ is replayed; what it reports must be NAME/expect.txt, what it
# complains of NAME/expect.err. UPDATE=1 writes it.
set -u
cd "$(dirname "$0")/../.."
bin=${BUILD:-build/rel}/hookwalk
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

"$bin" test tests/labs ${UPDATE:+--update} && echo "ok the labs" || echo "not ok the labs"

for d in tests/labs/*/expect.err; do
	d=$(dirname "$d")
	"$bin" replay "$d" > /dev/null 2> "$tmp/got"
	echo "status $?" >> "$tmp/got"
	[ -z "${UPDATE:-}" ] || cp "$tmp/got" "$d/expect.err"
	if diff -u "$d/expect.err" "$tmp/got"; then echo "ok $(basename "$d")"; else echo "not ok $(basename "$d")"; fi
done

# One pcap per host and interface, the same bytes each time; the trace names the hosts.
for k in 1 2; do "$bin" replay tests/labs/switch --quiet --out "$tmp/$k" --events "$tmp/events$k" || echo "not ok replay $k"; done
if [ "$(ls "$tmp/1" | tr '\n' ' ')" = "far.eth0.pcap fw.eth0.pcap fw.eth1.pcap inet.eth0.pcap www.eth0.pcap you.eth0.pcap " ] &&
	diff -r "$tmp/1" "$tmp/2" && cmp "$tmp/events1" "$tmp/events2"; then echo "ok captures"; else ls "$tmp/1"; echo "not ok captures"; fi
"$bin" replay tests/labs/switch --trace > "$tmp/trace"
if grep -q '^  fw$' "$tmp/trace" && grep -q 'you connects' "$tmp/trace"; then echo "ok trace"; else echo "not ok trace"; fi
