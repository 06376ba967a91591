"""What the tests of whole hosts share; tree.py has the hosts."""

import contextlib
import os
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import tree  # noqa: E402
from fixtures import gpg, new_key  # noqa: E402, F401


@pytest.fixture
def host():
    with contextlib.ExitStack() as stack:
        yield tree.Host(stack)
