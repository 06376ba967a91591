#!/bin/sh
# Usage: unit.sh NAME EMULATOR PROGRAM...
#
# Runs the unit tests, each program under the emulator unless that is empty, shows the output of those that fail, and closes with
# the number of tests. A program that dies without cmocka's summary counts as one failed test.
name=$1
emulator=$2
shift 2

[ -z "$emulator" ] || export EMULATED=1

out=$(mktemp)
trap 'rm -f "$out"' EXIT

# The number in cmocka's line "[  PASSED  ] 12 test(s)." or "[  FAILED  ] group: 1 test(s), listed below:".
count() { sed -n "s/^\[  $1  \] \(.*: \)\{0,1\}\([0-9]*\) test(s).*/\2/p" "$out" | awk '{ sum += $1 } END { print sum + 0 }'; }

passed=0
failed=0
for program; do
	timeout 900 $emulator "$program" >"$out" 2>&1
	status=$?
	bad=$(count FAILED)
	[ "$status" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
	[ "$bad" -eq 0 ] || { cat "$out"; echo "$program: exit status $status"; }
	passed=$((passed + $(count PASSED)))
	failed=$((failed + bad))
done
echo "$name: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
