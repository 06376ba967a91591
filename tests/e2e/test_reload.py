"""HUP, and the two processes: a new configuration judges every key again, and no half of the server is ever left alone."""

import os
import re
import signal
import subprocess
import time

import pytest
from inki import Server, Wire, refused, wait_for

pytestmark = pytest.mark.both


def users(**keyrings):
    return {"users": [{"name": name, "keyring": keyring} for name, keyring in keyrings.items()]}


def dropped(log):
    return re.findall(r"^event=dropped .* status=(\w+)", log, re.M)


@pytest.fixture
def bob(gpg):
    return gpg.generate("ed25519")


def test_keys_stay_under_a_configuration_that_trusts_their_signers(server, gpg, alice, bob, sign, new_key):
    line, _ = new_key()
    assert server.post(sign(key=line)).status == 200
    log = server.reload(users(bob=gpg.export(bob), alice=gpg.export(alice)))  # alice has another number now
    assert dropped(log) == [] and " result=success dropped=0" in log
    assert [key["user"] for key in server.keys()] == ["alice"]
    assert line in server.curl("/api/v1/user/alice/authorized_keys").text
    assert server.curl("/api/v1/user/bob/authorized_keys").text == ""
    other, _ = new_key()
    assert server.post(sign(by=bob, username="bob", key=other)).status == 200
    assert other in server.authorized_keys("bob").stdout and line not in server.authorized_keys("bob").stdout
    answer = server.delete(sign(key=line, action="remove"))
    assert answer.status == 200 and len(answer.json) == 1


def test_metrics_after_a_reload(server, gpg, alice, bob):
    """Each number is that of the configuration in force: at the start, with a larger one, and after one that was refused."""
    def used():
        return int(re.search(r'\ninki_arena_used_bytes\{arena="settings"\} (\d+)\n', server.curl("/metrics").text).group(1))
    small = server.config_text()
    first = used()
    server.reload(users(alice=gpg.export(alice), bob=gpg.export(bob)))
    second = used()
    assert first < second < server.metrics()["inki_connections_max"] * 1024 * 1024
    check = subprocess.run([*server.words, "server", "-c", server.config_path, "--check-config"], capture_output=True, text=True, check=True)
    assert f"of one of which these take {second} " in check.stdout, check.stdout
    server.reload({"users": "nonsense"})
    assert used() == second and server.metrics()["inki_config_last_reload_successful"] == 0
    with open(server.config_path, "w", encoding="utf-8") as file:
        file.write(small)
    server.reload()
    assert used() == first and server.metrics()["inki_config_last_reload_successful"] == 1


def test_who_is_gone_and_comes_back_brings_no_old_request_back(server, gpg, alice, bob, sign, new_key):
    line, _ = new_key()
    now = int(time.time())
    add = sign(key=line, at=now)
    assert server.post(add).status == 200
    assert server.delete(sign(key=line, action="remove", at=now + 1)).status == 200
    late, _ = new_key()
    assert server.post(sign(key=late, at=now + 2)).status == 200
    assert dropped(server.reload(users(bob=gpg.export(bob)))) == ["USER_UNKNOWN"]
    assert server.keys() == []
    refused(server.post(sign(key=late)), 401, "no valid signature")
    server.reload(users(bob=gpg.export(bob), alice=gpg.export(alice)))
    assert server.keys() == []
    refused(server.post(add), 409, "sign a new one")
    assert server.post(sign(key=line, at=now + 3)).status == 200


def test_a_signer_who_is_gone(server, gpg, bob, sign, new_key):
    line, _ = new_key()
    assert server.post(sign(key=line)).status == 200
    assert dropped(server.reload(users(alice=gpg.export(bob)))) == ["SIGNATURE_UNKNOWN_ISSUER"]
    assert server.authorized_keys("alice").stdout == ""


def test_a_signer_who_is_revoked(start, gpg, sign, new_key):
    carol = gpg.generate("ed25519")
    server = start(users(alice=gpg.export(carol)))
    line, _ = new_key()
    assert server.post(sign(by=carol, key=line)).status == 200
    gpg.revoke(carol)
    assert dropped(server.reload(users(alice=gpg.export(carol)))) == ["KEY_REVOKED"]
    assert server.authorized_keys("alice").stdout == ""


def test_a_signer_whose_time_ends_while_nobody_looks(start, gpg, sign, new_key):
    dave = gpg.generate("ed25519", expire="seconds=7")
    server = start(users(alice=gpg.export(dave)))
    line, _ = new_key()
    assert server.post(sign(by=dave, key=line)).status == 200
    assert line in server.authorized_keys("alice").stdout
    server.wait_for_log("status=KEY_EXPIRED")  # with no request that would make the server look
    assert dropped(server.log()) == ["KEY_EXPIRED"]
    assert server.authorized_keys("alice").stdout == ""


def test_more_signatures_are_asked_for(server, gpg, alice, bob, sign, new_key):
    line, _ = new_key()
    assert server.post(sign(key=line)).status == 200
    log = server.reload({"users": [{"name": "alice", "keyring": gpg.export(alice) + gpg.export(bob), "signatures": 2}]})
    assert dropped(log) == ["POLICY_SIGNATURES"]
    assert server.keys() == []


def test_a_greater_age_brings_no_forgotten_request_back(start, gpg, alice, sign, new_key):
    server = start({"max_request_age": "4s", **users(alice=gpg.export(alice))})
    line, _ = new_key()
    add = sign(key=line)
    assert server.post(add).status == 200
    time.sleep(1.1)
    assert server.delete(sign(key=line, action="remove")).status == 200
    time.sleep(7)  # now nothing is left of it
    refused(server.post(add), 401, "too old")
    server.reload({"max_request_age": "1h", **users(alice=gpg.export(alice))})
    refused(server.post(add), 409, "sign a new one")
    assert server.post(sign(key=line)).status == 200


def test_an_error_leaves_all_as_it_was(server, gpg, sign, new_key):
    line, _ = new_key()
    assert server.post(sign(key=line)).status == 200
    good = server.config_text()
    for bad, place in (("users: [\n", ":2:1: "), ("what: 1\nusers: []\n", ':1:1: "what" is no key here'),
                       ("users:\n  - name: alice\n    keyring: no such thing\n", ":3:14: keyring of user")):
        with open(server.config_path, "w", encoding="utf-8") as file:
            file.write(bad)
        log = server.reload()
        assert f"error: the old configuration stays: {server.config_path}{place}" in log and "event=reload " in log and " result=failure " in log, log
    os.unlink(server.config_path)
    assert "No such file" in server.reload()
    assert line in server.authorized_keys("alice").stdout
    with open(server.config_path, "w", encoding="utf-8") as file:
        file.write(good)
    assert "dropped=0" in server.reload()
    assert line in server.authorized_keys("alice").stdout


def test_many_reloads_cost_no_memory(server, sign, new_key):
    def resident():
        sizes = []
        for pid in (server.process.pid, server.serving):
            with open(f"/proc/{pid}/statm", encoding="ascii") as file:
                sizes.append(int(file.read().split()[1]))
        return sizes
    line, _ = new_key()
    assert server.post(sign(key=line)).status == 200
    for _ in range(4):
        server.reload()
    before = resident()
    for _ in range(30):
        server.reload()
    slack = 4 if "asan" not in server.words[-1] else 4096
    assert all(now <= then + slack for now, then in zip(resident(), before))
    for _ in range(50):  # faster than they can be taken: none is lost
        server.process.send_signal(signal.SIGHUP)
    assert "dropped=0" in server.reload()
    assert line in server.authorized_keys("alice").stdout


def test_what_a_listener_allows_counts_for_who_is_connected(server, gpg, alice):
    """A connection that is kept open does not keep the rights that it came with."""
    config = users(alice=gpg.export(alice))
    with Wire(server) as wire:
        assert wire.send(b"GET /api/v1/keys HTTP/1.1\r\nHost: a\r\n\r\n").answer().status == 200
        config["listen"] = [{"address": "127.0.0.1:0", "access": "write"}, {"socket": server.socket_path, "mode": "0666"}]
        server.reload(config)
        assert wire.send(b"GET /api/v1/keys HTTP/1.1\r\nHost: a\r\n\r\n").answer().status == 403


def test_what_waits_for_the_next_start_is_told(server, gpg, alice):
    config = users(alice=gpg.export(alice))
    config["listen"] = [{"address": "127.0.0.1:1"}, {"socket": server.socket_path, "mode": "0600", "access": "write"}]
    log = server.reload(config)
    assert "not listened on before the next start: 127.0.0.1:1" in log
    assert "listened on until the next start: 127.0.0.1:0" in log
    assert f"the new mode of unix:{server.socket_path} counts from the next start on" in log
    assert server.curl("/healthz").status == 200
    refused(server.curl("/api/v1/keys", unix=True), 403, "does not let its callers")


# ---- two processes ----

def is_there(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def doomed(words, gpg, alice):
    """A server that the test ends itself."""
    server = Server(words, users(alice=gpg.export(alice)))
    yield server
    server.kill()


@pytest.mark.parametrize("to_helper", [True, False])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_order_to_either_ends_both(doomed, number, to_helper):
    serving = doomed.serving
    os.kill(doomed.process.pid if to_helper else serving, number)
    doomed.wait_for_end()
    assert not is_there(serving) and not os.path.exists(doomed.socket_path)


def test_an_order_to_both_waits_for_answers_under_way(doomed):
    with Wire(doomed) as wire:
        wire.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n")
        time.sleep(0.5)
        for pid in (doomed.process.pid, doomed.serving):
            os.kill(pid, signal.SIGINT)  # as from a terminal
        time.sleep(0.3)
        assert doomed.process.poll() is None
        assert wire.send(b"\r\n").answer().status == 200
    doomed.wait_for_end()


def test_a_hangup_to_the_server_process_is_nothing(doomed):
    os.kill(doomed.serving, signal.SIGHUP)
    time.sleep(0.2)
    doomed.is_serving()
    assert "reload" not in doomed.log()


def test_the_server_is_killed(doomed):
    os.kill(doomed.serving, signal.SIGKILL)
    doomed.wait_for_end(1)
    assert "the server process was ended by signal 9; ending" in doomed.log()
    assert not os.path.exists(doomed.socket_path)


def test_what_whoever_started_it_has_left_is_not_taken_over(words):
    """A parent who ignores the ends of its children, has standard input closed, and the root folder open."""
    script = "trap '' CHLD; exec 9</ <&-; exec \"$@\""
    server = Server(words, {"users": []}, prefix=["sh", "-c", script, "sh"])
    try:
        serving = server.serving
        for process in (server.process.pid, serving):
            names = os.listdir(f"/proc/{process}/fd")
            assert "0" in names
            assert not [name for name in names if os.path.isdir(f"/proc/{process}/fd/{name}")]
        os.kill(serving, signal.SIGKILL)
        server.wait_for_end(1)
    finally:
        server.kill()


def test_the_helper_is_killed(doomed):
    serving = doomed.serving
    doomed.process.kill()
    doomed.process.wait()
    assert wait_for(lambda: not is_there(serving))
    assert "event=stop" in doomed.log(), "it has ended as it should, and was not killed"
    assert "the helper process is gone; ending" in doomed.log()  # its socket file stays: the server can reach no file


def test_a_server_that_hangs_is_killed(doomed):
    os.kill(doomed.serving, signal.SIGSTOP)
    doomed.process.terminate()
    doomed.wait_for_end(1)
    assert "the server process does not end; killing it" in doomed.log()


def test_a_restart_right_after_the_helper_was_killed(doomed, start, gpg, alice):
    doomed.process.kill()
    doomed.process.wait()
    again = start(users(alice=gpg.export(alice)), folder=doomed.folder)
    time.sleep(0.3)
    assert again.curl("/healthz", unix=True).status == 200, "the old one has not taken the new one's socket away"
