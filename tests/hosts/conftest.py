"""What the tests of whole hosts share; tree.py has the hosts."""

import contextlib
import os
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import tree  # noqa: E402


@pytest.fixture
def host():
    with contextlib.ExitStack() as stack:
        yield tree.Host(stack)


@pytest.fixture(scope="session")
def gpg():
    home = tree.gpg.Gpg()
    yield home
    home.close()


@pytest.fixture
def new_key(tmp_path):
    """Makes an SSH key pair; returns (the line of the .pub file, the path of the secret key)."""
    count = 0

    def make():
        nonlocal count
        count += 1
        path = str(tmp_path / f"key{count}")
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", path], check=True)
        with open(path + ".pub", encoding="utf-8") as file:
            return file.read().strip(), path
    return make
