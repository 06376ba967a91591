#!/usr/bin/env python3
"""Man pages and completions know each command and each option that `inki help` prints, and no other; each key of the example
configuration is in its man page; mandoc has nothing to say.

The options come from the program itself ($O/inki). One of another machine, or without some commands, is not asked.
"""

import os
import re
import subprocess

from common import source

DOC = "src/doc"
PAGES = {"server": "inki-server.8"}  # all other commands are in inki.1
SHELLS = ("inki.bash", "_inki", "inki.fish")


def told(program, *words):
    return subprocess.run([program, "help", *words], check=True, capture_output=True, text=True).stdout


def options_of(text):
    """The option names, short and long, that a help text has rows for."""
    found = set()
    for line in text.splitlines():
        match = re.match(r" {2}(?:(-\w)|  )(?:, |  )?(--[\w-]+)?(?: [A-Z]\S*)?(?:  |$)", line)
        if match:
            found.update(filter(None, match.groups()))
    return found


def commands_of(program):
    """{"key add": {"-f", "--file", ...}, ...}"""
    names = [re.split(r"  +", line.strip())[0] for line in told(program).splitlines() if line.startswith("  ")]
    return {name: options_of(told(program, *name.split())) for name in names}


def page_options(text):
    """The option names that stand at the head of a tagged paragraph of a man page."""
    found = set()
    for line in re.findall(r"^\.It (Fl .*)", text, re.M):
        found.update("-" + name for name in re.findall(r"(?:Fl|,) (-?[\w-]+)", line))
    return found


def shell_options(name, text, command):
    """The option names that a completion has for a command."""
    if name == "inki.bash":
        row = re.search(rf'^\t\["{command}"\]="([^"]*)"', text, re.M)
        return {word.rstrip("=") for word in row.group(1).split()} if row else set()
    if name == "inki.fish":
        found, verb = set(), command.split()[-1]
        for line in text.splitlines():
            if f"__inki_at {command}'" in line or ("__inki_at key $verb" in line and verb in ("add", "remove")):
                found.update("-" + each for each in re.findall(r" -s (\w)\b", line))
                found.update("--" + each for each in re.findall(r" -l ([\w-]+)", line))
        return found
    block = re.search(rf"^\t?{command.split()[-1]}\)\n(.*?);;", text, re.M | re.S)
    if not block:
        return set()
    body = block.group(1) + (re.search(r"^sign=\((.*?)^\)", text, re.M | re.S).group(1) if "$sign" in block.group(1) else "")
    words = re.findall(r"\{(-\w),(--[\w-]+)\}|(--[\w-]+)\[", body)
    return {word for group in words for word in group if word} - {"-h", "--help"}


def compare(findings, path, command, have, want):
    for name in sorted(want - have):
        findings.add(path, 1, f"inki {command} has {name}, and it is missing here")
    for name in sorted(have - want):
        findings.add(path, 1, f"inki {command} has no {name}; remove it here")


def main():
    findings = source.Findings("docs")
    program = os.path.abspath(os.path.join(os.environ.get("O", "out"), "inki"))
    pages = sorted(name for name in os.listdir(os.path.join(source.ROOT, DOC)) if name[-1].isdigit())
    for page in pages:
        done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", os.path.join(source.ROOT, DOC, page)], capture_output=True,
                              text=True, check=False)
        for line in (done.stdout + done.stderr).splitlines():
            findings.add(f"{DOC}/{page}", 1, line)
    commands = commands_of(program)
    texts = {name: source.read(f"{DOC}/{name}") for name in (*pages, *SHELLS)}
    if {"key add", "verify"} <= set(commands):  # a program with all that the pages tell of
        for command, options in commands.items():
            page = PAGES.get(command, "inki.1")
            section = re.search(rf"^\.Ss inki {command}\n(.*?)(?=^\.S[sh] )", texts[page], re.M | re.S)
            text = section.group(1) if section else texts[page]
            if page == "inki.1" and not section:
                findings.add(f"{DOC}/{page}", 1, f"there is no section about inki {command}")
            have = page_options(text)
            if command == "key remove":  # "It has the options of key add, but"
                have |= options & commands["key add"]
            compare(findings, f"{DOC}/{page}", command, have, options)
            for shell in SHELLS:
                if command != "help":
                    compare(findings, f"{DOC}/{shell}", command, shell_options(shell, texts[shell], command), options)
    for line, key in re.findall(r"^#?( *(?:- )?)([a-z_]+):(?: |$)", source.read("inki.conf.example"), re.M):
        if not re.search(rf"\bCm {key}\b", texts["inki.conf.5"]):
            findings.add(f"{DOC}/inki.conf.5", 1, f"the key {key} of inki.conf.example is missing here{line and ''}")
    findings.end(f"{len(commands)} commands, {sum(map(len, commands.values()))} options, {len(pages)} man pages" if commands else "")


main()
