"""The client as a user runs it: `inki key ...` with a gpg home of its own, and a terminal where one is needed."""

import os
import re
import subprocess
import time

import inki
import pexpect
import pytest

SLOW = 60  # seconds; nothing takes that long

ENTRY = r""" - Username:     %s
   Fingerprint:  (SHA256:\S{43})
   MD5:          ([0-9a-f]{32})
   Expires:      (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) \+0000 UTC
"""


class Client:
    def __init__(self, words, url, home):
        self.words, self.url = words, url
        self.env = {**os.environ, "LC_ALL": "C", "GNUPGHOME": home}
        for name in ("USER", "GPG_TTY", "NO_COLOR"):
            self.env.pop(name, None)

    def run(self, *arguments, env=None, stdin=b"", prefix=(), **how):
        """Without a terminal: setsid, so that there is no /dev/tty either."""
        command = ["setsid", "-w", *prefix, *self.words, *arguments]
        done = subprocess.run(command, input=stdin.encode() if isinstance(stdin, str) else stdin, capture_output=True, timeout=SLOW,
                              check=False, env={**self.env, **(env or {})}, **how)
        assert b"Sanitizer" not in done.stderr and b"runtime error:" not in done.stderr, done
        return done

    def key(self, verb, *arguments, url=None, **how):
        return self.run("key", verb, url or self.url, *arguments, **how)

    def terminal(self, *arguments, env=None, **how):
        """On a terminal."""
        return pexpect.spawn(self.words[0], [*self.words[1:], *map(str, arguments)], env={**self.env, **(env or {})}, encoding="utf-8",
                             timeout=SLOW, **how)


def output(done):
    """What it printed; it has worked, and has said nothing else."""
    assert (done.returncode, done.stderr) == (0, b""), done
    return done.stdout.decode()


def failure(done, fragment, code=1):
    """It has failed, has printed nothing, and its last line says why."""
    assert (done.returncode, done.stdout) == (code, b""), done
    line = done.stderr.decode().splitlines()[-1]
    assert line.startswith("inki") and fragment in line and line.isprintable(), f"expected {fragment!r}: {done}"
    return line


def entry(text, heading, user="alice"):
    """The fingerprint and the end of the one key that was printed."""
    match = re.fullmatch(f"{heading}\n" + ENTRY % user, text)
    assert match, text
    return match.group(1), time.mktime(time.strptime(match.group(3) + " UTC", "%Y-%m-%d %H:%M:%S %Z")) - time.timezone


def fingerprint_of(line, kind="sha256"):
    done = subprocess.run(["ssh-keygen", "-l", "-E", kind, "-f", "-"], input=line.encode(), capture_output=True, check=True)
    return done.stdout.decode().split()[1]


@pytest.fixture
def pub(new_key):
    """A new key: (the line, the path of the .pub file)."""
    line, path = new_key()
    return line, path + ".pub"


@pytest.fixture
def client(server, gpg, alice):
    return Client(server.words, server.url.replace("//", "//alice@"), gpg.home)


needs_client = pytest.mark.skipif(b"key add" not in subprocess.run([*inki.RELEASE, "help"], capture_output=True, check=False).stdout,
                                  reason="this build has no client (CONFIG_CLIENT)")
