#!/bin/bash
# What two versions do differently: NAME.old and NAME.new (directories, or .v4 files) with NAME.out beside them.
# Prints "ok NAME" or "not ok NAME".
cd "$(dirname "$0")/../.."
bin=${BUILD:-build/rel}/hookwalk
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

say() { if [ "$1" = 0 ]; then echo "ok diff/$2"; else echo "not ok diff/$2"; [ -z "$3" ] || cat "$3"; fi; }

compare() {	# name, arguments: as tests/diff/NAME.out says
	local name=$1
	shift
	"$bin" diff "$@" >"$tmp/got" 2>&1
	echo "status $?" >>"$tmp/got"
	diff "tests/diff/$name.out" "$tmp/got" >"$tmp/d"
	say $? "$name" "$tmp/d"
}
compare rules tests/diff/rules.old.v4 tests/diff/rules.new.v4
compare rules-back tests/diff/rules.new.v4 tests/diff/rules.old.v4 --max 2
compare v6 tests/diff/v6.old tests/diff/v6.new
compare traffic tests/diff/v6.old tests/diff/v6.new 'eth0: tcp [2001:db8::7]:40000 > [2001:db8::1]:22 S' 'eth0: icmp6 2001:db8::7 > 2001:db8::1 echo-request id=1' \
	'eth0: tcp 198.51.100.7:40000 > 198.51.100.1:22 S'
compare same tests/diff/v6.old tests/diff/v6.old
compare families tests/diff/rules.old.v4 tests/diff/v6.new/rules.v6
compare not-there tests/diff/rules.old.v4 tests/diff/nowhere.v4

# The same as data.
"$bin" diff tests/diff/rules.old.v4 tests/diff/rules.new.v4 --json="$tmp/j" >"$tmp/text"
python3 - "$tmp/j" "$tmp/text" <<'END'
import json, sys
d, text = json.load(open(sys.argv[1])), open(sys.argv[2]).read()
assert len(d["rules"]) == 6 and not d["packets"] and not d["more"]
for x in d["rules"]:
    assert x["packet"] in text and x["table"] in ("nat", "filter")
    assert x["kind"] == ("effect" if None in (x["before"], x["after"]) else "verdict")
assert d["rules"][0]["after"] == {"outcome": "DNAT --to-destination 192.168.1.11:8080", "chain": "PREROUTING", "rule": 1, "file": "tests/diff/rules.new.v4", "line": 3}
END
say $? data

# Ten thousand rules, three of them changed: what did not change costs next to nothing.
python3 - "$tmp" <<'END'
import random, sys
random.seed(3)
rules = []
for i in range(10000):
    rule = "-A FORWARD -s 10.%d.%d.%d/32" % tuple(random.randrange(256) for k in range(3))
    if random.random() < .5:
        rule += " -d 192.168.%d.0/24" % random.randrange(256)
    if random.random() < .7:
        rule += " -p tcp -m tcp --dport %d" % random.randrange(1, 65536)
    rules.append(rule + " -j " + random.choice(["ACCEPT", "DROP", "LOG"]))
def write(name):
    with open(sys.argv[1] + name, "w") as f:
        f.write("*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n" + "\n".join(rules) + "\nCOMMIT\n")
rules[5000] = "-A FORWARD -s 10.0.0.9/32 -j ACCEPT"
rules[7000] = "-A FORWARD -s 10.0.0.10/32 -j LOG"
write("/many.old.v4")
rules[5000] = "-A FORWARD -s 11.0.0.9/32 -j ACCEPT"
del rules[7000]
write("/many.new.v4")
END
timeout 60 "$bin" diff "$tmp/many.old.v4" "$tmp/many.new.v4" >"$tmp/got" 2>&1
[ $? = 1 ] && [ "$(tail -1 "$tmp/got")" = "3 differences" ]
say $? many "$tmp/got"
