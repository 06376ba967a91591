"""Other implementations of OpenPGP: makes keys with them, signs with them, asks them for their verdict.

A peer's class says what it is called and has of these what the program can do:
    generate()              yields (layout, Made) for each kind of key it can make
    sign(secrets, text)     a clear-signed message
    verdicts(cases)         for each (keyring path, message path, now): True, False, or None where it cannot be asked
"""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import namedtuple
from datetime import datetime, timezone
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = Path(os.environ.get("INTEROP", HERE.parent.parent / "out" / "interop"))
sys.path[:0] = [str(HERE.parent / "e2e"), str(HERE.parent / "vectors")]

import gpg as gnupg  # noqa: E402
import openpgp  # noqa: E402

# secret is what the peers take in, public what goes into a keyring; both armored.
Made = namedtuple("Made", "secret public")
USER_IDS = ["Alice <alice@example.org>", "Älice at home <alice@example.com>", "alice"]


def run(*command, **how):
    """What a program writes; an error if it fails."""
    done = subprocess.run([str(word) for word in command], capture_output=True, check=False, **how)
    assert done.returncode == 0, f"{command}\n{done.stdout.decode(errors='replace')}{done.stderr.decode(errors='replace')}"
    return done.stdout


def at(now):
    """The words in front of a command that shall believe that it is now."""
    return ["faketime", "-f", datetime.fromtimestamp(now, timezone.utc).strftime("@%Y-%m-%d %H:%M:%S")]


def succeeds(*command):
    """Whether a program ends well, and what it writes; one that hangs does not."""
    try:
        done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, check=False,
                              timeout=60, env={**os.environ, "TZ": "UTC", "LC_ALL": "C"})
    except subprocess.TimeoutExpired:
        return False, b""
    return done.returncode == 0, done.stdout


def taken_apart(message):
    """The signed text, canonical, and the signature block of a clear-signed message; None if it does not look like one."""
    found = re.fullmatch(rb"\s*-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\r?\n(?:[^\r\n]+\r?\n)*?[ \t]*\r?\n(.*?)\r?\n?"
                         rb"^(-----BEGIN PGP SIGNATURE-----[ \t]*\r?\n.*)", message, re.DOTALL | re.MULTILINE)
    if not found:
        return None
    lines = [line[2:] if line.startswith(b"- ") else line for line in re.split(rb"\r?\n", found[1])]
    return b"\r\n".join(line.rstrip(b" \t") for line in lines), found[2]


class Peer:
    """What most have in common: one run of a program a message."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="i", dir="/tmp"))

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def write_all(self, name, contents):
        return [self.write(f"{name}{i}", content) for i, content in enumerate(contents)]

    def verdicts(self, cases):
        for case in cases:
            yield self.verdict(*case)

    def apart(self, message):
        """The paths of the text and the signature block, for programs that verify only these; None if they are not to be had."""
        parts = taken_apart(Path(message).read_bytes())
        return parts and [self.write("text", parts[0]), self.write("signature", parts[1])]


class Gpg(Peer):
    name = "gpg"
    packages = ["gnupg"]

    def __init__(self):
        super().__init__()
        self.gpg = gnupg.Gpg()

    def close(self):
        self.gpg.close()
        super().close()

    def made(self, key):
        secret = self.gpg.run("--armor", "--export-secret-keys", key)
        return Made(secret.decode(), self.gpg.export(key))

    def generate(self):
        for algorithm in ["rsa2048", "rsa3072", "nistp256", "nistp384", "nistp521", "ed25519",
                          "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1"]:
            signing = algorithm if algorithm[0] in "re" else algorithm + "/ecdsa"
            yield f"primary_{algorithm}", self.made(self.gpg.generate(algorithm))
            yield f"subkey_{algorithm}", self.made(self.gpg.generate(algorithm, usage="cert", subkey=(signing, "sign")))
        key = self.gpg.generate("ed25519", name=USER_IDS[0], subkey=("cv25519", "encr"))
        for user_id in USER_IDS[1:]:
            self.gpg.run("--quick-add-uid", key, user_id)
        self.gpg.run("--quick-add-key", key, "nistp256/ecdsa", "auth", "1y")
        with tempfile.NamedTemporaryFile(suffix=".jpg") as picture:
            picture.write(bytes.fromhex("FFD8FFE000104A46494600010100000100010000FFD9"))
            picture.flush()
            self.gpg.run("--command-fd", "0", "--edit-key", key, input=f"addphoto\n{picture.name}\ny\nsave\n".encode())
        yield "many_user_ids_and_photo", self.made(key)

    def sign(self, secrets, text):
        keys = []
        for path in self.write_all("secret", secrets):
            done = self.gpg.run("--import-options", "show-only", "--with-colons", "--import", path).decode()
            keys.append(next(line.split(":")[9] for line in done.splitlines() if line.startswith("fpr:")))
            self.gpg.run("--import", path)
        return self.gpg.clearsign(text, *keys)

    def good(self, *command):
        """gpg ends well on signatures of revoked and expired keys; its status lines tell these apart."""
        well, status = succeeds(*command)
        return well and b"] GOODSIG " in status and not re.search(rb"\] (EXPSIG|EXPKEYSIG|REVKEYSIG|BADSIG) ", status)

    def verdict(self, keyring, message, now):
        home = self.folder / "home"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(mode=0o700)
        common = ["gpg", "--homedir", home, "--batch", "--no-tty", "--no-autostart", "--faked-system-time", f"{now}!",
                  "--trust-model", "always", "--no-auto-check-trustdb"]
        succeeds(*common, "--import", keyring)
        return self.good(*common, "--status-fd", "1", "--verify", message)


class Gpgv(Gpg):
    """Takes binary keyrings only; what an armored one holds is given to it without the armor."""
    name = "gpgv"
    packages = ["gpgv", "faketime"]
    generate = sign = None

    def __init__(self):
        Peer.__init__(self)

    def close(self):
        Peer.close(self)

    def verdict(self, keyring, message, now):
        content = Path(keyring).read_bytes()
        if b"-----BEGIN" in content:
            content = b"".join(bytes_of_armor(block) for block in re.findall(rb"-----BEGIN .*?-----END ", content, re.DOTALL))
        keyring = self.write("keyring.gpg", content)
        return self.good(*at(now), "gpgv", "--homedir", self.folder, "--keyring", keyring, "--status-fd", "1", message)


def bytes_of_armor(block):
    lines = block.split(b"\n")
    blank = next((i for i, line in enumerate(lines) if not line.strip()), 0)
    digits = b"".join(line.strip() for line in lines[blank:-1] if not line.startswith(b"="))
    try:
        return base64.b64decode(digits)
    except ValueError:
        return b""


class Sq(Peer):
    name = "sq"
    packages = ["sq", "faketime"]

    def generate(self):
        for suite in ["cv25519", "rsa3k"]:
            yield f"subkey_{suite}", self.made("--cipher-suite", suite, "--userid", USER_IDS[0])
        user_ids = [word for user_id in USER_IDS for word in ("--userid", user_id)]
        yield "only_signing_subkey", self.made(*user_ids, "--cannot-encrypt", "--cannot-authenticate")
        yield "without_user_id", self.made("--expires-in", "1y")

    def made(self, *arguments):
        path = self.folder / "made"
        run("sq", "--force", "key", "generate", "--export", path, *arguments)
        return Made(path.read_text(), run("sq", "key", "extract-cert", path).decode())

    def sign(self, secrets, text):
        keys = [word for path in self.write_all("secret", secrets) for word in ("--signer-key", path)]
        return run("sq", "sign", "--cleartext-signature", *keys, self.write("text", text))

    def verdict(self, keyring, message, now):
        return succeeds(*at(now), "sq", "verify", "--signer-cert", keyring, message)[0]


class Sqv(Peer):
    """Verifies detached signatures only."""
    name = "sqv"
    packages = ["sqv", "faketime"]

    def verdict(self, keyring, message, now):
        parts = self.apart(message)
        return parts and succeeds(*at(now), "sqv", "--keyring", keyring, parts[1], parts[0])[0]


class Rnp(Peer):
    name = "rnp"
    packages = ["rnp", "faketime"]
    KINDS = {"ed25519": "22", "nistp256": "19\n1", "nistp384": "19\n2", "nistp521": "19\n3", "brainpoolP256r1": "19\n4",
             "brainpoolP384r1": "19\n5", "brainpoolP512r1": "19\n6", "rsa2048": "1\n2048", "rsa3072": "1\n3072"}

    def home(self):
        return tempfile.mkdtemp(dir=self.folder)

    def generate(self):
        for kind, answers in self.KINDS.items():
            home = self.home()
            common = ["rnpkeys", "--homedir", home, "--password", "", "--notty"]
            run(*common, "--generate-key", "--expert", "--userid", USER_IDS[0], input=f"{answers}\n".encode())
            yield f"primary_{kind}", Made(run(*common, "--export-key", "--secret", "alice").decode(),
                                          run(*common, "--export-key", "alice").decode())

    def sign(self, secrets, text):
        home, keys = self.home(), []
        for path in self.write_all("secret", secrets):
            told = run("rnpkeys", "--homedir", home, "--password", "", "--notty", "--import-keys", path).decode()
            # The subkey that may sign, else the primary.
            found = re.findall(r"^(?:sec|ssb) +\S+ ([0-9a-f]{16}) \S+ \[S?C?\]", told, re.MULTILINE)
            found = [key for key in re.findall(r"^(?:sec|ssb) +\S+ ([0-9a-f]{16}) \S+ \[[^]]*S", told, re.MULTILINE)] or found
            keys += ["-u", found[-1]]
        return run("rnp", "--homedir", home, "--password", "", "--notty", "--clearsign", *keys, "--output", "-",
                   self.write("text", text))

    def verdict(self, keyring, message, now):
        home = self.home()
        good = succeeds(*at(now), "rnp", "--homedir", home, "--keyfile", keyring, "--verify", "--output", "-", message)[0]
        shutil.rmtree(home)
        return good


class Gosop(Peer):
    """Makes and verifies detached signatures only, and looks at no times: it takes what is expired or from the future."""
    name = "gosop"
    packages = ["gosop"]

    def generate(self):
        secret = run("gosop", "generate-key", *USER_IDS[:1])
        yield "default", Made(secret.decode(), run("gosop", "extract-cert", input=secret).decode())

    def sign(self, secrets, text):
        stripped = openpgp.canonical(text)
        block = run("gosop", "sign", "--as", "text", *self.write_all("secret", secrets), input=stripped)
        # The frame is ours, the signatures are not.
        return b"-----BEGIN PGP SIGNED MESSAGE-----\n\n" + openpgp.dash_escape(stripped) + b"\n" + block + b"\n"

    def verdict(self, keyring, message, now):
        parts = self.apart(message)
        if not parts:
            return None
        with open(parts[0], "rb") as text:
            return subprocess.run(["gosop", "verify", parts[1], keyring], stdin=text, capture_output=True,
                                  check=False).returncode == 0


class PGPainless(Peer):
    name = "pgpainless"
    packages = ["pgpainless-cli", "openjdk-17-jdk-headless", "faketime"]
    CLASSES = ":".join(f"/usr/share/java/{name}.jar" for name in [
        "sop-java", "pgpainless-sop", "pgpainless-core", "bcpg", "bcprov", "slf4j-api"])

    def generate(self):
        secret = run("pgpainless-cli", "generate-key", *USER_IDS)
        yield "default", Made(secret.decode(), run("pgpainless-cli", "extract-cert", input=secret).decode())

    def sign(self, secrets, text):
        return run("pgpainless-cli", "inline-sign", "--as", "clearsigned", *self.write_all("secret", secrets), input=text)

    def verdicts(self, cases):
        """One process for all cases of a time; a start costs a second."""
        verdict = {}
        for now in sorted({now for _, _, now in cases}):
            asked = [case for case in cases if case[2] == now]
            told = run(*at(now), "java", "-cp", self.CLASSES, HERE / "Peer.java", env={**os.environ, "TZ": "UTC"},
                       input="".join(f"{keyring} {message}\n" for keyring, message, _ in asked).encode())
            verdict.update(zip(asked, (word == b"yes" for word in told.split())))
        return [verdict[case] for case in cases]


class OpenPgpJs(Peer):
    name = "openpgp.js"
    packages = []

    def __init__(self):
        super().__init__()
        # pylint: disable=consider-using-with
        self.node = subprocess.Popen(["node", HERE / "peer.mjs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     env={**os.environ, "OPENPGP": str(OUT / "node_modules" / "openpgp")})

    def close(self):
        self.node.stdin.close()
        self.node.wait()
        super().close()

    def ask(self, **job):
        self.node.stdin.write(json.dumps(job).encode() + b"\n")
        self.node.stdin.flush()
        return json.loads(self.node.stdout.readline())

    def generate(self):
        user_ids = [{"name": "Alice", "email": "alice@example.org"}, {"name": "Älice", "email": "alice@example.com"}]
        # Its package lacks a module that the brainpool curves need.
        curves = {"ed25519Legacy": "ed25519", "nistP256": "nistp256", "nistP384": "nistp384",
                  "nistP521": "nistp521"}
        kinds = {name: {"type": "ecc", "curve": curve} for curve, name in curves.items()}
        kinds |= {"rsa2048": {"type": "rsa", "rsaBits": 2048}, "algorithm_27": {"type": "curve25519"}}
        for name, kind in kinds.items():
            yield f"primary_{name}", self.made(userIDs=user_ids[:1], **kind)
            yield f"subkey_{name}", self.made(userIDs=user_ids, subkeys=[{"sign": True}], **kind)
        for name in ["algorithm_27", "rsa2048", "nistp256", "nistp521"]:
            for layout, subkeys in [("primary", []), ("subkey", [{"sign": True}])]:
                # OpenPGP.js refuses v6 keys with the old curve, as RFC 9580 does.
                yield f"version_6_{layout}_{name}", self.made(userIDs=user_ids, subkeys=subkeys, config={"v6Keys": True},
                                                              **kinds[name])

    def made(self, **options):
        answer = self.ask(do="generate", options=options)
        assert "secret" in answer, answer
        return Made(answer["secret"], answer["public"])

    def sign(self, secrets, text):
        answer = self.ask(do="sign", secret=secrets, text=text.decode())
        assert "message" in answer, answer
        return answer["message"].encode()

    def verdict(self, keyring, message, now):
        return self.ask(do="verify", now=now, keyring=base64.b64encode(Path(keyring).read_bytes()).decode(),
                        message=base64.b64encode(Path(message).read_bytes()).decode()).get("good", 0) > 0


ALL = {peer.name: peer for peer in [Gpg, Gpgv, Sq, Sqv, Rnp, Gosop, PGPainless, OpenPgpJs]}


def chosen():
    """The names in PEERS, or all."""
    return os.environ.get("PEERS", " ".join(ALL)).split()
