"""`inki authorized-keys` against servers that are good, absent, silent, slow and hostile: it prints all or nothing, and in time."""

import contextlib
import os
import signal
import socket
import subprocess
import time

import inki
import pytest
from fake import LINE, answer, endless, endless_head, fake_server

pytestmark = pytest.mark.both


def run(words, *arguments, **how):
    return subprocess.run([*words, "authorized-keys", *arguments], capture_output=True, timeout=30, check=False, **how)


def fails(words, url, *arguments):
    """It fails as it should: nothing on standard output, one sentence on standard error, exit status 1, in time."""
    started = time.monotonic()
    done = run(words, "alice", *arguments, "-s", url)
    took = time.monotonic() - started
    assert done.returncode == 1, done
    assert done.stdout == b"", done
    errors = done.stderr.decode()
    assert errors.startswith("inki") and errors.count("\n") == 1 and errors.endswith("\n"), done
    assert took < 6, f"took {took:.1f} s"
    return errors


def test_good_server(tmp_path, words):
    with fake_server(tmp_path, answer()) as url:
        done = run(words, "alice", "-s", url)
        assert (done.returncode, done.stdout.decode(), done.stderr) == (0, LINE + "\n", b"")


GOOD = {
    "no keys": ([answer("")], ""),
    "byte by byte": ([lambda: (bytes([byte]) for byte in answer())], LINE + "\n"),
    "chunked": ([b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nssh-e\r\n%x\r\n%s\r\n0\r\n\r\n" %
                 (len(LINE) - 4, LINE[5:].encode() + b"\n")], LINE + "\n"),
    "slow, but in time": ([answer()[:40], 0.8, answer()[40:]], LINE + "\n"),
    "many": ([answer((LINE + "\n") * 10000)], (LINE + "\n") * 10000),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_answers(tmp_path, words, name):
    sends, expected = GOOD[name]
    with fake_server(tmp_path, *sends) as url:
        done = run(words, "alice", "-s", url)
        assert (done.returncode, done.stdout.decode(), done.stderr) == (0, expected, b"")


HOSTILE = {
    "never answers": [],
    "closes at once": [b""],
    "garbage": [bytes(range(256)) * 100],
    "half a head": [answer()[:20]],
    "half a body": [answer()[:-10]],
    "half a body, then silence": [answer()[:-10], 5.0],
    "no line end": [answer(LINE)],
    "404": [answer('{"code":404}', "HTTP/1.1 404 Not Found")],
    "500 with keys": [answer(head="HTTP/1.1 500 Internal Server Error")],
    "302": [answer(head="HTTP/1.1 302 Found", fields="Location: http://localhost/\r\n")],
    "206": [answer(head="HTTP/1.1 206 Partial Content")],
    "other protocol": [answer(head="HTTP/3.1 200 OK")],
    "endless": [endless],
    "endless head": [endless_head],
    "interim answers without end": [lambda: iter(lambda: b"HTTP/1.1 100 Continue\r\n\r\n", None)],
    "huge length": [answer(size=1 << 62)],
    "length beyond 64 bits": [answer(size=1 << 70)],
    "two lengths": [answer(fields="Content-Length: 3\r\n")],
    "both framings": [answer(fields="Transfer-Encoding: chunked\r\n")],
    "NUL": [answer(LINE + "\0\n")],
    "escape": [answer("\x1b[2J" + LINE + "\n")],
    "bad chunk": [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"],
    "chunk of 2^64": [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\n"],
    "half the chunks": [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nssh-e\r\n"],
    "a byte now and then": [lambda: (time.sleep(0.3) or bytes([byte]) for byte in answer())],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_servers(tmp_path, words, name):
    with fake_server(tmp_path, *HOSTILE[name]) as url:
        fails(words, url)


def test_no_server(tmp_path, words):
    fails(words, f"unix:{tmp_path}/nothing")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    fails(words, f"unix:{tmp_path}/file")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        fails(words, f"http://127.0.0.1:{closed.getsockname()[1]}")


def test_stuffed_backlog(tmp_path, words):
    """A server whose queue of connections is full lets nobody in: connect() itself would wait."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "full"))
        listener.listen(0)
        waiting = []
        for _ in range(3):
            waiting.append(socket.socket(socket.AF_UNIX))
            waiting[-1].setblocking(False)
            with contextlib.suppress(BlockingIOError):
                waiting[-1].connect(str(tmp_path / "full"))
        fails(words, f"unix:{tmp_path}/full")
        for each in waiting:
            each.close()


def test_stopped_server(server):
    os.kill(server.serving, signal.SIGSTOP)
    try:
        fails(server.words, f"unix:{server.socket_path}")
    finally:
        os.kill(server.serving, signal.SIGCONT)


def test_standard_output_closed_early(tmp_path, words):
    """Old versions of sshd close the pipe once they have found their key."""
    with fake_server(tmp_path, answer((LINE + "\n") * 10000)) as url:
        child = subprocess.Popen([*words, "authorized-keys", "alice", "-s", url], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        child.stdout.close()
        errors = child.stderr.read()
        child.stderr.close()
        assert child.wait(30) >= 0, "killed by a signal"
        assert b"Sanitizer" not in errors, errors
        done = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", *words, "authorized-keys", "alice", "-s", url],
                              stderr=subprocess.PIPE, timeout=30, check=False)
        assert done.returncode == 1, done
        done = subprocess.run(["sh", "-c", 'exec "$@" >/dev/full', "sh", *words, "authorized-keys", "alice", "-s", url],
                              stderr=subprocess.PIPE, timeout=30, check=False)
        assert done.returncode == 1 and done.stderr, done


@pytest.mark.parametrize("arguments", [[], ["a", "b", "c"], ["alice", "--nonsense"], ["alice", "-s"]])
def test_usage(words, arguments):
    done = run(words, *arguments)
    assert done.returncode == 2 and done.stdout == b"" and done.stderr, done


def test_server_over_tcp_and_environment(server, sign, new_key):
    line, _ = new_key()
    assert server.post(sign(key=line)).status == 200
    assert server.authorized_keys("alice", url=server.url).stdout == line + "\n"
    for where in (server.url, "unix:" + server.socket_path):
        done = run(server.words, "alice", env={**os.environ, "INKI_SERVER": where})
        assert (done.returncode, done.stdout.decode()) == (0, line + "\n"), done


def test_by_fingerprint(server, sign, new_key):
    keys = []
    for _ in range(3):
        line, _ = new_key()
        keys += server.post(sign(key=line)).json
    for key in keys:
        for fingerprint in (key["fingerprint"], key["md5"], "MD5:" + ":".join(key["md5"][at:at + 2] for at in range(0, 32, 2))):
            assert server.authorized_keys("alice", fingerprint).stdout == key["key"] + "\n"
    assert server.authorized_keys("alice").stdout == "".join(key["key"] + "\n" for key in keys)
    nonsense = server.authorized_keys("alice", "nonsense")
    assert nonsense.returncode == 1 and nonsense.stdout == "" and "fingerprint" in nonsense.stderr, nonsense
    unknown = server.authorized_keys("alice", "SHA256:" + 43 * "A")
    assert (unknown.returncode, unknown.stdout, unknown.stderr) == (0, "", "")
    for name in ("bob", "root", "../alice", "a b", "%61lice", "alice/keys", "alice?x=y"):
        assert server.authorized_keys(name).stdout == "", name


def test_fast(server, sign, new_key, capsys):
    line, _ = new_key()
    server.post(sign(key=line))
    best = min(timed(server) for _ in range(10))
    with capsys.disabled():
        print(f"\nauthorized-keys: {best * 1000:.1f} ms")
    assert best < (0.1 if server.words == inki.RELEASE else 1)


def timed(server):
    started = time.perf_counter()
    server.authorized_keys("alice")
    return time.perf_counter() - started
