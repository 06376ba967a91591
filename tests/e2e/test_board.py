"""The main way, once: a signed key goes in and comes out. This is what also runs for the binaries of boards, under qemu."""

import pytest

pytestmark = [pytest.mark.board, pytest.mark.both]


@pytest.mark.parametrize("algorithm", ["ed25519", "nistp256", "rsa2048"])
def test_add_list_serve(start, gpg, sign, new_key, algorithm):
    signer = gpg.key(algorithm)
    server = start({"users": [{"name": "alice", "keyring": gpg.export(signer)}]})
    line, _ = new_key()

    added = server.post(sign(by=signer, key=line))
    assert added.status == 200, f"{added}\n{server.log()}"
    assert [key["key"] for key in added.json] == [line]
    assert server.keys() == added.json

    served = server.authorized_keys("alice", added.json[0]["fingerprint"])
    assert (served.returncode, served.stdout, served.stderr) == (0, line + "\n", "")
    assert server.authorized_keys("bob").stdout == ""
