"""Keyrings and messages that are the same to the byte each time they are made: so that what is counted over them is, too."""

import base64
import hashlib
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "e2e"))

import openpgp  # noqa: E402
from cryptography.hazmat.primitives import serialization  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa  # noqa: E402

NOW = 1_770_000_000
TEXT = '{"username":"alice","key":"%s","expire":"1h"}\n'
ORDERS = {
    "nistp256": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "nistp384": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    "nistp521": 2**521 - 657877501894328237357444332315020117536923257219387276263472201219398408051703,
}
DIGESTS = {"nistp384": "sha384", "nistp521": "sha512"}  # no shorter ones than the curve
KINDS = ("ed25519", "rsa2048", "rsa3072", "rsa4096", *ORDERS)


def fixed_number(name, bits):
    """A number of exactly so many bits, which the name alone decides, with the two highest set."""
    data = b"".join(hashlib.sha256(b"%s %d" % (name.encode(), i)).digest() for i in range(bits // 256 + 1))
    return int.from_bytes(data, "big") >> (8 * len(data) - bits) | 3 << (bits - 2)


def fixed_prime(name, bits):
    """The next one that is a prime but for a chance of nothing (Fermat), and of which 65537 is no factor of the order."""
    small = [n for n in range(3, 2000, 2) if all(n % m for m in range(3, int(n ** 0.5) + 1, 2))]
    number = fixed_number(name, bits) | 1
    while any(number % prime == 0 for prime in small) or number % 65537 == 1 or pow(3, number - 1, number) != 1:
        number += 2
    return number


class FixedKey(openpgp.Key):
    """A key whose secret comes from its kind, and whose signatures have no random part."""

    def __init__(self, kind):
        super().__init__(kind, at=NOW - 86400)

    def generate(self):
        if self.kind == "ed25519":
            return ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"ed25519").digest())
        if self.kind in ORDERS:
            return self.derive("secret")
        bits = int(self.kind[3:])
        p, q = (fixed_prime(f"{self.kind} {name}", bits // 2) for name in "pq")
        d = pow(65537, -1, (p - 1) * (q - 1))
        return rsa.RSAPrivateNumbers(max(p, q), min(p, q), d, d % (max(p, q) - 1), d % (min(p, q) - 1), pow(min(p, q), -1, max(p, q)),
                                     rsa.RSAPublicNumbers(65537, p * q)).private_key()

    def derive(self, name):
        order = ORDERS[self.kind]
        return ec.derive_private_key(fixed_number(f"{self.kind} {name}", order.bit_length() - 1), openpgp.CURVES[self.kind][0]())

    def sign(self, digest, name):
        if self.kind not in ORDERS:
            return super().sign(digest, name)
        order, nonce = ORDERS[self.kind], self.derive("nonce " + digest.hex())
        r = nonce.public_key().public_numbers().x % order
        e = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - order.bit_length())
        s = pow(nonce.private_numbers().private_value, -1, order) * (e + r * self.private.private_numbers().private_value) % order
        return r, s


def ssh_line():
    raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    point = ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"ssh").digest()).public_key().public_bytes(*raw)
    return "ssh-ed25519 " + base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + point).decode() + " alice@laptop"


def write(folder, kinds=KINDS):
    """Writes KIND.gpg, a keyring, and KIND.asc, a message that its key has signed: to add an SSH key for alice."""
    os.makedirs(folder, exist_ok=True)
    for kind in kinds:
        key = FixedKey(kind)
        for name, data in ((kind + ".gpg", openpgp.certificate(key)),
                           (kind + ".asc", openpgp.clearsign(TEXT % ssh_line(), openpgp.Signature(key, at=NOW, digest=DIGESTS.get(kind, "sha256"))))):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
    secret = FixedKey("ed25519").private
    raw = secret.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    with open(os.path.join(folder, "ed25519.bare"), "wb") as file:
        file.write(raw + secret.sign(bytes(64)) + bytes(64))


if __name__ == "__main__":
    write(*sys.argv[1:])
