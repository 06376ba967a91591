"""inki events and inki explain: what a person at 3 a.m. asks a host that does not let him in."""

import http.server
import json
import os
import re
import subprocess
import threading
import time

import pytest
from inki import PATIENCE, Wire, wait_for

pytestmark = pytest.mark.both


def run(server, *arguments, words=None, **how):
    return subprocess.run([*(words or server.words), *arguments], capture_output=True, text=True, timeout=20, check=False, **how)


def local(server):
    return f"unix:{server.socket_path}"


def md5_with_colons(key):
    return ":".join(key["md5"][at:at + 2] for at in range(0, 32, 2))


def explain(server, user, fingerprint):
    done = run(server, "explain", local(server), user, fingerprint)
    assert done.returncode == 0, done
    lines = done.stdout.splitlines()
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ  \S", line) for line in lines[:-1]), done.stdout
    return lines, done.stderr


# ---- events ----

def test_events_are_the_lines_of_the_log(server, sign, new_key):
    line, _ = new_key()
    server.post(sign(key=line, reason='say "hi" <b> a=b \\x0a \u202e ü'))
    server.post(b"nonsense")
    server.authorized_keys("alice")
    done = run(server, "events", local(server))
    assert done.returncode == 0 and done.stderr == ""
    assert done.stdout == "".join(line + "\n" for line in server.log().splitlines() if line.startswith("event=")), server.log()
    as_json = run(server, "events", "--json", local(server))
    assert [json.loads(line)["event"] for line in as_json.stdout.splitlines()] == ["start", "added", "refused", "served"]
    of_alice = run(server, "events", env={**os.environ, "INKI_SERVER": local(server)})
    assert of_alice.stdout == done.stdout


def test_events_of_a_user(start, gpg, alice, sign, new_key):
    server = start({"listen": [{"address": "127.0.0.1:0", "events": True}], "users": [{"name": "alice", "keyring": gpg.export(alice)}]})
    server.post(sign(key=new_key()[0]))
    server.curl("/api/v1/user/bob/authorized_keys")
    done = run(server, "events", f"http://alice@127.0.0.1:{server.ports[0]}")
    assert (done.returncode, [line.split()[0] for line in done.stdout.splitlines()]) == (0, ["event=added"]), done


def test_events_that_are_not_shown(server):
    done = run(server, "events", server.url)
    assert done.returncode == 1 and done.stdout == "" and "does not show events" in done.stderr, done
    done = run(server, "events", "unix:/nowhere/inki.sock")
    assert done.returncode == 1 and done.stdout == "" and done.stderr, done
    assert run(server, "events", "a", "b").returncode == 2


def test_forgotten_events_are_told(start):
    server = start({"users": [], "failures": {"burst": 0, "per_minute": 0}})
    for _ in range(2):
        with Wire(server) as wire:
            wire.send(300 * b"POST /api/v1/keys HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx")
            for _ in range(300):
                wire.answer()
    done = run(server, "events", local(server))
    lines = done.stdout.splitlines()
    assert lines[0].startswith("event=start ") and len(lines) > 100
    assert done.stderr == f"inki: {601 - len(lines)} events are missing: the server has forgotten the oldest of them, to make room; its log has all\n"


def test_follow(start, tmp_path):
    config = {"users": []}
    server = start(config)
    url = local(server)
    with open(tmp_path / "out", "wb") as out, open(tmp_path / "err", "wb") as err:
        follower = subprocess.Popen([*server.words, "events", "-f", url], stdout=out, stderr=err)

    def comes(name, fragment, count=1):
        wait_for(lambda: (tmp_path / name).read_text().count(fragment) >= count)
        assert (tmp_path / name).read_text().count(fragment) == count, (tmp_path / name).read_text()
    try:
        comes("out", "event=start")
        server.post(b"nonsense")
        comes("out", "event=refused")
        server.end()
        comes("err", "waiting for it to come back")
        again = start(config, folder=server.folder)
        comes("out", "event=start", 2)
        again.post(b"nonsense", unix=True)
        comes("out", "event=refused", 2)
        comes("err", "the server is back")
        assert "missing" not in (tmp_path / "err").read_text()
        assert follower.poll() is None
    finally:
        follower.kill()
        follower.wait()


def test_follow_ends_with_its_reader(server):
    follower = subprocess.Popen([*server.words, "events", "-f", local(server)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert follower.stdout.readline().startswith(b"event=start")
    follower.stdout.close()
    server.post(b"nonsense")
    assert follower.wait(PATIENCE) == 0 and follower.stderr.read() == b""
    follower.stderr.close()


def test_follow_of_nobody(server):
    done = run(server, "events", "-f", "unix:/nowhere/inki.sock")
    assert done.returncode == 1, "a wrong address is an error, not something to wait for"


# ---- explain ----

@pytest.fixture
def key_of(server, sign, new_key):
    def adding(**fields):
        line, _ = new_key()
        answer = server.post(sign(key=line, **fields))
        assert answer.status == 200, answer
        return line, answer.json[0]
    return adding


def forms(key):
    return [key["fingerprint"], key["md5"], "MD5:" + md5_with_colons(key), key["fingerprint"].replace("+", "-").replace("/", "_")]


def test_key_that_is_in(server, alice, key_of):
    _, key = key_of(reason="disk is full")
    for form in forms(key):
        lines, errors = explain(server, "alice", form)
        assert len(lines) == 2 and errors == ""
        assert f"  let in until {key['expire']}, signed by " in lines[0] and f"({alice}), sent from 127.0.0.1, reason: disk is full" in lines[0]
        assert re.fullmatch(rf"This key lets alice in until {key['expire']}, another (1h|59m\d+s).", lines[1])


def test_key_that_was_removed(server, sign, alice, key_of):
    line, key = key_of()
    server.authorized_keys("alice", key["fingerprint"])
    server.post(sign(action="remove", fingerprint=key["fingerprint"], at=int(time.time()) + 1))
    server.authorized_keys("alice", key["md5"])
    for form in forms(key):
        lines, _ = explain(server, "alice", form)
        assert [line.split("  ")[1].split(" ")[0].rstrip(",") for line in lines[:-1]] == ["let", "asked", "removed", "asked"], lines
        assert "keys handed out: 1" in lines[1] and "keys handed out: 0" in lines[3]
        assert re.fullmatch(rf"This key does not let alice in. Last, \d+s ago \(\S+Z\): removed, signed by .* \({alice}\), sent from 127.0.0.1.",
                            lines[-1]), lines[-1]


def test_key_that_root_removed(server, key_of):
    _, key = key_of()
    server.curl("/api/v1/user/alice/key/" + key["md5"], "-X", "DELETE", unix=True)
    assert ": removed by root on the host, sent from unix:uid:0." in explain(server, "alice", key["md5"])[0][-1]


def test_key_that_expired(server, key_of):
    _, key = key_of(expire="4s")
    server.wait_for_log("event=expired")
    for form in forms(key):
        assert re.fullmatch(r"This key does not let alice in. Last, \d+s ago \(\S+Z\): expired.", explain(server, "alice", form)[0][-1])


def test_key_that_was_refused(server, sign, new_key, tmp_path):
    line, path = new_key()
    server.post(sign(key=line, expire="48h"))
    sha256 = subprocess.run(["ssh-keygen", "-lf", path + ".pub"], capture_output=True, text=True, check=True).stdout.split()[1]
    lines, _ = explain(server, "alice", sha256)
    assert "a request was refused: the key would live longer than this user's policy allows: max_lifetime is 24h (POLICY_LIFETIME)" in lines[-1] \
        or "max_lifetime is 1d (POLICY_LIFETIME)" in lines[-1], lines
    assert "signed on " in lines[-1]


def test_key_that_nobody_knows(server):
    lines, errors = explain(server, "alice", "SHA256:" + 43 * "A")
    assert len(lines) == 1 and errors == ""
    assert re.fullmatch(r"This key does not let alice in. It was never let in since the server's start, \d+s ago \(\S+Z\), "
                        "and no request for it came.", lines[0]), lines
    server.post(b"nonsense")
    assert "1 refused requests do not tell which key" in explain(server, "alice", "SHA256:" + 43 * "A")[1]


def test_other_users_and_keys_stay_apart(server, sign, key_of):
    _, key = key_of()
    _, other = key_of()
    server.post(sign(username="bob", key=other["key"]))
    assert len(explain(server, "alice", key["fingerprint"])[0]) == 2
    lines, _ = explain(server, "bob", other["fingerprint"])
    assert len(lines) == 2 and "does not let bob in" in lines[-1] and "USER_UNKNOWN" in lines[0]


def test_wrong_usage(server):
    for arguments in ([], ["alice"], ["a", "b", "c", "d"], ["alice", "x"], ["http://alice@x", "alice", 32 * "0"], ["x y", "alice", 32 * "0"]):
        done = run(server, "explain", *arguments)
        assert done.returncode == 2 and done.stdout == "" and "inki" in done.stderr, done


def test_where_events_are_not_shown(server, key_of):
    _, key = key_of()
    done = run(server, "explain", server.url, "alice", key["fingerprint"])
    assert done.returncode == 1 and "This key lets alice in until" in done.stdout and "does not show events" in done.stderr, done


# ---- servers that mean harm ----

NUMBER = '"number":1700000000000001'
HOSTILE = {
    # name: (the body; is it taken?; what must stand in the output)
    "nothing": ("", False, ""),
    "no array": ("{}", False, ""),
    "no number": ('[{"event":"added"}]', False, ""),
    "number as text": ('[{"number":"x","event":"added"}]', False, ""),
    "large number": ('[{"number":99999999999999999999,"event":"added"}]', False, ""),
    "negative number": ('[{"number":-1,"event":"added"}]', False, ""),
    "no event": ("[{%s}]" % NUMBER, False, ""),
    "event of another type": ('[{%s,"event":1e5}]' % NUMBER, True, ""),
    "control character": ('[{%s,"event":"a\\u001b[2J"}]' % NUMBER, False, ""),
    "nested": ('[{%s,"event":{"a":1}}]' % NUMBER, False, ""),
    "cut": ('[{%s,"event":"added"}' % NUMBER, False, ""),
    "something behind": ('[{%s,"event":"added"}] x' % NUMBER, False, ""),
    "direction of writing": ('[{%s,"event":"a\u202eb"}]' % NUMBER, True, 'event="a?b"\n'),
    "name with a line end": ('[{%s,"event":"a","x\u2028event=y":"z"}]' % NUMBER, True, "event=a x?event=y=z\n"),
    "long": ('[{%s,"event":"%s"}]' % (NUMBER, 9000 * "a"), True, 'event="too long to be shown"\n'),
    "longer than memory": ('[{%s,"event":"%s"}]' % (NUMBER, 90000 * "a"), False, ""),
    "order": ('[{"number":5,"event":"b"},{"number":4,"event":"a"},{"number":0,"event":"c"}]', True, "event=b\nevent=a\nevent=c\n"),
    "quotes": ('[{%s,"event":"a=\\"b"}]' % NUMBER, True, 'event="a\\x3d\\x22b"\n'),
    "many strings": ('[{%s,"event":"a","signer":[%s]}]' % (NUMBER, ",".join(17 * ['"b"'])), False, ""),
    "no strings": ('[{%s,"event":"a","signer":[],"uid":[]}]' % NUMBER, True, "event=a\n"),
    "strange fingerprints": ('[{%s,"event":"added","user":"alice","fingerprint":"x","md5":["%s"],"time":"never"}]' % (NUMBER, 32 * "0"), True, ""),
}


@pytest.fixture(scope="module")
def liar():
    """Answers each request for events with the last of the bodies; keys there are none."""
    bodies = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            is_event = self.path.startswith("/api/v1/events")
            body = bodies[-1].encode() if is_event else b'{"code":404,"error":"Not Found","message":"x"}'
            self.send_response(200 if is_event else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", bodies
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_server(words, liar, name):
    url, bodies = liar
    body, is_taken, output = HOSTILE[name]
    bodies.append(body)
    for arguments in (["events", url], ["events", "--json", url], ["explain", url, "alice", 32 * "1"]):
        done = subprocess.run([*words, *arguments], capture_output=True, text=True, timeout=20, check=False)
        assert done.returncode == (0 if is_taken else 1), done
        assert "Sanitizer" not in done.stderr and "runtime error" not in done.stderr, done
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]", done.stdout + done.stderr)
        if arguments == ["events", url] and output:
            assert done.stdout == output
