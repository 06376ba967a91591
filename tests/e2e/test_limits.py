"""Who sends too many requests that are refused is told to wait, alone, and not for ever."""

import json
import time

import pytest
from inki import Wire, refused

pytestmark = pytest.mark.both

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
