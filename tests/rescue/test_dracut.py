"""The same with an image made by dracut, in its form without systemd, as in a Debian tree that has none."""

import os
import re

import debian
from conftest import install
from machine import Machine
from test_initramfs_tools import disk, goes_on, nothing_is_left

MODULE = "usr/lib/dracut/modules.d/50inki"
PLACES = {each: f"{MODULE}/{each}" for each in ("module-setup.sh", "start.sh", "stop.sh")}


def test_the_boot_goes_on(host, gpg, alice, new_key, report, tmp_path):
    install(host, "dracut", PLACES)
    kernel, version = debian.kernel_of(host.tree)
    print(host.run(f"dracut --no-hostonly --force /tmp/initrd {version}"))
    image = f"{host.tree}/tmp/initrd"
    assert os.stat(image).st_mode & 0o077 == 0, "others may read the keys in the image"
    with Machine(str(tmp_path), kernel, image, append="root=/dev/vda rootfstype=ext4 ip=dhcp rd.retry=600", memory=256) as machine:
        seconds, told = goes_on(machine, host, gpg, alice, new_key, disk(str(tmp_path), host.tree))
    nothing_is_left(told)
    report(f"x86_64, dracut, sshd: answers {seconds:.1f} s after power on; image {os.stat(image).st_size / 1e6:.1f} MB")


def test_an_image_without_a_door_says_why(host):
    install(host, "dracut", PLACES)
    _, version = debian.kernel_of(host.tree)
    told = host.run(f"echo nonsense: 1 >>/etc/inki/rescue/inki.conf; dracut --no-kernel --no-hostonly --force /tmp/initrd {version} 2>&1")
    assert "nonsense" in told and "no rescue door in this image" in told, told
    assert not re.search("(bin|etc|lib)/inki|/(start|stop).sh", host.run("lsinitrd /tmp/initrd")), "something of inki is in the image"
