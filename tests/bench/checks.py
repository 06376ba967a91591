#!/usr/bin/env python3
"""What checks that hang, fork, print megabytes and die by signals do to everybody else: the latency of requests that need no
check, alone and beside a full house of such checks, in turns within one run.

Usage: checks.py INKI
"""

import json
import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import inki  # noqa: E402
from gpg import Gpg  # noqa: E402

ROUNDS, REQUESTS = 5, 2000
BAD = {
    "hangs": "trap '' TERM; sleep 60",
    "forks": "i=0; while [ $i -lt 40 ]; do setsid sleep 60 & i=$((i + 1)); done; sleep 60",
    "prints": "yes >&2",
    "dies": "kill -SEGV $$",
    "spins": "while :; do :; done",
}


def ask(path, requests):
    """The latencies, in milliseconds, of an authorized_keys query over the Unix socket, as sshd's command makes it."""
    found = []
    request = b"GET /api/v1/user/root/authorized_keys HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    for _ in range(requests):
        started = time.perf_counter()
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(path)
            connection.sendall(request)
            while connection.recv(65536):
                pass
        found.append((time.perf_counter() - started) * 1000)
        time.sleep(0.0002)  # so that they spread over what the checks do
    return found


def molest(address, message, stop, answers):
    """Sends a signed request again and again, from a process that leaves the processor to the others."""
    os.nice(10)
    request = b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(message) + message
    while not stop.is_set():
        with socket.create_connection(address) as connection:
            connection.sendall(request)
            answer = b""
            while more := connection.recv(65536):
                answer += more
        answers.put(int(answer.split()[1]))
        time.sleep(0.05)


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def main():
    gpg, folder = Gpg(), tempfile.mkdtemp(prefix="bench-", dir="/tmp")
    os.chmod(folder, 0o755)
    signer = gpg.generate("ed25519")
    checks = []
    for name, script in BAD.items():
        path = os.path.join(folder, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(f"#!/bin/sh\n{script}\n")
        os.chmod(path, 0o755)
        checks.append({"name": name, "command": [path], "timeout": "1s"})
    keyring = gpg.export(signer)
    users = [{"name": "root", "keyring": keyring}] + [{"name": name, "keyring": keyring, "checks": [name]} for name in BAD]
    server = inki.Server([sys.argv[1]], {"failures": {"burst": 0, "per_minute": 0}, "checks": checks, "users": users})
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{folder}/key"], check=True)
    with open(f"{folder}/key.pub", encoding="ascii") as file:
        line = file.read().strip()
    messages = {name: gpg.clearsign(json.dumps({"user": name, "key": line, "expire": "1h"}), signer) for name in ["root", *BAD]}
    assert server.post(messages["root"]).status == 200
    stop, answers = multiprocessing.Event(), multiprocessing.Queue()
    alone, beside = [], []
    for _ in range(ROUNDS):
        alone += ask(server.socket_path, REQUESTS)
        stop.clear()
        askers = [multiprocessing.Process(target=molest, args=(server.address, messages[name], stop, answers))
                  for name in BAD for _ in range(2)]
        for asker in askers:
            asker.start()
        time.sleep(0.5)
        beside += ask(server.socket_path, REQUESTS)
        stop.set()
        for asker in askers:
            asker.join()
    answers = [answers.get() for _ in range(answers.qsize())]
    served = {code: answers.count(code) for code in sorted(set(answers))}
    print(f"{len(alone)} queries each way, {len(answers)} requests with bad checks: {served}")
    for name, part in (("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)):
        a, b = percentile(alone, part), percentile(beside, part)
        print(f"  {name:6} alone {a:7.3f} ms, beside the checks {b:7.3f} ms, ratio {b / a:5.2f}")
    assert len(server.keys()) == 1 and set(answers) <= {403, 503}
    server.stop()
    gpg.close()


main()
