#!/bin/bash
# The dracut module "inki": puts the rescue door into the image, if /etc/inki/rescue has its configuration. If that is wrong,
# the image is made without: a host that boots and cannot be entered is better than one that does not boot.

# called by dracut
check() {
	[[ -e /etc/inki/rescue/inki.conf ]]
}

# called by dracut
depends() {
	echo network
}

# called by dracut
install() {
	local programs

	if ! programs=$(umask 077 && /usr/lib/inki/rescue/fill "${initdir:?}"); then
		dwarn "inki: no rescue door in this image, for the reason above"
		return 0
	fi
	# shellcheck disable=SC2086 # a word each
	inst_multiple sh cat ip mkdir mount rm rmdir sleep umount $programs
	inst_hook pre-trigger 50 "${moddir:?}/start.sh"
	inst_hook cleanup 05 "$moddir/stop.sh"
	# The root file system may need no network; the door does.
	mkdir -p "$initdir/etc/cmdline.d"
	echo rd.neednet=1 >"$initdir/etc/cmdline.d/50-inki.conf"
}
