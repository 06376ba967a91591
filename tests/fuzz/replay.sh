#!/bin/sh
# Usage: replay.sh SEEDS PROGRAM...
#
# Runs each fuzzer, built without libFuzzer, on its seeds and on what was ever found with it, shows the output of those that fail
# and the input that they fail on, and closes with the number of inputs.
seeds=$1
shift

out=$(mktemp)
trap 'rm -f "$out"' EXIT

inputs=0
failed=0
for program; do
	name=${program##*/fuzz_}
	files=$(find "$seeds/$name" "tests/fuzz/regressions/$name" -type f 2>/dev/null | sort)
	inputs=$((inputs + $(printf '%s\n' "$files" | wc -l)))
	# no name has a blank in it
	# shellcheck disable=SC2086
	[ -n "$files" ] && timeout 300 "$program" $files >"$out" 2>&1 && continue
	awk '/^input: / { last = $0; next } { print } END { print last }' "$out"
	echo "$program: failed"
	failed=$((failed + 1))
done
echo "replay: $# fuzzers, $inputs inputs, $failed failed"
[ "$failed" -eq 0 ]
