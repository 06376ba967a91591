"""Prints the verdicts of other implementations beside inki's on each of the unit tests' OpenPGP cases (out/cases/pgp).

A verdict that differs from inki's must be explained by a line of the file "differences"; one that is not is a failure, and so is
a line there that explains nothing. Usage: differential.py [explain]; explain takes the verdicts of the last run.

The environment: CASES, the folder with the cases; RUNNER, the unit tests' runner of cases; PEERS, the names of those to ask.
"""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from pathlib import Path

import peers

CASES = Path(os.environ.get("CASES", "out/cases")) / "pgp"
BARE = b"-----BEGIN PGP SIGNED MESSAGE-----\n\n"
VERDICTS = peers.OUT / "verdicts.json"
LEGEND = """
A line is a case of out/cases/pgp: how inki ends with it (OK: it takes the message), and whether each of the others takes it: yes, no,
or nothing where it cannot be asked. yes* or no*: another verdict than inki's, for the reason below the line, which is from
tests/interop/differences and names a rule of tests/vectors/rules.txt. yes! or no!: another one, and nobody has explained it.
"""


def read_case(name):
    """The lines of a case, its keyring, and its message. A message without Hash header gets one: nothing of it counts for inki,
    and half of the peers would look no further (rules.txt, 11). The rules about that header are shown as they are."""
    head, _, body = (CASES / name).read_bytes().partition(b"\n\n")
    lines = dict(line.split(" ", 1) for line in head.decode().splitlines() if " " in line)
    at = int(lines.get("text", 0))
    keyring = body[at:at + int(lines["keyring"])]
    message = body[-int(lines["message"]):]
    if not name.startswith("rule_2_5"):
        message = message.replace(BARE, BARE[:-1] + b"Hash: SHA512\n\n", 1)
    return lines, keyring, message


def inki(cases):
    """The name of the status that inki ends with. The runner says so where it is not the expected one."""
    status = {name: lines["expect"] for name, (lines, _, _) in cases.items()}
    done = subprocess.run([os.environ["RUNNER"]], env={**os.environ, "FLIP_STEP": "1000000"}, capture_output=True, check=False)
    told = (done.stdout + done.stderr).decode(errors="replace")
    status.update(re.findall(r"(\S+): ([A-Z0-9_]+) in place of ", told))
    return status


def ask(name, cases):
    """The verdicts of the peer with this name, by case."""
    peer = peers.ALL[name]()
    try:
        folder = peer.folder / "cases"
        folder.mkdir()
        asked = {}
        for case, (lines, keyring, message) in cases.items():
            if "second" in lines:  # keyrings in two files: most take one
                continue
            paths = folder / f"{case}.keyring", folder / f"{case}.message"
            paths[0].write_bytes(keyring)
            paths[1].write_bytes(message)
            asked[case] = (*paths, int(lines["now"]))
        return {**dict.fromkeys(cases), **dict(zip(asked, peer.verdicts(list(asked.values()))))}
    finally:
        peer.close()


def measure():
    cases = {name: read_case(name) for name in (CASES / "index").read_text().split()}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        told = {name: pool.submit(ask, name, cases) for name in peers.chosen()}
        verdicts = {"inki": inki(cases), **{name: future.result() for name, future in told.items()}}
    VERDICTS.write_text(json.dumps(verdicts))
    return verdicts


def read_differences():
    """Lines of: the peers, with commas; the verdict of theirs that differs; a pattern of the case's name; the reason."""
    rows = []
    for line in (peers.HERE / "differences").read_text().splitlines():
        if line and not line.startswith("#"):
            who, verdict, pattern, reason = line.split(None, 3)
            assert verdict in ("accepts", "refuses"), line
            unknown = set(who.split(",")) - set(peers.ALL)
            assert not unknown, line
            rows.append((who.split(","), verdict == "accepts", pattern, reason))
    return rows


def main(words):
    if words == ["explain"]:
        verdicts = json.loads(VERDICTS.read_text())
    else:
        verdicts = measure()
    inkis = verdicts.pop("inki")
    differences = read_differences()
    used, counts, unexplained = Counter(), {name: Counter() for name in verdicts}, []
    width = max(map(len, inkis))
    print(f"{'':{width}} {'inki':26}" + "".join(f"{name:11}" for name in verdicts))
    for case, status in inkis.items():
        cells, reasons = [], []
        for peer, told in verdicts.items():
            verdict = told[case]
            kind, mark = "agree", ""
            if verdict is None:
                kind = "not asked"
            elif verdict != (status == "OK"):
                found = [i for i, (who, accepts, pattern, _) in enumerate(differences)
                         if peer in who and accepts == verdict and fnmatchcase(case, pattern)]
                used.update((peer, i) for i in found)
                kind, mark = ("explained", "*") if found else ("unexplained", "!")
                if found:
                    reasons.append(f"{peer}: {differences[found[0]][3]}")
                else:
                    unexplained.append(f"{peer} {'accepts' if verdict else 'refuses'} {case} (inki: {status})")
            counts[peer][kind] += 1
            cells.append(f"{'' if verdict is None else 'yes' if verdict else 'no'}{mark}")
        print(f"{case:{width}} {status:26}" + "".join(f"{cell:11}" for cell in cells))
        for reason in dict.fromkeys(reasons):
            print(f"{'':8}{reason}")
    print(LEGEND)
    unused = [f"{peer} {'accepts' if accepts else 'refuses'} {pattern}"
              for i, (who, accepts, pattern, _) in enumerate(differences)
              for peer in who if peer in verdicts and (peer, i) not in used]
    for line in unexplained:
        print(f"not explained: {line}")
    for line in unused:
        print(f"explains nothing: {line}")
    for peer, count in counts.items():
        print(f"{peer:11} " + ", ".join(f"{count[kind]} {kind}" for kind in ("agree", "explained", "unexplained", "not asked")))
    print(f"interop: {len(inkis)} cases, {len(unexplained)} differences not explained, {len(unused)} explanations without use")
    return bool(unexplained or unused)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
