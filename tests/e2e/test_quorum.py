"""Two people under one request: in one go by gpg, or one after the other, with no server in between."""

import json
import os
import subprocess
import time

import pytest

from inki import has, refused


@pytest.fixture
def bob(gpg):
    return gpg.key("nistp256")


@pytest.fixture
def team(start, gpg, alice, bob):
    """A server that asks for two signatures, of three people."""
    keyring = gpg.export(alice, bob, gpg.key("rsa2048"))
    return start({"users": [{"name": "alice", "keyring": keyring, "signatures": 2}]})


def test_two_in_one_message(team, sign, new_key, gpg, alice, bob):
    line, _ = new_key()
    request = {"username": "alice", "key": line, "expire": "1h"}
    message = gpg.clearsign(json.dumps(request), alice, bob)
    answer = team.post(message)
    assert answer.status == 200, answer
    assert sorted(answer.json[0]["signers"]) == sorted([alice, bob])
    assert team.authorized_keys("alice").stdout == line + "\n"
    team.wait_for_log(f"signer={alice}")
    team.wait_for_log(f"signer={bob}")
    time.sleep(1.1)
    refused(team.delete(sign(action="remove", key=line)), 403, "of the user's keyring, are required: 1 of 2")
    assert team.delete(gpg.clearsign('{"username":"alice","action":"remove","fingerprint":"%s"}' % answer.json[0]["fingerprint"], alice, bob)).status == 200
    assert team.keys() == []


def test_one_is_not_two(team, sign, new_key, gpg, alice, bob, mallory):
    """It tells how many of how many; neither the same one twice nor a stranger counts."""
    line, _ = new_key()
    text = '{"username":"alice","key":"%s","expire":"1h"}' % line
    refused(team.post(sign(key=line)), 403, "are required: 1 of 2")
    refused(team.post(gpg.clearsign(text, alice, mallory)), 403, "are required: 1 of 2")
    refused(team.post(gpg.clearsign(text, bob, bob)), 403, "are required: 1 of 2")
    refused(team.post(gpg.clearsign(text, mallory)), 401, "no valid signature")
    assert team.keys() == []


# ---- inki key sign: one after the other ----

@pytest.fixture
def key_sign(words, gpg):
    """Runs `inki key sign` with gpg's keys; input is a message."""
    def signing(message, *arguments, home=None):
        return subprocess.run([*words, "key", "sign", *arguments], input=message, capture_output=True, timeout=60, check=False,
                              env={**os.environ, "GNUPGHOME": home or gpg.home})
    return signing


TEXTS = {
    "one line": '{"username":"alice","key":"%s","expire":"1h"}',
    "several lines": '{\n  "username": "alice",\n\n  "key": "%s",  \n  "expire": "1h"\n}\n',
    "no line end": '{"username":"alice","key":"%s","expire":\n"1h"}',
}


@pytest.mark.parametrize("name", TEXTS)
def test_second_signature(team, key_sign, new_key, gpg, alice, bob, name):
    line, _ = new_key()
    first = gpg.clearsign(TEXTS[name] % line, alice)
    refused(team.post(first), 403, "are required: 1 of 2")
    done = key_sign(first, "-u", bob)
    assert done.returncode == 0, done
    assert f'"{line}"'.encode() in done.stderr, "he has to see what he signs"
    gpg.run("--verify", input=done.stdout)  # gpg, too, finds both signatures right
    answer = team.post(done.stdout)
    assert answer.status == 200, answer
    assert sorted(answer.json[0]["signers"]) == sorted([alice, bob])


@pytest.mark.skipif(not has("SIGN"), reason="this build does not sign (CONFIG_SIGN)")
def test_second_signature_by_a_key_in_a_file(team, key_sign, new_key, gpg, alice, tmp_path):
    """With and without a pass phrase, where there is no gpg; the wrong one leaves the request as it was."""
    line, _ = new_key()
    first = gpg.clearsign('{"username":"alice","key":"%s","expire":"1h"}' % line, alice)
    gpg.run("--quick-gen-key", "--passphrase", "sesame", "Carol <carol-sign@example.org>", "ed25519", "sign", "never")
    keys = {"plain": gpg.run("--armor", "--export-secret-keys", gpg.key("nistp256")),
            "locked": gpg.run("--armor", "--passphrase", "sesame", "--export-secret-keys", "carol-sign@example.org"),
            "phrase": b"sesame\n", "wrong": b"sesam\n"}
    for name, content in keys.items():
        (tmp_path / name).write_bytes(content)
    done = key_sign(first, "-p", str(tmp_path / "locked"), "--passphrase-file", str(tmp_path / "wrong"), home="/nonexistent")
    assert (done.returncode, done.stdout) == (1, b"") and b"the pass phrase is wrong" in done.stderr, done
    locked = key_sign(first, "-p", str(tmp_path / "locked"), "--passphrase-file", str(tmp_path / "phrase"), home="/nonexistent")
    assert locked.returncode == 0, locked
    gpg.run("--verify", input=locked.stdout)
    refused(team.post(locked.stdout), 403, "are required: 1 of 2")  # Carol is not of his keyring
    done = key_sign(locked.stdout, "-p", str(tmp_path / "plain"), home="/nonexistent")
    assert done.returncode == 0, done
    answer = team.post(done.stdout)
    assert answer.status == 200 and sorted(answer.json[0]["signers"]) == sorted([alice, gpg.key("nistp256")]), answer


def test_what_is_asked_for_is_shown_as_the_server_reads_it(key_sign, new_key, gpg, alice, bob):
    """Not as it is spelled: escapes hide a name, spaces push a field out of sight, marks turn the line around."""
    line, _ = new_key()
    text = '{"us\\u0065rname":"r\\u006fot",%s"k\\u0065y":"%s","expire":"2\\u0064","reason":"\\u202eharmless"}' % (" " * 3000, line)
    done = key_sign(gpg.clearsign(text, alice), "-u", bob)
    assert done.returncode == 0, done
    shown = next(each for each in done.stderr.decode().splitlines() if "to be signed: " in each)
    assert shown.isprintable() and '"username":"root"' in shown and line in shown and '"expire":"2d"' in shown and len(shown) < 500, shown
    assert "harmless" in shown, shown


def test_third_signature_from_a_file(team, key_sign, new_key, gpg, alice, bob, tmp_path):
    path = tmp_path / "request"
    for signer in (bob, gpg.key("rsa2048")):
        if not path.exists():
            path.write_bytes(gpg.clearsign('{"username":"alice","key":"%s","expire":"1h"}' % new_key()[0], alice))
        done = key_sign(b"", "-u", signer, str(path))
        assert done.returncode == 0, done
        path.write_bytes(done.stdout)
    assert done.stdout.count(b"BEGIN PGP SIGNATURE") == 1
    answer = team.post(done.stdout)
    assert answer.status == 200 and len(answer.json[0]["signers"]) == 3, answer


@pytest.mark.parametrize("message, words_of_error", [
    (b"", "not an OpenPGP clear-signed message"),
    (b'{"username":"alice"}', "not an OpenPGP clear-signed message"),
    ("unknown field", "and not this one"),
    ("cut off", "no complete signature block"),
    ("empty line", "ends with an empty line"),
    ("something behind", "something besides the one signed message"),
])
def test_nothing_else_is_signed(key_sign, gpg, alice, bob, message, words_of_error):
    good = gpg.clearsign('{"username":"alice","action":"remove","fingerprint":"%s"}' % ("0" * 32), alice)
    message = {"unknown field": gpg.clearsign('{"username":"alice","until":"1h"}', alice), "cut off": good[:-20],
               "empty line": gpg.clearsign('{"username":"alice","action":"remove","fingerprint":"%s"}\n\n' % ("0" * 32), alice),
               "something behind": good + b"x"}.get(message, message)
    done = key_sign(message, "-u", bob)
    assert (done.returncode, done.stdout) == (1, b""), done
    assert words_of_error.encode() in done.stderr and done.stderr.count(b"\n") == 1, done


def test_gpg_that_cannot_sign(key_sign, gpg, alice):
    good = gpg.clearsign('{"username":"alice","action":"remove","fingerprint":"%s"}' % ("0" * 32), alice)
    done = key_sign(good, "-u", "nobody@example.org")
    assert (done.returncode, done.stdout) == (1, b""), done
    assert key_sign(good, "a", "b").returncode == 2
    assert key_sign(b"", "/nonexistent").returncode == 1
