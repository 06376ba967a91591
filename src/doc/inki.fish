# Completion for fish. Commands and options are those that the program itself tells of, so none is named here.

function __inki_words --description 'what may stand here, each with a tab and what it is'
    set -l words (commandline -opc)
    set -l count (count $words)
    set -l sed 's/^  ([a-z-]+)( ([a-z]+))?  +(.*)$/'
    if test $count -eq 1 -o \( $count -eq 2 -a "$words[2]" = help \)
        $words[1] help 2>/dev/null | sed -nE $sed'\1\t\4/p' | sort -u -k 1,1
    else if test $count -eq 2; and string match -qr '^keys?$' -- $words[2]
        $words[1] help key 2>/dev/null | sed -nE $sed'\3\t\4/p'
    else if string match -qr '^(-L|--log-level)$' -- $words[-1]
        printf '%s\n' error warn info debug
    else if string match -q -- '-*' (commandline -ct)
        $words[1] help $words[2..3] 2>/dev/null |
            sed -nE 's/^  (-[A-Za-z]|  )(, |  )?(--[a-z-]+)?[^ ]*( [A-Z][^ ]*)?  +(.*)$/\1\t\5\n\3\t\5/p' | string match -r '^-.*'
        echo --help
    else
        __fish_complete_path (commandline -ct)
    end
end

complete -c inki -f -a '(__inki_words)'
