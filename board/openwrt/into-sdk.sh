#!/bin/sh
# Usage: into-sdk.sh ARCHIVE SDK
#
# Puts the package into an unpacked OpenWrt SDK, or into OpenWrt's own tree: the archive of the release into its dl/, this
# folder's package into its package/, with the archive's digest in it. The parts that inki is built of go there too, from
# $INKI_DL (else ~/.cache/inki) where "make fetch" has put them; OpenWrt downloads those that are missing.
set -eu

die() { echo "into-sdk.sh: $*" >&2; exit 1; }

[ $# -eq 2 ] || die "which archive, and where is the SDK? into-sdk.sh inki-0.1.0.tar.gz ~/openwrt-sdk-..."
archive=$1 sdk=$2
here=$(dirname "$0")
name=inki-$(sed -n 's/^PKG_VERSION:=//p' "$here/inki/Makefile").tar.gz

[ "$(basename "$archive")" = "$name" ] || die "this package is made from $name, not from $(basename "$archive")"
[ -s "$archive" ] || die "there is no $archive"
[ -e "$sdk/rules.mk" ] || die "$sdk is no SDK of OpenWrt: it has no rules.mk"
tar -xzOf "$archive" "${name%.tar.gz}/third_party/pins" | cmp -s - "$here/../../third_party/pins" ||
	die "$archive is built of other parts than this tree (third_party/pins): take its own board/openwrt"
"$here/inki/pins.sh" | cmp -s - "$here/inki/pins.mk" || die "inki/pins.mk is not what inki/pins.sh makes: renew it"

mkdir -p "$sdk/dl" "$sdk/package"
cp "$archive" "$sdk/dl/$name"
sed -n 's/^  FILE:=//p' "$here/inki/pins.mk" | while read -r part; do
	file=${INKI_DL:-${XDG_CACHE_HOME:-$HOME/.cache}/inki}/$part
	[ ! -e "$file" ] || cp "$file" "$sdk/dl/$part"
done
rm -rf "$sdk/package/inki"
cp -r "$here/inki" "$sdk/package/inki"
hash=$(sha256sum "$archive" | cut -d ' ' -f 1)
sed "s/^PKG_HASH:=.*/PKG_HASH:=$hash/" "$here/inki/Makefile" >"$sdk/package/inki/Makefile"
echo "now, in $sdk: make defconfig && make package/inki/compile"
