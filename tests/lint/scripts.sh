#!/bin/sh
# All shell scripts of the tree, by their first line, through shellcheck.
cd "$(dirname "$0")/../.." || exit 1
command -v shellcheck >/dev/null || { echo "lint scripts: needs Debian's package shellcheck"; exit 1; }

scripts=$(find . -path ./out -prune -o -path ./.git -prune -o -type f -size +0 -exec awk \
	'FNR == 1 { if (/^#!(\/bin\/(ba)?sh|\/sbin\/openrc-run)/) print FILENAME; nextfile }' {} +)
# shellcheck disable=SC2086 # one word a script
shellcheck -S warning $scripts && echo "lint scripts: $(echo "$scripts" | wc -l) scripts, ok"
