#!/bin/sh
# Usage: install.sh build|demo|check|fuzz|interop
#
# Installs the Debian packages that a fresh Debian 12 lacks for this; does nothing where all are there. Needs root or sudo then.
set -eu

build="gcc libc6-dev linux-libc-dev make patch bzip2 xz-utils"
demo="$build curl gnupg openssh-client"
check="$demo busybox clang gcc-arm-linux-gnueabihf gcc-mips-linux-gnu gcc-mipsel-linux-gnu haproxy kconfig-frontends-nox
	linux-libc-dev-armhf-cross linux-libc-dev-mips-cross linux-libc-dev-mipsel-cross
	nginx-light openssh-server openssl python3 python3-cryptography python3-pytest qemu-user rnp shellcheck sq util-linux"
interop="$check default-jdk-headless faketime gosop gpgv pgpainless-cli sqv"
# Debian's npm is hundreds of packages; another one may be here already.
command -v npm >/dev/null || interop="$interop nodejs npm"
fuzz="$demo clang libclang-rt-14-dev llvm python3 python3-cryptography"

case $1 in
build) packages=$build ;;
demo) packages=$demo ;;
check) packages=$check ;;
fuzz) packages=$fuzz ;;
interop) packages=$interop ;;
*) echo "install.sh: not build, demo, check, fuzz or interop: $1" >&2; exit 2 ;;
esac

missing=
for package in $packages; do
	state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || state=
	[ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
[ "$(id -u)" -eq 0 ] || as_root=sudo
echo "  INSTALL$missing"
# A package list that could not be renewed may still do.
$as_root apt-get -qq update || true
$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing >/dev/null
