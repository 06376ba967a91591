"""`inki key add`, `key remove` and `key list` as people use them, against a real server, signed by real gpg."""

import json
import os
import re
import subprocess
import threading
import time

import pytest
from client import Client, entry, failure, fingerprint_of, needs_client, output

pytestmark = [pytest.mark.both, needs_client]


# ---- what works ----

def test_add_list_remove(client, server, pub):
    line, path = pub
    before = time.time()
    fingerprint, end = entry(output(client.key("add", "-f", path, "-x", "12h")), "Added keys:")
    assert fingerprint == fingerprint_of(line)
    assert before - 2 <= end - 12 * 3600 <= time.time() + 2
    assert entry(output(client.key("list")), "Authorized keys:") == (fingerprint, end)
    assert output(client.key("list", "-a")) == line + "\n" == server.authorized_keys("alice").stdout
    keys = json.loads(output(client.key("list", "--json")))
    assert keys == server.keys() and len(keys) == 1
    assert entry(output(client.key("remove", "-f", path)), "Removed keys:") == (fingerprint, end)
    assert server.keys() == []
    done = client.key("list")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"Authorized keys:\n", b"inki: this user has no keys there now\n")
    assert json.loads(output(client.key("list", "--json"))) == []
    assert output(client.key("list", "-a")) == ""


def test_lines_of_the_original(client, server, pub):
    line, path = pub
    output(client.run("key", "add", client.url, "--file", path, "--expire", "12h"))
    assert output(client.run("keys", "list", client.url, "--authorized-keys")) == line + "\n"
    done = client.run("authorized-keys", "alice", env={"INKI_SERVER": "unix:" + server.socket_path})
    assert output(done) == line + "\n"
    assert "Fingerprint" in output(client.run("keys", "list", client.url))


@pytest.mark.parametrize("place", [0, 1, 2, 4])
def test_options_around_the_url(client, pub, place):
    arguments = ["--file=" + pub[1], "-x", "30m", "--reason=disk is full"]
    arguments.insert(place if place != 2 else 1, client.url)
    entry(output(client.run("key", "add", *arguments)), "Added keys:")


def test_the_key_on_standard_input(client, server, pub):
    entry(output(client.key("add", stdin=pub[0] + "\n")), "Added keys:")
    assert [key["key"] for key in server.keys()] == [pub[0]]
    entry(output(client.key("remove", stdin=pub[0] + "\r\n")), "Removed keys:")
    assert server.keys() == []


def test_default_lifetime_reason_and_hosts(start, client, gpg, alice, pub, words):
    server = start({"host": "web-1", "users": [{"name": "alice", "keyring": gpg.export(alice), "bind_host": True}]})
    there = Client(words, server.url.replace("//", "//alice@"), gpg.home)
    failure(there.key("add", "-f", pub[1]), "must name their hosts")
    failure(there.key("add", "-f", pub[1], "--host", "web-2"), "other hosts")
    output(there.key("add", "-f", pub[1], "--host", "web-2", "--host", "web-1", "--reason", 'the "disk" is <full>'))
    key, = server.keys()
    assert key["reason"] == 'the "disk" is <full>' and key["signer"] == alice
    signed, end = (time.strptime(key[name], "%Y-%m-%dT%H:%M:%SZ") for name in ("signed", "expire"))
    assert time.mktime(end) - time.mktime(signed) == 3600
    output(there.key("remove", "--fingerprint", key["md5"], "--host=web-1"))


@pytest.mark.parametrize("kind", ["sha256", "md5"])
def test_remove_by_fingerprint(client, server, pub, kind):
    output(client.key("add", "-f", pub[1]))
    fingerprint, _ = entry(output(client.key("remove", "--fingerprint", fingerprint_of(pub[0], kind))), "Removed keys:")
    assert fingerprint == fingerprint_of(pub[0]) and server.keys() == []


def test_keys_of_all_users(start, words, gpg, alice, new_key):
    keyring = gpg.export(alice)
    server = start({"users": [{"name": "alice", "keyring": keyring}, {"name": "bob", "keyring": keyring}]})
    someone = Client(server.words, server.url, gpg.home)
    lines = {}
    for user in ("alice", "bob"):
        lines[user] = new_key()[0]
        output(someone.key("add", url=server.url.replace("//", f"//{user}@"), stdin=lines[user]))
    told = output(someone.key("list", "--all"))
    assert sorted(re.findall(r"Username: +(\S+)", told)) == ["alice", "bob"]
    assert json.loads(output(someone.key("list", "--all", "--json"))) == server.keys()
    failure(someone.key("list", "--all", url=server.url.replace("//", "//alice@")), "either --all or USER@", 2)
    failure(someone.key("list", "--all", "-a"), "-a goes with neither --json nor --all", 2)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_root_removes_without_a_signature(client, server, new_key):
    output(client.key("add", stdin=new_key()[0]))
    key = server.keys()[0]
    unix, alice = f"unix:{server.socket_path}", {"USER": "alice"}
    remove = ("--unsigned", "--fingerprint", key["fingerprint"])
    for arguments in (("--unsigned",), (*remove, "-f", "/a.pub"), (*remove, "--reason", "x"), (*remove, "--print"), (*remove, "-u", "A"),
                      (*remove, "--host", "h"), (*remove, "-p", "/a")):
        failure(client.key("remove", *arguments, url=unix, env=alice), "--unsigned goes with --fingerprint", 2)
    failure(client.key("remove", "--unsigned", "--fingerprint", "a" * 600, url=unix, env=alice), "no fingerprint", 2)
    failure(client.key("remove", *remove), "the host's own Unix socket", 2)
    failure(client.key("remove", *remove, url=unix), "which user?", 2)
    failure(client.key("remove", *remove, url=unix, env={"USER": "bob"}), "no such key")
    failure(client.key("remove", "--unsigned", "--fingerprint", "SHA256:" + "A" * 43, url=unix, env=alice), "no such key")
    nobody = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups")
    if os.access(server.words[-1], os.X_OK):
        failure(client.key("remove", *remove, url=unix, env=alice, prefix=nobody), "only root on the host itself")
    assert server.keys() == [key]
    assert entry(output(client.key("remove", *remove, url=unix, env=alice)), "Removed keys:")[0] == key["fingerprint"]
    assert server.keys() == []
    output(client.key("add", stdin=new_key()[0]))
    key = server.keys()[0]
    assert json.loads(output(client.key("remove", "--unsigned", "--fingerprint", key["md5"], "--json", url=unix, env=alice))) == [key]


def test_the_end_as_a_time(client, pub):
    end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 5000))
    _, told = entry(output(client.key("add", "-f", pub[1], "-x", end)), "Added keys:")
    assert time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(told)) == end


def test_json_answers(client, server, pub):
    added = json.loads(output(client.key("add", "-f", pub[1], "--json")))
    assert added == server.keys() and len(added) == 1
    assert json.loads(output(client.key("remove", "-f", pub[1], "--json"))) == added


def test_where_the_server_and_the_user_come_from(client, server, pub):
    socket_url = "unix:" + server.socket_path
    output(client.run("key", "add", "-f", pub[1], env={"INKI_SERVER": client.url}))
    for arguments, env in (((socket_url,), {"USER": "alice"}), ((server.socket_path,), {"USER": "alice"}),
                           ((server.url,), {"USER": "alice"}), ((), {"USER": "alice", "INKI_SERVER": socket_url}),
                           ((client.url,), {"USER": "bob", "INKI_SERVER": "nonsense"}),
                           ((client.url.replace("http://", "") + "/",), {})):
        assert output(client.run("key", "list", "-a", *arguments, env=env)) == pub[0] + "\n", (arguments, env)
    failure(client.run("key", "list", server.url), "which user?", 2)
    done = client.run("key", "list", env={"USER": "alice"})
    failure(done, "/run/inki/inki.sock") if not os.path.exists("/run/inki/inki.sock") else None


def test_print_for_curl(client, server, pub):
    """Exactly as README has it."""
    script = 'inki() { "$@"; }; "$@" key add "$URL" -f "$PUB" --print | curl -sS --data-binary @- "$API"'
    done = subprocess.run(["sh", "-c", script, "sh", *client.words], capture_output=True, check=False, timeout=60,
                          env={**client.env, "URL": client.url, "PUB": pub[1], "API": server.url + "/api/v1/keys"})
    assert (done.returncode, done.stderr) == (0, b""), done
    assert json.loads(done.stdout) == server.keys() and len(server.keys()) == 1
    message = output(client.run("key", "remove", "--print", "--fingerprint", fingerprint_of(pub[0]), env={"USER": "alice"}))
    assert message.startswith("-----BEGIN PGP SIGNED MESSAGE-----\n") and len(server.keys()) == 1
    assert server.delete(message.encode()).status == 200 and server.keys() == []


@pytest.mark.parametrize("kind", [("ed25519", None), ("ecdsa", 256), ("ecdsa", 384), ("ecdsa", 521), ("rsa", 2048)])
def test_kinds_of_keys(client, server, new_key, kind):
    line, path = new_key(kind[0], bits=kind[1], comment="Grüße <&> \\ \"x\"")
    output(client.key("add", "-f", path + ".pub"))
    assert output(client.key("list", "-a")) == line + "\n"


def test_again_and_again(client, server, pub):
    """The same key with another end, and out, and out again."""
    output(client.key("add", "-f", pub[1], "-x", "1h"))
    time.sleep(1.1)
    _, end = entry(output(client.key("add", "-f", pub[1], "-x", "2h")), "Added keys:")
    assert len(server.keys()) == 1 and end - time.time() > 7000
    output(client.key("remove", "-f", pub[1]))
    time.sleep(1.1)
    done = client.key("remove", "-f", pub[1])
    assert done.returncode == 1 and b"no such key" in done.stderr, done


# ---- what is no key, and no command ----

def test_private_keys_stay_here(client, server, new_key, tmp_path):
    """None of it goes to the server, to gpg, or to the screen; the file is named."""
    paths = [new_key()[1], new_key("rsa", bits=2048)[1], new_key("ecdsa")[1]]
    subprocess.run(["ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "", "-f", tmp_path / "pem"], check=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", tmp_path / "locked"], check=True)
    (tmp_path / "putty.ppk").write_text("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n", encoding="ascii")
    both = tmp_path / "both"
    both.write_text(new_key()[0] + "\n" + (tmp_path / "pem").read_text(), encoding="ascii")
    for path in [*paths, tmp_path / "pem", tmp_path / "locked", tmp_path / "putty.ppk", both]:
        done = client.key("add", "-f", str(path), prefix=("/usr/bin/env", "PATH=/nonexistent"))
        line = failure(done, f"{path}: this is a private key, and it is not sent")
        body = [each for each in path.read_text().split("\n") if len(each) > 20] if hasattr(path, "read_text") else []
        assert not any(each in line for each in body if "KEY" not in each)
    with open(paths[0], encoding="ascii") as file:
        failure(client.key("add", stdin=file.read()), "standard input: this is a private key")
    assert server.keys() == [] and "PRIVATE" not in server.log()


def test_what_is_no_key(client, new_key, tmp_path):
    line, _ = new_key()
    for text, fragment in (("", "not one authorized_keys line"), ("\n", "not one authorized_keys line"), ("hello\n", "not one authorized_keys line"),
                           (line + "\n" + line + "\n", "more than one line"), ("ssh-dss AAAAB3NzaC1kc3M= x\n", "DSA key is too weak"), ("ssh-new AAAAB3NzaC1uZXc= x\n", "type of the key"),
                           (line[:40], "base64 of the key"), (line.replace("AAAA", "!!!!", 1), "base64 of the key"),
                           (line + " \x1b[2J", "comment"), ("\0" * 100, "authorized_keys line"), ("x" * 100000, "authorized_keys line")):
        path = tmp_path / "key.pub"
        path.write_text(text, encoding="utf-8")
        failure(client.key("add", "-f", str(path)), fragment)
    failure(client.key("add", "-f", str(tmp_path / "nothing")), "nothing: No such file")
    failure(client.key("add", "-f", str(tmp_path)), "Is a directory")
    failure(client.key("add", stdin=""), "standard input: ")


USAGE = {
    "an unknown option": (["--nonsense"], "--nonsense is not an option here"),
    "two servers": (["http://a@b"], "one operand too many"),
    "no lifetime": (["-x", "soon"], "--expire is a duration"),
    "a lifetime of nothing": (["-x", "0s"], "--expire is a duration"),
    "an end that has been": (["-x", "2020-01-01T00:00:00Z"], "--expire is a duration"),
    "a long reason": (["--reason", "x" * 257], "at most 256 bytes"),
    "a reason of two lines": (["--reason", "a\nb"], "on one line"),
    "no host": (["--host", ""], "name of a host"),
    "seventeen hosts": (["--host=a"] * 17, "too often"),
    "a time-out of nothing": (["--timeout", "0s"], "time-out"),
    "a time-out without a unit": (["--timeout", "10"], "time-out"),
    "two signers": (["-p", "a", "-u", "b"], "only one of them"),
    "a pass phrase for gpg": (["--passphrase-file", "a"], "goes with -p"),
    "a fingerprint to add": (["--fingerprint", "SHA256:" + 43 * "A"], "not an option here"),
}


@pytest.mark.parametrize("name", USAGE)
def test_usage(client, pub, name):
    arguments, fragment = USAGE[name]
    line = failure(client.key("add", "-f", pub[1], *arguments), fragment, 2)
    assert line.startswith("inki key add: ") and line.endswith("; see inki help key add")


def test_usage_of_remove_and_list(client, pub):
    failure(client.key("remove", "-f", pub[1], "--fingerprint", fingerprint_of(pub[0])), "not both", 2)
    failure(client.key("remove", "--fingerprint", "SHA256:short"), "a --fingerprint is", 2)
    failure(client.key("list", "-a", "--json"), "either", 2)
    failure(client.key("list", url="http://" + "x" * 65 + "@host"), "longer than 64 bytes", 2)
    failure(client.key("list", url="nonsense://x"), "a server is written", 2)
    failure(client.run("key", "lsit"), "key has no such command; see inki help key", 2)
    for arguments in (["key"], ["keys"]):
        done = client.run(*arguments)
        assert (done.returncode, done.stdout) == (2, b"") and b"key remove" in done.stderr and b"server" not in done.stderr, done
    for arguments in (["help", "key", "add"], ["key", "add", "--help"], ["keys", "add", "-h"], ["help", "keys", "add"]):
        assert output(client.run(*arguments)).startswith("usage: inki key add [OPTION...] [URL]\n")
    for arguments in (["help", "key"], ["key", "--help"]):
        assert "key list" in output(client.run(*arguments))


# ---- where it is printed ----

def test_output_that_cannot_be_written(client, pub):
    output(client.key("add", "-f", pub[1]))
    for verb, arguments in (("list", []), ("list", ["-a"]), ("list", ["--json"]), ("add", ["--print", "-f", pub[1]])):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([*client.words, "key", verb, client.url, *arguments], stdout=full, stderr=subprocess.PIPE, env=client.env,
                                  timeout=60, check=False)
        assert done.returncode == 1 and b"cannot write the result" in done.stderr, done


RED = "\x1b[1;31minki:\x1b[0m "


@pytest.mark.parametrize("env,first", [({"TERM": "xterm"}, RED), ({"TERM": "dumb"}, "inki: "), ({"TERM": "xterm", "NO_COLOR": "1"}, "inki: ")])
def test_colours(client, env, first):
    """Only on a terminal, and not where somebody asks for none."""
    child = client.terminal("key", "add", client.url, "-f", "/nonexistent", env=env)
    child.expect_exact("No such file")
    assert child.before.startswith(first), child.before
    child.wait()
    failure(client.key("add", "-f", "/nonexistent", env=env), "/nonexistent: No such file")


def test_many_clients_at_once(client, server, new_key):
    paths = [new_key()[1] + ".pub" for _ in range(6)]
    results = []
    threads = [threading.Thread(target=lambda path=path: results.append(client.key("add", "-f", path))) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for done in results:
        output(done)
    assert len(server.keys()) == 6
