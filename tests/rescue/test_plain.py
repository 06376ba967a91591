"""A kernel and an initramfs of busybox, inki and an SSH server, and no disk: let in, expired, refused."""

import json
import os
import re
import time

import debian
import image
import pytest
from conftest import INKI, KEPT
from machine import Machine, kilobytes

EXPORT = {"sshd": "", "dropbear": "export: {directory: /run/inki/keys}\n"}


def add(machine, host, gpg, alice, line, expire):
    text = json.dumps({"username": "root", "key": line, "expire": expire, "reason": "disk is full"})
    return machine.curl("/api/v1/keys", host.pin, data=gpg.clearsign(text, alice))


def prove(machine, host, gpg, alice, new_key):
    """What a rescue door is for. Returns the seconds until it answers, and what a session tells of the system's memory."""
    seconds = machine.wait_for(lambda: machine.curl("/healthz", host.pin)[0] == 200, 120)
    line, secret = new_key()
    _, other = new_key()
    started = time.monotonic()
    assert machine.ssh(secret, "true") is None, "let in before the key was added"
    lifetime = 10 + int(5 * (time.monotonic() - started))  # for three logins, of a machine that is emulated on a busy one

    status, body = add(machine, host, gpg, alice, line, f"{lifetime}s")
    assert status == 200, f"{body}\n{machine.last_words()}"
    added = time.monotonic()
    told = machine.ssh(secret, "ls /sys/block | wc -l; cat /proc/meminfo; for each in $(pidof inki); do cat /proc/$each/smaps_rollup; done")
    assert told is not None, f"refused after the key was added\n{machine.last_words()}"
    assert told.splitlines()[0] == "0", f"there is a disk:\n{told}"
    assert machine.ssh(other, "true") is None, "let in with a key that was never added"
    assert time.monotonic() - added < lifetime, "this machine is too slow for a key of so few seconds"

    time.sleep(max(0, added + lifetime + 1 - time.monotonic()))
    assert machine.ssh(secret, "true") is None, "let in after the key expired"
    return seconds, told


def line_of_report(name, machine, seconds, told, sizes):
    kernel = re.search(r"^\[ *([\d.]+)\] inki: event=start", machine.console(), re.M).group(1)
    total, available = kilobytes(told, "MemTotal", "MemAvailable")
    resident, own = kilobytes(told, "Rss", "Private_Dirty")
    return (f"{name}: answers {seconds:.1f} s after power on (inki serves {float(kernel):.1f} s after the kernel's start); "
            f"memory used {(total - available) / 1024:.1f} of {total / 1024:.1f} MB, of it inki's two processes {resident} kB resident, "
            f"{own} kB their own; image {sizes[1] / 1e6:.1f} MB, {sizes[0] / 1e6:.1f} unpacked")


@pytest.mark.parametrize("ssh_server, clock", [("sshd", "set"), ("sshd", "1970"), ("dropbear", "set")])
def test_x86_64(ssh_server, clock, host, gpg, alice, new_key, report, tmp_path):
    host.configure(("clock: signed\n" if clock == "1970" else "") + EXPORT[ssh_server], ssh_server)
    kernel, version = debian.kernel_of(host.tree)
    modules = debian.modules(host.tree, version, "virtio_pci", "virtio_net")
    sizes = image.make(host.tree, host.tree, INKI, modules, str(tmp_path / "image"), str(tmp_path / "initrd"))
    options = ["-rtc", "base=1970-01-02T00:00:00"] if clock == "1970" else []
    with Machine(str(tmp_path), kernel, str(tmp_path / "initrd"), append="panic=-1", options=options) as machine:
        seconds, told = prove(machine, host, gpg, alice, new_key)
    report(line_of_report(f"x86_64, {ssh_server}, clock {clock}", machine, seconds, told, sizes))


@pytest.mark.parametrize("ssh_server", ["sshd", "dropbear"])
def test_armhf(ssh_server, host, gpg, alice, new_key, report, tmp_path):
    root = debian.foreign(os.path.join(KEPT, "armhf"), "armhf", "linux-image-armmp", ["busybox-static", "dropbear-bin", "openssh-server"])
    host.configure("clock: signed\n" + EXPORT[ssh_server], ssh_server)
    kernel, version = debian.kernel_of(root)
    modules = debian.modules(root, version, "virtio_mmio", "virtio_net")
    sizes = image.make(host.tree, root, os.environ["INKI_ARMHF"], modules, str(tmp_path / "image"), str(tmp_path / "initrd"))
    with Machine(str(tmp_path), kernel, str(tmp_path / "initrd"), kind="armhf", append="panic=-1") as machine:
        seconds, told = prove(machine, host, gpg, alice, new_key)
    report(line_of_report(f"armhf, {ssh_server}", machine, seconds, told, sizes))
