"""A clock that is wrong, steps, or was never set: the server with clocks that the test sets (tests/probe/clock.c), and real gpg.

Signatures tell the true time; what the server's clock shows, and how long its system has been up, is set beside it."""

import os
import struct
import time

import pytest
from inki import refused

pytestmark = pytest.mark.probe

HOUR, DAY, YEARS = 3600, 86400, 40 * 365 * 86400


class Host:
    """A server whose clocks are so many seconds ahead of the true ones."""

    def __init__(self, start, path, config):
        self.path = str(path)
        self.file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        self.begin, self.config = start, config

    def at(self, wall=0, uptime=0):
        os.pwrite(self.file, struct.pack("qq", wall, uptime), 0)
        return self

    def start(self):
        self.server = self.begin(self.config, env={"PROBE_CLOCK": self.path})
        return self.server


@pytest.fixture(scope="module")
def alice(gpg):
    """Alice has had her key since yesterday."""
    return gpg.generate("ed25519", at=int(time.time()) - DAY)


@pytest.fixture
def host(start, gpg, alice, tmp_path):
    def making(wall=0, **config):
        return Host(start, tmp_path / "clock", {"users": [{"name": "alice", "keyring": gpg.export(alice)}], **config}).at(wall)
    return making


def served(server):
    """What sshd is told."""
    return server.authorized_keys("alice").stdout


def test_forward_by_a_day_and_right_again(host, sign, new_key):
    there, (line, _) = host(), new_key()
    server = there.start()
    first = sign(key=line)
    assert server.post(first).status == 200 and line in served(server)
    there.at(DAY)
    assert served(server) == "" and server.keys() == []
    refused(server.post(sign(key=line)), 401, "too old")
    there.at(0)
    assert served(server) == "", "what was over came back"
    refused(server.post(first), 409, "sign a new one")
    time.sleep(1.1)
    assert server.post(sign(key=line)).status == 200 and line in served(server)


def test_back_by_an_hour(host, sign, new_key):
    """What was removed stays so, and a life is as long as it was to be."""
    there, (line, _), (other, _) = host(), new_key(), new_key()
    server = there.start()
    now = int(time.time())
    first, removal = sign(key=line, at=now - HOUR - 60, expire="2h"), sign(key=line, action="remove")
    there.at(-HOUR)
    assert server.post(first).status == 200
    there.at(0)
    assert server.delete(removal).status == 200
    assert server.post(sign(key=other)).status == 200
    there.at(-HOUR)
    refused(server.post(first), 409, "sign a new one")
    refused(server.post(sign(key=line)), 401, "future")
    assert other in served(server) and line not in served(server)
    there.at(-HOUR, uptime=HOUR + 5)
    assert served(server) == "", "its hour has gone by, whatever the clock says"


def test_what_is_forgotten_meanwhile_is_not_taken_on_trust(host, sign, new_key):
    there, (line, _) = host(), new_key()
    server = there.start()
    now = int(time.time())
    old, first, removal = sign(key=line, at=now - 20, expire="3h"), sign(key=line, at=now - 10), sign(key=line, action="remove", at=now)
    assert server.post(first).status == 200 and server.delete(removal).status == 200
    there.at(2 * HOUR)
    assert server.keys() == [] and server.metrics()["inki_keys_remembered"] == 0
    there.at(0)
    for replay in (old, first):
        refused(server.post(replay), 409, "sign a new one")
    assert server.delete(sign(key=line, action="remove", at=now - 15)).status == 404
    refused(server.post(first), 409, "sign a new one")
    assert server.post(sign(key=line, at=now + 1)).status == 200


def test_not_set(host, sign, new_key):
    """As after a start in 1970: nobody gets in, whoever is in can be thrown out, and it goes on once the clock is right."""
    there, (line, _), (other, _) = host(-YEARS), new_key(), new_key()
    server = there.start()
    server.wait_for_log("the system's clock is not set; until it is, no key can be added")
    refused(server.post(sign(key=line)), 503, "the server's clock is not set")
    assert server.delete(sign(key=line, action="remove")).status == 404
    there.at(0)
    time.sleep(1.1)
    assert server.post(sign(key=line)).status == 200
    there.at(-YEARS)
    assert line in served(server), "a clock that is lost throws nobody out"
    refused(server.post(sign(key=other)), 503, "the server's clock is not set")
    time.sleep(1.1)
    assert server.delete(sign(key=line, action="remove")).status == 200
    assert served(server) == ""


def test_told_by_signatures(host, sign, new_key):
    """clock: signed"""
    there, (line, _), (other, _) = host(-YEARS, clock="signed"), new_key(), new_key()
    server = there.start()
    server.wait_for_log("until it is, the newest signature tells the time")
    now = int(time.time())
    early = sign(key=line, at=now - 2 * HOUR, expire="5h")
    assert server.post(early).status == 200, "nobody has told a later time yet"
    assert server.post(sign(key=other, at=now)).status == 200
    refused(server.post(sign(key=line, at=now - HOUR - 60)), 401, "too old")
    assert line in served(server) and other in served(server)
    there.at(-YEARS, uptime=HOUR + 5)
    assert other not in served(server) and line in served(server)
    refused(server.post(sign(key=other, at=now)), 401, "too old")
    assert server.post(sign(key=other, at=now + HOUR + 5)).status == 200


def test_reload_under_a_clock_that_is_lost(host, sign, new_key):
    there, (line, _) = host(), new_key()
    server = there.start()
    assert server.post(sign(key=line)).status == 200
    there.at(-YEARS)
    assert " result=success dropped=0" in server.reload()
    assert line in served(server)
    refused(server.post(sign(key=line)), 503, "the server's clock is not set")
