"""Real logins: OpenSSH's sshd asks inki itself, by AuthorizedKeysCommand, whom to let in as root.

sshd runs a command only if it and all folders above it belong to root and nobody else may write there, so the binary is
copied to a folder under /usr/local/lib for the time of the test.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time

import pytest
from inki import PATIENCE, free_port, seconds_of, wait_for

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="logins are tested as root: sshd must become other users")

CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
PidFile none
UsePAM no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
AuthorizedKeysFile none
AuthorizedKeysCommand {folder}/inki authorized-keys -s unix:{socket} -- %u %f
AuthorizedKeysCommandUser nobody
LogLevel VERBOSE
"""


def prefix_for_locked_root(folder):
    """sshd without PAM lets nobody in whose password is locked ("!"); then it shall see another /etc/shadow."""
    with open("/etc/shadow", encoding="utf-8") as file:
        lines = file.read().splitlines()
    if not any(line.startswith("root:!") for line in lines):
        return []
    path = os.path.join(folder, "shadow")
    with open(path, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write("".join("root:*:19000::::::\n" if line.startswith("root:") else line + "\n" for line in lines))
    return ["unshare", "-m", "sh", "-c", f'mount --bind {path} /etc/shadow && exec "$@"', "sh"]


@pytest.fixture
def policy():
    return {}


@pytest.fixture
def login(start, words, gpg, alice, policy):
    """(server, function that tries to log in with a secret key, sshd's log, its port); the server's one user is root."""
    server = start({"users": [{"name": "root", "keyring": gpg.export(alice), **policy}]})
    os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
    folder = tempfile.mkdtemp(prefix="inki-test-", dir="/usr/local/lib")
    port = free_port()
    try:
        os.chmod(folder, 0o755)
        shutil.copy(words[-1], os.path.join(folder, "inki"))
        os.chmod(os.path.join(folder, "inki"), 0o755)
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{folder}/host_key"], check=True)
        with open(f"{folder}/sshd_config", "w", encoding="utf-8") as file:
            file.write(CONFIG.format(port=port, folder=folder, socket=server.socket_path))
        with open(f"{folder}/log", "wb") as log:
            sshd = subprocess.Popen([*prefix_for_locked_root(folder), "/usr/sbin/sshd", "-D", "-e", "-f", f"{folder}/sshd_config"],
                                    stdin=subprocess.DEVNULL, stdout=log, stderr=log)

        def log_text():
            with open(f"{folder}/log", encoding="utf-8", errors="replace") as file:
                return file.read()

        wait_for(lambda: "Server listening" in log_text() or sshd.poll() is not None)
        assert "Server listening" in log_text(), log_text()

        def try_login(secret):
            done = subprocess.run(
                ["ssh", "-F", "none", "-p", str(port), "-i", secret, "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes",
                 "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
                 "root@127.0.0.1", "echo let in"], capture_output=True, text=True, timeout=30, check=False)
            if done.returncode == 0 and done.stdout.endswith("let in\n"):
                return True
            assert "Permission denied" in done.stderr, f"{done}\n{log_text()}"
            return False

        yield server, try_login, log_text, port
        sshd.send_signal(signal.SIGTERM)
        sshd.wait(PATIENCE)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_login_follows_the_signed_requests(login, sign, new_key):
    server, try_login, log, _ = login
    line, secret = new_key()
    _, other_secret = new_key()
    assert not try_login(secret), "let in before the key was added"

    assert server.post(sign(username="root", key=line)).status == 200
    assert try_login(secret), f"refused after the key was added\n{log()}\n{server.log()}"
    assert not try_login(other_secret), "let in with a key that was never added"

    time.sleep(1.1)  # OpenPGP counts in seconds, and what is signed later counts
    answer = server.post(sign(username="root", key=line, expire="4s"))
    time.sleep(max(0, seconds_of(answer.json[0]["expire"]) + 0.1 - time.time()))
    assert not try_login(secret), "let in after the key expired"

    assert server.post(sign(username="root", key=line)).status == 200
    assert try_login(secret), f"refused after the key was added again\n{log()}\n{server.log()}"

    time.sleep(1.1)
    assert server.delete(sign(username="root", action="remove", key=line)).status == 200
    assert not try_login(secret), "let in after the key was removed"


def test_no_login_while_the_server_is_away(login, sign, new_key):
    server, try_login, _, _ = login
    line, secret = new_key()
    assert server.post(sign(username="root", key=line)).status == 200
    assert try_login(secret)
    os.kill(server.serving, signal.SIGSTOP)  # it takes connections and never answers
    try:
        started = time.monotonic()
        assert not try_login(secret)
        assert time.monotonic() - started < 20, "sshd had to wait for longer than inki's deadline of 2 s for each question"
    finally:
        os.kill(server.serving, signal.SIGCONT)
    assert try_login(secret)
