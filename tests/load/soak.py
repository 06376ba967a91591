#!/usr/bin/env python3
"""Millions of requests, good, bad and hostile, to one server; called by "make soak". See soak.c.

Some connections are over TCP, some over a Unix socket, and one of twelve over TLS (by haproxy, which hands its bytes on). At the end
both processes have as much memory as after the first thousand requests, to the page, as many descriptors as before, and each good
request was answered right. As root, the server is confined, and could not take more memory.

Usage: soak.py INKI SOAK COUNT SEED [PREFIX...]     the prefix goes in front of the server, such as valgrind; then INKI is the probe,
                                                    without the walls that stop the prefix
"""

import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "e2e"))

import certificates  # noqa: E402
import inki  # noqa: E402
import openpgp  # noqa: E402
import raw  # noqa: E402
from test_many import fingerprint, ssh_line  # noqa: E402

KEYS = 12
SERIES = 4400
FIRST = 550  # of them: so long it takes until the table moves its keys together, and the ring of events is full
AGE = 7 * 86400
LOG_MAX = 1 << 26  # bytes; each refused request has its line


def post(message, method="POST", target="/api/v1/keys"):
    return b"%s %s HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s" % (method.encode(), target.encode(), len(message), message)


def get(target):
    return b"GET %s HTTP/1.1\r\nHost: a\r\n\r\n" % target.encode()


class Catalogue:
    def __init__(self, folder):
        self.folder = folder
        self.lines = []

    def write(self, content):
        path = os.path.join(self.folder, f"soak-{len(os.listdir(self.folder))}")
        with open(path, "wb") as file:
            file.write(content)
        return path

    def add(self, weight, code, request, body=None, way="stays"):
        method = "HEAD" if request.startswith(b"HEAD ") else "GET"
        self.lines.append(f"{weight} {code} {way} {method} {self.write(request)} {self.write(body) if body else '-'}\n")

    def save(self, with_series):
        path = os.path.join(self.folder, "series" if with_series else "catalogue")
        with open(path, "w", encoding="ascii") as file:
            file.write("".join(line for line in self.lines if with_series or not line.startswith("0 ")))
        return path


def fill(catalogue, server, alice, stranger):
    """Alice's keys go in; what they must look like ever after stands in the catalogue."""
    now = int(time.time())

    def message(number, signer, user="alice", at=None, **more):
        text = json.dumps({"username": user, "key": ssh_line(number)[0], "expire": "6d", **more})
        return openpgp.clearsign(text, openpgp.Signature(signer, at=at or now))

    adds = [message(number, alice) for number in range(KEYS)]
    for add in adds:
        assert server.post(add, unix=True).status == 200
    lines = "".join(ssh_line(number)[0] + "\n" for number in range(KEYS)).encode()
    listed = server.curl("/api/v1/user/alice/keys", unix=True).body
    assert server.curl("/api/v1/user/alice/authorized_keys", unix=True).body == lines
    catalogue.add(3000, 200, get("/healthz"), b"ok\n")
    catalogue.add(3000, 200, get("/api/v1/user/alice/authorized_keys"), lines)
    catalogue.add(1000, 200, get("/api/v1/user/alice/keys"), listed)
    catalogue.add(500, 200, get("/metrics"), b"inki_requests_total")
    catalogue.add(500, 200, get("/api/v1/user/nobody/authorized_keys"))
    for number, add in enumerate(adds):
        _, blob = ssh_line(number)
        name = fingerprint(blob).replace("/", "_").replace("+", "-")
        catalogue.add(100, 200, get("/api/v1/user/alice/key/" + name), ssh_line(number)[0].encode())
        catalogue.add(5, 200, post(add), ssh_line(number)[0].encode())
        catalogue.add(30, 0, post(add), way="mutated")
        catalogue.add(5, 401, post(add.replace(b'"6d"', b'"5d"')), b"no valid signature")
        catalogue.add(5, 401, post(message(number, stranger)))
    catalogue.add(30, 401, post(message(0, alice, "nobody")), b"no valid signature")
    catalogue.add(30, 401, post(message(0, alice, at=now - AGE - 100)), b"too old")
    catalogue.add(30, 400, post(message(0, alice, colour="red")), b"not this one")
    catalogue.add(300, 400, post(b"hello"), b"gpg --clearsign")
    catalogue.add(300, 400, post(b"-----BEGIN PGP SIGNED MESSAGE-----\n" * 1000))
    catalogue.add(100, 400, post(b"\xff" * 60000))
    catalogue.add(300, 400, post(b"hello", "DELETE"))
    catalogue.add(300, 404, get("/nothing"), b"nothing at this path")
    for request in raw.requests():
        if len(request.codes) == 1:
            catalogue.add(10, request.codes[0], request.data, way="stays" if request.stays else "ends")
    for request in (post(adds[0]), get("/api/v1/user/alice/keys"), post(b"x" * 60000), b"\x16\x03\x01" * 1000):
        catalogue.add(40, 0, request, way="cut")
    # a series of changes, in order: the keys of another user come and go
    for step in range(SERIES):
        at = now - AGE + 3600 + step
        action = {"action": "remove"} if step % 2 else {}
        text = {"username": "bob", "key": ssh_line(100 + step // 2 % 4)[0], **action}
        text.update({} if step % 2 else {"expire": "8d"})
        change = openpgp.clearsign(json.dumps(text), openpgp.Signature(alice, at=at))
        if step < FIRST:
            assert server.post(change, unix=True).status == 200
        else:
            catalogue.add(0, 200, post(change))


def touch_everything(server):
    """All slots at the same time, each with the largest request; what is never needed is not memory of the server's yet."""
    largest = post(b"x" * 65536).replace(b"Host: a\r\n", b"Host: a\r\nX: " + b"y" * 8050 + b"\r\n") + b"z" * 8000
    wires = []
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    for number in range(64):
        wire = socket.socket(socket.AF_INET if number < 48 else socket.AF_UNIX)
        wire.settimeout(120)
        wire.connect(("127.0.0.1", server.ports[-1]) if number < 48 else server.socket_path)
        if number < 48 and inki.has_tls():
            wire = context.wrap_socket(wire)
        wire.sendall(get("/api/v1/events"))  # more than any buffer holds
        wires.append(wire)
    for wire in wires:
        answer = b""
        while not answer.endswith(b"\r\n0\r\n\r\n"):
            answer += wire.recv(65536)
        assert answer.startswith(b"HTTP/1.1 200 ") and len(answer) > 20000, answer[:500]
        wire.sendall(largest)
        assert wire.recv(65536).startswith(b"HTTP/1.1 400 ")
    for wire in wires[:48]:
        wire.close()
    time.sleep(1)  # the slots that are given back last come first: so next time TLS has those that had none
    for wire in wires[48:]:
        wire.close()


def state_of(server):
    """Memory in kB (anonymous; all) and descriptors, once all connections are gone."""
    end = time.monotonic() + 60
    while "inki_connections 1\n" not in server.curl("/metrics", unix=True).text:
        assert time.monotonic() < end, "connections are left"
        time.sleep(0.05)
    time.sleep(0.2)
    return size_of(server)


def size_of(server):
    """Of both processes: server and helper."""
    sizes = []
    for pid in (server.serving, server.process.pid):
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            memory = {name: int(size) for name, size in re.findall(r"(\w+): +(\d+) kB", file.read())}
        sizes.append((memory["Anonymous"], memory["Rss"], len(os.listdir(f"/proc/{pid}/fd"))))
    return sizes


def soak(program, server, tls_port, catalogue, count, seed):
    started = told = time.monotonic()
    words = [program, str(server.ports[0]), str(tls_port), server.socket_path, catalogue, str(count), str(seed)]
    done = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    while done.poll() is None:
        time.sleep(0.2)
        if os.path.getsize(server.log_path) > LOG_MAX:
            os.truncate(server.log_path, 0)
        if time.monotonic() > told + 60:
            told = time.monotonic()
            print(f"  meanwhile, with connections: {size_of(server)}", flush=True)
    assert done.returncode == 0, "see above"
    took = time.monotonic() - started
    print(f"{done.stdout.read().strip()}; {count / took:.0f} a second", flush=True)


HAPROXY = """
global
    nbthread 1
defaults
    mode tcp
    timeout connect 60s
    timeout client 1h
    timeout server 1h
listen tls
    bind fd@FD
    server inki 127.0.0.1:PORT ssl verify none
"""


class TlsHand:
    """haproxy, which takes connections in the clear and hands them on by TLS."""

    def __init__(self, port, folder):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        path = os.path.join(folder, "haproxy.cfg")
        with open(path, "w", encoding="ascii") as file:
            file.write(HAPROXY.replace("FD", str(self.listener.fileno())).replace("PORT", str(port)))
        program = shutil.which("haproxy", path=os.environ["PATH"] + ":/usr/sbin")
        self.process = subprocess.Popen([program, "-db", "-f", path], pass_fds=[self.listener.fileno()])

    def stop(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def main(words, program, count, seed, prefix):
    made = int(time.time()) - 60 * 86400
    alice, stranger = openpgp.Key("ed25519", at=made), openpgp.Key("ed25519", at=made)
    certificate = openpgp.armored_certificate(alice)
    folder = tempfile.TemporaryDirectory(prefix="soak-")
    listen = [{"address": "127.0.0.1:0", "events": True}, {"socket": "SOCKET", "mode": "0666"}]
    over_tls = {}
    if inki.has_tls():
        listen.append({"address": "127.0.0.1:0", "tls": True, "events": True})
        over_tls["tls"] = certificates.issue().write(folder.name)
    server = inki.Server(words, {
        **over_tls, "listen": listen, "failures": {"burst": 0, "per_minute": 0}, "max_request_age": "7d",
        "defaults": {"max_lifetime": "30d"},
        "users": [{"name": "alice", "keyring": certificate}, {"name": "bob", "keyring": certificate}],
    }, prefix=prefix, wait=120, env={"PROBE_WITHOUT": "filter memory"} if prefix else None)
    catalogue = Catalogue(folder.name)
    hand = TlsHand(server.ports[-1], folder.name) if over_tls else None
    try:
        fill(catalogue, server, alice, stranger)
        for _ in range(3):
            touch_everything(server)
            state_of(server)
        soak(program, server, hand.port if hand else 0, catalogue.save(False), 1000, seed)
        before = state_of(server)
        soak(program, server, hand.port if hand else 0, catalogue.save(True), count, seed + 1)
        after = state_of(server)
        print("server and helper: kB of their own, kB resident, descriptors")
        print(f"after 1000 requests: {before}; at the end: {after}")
        if prefix:  # its memory is the prefix's
            before, after = [each[2] for each in before], [each[2] for each in after]
        else:  # of what is resident, pages of the program's file come and go
            before, after = [(own, files) for own, _, files in before], [(own, files) for own, _, files in after]
        assert before == after, "the server has grown"
    finally:
        if hand:
            hand.stop()
        os.truncate(server.log_path, 0)
        server.stop()


main([os.path.abspath(sys.argv[1])], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5:])
