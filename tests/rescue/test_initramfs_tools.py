"""Debian's own way: mkinitramfs with the hook, in a Debian tree. The machine has no disk at first, and the boot gives up; somebody
comes in; the disk comes, the boot goes on, and nothing of inki is left in the system that was booted."""

import os
import re
import subprocess

import debian
import pytest
from conftest import install
from machine import Machine
from test_plain import EXPORT, add

INIT = """#!/bin/busybox sh
/bin/busybox --install -s
mount -t proc proc /proc 2>/dev/null
mount -t sysfs sysfs /sys 2>/dev/null
echo "root: BEGIN"
for each in /proc/[0-9]*; do
	program=$(readlink $each/exe) && echo "root: process ${each#/proc/} $program"
done
find /run | sed 's/^/root: file /'
sed 's/^/root: mount /' /proc/mounts
mount -t cgroup2 cgroup2 /tmp && ls /tmp | sed 's/^/root: group /'
ip -o address | sed 's/^/root: address /'
cat /proc/net/tcp /proc/net/unix | sed 's/^/root: socket /'
dmesg | grep event= | sed 's/^/root: log /'
echo "root: END"
poweroff -f
"""

# When it has given up waiting for the disk, there is a shell on the console; when that ends, it looks again. This line is the README's.
END_THE_SHELL = "kill -9 $(ps | awk '/[s]h -i/ { print $1 }')"


def disk(folder, tree):
    """A root file system that tells what it finds, and ends."""
    for each in ("bin", "sbin", "usr", "etc", "proc", "sys", "dev", "run", "tmp"):
        os.makedirs(f"{folder}/root/{each}")
    debian.run("cp", f"{tree}/bin/busybox", f"{folder}/root/bin")
    with open(f"{folder}/root/sbin/init", "w", encoding="ascii") as file:
        file.write(INIT)
    os.chmod(f"{folder}/root/sbin/init", 0o755)
    debian.run("truncate", "-s", "16M", f"{folder}/disk")
    debian.run("/sbin/mkfs.ext4", "-q", "-d", f"{folder}/root", f"{folder}/disk")
    return f"{folder}/disk"


def goes_on(machine, host, gpg, alice, new_key, path, go_on=None):
    """Somebody is let in, and leaves something running; then the disk comes. Returns what the system on it tells."""
    seconds = machine.wait_for_door(host.pin)
    if go_on:
        machine.wait_for_console("(initramfs)", 240)
    line, secret = new_key()
    status, body = add(machine, host, gpg, alice, line, "10m")
    assert status == 200, f"{body}\n{machine.last_words()}"
    told = machine.ssh(secret, "ls /sys/block; sleep 9999 >/dev/null 2>&1 & kill -0 $! && echo runs")
    assert told == "runs\n", f"{told!r}\n{machine.last_words()}"

    with subprocess.Popen(machine.ssh_command(secret, "test -t 0 && echo open; sleep 9998", "-tt"), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as session:
        try:
            said = session.stdout.readline()
            assert said == b"open\r\n", f"{said}\n{machine.last_words()}"
            machine.monitor(f"drive_add 0 if=none,id=disk,format=raw,file={path}")
            machine.monitor("device_add virtio-blk-pci,drive=disk")
            if go_on:
                machine.ssh(secret, go_on)
            machine.wait_for_console("root: END", 600)
        finally:
            session.kill()
    return seconds, re.findall(r"^root: (\w+) (.*)$", machine.console(), re.M)


def nothing_is_left(told):
    said = {kind: [text for each, text in told if each == kind] for kind, _ in told}
    programs = [each.split()[-1].rsplit("/")[-1] for each in said["process"]]
    assert set(programs) <= {"busybox", "systemd-udevd"}, said["process"]
    assert len(programs) <= 6, said["process"]
    assert not [each for each in said["file"] if "inki" in each or "sshd" in each], said["file"]
    assert not [each for each in said["mount"] if "cgroup" in each], said["mount"]
    assert not [each for each in said["group"] if "door" in each], said["group"]
    assert not [each for each in said["socket"] if "/run/inki" in each or re.search(r": 0+:(0016|0D73) ", each)], said["socket"]
    assert any("event=added" in each and "disk is full" in each for each in said["log"]), "the journal would not tell who was let in"
    return said


@pytest.mark.parametrize("ssh_server", ["sshd", "dropbear"])
def test_the_boot_goes_on(ssh_server, host, gpg, alice, new_key, report, tmp_path):
    host.configure(EXPORT[ssh_server], ssh_server)
    install(host, "initramfs-tools", {"hook": "etc/initramfs-tools/hooks/inki", "conf": "etc/initramfs-tools/conf.d/inki",
                                      "init-premount": "etc/initramfs-tools/scripts/init-premount/inki",
                                      "init-bottom": "etc/initramfs-tools/scripts/init-bottom/inki"})
    kernel, version = debian.kernel_of(host.tree)
    print(host.run(f"mkinitramfs -o /tmp/initrd {version}"))
    image = f"{host.tree}/tmp/initrd"
    assert os.stat(image).st_mode & 0o077 == 0, "others may read the keys in the image"
    with Machine(str(tmp_path), kernel, image, append="root=/dev/vda ip=dhcp", memory=256) as machine:
        seconds, told = goes_on(machine, host, gpg, alice, new_key, disk(str(tmp_path), host.tree), END_THE_SHELL)
    said = nothing_is_left(told)
    assert not [each for each in said["address"] if "10.0.2." in each], said["address"]
    assert not [each for each in said["file"] if "net-" in each], said["file"]
    report(f"x86_64, initramfs-tools, {ssh_server}: answers {seconds:.1f} s after power on; image {os.stat(image).st_size / 1e6:.1f} MB")


@pytest.mark.parametrize("spoil, why", [("echo nonsense: 1 >>/etc/inki/rescue/inki.conf", "nonsense"),
                                        ("echo UMASK=0022 >/etc/initramfs-tools/conf.d/inki", "readable by everybody"),
                                        ("mv /etc/inki/rescue/root.asc /etc/inki/", "root.asc")])
def test_an_image_without_a_door_says_why(spoil, why, host):
    install(host, "initramfs-tools", {"hook": "etc/initramfs-tools/hooks/inki", "conf": "etc/initramfs-tools/conf.d/inki"})
    _, version = debian.kernel_of(host.tree)
    told = host.run(f"{spoil}; mkinitramfs -o /tmp/initrd {version}")
    assert why in told and "no rescue door in this image" in told, told
    assert not re.search("(bin|etc|lib)/inki", host.run("lsinitramfs /tmp/initrd")), "something of inki is in the image"
