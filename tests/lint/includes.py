#!/usr/bin/env python3
"""Who may include whom: the list of the README's house, and the homes of third-party and system headers."""

import re

from common import source

# Every room may include itself and base/; besides:
MAY_INCLUDE = {
    "base": (),
    "crypto": (),
    "http": (),
    "json": (),
    "tls": (),
    "host": (),
    "ssh": ("crypto",),
    "pgp": ("crypto",),
    "core": ("http", "json", "ssh", "pgp"),
    "conf": ("pgp", "ssh", "tls/identity.h", "core/config.h"),
    "server": ("core", "http", "tls", "conf", "host", "pgp/describe.h", "crypto/crypto.h"),  # the latter to hand crypto/ its memory
    "client": ("core/request.h", "http", "json", "pgp", "ssh", "tls", "host", "crypto/crypto.h"),  # here too
    "main": ("server", "client", "host/tell.h"),
}

# The one room that may include a third-party header.
HOMES = {"mbedtls": "crypto", "sodium": "crypto", "libsodium": "crypto", "yaml": "conf", "jsmn": "json", "bearssl": "tls"}

# What the language itself gives. A pure room includes nothing else, so it cannot even name a system call.
LANGUAGE = ("limits.h", "stdalign.h", "stdbool.h", "stddef.h", "stdint.h", "stdnoreturn.h", "string.h")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def wrong_with(path, room, quote, name):
    """What is wrong with this include, or None."""
    home = next((home for part, home in HOMES.items() if re.match(part + r"[./_]", name)), None)
    if home:
        return None if room == home else f"<{name}> is at home in {home}/; call a function of {home}/ instead"
    if quote == "<":
        if room in source.EDGE_ROOMS or name in LANGUAGE:
            return None
        return f"<{name}> in a pure room; {room}/ may have {', '.join(LANGUAGE)}, and time and bytes come as arguments"
    if name == "generated/autoconf.h":
        return None if path == "src/base/kconfig.h" else "only base/kconfig.h includes generated/autoconf.h; include that"
    if "/" not in name:
        return f'"{name}" lacks its room; write "{room}/{name}"'
    allowed = ("base", room) + MAY_INCLUDE.get(room, ())
    if name in allowed or name.split("/")[0] in allowed:
        return None
    return f'{room}/ may not include "{name}"; it may include {", ".join(allowed)} (arrows point down)'


def main():
    findings = source.Findings("includes")
    paths = source.files()
    for path in paths:
        room = source.room_of(path)
        if room not in MAY_INCLUDE:
            findings.add(path, 1, f"{room}/ is no room of the house; add it to tests/lint/includes.py and to the README")
            continue
        text = source.blank(source.read(path), keep_strings=True)
        includes = [(text.count("\n", 0, match.start(1)) + 1, *match.groups()) for match in INCLUDE.finditer(text)]
        for line, quote, name in includes:
            wrong = wrong_with(path, room, quote, name)
            if wrong:
                findings.add(path, line, wrong)
        own = path[len("src/"):-1] + "h"
        if path.endswith(".c") and f"src/{own}" in paths and (not includes or includes[0][2] != own):
            findings.add(path, includes[0][0] if includes else 1, f'the own header comes first: #include "{own}"')
    findings.end(f"{len(paths)} files" if paths else "")


main()
