"""A full disk and a read-only root change nothing: a host in that state is the one somebody must get into."""

import os
import subprocess
import tempfile

import pytest

# In a mount namespace of its own: a tmpfs without a byte of room at $1, the folder of the socket ($2) writable, all else
# read-only. The server starts only if that is really so.
SCRIPT = """
mount -t tmpfs -o size=64k tmpfs "$1"
cat /dev/zero >"$1/filler" 2>/dev/null
mount --bind "$2" "$2"
mount -o remount,bind,ro /
if echo x 2>/dev/null >"$1/x" && [ -s "$1/x" ]; then echo "the disk is not full" >&2; exit 99; fi
if touch /read-only-root 2>/dev/null; then rm /read-only-root; echo "the root is not read-only" >&2; exit 99; fi
cd "$1"
export HOME="$1" TMPDIR="$1"
shift 2
exec "$@"
"""


def mounts_are_allowed():
    return subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0


@pytest.mark.skipif(not mounts_are_allowed(), reason="NOT TESTED: full disk and read-only root; this machine forbids mounts (unshare -m)")
def test_full_disk_and_read_only_root(start, gpg, alice, sign, new_key):
    with tempfile.TemporaryDirectory(prefix="inki-", dir="/tmp") as full:
        folder = tempfile.mkdtemp(prefix="inki-", dir="/tmp")
        server = start({"users": [{"name": "alice", "keyring": gpg.export(alice)}]}, folder=folder,
                       prefix=["unshare", "-m", "sh", "-c", SCRIPT, "sh", full, folder])
        line, _ = new_key()
        added = server.post(sign(key=line))
        assert (added.status, len(added.json)) == (200, 1), f"{added}\n{server.log()}"
        assert server.keys() == added.json
        served = server.authorized_keys("alice")
        assert (served.returncode, served.stdout) == (0, line + "\n"), served
        assert server.post(b"nonsense").status == 400
        target = "/api/v1/user/alice/key/" + added.json[0]["md5"]
        assert server.curl(target, "-X", "DELETE", unix=True).status == 200
        assert server.keys() == []
        assert os.listdir(full) == [], "the test's own folder is seen from inside the name space only"
