"""The walls around the server at work, tried from inside: a build with a deliberate probe (tests/probe) makes each attempt."""

import contextlib
import errno
import os
import re
import signal
import subprocess
import tempfile
import time

import pytest

import inki
from export import folder, needs_export, wait_for  # noqa: F401

CONFIG = {"users": []}

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can put up all walls")

# What each attempt comes to once the system call filter is left out: the errors of the walls behind it.
BEHIND_THE_FILTER = {
    "read-file": {errno.ENOENT, errno.EACCES},
    "read-file-outside": {errno.EACCES},
    "write-file": {errno.EACCES},
    "change-root-back": {errno.EPERM, errno.EACCES},
    "run-program": {errno.ENOENT, errno.EACCES},
    "start-process": {errno.EAGAIN},
    "take-memory": {errno.ENOMEM},
    "grow-heap": {errno.ENOMEM},
    "bind-port": {errno.EACCES},
    "trace-parent": {errno.EPERM},
    "end-parent": {errno.EPERM},
    "become-root": {errno.EPERM},
    "take-capabilities": {errno.EPERM},
    "mount-memory": {errno.EPERM},
    "dump-core": {errno.EPERM},
}

# The same for the keeper of the files of keys, which stays root, without what only the filter stops.
KEEPER_BEHIND_THE_FILTER = {
    **{name: errors for name, errors in BEHIND_THE_FILTER.items() if name not in ("start-process", "end-parent", "become-root")},
    "make-device": {errno.EPERM, errno.EACCES},
    "make-link": {errno.EACCES},
    "change-owner": {errno.EPERM},
}

# And without Landlock too.
BEHIND_LANDLOCK = {
    "read-file": {errno.ENOENT, errno.EACCES},
    "change-root-back": {errno.EPERM},
    "run-program": {errno.ENOENT, errno.EACCES},
    "end-parent": {errno.EPERM},
}


@pytest.fixture
def probe(tmp_path):
    """Starts a server that was taken over, without some of its walls."""
    servers = []

    def start(without="", PROBE_KEEPER="", **config):
        servers.append(inki.Server(inki.PROBE, {**CONFIG, **config}, env={"PROBE_WITHOUT": without, "PROBE_KEEPER": PROBE_KEEPER}))
        return servers[-1]

    yield start
    for server in servers:
        server.kill()


def walls(server):
    server.wait_for_log("confinement, as user")
    line = next(line for line in server.log().splitlines() if "confinement, as user" in line)
    return line.partition("; not in force: ")[::2]


def test_all_walls_stand(probe):
    standing, missing = walls(probe())
    assert not missing, missing
    for wall in ("empty root folder", "unprivileged user", "no capabilities", "no new privileges", "resource limits", "Landlock",
                 "system call filter"):
        assert wall in standing


@pytest.mark.parametrize("attempt", [*BEHIND_THE_FILTER, "make-socket", "run-data"])
def test_the_filter_kills(probe, attempt):
    server = probe()
    with inki.Wire(server) as wire:
        wire.send(f"GET /probe/{attempt} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert wire.is_closed(), f"{attempt} was answered: {wire.kept!r}"
    assert server.process.wait(inki.PATIENCE) != 0


@pytest.mark.parametrize("attempt", BEHIND_THE_FILTER)
def test_what_stands_behind_the_filter(probe, attempt):
    server = probe("filter")
    assert walls(server)[1].startswith("system call filter (")
    answer = server.curl(f"/probe/{attempt}")
    assert answer.text in {str(number) for number in BEHIND_THE_FILTER[attempt]}, answer
    server.is_serving()


@pytest.mark.parametrize("attempt", BEHIND_LANDLOCK)
def test_what_stands_behind_landlock(probe, attempt):
    answer = probe("filter landlock").curl(f"/probe/{attempt}")
    assert answer.text in {str(number) for number in BEHIND_LANDLOCK[attempt]}, answer


def test_the_probe_can_do_harm(probe):
    """Without the walls the attempts would come through: what is tried above is the wall, not the attempt."""
    server = probe("filter landlock")
    assert server.curl("/probe/read-file-outside").text == "done"
    assert server.curl("/probe/make-socket").text == "done"
    assert server.curl("/probe/bind-port").text == "done"


def test_lines_without_end_keep_nobody_from_the_helper(probe):
    """A server that does nothing but write to the log (here is no syslog, so all of it is lost): its helper goes on listening to signals,
    and what it has to say still has room on the line to the server."""
    server = probe()
    with inki.Wire(server) as wire:
        wire.send(b"GET /probe/flood-log HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.5)
        for count in (1, 2):
            server.write_config({"users": "nonsense"})
            server.process.send_signal(signal.SIGHUP)
            inki.wait_for(lambda: server.log().count("the old configuration stays") >= count)
            assert server.log().count("the old configuration stays") == count, server.log()
        assert "does not listen to its helper" not in server.log()
        serving = server.serving
        server.process.kill()
        os.kill(serving, signal.SIGKILL)


# ---- the keeper of the files of keys ----

def with_export(test):
    for mark in needs_export:
        test = mark(test)
    return test


@pytest.fixture
def taken_over(probe, folder, gpg, alice, sign, new_key):  # noqa: F811
    """Starts a server whose keeper was taken over, and gives it a key to keep."""
    def start(attempt, without="", **config):
        users = {"users": [{"name": "alice", "keyring": gpg.export(alice)}]}
        server = probe(without, PROBE_KEEPER=attempt, **users, export={"directory": folder}, **config)
        assert server.post(sign(key=new_key()[0])).status == 200
        return server
    return start


@with_export
@pytest.mark.parametrize("attempt", ["make-program-of-root", "let-run-as-owner", "make-device", "make-link", "change-owner", "run-program", "start-process",
                                     "take-memory", "grow-heap", "run-data", "make-socket", "trace-parent", "end-parent", "become-root",
                                     "change-root-back", "take-capabilities", "mount-memory", "dump-core"])
def test_the_filter_kills_the_keeper(taken_over, attempt):
    server = taken_over(attempt)
    server.wait_for_log(f"the process that keeps the files of keys was ended by signal {int(signal.SIGSYS)}")
    assert "probe:" not in server.log()
    server.is_serving()


@with_export
def test_what_stands_behind_the_keepers_filter(taken_over, folder):  # noqa: F811
    server = taken_over("all", "filter")
    server.wait_for_log("probe: change-owner")
    found = dict(re.findall(r"^probe: (\S+) (\S+)$", server.log(), re.M))
    for attempt, errors in KEEPER_BEHIND_THE_FILTER.items():
        assert found[attempt] in {str(number) for number in errors}, (attempt, found)
    assert found["make-program-of-root"] == found["start-process"] == found["make-socket"] == "done", "what is tried above is the filter"
    assert wait_for(lambda: os.path.exists(f"{folder}/alice/authorized_keys")), "and the keeper goes on"


@with_export
def test_what_stands_behind_the_keepers_landlock(taken_over):
    server = taken_over("all", "filter landlock")
    server.wait_for_log("probe: change-owner")
    for attempt in ("read-file", "run-program"):
        assert f"probe: {attempt} {errno.ENOENT}\n" in server.log()
    assert "probe: read-file-outside done" in server.log()


@with_export
@pytest.mark.parametrize("without, required", [("", True), ("keeper", False), ("keeper", True)])
def test_the_keepers_walls_are_told_and_required(folder, without, required):  # noqa: F811
    config = {**CONFIG, "export": {"directory": folder}, "require_confinement": required, "listen": [{"address": "127.0.0.1:0"}]}
    words = "confinement of the process that keeps the files of keys: root folder is that of the files, no capabilities,"
    server = inki.Server(inki.PROBE, config, env={"PROBE_WITHOUT": without})
    server.wait_for_log(words)
    line = next(line for line in server.log().splitlines() if words in line)
    assert ("not in force: Landlock (left out by the probe)" in line) == bool(without)
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
        file.write(inki.yaml(config))
        file.flush()
        done = subprocess.run([*inki.PROBE, "server", "-c", file.name, "--check-config"], capture_output=True, text=True, timeout=20, check=False,
                              env={**os.environ, "PROBE_WITHOUT": without}, cwd="/")
    assert line.replace("error: ", "inki: ") in (done.stdout + done.stderr).splitlines(), (line, done)
    if without and required:
        assert server.process.wait(5) == 1 and done.returncode == 1
        assert "which require_confinement asks for" in line
    else:
        assert done.returncode == 0, done
        server.is_serving()
        server.stop()


# ---- what is told of it ----

def check(words, folder, prefix=(), env=None, **config):
    """What --check-config says, and the line that the log gets at a start."""
    path = folder / "inki.conf"
    path.write_text(inki.yaml({"listen": [{"address": "127.0.0.1:0"}], **CONFIG, **config}), encoding="utf-8")
    folder.chmod(0o755)
    path.chmod(0o644)
    done = subprocess.run([*prefix, *words, "server", "-c", path, "--check-config"], capture_output=True, text=True, timeout=20, check=False,
                          env={**os.environ, **inki.NO_LEAK_SEARCH, **(env or {})}, cwd="/")
    with subprocess.Popen([*prefix, *words, "server", "-c", path], stderr=subprocess.PIPE, text=True, cwd="/",
                          env={**os.environ, **inki.NO_LEAK_SEARCH, **(env or {})}) as server:
        line = next(line for line in server.stderr if "confinement" in line or "run_as" in line)
        with contextlib.suppress(subprocess.TimeoutExpired):
            assert server.wait(inki.PATIENCE if done.returncode else 0.3) == done.returncode == 1, done
            return done, line
        server.terminate()
        assert done.returncode == 0, done
    return done, line


@pytest.mark.parametrize("without, required, works", [("", True, True), ("landlock", False, True), ("landlock", True, False), ("filter", True, False)])
def test_check_config_tells_what_a_start_would(tmp_path, without, required, works):
    done, line = check(inki.PROBE, tmp_path, env={"PROBE_WITHOUT": without}, require_confinement=required)
    assert done.returncode == (0 if works else 1), done
    assert (done.stdout.splitlines()[-1] if works else done.stderr.replace("inki: ", "error: ").strip()) == line.strip()
    assert ("not in force" in line) == bool(without) and ("Landlock (ABI " in line) == (without != "landlock")
    assert os.stat("/etc/passwd"), "and this process is as it was"


def test_check_config_by_others(tmp_path):
    as_user = ("setpriv", "--reuid", "4711", "--regid", "4711", "--clear-groups")
    path = str(tmp_path)
    while path != "/":  # pytest's folders are for their owner only
        os.chmod(path, os.stat(path).st_mode | 0o011)
        path = os.path.dirname(path)
    done, line = check(inki.RELEASE, tmp_path, as_user)
    assert done.stdout.splitlines()[-1] == line.strip() and "empty root folder (only root can change it)" in line
    done, line = check(inki.RELEASE, tmp_path, as_user, require_confinement=True)
    assert done.stderr == line.replace("error: ", "inki: ") and "which require_confinement asks for" in line
    for prefix, name, words in ((as_user, "daemon", "only root can become another user"), ((), "jemand", "the system has no user jemand")):
        done, line = check(inki.RELEASE, tmp_path, prefix, run_as=name)
        assert words in done.stderr and done.stderr == line, (done, line)


def test_no_wall_may_be_missing_where_all_are_required(tmp_path):
    server = inki.Server(inki.PROBE, {**CONFIG, "require_confinement": True}, env={"PROBE_WITHOUT": "landlock"})
    server.wait_for_end(1)
    assert "confinement is not complete, which require_confinement asks for" in server.log()
    server.stop()
    server = inki.Server(inki.RELEASE, {**CONFIG, "require_confinement": True})
    server.is_serving()
    server.stop()


@pytest.mark.parametrize("user, uid", [("daemon", 1), ("4711", 4711), ("root", 0)])
def test_run_as(user, uid):
    server = inki.Server(inki.RELEASE, {**CONFIG, "run_as": user})
    server.wait_for_log(f"confinement, as user {uid}:")
    assert ("unprivileged user (the configuration says run_as: root)" in server.log()) == (uid == 0)
    server.is_serving()
    server.stop()


def test_run_as_nobody_knows():
    with pytest.raises(AssertionError, match="run_as: the system has no user jemand"):
        inki.Server(inki.RELEASE, {**CONFIG, "run_as": "jemand"})


def test_without_root(tmp_path):
    """A server of an ordinary user has the walls that need no root, and cannot become somebody else."""
    as_user = ("setpriv", "--reuid", "4711", "--regid", "4711", "--clear-groups")
    server = inki.Server(inki.RELEASE, "listen: [{address: '127.0.0.1:0'}]\nusers: []\n", prefix=as_user)
    standing, missing = walls(server)
    assert "as user 4711" in standing and missing == "empty root folder (only root can change it)"
    server.stop()
    with pytest.raises(AssertionError, match="only root can become another user"):
        inki.Server(inki.RELEASE, "listen: [{address: '127.0.0.1:0'}]\nrun_as: daemon\nusers: []\n", prefix=as_user)
