#!/bin/bash
# SPDX-License-Identifier: MIT
# This machine's kernel as the judge: every recorded case and every scenario is run on it and must agree with the
# emulation. Then what verify promises around that: it says why it cannot run, leaves nothing behind, touches nothing.
#   tests/kernel/run-kernel.sh [CASE...]
#
# A case that differs is run again, up to three times in all, and must agree once. What a run cannot help is the
# machine's load: a clock tick that is late, or a process that does not get the CPU for some ticks, moves a packet to
# the other side of a limiter's refill or of a timeout. Such a difference is gone the next time; one of the emulation's
# is not.
set -u
cd "$(dirname "$0")/../.."
hookwalk=$PWD/${BUILD:-build/rel}/hookwalk
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
tries=3

# One "ok NAME" a host that agrees; what differs is shown.
live() {	# LABEL ARGS...
	local label=$1
	shift
	"$hookwalk" verify --tries $tries "$@" > "$tmp/out" 2>&1
	awk -v label="$label" '
		/^agrees / { sub(/:$/, "", $2); print "ok " label $2; next }
		/^(DIFFERS|REFUSED|ERROR) / { sub(/:$/, "", $2); print "not ok " label $2 ": " $1; next }
		{ print }' "$tmp/out" | grep -v ' agreed, [0-9]* did not$'
}

mkdir -p "$tmp/host"
echo 'addr add 10.0.0.1/24 dev eth0' > "$tmp/host/ip.batch"
echo '{"t":0,"skip":"only to see whether it runs"}' > "$tmp/host/events.jsonl"
if ! "$hookwalk" verify "$tmp/host" > "$tmp/out" 2>&1 && grep -q 'no permission to create network namespaces' "$tmp/out"; then
	echo "skipped: no permission to create network namespaces"
	exit 0
fi

for program in ip ipset iptables-legacy-restore ip6tables-legacy-restore arptables-nft-restore ebtables-nft-restore; do
	PATH=$PATH:/usr/sbin:/sbin command -v $program > /dev/null || { echo "skipped: $program is missing"; exit 0; }
done

if [ $# -gt 0 ]; then
	live "" "$@"
	exit 0
fi
# Most of a case's time is waiting for the next packet: more at once than there are CPUs, those that wait longest early.
# Left out: v6-anycast, where the kernel answers after a time drawn at random, up to 0.8 seconds (proxy_delay).
# shellcheck disable=SC2046
live "" -j 8 $(printf '%s\n' tests/kernel/recorded/*/ | grep -v '/v6-anycast/' | sort -r)

for d in scenarios/*/; do
	in=()
	[ -e "$d/rules.v4" ] || continue
	for f in "$d"eth*.pcap; do
		[ ! -e "$f" ] || in+=(--in "$(basename "$f" .pcap)=$f")
	done
	# Captures of seconds: faster, on both sides.
	live "scenarios/" --speed 30 "${in[@]}" "$d"
done

# ---- around it

ok() { echo "ok $1"; }
notok() { echo "not ok $1${2:+: $2}"; }

links() { ls /sys/class/net; cat /proc/net/dev | wc -l; ls /run/netns 2>/dev/null; cat /proc/sys/net/ipv4/ip_forward; }

# A case that goes on for ten seconds.
cp -r "$tmp/host" "$tmp/long"
echo '{"t":9,"skip":"late"}' >> "$tmp/long/events.jsonl"

# children PID: all below it, in whatever namespace.
below() {
	local p
	for p in $(cat /proc/"$1"/task/*/children 2>/dev/null); do
		echo "$p"
		below "$p"
	done
}
gone() {	# PIDS: within five seconds
	local i p left
	for i in $(seq 50); do
		left=
		for p in "$@"; do [ ! -d "/proc/$p" ] || left="$left $p"; done
		[ -n "$left" ] || return 0
		sleep 0.1
	done
	return 1
}
started() {	# until the case has its four processes
	local i
	for i in $(seq 100); do
		[ "$(below "$1" | wc -l)" -lt 3 ] || return 0
		sleep 0.05
	done
	return 1
}

before=$(links)
for sig in INT TERM KILL; do
	# A shell without job control starts what runs beside it with SIGINT ignored.
	env --default-signal=INT "$hookwalk" verify "$tmp/long" > /dev/null 2>&1 &
	pid=$!
	started $pid
	all=$(below $pid)
	kill -$sig $pid
	wait $pid 2> /dev/null
	# shellcheck disable=SC2086
	if [ -n "$all" ] && gone $all; then ok "SIG$sig ends all of it"; else notok "SIG$sig ends all of it" "$all"; fi
done
[ "$before" = "$(links)" ] && ok "the machine's own network is untouched" || notok "the machine's own network is untouched"

# Rights: the process that compares has none; the ones below have theirs in a user namespace of their own.
"$hookwalk" verify "$tmp/long" > /dev/null 2>&1 &
pid=$!
started $pid
rights=$(sed -n 's/^CapEff:\t*0*//p' /proc/$pid/status)$(sed -n 's/^CapPrm:\t*0*//p' /proc/$pid/status)
[ -z "$rights" ] && ok "the caller has no capabilities left" || notok "the caller has no capabilities left" "$rights"
other=0 all=0
for p in $(below $pid); do
	eff=$(sed -n 's/^CapEff:\t*0*//p' "/proc/$p/status")
	[ -n "$eff" ] || continue
	all=$((all + 1))
	[ "$(readlink "/proc/$p/ns/user")" = "$(readlink /proc/self/ns/user)" ] && other=$((other + 1))
	[ "$(readlink "/proc/$p/ns/net")" = "$(readlink /proc/self/ns/net)" ] && other=$((other + 1))
done
if [ $all -gt 0 ] && [ $other = 0 ]; then ok "rights are only held in other namespaces"; else notok "rights are only held in other namespaces" "$all $other"; fi
kill $pid
wait $pid 2> /dev/null

# Why not: each case ends with status 2 and the reason.
refuses() {	# NAME PATTERN COMMAND...
	local name=$1 pattern=$2 status
	shift 2
	"$@" > "$tmp/out" 2>&1
	status=$?
	if [ $status = 2 ] && grep -Eq "$pattern" "$tmp/out"; then ok "$name"; else notok "$name" "status $status: $(head -c 300 "$tmp/out")"; fi
}
refuses "no host" 'nowhere' "$hookwalk" verify "$tmp/nowhere"
mkdir -p "$tmp/bad" "$tmp/silent"
cp "$tmp/host/ip.batch" "$tmp/bad"
cp "$tmp/host/ip.batch" "$tmp/silent"
echo '{"t":0,"in":"eth7x","frame":"00"}' > "$tmp/bad/events.jsonl"
refuses "traffic with an error in it" 'events.jsonl:1.*eth7x' "$hookwalk" verify "$tmp/bad"
refuses "no traffic" 'no events.jsonl' "$hookwalk" verify "$tmp/silent"
cp -r "$tmp/host" "$tmp/slow"
echo '{"t":300,"skip":"much later"}' >> "$tmp/slow/events.jsonl"
refuses "traffic of minutes" 'more than 60.*--speed' "$hookwalk" verify "$tmp/slow"
if "$hookwalk" verify --speed 1000 "$tmp/slow" > "$tmp/out" 2>&1; then ok "--speed shortens it"; else notok "--speed shortens it" "$(cat "$tmp/out")"; fi
# shellcheck disable=SC2016
refuses "no namespaces left" 'no permission to create network namespaces' \
	unshare -Ur sh -c 'echo 0 > /proc/sys/user/max_net_namespaces; exec "$0" verify "$1"' "$hookwalk" "$tmp/host"
# shellcheck disable=SC2016
if unshare -Ur sh -c 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$0" verify "$1"' "$hookwalk" "$tmp/host" > "$tmp/out" 2>&1; then
	ok "root without user namespaces"
else
	notok "root without user namespaces" "$(cat "$tmp/out")"
fi
# Anybody, where the system allows it.
if [ "$(id -u)" = 0 ]; then
	chmod -R go+rX "$tmp"
	cp "$hookwalk" "$tmp/hookwalk"
	cp -r tests/kernel/recorded/nat-masquerade "$tmp/user"
	chmod -R go+rX "$tmp/user"
	setpriv --reuid 65534 --regid 65534 --clear-groups "$tmp/hookwalk" verify --tries $tries "$tmp/user" > "$tmp/out" 2>&1
	case $? in
	0) ok "without root" ;;
	2) grep -q 'no permission to create network namespaces' "$tmp/out" && ok "without root: says why not" || notok "without root" "$(cat "$tmp/out")" ;;
	*) notok "without root" "$(cat "$tmp/out")" ;;
	esac
	cp -r "$tmp/user" "$tmp/owners"
	echo '{"t":0,"local":true,"packet":"45000014000000004011000000000000000a000002","uid":77}' > "$tmp/owners/events.jsonl"
	chmod -R go+rX "$tmp/owners"
	refuses "owners need root" 'run it as root|no permission' \
		setpriv --reuid 65534 --regid 65534 --clear-groups "$tmp/hookwalk" verify "$tmp/owners"
fi

# What a host's files may not do.
cp -r "$tmp/host" "$tmp/modprobe"
printf '*filter\n-A INPUT "-M" %s/evil -j ACCEPT\nCOMMIT\n' "$tmp" > "$tmp/modprobe/rules.v4"
refuses "a program named in rules" 'names a program' "$hookwalk" verify "$tmp/modprobe"
cp -r "$tmp/host" "$tmp/paths"
touch "$tmp/victim"
printf 'net/../../..%s/victim = 1\nkernel.hostname = changed\n' "$tmp" > "$tmp/paths/sysctl.conf"
name=$(cat /proc/sys/kernel/hostname)
"$hookwalk" verify "$tmp/paths" > "$tmp/out" 2>&1
if [ ! -s "$tmp/victim" ] && [ "$(cat /proc/sys/kernel/hostname)" = "$name" ]; then ok "settings outside net"; else notok "settings outside net"; fi

# --keep: what the kernel did can be replayed without it.
cp -r tests/kernel/recorded/nat-masquerade "$tmp/kept"
rm -f "$tmp/kept/result.json"
"$hookwalk" verify --tries $tries --keep --json "$tmp/all.json" "$tmp/kept" > "$tmp/out" 2>&1
if "$hookwalk" verify --recorded "$tmp/kept" >> "$tmp/out" 2>&1; then ok "--keep and --recorded"; else notok "--keep and --recorded" "$(cat "$tmp/out")"; fi
if python3 -c 'import json,sys; d = json.load(open(sys.argv[1])); sys.exit(not (d[0]["status"] == "agrees" and d[0]["kernel"]["events"]))' "$tmp/all.json"; then
	ok "--json"
else
	notok "--json"
fi
