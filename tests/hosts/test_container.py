"""The image that board/docker/Dockerfile makes: it runs behind all its walls, and sshd of the host can ask it."""

import os
import shutil
import subprocess
import tempfile
import time

import pytest
import tree

CONFIG = """\
listen:
  - socket: /run/inki/inki.sock
    mode: "0666"
require_confinement: true
users:
  - name: root
    keyring_file: /etc/inki/root.asc
"""
# Leaves SETUID, SETGID, SETPCAP, SYS_CHROOT and KILL of what containers have by default: board/README.md says that these are enough.
CAPABILITIES = [f"--cap-drop=CAP_{name}" for name in ("CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "NET_BIND_SERVICE", "SETFCAP")]


@pytest.fixture
def buildah():
    """The words of buildah with a store of its own, which needs no daemon."""
    folder = tempfile.mkdtemp(prefix="image-", dir=tree.OUT)
    words = ["buildah", "--root", f"{folder}/store", "--runroot", f"{folder}/run", "--storage-driver", "vfs"]
    yield words
    subprocess.run([*words, "rm", "--all"], check=False, stdout=subprocess.DEVNULL)
    shutil.rmtree(folder)


def test_image(buildah, gpg, new_key, tmp_path):
    alice = gpg.key("ed25519")
    line, _ = new_key()
    docker = os.path.join(tree.ROOT, "board", "docker")
    tree.run(*buildah, "bud", "--isolation", "chroot", "-t", "inki", "-f", f"{docker}/Dockerfile", "--ignorefile", f"{docker}/Dockerfile.dockerignore",
             os.path.join(tree.ROOT, "out"))
    told = tree.run(*buildah, "inspect", "--type", "image", "--format", "{{.OCIv1.Config.Entrypoint}} {{.OCIv1.Config.Cmd}}", "inki")
    assert told.strip() == "[/usr/bin/inki] [server]"
    container = tree.run(*buildah, "from", "inki").strip()
    top = tree.run(*buildah, "mount", container).strip()
    assert [name for _, _, names in os.walk(top) for name in names] == ["inki"]
    tree.run(*buildah, "umount", container)

    os.mkdir(tmp_path / "etc")
    os.mkdir(tmp_path / "run")
    (tmp_path / "etc/root.asc").write_text(gpg.export(alice))
    (tmp_path / "etc/inki.conf").write_text(CONFIG)
    socket = f"{tmp_path}/run/inki.sock"
    with open(tmp_path / "log", "w", encoding="utf-8") as log:
        server = subprocess.Popen([*buildah, "run", "--isolation", "chroot", *CAPABILITIES, "-v", f"{tmp_path}/etc:/etc/inki:ro", "-v", f"{tmp_path}/run:/run/inki",
                                   container, "/usr/bin/inki", "server"], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        end = time.monotonic() + 60
        while "event=start" not in (tmp_path / "log").read_text():
            assert time.monotonic() < end and server.poll() is None, (tmp_path / "log").read_text()
            time.sleep(0.1)
        assert "not in force" not in (tmp_path / "log").read_text()
        message = gpg.clearsign('{"username": "root", "key": "%s", "expire": "1h"}' % line, alice)
        told = tree.run("curl", "-sS", "-w", "%{http_code}", "--unix-socket", socket, "--data-binary", message.decode(), "http://localhost/api/v1/keys")
        assert told.endswith("200"), told
        assert line.split()[1] in tree.run(os.path.join(tree.ROOT, "out/inki"), "authorized-keys", "root", "-s", f"unix:{socket}")
    finally:
        server.terminate()
        server.wait(30)
