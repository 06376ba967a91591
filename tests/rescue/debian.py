"""Debian's programs and kernels in folders of their own: a whole tree to work in by chroot, and unpacked packages of another
architecture. Nothing of it is installed on this machine."""

import contextlib
import glob
import os
import re
import shutil
import subprocess

TREE_PACKAGES = ("busybox-static cpio dracut-core dracut-network dropbear-bin initramfs-tools iproute2 iputils-arping "
                 "isc-dhcp-client linux-image-cloud-amd64 openssh-server procps zstd").split()


PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


def run(*command, **how):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, **how)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-4000:]}"
    return done.stdout


def chroot(tree, line):
    """What a shell prints in there, with an environment of its own."""
    return run("env", "-i", f"PATH={PATH}", "chroot", tree, "sh", "-c", line)


def codename():
    with open("/etc/os-release", encoding="utf-8") as file:
        return re.search(r"^VERSION_CODENAME=(\w+)$", file.read(), re.M).group(1)


def mirror():
    """The one that this machine's apt has its own release from."""
    targets = run("apt-get", "indextargets", "--no-release-info", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)",
                  "Created-By: Packages")
    for line in targets.splitlines():
        address, release, component = line.split()
        if (release, component) == (codename(), "main"):
            return address
    raise AssertionError(f"apt has no mirror of {codename()}:\n{targets}")


@contextlib.contextmanager
def made_once(folder, recipe):
    """Yields where to make what shall be at folder, or None if it is there already and was made by this recipe."""
    mark = os.path.join(folder, ".recipe")
    if os.path.exists(mark):
        with open(mark, encoding="utf-8") as file:
            if file.read() == recipe:
                yield None
                return
    beside = folder + ".new"
    shutil.rmtree(beside, ignore_errors=True)
    os.makedirs(beside)
    yield beside
    with open(os.path.join(beside, ".recipe"), "w", encoding="utf-8") as file:
        file.write(recipe)
    shutil.rmtree(folder, ignore_errors=True)
    os.rename(beside, folder)


def tree(folder):
    """A Debian tree of this machine's architecture with all that images are made of; takes minutes the first time."""
    with made_once(folder, " ".join([codename(), *TREE_PACKAGES])) as beside:
        if beside:
            run("debootstrap", "--variant=minbase", f"--include={','.join(TREE_PACKAGES)}", codename(), beside, mirror())
    return folder


def foreign(folder, architecture, kernel, packages):
    """Unpacks packages of another architecture with all that they depend on, and a kernel without that."""
    with made_once(folder, " ".join([codename(), architecture, kernel, *packages])) as beside:
        if beside:
            apt = folder + ".apt"
            for each in ("state/lists/partial", "cache/archives/partial"):
                os.makedirs(os.path.join(apt, each), exist_ok=True)
            for name, text in {"sources.list": f"deb {mirror()} {codename()} main\n", "status": ""}.items():
                with open(os.path.join(apt, name), "w", encoding="utf-8") as file:
                    file.write(text)
            options = [f"-oDir::Etc::sourcelist={apt}/sources.list", "-oDir::Etc::sourceparts=/dev/null", f"-oDir::State={apt}/state",
                       f"-oDir::State::status={apt}/status", f"-oDir::Cache={apt}/cache", f"-oAPT::Architecture={architecture}",
                       f"-oAPT::Architectures::={architecture}", "-oAPT::Sandbox::User=root"]
            run("apt-get", *options, "-qq", "update")
            meta = run("apt-cache", *options, "depends", "--important", kernel)
            archives = os.path.join(apt, "cache", "archives")
            run("apt-get", *options, "-qq", "download", re.search(r"Depends: (linux-image-\S+)", meta).group(1), cwd=archives)
            run("apt-get", *options, "-qq", "install", "-y", "--download-only", "--no-install-recommends", *packages)
            for each in glob.glob(f"{archives}/*.deb"):
                run("dpkg-deb", "-x", each, beside)
            shutil.rmtree(apt)
    return folder


def kernel_of(root):
    """(path, version) of the kernel in there."""
    path, = glob.glob(f"{root}/boot/vmlinu[xz]-*")
    return path, re.split("vmlinu[xz]-", path)[1]


def modules(root, version, *names):
    """Paths below root of these modules and of those that they need, in the order to load them; one that is built in has none."""
    if not os.path.exists(f"{root}/lib/modules/{version}/modules.dep.bin"):
        run("depmod", "-b", root, version)
    found = []
    for name in names:
        for line in run("modprobe", "-d", root, "-S", version, "--show-depends", name).splitlines():
            if line.startswith("insmod "):
                path = line.split()[1].removeprefix(root)
                found += [path] if path not in found else []
    return found


def libraries(root, program):
    """Paths below root of a program's libraries and of its loader, found without running it."""
    places = [f"{root}{place}" for place in ("/lib", "/usr/lib")]
    places += [each for place in places for each in glob.glob(f"{place}/*-linux-gnu*")]
    found, waiting = [], [root + program]
    while waiting:
        told = run("readelf", "-ldW", waiting.pop())
        names = re.findall(r"\(NEEDED\).*\[(.+)\]", told)
        loader = re.search(r"interpreter: (.+)\]", told)
        paths = [loader.group(1)] if loader else []
        for name in names:
            paths.append(next(f"{place}/{name}".removeprefix(root) for place in places if os.path.exists(f"{place}/{name}")))
        for path in paths:
            if path not in found:
                found.append(path)
                waiting.append(root + path)
    return found
