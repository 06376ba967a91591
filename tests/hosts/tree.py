"""Debian systems to try things in: a tree that debootstrap makes once, a copy of it for each test, and a boot of that copy."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zlib

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
OUT = os.path.abspath(os.environ.get("HOSTS", os.path.join(ROOT, "out", "hosts")))
SUITE = "bookworm"
PACKAGES = "adduser,busybox,dbus,iproute2,openssh-client,openssh-server,runit,systemd,systemd-sysv"

sys.path.insert(0, os.path.join(ROOT, "tests", "e2e"))

import gpg  # noqa: E402, F401


def run(*words, check=True, timeout=600, **how):
    """What a command has written, standard output and errors; the test fails with it if the command does."""
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, stdin=subprocess.DEVNULL, timeout=timeout,
                          **how)
    assert done.returncode == 0 or not check, f"{' '.join(words)}: exit code {done.returncode}\n{done.stdout}"
    return done.stdout


def mirror():
    """Where apt has this suite from."""
    told = run("apt-get", "indextargets", "--no-release-info", "--format", "$(RELEASE) $(COMPONENT) $(REPO_URI)", "Created-By: Packages")
    found = [line.split()[2] for line in told.splitlines() if line.startswith(f"{SUITE} main ")]
    assert found, f"apt has no {SUITE} main:\n{told}"
    return found[0]


def pristine():
    """The tree, made if it is not there: nothing is changed in it."""
    path = os.path.join(OUT, f"{SUITE}-{zlib.crc32(PACKAGES.encode()):08x}")
    if not os.path.exists(path):
        beside = f"{path}.new"
        shutil.rmtree(beside, ignore_errors=True)
        run("debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, beside, mirror())
        os.rename(beside, path)
    return path


class Host:
    """A system of its own, in a mount, process and network namespace each, that systemd-nspawn boots."""

    def __init__(self, stack):
        self.folder = tempfile.mkdtemp(prefix="host-", dir=OUT)
        stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        for name in ("upper", "work", "root"):
            os.mkdir(os.path.join(self.folder, name))
        self.root = os.path.join(self.folder, "root")
        run("mount", "-t", "overlay", "overlay", "-o",
            f"lowerdir={pristine()},upperdir={self.folder}/upper,workdir={self.folder}/work", self.root)
        stack.callback(run, "umount", "-l", self.root)
        self.stack, self.leader, self.process = stack, None, None

    def path(self, name):
        return os.path.join(self.root, name.lstrip("/"))

    def write(self, name, contents, mode=0o644):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(contents)
        os.chmod(self.path(name), mode)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def start(self, *words):
        """Starts it with this as its first process."""
        log = open(os.path.join(self.folder, "console"), "w", encoding="utf-8")  # pylint: disable=consider-using-with
        self.stack.callback(log.close)
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            ["systemd-nspawn", "-q", "-D", self.root, f"--machine=inki-{os.getpid()}", "--register=no", "--keep-unit", "--console=pipe",
             "--private-network", "--system-call-filter=landlock_create_ruleset landlock_add_rule landlock_restrict_self", *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.stack.callback(self.halt)

    def boot(self):
        """Boots it by systemd, and waits until it is up."""
        self.start("--boot")
        self.wait_for(lambda: self.run("systemctl", "is-system-running", check=False).strip() in ("running", "degraded"), 120)
        assert self.run("systemctl", "is-system-running", check=False).strip() == "running", self.run("systemctl", "--failed")

    def wait_for(self, question, seconds=30):
        end = time.monotonic() + seconds
        while not question():
            assert time.monotonic() < end and self.process.poll() is None, self.console()
            time.sleep(0.2)

    def console(self):
        with open(os.path.join(self.folder, "console"), encoding="utf-8", errors="replace") as file:
            return f"it does not happen:\n{file.read()}"

    def find_leader(self):
        """The number of the system's first process, outside of it."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as file:
                self.leader = file.read().split()[0]

    def within(self):
        self.find_leader()
        return ["nsenter", "-t", str(self.leader), "-m", "-u", "-i", "-n", "-p", "--root", "--wd", "--"]

    def run(self, *words, **how):
        """Runs a command as root of the booted system."""
        self.find_leader()
        if not self.leader:
            return ""
        return run(*self.within(), "timeout", "60", "env", "-i", "PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive", *words, **how)

    def outside(self, *words, **how):
        """Runs a command of this machine in the network of the booted system."""
        self.find_leader()
        return run("nsenter", "-t", self.leader, "-n", "--", *words, **how)

    def halt(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def login(self, secret, user="root"):
        """Does sshd let in whoever has this secret key?"""
        done = self.outside("ssh", "-F", "none", "-i", secret, "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes",
                            "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
                            f"{user}@127.0.0.1", "echo let in", check=False, timeout=60)
        assert done.endswith("let in\n") or "Permission denied" in done, done
        return done.endswith("let in\n")
