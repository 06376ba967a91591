#!/usr/bin/env python3
"""Usage: primitives.py NAME EMULATOR PLUGIN PRIMITIVES

How many instructions one verification takes by each library on a machine that qemu emulates; see primitives.c and insn.c. On real
ones their times differ: the multiplications of the 64-bit machine are worth several others.
"""

import re
import subprocess
import sys

LIBRARIES = ("ours", "mbedtls", "bearssl", "bearssl-i62")
ALGORITHMS = ("rsa2048", "rsa4096", "p256")


def count(emulator, plugin, program, library, algorithm):
    """Those of two verifications less those of one: without what comes before and after."""
    totals = []
    for times in "12":
        done = subprocess.run([*emulator.split(), "-plugin", plugin, program, library, algorithm, times], capture_output=True, text=True, check=False)
        told = re.search(r"instructions: (\d+)", done.stderr)
        if done.returncode != 0 or not told:
            sys.exit(f"primitives: {library} {algorithm} ended with {done.returncode}: {done.stderr}")
        totals.append(int(told.group(1)))
    return totals[1] - totals[0]


def main(name, emulator, plugin, program):
    print(f"{name}: instructions of a verification" + "".join(f"{library:>14}" for library in LIBRARIES))
    for algorithm in ALGORITHMS:
        print(f"{algorithm:>30}" + "".join(f"{count(emulator, plugin, program, library, algorithm):14,}" for library in LIBRARIES))


main(*sys.argv[1:])
