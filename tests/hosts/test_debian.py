"""The Debian package in a fresh Debian with systemd and sshd: installed, used, upgraded, removed, purged."""

import glob
import json
import os
import re
import shutil
import time

import pytest
import tree

CONFIG = """\
listen:
  - address: 0.0.0.0:3000
  - socket: /run/inki/inki.sock
    mode: "0666"
    access: read
require_confinement: true
export: {directory: /run/inki/keys}
checks:
  - name: looks
    command: [/etc/inki/looks]
users:
  - name: root
    keyring_file: /etc/inki/root.asc
    checks: [looks]
"""
# What a check sees and may do in there.
CHECK = """\
#!/bin/sh
{ cat; echo; touch /usr/forbidden /etc/forbidden 2>&1; touch /run/inki/allowed && echo touched; } >/run/inki/check 2>&1
rm -f /run/inki/allowed
"""
OTHER = "AuthorizedKeysCommand /usr/bin/other %u\nAuthorizedKeysCommandUser nobody\n"
DROPIN = "/etc/ssh/sshd_config.d/00-inki.conf"

# Places where dpkg and systemd keep what happened.
HISTORY = re.compile(r"^(var/(lib/(dpkg|apt|systemd)|cache|log)|run|proc|sys|dev|tmp|root|etc/(passwd|group|shadow|gshadow|subuid|subgid)-?$|etc/\.pwd)")


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """The package, and one of a later version."""
    package, = glob.glob(os.path.join(tree.ROOT, "out", "inki_*_amd64.deb"))
    folder = tmp_path_factory.mktemp("deb")
    first = shutil.copy(package, folder / "inki.deb")
    tree.run("dpkg-deb", "-R", package, str(folder / "later"))
    control = folder / "later" / "DEBIAN" / "control"
    control.write_text(re.sub(r"(?m)^Version: .*", "Version: 99.0", control.read_text()))
    tree.run("dpkg-deb", "--root-owner-group", "-Znone", "-b", str(folder / "later"), str(folder / "later.deb"))
    return first, str(folder / "later.deb")


def install(host, package):
    shutil.copy(package, host.path("/root/inki.deb"))
    return host.run("sh", "-c", "cp /root/inki.deb /tmp/inki.deb && dpkg -i /tmp/inki.deb")


def sshd_asks(host):
    told = re.search(r"^authorizedkeyscommand (.*)$", host.run("/usr/sbin/sshd", "-T"), re.M).group(1)
    return told


def state(host):
    return host.run("systemctl", "show", "-P", "ActiveState", "inki.service").strip()


def files(host):
    found = set()
    for folder, names, more in os.walk(host.root):
        inside = os.path.relpath(folder, host.root)
        names[:] = [name for name in names if not HISTORY.match(os.path.normpath(os.path.join(inside, name)))]
        found |= {os.path.normpath(os.path.join(inside, name)) for name in names + more}
    return {name for name in found if not HISTORY.match(name)}


def wait(question, seconds=60):
    end = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < end, question
        time.sleep(0.1)


def configure(host, gpg, alice):
    host.write("/etc/inki/root.asc", gpg.export(alice))
    host.write("/etc/inki/looks", CHECK, 0o755)
    host.write("/etc/inki/inki.conf", CONFIG)
    host.run("systemctl", "restart", "inki")
    wait(lambda: "listening on" in host.run("journalctl", "-u", "inki", "-o", "cat"))


def add(host, gpg, alice, line, expire):
    message = gpg.clearsign(json.dumps({"username": "root", "key": line, "expire": expire}), alice)
    return host.outside("curl", "-sS", "-w", "%{http_code}", "--data-binary", message.decode(), "http://127.0.0.1:3000/api/v1/keys", check=False)


def test_a_life(host, gpg, packages, new_key):
    first, later = packages
    alice = gpg.key("ed25519")
    line, secret = new_key()
    old_line, old_secret = new_key()
    host.boot()
    os.makedirs(host.path("/root/.ssh"), mode=0o700, exist_ok=True)
    host.write("/root/.ssh/authorized_keys", old_line + "\n", 0o600)
    wait(lambda: host.login(old_secret))
    before = files(host)

    # Installed: nobody is locked out, nothing runs without a configuration, and nothing has failed.
    told = install(host, first)
    assert "it starts once there is /etc/inki/inki.conf" in told and "warning" not in told, told
    assert host.run("getent", "passwd", "inki").endswith("/nonexistent:/usr/sbin/nologin\n")
    assert sshd_asks(host) == "/usr/bin/inki authorized-keys -- %u %f"
    assert host.login(old_secret) and not host.login(secret)
    assert state(host) == "inactive" and "ConditionPathExists" in host.run("systemctl", "status", "inki", check=False)
    assert host.run("systemctl", "is-system-running").strip() == "running"

    # At work, behind all walls of its own and those of the unit.
    configure(host, gpg, alice)
    journal = host.run("journalctl", "-u", "inki", "-o", "cat")
    assert "confinement, as user" in journal and "not in force" not in journal, journal
    server = host.run("systemctl", "show", "-P", "MainPID", "inki").strip()
    child = host.run("cat", f"/proc/{server}/task/{server}/children").split()[0]
    assert host.run("stat", "-c", "%U", f"/proc/{child}").strip() == "inki"
    assert not host.login(secret)
    answer = add(host, gpg, alice, line, "20s")
    assert answer.endswith("200"), answer
    added = time.monotonic()
    assert host.login(secret), host.run("journalctl", "-n", "50")
    keys = "/run/inki/keys"
    assert host.run("stat", "-c", "%a", keys, f"{keys}/root", f"{keys}/root/authorized_keys") == "755\n755\n644\n"
    assert time.monotonic() - added < 19, "this machine is too slow for a key of 20 s"
    seen = host.run("cat", "/run/inki/check")
    assert '"action":"add"' in seen and seen.count("Read-only file system") == 2 and "touched" in seen, seen
    time.sleep(max(0, added + 20.2 - time.monotonic()))
    assert not host.login(secret) and host.login(old_secret)

    # A reload keeps the keys; a server that dies comes back by itself.
    assert add(host, gpg, alice, line, "1h").endswith("200")
    host.run("systemctl", "reload", "inki")
    wait(lambda: "event=reload" in host.run("journalctl", "-u", "inki", "-o", "cat"))
    assert host.login(secret)
    host.run("kill", "-9", child)
    wait(lambda: host.run("systemctl", "show", "-P", "MainPID", "inki").strip() not in ("0", server))
    wait(lambda: add(host, gpg, alice, line, "1h").endswith("200"))
    assert host.login(secret)

    # An upgrade goes on with the same configuration, and leaves alone what the administrator took away.
    install(host, later)
    wait(lambda: state(host) == "active")
    wait(lambda: add(host, gpg, alice, line, "1h").endswith("200"))
    assert host.login(secret)
    host.run("rm", DROPIN)
    install(host, later)
    assert sshd_asks(host) == "none" and not os.path.lexists(host.path(DROPIN))
    host.run("ln", "-s", "/usr/share/inki/sshd.conf", DROPIN)

    # Removed: sshd asks nobody any more, and the configuration is still there.
    host.run("dpkg", "-r", "inki")
    assert sshd_asks(host) == "none" and host.login(old_secret) and not host.login(secret)
    assert host.run("systemctl", "is-system-running").strip() == "running"
    assert os.path.exists(host.path("/etc/inki/inki.conf"))

    # Installed again beside somebody else's command: it sorts first, and says whom it has pushed away.
    host.write("/etc/ssh/sshd_config.d/50-other.conf", OTHER)
    told = install(host, first)
    assert "the first one, which is inki's now" in told and "50-other.conf:AuthorizedKeysCommand /usr/bin/other %u" in told, told
    assert sshd_asks(host).startswith("/usr/bin/inki ")
    wait(lambda: state(host) == "active")
    os.remove(host.path("/etc/ssh/sshd_config.d/50-other.conf"))

    # Purged: as if it had never been there.
    host.run("dpkg", "-P", "inki")
    assert host.run("getent", "passwd", "inki", check=False) == ""
    assert files(host) ^ before == set()
    assert host.login(old_secret) and host.run("systemctl", "is-system-running").strip() == "running"


def test_an_sshd_that_reads_no_dropins(host, packages):
    """The package says what is missing, where otherwise nobody would be let in and nobody knew why."""
    host.boot()
    host.write("/etc/ssh/sshd_config", re.sub(r"(?m)^Include", "#Include", host.read("/etc/ssh/sshd_config")))
    assert "put this line at the top of /etc/ssh/sshd_config\nInclude " in install(host, packages[0])


def test_an_sshd_that_asks_another_program(host, packages):
    """The first installation leaves it so, and tells the line that changes it, which works."""
    host.boot()
    host.write("/etc/ssh/sshd_config.d/50-other.conf", OTHER)
    told = install(host, packages[0])
    assert "50-other.conf:AuthorizedKeysCommand /usr/bin/other %u" in told and not os.path.lexists(host.path(DROPIN)), told
    assert sshd_asks(host) == "/usr/bin/other %u"
    host.run("sh", "-c", re.search(r"^ln -s .*$", told, re.M).group())
    assert sshd_asks(host).startswith("/usr/bin/inki ")


def test_the_package_itself():
    """lintian has nothing to say, and the same tree gives the same bytes."""
    package, = glob.glob(os.path.join(tree.ROOT, "out", "inki_*_amd64.deb"))
    told = tree.run("lintian", "--allow-root", "--fail-on", "error,warning", package, check=False)
    assert told == "", told
    with open(package, "rb") as file:
        before = file.read()
    time.sleep(1.1)
    tree.run("make", "-C", tree.ROOT, "deb", env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")})
    with open(package, "rb") as file:
        assert file.read() == before


def test_without_systemd_and_sshd(host, packages):
    """In a tree that is not booted, as images are made."""
    shutil.copy(packages[0], host.path("/root/inki.deb"))
    tree.run("chroot", host.root, "dpkg", "-i", "/root/inki.deb")
    assert os.readlink(host.path("/etc/systemd/system/multi-user.target.wants/inki.service"))
    tree.run("chroot", host.root, "dpkg", "-P", "inki")
    assert not os.path.lexists(host.path("/etc/systemd/system/multi-user.target.wants/inki.service"))


def test_the_original_configuration(host, gpg, packages):
    """An /etc/inki/server.yml with a port and users' keyrings goes on working as it is."""
    host.boot()
    os.makedirs(host.path("/etc/inki"))
    keyring = gpg.export(gpg.key("ed25519")).replace("\n", "\n      ")
    host.write("/etc/inki/server.yml", f"port: 3100\nusers:\n  - name: root\n    keyring: |\n      {keyring}\n")
    assert "it starts once" not in install(host, packages[0])
    wait(lambda: "ok" in host.outside("curl", "-sS", "http://127.0.0.1:3100/healthz", check=False))
