#!/usr/bin/env python3
"""Usage: counts.py INKI WORKS FOLDER COMPILER [--record]

Counts the instructions of fixed works (callgrind; works.c) and holds them to the budgets of tests/bench/budgets: more than 3 % above
fails. They are those of one compiler on one kind of machine; with another one nothing is held to them, and that is said. --record
writes the budgets anew: the change of a budget belongs into the commit that needs it, with its reason.
"""

import os
import platform
import re
import subprocess
import sys
import tempfile

import fixtures

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "e2e"))

import inki  # noqa: E402

BUDGETS = os.path.join(HERE, "budgets")
ALLOWED = 1.03
WORKS = ("head", "list 1", "list 100", "find 10000", "add 1", "verify ed25519", "verify rsa2048", "verify nistp256")
RUN = "authorized-keys"  # a process from its start to its end


def count(command, *options):
    """The instructions that callgrind has counted; its arguments and environment are always the same, since they lie on the stack."""
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *options, *command],
                          env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False)
    counted = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not counted or int(counted.group(1)) == 0:
        sys.exit(f"counts: {' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return int(counted.group(1))


def count_work(works, folder, name):
    # the compiler may give a function another end of its name
    return count([os.path.abspath(works), folder, "count", name], "--toggle-collect=run_work*")


def count_run(program):
    """The whole process that sshd starts at each login, with one key to print."""
    with tempfile.TemporaryDirectory(prefix="counts-", dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        key = fixtures.FixedKey("ed25519")
        server = inki.Server([os.path.abspath(program)], {"users": [{"name": "alice", "keyring": fixtures.openpgp.armored_certificate(key)}]},
                             folder=folder)
        try:
            message = fixtures.openpgp.clearsign(fixtures.TEXT % fixtures.ssh_line(), fixtures.openpgp.Signature(key))
            assert server.post(message).status == 200
            return count([os.path.abspath(program) + ".debug", "authorized-keys", "-s", server.socket_path, "--", "alice"])
        finally:
            server.stop()


def read_budgets():
    """(compiler, {work: instructions})"""
    if not os.path.exists(BUDGETS):
        return "", {}
    with open(BUDGETS, encoding="ascii") as file:
        lines = [line.strip() for line in file if not line.startswith("#")]
    return lines[0], {name: int(number) for name, number in (line.rsplit(" ", 1) for line in lines[1:])}


def main(program, works, folder, compiler, *options):
    fixtures.write(folder, [kind for kind in fixtures.KINDS if any(work.endswith(kind) for work in (*WORKS, "ed25519"))])
    compiler += f" on {platform.machine()}"
    recorded_with, budgets = read_budgets()
    counted = {name: count_work(works, folder, name) for name in WORKS}
    counted[RUN] = count_run(program)
    if "--record" in options:
        with open(BUDGETS, "w", encoding="ascii") as file:
            file.write("# Instructions of fixed works, which make counts holds the program to: see counts.py. make counts RECORD=y writes them.\n")
            file.write("".join(f"{line}\n" for line in (compiler, *(f"{name} {number}" for name, number in counted.items()))))
        return 0
    over = 0
    for name, number in counted.items():
        budget = budgets.get(name)
        told = f"{number / budget - 1:+7.2%} of the budget, {budget}" if budget else "and has no budget"
        if recorded_with == compiler and (not budget or number > budget * ALLOWED):
            told += ": too many"
            over += 1
        print(f"  {name:16} {number:9} instructions, {told}")
    if recorded_with != compiler:
        print(f"counts: the budgets are of {recorded_with}; this is {compiler}: nothing is held to them")
    if over:
        print("counts: slower than the budgets of tests/bench/budgets. Find out why (callgrind_annotate); where it is worth it, "
              "record them anew in the same commit, and say why.")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
