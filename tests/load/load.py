#!/usr/bin/env python3
"""How long sshd's question takes while many clients keep the server busy or waiting; called by "make load".

For each kind of attack there are 500 connections that come again whenever the server closes them, as fast as they can. Meanwhile the question for
a user's authorized keys goes over the Unix socket, hundreds of times a second; the 99th percentile may be 5 ms. slowhttptest's
own modes run in the same way. "no CPU" is for how much of the time the server and this program had to wait for a processor:
where others have it, the figures tell nothing.

Usage: load.py INKI [SECONDS [KIND]]           all of it, or one kind
       load.py attack KIND PORT COUNT FILE     one attack, until it is killed
"""

import contextlib
import errno
import json
import os
import random
import selectors
import shutil
import signal
import socket
import ssl
import statistics
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "e2e"))

COUNT = 500
LIMIT = 0.005
BUSY = 0.03  # the share of the time for which others had the processor, from which on nothing can be said
KEYS = 200

LISTS = b"GET /api/v1/keys HTTP/1.1\r\nHost: a\r\n\r\n"
SIGNED = ("good requests again and again", "forged signatures")  # in a file of that name
OWN = (*SIGNED, "TLS handshakes")  # what they send is made anew

# ---- the attacks: what a connection sends at first, and then byte by byte ----

START = {
    "silent": b"",
    "slow head": b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: ",
    "slow body": b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n",
    "slow chunks": b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n",
    "slow read": LISTS * 20,
    "zero window": LISTS * 200,
    "half closed": b"GET /healthz HTTP/1.1\r\nHost: a\r\n",
    "half closed, silent": b"",
    "reset": b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel",
    "reset with an answer under way": LISTS * 20,
    "idle": b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
    "garbage": bytes(range(256)) * 4,
    "garbage without an end": b"\x01" + bytes(65536),
    **dict.fromkeys(SIGNED),
    "TLS handshakes": None,
}


class Attacker:
    """One of the many connections."""

    def __init__(self, kind, port, selector, signed):
        self.kind, self.port, self.selector, self.signed = kind, port, selector, signed
        self.open()

    def open(self):
        self.socket = socket.socket()
        if self.kind in ("slow read", "zero window"):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        self.socket.setblocking(False)
        self.socket.connect_ex(("127.0.0.1", self.port))
        self.left = self.signed if self.kind in OWN else START[self.kind]
        self.next_drip = time.monotonic() + random.random()
        self.is_started = False
        self.selector.register(self.socket, selectors.EVENT_READ | selectors.EVENT_WRITE, self)

    def again(self):
        if self.kind.startswith("reset"):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.selector.unregister(self.socket)
        self.socket.close()
        self.open()

    def turn(self, events):
        """What there is to do when the socket is ready."""
        try:
            if events & selectors.EVENT_WRITE:
                if self.left:
                    self.left = self.left[self.socket.send(self.left):]
                if not self.left:
                    self.sent()
            elif events & selectors.EVENT_READ and self.kind != "zero window":
                self.read()
        except BlockingIOError:
            pass
        except OSError as error:
            if error.errno == errno.EMFILE:
                raise
            self.again()

    def sent(self):
        self.is_started = True
        if self.kind.startswith("half closed"):
            self.socket.shutdown(socket.SHUT_WR)
        if self.kind.startswith("reset"):
            self.again()
        else:
            self.selector.modify(self.socket, selectors.EVENT_READ, self)

    def read(self):
        if self.kind == "slow read" and time.monotonic() < self.next_drip:
            return
        data = self.socket.recv(16 if self.kind == "slow read" else 65536)
        self.next_drip = time.monotonic() + 1
        if not data or self.kind == "TLS handshakes":  # the dearest part is done
            self.again()

    def drip(self, now):
        if not self.kind.startswith("slow") or self.kind == "slow read" or not self.is_started or now < self.next_drip:
            return
        self.next_drip = now + 1
        try:
            self.socket.send(b"x")
        except BlockingIOError:
            pass
        except OSError:
            self.again()


def attack(kind, port, count, signed=b""):
    selector = selectors.DefaultSelector()
    attackers = [Attacker(kind, port, selector, signed) for _ in range(count)]
    while True:
        ready = selector.select(0.05)
        for key, events in ready:
            key.data.turn(events)
        now = time.monotonic()
        for attacker in attackers:
            attacker.drip(now)
        # sockets that are always readable, and not to be read, must not keep this loop from sleeping
        if kind in ("slow read", "zero window", "garbage", "reset", *OWN) or len(ready) == count:
            time.sleep(0.005)


# ---- the question ----

QUESTION = b"GET /api/v1/user/alice/authorized_keys HTTP/1.1\r\nHost: inki\r\nConnection: close\r\n\r\n"


def ask(path, expected):
    """Seconds that one question takes, on a connection of its own."""
    before = time.perf_counter()
    with socket.socket(socket.AF_UNIX) as wire:
        wire.settimeout(20)
        wire.connect(path)
        wire.sendall(QUESTION)
        answer = b""
        while data := wire.recv(65536):
            answer += data
    took = time.perf_counter() - before
    assert answer.startswith(b"HTTP/1.1 200 ") and answer.count(b"ssh-ed25519 ") == expected, answer[:200]
    return took


def measure(server, seconds, keys):
    took = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        took.append(ask(server.socket_path, keys))
        time.sleep(0.002)
    return took


def waited(*pids):
    """Seconds that these processes were ready to run, and had no processor."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/schedstat", encoding="ascii") as file:
            total += int(file.read().split()[1])
    return total / 1e9


def report(name, took, server, share):
    """Prints the line; False if sshd had to wait for too long, and that was not for want of a processor."""
    took.sort()
    connections = server.metrics_over_unix()["inki_connections"]
    percentile = took[int(len(took) * 0.99)]
    print(f"{name:34} {len(took):6} {statistics.median(took) * 1e3:8.2f} {percentile * 1e3:8.2f} {took[-1] * 1e3:8.2f} {connections:6.0f} {share:7.0%}",
          flush=True)
    return percentile <= LIMIT or share > BUSY


SLOWHTTPTEST = {
    "slowhttptest -H (slow headers)": ["-H", "-i", "1"],
    "slowhttptest -B (slow body)": ["-B", "-i", "1", "-s", "60000"],
    "slowhttptest -X (slow read)": ["-X", "-n", "1", "-w", "1", "-y", "16", "-k", "5"],
    "slowhttptest -R (ranges)": ["-R", "-a", "0", "-b", "3000"],
}


def commands(server, seconds):
    """The attacks and the programs that make them; each runs until it is killed."""
    yield "nobody", None
    for kind in START:
        port = str(server.ports[-1 if kind == "TLS handshakes" else 0])
        yield kind, [sys.executable, "-B", os.path.abspath(__file__), "attack", kind, port, str(COUNT), os.path.join(server.folder, kind)]
    for name, options in SLOWHTTPTEST.items():
        if shutil.which("slowhttptest"):
            yield name, ["slowhttptest", *options, "-c", str(COUNT), "-r", "500", "-l", str(int(seconds) + 60), "-p", "60", "-u", server.url + "/api/v1/keys"]


def start_server(words):
    import certificates
    import inki
    import openpgp
    from test_many import ssh_line

    class Server(inki.Server):
        def metrics_over_unix(self):
            text = self.curl("/metrics", unix=True).text
            return {line.split()[0]: float(line.split()[1]) for line in text.splitlines() if line[0] != "#"}

    signer = openpgp.Key("rsa4096")  # the dearest that there is
    folder = tempfile.mkdtemp(prefix="load-")
    listen = [{"address": "127.0.0.1:0"}, {"socket": "SOCKET", "mode": "0666"}, {"address": "127.0.0.1:0", "tls": True}]
    server = Server(words, {"listen": listen, "tls": certificates.issue("rsa2048").write(folder), "users": [{"name": "alice", "keyring": openpgp.armored_certificate(signer), "max_keys": KEYS}]})
    for number in range(KEYS):
        text = json.dumps({"username": "alice", "key": ssh_line(number)[0], "expire": "2h"})
        answer = server.post(openpgp.clearsign(text, openpgp.Signature(signer)), unix=True)
        assert answer.status == 200, answer
    message = openpgp.clearsign(text, openpgp.Signature(signer))
    for name, sent in zip(SIGNED, ((message,) * 20, (message.replace(b"2h", b"3h"),))):
        with open(os.path.join(server.folder, name), "wb") as file:
            for each in sent:
                file.write(b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s" % (len(each), each))
    into, out = ssl.MemoryBIO(), ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        ssl.create_default_context().wrap_bio(into, out, server_hostname="localhost").do_handshake()
    with open(os.path.join(server.folder, "TLS handshakes"), "wb") as file:
        file.write(out.read())
    shutil.rmtree(folder)
    return server


def go_first():
    """This program and the server come before all else on the machine, where that is allowed: what else runs here is not asked.
    A server that could use all of a processor is then stopped by the kernel for 50 ms of each second, which is no fault of its own."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except PermissionError:
        pass


def main(words, seconds, only):
    go_first()
    server = start_server(words)
    slow = []
    print(f"{'500 connections of':34} {'asked':>6} {'median':>8} {'99 %':>8} {'most':>8} {'slots':>6} {'no CPU':>7}\n{'':41} (milliseconds)")
    try:
        for name, command in commands(server, seconds):
            if only not in (None, name):
                continue
            # in truth the attackers have other machines: here they shall not take the processor away from the server
            attacker = command and subprocess.Popen(["chrt", "-o", "0", "nice", "-n", "19", *command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            time.sleep(2 if attacker else 0)
            before = waited(os.getpid(), server.process.pid)
            took = measure(server, seconds, KEYS)
            if not report(name, took, server, (waited(os.getpid(), server.process.pid) - before) / seconds):
                slow.append(name)
            if attacker:
                if attacker.poll() is not None:
                    print(f"{'':4}it ended by itself: {attacker.stderr.read().decode().strip()[:200]}")
                attacker.send_signal(signal.SIGKILL)
                attacker.wait()
        server.is_serving()
        before = time.perf_counter()
        assert server.authorized_keys("alice").returncode == 0
        print(f"the command inki authorized-keys, all of it: {(time.perf_counter() - before) * 1e3:.1f} ms")
    finally:
        server.stop()
    if slow:
        sys.exit(f"slower than {LIMIT * 1e3:.0f} ms at the 99th percentile: {', '.join(slow)}")


if sys.argv[1] == "attack":
    content = b""
    if os.path.exists(sys.argv[5]):
        with open(sys.argv[5], "rb") as signed_file:
            content = signed_file.read()
    attack(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), content)
else:
    main([os.path.abspath(sys.argv[1])], float(sys.argv[2]) if len(sys.argv) > 2 else 5, sys.argv[3] if len(sys.argv) > 3 else None)
