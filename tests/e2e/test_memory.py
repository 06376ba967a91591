"""What it costs: memory at rest, bytes of the file. The figures are printed (pytest -s, or in the report of a failure)."""

import os
import platform
import re

import inki
import pytest

native = pytest.mark.skipif(platform.machine() != "x86_64" or len(inki.RELEASE) > 1, reason="the limits are those of x86_64")


def memory_of(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        return {name: int(size) for name, size in re.findall(r"(\w+):\s+(\d+) kB", file.read())}


@native
def test_idle_memory(server, capsys):
    server.is_serving()
    for name, pid in (("server", server.serving), ("helper", server.process.pid)):
        memory = memory_of(pid)
        with capsys.disabled():
            print(f"\nidle {name}: {memory['VmRSS']} kB resident, of it {memory['RssAnon']} kB anonymous")
        assert memory["VmRSS"] <= 768


@native
def test_memory_does_not_grow_with_refused_requests(start, gpg, alice, sign, new_key, mallory):
    server = start({"failures": {"burst": 0, "per_minute": 0}, "users": [{"name": "alice", "keyring": gpg.export(alice)}]})
    line, _ = new_key()
    messages = [sign(key=line), sign(by=mallory, key=line), b"x" * 60000, b"-----BEGIN PGP SIGNED MESSAGE-----\n" * 1000]
    for message in messages:
        server.post(message)
    before = memory_of(server.serving)["VmRSS"]
    for _ in range(50):
        for message in messages:
            server.post(message)
    assert memory_of(server.serving)["VmRSS"] <= before + 64


@native
def test_size_of_the_file(words, capsys):
    size = os.path.getsize(words[-1])
    with capsys.disabled():
        print(f"\nfile: {size} bytes")
    assert size <= 600_000  # of it 106 kB are TLS
