"""Cases that the packet builder makes: each has exactly one defect, and is named after the rule of rules.txt that it breaks. Those
whose name ends in _good show that the rule goes no further."""

import functools
import hashlib
from dataclasses import replace

import openpgp as pgp
from case import DAY, NOW, Case
from meaningless import ALPHABET
from openpgp import Key, Signature, certificate, clearsign, packet, subkey, subpacket

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


# ---- 2: the cleartext framework ----

def framework():
    block = GOOD[GOOD.index(b"-----BEGIN PGP SIGNATURE"):]
    first_line = b"x" * 32768 + b"\n"
    for name, expect, message in [
            ("2_1_empty", "NOT_SIGNED", b""),
            ("2_1_only_white_space", "NOT_SIGNED", b" \n\t\r\n"),
            ("2_1_text_before", "NOT_SIGNED", b"hello\n" + GOOD),
            ("2_1_json_before", "NOT_SIGNED", TEXT + b"\n" + GOOD),
            ("2_1_byte_order_mark", "NOT_SIGNED", b"\xef\xbb\xbf" + GOOD),
            ("2_1_text_after", "MESSAGE_TRAILING", GOOD + b"hello"),
            ("2_1_second_message", "MESSAGE_TRAILING", GOOD + GOOD),
            ("2_1_second_signature_block", "MESSAGE_TRAILING", GOOD + block),
            ("2_1_key_block_after", "MESSAGE_TRAILING", GOOD + armored(KEYRING)),
            ("2_1_key_block_before", "NOT_SIGNED", armored(KEYRING) + GOOD),
            ("2_1_signature_block_alone", "NOT_SIGNED", block),
            ("2_1_lines_joined", "LINES_JOINED", GOOD.replace(b"\n", b"")),
            ("2_1_white_space_around_good", "OK", b" \n\r\n" + GOOD + b"\r\n \t\n"),
            ("2_3_bare_cr_at_the_end", "MESSAGE_BARE_CR", GOOD + b"\r"),
            ("2_4_cr_behind", "LINES_JOINED", replaced(GOOD, b"MESSAGE-----\n", b"MESSAGE-----\r\r\n")),
            ("2_4_lower_case", "NOT_SIGNED", replaced(GOOD, b"BEGIN PGP SIGNED", b"begin pgp signed")),
            ("2_4_four_dashes", "NOT_SIGNED", GOOD[1:]),
            ("2_4_four_dashes_behind", "NOT_SIGNED", replaced(GOOD, b"MESSAGE-----", b"MESSAGE----")),
            ("2_4_six_dashes", "NOT_SIGNED", b"-" + GOOD),
            ("2_4_indented", "NOT_SIGNED", b" " + GOOD),
            ("2_4_text_behind", "LINES_JOINED", replaced(GOOD, b"MESSAGE-----", b"MESSAGE----- hello")),
            ("2_4_other_label", "NOT_SIGNED", replaced(GOOD, b"PGP SIGNED MESSAGE", b"PGP MESSAGE")),
            ("2_4_blanks_behind_good", "OK", replaced(GOOD, b"MESSAGE-----", b"MESSAGE----- \t")),
            ("2_6_dash", "MESSAGE_DASH", replaced(GOOD, b"\n{", b"\n-\n{")),
            ("2_6_dash_and_letter", "MESSAGE_DASH", replaced(GOOD, b"\n{", b"\n-a\n{")),
            ("2_6_dash_and_tab", "MESSAGE_DASH", replaced(GOOD, b"\n{", b"\n-\t{")),
            ("2_6_other_begin_line", "MESSAGE_DASH", replaced(GOOD, b"BEGIN PGP SIGNATURE", b"BEGIN PGP MESSAGE")),
            ("2_6_four_dashes", "MESSAGE_DASH", replaced(GOOD, b"\n-----BEGIN PGP SIG", b"\n----BEGIN PGP SIG")),
            ("2_6_indented_signature_block", "MESSAGE_DASH", replaced(GOOD, b"\n-----BEGIN PGP SIG", b"\n -----BEGIN PGP SIG")),
            ("2_6_no_signature_block", "MESSAGE_NO_SIGNATURE", GOOD[:GOOD.index(b"-----BEGIN PGP SIGNATURE")]),
            ("2_7_line_end_before_the_signature", "SIGNATURE_WRONG",
             replaced(GOOD, b"\n-----BEGIN PGP SIG", b"\n\n-----BEGIN PGP SIG")),
            ("2_7_blank_line_in_front", "SIGNATURE_WRONG", replaced(GOOD, b"\n{", b"\n\n{")),
            ("2_7_no_break_space_at_line_end", "SIGNATURE_WRONG", replaced(GOOD, b"}\n", b"}\xc2\xa0\n")),
            ("2_7_indented", "SIGNATURE_WRONG", replaced(GOOD, b"\n{", b"\n {")),
            ("2_7_blanks_at_line_end_good", "OK", replaced(GOOD, b"}\n", b"} \t \n")),
            ("2_7_signed_with_its_last_line_end", "SIGNATURE_WRONG", clearsign(TEXT, sign().packet(CANONICAL + b"\r\n"))),
            ("2_7_signed_with_lf_only", "SIGNATURE_WRONG", clearsign(b"a\nb", sign().packet(b"a\nb"))),
            ("2_7_signed_with_blanks", "SIGNATURE_WRONG", clearsign(TEXT + b" ", sign().packet(CANONICAL + b" "))),
            ("2_7_signed_with_dash_escape", "SIGNATURE_WRONG", clearsign(b"-a", sign().packet(b"- -a"))),
            ("2_8_long_line", "MESSAGE_TOO_LARGE", clearsign(b"x" * 32769, sign())),
            ("2_8_long_line_good", "OK", clearsign(b"x" * 32768, sign())),
            ("10_1_size", "MESSAGE_TOO_LARGE", GOOD + b"\n" * (65537 - len(GOOD))),
            ("10_1_lines", "MESSAGE_TOO_LARGE", GOOD + b"\n" * (3001 - GOOD.count(b"\n"))),
            ("10_1_lines_good", "OK", GOOD + b"\n" * (3000 - GOOD.count(b"\n"))),
            ("10_1_size_good", "OK", clearsign(first_line + b"y" * (65536 - len(clearsign(first_line, sign()))), sign())),
    ]:
        yield case(name, expect, message)

    for name, octet in {"nul": 0, "backspace": 8, "vertical_tab": 11, "form_feed": 12, "escape": 27, "delete": 127}.items():
        text = b"a" + bytes([octet]) + b"b"
        yield case(f"2_2_{name}", "MESSAGE_CONTROL", clearsign(text, sign()))
    yield case("2_2_nul_behind", "MESSAGE_CONTROL", GOOD + b"\0")
    yield case("2_2_form_feed_at_line_end", "MESSAGE_CONTROL", replaced(GOOD, b"}\n", b"}\f\n"))
    yield case("2_2_escape_in_an_armor_header", "MESSAGE_CONTROL", clearsign(TEXT, sign(), headers=["Comment: \x1b[2J"]))
    yield case("2_3_bare_cr", "MESSAGE_BARE_CR", clearsign(b"a\rb", sign()))
    for name, octets in {"lone": b"\xff", "overlong": b"\xc0\x80", "surrogate": b"\xed\xa0\x80", "cut": b"\xe2\x82",
                         "too_large": b"\xf4\x90\x80\x80"}.items():
        yield case(f"2_2_utf8_{name}", "MESSAGE_UTF8", clearsign(b"a" + octets + b"b", sign()))

    hash_line = b"Hash: SHA512\n"
    for name, line in {
            "comment_header": b"Hash: SHA512\nComment: hello\n", "version_header": b"Version: 1\n",
            "charset_header": b"Charset: UTF-8\n",
            "not_dash_escaped": b"NotDashEscaped: You need GnuPG to verify this message\n", "text": b"hello\n",
            "unknown_digest": b"Hash: SHA513\n",
            "lower_case_digest": b"Hash: sha512\n", "lower_case_key": b"hash: SHA512\n", "no_digest": b"Hash: \n",
            "comma_at_the_end": b"Hash: SHA512,\n",
            "two_commas": b"Hash: SHA512,,SHA256\n", "no_space": b"Hash:SHA512\n", "no_comma": b"Hash: SHA512 SHA256\n",
            "semicolon": b"Hash: SHA512;SHA256\n",
            "json": TEXT + b"\n", "indented": b" Hash: SHA512\n", "33_headers": hash_line * 33,
            "long_header": b"Hash: SHA512" + b", MD5" * 101 + b"\n",
    }.items():
        yield case(f"2_5_{name}", "MESSAGE_HEADER", replaced(GOOD, hash_line, line))
    yield case("2_5_no_blank_line", "MESSAGE_HEADER", replaced(GOOD, hash_line + b"\n", hash_line))
    yield case("2_5_end", "MESSAGE_NO_SIGNATURE", b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n")
    for name, line in {
            "no_header": b"", "other_digest": b"Hash: MD5\n", "list": b"Hash: SHA256 ,\tSHA3-512,RIPEMD160\n",
            "32_headers": hash_line * 32,
            "long_header": b"Hash: SHA512" + b", MD5" * 100 + b"\n", "crlf": b"Hash: SHA512 \r\n",
    }.items():
        yield case(f"2_5_{name}_good", "OK", replaced(GOOD, hash_line, line))


# ---- 3: the armor of the signature block ----

def base64_changed(change):
    """The good message, with its base64 (without line ends) changed."""
    message = clearsign(TEXT, sign(), checksum=False, width=1000)
    lines = message.split(b"\n")
    at = len(lines) - 3
    lines[at] = change(lines[at])
    return b"\n".join(lines)


def padded(count):
    """A message whose base64 ends in so many padding characters."""
    for size in range(3):
        made = Signature(key(), at=SIGNED, more=[subpacket(60, bytes(size))])
        if -len(made.packet(CANONICAL)) % 3 == count:
            return made
    raise ValueError(count)


def armor():
    good = clearsign(TEXT, sign(), headers=["Version: 1", "Comment: a", "Unknown-Key: b"])
    yield case("3_1_headers_good", "OK", good)
    yield case("3_1_no_colon", "ARMOR_SYNTAX", clearsign(TEXT, sign(), headers=["Version 1"]))
    yield case("3_1_no_blank_line", "ARMOR_SYNTAX", replaced(GOOD, b"SIGNATURE-----\n\n", b"SIGNATURE-----\n"))
    yield case("3_1_blanks_on_the_blank_line_good", "OK", replaced(GOOD, b"SIGNATURE-----\n\n", b"SIGNATURE-----\n \t\n"))
    yield case("10_1_armor_headers", "ARMOR_SYNTAX", clearsign(TEXT, sign(), headers=["A: b"] * 33))
    yield case("10_1_armor_headers_good", "OK", clearsign(TEXT, sign(), headers=["A: b"] * 32))
    yield case("10_1_long_armor_header", "ARMOR_SYNTAX", clearsign(TEXT, sign(), headers=["A: " + "b" * 2046]))
    yield case("10_1_long_armor_header_good", "OK", clearsign(TEXT, sign(), headers=["A: " + "b" * 2045]))

    for name, change in {
            "other_character": lambda data: data[:9] + b"!" + data[9:], "url_alphabet": lambda data: data[:8] + b"_" + data[9:],
            "padding_inside": lambda data: data[:8] + b"==" + data[10:], "padding_only": lambda data: b"====" + data,
            "one_digit_less": lambda data: data.rstrip(b"=")[:-1] if data[-1:] != b"=" else data[:-1],
            "one_digit_more": lambda data: data + b"A",
            "blank_inside": lambda data: data[:8] + b" " + data[8:], "indented": lambda data: b" " + data,
            "data_behind_the_checksum": lambda data: data[:100] + b"\n=AAAA\n" + data[100:],
            "two_checksums": lambda data: data + b"\n=AAAA\n=AAAA",
            "two_checksums_in_a_line": lambda data: data + b"\n=AAAA=AAAA",
            "checksum_at_the_line_end": lambda data: data + b"=AAAA",
    }.items():
        yield case(f"3_2_{name}", "ARMOR_BASE64", base64_changed(change))
    for count in (1, 2):
        message = clearsign(TEXT, padded(count), checksum=False, width=1000)
        padding = b"=" * count + b"\n"
        assert padding in message
        yield case(f"3_2_padding_of_{count}_good", "OK", message)
        yield case(f"3_2_no_padding_of_{count}", "ARMOR_BASE64", replaced(message, padding, b"\n"))
        yield case(f"3_2_more_padding_than_{count}", "ARMOR_BASE64", replaced(message, padding, b"=" + padding))
        yield case(f"3_2_data_behind_padding_of_{count}", "ARMOR_BASE64", replaced(message, padding, padding[:-1] + b"AAAA\n"))
        last = message.index(padding) - 1
        digit = ALPHABET[ALPHABET.index(message[last]) + 1]
        yield case(f"3_2_unused_bits_of_{count}", "ARMOR_BASE64", message[:last] + bytes([digit]) + message[last + 1:])
        yield case(f"3_2_padding_of_{count}_on_its_own_line_good", "OK", replaced(message, padding, b"\n" + padding))
    for width in (1, 3, 76, 1000):
        yield case(f"3_2_lines_of_{width}_good", "OK", clearsign(TEXT, sign(), width=width))
    yield case("3_2_blanks_and_empty_lines_good", "OK",
               base64_changed(lambda data: data[:50] + b" \t\n\n \n" + data[50:] + b"\n\n"))
    yield case("3_2_no_end", "MESSAGE_NO_SIGNATURE", GOOD[:GOOD.index(b"-----END")])

    checksum = GOOD[GOOD.rindex(b"\n=") + 1:GOOD.rindex(b"\n-----END")]
    for name, line in {"wrong": b"=AAAA", "none": b"", "with_blanks": checksum + b" \t"}.items():
        yield case(f"3_3_checksum_{name}_good", "OK", GOOD.replace(checksum, line))
    for name, line in {"short": b"=AAA", "long": b"=AAAAA", "padded": b"=AA==", "other_character": b"=AA!A"}.items():
        yield case(f"3_3_checksum_{name}", "ARMOR_BASE64", GOOD.replace(checksum, line))

    end = b"-----END PGP SIGNATURE-----"
    for name, line in {
            "text_behind": end + b" hello", "other_label": b"-----END PGP MESSAGE-----", "four_dashes": end[1:],
            "four_dashes_behind": end[:-1],
            "lower_case": end.lower(), "begin_again": b"-----BEGIN PGP SIGNATURE-----", "dash_escaped": b"- " + end,
    }.items():
        yield case(f"3_4_{name}", "ARMOR_SYNTAX", replaced(GOOD, end + b"\n", line + b"\n\n" + end + b"\n"))
    yield case("3_4_last_line", "MESSAGE_NO_SIGNATURE", replaced(GOOD, end, b"-----END PGP MESSAGE-----"))
    yield case("3_4_blanks_behind_good", "OK", replaced(GOOD, end, end + b" \t"))
    yield case("3_4_indented", "ARMOR_BASE64", replaced(GOOD, end, b" " + end))


# ---- 4: packets in the signature block ----

def packets():
    body = sign().body(CANONICAL)
    right = packet(pgp.SIGNATURE, body)

    for old in (False, True):
        for form in ((1, 2, 4) if old else (1, 5)):
            yield case(f"4_1_{'old' if old else 'new'}_length_of_{form}_good", "OK",
                       clearsign(TEXT, packet(pgp.SIGNATURE, body, old=old, form=form)))
    long = sign(more=[subpacket(60, bytes(200))])
    yield case("4_1_new_length_of_2_good", "OK", clearsign(TEXT, packet(pgp.SIGNATURE, long.body(CANONICAL), form=2)))
    for name, octets in {
            "bit_7_clear": b"\x42" + right[1:], "indeterminate": b"\x8b" + body, "partial": b"\xc2\xe9" + body + b"\0" * 512,
            "beyond_the_end": packet(pgp.SIGNATURE, body, size=len(body) + 1), "one_octet_missing": right[:-1],
            "huge": b"\xc2\xff\xff\xff\xff\xff" + body, "huge_old": b"\x8a\xff\xff\xff\xff" + body,
            "wrapping": b"\xc2\xff\xff\xff\xff\xfa" + body, "header_cut": right + b"\xc2", "length_cut": right + b"\xc2\xff\0\0",
            "old_length_cut": right + b"\x89\0",
    }.items():
        yield case(f"4_1_{name}", "PACKET_SYNTAX", clearsign(TEXT, octets))
    for tag in [*range(0, 2), *range(3, 10), *range(11, 21), 22, 39]:
        yield case(f"4_2_packet_{tag}", "PACKET_UNEXPECTED", clearsign(TEXT, right, packet(tag, b"PGP")))
    yield case("4_2_literal_packet", "PACKET_UNEXPECTED", clearsign(TEXT, packet(11, b"t\0\0\0\0\0" + TEXT), right))
    yield case("4_2_one_pass_packet", "PACKET_UNEXPECTED", clearsign(TEXT,
                                                                     packet(4, b"\x03\x01\x0a\x16" + key().key_id + b"\x01"),
                                                                     right))
    yield case("4_2_compressed_packet", "PACKET_UNEXPECTED", clearsign(TEXT, packet(8, b"\0" + right), right))
    yield case("4_2_certificate", "PACKET_UNEXPECTED", clearsign(TEXT, right, KEYRING))
    for tag in (PADDING, 40, 60, 63):
        yield case(f"4_2_packet_{tag}_good", "OK", clearsign(TEXT, packet(tag, b"any"), right, packet(tag, b"")))
    yield case("4_2_marker_good", "OK", clearsign(TEXT, packet(MARKER, b"PGP"), right))
    for name, contents in {"other": b"PGQ", "longer": b"PGPP", "empty": b""}.items():
        yield case(f"4_2_marker_{name}", "PACKET_UNEXPECTED", clearsign(TEXT, packet(MARKER, contents), right))
    yield case("4_3_octet_behind", "PACKET_SYNTAX", clearsign(TEXT, right + b"\0"))
    yield case("4_3_octet_in_front", "PACKET_SYNTAX", clearsign(TEXT, b"\0" + right))
    yield case("10_2_packets", "PACKET_TOO_MANY", clearsign(TEXT, right, packet(PADDING, b"") * 64))
    yield case("10_2_packets_good", "OK", clearsign(TEXT, right, packet(PADDING, b"") * 63))
    yield case("10_2_signatures", "PACKET_TOO_MANY", clearsign(TEXT, right * 17))
    yield case("10_2_signatures_good", "OK", clearsign(TEXT, right * 16))
    yield case("1_4_no_packet", "SIGNATURE_NONE", clearsign(TEXT, b""))
    yield case("1_4_only_padding", "SIGNATURE_NONE", clearsign(TEXT, packet(PADDING, b"any")))
    for name, other in {"malformed": packet(pgp.SIGNATURE, b"\x04"), "empty": packet(pgp.SIGNATURE, b""),
                        "unknown": packet(pgp.SIGNATURE, b"\x07" + body),
                        "wrong": sign().packet(b"other"), "stranger": sign(key(number=9)).packet(CANONICAL)}.items():
        yield case(f"1_4_{name}_beside_good", "OK", clearsign(TEXT, other, right))
        yield case(f"1_4_{name}_behind_good", "OK", clearsign(TEXT, right, other))


    # whose reason is told: that of a signature which names a key of the keyring, then that of one which names nobody
    stranger, unreadable = sign(key(number=9)).packet(CANONICAL), packet(pgp.SIGNATURE, b"\x07" + body)
    elsewhere = sign(key(number=9), algorithm=99).packet(CANONICAL)
    expired = sign(more=[subpacket(3, pgp.number(1, 4))]).packet(CANONICAL)
    for name, first, second, expect in [
            ("stranger_and_unreadable", stranger, unreadable, "SIGNATURE_VERSION"),
            ("unreadable_and_expired", unreadable, expired, "SIGNATURE_EXPIRED"),
            ("stranger_and_expired", stranger, expired, "SIGNATURE_EXPIRED"),
            ("strangers_algorithm_and_expired", elsewhere, expired, "SIGNATURE_EXPIRED"),
            ("strangers_algorithm_and_wrong", elsewhere, sign().packet(b"other"), "SIGNATURE_WRONG"),
    ]:
        yield case(f"1_4_reason_of_{name}", expect, clearsign(TEXT, first, second))
        yield case(f"1_4_reason_of_{name}_turned", expect, clearsign(TEXT, second, first))
    yield case("1_4_reason_of_the_first", "SIGNATURE_WRONG", clearsign(TEXT, sign().packet(b"other"), expired))


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
    for group in (framework, armor, packets, signatures, subpackets, rsa, ecdsa, eddsa, keyrings, self_signatures, revocations,
                  subkeys, work):
        yield from group()
