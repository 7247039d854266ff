#!/bin/bash
# Runs every fuzz target over its kept corpus: nothing may crash, leak or hang.
set -u
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build/rel}
for t in tests/fuzz/fuzz_*.c; do
	name=$(basename "$t" .c); name=${name#fuzz_}
	if out=$(timeout 120 "$BUILD/fuzz/$name" tests/fuzz/corpus/"$name"/* 2>&1); then
		echo "ok fuzz $name"
	else
		printf '%s\n' "$out" | grep -B1 -A25 -m1 -E '^[^ ]*(ERROR|runtime error)' || printf '%s\n' "$out" | tail -8
		echo "not ok fuzz $name"
	fi
done
