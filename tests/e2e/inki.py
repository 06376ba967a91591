"""Starts the server under test and talks to it as a user does: with curl, with bytes on a socket, with inki itself."""

import calendar
import contextlib
import json
import os
import random
import re
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass

TREE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def words_of(command):
    """The words of a command line such as "qemu-mips -cpu 24Kc out/mips-24kc/inki"; paths of files become absolute."""
    return [os.path.abspath(word) if os.path.isfile(word) else shutil.which(word) or word for word in shlex.split(command)]


RELEASE = words_of(os.environ.get("INKI") or os.path.join(TREE, "out", "inki"))
PROBE = words_of(os.environ.get("INKI_PROBE") or os.path.join(TREE, "out", "inki-probe"))
SANITIZED = words_of(os.environ.get("INKI_ASAN", ""))

# So long, in seconds, a slow machine that is busy with something else may take for what comes at once. Nobody waits so long in vain.
PATIENCE = 30

# A server that has confined itself cannot look through its own memory at its end; the unit tests look for leaks.
NO_LEAK_SEARCH = {"ASAN_OPTIONS": "detect_leaks=0"}


def has_tls():
    """Was it built with CONFIG_TLS?"""
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
        file.write("tls: {certificate: /a, key: /b}\nusers: []\n")
        file.flush()
        done = subprocess.run([*RELEASE, "server", "-c", file.name, "--check-config"], capture_output=True, text=True, check=False)
    return "built without TLS" not in done.stderr


def has(option):
    """Was the program built with this option of Kconfig?"""
    path = os.path.join(os.path.dirname(RELEASE[-1]), ".config")
    if not os.path.exists(path):
        return True
    with open(path, encoding="ascii") as file:
        return f"CONFIG_{option}=y\n" in file.read()


def wait_for(condition, seconds=PATIENCE):
    """Waits until condition() is something; returns that, or what it was in the end."""
    end = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < end:
        time.sleep(0.02)
    return found


def free_port():
    """A port where nobody listens, and that the kernel gives to nobody else meanwhile: it takes higher ones."""
    for port in random.sample(range(10000, 30000), 100):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("", port))
            return port
    raise AssertionError("no port is free")


def seconds_of(text):
    """An RFC 3339 time as seconds since 1970."""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text), text
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


def yaml(value, indent=0):
    """YAML in block style, texts of several lines as literal blocks: the form that people write."""
    pad = "  " * indent
    if isinstance(value, dict):
        lines = []
        for key, inner in value.items():
            nested = isinstance(inner, (dict, list)) and inner
            lines.append(f"{pad}{key}:\n{yaml(inner, indent + 1)}" if nested else f"{pad}{key}: {yaml(inner, indent + 1)}\n")
        return "".join(lines)
    if isinstance(value, list):
        items = [yaml(inner, indent + 1) for inner in value]
        return "".join(f"{pad}- {item.lstrip()}" if item.endswith("\n") else f"{pad}- {item}\n" for item in items) or "[]"
    if isinstance(value, str) and "\n" in value:
        return "|\n" + "".join(f"{pad}{line}\n".replace(f"{pad}\n", "\n") for line in value.splitlines())
    return json.dumps(value)


@dataclass
class Answer:
    status: int
    headers: dict  # names in lower case
    body: bytes
    head: bytes = b""  # as it came

    @property
    def json(self):
        assert self.headers.get("content-type", "").startswith("application/json"), f"not JSON: {self}"
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode()

    def __str__(self):
        return f"HTTP {self.status} {self.headers}\n{self.body[:2000].decode(errors='replace')}"


def parse_head(head):
    """(status, headers) of an answer's head; a header that comes twice is an error in all of our answers."""
    lines = head.decode("latin-1").split("\r\n")
    match = re.fullmatch(r"HTTP/1\.1 (\d{3}) [A-Za-z' -]+", lines[0])
    assert match, f"a wrong status line: {lines[0]!r}"
    headers = {}
    for line in filter(None, lines[1:]):
        name, value = line.split(": ", 1)
        assert name.lower() not in headers, f"{name} twice: {head!r}"
        headers[name.lower()] = value
    return int(match.group(1)), headers


class Wire:
    """A connection of bytes; reads answers one by one."""

    def __init__(self, server, timeout=PATIENCE):
        self.socket = socket.create_connection(server.address, timeout=timeout)
        self.kept = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)
        return self

    def more(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        self.kept += data
        return data

    def is_closed(self):
        """Has the server closed the connection, with nothing left to read?"""
        return not self.kept and not self.more()

    def take(self, size):
        while len(self.kept) < size:
            assert self.more(), f"the connection ended within an answer, after {self.kept!r}"
        data, self.kept = self.kept[:size], self.kept[size:]
        return data

    def take_through(self, end):
        while end not in self.kept:
            assert self.more(), f"the connection ended before {end!r}, after {self.kept!r}"
        return self.take(self.kept.index(end) + len(end))

    def answer(self, to="GET"):
        head = self.take_through(b"\r\n\r\n")
        status, headers = parse_head(head)
        if to == "HEAD" or status < 200:
            body = b""
        elif headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(self.take_through(b"\r\n"), 16):
                body += self.take(size)
                assert self.take(2) == b"\r\n", "a chunk without its line end"
            assert self.take(2) == b"\r\n", "trailer fields"
        elif "content-length" in headers:
            body = self.take(int(headers["content-length"]))
        else:
            assert headers.get("connection") == "close", f"an answer without an end: {head!r}"
            while self.more():
                pass
            body, self.kept = self.kept, b""
        return Answer(status, headers, body, head)


class Server:
    """A running server with one TCP listener and one Unix socket, and a folder for its files."""

    def __init__(self, words, config, prefix=(), folder=None, cwd=None, env=None, wait=PATIENCE):
        self.words, self.has_ended = words, False
        self.folder = folder or tempfile.mkdtemp(prefix="inki-", dir="/tmp")
        os.chmod(self.folder, 0o755)
        self.socket_path = os.path.join(self.folder, "inki.sock")
        self.config_path = os.path.join(self.folder, "inki.conf")
        listen = [{"address": "127.0.0.1:0"}, {"socket": self.socket_path, "mode": "0666"}]
        if isinstance(config, dict):
            config = yaml({"listen": listen, **config}).replace("SOCKET", self.socket_path)
        with open(self.config_path, "w", encoding="utf-8") as file:
            file.write(config)
        self.log_path = os.path.join(self.folder, "log")
        with open(self.log_path, "wb"):
            pass
        with open(self.log_path, "ab") as log:  # so that it may be cut
            self.process = subprocess.Popen([*prefix, *words, "server", "-c", self.config_path], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, cwd=cwd, env={**os.environ, **NO_LEAK_SEARCH, **(env or {})})
        self.ports = [int(port) for port in self.wait_for_listeners(wait)]

    def wait_for_listeners(self, seconds):
        """The ports told by "listening on ADDRESS:PORT", once as many such lines came as there are listeners."""
        wanted = self.config_text().count("address:") + self.config_text().count("socket:")
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            told = re.findall(r"listening on (\S+)", self.log())
            if len(told) >= max(wanted, 1):
                return [match.group(1) for match in (re.search(r":(\d+)$", address) for address in told) if match]
            if self.process.poll() is not None:
                break
            time.sleep(0.01)
        self.process.kill()
        raise AssertionError(f"the server did not come up, exit status {self.process.wait()}:\n{self.log()}\n{self.config_text()}")

    @property
    def serving(self):
        """The number of the process that talks to the network; self.process is its parent, the helper."""
        me, children = self.process.pid, []
        while not children:
            assert self.process.poll() is None, self.log()
            with open(f"/proc/{me}/task/{me}/children", encoding="ascii") as file:
                children = file.read().split()
        return int(children[0])

    def write_config(self, config):
        """Writes another configuration with the same listeners."""
        listen = [{"address": "127.0.0.1:0"}, {"socket": self.socket_path, "mode": "0666"}]
        with open(self.config_path, "w", encoding="utf-8") as file:
            file.write(yaml({"listen": listen, **config}).replace("SOCKET", self.socket_path))

    def reload(self, config=None):
        """Lets the server read its configuration anew, and waits until it has; returns the log since then."""
        if config is not None:
            self.write_config(config)
        before = len(self.log())
        self.process.send_signal(signal.SIGHUP)
        wait_for(lambda: re.search(r"^event=reload.*\n", self.log()[before:], re.M) or self.process.poll() is not None)
        assert "event=reload" in self.log()[before:] and self.process.poll() is None, f"no reload:\n{self.log()}"
        return self.log()[before:]

    def config_text(self):
        with open(self.config_path, encoding="utf-8") as file:
            return file.read()

    @property
    def address(self):
        return "127.0.0.1", self.ports[0]

    @property
    def url(self):
        return f"http://127.0.0.1:{self.ports[0]}"

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def wait_for_log(self, fragment, seconds=PATIENCE):
        assert wait_for(lambda: fragment in self.log(), seconds), f"{fragment!r} is not in the log:\n{self.log()}"

    def wait_for_end(self, status=0):
        """Waits for an end that the test has brought about itself; stop() has nothing to look at then."""
        try:
            ended = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            ended = None
            self.process.kill()
            self.process.wait()
        self.has_ended = True
        log = self.log()
        assert ended is not None, f"the server does not end:\n{log}"
        assert ended == status, f"the server ended with {ended}:\n{log}"
        assert not re.search(r"Sanitizer|runtime error:", log), log

    def end(self):
        """Ends the server as an init system does, and looks at how it went."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.wait_for_end()

    def stop(self):
        """Ends the server, if the test has not done so, and removes its files."""
        try:
            if not self.has_ended:
                self.end()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def kill(self):
        """Ends a server of which no good end can be expected."""
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def curl(self, target, *arguments, data=None, unix=False, prefix=(), timeout=2 * PATIENCE):
        """What real curl gets; data is the body's bytes, unix: over the Unix socket."""
        with tempfile.TemporaryDirectory(prefix="curl-") as folder:
            os.chmod(folder, 0o777)
            head, body = os.path.join(folder, "head"), os.path.join(folder, "body")
            over = ["--unix-socket", self.socket_path] if unix else []
            what = ["--data-binary", "@-"] if data is not None else []
            base = "http://localhost" if unix else self.url
            command = [*prefix, "curl", "-q", "-sS", "--max-time", str(timeout), "-D", head, "-o", body, *over, *what, *arguments, base + target]
            done = subprocess.run(command, input=data, stderr=subprocess.PIPE, check=False)
            assert done.returncode == 0, f"{' '.join(command)}\n{done.stderr.decode()}\n{self.log()}"
            with open(head, "rb") as file:
                last = [each for each in file.read().split(b"\r\n\r\n") if each][-1]
            content = b""
            if os.path.exists(body):
                with open(body, "rb") as file:
                    content = file.read()
        return Answer(*parse_head(last), content, last)

    def post(self, message, *arguments, **how):
        return self.curl("/api/v1/keys", *arguments, data=message, **how)

    def delete(self, message, *arguments, **how):
        return self.curl("/api/v1/keys", "-X", "DELETE", *arguments, data=message, **how)

    def keys(self, **how):
        answer = self.curl("/api/v1/keys", **how)
        assert answer.status == 200, answer
        return answer.json

    def authorized_keys(self, *arguments, words=None, timeout=PATIENCE, url=None):
        """What `inki authorized-keys` does with these arguments: its exit status, output and errors."""
        where = ["-s", url or f"unix:{self.socket_path}"]
        return subprocess.run([*(words or self.words), "authorized-keys", *arguments, *where], capture_output=True, text=True,
                              timeout=timeout, check=False)

    def metrics(self):
        """The samples of /metrics that have no labels, by name."""
        return {line.split()[0]: float(line.split()[1]) for line in self.curl("/metrics").text.splitlines()
                if line and line[0] != "#" and "{" not in line}

    def is_serving(self):
        """Does a new connection get an answer, and is the server still the same process?"""
        answer = self.curl("/healthz")
        assert (answer.status, answer.text.strip()) == (200, "ok"), f"{answer}\n{self.log()}"
        assert self.process.poll() is None


def refused(answer, status, fragment):
    """The answer is this error, in the form that all errors have, and says why."""
    assert answer.status == status, f"expected {status} ({fragment}): {answer}"
    error = answer.json
    assert set(error) == {"code", "error", "message"} and error["code"] == status and error["error"], answer
    assert fragment in error["message"], f"expected {fragment!r}: {answer}"
