"""`inki key add` and the gpg that signs for it: another key, a pass phrase, and one that is absent or strange."""

import os
import subprocess

import pytest
from client import Client, failure, needs_client, output

pytestmark = [pytest.mark.both, needs_client]


def test_another_gpg_key(client, server, pub, gpg, alice):
    other = gpg.generate("ed25519", name="Other <other@example.org>")
    failure(client.key("add", "-f", pub[1], "-u", other), "does the user's keyring on that host hold your OpenPGP key")
    server.wait_for_log("by a key that is not in the user's keyring")
    output(client.key("add", "-f", pub[1], "-u", alice))
    done = client.key("add", "-f", pub[1], "-u", "nobody@nowhere")
    assert b"nobody@nowhere" in done.stderr, "gpg's own words are missing"
    failure(done, "gpg: it has failed, so nothing is signed")


def fake_gpg(folder, script):
    path = folder / "bin" / "gpg"
    path.parent.mkdir(exist_ok=True)
    path.write_text("#!/bin/sh\n" + script, encoding="utf-8")
    path.chmod(0o755)
    return {"PATH": f"{path.parent}:/usr/bin:/bin"}


STRANGE_GPG = {
    "is killed": ("kill -9 $$", "it was killed"),
    "writes nothing": ("cat >/dev/null", "gpg has signed nothing"),
    "reads nothing": ("exit 0", "gpg has signed nothing"),
    "writes garbage": ("cat >/dev/null; head -c 1000 /dev/urandom", "what was signed is no message that a server takes"),
    "writes without end": ("cat /dev/zero", "it writes more than it should"),
    "signs another text": ("sed s/alice/malice/ | /usr/bin/gpg \"$@\"", "another text was signed"),
    "uses SHA-1": ('[ "$1" = --clearsign ] && exec /usr/bin/gpg --digest-algo SHA1 --allow-weak-digest-algos "$@"; exec /usr/bin/gpg "$@"',
                   "the digest algorithm is not accepted"),
    "adds words": ('/usr/bin/gpg "$@"; [ "$1" = --clearsign ] && echo done', "something besides the one signed message"),
    "signs wrongly": ("""[ "$1" = --clearsign ] || exec /usr/bin/gpg "$@"; sed 's/"1h"/"2h"/' | /usr/bin/gpg "$@" | sed 's/"2h"/"1h"/'""",
                      "a server would not take this signature: the signature is wrong"),
}


@pytest.mark.parametrize("name", STRANGE_GPG)
def test_strange_gpg(client, server, pub, tmp_path, gpg, name):
    script, fragment = STRANGE_GPG[name]
    done = client.key("add", "-f", pub[1], env=fake_gpg(tmp_path, script))
    failure(done, fragment)
    assert server.keys() == []


def test_no_gpg(client, pub, tmp_path):
    failure(client.key("add", "-f", pub[1], prefix=("/usr/bin/env", f"PATH={tmp_path}")), "gpg: there is no such program in PATH")


def test_gpg_without_the_certificate(client, server, pub, tmp_path):
    """Where gpg cannot export it, the server judges."""
    env = fake_gpg(tmp_path, 'case "$*" in *--export*) exit 2;; esac; exec /usr/bin/gpg "$@"')
    output(client.key("add", "-f", pub[1], env=env))
    assert len(server.keys()) == 1


def test_gpg_asks_on_the_terminal(start, words, pub, gpg):
    """Its own prompts, and a wrong pass phrase first: gpg asks again."""
    gpg.run("--quick-gen-key", "--passphrase", "open sesame", "Locked <locked@example.org>", "ed25519", "sign", "never")
    server = start({"users": [{"name": "alice", "keyring": gpg.export("locked@example.org")}]})
    there = Client(words, server.url.replace("//", "//alice@"), gpg.home)
    subprocess.run(["gpgconf", "--homedir", gpg.home, "--kill", "gpg-agent"], check=True)
    with open(os.path.join(gpg.home, "gpg-agent.conf"), "w", encoding="ascii") as file:
        file.write("pinentry-program /usr/bin/pinentry-curses\n")
    try:
        child = there.terminal("key", "add", there.url, "-f", pub[1], "-u", "locked@example.org", env={"TERM": "vt100"}, dimensions=(30, 100))
        child.expect("Passphrase")
        child.send("wrong\r")
        child.expect("Bad Passphrase|try 2")
        child.send("open sesame\r")
        child.expect("Added keys:")
        child.expect("Expires:")
        child.expect("\n")
        child.wait()
        assert child.exitstatus == 0 and len(server.keys()) == 1
    finally:
        subprocess.run(["gpgconf", "--homedir", gpg.home, "--kill", "gpg-agent"], check=True)
        os.unlink(os.path.join(gpg.home, "gpg-agent.conf"))
