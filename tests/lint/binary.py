#!/usr/bin/env python3
"""The binary ($O/inki, or those named as arguments) needs nothing at run time: no interpreter, no shared library. It can be
loaded anywhere (static-pie), and nothing in it is both writable and executable.
"""

import os
import re
import subprocess
import sys

from common import source


def readelf(option, path):
    return subprocess.run([os.environ.get("READELF", "readelf"), "-W", option, path], check=True, capture_output=True,
                          text=True, env={**os.environ, "LC_ALL": "C"}).stdout


def main():
    findings = source.Findings("binary")
    paths = sys.argv[1:] or [os.path.join(os.environ.get("O", "out"), "inki")]
    for path in paths:
        header, segments, dynamic = (readelf(option, path) for option in ("-h", "-l", "-d"))
        kind = re.search(r"Type:\s+(\w+)", header).group(1)
        if re.search(r"^\s*INTERP\b", segments, re.M):
            findings.add(path, 1, "has PT_INTERP, so it is a dynamic binary; link with -static-pie and musl's own libc.a")
        if "(NEEDED)" in dynamic:
            findings.add(path, 1, "needs shared libraries; link all parts statically")
        if kind != "DYN" or "PIE" not in dynamic:
            findings.add(path, 1, f"is of type {kind} without the PIE flag; link with -static-pie")
        for name in re.findall(r"^\s*(LOAD|GNU_STACK)\s.*\sRWE\s", segments, re.M):
            findings.add(path, 1, f"segment {name} is writable and executable; link with -z noexecstack")
        if "GNU_STACK" not in segments:
            findings.add(path, 1, "has no GNU_STACK, so its stack may be executable; link with -z noexecstack")
    findings.end(f"{len(paths)} binaries")


main()
