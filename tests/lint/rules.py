#!/usr/bin/env python3
"""Each rule of the verifier has an OpenPGP case that is named after it, or a reason why it cannot have one; and each case a rule."""

import os
import re

from common import source

RULES, INDEX = "tests/vectors/rules.txt", os.path.join(os.environ.get("CASES", "out/cases"), "pgp", "index")
BAD_CASES = 200  # the least


def main():
    findings = source.Findings("rules")
    cases = source.read(INDEX).split() if os.path.exists(os.path.join(source.ROOT, INDEX)) else []
    of_rule, rules = {}, set()
    for name in cases:
        match = re.match(r"rule_(\d+)_(\d+)_", name)
        if match:
            of_rule.setdefault(".".join(match.groups()), []).append(name)
    for line, text in enumerate(source.read(RULES).splitlines(), 1):
        if text.startswith("#"):
            continue
        match = re.fullmatch(r"(\d+\.\d+)(: \S.*)?", text)
        if not match:
            findings.add(RULES, line, "a line is a rule's number, or a number, a colon, a space and the reason why it has no case")
            continue
        rule, reason = match.groups()
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
