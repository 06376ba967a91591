#!/usr/bin/env python3
"""What the objects of the pure rooms ($O/src/ROOM/*.o) want from elsewhere: own names, mem*/str*, helpers of the compiler,
and in three rooms the library that lives there. So there is no malloc, no read(), no time() in them.
"""

import os
import re
import subprocess

from common import source

STANDARD = r"mem(chr|cmp|cpy|move|set)|str(len|cmp|ncmp|chr)"
# Stack protector, position independence, integer arithmetic of libgcc; none of its helpers for floating point.
COMPILER = (r"__stack_chk_(fail|fail_local|guard)|_GLOBAL_OFFSET_TABLE_|__gnu_local_gp|_gp_disp|_mcount|bcmp"
            r"|__(u?div|u?mod|u?divmod|mul|neg|ash[lr]|lshr|u?cmp|bswap|clz|ctz|ffs|popcount)[sdt]i[234]?"
            r"|__aeabi_(u?i?div(mod)?|u?l?divmod|u?ldivmod|u?idiv(mod)?|l(lsl|lsr|asr|mul|cmp)|ulcmp|uidivmod"
            r"|mem(cpy|move|set|clr)[48]?|unwind_cpp_pr[01])|__(save|restore)_.*|__riscv_(save|restore)_.*")
LIBRARY = {"crypto": r"mbedtls_.*|crypto_.*|sodium_.*|[gs][ec]25519_.*", "tls": r"br_.*", "conf": r"yaml_.*"}


def symbols(nm, path):
    """(names that the object defines, names that it wants)."""
    defined, wanted = set(), set()
    for line in subprocess.run([nm, "-P", "-g", path], check=True, capture_output=True, text=True).stdout.splitlines():
        name, kind = line.split()[:2]
        (wanted if kind in "Uvw" else defined).add(name)
    return defined, wanted


def main():
    findings = source.Findings("purity")
    folder, nm = os.path.join(os.environ.get("O", "out"), "src"), os.environ.get("NM", "nm")
    objects = []
    for room in source.PURE_ROOMS:
        for where, _, names in os.walk(os.path.join(folder, room)):
            objects += [(room, os.path.join(where, name)) for name in sorted(names) if name.endswith(".o")]
    known = {path: symbols(nm, path) for _, path in objects}
    own = set().union(*(defined for defined, _ in known.values())) if known else set()
    for room, path in objects:
        allowed = re.compile("|".join(filter(None, (STANDARD, COMPILER, LIBRARY.get(room)))))
        for name in sorted(known[path][1] - own):
            if not allowed.fullmatch(name):
                findings.add(path, 1, f"a pure room wants {name}; let the edge (host/, server/) do it and hand in the result")
    findings.end(f"{len(objects)} objects in {folder}" if objects else "")


main()
