#!/bin/bash
# Bad input and bad surroundings: always a clear message with its place and status 2; never a crash, a hang, or
# something half-written under a result's name.
set -u
cd "$(dirname "$0")/../.."
export LC_ALL=C TZ=UTC
BUILD=$(realpath "${BUILD:-build/rel}")
hw=$BUILD/hookwalk
limit=${LIMIT:-60}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
root=$PWD

# want NAME STATUS REGEX COMMAND...: standard error must match, and nothing of the sanitizers be in it
want() {
	local name=$1 status=$2 regex=$3 got; shift 3
	timeout "$limit" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null; got=$?
	verdict "$name" "$status" "$regex" "$got"
}

verdict() {
	if [ "$4" != "$2" ]; then
		echo "not ok $1: status $4, not $2"; head -c 600 "$tmp/err" | head -5
	elif grep -qE 'Sanitizer|runtime error' "$tmp/err"; then
		echo "not ok $1: a sanitizer spoke"; grep -m1 -A8 -E 'Sanitizer|runtime error' "$tmp/err"
	elif [ -n "$3" ] && ! grep -qE -- "$3" "$tmp/err"; then
		echo "not ok $1: the message does not match \"$3\""; head -c 600 "$tmp/err" | head -5
	elif LC_ALL=C grep -q $'[\001-\010\013-\037]' "$tmp/err"; then
		echo "not ok $1: control characters in the message"; head -c 600 "$tmp/err" | cat -v | head -5
	else
		echo "ok $1"
	fi
}

# A host with one address, and what else is given as FILE on standard input
host() {
	rm -rf "$tmp/h"; mkdir "$tmp/h"
	echo "addr add 10.0.0.1/24 dev eth0" > "$tmp/h/ip.batch"
	[ $# = 0 ] || cat > "$tmp/h/$1"
}
rules() { printf '*filter\n:INPUT ACCEPT [0:0]\n%b\nCOMMIT\n' "$1" | host rules.v4; }

have_py=$(command -v python3)

# ---- the command line
want "no command" 2 "Exit status" "$hw"
want "unknown command" 2 'did you mean "replay"' "$hw" repla
want "unknown option" 2 'unknown option' "$hw" replay --frobnicate x
want "option without its value" 2 'wants a value|missing value|unknown option' "$hw" replay x --json
want "no host" 2 'which host' "$hw" replay
want "two hosts" 2 'one host' "$hw" replay a b
want "seed is no number" 2 'seed wants' "$hw" replay --seed x a
want "seed out of range" 2 'seed wants' "$hw" replay --seed 99999999999999999999999 a
want "host is missing" 2 'No such file' "$hw" replay "$tmp/nowhere"
want "host is a file" 2 'not a directory|Not a directory' "$hw" replay /etc/passwd
mkdir "$tmp/empty"
want "host is empty" 2 'no host' "$hw" replay "$tmp/empty"
want "save: file is missing" 2 'No such file' "$hw" save "$tmp/nowhere"
want "save: a directory" 2 'directory' "$hw" save "$tmp"
want "save: unknown option" 2 'unknown option' "$hw" save -x a
want "verify: nothing recorded" 2 'result.json|No such file' "$hw" verify --recorded "$tmp/empty"
host
want "no traffic" 2 'no events.jsonl' "$hw" replay "$tmp/h"
mkdir "$tmp/h/rules.v4"
want "rules.v4 is a directory" 2 'rules.v4.*directory' "$hw" replay "$tmp/h"
host; : > "$tmp/h/events.jsonl"
want "no events at all" 0 '' "$hw" replay "$tmp/h"
if [ "$(id -u)" != 0 ]; then
	chmod 0 "$tmp/h/ip.batch"
	want "unreadable file" 2 'ip.batch.*denied' "$hw" replay "$tmp/h"
elif command -v setpriv >/dev/null; then
	chmod 0 "$tmp/h/ip.batch"; chmod 755 "$tmp" "$tmp/h"
	want "unreadable file" 2 'ip.batch.*denied|cannot' setpriv --reuid 65534 --clear-groups "$hw" replay "$tmp/h"
else
	echo "skipped: unreadable files: root reads everything"
fi

# ---- rules
while IFS='|' read -r name line regex; do
	rules "$line"
	want "rules: $name" 2 "$regex" "$hw" replay "$tmp/h" --quiet
	grep -qE 'rules.v4:[0-9]+:[0-9]+: error: ' "$tmp/err" || echo "not ok rules: $name: no place is given"
done <<'EOF'
unknown match|-A INPUT -m nonesuch -j DROP|nonesuch
unknown target|-A INPUT -j NONESUCH|NONESUCH
unknown chain|-A NOWHERE -j DROP|NOWHERE|chain
bad address|-A INPUT -s 10.0.0.300 -j DROP|300
bad mask|-A INPUT -s 10.0.0.0/33 -j DROP|33
bad port|-A INPUT -p tcp --dport 70000 -j DROP|70000
port without protocol|-A INPUT --dport 80 -j DROP|dport
no target value|-A INPUT -j|requires|-j|argument
garbage|gibberish here|.
missing option|-A INPUT -m limit --limit -j DROP|bad rate
NUL in a line|-A INPUT -j DR\0OP|.
a table twice open|*nat|.
jump to itself|:a - [0:0]\n-A a -j a\n-A INPUT -j a|go round
jump in a circle|:a - [0:0]\n:b - [0:0]\n-A a -j b\n-A b -j a\n-A INPUT -j a|go round
goto in a circle|:a - [0:0]\n:b - [0:0]\n-A a -g b\n-A b -g a\n-A INPUT -j a|go round
escape sequence as a name|-A INPUT -m \033[31mred -j DROP|red
name too long|:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa - [0:0]|.
policy of a chain that has none|:x DROP [0:0]|.
unknown policy|:FORWARD FOO [0:0]|FOO
EOF
# What the real programs only warn of goes on with a warning.
while IFS='|' read -r name file text regex; do
	printf '%b\n' "$text" | host "$file"; : > "$tmp/h/events.jsonl"
	want "$file: $name" 0 "$file:[0-9]+:[0-9]+: warning: .*($regex)" "$hw" replay "$tmp/h" --quiet
done <<'EOF'
open quote|rules.v4|*filter\n-A INPUT -m comment --comment "abc -j DROP\nCOMMIT|quote
bad counters|rules.v4|*filter\n:FORWARD ACCEPT [x:y]\nCOMMIT|counters
no value|sysctl.conf|net.ipv4.ip_forward|"="
EOF
printf '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j DROP\n' | host rules.v4
want "rules: COMMIT is missing" 2 'COMMIT' "$hw" replay "$tmp/h" --quiet
printf '*nonesuch\nCOMMIT\n' | host rules.v4
want "rules: unknown table" 2 'nonesuch' "$hw" replay "$tmp/h" --quiet
head -c 1000000 /dev/zero | tr '\0' x | host rules.v4
want "rules: one line of 1 MB" 2 'rules.v4:1:' "$hw" replay "$tmp/h" --quiet
{ printf '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m comment --comment "'; head -c 1000000 /dev/zero | tr '\0' x; printf '" -j DROP\nCOMMIT\n'; } | host rules.v4
want "rules: an argument of 1 MB" 2 'rules.v4:3:' "$hw" replay "$tmp/h" --quiet
{ printf '*filter\n:INPUT ACCEPT [0:0]\n'; yes -- '-A INPUT -m nonesuch -j DROP' | head -100000; echo COMMIT; } | host rules.v4
want "rules: 100,000 wrong lines" 2 'more errors' "$hw" replay "$tmp/h" --quiet
{ printf '*filter\n:INPUT ACCEPT [0:0]\n'; for i in $(seq 1 2000); do echo ":c$i - [0:0]"; done
  for i in $(seq 1 1999); do echo "-A c$i -j c$((i + 1))"; done; echo "-A INPUT -j c1"; echo "-A c2000 -j c1"; echo COMMIT; } | host rules.v4
want "rules: a circle of 2000 chains" 2 'go round' "$hw" replay "$tmp/h" --quiet
head -c 300000 /dev/urandom | host rules.v4
want "rules: random bytes" 2 'rules.v4' "$hw" replay "$tmp/h" --quiet
head -c 300000 /dev/zero | host rules.v4
want "rules: zeros" 2 'rules.v4|no events' "$hw" replay "$tmp/h" --quiet

# ---- the other files of a host
while IFS='|' read -r name file text regex; do
	printf '%b\n' "$text" | host "$file"
	want "$file: $name" 2 "$file(:[0-9]+:[0-9]+)?: error: .*($regex)" "$hw" replay "$tmp/h" --quiet
done <<'EOF'
unknown object|ip.batch|frob add x|frob
bad address|ip.batch|addr add 10.0.0.999/24 dev eth0|999
no device|ip.batch|addr add 10.0.0.1/24 dev nowhere0|nowhere0
no argument|ip.batch|route add|.
a route that cannot be|ip.batch|route add default via 172.16.0.1|.
NUL|ip.batch|addr add 10.0.0.1\0/24 dev eth0|.
unknown key|sysctl.conf|net.ipv4.frob=1|frob
bad value|sysctl.conf|net.ipv4.ip_forward=maybe|maybe
bad JSON|neighbours.json|{"10.0.0.2":|JSON
a list|neighbours.json|[]|object
bad MAC|neighbours.json|{"10.0.0.2": "xx"}|link address
bad JSON|events.jsonl|{"t": 0|JSON
a list|events.jsonl|[1]|object
no device|events.jsonl|{"t":0,"in":"nowhere0","frame":"00"}|nowhere0
bad hex|events.jsonl|{"t":0,"in":"eth0","frame":"zz"}|frame
odd hex|events.jsonl|{"t":0,"in":"eth0","frame":"000"}|.
negative time|events.jsonl|{"t":-1,"in":"eth0","frame":"00"}|.
unknown protocol|traffic.txt|eth0: frob 10.0.0.5 > 10.0.0.1|frob
unknown key|traffic.txt|eth0: udp 10.0.0.5:1 > 10.0.0.1:2 frob=1|frob
no arrow|traffic.txt|eth0: udp 10.0.0.5:1 10.0.0.1:2|.
no device|traffic.txt|nowhere0: udp 10.0.0.5:1 > 10.0.0.1:2|nowhere0
bad pause|traffic.txt|sleep forever|how long
EOF
{ head -c 200000 /dev/zero | tr '\0' '['; } | host events.jsonl
want "events.jsonl: 200,000 brackets deep" 2 'events.jsonl:1:.*JSON' "$hw" replay "$tmp/h" --quiet
{ printf '{"a":'; head -c 100000 /dev/zero | tr '\0' '['; } | host neighbours.json
want "neighbours.json: 100,000 brackets deep" 2 'neighbours.json.*JSON' "$hw" replay "$tmp/h" --quiet
yes 'addr frob x' | head -200000 | host ip.batch
want "ip.batch: 200,000 wrong lines" 2 'more errors' "$hw" replay "$tmp/h" --quiet
yes 'net.ipv4.frob=1' | head -200000 | host sysctl.conf
want "sysctl.conf: 200,000 wrong lines" 2 'more errors' "$hw" replay "$tmp/h" --quiet
{ printf '{"t":0,"in":"eth0","frame":"'; head -c 2000000 /dev/zero | tr '\0' 0; printf '"}\n'; } | host events.jsonl
want "events.jsonl: a frame of 1 MB" 2 'events.jsonl:1:' "$hw" replay "$tmp/h" --quiet
echo 'repeat 99999999999999999999 eth0: udp 10.0.0.5:1 > 10.0.0.1:2' | host traffic.txt
want "traffic.txt: repeated too often" 2 'traffic.txt:1:' "$hw" replay "$tmp/h" --quiet
for f in ip.batch sysctl.conf events.jsonl traffic.txt neighbours.json ip-addr.txt ip-route.txt ip-rule.txt ip-neigh.txt; do
	head -c 100000 /dev/urandom | host $f
	[ $f = traffic.txt ] || [ $f = events.jsonl ] || : > "$tmp/h/events.jsonl"
	want "$f: random bytes" 2 "$f" "$hw" replay "$tmp/h" --quiet
	[ $f = sysctl.conf ] && continue
	printf '[' | host $f
	[ $f = traffic.txt ] || [ $f = events.jsonl ] || : > "$tmp/h/events.jsonl"
	want "$f: a bracket" 2 "$f" "$hw" replay "$tmp/h" --quiet
done

# ---- captures
host
cap() { want "$1" "$2" "$3" "$hw" replay "$tmp/h" --in "eth0=$4" --quiet; }
: > "$tmp/c"; cap "capture: empty" 2 'not a capture' "$tmp/c"
cap "capture: missing" 2 'No such file' "$tmp/nowhere"
cap "capture: a directory" 2 'directory' "$tmp"
cap "capture: a text" 2 'not a capture' /etc/passwd
head -c 100000 /dev/urandom > "$tmp/c"; cap "capture: random bytes" 2 'not a capture' "$tmp/c"
want "capture: no such interface" 2 'no interface' "$hw" replay "$tmp/h" --in nowhere0=/dev/null
want "capture: no name" 2 'No such file|cannot open' "$hw" replay "$tmp/h" --in eth0=
corpus=tests/fuzz/corpus/capture
# Cut at every byte of the headers and the first packets: either whole packets, or an error that says where.
for f in nat-masquerade.pcap nat-masquerade.pcapng nat-masquerade.gz; do
	bad=0 n=0
	for cut in $(seq 1 4 200); do
		head -c "$cut" "$corpus/$f" > "$tmp/c"
		timeout 20 "$hw" replay "$tmp/h" --in eth0="$tmp/c" --quiet >"$tmp/out" 2>"$tmp/err"; s=$?
		n=$((n + 1))
		[ $s = 0 ] || { [ $s = 2 ] && grep -qE "$tmp/c: (broken after packet|not a capture)" "$tmp/err"; } || {
			bad=$((bad + 1)); echo "$f cut after $cut bytes: status $s"; head -3 "$tmp/err"; }
	done
	[ $bad = 0 ] && echo "ok $f cut at $n places" || echo "not ok $f cut at $n places: $bad times wrong"
	bad=0 n=0 size=$(stat -c %s "$corpus/$f")
	for at in $(seq 0 7 $((size < 400 ? size - 1 : 400))); do
		cp "$corpus/$f" "$tmp/c"
		printf '\377' | dd of="$tmp/c" bs=1 seek="$at" conv=notrunc 2>/dev/null
		timeout 20 "$hw" replay "$tmp/h" --in eth0="$tmp/c" --quiet >"$tmp/out" 2>"$tmp/err"; s=$?
		n=$((n + 1))
		[ $s = 0 ] || { [ $s = 2 ] && grep -qF "$tmp/c: " "$tmp/err"; } || {
			bad=$((bad + 1)); echo "$f with byte $at 0xff: status $s"; head -3 "$tmp/err"; }
	done
	[ $bad = 0 ] && echo "ok $f corrupt at $n places" || echo "not ok $f corrupt at $n places: $bad times wrong"
done
size=$(stat -c %s "$corpus/nat-masquerade.gz")
head -c $((size - 9)) "$corpus/nat-masquerade.gz" > "$tmp/c"
cap "capture: gzip cut at its end" 2 'broken after packet [0-9]+' "$tmp/c"
head -c 60 "$corpus/nat-masquerade.pcap" > "$tmp/c"
want "capture: cut: what came before stands" 2 'broken after packet 0' "$hw" replay "$tmp/h" --in "eth0=$tmp/c" --quiet
timeout 20 "$hw" replay "$tmp/h" --in eth0=- --quiet < /dev/null >"$tmp/out" 2>"$tmp/err"; verdict "capture: nothing on standard input" 2 'not a capture' $?
timeout 20 "$hw" replay "$tmp/h" --in eth0=- --quiet < $corpus/nat-masquerade.pcap >"$tmp/out" 2>"$tmp/err"; verdict "capture: on standard input" 0 '' $?

# A packet that the capture cut is judged by its headers, and the trace says that it was cut.
if [ -n "$have_py" ]; then
	python3 - "$tmp/c" <<'EOF'
import struct, sys
ip = bytes.fromhex('450000c800010000401100000a0000050a000001')
s = sum(struct.unpack('>10H', ip)); s = (s & 0xffff) + (s >> 16); ip = ip[:10] + struct.pack('>H', ~s & 0xffff) + ip[12:]
f = bytes.fromhex('02000000000102aa0a0000050800') + ip + bytes.fromhex('0064003500b40000')
w = struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 64, 1) + struct.pack('<IIII', 1, 0, len(f), 214) + f
open(sys.argv[1], 'wb').write(w)
EOF
	rules '-A INPUT -p udp -m udp --dport 53 -m length --length 200 -j DROP'
	want "capture: a cut packet" 0 '' "$hw" replay "$tmp/h" --in "eth0=$tmp/c" --quiet --json "$tmp/r.json"
	grep -q '"v4:filter:INPUT:1":\[1,200\]' "$tmp/r.json" && echo "ok capture: a cut packet meets its rule" || { echo "not ok capture: a cut packet meets its rule"; head -c 500 "$tmp/r.json"; }
	"$hw" replay "$tmp/h" --in "eth0=$tmp/c" --trace 2>&1 | grep -qi 'cut' && echo "ok capture: the trace says that it was cut" || echo "not ok capture: the trace says that it was cut"
	rm -f "$tmp/r.json"
else
	echo "skipped: a cut packet: no python3"
fi

# ---- results that cannot be written
full=tests/kernel/recorded/nat-masquerade
for view in json events report; do
	want "$view: into a directory that is not there" 2 "nowhere.*No such file" "$hw" replay $full --$view "$tmp/nowhere/x"
	want "$view: over a directory" 2 "$tmp/empty: " "$hw" replay $full --$view "$tmp/empty"
	[ -e "$tmp/empty.part" ] && echo "not ok $view: .part was left" || echo "ok $view: no .part is left"
done
want "--out: over a file" 2 "$tmp/c" "$hw" replay $full --quiet --out "$tmp/c"
timeout "$limit" "$hw" replay $full >/dev/full 2>"$tmp/err"; verdict "standard output is full" 2 'No space' $?
timeout "$limit" "$hw" replay $full --json - >/dev/full 2>"$tmp/err"; verdict "--json - on a full disk" 2 'No space' $?
timeout "$limit" "$hw" replay $full --trace >/dev/full 2>"$tmp/err"; verdict "--trace on a full disk" 2 'No space' $?
timeout "$limit" "$hw" save $full/rules.v4 >/dev/full 2>"$tmp/err"; verdict "save on a full disk" 2 'No space' $?
mkdir "$tmp/small"
if [ "$(id -u)" = 0 ] && unshare -m mount -t tmpfs none "$tmp/small" 2>/dev/null; then
	for view in json events out; do
		timeout "$limit" unshare -m sh -c "mount -t tmpfs -o size=8k none '$tmp/small' &&
			{ '$hw' replay $full --quiet --$view '$tmp/small/r'; s=\$?; ls -AR '$tmp/small' > '$tmp/left'; exit \$s; }" >"$tmp/out" 2>"$tmp/err"
		verdict "--$view on a full disk" 2 'small/r.*No space' $?
		if grep -qE '\.part|^r$' "$tmp/left" && [ $view != out ] || grep -q '\.part' "$tmp/left"; then
			echo "not ok --$view on a full disk: left $(tr '\n' ' ' < "$tmp/left")"
		fi
	done
else
	echo "skipped: a small full disk: needs root and mount namespaces"
fi
# A run that ends in bad input keeps what came before, whole, under its name; no .part stays.
{ cat $full/events.jsonl; echo '{"broken'; } > "$tmp/ev"
host events.jsonl < "$tmp/ev"; cp $full/ip.batch $full/rules.v4 $full/sysctl.conf "$tmp/h/"
want "events.jsonl: broken at its end" 2 'events.jsonl:[0-9]+:' "$hw" replay "$tmp/h" --quiet --json "$tmp/r.json"
[ -e "$tmp/r.json.part" ] && echo "not ok no .part after a broken run" || echo "ok no .part after a broken run"
if [ -n "$have_py" ] && [ -e "$tmp/r.json" ]; then
	python3 -c "import json, sys; json.load(open(sys.argv[1]))" "$tmp/r.json" && echo "ok a broken run's result is whole" || echo "not ok a broken run's result is whole"
fi

# ---- out of memory; long runs
for d in nat-masquerade reject-tcp-reset fragment-defrag; do
	mkdir -p "$tmp/oom"
	timeout 300 "$BUILD/faults/oom" tests/kernel/recorded/$d "$tmp/oom" 2>&1
done
timeout 300 "$BUILD/faults/longrun" 2>&1
