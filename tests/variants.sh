#!/bin/sh
# Usage: variants.sh TREE OPTION...
#
# Builds inki and runs the unit tests with all of Kconfig's defaults, then without one option after the other, in a tree of its own.
# Prints for each the size of the program and what the option costs there. The logs lie in the tree.
tree=$1
shift

failed=0
whole=
printf '%-18s %9s %9s   %s\n' without bytes cost 'unit tests'
for option in '' "$@"; do
	log=$tree/${option:-all}.log
	mkdir -p "$tree"
	: >"$tree/.config"
	[ -z "$option" ] || echo "CONFIG_$option=n" >"$tree/.config"
	if make --no-print-directory O="$tree" FLIP_STEP=61 all unit >"$log" 2>&1; then
		result=$(sed -n 's/^unit: //p' "$log")
	else
		result="FAILED, see $log"
		failed=1
	fi
	size=$(stat -c %s "$tree/inki")
	: "${whole:=$size}"
	printf '%-18s %9d %9d   %s\n' "${option:-nothing}" "$size" $((whole - size)) "$result"
done
[ "$failed" -eq 0 ]
