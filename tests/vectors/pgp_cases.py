"""Writes the OpenPGP cases that tests/unit/test_pgp_cases.c runs, into the folder that is named on the command line.

A case is a keyring, a message, the time, and the status that they must end with; case.py tells what its file looks like. The file
"index" names them all.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

import pgp_built_keyrings  # noqa: E402
import pgp_built_messages  # noqa: E402
import pgp_built_signatures  # noqa: E402
import pgp_by_gpg  # noqa: E402
import pgp_rfc9580  # noqa: E402

MODULES = (pgp_by_gpg, pgp_built_messages, pgp_built_signatures, pgp_built_keyrings, pgp_rfc9580)


def main(folder):
    os.makedirs(folder, exist_ok=True)
    cases = [case for module in MODULES for case in module.cases()]
    names = [case.name for case in cases]
    assert len(set(names)) == len(names), sorted(name for name in names if names.count(name) > 1)
    for case in cases:
        case.write(folder)
    with open(os.path.join(folder, "index"), "w", encoding="ascii") as file:
        file.write("".join(f"{name}\n" for name in names))


if __name__ == "__main__":
    main(sys.argv[1])
