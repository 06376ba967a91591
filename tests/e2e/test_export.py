"""Files of keys: what is in them, and when."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time

import openpgp
import pytest
from export import Files, children, needs_export, processes, rsa_line
from inki import has, seconds_of, wait_for, yaml
from many import Client, ssh_line

pytestmark = needs_export

# ---- what is in it, and when ----

@pytest.mark.board
def test_a_file_follows_the_keys(files, sign, new_key, alice):
    """Added, added, removed: the file holds what is live, is root's, readable by all, and goes with the last key."""
    exported = files()
    server, (first, _), (second, _) = exported.server, new_key(), new_key()
    assert not os.path.exists(exported.path())
    assert server.post(sign(key=first)).status == 200
    exported.become(first)
    assert server.post(sign(key=second)).status == 200
    exported.become(first, second)
    found = os.stat(exported.path())
    assert (found.st_uid, found.st_mode & 0o7777) == (0, 0o644)
    assert os.stat(exported.folder).st_mode & 0o7777 == os.stat(os.path.dirname(exported.path())).st_mode & 0o7777 == 0o755
    assert exported.lines()[0].split()[2].startswith(f"inki-{alice}-Test_"), exported.lines()
    time.sleep(1.1)
    assert server.delete(sign(action="remove", key=first)).status == 200
    exported.become(second)
    fingerprint = server.keys()[0]["fingerprint"].replace("/", "%2F").replace("+", "%2B")
    assert server.curl(f"/api/v1/user/alice/key/{fingerprint}", "-X", "DELETE", unix=True).status == 200
    assert wait_for(lambda: not os.path.exists(exported.path())), server.log()


def test_a_key_that_expires_is_gone_at_once(files, sign, new_key):
    """Not before, and soon enough that it was not found by chance, when something else was done."""
    exported = files()
    (short, _), (long, _) = new_key(), new_key()
    assert exported.server.post(sign(key=long)).status == 200
    answer = exported.server.post(sign(key=short, expire="6s"))
    ends = seconds_of(answer.json[0]["expire"])
    exported.become(long, short)
    exported.become(long)
    assert ends <= time.time() < ends + 3


def test_the_files_go_with_the_server(files, sign, new_key):
    exported = files()
    line, _ = new_key()
    assert exported.server.post(sign(key=line)).status == 200
    exported.become(line)
    exported.server.end()
    assert not os.listdir(exported.folder)


@pytest.mark.parametrize("who", ["server", "helper"])
def test_the_files_go_when_a_process_is_killed(files, sign, new_key, who):
    exported = files()
    line, _ = new_key()
    assert exported.server.post(sign(key=line)).status == 200
    exported.become(line)
    os.kill(exported.server.serving if who == "server" else exported.server.process.pid, signal.SIGKILL)
    exported.server.wait_for_end(1 if who == "server" else -signal.SIGKILL)
    assert wait_for(lambda: not os.listdir(exported.folder)), exported.server.log()


def test_a_keeper_that_is_killed_is_replaced(files, sign, new_key):
    exported = files()
    (first, _), (second, _) = new_key(), new_key()
    assert exported.server.post(sign(key=first)).status == 200
    exported.become(first)
    _, keeper = processes(exported.server)
    os.kill(keeper, signal.SIGKILL)
    assert wait_for(lambda: not os.path.exists(exported.path())), exported.server.log()
    exported.server.wait_for_log("the process that keeps the files of keys was ended by signal 9")
    assert exported.server.post(sign(key=second)).status == 200
    exported.become(first, second)
    assert len(processes(exported.server)) == 2 and keeper not in processes(exported.server)


def test_a_keeper_that_hangs_is_replaced(files, sign, new_key):
    """What does not answer is killed; the next one removes the files, and writes what is so now. Everybody is served meanwhile."""
    exported = files()
    (first, _), (second, _) = new_key(), new_key()
    assert exported.server.post(sign(key=first)).status == 200
    exported.become(first)
    _, keeper = processes(exported.server)
    os.kill(keeper, signal.SIGSTOP)
    time.sleep(1.1)
    assert exported.server.delete(sign(action="remove", key=first)).status == 200
    assert exported.server.post(sign(key=second)).status == 200
    exported.server.is_serving()
    exported.become(second)
    assert exported.server.log().count("does not answer; killing it") == 1
    exported.server.wait_for_log("the process that keeps the files of keys was ended by signal 9")
    assert len(processes(exported.server)) == 2 and keeper not in processes(exported.server)
    exported.server.end()
    assert not os.listdir(exported.folder)


def test_a_keeper_that_hangs_does_not_keep_inki_from_its_end(files, sign, new_key):
    exported = files()
    line, _ = new_key()
    assert exported.server.post(sign(key=line)).status == 200
    exported.become(line)
    os.kill(processes(exported.server)[1], signal.SIGSTOP)
    started = time.monotonic()
    exported.server.end()
    assert time.monotonic() - started < 3 and "does not end; killing it" in exported.server.log()
    assert not os.listdir(exported.folder)


def test_a_keeper_that_dies_again_and_again_is_started_now_and_then(files, sign, new_key):
    exported = files()
    line, _ = new_key()
    assert exported.server.post(sign(key=line)).status == 200
    exported.become(line)
    seen, ends = set(), time.monotonic() + 5
    while time.monotonic() < ends:
        for keeper in children(exported.server)[1:]:
            seen.add(keeper)
            with contextlib.suppress(ProcessLookupError):
                os.kill(keeper, signal.SIGKILL)
    assert 3 <= len(seen) <= 5, exported.server.log()
    exported.server.is_serving()
    exported.become(line)


def test_the_keeper_has_no_rights_but_to_its_folder(files, sign, new_key):
    """What Landlock stops is tried in tests/unit/test_folder.c."""
    exported = files()
    server, keeper = processes(exported.server)
    assert server == exported.server.serving
    assert wait_for(lambda: "NoNewPrivs:\t1" in status(keeper))
    for capabilities in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert re.search(rf"^{capabilities}:\t0+$", status(keeper), re.M), status(keeper)
    with open(f"/proc/{keeper}/maps", encoding="ascii") as file:
        shared = [line for line in file if "memfd:inki" in line]
    assert shared and all(line.split()[1] == "r--s" for line in shared), shared
    assert wait_for(lambda: opened(keeper) == ["/", "socket", "socket"]), opened(keeper)


def opened(process):
    """What it has open, besides the standard ones, by the beginning of its name."""
    names = []
    for name in os.listdir(f"/proc/{process}/fd"):
        with contextlib.suppress(FileNotFoundError):
            names += [os.readlink(f"/proc/{process}/fd/{name}")] if int(name) > 2 else []
    return sorted("/" if name.startswith("/") else name.split(":")[0] for name in names)


def status(process):
    with open(f"/proc/{process}/status", encoding="utf-8") as file:
        return file.read()


def test_a_start_removes_what_was_left(files, start, sign, new_key, folder):
    """All processes are killed at once: the next server begins with nothing, also for users that it does not know. What inki
    has not written stays."""
    exported = files()
    line, _ = new_key()
    assert exported.server.post(sign(key=line)).status == 200
    exported.become(line)
    all_of_them = [exported.server.process.pid, *processes(exported.server)]
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for process in all_of_them:
            os.kill(process, number)
    exported.server.wait_for_end(-signal.SIGKILL)
    shutil.copytree(os.path.dirname(exported.path()), os.path.join(folder, "gone"))
    for name in ("gone", "begun"):  # killed while it wrote
        os.makedirs(os.path.join(folder, name), exist_ok=True)
        shutil.copy(exported.path(), os.path.join(folder, name, ".authorized_keys.new"))
    os.mkdir(os.path.join(folder, "admin"))
    others = [".authorized_keys.new", "authorized_keys"]
    for name in others:
        with open(os.path.join(folder, "admin", name), "w", encoding="utf-8") as file:
            file.write("ssh-ed25519 AAAA admin@host\n")
    assert processes(start(exported.config))
    assert os.listdir(folder) == ["admin"] and sorted(os.listdir(os.path.join(folder, "admin"))) == others


# ---- reload ----

def test_a_reload_moves_the_files(files, sign, new_key, folder, gpg, alice):
    exported = files()
    server, (line, _) = exported.server, new_key()
    assert server.post(sign(key=line)).status == 200
    exported.become(line)
    users = {"users": exported.config["users"]}

    is_over, is_missing = threading.Event(), []

    def watch():
        while not is_over.is_set():
            if not os.path.exists(exported.path()):
                is_missing.append(True)
    watching = threading.Thread(target=watch)
    watching.start()
    try:
        before = os.stat(exported.path()).st_ino
        server.reload(exported.config)
        is_anew = wait_for(lambda: is_missing or os.stat(exported.path()).st_ino != before)
    finally:
        is_over.set()
        watching.join()
    assert not is_missing, "the file was missing for a moment"
    assert is_anew, "the file was not written anew"
    exported.become(line)
    other = {**users, "export": {"directory": folder + "2"}}
    server.reload(other)
    assert wait_for(lambda: os.path.exists(os.path.join(folder + "2", "alice", "authorized_keys"))), server.log()
    assert not os.listdir(folder)
    server.reload(users)
    assert wait_for(lambda: not os.listdir(folder + "2")), server.log()
    server.reload(exported.config)
    exported.become(line)
    server.reload({**exported.config, "users": [{"name": "bob", "keyring": gpg.export(alice)}]})
    assert wait_for(lambda: not os.listdir(folder)), server.log()


def test_a_reload_brings_the_new_options(files, sign, new_key, gpg, alice):
    exported = files(options="no-pty")
    server, (line, _) = exported.server, new_key()
    assert server.post(sign(key=line)).status == 200
    assert wait_for(lambda: exported.lines() and exported.lines()[0].startswith("no-pty ssh-ed25519 ")), exported.lines()
    server.reload({**exported.config, "users": [{"name": "alice", "keyring": gpg.export(alice), "options": "restrict,command=\"id\""}]})
    assert wait_for(lambda: exported.lines()[0].startswith("restrict,command=\"id\" ssh-ed25519 ")), exported.lines()


@pytest.mark.parametrize("policy, checks, fragment", [
    ({"options": "restrict,pty"}, [], "dropbear does not know his option pty"),
    ({"options": "from=\"10.0.0.0/8\""}, [], "dropbear does not know his option from"),
    ({"options": "command=\"echo \\\"a\\\"\""}, [], "dropbear does not know his option command, or takes it otherwise"),
    ({"checks": ["ask"]}, [{"name": "ask", "command": ["/bin/true"], "actions": ["serve"]}], "a file cannot ask"),
])
def test_users_whose_keys_can_be_in_no_file_are_refused(words, tmp_path, gpg, alice, policy, checks, fragment):
    if checks and not has("CHECKS"):
        pytest.skip("built without CONFIG_CHECKS")
    path = tmp_path / "inki.conf"
    config = {"users": [{"name": "alice", "keyring": gpg.export(alice), **policy}], "export": {"directory": "/run/nowhere"}}
    path.write_text(yaml({**config, **({"checks": checks} if checks else {})}), encoding="utf-8")
    done = subprocess.run([*words, "server", "-c", path, "--check-config"], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and fragment in done.stderr, done


def test_check_config_tells_the_folder(words, tmp_path, gpg, alice):
    path = tmp_path / "inki.conf"
    path.write_text(yaml({"users": [{"name": "alice", "keyring": gpg.export(alice)}], "export": {"directory": "/run/nowhere"}}), encoding="utf-8")
    done = subprocess.run([*words, "server", "-c", path, "--check-config"], capture_output=True, text=True, check=True)
    assert "export to /run/nowhere/USER/authorized_keys\n" in done.stdout, done
    assert not os.path.exists("/run/nowhere")


# ---- what is left out ----

def test_keys_that_dropbear_would_not_take_are_left_out(files, sign, new_key):
    exported = files(allow_options=["from", "restrict", "command", "expiry-time"], max_keys=16)
    server = exported.server
    kept = []
    for options, is_kept in (("", True), ("restrict,command=\"uptime\" ", True), ("from=\"10.0.0.1\" ", False),
                             ("expiry-time=\"20390101\" ", False), ("command=\"a \\\"b\\\"\" ", False)):
        line, _ = new_key()
        assert server.post(sign(key=options + line)).status == 200, server.log()
        kept += [line] if is_kept else []
    exported.become(*kept)
    assert [line.split(" ssh-")[0] for line in exported.lines()][1] == 'restrict,command="uptime"'
    for option in ("from", "expiry-time", "command"):
        server.wait_for_log(f": {option}: dropbear does not know this option, or takes it otherwise than sshd")
    assert len(re.findall("export: left out of the file of user alice: SHA256:", server.log())) == 3, server.log()


def test_a_line_that_is_too_long_is_left_out(files, sign, new_key):
    exported = files(allow_options=["command"])
    line, _ = new_key()
    long = f'command="{"x" * 500}" {rsa_line(16384)}'
    assert len(long) > 3000
    assert exported.server.post(sign(key=long)).status == 200
    assert exported.server.post(sign(key=line)).status == 200
    exported.become(line)
    assert re.search(r"left out of the file of user alice: SHA256:\S+: its line would be longer than the 3000 bytes", exported.server.log())


def test_10000_keys(start, folder):
    """The file has the 300 oldest, those who come later do not cost more and more time, and the log is told once."""
    signer = openpgp.Key("ed25519")
    exported = Files(start, {"users": [{"name": "alice", "keyring": openpgp.armored_certificate(signer), "max_keys": 10_000}]}, folder)
    client, at = Client(exported.server), int(time.time())

    def post(at=at, **fields):
        text = json.dumps({"username": "alice", **fields})
        status, body = client.ask("POST", "/api/v1/keys", openpgp.clearsign(text, openpgp.Signature(signer, at=at)))
        assert status == 200, body
    lines = [ssh_line(number)[0] for number in range(10_000)]
    for line in lines:
        post(key=line, expire="1h")
    exported.become(*lines[:300])
    exported.server.wait_for_log("this key and later ones: there are as many in the file as dropbear reads")
    post(at + 2, action="remove", key=lines[7])
    exported.become(*lines[:7], *lines[8:301])
    assert exported.server.log().count("export: ") == 1


@pytest.mark.parametrize("name", ["Eve\x1b[31m <eve@example.org>", "Eve $(reboot) `id` <eve@example.org>", "\u00c4\u00d6 <a@b>"])
def test_the_comment_has_safe_characters_only(files, start, folder, gpg, sign, new_key, name):
    eve = gpg.generate("ed25519", name=name)
    exported = Files(start, {"users": [{"name": "alice", "keyring": gpg.export(eve)}]}, folder)
    line, _ = new_key(comment="a comment; \u00e4 of its own")
    assert exported.server.post(sign(key=line, by=eve)).status == 200
    exported.become(line)
    assert re.fullmatch(rf"ssh-ed25519 \S+ inki-{eve}-[A-Za-z0-9._@-]+", exported.lines()[0]), exported.lines()
