"""What board/rescue/fill puts into an image, and when it refuses to; the images themselves are booted by make rescue-test."""

import contextlib
import glob
import os
import shutil
import signal
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

    def filling(umask=0o077, shell=("busybox", "sh"), **more):
        return subprocess.run([*shell, os.path.join(BOARD, "rescue", "fill"), image, source], capture_output=True, text=True, check=False,
                              umask=umask, env={**os.environ, "INKI": inki.RELEASE[-1], **more})
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
    assert [line.split(":")[0] for line in passwd] == ["root", "sshd", "inki", "inki-ask", "nobody"]
    asks = subprocess.run(["/usr/sbin/sshd", "-T", "-f", image / "etc/inki/rescue/sshd_config", "-h", key],
                          capture_output=True, text=True, check=False)
    if asks.returncode == 0:
        assert "authorizedkeyscommanduser inki-ask\n" in asks.stdout

    kept = key.read_bytes()
    assert filling().returncode == 0 and key.read_bytes() == kept, "the host key is another one in each image"
    assert (image / "etc/passwd").read_text().splitlines() == passwd


def test_no_two_accounts_share_a_number(fill):
    image, _, filling = fill
    (image / "etc").mkdir()
    (image / "etc/passwd").write_text("dbus:*:111:111::/:/bin/false\n", encoding="ascii")
    (image / "etc/group").write_text("dbus:*:111:\nkvm:*:112:\n", encoding="ascii")
    assert filling().returncode == 0
    for name in ("passwd", "group"):
        numbers = {line.split(":")[0]: line.split(":")[2] for line in (image / "etc" / name).read_text().splitlines()}
        assert len(set(numbers.values())) == len(numbers) and numbers["inki"] == "113" and numbers["inki-ask"] == "114", numbers


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


def test_settings_without_a_last_newline(fill):
    image, source, filling = fill
    (source / "settings").write_text("KEEP_NETWORK=yes", encoding="ascii")
    assert filling().returncode == 0
    told = subprocess.run(["busybox", "sh", "-c", '. "$1"; echo "$KEEP_NETWORK $SSH_SERVER"', "sh", image / "etc/inki/rescue/settings"],
                          capture_output=True, text=True, check=True).stdout
    assert told in ("yes sshd\n", "yes dropbear\n"), told


OWN_SSHD_CONFIG = "HostKey /etc/inki/rescue/ssh_host_ed25519_key\nAuthorizedKeysFile none\n"


@pytest.mark.parametrize("more, why", [("", None), ("PermitRotLogin yes\n", "PermitRotLogin"),
                                       ("AuthorizedKeysCommand /usr/bin/inki authorized-keys\n", "AuthorizedKeysCommandUser")])
def test_an_sshd_config_of_ones_own(more, why, fill):
    image, source, filling = fill
    (source / "settings").write_text("SSH_SERVER=sshd\n", encoding="ascii")
    (source / "sshd_config").write_text(OWN_SSHD_CONFIG + more, encoding="ascii")
    done = filling()
    if "sshd cannot be tried here" in done.stderr:
        pytest.skip(done.stderr)
    if why:
        assert done.returncode == 1 and why in done.stderr and not files(image), done
    else:
        assert done.returncode == 0 and not done.stderr, done
    assert not (image / "inki-sshd").exists()


def test_an_sshd_config_that_cannot_be_tried(fill):
    image, source, filling = fill
    (source / "settings").write_text("SSH_SERVER=sshd\n", encoding="ascii")
    (source / "sshd_config").write_text("nonsense\n", encoding="ascii")
    done = filling(INKI_CHECK=inki.RELEASE[-1])
    assert done.returncode == 0 and "was not tried" in done.stderr, done
    assert (image / "etc/inki/rescue/sshd_config").read_text() == "nonsense\n"


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


class Door:
    """board/rescue/door with its places below a folder, and with stubs for what it starts and for what needs a kernel."""

    def __init__(self, folder):
        self.folder, self.group = folder, folder / "run/inki-rescue/door"
        for each in ("bin", "run", "etc"):
            (folder / each).mkdir()
        (folder / "etc/settings").write_text("SSH_SERVER=none\n", encoding="ascii")
        text = open(os.path.join(BOARD, "rescue", "door"), encoding="utf-8").read()
        for place, here in (("/etc/inki/rescue", "etc"), ("/run/", "run/"), ("/usr/bin/inki", "bin/inki"), (">/dev/kmsg", "kmsg")):
            assert place in text
            text = text.replace(place, f"{'>>' if place[0] == '>' else ''}{folder}/{here}")
        (folder / "door").write_text(text, encoding="utf-8")
        self.stub("inki", f"echo inki >>{folder}/started; exec sleep 60")
        for each in ("mount", "umount", "ip"):
            self.stub(each, "")

    def stub(self, name, text):
        (self.folder / "bin" / name).write_text(f"#!/bin/sh\n{text}\n", encoding="ascii")
        (self.folder / "bin" / name).chmod(0o755)

    def run(self, *words):
        """(exit code, what the kernel's log then has, whether inki was started); what was started is ended."""
        with subprocess.Popen(["sh", self.folder / "door", *words], start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              env={**os.environ, "PATH": f"{self.folder}/bin:{os.environ['PATH']}"}) as process:
            code = process.wait(30)
            started = inki.wait_for((self.folder / "started").exists, 30 if words[0] == "start" and code == 0 else 1)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        log = self.folder / "kmsg"
        return code, log.read_text() if log.exists() else "", started


@pytest.fixture
def door(tmp_path):
    return Door(tmp_path)


def no_cgroup2(door):
    door.stub("mount", "echo no such file system type >&2; exit 1")


def nobody_gets_in(door):
    door.stub("mount", f"mkdir -p {door.group}/cgroup.procs")  # a folder: whoever writes to it fails
    door.stub("umount", f"rmdir {door.group}/cgroup.procs {door.group}")


@pytest.mark.parametrize("spoil, why", [(no_cgroup2, "no such file system type"), (nobody_gets_in, "cgroup.procs")])
def test_a_door_that_could_not_be_closed_is_not_opened(spoil, why, door):
    spoil(door)
    code, log, started = door.run("start")
    assert (code, started) == (1, False) and log.startswith("<3>inki-rescue: no door:") and why in log, log
    assert not (door.folder / "run/inki").exists() and not door.group.parent.exists()
    assert door.run("stop")[:2] == (0, log), "there is nothing to close"


def test_a_door_that_stays(door):
    no_cgroup2(door)
    code, log, started = door.run("start", "stays")
    assert (code, started) == (0, True) and "nothing could close this door" in log, log
    code, log, _ = door.run("stop")
    assert code == 1 and "<3>inki-rescue: not closed" in log and "closed;" not in log, log


def test_a_door_that_is_closed(door):
    code, log, started = door.run("start")
    assert (code, started) == (0, True) and "<3>" not in log, log
    procs = door.group / "cgroup.procs"
    with subprocess.Popen(["sleep", "60"]) as sleeper:
        procs.write_text(f"{sleeper.pid}\n", encoding="ascii")
        door.stub("sleep", f"rm -f {procs}")  # it has ended, so its group has nobody
        code, log, _ = door.run("stop")
        assert sleeper.wait(30) == -signal.SIGTERM
    assert code == 0 and "closed; the boot goes on" in log, log
    assert not door.group.exists() and not (door.folder / "run/inki").exists()


def test_a_door_that_does_not_close_says_so(door):
    assert door.run("start")[0] == 0
    door.stub("sleep", "exec /bin/true")
    (door.group / "cgroup.procs").write_text("999999999\n", encoding="ascii")
    code, log, _ = door.run("stop")
    assert code == 1 and "<3>inki-rescue: not closed: these do not end: 999999999" in log and "closed;" not in log, log


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
