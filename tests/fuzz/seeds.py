"""Writes what each fuzzer starts from, a folder for each: parts of the OpenPGP cases, and the lines below.

Usage: seeds.py CASES FOLDER
"""

import base64
import hashlib
import os
import shutil
import sys

SIZE_MAX = 16384  # larger ones are slow, and the unit tests run them
BEGIN = b"-----BEGIN PGP SIGNATURE-----\n"


def case(path):
    """The fields of a case's file (tests/vectors/case.py), its keyring and its message."""
    with open(path, "rb") as file:
        head, rest = file.read().split(b"\n\n", 1)
    fields = dict(line.split(b" ", 1) for line in head.split(b"\n") if b" " in line)
    text, keyring = int(fields.get(b"text", 0)), int(fields[b"keyring"])
    return fields, rest[text:text + keyring], rest[text + keyring:]


def unarmor(block):
    """The bytes of the armored block that starts behind its BEGIN line, as well as they can be read."""
    lines = block.replace(b"\r", b"").split(b"\n\n", 1)[-1].split(b"\n-----END", 1)[0].split(b"\n")
    digits = b"".join(line.strip() for line in lines if not line.startswith(b"="))
    try:
        return base64.b64decode(digits + b"==="[:-len(digits) % 4])
    except ValueError:
        return b""


def seeds_of_case(name, path):
    fields, keyring, message = case(path)
    _, begin, block = message.replace(b"\r", b"").partition(BEGIN)
    yield "cleartext", message
    yield "certificates", keyring
    yield "packets", keyring if keyring[:1] >= b"\x80" else unarmor(keyring)
    if begin:
        yield "armor", block
        yield "packets", unarmor(block)
    if fields[b"expect"] == b"OK":
        yield "message", name.encode() + b"\n" + message


def all_seeds(cases):
    with open(os.path.join(cases, "index"), encoding="ascii") as index:
        for name in index.read().split():
            yield from seeds_of_case(name, os.path.join(cases, name))
    for fuzzer, texts in LINES.items():
        for text in texts:
            yield fuzzer, text.encode()


LINES = {}


def main(cases, folder):
    shutil.rmtree(folder, ignore_errors=True)
    names = []
    for fuzzer, seed in all_seeds(cases):
        name = f"{fuzzer}/{hashlib.sha256(seed).hexdigest()[:16]}"
        if len(seed) > SIZE_MAX:
            continue
        os.makedirs(os.path.join(folder, fuzzer), exist_ok=True)
        names.append(name)
        with open(os.path.join(folder, name), "wb") as file:
            file.write(seed)
    with open(os.path.join(folder, "index"), "w", encoding="ascii") as file:
        file.write("".join(f"{name}\n" for name in sorted(set(names))))


main(*sys.argv[1:])
