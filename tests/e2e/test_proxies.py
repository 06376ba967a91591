"""inki behind nginx and haproxy: each request gets the answer to itself, whatever stood in front of it on the way.

All that a proxy lets through goes over one connection to inki. So if the two ever disagreed on where a request ends, the next
answer would be another one's: three kinds of good requests take turns, and each must get its own answer.
"""

import itertools
import os
import shutil
import socket
import subprocess

import pytest
import raw
from inki import Wire, free_port, wait_for

NGINX = """
daemon off; worker_processes 1; pid FOLDER/pid; error_log FOLDER/error.log;
events { worker_connections 256; }
http {
    access_log off;
    client_body_temp_path FOLDER; proxy_temp_path FOLDER; fastcgi_temp_path FOLDER; uwsgi_temp_path FOLDER; scgi_temp_path FOLDER;
    upstream inki { server 127.0.0.1:BACKEND; keepalive 1; }
    server {
        listen 127.0.0.1:PORT;
        location / {
            proxy_pass http://inki; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host inki;
            proxy_request_buffering BUFFERING; proxy_next_upstream off;
        }
    }
}
"""

HAPROXY = """
global
    maxconn 256
defaults
    mode http
    timeout connect 30s
    timeout client 30s
    timeout server 30s
    timeout http-keep-alive 30s
frontend front
    bind 127.0.0.1:PORT
    default_backend back
backend back
    http-reuse always
    server inki 127.0.0.1:BACKEND maxconn 1 pool-max-conn 1
"""

# Good requests, each with an answer that no other one gets, in the table or here.
MARKERS = [
    (b"GET /metrics HTTP/1.1\r\nHost: m\r\n\r\n", 200, b"inki_requests_total"),
    (b"GET /api/v1/user/m/key/zzz HTTP/1.1\r\nHost: m\r\n\r\n", 400, b"a fingerprint is"),
    (b"GET /api/v1/user/m/key/00112233445566778899aabbccddeeff HTTP/1.1\r\nHost: m\r\n\r\n", 404, b"there is no such key"),
]


class Proxy:
    """A proxy in front of a server; `address` is where it listens."""

    def __init__(self, command, config, server, folder):
        self.address = "127.0.0.1", free_port()
        path = os.path.join(folder, "proxy.conf")
        with open(path, "w", encoding="ascii") as file:
            file.write(config.replace("PORT", str(self.address[1])).replace("BACKEND", str(server.ports[0])).replace("FOLDER", str(folder)))
        self.log = os.path.join(folder, "proxy.log")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([*command, path], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        assert wait_for(lambda: self.listens() or self.process.poll() is not None) and self.listens(), f"the proxy does not listen: {self.logged()}"

    def listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(self.address) == 0

    def logged(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


PROXIES = {
    "nginx": (["nginx", "-c"], NGINX.replace("BUFFERING", "on")),
    "nginx-unbuffered": (["nginx", "-c"], NGINX.replace("BUFFERING", "off")),
    "haproxy": (["haproxy", "-db", "-f"], HAPROXY),
}


@pytest.fixture(params=PROXIES)
def proxy(request, server_without_limit, tmp_path):
    command, config = PROXIES[request.param]
    program = shutil.which(command[0], path=os.environ["PATH"] + ":/usr/sbin")
    assert program, f"{command[0]} is not installed (tests/install.sh check)"
    running = Proxy([program, *command[1:]], config, server_without_limit, tmp_path)
    yield running
    running.stop()


@pytest.fixture
def server_without_limit(start, gpg, alice):
    return start({"failures": {"burst": 0, "per_minute": 0}, "users": [{"name": "alice", "keyring": gpg.export(alice)}]})


def wrong_with(answer, marker):
    _, status, fragment = marker
    return None if answer.status == status and fragment in answer.body else f"a marker for {status} gets {answer}"


def answers_until_close(wire, is_head, most):
    """At most so many answers, or as many as there come before the proxy closes the connection or falls silent."""
    found = []
    while len(found) < most:
        try:
            if not wire.kept and not wire.more():
                break
            answer = wire.answer("HEAD" if is_head and not found else "GET")
        except (TimeoutError, AssertionError):
            break
        found += [answer] if answer.status >= 200 else []
    return found


def is_headless(data):
    """An answer as HTTP/0.9 has it, which nginx still makes for those who ask so."""
    return bool(data) and not data.startswith(b"HTTP/")


def handled(server):
    """How many requests inki has handled before this one."""
    with Wire(server) as wire:
        text = wire.send(MARKERS[0][0]).answer().text
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("inki_requests_total "))


def exchange(proxy, server, request, marker, after, patience):
    """(what is wrong, how many requests inki has answered); a proxy that has said nothing for so many seconds is silent."""
    before = handled(server)
    with Wire(proxy, patience) as wire:
        wire.send(request.data + marker[0])
        answers = answers_until_close(wire, request.is_head, len(request.codes) + 1)
        if len(answers) > len(request.codes) and (complaint := wrong_with(answers[-1], marker)):
            return complaint, 0
    with Wire(proxy) as other:
        answers.append(other.send(after[0]).answer())
        if complaint := wrong_with(answers[-1], after):
            return f"afterwards, {complaint}", 0
    # what inki has taken for a request, somebody sent as one
    answered = sum("x-content-type-options" in answer.headers for answer in answers) + is_headless(wire.kept)
    seen = handled(server) - before - 1
    return f"inki has seen {seen} requests, and {answered} were answered" if seen > answered else None, answered


def test_no_request_gets_the_answer_of_another(proxy, server_without_limit):
    markers = itertools.cycle(MARKERS)
    wrong, forwarded = [], 0
    for request in raw.requests():
        for patience in (0.3, 5):  # what a busy machine does late looks like silence at first
            complaint, answered = exchange(proxy, server_without_limit, request, next(markers), next(markers), patience)
            if not complaint:
                break
        wrong += [f"{request.name}: {complaint}"] if complaint else []
        forwarded += answered - 1
    assert not wrong, "\n".join(wrong)
    assert forwarded > 100, "the proxy let next to nothing through"
    server_without_limit.is_serving()
