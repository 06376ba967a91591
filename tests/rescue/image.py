"""Makes a rescue system of nothing but busybox, inki and an SSH server: what board/rescue says, file by file."""

import os
import shutil
import stat

import debian

HERE = os.path.dirname(os.path.abspath(__file__))
RESCUE = os.path.join(HERE, "..", "..", "board", "rescue")


def copy(root, path, folder):
    """A file with the links on its way: its content goes to the very path by which it was asked for."""
    target = folder + path
    os.makedirs(os.path.dirname(target), exist_ok=True)
    shutil.copy(os.path.realpath(root + path) if not os.path.islink(root + path) else resolve(root, path), target)
    os.chmod(target, 0o755)


def resolve(root, path):
    """Where a link leads within root."""
    for _ in range(10):
        if not os.path.islink(root + path):
            return root + path
        path = os.path.normpath(os.path.join(os.path.dirname(path), os.readlink(root + path)))
    raise AssertionError(f"too many links: {path}")


def pack(folder, image):
    """The initramfs of what is in a folder. Returns (bytes unpacked, bytes of the image)."""
    debian.run("sh", "-c", 'cd "$1" && find . | cpio --quiet -o -H newc -R 0:0 | gzip -1 >"$2"', "sh", folder, image)
    unpacked = sum(os.lstat(os.path.join(where, name)).st_size for where, _, names in os.walk(folder) for name in names
                   if stat.S_ISREG(os.lstat(os.path.join(where, name)).st_mode))
    return unpacked, os.stat(image).st_size


def make(tree, root, inki, modules, folder, image):
    """tree: where the configuration is, and where programs run; root: whose programs and modules get in; inki: which one gets in."""
    shutil.rmtree(f"{tree}/tmp/image", ignore_errors=True)
    os.makedirs(f"{tree}/tmp/image")
    shutil.copy(inki, f"{tree}/tmp/inki")
    programs = debian.chroot(tree, "umask 077; INKI=/tmp/inki INKI_CHECK=/usr/bin/inki /usr/lib/inki/rescue/fill /tmp/image")
    shutil.move(f"{tree}/tmp/image", folder)
    for program in ["/bin/busybox", *(line for line in programs.splitlines() if line.startswith("/"))]:
        for path in [program, *debian.libraries(root, program)]:
            copy(root, path, folder)
    os.makedirs(f"{folder}/lib/modules", exist_ok=True)
    with open(f"{folder}/etc/modules", "w", encoding="ascii") as file:
        for each in modules:
            shutil.copy(root + each, f"{folder}/lib/modules")
            file.write(f"/lib/modules/{os.path.basename(each)}\n")
    for name, place in (("init", "init"), ("udhcpc", "usr/lib/inki/rescue/udhcpc")):
        shutil.copy(os.path.join(RESCUE, name), f"{folder}/{place}")
    for link in ("sh", "mount", "mkdir"):
        os.makedirs(f"{folder}/bin", exist_ok=True)
        if not os.path.lexists(f"{folder}/bin/{link}"):
            os.symlink("busybox", f"{folder}/bin/{link}")
    for each in ("sbin", "usr/sbin"):
        os.makedirs(f"{folder}/{each}", mode=0o755, exist_ok=True)
    with open(f"{folder}/etc/inittab", "w", encoding="ascii") as file:
        file.write("::ctrlaltdel:/sbin/reboot\n")
    return pack(folder, image)
