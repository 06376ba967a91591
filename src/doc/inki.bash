# Completion for bash. Commands and options are those that the program itself tells of, so none is named here.

# The options of a command, as its help lists them: "  -f, --file FILE  ..." or "      --json  ...".
_inki_options() {
	"$@" 2>/dev/null | sed -nE 's/^  (-[A-Za-z]|  )(, |  )?(--[a-z-]+)?( .*)?$/\1 \3/p'
}

# The words that may follow: second words of "  key add   ...", or first words.
_inki_commands() {
	"$@" 2>/dev/null | sed -nE 's/^  ([a-z-]+)( ([a-z]+))?  .*$/\1 \3/p' | cut -d ' ' -f "$field"
}

_inki() {
	local program=${COMP_WORDS[0]} current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
	local field=1 words=

	COMPREPLY=()
	if [[ $COMP_CWORD -eq 1 || ($COMP_CWORD -eq 2 && ${COMP_WORDS[1]} == help) ]]; then
		words=$(_inki_commands "$program" help)
	elif [[ $COMP_CWORD -eq 2 && ${COMP_WORDS[1]} == key?(s) ]]; then
		field=2 words=$(_inki_commands "$program" help key)
	elif [[ $previous == -L || $previous == --log-level ]]; then
		words="error warn info debug"
	elif [[ $current == -* ]]; then
		words="$(_inki_options "$program" help "${COMP_WORDS[@]:1:2}") --help"
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		return
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current" | sort -u)
}

complete -o filenames -F _inki inki
