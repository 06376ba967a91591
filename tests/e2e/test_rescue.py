"""What board/rescue/fill puts into an image, and when it refuses to; the images themselves are booted by make rescue-test."""

import glob
import os
import shutil
import stat
import subprocess

import inki
import pytest

BOARD = os.path.join(inki.TREE, "board")
pytestmark = pytest.mark.skipif(os.geteuid() != 0 or not inki.has_tls(), reason="fill looks at the image by chroot, and the example wants TLS")


@pytest.fixture
def fill(gpg, alice, tmp_path):
    """(the image's folder, the administrator's, a function that fills the one from the other)"""
    source, image = tmp_path / "source", tmp_path / "image"
    source.mkdir(), image.mkdir()
    with open(os.path.join(BOARD, "rescue", "inki.conf.example"), encoding="utf-8") as file:
        config = "".join(line for line in file if "tls" not in line)
    (source / "inki.conf").write_text(config, encoding="utf-8")
    (source / "root.asc").write_text(gpg.export(alice), encoding="ascii")

    def filling(umask=0o077, shell=("busybox", "sh")):
        return subprocess.run([*shell, os.path.join(BOARD, "rescue", "fill"), image, source], capture_output=True, text=True, check=False,
                              umask=umask, env={**os.environ, "INKI": inki.RELEASE[-1]})
    return image, source, filling


def files(folder):
    return {os.path.relpath(os.path.join(where, name), folder) for where, _, names in os.walk(folder) for name in names}


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def test_an_image_for_sshd(fill):
    image, source, filling = fill
    (source / "settings").write_text("SSH_SERVER=sshd\n", encoding="ascii")
    (source / "checks").mkdir()
    shutil.copy(os.path.join(BOARD, "checks", "on-call"), source / "checks")
    done = filling()
    assert done.returncode == 0, done
    assert done.stdout.splitlines()[0] == "/usr/sbin/sshd" and all(map(os.path.exists, done.stdout.split())), done
    rescue = {"inki.conf", "root.asc", "settings", "sshd_config", "ssh_host_ed25519_key", "ssh_host_ed25519_key.pub", "checks/on-call"}
    assert files(image) == {"usr/bin/inki", "usr/lib/inki/rescue/door", "etc/passwd", "etc/group", *(f"etc/inki/rescue/{each}" for each in rescue)}

    key = image / "etc/inki/rescue/ssh_host_ed25519_key"
    assert mode(key) == 0o600
    for each in ("", "usr", "usr/bin", "usr/bin/inki", "usr/lib/inki/rescue/door"):
        assert mode(image / each) == 0o755, f"sshd would not run inki: {each}"
    passwd = (image / "etc/passwd").read_text().splitlines()
    assert [line.split(":")[0] for line in passwd] == ["root", "sshd", "inki", "nobody"]

    kept = key.read_bytes()
    assert filling().returncode == 0 and key.read_bytes() == kept, "the host key is another one in each image"
    assert (image / "etc/passwd").read_text().splitlines() == passwd


def test_an_image_for_dropbear(fill):
    image, source, filling = fill
    (source / "settings").write_text("SSH_SERVER=dropbear\n", encoding="ascii")
    (source / "dropbear_ed25519_host_key").write_bytes(b"made by dropbearkey")
    (image / "etc").mkdir()
    (image / "etc/passwd").write_text("root:*:0:0::/roots-own:/bin/sh\n", encoding="ascii")
    done = filling()
    assert (done.returncode, done.stdout) == (0, "/usr/sbin/dropbear\n"), done
    assert os.readlink(image / "roots-own/.ssh/authorized_keys") == "/run/inki/keys/root/authorized_keys"
    assert mode(image / "roots-own") == 0o700


def spoil_the_configuration(source):
    with open(source / "inki.conf", "a", encoding="utf-8") as file:
        file.write("nonsense: 1\n")


@pytest.mark.parametrize("spoil, how, why", [
    (lambda source: (source / "inki.conf").unlink(), {}, "inki.conf is not there"),
    (lambda source: (source / "root.asc").unlink(), {}, "/etc/inki/rescue/root.asc"),
    (spoil_the_configuration, {}, "nonsense"),
    (lambda source: (source / "settings").write_text("SSH_SERVER=telnetd\n"), {}, "SSH_SERVER=telnetd"),
    (lambda source: None, {"umask": 0o022}, "readable by everybody"),
])
def test_nothing_is_left_of_a_door_that_would_not_open(spoil, how, why, fill):
    image, source, filling = fill
    spoil(source)
    done = filling(**how)
    assert done.returncode == 1 and why in done.stderr and not done.stdout, done
    assert not files(image) and not os.path.exists(image / "etc/inki")


SCRIPTS = [each for board in ("rescue", "initramfs-tools", "dracut") for each in sorted(glob.glob(os.path.join(BOARD, board, "*")))
           if open(each, encoding="utf-8").read(9) == "#!/bin/sh"]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: "/".join(path.split("/")[-2:]))
def test_busybox_reads_the_scripts(script):
    subprocess.run(["busybox", "sh", "-n", script], check=True)


@pytest.mark.parametrize("script", ["hook", "init-premount", "init-bottom"])
def test_initramfs_tools_asks_what_comes_before(script):
    path = os.path.join(BOARD, "initramfs-tools", script)
    done = subprocess.run(["busybox", "sh", path, "prereqs"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in ("", "udev") and not done.stderr
