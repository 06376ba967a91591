#!/usr/bin/env python3
"""Writes generated/vectors.h: (name, bytes) for the unit tests that need real keys and signatures.

SSH keys and RSA numbers come from ssh-keygen, clear-signed messages from gpg, ECDSA and Ed25519 signatures from the plain
arithmetic below, so that the numbers next to the right ones (s + n, n - s, 0, n, S + L) can be made, too.
"""

import base64
import hashlib
import json
import os
import secrets
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "vectors"), os.path.join(HERE, "..", "e2e")]
sys.dont_write_bytecode = True

import secret_keys  # noqa: E402

vectors = {}

# ---- RSA (RFC 8017) ----

DIGEST_INFO = {
    "sha1": "3021300906052b0e03021a05000414",
    "sha256": "3031300d060960864801650304020105000420",
    "sha384": "3041300d060960864801650304020205000430",
    "sha512": "3051300d060960864801650304020305000440",
    "sha3_256": "3031300d060960864801650304020805000420",
    "sha3_512": "3051300d060960864801650304020a05000440",
}
TEXT = b"the signed text"


def digest(name, text=TEXT):
    return hashlib.new(name, text).digest()


def number(value, size=None):
    return value.to_bytes(size or (value.bit_length() + 7) // 8 or 1, "big")


def der_integers(der):
    """The integers of a flat DER sequence."""
    def take(at):
        size, at = der[at + 1], at + 2
        if size & 0x80:
            count = size & 0x7F
            size, at = int.from_bytes(der[at:at + count], "big"), at + count
        return at, at + size
    at, end = take(0)
    while at < end:
        start, at = take(at)
        yield int.from_bytes(der[start:at], "big")


def ssh_keygen(folder, *arguments):
    return subprocess.run(["ssh-keygen", "-q", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def rsa_numbers(folder, bits):
    ssh_keygen(folder, "-t", "rsa", "-b", str(bits), "-m", "PEM", "-N", "", "-f", f"pem{bits}")
    with open(os.path.join(folder, f"pem{bits}")) as pem:
        _, n, e, d, *_ = der_integers(base64.b64decode("".join(pem.read().split("\n")[1:-2])))
    return n, e, d


def padded(n, prefix, value, filler=b"\xff", head=b"\x00\x01"):
    size = (n.bit_length() + 7) // 8
    tail = b"\x00" + bytes.fromhex(prefix) + value
    return int.from_bytes(head + filler * (size - len(head) - len(tail)) + tail, "big")


def make_rsa(folder):
    for bits in (1024, 2048, 3072, 4096):
        n, e, d = rsa_numbers(folder, bits)
        name = f"rsa{bits}"
        vectors[f"{name}.n"] = number(n)
        vectors[f"{name}.e"] = number(e)
        for algorithm in DIGEST_INFO if bits == 2048 else ["sha256"]:
            vectors[f"{name}.{algorithm}"] = number(pow(padded(n, DIGEST_INFO[algorithm], digest(algorithm)), d, n), bits // 8)
        if bits != 2048:
            continue
        s = int.from_bytes(vectors["rsa2048.sha256"], "big")
        vectors["rsa2048.s+n"] = number(s + n)
        vectors["rsa2048.n-s"] = number(n - s, 256)
        info, value = DIGEST_INFO["sha256"], digest("sha256")
        blocks = {
            "head2": padded(n, info, value, head=b"\x00\x02"),
            "filler": padded(n, info, value, filler=b"\xfe"),
            "no_null": padded(n, "302f300b0609608648016503040201" + "0420", value),
            "bare": padded(n, "", value),
            # Bleichenbacher's: short padding, and what is free to choose at the end
            "garbage": int.from_bytes(b"\x00\x01" + b"\xff" * 8 + b"\x00" + bytes.fromhex(info) + value + bytes(256 - 62), "big"),
        }
        for kind, block in blocks.items():
            vectors[f"rsa2048.{kind}"] = number(pow(block, d, n), 256)


# ---- ECDSA (FIPS 186-5) ----

CURVES = {
    "p256": (2**256 - 2**224 + 2**192 + 2**96 - 1,
             0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b,
             0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551,
             0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296, "sha256"),
    "p384": (2**384 - 2**128 - 2**96 + 2**32 - 1,
             0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef,
             0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973,
             0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7, "sha384"),
    "p521": (2**521 - 1,
             0x0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00,
             2**521 - 657877501894328237357444332315020117536923257219387276263472201219398408051703,
             0x00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66, "sha512"),
}


def point_add(p, one, other):
    if one is None or other is None:
        return one or other
    if one[0] == other[0] and (one[1] + other[1]) % p == 0:
        return None
    if one == other:
        slope = (3 * one[0] * one[0] - 3) * pow(2 * one[1], -1, p)
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, p)
    x = (slope * slope - one[0] - other[0]) % p
    return x, (slope * (one[0] - x) - one[1]) % p


def point_multiply(p, factor, point):
    result = None
    while factor:
        if factor & 1:
            result = point_add(p, result, point)
        point = point_add(p, point, point)
        factor >>= 1
    return result


def make_ecdsa(name):
    p, b, n, x, algorithm = CURVES[name]
    size = (p.bit_length() + 7) // 8
    y = pow(x * x * x - 3 * x + b, (p + 1) // 4, p)
    if y % 2 != (name != "p521"):  # of the two points with this x, the base point of P-521 is the even one
        y = p - y
    d, k = 1 + secrets.randbelow(n - 1), 1 + secrets.randbelow(n - 1)
    public, r = point_multiply(p, d, (x, y)), point_multiply(p, k, (x, y))[0] % n
    value = digest(algorithm)
    e = int.from_bytes(value, "big") >> max(0, 8 * len(value) - n.bit_length())
    s = pow(k, -1, n) * (e + r * d) % n
    bad_y = next(y for y in range(2, 99) if (y * y - public[0] ** 3 + 3 * public[0] - b) % p)
    xy = number(public[0], size), number(public[1], size)
    for kind, value in {
        "point": b"\x04" + xy[0] + xy[1], "r": number(r), "s": number(s), "n": number(n), "n-s": number(n - s),
        "s+n": number(s + n), "r+n": number(r + n),
        "digest": value,
        "compressed": bytes([2 + public[1] % 2]) + xy[0],
        "hybrid": bytes([6 + public[1] % 2]) + xy[0] + xy[1],
        "off_curve": b"\x04" + xy[0] + number(bad_y, size),
        "x+p": b"\x04" + number((public[0] + p) % 2 ** (8 * size), size) + xy[1],
        "x=p": b"\x04" + number(p, size) + xy[1],
        "zero": b"\x04" + bytes(2 * size),
    }.items():
        vectors[f"{name}.{kind}"] = value


# ---- Ed25519 (RFC 8032) ----

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def ed_add(one, other):
    product = D * one[0] * other[0] * one[1] * other[1] % P
    return ((one[0] * other[1] + other[0] * one[1]) * pow(1 + product, -1, P) % P,
            (one[1] * other[1] + one[0] * other[0]) * pow(1 - product, -1, P) % P)


def ed_multiply(factor, point):
    result = (0, 1)
    while factor:
        if factor & 1:
            result = ed_add(result, point)
        point = ed_add(point, point)
        factor >>= 1
    return result


def ed_x(y):
    """The even x of a point, or None."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    return None if x * x % P != square else x if x % 2 == 0 else P - x


def ed_encode(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def make_ed25519():
    y = 4 * pow(5, -1, P) % P
    base = (ed_x(y), y)
    a, r = secrets.randbelow(L), secrets.randbelow(L)
    public, nonce = ed_encode(ed_multiply(a, base)), ed_encode(ed_multiply(r, base))

    def challenge(nonce):
        return int.from_bytes(hashlib.sha512(nonce + public + TEXT).digest(), "little") % L

    s = (r + challenge(nonce) * a) % L
    not_a_point = next(y for y in range(2, 99) if ed_x(y) is None)
    order8 = ed_multiply(L, next((ed_x(y), y) for y in range(2, 999)
                                 if ed_x(y) and ed_multiply(4 * L, (ed_x(y), y)) != (0, 1)))
    vectors.update({
        "ed25519.key": public,
        "ed25519.signature": nonce + s.to_bytes(32, "little"),
        "ed25519.s+l": nonce + (s + L).to_bytes(32, "little"),
        "ed25519.small_r": ed_encode((0, 1)) + (challenge(ed_encode((0, 1))) * a % L).to_bytes(32, "little"),
        "ed25519.not_a_point": not_a_point.to_bytes(32, "little"),
        # every point whose order divides 8, and the forms of some that are not canonical
        **{f"ed25519.small{i}": ed_encode(ed_multiply(i, order8)) for i in range(8)},
        "ed25519.small8": (P + 1).to_bytes(32, "little"),
        "ed25519.small9": P.to_bytes(32, "little"),
        "ed25519.small10": (1 | 1 << 255).to_bytes(32, "little"),
        "ed25519.not_canonical": (P + 3).to_bytes(32, "little"),
    })


# ---- SSH keys ----

SSH_KEYS = {"ed25519": ("ed25519", 256), "p256": ("ecdsa", 256), "p384": ("ecdsa", 384), "p521": ("ecdsa", 521),
            "rsa1024": ("rsa", 1024), "rsa2048": ("rsa", 2048), "rsa3072": ("rsa", 3072)}


def string(value):
    return len(value).to_bytes(4, "big") + value


def make_ssh(folder):
    for name, (kind, bits) in SSH_KEYS.items():
        ssh_keygen(folder, "-t", kind, "-b", str(bits), "-N", "", "-C", f"a comment of {name}", "-f", name)
        with open(os.path.join(folder, name + ".pub"), "rb") as line:
            vectors[f"ssh.{name}"] = line.read()
        vectors[f"ssh.{name}.blob"] = base64.b64decode(vectors[f"ssh.{name}"].split()[1])
    point = vectors["ssh.p256.blob"][-65:]
    application = string(b"ssh:")
    blobs = {
        "sk-ed25519": ("sk-ssh-ed25519@openssh.com", string(vectors["ssh.ed25519.blob"][-32:]) + application),
        "sk-p256": ("sk-ecdsa-sha2-nistp256@openssh.com", string(b"nistp256") + string(point) + application),
    }
    for name, (kind, rest) in blobs.items():
        blob = string(kind.encode()) + rest
        vectors[f"ssh.{name}.blob"] = blob
        vectors[f"ssh.{name}"] = f"{kind} {base64.b64encode(blob).decode()} a comment of {name}\n".encode()
        with open(os.path.join(folder, name + ".pub"), "wb") as line:
            line.write(vectors[f"ssh.{name}"])
    for name in [*SSH_KEYS, *blobs]:
        for algorithm in ("sha256", "md5"):
            listed = ssh_keygen(folder, "-l", "-E", algorithm, "-f", name + ".pub").split()
            vectors[f"ssh.{name}.{algorithm}"] = listed[1].encode()
    ssh_keygen(folder, "-s", "p256", "-I", "id", "ed25519.pub")
    with open(os.path.join(folder, "ed25519-cert.pub"), "rb") as line:
        vectors["ssh.certificate"] = line.read()


# ---- OpenPGP ----

NOW = 1700000000


class Gpg:
    def __init__(self, home):
        self.home = home

    def run(self, *arguments, at=NOW - 86400, text=b""):
        command = ["gpg", "--homedir", self.home, "--batch", "--quiet", "--no-tty", "--pinentry-mode", "loopback",
                   "--passphrase", "", "--trust-model", "always", "--faked-system-time", f"{at}!", *arguments]
        done = subprocess.run(command, input=text, capture_output=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}: {done.stderr.decode()}")
        return done.stdout

    def make(self, name, user_id=None, algorithm="ed25519"):
        user_id = user_id or f"{name} <{name}@example.org>"
        self.run("--quick-generate-key", user_id, algorithm, "sign,cert", "never")
        listed = self.run("--with-colons", "--list-keys", f"={user_id}").decode().splitlines()
        fingerprint = next(line for line in listed if line.startswith("fpr")).split(":")[9]
        vectors[f"cert.{name}"] = self.run("--armor", "--export", fingerprint)
        vectors[f"cert.{name}.fingerprint"] = fingerprint.encode()
        return fingerprint

    def sign(self, name, signers, at=0, **fields):
        text = json.dumps(fields).encode()
        users = [part for signer in signers for part in ("--local-user", signer)]
        vectors[f"message.{name}"] = self.run("--clearsign", "--digest-algo", "SHA256", *users, at=NOW + at, text=text)


def make_messages(home):
    gpg = Gpg(home)
    alice, carol, eve = [gpg.make(name) for name in ("alice", "carol", "eve")]
    bob = gpg.make("bob", algorithm="rsa2048")
    crowd = [gpg.make(f"crowd{i}", user_id='"' * 250 + str(i)) for i in range(16)]
    keys = {name: vectors[f"ssh.{name}"].decode().strip() for name in ("ed25519", "p256", "rsa2048", "rsa1024")}
    add = {"username": "alice", "key": keys["ed25519"], "expire": "1h"}
    remove = {"username": "alice", "action": "remove"}

    gpg.sign("add", [alice], **add, reason="to look at \"it\"")
    gpg.sign("add.same_second", [alice], **{**add, "expire": "2h"})
    gpg.sign("add.older", [alice], at=-10, **add)
    gpg.sign("add.newer", [alice], at=10, **{**add, "expire": "2h"})
    gpg.sign("add.latest", [alice], at=30, **add)
    gpg.sign("add.future", [alice], at=301, **add)
    gpg.sign("add.ahead", [alice], at=300, **add)
    gpg.sign("add.p256", [alice], **{**add, "key": keys["p256"]})
    gpg.sign("add.short", [alice], **{**add, "key": keys["p256"], "expire": "10s"})
    gpg.sign("add.rsa2048", [alice], **{**add, "key": keys["rsa2048"]})
    gpg.sign("add.rsa1024", [alice], **{**add, "key": keys["rsa1024"]})
    gpg.sign("add.long", [alice], **{**add, "expire": "25h"})
    gpg.sign("add.past", [alice], **{**add, "expire": "2023-11-14T22:13:20Z"})
    gpg.sign("add.host", [alice], **add, hosts=["other", "ROUTER"])
    gpg.sign("add.other_host", [alice], **add, hosts=["other"])
    gpg.sign("add.quorum", [alice, carol], **{**add, "username": "team"})
    gpg.sign("add.quorum_of_one", [alice], **{**add, "username": "team"})
    gpg.sign("add.quorum_by_carol", [carol], at=10, **{**add, "username": "team"})
    gpg.sign("add.quorum_twice", [alice, alice], **{**add, "username": "team"})
    gpg.sign("add.quorum_with_eve", [alice, eve], **{**add, "username": "team"})
    gpg.sign("add.crowd", crowd, **{**add, "username": "crowd", "reason": "\"" * 256})
    gpg.sign("add.by_eve", [eve], **add)
    gpg.sign("add.by_bob", [bob], **add)
    gpg.sign("add.nobody", [alice], **{**add, "username": "nobody"})
    gpg.sign("add.nobody_by_eve", [eve], **{**add, "username": "nobody"})
    gpg.sign("add.long_name", [eve], **{**add, "username": "\"" * 8000})
    gpg.sign("add.private", [alice], **{**add, "key": "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n"})
    gpg.sign("remove.unsaid", [alice], username="alice", key=keys["ed25519"])
    gpg.sign("add.bob", [bob], **{**add, "username": "bob"})
    gpg.sign("add.unknown_field", [alice], **add, expires="1h")
    gpg.sign("remove", [alice], at=20, **remove, key=keys["ed25519"])
    gpg.sign("remove.same_second", [alice], **remove, key=keys["ed25519"])
    gpg.sign("remove.sha256", [alice], at=20, **remove, fingerprint=vectors["ssh.ed25519.sha256"].decode())
    gpg.sign("remove.md5", [alice], at=20, **remove, fingerprint=vectors["ssh.ed25519.md5"].decode())
    gpg.sign("remove.by_eve", [eve], at=20, **remove, key=keys["ed25519"])
    subprocess.run(["gpgconf", "--homedir", home, "--kill", "gpg-agent"], capture_output=True)


def write():
    print("/* Made by tests/unit/vectors.py. */")
    for i, value in enumerate(vectors.values()):
        print(f"static const uint8_t vector_{i}[] = {{ {','.join(map(str, value or b'0'))} }};")
    print("static const struct {\n\tconst char *name;\n\tconst uint8_t *data;\n\tsize_t size;\n} vectors[] = {")
    for i, name in enumerate(vectors):
        print(f'\t{{ "{name}", vector_{i}, {len(vectors[name])} }},')
    print("};")


def main():
    with tempfile.TemporaryDirectory() as folder:
        make_rsa(folder)
        for name in CURVES:
            make_ecdsa(name)
        make_ed25519()
        make_ssh(folder)
        os.mkdir(os.path.join(folder, "gpg"), 0o700)
        make_messages(os.path.join(folder, "gpg"))
    vectors.update(secret_keys.vectors())
    write()


main()
