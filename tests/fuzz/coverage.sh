#!/bin/sh
# Usage: coverage.sh TREE FOLDER
#
# Prints for each file below FOLDER how many of its lines and branches the programs of the tree reached, and the lines and branches
# that none did, with the reason that the file "unreached" beside this one gives. Where it has reasons for a folder, a branch of the
# folder without one is a failure.
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

reasons=${0%/*}/unreached
llvm-cov show -instr-profile="$tree/all.profdata" -show-branches=count "$@" "$folder" 2>/dev/null | awk '
	/^\/.*:$/ { file = $0 }
	/^ *[0-9]+\| +0\|/ { print file $0 }
	/Branch \(.*(True: 0,|False: 0\])/ { print file $0 }' | sed "s,^.*/$folder/,$folder/," >"$tree/unreached"
# A line is explained by the one just before it.
awk -v folder="$folder" '
	function source(file, number,   line, at) {
		for (at = 1; (getline line <file) > 0 && at < number; at++)
			;
		close(file)
		gsub(/^[ \t]+|[ \t]+$/, "", line)
		return line
	}
	FILENAME == ARGV[1] {
		if (!/^#/ && split($0, part, "\t") == 3) {
			reason[part[1], part[2]] = part[3]
			wanted = wanted || index(part[1], folder "/") == 1
		}
		next
	}
	{
		split($0, part, ":")
		file = part[1]
		match($0, /Branch \([0-9]+|[0-9]+\|/)
		number = substr($0, RSTART, RLENGTH)
		gsub(/[^0-9]/, "", number)
		text = source(file, number + 0)
		if (/Branch/ && (file, text) in reason)
			told[++count] = file ":" number ": " reason[file, text]
		else if (/Branch/ || !((file, text) in reason || (file, source(file, number - 1)) in reason ||
				file == last_file && number == last + 1))
			missing[++bad] = $0
		last_file = file
		last = number + 0
	}
	END {
		if (count)
			print "\nNot reached, and why:"
		for (i = 1; i <= count; i++)
			print told[i]
		if (bad)
			print "\nNot reached" (wanted ? ", and no reason in tests/fuzz/unreached:" : ":")
		for (i = 1; i <= bad; i++)
			print missing[i]
		exit wanted && bad
	}' "$reasons" "$tree/unreached"
