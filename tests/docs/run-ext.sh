#!/bin/bash
# SPDX-License-Identifier: MIT
# Every example in rules/ext/*.md is a rule that loads and prints: its page's program takes it, on a host that has what
# the page says is needed (chains, sets). Prints "ok NAME" or "not ok NAME".
cd "$(dirname "$0")/../.."
bin=${BUILD:-build/rel}/hookwalk
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

# The lines of the example.
example() {
	awk '/^Example:$/ { on = 1; next } on && /^    / { print substr($0, 5) }' "$1"
}

# Lines "[-t TABLE] RULE" as a save file; user chains that they name are made.
restore_file() {
	awk '{
		table = "filter"
		if (match($0, /(^| )-t [a-z]+ /)) {
			table = $0
			sub(/.*-t /, "", table)
			sub(/ .*/, "", table)
			sub(/-t [a-z]+ /, "")
		}
		if (!(table in rules)) order[++n] = table
		if (!((table, $2) in seen) && $2 !~ /^[A-Z]+$/) chains[table] = chains[table] ":" $2 " -\n"
		seen[table, $2] = 1
		rules[table] = rules[table] $0 "\n"
	}
	END { for (i = 1; i <= n; i++) printf "*%s\n%s%sCOMMIT\n", order[i], chains[order[i]], rules[order[i]] }'
}

for page in rules/ext/*.md; do
	name=$(basename "$page" .md) family=ip
	case $name in
	arp_*) family=arp ;;
	eb_*) family=eb ;;
	*) grep -q '^Where: ip6tables' "$page" && family=ip6 ;;
	esac
	example "$page" | restore_file >"$tmp/rules"
	# sets that examples speak of
	printf 'create %s\n' 'blocked hash:ip' 'services hash:ip,port' 'scanners hash:ip timeout 600' 'knockers hash:ip timeout 60' 'classes hash:ip skbinfo' >"$tmp/sets"
	n=$(grep -c '^-' "$tmp/rules")
	"$bin" save --family $family --ipset "$tmp/sets" "$tmp/rules" >"$tmp/out" 2>"$tmp/err"; status=$?
	# what no kernel of today takes is refused, as its page says
	want=0
	grep -q '^Emulation:.*[Rr]efused' "$page" && case $name in SECMARK | CLUSTERIP | ULOG | nfacct) want=2 ;; esac
	if [ $status = $want ] && [ "$n" -gt 0 ]; then
		echo "ok $name"
	else
		echo "not ok $name: status $status"
		head -6 "$tmp/err"
	fi
done

# The reference of "make docs" has a link to each page, and each link leads to one.
sh tests/mkdocs.sh rules/ext/*.md >"$tmp/reference"
grep -o '](#[^)]*)' "$tmp/reference" | sed 's/](#//; s/)//' | sort >"$tmp/links"
sed -n 's/^## //p' "$tmp/reference" | tr 'A-Z' 'a-z' | sed 's/[()]//g; s/ /-/g' | sort >"$tmp/titles"
if cmp -s "$tmp/links" "$tmp/titles" && [ -s "$tmp/links" ]; then
	echo "ok reference"
else
	echo "not ok reference"
	diff "$tmp/links" "$tmp/titles" | head -5
fi
