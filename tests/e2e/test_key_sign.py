"""`inki key add -p`: signing with a secret-key file, with and without a pass phrase, on a real terminal, against the real server."""

import contextlib
import os
import re
import signal
import subprocess
import time

import inki
import pexpect
import pytest
from client import Client, failure, needs_client, output
from fake import fake_server

PHRASE = "open sesame äöü"
PROMPT = "Enter PGP key password: "


def lacks_sign():
    """Without CONFIG_SIGN no file is even opened."""
    done = subprocess.run([*inki.RELEASE, "key", "add", "a@b", "-f", "/dev/stdin", "-p", "/nonexistent"], capture_output=True, check=False,
                          input=b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILA2jQqGzVzINkw6GcQ7L22pQ2PCcWIEeKI2DPTkEVer x\n")
    return b"CONFIG_SIGN" in done.stderr


pytestmark = [pytest.mark.both, needs_client, pytest.mark.skipif(lacks_sign(), reason="this build does not sign (CONFIG_SIGN)")]


@pytest.fixture(scope="session")
def locked(gpg):
    """The fingerprint of a key with a pass phrase."""
    gpg.run("--quick-gen-key", "--passphrase", PHRASE, "Locked <locked-file@example.org>", "ed25519", "sign", "never")
    listing = gpg.run("--list-keys", "--with-colons", "locked-file@example.org").decode()
    return next(line.split(":")[9] for line in listing.splitlines() if line.startswith("fpr:"))


@pytest.fixture
def robot(start, words, gpg, alice, locked, tmp_path, new_key):
    """A client that has no gpg; a server that takes what Alice or the locked key sign; and files."""
    server = start({"users": [{"name": "alice", "keyring": gpg.export(alice, locked)}]})
    there = Client(words, server.url.replace("//", "//alice@"), "/nonexistent")
    there.server, there.folder = server, tmp_path
    there.pub = new_key()[1] + ".pub"
    (tmp_path / "plain.asc").write_bytes(gpg.run("--armor", "--export-secret-keys", alice))
    (tmp_path / "plain.gpg").write_bytes(gpg.run("--export-secret-keys", alice))
    (tmp_path / "locked.asc").write_bytes(gpg.run("--armor", "--passphrase", PHRASE, "--export-secret-keys", locked))
    (tmp_path / "phrase").write_text(PHRASE + "\nnot this line\n", encoding="utf-8")
    there.add = lambda *arguments, **how: there.key("add", "-f", there.pub, *map(str, arguments), **how)
    there.ask = lambda *arguments, **how: there.terminal("key", "add", there.url, "-f", there.pub, "-p", tmp_path / "locked.asc", *arguments, **how)
    return there


@pytest.mark.parametrize("name", ["plain.asc", "plain.gpg"])
def test_lines_of_the_original(robot, name):
    """An unprotected key, armored and binary; nobody is asked for anything."""
    key = str(robot.folder / name)
    text = output(robot.run("key", "add", robot.url, "--file", robot.pub, "--pgp-key", key, "--expire", "12h"))
    assert text.startswith("Added keys:\n - Username:     alice\n") and len(robot.server.keys()) == 1
    assert output(robot.run("key", "remove", robot.url, "-p", key, "-f", robot.pub)).startswith("Removed keys:\n")
    assert robot.server.keys() == []


def test_print_for_curl(robot):
    message = output(robot.add("-p", robot.folder / "plain.asc", "--print"))
    assert message.startswith("-----BEGIN PGP SIGNED MESSAGE-----") and robot.server.keys() == []
    assert robot.server.post(message.encode()).status == 200


def test_phrase_from_a_file_and_from_a_descriptor(robot):
    locked = robot.folder / "locked.asc"
    output(robot.add("-p", locked, "--passphrase-file", robot.folder / "phrase"))
    output(robot.add("-p", locked, "--passphrase-fd", "0", stdin=PHRASE + "\n"))
    output(robot.add("-p", locked, "--passphrase-fd=0", stdin=PHRASE))
    for end in ("\r\n", "\r", "\r\nsome words"):  # as it is written on Windows
        (robot.folder / "windows").write_bytes((PHRASE + end).encode())
        output(robot.add("-p", locked, "--passphrase-file", robot.folder / "windows"))
    reading, writing = os.pipe()
    os.write(writing, PHRASE.encode() + b"\n")  # and it stays open
    output(robot.add("-p", locked, "--passphrase-fd", str(reading), pass_fds=[reading]))
    os.close(reading)
    os.close(writing)
    assert len(robot.server.keys()) == 1


def test_wrong_phrases_of_files(robot):
    locked = robot.folder / "locked.asc"
    for text, fragment in (("wrong\n", "locked.asc: the pass phrase is wrong"), ("\n", "the pass phrase is wrong"), ("", "it is empty"), ("\r\n", "the pass phrase is wrong"),
                           (PHRASE + "\r\r\n", "the pass phrase is wrong"), (PHRASE + " \n", "the pass phrase is wrong"), ("x" * 2000, "its line is too long")):
        (robot.folder / "phrase").write_text(text, encoding="utf-8")
        failure(robot.add("-p", locked, "--passphrase-file", robot.folder / "phrase"), fragment)
    failure(robot.add("-p", locked, "--passphrase-file", robot.folder / "nothing"), "No such file")
    for number, fragment in (("77", "Bad file descriptor"), ("x", "number of an open descriptor"), ("-1", "number of an open descriptor"),
                             ("99999999999", "number of an open descriptor")):
        failure(robot.add("-p", locked, f"--passphrase-fd={number}"), fragment)
    failure(robot.add("-p", locked), "its pass phrase: there is no terminal to ask on; --passphrase-file")
    assert robot.server.keys() == []


def test_what_is_no_secret_key(robot, gpg, alice):
    (robot.folder / "public").write_text(gpg.export(alice), encoding="ascii")
    for name, fragment in (("public", "public: this is a public key"), ("phrase", "there is no OpenPGP secret key"), ("nothing", "nothing: No such file"),
                           (".", "Is a directory")):
        failure(robot.add("-p", robot.folder / name), fragment)
    failure(robot.add("-p", robot.pub), "there is no OpenPGP secret key")


def test_a_key_that_may_not_sign_any_more(robot, gpg):
    """The verifier's own judgement, before anything is sent."""
    old = gpg.generate("ed25519", expire="seconds=1000", at=int(time.time()) - 5000, name="Old <old@example.org>")
    (robot.folder / "old").write_bytes(gpg.run("--export-secret-keys", old))
    failure(robot.add("-p", robot.folder / "old"), "old: the key has expired")


def test_a_stranger(robot, gpg, mallory):
    (robot.folder / "stranger").write_bytes(gpg.run("--export-secret-keys", mallory))
    failure(robot.add("-p", robot.folder / "stranger"), "does the user's keyring on that host hold your OpenPGP key")


# ---- on a terminal ----

def rest_of(child):
    child.expect(pexpect.EOF)
    child.close()
    return child.before


def test_phrase_on_the_terminal(robot):
    child = robot.ask()
    child.expect_exact(PROMPT)
    assert not child.getecho(), "what is typed would be seen"
    child.sendline(PHRASE)
    seen = rest_of(child)
    assert child.exitstatus == 0 and "Added keys:" in seen and "sesame" not in seen, seen
    assert len(robot.server.keys()) == 1


def test_key_on_standard_input_and_phrase_on_the_terminal(robot):
    script = 'cat "$1" | "$2" key add "$3" -p "$4"'
    child = pexpect.spawn("sh", ["-c", script, "sh", robot.pub, robot.words[0], robot.url, str(robot.folder / "locked.asc")], env=robot.env,
                          encoding="utf-8", timeout=60)
    child.expect_exact(PROMPT)
    child.sendline(PHRASE)
    assert "Added keys:" in rest_of(child) and child.exitstatus == 0


def test_wrong_phrases_on_the_terminal(robot):
    child = robot.ask()
    for _ in range(2):
        child.expect_exact(PROMPT)
        child.sendline("open says me")
        child.expect_exact("that is not its pass phrase; please try again")
    child.expect_exact(PROMPT)
    child.sendline(PHRASE)
    assert "Added keys:" in rest_of(child) and child.exitstatus == 0
    child = robot.ask()
    for _ in range(3):
        child.expect_exact(PROMPT)
        child.sendline("wrong")
    seen = rest_of(child)
    assert child.exitstatus == 1 and "the pass phrase is wrong" in seen and "Added" not in seen, seen


@pytest.mark.parametrize("key,number", [("\x03", signal.SIGINT), ("\x1c", signal.SIGQUIT), (None, signal.SIGTERM), (None, signal.SIGHUP)])
def test_signals_give_the_terminal_back(robot, key, number):
    child = robot.ask()
    child.expect_exact(PROMPT)
    child.send("half a phr")
    if key:
        child.send(key)
    else:
        child.kill(number)
    end = time.monotonic() + 20
    while not child.getecho() and time.monotonic() < end:
        time.sleep(0.02)
    assert child.getecho(), "the terminal is left without echo"
    rest_of(child)
    assert child.signalstatus == number and robot.server.keys() == []


def test_end_of_input_at_the_question(robot):
    child = robot.ask()
    child.expect_exact(PROMPT)
    child.send("\x04")
    seen = rest_of(child)
    assert child.exitstatus == 1 and "its pass phrase: it is empty" in seen, seen


def test_stopped_and_resumed(robot):
    """From a shell with job control: the echo is back while it is stopped, and the question comes again."""
    shell = pexpect.spawn("bash", ["--norc", "-i"], env={**robot.env, "PS1": "ready> ", "TERM": "dumb"}, encoding="utf-8", timeout=60, echo=False)
    shell.expect("ready> ")
    shell.sendline(" ".join([*robot.words, "key", "add", robot.url, "-f", robot.pub, "-p", str(robot.folder / "locked.asc")]))
    shell.expect_exact(PROMPT)
    shell.send("\x1a")
    shell.expect("Stopped")
    shell.expect("ready> ")
    shell.sendline("fg")
    shell.expect_exact(PROMPT)
    shell.sendline(PHRASE)
    shell.expect("Added keys:")
    shell.close(force=True)


# ---- secrets ----

def memory_of(pid):
    """All that can be read of a process's memory."""
    found = b""
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps, open(f"/proc/{pid}/mem", "rb") as memory:
        for line in maps:
            first, last, rights = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
            if "r" in rights and "[v" not in line:
                memory.seek(int(first, 16))
                with contextlib.suppress(OSError):  # it was given back in between
                    found += memory.read(int(last, 16) - int(first, 16))
    return found


def test_no_core_and_nothing_in_arguments(robot):
    child = robot.ask()
    child.expect_exact(PROMPT)
    with open(f"/proc/{child.pid}/limits", encoding="ascii") as file:
        assert re.search(r"^Max core file size +0 +0 ", file.read(), re.M)
    child.sendline("wrong")
    child.expect_exact(PROMPT)
    for name in ("cmdline", "environ"):
        with open(f"/proc/{child.pid}/{name}", "rb") as file:
            assert b"wrong" not in file.read()
    child.close(force=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root sees such a process's memory")
def test_memory_is_wiped(robot, words, tmp_path):
    """While it waits for the server, nothing of the pass phrase and of the key file is left."""
    if words != inki.RELEASE:
        pytest.skip("the sanitizers keep copies")
    with open(robot.folder / "plain.asc", "rb") as file:
        body = file.read().split(b"\n\n", 1)[1].splitlines()[2:6]
    with fake_server(tmp_path) as url:
        for key, secrets in (("locked.asc", [PHRASE.encode()]), ("plain.asc", body)):
            child = robot.terminal("key", "add", url, "-f", robot.pub, "-p", robot.folder / key, env={"USER": "alice"})
            if key == "locked.asc":
                child.expect_exact(PROMPT)
                child.send(PHRASE[:6])
                time.sleep(0.3)
                child.sendline(PHRASE[6:])
            end = time.monotonic() + 20
            while b"POST /api/v1/keys HTTP/1.1\r\nHost: localhost" not in (memory := memory_of(child.pid)) and time.monotonic() < end:
                time.sleep(0.1)
            time.sleep(0.5)
            memory = memory_of(child.pid)
            assert b"BEGIN PGP SIGNED MESSAGE" in memory, "this looks at the wrong memory"
            for secret in secrets:
                assert secret not in memory, f"{secret} is still in memory"
            child.close(force=True)
