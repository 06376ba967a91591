"""What inki signs with a secret-key file is taken by the other implementations: with each kind of key that they make, in the clear and
protected by a pass phrase in each way that they can be told to.

SIGNER signs (tests/interop/sign.c) and judges its own message as the server would. PEERS names the implementations, by default all.
"""

import functools
import itertools
import os
import pty
import subprocess
import time
from pathlib import Path

import pytest

import gpg as gnupg
import peers
from test_made_by import MAKERS, armor_removed

SIGNER = os.environ["SIGNER"]
TEXT = b'{"username":"alice","key":"ssh-ed25519 AAAA","expire":"1h"}\n- a dash, and blanks \t\n\nFrom the end'
PASSPHRASE = "a pass phrase, ä"
# make check takes some of the keys only (see made-by in tests.mk).
EXTENT = pytest.mark.parametrize("step", [pytest.param(4, id="some"), pytest.param(1, id="long")])
VERIFIERS = [name for name in peers.chosen() if name in ("gpg", "sq", "rnp", "openpgp.js")]


def sign(folder, secret, *passphrases, now=None, text=TEXT):
    """The message; or the name of the status that is in the way."""
    paths = folder / "secret", folder / "text"
    for path, content in zip(paths, (secret, text)):
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    done = subprocess.run([SIGNER, *paths, str(now or int(time.time())), *passphrases], capture_output=True, check=False)
    assert done.returncode in (0, 1) and not done.stderr, done
    if b"SECRET_KEY_LEFT_OUT" in done.stdout:
        pytest.skip("built without CONFIG_SIGN")
    return done.stdout if done.returncode == 0 else done.stdout.decode().strip()


def cannot(verifier, layout):
    """Keys that a verifier does not know: those of RFC 9580 are too new for these versions, brainpool needs what is not installed;
    gpg and OpenPGP.js take none without a user ID, whoever has signed with it."""
    if "version_6" in layout or "algorithm_27" in layout:
        return verifier != "openpgp.js"
    if layout == "without_user_id":
        return verifier in ("gpg", "openpgp.js")
    return "brainpool" in layout and verifier in ("sq", "openpgp.js")


def check(world, folder, maker, layout, made, *passphrases):
    message = sign(folder, made.secret, *passphrases)
    assert isinstance(message, bytes), f"{maker} {layout}: {message}"
    paths = folder / "public", folder / "message"
    for path, content in zip(paths, (made.public.encode(), message)):
        path.write_bytes(content)
    for verifier in VERIFIERS:
        if not cannot(verifier, layout):
            verdict = list(world.peer(verifier).verdicts([(*paths, int(time.time()) + 1)]))
            assert verdict == [True], f"{verifier} refuses what inki signed with {layout} of {maker}\n{message.decode()}"


@EXTENT
@pytest.mark.parametrize("maker", MAKERS)
def test_keys_in_the_clear(world, tmp_path, maker, step):
    for layout, made in list(world.keys_of(maker).items())[::step]:
        check(world, tmp_path, maker, layout, made)
        assert isinstance(sign(tmp_path, armor_removed(made.secret)), bytes)
        assert sign(tmp_path, made.public) == sign(tmp_path, armor_removed(made.public)) == "SECRET_KEY_PUBLIC"


# ---- protected by a pass phrase ----

def made_by_gpg(gpg, algorithm):
    gpg.run("--passphrase", PASSPHRASE, "--quick-gen-key", f"Protected {algorithm} <p@example.org>", algorithm, "sign")
    listing = gpg.run("--list-keys", "--with-colons", f"=Protected {algorithm} <p@example.org>").decode()
    key = next(line.split(":")[9] for line in listing.splitlines() if line.startswith("fpr:"))
    secret = gpg.run("--passphrase", PASSPHRASE, "--armor", "--export-secret-keys", key)
    return peers.Made(secret.decode(), gpg.export(key))


def protected_by_gpg(peer):
    quick = gnupg.Gpg()
    Path(quick.home, "gpg-agent.conf").write_text("s2k-count 65536\n", encoding="ascii")
    yield "protected", lambda: made_by_gpg(quick, "ed25519")
    yield "protected_rsa4096", lambda: made_by_gpg(quick, "rsa4096")
    yield "protected_nistp384", lambda: made_by_gpg(quick, "nistp384")
    # with the count that gpg finds fitting for this machine
    yield "protected_slowly", lambda: made_by_gpg(peer.gpg, "nistp256")
    quick.close()


def made_by_sq(peer):
    """sq asks for the pass phrase on its terminal, twice."""
    path = peer.folder / "protected"
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp("sq", ["sq", "--force", "key", "generate", "--with-password", "--userid", "alice", "--export", str(path)])
    asked = b""
    for count in (1, 2):
        while asked.count(b":") < count:
            asked += os.read(terminal, 1000)
        os.write(terminal, PASSPHRASE.encode() + b"\n")
    try:
        while os.read(terminal, 1000):
            pass
    except OSError:  # it has ended
        pass
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0, asked
    return peers.Made(path.read_text(), peers.run("sq", "key", "extract-cert", path).decode())


def protected_by_sq(peer):
    yield "protected", lambda: made_by_sq(peer)


def made_by_rnp(peer, *options):
    home = peer.home()
    common = ["rnpkeys", "--homedir", home, "--password", PASSPHRASE, "--notty"]
    peers.run(*common, *options, "--generate-key", "--expert", "--userid", "alice", input=b"22\n")
    return peers.Made(peers.run(*common, "--export-key", "--secret", "alice").decode(), peers.run(*common, "--export-key", "alice").decode())


def protected_by_rnp(peer):
    yield "protected", lambda: made_by_rnp(peer)
    yield "protected_aes128", lambda: made_by_rnp(peer, "--cipher", "AES128", "--hash", "SHA512")
    yield "protected_aes192", lambda: made_by_rnp(peer, "--cipher", "AES192", "--s2k-iterations", "1024")
    yield "protected_aes256", lambda: made_by_rnp(peer, "--cipher", "AES256", "--hash", "SHA384", "--s2k-msec", "1")


OCB = 2


def protected_by_openpgp_js(peer):
    ocb = {"aeadProtect": True, "preferredAEADAlgorithm": OCB}
    common = {"passphrase": PASSPHRASE, "userIDs": [{"name": "Alice"}]}
    old, new = {**common, "type": "ecc", "curve": "ed25519Legacy"}, {**common, "type": "curve25519"}
    for layout, options in {
            "ocb_subkey": {**old, "config": ocb, "subkeys": [{"sign": True}]},
            "cfb": old,
            "rsa": {**common, "type": "rsa", "rsaBits": 2048, "subkeys": [{"sign": True}]},
            "version_6": {**new, "config": {"v6Keys": True}},
            "version_6_ocb": {**new, "config": {**ocb, "v6Keys": True}, "subkeys": [{"sign": True}]}}.items():
        yield f"protected_{layout}", functools.partial(peer.made, **options)


PROTECTED = {"gpg": protected_by_gpg, "sq": protected_by_sq, "rnp": protected_by_rnp, "openpgp.js": protected_by_openpgp_js}


@EXTENT
@pytest.mark.parametrize("maker", [name for name in peers.chosen() if name in PROTECTED])
def test_protected_keys(world, tmp_path, maker, step):
    for layout, make in itertools.islice(PROTECTED[maker](world.peer(maker)), None, None, step):
        made = make()
        check(world, tmp_path, maker, layout, made, "wrong", PASSPHRASE)
        assert sign(tmp_path, made.secret, PASSPHRASE + " ") == "PASSPHRASE_WRONG", layout
        assert sign(tmp_path, made.secret) == "PASSPHRASE_NEEDED", layout


@pytest.mark.skipif("openpgp.js" not in VERIFIERS, reason="needs OpenPGP.js")
def test_protection_that_is_refused(world, tmp_path):
    """Argon2, and the two AEAD modes that are not OCB."""
    common = {"passphrase": PASSPHRASE, "userIDs": [{"name": "Alice"}], "type": "ecc", "curve": "ed25519Legacy"}
    for config, status in (({"aeadProtect": True, "s2kType": 4}, "SECRET_KEY_ARGON2"),
                           ({"aeadProtect": True, "preferredAEADAlgorithm": 3}, "SECRET_KEY_PROTECTION"),
                           ({"aeadProtect": True, "preferredAEADAlgorithm": 1}, "SECRET_KEY_PROTECTION")):
        made = world.peer("openpgp.js").made(**common, config=config)
        assert sign(tmp_path, made.secret, PASSPHRASE) == status


# ---- which key signs, as gpg says that they are ----

def test_layouts_of_gpg(world, tmp_path):
    gpg = world.peer("gpg").gpg
    key = gpg.generate("ed25519", usage="cert", subkey=("ed25519", "sign"))
    whole = gpg.run("--armor", "--export-secret-keys", key)
    stripped = gpg.run("--armor", "--export-secret-subkeys", key)
    assert isinstance(sign(tmp_path, whole), bytes)
    check(world, tmp_path, "gpg", "without the primary secret", peers.Made(stripped.decode(), gpg.export(key)))
    lonely = gpg.generate("ed25519")
    assert sign(tmp_path, gpg.run("--armor", "--export-secret-subkeys", lonely)) in ("SECRET_KEY_STUB", "SECRET_KEY_NONE")
    ago = int(time.time()) - 40 * 86400
    expired = gpg.generate("ed25519", expire="10d", at=ago)
    assert sign(tmp_path, gpg.run("--armor", "--export-secret-keys", expired)) == "KEY_EXPIRED"
    assert isinstance(sign(tmp_path, gpg.run("--armor", "--export-secret-keys", expired), now=ago + 86400), bytes)
    encrypts = gpg.generate("ed25519", usage="cert", subkey=("cv25519", "encr"))
    assert sign(tmp_path, gpg.run("--armor", "--export-secret-keys", encrypts)) == "KEY_MAY_NOT_SIGN"
    revoked = gpg.generate("ed25519")
    gpg.revoke(revoked)
    assert sign(tmp_path, gpg.run("--armor", "--export-secret-keys", revoked)) == "KEY_REVOKED"
    two = gpg.run("--armor", "--export-secret-keys", encrypts, key)
    check(world, tmp_path, "gpg", "two keys in one file", peers.Made(two.decode(), gpg.export(key)))
