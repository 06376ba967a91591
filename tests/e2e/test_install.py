"""`make install` puts everything in its place and `make uninstall` takes it away; the completions work in their shells."""

import os
import re
import shutil
import stat
import subprocess

import inki
import pexpect
import pytest
from client import needs_client

DOC = os.path.join(inki.TREE, "src", "doc")
PLACES = {"bin/inki": 0o755, "share/man/man1/inki.1": 0o644, "share/man/man5/inki.conf.5": 0o644, "share/man/man8/inki-server.8": 0o644,
          "share/bash-completion/completions/inki": 0o644, "share/zsh/site-functions/_inki": 0o644,
          "share/fish/vendor_completions.d/inki.fish": 0o644, "share/doc/inki/inki.conf.example": 0o644}


def make(*arguments):
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    return subprocess.run(["make", "-C", inki.TREE, *arguments], check=True, capture_output=True, env=environment)


def files_in(folder):
    return {os.path.relpath(os.path.join(where, name), folder) for where, _, names in os.walk(folder) for name in names}


@pytest.mark.skipif(os.path.abspath(inki.RELEASE[-1]) != os.path.realpath(os.path.join(inki.TREE, "out", "inki")), reason="another build is tested")
@pytest.mark.parametrize("prefix", ["/usr", "/opt/inki"])
def test_install(tmp_path, prefix):
    there = str(tmp_path) + prefix
    make("install", f"DESTDIR={tmp_path}", f"prefix={prefix}")
    assert files_in(there) == set(PLACES) and files_in(tmp_path) == {os.path.relpath(os.path.join(there, name), tmp_path) for name in PLACES}
    for name, mode in PLACES.items():
        assert stat.S_IMODE(os.stat(os.path.join(there, name)).st_mode) == mode, name
    done = subprocess.run([os.path.join(there, "bin/inki"), "--version"], check=True, capture_output=True)
    assert done.stdout.startswith(b"inki ")
    config = os.path.join(there, "share/doc/inki/mine.conf")
    shutil.copy(os.path.join(there, "share/doc/inki/inki.conf.example"), config)
    make("uninstall", f"DESTDIR={tmp_path}", f"prefix={prefix}")
    assert files_in(tmp_path) == {os.path.relpath(config, tmp_path)}, "it took away what it had not brought, or left something"


def test_another_compiler(tmp_path):
    """Another compiler, or other flags, make all anew: a folder must not keep what it holds for another machine."""
    stamp = f"{tmp_path}/.toolchain"

    def changed(*words):
        before = os.stat(stamp).st_mtime_ns if os.path.exists(stamp) else None
        make(f"O={tmp_path}", stamp, *words)
        return os.stat(stamp).st_mtime_ns != before

    assert changed() and not changed()
    for words in (["CC=gcc -g0"], ["CPU_FLAGS=-mno-red-zone"], ["PIE="], ["SMALL_FLAGS=-O1"], []):
        assert changed(*words) and not changed(*words), words
    rules = subprocess.run(["make", "-C", inki.TREE, f"O={tmp_path}", "-pq", "help"], check=False, capture_output=True, text=True).stdout
    for rule in ("src/%.o", "tests/unit/%.o", "tests/unit/small_malloc.o", "parts"):
        assert re.search(rf"^(?:{tmp_path}/)?{rule}:.* {stamp}\b", rules, re.M), rule
    # flags of one object are not those of all, even where it is made alone
    noted = [re.search(r"^echo '(.*)' \| cmp ", make(f"O={tmp_path}", "-n", "-o", "parts", target).stdout.decode(), re.M).group(1)
             for target in (stamp, f"{tmp_path}/src/crypto/modular.o")]
    assert noted[0] == noted[1]


# What is typed: what is offered, among other things; and what is not.
COMPLETIONS = {
    "inki ": ({"server", "key", "authorized-keys", "verify", "help"}, {"add"}),
    "inki ke": ({"key"}, {"server"}),
    "inki key ": ({"add", "remove", "list"}, {"server"}),
    "inki keys ": ({"add", "remove", "list"}, {"server"}),
    "inki key add --": ({"--file", "--pgp-key", "--expire", "--print"}, {"--fingerprint", "--expired"}),
    "inki key remove --": ({"--fingerprint"}, {"--expire"}),
    "inki keys list --": ({"--expired", "--authorized-keys"}, {"--file"}),
    "inki server --": ({"--check-config", "--port"}, {"--file"}),
    "inki server --log-level ": ({"debug", "error"}, {"--port"}),
    "inki verify --": ({"--json"}, {"--file"}),
}


BUILT = {**os.environ, "PATH": os.path.dirname(inki.RELEASE[-1]) + ":" + os.environ["PATH"]}
asks_the_program = pytest.mark.skipif(len(inki.RELEASE) > 1 or needs_client.args[0], reason="the completions ask a program for this machine")


def check(line, offered):
    wanted, unwanted = COMPLETIONS[line]
    assert wanted <= offered and not unwanted & offered, (line, offered)
    assert all(word and " " not in word for word in offered), (line, offered)


@asks_the_program
@pytest.mark.parametrize("line", COMPLETIONS)
def test_bash(line):
    script = 'source "$1"; COMP_WORDS=($2); [[ $2 == *" " ]] && COMP_WORDS+=(""); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _inki; printf "%s\\n" "${COMPREPLY[@]}"'
    done = subprocess.run(["bash", "--norc", "-c", script, "bash", os.path.join(DOC, "inki.bash"), line], check=True, capture_output=True, text=True, env=BUILT)
    check(line, set(done.stdout.split()))


@asks_the_program
@pytest.mark.parametrize("line", COMPLETIONS)
def test_fish(line, tmp_path):
    script = 'source $argv[1]; complete -C $argv[2]'
    done = subprocess.run(["fish", "--no-config", "-c", script, os.path.join(DOC, "inki.fish"), line], check=True, capture_output=True, text=True,
                          env={**BUILT, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)})
    check(line, {each.split("\t")[0] for each in done.stdout.splitlines()})


@asks_the_program
def test_zsh(tmp_path):
    """A shell at work on a terminal: what it lists after two tabs."""
    shell = pexpect.spawn("zsh", ["-f", "-i"], env={**BUILT, "HOME": str(tmp_path), "ZDOTDIR": str(tmp_path), "TERM": "dumb"}, encoding="utf-8",
                          timeout=60, dimensions=(60, 200))
    shell.sendline(f"PS1='ready> '; fpath=({DOC} $fpath); autoload -Uz compinit; compinit -D -u; bindkey '^I' list-choices; echo is''set")
    shell.expect("isset\r\n")
    for line, (wanted, unwanted) in COMPLETIONS.items():
        if line == "inki ke":  # one word is completed, not listed
            continue
        shell.send(line + "\t")
        seen = ""
        for word in sorted(wanted):
            if word not in seen:
                shell.expect_exact(word)
                seen += shell.before + shell.after
        shell.sendcontrol("u")  # not Ctrl-C, which throws away what has been typed already, so that the next line may be lost
        shell.sendline("echo is''set")
        shell.expect("isset\r\n")
        seen += shell.before
        assert not any(f"{word} " in seen for word in unwanted), (line, seen)
    shell.close(force=True)


@needs_client
def test_man_pages_are_read(tmp_path):
    done = subprocess.run(["mandoc", "-T", "utf8", os.path.join(DOC, "inki.1")], check=True, capture_output=True, text=True)
    assert "inki key add" in done.stdout.replace("\b", "") or "key add" in done.stdout
