"""Errors of the system at each call that the server makes: no key that was taken is lost, and nothing wedges.

strace makes the calls fail. (Short reads and writes need no strace: test_http.py sends byte by byte, and to peers that hardly read.)
"""

import json
import re
import signal
import subprocess
import time

import inki
import openpgp
import pytest
from inki import Wire, refused
from test_many import ssh_line

pytestmark = [
    pytest.mark.probe,
    pytest.mark.skipif(len(inki.RELEASE) > 1 or subprocess.run(["strace", "-o", "/dev/null", "true"], check=False).returncode != 0,
                       reason="strace cannot trace here"),
]

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
EVERY_THIRD = "when=3+3"

# While it serves: each of these calls fails again and again.
SERVING = [
    *[(call, error) for call in ("recvfrom", "sendto") for error in ("EINTR", "EAGAIN", "ECONNRESET", "ENOMEM", "ETIMEDOUT")],
    *[("accept4", error) for error in ("EINTR", "EAGAIN", "ECONNABORTED", "EPROTO", "EPERM", "ENETDOWN")],
    ("sendto", "EPIPE"),
    ("epoll_pwait", "EINTR"),
    ("epoll_ctl", "ENOMEM"),
    ("epoll_ctl", "ENOSPC"),
    ("getsockopt", "ENOMEM"),
    ("setsockopt", "ENOMEM"),
    ("getpeername", "ENOTCONN"),
    ("shutdown", "ENOTCONN"),
    ("close", "EIO"),
    ("close", "EINTR"),
    ("poll", "EINTR"),
    ("poll", "ENOMEM"),
    *[("write", error) for error in ("EINTR", "EAGAIN", "EPIPE", "EIO", "ENOSPC")],
]

# For these the server stops to accept for a second: not so often.
NO_ROOM = [("accept4", error) for error in ("EMFILE", "ENFILE", "ENOBUFS", "ENOMEM")]

# At start: each of the first calls fails once.
STARTING = [("mmap", "ENOMEM"), ("brk", "ENOMEM"), ("openat", "EMFILE"), ("open", "ENFILE"), ("read", "EIO"), ("read", "EINTR"), ("socket", "EMFILE"),
            ("socket", "ENOBUFS"), ("bind", "EADDRINUSE"), ("listen", "EADDRINUSE"), ("epoll_create1", "EMFILE"), ("epoll_ctl", "ENOMEM"),
            ("signalfd4", "ENFILE"), ("setsockopt", "ENOMEM"), ("rt_sigaction", "EINVAL"), ("prlimit64", "EPERM"),
            ("chdir", "EACCES"), ("umask", "EPERM"), ("fcntl", "EBADF"), ("lstat", "EACCES"), ("uname", "EFAULT"), ("fork", "EAGAIN"),
            ("clone", "EAGAIN"), ("socketpair", "EMFILE"), ("chroot", "EPERM"), ("setresuid", "EAGAIN"),
            ("setgroups", "EPERM"), ("capset", "EPERM"), ("prctl", "EINVAL"), ("mkdir", "EROFS"), ("rmdir", "EBUSY")]


def strace(*injections):
    """In front of the server; -D: the server stays our child, which gets our signals."""
    return ["strace", "-D", "-f", "-o", "/dev/null", *(word for injection in injections for word in ("-e", "inject=" + injection))]


@pytest.fixture(autouse=True)
def without_filter(monkeypatch):
    """A call that strace lets fail is none that the system call filter knows."""
    monkeypatch.setenv("PROBE_WITHOUT", "filter")


@pytest.fixture
def alice():
    return openpgp.Key("ed25519")


def configuration(alice):
    return {"users": [{"name": "alice", "keyring": openpgp.armored_certificate(alice)}]}


def add(number, alice):
    text = json.dumps({"username": "alice", "key": ssh_line(number)[0], "expire": "1h"})
    message = openpgp.clearsign(text, openpgp.Signature(alice))
    return b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s" % (len(message), message)


def ask(server, request, tries=12):
    """The answer; a connection that breaks is made anew, as a client has to."""
    for _ in range(tries):
        try:
            with Wire(server, 5) as wire:
                return wire.send(request).answer()
        except (AssertionError, ConnectionError):
            pass
    raise AssertionError(f"no answer in {tries} tries:\n{server.log()}")


def works_through(server, alice):
    """A day's work: keys go in and are served, each that was answered with 200."""
    for number in range(8):
        answer = ask(server, add(number, alice))
        assert answer.status == 200, answer
        assert ask(server, HEALTH).status == 200
    refused(ask(server, b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"), 400, "gpg --clearsign")
    expected = [ssh_line(number)[0] for number in range(8)]
    assert [key["key"] for key in ask(server, b"GET /api/v1/keys HTTP/1.1\r\nHost: a\r\n\r\n").json] == expected
    for _ in range(12):
        served = server.authorized_keys("alice")
        if served.returncode == 0:
            break
        assert served.stdout == "", "a part of the keys, after an error"
    assert served.stdout.splitlines() == expected, served.stderr


@pytest.mark.parametrize("call, error", SERVING)
def test_serving(start, alice, call, error):
    server = start(configuration(alice), prefix=strace(f"{call}:error={error}:{EVERY_THIRD if call != 'epoll_ctl' else 'when=6+3'}"))
    works_through(server, alice)


@pytest.mark.parametrize("call, error", NO_ROOM)
def test_no_room(start, alice, call, error):
    server = start(configuration(alice), prefix=strace(f"{call}:error={error}:when=3..4", f"{call}:error={error}:when=12+40"))
    works_through(server, alice)
    assert "no room for another connection" in server.log()


@pytest.mark.parametrize("call, error", STARTING)
def test_starting(words, alice, call, error):
    """The server ends with a sentence, or goes on and is whole: for the first of these calls, for the second, ..."""
    for when in range(1, 4):
        try:
            server = inki.Server(words, configuration(alice), prefix=strace(f"{call}:error={error}:when={when}"), wait=10)
        except AssertionError as ended:
            text = str(ended)
            assert "exit status 1" in text and "\ninki: " in text, f"call {when}: {text}"
            continue
        try:  # the sockets are there before the rest is
            assert server.process.wait(0.2) == 1, f"call {when}: {server.log()}"
            assert re.search("^inki: |^error: ", server.log(), re.M), f"call {when}: {server.log()}"
        except subprocess.TimeoutExpired:
            works_through(server, alice) if when == 1 else ask(server, HEALTH)
            server.stop()


def test_signals_that_mean_nothing(start, alice):
    server = start(configuration(alice))
    for number in (signal.SIGPIPE, signal.SIGWINCH, signal.SIGCHLD, signal.SIGURG):
        server.process.send_signal(number)
    server.process.send_signal(signal.SIGSTOP)
    time.sleep(0.1)
    server.process.send_signal(signal.SIGCONT)
    works_through(server, alice)
