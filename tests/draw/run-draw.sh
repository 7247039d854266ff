#!/bin/bash
# Pictures: the DOT text is the same as kept beside this file, and Graphviz draws each, twice the same.
cd "$(dirname "$0")/../.."
bin=${BUILD:-build/rel}/hookwalk
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

picture() {
	local name=$1 ok=1
	shift
	"$bin" draw "$@" -T dot >"$tmp/$name.dot" 2>"$tmp/err" || ok=
	[ -n "$UPDATE" ] && cp "$tmp/$name.dot" "tests/draw/$name.dot"
	cmp -s "$tmp/$name.dot" "tests/draw/$name.dot" || { ok=; diff "tests/draw/$name.dot" "$tmp/$name.dot" | head -5; }
	"$bin" draw "$@" -o "$tmp/a.svg" && "$bin" draw "$@" -T svg >"$tmp/b.svg" || ok=
	grep -q '</svg>' "$tmp/a.svg" && cmp -s "$tmp/a.svg" "$tmp/b.svg" || { ok=; echo "svg differs"; }
	if [ -n "$ok" ]; then echo "ok draw/$name"; else echo "not ok draw/$name"; cat "$tmp/err"; fi
}

picture chains chains scenarios/firewall --in eth0=scenarios/firewall/eth0.pcap --in eth1=scenarios/firewall/eth1.pcap
picture network network tests/why/lab-answer-dropped-by-router
picture host network scenarios/firewall
picture packet packet scenarios/first
picture shares shares scenarios/balance-random-equal --in eth0=scenarios/balance-random-equal/eth0.pcap
picture docker chains tests/why/ufw-route-allow-behind-docker-forward --focus DOCKER-FORWARD --depth 1
picture dead chains tests/check/host-dead --fold 6

for format in png pdf; do
	if "$bin" draw packet scenarios/first -o "$tmp/a.$format" && [ -s "$tmp/a.$format" ]; then echo "ok draw/$format"; else echo "not ok draw/$format"; fi
done
"$bin" draw chains scenarios/first --focus NOWHERE >/dev/null 2>"$tmp/err"
[ $? = 2 ] && grep -q 'no table has a chain "NOWHERE"' "$tmp/err" && echo "ok draw/no-such-chain" || echo "not ok draw/no-such-chain"
"$bin" draw chains scenarios/first -T nonsense >/dev/null 2>"$tmp/err"
[ $? = 2 ] && grep -q 'svg, png, pdf or dot' "$tmp/err" && echo "ok draw/no-such-format" || echo "not ok draw/no-such-format"
"$bin" draw chains tests/why/legacy-and-nft-rules-both-apply -T dot >"$tmp/both.dot" 2>/dev/null
grep -q 'label="nft filter"' "$tmp/both.dot" && grep -q 'label="legacy filter"' "$tmp/both.dot" && echo "ok draw/both-backends" || echo "not ok draw/both-backends"
"$bin" draw network tests/why/ip6-reject-all-in-forward -T dot >"$tmp/six.dot" 2>/dev/null
grep -q '2001:db8::10/64' "$tmp/six.dot" && grep -q '2001:db8:1::/64' "$tmp/six.dot" && echo "ok draw/network-ipv6" || echo "not ok draw/network-ipv6"
