#!/bin/sh
# SPDX-License-Identifier: MIT
# What "make demo" runs: a captured morning of a small office through its masquerading router, then one packet's way
# through a firewall that loses it. Needs no root and no network.
cd "$(dirname "$0")/.." || exit 2
hookwalk=${BUILD:-build/rel}/hookwalk

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || say() { printf '\n%s\n' "$*"; }

say "1. Two captures through a masquerading router: what did every rule and every flow do?"
say "\$ hookwalk replay scenarios/masquerade --in eth0=scenarios/masquerade/eth0.pcap --in eth1=scenarios/masquerade/eth1.pcap"
"$hookwalk" replay scenarios/masquerade --in eth0=scenarios/masquerade/eth0.pcap --in eth1=scenarios/masquerade/eth1.pcap || exit

say "2. Port 80 is forwarded to a server, but nobody gets through. Where does the packet end, and why?"
say "\$ hookwalk replay scenarios/first --trace"
"$hookwalk" replay scenarios/first --trace || exit

say "The rule wants port 80, but NAT has already made it 8080: rule 2 must say --dport 8080. More: scenarios/*/README.md"
