"""Checks: programs of the host that have a say in each request, and that cannot hold up or break the server."""

import json
import os
import re
import signal
import subprocess
import threading
import time

import pytest
from inki import Wire, has, refused, wait_for, yaml

pytestmark = [pytest.mark.both, pytest.mark.skipif(not has("CHECKS"), reason="built without CONFIG_CHECKS")]


@pytest.fixture
def program(tmp_path):
    """Writes a shell script; returns its path. $here is its folder, for what it wants to leave behind."""
    count = 0

    def write(text, mode=0o755):
        nonlocal count
        count += 1
        path = tmp_path / f"check{count}"
        path.write_text(f"#!/bin/sh\nhere={tmp_path}\n{text}\n", encoding="utf-8")
        path.chmod(mode)
        return str(path)
    return write


@pytest.fixture
def host(start, gpg, alice):
    """Starts a server for Alice with checks: each name with its command (or a mapping)."""
    def starting(checks, age="1h", **user):
        described = []
        for name, what in checks.items():
            what = what if isinstance(what, dict) else {"command": [what]}
            described.append({"name": name, **what})
        config = {"max_request_age": age, "host": "router-17", "checks": described,
                  "users": [{"name": "alice", "keyring": gpg.export(alice), "checks": list(checks), **user}]}
        return start(config)
    return starting


def events(server, name="check"):
    found = []
    for line in server.log().splitlines():
        if line.startswith(f"event={name} "):
            found.append(dict(re.findall(r'(\S+?)=("[^"]*"|\S*)', line)))
    return found


def processes(mark):
    """The numbers of the processes that have mark on their command line or in their environment."""
    found = []
    for number in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{number}/cmdline", "rb") as line, open(f"/proc/{number}/environ", "rb") as variables:
                if mark.encode() in line.read() + variables.read():
                    found.append(int(number))
        except OSError:
            pass
    return found


def gone(mark):
    return wait_for(lambda: not processes(mark))


def test_a_yes_lets_in_and_is_logged(host, program, sign, new_key):
    server = host({"good": program("exit 0")})
    line, _ = new_key()
    assert server.post(sign(key=line)).status == 200
    assert line in server.authorized_keys("alice").stdout
    (event,) = events(server)
    assert (event["check"], event["user"], event["action"], event["result"]) == ("good", "alice", "add", "allowed")
    assert int(event["milliseconds"]) < 5000 and event["remote"] == "127.0.0.1"
    assert server.post(sign(key=line, action="remove"), "-X", "DELETE").status == 200
    assert len(events(server)) == 1, "actions are [add] by default"


def test_what_a_check_is_told(host, program, alice, sign, new_key, tmp_path):
    server = host({"look": {"command": [program('cat >"$here/input"; env >"$here/env"; pwd >"$here/pwd"; ls -l /proc/self/fd >"$here/fd"\n'
                                                'cat /proc/self/stat >"$here/stat"; echo "$@" >"$here/arguments"'), "one", "t w o"],
                            "actions": ["add", "remove", "serve"]}})
    line, _ = new_key(comment="Ä $(touch /tmp/never) `x` \"quoted\"")
    answer = server.post(sign(key=line, reason="the disk's full; \"help\""))
    assert answer.status == 200
    told = json.loads((tmp_path / "input").read_text(encoding="utf-8"))
    key = answer.json[0]
    assert told["user"] == "alice" and told["action"] == "add" and told["check"] == "look" and told["host"] == "router-17"
    assert told["key"] == line and told["fingerprint"] == key["fingerprint"] and told["expire"] == key["expire"]
    assert told["reason"] == "the disk's full; \"help\"" and told["remote"] == "127.0.0.1"
    (signer,) = told["signers"]
    assert signer["fingerprint"] == alice and "<test@example.org>" in signer["user_id"]
    variables = dict(each.split("=", 1) for each in (tmp_path / "env").read_text(encoding="utf-8").splitlines())
    assert {name for name in variables if not name.startswith("INKI_")} <= {"PATH", "PWD", "SHLVL", "_", "OLDPWD"}, variables
    assert variables["INKI_KEY"] == line and variables["INKI_SIGNERS"] == alice and variables["INKI_REASON"] == told["reason"]
    assert variables["INKI_USER"] == "alice" and variables["INKI_ACTION"] == "add" and variables["INKI_EXPIRE"] == key["expire"]
    assert variables["INKI_SIGNER_NAME"] == signer["user_id"] and variables["INKI_HOST"] == "router-17"
    assert (tmp_path / "pwd").read_text().strip() == "/"
    assert (tmp_path / "arguments").read_text().strip() == "one t w o"
    open_ones = re.findall(r" (\d+) -> (.*)", (tmp_path / "fd").read_text())
    assert {number for number, _ in open_ones} <= {"0", "1", "2", "3"} and not any("socket" in where for _, where in open_ones), open_ones
    process, _, _, parent, group, session = (tmp_path / "stat").read_text().split()[:6]
    assert group == session != str(server.process.pid)
    assert server.post(sign(key=line, action="remove")).status == 200
    told = json.loads((tmp_path / "input").read_text(encoding="utf-8"))
    assert told["action"] == "remove" and "expire" not in told and told["fingerprint"] == key["fingerprint"]


@pytest.mark.parametrize("script, code, fragment, outcome", [
    ("echo 'not at night; ask Bob' >&2; echo more >&2; exit 1", 403, "refused it: no-luck: not at night; ask Bob", "refused"),
    ("exit 77", 403, "refused it: no-luck", "refused"),
    ("printf 'a\\033[31mb\\001\\377 \"c\"' >&2; exit 1", 403, "no-luck: a?[31mb??", "refused"),
    ("kill -9 $$", 403, "could not be run", "killed"),
    ("kill -SEGV $$", 403, "could not be run", "killed"),
    ("sleep 60", 403, "has not answered in its time: no-luck", "outran"),
    ("trap '' TERM INT HUP; while :; do sleep 1; done", 403, "has not answered", "outran"),
    ("exec 0<&- 2>&-; exit 0", 200, None, "allowed"),
    ("head -c 3000000 /dev/zero | tr '\\0' x >&2; head -c 3000000 /dev/zero; echo >&2; exit 5", 403, "no-luck: " + "x" * 200, "refused"),
    ("yes >&2", 403, "has not answered in its time: no-luck: y", "outran"),
    ("yes & sleep 99 & exit 0", 200, None, "allowed"),
])
def test_what_a_program_may_do(host, program, sign, new_key, script, code, fragment, outcome):
    server = host({"no-luck": {"command": [program(script)], "timeout": "2s" if outcome == "outran" else "30s"}})
    line, _ = new_key()
    answer = server.post(sign(key=line))
    if code == 200:
        assert answer.status == 200, answer
    else:
        refused(answer, code, fragment)
        assert server.keys() == []
        assert "status=CHECK_" in [line for line in server.log().splitlines() if line.startswith("event=refused")][0]
    (event,) = events(server)
    assert event["result"] == ("allowed" if code == 200 else "refused")
    assert {"outran": "in its time", "killed": "was killed by signal"}.get(outcome, "") in event.get("message", "")
    assert gone("INKI_CHECK=no-luck"), "something is left of it"
    server.is_serving()


def test_programs_that_are_none(host, program, sign, new_key, tmp_path):
    garbage = tmp_path / "garbage"
    garbage.write_bytes(b"\x7fELF garbage")
    garbage.chmod(0o755)
    for path, words in ((str(tmp_path / "nothing"), "No such file"), (program("exit 0", 0o644), "Permission denied"),
                        (str(tmp_path), "Permission denied"), (str(garbage), "Exec format error")):
        server = host({"it": path})
        refused(server.post(sign(key=new_key()[0])), 403, f"could not be run; the server's log says more: it: {words}")
        assert "it cannot be run" in events(server)[0]["message"]


def test_all_of_several_must_allow(host, program, sign, new_key, tmp_path):
    server = host({"first": program('echo first >>"$here/order"'), "second": program('echo second >>"$here/order"; [ ! -e "$here/no" ]'),
                   "third": program('echo third >>"$here/order"')})
    line, _ = new_key()
    assert server.post(sign(key=line)).status == 200
    assert (tmp_path / "order").read_text().split() == ["first", "second", "third"]
    (tmp_path / "no").touch()
    refused(server.post(sign(key=new_key()[0])), 403, "second")
    assert (tmp_path / "order").read_text().split() == ["first", "second", "third", "first", "second"]


def test_nobody_is_asked_about_what_is_refused_or_known_anyway(host, program, mallory, sign, new_key):
    server = host({"count": program("exit 0")}, max_lifetime="2h", max_keys=1)
    line, _ = new_key()
    message = sign(key=line)
    refused(server.post(sign(by=mallory, key=line)), 401, "no valid signature")
    refused(server.post(sign(key=line, expire="3h")), 403, "longer")
    assert events(server) == []
    assert server.post(message).status == 200
    assert server.post(message).status == 200  # changes nothing
    refused(server.post(sign(key=new_key()[0])), 403, "as many keys")
    assert len(events(server)) == 1


def test_others_are_served_while_checks_run(host, program, sign, new_key, tmp_path):
    server = host({"slow": {"command": [program('while [ ! -e "$here/go" ]; do sleep 0.05; done')], "timeout": "2m"}})
    lines = [new_key()[0] for _ in range(3)]
    answers = []
    askers = [threading.Thread(target=lambda line=line: answers.append(server.post(sign(key=line)).status)) for line in lines]
    for asker in askers:
        asker.start()
    assert wait_for(lambda: len(processes("INKI_CHECK=slow")) >= 3)
    for _ in range(20):
        assert server.curl("/healthz").status == 200
        assert server.authorized_keys("alice").stdout == ""
    assert answers == []
    (tmp_path / "go").touch()
    for asker in askers:
        asker.join()
    assert answers == [200, 200, 200] and len(server.keys()) == 3


def test_a_full_house(host, program, sign, new_key, tmp_path):
    server = host({"slow": {"command": [program('while [ ! -e "$here/go" ]; do sleep 0.05; done')], "timeout": "2m"}})
    messages = [sign(key=new_key()[0]) for _ in range(9)]
    wires = []
    for message in messages[:7]:
        wires.append(Wire(server).send(b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(message) + message))
    assert wait_for(lambda: len(processes("INKI_CHECK=slow")) >= 7)
    answer = server.post(messages[7])
    refused(answer, 503, "try again in a moment")
    assert answer.headers["retry-after"] == "2"
    refused(server.post(messages[8], unix=True), 503, "try again in a moment")  # the last place is not for this
    (tmp_path / "go").touch()
    assert [wire.answer().status for wire in wires] == [200] * 7
    assert server.post(messages[7]).status == 200 and len(server.keys()) == 8


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can ask as others")
def test_the_last_place_is_for_sshd(host, program, sign, new_key, tmp_path):
    """Whoever may ask over the Unix socket, and asks without end, does not keep another one from it."""
    slow = {"command": [program('echo x >>"$here/asked"; while [ ! -e "$here/go" ]; do sleep 0.05; done')],
            "timeout": "2m", "actions": ["add", "serve"]}
    server = host({"slow": slow})
    answers, threads = {}, []

    def ask(uid, number):
        prefix = "setpriv", "--reuid", str(uid), "--regid", str(uid), "--clear-groups"
        answers[uid, number] = server.curl("/api/v1/user/alice/authorized_keys", unix=True, prefix=prefix)

    def start(count, uid, number):
        threads.append(threading.Thread(target=ask, args=(uid, number)))
        threads[-1].start()
        wait_for(lambda: (tmp_path / "asked").read_text().count("x") >= 1 + count)
        assert (tmp_path / "asked").read_text() == "x\n" * (1 + count)
    line, _ = new_key()
    (tmp_path / "go").touch()
    assert server.post(sign(key=line)).status == 200
    (tmp_path / "go").unlink()
    for number in range(7):
        start(number + 1, 4711, number)
    ask(4711, "one more")
    refused(answers[4711, "one more"], 503, "try again in a moment")
    with Wire(server) as wire:
        assert wire.send(b"GET /api/v1/user/alice/authorized_keys HTTP/1.1\r\nHost: a\r\n\r\n").answer().status == 503
    start(8, 4712, 0)
    (tmp_path / "go").touch()
    for thread in threads:
        thread.join()
    assert answers[4712, 0].text == line + "\n" and [answers[4711, number].text for number in range(7)] == 7 * [line + "\n"]


def test_a_client_who_goes_away_cancels(host, program, sign, new_key):
    server = host({"long": {"command": [program("sleep 90 & setsid sleep 91 & sleep 92")], "timeout": "1m"}})
    message = sign(key=new_key()[0])
    with Wire(server) as wire:
        wire.send(b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(message) + message)
        assert wait_for(lambda: len(processes("INKI_CHECK=long")) >= 4)
    assert gone("INKI_CHECK=long")
    assert "nobody waited" in events(server)[0]["message"]
    assert server.keys() == []


def test_sessions_of_their_own_do_not_save_them(host, program, sign, new_key):
    script = "(setsid sh -c 'setsid sleep 61 & sleep 62' &) ; setsid sleep 63 & sleep 0.3; %s"
    for end, timeout, status in (("exit 0", "30s", 200), ("sleep 64", "2s", 403)):
        server = host({"wild": {"command": [program(script % end)], "timeout": timeout}})
        assert server.post(sign(key=new_key()[0])).status == status
        assert gone("INKI_CHECK=wild"), processes("INKI_CHECK=wild")


def test_a_pipelined_request_waits_its_turn(host, program, sign, new_key):
    server = host({"slow": program("sleep 0.5")})
    message = sign(key=new_key()[0])
    with Wire(server) as wire:
        wire.send(b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(message) + message)
        time.sleep(0.2)
        wire.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert wire.answer().status == 200
        assert wire.answer().body == b"ok\n"


def test_serving(host, program, sign, new_key, tmp_path):
    server = host({"door": {"command": [program('echo "$INKI_FINGERPRINT" >>"$here/asked"; [ ! -e "$here/closed" ]')], "actions": ["serve"]}})
    line, _ = new_key()
    fingerprint = server.post(sign(key=line)).json[0]["fingerprint"]
    assert events(server) == []
    assert server.authorized_keys("alice").stdout == line + "\n"
    assert server.authorized_keys("alice", fingerprint).stdout == line + "\n"
    assert (tmp_path / "asked").read_text().splitlines() == ["", fingerprint]
    (tmp_path / "closed").touch()
    done = server.authorized_keys("alice")
    assert (done.stdout, done.returncode) == ("", 0)
    assert server.authorized_keys("alice", fingerprint).stdout == ""
    assert server.curl("/api/v1/user/alice/authorized_keys", unix=True).status == 200
    assert len(server.keys()) == 1, "the list of keys is not for sshd"
    asked = len(events(server))
    assert server.authorized_keys("nobody").stdout == "" and len(events(server)) == asked
    assert {event["action"] for event in events(server)} == {"serve"}


def test_the_cache_of_serving(host, program, sign, new_key, tmp_path):
    server = host({"door": {"command": [program('echo x >>"$here/asked"; [ ! -e "$here/closed" ]')], "actions": ["serve"], "cache": "4s"}})
    line, _ = new_key()
    fingerprint = server.post(sign(key=line)).json[0]["fingerprint"]
    started = time.monotonic()
    for _ in range(5):
        assert server.authorized_keys("alice").stdout == line + "\n"
    assert len((tmp_path / "asked").read_text().split()) <= 1 + (time.monotonic() - started) // 3
    (tmp_path / "closed").touch()
    assert server.authorized_keys("alice", fingerprint).stdout == "", "an answer about all is none about one"
    time.sleep(4.1)
    assert server.authorized_keys("alice").stdout == ""
    (tmp_path / "closed").unlink()
    assert server.authorized_keys("alice").stdout == "", "a no holds as long"
    server.reload()
    assert server.authorized_keys("alice").stdout == line + "\n", "and ends with its configuration"


def test_a_reload_meanwhile(host, program, sign, new_key):
    server = host({"slow": {"command": [program("sleep 90")], "timeout": "1m"}})
    message = sign(key=new_key()[0])
    with Wire(server) as wire:
        wire.send(b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(message) + message)
        assert wait_for(lambda: processes("INKI_CHECK=slow"))
        server.reload()
        answer = wire.answer()
        refused(answer, 503, "send the request again")
    assert gone("INKI_CHECK=slow")


def test_the_end_meanwhile(host, program, sign, new_key):
    server = host({"slow": {"command": [program("sleep 90")], "timeout": "1m"}})
    message = sign(key=new_key()[0])
    with Wire(server) as wire:
        wire.send(b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(message) + message)
        assert wait_for(lambda: processes("INKI_CHECK=slow"))
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        server.process.send_signal(signal.SIGTERM)  # at once, please
        server.wait_for_end()
    assert gone("INKI_CHECK=slow")


def test_a_watcher_is_killed(host, program, sign, new_key):
    server = host({"slow": {"command": [program("exec sleep 90")], "timeout": "1m"}})
    answers = []
    asker = threading.Thread(target=lambda: answers.append(server.post(sign(key=new_key()[0]))))
    asker.start()
    assert wait_for(lambda: processes("INKI_CHECK=slow"))
    with open(f"/proc/{processes('INKI_CHECK=slow')[0]}/stat", encoding="ascii") as file:
        os.kill(int(file.read().rsplit(")", 1)[1].split()[1]), signal.SIGKILL)
    asker.join()
    refused(answers[0], 403, "could not be run")
    assert gone("INKI_CHECK=slow")
    server.is_serving()


def test_many_checks_leave_nothing(host, program, sign, new_key):
    server = host({"no": program("exit 1")}, max_keys=1)
    message = sign(key=new_key()[0])

    def state():
        sizes = []
        for pid in (server.process.pid, server.serving):
            with open(f"/proc/{pid}/statm", encoding="ascii") as file:
                sizes += [int(file.read().split()[1]), len(os.listdir(f"/proc/{pid}/fd"))]
        return sizes
    server.post(message)
    before = state()
    for _ in range(20):
        refused(server.post(message), 403, "no")

    def nothing_is_left():  # the last watcher may be on its way still, and may have been before
        return all(now <= then for now, then in zip(state()[1::2], before[1::2]))
    assert wait_for(nothing_is_left), (before, state())
    after = state()
    assert "asan" in server.words[-1] or all(abs(a - b) <= 8 for a, b in zip(after, before)), (before, after)


def test_configuration(words, host, program, gpg, alice, tmp_path):
    keyring = gpg.export(alice)
    good = {"name": "a", "command": ["/bin/true"]}

    def wrong(checks, user=("a",), age="1h"):
        path = tmp_path / "inki.conf"
        path.write_text(yaml({"max_request_age": age, "checks": checks, "users": [{"name": "alice", "keyring": keyring, "checks": list(user)}]}))
        return subprocess.run([*words, "server", "-c", path, "--check-config"], capture_output=True, text=True, check=False).stderr
    assert wrong([good]) == ""
    path = tmp_path / "inki.conf"
    told = subprocess.run([*words, "server", "-c", path, "--check-config"], capture_output=True, text=True, check=False).stdout
    assert "check a: /bin/true, at most 5s, asked about add\n" in told
    assert "twice" in wrong([good, good]) or "another check of this name" in wrong([good, good])
    assert "there is no check of this name" in wrong([good], user=["b"])
    assert "cannot be" in wrong([good], user=["a", "a"])
    assert "needs a name and a command" in wrong([{"name": "a"}])
    assert "path of a program" in wrong([{**good, "command": ["true"]}])
    assert "command is empty" in wrong([{**good, "command": []}])
    assert "at most 1h" in wrong([{**good, "timeout": "2h"}])
    assert "actions cannot be" in wrong([{**good, "actions": ["login"]}])
    assert "actions is empty" in wrong([{**good, "actions": []}])
    assert "max_request_age" in wrong([{**good, "timeout": "30s"}], age="20s")
    assert "is no key here" in wrong([{**good, "user": "nobody"}])
