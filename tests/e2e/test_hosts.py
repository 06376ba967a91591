"""What board/ has for kinds of hosts: the scripts do what they say, with the host's shell and with busybox's, and systemd is content.

The paths that stand in the scripts are put into a folder of the test. make deb-test and make hosts-test try them in whole systems.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess

import pytest
from inki import RELEASE, TREE, wait_for, yaml

SHELLS = [["sh"]] + ([["busybox", "sh"]] if shutil.which("busybox") else [])
needs_this_machine = pytest.mark.skipif(len(RELEASE) > 1, reason="the scripts start a program of this machine")


def board(*names):
    return os.path.join(TREE, "board", *names)


@pytest.fixture
def place(tmp_path, gpg, alice):
    """A folder with /usr/bin, /run and /etc of its own, and a configuration; makes scripts look there."""
    for name in ("usr/bin", "run", "etc/inki", "etc/default"):
        os.makedirs(tmp_path / name)
    os.symlink(os.path.abspath(RELEASE[-1]), tmp_path / "usr/bin/inki")
    config = tmp_path / "etc/inki/inki.conf"
    config.write_text(yaml({"listen": [{"socket": f"{tmp_path}/run/inki/inki.sock"}], "users": [{"name": "alice", "keyring": gpg.export(alice)}]}))
    (tmp_path / "etc/default/inki").write_text(f"INKI_OPTIONS='-c {config}'\n")

    def placing(*names):
        with open(board(*names), encoding="utf-8") as file:
            script = re.sub(r"/(usr/bin|run|etc/default)/", rf"{tmp_path}/\1/", file.read())
        path = tmp_path / f"script-{names[-1]}"
        path.write_text(script)
        path.chmod(0o755)
        return path
    return tmp_path, placing


def processes(folder):
    """The servers that were started with this folder's configuration."""
    found = []
    for number in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{number}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
            if f"{folder}/etc/inki/inki.conf".encode() in words and b"server" in words:
                found.append(int(number))
        except OSError:
            pass
    return sorted(found)


def is_served(folder):
    done = subprocess.run(["curl", "-qsS", "--unix-socket", f"{folder}/run/inki/inki.sock", "http://localhost/healthz"], capture_output=True, check=False)
    return done.stdout == b"ok\n"


@needs_this_machine
@pytest.mark.skipif(not shutil.which("start-stop-daemon"), reason="there is no start-stop-daemon")
@pytest.mark.parametrize("shell", SHELLS, ids=lambda words: words[0])
def test_sysv_script(place, shell):
    folder, placing = place
    script = placing("busybox", "S50inki")
    if shell[0] == "busybox":
        os.symlink(shutil.which("busybox"), folder / "usr/bin/start-stop-daemon")

    def run(*words):
        done = subprocess.run([*shell, script, *words], capture_output=True, text=True, timeout=30, check=False, stdin=subprocess.DEVNULL,
                              env={**os.environ, "PATH": f"{folder}/usr/bin:{os.environ['PATH']}"})
        return done.returncode, done.stdout + done.stderr

    try:
        assert run("status") == (3, "inki does not run\n") and run("stop") == (0, "inki does not run\n")
        assert run("reload") == (1, "inki does not run\n") and run("restart")[0] == 0
        assert wait_for(lambda: is_served(folder))
        first = processes(folder)
        assert run("start") == (0, "inki runs already\n") and processes(folder) == first
        assert run("status") == (0, f"inki runs, process {first[0]}\n")
        assert run("reload") == (0, "") and processes(folder) == first
        assert run("restart") == (0, "inki: stopped\ninki: started\n")
        assert wait_for(lambda: is_served(folder))
        second = processes(folder)
        assert not set(first) & set(second)

        # A wrong configuration is told, and what runs goes on.
        config = (folder / "etc/inki/inki.conf").read_text()
        (folder / "etc/inki/inki.conf").write_text("users: 3\n")
        status, told = run("restart")
        assert status == 1 and "inki.conf:1:8: " in told and processes(folder) == second, told
        (folder / "etc/inki/inki.conf").write_text(config)

        assert run("stop") == (0, "inki: stopped\n") and processes(folder) == []
        assert not os.path.exists(folder / "run/inki.pid")

        # A number in the file that is another program's by now is left alone.
        (folder / "run/inki.pid").write_text(f"{os.getpid()}\n")
        assert run("status")[0] == 3 and run("stop")[0] == 0

        # Nothing is started with a wrong one.
        (folder / "etc/inki/inki.conf").write_text("users: 3\n")
        status, told = run("start")
        assert status == 1 and "inki.conf:1:8: " in told, told
        assert run("sideways")[0] == 2
    finally:
        for process in processes(folder):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)


@needs_this_machine
@pytest.mark.parametrize("shell", SHELLS, ids=lambda words: words[0])
def test_runit_script(place, shell):
    folder, placing = place
    script = placing("busybox", "run")
    server = subprocess.Popen([*shell, script], env={**os.environ, "INKI_CONFIG": str(folder / "etc/inki/inki.conf")}, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE)
    try:
        assert wait_for(lambda: is_served(folder))
    finally:
        server.terminate()
    told, _ = server.communicate(timeout=30)
    assert server.returncode == 0 and b"listening on" in told, "the log does not go to standard output, or the shell did not step aside"


# openrc-run, as far as the script needs it: it reads the service, then calls what it is asked for.
OPENRC = """\
RC_SVCNAME=inki
checkpath() { echo "checkpath $*"; }
ebegin() { :; }
eend() { return "$1"; }
use() { echo "use $*"; }
before() { echo "before $*"; }
. "$1"
shift
"$@"
"""


@needs_this_machine
@pytest.mark.parametrize("shell", SHELLS, ids=lambda words: words[0])
def test_openrc_script(place, shell):
    folder, placing = place
    script = placing("openrc", "inki")
    daemon = folder / "usr/bin/supervise-daemon"
    daemon.write_text('#!/bin/sh\necho "supervise-daemon $*"\n')
    daemon.chmod(0o755)

    def run(*words):
        done = subprocess.run([*shell, "-c", OPENRC, "openrc-run", script, *words], capture_output=True, text=True, timeout=30, check=False,
                              env={**os.environ, "PATH": f"{folder}/usr/bin:{os.environ['PATH']}",
                                   "inki_options": f"-c {folder}/etc/inki/inki.conf"})
        return done.returncode, done.stdout, done.stderr

    assert run("start_pre") == (0, f"checkpath -d -m 755 -o root:root {folder}/run/inki\n", "")
    assert run("reload") == (0, "supervise-daemon inki --signal HUP\n", "")
    assert run("depend")[0] == 0 and run("stop_pre") == (0, "", "")
    (folder / "etc/inki/inki.conf").write_text("users: 3\n")
    for words in ("start_pre",), ("eval", "RC_CMD=restart && stop_pre"):
        status, told, error = run(*words)
        assert status == 1 and told == "" and "inki.conf:1:8: " in error
    assert run("stop_pre")[0] == 0


@needs_this_machine
@pytest.mark.parametrize("shell", SHELLS, ids=lambda words: words[0])
def test_inittab_line(place, shell):
    """As BusyBox's init runs it: at any time, not only after a boot; and the number in the file is the server's."""
    folder, placing = place
    line, = [line for line in placing("busybox", "inittab").read_text().splitlines() if not line.startswith("#")]
    assert line.startswith("::respawn:/bin/sh -c ")
    server = subprocess.Popen([*shell, "-c", "exec " + line.split(":", 3)[3]], stdin=subprocess.DEVNULL,
                              env={**os.environ, "INKI_CONFIG": str(folder / "etc/inki/inki.conf")})
    try:
        assert wait_for(lambda: is_served(folder))
        assert (folder / "run/inki.pid").read_text() == f"{server.pid}\n"
    finally:
        server.terminate()
    assert server.wait(30) == 0


# ---- systemd ----

EXPOSURE_MAX = 26  # tenths, as systemd 252 counts


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze")
def test_systemd_unit(tmp_path):
    unit = tmp_path / "inki.service"
    with open(board("systemd", "inki.service"), encoding="utf-8") as file:
        text = file.read()
    assert text.count("/usr/bin/inki") == 1
    unit.write_text(text.replace("/usr/bin/inki", "/bin/true"))  # the program has to be there
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stdout + done.stderr == "", done
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE_MAX}", "--no-pager", str(unit)], capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="sshd wants a folder in /run")
def test_sshd_dropin(tmp_path):
    """sshd understands it, and what stands behind it changes nothing: the first one counts."""
    key = tmp_path / "host_key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    os.makedirs("/run/sshd", exist_ok=True)
    with open(board("sshd", "00-inki.conf"), encoding="utf-8") as file:
        (tmp_path / "config").write_text(f"HostKey {key}\n{file.read()}AuthorizedKeysCommand /usr/bin/other\nAuthorizedKeysCommandUser daemon\n")
    done = subprocess.run(["/usr/sbin/sshd", "-T", "-f", str(tmp_path / "config")], check=True, capture_output=True, text=True)
    assert "\nauthorizedkeyscommand /usr/bin/inki authorized-keys -- %u %f\nauthorizedkeyscommanduser inki\n" in done.stdout
    assert "\nauthorizedkeysfile .ssh/authorized_keys" in done.stdout


# ---- The Debian package ----

# sshd -T, as far as the package asks it: the first command that it reads.
SSHD = r"""#!/bin/sh
[ "$1" = -T ] || exit 0
{ ! grep -q ^Include FOLDER/etc/ssh/sshd_config || cat FOLDER/etc/ssh/sshd_config.d/*.conf; cat FOLDER/etc/ssh/sshd_config; } 2>/dev/null |
    sed -n 's/^AuthorizedKeysCommand /authorizedkeyscommand /p; $s/.*/authorizedkeyscommand none/p' | head -n 1
"""
INKI = '#!/bin/sh\n[ "$2" != --check-config ] || grep -q good FOLDER/etc/inki/inki.conf\n'
INVOKED = '#!/bin/sh\necho "$*" >>FOLDER/invoked\n'


@pytest.fixture
def debian(tmp_path):
    """Runs the package's scripts in a folder, with an sshd and a systemd that only tell what they are asked."""
    for name in ("etc/ssh/sshd_config.d", "etc/inki", "run/sshd", "run/systemd/system", "usr/sbin", "usr/bin", "usr/share/inki", "proc"):
        os.makedirs(tmp_path / name)
    quiet = "#!/bin/sh\n"
    for name, text in {"usr/sbin/sshd": SSHD, "usr/bin/inki": INKI, "usr/bin/deb-systemd-invoke": INVOKED, "usr/bin/getent": quiet,
                       "usr/bin/systemctl": quiet, "usr/bin/deb-systemd-helper": quiet, "usr/bin/deluser": quiet}.items():
        (tmp_path / name).write_text(text.replace("FOLDER", str(tmp_path)))
        (tmp_path / name).chmod(0o755)
    (tmp_path / "usr/share/inki/sshd.conf").write_text(f"AuthorizedKeysCommand {tmp_path}/usr/bin/inki authorized-keys\n")
    (tmp_path / "etc/ssh/sshd_config").write_text("Include etc/ssh/sshd_config.d\n\n")

    def run(name, *words):
        with open(board("debian", name), encoding="utf-8") as file:
            script = re.sub(r"/(usr|run|etc|proc)/", rf"{tmp_path}/\1/", file.read())
        (tmp_path / name).write_text(script)
        done = subprocess.run(["sh", tmp_path / name, *words], capture_output=True, text=True, timeout=60, check=False,
                              env={**os.environ, "PATH": f"{tmp_path}/usr/bin:{os.environ['PATH']}"})
        assert done.returncode == 0, done
        return done.stdout + done.stderr
    return tmp_path, run


def test_debian_first_installation(debian):
    """sshd asks inki, but where it asks another one already."""
    folder, run = debian
    dropin = folder / "etc/ssh/sshd_config.d/00-inki.conf"
    assert "warning" not in run("postinst", "configure", "") and dropin.is_symlink()
    dropin.unlink()
    main = folder / "etc/ssh/sshd_config"
    text = main.read_text()
    main.write_text(f"{text}AuthorizedKeysCommand none\nAuthorizedKeysCommand {folder}/usr/bin/inki authorized-keys -- %u\n")
    assert "warning" not in run("postinst", "configure", "") and dropin.is_symlink(), "neither of them is another one"
    dropin.unlink()
    main.write_text(text)

    for place, line in (("etc/ssh/sshd_config", "\tauthorizedkeyscommand=/bin/other %u"), ("etc/ssh/sshd_config.d/00-a.conf", "AuthorizedKeysCommand /bin/other")):
        with open(folder / place, "a", encoding="utf-8") as file:
            file.write(line + "\n")
        told = run("postinst", "configure", "")
        assert f"{place}:{line}" in told and f"ln -s {folder}/usr/share/inki/sshd.conf {dropin} " in told and not os.path.lexists(dropin), told
        main.write_text(text)
    (folder / "etc/ssh/sshd_config.d/00-a.conf").unlink()

    os.makedirs(folder / "proc/17")
    os.symlink(folder / "usr/sbin/sshd", folder / "proc/17/exe")
    command = f"sshd: {folder}/usr/sbin/sshd -D -o AuthorizedKeysCommand=/bin/other [listener] 0 of 10-100 startups"
    (folder / "proc/17/cmdline").write_text(command + "\0")
    assert f"on its command line: {command}" in run("postinst", "configure", "") and not os.path.lexists(dropin)
    (folder / "proc/17/cmdline").write_text("sshd: AuthorizedKeysCommand=/bin/other [priv]\0")
    assert "warning" not in run("postinst", "configure", "") and dropin.is_symlink(), "a session's name counts"


def test_debian_says_what_is_in_force(debian):
    """After a removal the drop-in comes back, and what is told of others is what sshd says."""
    folder, run = debian
    drops = folder / "etc/ssh/sshd_config.d"
    run("postinst", "configure", "")

    def again():
        run("prerm", "remove")
        assert not os.path.lexists(drops / "00-inki.conf")
        told = run("postinst", "configure", "0.1.0")
        assert (drops / "00-inki.conf").is_symlink()
        return told

    (drops / "50-other.conf").write_text("AuthorizedKeysCommand /bin/other\n")
    assert "which is inki's now:\n" in again()
    (drops / "50-other.conf").rename(drops / "00-a.conf")
    told = again()
    assert "does not ask inki" in told and "00-a.conf:AuthorizedKeysCommand /bin/other" in told and "Include" not in told, told
    (drops / "00-a.conf").unlink()
    (folder / "etc/ssh/sshd_config").write_text("\n")
    assert "put this line at the top" in again()


def test_debian_upgrade_and_a_removal_that_is_given_up(debian):
    folder, run = debian

    def invoked(*words):
        (folder / "invoked").write_text("")
        return run(*words), (folder / "invoked").read_text()

    (folder / "etc/inki/inki.conf").write_text("good\n")
    assert invoked("postinst", "configure", "")[1] == "start inki.service\n"
    assert invoked("postinst", "configure", "0.0.9")[1] == "restart inki.service\n"
    (folder / "etc/inki/inki.conf").write_text("bad\n")
    told, done = invoked("postinst", "configure", "0.0.9")
    assert "has a mistake" in told and done == ""

    dropin = folder / "etc/ssh/sshd_config.d/00-inki.conf"
    assert invoked("prerm", "remove")[1] == "stop inki.service\n" and not os.path.lexists(dropin)
    assert invoked("postinst", "abort-remove")[1] == "start inki.service\n" and dropin.is_symlink()
    dropin.unlink()
    invoked("prerm", "remove")
    invoked("postinst", "abort-remove")
    assert not os.path.lexists(dropin), "one that the administrator took away comes back"


def test_debian_purge_tells_of_rescue_images(debian):
    folder, run = debian
    os.makedirs(folder / "etc/initramfs-tools/hooks")
    assert "warning" not in run("postrm", "purge")
    (folder / "etc/initramfs-tools/hooks/inki").write_text("")
    assert "update-initramfs -u -k all" in run("postrm", "purge") and not os.path.exists(folder / "etc/inki")


# ---- SELinux ----

@pytest.mark.skipif(not shutil.which("checkmodule") or not shutil.which("semodule_package"), reason="there is no checkmodule and semodule_package")
def test_selinux_module(tmp_path):
    """It compiles, and is packed with its file contexts."""
    module, packed = str(tmp_path / "inki.mod"), str(tmp_path / "inki.pp")
    subprocess.run(["checkmodule", "-M", "-m", "-o", module, board("selinux", "inki.te")], check=True, capture_output=True)
    subprocess.run(["semodule_package", "-o", packed, "-m", module, "-f", board("selinux", "inki.fc")], check=True)
    assert os.path.getsize(packed) > os.path.getsize(module)
    with open(board("selinux", "inki.fc"), encoding="utf-8") as file:
        for line in file:
            assert re.fullmatch(r"/(var/)?run/inki\(/\.\*\)\?\t+system_u:object_r:inki_runtime_t:s0\n", line), line
