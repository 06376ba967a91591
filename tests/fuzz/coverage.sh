#!/bin/sh
# Usage: coverage.sh TREE FOLDER
#
# Prints for each file below FOLDER how many of its lines and branches the programs of the tree reached, and the lines and branches
# that none did.
set -eu
tree=$1
folder=$2

llvm-profdata merge -o "$tree/all.profdata" "$tree"/profile/*.profraw
# One program is the object, the others are named by an option each.
set --
for program in "$tree"/tests/unit/test_* "$tree"/tests/fuzz/fuzz_*; do
	case $program in *.o | *.d) continue ;; esac
	set -- "$@" -object "$program"
done
shift
llvm-cov report -instr-profile="$tree/all.profdata" "$@" "$folder" 2>/dev/null | awk '
	NR == 1 { printf "%-24s %8s %8s %8s %8s %8s\n", "file", "lines", "missed", "", "branches", "missed" }
	/\.c |^TOTAL/ { printf "%-24s %8d %8d  %7s %8d %8d  %7s\n", $1, $8, $9, $10, $11, $12, $13 }'
echo
echo "Not reached:"
llvm-cov show -instr-profile="$tree/all.profdata" -show-branches=count "$@" "$folder" 2>/dev/null | awk '
	/^\/.*:$/ { file = $0 }
	/^ *[0-9]+\| +0\|/ { print file $0 }
	/Branch \(.*(True: 0,|False: 0\])/ { print file $0 }' | sed "s,^.*/$folder/,$folder/,"
