"""Cases of what RFC 9580 brought, version 6 and Ed25519 as algorithm 27, and of the brainpool curves; made and named as in built.py."""

import functools
import hashlib

import openpgp as pgp
from built import CANONICAL, L, MADE, SIGNED, TEXT, USER_ID, hashed_part
from case import DAY, NOW, Case
from openpgp import Key, Signature, certificate, clearsign, packet, subkey, subpacket
from pgp_built_signatures import SMALL_ORDER

BRAINPOOL = ["brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1"]
KINDS = ["rsa2048", "nistp256", "nistp384", "nistp521", "ed25519", *BRAINPOOL]

# The field and the order of brainpoolP256r1 (RFC 5639 section 3.4).
FIELD = 0xA9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377
ORDER = 0xA9FB57DBA1EEA9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A7


@functools.lru_cache(maxsize=None)
def key(kind="ed25519", version=6, number=0, **how):
    """A key, the same each time."""
    del number
    return Key(kind, at=MADE, version=version, **how)


@functools.lru_cache(maxsize=None)
def key_27(number=0):
    """An Ed25519 key of version 4 and algorithm 27."""
    return key(version=4, number=number, algorithm=pgp.ED25519)


def sign(by=None, **how):
    return Signature(by or key(), **{"at": SIGNED, **how})


def message(*arguments, **how):
    return clearsign(TEXT, sign(*arguments, **how))


def case(name, expect, signed=None, keyring=None, **how):
    """A signed message by the key against a keyring of its certificate, unless there are others."""
    return Case(f"rule_{name}", certificate(key()) if keyring is None else keyring, message() if signed is None else signed, expect,
                **how)


def packed(body):
    return clearsign(TEXT, packet(pgp.SIGNATURE, body))


def certify(by=None, kind=pgp.DIRECT_KEY, data=None, flags=pgp.MAY_CERTIFY | pgp.MAY_SIGN, more=(), at=MADE, **how):
    """A self-signature, by default directly over the key."""
    by = by or key()
    more = [*([] if flags is None else [pgp.key_flags(flags)]), *more]
    return Signature(by, kind, at=at, more=more, **how).packet(by.hashed if data is None else data)


def bare(*signatures, by=None):
    """A key with these packets behind it."""
    return packet(pgp.PUBLIC_KEY, (by or key()).body) + b"".join(signatures)


def named(*signatures, by=None):
    return bare(packet(pgp.USER_ID, USER_ID), *signatures, by=by)


# The standard's own samples (RFC 9580 appendices A.3 and A.6).
SAMPLE_CERTIFICATE = b"""-----BEGIN PGP PUBLIC KEY BLOCK-----

xioGY4d/4xsAAAAg+U2nu0jWCmHlZ3BqZYfQMxmZu52JGggkLq2EVD34laPCsQYf
GwoAAABCBYJjh3/jAwsJBwUVCg4IDAIWAAKbAwIeCSIhBssYbE8GCaaX5NUt+mxy
KwwfHifBilZwj2Ul7Ce62azJBScJAgcCAAAAAK0oIBA+LX0ifsDm185Ecds2v8lw
gyU2kCcUmKfvBXbAf6rhRYWzuQOwEn7E/aLwIwRaLsdry0+VcallHhSu4RN6HWaE
QsiPlR4zxP/TP7mhfVEe7XWPxtnMUMtf15OyA51YBM4qBmOHf+MZAAAAIIaTJINn
+eUBXbki+PSAld2nhJh/LVmFsS+60WyvXkQ1wpsGGBsKAAAALAWCY4d/4wKbDCIh
BssYbE8GCaaX5NUt+mxyKwwfHifBilZwj2Ul7Ce62azJAAAAAAQBIKbpGG2dWTX8
j+VjFM21J0hqWlEg+bdiojWnKfA5AQpWUWtnNwDEM0g12vYxoWM8Y81W+bHBw805
I8kWVkXU6vFOi+HWvv/ira7ofJu16NnoUkhclkUrk0mXubZvyl4GBg==
-----END PGP PUBLIC KEY BLOCK-----
"""
SAMPLE_MESSAGE = b"""-----BEGIN PGP SIGNED MESSAGE-----

What we need from the grocery store:

- - tofu
- - vegetables
- - noodles

-----BEGIN PGP SIGNATURE-----

wpgGARsKAAAAKQWCY5ijYyIhBssYbE8GCaaX5NUt+mxyKwwfHifBilZwj2Ul7Ce6
2azJAAAAAGk2IHZJX1AhiJD39eLuPBgiUU9wUA9VHYblySHkBONKU/usJ9BvuAqo
/FvLFuGWMbKAdA+epq7V4HOtAPlBWmU8QOd6aud+aSunHQaaEJ+iTFjP2OMW0KBr
NK2ay45cX1IVAQ==
-----END PGP SIGNATURE-----
"""


# ---- the messages ----

def good():
    yield case("7_1_v6_sample_of_the_standard_good", "OK", SAMPLE_MESSAGE, SAMPLE_CERTIFICATE,
               text=b"What we need from the grocery store:\n\n- tofu\n- vegetables\n- noodles\n",
               signer="cb186c4f0609a697e4d52dfa6c722b0c1f1e27c18a56708f6525ec27bad9acc9")
    for version in (4, 6):
        for kind in KINDS:
            if version == 4 and kind not in BRAINPOOL:
                continue
            by = key(kind, version)
            flips = version == 6 and kind in ("ed25519", "nistp256")
            text = clearsign(TEXT, sign(by).packet(CANONICAL, old=flips))
            yield case(f"7_1_v{version}_{kind}_good", "OK", text, certificate(by), flips=flips, signer=by.fingerprint.hex(), text=TEXT,
                       sole=True)
            sub = key(kind, version, number=2)
            yield case(f"9_6_v{version}_{kind}_subkey_good", "OK", message(sub), certificate(by, subkeys=[subkey(by, sub)]),
                       arenas=version == 6 and kind == "ed25519", signer=sub.fingerprint.hex())
    by, sub = key_27(), key_27(number=2)
    yield case("7_1_v4_algorithm_27_good", "OK", clearsign(TEXT, sign(by).packet(CANONICAL, old=True)), certificate(by), flips=True,
               sole=True)
    yield case("9_6_v4_algorithm_27_subkey_good", "OK", message(sub), certificate(by, subkeys=[subkey(by, sub)]))
    for digest in ("sha256", "sha384", "sha512", "sha3_256", "sha3_512"):
        yield case(f"5_4_v6_{digest}_good", "OK", message(digest=digest))
    yield case("5_2_v6_type_00_good", "OK", message(type=0))
    other = key(number=1)
    yield case("1_4_v6_two_signers_good", "OK", clearsign(TEXT, sign(), sign(other, salt=bytes(32)), sign(key_27())),
               certificate(key()) + certificate(other) + certificate(key_27()), signers=3)
    yield case("1_4_v4_beside_v6_good", "OK", clearsign(TEXT, sign(key_27()), sign()))
    yield case("10_3_v6_candidates", "SIGNATURE_WRONG", clearsign(TEXT, *[sign(other, numbers=bytes(64))] * 16),
               b"".join(certificate(each, subkeys=[subkey(each, other)]) for each in (key(number=30 + n) for n in range(10))),
               operations=8)


def digest_by_hand(name, expect, trailer_version=6, salt_after=False, salt=bytes(range(32)), hashed_salt=None, length=None):
    """A signature whose digest is made otherwise than it should be."""
    made = sign(salt=salt).body(CANONICAL)
    head = made[:8 + int.from_bytes(made[4:8], "big")]
    salt_hashed = salt if hashed_salt is None else hashed_salt
    parts = [CANONICAL, salt_hashed] if salt_after else [salt_hashed, CANONICAL]
    trailer = bytes([trailer_version, 0xFF]) + (pgp.number(len(head), 4) if length is None else length)
    digest = hashlib.sha512(b"".join(parts) + head + trailer).digest()
    return case(name, expect, packed(head + bytes(4) + digest[:2] + bytes([len(salt)]) + salt + key().private.sign(digest)))


def messages():
    """5 and 6"""
    by, old = key(), key_27()
    at = pgp.created(SIGNED)
    fingerprint = pgp.issuer_fingerprint(by)
    body = sign().body(CANONICAL)

    # versions: a signature is of its key's
    yield case("5_1_v4_signature_by_a_v6_key", "SIGNATURE_VERSION", message(version=4, hashed=[at], unhashed=[pgp.issuer(by)]))
    yield case("5_1_v4_signature_with_the_fingerprint_of_a_v6_key", "SIGNATURE_NO_ISSUER", message(version=4))
    yield case("5_1_v6_signature_by_a_v4_key", "SIGNATURE_NO_ISSUER", message(old, version=6), certificate(old))
    yield case("5_1_v6_signature_by_a_v4_key_by_its_id", "SIGNATURE_NO_ISSUER",
               message(old, version=6, hashed=[at], unhashed=[pgp.issuer(old)]), certificate(old))
    yield case("5_1_v6_signature_by_the_same_numbers_in_a_v4_key", "SIGNATURE_UNKNOWN_ISSUER",
               keyring=certificate(Key(at=MADE, private=by.private, algorithm=pgp.ED25519)))
    for name, octets in {
            "v6_with_the_lengths_of_v4": b"\x06" + sign(version=4).body(CANONICAL)[1:],
            "v6_cut_after_the_version": b"\x06", "v6_cut_in_the_hashed_length": body[:6], "v6_cut_in_the_hashed_area": body[:20],
            "v6_cut_before_the_unhashed_area": hashed_part(body, 4), "v6_cut_in_the_digest": body[:-64 - 32 - 1 - 1],
            "v6_cut_before_the_salt": body[:-64 - 32 - 1], "v6_cut_in_the_salt": body[:-64 - 1],
    }.items():
        yield case(f"5_6_{name}", "SIGNATURE_SYNTAX", packed(octets))
    yield case("5_6_v4_with_the_lengths_of_v6", "SIGNATURE_NUMBERS", packed(b"\x04" + body[1:]))

    # the salt, and what is hashed
    for digest, size in {"sha256": 16, "sha384": 24, "sha512": 32, "sha3_256": 16, "sha3_512": 32}.items():
        for wrong in sorted({0, size - 1, size + 1, 16, 32} - {size}):
            yield case(f"5_4_salt_of_{wrong}_for_{digest}", "SIGNATURE_SYNTAX", message(digest=digest, salt=bytes(wrong)))
    yield case("5_4_salt_of_255", "SIGNATURE_SYNTAX", message(salt=bytes(255)))
    yield case("5_4_salt_shorter_than_its_size", "SIGNATURE_SYNTAX", message(salt=bytes(31), salt_size=255))
    yield case("5_4_salt_longer_than_its_size", "SIGNATURE_NUMBERS", message(salt=bytes(33), salt_size=32))
    for name, how in {
            "salt_not_hashed": {"hashed_salt": b""}, "other_salt_hashed": {"hashed_salt": bytes(32)},
            "salt_hashed_with_its_size": {"hashed_salt": b"\x20" + bytes(range(32))}, "salt_hashed_last": {"salt_after": True},
            "trailer_of_version_4": {"trailer_version": 4}, "trailer_of_version_5": {"trailer_version": 5},
            "trailer_of_eight_octets": {"length": pgp.number(8 + 41, 8)},
    }.items():
        yield digest_by_hand(f"5_4_v6_{name}", "SIGNATURE_WRONG", **how)
    yield digest_by_hand("5_4_v6_made_by_hand_good", "OK")
    yield case("5_4_v6_other_text", "SIGNATURE_WRONG", clearsign(TEXT, sign().packet(b"other")))
    moved = sign(salt=bytes(32)).body(CANONICAL)
    yield case("5_4_v6_salt_of_another_signature", "SIGNATURE_WRONG", packed(body[:-96] + moved[-96:-64] + body[-64:]))
    yield case("5_5_v6_left_16_bits", "SIGNATURE_WRONG", message(left=b"\x12\x34"))
    yield case("5_5_v6_left_16_bits_of_zeros", "SIGNATURE_WRONG", message(left=bytes(2)))

    for kind in (0x02, 0x10, 0x13, 0x18, 0x19, 0x1F, 0x20, 0x28, 0x30, 0x40, 0x50):
        yield case(f"5_2_v6_type_{kind:02x}", "SIGNATURE_TYPE", message(type=kind))
    rsa = key("rsa2048")
    for digest in ("md5", "sha1", "sha224"):
        yield case(f"5_3_v6_{digest}", "SIGNATURE_DIGEST", message(rsa, digest=digest), certificate(rsa))
    for number in (0, 3, 11, 13, 99):
        yield case(f"5_3_v6_digest_{number}", "SIGNATURE_DIGEST", message(digest_algorithm=number))
    for kind, digest in [("nistp384", "sha256"), ("nistp521", "sha384"), ("brainpoolP384r1", "sha256"), ("brainpoolP384r1", "sha3_256"),
                         ("brainpoolP512r1", "sha256"), ("brainpoolP512r1", "sha384")]:
        for version in (4, 6):
            each = key(kind, version)
            yield case(f"5_3_v{version}_{digest}_{kind}", "SIGNATURE_DIGEST", clearsign(TEXT, sign(each, digest=digest), hash_header=False),
                       certificate(each))

    # algorithms, numbers
    legacy = key(version=4)
    same = Key(at=MADE, private=legacy.private, algorithm=pgp.ED25519)
    two = b"".join(map(pgp.mpi, (5, 5)))
    yield case("5_6_algorithm_22_by_a_key_of_27", "SIGNATURE_ALGORITHM", message(old, algorithm=22, numbers=two), certificate(old))
    yield case("5_6_algorithm_27_by_a_key_of_22", "SIGNATURE_ALGORITHM", message(legacy, algorithm=27, numbers=bytes(64)),
               certificate(legacy))
    by_hand = sign(legacy, algorithm=27)
    by_hand.numbers = same.encode(digest_signed(legacy, by_hand))
    yield case("5_6_algorithm_27_by_a_key_of_22_rightly", "SIGNATURE_ALGORITHM", clearsign(TEXT, by_hand), certificate(legacy))
    by_hand = sign(same, algorithm=22)
    by_hand.numbers = legacy.encode(digest_signed(same, by_hand))
    yield case("5_6_algorithm_22_by_a_key_of_27_rightly", "SIGNATURE_ALGORITHM", clearsign(TEXT, by_hand), certificate(same))
    yield case("5_6_v6_algorithm_22", "SIGNATURE_ALGORITHM", message(algorithm=22, numbers=two))
    yield case("5_6_v6_algorithm_3_by_a_key_of_1", "SIGNATURE_ALGORITHM", message(rsa, algorithm=3), certificate(rsa))
    for number in (0, 2, 16, 17, 18, 20, 25, 28, 99):
        yield case(f"5_6_v6_algorithm_{number}", "KEY_ALGORITHM", message(algorithm=number))
    right = sign(old).body(CANONICAL)[-64:]
    for version, each in {4: old, 6: by}.items():
        for name, numbers in {"none": b"", "63_octets": right[:63], "65_octets": right + b"\0", "32_octets": right[:32],
                              "as_two_numbers": pgp.mpi(right[:32]) + pgp.mpi(right[32:]), "leading_zero": b"\0" + right[:64]}.items():
            yield case(f"5_6_v{version}_algorithm_27_{name}", "SIGNATURE_NUMBERS", message(each, numbers=numbers), certificate(each))
    for kind in ("rsa2048", "nistp256", "brainpoolP512r1"):
        each = key(kind)
        numbers = sign(each).body(CANONICAL)[-(2 + 256 if kind == "rsa2048" else 4 + 2 * (32 if kind == "nistp256" else 64)):]
        for name, wrong in {"leading_zero": pgp.number(2056 if kind == "rsa2048" else 520, 2) + b"\0" + numbers[2:],
                            "bit_count_too_high": b"\0\x08\x05" + numbers, "bit_count_too_low": b"\0\x02\x05" + numbers,
                            "octet_left_over": numbers + b"\0", "none": b""}.items():
            yield case(f"5_7_v6_{kind}_{name}", "SIGNATURE_NUMBERS", message(each, numbers=wrong), certificate(each))

    # the areas
    for name, octets in {"hashed_area_huge": body[:4] + b"\xff\xff\xff\xff" + body[8:],
                         "hashed_area_beyond_the_packet": body[:4] + pgp.number(len(body) - 7, 4) + body[8:],
                         "unhashed_area_huge": hashed_part(body, 4) + b"\xff\xff\xff\xff" + body[len(hashed_part(body, 4)) + 4:],
                         }.items():
        yield case(f"6_1_v6_{name}", "SIGNATURE_SYNTAX", packed(octets))
    yield case("6_1_v6_unhashed_length_0", "SIGNATURE_SUBPACKET", message(more_unhashed=[b"\0"]))
    yield case("6_4_v6_critical_60", "SIGNATURE_CRITICAL", message(more=[subpacket(60, b"a", critical=True)]))
    yield case("10_2_v6_area_over_8192", "SIGNATURE_SUBPACKET", message(more=[subpacket(60, bytes(8192))]))
    yield case("10_2_v6_unhashed_area", "SIGNATURE_SUBPACKET", message(more_unhashed=[subpacket(60, bytes(8192))]))
    yield case("6_3_v6_no_creation_time", "SIGNATURE_NO_TIME", message(hashed=[fingerprint]))
    yield case("6_3_v6_creation_time_unhashed", "SIGNATURE_NO_TIME", message(hashed=[fingerprint], more_unhashed=[at]))
    yield case("6_3_v6_expired", "SIGNATURE_EXPIRED", message(more=[subpacket(3, pgp.number(60, 4))]))
    yield case("6_7_v6_recipient", "SIGNATURE_RECIPIENT", message(more=[subpacket(35, b"\x06" + by.fingerprint)]))
    yield case("9_7_v6_future", "SIGNATURE_FUTURE", message(at=NOW + 301))
    yield case("9_1_v6_signature_before_the_key", "SIGNATURE_OLDER_THAN_KEY", message(at=MADE - 1))

    # the issuer
    yield case("6_8_v6_key_id_only", "SIGNATURE_NO_ISSUER", message(hashed=[at], unhashed=[pgp.issuer(by)]))
    yield case("6_8_v6_key_id_hashed_only", "SIGNATURE_NO_ISSUER", message(hashed=[at, pgp.issuer(by)]))
    yield case("6_8_v6_no_issuer", "SIGNATURE_NO_ISSUER", message(hashed=[at]))
    yield case("6_8_v6_key_id_beside_good", "OK", message(unhashed=[pgp.issuer(by)]))
    yield case("6_8_v6_fingerprint_unhashed_good", "OK", message(hashed=[at], unhashed=[fingerprint]))
    yield case("6_8_v6_another_fingerprint", "SIGNATURE_UNKNOWN_ISSUER", message(hashed=[at, pgp.issuer_fingerprint(key(number=1))]))
    yield case("6_8_v6_fingerprint_with_octet_4", "SIGNATURE_SUBPACKET", message(hashed=[at, subpacket(33, b"\x04" + by.fingerprint)]))
    yield case("6_8_v6_fingerprint_of_20_octets", "SIGNATURE_SUBPACKET", message(hashed=[at, subpacket(33, b"\x06" + by.fingerprint[:20])]))
    yield case("6_8_v6_fingerprint_of_a_v4_key", "SIGNATURE_NO_ISSUER", message(hashed=[at, pgp.issuer_fingerprint(old)]))
    yield case("6_8_v6_fingerprint_of_a_v4_key_unhashed", "SIGNATURE_NO_ISSUER", message(unhashed=[pgp.issuer_fingerprint(old)]))
    yield case("6_8_v6_issuer_is_another_key_of_the_keyring", "SIGNATURE_WRONG",
               message(hashed=[at, pgp.issuer_fingerprint(key(number=1))]), certificate(by) + certificate(key(number=1)))


def digest_signed(by, made):
    """The numbers over the digest that this signature has."""
    head = hashed_part(made.body(CANONICAL))
    return by.sign(hashlib.sha512(CANONICAL + head + b"\x04\xff" + pgp.number(len(head), 4)).digest(), "sha512")


# ---- the numbers ----

def ed25519():
    """7.4, for algorithm 27"""
    identity = bytes.fromhex(SMALL_ORDER["identity"])
    for version in (4, 6):
        by = key_27() if version == 4 else key()
        right = sign(by).body(CANONICAL)[-64:]
        r, s = right[:32], int.from_bytes(right[32:], "little")
        for name, numbers, expect in [
                ("as_it_is_good", right, "OK"), ("s_plus_l", r + (s + L).to_bytes(32, "little"), "SIGNATURE_WRONG"),
                ("s_is_l", r + L.to_bytes(32, "little"), "SIGNATURE_WRONG"), ("s_is_0", r + bytes(32), "SIGNATURE_WRONG"),
                ("r_is_0", bytes(32) + right[32:], "SIGNATURE_WRONG"), ("r_is_the_identity", identity + right[32:], "SIGNATURE_WRONG"),
                ("zeros", bytes(64), "SIGNATURE_WRONG"), ("swapped", right[32:] + r, "SIGNATURE_WRONG"),
                ("r_negated", r[:31] + bytes([r[31] ^ 0x80]) + right[32:], "SIGNATURE_WRONG"),
                ("reversed", right[::-1], "SIGNATURE_WRONG"), ("all_ones", b"\xff" * 64, "SIGNATURE_WRONG"),
        ]:
            yield case(f"7_4_v{version}_algorithm_27_{name}", expect, message(by, numbers=numbers), certificate(by))

        def key_case(name, material, expect="KEY_NUMBERS", **how):
            bad = Key(at=MADE, version=version, private=by.private, algorithm=pgp.ED25519, material=material)
            return case(f"7_4_v{version}_algorithm_27_key_{name}", expect, message(bad, **how), certificate(bad))

        for name, point in SMALL_ORDER.items():
            yield key_case(name, bytes.fromhex(point), numbers=identity + bytes(32))
        for name, material in {"empty": b"", "31_octets": by.material[:31], "33_octets": by.material + b"\0",
                               "prefix": b"\x40" + by.material, "as_a_number": pgp.mpi(by.material),
                               "as_of_22": key(version=4).material}.items():
            yield key_case(name, material, "KEY_SYNTAX")


def brainpool():
    """7.3, for the brainpool curves"""
    by = key("brainpoolP256r1", 4)
    keyring = certificate(by)
    head = hashed_part(sign(by).body(CANONICAL))
    r, s = by.sign(hashlib.sha512(CANONICAL + head + b"\x04\xff" + pgp.number(len(head), 4)).digest(), "sha512")
    for name, numbers, expect in [
            ("made_by_hand_good", (r, s), "OK"), ("other_s_good", (r, ORDER - s), "OK"),
            ("r_is_0", (0, s), "SIGNATURE_WRONG"), ("s_is_0", (r, 0), "SIGNATURE_WRONG"), ("both_0", (0, 0), "SIGNATURE_WRONG"),
            ("r_is_n", (ORDER, s), "SIGNATURE_WRONG"), ("s_is_n", (r, ORDER), "SIGNATURE_WRONG"),
            ("r_plus_n", (r + ORDER, s), "SIGNATURE_WRONG"), ("s_plus_n", (r, s + ORDER), "SIGNATURE_WRONG"),
            ("swapped", (s, r), "SIGNATURE_WRONG"), ("both_1", (1, 1), "SIGNATURE_WRONG"),
            ("r_of_521_bits", (2**520 + 1, s), "SIGNATURE_WRONG"), ("r_of_522_bits", (2**521, s), "SIGNATURE_NUMBERS"),
    ]:
        yield case(f"7_3_brainpool_{name}", expect, message(by, numbers=b"".join(map(pgp.mpi, numbers))), keyring)
    oids = {kind: by.material[:1] + bytes.fromhex(pgp.CURVES[kind][1]) for kind in ["brainpoolP256r1"]}
    oid = oids["brainpoolP256r1"]
    public = by.private.public_key().public_numbers()
    x, y = pgp.number(public.x, 32), pgp.number(public.y, 32)
    point = pgp.mpi(b"\x04" + x + y)
    nist = key("nistp256", 4).material[9:]

    def key_case(name, material, expect="KEY_NUMBERS"):
        bad = Key("brainpoolP256r1", at=MADE, private=by.private, material=material)
        return case(name, expect, message(bad), certificate(bad))

    for name, wrong in {"not_on_the_curve": b"\x04" + x + pgp.number(public.y ^ 1, 32), "zeros": b"\x04" + bytes(64), "infinity": b"\0",
                        "compressed": bytes([2 + public.y % 2]) + x, "hybrid": bytes([6 + public.y % 2]) + x + y,
                        "x_plus_p": b"\x04" + pgp.number((public.x + FIELD) % 2**256, 32) + y,
                        "x_is_p": b"\x04" + pgp.number(FIELD, 32) + y, "shorter": b"\x04" + x + y[:-1]}.items():
        yield key_case(f"7_3_brainpool_point_{name}", oid + pgp.mpi(wrong))
    yield key_case("7_3_brainpool_point_longer", oid + pgp.mpi(b"\x04" + x + y + b"\0"), "KEY_SYNTAX")
    yield key_case("7_3_brainpool_octet_left_over", oid + point + b"\0", "KEY_SYNTAX")
    yield key_case("7_3_brainpool_point_of_nistp256", oid + nist)
    yield key_case("7_3_nistp256_point_of_brainpool", bytes.fromhex("082A8648CE3D030107") + point)
    for name, other in {"p256t1": "092B2403030208010108", "p224r1": "092B2403030208010105", "p320r1": "092B2403030208010109",
                        "oid_cut": "082B24030302080101", "oid_longer": "0A2B240303020801010700"}.items():
        yield key_case(f"7_1_brainpool_{name}", bytes.fromhex(other) + point, "KEY_ALGORITHM")
    for larger in BRAINPOOL[1:]:
        yield key_case(f"7_3_brainpool_point_too_small_for_{larger}", bytes([9]) + bytes.fromhex(pgp.CURVES[larger][1]) + point)


# ---- keys and certificates ----

def keys():
    """8.3"""
    by = key()
    for name, size in {"0": 0, "one_less": 31, "one_more": 33, "huge": 0xFFFFFFFF, "2_to_16": 65568}.items():
        bad = Key(at=MADE, version=6, private=by.private, size=size)
        yield case(f"8_3_v6_material_size_{name}", "KEY_SYNTAX", message(bad), certificate(bad))
    rsa = Key("rsa2048", at=MADE, version=6, private=key("rsa2048").private)
    rsa.size = len(rsa.material) - 1
    yield case("8_3_v6_rsa_material_size", "KEY_SYNTAX", message(rsa), certificate(rsa))
    legacy = Key(at=MADE, version=6, private=by.private, algorithm=22)
    yield case("8_3_v6_algorithm_22", "KEY_ALGORITHM", message(legacy), certificate(legacy))
    curve = Key("nistp256", at=MADE, version=6, private=key("nistp256").private, algorithm=22)
    yield case("8_3_v6_algorithm_22_with_another_curve", "KEY_ALGORITHM", message(curve), certificate(curve))
    cut = packet(pgp.PUBLIC_KEY, by.body[:6]) + packet(pgp.PUBLIC_KEY, by.body[:8]) + packet(pgp.PUBLIC_KEY, by.body[:3])
    yield case("8_3_v6_cut_keys_beside_good", "OK", keyring=cut + certificate(by))
    yield case("8_3_v6_creation_time_is_part_of_the_key", "SIGNATURE_UNKNOWN_ISSUER",
               keyring=certificate(Key(at=MADE + 1, version=6, private=by.private)))
    hashed_as_4 = b"\x99" + pgp.number(len(by.body), 2) + by.body
    yield case("8_3_v6_hashed_as_v4", "KEY_NOT_CERTIFIED", keyring=bare(certify(data=hashed_as_4)))
    for name, digest in {"sha1": hashlib.sha1, "sha512": hashlib.sha512}.items():
        named_so = subpacket(33, b"\x06" + digest(by.hashed).digest()[:32].ljust(32, b"\0"))
        yield case(f"8_3_v6_fingerprint_by_{name}", "SIGNATURE_UNKNOWN_ISSUER", message(hashed=[pgp.created(SIGNED), named_so]))
    named_so = subpacket(33, b"\x06" + hashlib.sha256(hashed_as_4).digest())
    yield case("8_3_v6_fingerprint_over_99", "SIGNATURE_UNKNOWN_ISSUER", message(hashed=[pgp.created(SIGNED), named_so]))
    yield case("8_3_v6_fingerprint_is_sha256_of_9b_good", "OK",
               message(hashed=[pgp.created(SIGNED), subpacket(33, b"\x06" + hashlib.sha256(b"\x9b\0\0\0\x2a" + by.body).digest())]))
    old_id = subpacket(16, by.fingerprint[-8:])
    yield case("8_3_v6_key_id_is_not_the_last_octets", "SIGNATURE_UNKNOWN_ISSUER",
               message(version=4, hashed=[pgp.created(SIGNED)], unhashed=[old_id]))

    # a subkey is of its primary key's version
    for primary, sub in [(by, key_27(number=2)), (key_27(), key(number=2))]:
        mixed = certificate(primary, subkeys=[subkey(primary, sub)])
        name = f"v{sub.version}_subkey_of_a_v{primary.version}_key"
        yield case(f"8_3_{name}", "SIGNATURE_UNKNOWN_ISSUER", message(sub), mixed)
        yield case(f"8_3_{name}_hurts_no_one_good", "OK", message(primary), mixed)
        back = pgp.embedded(Signature(sub, pgp.BACK_SIGNATURE, at=MADE).body(primary.hashed + sub.hashed))
        bound = Signature(primary, pgp.SUBKEY_BINDING, at=MADE, more=[pgp.key_flags(2)], more_unhashed=[back])
        yield case(f"8_3_{name}_with_a_right_one_good", "OK", message(primary), mixed + bound.packet(primary.hashed + sub.hashed))


def self_signatures():
    """8.4, 8.5 and 9, for version 6"""
    by, other, rsa = key(), key(number=1), key("rsa2048")
    user_id = pgp.user_id_data(by, USER_ID)
    critical = subpacket(60, b"a", critical=True)
    only = certify(kind=pgp.CERTIFICATION, data=user_id)
    yield case("9_3_v6_direct_key_signature_only_good", "OK", keyring=bare(certify()))
    for name, keyring in {
            "nothing": bare(), "user_id_only": named(only), "uncertified_user_id": named(),
            "direct_key_signature_by_another": bare(certify(other, data=by.hashed)),
            "direct_key_signature_by_another_as_ours":
                bare(certify(other, data=by.hashed, hashed=[pgp.created(MADE), pgp.issuer_fingerprint(by)])),
            "direct_key_signature_of_another_key": bare(certify(data=other.hashed)),
            "direct_key_signature_wrong": bare(certify(numbers=bytes(64))),
            "direct_key_signature_without_numbers": bare(certify(numbers=b"")),
            "direct_key_signature_of_version_4": bare(certify(version=4, hashed=[pgp.created(MADE)])),
            "direct_key_signature_expired": bare(certify(more=[subpacket(3, pgp.number(DAY, 4))])),
            "direct_key_signature_from_the_future": bare(certify(at=NOW + 1)),
            "direct_key_signature_after_the_message": bare(certify(at=SIGNED + 1)),
            "direct_key_signature_critical": bare(certify(more=[critical])),
            "direct_key_signature_with_a_short_salt": bare(certify(salt=bytes(31))),
            "direct_key_signature_left_16_bits": bare(certify(left=b"\x12\x34")),
            "direct_key_signature_of_type_00": bare(certify(kind=0)),
            "direct_key_signature_sha224": bare(certify(digest="sha224")),
    }.items():
        yield case(f"9_3_v6_{name}", "KEY_NOT_CERTIFIED", keyring=keyring)
    yield case("8_4_v6_sha1_self_signature", "KEY_NOT_CERTIFIED", message(rsa), certificate(rsa, digest="sha1"))
    old = key_27()
    yield case("8_4_v6_self_signature_of_a_v4_key", "KEY_NOT_CERTIFIED", message(old),
               bare(certify(old, version=6, hashed=[pgp.created(MADE)]), by=old))
    yield case("8_4_v6_newest_counts", "KEY_MAY_NOT_SIGN", keyring=bare(certify(at=MADE + 2, flags=1), certify(at=MADE + 1)))
    yield case("9_4_v6_expired", "KEY_EXPIRED", keyring=bare(certify(more=[pgp.key_expires(30 * DAY)])))
    yield case("9_4_v6_one_second_left_good", "OK", keyring=bare(certify(more=[pgp.key_expires(30 * DAY + 1)])))
    yield case("9_4_v6_expired_by_the_user_id", "KEY_EXPIRED",
               keyring=bare(certify(), packet(pgp.USER_ID, USER_ID),
                            certify(kind=pgp.CERTIFICATION, data=user_id, more=[pgp.key_expires(30 * DAY)])))
    for name, keyring in {"no_flags": bare(certify(flags=None)), "certify_only": bare(certify(flags=1)),
                          "encrypt_only": bare(certify(flags=0x0C)), "user_id_forbids":
                              bare(certify(), packet(pgp.USER_ID, USER_ID), certify(kind=pgp.CERTIFICATION, data=user_id, flags=1)),
                          }.items():
        yield case(f"9_5_v6_{name}", "KEY_MAY_NOT_SIGN", keyring=keyring)

    def revoke(by=by, kind=pgp.KEY_REVOCATION, data=None, **how):
        return Signature(by, kind, at=MADE + DAY, **how).packet(by.hashed if data is None else data)

    whole = certificate(by)
    for name, keyring in {"revoked": whole + revoke(), "revoked_in_another_copy": whole + bare(revoke()),
                          "revoked_critical": whole + revoke(more=[critical]),
                          "revoked_without_issuer": whole + revoke(hashed=[pgp.created(MADE)], unhashed=[]),
                          "revoked_by_a_key_id_that_means_nothing":
                              whole + revoke(hashed=[pgp.created(MADE)], unhashed=[pgp.issuer(other)])}.items():
        yield case(f"9_2_v6_{name}", "KEY_REVOKED", keyring=keyring)
    for name, keyring in {
            "by_another_key": whole + revoke(other, data=by.hashed), "of_another_key": whole + revoke(data=other.hashed),
            "of_version_4": whole + revoke(version=4, hashed=[pgp.created(MADE)], unhashed=[]),
            "with_a_short_salt": whole + revoke(salt=bytes(31)), "without_a_salt": whole + revoke(salt=b""),
            "hashed_as_v4": whole + revoke(data=b"\x99" + pgp.number(len(by.body), 2) + by.body),
    }.items():
        yield case(f"8_5_v6_revocation_{name}_good", "OK", keyring=keyring)

    # one whose numbers are missing, or half missing, is nothing, and reads nothing beyond its end
    for version in (4, 6):
        for kind in KINDS:
            each = key(kind, version)
            size = len(each.encode(each.sign(hashlib.sha512().digest(), "sha512"))) // 2
            cut = [revoke(each, what, numbers=numbers) for numbers in (b"", b"\0", bytes(2), bytes(4), b"\1\0" + bytes(32), bytes(size))
                   for what in (0x20, 0x28, 0x30)]
            yield case(f"8_5_v{version}_{kind}_revocation_without_numbers_good", "OK", message(each), certificate(each) + b"".join(cut))
    each = key_27()
    cut = [revoke(each, what, numbers=bytes(size)) for size in (0, 1, 31, 32, 63, 65) for what in (0x20, 0x28, 0x30)]
    cut += [packet(pgp.SIGNATURE, Signature(each, 0x20).body(each.hashed)[:-size]) for size in (1, 63, 64, 65, 66, 67)]
    yield case("8_5_v4_algorithm_27_revocation_without_numbers_good", "OK", message(each), certificate(each) + b"".join(cut))


def subkeys():
    """9.6, for version 6"""
    by, sub, other = key(), key(number=2), key(number=3)
    text = message(sub)
    data = by.hashed + sub.hashed
    as_4 = b"".join(b"\x99" + pgp.number(len(each.body), 2) + each.body for each in (by, sub))

    def back(by=sub, kind=pgp.BACK_SIGNATURE, over=data, at=MADE, **how):
        return pgp.embedded(Signature(by, kind, at=at, **how).body(over))

    def with_subkey(name, expect, behind=b"", **how):
        return case(f"9_6_v6_{name}", expect, text, certificate(by, subkeys=[subkey(by, sub, **how)]) + behind)

    for name, made in {"no_back_signature": b"", "back_signature_by_another": back(other),
                       "back_signature_by_the_primary": back(by), "back_signature_over_99": back(over=as_4),
                       "back_signature_of_version_4": back(version=4, hashed=[pgp.created(MADE)], unhashed=[]),
                       "back_signature_with_a_short_salt": back(salt=bytes(31)), "back_signature_without_numbers": back(numbers=b""),
                       "back_signature_of_type_18": back(kind=0x18), "back_signature_sha224": back(digest="sha224")}.items():
        yield with_subkey(name, "SUBKEY_NO_BACK_SIGNATURE", back_signature=made)
    for name, how in {"binding_of_version_4": {"version": 4, "hashed": [pgp.created(MADE)]}, "binding_wrong": {"numbers": bytes(64)},
                      "binding_with_a_short_salt": {"salt": bytes(31)}, "binding_without_numbers": {"numbers": b""},
                      "binding_expired": {"more": [pgp.key_flags(2), subpacket(3, pgp.number(DAY, 4))]}}.items():
        yield with_subkey(name, "SUBKEY_NOT_BOUND", **how)
    made = Signature(by, pgp.SUBKEY_BINDING, at=MADE, more=[pgp.key_flags(2)], more_unhashed=[back()]).packet(as_4)
    yield case("9_6_v6_binding_over_99", "SUBKEY_NOT_BOUND", text, certificate(by, subkeys=[(sub, made)]))
    yield with_subkey("no_flags", "KEY_MAY_NOT_SIGN", more=[])
    yield with_subkey("expired", "SUBKEY_EXPIRED", more=[pgp.key_flags(2), pgp.key_expires(30 * DAY)])
    yield with_subkey("revoked", "SUBKEY_REVOKED", Signature(by, 0x28, at=MADE).packet(data))
    yield with_subkey("revoked_by_itself_good", "OK", Signature(sub, 0x28, at=MADE).packet(data))
    yield with_subkey("key_revoked", "KEY_REVOKED", Signature(by, 0x20, at=MADE).packet(by.hashed))
    no_direct = named(certify(kind=pgp.CERTIFICATION, data=pgp.user_id_data(by, USER_ID)))
    yield case("9_6_v6_primary_without_direct_key_signature", "KEY_NOT_CERTIFIED", text,
               no_direct + packet(pgp.PUBLIC_SUBKEY, sub.body) + subkey(by, sub)[1])


def cases():
    for group in (good, messages, ed25519, brainpool, keys, self_signatures, subkeys):
        yield from group()
