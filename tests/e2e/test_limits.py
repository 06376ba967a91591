"""Who sends too many requests that are refused is told to wait, alone, and not for ever. Nor does the lack of descriptors last."""

import json
import os
import socket
import re
import struct
import subprocess
import time

import inki
import pytest
from inki import Wire, refused

pytestmark = pytest.mark.both

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
NO_MESSAGE = b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
UNREAD = b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"


@pytest.fixture
def limited(start, gpg, alice):
    """Takes 5 failures at once and then one in 2 seconds, from each of two addresses."""
    listen = [{"address": "127.0.0.1:0"}, {"address": "127.0.0.2:0"}, {"socket": "SOCKET", "mode": "0666"}]
    return start({"listen": listen, "failures": {"burst": 5, "per_minute": 30},
                  "users": [{"name": "alice", "keyring": gpg.export(alice)}]})


def use_up(server):
    for _ in range(5):
        with Wire(server) as wire:
            refused(wire.send(NO_MESSAGE).answer(), 400, "gpg --clearsign")


def test_source_that_fails_is_limited(limited, sign, new_key):
    line, _ = new_key()
    good = sign(key=line)
    use_up(limited)
    for _ in range(3):
        with Wire(limited) as wire:
            answer = wire.send(UNREAD).answer()  # before a byte of the body
            refused(answer, 429, "Retry-After")
            assert answer.headers["retry-after"] in ("1", "2") and answer.headers["connection"] == "close"
            assert wire.is_closed()
    refused(limited.post(good), 429, "Retry-After")
    limited.is_serving()
    assert limited.curl("/api/v1/keys").json == [], "a limited source may still ask"
    refused(limited.post(b"hello", unix=True), 400, "gpg --clearsign")
    assert limited.post(good, unix=True).status == 200, "the Unix socket is not limited"
    assert limited.authorized_keys("alice").stdout == line + "\n"
    refused(limited.curl("/api/v1/keys", "--interface", "127.0.0.2", data=b"hello"), 400, "gpg --clearsign")
    assert limited.log().count("event=limited ") == 1 and "remote=127.0.0.1 message=" in limited.log()
    assert limited.metrics()["inki_requests_limited_total"] == 4
    time.sleep(int(answer.headers["retry-after"]))
    assert limited.post(good).status == 200, "the limit outlasts its own Retry-After"


def test_malformed_http_is_a_failure(limited):
    for _ in range(5):
        with Wire(limited) as wire:
            assert wire.send(b"GET /\0 HTTP/1.1\r\n\r\n").answer().status == 400
    with Wire(limited) as wire:
        assert wire.send(UNREAD).answer().status == 429


def test_good_requests_are_never_limited(limited, sign, new_key):
    good = sign(key=new_key()[0])
    for _ in range(40):
        assert limited.post(good).status == 200


def test_no_limit(start, gpg, alice):
    server = start({"failures": {"burst": 0, "per_minute": 0}, "users": [{"name": "alice", "keyring": gpg.export(alice)}]})
    with Wire(server) as wire:
        wire.send(NO_MESSAGE * 100)
        assert [wire.answer().status for _ in range(100)] == [400] * 100
    assert json.loads(server.curl("/api/v1/keys").text) == []


# ---- peers that end in strange ways ----

def test_half_closed_peer_gets_its_answer(server):
    with Wire(server) as wire:
        wire.send(HEALTH + NO_MESSAGE).socket.shutdown(socket.SHUT_WR)
        assert [wire.answer().status, wire.answer().status] == [200, 400]
        assert wire.is_closed()
    with Wire(server) as wire:
        wire.send(NO_MESSAGE[:-2]).socket.shutdown(socket.SHUT_WR)
        refused(wire.answer(), 400, "too early")


def test_resets_leave_nothing_behind(server):
    before = descriptors(server)
    for number in range(300):
        with Wire(server) as wire:
            wire.send((HEALTH * 100)[:1 + 31 * (number % 100)])
            wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    end = time.monotonic() + 5
    while server.metrics()["inki_connections"] > 1 and time.monotonic() < end:
        time.sleep(0.05)
    assert server.metrics()["inki_connections"] == 1
    while descriptors(server) > before and time.monotonic() < end:
        time.sleep(0.05)
    assert descriptors(server) == before


# ---- out of descriptors ----

def set_limit(server, number):
    """As the user that the server has become: root may lack the right to do it to others."""
    server.wait_for_log("event=start")
    with open(f"/proc/{server.serving}/status", encoding="ascii") as file:
        uid, gid = re.search(r"^Uid:\s+(\d+).*\nGid:\s+(\d+)", file.read(), re.M).groups()
    as_server = ["setpriv", "--reuid", uid, "--regid", gid, "--clear-groups"]
    subprocess.run([*as_server, "prlimit", f"--pid={server.serving}", f"--nofile={number}:"], check=True)


def descriptors(server):
    server.wait_for_log("event=start")  # until then it has those of its start, too
    return len(os.listdir(f"/proc/{server.serving}/fd"))


def lowest_free(server):
    """A limit of so many leaves no descriptor."""
    taken = {int(name) for name in os.listdir(f"/proc/{server.serving}/fd")}
    return next(number for number in range(len(taken) + 1) if number not in taken)


def processor_time(server):
    with open(f"/proc/{server.serving}/stat", encoding="ascii") as file:
        return sum(int(each) for each in file.read().rsplit(")", 1)[1].split()[11:13]) / os.sysconf("SC_CLK_TCK")


@pytest.mark.skipif(len(inki.RELEASE) > 1, reason="the limit would be the emulator's")
def test_no_descriptor_is_left(server, sign, new_key):
    """The network waits, without a loop that burns the processor; sshd is answered, as idle connections give way to it."""
    line, _ = new_key()
    assert server.post(sign(key=line)).status == 200
    server.wait_for_log("event=start")
    before = descriptors(server)
    set_limit(server, before + 3)
    wires = [Wire(server, 5) for _ in range(10)]
    try:
        for wire in wires:
            wire.send(HEALTH)
        for wire in wires[:3]:
            assert wire.answer().status == 200
        server.wait_for_log("no room for another connection")
        started = processor_time(server)
        for _ in range(20):
            assert server.authorized_keys("alice").stdout == line + "\n"
            time.sleep(0.1)
        assert processor_time(server) - started < 1, "the server spins"
        assert server.log().count("no room for another connection") < 10, server.log()
        set_limit(server, before + 100)
        for wire in wires[3:]:
            assert wire.answer().status == 200, "who waited in the queue is served in the end"
    finally:
        for wire in wires:
            wire.socket.close()
    server.is_serving()
    end = time.monotonic() + 5
    while descriptors(server) > before and time.monotonic() < end:
        time.sleep(0.05)
    assert descriptors(server) == before, "a descriptor is lost"


@pytest.mark.skipif(len(inki.RELEASE) > 1, reason="the limit would be the emulator's")
def test_no_descriptor_is_left_for_anybody(server):
    """Not even a connection that could give way: the server waits, and goes on."""
    server.wait_for_log("event=start")
    before = descriptors(server)
    set_limit(server, lowest_free(server))
    with Wire(server, 5) as wire:
        wire.send(HEALTH)
        server.wait_for_log("no room for another connection")
        asked = subprocess.Popen([*server.words, "authorized-keys", "alice", "-s", f"unix:{server.socket_path}"])
        started = processor_time(server)
        time.sleep(0.7)
        assert processor_time(server) - started < 0.3, "the server spins"
        set_limit(server, before + 100)
        assert wire.answer().status == 200 and asked.wait(5) == 0
