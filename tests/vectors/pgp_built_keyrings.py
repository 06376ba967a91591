"""Cases of keyrings: certificates, what their own signatures say of them, and how much is tried; see built.py."""

import openpgp as pgp
from built import ALICE, ATTRIBUTE, KEYRING, MADE, MARKER, NAMED, PADDING, SIGNED, TEXT, TRUST, UNNAMED, USER_ID, armored, case, certificate_of, key, replaced, sign
from case import DAY, NOW
from openpgp import Key, Signature, certificate, clearsign, packet, subkey, subpacket

# ---- 8: keyrings and certificates ----

def unsupported(tag):
    """Key packets of unknown versions, and such that are cut off."""
    return b"".join(packet(tag, body) + packet(pgp.USER_ID, b"a") for body in (b"\x03" + bytes(20), b"\x07" + bytes(20), b"\x04",
                                                                               b""))


def many(count):
    """So many certificates of unusable keys."""
    return b"".join(packet(pgp.PUBLIC_KEY, b"\x04" + bytes([number]) * 20) for number in range(count))


def keyrings():
    block = armored(KEYRING)
    second_keyring = certificate_of(key(number=1))
    second, padding = armored(second_keyring), packet(PADDING, b"any")
    end = b"-----END PGP PUBLIC KEY BLOCK-----"
    digit = block.index(b"\n\n") + 20
    for name, expect, keyring in [
            ("8_1_empty", "KEYRING_EMPTY", b""),
            ("8_1_only_text", "KEYRING_EMPTY", b"hello\n"),
            ("8_1_text_between_good", "OK", b"a\n" + second + b"b\n\n" + block + b"c"),
            ("8_1_damaged_base64", "ARMOR_BASE64", block[:digit] + b"!" + block[digit + 1:]),
            ("8_1_damaged_block_beside", "ARMOR_BASE64", block + second[:digit] + b"!" + second[digit + 1:]),
            ("8_1_no_end", "ARMOR_SYNTAX", replaced(block, end + b"\n", b"")),
            ("8_1_no_end_and_another_block", "ARMOR_SYNTAX", replaced(second, end + b"\n", b"") + block),
            ("8_1_damaged_begin_line", "ARMOR_SYNTAX", block + second[1:]),
            ("8_1_indented_begin_line", "ARMOR_SYNTAX", b" " + second + block),
            ("8_1_secret_block", "KEYRING_SECRET", block + pgp.armor(packet(pgp.SECRET_KEY, key().body + b"\0"),
                                                                     "PGP PRIVATE KEY BLOCK")),
            ("8_1_secret_key", "KEYRING_SECRET", armored(packet(pgp.SECRET_KEY, key().body + b"\0"))),
            ("8_1_secret_subkey", "KEYRING_SECRET", armored(KEYRING + packet(7, key().body + b"\0"))),
            ("8_1_secret_key_binary", "KEYRING_SECRET", packet(pgp.SECRET_KEY, key().body + b"\0")),
            ("8_1_cut_packet", "PACKET_SYNTAX", armored(KEYRING[:-1])),
            ("8_1_cut_binary", "PACKET_SYNTAX", KEYRING[:-1]),
            ("8_1_octet_behind", "PACKET_SYNTAX", KEYRING + b"\0"),
            ("8_1_partial_length", "PACKET_SYNTAX", b"\xc6\xe9" + bytes(600)),
            ("8_1_lone_signature", "CERTIFICATE_SYNTAX", Signature(key(), pgp.KEY_REVOCATION, at=MADE).packet(key().hashed)),
            ("8_1_lone_user_id", "CERTIFICATE_SYNTAX", packet(pgp.USER_ID, USER_ID)),
            ("8_1_marker_first_good", "OK", armored(packet(MARKER, b"PGP") + KEYRING)),
            ("8_1_padding_first_good", "OK", packet(PADDING, b"any") + KEYRING),
            ("8_1_only_padding", "KEYRING_EMPTY", packet(PADDING, b"any")),
            ("8_2_skipped_packets_good", "OK",
             KEYRING + packet(MARKER, b"PGP") + packet(TRUST, b"a") + padding + packet(40, b"") + packet(63, b"a")),
            ("8_2_unknown_signature_version_good", "OK", KEYRING + b"".join(packet(pgp.SIGNATURE,
                                                                                   body) for body in (b"\x07a", b"\x03a", b""))),
            ("8_2_literal_packet", "KEY_MALFORMED_CERTIFICATE", KEYRING + packet(11, b"a")),
            ("8_2_unknown_critical_packet", "KEY_MALFORMED_CERTIFICATE", KEYRING + packet(39, b"a")),
            ("8_2_marker_of_other_contents", "KEY_MALFORMED_CERTIFICATE", KEYRING + packet(MARKER, b"a")),
            ("8_2_literal_packet_in_the_neighbour_good", "OK", second_keyring + packet(11, b"a") + KEYRING),
            ("8_2_unsupported_neighbours_good", "OK",
             unsupported(pgp.PUBLIC_KEY) + certificate_of(Key(algorithm=17, at=MADE)) + KEYRING),
            ("8_2_unsupported_subkeys_good", "OK", KEYRING + unsupported(pgp.PUBLIC_SUBKEY)),
            ("8_2_user_id_empty_good", "OK", certificate_of(user_id=b"")),
            ("8_2_user_id_not_utf8_good", "OK", certificate_of(user_id=b"\xff\0")),
            ("8_2_user_id_long_good", "OK", certificate_of(user_id=b"x" * 9000)),
            ("10_4_certificates", "CERTIFICATE_TOO_MANY", many(65)),
            ("10_4_certificates_good", "OK", many(63) + KEYRING),
            ("10_4_packets", "PACKET_TOO_MANY", KEYRING + packet(PADDING, b"") * 998),
            ("10_4_packets_good", "OK", KEYRING + packet(PADDING, b"") * 997),
            ("10_4_packets_in_two_blocks_good", "OK",
             b"".join(armored(each + padding * 997) for each in (KEYRING, second_keyring))),
    ]:
        yield case(name, expect, keyring=keyring)
    for version in (2, 3, 5, 7):
        other = Key(at=MADE, version=version, private=key().private)
        yield case(f"8_3_version_{version}", "KEYRING_EMPTY", clearsign(TEXT, sign(other)), certificate_of(other))
        yield case(f"8_3_version_{version}_armored", "KEYRING_EMPTY", clearsign(TEXT, sign(other)),
                   armored(certificate_of(other)))
    # the size that its fingerprint is over has two octets
    large = {size: packet(pgp.PUBLIC_KEY, b"\x04" + bytes(size - 1)) for size in (0xFFFF, 0x10000)}
    yield case("8_3_v4_key_of_65536_octets", "KEYRING_EMPTY", keyring=large[0x10000])
    yield case("8_3_v4_key_of_65535_octets", "SIGNATURE_UNKNOWN_ISSUER", keyring=large[0xFFFF])
    yield case("8_3_v4_keys_of_65536_octets_beside_good", "OK",
               keyring=large[0x10000] + KEYRING + packet(pgp.PUBLIC_SUBKEY, b"\x04" + bytes(0xFFFF)))
    yield case("8_3_creation_time_is_part_of_the_key", "SIGNATURE_UNKNOWN_ISSUER",
               keyring=certificate_of(Key(at=MADE + 1, private=key().private)))


def bare(*signatures):
    """A certificate with these packets behind its user ID."""
    return NAMED + b"".join(signatures)


def certify(by=None, kind=pgp.CERTIFICATION, at=MADE, data=None, flags=pgp.MAY_CERTIFY | pgp.MAY_SIGN, more=(), **how):
    more = [*([] if flags is None else [pgp.key_flags(flags)]), *more]
    return Signature(by or key(), kind, at=at, more=more, **how).packet(pgp.user_id_data(key(),
                                                                                         USER_ID) if data is None else data)


def direct(**how):
    return certify(kind=pgp.DIRECT_KEY, data=key().hashed, **how)


def revoke(kind=pgp.KEY_REVOCATION, data=None, by=None, at=MADE + DAY, **how):
    return Signature(by or key(), kind, at=at, **how).packet(key().hashed if data is None else data)


def self_signatures():
    """8.4 and what 9.1 to 9.5 make of it."""
    other = key(number=1)
    photo = key().hashed + b"\xd1" + pgp.number(len(USER_ID), 4) + USER_ID
    expires = subpacket(pgp.SIGNATURE_EXPIRES, pgp.number(29 * DAY, 4))
    for kind in (0x10, 0x11, 0x12, 0x13):
        yield case(f"8_4_certification_{kind:02x}_good", "OK", keyring=bare(certify(kind=kind)))
    for name, keyring in {
            "none": bare(), "by_another_key": bare(certify(other)),
            "by_another_key_as_ours": bare(certify(other, hashed=[pgp.created(MADE), pgp.issuer_fingerprint(key())])),
            "of_another_user_id": bare(certify(data=pgp.user_id_data(key(), b"Bob"))),
            "of_another_key": bare(certify(data=pgp.user_id_data(other, USER_ID))),
            "of_a_user_attribute": bare(certify(data=photo)),
            "sha224": bare(certify(digest="sha224")), "expired": bare(certify(more=[expires])),
            "from_the_future": bare(certify(at=NOW + 1)), "after_the_message": bare(certify(at=SIGNED + 1)),
            "critical": bare(certify(more=[subpacket(60, b"a", critical=True)])),
            "critical_notation": bare(certify(more=[subpacket(20, bytes(4) + b"\0\x01\0\x01ab", critical=True)])),
            "without_time": bare(certify(hashed=[pgp.issuer_fingerprint(key())])), "of_type_00": bare(certify(kind=0)),
            "of_type_18": bare(certify(kind=0x18)), "of_type_14": bare(certify(kind=0x14)),
            "left_16_bits": bare(certify(left=b"\x12\x34")),
            "before_its_user_id": UNNAMED + certify() + ALICE,
            "of_a_photo_only": UNNAMED + packet(ATTRIBUTE, USER_ID) + certify(data=photo),
    }.items():
        yield case(f"8_4_{name}", "KEY_NOT_CERTIFIED", keyring=keyring)
    rsa = key("rsa2048")
    for digest in ("sha1", "md5", "sha224"):
        yield case(f"8_4_{digest}_self_signature", "KEY_NOT_CERTIFIED", clearsign(TEXT, sign(rsa)),
                   certificate_of(rsa, digest=digest))
    p384 = key("nistp384")
    yield case("8_4_sha256_by_nistp384", "KEY_NOT_CERTIFIED", clearsign(TEXT, sign(p384)), certificate_of(p384, digest="sha256"))
    yield case("8_4_direct_key_signature_good", "OK", keyring=UNNAMED + direct())
    yield case("8_4_newest_counts", "KEY_MAY_NOT_SIGN", keyring=bare(certify(at=MADE + 2, flags=1), certify(at=MADE + 1)))
    yield case("8_4_newest_counts_good", "OK", keyring=bare(certify(at=MADE + 2), certify(at=MADE + 1, flags=1)))
    yield case("8_4_newest_of_the_signature_time", "KEY_MAY_NOT_SIGN",
               keyring=bare(certify(at=SIGNED + 2), certify(at=SIGNED - 1, flags=1)))
    yield case("8_4_newest_of_now", "KEY_MAY_NOT_SIGN", keyring=bare(certify(at=SIGNED + 2, flags=1), certify(at=SIGNED - 1)))
    yield case("8_4_newest_malformed_good", "OK", keyring=bare(certify(at=MADE + 2, flags=1,
                                                                       more=[subpacket(60, b"a", critical=True)]), certify()))
    yield case("8_6_certified_by_others_good", "OK", keyring=bare(certify(), certify(other, flags=1),
                                                                  *[certify(other, at=MADE + n) for n in range(50)]))

    yield case("9_1_key_from_the_future", "KEY_FUTURE", clearsign(TEXT, sign(key(at=NOW + 10), at=NOW + 20)),
               certificate_of(key(at=NOW + 10)))
    late = key(number=7, at=NOW + 10)
    yield case("9_1_subkey_from_the_future", "KEY_FUTURE", clearsign(TEXT, sign(late, at=NOW + 20)),
               certificate(key(), subkeys=[subkey(key(), late)]))
    yield case("9_1_signature_before_the_key", "SIGNATURE_OLDER_THAN_KEY", clearsign(TEXT, sign(at=MADE - 1)))
    yield case("9_1_signature_with_the_key_good", "OK", clearsign(TEXT, sign(at=MADE)))
    yield case("9_7_future", "SIGNATURE_FUTURE", clearsign(TEXT, sign(at=NOW + 301)))
    yield case("9_7_future_good", "OK", clearsign(TEXT, sign(at=NOW + 300)))
    yield case("9_7_far_future_but_wrong", "SIGNATURE_WRONG", clearsign(TEXT, sign(at=0xFFFFFFFF).packet(b"other")))
    yield case("9_7_far_future", "SIGNATURE_FUTURE", clearsign(TEXT, sign(at=0xFFFFFFFF)))

    for name, how, expect in [
            ("passed", {"seconds": 30 * DAY}, "KEY_EXPIRED"), ("one_second_left_good", {"seconds": 30 * DAY + 1}, "OK"),
            ("zero_good", {"seconds": 0}, "OK"), ("forever_good", {"seconds": 0xFFFFFFFF}, "OK"),
            ("before_the_signature", {"seconds": 1}, "KEY_EXPIRED"),
    ]:
        ends = [pgp.key_expires(how["seconds"])]
        yield case(f"9_4_user_id_{name}", expect, keyring=bare(certify(more=ends)))
        yield case(f"9_4_direct_{name}", expect, keyring=UNNAMED + direct(more=ends) + ALICE + certify())
    two = pgp.user_id_data(key(), b"Two")
    primary = subpacket(25, b"\x01")
    ended = [pgp.key_expires(1)]
    for name, first, second, expect in [
            ("flagged_user_id_expired", {"more": [primary, *ended]}, {"at": MADE + 5}, "KEY_EXPIRED"),
            ("other_user_id_expired_good", {"more": [primary]}, {"at": MADE + 5, "more": ended}, "OK"),
            ("newest_user_id_expired", {}, {"at": MADE + 5, "more": ended}, "KEY_EXPIRED"),
            ("flagged_older_user_id_expired", {"at": MADE + 5}, {"more": [primary, *ended]}, "KEY_EXPIRED"),
            ("older_user_id_expired_good", {"more": ended}, {"at": MADE + 5}, "OK"),
            ("newest_user_id_first_good", {"at": MADE + 5}, {"more": ended}, "OK"),
            ("newest_user_id_first_expired", {"at": MADE + 5, "more": ended}, {}, "KEY_EXPIRED"),
            ("newest_flagged_user_id_first_good", {"at": MADE + 5, "more": [primary]}, {"more": [primary, *ended]}, "OK"),
            ("newest_flagged_user_id_expired", {"more": [primary]}, {"at": MADE + 5, "more": [primary, *ended]}, "KEY_EXPIRED"),
    ]:
        yield case(f"9_4_{name}", expect, keyring=bare(certify(**first), packet(pgp.USER_ID, b"Two"),
                                                       certify(data=two, **second)))

    for name, keyring in {"no_flags": bare(certify(flags=None)), "certify_only": bare(certify(flags=1)),
                          "encrypt_only": bare(certify(flags=0x0C)), "authenticate_only": bare(certify(flags=0x20)),
                          "empty_flags": bare(certify(flags=None, more=[subpacket(27, b"")])),
                          "second_octet": bare(certify(flags=None, more=[subpacket(27, b"\0\x02")])),
                          "unhashed_flags": bare(certify(flags=None, more_unhashed=[pgp.key_flags(2)])),
                          "direct_forbids": UNNAMED + direct(flags=1) + ALICE + certify(),
                          "user_id_forbids": UNNAMED + direct() + ALICE + certify(flags=1)}.items():
        yield case(f"9_5_{name}", "KEY_MAY_NOT_SIGN", keyring=keyring)
    yield case("9_5_only_direct_flags_good", "OK", keyring=UNNAMED + direct() + ALICE + certify(flags=None))
    yield case("9_5_long_flags_good", "OK", keyring=bare(certify(flags=None, more=[subpacket(27, b"\x02\0\0\0\0")])))


def revocations():
    other, rsa = key(number=1), key("rsa2048")
    cut = len(UNNAMED)
    reasons = {"soft": b"\x01", "hard": b"\x02compromised"}
    for name, keyring in {
            "after_the_user_id": KEYRING + revoke(), "after_the_key": KEYRING[:cut] + revoke() + KEYRING[cut:],
            "before_all_else": KEYRING[:cut] + revoke(at=1) + KEYRING[cut:],
            "after_the_message": KEYRING + revoke(at=NOW), "from_the_future": KEYRING + revoke(at=NOW + 999),
            "certified_again": bare(certify(), revoke(), certify(at=MADE + 2 * DAY)),
            "in_another_copy": KEYRING + certificate_of(other) + KEYRING + revoke(),
            "in_the_first_copy": KEYRING + revoke() + KEYRING, "twice": KEYRING + revoke() + revoke(at=MADE + 2 * DAY),
            "in_a_copy_without_user_id": KEYRING + KEYRING[:cut] + revoke(),
            "behind_an_unknown_subkey": KEYRING + packet(pgp.PUBLIC_SUBKEY, b"\x09aaaaaaaa") + revoke(),
            "critical": KEYRING + revoke(more=[subpacket(60, b"a", critical=True)]),
            "expired": KEYRING + revoke(more=[subpacket(3, pgp.number(1, 4))]),
            "without_time": KEYRING + revoke(hashed=[pgp.issuer_fingerprint(key())]),
            "without_issuer": KEYRING + revoke(hashed=[pgp.created(MADE)], unhashed=[]),
            "recipient": KEYRING + revoke(more=[subpacket(35, b"\x04" + bytes(20))]),
            "with_malformed_subpackets": KEYRING + revoke(more=[b"\0"]),
            **{name: KEYRING + revoke(more=[subpacket(29, reason)]) for name, reason in reasons.items()},
    }.items():
        yield case(f"9_2_revoked_{name}", "KEY_REVOKED", keyring=keyring)
    yield case("8_5_sha1_revocation", "KEY_REVOKED", clearsign(TEXT, sign(rsa)),
               certificate_of(rsa) + revoke(by=rsa, data=rsa.hashed, digest="sha1"))
    yield case("8_5_sha256_revocation_by_nistp521", "KEY_REVOKED", clearsign(TEXT, sign(key("nistp521"))),
               certificate_of(key("nistp521")) + revoke(by=key("nistp521"), data=key("nistp521").hashed, digest="sha256"))
    short = key("rsa1024")
    yield case("8_5_revocation_by_a_short_key", "KEY_SIZE", clearsign(TEXT, sign(short)),
               certificate_of(short) + revoke(by=short, data=short.hashed))
    yield case("8_5_md5_revocation_good", "OK", keyring=KEYRING + revoke(digest="md5"))
    data, sub = pgp.user_id_data(key(), USER_ID), key(number=2)
    both = key().hashed + sub.hashed
    by_sub, bound = clearsign(TEXT, sign(sub)), certificate(key(), subkeys=[subkey(key(), sub)])
    early = {"SUBKEY_REVOKED": (by_sub, UNNAMED + revoke(0x28, both), bound),
             "KEY_NOT_CERTIFIED": (None, UNNAMED + revoke(0x30, data), KEYRING)}
    for expect, (message, first, then) in early.items():
        for name, keyring in {"another_copy": first + then, "a_copy_far_before": first + certificate_of(other) + then,
                              "another_block": armored(first) + armored(then), "two_copies": first + first + then,
                              "a_copy_before_two": first + UNNAMED + then}.items():
            yield case(f"8_5_{expect.lower()}_in_{name}", expect, message, keyring)
        yield case(f"8_5_{expect.lower()}_in_another_file", expect, message, armored(first), second_keyring=armored(then))
        yield case(f"8_5_{expect.lower()}_in_a_later_file", expect, message, armored(then), second_keyring=first)
    yield case("8_5_waiting_revocation_of_nothing_good", "OK",
               keyring=UNNAMED + revoke(0x28, key().hashed + other.hashed) + revoke(0x30, pgp.user_id_data(key(), b"Bob")) + KEYRING,
               arenas=True)
    yield case("8_5_waiting_revocation_by_another_good", "OK",
               keyring=UNNAMED + revoke(0x30, data, by=other, hashed=[pgp.created(MADE), pgp.issuer_fingerprint(key())]) + KEYRING)
    for name, keyring in {
            "by_another_key": KEYRING + revoke(by=other),
            "by_another_key_as_ours": KEYRING + revoke(by=other, hashed=[pgp.created(MADE), pgp.issuer_fingerprint(key())]),
            "of_another_key": KEYRING + revoke(data=other.hashed), "wrong": KEYRING + revoke(numbers=pgp.mpi(5) * 2),
            "of_an_unknown_user_id": KEYRING + revoke(0x30, pgp.user_id_data(key(), b"Bob")),
    }.items():
        yield case(f"8_5_revocation_{name}_good", "OK", keyring=keyring)

    for name, keyring, expect in [
            ("after", KEYRING + revoke(0x30, data), "KEY_NOT_CERTIFIED"),
            ("same_second", KEYRING + revoke(0x30, data, at=MADE), "KEY_NOT_CERTIFIED"),
            ("certified_again_good", bare(certify(), revoke(0x30, data), certify(at=MADE + 2 * DAY)), "OK"),
            ("future", KEYRING + revoke(0x30, data, at=NOW + DAY), "KEY_NOT_CERTIFIED"),
            ("twice", bare(certify(at=MADE + DAY + 1), revoke(0x30, data), revoke(0x30, data, at=MADE + 2 * DAY)), "KEY_NOT_CERTIFIED"),
            ("twice_newest_first", bare(certify(at=MADE + DAY + 1), revoke(0x30, data, at=MADE + 2 * DAY), revoke(0x30, data)),
             "KEY_NOT_CERTIFIED"),
            ("twice_certified_again_good", bare(certify(at=MADE + 2 * DAY + 1), revoke(0x30, data, at=MADE + 2 * DAY),
                                                revoke(0x30, data)), "OK"),
            ("elsewhere", bare(certify(), packet(pgp.USER_ID, b"Two"), revoke(0x30, data)), "KEY_NOT_CERTIFIED"),
            ("before_good", KEYRING + revoke(0x30, data, at=MADE - 1), "OK"),
            ("without_time", KEYRING + revoke(0x30, data, hashed=[pgp.issuer_fingerprint(key())]), "KEY_NOT_CERTIFIED"),
            ("by_another_good", KEYRING + revoke(0x30, data, by=other), "OK"),
            ("direct_key_signature_stays_good", UNNAMED + direct() + ALICE + certify() + revoke(0x30, data),
                                                                                       "OK"),
    ]:
        yield case(f"9_3_user_id_revoked_{name}", expect, keyring=keyring)


def subkeys():
    """9.6"""
    primary, sub, other = key(), key(number=2), key(number=3)
    message = clearsign(TEXT, sign(sub))
    data = primary.hashed + sub.hashed

    def back(by=sub, kind=pgp.BACK_SIGNATURE, over=data, at=MADE, **how):
        return pgp.embedded(Signature(by, kind, at=at, **how).body(over))

    def with_subkey(name, expect, behind=b"", message=message, certification=None, **how):
        return case(f"9_6_{name}", expect, message, certificate(primary, subkeys=[subkey(primary, sub, **how)],
                                                                **(certification or {})) + behind)

    yield with_subkey("subkey_good", "OK")
    yield with_subkey("primary_that_only_certifies_good", "OK", certification={"flags": 1})
    yield with_subkey("primary_without_flags_good", "OK", certification={"more": []})
    for name, how in {
            "no_back_signature": {"back_signature": b""}, "back_signature_by_the_primary": {"back_signature": back(primary)},
            "back_signature_by_another": {"back_signature": back(other)},
            "back_signature_of_type_18": {"back_signature": back(kind=0x18)},
            "back_signature_of_type_00": {"back_signature": back(kind=0)},
            "back_signature_over_the_subkey_only": {"back_signature": back(over=sub.hashed)},
            "back_signature_for_another_primary": {"back_signature": back(over=other.hashed + sub.hashed)},
            "back_signature_swapped": {"back_signature": back(over=sub.hashed + primary.hashed)},
            "back_signature_expired": {"back_signature": back(more=[subpacket(3, pgp.number(DAY, 4))])},
            "back_signature_from_the_future": {"back_signature": back(at=NOW + 1)},
            "back_signature_after_the_message": {"back_signature": back(at=SIGNED + 1)},
            "back_signature_sha224": {"back_signature": back(digest="sha224")},
            "back_signature_critical": {"back_signature": back(more=[subpacket(60, b"a", critical=True)])},
            "back_signature_without_time": {"back_signature": back(hashed=[])},
            "back_signature_malformed": {"back_signature": pgp.embedded(b"\x04")},
            "back_signature_empty": {"back_signature": pgp.embedded(b"")},
    }.items():
        yield with_subkey(name, "SUBKEY_NO_BACK_SIGNATURE", **how)
    yield with_subkey("back_signature_hashed_good", "OK", more=[pgp.key_flags(2), back()], more_unhashed=[])
    yield with_subkey("back_signature_second_good", "OK", more_unhashed=[back(other), back()])
    yield with_subkey("back_signature_without_issuer_good", "OK", back_signature=back(hashed=[pgp.created(MADE)], unhashed=[]))
    deep = back(more_unhashed=[back(more_unhashed=[back()])])
    yield with_subkey("nested_embedded_signatures_good", "OK", back_signature=deep)
    for name, how in {
            "no_binding_by_another": {"key": other}, "binding_of_type_00": {"type": 0}, "binding_of_type_19": {"type": 0x19},
            "binding_expired": {"more": [pgp.key_flags(2), subpacket(3, pgp.number(DAY, 4))]},
            "binding_from_the_future": {"at": NOW + 1}, "binding_after_the_message": {"at": SIGNED + 1},
            "binding_critical": {"more": [pgp.key_flags(2), subpacket(60, b"a", critical=True)]},
            "binding_sha224": {"digest": "sha224"}, "binding_wrong": {"numbers": pgp.mpi(5) * 2},
    }.items():
        if name == "no_binding_by_another":
            made = Signature(other, pgp.SUBKEY_BINDING, at=MADE, more=[pgp.key_flags(2)], more_unhashed=[back()]).packet(data)
            yield case(f"9_6_{name}", "SUBKEY_NOT_BOUND", message, certificate(primary, subkeys=[(sub, made)]))
        else:
            yield with_subkey(name, "SUBKEY_NOT_BOUND", **how)
    yield case("9_6_no_binding", "SUBKEY_NOT_BOUND", message, certificate(primary, subkeys=[(sub, b"")]))
    stolen = Signature(primary, pgp.SUBKEY_BINDING, at=MADE, more=[pgp.key_flags(2)], more_unhashed=[back()]).packet(data)
    yield case("9_6_binding_of_another_subkey", "SUBKEY_NOT_BOUND", clearsign(TEXT, sign(other)),
               certificate(primary, subkeys=[(other, stolen)]))
    for name, more in {"certify_only": [pgp.key_flags(1)], "encrypt_only": [pgp.key_flags(0x0C)], "no_flags": [],
                       "empty_flags": [subpacket(27, b"")]}.items():
        yield with_subkey(name, "KEY_MAY_NOT_SIGN", more=more)
    yield with_subkey("expired", "SUBKEY_EXPIRED", more=[pgp.key_flags(2), pgp.key_expires(30 * DAY)])
    yield with_subkey("one_second_left_good", "OK", more=[pgp.key_flags(2), pgp.key_expires(30 * DAY + 1)])
    for name, behind in {"revoked": revoke(0x28, data), "revoked_long_ago": revoke(0x28, data, at=1),
                         "revoked_in_the_future": revoke(0x28, data, at=NOW + DAY),
                         "revoked_behind_another_subkey": packet(pgp.PUBLIC_SUBKEY, other.body) + revoke(0x28, data),
                         "revoked_and_bound_again": revoke(0x28, data) + subkey(primary, sub, at=MADE + 2 * DAY)[1],
                         "revoked_in_another_copy": certificate(primary, subkeys=[(sub, revoke(0x28, data))]),
                         "revoked_critical": revoke(0x28, data, more=[subpacket(60, b"a", critical=True)])}.items():
        yield with_subkey(name, "SUBKEY_REVOKED", behind)
    for name, behind in {"revoked_by_another": revoke(0x28, data, by=other), "revoked_by_itself": revoke(0x28, data, by=sub),
                         "another_revoked": packet(pgp.PUBLIC_SUBKEY,
                                                   other.body) + revoke(0x28, primary.hashed + other.hashed)}.items():
        yield with_subkey(f"{name}_good", "OK", behind)
    yield with_subkey("key_revoked", "KEY_REVOKED", revoke())
    yield with_subkey("key_expired", "KEY_EXPIRED", certification={"more": [pgp.key_flags(3), pgp.key_expires(30 * DAY)]})
    yield with_subkey("key_not_certified", "KEY_NOT_CERTIFIED", certification={"numbers": pgp.mpi(5) * 2})
    unsupported = Key(at=MADE, private=primary.private, algorithm=17)
    yield case("9_6_unsupported_primary", "KEY_ALGORITHM", message, certificate(unsupported, subkeys=[subkey(unsupported, sub)]))
    rsa, rsa_sub = key("rsa2048"), key("rsa2048", number=2)
    again = subkey(rsa, rsa_sub, at=MADE + DAY)[1]
    yield case("9_6_rsa_subkey_bound_twice_good", "OK", clearsign(TEXT, sign(rsa_sub)),
               certificate(rsa, subkeys=[subkey(rsa, rsa_sub)]) + again, arenas=61)
    newer = subkey(primary, sub, at=MADE + DAY, flags=1)[1]
    yield with_subkey("newest_binding_counts", "KEY_MAY_NOT_SIGN", newer)
    yield with_subkey("newest_binding_first", "KEY_MAY_NOT_SIGN", subkey(primary, sub)[1], at=MADE + DAY, flags=1)
    late = key(number=4, at=SIGNED + 1)
    yield case("9_6_subkey_after_the_message", "SIGNATURE_OLDER_THAN_KEY", clearsign(TEXT, sign(late)),
               certificate(primary, subkeys=[subkey(primary, late)]))
    early = key(number=5, at=MADE - DAY)
    yield case("9_6_subkey_older_than_its_primary", "SIGNATURE_OLDER_THAN_KEY", clearsign(TEXT, sign(early, at=MADE - 1)),
               certificate(primary, subkeys=[subkey(primary, early, at=MADE)]))
    short = key("rsa1024")
    yield case("9_6_short_subkey_with_back_signature", "KEY_SIZE", clearsign(TEXT, sign(short)),
               certificate(primary, subkeys=[subkey(primary, short)]))
    bad = Key(at=MADE, private=sub.private, algorithm=17)
    yield case("9_6_unsupported_subkey", "KEY_ALGORITHM", clearsign(TEXT, sign(bad)),
               certificate(primary, subkeys=[subkey(primary, bad)]))


def work():
    """10.2 and 10.3: how much is tried."""
    sub = key(number=6)
    owners = [key(number=20 + number) for number in range(12)]

    def keyring(good, **how):
        return b"".join(certificate(owner, subkeys=[subkey(owner, sub, flags=2 if number in good else 1)], **how) for number,
                        owner in enumerate(owners))

    right, wrong = sign(sub), sign(sub, numbers=pgp.mpi(5) * 2)
    for number in (7, 8, 9, 11):
        expect = "OK" if number < 8 else "KEY_MAY_NOT_SIGN"
        yield case(f"10_2_candidate_{number + 1}{'_good' if number < 8 else ''}", expect, clearsign(TEXT, right),
                   keyring([number]))
    yield case("10_3_candidates", "SIGNATURE_WRONG", clearsign(TEXT, wrong), keyring(range(12)), operations=8)
    yield case("10_3_all", "SIGNATURE_WRONG", clearsign(TEXT, *[wrong] * 16), keyring(range(12)), operations=8)
    yield case("10_3_seven_wrong_good", "OK", clearsign(TEXT, *[sign(numbers=pgp.mpi(5) * 2)] * 7, sign()), operations=8)
    yield case("10_3_eight_wrong", "SIGNATURE_WRONG", clearsign(TEXT, *[sign(numbers=pgp.mpi(5) * 2)] * 8, sign()), operations=8)
    yield case("10_3_unknown_issuers", "SIGNATURE_UNKNOWN_ISSUER", clearsign(TEXT, *[right] * 16), operations=0)
    yield case("10_3_revoked_key", "KEY_REVOKED", keyring=KEYRING + revoke(), operations=0)
    yield case("10_3_one_signature_good", "OK", operations=1)
    yield case("1_4_subkey_of_two_certificates_good", "OK", clearsign(TEXT, right, right), keyring([0, 1]), signers=1)
    owner, own = owners[0], key(number=8)
    twice, older, newer = certificate(owner, subkeys=[subkey(owner, own)]), sign(owner), sign(own, at=SIGNED + 1)
    for name, signatures in {"last": (older, newer), "first": (newer, older)}.items():
        yield case(f"1_4_newest_signature_of_a_certificate_{name}_good", "OK", clearsign(TEXT, *signatures), twice, signers=1,
                   signer=own.fingerprint.hex())
    ended = sign(key(number=9), more=[subpacket(pgp.SIGNATURE_EXPIRES, pgp.number(1, 4))])
    wrong_by_own = sign(own, numbers=pgp.mpi(5) * 2)
    yield case("1_4_reason_of_an_expired_stranger", "SIGNATURE_EXPIRED", clearsign(TEXT, ended), twice, operations=0)
    yield case("1_4_reason_of_a_wrong_one_beside_an_expired_stranger", "SIGNATURE_WRONG", clearsign(TEXT, ended, wrong_by_own, ended), twice)
    yield case("1_4_three_signers_good", "OK", clearsign(TEXT, *map(sign, owners[:3])), b"".join(map(certificate, owners[:3])),
               signers=3, signer=owners[0].fingerprint.hex())


def cases():
    for group in (keyrings, self_signatures, revocations, subkeys, work):
        yield from group()
