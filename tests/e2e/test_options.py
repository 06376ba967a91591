"""Options in front of keys: the host's own, those that signed keys bring, and what real sshd makes of them together."""

import os
import subprocess
import time

import pytest

from inki import refused
from test_login import login  # noqa: F401 (a fixture)

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="logins are tested as root: sshd must become other users")


def lines_of(server, user="alice"):
    return server.curl(f"/api/v1/user/{user}/authorized_keys").text.splitlines()


@pytest.fixture
def configured(start, gpg, alice):
    def starting(**policy):
        return start({"users": [{"name": "alice", "keyring": gpg.export(alice), **policy}]})
    return starting


def test_merged_canonically(configured, sign, new_key):
    """The host's own come first, then the key's; both as sshd(8) spells them. The JSON has what was signed."""
    server = configured(options='Restrict,PTY,from="127.0.0.0/8"', allow_options=["COMMAND", "no-pty", "expiry-time"])
    line, _ = new_key(comment="a b")
    brought = 'No-Pty,command="echo \\"a, b\\"",EXPIRY-TIME="20991231"'
    answer = server.post(sign(key=f"{brought} {line}"))
    assert answer.status == 200, answer
    canonical = 'no-pty,command="echo \\"a, b\\"",expiry-time="20991231"'
    assert answer.json[0]["key"] == f"{canonical} {line}"
    assert lines_of(server) == [f'restrict,pty,from="127.0.0.0/8",{canonical} {line}']
    assert server.authorized_keys("alice").stdout == f'restrict,pty,from="127.0.0.0/8",{canonical} {line}\n'
    assert server.keys()[0]["key"] == f"{canonical} {line}"
    server.wait_for_log(r'options="no-pty,command\x3d')

    plain, _ = new_key()
    assert server.post(sign(key=plain)).status == 200
    assert lines_of(server)[1] == f'restrict,pty,from="127.0.0.0/8" {plain}'
    # a key that was added with other options is another request: a removal needs only the key
    time.sleep(1.1)
    assert server.delete(sign(action="remove", key=line)).status == 200
    assert len(lines_of(server)) == 1


@pytest.mark.parametrize("options, allowed, brought, status, fragment", [
    ("restrict", [], "no-pty", 403, "allow_options: no-pty"),
    ("restrict", ["from"], "pty", 403, "allow_options: pty"),
    ("restrict", ["from"], 'permitopen="h:1"', 403, "allow_options: permitopen"),
    ("restrict", ["from"], 'environment="A=b"', 403, "allow_options: environment"),
    ('command="/bin/true"', ["command"], 'command="/bin/sh"', 403, "leave it out: command"),
    ('from="127.0.0.1"', ["from"], 'from="*"', 403, "leave it out: from"),
    ("", ["command"], 'command="a",command="b"', 400, "twice in front of the key: command"),
    ("", ["command"], 'command="a', 400, "the key is not one authorized_keys line"),
    ("", ["from"], 'from="a" cert-authority', 400, "the key is not one authorized_keys line"),
    ("", ["from"], "cert-authority", 403, "only keys are let in here: cert-authority"),
])
def test_refused(configured, sign, new_key, options, allowed, brought, status, fragment):
    server = configured(options=options, allow_options=allowed)
    refused(server.post(sign(key=f"{brought} {new_key()[0]}")), status, fragment)
    assert server.keys() == []


def ssh(server_port, secret, *arguments, words=()):
    return subprocess.run(
        ["ssh", "-F", "none", "-p", str(server_port), "-i", secret, "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes",
         "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", *arguments, "root@127.0.0.1", *words],
        capture_output=True, text=True, timeout=30, check=False)


@pytest.fixture
def policy():
    return {"options": 'restrict,pty,from="127.0.0.0/8"', "allow_options": ["command", "no-pty", "from", "restrict"]}


def test_sshd_obeys(login, sign, new_key):  # noqa: F811
    """What sshd does with the merged line: the host's restrict and pty, and what each key brings of its own."""
    server, _, log, port = login
    free, forced, without_pty = new_key(), new_key(), new_key()
    assert server.post(sign(username="root", key=free[0])).status == 200
    assert server.post(sign(username="root", key=f'command="echo forced; echo \\"$SSH_ORIGINAL_COMMAND\\"" {forced[0]}')).status == 200
    assert server.post(sign(username="root", key=f"no-pty {without_pty[0]}")).status == 200

    done = ssh(port, free[1], "-tt", words=["tty"])
    assert done.returncode == 0 and "/dev/pts/" in done.stdout, f"{done}\n{log()}"
    done = ssh(port, free[1], "-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:9", words=["echo in"])
    assert "in" not in done.stdout.split(), f"restrict is not obeyed: {done}\n{log()}"

    done = ssh(port, forced[1], words=["echo mine"])
    assert done.stdout == "forced\necho mine\n", f"{done}\n{log()}"

    done = ssh(port, without_pty[1], "-tt", words=["tty"])
    assert "/dev/pts/" not in done.stdout and "PTY allocation request failed" in done.stderr, f"{done}\n{log()}"
    done = ssh(port, without_pty[1], words=["echo in"])
    assert done.stdout == "in\n", f"{done}\n{log()}"


@pytest.mark.parametrize("policy", [{"allow_options": ["from"]}], ids=["from"])
def test_sshd_obeys_from(login, sign, new_key):  # noqa: F811
    server, try_login, log, _ = login
    far, near = new_key(), new_key()
    assert server.post(sign(username="root", key=f'from="192.0.2.0/24" {far[0]}')).status == 200
    assert server.post(sign(username="root", key=f'from="192.0.2.0/24,127.0.0.1" {near[0]}')).status == 200
    assert not try_login(far[1]), f"let in from elsewhere\n{log()}"
    assert try_login(near[1]), f"not let in\n{log()}"
