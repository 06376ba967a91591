#!/usr/bin/env python3
"""Sizes that keep a file readable: lines a file, also of the tests; lines a function, columns a line; and each header's guard."""

import re

from common import source

FILE_LINES, FUNCTION_LINES, COLUMNS = 500, 60, 120

# These wait to be split, and do not grow meanwhile.
LONGER = {"tests/unit/test_conf.c": 950, "tests/unit/test_conn.c": 800, "tests/unit/test_table.c": 800}


def columns(line):
    """The width with tabs of 8. A string is never broken, so that it can be searched for: it counts as two quotes."""
    return len(re.sub(r'"(?:\\.|[^"\\])*"', '""', line).expandtabs(8))


def functions(lines):
    """(name, first line, lines) of each function: a brace in the first column opens it, another one closes it."""
    for number, line in enumerate(lines):
        if line.rstrip() != "{":
            continue
        end = next((at for at in range(number, len(lines)) if lines[at].startswith("}")), len(lines) - 1)
        head = number
        while head > 0 and lines[head - 1].strip() and not lines[head - 1].startswith(("}", "#")):
            head -= 1
        name = re.search(r"(\w+)\s*\(", " ".join(lines[head:number]))
        yield name.group(1) if name else "?", head + 1, end - number + 1


def look_at_length(findings, path, lines):
    most = LONGER.get(path, FILE_LINES)
    if len(lines) > most:
        findings.add(path, len(lines), f"{len(lines)} lines; a file has at most {most}: split it by what it does")
    elif path in LONGER and len(lines) <= FILE_LINES:
        findings.add(path, 1, "it is short enough now: take it off the list in tests/lint/sizes.py")


def main():
    findings = source.Findings("sizes")
    tests = source.files("tests", (".c", ".h", ".py", ".sh", ".mk"))
    for path in tests:
        look_at_length(findings, path, source.read(path).splitlines())
    paths = source.files()
    for path in paths:
        text = source.read(path)
        lines = text.splitlines()
        look_at_length(findings, path, lines)
        for number, line in enumerate(lines, 1):
            if columns(line) > COLUMNS:
                findings.add(path, number, f"{columns(line)} columns; a line has at most {COLUMNS}")
            if line != line.rstrip():
                findings.add(path, number, "white space at the end of the line; remove it")
        for name, line, size in functions(source.blank(text).splitlines()):
            if size > FUNCTION_LINES:
                findings.add(path, line, f"{name}() has {size} lines; a function has at most {FUNCTION_LINES}")
        if path.endswith(".h"):
            guard = "INKI_" + re.sub(r"\W", "_", path[len("src/"):]).upper()
            if not re.search(rf"^#ifndef {guard}\n#define {guard}$", text, re.M) or not text.endswith("#endif\n"):
                findings.add(path, 1, f"the guard of this header is {guard}: #ifndef, #define, and #endif as the last line")
    findings.end(f"{len(paths)} files, and {len(tests)} of tests" if paths else "")


main()
