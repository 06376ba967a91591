"""`inki verify`: the server's own verdict on a message, for people and for programs."""

import json
import os
import re
import subprocess
import time

import openpgp
import pytest
from client import needs_client

pytestmark = [pytest.mark.both, needs_client]

TEXT = 'Grüße, Alice\n- a line with a dash\n-----and more\n\n{"a": 1}'
# bytes that a terminal obeys: an escape sequence, a line end, BEL, DEL, a control of ISO 6429 in UTF-8, right-to-left override
HOSTILE = "Alice \x1b[2J\x1b]0;pwned\x07\r\ninki: accepted\x7f \u009b31m\u202eecila <alice@example.org>"


def text_of(message_text):
    """What comes out of a text: blanks at the ends of its lines are not signed."""
    return "".join(line.rstrip(" \t") + "\n" for line in message_text.split("\n"))


@pytest.fixture
def verify(words, tmp_path):
    """Runs inki verify with a keyring (bytes, text or a path) and a message (in a file, or on standard input)."""
    def path_of(name, contents):
        if isinstance(contents, os.PathLike):
            return contents
        path = tmp_path / name
        path.write_bytes(contents.encode() if isinstance(contents, str) else contents)
        return path

    def verifying(keyring, message, *options, stdin=None):
        operands = [path_of("keyring", keyring)] + ([] if message is None else [path_of("message", message)])
        return subprocess.run([*words, "verify", *options, *operands], input=stdin, capture_output=True, timeout=30, check=False)
    return verifying


def accepted(done, text=TEXT):
    assert (done.returncode, done.stdout.decode()) == (0, text_of(text)), done
    return done.stderr.decode().splitlines()


def refused(done, status, fragment=""):
    """Nothing is on standard output, and one line on standard error says why."""
    assert (done.returncode, done.stdout) == (1, b""), done
    assert re.fullmatch(rf"inki: not accepted: [^\n]*{re.escape(fragment)}[^\n]* \({status}\)\n", done.stderr.decode()), done


@pytest.fixture
def alices(gpg, alice):
    return gpg.export(alice)


@pytest.mark.board
def test_accepted(verify, gpg, alice, alices):
    before = int(time.time())
    lines = accepted(verify(alices, gpg.clearsign(TEXT, alice)))
    match = re.fullmatch(rf"inki: signed by Test \d+ .*<test@example.org>, certificate {alice}, Ed25519, on (\S+Z)", lines[0])
    assert match and len(lines) == 1, lines
    assert abs(time.mktime(time.strptime(match.group(1), "%Y-%m-%dT%H:%M:%SZ")) - time.timezone - before) < 60


@pytest.mark.parametrize("arguments", [[], ["-"]])
def test_message_on_standard_input(words, gpg, alice, alices, tmp_path, arguments):
    (tmp_path / "keyring").write_text(alices, encoding="ascii")
    command = [*words, "verify", tmp_path / "keyring", *arguments]
    good = gpg.clearsign(TEXT, alice)
    accepted(subprocess.run(command, input=good, capture_output=True, timeout=30, check=False))
    refused(subprocess.run(command, input=good.replace(b"Alice", b"Malice"), capture_output=True, timeout=30, check=False), "SIGNATURE_WRONG")
    refused(subprocess.run(command, input=b"", capture_output=True, timeout=30, check=False), "NOT_SIGNED")


def test_kinds_of_keyrings(verify, gpg, alice, mallory):
    message = gpg.clearsign(TEXT, alice)
    armored = gpg.export(alice)
    for keyring in (gpg.run("--export", alice), gpg.run("--export", mallory, alice), gpg.export(mallory, alice),
                    "Mallory:\n" + gpg.export(mallory) + "\nand Alice:\n" + armored, armored.replace("\n", "\r\n")):
        accepted(verify(keyring, message))


def test_several_signers(verify, gpg, alice, mallory):
    message = gpg.clearsign(TEXT, alice, mallory)
    lines = accepted(verify(gpg.export(alice, mallory), message))
    assert [re.search("certificate ([0-9A-F]{40})", line).group(1) for line in lines] == [alice, mallory]
    lines = accepted(verify(gpg.export(mallory), message))
    assert len(lines) == 1 and mallory in lines[0], "the unknown signature beside is no matter"


def test_subkey(verify, gpg):
    signer = gpg.generate("rsa3072", usage="cert", subkey=("nistp256/ecdsa", "sign"))
    listing = gpg.run("--list-keys", "--with-colons", "--with-subkey-fingerprint", signer).decode()
    sub = [line.split(":")[9] for line in listing.splitlines() if line.startswith("fpr:")][1]
    lines = accepted(verify(gpg.export(signer), gpg.clearsign(TEXT, signer)))
    assert f"certificate {signer}, subkey {sub}, ECDSA P-256, on " in lines[0], lines


REFUSED = {
    # name: (what becomes of a good message, status, fragment)
    "changed text": (lambda good: good.replace(b"Alice", b"Malice"), "SIGNATURE_WRONG", "was changed"),
    "no message": (lambda good: TEXT.encode(), "NOT_SIGNED", "not an OpenPGP clear-signed message"),
    "half a message": (lambda good: good[:good.index(b"-----BEGIN PGP SIGNATURE")], "MESSAGE_NO_SIGNATURE", "no complete signature"),
    "text behind": (lambda good: good + b"yours, Mallory\n", "MESSAGE_TRAILING", "besides the one signed message"),
    "escape sequence": (lambda good: good.replace(b"Alice", b"\x1b[1mAlice"), "MESSAGE_CONTROL", "control character"),
    "larger than a message may be": (lambda good: good + b"\n" * 65536, "MESSAGE_TOO_LARGE", "over a limit of its size"),
    "much larger": (lambda good: good + b"\n" * (1 << 20), "MESSAGE_TOO_LARGE", "over a limit of its size"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(verify, gpg, alice, alices, name):
    change, status, fragment = REFUSED[name]
    message = change(gpg.clearsign(TEXT, alice))
    refused(verify(alices, message), status, fragment)
    refused(verify(alices, None, stdin=message), status, fragment)
    done = verify(alices, message, "--json")
    verdict = json.loads(done.stdout)
    assert done.returncode == 1 and done.stderr == b"" and set(verdict) == {"accepted", "status", "message"}, done
    assert verdict["accepted"] is False and verdict["status"] == status and fragment in verdict["message"], verdict


def test_stranger_and_expired_key(verify, gpg, alices, mallory):
    refused(verify(alices, gpg.clearsign(TEXT, mallory)), "SIGNATURE_UNKNOWN_ISSUER", "not in the user's keyring")
    now = int(time.time())
    signer = gpg.generate("ed25519", expire="seconds=7200", at=now - 86400)
    refused(verify(gpg.export(signer), gpg.clearsign(TEXT, signer, at=now - 86400 + 60)), "KEY_EXPIRED", "the key has expired")


@pytest.mark.board
def test_json(verify, gpg, alice, alices, mallory):
    done = verify(gpg.export(alice, mallory), gpg.clearsign(TEXT, alice, mallory), "--json")
    assert (done.returncode, done.stderr) == (0, b""), done
    verdict = json.loads(done.stdout)
    assert done.stdout.count(b"\n") == 1 and set(verdict) == {"accepted", "signers", "text"}, verdict
    assert verdict["accepted"] is True and verdict["text"] + "\n" == text_of(TEXT), verdict
    assert [signer["fingerprint"] for signer in verdict["signers"]] == [alice, mallory]
    for signer in verdict["signers"]:
        assert set(signer) == {"algorithm", "fingerprint", "key", "signed", "user_id"}, signer
        assert signer["algorithm"] == "Ed25519" and signer["key"] == signer["fingerprint"], signer
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", signer["signed"]), signer
    assert verdict["signers"][1]["user_id"] == "Mallory <mallory@example.org>", verdict


def test_largest_message_in_json(verify):
    """Each byte of the text takes six in JSON: nothing is cut, and nothing is larger than the room for it."""
    key = openpgp.Key()
    text = "\n".join(["&" * 30000] * 2)
    done = verify(openpgp.certificate(key), openpgp.clearsign(text, openpgp.Signature(key)), "--json")
    assert done.returncode == 0 and json.loads(done.stdout)["text"] == text, (done.returncode, done.stderr)


def test_hostile_user_id(words, verify, tmp_path):
    """Whatever an owner writes into a user ID, one printable line comes out; a program gets it whole."""
    key = openpgp.Key()
    for user_id, shown, told in ((HOSTILE.encode(), "Alice ?[2J?]0;pwned???inki: accepted? ?31m?ecila <alice@example.org>", HOSTILE),
                                 (b"Al\xefce \xc3", "Al?ce ?", None), (b"x" * 5000, "x" * 256 + ",", None), (b"", "(no user ID)", None)):
        keyring = openpgp.certificate(key, user_id=user_id)
        message = openpgp.clearsign(TEXT, openpgp.Signature(key))
        lines = accepted(verify(keyring, message))
        assert len(lines) == 1 and f"signed by {shown}" in lines[0] and lines[0].isprintable(), lines
        verdict = json.loads(verify(keyring, message, "--json").stdout)
        assert verdict["accepted"] and verdict["signers"][0].get("user_id") == told, verdict
        config = tmp_path / "inki.conf"
        config.write_text(f"users:\n  - name: alice\n    keyring_file: {tmp_path / 'keyring'}\n", encoding="ascii")
        done = subprocess.run([*words, "server", "-c", config, "--check-config"], capture_output=True, text=True, timeout=20, check=False)
        assert done.returncode == 0 and f"\n  {shown.rstrip(',')}" in done.stdout, done.stdout
        assert all(line.isprintable() for line in done.stdout.splitlines()), done.stdout


def test_what_is_no_keyring(verify, gpg, alice, tmp_path):
    message = gpg.clearsign(TEXT, alice)
    (tmp_path / "folder").mkdir()
    for keyring, fragment in ((gpg.run("--armor", "--export-secret-keys", alice), "this is a secret key"),
                              (gpg.run("--export-secret-keys", alice), "this is a secret key"),
                              (b"", "no OpenPGP certificate"), (message, "no OpenPGP certificate"),
                              (gpg.export(alice).replace("=", "!"), "armor"), (b"x" * (1 << 23), "larger"),
                              (tmp_path / "nothing", "No such file"), (tmp_path / "folder", "Is a directory")):
        for options in ([], ["--json"]):
            done = verify(keyring, message, *options)
            assert (done.returncode, done.stdout) == (1, b"") and done.stderr.count(b"\n") == 1, done
            assert re.match(rb"inki: /\S+: ", done.stderr) and fragment in done.stderr.decode(), done


def test_missing_message(verify, alices, tmp_path):
    done = verify(alices, tmp_path / "nothing")
    assert (done.returncode, done.stdout) == (1, b"") and b"nothing: No such file" in done.stderr, done


def test_usage(words, tmp_path):
    for arguments in ([], [""], ["a", "b", "c"], ["--nonsense", "a"], ["--json=x", "a"]):
        done = subprocess.run([*words, "verify", *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=False)
        assert (done.returncode, done.stdout) == (2, b"") and b"inki verify: " in done.stderr, (arguments, done)
    done = subprocess.run([*words, "verify", "--help"], capture_output=True, timeout=20, check=False)
    assert done.returncode == 0 and b"usage: inki verify" in done.stdout, done


def test_result_that_cannot_be_written(words, gpg, alice, alices, tmp_path):
    (tmp_path / "keyring").write_text(alices, encoding="ascii")
    (tmp_path / "message").write_bytes(gpg.clearsign(TEXT, alice))
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*words, "verify", tmp_path / "keyring", tmp_path / "message"], stdout=full, stderr=subprocess.PIPE,
                              timeout=20, check=False)
    assert done.returncode == 1 and b"cannot write the result" in done.stderr, done


def test_the_server_says_the_same(start, verify, gpg, alice, alices):
    """A request that verify accepts is taken, and one that it refuses is refused for the same reason."""
    server = start({"users": [{"name": "alice", "keyring": alices}]})
    request = json.dumps({"username": "alice", "action": "remove", "fingerprint": "SHA256:" + 43 * "A"})
    good = gpg.clearsign(request, alice)
    accepted(verify(alices, good), request)
    assert server.post(good).status == 404, "its signature is right, and there is no such key"
    forged = good.replace(b"AAAA", b"BBBB")
    refused(verify(alices, forged), "SIGNATURE_WRONG")
    assert server.post(forged).status == 401
    server.wait_for_log("the signature is wrong: the text or the signature was changed")
