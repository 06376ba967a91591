"""A machine under qemu: its ports of SSH and HTTPS come out on this machine, its console is a file."""

import os
import re
import socket
import subprocess
import time

KINDS = {
    # Emulated, so that it takes the same way everywhere (ACCEL=kvm: where that works); "max" has an instruction for random numbers.
    # The kernel wants to see the timer tick before it goes on, which an emulator without processor time fails.
    "x86_64": (["qemu-system-x86_64", "-accel", os.environ.get("ACCEL", "tcg"), "-cpu", "max",
                "-device", "virtio-net-pci,netdev=net"], "ttyS0 no_timer_check"),
    # Its kernel gets a seed in the device tree.
    "armhf": (["qemu-system-arm", "-M", "virt", "-cpu", "cortex-a7", "-device", "virtio-net-device,netdev=net"], "ttyAMA0"),
    "mipsel": (["qemu-system-mipsel", "-M", "malta", "-cpu", "24Kc", "-device", "pcnet,netdev=net"], "ttyS0"),
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Machine:
    def __init__(self, folder, kernel, image, kind="x86_64", append="", memory=128, options=()):
        self.folder, self.ssh_port, self.https_port = folder, free_port(), free_port()
        self.console_path, self.monitor_path = os.path.join(folder, "console"), os.path.join(folder, "monitor")
        command, console = KINDS[kind]
        forward = ",".join(f"hostfwd=tcp:127.0.0.1:{ours}-:{theirs}" for ours, theirs in ((self.ssh_port, 22), (self.https_port, 3443)))
        self.started = time.monotonic()
        with open(os.path.join(folder, "qemu.log"), "wb") as log:
            self.process = subprocess.Popen(
                [*command, "-m", str(memory), "-nodefaults", "-display", "none", "-no-reboot", "-netdev", f"user,id=net,{forward}",
                 "-serial", f"file:{self.console_path}", "-monitor", f"unix:{self.monitor_path},server,nowait",
                 "-kernel", kernel, "-initrd", image, "-append", f"console={console} {append}", *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def console(self):
        text = ""
        for name in ("qemu.log", "console"):
            path = os.path.join(self.folder, name)
            if os.path.exists(path):
                with open(path, encoding="utf-8", errors="replace") as file:
                    text += file.read()
        return text

    def last_words(self):
        return self.console()[-5000:]

    def monitor(self, line):
        with socket.socket(socket.AF_UNIX) as wire:
            wire.connect(self.monitor_path)
            wire.settimeout(10)
            answer = b""
            while answer.count(b"(qemu) ") < 2:
                if answer.count(b"(qemu) ") == 1 and line:
                    wire.sendall(line.encode() + b"\n")
                    line = None
                answer += wire.recv(4096)
        return answer.decode()

    def wait_for(self, what, seconds):
        """Until what() is true; the machine must go on running meanwhile. Returns the seconds since it was switched on."""
        end = time.monotonic() + seconds
        while not what():
            assert self.process.poll() is None, f"the machine has ended:\n{self.last_words()}"
            assert time.monotonic() < end, f"not within {seconds} s:\n{self.last_words()}"
            time.sleep(0.1)
        return time.monotonic() - self.started

    def wait_for_console(self, fragment, seconds):
        return self.wait_for(lambda: fragment in self.console(), seconds)

    def wait_for_end(self, seconds):
        self.process.wait(seconds)
        return self.console()

    def wait_for_door(self, pin):
        """A question that comes before the machine has its address is never answered, so they are short."""
        return self.wait_for(lambda: self.curl("/healthz", pin, timeout=3)[0] == 200, 240)

    def curl(self, path, pin, *arguments, data=None, timeout=30):
        """(status, body); status 0 if there is no answer yet."""
        what = ["--data-binary", "@-"] if data is not None else []
        done = subprocess.run(["curl", "-q", "-sk", "--max-time", str(timeout), "--pinnedpubkey", pin, "-w", "\n%{http_code}",
                               *what, *arguments,
                               f"https://127.0.0.1:{self.https_port}{path}"], input=data, stdout=subprocess.PIPE, check=False)
        assert done.returncode != 90, "another public key than the pinned one"
        body, _, status = done.stdout.decode().rpartition("\n")
        return int(status), body

    def ssh_command(self, secret, command, *options):
        return ["ssh", *options, "-F", "none", "-p", str(self.ssh_port), "-i", secret, "-o", "IdentitiesOnly=yes",
                "-o", "IdentityAgent=none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
                "-o", "ConnectTimeout=30", "root@127.0.0.1", command]

    def ssh(self, secret, command):
        """What the command prints, or None if the login is refused."""
        end = time.monotonic() + 120
        while True:
            done = subprocess.run(self.ssh_command(secret, command), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  timeout=120, check=False)
            if "kex_exchange_identification" not in done.stderr or time.monotonic() > end:
                break
            time.sleep(1)  # the SSH server comes after inki's, and the emulator takes connections for both
        if done.returncode == 255:
            assert "Permission denied" in done.stderr, f"{done}\n{self.last_words()}"
            return None
        assert done.returncode == 0, f"{done}\n{self.last_words()}"
        return done.stdout


def kilobytes(text, *names):
    """The values of such lines of /proc/meminfo or smaps_rollup, all of a name together."""
    return [sum(map(int, re.findall(rf"^{name}: +(\d+) kB$", text, re.M))) for name in names]
