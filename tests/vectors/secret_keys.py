"""Secret-key files for the unit tests, made with the packet builder: each kind of key, of protection, and of damage."""

import hashlib
import itertools

import openpgp as pgp
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESOCB3
from cryptography.hazmat.primitives import serialization
from openpgp import Key, Signature, mpi, number, packet

NOW = 1_780_000_000
MADE = NOW - 30 * 86400
SECRET_SUBKEY = 7
USER_ID = b"Alice <alice@example.org>"
PASSPHRASE = "a pass phrase, ä"
KEY_SIZES = {7: 16, 8: 24, 9: 32}
SALT, IV = bytes(range(1, 9)), bytes(range(16))
SIMPLE, SALTED, ITERATED = 0, 1, 3


def secret_numbers(key, padded=False):
    """The secret part of a key; padded with a zero in front of each number that its bit count does not tell of."""
    def secret_mpi(value):
        if not padded:
            return mpi(value)
        data = number(value, (value.bit_length() + 7) // 8 + 1)
        return number(8 * len(data), 2) + data
    if key.kind == "ed25519":
        raw = key.private.private_bytes(serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption())
        return raw if key.algorithm == pgp.ED25519 else mpi(raw)
    numbers = key.private.private_numbers()
    if key.kind.startswith("rsa"):
        return b"".join(map(secret_mpi, (numbers.d, numbers.q, numbers.p, pow(numbers.q, -1, numbers.p))))
    return secret_mpi(numbers.private_value)


def checksum(data):
    return number(sum(data) & 0xFFFF, 2)


def derive(kind, digest, size, passphrase=PASSPHRASE, coded=0):
    """String-to-key (RFC 9580 section 3.7.1)."""
    text = (SALT if kind != SIMPLE else b"") + passphrase.encode()
    count = max((16 + (coded & 15)) << ((coded >> 4) + 6) if kind == ITERATED else 0, len(text))
    text = (text * (count // len(text) + 1))[:count] if text else b""
    return b"".join(hashlib.new(digest, bytes(zeros) + text).digest() for zeros in range(5))[:size]


def s2k(kind=ITERATED, digest="sha256", coded=0):
    return bytes([kind, pgp.DIGESTS[digest]]) + (SALT if kind != SIMPLE else b"") + (bytes([coded]) if kind == ITERATED else b"")


def cfb(secret, data):
    encryptor = Cipher(algorithms.AES(secret), modes.CFB(IV)).encryptor()
    return encryptor.update(data) + encryptor.finalize()


def hkdf(secret, info, size):
    """HKDF-SHA256 without a salt, for up to 32 octets; not the library's, which has a limit of its own."""
    def mac(key, data):
        context = hmac.HMAC(key, hashes.SHA256())
        context.update(data)
        return context.finalize()
    return mac(mac(bytes(32), secret), info + b"\x01")[:size]


def fields(key, usage, parameters, specifier, rest):
    """Usage, S2K parameters and what follows, with the counts that version 6 has in front of them."""
    if key.version == 6:
        iv = {253: 15, 254: 16}[usage]
        counted = parameters + bytes([len(specifier)]) + specifier
        return bytes([usage, len(counted) + iv]) + counted + rest
    return bytes([usage]) + parameters + specifier + rest


def plain(key, numbers=None):
    numbers = secret_numbers(key) if numbers is None else numbers
    return b"\x00" + numbers + (checksum(numbers) if key.version == 4 else b"")


def with_cfb(key, usage=254, cipher=9, kind=ITERATED, digest="sha256", coded=0, numbers=None):
    numbers = secret_numbers(key) if numbers is None else numbers
    check = hashlib.sha1(numbers).digest() if usage == 254 else checksum(numbers)
    sealed = cfb(derive(kind, digest, KEY_SIZES[cipher], coded=coded), numbers + check)
    return fields(key, usage, bytes([cipher]), s2k(kind, digest, coded), IV + sealed)


def with_ocb(key, tag=pgp.SECRET_KEY, cipher=9, mode=2):
    made = derive(ITERATED, "sha256", KEY_SIZES[cipher])
    made = hkdf(made, bytes([0xC0 | tag, key.version, cipher, mode]), KEY_SIZES[cipher])
    sealed = AESOCB3(made).encrypt(IV[:15], secret_numbers(key), bytes([0xC0 | tag]) + key.body)
    return fields(key, 253, bytes([cipher, mode]), s2k(), IV[:15] + sealed)


def gnu(mode):
    """What gpg writes for a secret that it has not: mode 1, or that is on a card: mode 2, with the card's serial number."""
    return bytes([255, 0, 101, 0]) + b"GNU" + bytes([mode]) + (b"\x10" + bytes(16) if mode == 2 else b"")


def argon2(key):
    specifier = bytes([4]) + bytes(16) + bytes([1, 4, 21])
    return fields(key, 253, bytes([9, 2]), specifier, bytes(15 + 32 + 16))


def secret_certificate(key, secret=None, flags=pgp.MAY_CERTIFY | pgp.MAY_SIGN, subkeys=(), after=b"", **certification):
    """The packets of a secret key; subkeys are (key, secret part, packets behind it)."""
    certification = {"type": pgp.CERTIFICATION, "at": key.at, "more": [pgp.key_flags(flags)], **certification}
    packets = packet(pgp.SECRET_KEY, key.body + (plain(key) if secret is None else secret)) + after
    if key.version == 6:
        packets += Signature(key, **{**certification, "type": pgp.DIRECT_KEY}).packet(key.hashed)
    packets += packet(pgp.USER_ID, USER_ID) + Signature(key, **certification).packet(pgp.user_id_data(key, USER_ID))
    for sub, part, behind in subkeys:
        packets += packet(SECRET_SUBKEY, sub.body + (plain(sub) if part is None else part)) + behind
    return packets


def subkey(primary, sub, part=None, **how):
    return sub, part, pgp.subkey(primary, sub, **how)[1]


def armored(packets):
    return pgp.armor(packets, "PGP PRIVATE KEY BLOCK", checksum=False)


class Cases:
    """Yields (name, file, what opening, and what unlocking and signing say, whether a pass phrase is needed, signer's fingerprint)."""

    def __init__(self):
        self.keys = {}
        self.cases = []

    def key(self, kind="ed25519", which=0, version=4, algorithm=None, at=MADE):
        name = kind, which, version, algorithm, at
        if name not in self.keys:
            self.keys[name] = Key(kind, at=at, version=version, algorithm=algorithm)
        return self.keys[name]

    def add(self, name, file, opened="OK", signed="OK", protected=False, signer=None):
        self.cases.append((name, file, opened, signed, protected, signer.fingerprint.hex() if signer else "-"))

    def kinds(self):
        for kind in ("rsa2048", "rsa3072", "nistp256", "nistp384", "nistp521", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1"):
            key = self.key(kind)
            self.add(kind, secret_certificate(key), signer=key)
            self.add(f"{kind}_protected", secret_certificate(key, with_cfb(key)), protected=True)
        self.add("numbers_with_zeros", secret_certificate(self.key("nistp256"), plain(self.key("nistp256"), secret_numbers(self.key("nistp256"), True))))
        self.add("rsa_numbers_with_zeros", secret_certificate(self.key("rsa2048"), plain(self.key("rsa2048"), secret_numbers(self.key("rsa2048"), True))))
        self.add("ed25519", secret_certificate(self.key()), signer=self.key())
        self.add("ed25519_armored", b"a remark\n" + armored(secret_certificate(self.key())), signer=self.key())
        short = next(key for which in itertools.count() for key in [self.key(which=("short", which))]
                     if len(secret_numbers(key)) < 34)
        self.add("ed25519_short_secret", secret_certificate(short), signer=short)
        new = self.key(algorithm=pgp.ED25519)
        self.add("algorithm_27", secret_certificate(new), signer=new)
        self.add("algorithm_27_protected", secret_certificate(new, with_cfb(new)), protected=True)
        for kind in ("ed25519", "nistp256", "rsa2048"):
            six = self.key(kind, version=6)
            self.add(f"version_6_{kind}", secret_certificate(six), signer=six)
        six = self.key(version=6)
        self.add("version_6_cfb", secret_certificate(six, with_cfb(six)), protected=True)
        self.add("version_6_ocb", secret_certificate(six, with_ocb(six)), protected=True)
        self.add("version_6_255", secret_certificate(six, b"\xff\x00" + with_cfb(self.key(), 255)[1:]), "SECRET_KEY_PROTECTION")
        sub = self.key(which=1, version=6)
        self.add("version_6_subkey_ocb", secret_certificate(six, None, pgp.MAY_CERTIFY, [
            subkey(six, sub, with_ocb(sub, SECRET_SUBKEY))]), protected=True, signer=sub)

    def protections(self):
        key = self.key()
        for cipher, kind in itertools.product(KEY_SIZES, (SIMPLE, SALTED, ITERATED)):
            for digest in ("md5", "sha1", "sha256", "sha384", "sha512", "sha3_256", "sha3_512"):
                self.add(f"cfb_{cipher}_{kind}_{digest}", secret_certificate(key, with_cfb(key, 254, cipher, kind, digest)), protected=True)
        self.add("cfb_count", secret_certificate(key, with_cfb(key, digest="sha512", coded=0x47)), protected=True)
        self.add("cfb_checksum", secret_certificate(key, with_cfb(key, 255)), protected=True)
        for cipher in KEY_SIZES:
            self.add(f"ocb_{cipher}", secret_certificate(key, with_ocb(key, cipher=cipher)), protected=True)
        self.add("ocb_rsa", secret_certificate(self.key("rsa2048"), with_ocb(self.key("rsa2048"))), protected=True)
        self.add("ocb_as_subkey", secret_certificate(key, with_ocb(key, SECRET_SUBKEY)), signed="PASSPHRASE_WRONG", protected=True)
        protected = with_cfb(key)
        for name, part, status in (
                ("eax", bytes([253, 9, 1]) + protected[2:], "PROTECTION"), ("gcm", bytes([253, 9, 3]) + protected[2:], "PROTECTION"),
                ("cast5", bytes([254, 3]) + protected[2:], "PROTECTION"), ("camellia", bytes([254, 11]) + protected[2:], "PROTECTION"),
                ("legacy_cfb", bytes([9]) + IV + protected[20:], "PROTECTION"), ("s2k_2", bytes([254, 9, 2]) + protected[3:], "PROTECTION"),
                ("ripemd", bytes([254, 9, 3, 3]) + protected[4:], "PROTECTION"), ("gnu_3", gnu(3), "PROTECTION"),
                ("not_gnu", gnu(1).replace(b"GNU", b"UNG"), "PROTECTION"), ("argon2", argon2(key), "ARGON2"),
                ("dummy", gnu(1), "STUB"), ("card", gnu(2), "ON_CARD"), ("no_secret", b"", "SYNTAX"), ("usage_only", b"\xfe", "SYNTAX"),
                ("no_salt", protected[:8], "SYNTAX"), ("no_iv", protected[:20], "SYNTAX"), ("no_check", protected[:40], "SYNTAX"),
                ("bad_checksum", plain(key)[:-1] + b"\x01" + bytes([plain(key)[-1] ^ 1]), "SYNTAX"),
                ("cut_plain", plain(key)[:2], "SYNTAX")):
            self.add(name, secret_certificate(key, part), "SECRET_KEY_" + status)

    def wrong_secrets(self):
        key, other = self.key(), self.key(which=1)
        self.add("other_secret", secret_certificate(key, plain(key, secret_numbers(other))), signed="SECRET_KEY_MISMATCH")
        for kind in ("rsa2048", "nistp256"):
            mine, others = self.key(kind), self.key(kind, which=1)
            self.add(f"other_secret_{kind}", secret_certificate(mine, plain(mine, secret_numbers(others))), signed="SECRET_KEY_MISMATCH")
            for name, numbers in (("zero", mpi(0) * (4 if kind[0] == "r" else 1)), ("trailing", secret_numbers(mine) + b"\0"),
                                  ("huge", mpi(2 ** 8000) * (4 if kind[0] == "r" else 1)), ("none", b""),
                                  ("one", mpi(1) * 4 if kind[0] == "r" else mpi(2 ** 256 - 1))):
                self.add(f"{name}_{kind}", secret_certificate(mine, plain(mine, numbers)), signed="SECRET_KEY_MISMATCH")
        self.add("long_seed", secret_certificate(key, plain(key, mpi(2 ** 256))), signed="SECRET_KEY_MISMATCH")
        mixed = mpi(self.key("rsa2048").private.private_numbers().d) + secret_numbers(self.key("rsa2048", which=1))[258:]
        self.add("mixed_rsa2048", secret_certificate(self.key("rsa2048"), plain(self.key("rsa2048"), mixed)), signed="SECRET_KEY_MISMATCH")

    def layouts(self):
        primary, older, newer = self.key(), self.key(which=1), self.key(which=2, at=MADE + 60)
        encrypts = self.key("nistp256", which=3, algorithm=18)
        encrypts.material += b"\x03\x01\x08\x09" if not encrypts.material.endswith(b"\x03\x01\x08\x09") else b""
        encryption = encrypts, plain(encrypts), pgp.subkey(primary, encrypts, flags=pgp.MAY_ENCRYPT, back_signature=b"")[1]
        certifies = {"key": primary, "flags": pgp.MAY_CERTIFY}
        two = [subkey(primary, newer), subkey(primary, older)]
        self.add("subkey", secret_certificate(**certifies, subkeys=[encryption, subkey(primary, older)]), signer=older)
        self.add("newest_subkey", secret_certificate(primary, subkeys=two), signer=newer)
        self.add("newest_subkey_last", secret_certificate(primary, subkeys=two[::-1]), signer=newer)
        self.add("stub_and_subkey", secret_certificate(primary, gnu(1), subkeys=[subkey(primary, older)]), signer=older)
        self.add("subkey_stub_primary", secret_certificate(primary, subkeys=[subkey(primary, older, gnu(1))]), signer=primary)
        self.add("subkey_stub", secret_certificate(**certifies, subkeys=[subkey(primary, older, gnu(1))]), "SECRET_KEY_STUB")
        self.add("subkey_on_card", secret_certificate(**certifies, subkeys=[encryption, subkey(primary, older, gnu(2))]), "SECRET_KEY_ON_CARD")
        self.add("encryption_only", secret_certificate(**certifies, subkeys=[encryption]), "KEY_MAY_NOT_SIGN")
        self.add("no_flags", secret_certificate(primary, more=[]), "KEY_MAY_NOT_SIGN")
        self.add("expired_subkey", secret_certificate(**certifies, subkeys=[
            subkey(primary, older, more=[pgp.key_flags(pgp.MAY_SIGN), pgp.key_expires(60)])]), "SUBKEY_EXPIRED")
        self.add("expired_subkey_and_primary", secret_certificate(primary, subkeys=[
            subkey(primary, older, more=[pgp.key_flags(pgp.MAY_SIGN), pgp.key_expires(60)])]), signer=primary)
        revoked = Signature(primary, pgp.SUBKEY_REVOCATION, at=MADE).packet(primary.hashed + older.hashed)
        sub, part, behind = subkey(primary, older)
        self.add("revoked_subkey", secret_certificate(**certifies, subkeys=[(sub, part, behind + revoked)]), "SUBKEY_REVOKED")
        self.add("no_back_signature", secret_certificate(**certifies, subkeys=[subkey(primary, older, back_signature=b"")]),
                 "SUBKEY_NO_BACK_SIGNATURE")
        self.add("expired", secret_certificate(primary, more=[pgp.key_flags(3), pgp.key_expires(60)]), "KEY_EXPIRED")
        self.add("revoked", secret_certificate(primary, after=Signature(primary, pgp.KEY_REVOCATION, at=MADE).packet(primary.hashed)),
                 "KEY_REVOKED")
        future = self.key(which=4, at=NOW + 60)
        self.add("from_the_future", secret_certificate(future), "KEY_FUTURE")
        self.add("uncertified", packet(pgp.SECRET_KEY, primary.body + plain(primary)), "KEY_NOT_CERTIFIED")
        self.add("two_certificates", secret_certificate(**certifies) + secret_certificate(older), signer=older)
        strange = packet(SECRET_SUBKEY, b"\x04" + number(MADE, 4) + b"\x63" + bytes(40))
        self.add("strange_subkey", secret_certificate(primary) + strange, signer=primary)
        self.add("public_subkey", secret_certificate(primary, flags=pgp.MAY_CERTIFY) + packet(pgp.PUBLIC_SUBKEY, older.body) + behind,
                 "SECRET_KEY_STUB")

    def others(self):
        public = pgp.certificate(self.key())
        self.add("public_key", public, "SECRET_KEY_PUBLIC")
        self.add("public_key_armored", pgp.armor(public, "PGP PUBLIC KEY BLOCK"), "SECRET_KEY_PUBLIC")
        self.add("both_blocks", pgp.armor(public, "PGP PUBLIC KEY BLOCK") + armored(secret_certificate(self.key())))
        self.add("empty", b"", "SECRET_KEY_NONE")
        self.add("text", b"not a key\n", "SECRET_KEY_NONE")
        self.add("signature_only", Signature(self.key()).packet(b""), "SECRET_KEY_NONE")
        self.add("garbage", b"\x95\xff\xff", "PACKET_SYNTAX")
        self.add("bad_armor", armored(secret_certificate(self.key())).replace(b"\n\n", b"\n", 1), "ARMOR_SYNTAX")
        self.add("bad_base64", armored(secret_certificate(self.key())).replace(b"\n\n", b"\n\n!", 1), "ARMOR_BASE64")
        self.add("bad_inner", armored(b"\x95\xff\xff"), "PACKET_SYNTAX")

    def all(self):
        for part in (self.kinds, self.protections, self.wrong_secrets, self.layouts, self.others):
            part()
        return self.cases


# RFC 6979 section A.2: (curve, secret, hash, text, r, s)
RFC6979 = [
    ("p256", "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721", "sha256", b"sample",
     "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
     "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"),
]


def vectors():
    """(name, bytes) of what the arithmetic is tested with, and of the cases."""
    for name, secret, digest, text, r, s in RFC6979:
        yield from ((f"rfc6979.{name}.{part}", bytes.fromhex(value)) for part, value in (("secret", secret), ("r", r), ("s", s)))
        yield f"rfc6979.{name}.digest", hashlib.new(digest, text).digest()
    seed = bytes(range(32))
    yield "ed25519_sign.seed", seed
    for size in (0, 1, 32, 64, 200):
        yield f"ed25519_sign.{size}", ed25519.Ed25519PrivateKey.from_private_bytes(seed).sign(bytes(size))
    for cipher, size in KEY_SIZES.items():
        for data in (0, 1, 15, 16, 17, 32, 47, 64, 100):
            yield f"cfb.{size}.{data}", cfb(bytes(range(size)), bytes(data))
            for associated in (0, 5, 16, 33):
                yield f"ocb.{size}.{data}.{associated}", AESOCB3(bytes(range(size))).encrypt(bytes(14) + bytes([data]), bytes(data), bytes(associated))
        yield f"hkdf.{size}", hkdf(bytes(range(size)), b"info", size)
        for kind in (SIMPLE, SALTED, ITERATED):
            for digest in ("md5", "sha1", "sha256", "sha512"):
                yield f"s2k.{kind}.{digest}.{size}", derive(kind, digest, size, coded=0x12)
    cases = Cases().all()
    for name, file, *_ in cases:
        yield f"secret.{name}", file
    yield "secret.cases", "".join(f"{name} {opened} {signed} {'y' if protected else 'n'} {signer}\n"
                                  for name, _, opened, signed, protected, signer in cases).encode()
