"""OpenWrt's package (board/openwrt): its scripts run with busybox's shell, in a root folder of their own."""

import os
import random
import re
import shutil
import subprocess

import pytest
from inki import RELEASE, TREE, has, wait_for
from openwrt import PACKAGE, Router

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a root folder")

LISTEN = ("listen", "cfg1", {"address": "127.0.0.1:0"})
SOCKET = ("listen", "cfg2", {"socket": "/tmp/run/inki/inki.sock", "mode": "0666", "access": "read"})


def server(**options):
    return ("server", "server", {"enabled": "1", **options})


def user(**options):
    return ("user", "cfg3", {"name": "root", "keyring_file": "/etc/inki/root.asc", **options})


@pytest.fixture
def router(tmp_path, gpg, alice):
    made = Router(tmp_path, RELEASE)
    made.write("etc/inki/root.asc", gpg.export(alice))
    yield made
    made.end()


# ---- UCI to YAML ----

LINE = re.compile(r" *(?:- )?(?:([a-z0-9_]+):(?: (?:'((?:[^'\n]|'')*)'|\d+|true|false|\[\]))?|- '((?:[^'\n]|'')*)')")


def values(text):
    """All texts of a generated inki.conf; each of its lines must be of the form that cannot hold more than one value."""
    found = []
    for line in text.rstrip("\n").split("\n")[1:]:
        match = LINE.fullmatch(line)
        assert match, f"this line is not of the form that all are: {line!r}\n{text}"
        found += [each.replace("''", "'") for each in match.group(2, 3) if each is not None]
    return found


@pytest.mark.parametrize("sections, wanted", [
    ((server(), LISTEN, user()), "address: '127.0.0.1:0'"),
    ((server(), SOCKET, user()), "mode: '0666'"),
    ((server(log="stderr", level="debug", max_request_age="5m", clock="signed"), user()), "max_request_age: '5m'"),
    ((server(require_confinement="0"), user()), "require_confinement: false"),
    ((server(host="router-17"), user(bind_host="1")), "bind_host: true"),
    ((server(host="17"), user()), "host: '17'"),
    ((server(run_as="65534"), user()), "run_as: '65534'"),
    ((server(port="3999"), user()), "port: 3999"),
    ((server(), user(signatures="1", max_keys="3", min_rsa_bits="4096")), "max_keys: 3"),
    ((server(), user(key_types=["ssh-ed25519", "ssh-rsa"])), "'ssh-rsa'"),
    ((server(), user(options='restrict,pty,from="10.0.0.0/8"')), "options: 'restrict,pty,from=\"10.0.0.0/8\"'"),
    ((server(), ("defaults", "defaults", {"max_lifetime": "1h", "allow_options": ["no-pty", "command"]}), user()), "max_lifetime: '1h'"),
    ((server(), ("failures", "failures", {"burst": "0", "per_minute": "0"}), user()), "burst: 0"),
    ((server(), user(), ("user", "two", {"name": "o'neill", "keyring_file": "/etc/inki/root.asc"})), "name: 'o''neill'"),
    ((server(), user(), LISTEN, ("user", "two", {"name": "17", "keyring_file": "/etc/inki/root.asc"}), SOCKET), "name: '17'"),
    pytest.param((server(), ("check", "c", {"name": "on-call", "command": ["/etc/inki/on-call", "08:00", "", "it's"], "timeout": "5s",
                                            "actions": ["add"]}), user(checks=["on-call"])), "'it''s'",
                 marks=pytest.mark.skipif(not has("CHECKS"), reason="built without CONFIG_CHECKS")),
])
def test_uci_to_yaml(router, sections, wanted):
    router.configure(*sections)
    _, says, told = router.init("start")
    assert says.replace(CHECKS_NEED, "").strip() == "", says
    text = router.read("tmp/run/inki/inki.conf")
    assert wanted in [line.lstrip(" -") for line in text.splitlines()], text
    assert "param command /usr/bin/inki server -c /tmp/run/inki/inki.conf" in told
    assert set(values(text)) >= {value for _, _, options in sections for name, value in options.items()
                                 if isinstance(value, str) and not re.fullmatch(r"\d+", value)}
    assert os.stat(router.path("tmp/run/inki/inki.conf")).st_mode & 0o777 == 0o600


CHECKS_NEED = "there are checks, which need the programs of this system: inki runs without procd's jail"


@pytest.mark.parametrize("sections, says", [
    ((server(enabled="yess"), user()), "enabled is 1 or 0, not yess"),
    ((server(), ("users", "u", {"name": "root"})), "there are no sections of the kind users; there are server,"),
    ((server(max_lifetme="1h"), user()), "max_lifetme"),
    ((server(), user(max_lifetme="1h")), "max_lifetme"),
    ((server(), user(max_lifetime="for ever")), "max_lifetime"),
    ((server(), user(signatures="two")), "signatures"),
    ((server(), user(bind_host="perhaps")), "bind_host"),
    ((server(), user(key_types="ssh-ed25519 ssh-rsa")), "key_types"),
    ((server(), user(key_types=["ssh-dss"])), "key_types"),
    ((server(), user(checks=["nobody"])), "there is no check of this name"),
    ((server(), user(keyring_file="/etc/inki/missing.asc")), "missing.asc"),
    ((server(), user(keyring_file="/root/root.asc")), "/root/root.asc is not in /etc/inki"),
    ((server(), user(keyring_file="/etc/inki/../shadow")), "/etc/inki/../shadow is not in /etc/inki"),
    ((server(), user(name="root\nports: 1")), "line end"),
    ((server(), user(name="a\x7fb")), "control character"),
    ((server(), user(name="root\\n")), None),
    ((server(), user(), ("failures", "a", {"burst": "1"}), ("failures", "b", {"per_minute": "1"})), "failures"),
    ((server(), user(), user()), "another user of this name"),
    ((server(host="-x\tb"), user()), "control character"),
    ((server(host="\udcff' x: y"), user()), "UTF-8"),
    ((server(), user(name="\udcc3('\n  - name: eve")), "control character"),
])
def test_what_is_refused(router, sections, says):
    """inki does not start, and the reason is told."""
    router.configure(*sections)
    _, said, told = router.init("start")
    if says is None:
        assert said == "" and "instance" in told
        return
    assert says in said and "instance" not in told, f"{said}\n{told}"
    assert not os.path.exists(router.path("tmp/run/inki/inki.conf"))


def test_what_uci_cannot_read(router):
    router.configure(server(), LISTEN, user(checks=["on-call"]))
    router.write("etc/config/inki", router.read("etc/config/inki").replace("\tlist checks 'on-call'", "broken"))
    _, said, told = router.init("start")
    assert "uci cannot read it" in said and "instance" not in told


NASTY = ["'", '"', "\\", ":", " ", "#", "-", "- ", "\n", "\t", "{", "}", "[", "]", "&", "*", "!", "|", ">", "%", "@", "`", "$", "$(reboot)", "`id`",
         ";", "''", "\\'", "\\n", "---", "...", "é", "users:", "root", "\r", "~", "?", ", ", "<script>", "%s", "*)", "\u2028", "\u2029", "\x85", "\x01"]


def test_no_value_becomes_more_than_a_value(router):
    """Random texts as values: each is one value in YAML, unchanged, or all of it is refused."""
    dice = random.Random(2026)
    refused = 0
    for _ in range(40):
        texts = ["".join(dice.choices(NASTY, k=dice.randint(0, 8))) for _ in range(3)]
        router.configure(server(enabled="0", jail="0", host=texts[0]), LISTEN, user(name=texts[1], key_types=["ssh-ed25519", texts[2]]))
        _, said, _ = router.init("start")
        if any(re.search("[\x00-\x1f\x7f\x85\u2028\u2029]", text) for text in texts):
            assert "control character" in said, texts
            refused += 1
            continue
        assert said == "", texts
        found = values(router.read("tmp/run/inki/inki.conf"))
        # Nothing in it is looked at as disabled services are not checked: the values are what counts.
        assert found == [texts[0], "127.0.0.1:0", texts[1], "/etc/inki/root.asc", "ssh-ed25519", texts[2]]
    assert 0 < refused < 40


def test_every_number_and_switch_of_the_example(router):
    """The script must know which values inki wants without quotes: all those that stand so in inki.conf.example."""
    with open(os.path.join(TREE, "inki.conf.example"), encoding="utf-8") as file:
        plain = set(re.findall(r"^#? *(?:- )?([a-z_]+): (?:\d+|true|false)(?:\s|$)", file.read(), re.M))
    script = router.read("etc/init.d/inki")
    known = set(re.search(r"^\t(port .*)\)$", script, re.M).group(1).split(" | ")) | set(re.search(r"^\t(bind_host .*)\)$", script, re.M).group(1).split(" | "))
    assert plain <= known, f"add to yaml_value() in inki.init: {plain - known}"
    assert {"port", "signatures", "bind_host"} <= plain


# ---- the service ----

@pytest.mark.parametrize("jail", ["1", "0"])
def test_service(router, sign, new_key, gpg, mallory, jail):
    """It starts, in the jail too, with all walls of its own; takes a key; a reload keeps it, or throws it out where its signer is not
    trusted any more; a mistake changes nothing; a new listener means a new start."""
    router.configure(server(jail=jail), LISTEN, SOCKET, user())
    _, said, told = router.init("start")
    assert said == "" and "param respawn 3600 5 0" in told and "trigger inki" in told, said
    assert ("jail inki procfs" in told) == (jail == "1")
    router.serve(told)
    assert "user 65534: empty root folder, unprivileged user, no capabilities" in router.log(), router.log()
    port = re.search(r"listening on 127\.0\.0\.1:(\d+)", router.log()).group(1)
    line, _ = new_key()
    posted = subprocess.run(["curl", "-q", "-sS", "--data-binary", "@-", f"http://127.0.0.1:{port}/api/v1/keys"],
                            input=sign(username="root", key=line), capture_output=True, check=True)
    assert b'"user":"root"' in posted.stdout, posted

    def lines():
        return router.run("/usr/bin/inki", "authorized-keys", "-s", "unix:/tmp/run/inki/inki.sock", "--", "root").stdout
    assert line.split()[1] in lines()

    fixed = [each for each in told if each.startswith("content")]
    router.configure(server(jail=jail, level="debug"), LISTEN, SOCKET, user(max_lifetime="12h"))
    code, said, told = router.init("reload")
    assert (code, said) == (0, "") and "signal inki * HUP" in told, said
    assert [each for each in told if each.startswith("content")] == fixed, "procd would start it anew"
    assert line.split()[1] in lines()

    router.configure(server(jail=jail), LISTEN, SOCKET, user(signatures="none"))
    code, said, told = router.init("reload")
    assert code != 0 and "signatures" in said and told == [], "procd is not told anything, so the service goes on"
    _, said, told = router.init("start")
    assert "signatures" in said and fixed[0] in told, "nor does another start end it"
    assert line.split()[1] in lines()

    router.write("etc/inki/new.asc", gpg.export(mallory))
    os.rename(router.path("etc/inki/new.asc"), router.path("etc/inki/root.asc"))
    router.configure(server(jail=jail), LISTEN, SOCKET, user())
    code, said, told = router.init("reload")
    assert code == 0 and wait_for(lambda: lines() == ""), f"the signer is not in the keyring any more\n{router.log()}"

    router.configure(server(jail=jail), ("listen", "cfg1", {"address": "127.0.0.2:0"}), SOCKET, user())
    _, _, told = router.init("reload")
    assert [each for each in told if each.startswith("content")] != fixed

    router.configure(("server", "server", {"enabled": "0"}), LISTEN, SOCKET, user())
    code, said, told = router.init("reload")
    assert code == 0 and "set" in told and "instance" not in told, "without an instance procd ends the old one"


@pytest.mark.parametrize("mistake", ["option", "jail", "unreadable"])
def test_a_mistake_and_a_restart(router, mistake):
    """The last good configuration is started again, with the jail that it had."""
    router.write("tmp/root.asc", router.read("etc/inki/root.asc"))
    good = user(keyring_file="/tmp/root.asc")
    router.configure(server(jail="0"), LISTEN, SOCKET, good)
    first = router.init("start")[2]
    text = router.read("tmp/run/inki/inki.conf")
    router.configure(server(jail="1" if mistake == "jail" else "0"), ("listen", "cfg1", {"address": "127.0.0.2:0"}), SOCKET,
                     user(signatures="none") if mistake == "option" else good)
    if mistake == "unreadable":
        router.write("etc/config/inki", "broken\n")
    _, said, told = router.init("restart")
    assert "the last good configuration stays in use" in said and told == ["kill inki", *first], said
    assert router.read("tmp/run/inki/inki.conf") == text

    router.configure(server(enabled="0", jail="1"), LISTEN, SOCKET, good)
    _, said, told = router.init("restart")
    assert "is not in /etc/inki" in said and "instance" not in told, "shut is shut"
    router.configure(server(enabled="0", jail="0"), LISTEN, SOCKET, good)
    assert "instance" not in router.init("restart")[2]
    router.configure(server(), LISTEN, SOCKET, user(signatures="none"))
    assert "instance" not in router.init("restart")[2], "what nobody has checked is none to go back to"


@pytest.mark.parametrize("works", [True, False])
def test_a_jail_that_cannot_run_it(router, works):
    router.write("sbin/ujail", f'#!/bin/sh\n[ "$*" = "-n inki-probe -p -r /etc/passwd -- /usr/bin/inki --version" ] && {str(works).lower()}\n')
    os.chmod(router.path("sbin/ujail"), 0o755)
    router.configure(server(), LISTEN, SOCKET, user())
    _, said, told = router.init("start")
    assert "instance" in told and ("jail inki procfs" in told) == works == (said == "")


@pytest.mark.skipif(not has("EVENTS") or not has("CLIENT"), reason="built without CONFIG_EVENTS or CONFIG_CLIENT")
def test_a_lost_signal(router):
    """Where HUP does not reach the server, it is started anew rather than left with the old configuration."""
    router.configure(server(), LISTEN, SOCKET, user())
    router.serve(router.init("start")[2])
    router.write("tmp/procd.deaf", "")
    _, said, told = router.init("reload")
    assert "has not read the new configuration" in said and "kill inki" in told and told[-1] == "trigger inki"


@pytest.mark.skipif(not has("EXPORT"), reason="built without CONFIG_EXPORT")
@pytest.mark.parametrize("jail", ["1", "0"])
def test_dropbear(router, sign, new_key, jail):
    """What dropbear reads for root is a link to the keys that are in, and never replaces what somebody has put there."""
    link = router.path("etc/dropbear/authorized_keys")
    keys = router.path("tmp/run/inki/keys/root/authorized_keys")
    router.write("etc/dropbear/authorized_keys", "ssh-ed25519 AAAA mine\n")
    router.configure(server(dropbear="1", jail=jail), LISTEN, SOCKET, user())
    _, said, told = router.init("start")
    assert "/etc/dropbear/authorized_keys stays as it is" in said and "instance" in told
    assert router.read("etc/dropbear/authorized_keys") == "ssh-ed25519 AAAA mine\n"

    os.unlink(link)
    _, said, told = router.init("start")
    assert said == "" and os.readlink(link) == "/tmp/run/inki/keys/root/authorized_keys"
    router.serve(told)
    port = re.search(r"listening on 127\.0\.0\.1:(\d+)", router.log()).group(1)
    line, _ = new_key()
    subprocess.run(["curl", "-q", "-sS", "--fail", "--data-binary", "@-", f"http://127.0.0.1:{port}/api/v1/keys"],
                   input=sign(username="root", key=line), stdout=subprocess.DEVNULL, check=True)
    assert wait_for(lambda: os.path.exists(keys)), router.log()
    assert line.split()[1] in router.run("/bin/cat", "/etc/dropbear/authorized_keys").stdout, router.log()
    router.end()
    assert not os.path.exists(keys), "nobody is let in while inki does not run"

    router.configure(server(dropbear="0", jail=jail), LISTEN, SOCKET, user())
    router.init("start")
    assert not os.path.lexists(link)


@pytest.mark.skipif(not has("TLS"), reason="built without CONFIG_TLS")
def test_https(router):
    """As the README has it: the configuration first, then the certificate that it names."""
    tls = ("tls", "tls", {"certificate": "/etc/inki/tls.crt", "key": "/etc/inki/tls.key"})
    router.configure(server(), ("listen", "cfg1", {"address": "127.0.0.1:0", "tls": "1"}), SOCKET, tls, user())
    _, said, told = router.init("start")
    assert "/etc/inki/tls.crt" in said and "instance" not in told
    made = router.run("/usr/bin/inki", "server", "-c", "/tmp/run/inki/inki.conf.new", "--make-cert")
    assert made.returncode == 0 and "sha256//" in made.stdout + made.stderr, made
    _, said, told = router.init("start")
    assert said == "" and "instance" in told
    router.serve(told)
    assert re.search(r"listening on 127\.0\.0\.1:\d+", router.log())


@pytest.mark.parametrize("listeners", [(LISTEN,), (LISTEN, SOCKET)])
def test_reload_of_a_server_that_tells_nothing(router, listeners):
    """Not running, or without the socket that the script asks: nothing to wait for, and nothing to start anew."""
    router.configure(server(), *listeners, user())
    _, _, told = router.init("start")
    if len(listeners) == 1:
        router.serve(told)
    code, said, told = router.init("reload")
    assert (code, said) == (0, "") and "signal inki * HUP" in told and "kill inki" not in told


YAML = "listen:\n  - address: 127.0.0.1:0\nusers:\n  - name: root\n    keyring_file: /etc/inki/root.asc\n"


def test_a_file_in_yaml(router):
    """Taken as it is: without the jail, as it may name files and programs outside, and started anew after any change."""
    router.write("etc/inki/inki.conf", YAML)
    router.configure(server(config_file="/etc/inki/inki.conf"))
    _, said, told = router.init("start")
    assert "instance" in told and "jail inki procfs" not in told and "without procd's jail" in said, said
    assert router.read("tmp/run/inki/inki.conf") == YAML
    fixed = [each for each in told if each.startswith("content")]

    router.configure(server(config_file="/etc/inki/inki.conf", jail="0"))
    _, said, told = router.init("reload")
    assert said == "" and [each for each in told if each.startswith("content")] == fixed
    router.write("etc/inki/inki.conf", YAML.replace("127.0.0.1", "127.0.0.2"))
    _, said, told = router.init("reload")
    assert said == "" and [each for each in told if each.startswith("content")] != fixed

    router.write("etc/inki/inki.conf", "users: 1\n")
    code, said, told = router.init("reload")
    assert code != 0 and "that file is made of /etc/inki/inki.conf" in said and told == []

    os.symlink("/tmp/run/inki/keys/root/authorized_keys", router.path("etc/dropbear/authorized_keys"))
    router.write("etc/inki/inki.conf", YAML)
    assert router.init("reload")[0] == 0 and os.path.lexists(router.path("etc/dropbear/authorized_keys")), "whoever writes YAML makes the link"


@pytest.mark.parametrize("options, says", [
    ({"config_file": "/etc/inki/inki.conf", "dropbear": "1"}, "dropbear=1 and config_file do not go together"),
    ({"config_file": "/etc/inki/missing.conf"}, "/etc/inki/missing.conf"),
])
def test_what_is_refused_with_a_file_in_yaml(router, options, says):
    router.write("etc/inki/inki.conf", YAML)
    router.configure(server(**options))
    _, said, told = router.init("start")
    assert says in said and "instance" not in told, said
    assert not os.path.lexists(router.path("etc/dropbear/authorized_keys"))


def packaged(router):
    """The router as the package's files leave it, before uci-defaults run."""
    with open(os.path.join(PACKAGE, "files", "inki.config"), encoding="utf-8") as file:
        router.write("etc/config/inki", "package inki\n" + file.read())
    shutil.copy(os.path.join(PACKAGE, "files", "inki.defaults"), router.path("tmp/defaults"))


def test_the_configuration_of_the_package(router):
    """It starts once it is enabled and the keyring is there."""
    packaged(router)
    _, said, told = router.init("start")
    assert said == "" and "instance" not in told, said
    router.run("/usr/bin/uci", "set", "inki.server.enabled=1")
    _, said, told = router.init("start")
    assert said == "" and "instance" in told, said
    assert "listen:\n  - address: '0.0.0.0:3000'\n  - socket: '/tmp/run/inki/inki.sock'\n" in router.read("tmp/run/inki/inki.conf")


@pytest.mark.parametrize("keyring", [True, False])
@pytest.mark.parametrize("owner", [None, "0", "1"])
def test_what_upgrades_leave_alone(router, keyring, owner):
    """uci-defaults run again after each upgrade: an image with the keyring in it is enabled by the first of them, and a door that its
    owner has shut stays shut."""
    packaged(router)
    if not keyring:
        os.unlink(router.path("etc/inki/root.asc"))
    if owner is not None:
        router.run("/usr/bin/uci", "set", f"inki.server.enabled={owner}")
    for _ in range(2):
        assert router.run("/bin/sh", "/tmp/defaults").returncode == 0
        wanted = owner or str(int(keyring))
        assert router.run("/usr/bin/uci", "-q", "get", "inki.server.enabled").stdout == f"{wanted}\n"
        router.write("etc/inki/root.asc", "there now")
        owner = wanted


# ---- the package ----

@pytest.mark.parametrize("target, upgrade, stays", [
    ("/tmp/run/inki/keys/root/authorized_keys", "", False),
    ("/tmp/run/inki/keys/root/authorized_keys", "1", True),
    ("/root/keys", "", True),
    (None, "", True),
])
def test_removal(router, target, upgrade, stays):
    """The link for dropbear goes with the package, and nothing else that lies there."""
    with open(os.path.join(PACKAGE, "Makefile"), encoding="utf-8") as file:
        script = re.search(r"^define Package/inki/prerm\n(.*?)^endef", file.read(), re.M | re.S).group(1).replace("$$", "$")
    link = router.path("etc/dropbear/authorized_keys")
    if target:
        os.symlink(target, link)
    else:
        router.write("etc/dropbear/authorized_keys", "ssh-ed25519 AAAA mine\n")
    done = router.run("/bin/sh", "-c", script, environment={"PKG_UPGRADE": upgrade} if upgrade else {})
    assert (done.returncode, done.stderr) == (0, "") and os.path.lexists(link) == stays


def test_pins():
    """What OpenWrt downloads is what third_party/pins has; "board/openwrt/inki/pins.sh >board/openwrt/inki/pins.mk" renews it."""
    made = subprocess.run([os.path.join(PACKAGE, "pins.sh")], capture_output=True, text=True, check=True).stdout
    with open(os.path.join(PACKAGE, "pins.mk"), encoding="utf-8") as file:
        assert file.read() == made
    with open(os.path.join(TREE, "third_party", "pins"), encoding="utf-8") as file:
        rows = [line.split() for line in file if not line.startswith("#")]
    for _, _, _, name, digest in rows:
        assert f"  FILE:={name}\n" in made and f"  HASH:={digest}\n" in made, name


def test_version():
    def version(path, name):
        with open(os.path.join(TREE, path), encoding="utf-8") as file:
            return re.search(rf"^{name} *:= *(\S+)", file.read(), re.M).group(1)
    assert version("board/openwrt/inki/Makefile", "PKG_VERSION") == version("Makefile", "VERSION")
