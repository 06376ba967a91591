"""A router to test board/openwrt with: a root folder with busybox, inki, the package's files, and what stands for procd and uci.

What the init script tells procd, it does: starts the server, in a jail as procd's ujail makes it, and sends it signals.
"""

import functools
import os
import re
import shutil
import signal
import subprocess

import pytest
from inki import NO_LEAK_SEARCH, TREE, wait_for

PACKAGE = os.path.join(TREE, "board", "openwrt", "inki")
STUBS = os.path.join(TREE, "tests", "openwrt")


def uci(*sections):
    """A configuration as "uci export" prints it, of (kind, name, {option: value, or a list of values})."""
    def quoted(text):
        return "'" + text.replace("'", "'\\''") + "'"
    lines = ["package inki", ""]
    for kind, name, options in sections:
        lines.append(f"config {kind} {quoted(name)}")
        for option, value in options.items():
            lines += [f"\tlist {option} {quoted(each)}" for each in value] if isinstance(value, list) else [f"\toption {option} {quoted(value)}"]
        lines.append("")
    return "\n".join(lines) + "\n"


# As ujail does it: a root folder in memory, in which stands only what was asked for.
JAIL = """
set -e
root=$1 jail=$1/jail
shift
mount -t tmpfs -o mode=0755 none "$jail"
mkdir -p "$jail/dev" "$jail/usr/bin"
mount -t tmpfs none "$jail/dev"
mknod -m 666 "$jail/dev/null" c 1 3
mknod -m 666 "$jail/dev/urandom" c 1 9
touch "$jail/usr/bin/inki"
mount --bind "$root/usr/bin/inki" "$jail/usr/bin/inki"
while [ "$1" != -- ]; do
	case $1 in
	procfs) mkdir "$jail/proc"; mount -t proc proc "$jail/proc" ;;
	ro:*|rw:*)
		path=${1#???}
		if [ -d "$root$path" ]; then mkdir -p "$jail$path"; else mkdir -p "$jail$(dirname "$path")"; touch "$jail$path"; fi
		mount --bind "$root$path" "$jail$path"
		case $1 in ro:*) mount -o remount,bind,ro "$jail$path" ;; esac ;;
	esac
	shift
done
shift
exec setpriv --no-new-privs chroot "$jail" "$@"
"""


# What the scripts may call: all of it is in OpenWrt's busybox.
APPLETS = "cat chmod date cp cut grep head kill ln md5sum mkdir mv readlink rm sed sh sleep tail tr".split()


@functools.cache
def can_jail():
    return subprocess.run(["unshare", "--mount", "--pid", "--fork", "mount", "-t", "tmpfs", "none", "/mnt"], check=False,
                          stderr=subprocess.DEVNULL).returncode == 0


class Router:
    def __init__(self, folder, words):
        self.root = os.path.join(str(folder), "router")
        self.server = None
        for path in ("bin", "usr/bin", "etc/config", "etc/init.d", "etc/inki", "etc/dropbear", "lib", "sbin", "dev", "proc", "tmp/run", "jail"):
            os.makedirs(self.path(path))
        os.symlink("tmp", self.path("var"))
        busybox = shutil.which("busybox")
        shutil.copy(busybox, self.path("bin/busybox"))
        for applet in APPLETS:
            os.symlink("busybox", self.path("bin", applet))
        libraries = subprocess.run(["ldd", busybox], capture_output=True, text=True, check=False).stdout
        for library in re.findall(r"(?:=> |^\t)(/\S+)", libraries, re.M):
            os.makedirs(os.path.dirname(self.path(library[1:])), exist_ok=True)
            shutil.copy(library, self.path(library[1:]))
        os.mknod(self.path("dev/null"), 0o020666, os.makedev(1, 3))
        shutil.copy(words[-1], self.path("usr/bin/inki"))
        for name, place in (("functions.sh", "lib/functions.sh"), ("rc.common", "etc/rc.common"), ("uci", "usr/bin/uci"), ("logger", "usr/bin/logger")):
            shutil.copy(os.path.join(STUBS, name), self.path(place))
        shutil.copy(os.path.join(PACKAGE, "files", "inki.init"), self.path("etc/init.d/inki"))
        self.write("etc/passwd", "root:x:0:0:root:/root:/bin/ash\nnobody:*:65534:65534:nobody:/var:/bin/false\n")

    def path(self, *parts):
        return os.path.join(self.root, *parts)

    def write(self, path, text):
        with open(self.path(path), "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)

    def read(self, path):
        with open(self.path(path), encoding="utf-8") as file:
            return file.read()

    def run(self, *command, environment=None, data=None):
        """Runs a program of the router."""
        return subprocess.run(["/usr/sbin/chroot", self.root, *command], capture_output=True, text=True, errors="replace", timeout=30, check=False, input=data,
                              env={"PATH": "/usr/bin:/bin", **(environment or {})})

    def configure(self, *sections):
        self.write("etc/config/inki", uci(*sections))

    def init(self, action):
        """What /etc/init.d/inki does: (exit status, what it says, what procd was told)."""
        log = self.path("tmp/procd.log")
        if os.path.exists(log):
            os.unlink(log)
        done = self.run("/bin/sh", "/etc/rc.common", "/etc/init.d/inki", action)
        told = self.read("tmp/procd.log").splitlines() if os.path.exists(log) else []
        return done.returncode, done.stderr + done.stdout, told

    def serve(self, told):
        """As procd: starts what it was told to."""
        command = next(line for line in told if line.startswith("param command")).split()[2:]
        jail = [line.split()[2:] for line in told if line.startswith("jail ")]
        if jail:
            if not can_jail():
                pytest.skip("a folder cannot be mounted here, as in some containers")
            mounts = [f"ro:{line[6:]}" for line in told if line.startswith("mount ")] + [f"rw:{line[9:]}" for line in told if line.startswith("mount_rw ")]
            command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", JAIL, "jail", self.root, *jail[0], *mounts, "--", *command]
        else:
            command = ["/usr/sbin/chroot", self.root, *command]
        with open(self.path("tmp/log"), "wb") as log:
            self.server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, **NO_LEAK_SEARCH})
        self.wait_for(r"confinement.*\n")
        pid = self.server.pid
        if jail:
            with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
                pid = int(file.read().split()[0])
        self.write("tmp/procd.pid", str(pid))

    def log(self):
        return self.read("tmp/log")

    def wait_for(self, pattern):
        wait_for(lambda: re.search(pattern, self.log()) or self.server.poll() is not None)
        assert re.search(pattern, self.log()), f"{pattern} is not in the log:\n{self.log()}"

    def end(self):
        if self.server and self.server.poll() is None:
            os.kill(int(self.read("tmp/procd.pid")), signal.SIGTERM)
            self.server.wait(30)
