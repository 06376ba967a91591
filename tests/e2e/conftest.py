"""What all end-to-end tests share. See inki.py for the server, gpg.py and openpgp.py for signed requests."""

import contextlib
import json
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

for variable in ("INKI_SERVER", "INKI_CONFIG", "PORT"):
    os.environ.pop(variable, None)

import inki  # noqa: E402
from client import client, pub  # noqa: E402, F401
from export import files, folder, place_of_root  # noqa: E402, F401
from fixtures import gpg, new_key  # noqa: E402, F401


def pytest_generate_tests(metafunc):
    """Tests of a module marked `both` run for each build that is there, the others for the release build, or for the one with
    a probe (tests/probe)."""
    if "words" in metafunc.fixturenames:
        builds = {"release": inki.PROBE if metafunc.definition.get_closest_marker("probe") else inki.RELEASE}
        if inki.SANITIZED and metafunc.definition.get_closest_marker("both"):
            builds["sanitized"] = inki.SANITIZED
        metafunc.parametrize("words", builds.values(), ids=builds.keys())


@pytest.fixture(scope="session", autouse=True)
def binary_is_there():
    """Says so once, where otherwise each test would fail."""
    if not os.path.exists(inki.RELEASE[-1]):
        pytest.exit(f"{inki.RELEASE[-1]} is not there: run make first, or set INKI", returncode=2)


@pytest.fixture(scope="session")
def alice(gpg):
    """The fingerprint of Alice's OpenPGP key."""
    return gpg.key("ed25519")


@pytest.fixture(scope="session")
def mallory(gpg):
    """The fingerprint of a key that is in nobody's keyring."""
    return gpg.generate("ed25519", name="Mallory <mallory@example.org>")


@pytest.fixture
def start(words):
    """Starts servers, and ends them after the test. `config` is what stands in the file besides the listeners."""
    with contextlib.ExitStack() as stack:
        def starting(config, **how):
            server = inki.Server(words, config, **how)
            stack.callback(server.stop)
            return server
        yield starting


@pytest.fixture
def server(start, gpg, alice):
    """A server that knows Alice and nobody else."""
    return start({"users": [{"name": "alice", "keyring": gpg.export(alice)}]})


@pytest.fixture
def sign(gpg, alice):
    """Makes a signed request of the fields given; None leaves one out. By default Alice adds a key for an hour."""
    def signing(by=None, at=None, options=(), **fields):
        fields = {"username": "alice", "expire": "1h", **fields} if fields.get("action") != "remove" else {"username": "alice", **fields}
        text = json.dumps({name: value for name, value in fields.items() if value is not None})
        return gpg.clearsign(text, by or alice, at=at, options=options)
    return signing
