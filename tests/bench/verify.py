#!/usr/bin/env python3
"""Usage: verify.py INKI WORKS [ROUNDS]

How many signed messages a second inki verifies, beside the bare signatures that `openssl speed` verifies, and beside gpgv. INKI is
the program, WORKS what was made of works.c. Seconds are of the processor's time. All run one after the other, in rounds, so that
whatever else the machine does falls on all of them alike; the best round of each counts.
"""

import os
import resource
import subprocess
import sys
import tempfile

import fixtures

# OpenPGP's name: (what people call it, openssl's name)
ALGORITHMS = {
    "rsa2048": ("RSA-2048", "rsa2048"),
    "rsa3072": ("RSA-3072", "rsa3072"),
    "rsa4096": ("RSA-4096", "rsa4096"),
    "nistp256": ("P-256", "ecdsap256"),
    "nistp384": ("P-384", "ecdsap384"),
    "nistp521": ("P-521", "ecdsap521"),
    "ed25519": ("Ed25519", "ed25519"),
}
MILLISECONDS, PROCESSES = 400, 20


def run(command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


def openssl_rate(name):
    """The last line of the form for machines ends in signatures made, and verified, in a second."""
    line = next(line for line in run(["openssl", "speed", "-mr", "-seconds", "1", name]).splitlines() if line.startswith("+F"))
    return float(line.split(":")[-1])


def process_rate(command):
    """How many such processes fit into a second of the processor's time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(PROCESSES):
        run(command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return PROCESSES / (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def measures(inki, works, folder, algorithm):
    """What is measured of an algorithm: functions that return a rate."""
    keyring, message = os.path.join(folder, algorithm + ".gpg"), os.path.join(folder, algorithm + ".asc")
    return (lambda: float(run([works, folder, "rate", "verify " + algorithm, str(MILLISECONDS)])),
            lambda: openssl_rate(ALGORITHMS[algorithm][1]),
            lambda: process_rate([inki, "verify", keyring, message]),
            lambda: process_rate(["gpgv", "--keyring", keyring, message]))


def main(inki, works, rounds="3"):
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        fixtures.write(folder)
        best = {algorithm: [0.0] * 4 for algorithm in ALGORITHMS}
        for _ in range(int(rounds)):
            for algorithm, rates in best.items():
                for at, measure in enumerate(measures(inki, works, folder, algorithm)):
                    rates[at] = max(rates[at], measure())
    print(f"{'per second':10} {'inki':>8} {'openssl':>8} {'ratio':>6}   {'inki verify':>11} {'gpgv':>6} {'ratio':>6}")
    for algorithm, (ours, openssl, process, gpgv) in best.items():
        print(f"{ALGORITHMS[algorithm][0]:10} {ours:8.0f} {openssl:8.0f} {ours / openssl:6.2f}   {process:11.0f} {gpgv:6.0f} {process / gpgv:6.1f}")
    print("inki: whole messages, read and verified in one process; openssl: signatures of a digest; the others: one process a message.")


if __name__ == "__main__":
    main(*sys.argv[1:])
