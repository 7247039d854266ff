#!/bin/bash
# SPDX-License-Identifier: MIT
# hookwalk test and merge: a small suite with every kind of end, told in every form: suite.*.ok holds what is told.
# UPDATE=1 writes it.
set -u
cd "$(dirname "$0")"
hookwalk=../../${BUILD:-build/rel}/hookwalk
case ${BUILD:-} in /*) hookwalk=$BUILD/hookwalk ;; esac
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
unset CI_NODE_INDEX CI_NODE_TOTAL

same() { # NAME FILE
	[ -z "${UPDATE:-}" ] || cp "$2" "$1.ok"
	if diff -u "$1.ok" "$2"; then echo "ok $1"; else echo "not ok $1"; fi
}
is() { # NAME GOT WANT
	if [ "$2" = "$3" ]; then echo "ok $1"; else echo "not ok $1: got $2, wanted $3"; fi
}
run() { "$hookwalk" test suite "$@" > "$tmp/out" 2> "$tmp/err"; }

run --coverage -v --junit "$tmp/junit" --json "$tmp/json" --lcov "$tmp/lcov" --cobertura "$tmp/cobertura" -j 2
is "status of failures" $? 1
same suite.text "$tmp/out"
same suite.junit "$tmp/junit"
same suite.lcov "$tmp/lcov"
same suite.cobertura "$tmp/cobertura"
run --tap; same suite.tap "$tmp/out"
run --github --filter "http in"; same suite.github "$tmp/out"
run --list; is "status of a list" $? 0; same suite.list "$tmp/out"
for f in "$tmp/junit" "$tmp/cobertura"; do
	python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' "$f"; is "XML of $(basename "$f")" $? 0
done
python3 -c 'import json, sys; r = json.load(open(sys.argv[1])); assert r["summary"]["passed"] == 3, r["summary"]' "$tmp/json"
is "JSON" $? 0

run --filter compared; is "one test that passes" $? 0
run --tags slow; is "tags" "$(tail -1 "$tmp/out")" "0 passed, 1 failed"
run --tags net,!slow --filter ssh; is "tags left out" "$(tail -1 "$tmp/out")" "1 passed, 0 failed"
run --fail-fast; is "fail-fast" "$(tail -1 "$tmp/out")" "1 passed, 1 failed"
run --repeat 3 --filter ssh; is "repeat" "$(tail -1 "$tmp/out")" "3 passed, 0 failed"
run --filter ssh --min-coverage 90; is "too little coverage" $? 1
run --filter ssh --min-coverage 10; is "enough coverage" $? 0
run --filter nothing-like-that; is "no such test" $? 2
"$hookwalk" test "$tmp" > /dev/null 2>&1; is "no tests at all" $? 2
"$hookwalk" test "$tmp/no" > /dev/null 2>&1; is "no such file" $? 2
"$hookwalk" test --shard 3/2 suite > /dev/null 2>&1; is "bad shard" $? 2
echo 'it("x"' > "$tmp/broken_spec.lua"; "$hookwalk" test "$tmp/broken_spec.lua" > "$tmp/out" 2>&1
is "a broken file" "$?:$(grep -c 'near <eof>' "$tmp/out")" 1:1
printf 'describe("s", function() it("x", function() assert.snapshot("page", "a\\nb\\n") end) end)\n' > "$tmp/snap_spec.lua"
"$hookwalk" test "$tmp/snap_spec.lua" > /dev/null; is "no snapshot yet" $? 1
"$hookwalk" test --update "$tmp/snap_spec.lua" > /dev/null; is "snapshot written" $? 0
"$hookwalk" test "$tmp/snap_spec.lua" > /dev/null; is "snapshot compared" $? 0
echo other > "$tmp/snapshots/page.txt"; "$hookwalk" test "$tmp/snap_spec.lua" > /dev/null; is "snapshot differs" $? 1

# Shards: together they are the whole, by option and by each runner's variables.
for k in 1 2; do "$hookwalk" test suite --shard $k/2 --json "$tmp/shard$k" > /dev/null 2>&1; done
"$hookwalk" merge "$tmp/shard1" "$tmp/shard2" --coverage --json "$tmp/merged" > "$tmp/out"; is "status of merge" $? 1
if cmp "$tmp/json" "$tmp/merged"; then echo "ok merged results"; else echo "not ok merged results"; fi
for k in 3 1 2; do "$hookwalk" test ../../scenarios --shard $k/3 --json "$tmp/of$k" > /dev/null 2>&1; done
"$hookwalk" test ../../scenarios --json "$tmp/whole" > /dev/null 2>&1
"$hookwalk" merge "$tmp/of3" "$tmp/of1" "$tmp/of2" --json "$tmp/merged" > /dev/null; is "status of merged scenarios" $? 0
if cmp "$tmp/whole" "$tmp/merged"; then echo "ok three shards in any order are the whole"; else echo "not ok three shards in any order are the whole"; fi
"$hookwalk" merge suite/fw/rules.v4 > /dev/null 2>&1; is "merge of no results" $? 2
while read -r vars; do
	env $vars "$hookwalk" test suite > "$tmp/out" 2> "$tmp/err"
	is "shard by $vars" "$(cat "$tmp/err"); $(tail -1 "$tmp/out")" "shard 2 of 2, by ${vars%%=*}; 1 passed, 0 failed"
done << 'END'
CI_NODE_INDEX=2 CI_NODE_TOTAL=2
CIRCLE_NODE_INDEX=1 CIRCLE_NODE_TOTAL=2
BUILDKITE_PARALLEL_JOB=1 BUILDKITE_PARALLEL_JOB_COUNT=2
SLURM_ARRAY_TASK_ID=6 SLURM_ARRAY_TASK_COUNT=2 SLURM_ARRAY_TASK_MIN=5
JOB_COMPLETION_INDEX=1 JOB_COMPLETIONS=2
END
CI_NODE_INDEX=2 CI_NODE_TOTAL=2 "$hookwalk" test suite --shard none --list > "$tmp/out" 2> /dev/null
is "shard none" "$(tail -1 "$tmp/out")" "7 tests"
