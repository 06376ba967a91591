# Completion for bash. tests/lint/docs.py holds it to what the program knows.

# The options of each command; = behind one that takes a value.
declare -A _inki_options=(
	["key add"]="-f= --file= -x= --expire= -p= --pgp-key= -u= --local-user= --passphrase-file= --passphrase-fd= --host= --reason= --print --json --timeout="
	["key remove"]="-f= --file= --fingerprint= -p= --pgp-key= -u= --local-user= --passphrase-file= --passphrase-fd= --host= --reason= --print --json --timeout="
	["key list"]="-a --authorized-keys -x --expired --json --timeout="
	["authorized-keys"]="-s= --server="
	["verify"]="--json"
	["server"]="-c= --config= -P= --port= -L= --log-level= --check-config"
	["help"]=""
)

_inki() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
	local command=${COMP_WORDS[1]} word words=

	COMPREPLY=()
	if [[ $command == keys ]]; then
		command=key
	fi
	if [[ $command == key && $COMP_CWORD -gt 2 ]]; then
		command="key ${COMP_WORDS[2]}"
	fi
	if [[ $COMP_CWORD -eq 1 ]]; then
		for word in "${!_inki_options[@]}"; do
			words+="${word%% *} "
		done
		mapfile -t COMPREPLY < <(compgen -W "$words --help --version" -- "$current" | sort -u)
		return
	fi
	if [[ $command == key ]]; then
		mapfile -t COMPREPLY < <(compgen -W "add remove list" -- "$current")
		return
	fi
	if [[ $command == help ]]; then
		mapfile -t COMPREPLY < <(compgen -W "server key authorized-keys verify" -- "$current")
		return
	fi
	case $previous in
	-L | --log-level)
		mapfile -t COMPREPLY < <(compgen -W "error warn info debug" -- "$current")
		return
		;;
	-x | --expire)
		mapfile -t COMPREPLY < <(compgen -W "15m 1h 12h 1d" -- "$current")
		return
		;;
	-u | --local-user | --passphrase-fd | --host | --reason | --timeout | --fingerprint | -P | --port)
		[[ $command == "key list" ]] || return
		;;
	esac
	if [[ $current == -* ]]; then
		words=
		for word in ${_inki_options[$command]} --help; do
			words+="${word%=} "
		done
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
		return
	fi
	mapfile -t COMPREPLY < <(compgen -f -- "$current")
}

complete -o filenames -F _inki inki
