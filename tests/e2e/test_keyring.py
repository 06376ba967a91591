"""Which OpenPGP keys may sign: all that gpg makes and CONTRACT names; none that is expired, revoked or not for signing."""

import json
import time

import openpgp
import pytest
from inki import refused

pytestmark = pytest.mark.both

ALGORITHMS = ["rsa2048", "rsa3072", "rsa4096", "nistp256", "nistp384", "nistp521", "ed25519"]
NO_SIGNATURE = "no valid signature by a key of this user's keyring"


@pytest.fixture
def check(start, gpg, sign, new_key):
    """Starts a server with the keyring and posts the message; tells how it went."""
    line, _ = new_key()

    def checking(keyring, by=None, message=None, **how):
        server = start({"max_request_age": "7d", "users": [{"name": "alice", "keyring": keyring}]})
        return server, server.post(message or sign(by=by, key=line, **how))
    return checking


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_each_algorithm(check, gpg, algorithm):
    signer = gpg.key(algorithm)
    server, answer = check(gpg.export(signer), by=signer)
    assert answer.status == 200 and answer.json[0]["signer"].upper() == signer, f"{answer}\n{server.log()}"


@pytest.mark.parametrize("digest", ["SHA256", "SHA384", "SHA512"])
@pytest.mark.parametrize("algorithm", ["rsa2048", "nistp256", "ed25519"])
def test_each_digest(check, gpg, algorithm, digest):
    signer = gpg.key(algorithm)
    server, answer = check(gpg.export(signer), by=signer, options=["--digest-algo", digest])
    assert answer.status == 200, f"{answer}\n{server.log()}"


@pytest.mark.parametrize("digest", ["SHA1", "RIPEMD160"])
def test_weak_digests(check, gpg, digest):
    signer = gpg.key("rsa2048")
    server, answer = check(gpg.export(signer), by=signer, options=["--digest-algo", digest])
    refused(answer, 401, NO_SIGNATURE)
    server.wait_for_log("digest algorithm is not accepted")


@pytest.mark.parametrize("primary, sub", [("ed25519", "ed25519"), ("rsa3072", "rsa2048"), ("nistp256", "nistp384/ecdsa"), ("rsa2048", "ed25519")])
def test_signing_subkey(check, gpg, primary, sub):
    signer = gpg.generate(primary, usage="cert", subkey=(sub, "sign"))
    server, answer = check(gpg.export(signer), by=signer)
    assert answer.status == 200 and answer.json[0]["signer"].upper() == signer, f"{answer}\n{server.log()}"


def test_encryption_subkey_beside_does_not_hurt(check, gpg):
    signer = gpg.generate("ed25519", usage="sign", subkey=("cv25519", "encr"))
    _, answer = check(gpg.export(signer), by=signer)
    assert answer.status == 200, answer


def test_several_certificates(check, gpg, mallory):
    signers = [gpg.key(algorithm) for algorithm in ("rsa2048", "nistp256", "ed25519")]
    for signer in signers:
        _, answer = check(gpg.export(*signers), by=signer)
        assert answer.status == 200 and answer.json[0]["signer"].upper() == signer, answer
    _, answer = check(gpg.export(*signers), by=mallory)
    refused(answer, 401, NO_SIGNATURE)


def test_armored_blocks_one_behind_the_other(check, gpg):
    signers = [gpg.key(algorithm) for algorithm in ("nistp256", "ed25519")]
    _, answer = check("Alice's laptop:\n" + gpg.export(signers[0]) + "\nand her phone\n" + gpg.export(signers[1]), by=signers[1])
    assert answer.status == 200, answer


def test_expired_key(check, gpg):
    now = int(time.time())
    signer = gpg.generate("ed25519", expire="seconds=7200", at=now - 86400)
    message_time = now - 86400 + 3600
    server, answer = check(gpg.export(signer), by=signer, at=message_time, expire=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now + 60)))
    refused(answer, 401, NO_SIGNATURE)
    server.wait_for_log("the key has expired")


def test_revoked_key(check, gpg, sign, new_key):
    signer = gpg.generate("ed25519")
    line, _ = new_key()
    message = sign(by=signer, key=line)
    _, answer = check(gpg.export(signer), message=message)
    assert answer.status == 200, answer
    gpg.revoke(signer)
    server, answer = check(gpg.export(signer), message=message)
    refused(answer, 401, NO_SIGNATURE)
    server.wait_for_log("the key is revoked")


def test_revoked_subkey(check, gpg, sign, new_key):
    signer = gpg.generate("ed25519", usage="cert", subkey=("ed25519", "sign"))
    line, _ = new_key()
    message = sign(by=signer, key=line)
    gpg.run("--command-fd", "0", "--expert", "--edit-key", signer, input=b"key 1\nrevkey\ny\n0\n\ny\nsave\n")
    server, answer = check(gpg.export(signer), message=message)
    refused(answer, 401, NO_SIGNATURE)
    server.wait_for_log("revoked")


def test_key_that_may_not_sign(check, new_key):
    """gpg refuses to sign with it, so the packet builder does."""
    line, _ = new_key()
    key = openpgp.Key("ed25519")
    text = json.dumps({"username": "alice", "key": line, "expire": "1h"})
    message = openpgp.clearsign(text, openpgp.Signature(key))
    _, answer = check(openpgp.armored_certificate(key), message=message)
    assert answer.status == 200, answer
    server, answer = check(openpgp.armored_certificate(key, flags=openpgp.MAY_CERTIFY), message=message)
    refused(answer, 401, NO_SIGNATURE)
    server.wait_for_log("flags do not let it sign")
    sub = openpgp.Key("ed25519")
    message = openpgp.clearsign(text, openpgp.Signature(sub))
    _, answer = check(openpgp.armored_certificate(key, subkeys=[openpgp.subkey(key, sub)]), message=message)
    assert answer.status == 200, answer
    server, answer = check(openpgp.armored_certificate(key, subkeys=[openpgp.subkey(key, sub, back_signature=b"")]), message=message)
    refused(answer, 401, NO_SIGNATURE)
    server.wait_for_log("no valid signature back by the subkey")
