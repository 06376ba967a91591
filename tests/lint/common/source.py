"""What all lints share: the source files, the text without comments and strings, and how a finding is told."""

import os
import re
import sys

ROOT = os.environ.get("LINT_ROOT", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", ".."))

# Pure rooms turn bytes into bytes; the others are the edge, which may ask the system.
PURE_ROOMS = ("base", "crypto", "http", "json", "ssh", "pgp", "core", "tls", "conf")
EDGE_ROOMS = ("host", "server", "client", "main")

# Comments and literals, as C cuts them.
COMMENT_OR_LITERAL = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


class Findings:
    """Collects `file:line: what is wrong; what would be right` and ends the program with the verdict."""

    def __init__(self, lint):
        self.lint, self.count = lint, 0

    def add(self, path, line, words):
        self.count += 1
        print(f"{path}:{line}: {words}")

    def end(self, looked_at):
        verdict = f"{self.count} to mend" if self.count else "ok"
        print(f"lint {self.lint}: " + (f"{looked_at}, {verdict}" if looked_at else "there was nothing to look at, which is wrong"))
        sys.exit(1 if self.count or not looked_at else 0)


def files(top="src", ends=(".c", ".h")):
    """The paths of all C files and headers of src/, or of others elsewhere, relative to the root, in order."""
    found = []
    for folder, _, names in os.walk(os.path.join(ROOT, top)):
        found += [os.path.relpath(os.path.join(folder, name), ROOT) for name in names if name.endswith(ends)]
    return sorted(found)


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def blank(text, keep_strings=False):
    """text with comments (and the insides of literals) replaced by spaces, so that lines and columns stay."""
    def replace(match):
        piece = match.group()
        if piece[0] in "\"'":
            return piece if keep_strings else piece[0] + " " * (len(piece) - 2) + piece[0]
        return re.sub(r"[^\n]", " ", piece)
    return COMMENT_OR_LITERAL.sub(replace, text)


def room_of(path):
    """src/core/table.c -> core; src/main.c -> main."""
    parts = path.split("/")
    return parts[1] if len(parts) > 2 else parts[1].rsplit(".", 1)[0]
