#!/usr/bin/env python3
"""Names that have no place in src/, each with what to use instead."""

import re

from common import source

CALL = r"(?<![\w.>])(?:%s)\s*\("

# (what, pattern, where it is allowed, what would be right)
BANNED = (
    ("an unbounded or truncating string function",
     CALL % r"v?s?n?printf|v?asprintf|strn?cpy|strn?cat|stp[n]?cpy|strl(?:cpy|cat)|strtok(?:_r)?|strstr|gets|sscanf",
     (), "use base/writer.h to write, base/span.h to read"),
    ("a conversion that hides errors", CALL % r"ato[ifl]l?|strto(?:u?ll?|[dfk]|ld|[iu]max)", (),
     "read digits with base/cursor.h or base/span.h and check each"),
    ("memory from the heap", CALL % r"malloc|calloc|realloc(?:array)?|free|strn?dup|aligned_alloc|posix_memalign", (),
     "take it from an arena (base/arena.h), sized by Kconfig"),
    ("memory of unknown size on the stack", CALL % r"alloca|__builtin_alloca", (), "take a fixed array"),
    ("a jump out of a function", CALL % r"_?set_?jmp|sigsetjmp|_?longjmp|siglongjmp", (), "return a status"),
    ("floating point", r"\b(?:float|double)\b", (), "count in integers; soft-float boards have no other"),
    ("a type name for a struct", r"\btypedef\s+(?:struct|union)\b", (), "write struct module_thing"),
    ("an option in front of the compiler", r"^[ \t]*#[ \t]*(?:el)?if[^\n]*\b(?:CONFIG_|IS_ENABLED)", ("src/base/kconfig.h",),
     "write if (IS_ENABLED(CONFIG_X)), so that both ways are always compiled"),
)


def main():
    findings = source.Findings("banned")
    paths = source.files()
    for path in paths:
        text = source.blank(source.read(path))
        for what, pattern, homes, right in BANNED:
            if path in homes:
                continue
            for match in re.finditer(pattern, text, re.M):
                name = " ".join(match.group().split()).rstrip(" (")
                findings.add(path, text.count("\n", 0, match.start()) + 1, f"{name}: {what}; {right}")
    findings.end(f"{len(paths)} files" if paths else "")


main()
