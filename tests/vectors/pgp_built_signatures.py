"""Cases of signatures: their packets and subpackets, the algorithms and the numbers; see built.py."""

from dataclasses import replace

import openpgp as pgp
from built import CANONICAL, KEYRING, L, MADE, P256_FIELD, P256_ORDER, SIGNED, TEXT, case, certificate_of, hashed_by, hashed_part, key, sign
from openpgp import Key, clearsign, packet, subpacket

# ---- 5: signature packets ----

def signatures():
    for version in (0, 2, 3, 5, 7, 255):
        yield case(f"5_1_version_{version}", "SIGNATURE_VERSION", clearsign(TEXT, sign(version=version)))
    for kind in (0x02, 0x10, 0x13, 0x18, 0x19, 0x1F, 0x20, 0x28, 0x30, 0x40, 0x50, 0xFF):
        yield case(f"5_2_type_{kind:02x}", "SIGNATURE_TYPE", clearsign(TEXT, sign(type=kind)))
    yield case("5_2_type_00_good", "OK", clearsign(TEXT, sign(type=0)))

    rsa = key("rsa2048")
    for digest in ("md5", "sha1", "sha224"):
        yield case(f"5_3_{digest}", "SIGNATURE_DIGEST", clearsign(TEXT, sign(rsa, digest=digest)), certificate_of(rsa))
    for number in (0, 3, 4, 11, 13, 15, 99, 255):
        yield case(f"5_3_digest_{number}", "SIGNATURE_DIGEST", clearsign(TEXT, sign(digest_algorithm=number)))
    for digest in ("sha256", "sha384", "sha512", "sha3_256", "sha3_512"):
        for kind in ("ed25519", "rsa2048", "nistp256"):
            yield case(f"5_3_{digest}_{kind}_good", "OK", clearsign(TEXT, sign(key(kind), digest=digest)),
                       certificate_of(key(kind)))
    for kind, digest in [("nistp384", "sha256"), ("nistp521", "sha256"), ("nistp521", "sha384"), ("nistp384", "sha3_256")]:
        yield case(f"5_3_{digest}_{kind}", "SIGNATURE_DIGEST", clearsign(TEXT, sign(key(kind), digest=digest), hash_header=False),
                   certificate_of(key(kind)))
    yield case("5_3_sha512_nistp384_good", "OK", clearsign(TEXT, sign(key("nistp384"))), certificate_of(key("nistp384")))
    yield case("5_3_other_digest_than_signed", "SIGNATURE_WRONG", clearsign(TEXT, sign(digest="sha256", digest_algorithm=10)))
    yield case("5_5_left_16_bits", "SIGNATURE_WRONG", clearsign(TEXT, sign(left=b"\x12\x34")))
    yield case("5_6_algorithm_of_the_key", "SIGNATURE_ALGORITHM", clearsign(TEXT, sign(rsa, algorithm=3)), certificate_of(rsa))
    ecdsa_numbers = pgp.mpi(1) * 2
    yield case("5_6_algorithm_of_another_kind", "SIGNATURE_ALGORITHM", clearsign(TEXT, sign(algorithm=19, numbers=ecdsa_numbers)))
    for algorithm in (0, 2, 16, 17, 18, 20, 25, 28, 99):
        yield case(f"5_6_algorithm_{algorithm}", "KEY_ALGORITHM", clearsign(TEXT, sign(algorithm=algorithm)))

    body, rsa_body = sign().body(CANONICAL), sign(rsa).body(CANONICAL)
    head = hashed_part(body)
    yield case("5_6_octet_left_over", "SIGNATURE_NUMBERS", clearsign(TEXT, packet(pgp.SIGNATURE, body + b"\0")))
    yield case("5_6_octet_missing", "SIGNATURE_NUMBERS", clearsign(TEXT, packet(pgp.SIGNATURE, body[:-1])))
    yield case("5_6_third_number", "SIGNATURE_NUMBERS", clearsign(TEXT, packet(pgp.SIGNATURE, body + pgp.mpi(5))))
    yield case("5_6_second_number_of_rsa", "SIGNATURE_NUMBERS", clearsign(TEXT, packet(pgp.SIGNATURE, rsa_body + pgp.mpi(5))),
               certificate_of(rsa))
    for name, numbers in {
            "none": b"", "one": pgp.mpi(5), "bit_count_too_high": pgp.mpi(5, bits=4) + pgp.mpi(5),
            "bit_count_too_low": pgp.mpi(5, bits=2) + pgp.mpi(5),
            "leading_zero": b"\0\x0b\0\x05" + pgp.mpi(5), "too_large": pgp.mpi(2**256) + pgp.mpi(5),
            "bit_count_huge": b"\xff\xff\x05" + pgp.mpi(5),
            "zero_with_an_octet": b"\0\0\0" + pgp.mpi(5),
    }.items():
        yield case(f"5_7_{name}", "SIGNATURE_NUMBERS", clearsign(TEXT, sign(numbers=numbers)))
    yield case("5_7_rsa_leading_zero", "SIGNATURE_NUMBERS", clearsign(TEXT,
                                                                      sign(rsa, numbers=b"\x08\x08\0" + b"\x80" + bytes(255))),
                                                                      certificate_of(rsa))
    yield case("5_7_short_eddsa_numbers_good", "OK", clearsign(*short_eddsa()))
    for size, expect in {0: "SIGNATURE_VERSION", 1: "SIGNATURE_SYNTAX", 5: "SIGNATURE_SYNTAX", 6: "SIGNATURE_SYNTAX",
                         20: "SIGNATURE_SYNTAX", 40: "SIGNATURE_SYNTAX",
                         len(head): "SIGNATURE_SYNTAX", len(head) + 13: "SIGNATURE_SYNTAX", len(head) + 14: "SIGNATURE_NUMBERS",
                         len(body) - 34: "SIGNATURE_NUMBERS"}.items():
        yield case(f"5_6_packet_of_{size}", expect, clearsign(TEXT, packet(pgp.SIGNATURE, body[:size])))


def short_eddsa():
    """A text and its signature, of which R or S has an octet of leading zeros."""
    for number in range(10000):
        text = b"text %d" % number
        made = sign().packet(text)
        if made[-34:-32] not in (b"\1\0", b"\0\xff", b"\0\xfe", b"\0\xfd", b"\0\xfc", b"\0\xfb", b"\0\xfa", b"\0\xf9"):
            return text, made
    raise ValueError


# ---- 6: subpackets ----

def subpackets():
    at, fingerprint = pgp.created(SIGNED), pgp.issuer_fingerprint(key())

    def with_hashed(name, expect, *hashed, **how):
        return case(name, expect, clearsign(TEXT, sign(hashed=list(hashed), **how)))

    def with_more(name, expect, *more, **how):
        return case(name, expect, clearsign(TEXT, sign(more=list(more)), **how))

    def with_unhashed(name, expect, *more):
        return case(name, expect, clearsign(TEXT, sign(more_unhashed=list(more))))

    yield with_more("6_1_length_0", "SIGNATURE_SUBPACKET", b"\0")
    yield with_more("6_1_beyond_the_area", "SIGNATURE_SUBPACKET", subpacket(60, b"ab", size=4))
    yield with_more("6_1_huge", "SIGNATURE_SUBPACKET", subpacket(60, b"ab", size=0xFFFFFFFF, form=5))
    yield with_more("6_1_length_cut", "SIGNATURE_SUBPACKET", b"\xff\0\0")
    yield with_more("6_1_two_octets_cut", "SIGNATURE_SUBPACKET", b"\xc0")
    yield with_unhashed("6_1_unhashed_length_0", "SIGNATURE_SUBPACKET", b"\0")
    yield with_unhashed("6_1_unhashed_beyond_the_area", "SIGNATURE_SUBPACKET", subpacket(60, b"ab", size=4))
    body = sign().body(CANONICAL)
    for name, octets in {"hashed": body[:4] + b"\xff\xff" + body[6:],
                         "hashed_by_one": body[:4] + pgp.number(len(body) - 5, 2) + body[6:]}.items():
        yield case(f"6_1_{name}_area_beyond_the_packet", "SIGNATURE_SYNTAX", clearsign(TEXT, packet(pgp.SIGNATURE, octets)))
    for form in (2, 5):
        yield with_more(f"6_1_length_of_{form}_good", "OK", subpacket(60, b"a" * 200, form=form))
    yield with_more("6_1_length_of_5_not_minimal_good", "OK", subpacket(60, b"a", form=5))
    yield with_more("6_1_length_16319_good", "SIGNATURE_SUBPACKET", subpacket(60, b"a" * 16318, form=2))

    yield with_hashed("6_2_creation_time_unhashed", "SIGNATURE_NO_TIME", fingerprint, more_unhashed=[at])
    yield with_unhashed("6_2_unhashed_expiration_good", "OK", subpacket(pgp.SIGNATURE_EXPIRES, pgp.number(1, 4)))
    yield with_unhashed("6_2_unhashed_creation_time_good", "OK", pgp.created(1))
    yield with_unhashed("6_2_unhashed_critical_good", "OK", subpacket(60, b"a", critical=True))
    yield with_unhashed("6_2_unhashed_recipient_good", "OK", subpacket(35, b"\x04" + bytes(20)))
    yield with_unhashed("6_2_unhashed_wrong_length", "SIGNATURE_SUBPACKET", subpacket(pgp.CREATED, b"abc"))
    yield with_hashed("6_3_no_creation_time", "SIGNATURE_NO_TIME", fingerprint)
    for seconds, expect in {59: "SIGNATURE_EXPIRED", 60: "SIGNATURE_EXPIRED", 61: "OK", 0: "OK", 0xFFFFFFFF: "OK"}.items():
        yield with_more(f"6_3_expires_after_{seconds}", expect, subpacket(pgp.SIGNATURE_EXPIRES, pgp.number(seconds, 4)))
    recognised = [4, 7, 11, *range(21, 31), 34, 39]
    for kind in sorted({1, 5, 6, 8, 10, 12, 13, 19, 20, 31, 36, 37, 38, 40, 60, 100, 110, 127}):
        contents = bytes(4) + b"\0\x01\0\x01ab" if kind == 20 else b"a"
        yield with_more(f"6_4_critical_{kind}", "SIGNATURE_CRITICAL", subpacket(kind, contents, critical=True))
        yield with_more(f"6_4_not_critical_{kind}_good", "OK", subpacket(kind, contents))
    for kind in recognised:
        yield with_more(f"6_4_critical_{kind}_good", "OK", subpacket(kind, b"\x01", critical=True))
    yield with_hashed("6_4_critical_2_and_33_good", "OK", pgp.created(SIGNED, critical=True),
                      pgp.issuer_fingerprint(key(), critical=True))
    yield with_more("6_4_critical_3_9_16_32_good", "OK", subpacket(3, bytes(4), critical=True),
                    subpacket(9, bytes(4), critical=True),
                    pgp.issuer(key(), critical=True), subpacket(32, b"a", critical=True))

    for kind, right in {2: 4, 3: 4, 9: 4, 16: 8}.items():
        for size in (0, right - 1, right + 1):
            hashed = [subpacket(kind, bytes(size)), fingerprint] if kind == 2 else [at, fingerprint, subpacket(kind, bytes(size))]
            yield with_hashed(f"6_5_type_{kind}_of_{size}", "SIGNATURE_SUBPACKET", *hashed)
    for name, contents in {"empty": b"", "short": b"\x04" + bytes(19), "long": b"\x04" + bytes(21),
                           "version_6_short": b"\x06" + bytes(20),
                           "version_4_long": b"\x04" + bytes(32), "version_5": b"\x05" + bytes(32)}.items():
        yield with_more(f"6_5_fingerprint_{name}", "SIGNATURE_SUBPACKET", subpacket(33, contents))
    for name, contents in {"empty": b"", "cut": bytes(7), "short": bytes(4) + b"\0\x02\0\x01ab",
                           "long": bytes(4) + b"\0\x01\0\x01abc"}.items():
        yield with_more(f"6_5_notation_{name}", "SIGNATURE_SUBPACKET", subpacket(20, contents))

    for kind, first, second in [(3, bytes(4), pgp.number(9999, 4)), (9, bytes(4), pgp.number(9999, 4)), (25, b"\0", b"\x01"),
                                (27, b"\x02", b"\x03")]:
        yield with_more(f"6_6_two_of_{kind}", "SIGNATURE_SUBPACKET_TWICE", subpacket(kind, first), subpacket(kind, second))
        yield with_more(f"6_6_two_equal_of_{kind}_good", "OK", subpacket(kind, first), subpacket(kind, first))
    yield with_more("6_6_two_creation_times", "SIGNATURE_SUBPACKET_TWICE", pgp.created(SIGNED - 1))
    yield with_more("6_6_two_equal_creation_times_good", "OK", at)
    yield with_more("6_7_recipient", "SIGNATURE_RECIPIENT", subpacket(35, b"\x04" + key().fingerprint))

    other = key(number=1)
    yield with_hashed("6_8_no_issuer", "SIGNATURE_NO_ISSUER", at, unhashed=[])
    yield with_hashed("6_8_key_id_only_good", "OK", at)
    yield with_hashed("6_8_key_id_hashed_good", "OK", at, pgp.issuer(key()), unhashed=[])
    yield with_hashed("6_8_fingerprint_unhashed_good", "OK", at, unhashed=[fingerprint])
    yield with_hashed("6_8_other_key_id", "SIGNATURE_UNKNOWN_ISSUER", at, unhashed=[pgp.issuer(other)])
    yield with_hashed("6_8_fingerprint_before_key_id", "SIGNATURE_UNKNOWN_ISSUER", at, pgp.issuer_fingerprint(other))
    yield with_hashed("6_8_fingerprint_of_version_6", "SIGNATURE_NO_ISSUER", at, subpacket(33, b"\x06" + bytes(32)))
    yield with_hashed("6_8_other_key_id_beside_fingerprint_good", "OK", at, fingerprint, unhashed=[pgp.issuer(other)])
    yield with_hashed("6_8_issuer_of_zeros", "SIGNATURE_UNKNOWN_ISSUER", at, unhashed=[subpacket(16, bytes(8))])
    yield case("6_8_issuer_is_another_key_of_the_keyring", "SIGNATURE_WRONG",
               clearsign(TEXT, sign(hashed=[at, pgp.issuer_fingerprint(other)])),
               KEYRING + certificate_of(other))
    yield with_unhashed("6_8_nine_issuers", "SIGNATURE_SUBPACKET", *[pgp.issuer(other)] * 8)
    yield with_unhashed("6_8_eight_issuers_good", "OK", *[pgp.issuer(other)] * 7)
    yield with_more("6_9_embedded_signatures_in_a_message_good", "OK", *[subpacket(32, b"\x04")] * 4)
    yield with_more("10_2_subpackets", "SIGNATURE_SUBPACKET", *[subpacket(60, b"")] * 63)
    yield with_more("10_2_subpackets_good", "OK", *[subpacket(60, b"")] * 62)
    room = 8192 - len(at + fingerprint)
    yield with_more("10_2_area", "SIGNATURE_SUBPACKET", subpacket(60, bytes(room - 2)))
    yield with_more("10_2_area_good", "OK", subpacket(60, bytes(room - 3)))


# ---- 7: algorithms and numbers ----

def raw_rsa(by, block):
    """block, to the power of the private exponent."""
    numbers = by.private.private_numbers()
    return pow(int.from_bytes(block, "big"), numbers.d, numbers.public_numbers.n)


def rsa_value(made):
    """The number of an RSA signature of the text."""
    return int.from_bytes(made.key.sign(hashed_by(made)[1], made.digest)[0], "big")


def rsa():
    by = key("rsa2048")
    keyring = certificate_of(by)
    n = by.private.public_key().public_numbers().n
    _, digest = hashed_by(sign(by))
    info = bytes.fromhex("3051300D060960864801650304020305000440") + digest

    def forged(name, block, expect="SIGNATURE_WRONG"):
        return case(f"7_2_{name}", expect, clearsign(TEXT, sign(by, numbers=pgp.mpi(raw_rsa(by, block)))), keyring)

    def padding(contents):
        return b"\0\x01" + b"\xff" * (253 - len(contents)) + b"\0" + contents

    yield forged("block_made_by_hand_good", padding(info), "OK")
    yield forged("no_null", padding(bytes.fromhex("304F300B0609608648016503040203" + "0440") + digest))
    yield forged("other_digest_info", padding(bytes.fromhex("3051300D060960864801650304020105000440") + digest))
    yield forged("no_digest_info", padding(digest))
    yield forged("garbage_behind", b"\0\x01" + b"\xff" * 8 + b"\0" + info + bytes(256 - 11 - len(info)))
    yield forged("garbage_in_the_null", padding(bytes.fromhex("3055301106096086480165030402030504DEADBEEF0440") + digest))
    yield forged("block_of_type_2", b"\0\x02" + padding(info)[2:])
    yield forged("first_octet", b"\x01" + padding(info)[1:])
    yield forged("padding_octet", padding(info)[:9] + b"\xfe" + padding(info)[10:])
    yield forged("short_padding", (b"\0\x01" + b"\xff" * (252 - len(info)) + b"\0\0" + info))
    yield forged("ber_length", padding(bytes.fromhex("308151300D060960864801650304020305000440") + digest))
    s = raw_rsa(by, padding(info))
    # one whose sum is no longer than the modulus: others look at the length only
    fits = next(made for made in (sign(by, more=[subpacket(60, pgp.number(count, 2))]) for count in range(4096))
                if rsa_value(made) + n < 1 << 2048)
    yield case("7_2_s_plus_n_of_the_same_size", "SIGNATURE_WRONG",
               clearsign(TEXT, replace(fits, numbers=pgp.mpi(rsa_value(fits) + n))), keyring)
    yield case("7_2_s_plus_n_longer", "SIGNATURE_WRONG", clearsign(TEXT, sign(by, numbers=pgp.mpi(s + n + (1 << 2048) // n * n))),
               keyring)
    for name, value in {"zero": 0, "one": 1, "n": n, "n_minus_1": n - 1, "n_minus_s": n - s}.items():
        yield case(f"7_2_s_is_{name}", "SIGNATURE_WRONG", clearsign(TEXT, sign(by, numbers=pgp.mpi(value))), keyring)
    large = 2**4096
    yield case("7_2_s_of_4097_bits", "SIGNATURE_NUMBERS", clearsign(TEXT, sign(by, numbers=pgp.mpi(large))), keyring)

    e = pgp.mpi(65537)
    for name, material, expect in [
            ("1024_bits", pgp.mpi(n >> 1024 | 1 << 1023 | 1) + e, "KEY_SIZE"), ("2047_bits", pgp.mpi(n >> 1 | 1) + e, "KEY_SIZE"),
            ("4097_bits", pgp.mpi(1 << 4096 | 1) + e, "KEY_SIZE"), ("16384_bits", pgp.mpi(1 << 16383 | 1) + e, "KEY_SIZE"),
            ("even_modulus", pgp.mpi(n - 1) + e, "KEY_NUMBERS"), ("e_is_0", pgp.mpi(n) + pgp.mpi(0), "KEY_NUMBERS"),
            ("e_is_1", pgp.mpi(n) + pgp.mpi(1), "KEY_NUMBERS"), ("e_is_2", pgp.mpi(n) + pgp.mpi(2), "KEY_NUMBERS"),
            ("e_even", pgp.mpi(n) + pgp.mpi(65536), "KEY_NUMBERS"),
            ("e_of_33_bits", pgp.mpi(n) + pgp.mpi(2**32 + 1), "KEY_NUMBERS"),
            ("no_exponent", pgp.mpi(n), "KEY_SYNTAX"), ("octet_left_over", pgp.mpi(n) + e + b"\0", "KEY_SYNTAX"),
            ("bit_count", pgp.mpi(n, bits=2047) + e, "KEY_SYNTAX"), ("modulus_cut", pgp.mpi(n)[:100], "KEY_SYNTAX"),
    ]:
        bad = Key("rsa2048", at=MADE, private=by.private, material=material)
        yield case(f"7_2_key_{name}", expect, clearsign(TEXT, sign(bad)), certificate_of(bad))
    only = Key("rsa2048", at=MADE, private=by.private, algorithm=3)
    yield case("7_1_rsa_sign_only_good", "OK", clearsign(TEXT, sign(only)), certificate_of(only))


def ecdsa():
    by = key("nistp256")
    keyring = certificate_of(by)
    _, digest = hashed_by(sign(by))
    r, s = by.sign(digest, "sha512")
    for name, numbers, expect in [
            ("made_by_hand_good", (r, s), "OK"), ("other_s_good", (r, P256_ORDER - s), "OK"),
            ("r_is_0", (0, s), "SIGNATURE_WRONG"), ("s_is_0", (r, 0), "SIGNATURE_WRONG"),
            ("both_0", (0, 0), "SIGNATURE_WRONG"), ("r_is_n", (P256_ORDER, s), "SIGNATURE_WRONG"),
            ("s_is_n", (r, P256_ORDER), "SIGNATURE_WRONG"),
            ("r_plus_n", (r + P256_ORDER, s), "SIGNATURE_WRONG"), ("s_plus_n", (r, s + P256_ORDER), "SIGNATURE_WRONG"),
            ("swapped", (s, r), "SIGNATURE_WRONG"),
            ("both_1", (1, 1), "SIGNATURE_WRONG"), ("r_of_521_bits", (2**520 + 1, s), "SIGNATURE_WRONG"),
            ("r_of_522_bits", (2**521, s), "SIGNATURE_NUMBERS"),
            ("large_r_with_r_at_its_end", (2**512 + r, s), "SIGNATURE_WRONG"),
    ]:
        yield case(f"7_3_{name}", expect, clearsign(TEXT, sign(by, numbers=b"".join(map(pgp.mpi, numbers)))), keyring)
    public = by.private.public_key().public_numbers()
    oid = bytes.fromhex("082A8648CE3D030107")
    x, y = pgp.number(public.x, 32), pgp.number(public.y, 32)

    def key_case(name, material, expect="KEY_NUMBERS", **how):
        bad = Key("nistp256", at=MADE, private=by.private, material=material, **how)
        return case(name, expect, clearsign(TEXT, sign(bad)), certificate_of(bad))

    for name, point in {"compressed": bytes([2 + public.y % 2]) + x,
                        "not_on_the_curve": b"\x04" + x + pgp.number(public.y ^ 1, 32),
                        "hybrid": bytes([6 + public.y % 2]) + x + y,
                        "infinity": b"\0", "zeros": b"\x04" + bytes(64),
                        "x_not_below_p": b"\x04" + pgp.number(P256_FIELD + 5, 32) + y, "native": b"\x40" + x}.items():
        yield key_case(f"7_3_point_{name}", oid + pgp.mpi(point))
    yield key_case("7_3_point_longer", oid + pgp.mpi(b"\x04" + x + y + b"\0"), "KEY_SYNTAX")
    yield key_case("7_3_point_shorter", oid + pgp.mpi(b"\x04" + x + y[:-1]))
    yield key_case("7_3_octet_left_over", oid + pgp.mpi(b"\x04" + x + y) + b"\0", "KEY_SYNTAX")
    for name, other in {"secp256k1": "052B8104000A", "brainpool_twisted": "092B2403030208010108", "ed25519": "092B06010401DA470F01",
                        "empty": "00", "reserved": "FF", "cut": "072A8648CE3D0301"}.items():
        yield key_case(f"7_1_curve_{name}", bytes.fromhex(other) + pgp.mpi(b"\x04" + x + y), "KEY_ALGORITHM")
    for algorithm in (2, 16, 17, 18, 20, 25, 28, 99):
        yield key_case(f"7_1_key_algorithm_{algorithm}", oid + pgp.mpi(b"\x04" + x + y), "KEY_ALGORITHM", algorithm=algorithm)


SMALL_ORDER = {
    "identity": "0100000000000000000000000000000000000000000000000000000000000000",
    "order_2": "ECFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF7F",
    "order_4": "0000000000000000000000000000000000000000000000000000000000000000",
    "order_4_sign": "0000000000000000000000000000000000000000000000000000000000000080",
    "order_8": "26E8958FC2B227B045C3F489F2EF98F0D5DFAC05D3C63339B13802886D53FC05",
    "order_8_other": "C7176A703D4DD84FBA3C0B760D10670F2A2053FA2C39CCC64EC7FD7792AC037A",
    "not_canonical_p": "EDFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF7F",
    "not_canonical_p_plus_1": "EEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF7F",
    "not_canonical_p_plus_3": "F0FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF7F",
    "not_on_the_curve": "0200000000000000000000000000000000000000000000000000000000000000",
}


def eddsa():
    by = key()
    data, digest = hashed_by(sign())
    r, s = by.sign(digest, "sha512")
    s_number = int.from_bytes(s, "little")
    for name, numbers, expect in [
            ("made_by_hand_good", (r, s), "OK"), ("s_plus_l", (r, (s_number + L).to_bytes(32, "little")), "SIGNATURE_WRONG"),
            ("s_is_0", (r, bytes(32)), "SIGNATURE_WRONG"),
            ("r_is_0", (bytes(32), s), "SIGNATURE_WRONG"), ("r_is_the_identity", (bytes.fromhex(SMALL_ORDER["identity"]), s),
                                                            "SIGNATURE_WRONG"),
            ("swapped", (s, r), "SIGNATURE_WRONG"), ("r_negated", (r[:31] + bytes([r[31] ^ 0x80]), s), "SIGNATURE_WRONG"),
            ("text_in_place_of_its_digest", by.private.sign(data), "SIGNATURE_WRONG"),
    ]:
        numbers = (numbers[:32], numbers[32:]) if isinstance(numbers, bytes) else numbers
        yield case(f"7_4_{name}", expect, clearsign(TEXT, sign(numbers=b"".join(map(pgp.mpi, numbers)))))
    oid = bytes.fromhex("092B06010401DA470F01")
    public = by.material[-32:]

    def key_case(name, material, expect="KEY_NUMBERS", **how):
        bad = Key(at=MADE, private=by.private, material=material)
        return case(f"7_4_key_{name}", expect, clearsign(TEXT, sign(bad, **how)), certificate_of(bad))

    for name, point in SMALL_ORDER.items():
        # With the identity for a key, R = identity and S = 0 is a signature of anything.
        yield key_case(name, oid + pgp.mpi(b"\x40" + bytes.fromhex(point)),
                       numbers=pgp.mpi(bytes.fromhex(SMALL_ORDER["identity"])) + pgp.mpi(0))
    yield key_case("prefix", oid + pgp.mpi(b"\x41" + public))
    yield key_case("no_prefix", oid + pgp.mpi(b"\x01" + public[1:]))
    yield key_case("short", oid + pgp.mpi(b"\x40" + public[:31]))
    yield key_case("long", oid + pgp.mpi(b"\x40" + public + b"\0"), "KEY_SYNTAX")
    yield key_case("left_over", oid + pgp.mpi(b"\x40" + public) + b"\0", "KEY_SYNTAX")
    yield key_case("nothing", b"", "KEY_ALGORITHM")
    yield key_case("curve25519_for_encryption", bytes.fromhex("0A2B060104019755010501") + pgp.mpi(b"\x40" + public),
                   "KEY_ALGORITHM")


def cases():
    for group in (signatures, subpackets, rsa, ecdsa, eddsa):
        yield from group()
