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

# Results per host, with the numbers of the lab's events; like itself it runs the same; captures into hosts.
check() { if [ "$2" = 0 ]; then echo "ok $1"; else echo "not ok $1"; fi; }
lab=tests/labs/switch
"$bin" replay $lab --quiet --json "$tmp/j" --conntrack "$tmp/c" --report "$tmp/r" && [ "$(ls "$tmp/j" | tr '\n' ' ')" = "far.json fw.json inet.json www.json you.json " ] &&
	[ "$(grep -c ESTABLISHED "$tmp/c/fw.txt"):$(wc -c < "$tmp/c/far.txt")" = 2:0 ] && grep -q '^fw: ' "$tmp/r/fw.txt" && ! grep -q '^you: ' "$tmp/r/fw.txt"
check "a file for each host" $?
python3 - "$tmp/j" << 'END'
import json, sys
r = {n: json.load(open(f"{sys.argv[1]}/{n}.json")) for n in ("fw", "you", "www", "far")}
assert {tuple(e["i"] for e in x["events"]) for x in r.values()} == {tuple(range(10))}
assert [e["i"] for e in r["you"]["events"] if "injected" in e] == [6, 7, 8] and not any("injected" in e for e in r["fw"]["events"])
assert r["fw"]["events"][4]["counters"] and not r["far"]["events"][4]["out"], r["fw"]["events"][4]
assert sum(c["rules"][0]["packets"] for c in r["fw"]["end"]["counters"] if c["chain"] == "POSTROUTING") == 2
END
check "events of each host" $?
"$bin" replay $lab --quiet --like "$tmp/j" --json "$tmp/again" && diff -r "$tmp/j" "$tmp/again"; check "like itself" $?
"$bin" replay $lab --any-mac --in you.eth0="$tmp/1/you.eth0.pcap" --in fw.eth1="$tmp/1/fw.eth1.pcap" > "$tmp/in" && [ "$(grep -c ' packets in, ' "$tmp/in")" = 5 ] &&
	grep -q 'tcp 192.168.20.20:49296 > 192.168.10.10:80 ' "$tmp/in"; check "captures into two hosts" $?
while read -r name want args; do
	"$bin" replay $lab --quiet $args > /dev/null 2> "$tmp/err"; [ $? = 2 ] && grep -q "$want" "$tmp/err"; check "$name" $?
done << END
no-host one.of.its.hosts --in eth0=x.pcap
no-such-host one.of.its.hosts --in fv.eth0=x.pcap
no-capture No.such.file --in fw.eth0=$tmp/none
in-and-like comes.from.one.of.both --in fw.eth0=$tmp/1/fw.eth0.pcap --like $tmp/j
like-nothing there.is.no.HOST.json --like $tmp/1
one-text want.a.directory --json -
over-itself is.read.from --like $tmp/j --json $tmp/j
no-place cannot.make.the.directory --conntrack /proc/none/c
END
echo '{' > "$tmp/again/fw.json"; "$bin" replay $lab --quiet --like "$tmp/again" 2>&1 | grep -q 'fw.json:1:.*no valid JSON'; check "like no JSON" $?
