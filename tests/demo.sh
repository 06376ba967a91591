#!/bin/sh
# usage: [INKI=out/inki] [ONCE=1] tests/demo.sh
#
# Shows inki at work, from the first key to the login lines, in a folder that is thrown away at the end. Every command
# that is shown is the command that runs. Stays until Ctrl-C, so that one can play with it; with ONCE=1 it ends by itself.
set -eu

inki=$(realpath "${INKI:-out/inki}")
once=${ONCE:-}
url=http://127.0.0.1:3000
server=
follow=
unset PORT INKI_CONFIG INKI_SERVER

for program in gpg curl ssh-keygen; do
	command -v $program >/dev/null || { echo "demo: $program is missing; make demo installs it"; exit 1; }
done
[ -x "$inki" ] || { echo "demo: there is no $inki yet; run make first"; exit 1; }

folder=$(mktemp -d /tmp/inki-demo.XXXXXX)
cd "$folder"
export GNUPGHOME="$folder/gpg"
mkdir -m 700 gpg

clean_up() {
	trap - EXIT INT TERM
	for process in $server $follow; do
		kill "$process" 2>/dev/null || true
		wait "$process" 2>/dev/null || true
	done
	gpgconf --kill all 2>/dev/null || true
	rm -rf "$folder"
}
trap clean_up EXIT
trap 'clean_up; echo; echo "The server has ended, and $folder is gone."; exit 0' INT TERM

bold=
plain=
if [ -t 1 ]; then
	bold=$(printf '\033[1m')
	plain=$(printf '\033[0m')
fi

say() { printf '\n%s\n' "$*"; }

# Shows a command line, and runs that very line.
show() {
	printf '%s$ %s%s\n' "$bold" "$1" "$plain"
	sh -c "$1"
}

# ---- a key that may sign, and a server that trusts it ----

say "1. Alice has an OpenPGP key. (This one is made for the demo, without a pass phrase.)"
show "gpg --batch --quiet --passphrase '' --quick-gen-key 'Alice <alice@example.org>' ed25519 sign never"

cat >inki.conf <<END
listen:
  - address: 127.0.0.1:3000
  - socket: $folder/inki.sock
users:
  - name: alice
    keyring: |
$(gpg --armor --export | sed 's/^\(.\)/      \1/')
END

say "2. The host's configuration says who may sign for which user:"
show "cat inki.conf"
printf '%s$ %s%s\n' "$bold" "inki server -c inki.conf &" "$plain"
: >log
"$inki" server -c inki.conf >>log 2>&1 &
server=$!
while [ "$(grep -c 'listening on' log)" -lt 2 ]; do
	if ! kill -0 $server 2>/dev/null; then
		server=
		cat log
		if grep -q 'in use' log; then
			echo "demo: another program has port 3000 of 127.0.0.1; end it (a second demo, perhaps?) and try again"
		fi
		exit 1
	fi
	sleep 0.1
done
cat log

# ---- in with a signed key ----

say "3. A robot made a fresh SSH key and asks to be let in. Alice signs the request, and curl brings it to the host:"
show "ssh-keygen -q -t ed25519 -N '' -C robot -f robot"
show "printf '{\"username\":\"alice\",\"key\":\"%s\",\"expire\":\"15m\"}' \"\$(cat robot.pub)\" | gpg --clearsign >request"
show "curl -sS --data-binary @request $url/api/v1/keys"

say "4. The key is there, for 15 minutes:"
show "curl -sS $url/api/v1/user/alice/keys"

say "5. This is what sshd asks when somebody logs in as alice (AuthorizedKeysCommand), and what it gets:"
printf '%s$ %s%s\n' "$bold" "inki authorized-keys alice -s unix:$folder/inki.sock" "$plain"
"$inki" authorized-keys alice -s "unix:$folder/inki.sock"

# ---- out with a forgery ----

say "6. Mallory takes the signed request and wants 23 hours in place of 15 minutes:"
show "sed s/15m/23h/ request | curl -sS --data-binary @- $url/api/v1/keys"
say "   The answer does not tell a forger what was wrong. The server's log does:"
show "tail -n 1 log"

say "7. Try it yourself, in another terminal:"
cat <<END

cd $folder && export GNUPGHOME=\$PWD/gpg
curl $url/api/v1/keys
curl $url/api/v1/user/alice/authorized_keys
printf '{"username":"alice","key":"%s","action":"remove"}' "\$(cat robot.pub)" | gpg --clearsign | curl -X DELETE --data-binary @- $url/api/v1/keys
printf '{"username":"alice","key":"%s","expire":"1h"}' "\$(cat ~/.ssh/id_ed25519.pub)" | gpg --clearsign | curl --data-binary @- $url/api/v1/keys
curl $url/metrics
END

[ -z "$once" ] || exit 0
say "The server runs until you press Ctrl-C. Its log from here on:"
tail -n 0 -f log &
follow=$!
wait $server || true
