"""Which options of Kconfig a case is about: the algorithms of all keys in its keyring, and version 6. A build that leaves one of them
out may refuse a good case, and must not accept a bad one."""

import base64
import re

from openpgp import CURVES, ECDSA, ED25519, EDDSA, PUBLIC_KEY, PUBLIC_SUBKEY, RSA, SIGNATURE

OPTIONS = {"nistp256": "ECDSA_P256", "nistp384": "ECDSA_P384", "nistp521": "ECDSA_P521", "ed25519": "ED25519"}
BLOCK = re.compile(rb"-----BEGIN PGP (?:PUBLIC KEY BLOCK|SIGNATURE)-----\r?\n(.*?)\r?\n-----END", re.DOTALL)


def packets(data):
    """(tag, body) of each packet, up to the first one that cannot be read."""
    while len(data) > 1:
        if data[0] & 0x40:
            tag, form = data[0] & 0x3F, 5 if data[1] == 255 else 2 if data[1] >= 192 else 1
            size = {1: data[1], 2: (data[1] - 192 << 8) + (data[2] if len(data) > 2 else 0) + 192,
                    5: int.from_bytes(data[2:6], "big")}[form]
        else:
            tag, form = data[0] >> 2 & 15, 1 << (data[0] & 3)
            size = int.from_bytes(data[1:1 + form], "big")
        yield tag, data[1 + form:1 + form + size]
        data = data[1 + form + size:]


def binary(text):
    """What is in the blocks of a text, as well as it can be read; a binary keyring is one already."""
    if text[:1] >= b"\x80" and b"-----BEGIN" not in text:
        yield text
    for block in BLOCK.findall(text):
        digits = re.sub(rb"\s|=.*", b"", re.split(rb"\r?\n[ \t]*\r?\n", b"\n" + block, 1)[-1])
        try:
            yield base64.b64decode(digits + b"==="[:-len(digits) % 4])
        except ValueError:
            pass


def of_key(body):
    if body[:1] == b"\x06":
        yield "PGP_V6"
        body = body[:6] + body[10:]
    algorithm, material = body[5:6], body[6:]
    if algorithm in (bytes([RSA]), b"\x03"):
        yield "RSA"
    if algorithm in (bytes([EDDSA]), bytes([ED25519])):
        yield "ED25519"
    if algorithm == bytes([ECDSA]):
        for name, (_, oid) in CURVES.items():
            if material[1:].startswith(bytes.fromhex(oid)) and name != "ed25519":
                yield OPTIONS.get(name, "ECDSA_BRAINPOOL")


def of_case(*texts):
    """The options that keyrings and a message need, sorted."""
    found = set()
    for text in texts:
        for data in binary(text):
            for tag, body in packets(data):
                if tag in (PUBLIC_KEY, PUBLIC_SUBKEY):
                    found.update(of_key(body))
                elif tag == SIGNATURE and body[:1] == b"\x06":
                    found.add("PGP_V6")
    return sorted(found)
