"""Cases that gpg makes: what honest people send must be taken, and what they revoked or let expire must not."""

import functools
import os
import tempfile

import openpgp
from case import DAY, NOW, Case
from gpg import Gpg


ALGORITHMS = ["rsa2048", "rsa3072", "rsa4096", "nistp256", "nistp384", "nistp521", "ed25519", "brainpoolP256r1",
              "brainpoolP384r1", "brainpoolP512r1"]
FLIPPED = ["rsa2048", "nistp256", "nistp384", "nistp521", "ed25519", "brainpoolP256r1"]
MADE = NOW - 30 * DAY  # the keys
SIGNED = NOW - 60      # the messages
TEXT = b'{"username":"alice","key":"ssh-ed25519 AAAA","expire":"1h"}'

# The least that gpg takes for a picture.
JPEG = bytes.fromhex("FFD8FFE000104A46494600010100000100010000FFD9")


def canonical(text):
    """What comes out for a text that was signed."""
    return openpgp.canonical(text).replace(b"\r\n", b"\n")


def armored(binary):
    return openpgp.armor(binary, "PGP PUBLIC KEY BLOCK")


def signing(algorithm):
    """The algorithm of a signing subkey, as gpg --quick-add-key wants it: a curve alone is for encryption."""
    return algorithm + "/ecdsa" if algorithm.startswith(("nistp", "brainpool")) else algorithm


class Maker:
    def __init__(self):
        self.gpg = Gpg()

    def generate(self, algorithm="ed25519", at=MADE, **how):
        return self.gpg.generate(algorithm, at=at, **how)

    @functools.cached_property
    def alice(self):
        return self.generate(name="alice")

    @functools.cached_property
    def bob(self):
        return self.generate("nistp256", name="bob")

    @functools.cached_property
    def rsa(self):
        return self.generate("rsa2048", name="rsa")

    def add_subkey(self, key, algorithm, usage, expire="never", at=MADE + DAY):
        self.gpg.run("--quick-add-key", key, signing(algorithm), usage, expire, at=at)

    def export(self, *keys):
        return self.gpg.run("--export", *keys)

    def edit(self, key, commands, at=MADE + DAY):
        self.gpg.run("--command-fd", "0", "--expert", "--edit-key", key, at=at, input=commands.encode())

    def message(self, *keys, text=TEXT, at=SIGNED, options=()):
        message = self.gpg.clearsign(text + b"\n", *keys, at=at, options=options)
        assert message.startswith(b"-----BEGIN"), message
        return message

    def case(self, name, key, text=TEXT, at=SIGNED, options=(), keyring=None, message=None, **how):
        """A message by key, against a keyring of just its certificate unless there is another one."""
        keyring = self.export(key.rstrip("!")) if keyring is None else keyring
        message = message or self.message(key, text=text, at=at, options=options)
        return Case(f"gpg_{name}", keyring, message, text=canonical(text), **how)


def algorithms(make):
    for algorithm in ALGORITHMS:
        primary = make.generate(algorithm)
        yield make.case(f"primary_{algorithm}", primary, signer=primary, flips=algorithm in FLIPPED, sole=True)
        signer = make.generate(algorithm, usage="cert", subkey=(signing(algorithm), "sign"))
        yield make.case(f"subkey_{algorithm}", signer, arenas=algorithm == "ed25519", sole=True)
    for digest in ["SHA256", "SHA384", "SHA512"]:
        for key in (make.alice, make.bob):
            yield make.case(f"{digest.lower()}_by_{'alice' if key == make.alice else 'bob'}", key,
                            options=["--digest-algo", digest])


def keyrings(make):
    alice, bob = make.alice, make.bob
    both = make.export(alice, bob)
    yield make.case("armored_keyring", alice, keyring=make.gpg.export(alice))
    yield make.case("keyring_of_two_binary", bob, keyring=both, signer=bob)
    yield make.case("keyring_of_two_armored", bob, keyring=armored(both), signer=bob)
    yield make.case("keyring_of_two_blocks", bob, signer=bob,
                    keyring=b"Alice:\n" + armored(make.export(alice)) +
                    b"and Bob:\r\n" + armored(make.export(bob)).replace(b"\n", b"\r\n"))
    yield make.case("keyring_behind_a_comment_in_utf8", alice, keyring="Älice\n".encode() + armored(make.export(alice)))
    yield make.case("keyring_with_byte_order_mark", alice, keyring=b"\xef\xbb\xbf" + armored(make.export(alice)))
    yield make.case("keyring_without_its_last_line_end", alice, keyring=armored(make.export(alice)).rstrip(b"\n"))
    yield make.case("keyring_twice", alice, keyring=make.export(alice) + make.export(alice), signer=alice)
    yield make.case("not_in_the_keyring", bob, keyring=make.export(alice), expect="SIGNATURE_UNKNOWN_ISSUER")

    many = make.generate(name="first <first@example.org>")
    for name in ["second", "third"]:
        make.gpg.run("--quick-add-uid", many, f"{name} <{name}@example.org>", at=MADE + DAY)
    make.gpg.run("--quick-set-primary-uid", many, "second <second@example.org>", at=MADE + 2 * DAY)
    yield make.case("several_user_ids", many)
    for signer in (bob, alice):
        make.gpg.run("--local-user", signer, "--quick-sign-key", many, at=MADE + DAY)
    yield make.case("certified_by_others", many)
    with tempfile.NamedTemporaryFile(suffix=".jpg") as picture:
        picture.write(JPEG)
        picture.flush()
        make.edit(many, f"addphoto\n{picture.name}\ny\nsave\n")
    exported = make.export(many)
    assert b"\xff\xd8\xff\xe0" in exported
    yield make.case("photo_id", many, keyring=exported)
    yield make.case("minimal_export", many, keyring=make.gpg.run("--export-options", "export-minimal", "--export", many))

    for algorithm in ("cv25519", "elg1024", "rsa2048"):
        key = make.generate(subkey=(algorithm, "encr"))
        yield make.case(f"encryption_subkey_{algorithm}", key)
    key = make.generate(subkey=("nistp256/ecdsa", "auth"))
    yield make.case("authentication_subkey", key)
    key = make.generate(usage="cert", subkey=("ed25519", "sign"))
    make.add_subkey(key, "nistp384", "sign")
    yield make.case("two_signing_subkeys", key)
    dsa = make.generate("dsa2048")
    yield make.case("dsa", dsa, expect="KEY_ALGORITHM")
    yield make.case("dsa_beside", alice, keyring=make.export(dsa, alice), signer=alice)
    small = make.generate("rsa1024")
    yield make.case("rsa1024", small, expect="KEY_SIZE")
    secp = make.generate("secp256k1")
    yield make.case("secp256k1", secp, expect="KEY_ALGORITHM")


TEXTS = {
    "dash_escaped": b"- a list\n-----BEGIN PGP SIGNATURE-----\n--\n-\n- - -\n a - b\nFrom here",
    "blanks_at_line_ends": b"two  \ntab\t\n \t \nno-break space \xc2\xa0\n",
    "blank_lines": b"\n\nin the middle\n\n\n",
    "one_empty_line": b"",
    "non_ascii": "ключ für Ærøskøbing 🔑\n\u2028 \u0085".encode(),
    "one_long_line": b"x" * 19000,
    "many_lines": b"line\n" * 2900,
    "blanks_inside": b"  a\t b  c",
}


def messages(make):
    alice, bob = make.alice, make.bob
    for name, text in TEXTS.items():
        yield make.case(name, alice, text=text)
    plain = make.message(alice, text=TEXTS["dash_escaped"])
    for name, message in {
            "crlf": plain.replace(b"\n", b"\r\n"),
            "line_ends_mixed": plain.replace(b"\n", b"\r\n", 4),
            "crlf_in_the_armor_only": plain.replace(b"\n", b"\r\n").replace(b"\r\n", b"\n", 9),
            "no_last_line_end": plain.rstrip(b"\n"),
            "white_space_around": b"\n \t\r\n" + plain + b"\n\t \n\r\n ",
            "blanks_added": plain.replace(b"\n", b" \t\n"),
            "every_line_escaped": make.message(alice, text=TEXTS["blank_lines"]).replace(b"in the", b"- in the"),
    }.items():
        yield make.case(name, alice, text=TEXTS["blank_lines" if name == "every_line_escaped" else "dash_escaped"],
                        message=message)
    crlf = make.message(alice, text=b"a\nb", options=["--comment", "made for a test"]).replace(b"\n", b"\r\n")
    yield make.case("crlf_flipped", alice, text=b"a\nb", message=crlf, flips=True)
    for name, options in {
            "comment": ["--comment", "a word: or two", "--emit-version"],
            "notation": ["--sig-notation", "a@example.org=b"],
            "policy": ["--sig-policy-url", "https://example.org/"],
            "sender": ["--sender", "alice@example.org"],
            "signature_expires": ["--default-sig-expire", "1d"],
    }.items():
        yield make.case(name, alice, options=options)
    yield make.case("critical_notation", alice, options=["--sig-notation", "!a@example.org=b"], expect="SIGNATURE_CRITICAL")
    yield make.case("critical_policy", alice, options=["--sig-policy-url", "!https://example.org/"])
    yield make.case("signature_expired", alice, options=["--default-sig-expire", "1d"], now=SIGNED + DAY,
                    expect="SIGNATURE_EXPIRED")
    for digest in ("SHA1", "RIPEMD160", "SHA224"):
        yield make.case(digest.lower(), make.rsa, options=["--digest-algo", digest], expect="SIGNATURE_DIGEST")

    two = make.message(alice, bob)
    yield make.case("two_signers", alice, message=two, keyring=make.export(alice, bob), signers=2, signer=alice)
    yield make.case("two_signers_one_known", alice, message=two, signer=bob, keyring=make.export(bob))
    yield make.case("one_signer_twice", alice, message=make.message(alice, alice), signers=1)
    key = make.generate(subkey=("nistp256/ecdsa", "sign"))
    sub = make.gpg.run("--with-colons", "--list-keys", key).decode().split("\nfpr:")[2].split(":")[8]
    yield make.case("primary_and_subkey_of_one", key, message=make.message(key + "!", sub + "!"), signers=1)

    message = make.message(alice)
    for name, old, new, expect in [
            ("text_changed", b"1h", b"9h", "SIGNATURE_WRONG"),
            ("text_longer", b"\n-----BEGIN PGP SIG", b"\n\n-----BEGIN PGP SIG", "SIGNATURE_WRONG"),
            ("text_indented", b"\n{", b"\n {", "SIGNATURE_WRONG"),
    ]:
        yield make.case(name, alice, message=message.replace(old, new, 1), expect=expect)  # the base64 may have it, too
    yield make.case("from_the_future", alice, now=SIGNED - 301, expect="SIGNATURE_FUTURE")
    yield make.case("almost_from_the_future", alice, now=SIGNED - 300)


def ends(make):
    """Keys that expire and keys that are revoked."""
    key = make.generate(expire="40d")
    old = make.export(key)
    yield make.case("key_expires", key)
    yield make.case("key_expired", key, now=MADE + 40 * DAY, expect="KEY_EXPIRED")
    make.gpg.run("--quick-set-expire", key, "80d", at=SIGNED - DAY)
    yield make.case("key_renewed", key, now=MADE + 40 * DAY)
    yield make.case("key_renewed_and_old_copy", key, now=MADE + 40 * DAY, keyring=make.export(key) + old)
    yield make.case("key_renewed_elsewhere", key, now=MADE + 40 * DAY, keyring=old, expect="KEY_EXPIRED")

    key = make.generate(usage="cert")
    make.add_subkey(key, "ed25519", "sign", "40d", at=MADE)
    yield make.case("subkey_expires", key)
    yield make.case("subkey_expired", key, now=MADE + 40 * DAY, expect="SUBKEY_EXPIRED")

    key = make.generate()
    message, clean = make.message(key), make.export(key)
    with open(f"{make.gpg.home}/openpgp-revocs.d/{key}.rev", encoding="utf-8") as file:
        make.gpg.run("--import", input=file.read().replace(":-----BEGIN", "-----BEGIN").encode())
    revoked = make.export(key)
    for name, keyring in {"revoked": revoked, "revoked_in_a_later_copy": clean + revoked,
                          "revoked_in_an_earlier_copy": revoked + clean}.items():
        yield make.case(f"key_{name}", key, message=message, keyring=keyring, expect="KEY_REVOKED")

    key = make.generate(usage="cert", subkey=("ed25519", "sign"))
    message, clean = make.message(key), make.export(key)
    make.edit(key, "key 1\nrevkey\ny\n0\n\ny\nsave\n", at=NOW + DAY)
    revoked = make.export(key)
    for name, keyring in {"revoked": revoked, "revoked_in_a_later_copy": clean + revoked,
                          "revoked_in_an_earlier_copy": revoked + clean}.items():
        yield make.case(f"subkey_{name}", key, message=message, keyring=keyring, expect="SUBKEY_REVOKED")
    make.add_subkey(key, "nistp256", "sign")
    yield make.case("subkey_after_a_revoked_one", key)

    key = make.generate(name="gone <gone@example.org>")
    message = make.message(key)
    make.gpg.run("--quick-add-uid", key, "here <here@example.org>", at=MADE + DAY)
    clean = make.export(key)
    make.gpg.run("--quick-revoke-uid", key, "gone <gone@example.org>", at=MADE + 2 * DAY)
    yield make.case("user_id_revoked_and_another_one", key, message=message)
    make.edit(key, "uid here <here@example.org>\nuid 1\nsave\n")
    revoked = make.export(key)
    only = without_user_id(revoked, b"here")
    yield make.case("user_id_revoked", key, message=message, keyring=only, expect="KEY_NOT_CERTIFIED")
    yield make.case("user_id_revoked_in_another_copy", key, message=message, keyring=without_user_id(clean, b"here") + only,
                    expect="KEY_NOT_CERTIFIED")


def without_user_id(binary, word):
    """A certificate without the user ID that holds the word, and without its certifications.

    gpg writes headers of the old format."""
    kept, is_kept = b"", True
    while binary:
        octets = 1 << (binary[0] & 3)
        size = 1 + octets + int.from_bytes(binary[1:1 + octets], "big")
        tag = binary[0] >> 2 & 0x0F
        if tag != openpgp.SIGNATURE:
            is_kept = tag != openpgp.USER_ID or word not in binary[:size]
        kept += binary[:size] if is_kept else b""
        binary = binary[size:]
    return kept


def cases():
    os.environ["TZ"] = "UTC"
    make = Maker()
    try:
        for group in (algorithms, keyrings, messages, ends):
            yield from group(make)
    finally:
        make.gpg.close()
