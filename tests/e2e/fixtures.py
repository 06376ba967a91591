"""What the end-to-end tests share with those of whole hosts and of rescue systems."""

import subprocess

import pytest
from gpg import Gpg


@pytest.fixture(scope="session")
def gpg():
    home = Gpg()
    yield home
    home.close()


@pytest.fixture
def new_key(tmp_path):
    """Makes an SSH key pair; returns (the line of the .pub file, the path of the secret key)."""
    count = 0

    def make(kind="ed25519", comment="alice@laptop", bits=None):
        nonlocal count
        count += 1
        path = str(tmp_path / f"key{count}")
        size = ["-b", str(bits)] if bits else []
        subprocess.run(["ssh-keygen", "-q", "-t", kind, *size, "-N", "", "-C", comment, "-f", path], check=True)
        with open(path + ".pub", encoding="utf-8") as file:
            return file.read().strip(), path
    return make
