"""The checks that are shipped in board/checks: each does what it says, with the host's shell and with busybox's."""

import glob
import http.server
import json
import os
import shutil
import subprocess
import threading
import time

import pytest
from inki import TREE, has, refused, wait_for

pytestmark = pytest.mark.skipif(not has("CHECKS"), reason="built without CONFIG_CHECKS")

SHELLS = [["sh"]] + ([["busybox", "sh"]] if shutil.which("busybox") else [])
FOLDER = os.path.join(TREE, "board", "checks")


def example(name):
    return os.path.abspath(os.path.join(FOLDER, name))


@pytest.fixture(params=SHELLS, ids=lambda words: words[0])
def run(request):
    """Runs an example alone; returns (exit status, first line of its errors)."""
    def running(name, *arguments, data="{}\n", **variables):
        variables = {"INKI_USER": "alice", "INKI_ACTION": "add", "INKI_SIGNERS": "A1", **variables}
        done = subprocess.run([*request.param, example(name), *arguments], input=data, capture_output=True, text=True, timeout=30,
                              check=False, env={"PATH": os.environ["PATH"], **variables})
        return done.returncode, done.stderr.split("\n")[0]
    return running


@pytest.fixture
def host(start, gpg, alice):
    def starting(name, *arguments, **more):
        return start({"checks": [{"name": name, "command": [example(name), *arguments], **more}],
                      "users": [{"name": "alice", "keyring": gpg.export(alice), "checks": [name]}]})
    return starting


def test_all_are_tested():
    scripts = {os.path.basename(path) for path in glob.glob(f"{FOLDER}/*")} - {"README.md"}
    assert scripts == {"on-call", "ask-a-person", "limit-by-signer", "opa"}
    assert all(os.access(example(name), os.X_OK) for name in scripts)


# ---- on-call ----

def clock(tmp_path, day, time_of_day):
    """A date command that says so."""
    folder = tmp_path / "clock"
    folder.mkdir()
    (folder / "date").write_text(f"#!/bin/sh\ncase $1 in +1*) echo 1{time_of_day.replace(':', '')} ;; +%u) echo {day} ;; "
                                 f"*) echo '{time_of_day} on day {day}' ;; esac\n")
    (folder / "date").chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


@pytest.mark.parametrize("arguments, day, now, allowed", [
    (("08:00", "18:00"), 3, "08:00", True), (("08:00", "18:00"), 3, "17:59", True), (("08:00", "18:00"), 3, "18:00", False),
    (("08:00", "18:00"), 3, "07:59", False), (("08:00", "18:00", "12345"), 6, "12:00", False), (("08:00", "18:00", "67"), 6, "12:00", True),
    (("22:00", "06:00", "5"), 5, "23:00", True), (("22:00", "06:00", "5"), 6, "05:59", True), (("22:00", "06:00", "5"), 5, "05:00", False),
    (("22:00", "06:00", "5"), 6, "22:30", False), (("22:00", "06:00", "7"), 1, "00:00", True), (("00:00", "00:00"), 1, "00:00", False),
    (("nonsense", "18:00"), 3, "12:00", False), (("08:00",), 3, "12:00", False),
])
def test_on_call(run, tmp_path, arguments, day, now, allowed):
    code, words = run("on-call", *arguments, PATH=clock(tmp_path, day, now))
    assert (code == 0) == allowed, words
    if not allowed and len(arguments) > 1 and ":" in arguments[0]:
        assert f"it is {now} on day {day}" in words


def test_on_call_in_the_server(host, sign, new_key):
    refused(host("on-call", "00:00", "00:00").post(sign(key=new_key()[0])), 403, "on call from 00:00 to 00:00")
    now = time.localtime()
    if (now.tm_hour, now.tm_min) < (23, 58):
        assert host("on-call", "00:00", "23:59").post(sign(key=new_key()[0])).status == 200


# ---- ask-a-person ----

@pytest.mark.parametrize("verdict, reason, status, fragment", [
    ("yes", "", 200, None), ("no", "", 403, "an operator said no"), ("no", "not now, Bob sleeps\n", 403, "not now, Bob sleeps"),
])
def test_ask_a_person(host, sign, new_key, tmp_path, verdict, reason, status, fragment):
    folder = tmp_path / "ask"
    folder.mkdir()
    (folder / "alice.999999999").write_text("one that was left behind")
    server = host("ask-a-person", str(folder), timeout="2m")
    line, _ = new_key()
    answers = []
    asker = threading.Thread(target=lambda: answers.append(server.post(sign(key=line, reason="ticket 17"))))
    asker.start()
    assert wait_for(lambda: [each for each in folder.glob("alice.*") if "9999" not in each.name and "new" not in each.name])
    (question,) = [each for each in folder.glob("alice.*") if each.suffix != ".new"]
    text = question.read_text(encoding="utf-8")
    assert "ticket 17" in text and line in text and "<test@example.org>" in text
    assert question.stat().st_mode & 0o077 == 0
    question.with_name(f"{question.name}.{verdict}").write_text(reason)
    asker.join()
    assert answers[0].status == status, answers[0]
    if fragment:
        refused(answers[0], 403, fragment)
    assert wait_for(lambda: not list(folder.glob("*")))


def test_nobody_answers(host, sign, new_key, tmp_path):
    server = host("ask-a-person", str(tmp_path / "ask"), timeout="1s")
    refused(server.post(sign(key=new_key()[0])), 403, "has not answered in its time")


# ---- limit-by-signer ----

def test_limit_by_signer(run, tmp_path):
    folder = tmp_path / "limit"
    for _ in range(2):
        assert run("limit-by-signer", str(folder), "2", "60") == (0, "")
    assert run("limit-by-signer", str(folder), "2", "60") == (1, "A1 has added 2 keys within 60 minutes; wait a while")
    assert run("limit-by-signer", str(folder), "2", "60", INKI_SIGNERS="B2") == (0, "")
    assert run("limit-by-signer", str(folder), "2", "60", INKI_SIGNERS="B2 A1")[0] == 1
    assert run("limit-by-signer", str(folder), "2", "60", INKI_SIGNERS="B2") == (0, ""), "what was refused does not count"
    for mark in (folder / "A1").iterdir():
        os.utime(mark, (time.time() - 3700,) * 2)
    assert run("limit-by-signer", str(folder), "2", "60") == (0, "")
    assert len(list((folder / "A1").iterdir())) == 1, "old marks are removed"
    assert run("limit-by-signer", str(folder), "2", "60", INKI_SIGNERS="")[0] == 1


# ---- opa ----

@pytest.fixture
def policy():
    """A small Open Policy Agent: answers what the test wants, and keeps what it was asked."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.server.asked.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            status, body = self.server.answer(self.server.asked[-1][1])
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked = []
    server.url = f"http://127.0.0.1:{server.server_port}/v1/data/inki/allow"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("status, body, allowed", [
    (200, b'{"result":true}', True), (200, b'{"result":true}\n', True), (200, b'{"result":false}', False), (200, b"{}", False),
    (200, b'{"result":{"allow":true}}', False), (200, b'[{"result":true}]', False), (500, b'{"result":true}', False),
    (302, b'{"result":true}', True), (200, b"x" * 100000, False), (200, b"", False),
])
def test_opa_alone(run, policy, status, body, allowed):
    policy.answer = lambda _: (status, body)
    code, _ = run("opa", policy.url)
    assert (code == 0) == (allowed and status == 200), body


def test_opa_in_the_server(host, policy, sign, new_key, alice):
    def decide(question):
        told = question["input"]
        if told["user"] == "alice" and told["signers"][0]["fingerprint"] == alice and told.get("reason") == "ticket 17":
            return 200, b'{"result":true}\n'
        return 200, b'{"result":"no ticket in the reason"}\n'
    policy.answer = decide
    server = host("opa", policy.url)
    line, _ = new_key()
    refused(server.post(sign(key=line)), 403, "opa: no ticket in the reason")
    answer = server.post(sign(key=line, reason="ticket 17"))
    assert answer.status == 200
    path, asked = policy.asked[-1]
    assert path == "/v1/data/inki/allow" and asked["input"]["key"] == line and asked["input"]["expire"] == answer.json[0]["expire"]
    policy.shutdown()
    policy.server_close()
    refused(server.post(sign(key=new_key()[0], reason="ticket 17")), 403, "opa: curl:")
