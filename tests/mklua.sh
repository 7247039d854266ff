#!/bin/sh
# Prints the Lua library as C: each lua/lib/NAME.lua under its NAME.
echo '/* Made by tests/mklua.sh. */'
echo '#include "lua/bind/hw.h"'
for f in "$@"; do
	n=$(basename "$f" .lua)
	echo "static const unsigned char lib_$n[] = {"
	od -An -v -tx1 "$f" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
	echo '0};'
done
echo 'const struct hw_lib hw_libs[] = {'
for f in "$@"; do
	n=$(basename "$f" .lua)
	echo "	{ \"$n\", lib_$n, sizeof(lib_$n) - 1 },"
done
echo '	{ NULL, NULL, 0 }'
echo '};'
