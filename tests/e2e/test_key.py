"""`inki key add`, `key remove` and `key list` against a real server, signed by real gpg; and what they do with servers that are
absent, slow, hostile or refuse, and with a gpg that is absent or strange."""

import json
import os
import re
import resource
import socket
import subprocess
import threading
import time

import inki
import pytest
from client import Client, client, failure, needs_client, output  # noqa: F401
from fake import LINE, answer, endless, endless_head, fake_server

pytestmark = [pytest.mark.both, needs_client]

ENTRY = r""" - Username:     %s
   Fingerprint:  (SHA256:\S{43})
   MD5:          ([0-9a-f]{32})
   Expires:      (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) \+0000 UTC
"""
JSON_TYPE = "Content-Type: application/json\r\n"


def entry(text, heading, user="alice"):
    """The fingerprint and the end of the one key that was printed."""
    match = re.fullmatch(f"{heading}\n" + ENTRY % user, text)
    assert match, text
    return match.group(1), time.mktime(time.strptime(match.group(3) + " UTC", "%Y-%m-%d %H:%M:%S %Z")) - time.timezone


def fingerprint_of(line, kind="sha256"):
    done = subprocess.run(["ssh-keygen", "-l", "-E", kind, "-f", "-"], input=line.encode(), capture_output=True, check=True)
    return done.stdout.decode().split()[1]


@pytest.fixture
def pub(new_key):
    """A new key: (the line, the path of the .pub file)."""
    line, path = new_key()
    return line, path + ".pub"


# ---- what works ----

def test_add_list_remove(client, server, pub):  # noqa: F811
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


def test_lines_of_the_original(client, server, pub):  # noqa: F811
    line, path = pub
    output(client.run("key", "add", client.url, "--file", path, "--expire", "12h"))
    assert output(client.run("keys", "list", client.url, "--authorized-keys")) == line + "\n"
    done = client.run("authorized-keys", "alice", env={"INKI_SERVER": "unix:" + server.socket_path})
    assert output(done) == line + "\n"
    assert "Fingerprint" in output(client.run("keys", "list", client.url))


@pytest.mark.parametrize("place", [0, 1, 2, 4])
def test_options_around_the_url(client, pub, place):  # noqa: F811
    arguments = ["--file=" + pub[1], "-x", "30m", "--reason=disk is full"]
    arguments.insert(place if place != 2 else 1, client.url)
    entry(output(client.run("key", "add", *arguments)), "Added keys:")


def test_the_key_on_standard_input(client, server, pub):  # noqa: F811
    entry(output(client.key("add", stdin=pub[0] + "\n")), "Added keys:")
    assert [key["key"] for key in server.keys()] == [pub[0]]
    entry(output(client.key("remove", stdin=pub[0] + "\r\n")), "Removed keys:")
    assert server.keys() == []


def test_default_lifetime_reason_and_hosts(start, client, gpg, alice, pub, words):  # noqa: F811
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
def test_remove_by_fingerprint(client, server, pub, kind):  # noqa: F811
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
def test_root_removes_without_a_signature(client, server, new_key):  # noqa: F811
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


def test_the_end_as_a_time(client, pub):  # noqa: F811
    end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 5000))
    _, told = entry(output(client.key("add", "-f", pub[1], "-x", end)), "Added keys:")
    assert time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(told)) == end


def test_json_answers(client, server, pub):  # noqa: F811
    added = json.loads(output(client.key("add", "-f", pub[1], "--json")))
    assert added == server.keys() and len(added) == 1
    assert json.loads(output(client.key("remove", "-f", pub[1], "--json"))) == added


def test_where_the_server_and_the_user_come_from(client, server, pub):  # noqa: F811
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


def test_print_for_curl(client, server, pub):  # noqa: F811
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
def test_kinds_of_keys(client, server, new_key, kind):  # noqa: F811
    line, path = new_key(kind[0], bits=kind[1], comment="Grüße <&> \\ \"x\"")
    output(client.key("add", "-f", path + ".pub"))
    assert output(client.key("list", "-a")) == line + "\n"


def test_again_and_again(client, server, pub):  # noqa: F811
    """The same key with another end, and out, and out again."""
    output(client.key("add", "-f", pub[1], "-x", "1h"))
    time.sleep(1.1)
    _, end = entry(output(client.key("add", "-f", pub[1], "-x", "2h")), "Added keys:")
    assert len(server.keys()) == 1 and end - time.time() > 7000
    output(client.key("remove", "-f", pub[1]))
    time.sleep(1.1)
    done = client.key("remove", "-f", pub[1])
    assert done.returncode == 1 and b"no such key" in done.stderr, done


# ---- the SSH key ----

def test_private_keys_stay_here(client, server, new_key, tmp_path):  # noqa: F811
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


def test_what_is_no_key(client, new_key, tmp_path):  # noqa: F811
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
def test_usage(client, pub, name):  # noqa: F811
    arguments, fragment = USAGE[name]
    line = failure(client.key("add", "-f", pub[1], *arguments), fragment, 2)
    assert line.startswith("inki key add: ") and line.endswith("; see inki help key add")


def test_usage_of_remove_and_list(client, pub):  # noqa: F811
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


# ---- gpg ----

def test_another_gpg_key(client, server, pub, gpg, alice):  # noqa: F811
    other = gpg.generate("ed25519", name="Other <other@example.org>")
    failure(client.key("add", "-f", pub[1], "-u", other), "does the user's keyring on that host hold your OpenPGP key")
    server.wait_for_log("by a key that is not in the user's keyring")
    output(client.key("add", "-f", pub[1], "-u", alice))
    done = client.key("add", "-f", pub[1], "-u", "nobody@nowhere")
    assert b"nobody@nowhere" in done.stderr, "gpg's own words are missing"
    failure(done, "gpg: it has failed, so nothing is signed")


def fake_gpg(folder, script):
    path = folder / "bin" / "gpg"
    path.parent.mkdir(exist_ok=True)
    path.write_text("#!/bin/sh\n" + script, encoding="utf-8")
    path.chmod(0o755)
    return {"PATH": f"{path.parent}:/usr/bin:/bin"}


STRANGE_GPG = {
    "is killed": ("kill -9 $$", "it was killed"),
    "writes nothing": ("cat >/dev/null", "gpg has signed nothing"),
    "reads nothing": ("exit 0", "gpg has signed nothing"),
    "writes garbage": ("cat >/dev/null; head -c 1000 /dev/urandom", "what was signed is no message that a server takes"),
    "writes without end": ("cat /dev/zero", "it writes more than it should"),
    "signs another text": ("sed s/alice/malice/ | /usr/bin/gpg \"$@\"", "another text was signed"),
    "uses SHA-1": ('[ "$1" = --clearsign ] && exec /usr/bin/gpg --digest-algo SHA1 --allow-weak-digest-algos "$@"; exec /usr/bin/gpg "$@"',
                   "the digest algorithm is not accepted"),
    "adds words": ('/usr/bin/gpg "$@"; [ "$1" = --clearsign ] && echo done', "something besides the one signed message"),
    "signs wrongly": ("""[ "$1" = --clearsign ] || exec /usr/bin/gpg "$@"; sed 's/"1h"/"2h"/' | /usr/bin/gpg "$@" | sed 's/"2h"/"1h"/'""",
                      "a server would not take this signature: the signature is wrong"),
}


@pytest.mark.parametrize("name", STRANGE_GPG)
def test_strange_gpg(client, server, pub, tmp_path, gpg, name):  # noqa: F811
    script, fragment = STRANGE_GPG[name]
    done = client.key("add", "-f", pub[1], env=fake_gpg(tmp_path, script))
    failure(done, fragment)
    assert server.keys() == []


def test_no_gpg(client, pub, tmp_path):  # noqa: F811
    failure(client.key("add", "-f", pub[1], prefix=("/usr/bin/env", f"PATH={tmp_path}")), "gpg: there is no such program in PATH")


def test_gpg_without_the_certificate(client, server, pub, tmp_path):  # noqa: F811
    """Where gpg cannot export it, the server judges."""
    env = fake_gpg(tmp_path, 'case "$*" in *--export*) exit 2;; esac; exec /usr/bin/gpg "$@"')
    output(client.key("add", "-f", pub[1], env=env))
    assert len(server.keys()) == 1


def test_gpg_asks_on_the_terminal(start, words, pub, gpg):
    """Its own prompts, and a wrong pass phrase first: gpg asks again."""
    gpg.run("--quick-gen-key", "--passphrase", "open sesame", "Locked <locked@example.org>", "ed25519", "sign", "never")
    server = start({"users": [{"name": "alice", "keyring": gpg.export("locked@example.org")}]})
    there = Client(words, server.url.replace("//", "//alice@"), gpg.home)
    subprocess.run(["gpgconf", "--homedir", gpg.home, "--kill", "gpg-agent"], check=True)
    with open(os.path.join(gpg.home, "gpg-agent.conf"), "w", encoding="ascii") as file:
        file.write("pinentry-program /usr/bin/pinentry-curses\n")
    try:
        child = there.terminal("key", "add", there.url, "-f", pub[1], "-u", "locked@example.org", env={"TERM": "vt100"}, dimensions=(30, 100))
        child.expect("Passphrase")
        child.send("wrong\r")
        child.expect("Bad Passphrase|try 2")
        child.send("open sesame\r")
        child.expect("Added keys:")
        child.expect("Expires:")
        child.expect("\n")
        child.wait()
        assert child.exitstatus == 0 and len(server.keys()) == 1
    finally:
        subprocess.run(["gpgconf", "--homedir", gpg.home, "--kill", "gpg-agent"], check=True)
        os.unlink(os.path.join(gpg.home, "gpg-agent.conf"))


# ---- the way there ----

@pytest.mark.parametrize("address", ["127.0.0.1", "[::1]"])
def test_both_kinds_of_address(start, gpg, alice, words, address):
    """localhost is both, and the server only one of them; and each by its number."""
    server = start({"listen": [{"address": address + ":0"}], "users": [{"name": "alice", "keyring": gpg.export(alice)}]})
    there = Client(words, f"http://alice@{address}:{server.ports[0]}", gpg.home)
    assert output(there.key("list", "-a")) == ""
    with open("/etc/hosts", encoding="utf-8") as file:
        is_named = re.search(rf"^{re.escape(address.strip('[]'))}\s.*\blocalhost\b", file.read(), re.M)
    if is_named:
        assert output(there.key("list", "-a", url=f"http://alice@localhost:{server.ports[0]}")) == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="another /etc/hosts needs root")
def test_silent_address_leaves_time_for_the_next(server, words, gpg, tmp_path):
    """A listener whose queue is full takes no more connections; the name's other address does."""
    port = server.ports[0]
    with socket.socket() as silent:
        silent.bind(("127.0.0.2", port))
        silent.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(("127.0.0.2", port))
        (tmp_path / "hosts").write_text("127.0.0.2 two.example\n127.0.0.1 two.example\n", encoding="ascii")
        there = Client(words, f"http://alice@two.example:{port}", gpg.home)
        script = f'mount --bind {tmp_path / "hosts"} /etc/hosts && exec "$@"'
        started = time.monotonic()
        assert output(there.key("list", "-a", prefix=["unshare", "-m", "sh", "-c", script, "sh"])) == ""
        assert time.monotonic() - started < 4
        (tmp_path / "hosts").write_text("127.0.0.2 two.example\n", encoding="ascii")
        started = time.monotonic()
        failure(there.key("list", "-a", prefix=["unshare", "-m", "sh", "-c", script, "sh"]), "did not answer in time; is inki running there?")
        assert 4 < time.monotonic() - started < 8, "the time to connect is 5 s"
        for each in waiting:
            each.close()


def test_user_names_in_paths(words, gpg, tmp_path):
    requests = []
    with fake_server(tmp_path, answer("[]", fields=JSON_TYPE), requests=requests) as url:
        there = Client(words, url, gpg.home)
        for user, path in (("a/b c%2e?x#y&z", "a%2Fb%20c%252e%3Fx%23y%26z"), ("Grüße", "Gr%C3%BC%C3%9Fe"), ("..", ".."), ("a+b~c", "a%2Bb~c")):
            assert output(there.run("key", "list", "--json", url, env={"USER": user})) == "[]\n"
            assert requests.pop().split(b"\r\n")[0] == f"GET /api/v1/user/{path}/keys HTTP/1.1".encode(), user
    for user in ("a\nb", "a\x7f", b"\xff", "x" * 65):
        failure(there.run("key", "list", url, env={"USER": user}), "not text", 2)


def error(code, reason, message):
    return answer(json.dumps({"code": code, "error": reason, "message": message}), f"HTTP/1.1 {code} {reason}", JSON_TYPE)


HTML = "Content-Type: text/html\r\n"
REFUSALS = {
    "400": (error(400, "Bad Request", "this is why"), "the server refuses (400 Bad Request): this is why"),
    "403": (error(403, "Forbidden", "max_lifetime is 1h"), "the server refuses (403 Forbidden): max_lifetime is 1h"),
    "404 of something else": (answer("<html>", "HTTP/1.1 404 Not Found", HTML), "(404 Not Found); is this address and port an inki server's?"),
    "429": (error(429, "Too Many Requests", "too many"), "too many; wait a minute, and try again"),
    "500": (error(500, "Internal Server Error", "a mistake"), "the server cannot do it (500 Internal Server Error): a mistake; the server's log"),
    "503": (error(503, "Service Unavailable", "full"), "full; try again in a minute"),
    "599 without a body": (answer("", "HTTP/1.1 599 X", ""), "the server cannot do it (599"),
    "escape sequences": (error(403, "Forbidden", "\x1b[2J\x07"), "the server refuses (403 Forbidden)"),
    "a huge message": (error(403, "Forbidden", "x" * 100000), "the server refuses (403 Forbidden)"),
    "half a message": (answer('{"code":403,"message":"oh', "HTTP/1.1 403 Forbidden", JSON_TYPE), "(403 Forbidden); is this address"),
    "a redirect": (answer("", "HTTP/1.1 302 Found", "Location: http://localhost/\r\n"), "(302"),
    "a web page": (answer("<html>", fields=HTML), "no list of keys"),
    "another JSON": (answer('{"a":1}', fields=JSON_TYPE), "no list of keys"),
    "half a list": (answer('[{"user":"a"', fields=JSON_TYPE), "no list of keys"),
    "a list without an end": (answer("[", fields=JSON_TYPE), "no list of keys"),
    "something after the list": (answer("[] []", fields=JSON_TYPE), "no list of keys"),
    "keys without parts": (answer("[{}]", fields=JSON_TYPE), "no list of keys"),
    "lists in lists": (answer("[" * 10000, fields=JSON_TYPE), "no list of keys"),
    "objects in objects": (answer('[{"a":' * 10000, fields=JSON_TYPE), "no list of keys"),
    "empty": (answer("", fields=JSON_TYPE), "no list of keys"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refusals(words, gpg, pub, tmp_path, name):
    sends, fragment = REFUSALS[name]
    with fake_server(tmp_path, sends) as url:
        there = Client(words, url, gpg.home)
        done = there.key("add", "-f", pub[1], "-x", "1h", env={"USER": "alice"})
        failure(done, fragment)
        done = there.key("list", "--json", env={"USER": "alice"})
        assert done.returncode == 1 and fragment in done.stderr.decode() and b"\x1b" not in done.stdout + done.stderr, done


def huge_body():
    yield b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n["
    while True:
        yield b" " * 65536


HOSTILE = {
    "never answers": ([], "did not answer in time"),
    "closes at once": ([b""], "ends too early"),
    "garbage": ([bytes(range(256)) * 100], "not correct HTTP"),
    "half a head": ([answer()[:20]], "ends too early"),
    "half a body": ([answer("[" + " " * 100, fields=JSON_TYPE)[:-10]], "ends too early"),
    "half a body, then silence": ([answer("[" + " " * 100, fields=JSON_TYPE)[:-10], 5.0], "did not answer in time"),
    "a byte now and then": ([lambda: (time.sleep(0.2) or bytes([byte]) for byte in answer("[" + " " * 1000, fields=JSON_TYPE))], "did not answer in time"),
    "huge headers": ([endless_head], "too large"),
    "1 GB": ([huge_body], ""),
    "no end": ([endless], ""),
    "huge length": ([answer(size=1 << 62)], ""),
    "interim answers without end": ([lambda: iter(lambda: b"HTTP/1.1 100 Continue\r\n\r\n", None)], "too large"),
    "both framings": ([answer(fields="Transfer-Encoding: chunked\r\n")], "not correct HTTP"),
    "ssh": ([b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"], "not correct HTTP"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_servers(words, gpg, pub, tmp_path, name):
    """They end in time, in little memory, with a sentence."""
    sends, fragment = HOSTILE[name]
    limit = (lambda: resource.setrlimit(resource.RLIMIT_AS, (64 << 20, 64 << 20))) if words == inki.RELEASE else None
    with fake_server(tmp_path, *sends) as url:
        there = Client(words, url, gpg.home)
        for arguments in (["key", "remove", "--fingerprint", "SHA256:" + 43 * "A", "--json", url, "--timeout", "2s"],
                          ["key", "list", url, "--timeout", "1s", "--json"]):
            started = time.monotonic()
            done = there.run(*arguments, env={"USER": "alice"}, preexec_fn=limit if "list" in arguments else None)
            assert done.returncode == 1 and fragment in done.stderr.decode(), done
            assert done.stderr.decode().startswith("inki: ") and time.monotonic() - started < 4, done


def test_server_that_answers_before_it_has_read(words, gpg, pub, tmp_path):
    """Its refusal is read, though the connection breaks while the request is sent."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "hasty"))
        listener.listen()

        def serve():
            connection, _ = listener.accept()
            connection.sendall(error(413, "Content Too Large", "that is too much"))
            connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        done = Client(words, f"unix:{tmp_path}/hasty", gpg.home).key("add", "-f", pub[1], env={"USER": "alice"})
        thread.join()
    failure(done, "the server refuses (413 Content Too Large): that is too much")


# ---- long lists, and clocks ----

def key_json(number, expire="2099-01-01T00:00:00Z"):
    return json.dumps({"user": "alice", "key": LINE, "expire": expire, "fingerprint": f"SHA256:{number:043d}", "md5": f"{number:032d}",
                       "signer": "A" * 40, "signed": "2026-01-01T00:00:00Z"}, separators=(",", ":"))


def chunked(texts, kind):
    yield f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    for text in texts:
        yield b"%x\r\n%s\r\n" % (len(text), text.encode())
    yield b"0\r\n\r\n"


def json_list(count):
    yield "["
    for number in range(count):
        yield ("," if number else "") + key_json(number) + "\n"
    yield "]"


def test_long_lists_stream(words, gpg, tmp_path):
    """Larger than what is kept in memory."""
    count = 20000 if words == inki.RELEASE else 5000
    with fake_server(tmp_path, lambda: chunked(json_list(count), "application/json")) as url:
        there = Client(words, url, gpg.home)
        keys = json.loads(output(there.key("list", "--json", env={"USER": "alice"})))
        assert [key["md5"] for key in keys] == [f"{number:032d}" for number in range(count)]
        text = output(there.key("list", env={"USER": "alice"}))
        assert text.count("\n") == 4 * count + 1 and f"SHA256:{count - 1:043d}\n" in text
    with fake_server(tmp_path, lambda: chunked(((LINE + "\n") * 10 for _ in range(count // 10)), "text/plain")) as url:
        assert output(there.key("list", "-a", env={"USER": "alice"})) == (LINE + "\n") * count


def test_broken_lines(words, gpg, tmp_path):
    """A line that is no key, or half of one, is not printed."""
    for body in (LINE + "\nrm -rf /\n", LINE + "\n" + LINE, LINE + "\n\x1b[2J\n"):
        with fake_server(tmp_path, answer(body)) as url:
            done = Client(words, url, gpg.home).key("list", "-a", env={"USER": "alice"})
            assert done.returncode == 1 and done.stdout.decode() in ("", LINE + "\n") and b"no list of keys" in done.stderr, done


def test_keys_that_have_ended_by_this_clock(words, gpg, tmp_path):
    """The server says that they let in, this machine's clock that they do not: told, and listed with -x."""
    body = "[" + key_json(1) + "," + key_json(2, "2026-01-01T00:00:00Z") + "]"
    with fake_server(tmp_path, answer(body, fields=JSON_TYPE)) as url:
        there = Client(words, url, gpg.home)
        done = there.key("list", env={"USER": "alice"})
        assert done.returncode == 0 and done.stdout.count(b"Username") == 1, done
        assert done.stderr == b"inki: 1 more have ended by this machine's clock, though not by the server's; -x lists them too\n"
        for flag in ("-x", "--expired"):
            assert output(there.key("list", flag, env={"USER": "alice"})).count("Username") == 2
        assert len(json.loads(output(there.key("list", "-x", "--json", env={"USER": "alice"})))) == 2


def test_answers_for_a_terminal(words, gpg, tmp_path):
    """What a hostile server puts into a key is shown as question marks, or not at all."""
    bidi = key_json(1).replace("alice", "ali\u202ece").replace("SHA256:", "SHA\u2066:")
    with fake_server(tmp_path, answer("[" + bidi + "]", fields=JSON_TYPE)) as url:
        text = output(Client(words, url, gpg.home).key("list", env={"USER": "alice"}))
        assert "ali?ce" in text and all(line.isprintable() for line in text.splitlines())
    with fake_server(tmp_path, answer('[{"user":"\\u001b[2J"}]', fields=JSON_TYPE)) as url:
        done = Client(words, url, gpg.home).key("list", "--json", env={"USER": "alice"})
        assert done.returncode == 1 and b"\\u001b" not in done.stdout, done


def test_output_that_cannot_be_written(client, pub):  # noqa: F811
    output(client.key("add", "-f", pub[1]))
    for verb, arguments in (("list", []), ("list", ["-a"]), ("list", ["--json"]), ("add", ["--print", "-f", pub[1]])):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([*client.words, "key", verb, client.url, *arguments], stdout=full, stderr=subprocess.PIPE, env=client.env,
                                  timeout=60, check=False)
        assert done.returncode == 1 and b"cannot write the result" in done.stderr, done


RED = "\x1b[1;31minki:\x1b[0m "


@pytest.mark.parametrize("env,first", [({"TERM": "xterm"}, RED), ({"TERM": "dumb"}, "inki: "), ({"TERM": "xterm", "NO_COLOR": "1"}, "inki: ")])
def test_colours(client, env, first):  # noqa: F811
    """Only on a terminal, and not where somebody asks for none."""
    child = client.terminal("key", "add", client.url, "-f", "/nonexistent", env=env)
    child.expect_exact("No such file")
    assert child.before.startswith(first), child.before
    child.wait()
    failure(client.key("add", "-f", "/nonexistent", env=env), "/nonexistent: No such file")


def test_many_clients_at_once(client, server, new_key):  # noqa: F811
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
