"""A server that exports the keys of its users, for the tests of files of keys."""

import base64
import os
import re
import shutil
import tempfile

import pytest
from inki import PATIENCE, has, wait_for

needs_export = [
    pytest.mark.skipif(os.geteuid() != 0, reason="the files must be root's"),
    pytest.mark.skipif(not has("EXPORT"), reason="built without CONFIG_EXPORT"),
]


@pytest.fixture(scope="session")
def place_of_root():
    """A folder that outlives all servers. It is below /usr/local/lib, as each one above must be root's and nobody else's."""
    place = tempfile.mkdtemp(prefix="inki-test-", dir="/usr/local/lib")
    os.chmod(place, 0o755)
    yield place
    assert wait_for(lambda: is_removed(place)), f"somebody still writes to {place}"


@pytest.fixture
def folder(place_of_root):
    above = tempfile.mkdtemp(dir=place_of_root)
    os.chmod(above, 0o755)
    return os.path.join(above, "keys")


def is_removed(folder):
    """Whether no file is left of it; the keeper of a server that was killed may still be at work there."""
    shutil.rmtree(folder, ignore_errors=True)
    return not os.path.exists(folder)


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

    def become(self, *keys, user="alice", seconds=PATIENCE):
        """Waits until the file holds exactly these keys."""
        wanted = [key.split()[1] for key in keys]
        assert wait_for(lambda: self.blobs(user) == wanted, seconds), f"{self.lines(user)}\n{self.server.log()}"
        return True


@pytest.fixture
def files(start, folder, gpg, alice):
    def starting(**policy):
        return Files(start, {"users": [{"name": "alice", "keyring": gpg.export(alice), **policy}]}, folder)
    return starting


def children(server):
    with open(f"/proc/{server.process.pid}/task/{server.process.pid}/children", encoding="ascii") as file:
        return [int(word) for word in file.read().split()]


def processes(server):
    """The server process, and the keeper of the files, which comes a moment later; before them there is one that looks at the folder."""
    assert wait_for(lambda: "confinement of the process that keeps" in server.log() and len(children(server)) == 2), server.log()
    return children(server)
