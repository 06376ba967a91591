# Completion for fish. tests/lint/docs.py holds it to what the program knows.

function __inki_at --description 'is this the command, of one word or two, that is being typed?'
    set -l words (commandline -opc)
    test (count $words) -gt (count $argv); or return 1
    test "$words[2]" = keys; and set words[2] key
    set -l last (math 1 + (count $argv))
    test "$words[2..$last]" = "$argv"
end

function __inki_needs --description 'is the next word one of a command, behind these?'
    __inki_at $argv; and test (count (commandline -opc)) -eq (math 1 + (count $argv))
end

complete -c inki -f
complete -c inki -n 'test (count (commandline -opc)) -eq 1' -a 'server key authorized-keys verify help'
complete -c inki -n 'test (count (commandline -opc)) -eq 1' -l version -d 'Print the version'
complete -c inki -s h -l help -d 'Print how to use it'
complete -c inki -n '__inki_needs key' -a 'add remove list'
complete -c inki -n '__inki_needs help' -a 'server key authorized-keys verify'

for verb in add remove
    complete -c inki -n "__inki_at key $verb" -s f -l file -r -F -d 'SSH public key'
    complete -c inki -n "__inki_at key $verb" -s p -l pgp-key -r -F -d 'OpenPGP secret key that signs'
    complete -c inki -n "__inki_at key $verb" -s u -l local-user -x -d 'Key of gpg that signs'
    complete -c inki -n "__inki_at key $verb" -l passphrase-file -r -F -d 'File with the pass phrase'
    complete -c inki -n "__inki_at key $verb" -l passphrase-fd -x -d 'Descriptor of the pass phrase'
    complete -c inki -n "__inki_at key $verb" -l host -x -a '(__fish_print_hostnames)' -d 'Host that may take the request'
    complete -c inki -n "__inki_at key $verb" -l reason -x -d 'Text for the log'
    complete -c inki -n "__inki_at key $verb" -l print -d 'Print the signed request, send nothing'
    complete -c inki -n "__inki_at key $verb" -l json -d 'Print JSON'
    complete -c inki -n "__inki_at key $verb" -l timeout -x -d 'For the whole exchange'
end
complete -c inki -n '__inki_at key add' -s x -l expire -x -a '15m 1h 12h 1d' -d 'How long it lets in'
complete -c inki -n '__inki_at key remove' -l fingerprint -x -d 'Of the key'
complete -c inki -n '__inki_at key list' -s a -l authorized-keys -d 'As authorized_keys'
complete -c inki -n '__inki_at key list' -s x -l expired -d 'Ended by this clock too'
complete -c inki -n '__inki_at key list' -l json -d 'Print JSON'
complete -c inki -n '__inki_at key list' -l timeout -x -d 'For the whole exchange'
complete -c inki -n '__inki_at authorized-keys' -s s -l server -r -F -d 'Server to ask'
complete -c inki -n '__inki_at authorized-keys' -a '(__fish_complete_users)'
complete -c inki -n '__inki_at verify' -l json -d 'Print the verdict as JSON'
complete -c inki -n '__inki_at verify' -F
complete -c inki -n '__inki_at server' -s c -l config -r -F -d 'Configuration'
complete -c inki -n '__inki_at server' -s P -l port -x -d 'TCP port'
complete -c inki -n '__inki_at server' -s L -l log-level -x -a 'error warn info debug' -d 'How much is logged'
complete -c inki -n '__inki_at server' -l check-config -d 'Check the configuration and end'
