"""The main ways, once each: a signed key goes in and comes out, or does not. This is what also runs for the binaries of boards, under
qemu; what a board's configuration leaves out is skipped."""

import os
import re
import subprocess
import time

import inki
import pytest
from client import Client, needs_client, output

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
