#!/bin/sh
# Usage: size_budget.sh check|record BOARD FOLDER COMPILER
#
# Compares the size of the program in FOLDER with the one in board/sizes, or writes it there. More than 1 % above it fails: either the
# program gets smaller again, or what it brings is worth it; then the new size stands in the same commit, whose message says why.
set -eu
mode=$1 board=$2 folder=$3 compiler=$4
sizes=$(dirname "$0")/../board/sizes

bytes=$(stat -c %s "$folder/inki")
if [ "$mode" = record ]; then
	{
		grep "^#" "$sizes"
		{ grep -v "^#" "$sizes" | awk -v board="$board" '$1 != board'; echo "$board $bytes $compiler"; } | sort |
			awk '{ printf "%-12s %8d  %s\n", $1, $2, $3 }'
	} >"$sizes.new"
	mv "$sizes.new" "$sizes"
	echo "size: $board has $bytes bytes now"
	exit
fi

# shellcheck disable=SC2046 # a row is three words
set -- $(awk -v board="$board" '$1 == board' "$sizes")
if [ $# -ne 3 ]; then
	echo "size: $board: not compared, as board/sizes has no row for it"
elif ! cmp -s "$folder/.config" "$folder/.config.default"; then
	echo "size: $board: not compared, as $folder/.config is not the board's own"
elif [ "$3" != "$compiler" ]; then
	echo "size: $board: not compared, as the size in board/sizes is of $3 and this is $compiler"
elif [ $((bytes * 100)) -gt $(($2 * 101)) ]; then
	echo "size: $board: $bytes bytes, and board/sizes has $2: more than 1 % above. Make it smaller, or record it in the same commit and" \
		"say there what it is worth: make $([ "$board" = host ] || echo "BOARD=$board ")size-record" >&2
	exit 1
else
	echo "size: $board: $bytes bytes of $2, ok"
fi
