#!/bin/bash
# Commands amid the traffic: what each DIR/traffic.txt's commands print must be DIR/want.txt, which a Linux 6.18 kernel and
# iptables 1.8.9 (legacy) printed when the same frames and commands came in the same order. Prints "ok NAME" or "not ok NAME".
cd "$(dirname "$0")/../.."
bin=${BUILD:-build/rel}/hookwalk
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

for d in tests/traffic/*/; do
	name=$(basename "$d")
	timeout 60 "$bin" replay "$d" >"$tmp/out" 2>"$tmp/err"; status=$?
	sed -n '/^Commands$/,/^$/p' "$tmp/out" | sed '1d;$d;s/^  //' >"$tmp/commands"
	if [ $status = 0 ] && cmp -s "$tmp/commands" "$d/want.txt"; then
		echo "ok $name"
	else
		echo "not ok $name: status $status"
		diff "$d/want.txt" "$tmp/commands" | head -10
	fi
	timeout 60 "$bin" replay "$d" --events "$tmp/events" --json "$tmp/json" >/dev/null 2>&1
	if grep -q '"type":"COMMAND"' "$tmp/events"; then
		echo "ok $name in the stream"
	else
		echo "not ok $name in the stream"
	fi
done

# refused LINE:COLUMN TEXT: the place of a line that is none is told, and what came before it stands.
refused() {
	rm -rf "$tmp/host"
	mkdir -p "$tmp/host"
	echo 'addr add 10.0.0.1/24 dev eth0' >"$tmp/host/ip.batch"
	printf 'eth0: icmp 10.0.0.9 > 10.0.0.1 echo-request\n%s\n' "$2" >"$tmp/host/traffic.txt"
	out=$("$bin" replay "$tmp/host" 2>&1); status=$?
	if [ $status = 2 ] && printf '%s\n' "$out" | grep -q "$1: error:" && printf '%s\n' "$out" | grep -q '^host: 1 packet in'; then
		echo "ok refused '$2'"
	else
		echo "not ok refused '$2': status $status"
		printf '%s\n' "$out" | head -4
	fi
}

refused traffic.txt:2:3 '$ iptbles -F'
refused traffic.txt:2:15 '$ iptables -F && iptables -X'
refused nothere.sh 'run nothere.sh'
refused traffic.txt:2:5 'run ../other.sh'
refused traffic.txt:2:1 'run'
