#!/bin/bash
# Runs all tests of one build. BUILD = build directory, SAN = 1 for the sanitizers' build.
# Prints what each part prints and closes with "N passed, N failed, N skipped".
set -u
cd "$(dirname "$0")/.."
BUILD=${BUILD:-build/rel}
export LSAN_OPTIONS=suppressions=$PWD/tests/lsan.supp:print_suppressions=0
export LC_ALL=C TZ=UTC ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1
passed=0 failed=0 skipped=0

ok()   { passed=$((passed + 1)); }
bad()  { failed=$((failed + 1)); echo "FAILED: $*"; }
skip() { skipped=$((skipped + 1)); echo "skipped: $*"; }

echo "== unit tests"
out=$("$BUILD/unit" 2>&1); status=$?
n=$(printf '%s\n' "$out" | sed -n 's/^ *asserts *[0-9]* *[0-9]* *\([0-9]*\) .*/\1/p')
if [ $status = 0 ] && [ "${n:-0}" -gt 0 ]; then
	printf '%s\n' "$out" | tail -6; ok
else
	printf '%s\n' "$out" | grep -v 'passed$' | tail -60; bad "unit tests (status $status)"
fi

echo "== the kernel's recorded answers"
for d in tests/kernel/recorded/*/; do
	if out=$("$BUILD/hookwalk" verify --recorded "$d" 2>&1); then ok; else printf '%s\n' "$out" | head -20; bad "$d"; fi
done

echo "== the same replay twice"
if out=$(sh tests/twice.sh 2>&1); then ok; else printf '%s\n' "$out" | head -20; bad "tests/twice.sh"; fi

for t in tests/*/run-*.sh; do
	[ -e "$t" ] || continue
	echo "== $t"
	# Each prints "ok NAME", "not ok NAME" or "skipped: WHY" lines among its output.
	out=$(BUILD=$BUILD bash "$t" 2>&1); status=$?
	printf '%s\n' "$out" | grep -v '^ok ' | head -60
	passed=$((passed + $(printf '%s\n' "$out" | grep -c '^ok ')))
	skipped=$((skipped + $(printf '%s\n' "$out" | grep -c '^skipped: ')))
	n=$(printf '%s\n' "$out" | grep -c '^not ok ')
	failed=$((failed + n))
	[ $status = 0 ] || [ "$n" -gt 0 ] || bad "$t ended with status $status"
done

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
