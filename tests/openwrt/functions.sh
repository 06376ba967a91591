#!/bin/sh
# Stands for OpenWrt's /lib/functions.sh: as much of it as /etc/init.d/inki calls, and what that does there.
# shellcheck disable=SC2034 # for whoever sources it

reset_cb() {
	config_cb() { return 0; }
	option_cb() { return 0; }
	list_cb() { return 0; }
}
reset_cb

package() { return 0; }

config() {
	CONFIG_SECTION=${2:-cfg}
	config_cb "$1" "$CONFIG_SECTION"
}

option() {
	name=$1
	shift
	option_cb "$name" "$*"
}

list() {
	name=$1
	shift
	list_cb "$name" "$*"
}

# Lenient, as there: what uci cannot read is left out. At the end it calls once more.
config_load() {
	eval "$(uci -S -n export "$1" 2>/dev/null)"
	config_cb
}
