"""Files of keys: what dropbear, and sshd by its AuthorizedKeysFile, make of them, and what happens to them."""

import base64
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

import inki
import openpgp
import pytest
from inki import has, yaml
from many import Client, ssh_line

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="the files must be root's"),
    pytest.mark.skipif(not has("EXPORT"), reason="built without CONFIG_EXPORT"),
]


@pytest.fixture
def start(words):
    """Starts servers that a test may end itself, in whatever way."""
    running = []

    def starting(config, **how):
        running.append(inki.Server(words, config, **how))
        return running[-1]
    yield starting
    for server in running:
        if server.process.poll() is None:
            server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)


def end(server):
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(10) == 0, server.log()


@pytest.fixture
def folder():
    """Below /usr/local/lib, as each folder above must be root's and nobody else's."""
    above = tempfile.mkdtemp(prefix="inki-test-", dir="/usr/local/lib")
    os.chmod(above, 0o755)
    yield os.path.join(above, "keys")
    shutil.rmtree(above)


def wait_for(condition, seconds=3):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def rsa_line(bits):
    """A line with an RSA key that nobody has the secret of."""
    parts = [b"ssh-rsa", b"\1\0\1", b"\0" + ((1 << bits) - 1).to_bytes(bits // 8, "big")]
    blob = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return f"ssh-rsa {base64.b64encode(blob).decode()}"


class Files:
    """A server that exports the keys of its users, and its files."""

    def __init__(self, start, config, folder):
        self.folder, self.config = folder, {**config, "export": {"directory": folder}}
        self.server = start(self.config)

    def path(self, user="alice"):
        return os.path.join(self.folder, user, "authorized_keys")

    def lines(self, user="alice"):
        try:
            with open(self.path(user), encoding="utf-8") as file:
                return file.read().splitlines()
        except FileNotFoundError:
            return []

    def blobs(self, user="alice"):
        """The base64 of the keys that are in the file."""
        return [re.search(r"AAAA\S+", line).group() for line in self.lines(user)]

    def become(self, *keys, user="alice", seconds=3):
        """Waits until the file holds exactly these keys."""
        wanted = [key.split()[1] for key in keys]
        assert wait_for(lambda: self.blobs(user) == wanted, seconds), f"{self.lines(user)}\n{self.server.log()}"
        return True


@pytest.fixture
def files(start, folder, gpg, alice):
    def starting(**policy):
        return Files(start, {"users": [{"name": "alice", "keyring": gpg.export(alice), **policy}]}, folder)
    return starting


# ---- what is in it, and when ----

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
    exported = files()
    (short, _), (long, _) = new_key(), new_key()
    assert exported.server.post(sign(key=long)).status == 200
    assert exported.server.post(sign(key=short, expire="3s")).status == 200
    ends = time.time() + 3
    exported.become(long, short)
    exported.become(long, seconds=ends + 1.5 - time.time())
    assert time.time() > ends - 1.5


def test_the_files_go_with_the_server(files, sign, new_key):
    exported = files()
    line, _ = new_key()
    assert exported.server.post(sign(key=line)).status == 200
    exported.become(line)
    end(exported.server)
    assert not os.listdir(exported.folder)


@pytest.mark.parametrize("who", ["server", "helper"])
def test_the_files_go_when_a_process_is_killed(files, sign, new_key, who):
    exported = files()
    line, _ = new_key()
    assert exported.server.post(sign(key=line)).status == 200
    exported.become(line)
    os.kill(exported.server.serving if who == "server" else exported.server.process.pid, signal.SIGKILL)
    assert exported.server.process.wait(5) == (1 if who == "server" else -signal.SIGKILL)
    assert wait_for(lambda: not os.listdir(exported.folder)), exported.server.log()


def processes(server):
    """The server process, and the keeper of the files, which comes a moment later."""
    def children():
        with open(f"/proc/{server.process.pid}/task/{server.process.pid}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    assert wait_for(lambda: len(children()) == 2), server.log()
    return children()


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


def test_a_keeper_that_hangs_wedges_nothing(files, sign, new_key):
    """Nothing is answered for a while: the server tries again, and a key that goes meanwhile is gone then."""
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
    time.sleep(6)
    os.kill(keeper, signal.SIGCONT)
    exported.become(second, seconds=5)


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
    assert wait_for(lambda: opened(keeper) == ["/", "socket"]), opened(keeper)


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
    exported.server.process.wait(5)
    shutil.copytree(os.path.dirname(exported.path()), os.path.join(folder, "gone"))
    os.mkdir(os.path.join(folder, "admin"))
    with open(os.path.join(folder, "admin", "authorized_keys"), "w", encoding="utf-8") as file:
        file.write("ssh-ed25519 AAAA admin@host\n")
    start(exported.config).wait_for_log("event=start")
    assert os.listdir(folder) == ["admin"] and os.listdir(os.path.join(folder, "admin")) == ["authorized_keys"]


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
    exported.become(*lines[:300], seconds=10)
    exported.server.wait_for_log("this key and later ones: there are as many in the file as dropbear reads")
    post(at + 2, action="remove", key=lines[7])
    exported.become(*lines[:7], *lines[8:301], seconds=10)
    assert exported.server.log().count("export: ") == 1


@pytest.mark.parametrize("name", ["Eve\x1b[31m <eve@example.org>", "Eve $(reboot) `id` <eve@example.org>", "\u00c4\u00d6 <a@b>"])
def test_the_comment_has_safe_characters_only(files, start, folder, gpg, sign, new_key, name):
    eve = gpg.generate("ed25519", name=name)
    exported = Files(start, {"users": [{"name": "alice", "keyring": gpg.export(eve)}]}, folder)
    line, _ = new_key(comment="a comment; \u00e4 of its own")
    assert exported.server.post(sign(key=line, by=eve)).status == 200
    exported.become(line)
    assert re.fullmatch(rf"ssh-ed25519 \S+ inki-{eve}-[A-Za-z0-9._@-]+", exported.lines()[0]), exported.lines()


# ---- what may go wrong ----

@pytest.mark.parametrize("case", ["others may write", "another user's", "a link of another user", "above", "a file", "no parent"])
def test_a_folder_that_is_not_roots_alone_is_refused(start, folder, gpg, alice, case):
    config = {"users": [{"name": "alice", "keyring": gpg.export(alice)}], "export": {"directory": folder}}
    above, wanted = os.path.dirname(folder), "others may write to it"
    if case == "others may write":
        os.mkdir(folder)
        os.chmod(folder, 0o775)
    elif case == "another user's":
        os.mkdir(folder)
        os.chown(folder, 4711, 4711)
        wanted = "it belongs to another user"
    elif case == "a link of another user":
        os.symlink("/run", folder)
        os.lchown(folder, 4711, 4711)
        wanted = "it is a symbolic link of another user"
    elif case == "above":
        os.chmod(above, 0o777)
    elif case == "a file":
        with open(folder, "w", encoding="utf-8"):
            pass
        wanted = "it is no folder"
    else:
        config["export"]["directory"] = folder + "/a/b"
        wanted = f"{folder}: No such file or directory"
    server = start(config)
    assert server.process.wait(5) == 1
    assert re.search(f"^inki: export: .*{re.escape(wanted)}", server.log(), re.M), server.log()
    assert not os.path.exists(server.socket_path)


def test_tmp_and_links_of_root_will_do_on_the_way(start, gpg, alice, sign, new_key):
    """As on OpenWrt, where /var is a link to /tmp, and /tmp is everybody's."""
    above = tempfile.mkdtemp(prefix="inki-test-", dir="/tmp")
    try:
        os.chmod(above, 0o755)
        os.symlink(above, above + "-link")
        exported = Files(start, {"users": [{"name": "alice", "keyring": gpg.export(alice)}]}, above + "-link/keys")
        line, _ = new_key()
        assert exported.server.post(sign(key=line)).status == 200
        exported.become(line)
        end(exported.server)
    finally:
        os.unlink(above + "-link")
        shutil.rmtree(above)


def test_links_that_were_planted_are_not_followed(files, sign, new_key, folder, tmp_path):
    exported = files()
    line, _ = new_key()
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "authorized_keys").write_text("ssh-ed25519 AAAA me\n", encoding="utf-8")
    os.symlink(victim, os.path.join(folder, "alice"))
    assert exported.server.post(sign(key=line)).status == 200
    exported.server.wait_for_log(f"{folder}/alice: no keys can be written there: Not a directory")
    os.unlink(os.path.join(folder, "alice"))
    os.mkdir(os.path.join(folder, "alice"))
    os.symlink(victim / "authorized_keys", exported.path())
    os.symlink(victim / "new", os.path.join(folder, "alice", ".authorized_keys.new"))
    exported.server.reload(exported.config)
    exported.server.wait_for_log("is none that inki has written, and stays as it is")
    os.unlink(exported.path())
    exported.server.reload(exported.config)
    exported.become(line)
    assert not os.path.islink(exported.path())
    assert (victim / "authorized_keys").read_text(encoding="utf-8") == "ssh-ed25519 AAAA me\n" and not (victim / "new").exists()


@pytest.mark.parametrize("owner, mode", [(1000, 0o755), (0, 0o775), (1000, 0o700)])
def test_a_users_folder_that_somebody_has_changed_is_emptied(files, sign, new_key, owner, mode):
    """Nothing is written there any more, but what is in there goes: at once if the keeper may, or else when inki ends."""
    there, (line, _) = files(), new_key()
    there.server.post(sign(key=line))
    there.become(line)
    inner = os.path.dirname(there.path())
    os.chown(inner, owner, owner)
    os.chmod(inner, mode)
    time.sleep(1.1)
    assert there.server.delete(sign(key=line, action="remove")).status == 200
    there.server.wait_for_log("no keys can be written there" if owner == 0 else "cannot be removed, and still lets in")
    assert owner != 0 or wait_for(lambda: not os.path.exists(there.path()))
    end(there.server)
    assert not os.path.exists(there.path())


def test_a_reload_that_finds_the_folder_bad_removes_the_files(files, sign, new_key, folder):
    there, (line, _) = files(), new_key()
    there.server.post(sign(key=line))
    there.become(line)
    os.chmod(folder, 0o775)
    there.server.reload()
    assert wait_for(lambda: not os.path.exists(there.path())), there.server.log()
    there.server.wait_for_log("others may write to it")
    end(there.server)


def test_files_of_users_with_a_hidden_name_go_as_well(start, folder, gpg, alice, sign, new_key):
    there, (line, _) = Files(start, {"users": [{"name": ".bob", "keyring": gpg.export(alice)}]}, folder), new_key()
    assert there.server.post(sign(username=".bob", key=line)).status == 200
    there.become(line, user=".bob")
    end(there.server)
    assert not os.path.exists(there.path(".bob"))


def test_a_folder_that_was_removed_is_made_again(files, sign, new_key, folder, gpg, alice):
    exported = files()
    (first, _), (second, _) = new_key(), new_key()
    assert exported.server.post(sign(key=first)).status == 200
    exported.become(first)
    shutil.rmtree(folder)
    assert exported.server.post(sign(key=second)).status == 200
    exported.become(first, second)


@pytest.fixture
def small_disk(folder):
    os.mkdir(folder)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,nr_inodes=50,mode=755", "inki-test", folder], check=True)
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_lets_nobody_stay(files, sign, new_key, small_disk):
    """A file that cannot be written goes, rather than that it holds a key that has gone; and it comes when there is room again."""
    exported = files()
    (first, _), (second, _) = new_key(), new_key()
    assert exported.server.post(sign(key=first)).status == 200
    exported.become(first)
    filling = os.path.join(small_disk, "filling")
    with open(filling, "wb", buffering=0) as file:
        with pytest.raises(OSError):
            while True:
                file.write(bytes(512))
    assert exported.server.post(sign(key=second)).status == 200
    exported.server.wait_for_log("/alice/authorized_keys cannot be written, so there is none: No space left on device")
    assert wait_for(lambda: not os.path.exists(exported.path()))
    os.unlink(filling)
    exported.become(first, second, seconds=15)
    end(exported.server)


def test_a_disk_that_cannot_be_written(files, sign, new_key, small_disk):
    exported = files()
    (first, _), (second, _) = new_key(), new_key()
    assert exported.server.post(sign(key=first)).status == 200
    exported.become(first)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    assert exported.server.post(sign(key=second)).status == 200
    exported.server.wait_for_log("cannot be removed, and still lets in whose keys are in there: Read-only file system")
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    exported.become(first, second, seconds=15)
    end(exported.server)


# ---- who reads it ----

class Reader:
    """An SSH server that reads the file of root, as ~/.ssh/authorized_keys is a link to it; ~ is a folder of the test."""

    def __init__(self, folder, exported, words):
        self.folder, self.port = folder, free_port()
        self.home = os.path.join(folder, "home")
        os.makedirs(os.path.join(self.home, ".ssh"), mode=0o755)
        os.symlink(exported.path("root"), os.path.join(self.home, ".ssh", "authorized_keys"))
        with open("/etc/passwd", encoding="utf-8") as file:
            users = [line for line in file.read().splitlines() if not line.startswith("root:")]
        with open(os.path.join(folder, "passwd"), "w", encoding="utf-8") as file:
            file.write("\n".join([f"root:x:0:0:root:{self.home}:/bin/sh", *users, ""]))
        with open(os.path.join(folder, "shadow"), "w", encoding="utf-8") as file:
            file.write("root:*:19000::::::\n")
        mounts = " && ".join(f"mount --bind {folder}/{name} /etc/{name}" for name in ("passwd", "shadow"))
        with open(f"{folder}/log", "wb") as log:
            self.process = subprocess.Popen(["unshare", "-m", "sh", "-c", f'{mounts} && exec "$@"', "sh", *words(self)],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        assert wait_for(self.is_listening, 10), self.log()

    def is_listening(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def log(self):
        with open(f"{self.folder}/log", encoding="utf-8", errors="replace") as file:
            return file.read()

    def run(self, secret, command="echo let in"):
        """What a login with this key writes; None: it was refused."""
        done = subprocess.run(
            ["ssh", "-F", "none", "-p", str(self.port), "-i", secret, "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes",
             "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "root@127.0.0.1", command],
            capture_output=True, text=True, timeout=30, check=False)
        if done.returncode == 0:
            return done.stdout
        assert "Permission denied" in done.stderr, f"{done}\n{self.log()}"
        return None

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def dropbear(program, *more):
    def words(reader):
        subprocess.run(["dropbearkey", "-t", "ed25519", "-f", f"{reader.folder}/host_key"], check=True, capture_output=True)
        return [program, "-F", "-E", "-s", "-p", f"127.0.0.1:{reader.port}", "-r", f"{reader.folder}/host_key", "-P", f"{reader.folder}/pid",
                *(word.replace("ROOT", os.path.join(reader.folder, "keys", "root")) for word in more)]
    return words


def sshd(reader):
    os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{reader.folder}/host_key"], check=True)
    with open(f"{reader.folder}/sshd_config", "w", encoding="utf-8") as file:
        file.write(f"Port {reader.port}\nListenAddress 127.0.0.1\nHostKey {reader.folder}/host_key\nPidFile none\nUsePAM no\n"
                   f"PermitRootLogin yes\nPasswordAuthentication no\nAuthorizedKeysFile {reader.folder}/keys/%u/authorized_keys\n")
    return ["/usr/sbin/sshd", "-D", "-e", "-f", f"{reader.folder}/sshd_config"]


READERS = {"dropbear": dropbear("/usr/sbin/dropbear"), "sshd": sshd}
for number, built in enumerate(os.environ.get("INKI_DROPBEARS", "").split()):
    READERS[f"newer dropbear {number}"] = dropbear(built)
    READERS[f"newer dropbear {number} with -D"] = dropbear(built, "-D", "ROOT")


@pytest.fixture(params=READERS)
def reader(request, start, folder, gpg, alice):
    exported = Files(start, {"users": [{"name": "root", "keyring": gpg.export(alice), "allow_options": ["command", "no-pty"]}]}, folder)
    reading = Reader(os.path.dirname(folder), exported, READERS[request.param])
    yield exported, reading
    reading.stop()


def test_logins_follow_the_signed_requests(reader, sign, new_key, alice):
    exported, reading = reader
    server, (line, secret), (other, other_secret) = exported.server, new_key(), new_key()
    assert reading.run(secret) is None, "let in before the key was added"
    assert server.post(sign(username="root", key=line, expire="6s")).status == 200
    ends = time.time() + 6
    exported.become(line, user="root")
    assert reading.run(secret) == "let in\n", reading.log()
    assert reading.run(other_secret) is None, "let in with a key that was never added"
    assert time.time() < ends, "this machine is too slow for a key of 6 s"
    assert wait_for(lambda: not exported.lines("root"), ends + 2 - time.time())
    assert reading.run(secret) is None, "let in after the key has expired"

    assert server.post(sign(username="root", key="no-pty,command=\"echo no more than this\" " + other)).status == 200
    exported.become(other, user="root")
    assert reading.run(other_secret) == "no more than this\n", reading.log()
    time.sleep(1.1)
    assert server.post(sign(username="root", key=line)).status == 200
    exported.become(other, line, user="root")
    assert reading.run(secret, "echo ${SSH_PUBKEYINFO:-no dropbear}") in (f"{exported.lines('root')[1].split()[2]}\n", "no dropbear\n")
    assert server.delete(sign(username="root", action="remove", key=other)).status == 200
    exported.become(line, user="root")
    assert reading.run(other_secret) is None, "let in after the key was removed"
    assert reading.run(secret) == "let in\n", reading.log()
    end(server)
    assert reading.run(secret) is None, "let in after the server's end"
