"""Files of keys: folders that are not right, planted links, full disks."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

import pytest
from export import Files, children, needs_export, processes, rsa_line
from inki import TREE, wait_for

pytestmark = needs_export

# ---- what may go wrong ----

@pytest.mark.parametrize("case", ["others may write", "another user's", "a link of another user", "above", "a file", "no parent"])
def test_a_folder_that_is_not_roots_alone_is_refused(start, folder, gpg, alice, case):
    config = {"users": [{"name": "alice", "keyring": gpg.export(alice)}], "export": {"directory": folder}}
    above, wanted = os.path.dirname(folder), "others may write to it"
    if case == "others may write":
        os.mkdir(folder)
        os.chmod(folder, 0o775)
    elif case == "another user's":
        os.mkdir(folder)
        os.chown(folder, 4711, 4711)
        wanted = "it belongs to another user"
    elif case == "a link of another user":
        os.symlink("/run", folder)
        os.lchown(folder, 4711, 4711)
        wanted = "it is a symbolic link of another user"
    elif case == "above":
        os.chmod(above, 0o777)
    elif case == "a file":
        with open(folder, "w", encoding="utf-8"):
            pass
        wanted = "it is no folder"
    else:
        config["export"]["directory"] = folder + "/a/b"
        wanted = f"{folder}: No such file or directory"
    with pytest.raises(AssertionError) as error:
        start(config)
    assert "exit status 1" in str(error.value)
    assert re.search(f"^inki: export: .*{re.escape(wanted)}", str(error.value), re.M), error.value


def test_tmp_and_links_of_root_will_do_on_the_way(start, gpg, alice, sign, new_key):
    """As on OpenWrt, where /var is a link to /tmp, and /tmp is everybody's."""
    above = tempfile.mkdtemp(prefix="inki-test-", dir="/tmp")
    try:
        os.chmod(above, 0o755)
        os.symlink(above, above + "-link")
        exported = Files(start, {"users": [{"name": "alice", "keyring": gpg.export(alice)}]}, above + "-link/keys")
        line, _ = new_key()
        assert exported.server.post(sign(key=line)).status == 200
        exported.become(line)
        exported.server.end()
    finally:
        os.unlink(above + "-link")
        shutil.rmtree(above)


def test_links_that_were_planted_are_not_followed(files, sign, new_key, folder, tmp_path):
    exported = files()
    line, _ = new_key()
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "authorized_keys").write_text("ssh-ed25519 AAAA me\n", encoding="utf-8")
    os.symlink(victim, os.path.join(folder, "alice"))
    assert exported.server.post(sign(key=line)).status == 200
    exported.server.wait_for_log(f"{folder}/alice: no keys can be written there: Not a directory")
    os.unlink(os.path.join(folder, "alice"))
    os.mkdir(os.path.join(folder, "alice"))
    os.symlink(victim / "authorized_keys", exported.path())
    os.symlink(victim / "new", os.path.join(folder, "alice", ".authorized_keys.new"))
    exported.server.reload(exported.config)
    exported.server.wait_for_log("is none that inki has written, and stays as it is")
    os.unlink(exported.path())
    exported.server.reload(exported.config)
    exported.become(line)
    assert not os.path.islink(exported.path())
    assert (victim / "authorized_keys").read_text(encoding="utf-8") == "ssh-ed25519 AAAA me\n" and not (victim / "new").exists()


@pytest.mark.parametrize("owner, mode", [(1000, 0o755), (0, 0o775), (1000, 0o700)])
def test_a_users_folder_that_somebody_has_changed_is_emptied(files, sign, new_key, owner, mode):
    """Nothing is written there any more, but what is in there goes: at once if the keeper may, or else when inki ends."""
    there, (line, _) = files(), new_key()
    there.server.post(sign(key=line))
    there.become(line)
    inner = os.path.dirname(there.path())
    os.chown(inner, owner, owner)
    os.chmod(inner, mode)
    time.sleep(1.1)
    assert there.server.delete(sign(key=line, action="remove")).status == 200
    there.server.wait_for_log("no keys can be written there" if owner == 0 else "cannot be removed, and still lets in")
    assert owner != 0 or wait_for(lambda: not os.path.exists(there.path()))
    there.server.end()
    assert not os.path.exists(there.path())


def test_a_folder_of_somebody_else_stays_as_it_is_under_the_systemd_unit(start, folder, gpg, alice, sign, new_key):
    """Whose capabilities do without DAC_OVERRIDE; the next start that finds it root's again removes the file."""
    with open(os.path.join(TREE, "board", "systemd", "inki.service"), encoding="utf-8") as unit:
        names = re.search("^CapabilityBoundingSet=(.*)", unit.read(), re.M).group(1).lower().split()
    few = ["setpriv", "--bounding-set", ",".join(["-all", *(name.replace("cap_", "+") for name in names)])]
    config = {"users": [{"name": "alice", "keyring": gpg.export(alice)}], "export": {"directory": folder}}
    server, (line, _) = start(config, prefix=few), new_key()
    path = os.path.join(folder, "alice", "authorized_keys")
    assert server.post(sign(key=line)).status == 200
    assert wait_for(lambda: os.path.exists(path)), server.log()
    os.chown(os.path.dirname(path), 1000, 1000)
    server.end()
    assert os.path.exists(path) and "cannot be removed, and still lets in" in server.log()
    os.chown(os.path.dirname(path), 0, 0)
    start(config, prefix=few)
    assert wait_for(lambda: not os.path.exists(path))


def test_a_reload_that_finds_the_folder_bad_removes_the_files(files, sign, new_key, folder):
    there, (line, _) = files(), new_key()
    there.server.post(sign(key=line))
    there.become(line)
    os.chmod(folder, 0o775)
    there.server.reload()
    assert wait_for(lambda: not os.path.exists(there.path())), there.server.log()
    there.server.wait_for_log("others may write to it")
    there.server.end()


def test_files_of_users_with_a_hidden_name_go_as_well(start, folder, gpg, alice, sign, new_key):
    there, (line, _) = Files(start, {"users": [{"name": ".bob", "keyring": gpg.export(alice)}]}, folder), new_key()
    assert there.server.post(sign(username=".bob", key=line)).status == 200
    there.become(line, user=".bob")
    there.server.end()
    assert not os.path.exists(there.path(".bob"))


def test_a_folder_that_was_removed_is_made_again(files, sign, new_key, folder, gpg, alice):
    exported = files()
    (first, _), (second, _) = new_key(), new_key()
    assert exported.server.post(sign(key=first)).status == 200
    exported.become(first)
    shutil.rmtree(folder)
    assert exported.server.post(sign(key=second)).status == 200
    exported.become(first, second)


@pytest.fixture
def small_disk(folder):
    os.mkdir(folder)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,nr_inodes=50,mode=755", "inki-test", folder], check=True)
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_lets_nobody_stay(files, sign, new_key, small_disk):
    """A file that cannot be written goes, rather than that it holds a key that has gone; and it comes when there is room again."""
    exported = files()
    (first, _), (second, _) = new_key(), new_key()
    assert exported.server.post(sign(key=first)).status == 200
    exported.become(first)
    filling = os.path.join(small_disk, "filling")
    with open(filling, "wb", buffering=0) as file:
        with pytest.raises(OSError):
            while True:
                file.write(bytes(512))
    assert exported.server.post(sign(key=second)).status == 200
    exported.server.wait_for_log("/alice/authorized_keys cannot be written, so there is none: No space left on device")
    assert wait_for(lambda: not os.path.exists(exported.path()))
    os.unlink(filling)
    exported.become(first, second)
    exported.server.end()


def test_a_disk_that_cannot_be_written(files, sign, new_key, small_disk):
    exported = files()
    (first, _), (second, _) = new_key(), new_key()
    assert exported.server.post(sign(key=first)).status == 200
    exported.become(first)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    assert exported.server.post(sign(key=second)).status == 200
    exported.server.wait_for_log("cannot be removed, and still lets in whose keys are in there: Read-only file system")
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    exported.become(first, second)
    exported.server.end()


def leave_a_file(folder, name):
    os.makedirs(os.path.join(folder, name))
    with open(os.path.join(folder, name, "authorized_keys"), "w", encoding="ascii") as file:
        file.write(f"{rsa_line(2048)} inki-AB-Old\n")
    return file.name


def test_what_cannot_be_removed_at_the_start_goes_later(files, small_disk):
    """As on a root folder that is read-only until the boot goes on: of a user who has no key now, and of one who is not known."""
    stale = [leave_a_file(small_disk, name) for name in ("alice", "bob")]
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    exported = files()
    exported.server.wait_for_log("/bob/authorized_keys cannot be removed")
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    assert wait_for(lambda: not any(map(os.path.exists, stale))), exported.server.log()
    assert exported.server.log().count("cannot be removed") == 2
    exported.server.end()


def test_what_was_left_goes_though_there_is_always_something_to_write(files, sign, new_key, small_disk):
    stale = leave_a_file(small_disk, "bob")
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    exported = files()
    exported.server.wait_for_log("/bob/authorized_keys cannot be removed")
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    for _ in range(12):
        assert exported.server.post(sign(key=new_key()[0])).status == 200
        if wait_for(lambda: not os.path.exists(stale), 0.4):
            break
    assert not os.path.exists(stale), exported.server.log()
    exported.server.end()


def test_what_cannot_be_removed_at_the_end_goes_later(files, sign, new_key, small_disk):
    exported, (line, _) = files(), new_key()
    assert exported.server.post(sign(key=line)).status == 200
    exported.become(line)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    exported.server.end()
    assert exported.lines()
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    assert wait_for(lambda: not exported.lines())


@pytest.mark.parametrize("what", ["reload without", "reload elsewhere"])
def test_what_cannot_be_removed_when_the_files_move_goes_later(files, sign, new_key, small_disk, what):
    exported, (line, _) = files(), new_key()
    assert exported.server.post(sign(key=line)).status == 200
    exported.become(line)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    config = {key: value for key, value in exported.config.items() if key != "export"}
    other = os.path.join(os.path.dirname(small_disk), "other")
    exported.server.reload({**config, "export": {"directory": other}} if what == "reload elsewhere" else config)
    assert exported.lines()
    if what == "reload elsewhere":
        assert wait_for(lambda: os.path.exists(f"{other}/alice/authorized_keys")), exported.server.log()
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    assert wait_for(lambda: not exported.lines()), exported.server.log()
    exported.server.end()
    assert not os.path.exists(f"{other}/alice/authorized_keys")


def test_files_that_move_back_are_written_when_the_old_ones_have_gone(files, sign, new_key, small_disk):
    """Else who still removes those would remove the new ones, which nobody would write again."""
    exported, (line, _) = files(), new_key()
    assert exported.server.post(sign(key=line)).status == 200
    exported.become(line)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    other = os.path.join(os.path.dirname(small_disk), "other")
    exported.server.reload({**exported.config, "export": {"directory": other}})
    assert wait_for(lambda: os.path.exists(f"{other}/alice/authorized_keys")), exported.server.log()
    exported.server.reload(exported.config)
    assert wait_for(lambda: not os.path.exists(f"{other}/alice")), exported.server.log()
    time.sleep(1)
    assert len(children(exported.server)) == 2, "the server, and who removes the old ones"
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    assert wait_for(lambda: not exported.lines()), exported.server.log()
    exported.become(line)
    exported.server.end()
    assert not os.path.exists(exported.path())


def test_files_that_stay_under_another_name_of_their_folder_are_written_when_the_old_ones_have_gone(files, sign, new_key, small_disk):
    """Who still removes those takes the new ones for old ones."""
    exported, (line, _) = files(), new_key()
    assert exported.server.post(sign(key=line)).status == 200
    exported.become(line)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    exported.server.reload({**exported.config, "export": {"directory": small_disk.replace("/", "//")}})
    assert wait_for(lambda: len(children(exported.server)) == 3), "the server, the keeper, and who removes the old ones"
    time.sleep(1)
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    assert wait_for(lambda: len(children(exported.server)) == 2), exported.server.log()
    time.sleep(2.5)
    exported.become(line)


@pytest.fixture
def frozen_disk(folder, tmp_path):
    """A disk whose writes wait for ever, in a sleep that nobody can be killed in, while its file system is frozen; and the switch."""
    os.mkdir(folder)
    image = tmp_path / "image"
    with open(image, "wb") as file:
        file.truncate(4 << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True)
    mounted = subprocess.run(["mount", "-o", "loop", image, folder], capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"NOT TESTED: a disk that does not answer; this machine mounts no image: {mounted.stderr}")

    def freeze(is_frozen=True):
        subprocess.run(["fsfreeze", "-f" if is_frozen else "-u", folder], check=True)
    yield freeze
    subprocess.run(["fsfreeze", "-u", folder], stderr=subprocess.DEVNULL, check=False)
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_disk_that_does_not_answer_holds_up_nothing(files, start, sign, new_key, frozen_disk):
    """The keeper cannot even be killed; it alone waits. When the disk answers again, the files are what they should be."""
    exported = files()
    (first, _), (second, _), (third, _) = new_key(), new_key(), new_key()
    assert exported.server.post(sign(key=first)).status == 200
    exported.become(first)
    frozen_disk()
    assert exported.server.post(sign(key=second)).status == 200
    assert wait_for(lambda: "does not answer; killing it" in exported.server.log()), exported.server.log()
    exported.server.is_serving()
    started = time.monotonic()
    exported.server.reload(exported.config)
    assert exported.server.post(sign(key=third)).status == 200
    assert time.monotonic() - started < 6
    assert wait_for(lambda: len(children(exported.server)) == 2), "no other one is started that would wait, too"
    frozen_disk(False)
    exported.become(first, second, third)
    frozen_disk()
    started = time.monotonic()
    exported.server.end()
    assert time.monotonic() - started < 6 and "does not end even when it is killed" in exported.server.log()
    frozen_disk(False)
    assert wait_for(lambda: not exported.lines()), "what has stayed goes when it can"


def test_a_disk_that_does_not_answer_keeps_no_door_shut(start, gpg, alice, sign, new_key, folder, frozen_disk):
    """Nor does one that answers at last keep the files of an inki that has ended, or writes to another one meanwhile."""
    frozen_disk()
    exported = Files(start, {"users": [{"name": "alice", "keyring": gpg.export(alice)}]}, os.path.join(folder, "not-yet-made"))
    exported.server.wait_for_log("it cannot be looked at")
    line, _ = new_key()
    assert exported.server.post(sign(key=line)).status == 200
    assert exported.server.authorized_keys("alice").stdout == line + "\n"
    frozen_disk(False)
    exported.become(line)
    frozen_disk()
    config = {key: value for key, value in exported.config.items() if key != "export"}
    exported.server.reload(config)
    frozen_disk(False)
    assert wait_for(lambda: not exported.lines()), exported.server.log()
    exported.server.end()


@pytest.mark.skipif(not shutil.which("strace") or subprocess.run(["strace", "-o", "/dev/null", "true"], check=False).returncode != 0,
                    reason="strace cannot trace here")
def test_a_server_that_cannot_be_told_that_the_files_are_gone_is_told_later(files, sign, new_key):
    """Else nobody would write them again."""
    exported, (line, _) = files(), new_key()
    assert exported.server.post(sign(key=line)).status == 200
    exported.become(line)
    keeper = processes(exported.server)[1]
    # the helper's line for the log, and three tries to tell
    inject = ["strace", "-o", "/dev/null", "-p", str(exported.server.process.pid), "-e", "inject=sendto:error=ENOBUFS:when=1..4"]
    with subprocess.Popen(inject, stderr=subprocess.PIPE) as tracer:
        assert b"attached" in tracer.stderr.readline()
        os.kill(keeper, signal.SIGKILL)
        has_gone = wait_for(lambda: not exported.lines())
        has_come = wait_for(exported.lines)
        tracer.terminate()
    assert has_gone and has_come, exported.server.log()
    exported.server.end()
