#!/bin/sh
# Usage: install.sh bench|build|demo|check|boards|fuzz|hosts|interop|load|openwrt|rescue|testssl
#
# Installs the Debian packages that a fresh Debian 12 lacks for this; does nothing where all are there. Needs root or sudo then.
set -eu

build="gcc libc6-dev linux-libc-dev make patch bzip2 xz-utils"
demo="$build curl gnupg openssh-client"
check="$demo busybox checkpolicy clang dropbear-bin e2fsprogs gnutls-bin gcc-arm-linux-gnueabihf gcc-mips-linux-gnu gcc-mipsel-linux-gnu haproxy kconfig-frontends-nox
	linux-libc-dev-armhf-cross linux-libc-dev-mips-cross linux-libc-dev-mipsel-cross
	fish mandoc nginx-light openssh-server openssl pinentry-curses python3 python3-cryptography python3-pexpect python3-pytest
	qemu-user rnp semodule-utils shellcheck sq strace systemd util-linux valgrind zsh"
boards="$check gcc-aarch64-linux-gnu gcc-arm-linux-gnueabi gcc-riscv64-linux-gnu linux-libc-dev-arm64-cross
	linux-libc-dev-armel-cross linux-libc-dev-riscv64-cross"
interop="$check default-jdk-headless faketime gosop gpgv pgpainless-cli sqv"
# Debian's npm is hundreds of packages; another one may be here already.
command -v npm >/dev/null || interop="$interop nodejs npm"
load="$demo haproxy python3 python3-cryptography python3-pytest slowhttptest valgrind"
fuzz="$demo clang libclang-rt-14-dev llvm python3 python3-cryptography"
hosts="$demo buildah debootstrap gcc-arm-linux-gnueabihf linux-libc-dev-armhf-cross lintian openssh-client python3 python3-pytest qemu-user
	systemd-container"
bench="$demo gpgv nginx-light openssl python3 python3-cryptography python3-pytest util-linux valgrind wrk"
rescue="$demo binutils cpio debootstrap dpkg e2fsprogs gcc-arm-linux-gnueabihf gcc-mipsel-linux-gnu kmod linux-libc-dev-armhf-cross
	linux-libc-dev-mipsel-cross python3 python3-pytest qemu-system-arm qemu-system-mips qemu-system-x86"
testssl="$demo gccgo-12 python3 python3-cryptography testssl.sh"
openwrt="$check chromium"

case ${1:-} in
bench) packages=$bench ;;
build) packages=$build ;;
demo) packages=$demo ;;
check) packages=$check ;;
boards) packages=$boards ;;
fuzz) packages=$fuzz ;;
hosts) packages=$hosts ;;
interop) packages=$interop ;;
load) packages=$load ;;
rescue) packages=$rescue ;;
testssl) packages=$testssl ;;
openwrt) packages=$openwrt ;;
*) echo "install.sh: none of the words in its usage: ${1:-}" >&2; exit 2 ;;
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
