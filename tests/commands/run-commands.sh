#!/bin/bash
# Scripts of commands: each NAME.out is what the real iptables 1.8.9 (legacy), or ipset 7.17, answered on a fresh Linux 6.18
# network namespace, command by command, without the dates of iptables-save. Prints "ok NAME" or "not ok NAME".
cd "$(dirname "$0")/../.."
bin=${BUILD:-build/rel}/hookwalk
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

for f in tests/commands/*.sh; do
	name=$(basename "$f" .sh)
	[ -e "tests/commands/$name.out" ] || continue
	mkdir -p "$tmp/$name"
	cp "$f" "$tmp/$name/commands.sh"
	timeout 60 "$bin" save --show-commands "$tmp/$name" >"$tmp/out" 2>"$tmp/err"; status=$?
	tr '\0' '~' <"$tmp/out" >"$tmp/text" && mv "$tmp/text" "$tmp/out"	# -L of a bpf match has a NUL in it
	if [ $status = 0 ] && cmp -s "$tmp/out" "tests/commands/$name.out"; then
		echo "ok $name"
	else
		echo "not ok $name: status $status"
		diff "tests/commands/$name.out" "$tmp/out" | head -10
	fi
done

# refused LINE:COLUMN TEXT: a shell's syntax that is not a plain command line has its place told.
refused() {
	mkdir -p "$tmp/refused"
	printf '%s\n' "$2" >"$tmp/refused/commands.sh"
	out=$("$bin" save "$tmp/refused" 2>&1); status=$?
	if [ $status = 2 ] && printf '%s\n' "$out" | grep -q "commands.sh:$1: error:"; then
		echo "ok refused '$2'"
	else
		echo "not ok refused '$2': status $status"
		printf '%s\n' "$out" | head -3
	fi
}

refused 1:1 'if true'
refused 1:1 'for i in 1 2'
refused 1:16 'iptables -L -n | grep x'
refused 1:13 'iptables -F && iptables -X'
refused 1:8 'echo 1 > /proc/sys/net/ipv4/ip_forward'
refused 1:3 'X=$(hostname)'
refused 1:15 'iptables -A X `a`'
refused 1:13 'iptables -s ${X:-1}'
refused 1:13 'iptables -s "x'
refused 1:13 'iptables -s {1,2}'
refused 1:1 'ipset-translate restore'
refused 1:1 'apt-get update'
refused 1:1 'X=1 iptables -L'
refused 1:18 'iptables-restore <<E'

# Sets for a file of rules: --ipset.
said() {	# NAME STATUS TEXT COMMAND...
	local name=$1 want=$2 text=$3
	shift 3
	out=$("$@" 2>&1); status=$?
	if [ $status = "$want" ] && printf '%s\n' "$out" | grep -qF -e "$text"; then
		echo "ok $name"
	else
		echo "not ok $name: status $status"
		printf '%s\n' "$out" | head -3
	fi
}
mkdir -p "$tmp/host"
printf 'create s hash:ip\nadd s 10.0.0.1\n' >"$tmp/sets"
printf 'create s hash:ip\nadd s 10.0.0.x\n' >"$tmp/wrong"
printf '*filter\n-A INPUT -m set --match-set s src\nCOMMIT\n' >"$tmp/rules"
said "save --ipset" 0 "-A INPUT -m set --match-set s src" "$bin" save --ipset "$tmp/sets" "$tmp/rules"
said "save without the set" 2 "rules:2:29: error: Set s doesn't exist." "$bin" save "$tmp/rules"
said "save --ipset: an error has its line" 2 "wrong:2:1: error: Syntax error: cannot parse 10.0.0.x" "$bin" save --ipset "$tmp/wrong" "$tmp/rules"
said "save --ipset of a host" 2 "its own ipset.save" "$bin" save --ipset "$tmp/sets" "$tmp/host"
