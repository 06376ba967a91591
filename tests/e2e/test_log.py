"""A log that cannot be written costs lines, never a request: a stuffed pipe, a full disk, a syslog that comes and goes."""

import contextlib
import os
import re
import socket
import subprocess
import tempfile
import time

import inki
import pytest

pytestmark = pytest.mark.both

mounts = pytest.mark.skipif(subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL, check=False).returncode != 0,
                            reason="NOT TESTED: full disk and syslog; this machine forbids mounts (unshare -m)")


class Quiet(inki.Server):
    """A server whose standard error goes elsewhere; it serves its Unix socket only."""

    def wait_for_listeners(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as peer:
                peer.connect(self.socket_path)
                return []
            time.sleep(0.01)
        raise AssertionError(f"the server did not come up: {self.log()}")

    def lost(self):
        """So many lines, once all that is under way between the two processes has come there."""
        before, now = None, self.count_lost()
        while now != before:
            time.sleep(0.3)
            before, now = now, self.count_lost()
        return now

    def count_lost(self):
        text = self.curl("/metrics", unix=True).text
        return int(re.search(r"^inki_log_lines_lost_total (\d+)$", text, re.M).group(1))

    def refuse(self, count):
        """So many lines in the log, one after the other."""
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(inki.PATIENCE)
            peer.connect(self.socket_path)
            for _ in range(count):
                peer.sendall(b"POST /api/v1/keys HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx")
                assert peer.recv(65536).startswith(b"HTTP/1.1 400 ")

    def events(self):
        return self.curl("/api/v1/events", unix=True).json


@pytest.fixture
def quiet(words):
    running = []

    def starting(prefix, **config):
        folder = tempfile.mkdtemp(prefix="inki-", dir="/tmp")
        listen = [{"socket": os.path.join(folder, "inki.sock")}]
        running.append(Quiet(words, {"listen": listen, "users": [], **config}, prefix=prefix, folder=folder))
        return running[-1]
    yield starting
    for server in running:
        server.stop()


def test_stuffed_pipe(quiet, tmp_path):
    fifo = str(tmp_path / "fifo")
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    server = quiet(["sh", "-c", 'exec "$@" 2>"$0"', fifo])
    server.refuse(1000)
    lost = server.lost()
    assert lost > 300
    text = b""
    with contextlib.suppress(BlockingIOError):
        while data := os.read(reader, 1 << 16):
            text += data
    assert text.count(b"event=refused") + lost == 1000 and text.endswith(b"\n")
    server.refuse(1)
    lines = os.read(reader, 1 << 16).decode().splitlines()
    assert lines[0] == f"warning: {lost} lines before this one could not be written" and lines[1].startswith("event=refused"), lines
    assert server.lost() == lost
    assert server.events()[-1]["event"] == "refused"
    os.close(reader)
    server.refuse(5)
    assert server.lost() == lost + 5


FULL = """
mount -t tmpfs -o size=64k tmpfs "$1"
: >"$1/log"
cat /dev/zero >"$1/filler" 2>/dev/null
log=$1/log
shift
exec "$@" 2>>"$log"
"""


@mounts
def test_full_disk(quiet, tmp_path):
    server = quiet(["unshare", "-m", "sh", "-c", FULL, "sh", str(tmp_path)])
    server.refuse(20)
    assert server.lost() >= 20
    assert [event["event"] for event in server.events()] == ["start"] + 20 * ["refused"], "what the log lost is in memory"


# A /dev of its own, in which log leads to a folder outside, where there is a syslog or not.
DEV = """
mount -t tmpfs tmpfs "$1"
for name in null zero urandom; do : >"$1/$name"; mount --bind "/dev/$name" "$1/$name"; done
ln -s "$2/log" "$1/log"
mount --rbind "$1" /dev
shift 2
exec "$@"
"""


@contextlib.contextmanager
def syslog(folder):
    path = os.path.join(folder, "log")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as daemon:
        daemon.bind(path)
        daemon.settimeout(inki.PATIENCE)
        yield lambda: daemon.recv(65536).decode()
    os.unlink(path)


@mounts
def test_syslog_comes_and_goes(quiet, tmp_path):
    dev, folder = tmp_path / "dev", tmp_path / "folder"
    dev.mkdir()
    folder.mkdir()
    server = quiet(["unshare", "-m", "sh", "-c", DEV, "sh", str(dev), str(folder)], log="syslog")
    server.refuse(3)
    lost = server.lost()
    assert lost >= 3, "there is no syslog yet"
    with syslog(folder) as line:
        server.refuse(1)
        assert re.fullmatch(rf"<28>inki\[\d+\]: {lost} lines before this one could not be written", line())
        assert re.fullmatch(r"<86>inki\[\d+\]: event=refused .*", line())
    server.refuse(2)
    assert server.lost() == lost + 2, "it has gone"
    with syslog(folder) as line:
        server.refuse(1)
        assert "]: 2 lines before this one" in line() and "event=refused" in line()
        before = server.lost()
        server.refuse(1000)  # one that does not read
        assert 0 < server.lost() - before <= 1000
        for _ in range(1000 - (server.lost() - before)):
            assert "event=refused" in line()
        server.refuse(1)
        assert " lines before this one" in line() and "event=refused" in line()


@mounts
@pytest.mark.skipif(os.geteuid() != 0 or not inki.has("EXPORT"), reason="the files of keys must be root's, and built in")
def test_the_keeper_of_the_files_has_the_helper_write_to_syslog(quiet, tmp_path):
    """It can open no socket any more."""
    dev, folder = tmp_path / "dev", tmp_path / "folder"
    dev.mkdir()
    folder.mkdir()
    with syslog(folder) as line, tempfile.TemporaryDirectory(prefix="inki-test-", dir="/usr/local/lib") as above:
        os.chmod(above, 0o755)
        quiet(["unshare", "-m", "sh", "-c", DEV, "sh", str(dev), str(folder)], log="syslog", export={"directory": above + "/keys"})
        while "confinement of the process that keeps the files of keys: " not in line():
            pass
