"""Cases of what a signed message looks like: the cleartext framework, its armor, the packets in it; see built.py."""

import openpgp as pgp
from built import CANONICAL, GOOD, KEYRING, MARKER, PADDING, SIGNED, TEXT, armored, case, key, replaced, sign
from meaningless import ALPHABET
from openpgp import Signature, clearsign, packet, subpacket

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


def cases():
    for group in (framework, armor, packets):
        yield from group()
