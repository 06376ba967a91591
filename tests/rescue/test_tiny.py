"""The smallest server on a MIPS machine: the memory that it idles with."""

import os
import shutil

import debian
import image
from conftest import KEPT
from machine import Machine, kilobytes

FLASH_MAX = 200000  # bytes
RESIDENT_MAX = 300  # kB, of each of the two processes

CONFIG = """\
listen:
  - socket: /run/inki.sock
users:
  - name: root
    keyring_file: /etc/inki/root.asc
"""

INIT = """\
#!/bin/busybox sh
/bin/busybox --install -s
mount -t proc proc /proc
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs tmpfs /run
inki server &
until inki authorized-keys -s /run/inki.sock -- root; do sleep 1; done
for each in $(pidof inki); do cat /proc/$each/smaps_rollup; done
echo "that is all"
poweroff -f
"""


def make_image(root, program, keyring, folder, initrd):
    for path, content in {"init": INIT, "etc/inki/inki.conf": CONFIG, "etc/inki/root.asc": keyring, "etc/passwd": "root::0:0::/:/bin/sh\n"}.items():
        os.makedirs(os.path.dirname(f"{folder}/{path}"), exist_ok=True)
        with open(f"{folder}/{path}", "w", encoding="ascii") as file:
            file.write(content)
    os.chmod(f"{folder}/init", 0o755)
    for each in ("bin", "dev", "proc", "run", "sbin", "usr/bin", "usr/sbin"):
        os.makedirs(f"{folder}/{each}", exist_ok=True)
    shutil.copy(program, f"{folder}/usr/bin/inki")
    image.copy(root, "/bin/busybox", folder)
    image.pack(folder, initrd)


def test_memory(gpg, report, tmp_path):
    program = os.environ["INKI_TINY"]
    root = debian.foreign(os.path.join(KEPT, "mipsel"), "mipsel", "linux-image-4kc-malta", ["busybox-static"])
    make_image(root, program, gpg.export(gpg.key("rsa2048")), str(tmp_path / "image"), str(tmp_path / "initrd"))
    with Machine(str(tmp_path), debian.kernel_of(root)[0], str(tmp_path / "initrd"), kind="mipsel") as machine:
        machine.wait_for_console("that is all", 600)
    processes = machine.console().split("[rollup]")[1:]
    resident = [kilobytes(each, "Rss")[0] for each in processes]
    size = os.stat(program).st_size
    report(f"tiny on mipsel (24Kc): {size} bytes; resident, after a first question: {' and '.join(map(str, resident))} kB, "
           f"of it {' and '.join(str(kilobytes(each, 'Private_Dirty')[0]) for each in processes)} kB their own")
    assert size <= FLASH_MAX
    assert len(resident) == 2 and all(0 < each <= RESIDENT_MAX for each in resident), resident
