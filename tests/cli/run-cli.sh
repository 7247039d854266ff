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
want bad-interface 2 'no interface "wan9"' "$bin" replay tests/cli/storm --in wan9=x.pcap

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
