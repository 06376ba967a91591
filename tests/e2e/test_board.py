"""The main ways, once each: a signed key goes in and comes out, or does not. This is what also runs for the binaries of boards, under
qemu; what a board's configuration leaves out is skipped."""

import os
import re
import shutil
import subprocess
import time

import inki
import pytest
from client import Client, needs_client, output
from export import folder, wait_for  # noqa: F401

pytestmark = [pytest.mark.board, pytest.mark.both]


def needs(option):
    return pytest.mark.skipif(not inki.has(option), reason=f"built without CONFIG_{option}")


@pytest.mark.parametrize("algorithm", [pytest.param("ed25519", marks=needs("ED25519")), pytest.param("rsa2048", marks=needs("RSA")),
                                       pytest.param("nistp256", marks=needs("ECDSA_P256"))])
def test_add_list_serve(start, gpg, sign, new_key, algorithm):
    signer = gpg.key(algorithm)
    server = start({"users": [{"name": "alice", "keyring": gpg.export(signer)}]})
    line, _ = new_key()

    added = server.post(sign(by=signer, key=line))
    assert added.status == 200, f"{added}\n{server.log()}"
    assert [key["key"] for key in added.json] == [line]
    assert server.keys() == added.json

    served = server.authorized_keys("alice", added.json[0]["fingerprint"])
    assert (served.returncode, served.stdout, served.stderr) == (0, line + "\n", "")
    assert server.authorized_keys("bob").stdout == ""


def test_stranger_and_changed_text(server, sign, new_key, mallory):
    line, _ = new_key()
    inki.refused(server.post(sign(by=mallory, key=line)), 401, "signature")
    message = sign(key=line)
    changed = message.replace(b'"1h"', b'"9h"')
    assert changed != message
    inki.refused(server.post(changed), 401, "signature")
    inki.refused(server.post(b'{"username":"alice"}'), 400, "signed")
    assert server.keys() == []


def test_remove(server, sign, new_key):
    line, _ = new_key()
    request = sign(key=line)
    assert server.post(request).status == 200
    time.sleep(1)  # a signature's time is in seconds, and the later one counts
    assert server.delete(sign(action="remove", key=line)).status == 200
    assert server.keys() == [] and server.authorized_keys("alice").stdout == ""
    inki.refused(server.post(request), 409, "later")


def test_expiry(server, sign, new_key):
    line, _ = new_key()
    assert server.post(sign(key=line, expire="4s")).status == 200
    end = time.monotonic() + 10
    while server.authorized_keys("alice").stdout:
        assert time.monotonic() < end, "the key does not expire"
        time.sleep(0.3)
    assert server.keys() == []


@pytest.mark.skipif(not inki.has_tls(), reason="built without CONFIG_TLS")
def test_https(start, gpg, alice, tmp_path):
    config = {"listen": [{"address": "127.0.0.1:0", "tls": True}], "users": [{"name": "alice", "keyring": gpg.export(alice)}],
              "tls": {"certificate": str(tmp_path / "crt"), "key": str(tmp_path / "key")}}
    path = tmp_path / "inki.conf"
    path.write_text(inki.yaml(config))
    made = subprocess.run([*inki.RELEASE, "server", "-c", str(path), "--make-cert"], capture_output=True, text=True, check=True)
    pin = re.search(r"sha256//\S+", made.stdout + made.stderr).group()
    server = start(config)
    get = ["curl", "-q", "-sS", "-k", "--max-time", "60", "--pinnedpubkey", pin, f"https://127.0.0.1:{server.ports[0]}/healthz"]
    assert subprocess.run(get, capture_output=True, text=True, check=True).stdout.strip() == "ok"


@needs_client
def test_client(server, gpg, new_key):
    line, path = new_key()
    client = Client(server.words, server.url.replace("//", "//alice@"), gpg.home)
    assert output(client.key("add", "-f", path + ".pub", "-x", "1h")).startswith("Added keys:")
    assert output(client.key("list", "-a")) == line + "\n"


def test_memory_budget(words, tmp_path):
    path = tmp_path / "inki.conf"
    path.write_text("users: []\n")
    told = subprocess.run([*words, "server", "-c", str(path), "--check-config"], capture_output=True, text=True, check=True,
                          env={**os.environ, **inki.NO_LEAK_SEARCH}).stdout
    rows = re.findall(r"^  (\S.*?)  .*?(\d+)(?:,.*)?$", told.partition("memory in bytes")[2], re.M)
    sizes = [int(size) for name, size in rows if name != "total"]
    assert len(sizes) > 5 and 0 <= int(dict(rows)["total"]) - sum(sizes) < 64 * len(sizes), told


def listed_calls(*names):
    """Those of a list of the system call filter, which qemu does not have."""
    with open(os.path.join(os.path.dirname(__file__), "../../src/host/call_filter.c"), encoding="utf-8") as file:
        text = file.read()
    lists = [re.search(rf" {name}\[\] = \{{(.*?)\n\}};", text, re.S).group(1) for name in names]
    return {call for found in lists for call in re.findall(r"SYS_(\w+)", found)}


def traced_calls(config, message, path):
    """What qemu says of the calls of each process, from its last prctl() on, which would install the filter."""
    server = inki.Server([inki.RELEASE[0], "-strace", *inki.RELEASE[1:]], config)
    assert server.post(message).status == 200
    assert wait_for(lambda: os.path.exists(path))
    server.is_serving()
    server.process.terminate()
    server.process.wait(10)
    calls = {}
    for process, call in re.findall(r"^(\d+) (\w+)\(", server.log(), re.M):
        if call == "prctl":
            calls[process] = set()
        elif process in calls and "rlimit" not in call:
            calls[process].add(call)
    shutil.rmtree(server.folder)
    return calls


def unlisted(calls):
    """The calls that the filter would not let pass; None if the lines that tell who is who are lost."""
    keepers = [found for found in calls.values() if "unlinkat" in found]
    servers = [found for found in calls.values() if found & {"epoll_wait", "epoll_pwait"}]
    if not keepers or not servers:
        return None
    return set().union(*keepers) - listed_calls("calls_of_all", "calls_of_keeper", "modes_of_keeper") | (
        set().union(*servers) - listed_calls("calls_of_all", "calls_of_server"))


@pytest.mark.skipif("qemu" not in inki.RELEASE[0], reason="here the filter itself tells (test_confinement.py); qemu has none")
@pytest.mark.skipif(os.geteuid() != 0, reason="the files of keys must be root's")
@needs("EXPORT")
def test_the_calls_are_those_of_the_filter(gpg, alice, sign, new_key, folder):  # noqa: F811
    """Where two processes write at once, a line may be lost, as that of a last prctl(); what is really called is called each time."""
    config = {"users": [{"name": "alice", "keyring": gpg.export(alice)}], "export": {"directory": folder}}
    line, _ = new_key()
    traces = (traced_calls(config, sign(key=line), f"{folder}/alice/authorized_keys") for _ in range(4))
    found = [calls for calls in map(unlisted, traces) if calls is not None]
    assert found and not set.intersection(*found), found
