"""Writes what each fuzzer starts from, a folder for each: parts of the OpenPGP cases, and the lines below.

Usage: seeds.py CASES FOLDER
"""

import base64
import contextlib
import hashlib
import os
import shutil
import ssl
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS / "vectors"), str(TESTS / "e2e")]

import certificates  # noqa: E402
import ecdsa_cases  # noqa: E402
import raw  # noqa: E402
import secret_keys  # noqa: E402

SIZE_MAX = 16384  # larger ones are slow, and the unit tests run them
BEGIN = b"-----BEGIN PGP SIGNATURE-----\n"


def case(path):
    """The fields of a case's file (tests/vectors/case.py), its keyring and its message."""
    with open(path, "rb") as file:
        head, rest = file.read().split(b"\n\n", 1)
    fields = dict(line.split(b" ", 1) for line in head.split(b"\n") if b" " in line)
    text, keyring, message = (int(fields.get(part, 0)) for part in (b"text", b"keyring", b"message"))
    return fields, rest[text:text + keyring], rest[len(rest) - message:]


def unarmor(block):
    """The bytes of the armored block that starts behind its BEGIN line, as well as they can be read."""
    lines = block.replace(b"\r", b"").split(b"\n\n", 1)[-1].split(b"\n-----END", 1)[0].split(b"\n")
    digits = b"".join(line.strip() for line in lines if not line.startswith(b"="))
    try:
        return base64.b64decode(digits + b"==="[:-len(digits) % 4])
    except ValueError:
        return b""


def seeds_of_case(name, path):
    fields, keyring, message = case(path)
    _, begin, block = message.replace(b"\r", b"").partition(BEGIN)
    yield "cleartext", message
    yield "certificates", keyring
    yield "packets", keyring if keyring[:1] >= b"\x80" else unarmor(keyring)
    if begin:
        yield "armor", block
        yield "packets", unarmor(block)
    if fields[b"expect"] == b"OK":
        yield "message", name.encode() + b"\n" + message


def arithmetic_seeds():
    """What fuzz_arithmetic.c takes: signatures, and numbers."""
    names = list(ecdsa_cases.CURVES)
    for line in list(ecdsa_cases.cases(1))[::17]:
        name, *numbers, _ = line.split()
        numbers = [bytes.fromhex(number) for number in numbers]
        yield bytes([names.index(name)]) + b"".join(bytes([len(number)]) + number for number in numbers)
    for size in (1, 2, 4, 16, 33, 128, 255):
        for number in (b"\xff", b"\x80", b"\x01"):
            modulus = (number * (2 * size))[:-1] + b"\x01"
            yield b"\xfb" + b"".join(bytes([size]) + part for part in (modulus, b"\xff" * 2 * size, number * 2 * size)) + b"\0\1\0\1"


def tls_seeds():
    """What fuzz_tls.c takes: a byte that chooses, and what OpenSSL says to a server, or a file of a certificate and its key."""
    context = ssl.create_default_context()
    into, out = ssl.MemoryBIO(), ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        context.wrap_bio(into, out, server_hostname="localhost").do_handshake()
    hello = out.read()
    alert, text = b"\x15\x03\x03\x00\x02\x01\x00", b"\x17\x03\x03\x00\x20" + bytes(32)
    for choice in range(5):
        for data in (b"", hello, hello[:50], alert, text, b"\x14\x03\x03\x00\x01\x01", b"\x60\x01\x60\x80", b"GET / HTTP/1.1\r\n"):
            yield bytes([choice]) + data
    for kind in ("rsa2048", "p256", "p521"):
        identity, _ = certificates.chained(kind)
        for form in ("PKCS8", "old"):
            yield b"\x05" + identity.chain() + identity.key_pem(form)


def all_seeds(cases):
    with open(os.path.join(cases, "index"), encoding="ascii") as index:
        for name in index.read().split():
            yield from seeds_of_case(name, os.path.join(cases, name))
    for seed in arithmetic_seeds():
        yield "arithmetic", seed
    for name, value in secret_keys.vectors():
        if name.startswith("secret.") and name != "secret.cases":
            yield "secret_key", value
    for request in raw.requests():
        yield "conn", request.data
        yield "http", request.data
    with open(TESTS.parent / "inki.conf.example", "rb") as example:
        yield "conf", example.read()
    for seed in tls_seeds():
        yield "tls", seed
    for fuzzer, texts in LINES.items():
        for text in texts:
            yield fuzzer, text.encode()


KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g"
SHA256 = "SHA256:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg"
MD5 = "00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff"

JSON = [
    "{}", '{"a":"b"}', ' { "a" : [ "b" , "\\u00e9\\ud83d\\udd11" ] , "c" : -1.5e+9 } ', '{"a":true,"b":false,"c":null,"d":[]}',
    '{"a":"\\"\\\\\\/\\b\\f\\n\\r\\t"}', '{"a":"é€🔑"}', '{"a":{}}', '{"a":[[]]}', '{"a":"\\u0000"}', '[]', "{",
]

# What no case of another fuzzer is part of.
LINES = {
    "json": JSON,
    "request": [
        *JSON,
        f'{{"username":"root","key":"{KEY} me","expire":"12h"}}',
        f'{{"user":"root","key":"{KEY}","expire":"2026-11-14T22:13:20Z","action":"add","hosts":["a","b.example"],"reason":"é"}}',
        f'{{"user":"root","key":"{KEY}","expire":1,"expire":"1d2h3m4s"}}',
        f'{{"action":"remove","user":"root","fingerprint":"{SHA256}"}}',
        f'{{"action":"remove","user":"root","fingerprint":"MD5:{MD5}","hosts":[]}}',
        f'{{"action":"remove","user":"root","key":"{KEY}"}}',
        '{"user":"root","key":"command=\\"x\\" ssh-rsa AAAA","expire":"1h"}',
        '{"username":"root","expires":"1h"}',
    ],
    "ssh_key": [
        'restrict,Pty,from="10.0.0.0/8,!10.1.*",command="echo \\"a, b\\"",expiry-time="20261231Z" ' + KEY + " with options",
        'permitopen="[::1]:80",permitlisten="*",tunnel="0",environment="A=b",no-X11-forwarding ' + KEY,
        "PuTTY-User-Key-File-3: ssh-ed25519",
        KEY, f" {KEY}\ta comment é \n", f"restrict {KEY}", SHA256, SHA256 + "=", MD5, f"MD5:{MD5}", MD5.replace(":", ""),
        "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBGsX0fLhLEJH+Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT+"
        "NC4v4af5uO5+tKfA+eFivOM1drMV7Oy7ZAaDe/UfU= p256",
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQD" + "b" * 168 + "== short",
        "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gAAAABHNzaDo=",
    ],
    "http": [
        "GET / HTTP/1.1\r\nHost:\r\n\r\n",
        "\r\nPOST /api/v1/keys?a=b HTTP/1.1\r\nHost: inki:80\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhelloGET",
        "POST http://inki/k HTTP/1.1\r\nHost: inki\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n0a\r\nlo lo lo l\r\n0\r\nA: b\r\n\r\n",
        "DELETE /k HTTP/1.0\r\nConnection: keep-alive, close\r\nContent-Type: text/plain\r\nContent-Encoding: identity\r\n\r\n",
        "HEAD /%41 HTTP/1.1\r\nHost: [::1]:80\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
        "GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/2.0\r\n\r\n", "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
    ],
    "target": [
        "/api/v1/user/a%2fb/key/SHA256:a/b?fingerprint=%53HA256%3aa&b", "/api/v1/keys?a=1&a=2&", "/%c3%a9?fingerprint", "%", "/%0", "/%00", "/%ff", "/a b",
    ],
    "conf": [
        "users: []\n", "port: 3000\nusers:\n  - name: root\n    keyring_file: /alice.asc\n",
        "listen: [{address: '[::1]:0', access: read}, {socket: /a, mode: \"0660\"}]\nfailures: {burst: 1, per_minute: 2}\nusers: []\n",
        "host: a\nlog: syslog\nlevel: debug\nmax_request_age: 1h30m\ndefaults: {max_lifetime: 2d, signatures: 2, bind_host: true, max_keys: 3,\n"
        " key_types: [ssh-rsa], min_rsa_bits: 4096}\nusers: [{name: a, keyring_file: /alice.asc, max_lifetime: 1m}]\n",
        "users: &a []\nx: *a\n", "--- \nusers: []\n...\n---\n", "users: !!seq []\n", "\ufeffusers: []\n", "users:\n\t- name: a\n", "a: |\n  b\n",
        "users: [{name: a, keyring: |\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n}]",
    ],
    "api": [
        "POST /api/v1/keys 0 add\nGET /api/v1/keys 1\nGET /api/v1/user/alice/keys 1\nGET /api/v1/user/alice/authorized_keys 1\nPOST /api/v1/keys 9 add\n"
        "DELETE /api/v1/keys 99 remove\nGET /metrics 9\nGET /healthz\nHEAD /api/v1/keys",
        "POST /api/v1/keys 0 add\nGET /api/v1/user/%22%0aevent=added%e2%80%ae/authorized_keys\nGET /api/v1/events\nGET /api/v1/events?after=1700000000000001",
        "POST /api/v1/keys 0 add.short\nPOST /api/v1/keys 0 add.rsa2048\nPOST /api/v1/keys 9 add.p256\nGET /api/v1/user/alice/authorized_keys 999",
        "POST /api/v1/keys 0 add.quorum\nPOST /api/v1/keys 0 add.crowd\nPOST /api/v1/keys 0 add.bob\nPOST /api/v1/keys 0 add.by_eve\n"
        "GET /api/v1/user/crowd/keys\nGET /api/v1/user/team/authorized_keys?fingerprint=" + SHA256.replace("+", "%2B"),
        "POST /api/v1/keys 0 add\nDELETE /api/v1/keys 99 remove.sha256\nPOST /api/v1/keys 99 add.latest\nPOST /api/v1/keys 99 remove.md5\n"
        "POST /api/v1/keys 0 add.newer\nPOST /api/v1/keys 0 remove.by_eve\nPOST /api/v1/keys 0 add.host\nPOST /api/v1/keys 0 nonsense",
        f"POST /api/v1/keys 0 add\ndelete /api/v1/user/alice/key/{MD5} 0\nGET /api/v1/user/alice/key/{SHA256.replace('/', '%2F')}\nDELETE /healthz\n"
        "GET /nothing\nGET /api/v1/user/nobody/keys",
    ],
}


def main(cases, folder):
    shutil.rmtree(folder, ignore_errors=True)
    names = []
    for fuzzer, seed in all_seeds(cases):
        name = f"{fuzzer}/{hashlib.sha256(seed).hexdigest()[:16]}"
        if len(seed) > SIZE_MAX:
            continue
        os.makedirs(os.path.join(folder, fuzzer), exist_ok=True)
        names.append(name)
        with open(os.path.join(folder, name), "wb") as file:
            file.write(seed)
    with open(os.path.join(folder, "index"), "w", encoding="ascii") as file:
        file.write("".join(f"{name}\n" for name in sorted(set(names))))


main(*sys.argv[1:])
