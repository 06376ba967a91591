"""Builds OpenPGP packets (RFC 9580, versions 4 and 6): keys, certificates, signatures, clear-signed messages.

It builds right ones by default and wrong ones on demand: every field of a packet can be set by hand. It checks nothing.
"""

import base64
import hashlib
import time
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

# Packet tags (section 5)
SIGNATURE, SECRET_KEY, PUBLIC_KEY, MARKER, USER_ID, PUBLIC_SUBKEY = 2, 5, 6, 10, 13, 14

# Signature types (section 5.2.1)
BINARY, TEXT, CERTIFICATION, SUBKEY_BINDING, BACK_SIGNATURE, DIRECT_KEY = 0x00, 0x01, 0x13, 0x18, 0x19, 0x1F
KEY_REVOCATION, SUBKEY_REVOCATION, CERTIFICATION_REVOCATION = 0x20, 0x28, 0x30

# Subpacket types (section 5.2.3.7)
CREATED, SIGNATURE_EXPIRES, KEY_EXPIRES, ISSUER, KEY_FLAGS, EMBEDDED, ISSUER_FINGERPRINT = 2, 3, 9, 16, 27, 32, 33

# Key flags (section 5.2.3.29)
MAY_CERTIFY, MAY_SIGN, MAY_ENCRYPT = 0x01, 0x02, 0x0C

DIGESTS = {"md5": 1, "sha1": 2, "sha256": 8, "sha384": 9, "sha512": 10, "sha224": 11, "sha3_256": 12, "sha3_512": 14}

RSA, ECDSA, EDDSA, ED25519 = 1, 19, 22, 27

CURVES = {
    "nistp256": (ec.SECP256R1, "2A8648CE3D030107"),
    "nistp384": (ec.SECP384R1, "2B81040022"),
    "nistp521": (ec.SECP521R1, "2B81040023"),
    "brainpoolP256r1": (ec.BrainpoolP256R1, "2B2403030208010107"),
    "brainpoolP384r1": (ec.BrainpoolP384R1, "2B240303020801010B"),
    "brainpoolP512r1": (ec.BrainpoolP512R1, "2B240303020801010D"),
    "ed25519": (None, "2B06010401DA470F01"),
}


def number(value, size):
    return value.to_bytes(size, "big")


def mpi(value, bits=None):
    """A multiprecision integer (section 3.2); value is a number or its bytes, bits replaces the bit count."""
    value = int.from_bytes(value, "big") if isinstance(value, bytes) else value
    data = number(value, (value.bit_length() + 7) // 8)
    return number(value.bit_length() if bits is None else bits, 2) + data


def packet(tag, body, old=False, size=None, form=None):
    """A packet with a header of the new or the old format (section 4.2).

    size replaces the length that the header tells; form the octets it takes: 1, 2, 5 (new), 1, 2, 4 (old)."""
    size = len(body) if size is None else size
    if old:
        form = form or (1 if size < 256 else 2 if size < 65536 else 4)
        return bytes([0x80 | tag << 2 | {1: 0, 2: 1, 4: 2}[form]]) + number(size, form) + body
    form = form or (1 if size < 192 else 2 if size < 8384 else 5)
    length = {1: lambda: bytes([size]), 2: lambda: number(size - 192 + 0xC000, 2), 5: lambda: b"\xff" + number(size, 4)}[form]()
    return bytes([0xC0 | tag]) + length + body


def subpacket(kind, data, critical=False, size=None, form=None):
    """A signature subpacket (section 5.2.3.7); size and form as for packet()."""
    size = len(data) + 1 if size is None else size
    form = form or (1 if size < 192 else 2 if size < 16320 else 5)
    length = {1: lambda: bytes([size]), 2: lambda: number(size - 192 + 0xC000, 2), 5: lambda: b"\xff" + number(size, 4)}[form]()
    return length + bytes([kind | (0x80 if critical else 0)]) + data


def created(at, **how):
    return subpacket(CREATED, number(at, 4), **how)


def key_expires(seconds, **how):
    return subpacket(KEY_EXPIRES, number(seconds, 4), **how)


def key_flags(flags, **how):
    return subpacket(KEY_FLAGS, bytes([flags]), **how)


def issuer(key, **how):
    return subpacket(ISSUER, key.key_id, **how)


def issuer_fingerprint(key, **how):
    return subpacket(ISSUER_FINGERPRINT, bytes([key.version]) + key.fingerprint, **how)


def embedded(signature_body, **how):
    return subpacket(EMBEDDED, signature_body, **how)


class Key:
    """A key pair: kind is rsa2048 (and other sizes), ed25519, nistp256 or another one of CURVES.

    An ed25519 key of version 4 is of algorithm 22 unless it is told to be of 27, as all of version 6 are."""

    def __init__(self, kind="ed25519", at=None, version=4, algorithm=None, material=None, private=None, size=None):
        self.kind, self.version = kind, version
        self.at = int(time.time()) - 3600 if at is None else at
        eddsa = EDDSA if version < 6 else ED25519
        self.algorithm = algorithm or (RSA if kind.startswith("rsa") else eddsa if kind == "ed25519" else ECDSA)
        self.private = private or self.generate()
        self.material = self.public_material() if material is None else material
        self.size = size    # replaces the size of the material that a key of version 6 tells

    def generate(self):
        if self.kind.startswith("rsa"):
            return rsa.generate_private_key(65537, int(self.kind[3:]))
        if self.kind == "ed25519":
            return ed25519.Ed25519PrivateKey.generate()
        return ec.generate_private_key(CURVES[self.kind][0]())

    def public_material(self):
        public = self.private.public_key()
        if self.kind.startswith("rsa"):
            return mpi(public.public_numbers().n) + mpi(public.public_numbers().e)
        oid = bytes.fromhex(CURVES[self.kind][1])
        if self.kind == "ed25519":
            raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
            return raw if self.algorithm == ED25519 else bytes([len(oid)]) + oid + mpi(b"\x40" + raw)
        sec1 = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        return bytes([len(oid)]) + oid + mpi(public.public_bytes(*sec1))

    @property
    def body(self):
        """What the key's packet holds."""
        size = number(len(self.material) if self.size is None else self.size, 4) if self.version == 6 else b""
        return bytes([self.version]) + number(self.at, 4) + bytes([self.algorithm]) + size + self.material

    @property
    def hashed(self):
        """How the key goes into a digest (section 5.2.4)."""
        return (b"\x9b" + number(len(self.body), 4) if self.version == 6 else b"\x99" + number(len(self.body), 2)) + self.body

    @property
    def fingerprint(self):
        return (hashlib.sha256 if self.version == 6 else hashlib.sha1)(self.hashed).digest()

    @property
    def key_id(self):
        return self.fingerprint[:8] if self.version == 6 else self.fingerprint[-8:]

    def sign(self, digest, name):
        """The numbers of a signature of this digest, made by the hash of that name."""
        if self.kind == "ed25519":
            signature = self.private.sign(digest)
            return signature[:32], signature[32:]
        hash_name = getattr(hashes, name.upper())()
        if self.kind.startswith("rsa"):
            return (self.private.sign(digest, padding.PKCS1v15(), utils.Prehashed(hash_name)),)
        return utils.decode_dss_signature(self.private.sign(digest, ec.ECDSA(utils.Prehashed(hash_name))))

    def encode(self, numbers):
        """The numbers of a signature, as its packet holds them."""
        return b"".join(numbers if self.algorithm == ED25519 else map(mpi, numbers))


@dataclass
class Signature:
    """A signature packet by key; a field that is None becomes what is right."""

    key: Key
    type: int = TEXT
    at: int = None
    version: int = None     # by default the key's
    digest: str = "sha512"
    hashed: list = None     # subpackets; by default the creation time and the issuer's fingerprint
    unhashed: list = None   # by default, in version 4, the issuer's key ID, which GnuPG 2.2 needs
    more: list = field(default_factory=list)           # hashed subpackets besides those
    more_unhashed: list = field(default_factory=list)
    algorithm: int = None
    digest_algorithm: int = None
    salt: bytes = None      # of version 6
    salt_size: int = None   # replaces the size of the salt that the packet tells
    left: bytes = None      # the left 16 bits of the digest
    numbers: bytes = None   # the numbers of the signature, encoded

    def body(self, data):
        """What the packet holds, over data: the canonical text, or what section 5.2.4 says for the type."""
        at = int(time.time()) if self.at is None else self.at
        version = self.key.version if self.version is None else self.version
        hashed = [created(at), issuer_fingerprint(self.key)] if self.hashed is None else self.hashed
        unhashed = ([] if version == 6 else [issuer(self.key)]) if self.unhashed is None else self.unhashed
        hashed, unhashed = b"".join(hashed + self.more), b"".join(unhashed + self.more_unhashed)
        length = 4 if version == 6 else 2
        head = bytes([version, self.type, self.key.algorithm if self.algorithm is None else self.algorithm,
                      DIGESTS[self.digest] if self.digest_algorithm is None else self.digest_algorithm])
        head += number(len(hashed), length) + hashed
        digest = hashlib.new(self.digest)
        salt = (bytes(range(digest.digest_size // 2)) if self.salt is None else self.salt) if version == 6 else b""
        digest.update(salt + data + head + bytes([version, 0xFF]) + number(len(head), 4))
        digest = digest.digest()
        salt = bytes([len(salt) if self.salt_size is None else self.salt_size]) + salt if version == 6 else b""
        numbers = self.key.encode(self.key.sign(digest, self.digest)) if self.numbers is None else self.numbers
        return head + number(len(unhashed), length) + unhashed + (digest[:2] if self.left is None else self.left) + salt + numbers

    def packet(self, data, **how):
        return packet(SIGNATURE, self.body(data), **how)


def user_id_data(key, user_id):
    """What a certification of a user ID signs."""
    return key.hashed + b"\xb4" + number(len(user_id), 4) + user_id


def certificate(key, user_id=b"Alice <alice@example.org>", flags=MAY_CERTIFY | MAY_SIGN, subkeys=(), **certification):
    """The packets of a certificate. subkeys are (key, packets behind it) pairs, as subkey() makes them.

    What certification sets is set in the certification of the user ID and, in version 6, in the direct-key signature."""
    certification = {"type": CERTIFICATION, "at": key.at, "more": [key_flags(flags)], **certification}
    packets = packet(PUBLIC_KEY, key.body)
    if key.version == 6:
        packets += Signature(key, **{**certification, "type": DIRECT_KEY}).packet(key.hashed)
    packets += packet(USER_ID, user_id) + Signature(key, **certification).packet(user_id_data(key, user_id))
    return packets + b"".join(packet(PUBLIC_SUBKEY, sub.body) + behind for sub, behind in subkeys)


def subkey(primary, sub, flags=MAY_SIGN, back_signature=None, **binding):
    """A subkey with its binding for certificate(); back_signature b"" leaves the signature by the subkey out."""
    data = primary.hashed + sub.hashed
    if back_signature is None:
        back_signature = embedded(Signature(sub, BACK_SIGNATURE, at=sub.at).body(data))
    binding = {"type": SUBKEY_BINDING, "at": sub.at, "more": [key_flags(flags)], "more_unhashed": [back_signature], **binding}
    return sub, Signature(primary, **binding).packet(data)


def crc24(data):
    value = 0xB704CE
    for byte in data:
        value ^= byte << 16
        for _ in range(8):
            value = value << 1 ^ (0x1864CFB if value & 0x800000 else 0)
    return number(value, 3)


def armor(data, label="PGP SIGNATURE", headers=(), checksum=True, width=64):
    text = base64.b64encode(data).decode()
    lines = [f"-----BEGIN {label}-----", *headers, "", *(text[at:at + width] for at in range(0, len(text), width))]
    lines += ["=" + base64.b64encode(crc24(data)).decode()] if checksum else []
    return "\n".join([*lines, f"-----END {label}-----", ""]).encode()


def armored_certificate(*arguments, **how):
    return armor(certificate(*arguments, **how), "PGP PUBLIC KEY BLOCK").decode()


def canonical(text):
    """text as it goes into the digest: no white space at the ends of lines, CR LF between them (section 7.2)."""
    return b"\r\n".join(line.rstrip(b" \t\r") for line in text.split(b"\n"))


def dash_escape(text):
    return b"\n".join(b"- " + line if line.startswith(b"-") else line for line in text.split(b"\n"))


def clearsign(text, *signatures, hash_header=True, **armor_how):
    """A clear-signed message; signatures are Signature objects, or packets as bytes. text without its last line end."""
    text = text.encode() if isinstance(text, str) else text
    packets = [each if isinstance(each, bytes) else each.packet(canonical(text)) for each in signatures]
    names = sorted({each.digest.upper().replace("_", "-") for each in signatures if isinstance(each, Signature)})
    head = b"-----BEGIN PGP SIGNED MESSAGE-----\n" + (f"Hash: {', '.join(names)}\n".encode() if hash_header and names else b"")
    return head + b"\n" + dash_escape(text) + b"\n" + armor(b"".join(packets), **armor_how)
