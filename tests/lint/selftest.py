#!/usr/bin/env python3
"""Shows each lint something broken, and something right that looks much the same: a lint that cannot fail proves nothing."""

import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
HEADER = "#ifndef INKI_CORE_X_H\n#define INKI_CORE_X_H\n\n%s#endif\n"
FUNCTION = "#include \"core/x.h\"\n\nint x_get(void)\n{\n%s}\n"

# (lint, file, contents, what it must say; None: it must find nothing)
SOURCES = (
    ("includes", "src/core/x.c", '#include "core/x.h"\n#include "base/span.h"\n#include <string.h>\n', None),
    ("includes", "src/core/x.c", '#include "base/span.h"\n#include "core/x.h"\n', "x.c:1: the own header comes first"),
    ("includes", "src/core/x.c", "int x;\n", "the own header comes first"),
    ("includes", "src/core/y.c", '\n#include "crypto/digest.h"\n', 'y.c:2: core/ may not include "crypto/digest.h"'),
    ("includes", "src/core/y.c", '/* #include "crypto/digest.h" */\n', None),
    ("includes", "src/base/y.c", '#include "http/head.h"\n', "arrows point down"),
    ("includes", "src/ssh/y.c", '#include "pgp/keyring.h"\n', "arrows point down"),
    ("includes", "src/conf/y.c", '#include "core/config.h"\n#include <yaml.h>\n', None),
    ("includes", "src/conf/y.c", '#include "core/table.h"\n', "arrows point down"),
    ("includes", "src/client/y.c", '#include "core/request.h"\n#include <unistd.h>\n', None),
    ("includes", "src/client/y.c", '#include "core/api.h"\n', "arrows point down"),
    ("includes", "src/host/y.c", '#include <mbedtls/rsa.h>\n', "<mbedtls/rsa.h> is at home in crypto/"),
    ("includes", "src/pgp/y.c", '#include <sodium/crypto_sign.h>\n', "at home in crypto/"),
    ("includes", "src/server/y.c", '#include <yaml.h>\n', "at home in conf/"),
    ("includes", "src/core/y.c", '#include <jsmn.h>\n', "at home in json/"),
    ("includes", "src/host/y.c", '#include <bearssl.h>\n', "at home in tls/"),
    ("includes", "src/core/y.c", "#include <unistd.h>\n", "<unistd.h> in a pure room"),
    ("includes", "src/core/y.c", "#include <stdio.h>\n", "<stdio.h> in a pure room"),
    ("includes", "src/core/y.c", "#include <time.h>\n", "<time.h> in a pure room"),
    ("includes", "src/core/y.c", '#include "generated/autoconf.h"\n', "only base/kconfig.h"),
    ("includes", "src/core/y.c", '#include "x.h"\n', "lacks its room"),
    ("includes", "src/cellar/y.c", "int y;\n", "no room of the house"),
    ("banned", "src/core/y.c", "void f(void)\n{\n\tg(list->free, list.free(1), my_free(2)); /* free(p) */ puts(\"free(p)\");\n}\n", None),
    ("banned", "src/core/y.c", "void f(void)\n{\n\tfree(p);\n}\n", "y.c:3: free"),
    ("banned", "src/host/y.c", "char *p = malloc(3);\n", "malloc"),
    ("banned", "src/host/y.c", "char *p = calloc (3, 1);\n", "calloc"),
    ("banned", "src/host/y.c", "char *p = realloc(q, 3);\n", "realloc"),
    ("banned", "src/host/y.c", "int n = sprintf(a, b);\n", "sprintf"),
    ("banned", "src/host/y.c", "char *p = strcpy(a, b);\n", "strcpy"),
    ("banned", "src/host/y.c", "char *p = strcat(a, b);\n", "strcat"),
    ("banned", "src/host/y.c", "char *p = strtok(a, b);\n", "strtok"),
    ("banned", "src/host/y.c", "char *p = strstr(a, b);\n", "strstr"),
    ("banned", "src/host/y.c", "int n = atoi(a);\n", "atoi"),
    ("banned", "src/host/y.c", "char *p = gets(a);\n", "gets"),
    ("banned", "src/host/y.c", "char *p = alloca(a);\n", "alloca"),
    ("banned", "src/host/y.c", "int n = setjmp(a);\n", "setjmp"),
    ("banned", "src/host/y.c", "static double d;\n", "floating point"),
    ("banned", "src/host/y.c", "typedef struct a a;\n", "struct module_thing"),
    ("banned", "src/host/y.c", "#  ifdef CONFIG_RSA\n", "if (IS_ENABLED(CONFIG_X))"),
    ("banned", "src/host/y.c", "#if defined(A) && IS_ENABLED(CONFIG_RSA)\n", "if (IS_ENABLED(CONFIG_X))"),
    ("banned", "src/base/kconfig.h", "#ifdef CONFIG_RSA\n", None),
    ("sizes", "src/core/y.c", "int y;\n" * 500, None),
    ("sizes", "src/core/y.c", "int y;\n" * 501, "501 lines"),
    ("sizes", "tests/e2e/y.py", "y = 1\n" * 501, "y.py:501: 501 lines"),
    ("sizes", "tests/unit/test_conn.c", "int y;\n" * 500, "take it off the list"),
    ("sizes", "src/core/x.c", FUNCTION % ("\ty();\n" * 58), None),
    ("sizes", "src/core/x.c", FUNCTION % ("\ty();\n" * 59), "x.c:3: x_get() has 61 lines"),
    ("sizes", "src/core/y.c", "\t" * 15 + "\n" + "int " + "y" * 115 + ";\n", "white space at the end"),
    ("sizes", "src/core/y.c", "int " + "y" * 115 + ";\n", None),
    ("sizes", "src/core/y.c", "int " + "y" * 116 + ";\n", "y.c:1: 121 columns"),
    ("sizes", "src/core/y.c", "\t\tput(\"" + "y" * 200 + "\");\n", None),
    ("sizes", "src/core/x.h", HEADER % "", None),
    ("sizes", "src/core/y.h", HEADER % "", "the guard of this header is INKI_CORE_Y_H"),
    ("sizes", "src/core/x.h", (HEADER % "") + "int x;\n", "#endif as the last line"),
)

# (the rules, names of cases besides 200 of rule 2.1 or, with None, 199, what lint rules must say)
RULES = (
    ("# a comment\n\n2.1 a\n2.2 a\n    no case: b\n2.3 a\n", ["rule_2_3_x_good"], None),
    ("2.1 a\n2.3 a\n", [], "rules.txt:2: rule 2.3 has no case"),
    ("2.1 a\n2.3 a\n", ["rule_2_30_x", "rule_12_3_x", "gpg_2_3_x"], "rules.txt:2: rule 2.3 has no case"),
    ("2.1 a\n2.3 a\n    no case: b\n", ["rule_2_3_x"], "rules.txt:2: rule 2.3 has a case, rule_2_3_x"),
    ("2.1 a\n2.3\n", ["rule_2_3_x"], "rules.txt:2: a line is"),
    ("2.1 a\n2.1 a\n", [], "rule 2.1 is there twice"),
    ("2.1 a\n", ["rule_2_3_x"], "rule 2.3 is missing here"),
    ("2.1 a\n", None, "199 cases of a broken rule"),
    ("", [], "nothing to look at"),
)

# (arguments of cc, the lint and its arguments, what it must say)
OBJECTS = (
    ("int own(void); int own(void) { return 0; }", "-c -o src/base/y.o", "purity", None),
    ("#include <unistd.h>\nint own(void); int own(void) { return (int)read(0, 0, 0); }", "-c -o src/core/y.o", "purity", "wants read"),
    ("#include <stdlib.h>\nvoid *own(void); void *own(void) { return malloc(3); }", "-c -o src/conf/y.o", "purity", "wants malloc"),
    ("void yaml_x(void); void own(void); void own(void) { yaml_x(); }", "-c -o src/conf/y.o", "purity", None),
    ("void yaml_x(void); void own(void); void own(void) { yaml_x(); }", "-c -o src/core/y.o", "purity", "wants yaml_x"),
    ("#include <string.h>\nint own(char *p); int own(char *p) { return memcmp(p, p + 9, 999) + !strstr(p, p); }", "-c -o src/core/y.o",
     "purity", "wants strstr"),
    ("int main(void) { return 0; }", "-o y", "binary y", "has PT_INTERP"),
    ("int main(void) { return 0; }", "-static -no-pie -o y", "binary y", "is of type EXEC"),
    ("int main(void) { return 0; }", "-static-pie -o y", "binary y", None),
    ("int main(void) { return 0; }", "-static-pie -z execstack -o y", "binary y", "GNU_STACK is writable and executable"),
)


def run(lint, folder, *arguments):
    done = subprocess.run([sys.executable, os.path.join(HERE, lint + ".py"), *arguments], cwd=folder, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, "LINT_ROOT": folder, "O": ".", "CASES": "out/cases"})
    return done.returncode, done.stdout


def place(folder, path, contents):
    os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
    with open(os.path.join(folder, path), "w", encoding="utf-8") as file:
        file.write(contents)


def judge(what, result, expected):
    """1 if the lint did not say what it should."""
    code, said = result
    if (code == 0) if expected is None else (code == 1 and expected in said):
        return 0
    print(f"{what}\n  should say: {expected or 'nothing'}\n  says ({code}): {said}")
    return 1


def main():
    failed = 0
    for lint, path, contents, expected in SOURCES:
        with tempfile.TemporaryDirectory() as folder:
            if path == "src/core/x.c":
                place(folder, "src/core/x.h", HEADER % "")
            place(folder, path, contents)
            failed += judge(f"{lint}: {contents[:200]!r}", run(lint, folder), expected)
    for code, flags, command, expected in OBJECTS:
        with tempfile.TemporaryDirectory() as folder:
            for room in ("base", "core", "conf"):
                os.makedirs(os.path.join(folder, "src", room))
            subprocess.run(["cc", "-w", "-x", "c", "-", *flags.split()], cwd=folder, input=code, text=True, check=True)
            lint, *arguments = command.split()
            failed += judge(f"{command}: {code!r} {flags}", run(lint, folder, *arguments), expected)
    for rules, names, expected in RULES:
        with tempfile.TemporaryDirectory() as folder:
            bad = [f"rule_2_1_{number}" for number in range(199 if names is None else 200)] + ["rule_2_1_x_good"]
            place(folder, "tests/vectors/rules.txt", rules)
            place(folder, "out/cases/pgp/index", "\n".join([*bad, *(names or [])]) + "\n")
            failed += judge(f"rules: {rules!r} and {names}", run("rules", folder), expected)
    with tempfile.TemporaryDirectory() as folder:
        place(folder, "tests/vectors/rules.txt", "2.1 a\n    no case: b\n")
        failed += judge("rules: no cases", run("rules", folder), "nothing to look at")
    for lint in ("includes", "banned", "sizes", "purity"):
        with tempfile.TemporaryDirectory() as folder:
            failed += judge(f"{lint}: an empty folder", run(lint, folder), "nothing to look at")
    count = len(SOURCES) + len(OBJECTS) + len(RULES) + 5
    print(f"lint selftest: {count} cases, {failed} failed" if failed else
          f"lint selftest: {count} cases, ok")
    sys.exit(1 if failed else 0)


main()
