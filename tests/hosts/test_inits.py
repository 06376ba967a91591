"""Other first processes than systemd, with the files that board/ has for them: OpenRC, BusyBox's init, runit."""

import os
import shutil

import pytest
import tree

CONFIG = """\
listen:
  - socket: /run/inki/inki.sock
    mode: "0666"
require_confinement: true
users: []
"""


@pytest.fixture
def device(host):
    """A host with the program and a configuration in it."""
    shutil.copy(os.path.join(tree.ROOT, "out", "inki"), host.path("/usr/bin/inki"))
    os.makedirs(host.path("/etc/inki"))
    host.write("/etc/inki/inki.conf", CONFIG)
    return host


def place(host, source, path):
    os.makedirs(os.path.dirname(host.path(path)), exist_ok=True)
    shutil.copy(os.path.join(tree.ROOT, "board", source), host.path(path))


def answers(host):
    return host.run("sh", "-c", "inki authorized-keys root && echo yes", check=False) == "yes\n"


def servers(host):
    """The numbers of the server's processes, the first one first."""
    return host.run("busybox", "pidof", "inki", check=False).split()[::-1]


def test_openrc(device):
    folder = os.path.join(tree.OUT, "openrc")
    if not os.path.exists(folder):
        os.makedirs(f"{folder}.new", exist_ok=True)
        tree.run("apt-get", "-qq", "download", "openrc", "librc1", "libeinfo1", cwd=f"{folder}.new")
        os.rename(f"{folder}.new", folder)
    for name in os.listdir(folder):
        tree.run("sh", "-c", 'dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink -C "$2"', "sh", os.path.join(folder, name), device.root)
    for name in ("insserv.conf.d", "insserv/overrides", "../usr/share/insserv/overrides"):  # Debian's own
        os.makedirs(device.path(f"/etc/{name}"))
    device.write("/etc/insserv.conf", "")
    place(device, "openrc/inki", "/etc/init.d/inki")
    # What "openrc sysinit" makes.
    device.start("--as-pid2", "sh", "-c", "mkdir -p /run/openrc && cd /run/openrc && mkdir daemons exclusive failed hotplugged inactive options scheduled started "
                 "starting stopping tmp wasinactive && touch softlevel && busybox syslogd && exec sleep 1000")
    device.write("/etc/inki/inki.conf", CONFIG + "log: syslog\n")
    device.wait_for(lambda: device.run("sh", "-c", "[ -e /run/openrc/softlevel ] && [ -e /dev/log ] && echo yes", check=False) == "yes\n")
    assert "Starting inki ... [ ok ]" in device.run("rc-service", "inki", "start")
    device.wait_for(lambda: answers(device))
    first = servers(device)
    assert len(first) == 2
    device.run("rc-service", "inki", "reload")
    device.wait_for(lambda: "event=reload" in device.read("/var/log/messages"))
    assert servers(device) == first

    # It comes back after a crash, and is not given up for a configuration that is wrong.
    device.run("kill", "-9", first[1])
    device.wait_for(lambda: len(servers(device)) == 2 and not set(servers(device)) & set(first))
    second = servers(device)
    device.write("/etc/inki/inki.conf", "users: 3\n")
    assert "inki.conf:1:8: " in device.run("rc-service", "inki", "restart", check=False) and servers(device) == second
    device.run("rc-service", "inki", "stop")
    assert servers(device) == []
    assert "inki.conf:1:8: " in device.run("rc-service", "inki", "start", check=False) and servers(device) == []


def test_busybox_init(device):
    place(device, "busybox/inittab", "/etc/inittab")
    device.start("/bin/busybox", "init")
    device.wait_for(lambda: answers(device))
    first = servers(device)
    device.run("kill", "-9", first[0])
    device.wait_for(lambda: answers(device) and not set(servers(device)) & set(first))


def test_runit(device):
    place(device, "busybox/run", "/etc/sv/inki/run")
    os.makedirs(device.path("/services"))
    os.symlink("/etc/sv/inki", device.path("/services/inki"))
    device.start("runsvdir", "/services")
    device.wait_for(lambda: answers(device))
    first = servers(device)
    device.run("env", "SVDIR=/services", "sv", "hup", "inki")
    device.wait_for(lambda: "event=reload" in device.console())
    device.run("kill", "-9", first[1])
    device.wait_for(lambda: answers(device) and len(servers(device)) == 2 and not set(servers(device)) & set(first))
    device.run("env", "SVDIR=/services", "sv", "down", "inki")
    device.wait_for(lambda: servers(device) == [])
