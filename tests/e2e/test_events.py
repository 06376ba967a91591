"""The audit: a line in the log for each event, and the last of them at /api/v1/events, for those who may see them."""

import os
import re
import subprocess
import time

import pytest
from inki import Wire, refused

pytestmark = pytest.mark.both

AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to be another user")


def lines_of(log):
    """The log's audit lines as lists of (name, value), read as a program reads them."""
    found = []
    for line in log.splitlines():
        if line.startswith("event="):
            fields = re.findall(r'(\w+)=([^"=\s\\]+|"[^"=]*")(?: |$)', line)
            assert " ".join(f"{name}={value}" for name, value in fields) == line, "something else than fields"
            found.append(fields)
    return found


def as_json(fields):
    """What a line should be at /api/v1/events, without its number."""
    event = {}
    for name, value in fields:
        value = value.removeprefix('"').removesuffix('"').replace("\\x22", '"').replace("\\x3d", "=")
        if name in ("signer", "uid"):
            event.setdefault(name, []).append(value)
        else:
            assert name not in event
            event[name] = value
    return event


def events(server, query="", **how):
    answer = server.curl("/api/v1/events" + query, unix=True, **how)
    assert answer.status == 200, answer
    return answer.json


def test_each_event_is_in_the_log_and_in_the_list(server, sign, alice, new_key, mallory):
    line, _ = new_key()
    key = server.post(sign(key=line, reason='say "hi" <b> a=b')).json[0]
    server.post(sign(key=line, expire="2h", at=int(time.time()) + 2))
    refused(server.post(sign(by=mallory, key=line)), 401, "no valid signature")
    server.post(b"nonsense")
    assert server.authorized_keys("alice").returncode == 0
    server.authorized_keys("alice", key["fingerprint"])
    server.post(sign(action="remove", key=line, at=int(time.time()) + 4))
    short, _ = new_key()
    server.post(sign(key=short, expire="4s"))
    server.wait_for_log("event=expired")
    told = events(server)
    names = [event["event"] for event in told]
    assert names == ["start", "added", "replaced", "refused", "refused", "served", "served", "removed", "added", "expired"], server.log()
    numbers = [event.pop("number") for event in told]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert numbers[0] % 1000000 == 1 and abs(numbers[0] // 1000000 - time.time()) < 60
    assert told == [as_json(fields) for fields in lines_of(server.log())]
    added = told[1]
    assert set(added) == {"event", "time", "user", "fingerprint", "md5", "expire", "signed", "remote", "reason", "signer", "uid"}, added
    assert (added["user"], added["fingerprint"], added["md5"], added["expire"]) == ("alice", key["fingerprint"], key["md5"], key["expire"])
    assert added["signer"] == [alice] and len(added["uid"]) == 1 and "@" in added["uid"][0]
    assert added["reason"] == 'say "hi" <b> a=b' and added["remote"] == "127.0.0.1"
    assert told[2]["was"] == key["expire"]
    assert told[3]["status"] == "SIGNATURE_UNKNOWN_ISSUER" and told[4]["status"] == "NOT_SIGNED" and "user" not in told[4]
    assert "fingerprint" not in told[5] and told[5]["lines"] == "1" and told[5]["remote"].startswith("unix:uid:")
    assert told[6]["fingerprint"] == key["fingerprint"]
    assert told[9]["signer"] == [alice] and told[9]["uid"] == added["uid"]


def test_after(server):
    first = events(server)
    assert [event["event"] for event in first] == ["start"]
    last = first[-1]["number"]
    assert events(server, f"?after={last}") == []
    server.post(b"nonsense")
    assert [(event["number"], event["event"]) for event in events(server, f"?after={last}")] == [(last + 1, "refused")]
    assert len(events(server, f"?after={last + 1000}")) == 2, "a number of another server's life: everything is new"
    refused(server.curl("/api/v1/events?after=x", unix=True), 400, "decimal digits")


def listening(*listeners):
    return {"listen": list(listeners), "users": []}


TCP = {"address": "127.0.0.1:0"}
LOCAL = {"socket": "SOCKET", "mode": "0666"}


@pytest.mark.parametrize("listener, may_see", [
    (TCP, False), ({**TCP, "access": "read"}, False), ({**TCP, "events": True}, True), ({**TCP, "access": "read", "events": True}, True),
    ({**TCP, "events": False}, False), (LOCAL, True), ({**LOCAL, "access": "all"}, True), ({**LOCAL, "access": "read"}, False),
    ({**LOCAL, "access": "write"}, False), ({**LOCAL, "events": False}, False), ({**LOCAL, "access": "read", "events": True}, True),
])
@as_root
def test_each_kind_of_listener(start, listener, may_see):
    is_local = "socket" in listener
    server = start(listening(listener, *([] if is_local else [LOCAL])))
    answer = server.curl("/api/v1/events", unix=is_local, prefix=AS_NOBODY)
    if may_see:
        assert answer.status == 200 and answer.json[0]["event"] == "start", answer
    else:
        refused(answer, 403, "does not show events")
    as_root_answer = server.curl("/api/v1/events", unix=is_local)
    assert as_root_answer.status == (200 if may_see or is_local else 403), "root may, over a Unix socket, and nowhere else"


def test_events_of_a_listener_that_shows_no_keys(words, tmp_path):
    path = tmp_path / "inki.conf"
    path.write_text("listen: [{socket: /tmp/x, access: write, events: true}]\nusers: []\n")
    done = subprocess.run([*words, "server", "-c", path, "--check-config"], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "events: true goes with access: read or all" in done.stderr, done


def test_hostile_values_forge_nothing(server, gpg, sign, new_key):
    """What a stranger may write into the log: a name, a reason; and whoever may sign: a user ID."""
    line, _ = new_key()
    nasty = ["root\" event=added user=\"root", "a\\x0ab", "\u202egnp.exe", "x user=root", "x=y", "\u2028event=added", "é\u0301"]
    for text in nasty:
        refused(server.post(sign(username=text, key=line)), 401, "no valid signature")
        server.post(sign(key=line, reason=text, at=int(time.time()) + 1 + nasty.index(text)))
    server.curl("/api/v1/user/" + "%22%0aevent=added%20user=root".replace("%0a", "%E2%80%A8") + "/authorized_keys")
    log = server.log()
    assert "user=root" not in log and not re.search(r".event=", log)
    assert not re.search("[\u202e\u2028\x85]", log)
    told = events(server)
    assert [event["user"] for event in told if event["event"] == "refused"] == \
        [text.replace("\\", "\\x5c").replace("\u202e", "\\xe2\\x80\\xae").replace("\u2028", "\\xe2\\x80\\xa8") for text in nasty]
    for event in told:
        event.pop("number")
    assert told == [as_json(fields) for fields in lines_of(log)]


def test_floods_leave_the_changes(start, gpg, alice, sign, new_key):
    server = start({"users": [{"name": "alice", "keyring": gpg.export(alice)}], "failures": {"burst": 0, "per_minute": 0}})
    line, _ = new_key()
    server.post(sign(key=line))
    for start_byte in range(3):
        requests = b"".join(b"POST /api/v1/keys HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n%d" % start_byte for _ in range(300))
        with Wire(server) as wire:
            wire.send(requests)
            for _ in range(300):
                assert wire.answer().status == 400
    told = events(server)
    assert [event["event"] for event in told[:2]] == ["start", "added"]
    assert told[2]["number"] > told[1]["number"] + 1, "there is a gap: the oldest refusals are gone"
    assert all(event["event"] == "refused" for event in told[2:]) and len(told) > 100
    assert server.curl("/metrics").text.count("inki_events_dropped_total ") == 3
    assert server.metrics()["inki_events_dropped_total"] == told[2]["number"] - told[1]["number"] - 1


def test_stop_is_the_last_line(start):
    server = start({"users": []})
    server.end()
    assert lines_of(server.log())[-1][0] == ("event", "stop")
