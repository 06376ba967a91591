"""HTTPS with the clients that people have: which certificates, versions and ciphers work, and what is refused."""

import contextlib
import json
import os
import random
import re
import signal
import socket
import ssl
import subprocess
import time

import certificates
import inki
import pytest
from inki import Wire, refused, wait_for

pytestmark = [pytest.mark.both, pytest.mark.skipif(not inki.has_tls(), reason="this build has no TLS")]

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
LISTEN = [{"address": "127.0.0.1:0", "tls": True}, {"address": "127.0.0.1:0"}]


@pytest.fixture(scope="session")
def identities():
    """The certificates that servers have here, by kind, each with its root."""
    found = {kind: certificates.chained(kind) for kind in ("rsa2048", "p256", "p384")}
    found["self"] = (certificates.issue("p256"),) * 2
    return found


@pytest.fixture
def tls(start, gpg, alice, tmp_path, identities):
    """Starts a server with a TLS listener, a plain one and a Unix socket; root is the path of its root's certificate."""
    def starting(kind="p256", identity=None, **config):
        identity, root = (identity, identity) if identity else identities[kind]
        listen = [*LISTEN, {"socket": "SOCKET", "mode": "0666"}]
        server = start({"listen": listen, "level": "debug", "tls": identity.write(str(tmp_path)),
                        "users": [{"name": "alice", "keyring": gpg.export(alice)}], **config})
        server.root = str(tmp_path / "root.pem")
        with open(server.root, "wb") as file:
            file.write(root.pem)
        return server
    return starting


def curl(server, target="/healthz", *arguments, data=None, host="localhost", check=True):
    command = ["curl", "-q", "-sS", "--max-time", "20", "--cacert", server.root, *(["--data-binary", "@-"] if data else []),
               *arguments, f"https://{host}:{server.ports[0]}{target}"]
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    assert done.returncode == 0 or not check, f"{done.stderr.decode()}\n{server.log()}"
    return done.stdout if check else done


class TlsWire(Wire):
    """A connection of text over TLS, by Python's ssl (that is OpenSSL)."""

    def __init__(self, server, context=None, session=None, alpn=(), **how):
        super().__init__(server, **how)
        context = context or ssl.create_default_context(cafile=server.root)
        if alpn:
            context.set_alpn_protocols(alpn)
        self.socket = context.wrap_socket(self.socket, server_hostname="localhost", session=session)

    def more(self):
        try:
            return super().more()
        except ssl.SSLError:
            return b""


@pytest.mark.parametrize("kind", ["rsa2048", "p256", "p384", "self"])
def test_clients(tls, kind):
    server = tls(kind)
    assert curl(server) == b"ok\n"
    assert curl(server, host="127.0.0.1") == b"ok\n"
    with TlsWire(server) as wire:
        assert wire.send(HEALTH).answer().status == 200
    if kind != "p384":  # gnutls-cli reads its answer slowly: twice is enough
        done = subprocess.run(["gnutls-cli", "--x509cafile", server.root, "-p", str(server.ports[0]), "localhost"], capture_output=True,
                              input=HEALTH.replace(b"Host", b"Connection: close\r\nHost"), timeout=20, check=False)
        assert b"200 OK" in done.stdout and b"- Status: The certificate is trusted" in done.stdout, done
    assert Wire(server_at(server, 1)).send(HEALTH).answer().status == 200, "the plain listener"
    pin = re.search(r"--pinnedpubkey (sha256//\S{44})", server.log()).group(1)
    assert curl(server, "/healthz", "--pinnedpubkey", pin) == b"ok\n"


def server_at(server, number):
    """The same server by another of its ports."""
    class Other:
        address = ("127.0.0.1", server.ports[number])
    return Other


def openssl(server, *arguments, send=b""):
    done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{server.ports[0]}", *arguments], input=send,
                          capture_output=True, timeout=20, check=False)
    return (done.stdout + done.stderr).decode(errors="replace")


def test_versions_and_ciphers(tls):
    server = tls("rsa2048")
    assert "TLSv1.2" in openssl(server)
    for version in ("-tls1", "-tls1_1", "-tls1_3"):
        assert "Cipher is (NONE)" in openssl(server, version, "-cipher", "ALL:@SECLEVEL=0"), version
    for cipher in ("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305"):
        assert f"Cipher is {cipher}" in openssl(server, "-tls1_2", "-cipher", cipher)
    for cipher in ("AES128-GCM-SHA256", "AES128-SHA", "ECDHE-RSA-AES128-SHA", "ECDHE-RSA-AES128-SHA256", "DHE-RSA-AES128-GCM-SHA256",
                   "aNULL", "eNULL", "ECDHE-ECDSA-AES128-GCM-SHA256"):
        assert "Cipher is (NONE)" in openssl(server, "-tls1_2", "-cipher", cipher + ":@SECLEVEL=0"), cipher
    server.wait_for_log("TLS with 127.0.0.1 failed: the other side does not speak TLS, or has no version or cipher suite")
    assert curl(server) == b"ok\n"


def test_renegotiation_is_refused(tls):
    server = tls()
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{server.ports[0]}", "-tls1_2"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as client:
        time.sleep(1)
        client.stdin.write(b"R\n")
        client.stdin.flush()
        time.sleep(1)
        said = client.communicate(timeout=30)[0]
    assert b"RENEGOTIATING" in said and b"no renegotiation" in said, said
    assert curl(server) == b"ok\n"


def test_resumption(tls):
    server = tls()
    context = ssl.create_default_context(cafile=server.root)
    with TlsWire(server, context) as wire:
        assert wire.send(HEALTH).answer().status == 200
        session = wire.socket.session
        assert not wire.socket.session_reused
    for _ in range(3):
        with TlsWire(server, context, session) as wire:
            assert wire.socket.session_reused and wire.send(HEALTH).answer().status == 200
    for _ in range(70):  # more than are remembered (CONFIG_TLS_SESSIONS)
        with TlsWire(server) as wire:
            pass
    with TlsWire(server, context, session) as wire:
        assert not wire.socket.session_reused and wire.send(HEALTH).answer().status == 200


def test_alpn_and_server_name(tls):
    server = tls()
    with TlsWire(server, alpn=["h2", "http/1.1"]) as wire:
        assert wire.socket.selected_alpn_protocol() == "http/1.1"
    with TlsWire(server, alpn=["h2"]) as wire:  # it does not fail; HTTP/1.1 is what it gets
        assert wire.socket.selected_alpn_protocol() is None and wire.send(HEALTH).answer().status == 200
    assert "Cipher is ECDHE" in openssl(server, "-servername", "somebody.else.example")


def test_requests(tls, sign, new_key):
    """Everything that goes over a plain connection: signed requests, keep-alive, pipelining, 100-continue, long lists."""
    server = tls()
    lines = [new_key(comment="x" * 200)[0] for _ in range(16)]
    for line in lines:
        answer = json.loads(curl(server, "/api/v1/keys", data=sign(key=line)))
        assert answer[0]["user"] == "alice"
    assert len(json.loads(curl(server, "/api/v1/keys"))) == 16
    assert curl(server, "/api/v1/user/alice/authorized_keys").decode().count("ssh-ed25519") == 16
    with TlsWire(server) as wire:
        for _ in range(3):
            assert wire.send(HEALTH).answer().status == 200
        wire.send(HEALTH * 50)
        assert [wire.answer().status for _ in range(50)] == [200] * 50
        refused(wire.send(b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n" + b"x" * 65536).answer(), 400, "not an OpenPGP")
        refused(wire.send(b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n" + b"x" * 100).answer(), 413, "too large")
        assert wire.is_closed()
    assert b"too large" in curl(server, "/api/v1/keys", "-H", "Expect: 100-continue", data=b"x" * 100000)


def test_pipelined_beyond_the_buffers(tls):
    """Whoever sends on and on without reading gets all answers once he reads, and stops nobody else."""
    server = tls()
    request = b"GET /api/v1/keys HTTP/1.1\r\nHost: a\r\nX-Pad: " + b"p" * 4000 + b"\r\n\r\n"
    with TlsWire(server, timeout=30) as wire:
        wire.socket.settimeout(30)
        for _ in range(10):
            wire.send(request * 30)
            assert curl(server) == b"ok\n"
            assert [wire.answer().status for _ in range(30)] == [200] * 30


def test_the_end(tls):
    """Both ways to end a connection: ours says close_notify before it closes; theirs leads to no answer lost."""
    server = tls()
    with TlsWire(server) as wire:
        wire.send(HEALTH.replace(b"Host", b"Connection: close\r\nHost"))
        assert wire.answer().status == 200
        assert wire.socket.recv(10) == b"", "an end without close_notify would be an error here"
    with TlsWire(server) as wire:
        wire.send(HEALTH)
        socket.socket.shutdown(wire.socket, socket.SHUT_WR)  # half-closed, without close_notify
        assert wire.answer().status == 200
    with TlsWire(server) as wire:
        wire.send(b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345")
        assert wire.socket.unwrap() is not None, "our close_notify answers theirs"


def test_plain_http_is_told(tls):
    server = tls()
    with Wire(server) as wire:
        refused(wire.send(HEALTH).answer(), 400, "this port speaks TLS; use https://")
        assert wire.is_closed()


@pytest.mark.parametrize("what", ["random", "almost", "letters"])
def test_garbage(tls, what):
    """500 connections of nonsense get nothing, cost little, and leave nothing behind."""
    server = tls()
    choice = random.Random(7)
    before = len(os.listdir(f"/proc/{server.serving}/fd"))
    for number in range(500 if what == "random" else 100):
        data = {"random": choice.randbytes(choice.randrange(1, 400)), "letters": b"x" * number,
                "almost": b"\x16\x03" + choice.randbytes(choice.randrange(1, 300))}[what]
        with contextlib.suppress(OSError), socket.create_connection(server.address, timeout=30) as peer:
            peer.sendall(data)
            peer.shutdown(socket.SHUT_WR)
            said = peer.recv(4096)
            assert not said or said[0] == 0x15 or said.startswith(b"HTTP/1.1 400"), said
    assert curl(server) == b"ok\n"
    assert wait_for(lambda: len(os.listdir(f"/proc/{server.serving}/fd")) <= before + 1)


def handshake_bytes(server):
    """What a client sends up to its Finished, as a list of flights."""
    context = ssl.create_default_context(cafile=server.root)
    into, out = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = context.wrap_bio(into, out, server_hostname="localhost")
    with contextlib.suppress(ssl.SSLWantReadError):
        session.do_handshake()
    return session, into, out


def test_slow_and_truncated_handshakes(tls):
    """A client whose bytes come one by one gets in; one that stops anywhere is not waited for, and takes nobody's place."""
    server = tls()
    session, into, out = handshake_bytes(server)
    hello = out.read()
    with socket.create_connection(server.address, timeout=30) as peer:
        def flight(data):
            for byte in data:
                peer.sendall(bytes([byte]))
        flight(hello)
        while True:
            into.write(peer.recv(65536))
            try:
                session.do_handshake()
                break
            except ssl.SSLWantReadError:
                flight(out.read())
        session.write(HEALTH)
        flight(out.read())
        into.write(peer.recv(65536))
        assert session.read(4096).startswith(b"HTTP/1.1 200")
    waiting = []
    for size in random.Random(3).sample(range(1, len(hello)), 60):
        with socket.create_connection(server.address, timeout=30) as peer:
            peer.sendall(hello[:size])
            peer.shutdown(socket.SHUT_WR)
            assert peer.recv(10) == b""
        waiting.append(socket.create_connection(server.address, timeout=30))
        waiting[-1].sendall(hello[:size])
    assert curl(server) == b"ok\n"
    for each in waiting:
        each.close()


def test_a_handshake_has_a_deadline(tls, words):
    if words != inki.RELEASE:
        pytest.skip("it would take as long again")
    server = tls()
    with socket.create_connection(server.address, timeout=60) as peer:
        began = time.monotonic()
        peer.sendall(b"\x16\x03\x01")
        assert peer.recv(10) == b""
        assert 8 < time.monotonic() - began < 30


def test_changed_records_end_the_connection(tls):
    server = tls()
    for place in (0, 1, 20, -1):
        session, into, out = handshake_bytes(server)
        with socket.create_connection(server.address, timeout=30) as peer:
            while True:
                peer.sendall(out.read())
                into.write(peer.recv(65536))
                with contextlib.suppress(ssl.SSLWantReadError):
                    session.do_handshake()
                    break
            session.write(HEALTH)
            record = bytearray(out.read())
            record[place] ^= 1
            peer.sendall(record)
            with contextlib.suppress(ConnectionError):
                assert peer.recv(65536) == b"", "nothing is answered"
    server.wait_for_log("a TLS record was changed on the way")
    assert curl(server) == b"ok\n"


CERTIFICATE_FAULTS = {
    "no file": (lambda own, other: (None, own.key_pem()), "certificate", "No such file"),
    "no certificate": (lambda own, other: (own.key_pem(), own.key_pem()), "certificate", "there is no certificate in it"),
    "cut": (lambda own, other: (own.chain()[:300], own.key_pem()), "certificate", "line 1: the lines -----BEGIN x-----"),
    "an end of another kind": (lambda own, other: (own.pem + own.issuer.pem.replace(b"END CERT", b"END X509 CERT"), own.key_pem()), "certificate",
                               r"line \d\d: the lines -----BEGIN x-----"),
    "a key that is cut": (lambda own, other: (own.chain(), b"\n" + own.key_pem()[:-30]), "key", "line 2: the lines -----BEGIN x-----"),
    "base64": (lambda own, other: (own.chain().replace(b"MII", b"M!I"), own.key_pem()), "certificate", "line 1: the base64"),
    "order": (lambda own, other: (own.issuer.pem + own.pem, own.key_pem()), "certificate", "not in order"),
    "seven": (lambda own, other: (own.pem + own.issuer.pem + own.issuer.issuer.pem * 5, own.key_pem()), "certificate", "more than 6"),
    "no key": (lambda own, other: (own.chain(), own.pem), "key", "there is no private key in it"),
    "other key": (lambda own, other: (own.chain(), other.key_pem()), "key", "not that of the certificate"),
    "encrypted": (lambda own, other: (own.chain(), own.key_pem(password=b"x")), "key", "encrypted"),
    "encrypted, old": (lambda own, other: (own.chain(), own.key_pem("old", b"x")), "key", "encrypted"),
}


@pytest.mark.parametrize("fault", CERTIFICATE_FAULTS)
def test_wrong_files(words, identities, tmp_path, fault):
    make, name, says = CERTIFICATE_FAULTS[fault]
    own, other = identities["p256"][0], identities["self"][0]
    paths = own.write(str(tmp_path))
    for path, content in zip(paths.values(), make(own, other)):
        os.remove(path)
        if content is not None:
            with open(path, "wb") as file:
                file.write(content)
    done = check(words, tmp_path, paths)
    assert done.returncode == 1, done
    assert re.search(rf"inki\.conf:\d+:\d+: {name} \"{paths[name]}\": .*{says}", done.stderr), done.stderr


def check(words, folder, paths, **config):
    path = str(folder / "inki.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(inki.yaml({"listen": LISTEN, "tls": paths, "users": [], **config}))
    return subprocess.run([*words, "server", "-c", path, "--check-config"], capture_output=True, text=True, timeout=20, check=False)


@pytest.mark.parametrize("kind", ["rsa2048", "rsa3072", "p256", "p384", "p521"])
@pytest.mark.parametrize("form", ["PKCS8", "old"])
def test_forms_of_keys(words, tmp_path, kind, form):
    identity = certificates.issue(kind)
    paths = identity.write(str(tmp_path))
    with open(paths["key"], "wb") as file:
        file.write(b"some words\r\n" + identity.key_pem(form).replace(b"\n", b"\r\n"))
    done = check(words, tmp_path, paths)
    assert done.returncode == 0 and "--pinnedpubkey sha256//" in done.stdout, done


def test_dates_are_warned_of(words, tmp_path):
    for since, says in ((-40, "has expired"), (5, "not valid yet")):
        done = check(words, tmp_path, certificates.issue(since=since).write(str(tmp_path)))
        assert done.returncode == 0 and f"warning: the certificate {'has expired' if since < 0 else 'is not valid yet'}" in done.stdout, (says, done)


def test_memory_is_touched_by_tls_connections_only(tls, words):
    """What the budget has for TLS takes up nothing until somebody comes by TLS."""
    if words != inki.RELEASE:
        pytest.skip("the sanitizer has memory of its own")
    server = tls()

    def resident():
        with open(f"/proc/{server.serving}/status", encoding="ascii") as file:
            return int(re.search(r"RssAnon:\s+(\d+)", file.read()).group(1))
    for _ in range(3):
        Wire(server_at(server, 1)).send(HEALTH).answer()
    before = resident()
    wires = [TlsWire(server) for _ in range(20)]
    assert resident() - before <= 20 * 32
    for wire in wires:
        wire.send(HEALTH).answer()
        wire.socket.close()


def change(server, before, after):
    """Changes the configuration, and waits until the server has taken it."""
    text = server.config_text().replace(before, after)
    with open(server.config_path, "w", encoding="utf-8") as file:
        file.write(text)
    count = server.log().count("reload")
    server.process.send_signal(signal.SIGHUP)
    assert wait_for(lambda: server.log().count("reload") > count), server.log()


def test_new_certificate(tls, identities, tmp_path):
    """HUP takes a new certificate for new connections; those that are open stay; a wrong one changes nothing."""
    server = tls("p256")
    old = TlsWire(server)
    assert old.send(HEALTH).answer().status == 200
    half = socket.create_connection(server.address, timeout=30)  # in the midst of its handshake
    half.sendall(b"\x16\x03\x01")
    identity, root = identities["rsa2048"]
    identity.write(str(tmp_path), "tls")
    change(server, "", "")
    with open(server.root, "wb") as file:
        file.write(root.pem)
    assert curl(server) == b"ok\n"
    assert half.recv(10) == b"", "its key is not there any more"
    assert old.send(HEALTH).answer().status == 200
    assert len(set(re.findall(r"--pinnedpubkey (\S+)", server.log()))) == 2
    os.remove(tmp_path / "tls.key")
    change(server, "", "")
    assert "tls.key" in server.log() and curl(server) == b"ok\n"
    old.socket.close()


def test_tls_comes_and_goes(tls, identities):
    server = tls("p256")
    before = server.config_text()
    without = before.replace("tls: true", "tls: false")
    cut = re.sub(r"(?m)^tls:\n(  .*\n)+", "", without)
    change(server, before, cut)
    assert Wire(server).send(HEALTH).answer().status == 200
    change(server, cut, before)
    assert curl(server) == b"ok\n"
