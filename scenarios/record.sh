#!/bin/bash
# SPDX-License-Identifier: MIT
# Records the captures of the scenarios: real programs talk through a real kernel in network namespaces.
#   sudo scenarios/record.sh            all of them
#   sudo scenarios/record.sh snat log   these
#
# Each scenario's own files (ip.batch, sysctl.conf, rules.v4) configure the namespace "host"; everything else lives in
# "wan" (behind eth0) and "lan" (behind eth1). What arrives at the host is written to eth0.pcap and eth1.pcap, the
# kernel's counters at the end to kernel-counters.txt, its log lines (if there are rules for them) to kernel-log.txt.
# Needs root and: iproute2 iptables tcpdump ethtool curl dnsutils dnsmasq-base netcat-openbsd iputils-ping python3.
# No packet leaves the namespaces; they are deleted at the end, also after a failure.
set -eu
cd "$(dirname "$0")"
export LC_ALL=C
id=hwscen-$$
host=$id-host wan=$id-wan lan=$id-lan
tmp=$(mktemp -d "/tmp/$id-XXXXXX")
mkdir "$tmp/www"
pids= dumps=
log_all=$(cat /proc/sys/net/netfilter/nf_log_all_netns 2>/dev/null || true)

end_all() {
	for p in $dumps $pids; do kill "$p" 2>/dev/null || true; done
	wait 2>/dev/null || true
	pids= dumps=
	for n in $host $wan $lan; do ip netns del "$n" 2>/dev/null || true; done
}
finish() {
	end_all
	[ -z "$log_all" ] || echo "$log_all" > /proc/sys/net/netfilter/nf_log_all_netns
	rm -rf "$tmp"
}
trap finish EXIT
trap 'exit 1' INT TERM

in_host() { ip netns exec "$host" "$@"; }
in_wan() { ip netns exec "$wan" "$@"; }
in_lan() { ip netns exec "$lan" "$@"; }
serve_wan() { (cd "$tmp/www" && exec ip netns exec "$wan" "$@" >/dev/null 2>&1) & pids="$pids $!"; }
serve_lan() { (cd "$tmp/www" && exec ip netns exec "$lan" "$@" >/dev/null 2>&1) & pids="$pids $!"; }

# Waits until something listens there: NAMESPACE t|u PORT
await() {
	for _ in $(seq 100); do
		[ -z "$(ip netns exec "$1" ss -Hln"$2" "sport = :$3")" ] || return 0
		sleep 0.1
	done
	echo "nothing listens on port $3" >&2
	return 1
}

wire() {	# NAMESPACE ethK MAC
	ip link add "w$$" netns "$1" type veth peer name "$2" netns "$host"
	ip -n "$1" link set "w$$" name net0 address "$3"
	ip -n "$host" link set "$2" address "02:00:00:00:00:0$((${2#eth} + 1))"
	ip netns exec "$1" ethtool -K net0 tx off rx off tso off gso off gro off >/dev/null
	in_host ethtool -K "$2" tx off rx off tso off gso off gro off >/dev/null
	ip -n "$1" link set lo up
	ip -n "$1" link set net0 up
	ip -n "$host" link set "$2" up
}

build() {
	for n in $host $wan $lan; do
		ip netns add "$n"
		ip netns exec "$n" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
	done
	wire "$wan" eth0 02:11:00:00:00:01
	wire "$lan" eth1 02:11:00:00:00:02
	ip -n "$host" link set lo up
	# The provider's router, a web server, a name server and three clients of the world.
	for a in 198.51.100.254/24 203.0.113.80/32 203.0.113.53/32 203.0.113.7/32 203.0.113.8/32 203.0.113.9/32; do
		ip -n "$wan" addr add $a dev net0
	done
	# The office's servers (10, 11, 12, 13) and people (20, 21, 22).
	for a in 10 11 12 13 20 21 22; do ip -n "$lan" addr add 192.168.1.$a/24 dev net0; done
	ip -n "$lan" route add default via 192.168.1.1 src 192.168.1.20
	ip -n "$host" -batch "$1/ip.batch"
	in_host sysctl -q -p "$1/sysctl.conf" >/dev/null
	in_host iptables-legacy-restore < "$1/rules.v4"
}

dump() {	# ethK FILE
	ip netns exec "$host" tcpdump -i "$1" -Q in -n -U --immediate-mode --time-stamp-precision=nano -w "$2" 2>"$tmp/$1.err" &
	dumps="$dumps $!"
	for _ in $(seq 50); do
		grep -q "listening on" "$tmp/$1.err" && return 0
		sleep 0.1
	done
	echo "tcpdump does not listen" >&2
	return 1
}

# A name server that knows one answer; a web server.
dns() { "serve_$1" dnsmasq -C /dev/null -d --no-resolv --no-hosts --bind-interfaces --except-interface=lo --address=/#/203.0.113.80 --pid-file=; }
www() { "serve_$1" python3 -m http.server "$2"; }
get() { ns=$1; shift; ip netns exec "$ns" curl -sS -o /dev/null --max-time 4 "$@" || true; }
# Routes by which the world finds the office without NAT.
public() { ip -n "$wan" route add 192.168.1.0/24 via 198.51.100.1 src 203.0.113.7; }
# A client of the world that uses its own address.
from() { ip -n "$wan" route replace 198.51.100.1 dev net0 src "$1"; }

play_firewall() {
	public; www lan 80; www wan 80; dns wan
	await "$lan" t 80; await "$wan" t 80; await "$wan" u 53
	start "$1"
	get "$wan" http://192.168.1.10/
	get "$lan" http://203.0.113.80/
	in_lan dig +tries=1 +time=2 @203.0.113.53 www.example.org >/dev/null || true
	in_wan ping -q -c 2 -i 0.2 -W 1 198.51.100.1 >/dev/null || true
	in_wan nc -w 2 -z 198.51.100.1 22 || true
	in_wan nc -w 2 -z 192.168.1.10 3306 || true
	in_wan ping -q -c 1 -W 1 192.168.1.20 >/dev/null || true
}
play_firewall_reject_first() { play_firewall "$1"; }
play_firewall_no_established() { play_firewall "$1"; }

play_router() {
	public; www lan 80
	await "$lan" t 80
	start "$1"
	in_wan ping -q -c 3 -i 0.2 -W 1 192.168.1.10 >/dev/null || true
	get "$wan" http://192.168.1.10/
	in_lan ping -q -c 1 -W 1 203.0.113.80 >/dev/null || true
	in_wan ping -q -c 1 -t 1 -W 1 192.168.1.10 >/dev/null || true
	in_wan ping -q -c 1 -W 1 198.51.100.1 >/dev/null || true
}
play_router_off() { play_router "$1"; }

play_masquerade() {
	www wan 80; dns wan
	await "$wan" t 80; await "$wan" u 53
	start "$1"
	for a in 20 21 22; do
		in_lan dig +tries=1 +time=2 -b 192.168.1.$a @203.0.113.53 www.example.org >/dev/null
		get "$lan" --interface 192.168.1.$a http://203.0.113.80/
	done
	in_lan ping -q -c 2 -i 0.2 -W 1 -I 192.168.1.21 203.0.113.7 >/dev/null
}
play_snat() { play_masquerade "$1"; }

play_port_forward() {
	www lan 8080
	await "$lan" t 8080
	start "$1"
	for a in 7 8; do
		from 203.0.113.$a
		get "$wan" http://198.51.100.1/
	done
	in_wan nc -w 1 -z 198.51.100.1 8080 || true
}
play_port_forward_old_port() { play_port_forward "$1"; }

# Answers are not recorded: they come from whichever server the kernel's dice chose.
play_balance_random() {
	dns lan
	await "$lan" u 53
	start "$1" eth0
	for i in $(seq 100); do echo "@198.51.100.1 n$i.example.org"; done > "$tmp/questions"
	for a in 7 8 9; do
		in_wan dig +tries=1 +time=1 +noedns -b 203.0.113.$a -f "$tmp/questions" >/dev/null || true
	done
}
play_balance_random_equal() { play_balance_random "$1"; }

play_balance_nth() {
	www lan 80
	await "$lan" t 80
	start "$1"
	for _ in $(seq 24); do get "$wan" http://198.51.100.1/ 2>/dev/null; done
}
play_balance_nth_equal() { play_balance_nth "$1"; }

hold() { (sleep "$2"; echo) | ip netns exec "$wan" nc -N -w 4 -s "$1" 192.168.1.10 80 >/dev/null & held="$held $!"; sleep 0.1; }
play_connlimit() {
	public
	cat > "$tmp/echo.py" <<-'PY'
	import socket, threading
	def keep(c):
	    while c.recv(4096): pass
	    c.close()
	s = socket.create_server(("192.168.1.10", 80))
	while True: threading.Thread(target=keep, args=(s.accept()[0],), daemon=True).start()
	PY
	serve_lan python3 "$tmp/echo.py"
	await "$lan" t 80
	start "$1"
	held=
	# One client holds two connections and tries a third and a fourth; another one has its own two.
	hold 203.0.113.7 1.5; hold 203.0.113.7 1.7; hold 203.0.113.7 1; hold 203.0.113.7 1
	hold 203.0.113.8 1; hold 203.0.113.8 1
	wait $held || true
	# Their places are free again.
	held=; hold 203.0.113.7 0.2; wait $held || true
}

play_limit() {
	public
	start "$1"
	# One client floods, another one pings now and then: they share one bucket.
	ip netns exec "$wan" ping -q -c 40 -i 0.07 -W 1 -I 203.0.113.7 192.168.1.10 >/dev/null &
	flood=$!
	in_wan ping -q -c 6 -i 0.45 -W 1 -I 203.0.113.8 192.168.1.10 >/dev/null || true
	wait $flood || true
}

play_log() {
	public; www lan 80
	await "$lan" t 80
	start "$1"
	get "$wan" http://192.168.1.10/
	for p in 21 22 23 25 110 143; do in_wan nc -w 1 -z 192.168.1.10 $p || true; done
	in_wan ping -q -c 12 -i 0.1 -W 1 192.168.1.10 >/dev/null || true
}

# Zeroes the counters and begins to record.
start() {
	recorded="${2:-eth0 eth1}"
	rm -f "$1"/eth*.pcap
	for d in $recorded; do dump "$d" "$1/$d.pcap"; done
	for t in $(sed -n 's/^\*//p' "$1/rules.v4"); do in_host iptables-legacy -t "$t" -Z; done
	[ -z "$log_all" ] || echo 1 > /proc/sys/net/netfilter/nf_log_all_netns
	mark="$id begins $1"
	echo "$mark" > /dev/kmsg
}

record() {
	echo "recording $1"
	build "$1"
	head -c 3000 /dev/zero | tr '\0' x > "$tmp/www/index.html"
	"play_${1//-/_}" "$1"
	sleep 0.5
	in_host iptables-legacy-save -c | grep -v '^#' > "$1/kernel-counters.txt"
	if grep -q -- '-j LOG' "$1/rules.v4"; then
		dmesg | sed "1,/$mark/d" | sed -n 's/^.*\(fw drop: .*\)$/\1/p' > "$1/kernel-log.txt"
	fi
	for p in $dumps; do kill "$p"; done
	for p in $dumps; do wait "$p" || true; done
	dumps=
	end_all
}

[ "$(id -u)" = 0 ] || { echo "recording needs root: it makes network namespaces" >&2; exit 2; }
[ $# -gt 0 ] || set -- $(for f in */rules.v4; do dirname "$f"; done)
for s in "$@"; do record "$s"; done
ls -l */eth*.pcap | awk '{ print $5, $9 }'
