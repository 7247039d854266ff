#!/bin/sh
# The same replay twice gives the same bytes: result, event stream and report.
set -eu
cd "$(dirname "$0")/.."
bin=${BUILD:-build/rel}/hookwalk
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT INT TERM
for host in tests/kernel/recorded/*/; do
	for k in 1 2; do
		"$bin" replay "$host" --json "$dir/json$k" --events "$dir/events$k" --out "$dir/pcap$k" --report "$dir/report$k" \
			2> "$dir/err$k" || { cat "$dir/err$k"; exit 1; }
	done
	for f in json events report err; do cmp "$dir/${f}1" "$dir/${f}2"; done
	for p in "$dir"/pcap1/*.pcap; do [ ! -e "$p" ] || cmp "$p" "$dir/pcap2/$(basename "$p")"; done
	rm -rf "$dir"/*
done
echo "the same replay twice: the same bytes"
