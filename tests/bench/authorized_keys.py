#!/usr/bin/env python3
"""Usage: authorized_keys.py INKI BENCH [ROUNDS]

How long `inki authorized-keys` takes, from the start of its process to its end, beside the least program that asks the same server
for the same list (BENCH ask, made of authorized_keys.c), a process that does nothing, and `curl -s`; with 1, 100 and 10,000 keys of
one user. All run in turn, so that whatever else the machine does falls on all of them alike; medians count. On a
busy machine the second line of each, the time of the processor, tells more.
"""

import http.client
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

import inki  # noqa: E402
import openpgp  # noqa: E402
from test_many import ssh_line  # noqa: E402

NAMES = ("inki authorized-keys", "the least", "nothing", "curl -s")


def fill(server, signer, numbers):
    connection = http.client.HTTPConnection(*server.address, timeout=20)
    for number in numbers:
        text = json.dumps({"username": "alice", "key": ssh_line(number)[0], "expire": "1h"})
        connection.request("POST", "/api/v1/keys", openpgp.clearsign(text, openpgp.Signature(signer)))
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        answer.read()


def main():
    program, bench, rounds = [*sys.argv[1:3], *sys.argv[3:], "300"][:3]
    signer, filled = openpgp.Key("ed25519"), 0
    server = inki.Server([os.path.abspath(program)], {"users": [{"name": "alice", "keyring": openpgp.armored_certificate(signer),
                                                                 "max_keys": 10000}]})
    try:
        print(f"{'keys':>6} {'':>10}" + "".join(f"{name:>21}" for name in NAMES) + "   (us, and beside the least)")
        for count in (1, 100, 10000):
            fill(server, signer, range(filled, count))
            filled = count
            commands = ([program, "authorized-keys", "-s", server.socket_path, "--", "alice"], [bench, "ask", server.socket_path, "alice"],
                        [bench, "nothing"], ["curl", "-s", "--unix-socket", server.socket_path,
                                             "http://localhost/api/v1/user/alice/authorized_keys"])
            words = [word for command in commands for word in [*command, ","]][:-1]
            rounds_now = rounds if count < 10000 else str(max(20, int(rounds) // 3))
            lines = subprocess.run([bench, "time", rounds_now, *words], check=True, capture_output=True, text=True).stdout.splitlines()
            for kind, name in enumerate(("elapsed", "processor")):
                times = [int(line.split()[kind]) for line in lines]
                print(f"{count:>6} {name:>10}" + "".join(f"{time:>12} ({time / max(times[1], 1):5.2f}x)" for time in times))
    finally:
        server.stop()


main()
