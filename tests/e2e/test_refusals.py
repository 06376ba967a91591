"""Each bad request gets its own clear error, changes nothing, and the server serves on."""

import json
import re
import time

import openpgp
import pytest
from inki import refused

pytestmark = pytest.mark.both

NO_SIGNATURE = "no valid signature by a key of this user's keyring"


@pytest.fixture
def stays_empty(server):
    """After the test the server still serves, and no key got in."""
    yield server
    server.is_serving()
    assert server.keys() == []


def rfc3339(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


# ---- the signed JSON: signed rightly by Alice, and wrong in itself ----

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILA2jQqGzVzINkw6GcQ7L22pQ2PCcWIEeKI2DPTkEVer alice@laptop"
GOOD = {"username": "alice", "key": KEY, "expire": "1h"}
FINGERPRINT = "SHA256:" + 43 * "A"


def changed(**fields):
    return {name: value for name, value in {**GOOD, **fields}.items() if value is not None}


REQUESTS = {
    # name: (the signed text, or the object that it holds; status; fragment of the message)
    "no JSON": ("hello", 400, "not one flat JSON object"),
    "empty text": ("", 400, "not one flat JSON object"),
    "JSON with something behind": (json.dumps(GOOD) + " x", 400, "not one flat JSON object"),
    "two objects": (json.dumps(GOOD) * 2, 400, "not one flat JSON object"),
    "an array": ([GOOD], 400, "not one flat JSON object"),
    "nested": (changed(reason={"a": 1}), 400, "not one flat JSON object"),
    "comma at the end": (json.dumps(GOOD)[:-1] + ",}", 400, "not one flat JSON object"),
    "single quotes": (json.dumps(GOOD).replace('"', "'"), 400, "not one flat JSON object"),
    "unknown field": (changed(expires="1h"), 400, "not this one"),
    "field in other case": (changed(Username="alice"), 400, "not this one"),
    "repeated field": ('{"expire":"1m",' + json.dumps(GOOD)[1:], 400, "a field twice"),
    "repeated field, escaped": ('{"\\u0065xpire":"1m",' + json.dumps(GOOD)[1:], 400, "a field twice"),
    "user and username": (changed(user="alice"), 400, "a field twice"),
    "number as expire": (changed(expire=3600), 400, "all fields are strings"),
    "null as reason": ('{"reason":null,' + json.dumps(GOOD)[1:], 400, "all fields are strings"),
    "no username": (changed(username=None), 400, "needs a username"),
    "empty username": (changed(username=""), 400, "needs a username"),
    "long username": (changed(username="a" * 65), 400, "needs a username"),
    "no key": (changed(key=None), 400, "has no key"),
    "no expire": (changed(expire=None), 400, "has no expire"),
    "bad duration": (changed(expire="1 hour"), 400, "neither an RFC 3339 time nor a duration"),
    "bad date": (changed(expire="2026-02-30T00:00:00Z"), 400, "neither an RFC 3339 time nor a duration"),
    "bad action": (changed(action="replace"), 400, "neither add nor remove"),
    "remove of nothing": ({"username": "alice", "action": "remove"}, 400, "either its key or its fingerprint"),
    "remove of both": ({"username": "alice", "action": "remove", "key": KEY, "fingerprint": FINGERPRINT}, 400,
                       "either its key or its fingerprint"),
    "bad fingerprint": ({"username": "alice", "action": "remove", "fingerprint": "SHA256:AAAA"}, 400, "fingerprint is neither"),
    "fingerprint to add": (changed(fingerprint=FINGERPRINT), 400, "fingerprint"),
    "remove of an unknown key": ({"username": "alice", "action": "remove", "fingerprint": FINGERPRINT}, 404, "no such key"),
    "long reason": (changed(reason="x" * 257), 400, "longer than 256 bytes"),
    "no hosts": (changed(hosts=[]), 400, "at least one host name"),
    "too many hosts": (changed(hosts=[f"h{n}" for n in range(17)]), 400, ""),
    "other hosts": (changed(hosts=["elsewhere.example.org"]), 403, "meant for other hosts"),
    # the key
    "two lines in key": (changed(key=KEY + "\n" + KEY), 400, "control character"),
    "control character in key": (changed(key=KEY + "\x1b[31m"), 400, "control character"),
    "options in key": (changed(key='command="/bin/sh" ' + KEY), 403, "option; the host may allow it by allow_options: command"),
    "restrict in key": (changed(key="restrict " + KEY), 403, "option; the host may allow it by allow_options: restrict"),
    "certificate authority": (changed(key="cert-authority " + KEY), 403, "cert-authority"),
    "unknown option": (changed(key="restrict,nonsense " + KEY), 400, "no option of sshd: nonsense"),
    "SSH2 form": (changed(key="---- BEGIN SSH2 PUBLIC KEY ----\nAAAA"), 400, "RFC 4716"),
    "PuTTY's file": (changed(key="PuTTY-User-Key-File-3: ssh-ed25519\nAAAA"), 400, "PuTTYgen"),
    "no type": (changed(key=KEY.split()[1]), 400, "key"),
    "no base64": (changed(key="ssh-ed25519"), 400, "key"),
    "other type inside": (changed(key=KEY.replace("ssh-ed25519", "ssh-rsa")), 400, "not a key of its type"),
    "key cut short": (changed(key="ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP// x"), 400, "not a key of its type"),
    "DSA": (changed(key="ssh-dss AAAAB3NzaC1kc3MAAACBAA== x"), 400, "too weak"),
    "certificate": (changed(key="ssh-ed25519-cert-v01@openssh.com AAAA x"), 400, "send the plain public key"),
    "long comment": (changed(key=" ".join(KEY.split()[:2] + ["x" * 257])), 400, "comment"),
    # policy
    "expired": (changed(expire="2020-01-01T00:00:00Z"), 403, "has passed already"),
    "too long": (changed(expire="25h"), 403, "longer than this user's policy allows"),
    "too long, as a date": (changed(expire="9999-12-31T23:59:59Z"), 403, "longer than this user's policy allows"),
    "short of nothing": (changed(expire="0s"), 403, "has passed already"),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_signed_but_wrong(stays_empty, gpg, alice, name):
    contents, status, fragment = REQUESTS[name]
    text = contents if isinstance(contents, str) else json.dumps(contents)
    refused(stays_empty.post(gpg.clearsign(text, alice)), status, fragment)


def test_the_right_one_of_these_is_taken(server, gpg, alice):
    assert server.post(gpg.clearsign(json.dumps(GOOD), alice)).status == 200


def test_remove_by_delete_only_or_post_but_no_add_by_delete(stays_empty, sign):
    refused(stays_empty.delete(sign(key=KEY)), 400, '"action":"remove"')


# ---- the message around it ----

def tampered_text(message):
    return message.replace(b'"1h"', b'"9h"')


def tampered_signature(message):
    """Changes one character in the middle of the signature's base64 (the block's line before its checksum)."""
    lines = message.split(b"\n")
    at = next(number for number, line in enumerate(lines) if line.startswith(b"=")) - 1
    lines[at] = lines[at][:10] + (b"A" if lines[at][10:11] != b"A" else b"B") + lines[at][11:]
    return b"\n".join(lines)


def joined(message):
    """What curl -d makes of a file."""
    return message.replace(b"\n", b"")


MESSAGES = {
    # name: (what becomes of a good message, status, fragment)
    "unsigned": (lambda message: json.dumps(GOOD).encode(), 400, "gpg --clearsign"),
    "empty": (lambda message: b"", 400, "the body is empty"),
    "garbage": (lambda message: bytes(range(256)) * 20, 400, ""),
    "a line in front": (lambda message: b"hello\n" + message, 400, ""),
    "a line behind": (lambda message: message + b"hello\n", 400, "besides the one signed message"),
    "two messages": (lambda message: message + message, 400, "besides the one signed message"),
    "joined": (joined, 400, "--data-binary @-"),
    "NUL": (lambda message: message.replace(b"alice", b"alice\0", 1), 400, "control character"),
    "latin-1": (lambda message: message.replace(b"laptop", b"l\xe4ptop"), 400, "UTF-8"),
    "bare CR": (lambda message: message.replace(b"\n", b"\r"), 400, ""),
    "header NotDashEscaped": (lambda message: message.replace(b"Hash: ", b"NotDashEscaped: x\nHash: "), 400, "other than Hash"),
    "text in the headers": (lambda message: message.replace(b"Hash: ", b"you see this\nHash: "), 400, ""),
    "dash": (lambda message: message.replace(b"\n\n{", b"\n\n-x\n{"), 400, "unescaped dash"),
    "no signature block": (lambda message: message[:message.index(b"-----BEGIN PGP SIGNATURE")], 400, "no complete signature block"),
    "half a signature block": (lambda message: message[:-40], 400, ""),
    "bad base64": (lambda message: re.sub(rb"\n\n([^{])", rb"\n\n!\1", message), 400, "armor"),
    "tampered text": (tampered_text, 401, NO_SIGNATURE),
    "tampered signature": (tampered_signature, 401, NO_SIGNATURE),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_message_changed_on_the_way(stays_empty, gpg, alice, name):
    good = gpg.clearsign(json.dumps(GOOD), alice)
    change, status, fragment = MESSAGES[name]
    assert change(good) != good, "the test changes nothing"
    refused(stays_empty.post(change(good)), status, fragment)


def test_curl_with_d(stays_empty, sign, tmp_path):
    path = tmp_path / "message"
    path.write_bytes(sign(key=KEY))
    refused(stays_empty.curl("/api/v1/keys", "-d", f"@{path}"), 400, "--data-binary @-")


def test_wrong_signer_and_unknown_user_get_the_same_answer(stays_empty, sign, mallory):
    def head_and_body(answer):
        return re.sub(rb"(?i)date: [^\r\n]*", b"", answer.head), answer.body

    wrong_signer = stays_empty.post(sign(by=mallory, key=KEY))
    unknown_user = stays_empty.post(sign(by=mallory, key=KEY, username="bob"))
    refused(wrong_signer, 401, NO_SIGNATURE)
    assert head_and_body(wrong_signer) == head_and_body(unknown_user)
    stays_empty.wait_for_log("by a key that is not in the user's keyring")
    stays_empty.wait_for_log("no such user")


def test_signature_by_the_right_key_for_another_user(start, gpg, alice, mallory, sign):
    server = start({"users": [{"name": "alice", "keyring": gpg.export(alice)}, {"name": "mallory", "keyring": gpg.export(mallory)}]})
    refused(server.post(sign(by=mallory, username="alice", key=KEY)), 401, NO_SIGNATURE)
    assert server.keys() == []


@pytest.mark.parametrize("age, status, fragment", [
    (3600 - 60, 200, ""), (3600 + 60, 401, "too old"), (365 * 86400, 401, "too old"),
    (-240, 200, ""), (-360, 401, "dated in the future"), (-365 * 86400, 401, "dated in the future"),
])
def test_signature_time(start, age, status, fragment):
    now = int(time.time())
    signer = openpgp.Key("ed25519", at=now - 2 * 365 * 86400)
    server = start({"users": [{"name": "alice", "keyring": openpgp.armored_certificate(signer)}]})
    text = json.dumps(changed(expire=rfc3339(now + 600)))
    answer = server.post(openpgp.clearsign(text, openpgp.Signature(signer, at=now - age)))
    if status == 200:
        assert answer.status == 200, answer
    else:
        refused(answer, status, fragment)
        assert server.keys() == []


def test_duration_counts_from_the_signature(start):
    now = int(time.time())
    signer = openpgp.Key("ed25519", at=now - 86400)
    server = start({"users": [{"name": "alice", "keyring": openpgp.armored_certificate(signer)}]})
    message = openpgp.clearsign(json.dumps(changed(expire="20m")), openpgp.Signature(signer, at=now - 1500))
    refused(server.post(message), 403, "has passed already")
    message = openpgp.clearsign(json.dumps(changed(expire="30m")), openpgp.Signature(signer, at=now - 1500))
    assert server.post(message).json[0]["expire"] == rfc3339(now - 1500 + 1800)


# ---- order and replay ----

def test_order_and_replay(start):
    now = int(time.time())
    signer = openpgp.Key("ed25519", at=now - 86400)
    server = start({"users": [{"name": "alice", "keyring": openpgp.armored_certificate(signer)}]})

    def message(at, **fields):
        return openpgp.clearsign(json.dumps(fields), openpgp.Signature(signer, at=now + at))

    add = message(-100, **GOOD)
    remove = message(-50, username="alice", action="remove", key=KEY)
    first = server.post(add)
    assert first.status == 200
    again = server.post(add)
    assert (again.status, again.json) == (200, first.json), "the same request again changes nothing and is no error"
    refused(server.post(message(-101, **GOOD)), 409, "signed later")
    refused(server.post(message(-100, **changed(expire="2h"))), 409, "same second")
    removed = server.delete(remove)
    assert [key["key"] for key in removed.json] == [KEY] and server.keys() == []
    refused(server.post(add), 409, "signed later")
    refused(server.post(message(-51, **GOOD)), 409, "signed later")
    refused(server.post(message(-50, **GOOD)), 409, "same second")
    assert server.delete(remove).status in (200, 404) and server.keys() == []
    assert server.post(message(-49, **GOOD)).status == 200
    assert len(server.keys()) == 1
    server.is_serving()


def test_a_key_can_be_removed_by_post_and_by_each_fingerprint(server, gpg, alice, new_key):
    for name in ("fingerprint", "md5"):
        line, _ = new_key()
        added = server.post(gpg.clearsign(json.dumps(changed(key=line)), alice)).json[0]
        time.sleep(1.1)
        text = json.dumps({"username": "alice", "action": "remove", "fingerprint": added[name]})
        removed = server.post(gpg.clearsign(text, alice))
        assert removed.status == 200 and removed.json[0]["fingerprint"] == added["fingerprint"], removed
        assert server.keys() == []


# ---- policy ----

def test_policies(start, gpg, alice, sign, new_key):
    server = start({
        "host": "router-17",
        "defaults": {"max_keys": 2},
        "users": [
            {"name": "alice", "keyring": gpg.export(alice)},
            {"name": "short", "keyring": gpg.export(alice), "max_lifetime": "10m"},
            {"name": "bound", "keyring": gpg.export(alice), "bind_host": True},
            {"name": "modern", "keyring": gpg.export(alice), "key_types": ["ssh-ed25519"]},
            {"name": "large", "keyring": gpg.export(alice), "min_rsa_bits": 3072},
        ]})
    rsa, _ = new_key("rsa", bits=2048)
    ecdsa, _ = new_key("ecdsa", bits=256)
    refused(server.post(sign(username="short", key=KEY)), 403, "longer than this user's policy allows")
    assert server.post(sign(username="short", key=KEY, expire="10m")).status == 200
    refused(server.post(sign(username="bound", key=KEY)), 403, "must name their hosts")
    refused(server.post(sign(username="bound", key=KEY, hosts=["router-18", "router-1"])), 403, "meant for other hosts")
    assert server.post(sign(username="bound", key=KEY, hosts=["router-18", "router-17"])).status == 200
    refused(server.post(sign(username="modern", key=ecdsa)), 403, "does not allow this type")
    assert server.post(sign(username="modern", key=KEY)).status == 200
    refused(server.post(sign(username="large", key=rsa)), 403, "shorter than this user's policy allows")
    assert server.post(sign(username="alice", key=rsa)).status == 200
    assert server.post(sign(username="alice", key=ecdsa)).status == 200
    refused(server.post(sign(username="alice", key=KEY)), 403, "as many keys as the policy allows")
    assert len(server.keys()) == 5
    server.is_serving()


def test_two_signatures_where_two_are_asked_for(start, gpg, alice, mallory, sign):
    both = gpg.export(alice, mallory)
    server = start({"users": [{"name": "alice", "keyring": both, "signatures": 2}]})
    refused(server.post(sign(key=KEY)), 403, "more signatures")
    refused(server.post(gpg.clearsign(json.dumps(GOOD), alice, alice)), 403, "more signatures")
    added = server.post(gpg.clearsign(json.dumps(GOOD), alice, mallory))
    assert added.status == 200 and sorted(added.json[0]["signers"]) == sorted([alice, mallory]), added
