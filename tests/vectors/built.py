"""What the cases that the packet builder makes are made of. Each of them has exactly one defect, and is named after the rule of
rules.txt that it breaks; those whose name ends in _good show that the rule goes no further. They stand in pgp_built_*.py."""

import functools
import hashlib

import openpgp as pgp
from case import DAY, NOW, Case
from openpgp import Key, Signature, certificate, clearsign, packet

MADE = NOW - 30 * DAY  # the keys
SIGNED = NOW - 60      # the messages
TEXT = b'{"username":"alice","key":"ssh-ed25519 AAAA","expire":"1h"}'
CANONICAL = pgp.canonical(TEXT)
USER_ID = b"Alice <alice@example.org>"

MARKER, PADDING, TRUST, ATTRIBUTE = 10, 21, 12, 17
L = 2**252 + 27742317777372353535851937790883648493  # the order of Ed25519's group
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
P256_FIELD = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF


@functools.lru_cache(maxsize=None)
def key(kind="ed25519", number=0, at=MADE):
    """A key, the same each time."""
    del number
    return Key(kind, at=at)


def sign(by=None, **how):
    return Signature(by or key(), **{"at": SIGNED, **how})


def armored(packets, **how):
    return pgp.armor(packets, "PGP PUBLIC KEY BLOCK", **how)


def certificate_of(by=None, **how):
    return certificate(by or key(), **how)


def replaced(data, old, new):
    assert data.count(old) == 1, (old, data)
    return data.replace(old, new)


GOOD = clearsign(TEXT, sign())
UNNAMED, ALICE = packet(pgp.PUBLIC_KEY, key().body), packet(pgp.USER_ID, USER_ID)
NAMED = UNNAMED + ALICE
KEYRING = certificate_of()


def case(name, expect, message=None, keyring=None, **how):
    return Case(("rule_" if name[0].isdigit() else "") + name, KEYRING if keyring is None else keyring,
                GOOD if message is None else message, expect, **how)


def hashed_part(body, size=2):
    """The octets of a signature packet from the version through the hashed area, whose length takes so many octets."""
    return body[:4 + size + int.from_bytes(body[4:4 + size], "big")]


def hashed_by(made):
    """What this signature of the text is over, and its digest."""
    head = hashed_part(made.body(CANONICAL))
    data = CANONICAL + head + b"\x04\xff" + pgp.number(len(head), 4)
    return data, hashlib.sha512(data).digest()
