"""10,000 keys: each is found, each expires, none makes the others slower; and the table is usable afterwards.

gpg would take minutes for so many signatures, so openpgp.py makes them. That it makes what gpg makes is checked first.
"""

import base64
import hashlib
import json
import statistics
import time

import openpgp
from gpg import Gpg
from many import Client, ssh_line

MANY = 10_000


def fingerprint(blob):
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def test_builder_makes_what_gpg_takes(tmp_path):
    gpg = Gpg()
    try:
        for kind in ("rsa2048", "nistp256", "nistp384", "nistp521", "ed25519", "brainpoolP256r1", "brainpoolP384r1",
                     "brainpoolP512r1"):
            key, sub = openpgp.Key(kind), openpgp.Key("ed25519")
            gpg.run("--import", input=openpgp.armored_certificate(key, subkeys=[openpgp.subkey(key, sub)]).encode())
            message = tmp_path / kind
            message.write_bytes(openpgp.clearsign('{"a":1}  \n-dash\n\n', openpgp.Signature(key), openpgp.Signature(sub, digest="sha256")))
            gpg.run("--verify", str(message))
    finally:
        gpg.close()


def test_ten_thousand_keys(start, capsys):
    signer = openpgp.Key("ed25519")
    server = start({"max_request_age": "20m", "users": [{"name": "alice", "keyring": openpgp.armored_certificate(signer), "max_keys": MANY}]})
    client = Client(server)
    fingerprints = [fingerprint(ssh_line(number)[1]) for number in range(MANY)]

    def add(number, at, expire):
        text = json.dumps({"username": "alice", "key": ssh_line(number)[0], "expire": expire})
        return client.ask("POST", "/api/v1/keys", openpgp.clearsign(text, openpgp.Signature(signer, at=at)))

    def add_all(expire):
        """Seconds that each took."""
        took, at = [], int(time.time())
        for number in range(MANY):
            before = time.perf_counter()
            status, body = add(number, at, expire)
            took.append(time.perf_counter() - before)
            assert status == 200, f"key {number}: {status} {body}"
        return took

    def find(number):
        name = fingerprints[number].replace("/", "%2F") if number % 2 else fingerprints[number].replace("/", "_").replace("+", "-")
        return client.ask("GET", "/api/v1/user/alice/key/" + name)

    # All go in, at the same pace.
    took = add_all("1h")
    first, last = statistics.median(took[:1000]), statistics.median(took[-1000:])
    assert last < 3 * first + 0.001, f"adding slows down as the table fills: {first} s at first, {last} s at the end"
    assert add(MANY, int(time.time()), "1h")[0] == 403, "one key more than max_keys was taken"

    # Each is found, in all ways.
    before = time.perf_counter()
    for number in range(MANY):
        status, body = find(number)
        assert status == 200 and json.loads(body)["key"] == ssh_line(number)[0], f"key {number}: {status} {body}"
    found = (time.perf_counter() - before) / MANY
    for target in ("/api/v1/keys", "/api/v1/user/alice/keys"):
        status, body = client.ask("GET", target)
        listed = json.loads(body)
        assert status == 200 and [key["fingerprint"] for key in listed] == fingerprints, f"{target}: {status}, {len(listed)} keys"
    served = server.authorized_keys("alice")
    assert served.stdout == "".join(ssh_line(number)[0] + "\n" for number in range(MANY)), served.stderr
    one = server.authorized_keys("alice", fingerprints[MANY // 2])
    assert one.stdout == ssh_line(MANY // 2)[0] + "\n", one

    # Each is renewed with a near end, and gone then.
    time.sleep(1.1)
    end = int(time.time() + 2 * sum(took) + 3)
    add_all(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(end)))
    assert len(server.keys()) == MANY
    time.sleep(max(0, end + 0.1 - time.time()))
    assert server.keys() == []
    for number in range(MANY):
        status, body = find(number)
        assert status == 404, f"key {number} did not expire: {status} {body}"
    assert server.authorized_keys("alice").stdout == ""
    assert server.metrics()["inki_keys_expired_total"] == MANY

    # The table is as good as new, for the same keys and for others.
    now = int(time.time())
    for number in [*range(500), *range(MANY, MANY + 500)]:
        status, body = add(number, now, "1h")
        assert status == 200, f"key {number} after all expired: {status} {body}"
    assert len(server.keys()) == 1000
    with capsys.disabled():
        print(f"\n{MANY} keys: a request to add takes {first * 1e6:.0f} us in an empty table, {last * 1e6:.0f} us in a full one, "
              f"a look-up {found * 1e6:.0f} us")
