#!/bin/bash
# Findings about files of rules: NAME.v4 or a directory NAME with NAME.out beside it, what "check" says of it.
# Prints "ok NAME" or "not ok NAME".
cd "$(dirname "$0")/../.."
bin=${BUILD:-build/rel}/hookwalk
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

for out in tests/check/*.out; do
	name=$(basename "$out" .out)
	in=tests/check/$name
	[ -d "$in" ] || in=$in.v4
	"$bin" check --severity info "$in" >"$tmp/got" 2>&1
	echo "status $?" >>"$tmp/got"
	if cmp -s "$tmp/got" "$out"; then
		echo "ok check/$name"
	else
		echo "not ok check/$name"
		diff "$out" "$tmp/got" | head -20
	fi
done

# The same as data: every finding has its place, and SARIF its rules.
"$bin" check tests/check/mistakes.v4 --json "$tmp/j" --sarif "$tmp/s" >/dev/null
if python3 - "$tmp/j" "$tmp/s" <<'END'
import json, sys
found, sarif = (json.load(open(f)) for f in sys.argv[1:])
run = sarif["runs"][0]
kinds = [r["id"] for r in run["tool"]["driver"]["rules"]]
assert sarif["version"] == "2.1.0" and len(run["results"]) == len(found["findings"]) > 10
for f, r in zip(found["findings"], run["results"]):
    region = r["locations"][0]["physicalLocation"]["region"]
    assert f["id"] == r["ruleId"] == kinds[r["ruleIndex"]]
    assert f["line"] == region["startLine"] <= region["endLine"] and r["message"]["text"]
    assert r["level"] == {"error": "error", "warning": "warning", "info": "note"}[f["severity"]]
END
then echo "ok check/data"; else echo "not ok check/data"; fi

# Who must get in, does not.
ssh='eth0: tcp 198.51.100.7:40000 > 198.51.100.1:22 S'
"$bin" check scenarios/first --must-accept "$ssh" >"$tmp/got" 2>&1
if [ $? = 1 ] && grep -q 'dropped by filter INPUT policy DROP \[locked-out\]' "$tmp/got"; then
	echo "ok check/locked-out"
else
	echo "not ok check/locked-out"; cat "$tmp/got"
fi

# Without a packet: can any reach the rule and match?
mkdir "$tmp/host"
cp tests/check/mistakes.v4 "$tmp/host/rules.v4"
: >"$tmp/host/ip.batch"
static() {
	"$bin" why "$tmp/host" "$1" >"$tmp/got" 2>&1
	if grep -q -- "$2" "$tmp/got"; then echo "ok why-static/$1"; else echo "not ok why-static/$1"; cat "$tmp/got"; fi
}
static filter:INPUT:3 '^culprit: filter INPUT rule 1 '
static filter:INPUT:11 '^culprit: filter INPUT rule 9 '
static filter:never:1 'no packet comes to chain never'
static nat:inner:1 'there is no input interface'
static filter:INPUT:2 '^culprit: none'

# Ten thousand rules that have little in common: no set is made of all that they leave over.
python3 - >"$tmp/many.v4" <<'END'
import random
random.seed(3)
print("*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]")
for i in range(10000):
    rule = "-A FORWARD -s 10.%d.%d.%d/32" % tuple(random.randrange(256) for k in range(3))
    if random.random() < .5:
        rule += " -d 192.168.%d.0/24" % random.randrange(256)
    if random.random() < .7:
        rule += " -p tcp -m tcp --dport %d" % random.randrange(1, 65536)
    print(rule, "-j", random.choice(["ACCEPT", "DROP", "LOG"]))
print("-A FORWARD -s 10.0.0.0/8 -p tcp -j ACCEPT\n-A FORWARD -s 10.0.0.0/9 -p tcp -m tcp --dport 80 -j DROP\nCOMMIT")
END
timeout 60 "$bin" check "$tmp/many.v4" >"$tmp/got" 2>&1
if [ $? = 1 ] && grep -q ':10005:1: warning: never matches: FORWARD rule 10001 takes all of what it asks for' "$tmp/got" && ! grep -q 'grew past' "$tmp/got"; then
	echo "ok check/many"
else
	echo "not ok check/many"; tail -5 "$tmp/got"
fi

# Rules alone say nothing of what interfaces and settings their host has.
mkdir "$tmp/alone"
printf '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A FORWARD -i lan0 -p tcp -m tcp --dport 25 -j ACCEPT\nCOMMIT\n' >"$tmp/alone/rules.v4"
"$bin" check "$tmp/alone" >"$tmp/got" 2>&1
if [ $? -le 1 ] && grep -q '^0 errors' "$tmp/got" && ! grep -q 'unknown-interface\|forward-off' "$tmp/got"; then echo "ok check/rules-alone"; else echo "not ok check/rules-alone"; fi
: >"$tmp/alone/ip.batch"
"$bin" check "$tmp/alone" >"$tmp/got" 2>&1
grep -q 'unknown-interface' "$tmp/got" && grep -q 'forward-off' "$tmp/got" && echo "ok check/rules-and-host" || echo "not ok check/rules-and-host"
