"""Checks text in Prometheus' exposition format, as `promtool check metrics` would and a little more."""

import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)?\}})? (-?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?|NaN|[+-]Inf)(?: -?[0-9]+)?")


def problems(text):
    """What is wrong, a line each; an empty list for good text."""
    found, helped, typed, seen, sampled, current, done = [], set(), {}, set(), set(), None, set()
    if not text.endswith("\n"):
        found.append("the last line has no end")
    for number, line in enumerate(text.splitlines(), 1):
        def wrong(words):
            found.append(f"line {number}: {words}: {line!r}")
        comment = re.fullmatch(rf"# (HELP|TYPE) ({NAME}) (.+)", line)
        sample = SAMPLE.fullmatch(line)
        name = comment.group(2) if comment else sample.group(1) if sample else None
        if sample and typed.get(re.sub("_(bucket|sum|count)$", "", name)) == "histogram":
            name = re.sub("_(bucket|sum|count)$", "", name)
        if name is None:
            wrong("neither HELP, TYPE nor a sample")
            continue
        if name != current:
            if name in done:
                wrong("the lines of a metric are not together")
            done.add(name)
            current = name
        if comment and comment.group(1) == "HELP":
            if name in helped:
                wrong("a second HELP")
            helped.add(name)
        elif comment:
            if name in typed or comment.group(3) not in ("counter", "gauge", "histogram"):
                wrong("a second TYPE, or not one of counter, gauge and histogram")
            typed[name] = comment.group(3)
            if (typed[name] == "counter") != name.endswith("_total"):
                wrong("a counter's name ends in _total, and no other does")
        else:
            if name not in helped or name not in typed:
                wrong("no HELP or TYPE in front")
            if sample.group(0).split(" ")[0] in seen:
                wrong("the same sample twice")
            seen.add(sample.group(0).split(" ")[0])
            sampled.add(name)
    found += [f"{name} has no sample" for name in typed if name not in sampled]
    return found
