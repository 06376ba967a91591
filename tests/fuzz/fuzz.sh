#!/bin/sh
# Usage: fuzz.sh SECONDS SEEDS PROGRAM...
#
# Runs one fuzzer after the other for so many seconds, from its seeds, what was ever found with it, and what earlier runs have
# gathered in the tree of the programs (corpus/NAME). Prints for each the executions, the coverage (how many edges it has reached of
# those that there are in what is linked: all of src and the fuzzer) and the crashes, whose inputs lie in crashes/NAME.
seconds=$1
seeds=$2
shift 2

failed=0
printf '%-14s %12s %8s %8s %8s %8s %8s\n' fuzzer executions per-sec edges of corpus crashes
for program; do
	name=${program##*/fuzz_}
	folder=${program%/tests/*}
	log=$folder/$name.log
	# These two know whose signatures are genuine from the cases: what came of older ones, with other keys, would be forged to them.
	case $name in certificates | message)
		[ -z "$(find "$seeds/index" -newer "$folder/corpus/$name" 2>/dev/null)" ] || rm -rf "$folder/corpus/$name" ;;
	esac
	mkdir -p "$folder/corpus/$name" "$folder/crashes/$name"
	set -- "$folder/corpus/$name" "$seeds/$name"
	[ ! -d "tests/fuzz/regressions/$name" ] || set -- "$@" "tests/fuzz/regressions/$name"
	"$program" -max_total_time="$seconds" -timeout=25 -print_final_stats=1 -artifact_prefix="$folder/crashes/$name/" "$@" \
		>"$log" 2>&1 || { failed=1; tail -n 40 "$log"; }
	awk -v name="$name" -v crashes="$(find "$folder/crashes/$name" -type f | wc -l)" '
		/^INFO: Loaded .* inline 8-bit counters/ { split($0, part, "("); all = part[2] + 0 }
		/ cov: / { edges = $4; split($0, part, "corp: "); split(part[2], size, "/"); corpus = size[1] }
		/stat::number_of_executed_units/ { executions = $2 }
		/stat::average_exec_per_sec/ { rate = $2 }
		END { printf "%-14s %12d %8d %8d %8d %8d %8d\n", name, executions, rate, edges, all, corpus, crashes }' "$log"
done
[ "$failed" -eq 0 ]
