#!/usr/bin/env python3
"""The package recipes of board/ name the version, the downloads and the digests that the Makefile and third_party/pins do."""

import hashlib
import re

from common import source

BUILDROOT = "board/buildroot/package/inki/"
CHANGELOG = "board/debian/changelog"


def pool_path(file):
    name = file.split("_")[0]
    return f"{name[:4] if name.startswith('lib') else name[0]}/{name}/{file}"


def compare(findings, path, what, have, want):
    for each in sorted(want - have):
        findings.add(path, 1, f"{what} is missing: {' '.join(each) if isinstance(each, tuple) else each}")
    for each in sorted(have - want):
        findings.add(path, 1, f"{what} is not in third_party/pins: {' '.join(each) if isinstance(each, tuple) else each}")


def main():
    findings = source.Findings("packages")
    version = re.search(r"^VERSION := (\S+)$", source.read("Makefile"), re.M).group(1)
    recipe = f"board/yocto/recipes-support/inki/inki_{version}.bb"
    licence = source.read("LICENSE").encode()
    rows = [line.split() for line in source.read("third_party/pins").splitlines() if line and line[0] != "#"]
    pins = {(file, digest) for _, _, _, file, digest in rows}
    paths = {pool_path(file) for file, _ in pins}

    text = source.read(BUILDROOT + "inki.hash")
    compare(findings, BUILDROOT + "inki.hash", "a file with its digest", {(file, digest) for digest, file in re.findall(r"^sha256  (\S+)  (\S+)$", text, re.M)},
            pins | {("LICENSE", hashlib.sha256(licence).hexdigest())})
    text = source.read(BUILDROOT + "inki.mk")
    compare(findings, BUILDROOT + "inki.mk", "a download", set(re.findall(r"^\t\$\(INKI_POOL\)/(\S+)", text, re.M)), paths)
    if f"\nINKI_VERSION = {version}\n" not in text:
        findings.add(BUILDROOT + "inki.mk", 1, f"the Makefile has version {version}")

    text = source.read(recipe)
    uris = dict(re.findall(r"^ +\$\{DEBIAN_POOL\}/(\S+);name=(\S+);unpack=0 \\$", text, re.M))
    digests = dict(re.findall(r"^SRC_URI\[(\S+)\.sha256sum\] = \"(\w+)\"$", text, re.M))
    compare(findings, recipe, "a download", set(uris), paths)
    compare(findings, recipe, "a file with its digest", {(path.split("/")[-1], digests.get(name, "none")) for path, name in uris.items()}, pins)
    if f"md5={hashlib.md5(licence).hexdigest()}" not in text:
        findings.add(recipe, 1, "LICENSE has another md5")

    if not source.read(CHANGELOG).startswith(f"inki ({version}) "):
        findings.add(CHANGELOG, 1, f"the Makefile has version {version}: add an entry for it")
    findings.end(f"{len(pins)} files, 3 packages")


main()
