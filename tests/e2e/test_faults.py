"""Errors of the system at each call that the server makes: no key that was taken is lost, and nothing wedges.

strace makes the calls fail; the probe (tests/probe/short.c) makes them move less than they were asked to.
"""

import json
import re
import signal
import subprocess
import time

import certificates
import inki
import openpgp
import pytest
from inki import Wire, refused, wait_for
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


def add(number, alice, **more):
    text = json.dumps({"username": "alice", "key": ssh_line(number)[0], "expire": "1h", **more})
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
            server = inki.Server(words, configuration(alice), prefix=strace(f"{call}:error={error}:when={when}"))
        except AssertionError as ended:
            text = str(ended)
            assert "exit status 1" in text and "\ninki: " in text, f"call {when}: {text}"
            continue
        # the sockets are there before the rest is
        wait_for(lambda: "event=start" in server.log() or server.process.poll() is not None)
        try:
            assert server.process.wait(0.2) == 1, f"call {when}: {server.log()}"
            assert re.search("^inki: |^error: ", server.log(), re.M), f"call {when}: {server.log()}"
        except subprocess.TimeoutExpired:
            works_through(server, alice) if when == 1 else ask(server, HEALTH)
            server.stop()


@pytest.mark.parametrize("size", [1, 3, 100])
def test_short_reads_and_writes(start, words, alice, tmp_path, monkeypatch, size):
    """Whatever server, helper, checks and clients read and write, they get it in small pieces."""
    if words != inki.PROBE:
        pytest.skip("the sanitized build has no probe")
    monkeypatch.setenv("PROBE_SHORT", str(size))
    script = tmp_path / "check"
    script.write_text(f"#!/bin/sh\ncat >{tmp_path}/asked\n[ \"$INKI_REASON\" != no ] || {{ echo 'this text is long enough to be cut' >&2; exit 1; }}\n")
    script.chmod(0o755)
    config = configuration(alice)
    if inki.has("CHECKS"):
        config["checks"] = [{"name": "look", "command": [str(script)]}]
        config["users"][0]["checks"] = ["look"]
    listen = [{"address": "127.0.0.1:0"}, {"socket": "SOCKET", "mode": "0666"}]
    if inki.has_tls():
        listen.append({"address": "127.0.0.1:0", "tls": True})
        config["tls"] = certificates.issue().write(str(tmp_path))
    server = start({**config, "listen": listen})
    works_through(server, alice)
    if inki.has("CHECKS"):
        assert json.loads((tmp_path / "asked").read_text())["key"].startswith(ssh_line(7)[0])
        refused(ask(server, add(8, alice, reason="no")), 403, "look: this text is long enough to be cut")
    plain = client(server, f"http://alice@127.0.0.1:{server.ports[0]}")
    assert [each["key"] for each in json.loads(plain)] == [ssh_line(number)[0] for number in range(8)]
    if inki.has_tls():
        url = f"https://alice@localhost:{server.ports[1]}"
        assert client(server, url, "--cacert", config["tls"]["certificate"]) == plain
        url = f"https://localhost:{server.ports[1]}/api/v1/user/alice/keys"
        assert subprocess.run(["curl", "-q", "-sSk", "--max-time", "20", url], capture_output=True, text=True, check=True).stdout == plain
    assert "result=success dropped=0" in server.reload()
    works_through(server, alice)


def client(server, url, *arguments):
    done = subprocess.run([*server.words, "key", "list", url, "--json", *arguments], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done
    return done.stdout


# While it reads its configuration anew: each of the first calls of that kind fails.
RELOADING = [("open", "ENFILE"), ("open", "EMFILE"), ("read", "EIO"), ("read", "EINTR"), ("mmap", "ENOMEM"), ("madvise", "ENOSYS"), ("sendto", "ENOBUFS"),
             ("sendto", "EINTR"), ("munmap", "ENOMEM"), ("close", "EIO"), ("recvfrom", "EINTR")]


def reloads(server):
    """How many there were, those that failed too."""
    text = ask(server, b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n").text
    return sum(map(int, re.findall(r"^inki_reloads_total\{.*\} (\d+)$", text, re.M)))


@pytest.mark.parametrize("call, error", RELOADING)
def test_reloading(start, words, alice, call, error):
    """The old configuration or the new one is in force, never half of one; no key goes; and the next reload works."""
    if words != inki.PROBE:
        pytest.skip("the sanitizers make calls of their own")
    server = start(configuration(alice))
    for number in range(3):
        assert ask(server, add(number, alice)).status == 200
    expected = [ssh_line(number)[0] for number in range(3)]
    for when in range(1, 4):
        both, count = f"{server.process.pid},{server.serving}", reloads(server)
        with subprocess.Popen(["strace", "-o", "/dev/null", "-p", both, "-e", f"inject={call}:error={error}:when={when}"], stderr=subprocess.PIPE) as tracer:
            for _ in range(2):
                assert b"attached" in tracer.stderr.readline()
            before = len(server.log())
            server.process.send_signal(signal.SIGHUP)
            wait_for(lambda: "event=reload" in server.log()[before:] or server.process.poll() is not None, 2)
            wait_for(lambda: reloads(server) > count)  # its line was lost
            tracer.terminate()
        assert server.process.poll() is None, server.log()
        assert [key["key"] for key in ask(server, b"GET /api/v1/keys HTTP/1.1\r\nHost: a\r\n\r\n").json] == expected
        assert "result=success dropped=0" in server.reload()
    works_through(server, alice)


def test_a_helper_that_cannot_be_told_of_a_reload(start, words, alice):
    """It would go on with the old configuration, whose users and checks have other numbers: rather the server ends, and says why."""
    if words != inki.PROBE:
        pytest.skip("the sanitizers make calls of their own")
    server = start(configuration(alice))
    # the line for the log, and three tries to tell
    inject = ["strace", "-o", "/dev/null", "-p", str(server.serving), "-e", "inject=sendto:error=ENOBUFS:when=1..4"]
    with subprocess.Popen(inject, stderr=subprocess.PIPE) as tracer:
        assert b"attached" in tracer.stderr.readline()
        server.process.send_signal(signal.SIGHUP)
        server.wait_for_end(1)
        tracer.wait(inki.PATIENCE)
    assert "the helper process does not listen to the server process; ending" in server.log()


# In a client that sshd runs: all of the keys, or none and an error.
ASKING = [("socket", "EMFILE"), ("socket", "ENFILE"), *[("connect", error) for error in ("EINTR", "ECONNREFUSED", "EAGAIN", "ENOENT")],
          *[("recvfrom", error) for error in ("EINTR", "ECONNRESET", "ENOMEM")], ("sendto", "EINTR"), ("sendto", "EPIPE"),
          ("poll", "EINTR"), ("poll", "ENOMEM"), *[("write", error) for error in ("EINTR", "EAGAIN", "EIO", "ENOSPC")], ("mmap", "ENOMEM"),
          ("getsockopt", "ENOMEM"), ("close", "EIO"), ("fcntl", "EBADF")]


def test_asking(start, words, alice):
    if words != inki.PROBE:
        pytest.skip("the sanitizers make calls of their own")
    server = start(configuration(alice))
    expected = "".join(ssh_line(number)[0] + "\n" for number in range(8))
    for number in range(8):
        assert ask(server, add(number, alice)).status == 200
    for call, error in ASKING:
        for when in ("1", "1+2"):
            asker = ["strace", "-o", "/dev/null", "-e", f"inject={call}:error={error}:when={when}", *words]
            done = server.authorized_keys("alice", words=asker)
            assert (done.returncode, done.stdout) in ((0, expected), (1, "")) and (done.returncode == 0 or "inki: " in done.stderr), (call, error, when, done)


def test_signals_that_mean_nothing(start, alice):
    server = start(configuration(alice))
    for number in (signal.SIGPIPE, signal.SIGWINCH, signal.SIGCHLD, signal.SIGURG):
        server.process.send_signal(number)
    server.process.send_signal(signal.SIGSTOP)
    time.sleep(0.1)
    server.process.send_signal(signal.SIGCONT)
    works_through(server, alice)
