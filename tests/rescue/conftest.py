"""Machines that are booted into a rescue system with inki. See image.py, machine.py and debian.py.

RESCUE is the folder for what takes long to make and is kept; INKI, INKI_ARMHF and INKI_TINY are the programs."""

import os
import re
import shutil
import subprocess
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
BOARD = os.path.join(HERE, "..", "..", "board")
sys.path[:0] = [os.path.join(HERE, "..", "e2e"), HERE]

import debian  # noqa: E402
from fixtures import gpg, new_key  # noqa: E402, F401

KEPT = os.environ["RESCUE"]
INKI = os.environ["INKI"]
REPORT = []


def pytest_terminal_summary(terminalreporter):
    for line in REPORT:
        terminalreporter.write_line(line)


@pytest.fixture
def report():
    return REPORT.append


@pytest.fixture(scope="session")
def plain_tree():
    return debian.tree(os.path.join(KEPT, "tree"))


class Host:
    """A Debian host whose administrator has set up the rescue door."""

    def __init__(self, tree, keyring):
        self.tree, self.folder = tree, f"{tree}/etc/inki/rescue"
        for each in (self.folder, f"{tree}/usr/lib/inki"):
            shutil.rmtree(each, ignore_errors=True)
            os.makedirs(each)
        shutil.copytree(os.path.join(BOARD, "rescue"), f"{tree}/usr/lib/inki/rescue")
        shutil.copy(INKI, f"{tree}/usr/bin/inki")
        with open(f"{self.folder}/root.asc", "w", encoding="ascii") as file:
            file.write(keyring)
        with open(os.path.join(BOARD, "rescue", "inki.conf.example"), encoding="utf-8") as file:
            self.config = file.read()
        self.configure()
        told = self.run("inki server -c /etc/inki/rescue/inki.conf --make-cert --host rescue.example.org")
        self.pin = re.search(r"sha256//\S+=", told).group(0)

    def configure(self, more="", ssh_server="sshd"):
        for name, text in (("inki.conf", more + self.config), ("settings", f"SSH_SERVER={ssh_server}\n")):
            with open(f"{self.folder}/{name}", "w", encoding="utf-8") as file:
                file.write(text)

    def run(self, line):
        return debian.chroot(self.tree, f"umask 077; {line}")


def install(host, board, places):
    """Files of board/BOARD to where its README says that they go."""
    for name, place in places.items():
        path = os.path.join(host.tree, place)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        shutil.copy(os.path.join(BOARD, board, name), path)


@pytest.fixture
def alice(gpg):
    return gpg.key("ed25519")


@pytest.fixture
def host(plain_tree, gpg, alice):
    return Host(plain_tree, gpg.export(alice))
