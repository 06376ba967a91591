#!/usr/bin/env python3
"""Each rule of the verifier has an OpenPGP case that is named after it, or a reason why it cannot have one; and each case a rule."""

import os
import re

from common import source

RULES, INDEX = "tests/vectors/rules.txt", os.path.join(os.environ.get("CASES", "out/cases"), "pgp", "index")
NO_CASE = "    no case: "
BAD_CASES = 200  # the least


def main():
    findings = source.Findings("rules")
    cases = source.read(INDEX).split() if os.path.exists(os.path.join(source.ROOT, INDEX)) else []
    of_rule, rules = {}, set()
    for name in cases:
        match = re.match(r"rule_(\d+)_(\d+)_", name)
        if match:
            of_rule.setdefault(".".join(match.groups()), []).append(name)
    lines = source.read(RULES).splitlines()
    for line, text in enumerate(lines, 1):
        if not text or text.startswith(("#", NO_CASE)):
            continue
        match = re.fullmatch(r"(\d+\.\d+) \S.*", text)
        if not match:
            findings.add(RULES, line, f'a line is a rule\'s number and its words, or "{NO_CASE.strip()}" and the reason for it below them')
            continue
        rule = match.group(1)
        reason = line < len(lines) and lines[line].startswith(NO_CASE)
        if rule in rules:
            findings.add(RULES, line, f"rule {rule} is there twice")
        if not reason and rule not in of_rule:
            findings.add(RULES, line, f"rule {rule} has no case; name one rule_{rule.replace('.', '_')}_…, or give a reason")
        if reason and rule in of_rule:
            findings.add(RULES, line, f"rule {rule} has a case, {of_rule[rule][0]}; remove the reason")
        rules.add(rule)
    for rule in sorted(set(of_rule) - rules):
        findings.add(RULES, 1, f"rule {rule} is missing here; {of_rule[rule][0]} is named after it")
    bad = [name for names in of_rule.values() for name in names if not name.endswith("_good")]
    if cases and len(bad) < BAD_CASES:
        findings.add(INDEX, 1, f"{len(bad)} cases of a broken rule; there shall be {BAD_CASES}")
    findings.end(f"{len(rules)} rules, {len(cases)} cases, {len(bad)} of a broken rule" if cases and rules else "")


main()
