"""The client's https://: whom it believes, and every server that it refuses, with the reason that it gives."""

import contextlib
import os
import socket
import ssl
import subprocess
import threading
import time

import certificates
import inki
import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID as PURPOSE

pytestmark = [pytest.mark.both, pytest.mark.skipif(not inki.has_tls(), reason="this build has no TLS")]


class Peer:
    """A server by Python's ssl that answers each request with an empty list of keys."""

    def __init__(self, folder, identity, body=b"[]\n", version=None, ciphers=None, how="whole"):
        self.how, self.body = how, body
        paths = identity.write(folder, "peer")
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if version:
            self.context.minimum_version = ssl.TLSVersion.TLSv1
            self.context.maximum_version = version
        if ciphers:
            self.context.set_ciphers(ciphers)
        self.context.load_cert_chain(paths["certificate"], paths["key"])
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                raw, _ = self.socket.accept()
            except OSError:
                return
            with raw, contextlib.suppress(OSError):
                raw.settimeout(30)
                with self.context.wrap_socket(raw, server_side=True, suppress_ragged_eofs=True) as peer:
                    request = b""
                    while b"\r\n\r\n" not in request:
                        request += peer.recv(4096)
                    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(self.body)
                    if self.how == "cut":
                        peer.sendall(head + self.body[:len(self.body) // 2])
                        continue
                    for start in range(0, len(head + self.body), 5000):
                        peer.sendall((head + self.body)[start:start + 5000])
                    peer.unwrap()

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


@pytest.fixture
def peer(tmp_path):
    peers = []

    def starting(identity, **how):
        peers.append(Peer(str(tmp_path), identity, **how))
        return peers[-1]
    yield starting
    for each in peers:
        each.close()


@pytest.fixture
def ask(words, tmp_path):
    """Runs `inki key list` at a port; root is what --cacert names."""
    def asking(port, root=None, *arguments, host="localhost"):
        if root:
            path = str(tmp_path / "root.pem")
            with open(path, "wb") as file:
                file.write(root if isinstance(root, bytes) else root.pem)
            arguments = ("--cacert", path, *arguments)
        return subprocess.run([*words, "key", "list", f"https://u@{host}:{port}", "--json", *arguments], capture_output=True, text=True,
                              timeout=30, check=False)
    return asking


def pin_of(folder, identity):
    """curl's own way to make a pin."""
    path = os.path.join(folder, "pin.pem")
    with open(path, "wb") as file:
        file.write(identity.pem)
    script = (f"openssl x509 -in {path} -pubkey -noout | openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | base64")
    return "sha256//" + subprocess.run(["sh", "-c", script], check=True, capture_output=True, text=True).stdout.strip()


def accepted(done):
    assert done.returncode == 0 and done.stdout.startswith("["), done


def told(done, words):
    assert done.returncode == 1 and done.stdout == "" and words in done.stderr and done.stderr.count("\n") == 1, done


@pytest.mark.parametrize("kind", ["rsa2048", "p256", "p384", "p521"])
def test_chains(peer, ask, kind):
    identity, root = certificates.chained(kind)
    port = peer(identity).port
    accepted(ask(port, root))
    accepted(ask(port, root, host="127.0.0.1"))
    told(ask(port, certificates.authority()), "nobody whom we trust vouches for its certificate")
    told(ask(port), "nobody whom we trust vouches for its certificate")


def test_names(peer, ask):
    root = certificates.authority()
    for names, host, works in (
            (["localhost"], "localhost", True), (["LOCALHOST"], "localhost", True), (["other.example", "localhost"], "localhost", True),
            (["127.0.0.1"], "127.0.0.1", True), (["localhost"], "127.0.0.1", False), (["127.0.0.1"], "localhost", False),
            (["127.0.0.2"], "127.0.0.1", False), (["*.localhost"], "localhost", False), (["*"], "localhost", False),
            (["localhost.example"], "localhost", False), (["ocalhost"], "localhost", False), ([], "localhost", False)):
        done = ask(peer(certificates.issue(names=names, issuer=root, common_name="localhost")).port, root, host=host)
        if works:
            accepted(done)
        else:
            told(done, "its certificate is for other hosts")


def test_dates(peer, ask, tmp_path):
    root = certificates.authority()
    for since in (-40, 2):
        identity = certificates.issue(issuer=root, since=since)
        port = peer(identity).port
        told(ask(port, root), "has expired or is not valid yet; or this machine's clock is wrong")
        accepted(ask(port, None, "--pinnedpubkey", pin_of(str(tmp_path), identity)))


def test_an_expired_authority(peer, ask):
    root = certificates.authority()
    middle = certificates.issue("p256", (), root, ca=True, since=-40, common_name="middle")
    told(ask(peer(certificates.issue(issuer=middle)).port, root), "or one above it, has expired")


def test_pins(peer, ask, tmp_path):
    identity, other = certificates.issue(), certificates.issue("rsa2048")
    port = peer(identity).port
    pin, wrong = pin_of(str(tmp_path), identity), pin_of(str(tmp_path), other)
    accepted(ask(port, None, "--pinnedpubkey", pin))
    accepted(ask(port, None, "--pinnedpubkey", pin, host="127.0.0.1"))
    accepted(ask(port, None, "--pinnedpubkey", f"{wrong};{pin}"))
    accepted(ask(port, identity, "--pinnedpubkey", pin))
    told(ask(port, None, "--pinnedpubkey", wrong), "its key is not the one of --pinnedpubkey")
    told(ask(port, identity, "--pinnedpubkey", wrong), "its key is not the one of --pinnedpubkey")
    told(ask(port, other, "--pinnedpubkey", pin), "nobody whom we trust vouches for its certificate")
    for bad in ("", "sha256//", pin[:-1], pin + ";", "sha1//" + pin[8:], pin[8:], ";".join([wrong] * 9)):
        told(ask(port, None, "--pinnedpubkey", bad), "--pinnedpubkey takes sha256//")
    accepted(ask(peer(other).port, None, "--pinnedpubkey", wrong))


def test_chains_that_do_not_hold(peer, ask):
    root = certificates.authority()
    no_authority = certificates.issue("p256", (), root, ca=False, common_name="no authority")
    told(ask(peer(certificates.issue(issuer=no_authority)).port, root), "is wrong or of a kind that is not supported")
    forged_root = certificates.authority(name="Test Root")  # the same name, another key
    done = ask(peer(certificates.issue(issuer=forged_root)).port, root)
    assert done.returncode == 1 and done.stdout == "" and "certificate" in done.stderr, done
    small = certificates.issue("rsa1024", issuer=root)
    assert ask(peer(small, ciphers="ALL:@SECLEVEL=0").port, root).returncode == 1


USAGES = dict(digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
              key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False)
FOR_SERVERS = (x509.ExtendedKeyUsage([PURPOSE.CLIENT_AUTH, PURPOSE.SERVER_AUTH]), False)
FOR_ALL = (x509.ExtendedKeyUsage([PURPOSE.ANY_EXTENDED_KEY_USAGE]), False)
FOR_CLIENTS = (x509.ExtendedKeyUsage([PURPOSE.CLIENT_AUTH, PURPOSE.EMAIL_PROTECTION]), False)
CERTIFIES = (x509.KeyUsage(**{**USAGES, "key_cert_sign": True}), True)
SIGNS = (x509.KeyUsage(**{**USAGES, "digital_signature": True}), True)
INSIDE = x509.NameConstraints([x509.DNSName("localhost")], None)
OUTSIDE = x509.NameConstraints([x509.DNSName("example.org")], None)
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.55555.1"), b"\x05\x00")
NOT_FOR_SERVERS = "is not for servers (extended key usage)"
UNSUPPORTED = "is wrong or of a kind that is not supported"
UNTRUSTED = "nobody whom we trust vouches for its certificate"


@pytest.mark.parametrize("own, middle, root, says", [
    ([], [], [], None),
    ([FOR_SERVERS], [], [], None),
    ([FOR_ALL], [], [], None),
    ([FOR_CLIENTS], [], [], NOT_FOR_SERVERS),
    ([FOR_SERVERS], [FOR_SERVERS], [FOR_SERVERS], None),
    ([FOR_SERVERS], [FOR_CLIENTS], [], NOT_FOR_SERVERS),
    ([], [], [FOR_CLIENTS], UNTRUSTED),
    ([SIGNS], [CERTIFIES], [CERTIFIES], None),
    ([], [SIGNS], [], UNSUPPORTED),
    ([], [], [SIGNS], UNTRUSTED),
    ([], [(OUTSIDE, True)], [], UNSUPPORTED),
    ([], [(OUTSIDE, False)], [], UNSUPPORTED),
    ([], [(INSIDE, True)], [], UNSUPPORTED),
    ([], [], [(OUTSIDE, True)], UNTRUSTED),
    ([(UNKNOWN, True)], [], [], UNSUPPORTED),
    ([(UNKNOWN, False)], [(UNKNOWN, False)], [(UNKNOWN, False)], None),
    ([], [(UNKNOWN, True)], [], UNSUPPORTED),
])
def test_extensions(peer, ask, tmp_path, own, middle, root, says):
    """What a certificate is for, by its own words and those of the ones above it; without a pin, and beside one."""
    top = certificates.authority(extensions=root)
    between = certificates.issue("p256", (), top, ca=True, common_name="middle", extensions=middle)
    identity = certificates.issue(issuer=between, extensions=own)
    port = peer(identity).port
    pin = ("--pinnedpubkey", pin_of(str(tmp_path), identity))
    for more in ((), pin):
        accepted(ask(port, top, *more)) if says is None else told(ask(port, top, *more), says)
    accepted(ask(port, None, *pin))


def test_a_certificate_above_that_is_not_needed_is_not_judged(peer, ask):
    top = certificates.authority(extensions=[FOR_CLIENTS])
    middle = certificates.issue("p256", (), top, ca=True, common_name="middle")
    identity = certificates.issue(issuer=middle)
    identity.chain = lambda: identity.pem + middle.pem + top.pem
    accepted(ask(peer(identity).port, middle))


def test_a_certificate_that_is_no_authority_stands_for_itself_only(peer, ask):
    """Whoever has its key makes another one of the same name and key, for other hosts or for longer."""
    good, late = certificates.issue(names=["localhost"]), certificates.issue(since=-40)
    accepted(ask(peer(good).port, certificates.authority().pem + good.pem))
    told(ask(peer(good).port, good, host="127.0.0.1"), "its certificate is for other hosts")
    told(ask(peer(late).port, late), "has expired or is not valid yet")
    clients = certificates.issue(extensions=[FOR_CLIENTS])
    told(ask(peer(clients).port, clients), NOT_FOR_SERVERS)
    for names, since in ((["localhost", "127.0.0.1"], -1), (["localhost"], -2)):
        again = certificates.issue(names=names, since=since, key=good.key)
        told(ask(peer(again).port, good), UNTRUSTED)
    below = certificates.issue(issuer=good)
    told(ask(peer(below).port, good), UNTRUSTED)
    both = certificates.issue(ca=True)  # as `openssl req -x509` makes them
    accepted(ask(peer(both).port, both))


@pytest.mark.parametrize("version, ciphers", [
    (ssl.TLSVersion.TLSv1_1, "ALL:@SECLEVEL=0"),
    (ssl.TLSVersion.TLSv1_2, "AES128-GCM-SHA256"),
    (ssl.TLSVersion.TLSv1_2, "ECDHE-RSA-AES128-SHA:@SECLEVEL=0"),
    (ssl.TLSVersion.TLSv1_2, "aNULL:@SECLEVEL=0"),
])
def test_downgrades(peer, ask, version, ciphers):
    identity, root = certificates.chained("rsa2048")
    told(ask(peer(identity, version=version, ciphers=ciphers).port, root), "no version or cipher suite")


def test_each_cipher(peer, ask):
    identity, root = certificates.chained("rsa2048")
    for cipher in ("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305"):
        accepted(ask(peer(identity, version=ssl.TLSVersion.TLSv1_2, ciphers=cipher).port, root))


def test_an_answer_that_is_cut_is_none(peer, ask):
    identity, root = certificates.chained("p256")
    told(ask(peer(identity, body=b"[" + b" " * 100000 + b"]\n", how="cut").port, root), "closed the connection without the end that TLS has")
    accepted(ask(peer(identity, body=b"[" + b" " * 100000 + b"]\n").port, root))


def test_plain_and_silent_servers(ask, tmp_path):
    pin = ("--pinnedpubkey", "sha256//" + "A" * 43 + "=")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        began = time.monotonic()
        told(ask(port, None, *pin, "--timeout", "1s"), "it did not answer in time")
        assert time.monotonic() - began < 9
    for says, words in ((b"HTTP/1.1 400 Bad Request\r\n\r\n", "does not speak TLS"), (b"", "closed the connection"), (b"\x16\x03\x03", "closed the")):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            def serve():
                peer, _ = listener.accept()
                with peer:
                    peer.recv(4096)
                    peer.sendall(says)
            thread = threading.Thread(target=serve)
            thread.start()
            told(ask(listener.getsockname()[1], None, *pin), words)
            thread.join()


def test_files_of_cacert(ask, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        good = certificates.authority().pem
        for content, words in (
                (b" ", "root.pem: there is no certificate in it"), (b"nothing", "root.pem: there is no certificate in it"),
                (b"\n-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "root.pem: line 2: a certificate in it is malformed"),
                (b"-----BEGIN CERTIFICATE-----\nM!IB\n-----END CERTIFICATE-----\n", "root.pem: line 1: the base64"),
                (b"words\n" + good[:-30], "root.pem: line 2: the lines -----BEGIN x-----"),
                (good.replace(b"END CERTIFICATE", b"END CERTIFICAT") + good, f"root.pem: line {len(good.splitlines())}: the lines"),
                (certificates.issue("rsa1024", ca=True).pem, "root.pem: line 1: the key of a certificate is not supported")):
            told(ask(port, content), words)
        told(ask(port, None, "--cacert", "/nowhere"), "/nowhere: No such file")


def test_bundles(peer, ask):
    """A root among many others, with words and unsupported ones between."""
    identity, root = certificates.chained("p256")
    others = b"".join(b"# another\n" + certificates.authority(name=f"other {number}").pem for number in range(200))
    accepted(ask(peer(identity).port, b"\n" + others + root.pem + others))


@pytest.mark.board
def test_made_certificate(words, start, gpg, alice, sign, new_key, tmp_path):
    """A device: --make-cert, the server that tells the pin, and all client commands with it."""
    paths = {"certificate": str(tmp_path / "made.crt"), "key": str(tmp_path / "made.key")}
    listen = [{"address": "127.0.0.1:0", "tls": True}, {"socket": str(tmp_path / "s")}]
    config = {"listen": listen, "tls": paths, "users": [{"name": "alice", "keyring": gpg.export(alice)}], "host": "router-17"}
    path = str(tmp_path / "make.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(inki.yaml(config))

    def make(*arguments):
        return subprocess.run([*words, "server", "-c", path, "--make-cert", *arguments], capture_output=True, text=True, timeout=20, check=False)
    told(make("--host", "a b"), "a b is neither a DNS name nor an address")
    assert make("--host", "-").returncode == 0
    for each in paths.values():
        os.remove(each)
    done = make("--host", "router-17.example", "--host", "192.0.2.7", "--host", "2001:db8::7", "--host", "localhost")
    assert done.returncode == 0 and "--pinnedpubkey sha256//" in done.stdout, done
    assert os.stat(paths["key"]).st_mode & 0o777 == 0o600
    text = subprocess.run(["openssl", "x509", "-in", paths["certificate"], "-noout", "-text"], capture_output=True, text=True, check=True).stdout
    assert "DNS:router-17.example, IP Address:192.0.2.7, IP Address:2001:DB8:0:0:0:0:0:7, DNS:localhost" in text, text
    assert "Not Before: Jan  1 00:00:00 2020" in text and "Not After : Dec 31 23:59:59 9999" in text and "CA:FALSE" in text
    subprocess.run(["openssl", "verify", "-x509_strict", "-CAfile", paths["certificate"], paths["certificate"]], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", paths["key"], "-check", "-noout"], check=True, capture_output=True)
    before = [open(each, "rb").read() for each in paths.values()]
    told(make(), "File exists; nothing was made")
    assert before == [open(each, "rb").read() for each in paths.values()]
    os.remove(paths["key"])
    told(make(), "File exists; nothing was made")
    assert not os.path.exists(paths["key"]), "no key stays whose certificate could not be written"
    os.remove(paths["certificate"])
    pin = make().stdout.split("--pinnedpubkey ")[1].strip()
    server = start(config)
    server.wait_for_log(f"clients may use --pinnedpubkey {pin}")
    url = f"https://alice@localhost:{server.ports[0]}"
    line, _ = new_key()
    added = subprocess.run([*words, "key", "add", url, "--pinnedpubkey", pin, "-u", alice], input=line, capture_output=True, text=True,
                           timeout=30, check=False, env={**os.environ, "GNUPGHOME": gpg.home})
    assert added.returncode == 0 and "Added keys:" in added.stdout, added
    listed = subprocess.run([*words, "key", "list", url, "--pinnedpubkey", pin, "-a"], capture_output=True, text=True, timeout=30, check=False)
    assert line.split()[1] in listed.stdout, listed
    served = subprocess.run([*words, "authorized-keys", "alice", "-s", f"https://localhost:{server.ports[0]}", "--pinnedpubkey", pin],
                            capture_output=True, text=True, timeout=30, check=False)
    assert served.stdout == line + "\n", served
    assert subprocess.run(["curl", "-q", "-sSk", "--pinnedpubkey", pin, f"https://localhost:{server.ports[0]}/healthz"], check=True,
                          capture_output=True).stdout == b"ok\n"


@pytest.mark.parametrize("option", [("--pinnedpubkey", "sha256//" + "A" * 43 + "="), ("--cacert", "/nonexistent")])
def test_what_is_for_https_is_not_passed_over_without_it(server, option):
    """Who pins a key and forgets the s asks nobody."""
    for command in (["authorized-keys", "-s", server.url, *option, "--", "alice"], ["key", "list", server.url.replace("//", "//alice@"), *option]):
        done = subprocess.run([*inki.RELEASE, *command], capture_output=True, text=True, timeout=20, check=False)
        assert done.returncode == 1 and done.stdout == "" and "go with https:// only" in done.stderr, done
