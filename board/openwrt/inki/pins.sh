#!/bin/sh
# Prints pins.mk: what OpenWrt downloads for this package, by the rows of third_party/pins.
set -eu

echo "# Made by pins.sh of third_party/pins: do not edit."
awk '!/^#/ && NF == 5 {
	source = $4
	sub(/_.*/, "", source)
	initial = substr(source, 1, source ~ /^lib/ ? 4 : 1)
	printf "\ndefine Download/inki/%s\n  FILE:=%s\n  URL:=@DEBIAN/pool/main/%s/%s\n  HASH:=%s\nendef\n", \
		$4, $4, initial, source, $5
	printf "$(eval $(call Download,inki/%s))\n", $4
}' "$(dirname "$0")/../../../third_party/pins"
