"""The configuration file: both forms work, and what is wrong is told with file, line and column."""

import os
import re
import signal
import socket
import subprocess
import time
import urllib.request

import pytest
from inki import TREE, free_port, has, yaml

pytestmark = pytest.mark.both


def check(words, path, *arguments):
    return subprocess.run([*words, "server", "-c", str(path), "--check-config", *arguments], capture_output=True, text=True, timeout=20, check=False)


def indent(text, by):
    return "".join(" " * by + line + "\n" if line else "\n" for line in text.splitlines())


@pytest.fixture
def keyring(gpg, alice):
    return gpg.export(alice)


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
            return True
    except OSError:
        return False


def test_the_original_form(start, keyring, sign, new_key):
    port = free_port()
    server = start(f"port: {port}\nusers:\n  - name: alice\n    keyring: |\n{indent(keyring, 6)}")
    assert server.ports[0] == port
    line, _ = new_key()
    assert server.post(sign(key=line)).status == 200
    if has_ipv6():
        with urllib.request.urlopen(f"http://[::1]:{port}/healthz", timeout=20) as answer:
            assert answer.status == 200, "the port of the original form is open for IPv6, too"


def test_port_of_the_command_line(words, keyring, tmp_path):
    path = tmp_path / "inki.conf"
    path.write_text(f"port: 1\nusers:\n  - name: alice\n    keyring: |\n{indent(keyring, 6)}", encoding="utf-8")
    port = free_port()
    with subprocess.Popen([*words, "server", "-c", path, "-P", str(port)], stderr=subprocess.PIPE, text=True) as server:
        line = server.stderr.readline()
        server.terminate()
        assert f":{port}" in line, line


def test_keyring_from_a_file(start, gpg, alice, sign, new_key, tmp_path):
    armored, binary = tmp_path / "alice.asc", tmp_path / "alice.gpg"
    armored.write_text(gpg.export(alice), encoding="utf-8")
    binary.write_bytes(gpg.run("--export", alice))
    line, _ = new_key()
    for path in (armored, binary):
        server = start({"users": [{"name": "alice", "keyring_file": str(path)}]})
        assert server.post(sign(key=line)).status == 200


def test_check_config_prints_the_memory_budget(words, keyring, tmp_path):
    path = tmp_path / "inki.conf"
    path.write_text(yaml({"users": [{"name": "alice", "keyring": keyring}]}), encoding="utf-8")
    done = check(words, path)
    assert (done.returncode, done.stderr) == (0, ""), done
    for part in ("connections", "key table", "settings", "request at work", *(() if has("FAST_VERIFY") else ("signature at work",)), "total"):
        assert re.search(rf"(?i){part}.*\d", done.stdout), f"{part} is not in\n{done.stdout}"


KEYRING = "\n".join(["|", "      -----BEGIN PGP PUBLIC KEY BLOCK-----", "", "      AAAA", "      -----END PGP PUBLIC KEY BLOCK-----", ""])

# name: (the file, where the error is, fragment)
WRONG = {
    "unknown key": ("port: 3000\nprot: 3000\nusers: []\n", "2:1", "prot"),
    "unknown key of a user": ("users:\n  - name: alice\n    keyrings: x\n", "3:5", "keyrings"),
    "wrong type": ("port: many\nusers: []\n", "1:7", "whole number"),
    "too large": ("port: 65536\nusers: []\n", "1:7", "port"),
    "repeated": ("port: 3000\nport: 3001\nusers: []\n", "2:1", "port"),
    "bad YAML": ("users: [\n", None, ""),
    "tab": ("users:\n\t- name: x\n", "2:1", ""),
    "alias": ("host: &a b\nusers: []\n", "1:7", ""),
    "bad duration": ("max_request_age: soon\nusers: []\n", "1:18", "duration"),
    "bad address": ("listen:\n  - address: localhost\nusers: []\n", "2:14", "127.0.0.1:3000"),
    "bad mode": ("listen:\n  - socket: /x\n    mode: 438\nusers: []\n", "3:11", "octal"),
    "bad access": ("listen:\n  - socket: /x\n    access: some\nusers: []\n", "3:13", "read, write or all"),
    "no keyring": ("users:\n  - name: alice\n", None, "keyring"),
    "user twice": (f"users:\n  - name: alice\n    keyring: {KEYRING}  - name: alice\n    keyring: {KEYRING}", None, ""),
    "broken keyring": (f"users:\n  - name: alice\n    keyring: {KEYRING}", "3:14", "alice"),
    "keyring without a key": ("users:\n  - name: alice\n    keyring: hello\n", "3:14", "no OpenPGP certificate"),
    "keyring file missing": ("users:\n  - name: alice\n    keyring_file: /nonexistent/alice.asc\n", "3:19", "No such file"),
    "half of tls": ("tls: {key: /a}\nusers: []\n", "1:6", "both a certificate and a key"),
    "no users": ("port: 3000\n", "1:1", "users"),
    "latin-1": (b"host: caf\xe9\nusers: []\n", None, ""),
    "binary": (bytes(range(256)), None, ""),
    "empty": ("", None, ""),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong(words, tmp_path, name):
    text, where, fragment = WRONG[name]
    path = tmp_path / "inki.conf"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    for arguments in (["--check-config"], []):
        done = subprocess.run([*words, "server", "-c", path, *arguments], capture_output=True, text=True, timeout=20, check=False)
        assert done.returncode == 1 and done.stdout == "" and done.stderr.count("\n") == 1, done
        place = re.search(re.escape(str(path)) + r":(\d+:\d+): ", done.stderr)
        assert place and where in (None, place.group(1)), f"expected {where}: {done.stderr}"
        assert fragment in done.stderr, done.stderr


def test_secret_key_as_keyring(words, gpg, alice, tmp_path):
    path = tmp_path / "inki.conf"
    path.write_text(yaml({"users": [{"name": "alice", "keyring": gpg.run("--armor", "--export-secret-keys", alice).decode()}]}), encoding="utf-8")
    done = check(words, path)
    assert done.returncode == 1 and "secret key" in done.stderr, done


def test_missing_file(words, tmp_path):
    done = check(words, tmp_path / "nothing")
    assert done.returncode == 1 and "nothing" in done.stderr and "No such file" in done.stderr, done


def test_port_in_use(words, keyring, tmp_path):
    path = tmp_path / "inki.conf"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        path.write_text(yaml({"listen": [{"address": f"127.0.0.1:{port}"}], "users": [{"name": "alice", "keyring": keyring}]}), encoding="utf-8")
        done = subprocess.run([*words, "server", "-c", path], capture_output=True, text=True, timeout=20, check=False)
        assert done.returncode == 1 and f"127.0.0.1:{port}" in done.stderr and "in use" in done.stderr, done


def test_socket_left_behind_is_taken_over(start, keyring, tmp_path):
    config = {"users": [{"name": "alice", "keyring": keyring}]}
    server = start(config)
    server.process.kill()
    server.wait_for_end(-signal.SIGKILL)
    again = start(config, folder=server.folder)
    again.is_serving()
    assert again.curl("/healthz", unix=True).status == 200


def test_usage(words):
    for arguments in ([], ["nonsense"], ["server", "--nonsense"], ["server", "-c"], ["server", "-P", "99999"]):
        done = subprocess.run([*words, *arguments], capture_output=True, text=True, timeout=20, check=False)
        assert done.returncode == 2 and done.stdout == "" and done.stderr, f"{arguments}: {done}"
    done = subprocess.run([*words, "--version"], capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 0 and re.search(r"\d+\.\d+\.\d+", done.stdout), done
    for arguments in (["help"], ["help", "server"], ["help", "authorized-keys"], ["--help"], ["server", "--help"],
                      ["authorized-keys", "alice", "-h"]):
        done = subprocess.run([*words, *arguments], capture_output=True, text=True, timeout=20, check=False)
        assert done.returncode == 0 and "server" in done.stdout or "authorized-keys" in done.stdout, f"{arguments}: {done}"


def test_example(words, gpg, alice, tmp_path):
    """The example in the tree is right, line by line, once there is a keyring where it says."""
    path = os.path.join(TREE, "inki.conf.example")
    if not os.path.exists(path):
        pytest.fail("inki.conf.example is missing")
    keyring = tmp_path / "alice.asc"
    keyring.write_text(gpg.export(alice), encoding="utf-8")
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"(?m)^(\s*keyring_file: )\S+", rf"\g<1>{keyring}", file.read())
    config = tmp_path / "inki.conf"
    config.write_text(text, encoding="utf-8")
    done = check(words, config)
    assert done.returncode == 0, f"{done.stderr}\n{text}"


def listing_of(done):
    """The lines about users and their keys."""
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout[done.stdout.index("user "):done.stdout.index("memory in bytes")].splitlines()


def test_check_config_lists_each_key(words, gpg, mallory, tmp_path):
    now = int(time.time())
    good = gpg.generate("rsa3072", usage="cert", expire="2y", subkey=("nistp256/ecdsa", "sign"))
    gpg.run("--quick-add-key", good, "cv25519", "encr", "never")
    old = gpg.generate("ed25519", expire="seconds=7200", at=now - 86400)
    unsupported = gpg.generate("dsa2048")
    keyring = tmp_path / "keyring.gpg"
    keyring.write_bytes(gpg.run("--export", good) + gpg.run("--export", old) + gpg.run("--export", unsupported))
    path = tmp_path / "inki.conf"
    path.write_text(yaml({"users": [{"name": "alice", "keyring_file": str(keyring)}, {"name": "bob", "keyring": gpg.export(mallory)}]}), encoding="utf-8")
    time_form = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
    expected = [
        "user alice: 3 certificates",
        r"  Test \d+ \(rsa3072, cert\) <test@example.org>",
        f"    primary key {good}, RSA 3072: may not sign: the key's flags do not let it sign",
        f"    subkey [0-9A-F]{{40}}, ECDSA P-256: may sign until {time_form}",
        "    subkey [0-9A-F]{40}, algorithm 18: may not sign: the key is of an unsupported algorithm or curve",
        r"  Test \d+ \(ed25519, sign\) <test@example.org>",
        f"    primary key {old}, Ed25519: may not sign since {time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(now - 86400 + 7200))}: the key has expired",
        r"  Test \d+ \(dsa2048, sign\) <test@example.org> \(a user ID without a valid signature\)",
        f"    primary key {unsupported}, algorithm 17: may not sign: the key is of an unsupported algorithm or curve",
        "user bob: 1 certificate",
        "  Mallory <mallory@example.org>",
        f"    primary key {mallory}, Ed25519: may sign",
    ]
    lines = listing_of(check(words, path))
    assert len(lines) == len(expected), "\n".join(lines)
    for line, pattern in zip(lines, expected):
        assert re.fullmatch(pattern, line), f"{line!r} is not {pattern!r}"


def test_user_for_whom_nobody_can_sign(start, words, gpg, alice, mallory):
    """It is told by --check-config, and once in the log at start; the server serves the others."""
    expired = gpg.generate("ed25519", expire="seconds=7200", at=int(time.time()) - 86400)
    server = start({"users": [
        {"name": "alice", "keyring": gpg.export(alice)},
        {"name": "gone", "keyring": gpg.export(expired)},
        {"name": "pair", "keyring": gpg.export(alice, expired), "signatures": 2},
        {"name": "both", "keyring": gpg.export(alice, mallory), "signatures": 2}]})
    server.is_serving()
    warnings = ["no request for user gone can be taken now: of the certificates in the keyring 0 may sign, and 1 is needed",
                "no request for user pair can be taken now: of the certificates in the keyring 1 may sign, and 2 are needed"]
    assert re.findall(r"warning: (.*)", server.log()) == warnings, server.log()
    lines = listing_of(check(words, server.config_path))
    assert [line for line in lines if "warning" in line] == [f"  warning: {line}" for line in warnings], lines
    at = lines.index("user gone: 1 certificate")
    assert "warning" in lines[at + 1] and expired in lines[at + 3], lines


def test_check_config_says_how_full_the_memory_for_settings_is(words, gpg, alice, tmp_path):
    path = tmp_path / "inki.conf"
    path.write_text(yaml({"users": [{"name": f"user{number}", "keyring": gpg.export(alice)} for number in range(60)]}), encoding="utf-8")
    match = re.search(r"settings +2 x +(\d+) +\d+, of one of which these take (\d+) \((\d+) %\)", check(words, path).stdout)
    whole, used, percent = map(int, match.groups())
    assert 60 * 200 < used < whole and percent == used * 100 // whole, match.group()
