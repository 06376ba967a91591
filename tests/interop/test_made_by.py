"""Keys and messages that other implementations make are taken: each with each kind of key it can make, and with foreign keys.

Each message goes as a case through the unit tests' runner (RUNNER), so it is also cut off everywhere and read in arenas of any
size. PEERS names the implementations, by default all.
"""

import os
import re
import subprocess
import time

import pytest

import peers
from case import Case
from openpgp import canonical

TEXT = b'{"username":"alice","key":"ssh-ed25519 AAAA","expire":"1h"}\n'
TEXTS = {
    "crlf": b"one\r\ntwo\r\n\r\n",
    "dashes": b"- a list\n-----BEGIN PGP SIGNATURE-----\n--\n-\n- - -\n a - b\nFrom here\n",
    "trailing_blanks": b"two  \ntab\t\n \t \nin between\n",
    "blank_lines": b"\n\nin the middle\n\n\n",
    "no_line_end": b"the last line has no end",
    "non_ascii": "ключ für Ærøskøbing 🔑\n\u2028 \u0085 no-break space\u00a0\n".encode(),
    "long": b"0123456789abcdef" * 1000 + b"\n" + b"a line of many\n" * 1900,
    "empty_lines_only": b"\n\n\n",
}


# What a peer gets wrong by itself, so that nobody takes its message: PGPainless hashes the blanks at line ends (RFC 9580 7.2 does
# not).
BROKEN = {("pgpainless", "trailing_blanks")}


def armor_removed(armored):
    return peers.bytes_of_armor(re.search(rb"-----BEGIN .*?-----END ", armored.encode().replace(b"\r", b""), re.DOTALL)[0])


def lines_of(text):
    """A text as it comes out, but for line ends at its end, of which some tools take one away or add one."""
    return canonical(text).replace(b"\r\n", b"\n").rstrip(b"\n")


@pytest.fixture(name="accepts")
def fixture_accepts(tmp_path):
    """Runs a message as a case that must be good."""
    def accepts(keyring, message, text, signers=1):
        (tmp_path / "pgp").mkdir(exist_ok=True)
        parts = peers.taken_apart(message)
        assert parts, message
        signed = parts[0].replace(b"\r\n", b"\n")
        assert lines_of(signed) == lines_of(text)
        Case("case", keyring, message, now=int(time.time()), text=signed, signers=signers).write(tmp_path / "pgp")
        done = subprocess.run([os.environ["RUNNER"], "case"], env={**os.environ, "CASES": str(tmp_path)}, text=True,
                              capture_output=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return accepts


MAKERS = [name for name in peers.chosen() if getattr(peers.ALL[name], "generate", None)]
# One key of each sort that all can read, by gpg; and what the newer ones can.
SHARED = ["primary_ed25519", "subkey_ed25519", "subkey_nistp256", "primary_rsa2048"]


@pytest.mark.parametrize("name", MAKERS)
def test_own_keys(world, accepts, name):
    """Each kind of key a peer makes, with the armored and the binary certificate."""
    for layout, made in world.keys_of(name).items():
        message = world.peer(name).sign([made.secret], TEXT)
        print(f"{name}: {layout}")
        accepts(made.public.encode(), message, TEXT)
        accepts(armor_removed(made.public), message, TEXT)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("name", MAKERS)
def test_texts(world, accepts, name, text, tmp_path):
    made = next(iter(world.keys_of(name).values()))
    message = world.peer(name).sign([made.secret], TEXTS[text])
    if (name, text) not in BROKEN:
        accepts(made.public.encode(), message, TEXTS[text])
        return
    paths = tmp_path / "keyring", tmp_path / "message"
    for path, content in zip(paths, (made.public.encode(), message)):
        path.write_bytes(content)
    assert list(world.peer(name).verdicts([(*paths, int(time.time()) + 9)])) == [False], "it is right now"
    with pytest.raises(AssertionError, match="SIGNATURE_WRONG"):
        accepts(made.public.encode(), message, TEXTS[text])


@pytest.mark.parametrize("name", MAKERS)
def test_line_ends_on_the_way(world, accepts, name):
    """A message that a mail program or an editor gave CR LF and blanks at line ends."""
    made = next(iter(world.keys_of(name).values()))
    message = world.peer(name).sign([made.secret], TEXTS["dashes"]).replace(b"\r", b"")
    accepts(made.public.encode(), message.replace(b"\n", b"\r\n"), TEXTS["dashes"])
    accepts(made.public.encode(), message.replace(b"\n", b" \t\n"), TEXTS["dashes"])


@pytest.mark.parametrize("layout", SHARED)
@pytest.mark.parametrize("name", [name for name in MAKERS if name != "gpg"])
def test_foreign_keys(world, accepts, name, layout):
    """A key that gpg made, used by another."""
    made = world.keys_of("gpg")[layout]
    accepts(made.public.encode(), world.peer(name).sign([made.secret], TEXT), TEXT)


@pytest.mark.parametrize("name", MAKERS)
def test_several_signatures(world, accepts, name):
    """Two signatures in one message: both certificates are known, or one of them. gosop makes the first one only."""
    keys = [world.keys_of("gpg")[layout] for layout in ("primary_ed25519", "subkey_nistp256")]
    keys = keys[:1] if name == "gosop" else keys
    message = world.peer(name).sign([key.secret for key in keys], TEXT)
    blocks = [key.public.encode() for key in keys]
    accepts(b"\n".join(blocks), message, TEXT, signers=len(keys))
    accepts(b"".join(armor_removed(key.public) for key in keys), message, TEXT, signers=len(keys))
    for block in blocks:
        accepts(block, message, TEXT)


def test_keyring_of_all(world, accepts):
    """A keyring with a certificate of each kind of each peer, up to its limit; any of them signs."""
    everything = [(name, layout, made) for name in MAKERS for layout, made in world.keys_of(name).items()]
    chosen = everything[::len(everything) // 60 + 1]
    blocks = b"a remark\n".join(made.public.encode() for _, _, made in chosen)
    binary = b"".join(armor_removed(made.public) for _, _, made in chosen)
    for name, _, made in {name: (name, layout, made) for name, layout, made in chosen}.values():
        message = world.peer(name).sign([made.secret], TEXT)
        accepts(blocks, message, TEXT)
        accepts(binary, message, TEXT)
