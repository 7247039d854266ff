#!/bin/bash
# SPDX-License-Identifier: MIT
# Commands that are drawn, beside the installed iptables (legacy) and ipset in network namespaces of their own: see random.py.
# COMMANDS_NUMBER commands a program (300), COMMANDS_SEED (1). Prints "ok NAME", "not ok NAME" or "skipped: WHY".
cd "$(dirname "$0")/../.."
bin=${BUILD:-build/rel}/hookwalk

if ! unshare -n true 2>/dev/null; then
	echo "skipped: commands beside the real programs: no network namespaces for this user"
	exit 0
fi
for program in iptables ip6tables ipset; do
	case $program in
	ipset) want="ipset v7.17" have=$(ipset --version 2>/dev/null | head -1) try="ipset create x hash:ip" ;;
	*) want="$program v1.8.9 (legacy)" have=$($program-legacy --version 2>/dev/null) try="$program-legacy -t security -S" ;;
	esac
	if [ "${have%%, *}" != "$want" ]; then
		echo "skipped: commands beside $program: $want is not installed"
	elif ! why=$(unshare -n $try 2>&1 >/dev/null); then
		echo "skipped: commands beside $program: $(printf '%s' "$why" | head -1)"
	elif out=$(unshare -n python3 tests/commands/random.py --program $program --binary "$bin" --number "${COMMANDS_NUMBER:-300}" \
			--seed "${COMMANDS_SEED:-1}" 2>&1); then
		echo "ok random-$program"
	else
		echo "not ok random-$program"
		printf '%s\n' "$out" | tail -60
	fi
done
