#!/bin/bash
# SPDX-License-Identifier: MIT
# Rules that are drawn, beside the installed iptables (legacy) in a network namespace of their own: see syntax.py.
# SYNTAX_NUMBER rules a family (400), SYNTAX_SEED (1). Prints "ok NAME", "not ok NAME" or "skipped: WHY".
cd "$(dirname "$0")/../.."
bin=${BUILD:-build/rel}/hookwalk

if ! unshare -n true 2>/dev/null; then
	echo "skipped: syntax beside the real program: no network namespaces for this user"
	exit 0
fi
for family in ip ip6; do
	case $family in ip) prog=iptables-legacy ;; *) prog=ip6tables-legacy ;; esac
	if ! command -v $prog >/dev/null || ! command -v ipset >/dev/null; then
		echo "skipped: syntax beside $prog: it or ipset is not installed"
	elif [ "$($prog --version)" != "${prog%-legacy} v1.8.9 (legacy)" ]; then
		echo "skipped: syntax beside $prog: not version 1.8.9"
	elif ! why=$(unshare -n sh -c "$prog -t raw -S && $prog -t security -S && ipset create x hash:ip skbinfo" 2>&1 >/dev/null); then
		echo "skipped: syntax beside $prog: $(printf '%s' "$why" | head -1)"
	elif out=$(unshare -n python3 tests/ext/syntax.py --family $family --binary "$bin" --number "${SYNTAX_NUMBER:-400}" \
			--seed "${SYNTAX_SEED:-1}" 2>&1); then
		echo "ok syntax-$family"
	else
		echo "not ok syntax-$family"
		printf '%s\n' "$out" | tail -60
	fi
done
