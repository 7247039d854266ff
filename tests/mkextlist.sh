#!/bin/sh
# Prints C that lists every extension table found in the files given, in their order.
# A table is a line "const struct match_ext ext_NAME = {" or "... target_ext ...".
files="$*"
list() {
	kind=$1
	[ -n "$files" ] && sed -n "s/^const struct ${kind}_ext \(ext_[A-Za-z0-9_]*\) = {.*/\1/p" $files
}
echo '/* Made by tests/mkextlist.sh from rules/ext/. */'
echo '#include "rules/ext.h"'
for k in match target; do
	for n in $(list $k); do echo "extern const struct ${k}_ext $n;"; done
	echo "const struct ${k}_ext *const ext_${k}_list[] = {"
	for n in $(list $k); do echo "	&$n,"; done
	echo '	NULL'
	echo '};'
done
