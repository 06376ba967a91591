"""Files of keys: what dropbear, and sshd by its AuthorizedKeysFile, make of them."""

import os
import signal
import socket
import subprocess
import time

import pytest
from export import Files, needs_export
from inki import PATIENCE, free_port, seconds_of, wait_for

pytestmark = needs_export

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
        assert wait_for(self.is_listening), self.log()

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
        self.process.wait(PATIENCE)


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
    assert server.post(sign(username="root", key=line)).status == 200
    exported.become(line, user="root")
    assert reading.run(secret) == "let in\n", reading.log()
    assert reading.run(other_secret) is None, "let in with a key that was never added"
    time.sleep(1.1)
    answer = server.post(sign(username="root", key=line, expire="4s"))
    assert wait_for(lambda: not exported.lines("root"))
    assert time.time() >= seconds_of(answer.json[0]["expire"])
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
    server.end()
    assert reading.run(secret) is None, "let in after the server's end"
