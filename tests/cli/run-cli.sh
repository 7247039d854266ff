#!/bin/bash
# The command line: exit statuses and words. Prints "ok NAME" or "not ok NAME".
cd "$(dirname "$0")/../.."
bin=${BUILD:-build/rel}/hookwalk
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# want NAME STATUS PATTERN COMMAND...: the status, and a line on stdout or stderr that fits.
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

want help 0 'hookwalk replay' "$bin" --help
want version 0 '^hookwalk [0-9]' "$bin" --version
want no-command 2 'hookwalk replay' "$bin"
want unknown-command 2 'did you mean "replay"' "$bin" repaly
want no-host 2 'which host directory' "$bin" replay
want unknown-option 2 'usage: hookwalk replay' "$bin" replay --foo x
want no-such-host 2 'error' "$bin" replay "$tmp/nothing"
want storm 2 'never stops causing others' "$bin" replay tests/cli/storm
want storm-json 2 'never stops' "$bin" replay tests/cli/storm --quiet --json "$tmp/storm.json"
want storm-told 0 '"storm":0' cat "$tmp/storm.json"
# A name that is no file is written to, not replaced: as root, --json /dev/null once made a file of it.
mkfifo "$tmp/pipe"
cat "$tmp/pipe" >"$tmp/piped.json" &
want into-a-pipe 0 '' "$bin" replay tests/kernel/recorded/addrtype --quiet --json "$tmp/pipe"
wait $!
want still-a-pipe 0 '"format":1' cat "$tmp/piped.json"
want not-replaced 0 'fifo' stat -c %F "$tmp/pipe"
# Of a capture with more than 256 connections an event lists those that changed.
python3 tests/cli/many.py make "$tmp/many"
want many-connections 0 '' "$bin" replay "$tmp/many/host" --in eth0="$tmp/many/a.pcap" --in eth1="$tmp/many/b.pcap" --quiet --json "$tmp/many.json"
want many-followed 0 'events of changes' python3 tests/cli/many.py check "$tmp/many.json"
want bad-interface 2 'no interface "wan9"' "$bin" replay tests/cli/storm --in wan9=x.pcap

# A result never replaces what the run reads, by whatever name: rules, traffic, a recorded run, a capture.
cp -r tests/kernel/recorded/addrtype "$tmp/own"
ln "$tmp/own/events.jsonl" "$tmp/linked"
"$bin" replay "$tmp/own" --quiet --out "$tmp/caps" >/dev/null
cap=$(ls "$tmp/caps" | head -1)
cp -r "$tmp/caps" "$tmp/caps.was"
for option in json events conntrack report; do
	want "own-input-$option" 2 'events.jsonl: is read from' "$bin" replay "$tmp/own" "--$option" "$tmp/own/events.jsonl"
done
want own-input-linked 2 'linked: is read from' "$bin" replay "$tmp/own" --quiet --events "$tmp/linked"
want own-input-rules 2 'rules.v4: is read from' "$bin" replay "$tmp/own" --quiet --json "$tmp/own/rules.v4"
want own-input-like 2 'result.json: is read from' "$bin" replay "$tmp/own" --quiet --like "$tmp/own/result.json" --json "$tmp/own/result.json"
want own-input-capture 2 'is read from' "$bin" replay "$tmp/own" --quiet --in "${cap%.pcap}=$tmp/caps/$cap" --out "$tmp/caps"
want own-input-kept 0 '' diff -r tests/kernel/recorded/addrtype "$tmp/own"
want own-input-capture-kept 0 '' cmp "$tmp/caps/$cap" "$tmp/caps.was/$cap"

# Asking why changes nothing: the same result with --trace and without, for rules of every kind.
same() {
	local d
	for d in "$@"; do
		"$bin" replay "$d" --quiet --json "$tmp/plain.json" >/dev/null 2>&1
		"$bin" replay "$d" --trace --json "$tmp/asked.json" >/dev/null 2>&1
		cmp -s "$tmp/plain.json" "$tmp/asked.json" || { echo "not ok trace-changes-nothing: $d"; return; }
	done
	echo "ok trace-changes-nothing"
}
same tests/kernel/recorded/*/
want conntrack-list 0 '^ipv4     2 gre      47 30 src=10.0.0.5 dst=198.51.100.7 srckey=0x0 dstkey=0x7 \[UNREPLIED\] src=198.51.100.7' \
	"$bin" replay tests/kernel/recorded/ct-other-protos --quiet --conntrack -
want events-end 0 '"type":"CT_ENTRY"' "$bin" replay tests/kernel/recorded/ct-other-protos --quiet --events -

want unknown-refused 2 'hint: geoip is not emulated; with --allow-unknown=match:geoip' "$bin" replay tests/cli/unknown
allowed="--allow-unknown=match:geoip --allow-unknown=target:GROUP"
want unknown-rule 0 'UNKNOWN  *filter FORWARD rule 3' "$bin" replay tests/cli/unknown $allowed
want unknown-flow 0 '10.0.0.5:1002 > 192.0.2.9:25 .* 2 unknown' "$bin" replay tests/cli/unknown $allowed
want unknown-ruled-out 0 '10.0.0.5:1000 > 192.0.2.9:80 .* 1 left by eth1' "$bin" replay tests/cli/unknown $allowed
want unknown-target 0 '1  UNKNOWN  *filter FORWARD rule 4' "$bin" replay tests/cli/unknown $allowed
want unknown-memory 0 '1  UNKNOWN  *filter FORWARD rule 5' "$bin" replay tests/cli/unknown $allowed
want unknown-verdict 0 '"type":"VERDICT".*"verdict":"UNKNOWN"' "$bin" replay tests/cli/unknown $allowed --quiet --events -
want unknown-not-listed 0 "^3$" sh -c "$bin replay tests/cli/unknown $allowed --quiet --conntrack - | wc -l"

# What is not emulated is refused or told, never passed over: host NAME FILE TEXT.
host() {
	rm -rf "$tmp/host"; mkdir "$tmp/host"
	echo "addr add 10.0.0.1/24 dev eth0" >"$tmp/host/ip.batch"
	echo 'eth0: udp 10.0.0.5:1 > 10.0.0.1:2' >"$tmp/host/traffic.txt"
	echo "$2" >>"$tmp/host/$1"
}
host sysctl.conf 'net.ipv4.tcp_syncookies = 2'
want sysctl-refused 2 'tcp_syncookies = 2 is not emulated' "$bin" replay "$tmp/host"
host sysctl.conf 'net.netfilter.nf_conntrack_log_invalid = 255'
want sysctl-told 0 'warning: net.netfilter.nf_conntrack_log_invalid = 255 has no effect' "$bin" replay "$tmp/host"
host sysctl.conf 'net.ipv4.foo = 1'
want sysctl-unknown 2 'unknown setting "net.ipv4.foo"' "$bin" replay "$tmp/host"
host topology.txt 'seg lan: a.eth0 b.eth0'
want lab-without-hosts 2 'there is no host in it' "$bin" replay "$tmp/host"
want lab-is-no-host 2 'topology.txt is not looked at here' "$bin" iptables "$tmp/host" -L

host ip.batch 'link add va type veth peer name vb
link set va up
link set vb up
addr add 10.9.0.1/24 dev va'
echo net.ipv4.ip_forward=1 >"$tmp/host/sysctl.conf"
echo 'eth0: udp 10.0.0.5:1 > 10.9.0.9:2' >"$tmp/host/traffic.txt"
want trace-arp-over-veth 0 'packet 2: arp who-has 10.9.0.9 tell 10.9.0.1' "$bin" replay "$tmp/host" --trace

host rules.v4 "$(printf '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m comment --comment "gr\303\274\337" -j LOG --log-prefix "p\377 "\nCOMMIT')"
want json-no-utf8 0 '"text": *"-A INPUT .*-j LOG --log-prefix' "$bin" replay "$tmp/host" --quiet --json -
want events-no-utf8 0 '"text":"p.uFFFD IN=eth0' "$bin" replay "$tmp/host" --quiet --events -
# A reply "in":"auto" to nothing is an event that is skipped, not one at an unknown device.
mkdir "$tmp/auto"
cp tests/cli/storm/ip.batch tests/cli/storm/sysctl.conf "$tmp/auto"
echo '{"t":0,"in":"auto","reply_to":-1,"kind":"rst"}' > "$tmp/auto/events.jsonl"
want reply-to-nothing 0 'skipped' "$bin" replay "$tmp/auto"

# --help is no error, of no command; what is wrong with an option is said.
for c in replay trace why check run test merge draw save iptables ip6tables verify; do
	want "help-$c" 0 "usage: hookwalk $c" "$bin" $c --help
	want "help-of-$c" 0 "usage: hookwalk $c" "$bin" help $c
	want "hookwalk(1)-names-$c" 0 . grep -F "hookwalk\\-${c/ip6/ip}" docs/man/hookwalk.1
done
want option-near 2 'did you mean --seed' "$bin" replay --sed 1
want option-value 2 '--json wants a value' "$bin" replay x --json
want option-no-value 2 '--any-mac takes no value' "$bin" replay --any-mac=3 x

# A full disk is told once, whatever is written where.
for c in "replay scenarios/first" "trace scenarios/first" "why scenarios/first" "why scenarios/first --json" "check scenarios/first" \
	 "save scenarios/first" "iptables scenarios/first -S" "draw chains scenarios/first" "test scenarios/lab-port-forward" "--help"; do
	want "full-stdout: $c" 2 '^1 hookwalk: error: standard output: cannot write: No space' \
		bash -c "$bin $c 2>&1 >/dev/full | sort | uniq -c | sed 's/^ *//'; exit \${PIPESTATUS[0]}"
done
for o in json events report; do
	want "full-$o" 2 '/dev/full: cannot write: No space' "$bin" replay scenarios/first --$o /dev/full
done
want full-picture 2 '/dev/full: cannot write: No space' "$bin" draw chains scenarios/first -o /dev/full
want full-why 2 '/dev/full: cannot write: No space' "$bin" why scenarios/first --json=/dev/full
want full-check 2 '/dev/full: cannot write: No space' "$bin" check scenarios/first --sarif /dev/full
want full-test 2 '/dev/full: cannot write: No space' "$bin" test scenarios/lab-port-forward --junit /dev/full
want json-file 0 '"verdict"' sh -c "$bin why scenarios/first --json=$tmp/why.json && cat $tmp/why.json"

# Who is interrupted leaves nothing half written.
host traffic.txt 'repeat 100000000 every 1ms eth0: udp 10.0.0.5:1 > 10.0.0.1:2'
(cd "$tmp" && exec "$OLDPWD/$bin" replay host --quiet --events ev --out pcaps >/dev/null 2>&1) &
pid=$!
for i in $(seq 100); do [ -e "$tmp/ev.part" ] && break; sleep 0.1; done
want interrupted-began 0 "" test -e "$tmp/ev.part"
kill -TERM $pid; wait $pid 2>/dev/null
want interrupted 0 '^0$' sh -c "ls $tmp $tmp/pcaps 2>/dev/null | grep -c part; true"
# Into a pipe that nobody reads: the file has its name or is not there.
sh -c "$bin replay scenarios/first --events $tmp/ev2 --trace | true" 2>/dev/null
want broken-pipe 0 '^0$' sh -c "ls $tmp | grep -c 'ev2.part'; true"

# Inputs that nobody means: a place, and an end.
host rules.v4 ''; rm "$tmp/host/rules.v4"; ln -s nowhere "$tmp/host/rules.v4"
want link-to-nowhere 2 'rules.v4: error: cannot open' "$bin" replay "$tmp/host"
rm "$tmp/host/rules.v4"; head -c 9000000 /dev/zero | tr '\0' x >"$tmp/host/rules.v4"
want long-line 2 'rules.v4:1:1: error: a line of 9000000 bytes' "$bin" replay "$tmp/host"
head -c 100000 /dev/zero | tr '\0' x >"$tmp/host/traffic.txt"; rm "$tmp/host/rules.v4"
want message-short 0 '^1$' sh -c "[ \$($bin replay $tmp/host 2>&1 | wc -c) -lt 6000 ] && echo 1"
for f in ip.batch ip-addr.txt ip-route.txt ip-rule.txt ip-neigh.txt sysctl.conf rules.v4 rules.v6 rules.arp rules.eb neighbours.json \
	 traffic.txt events.jsonl commands.sh ipset.save; do
	host ip.batch ''; rm -f "$tmp/host/$f"; mkdir "$tmp/host/$f"
	want "directory-$f" 2 "$f: error: is a directory" "$bin" replay "$tmp/host"
	rmdir "$tmp/host/$f"; head -c 3000 /bin/sh >"$tmp/host/$f"
	want "binary-$f" 2 "$f:1:[0-9]*: error" "$bin" replay "$tmp/host"
done
# Each chain jumps to the next twice: 2^40 ways, no cycle. The packet ends as unknown, the program ends.
host ip.batch ''
awk 'BEGIN { print "*filter"; for (i = 0; i < 40; i++) print ":d" i " - [0:0]"; print "-A INPUT -j d0"
	for (i = 0; i < 39; i++) for (k = 0; k < 2; k++) print "-A d" i " -j d" i + 1; print "COMMIT" }' >"$tmp/host/rules.v4"
want jumps-without-end 0 'UNKNOWN  *filter d' "$bin" replay "$tmp/host"
python3 tests/cli/progress.py "$bin"

# IPv6 headers that say they are longer than the packet: on a bridge that looks for group reports, and before SYNPROXY.
mkdir -p "$tmp/bridge" "$tmp/proxy"
printf '%s\n' 'link add br0 type bridge' 'link set eth0 master br0' 'link set eth1 master br0' 'link set br0 up' >"$tmp/bridge/ip.batch"
echo 'net.bridge.bridge-nf-call-ip6tables = 0' >"$tmp/bridge/sysctl.conf"
echo 'addr add 2001:db8::1/64 dev eth0' >"$tmp/proxy/ip.batch"
printf '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp -m conntrack --ctstate INVALID,UNTRACKED -j SYNPROXY\nCOMMIT\n' >"$tmp/proxy/rules.v6"
python3 - "$tmp" <<'END'
import sys
src, dst, all_nodes = "20010db8000000000000000000000007", "20010db8000000000000000000000001", "ff020000000000000000000000000001"
def frame(mac, nxt, to, body, more):
    return f"eth0: raw hex={mac}02aa0000000786dd60000000{8:04x}{nxt:02x}40{src}{to}{body}{more}\n"
open(sys.argv[1] + "/bridge/traffic.txt", "w").write(frame("333300000001", 0, all_nodes, "3a01050200000000", "00" * 24))
open(sys.argv[1] + "/proxy/traffic.txt", "w").write(frame("020000000001", 60, dst, "0601010400000000", ""))
END
want headers-too-long-bridge 0 ': 1 packet in, ' "$bin" replay "$tmp/bridge"
want headers-too-long-synproxy 0 '1 dropped: filter INPUT rule 1' "$bin" replay "$tmp/proxy"

# What the captured host sent itself is left out of a cooked capture, and that is told.
python3 - "$tmp/cooked.pcap" <<'END'
import struct, sys
ip = bytes.fromhex("450000280000000040060000c6336407c63364019c40005000000000000000005002ffff00000000")
with open(sys.argv[1], "wb") as f:
    f.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 113))
    for kind in (0, 4):         # to the host; sent by it
        b = struct.pack(">HHH8sH", kind, 1, 6, b"\2\0\0\0\0\1\0\0", 0x0800) + ip
        f.write(struct.pack("<IIII", 1, kind, len(b), len(b)) + b)
END
mkdir -p "$tmp/lab/hosts/a" "$tmp/lab/hosts/b" "$tmp/only-nft"
echo 'seg lan: a.eth0 b.eth0' >"$tmp/lab/topology.txt"
echo 'addr add 10.0.0.1/24 dev eth0' >"$tmp/lab/hosts/a/ip.batch"
echo 'addr add 10.0.0.2/24 dev eth0' >"$tmp/lab/hosts/b/ip.batch"
"$bin" replay "$tmp/lab" --quiet --in "a.eth0=$tmp/cooked.pcap" --in "b.eth0=$tmp/cooked.pcap" 2>&1 | grep -c 'left out' >"$tmp/count"
want left-out-of-each 0 '^2$' cat "$tmp/count"
printf '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p udp -j DROP\nCOMMIT\n' >"$tmp/only-nft/rules-nft.v4"
want rules-of-nft-alone 0 'iptables-nft' "$bin" save "$tmp/only-nft"
want left-out-is-told 0 '1 packets were left out: the captured host sent them itself' "$bin" replay scenarios/first --in "eth0=$tmp/cooked.pcap"
