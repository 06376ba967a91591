"""What `inki key` makes of servers: at which address one is, and of those that are silent, slow, hostile, wrong, or refuse."""

import json
import os
import re
import resource
import socket
import threading
import time

import inki
import pytest
from client import Client, failure, needs_client, output
from fake import JSON_TYPE, LINE, answer, endless, endless_head, fake_server

pytestmark = [pytest.mark.both, needs_client]


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
        assert output(there.key("list", "-a", prefix=["unshare", "-m", "sh", "-c", script, "sh"])) == ""
        (tmp_path / "hosts").write_text("127.0.0.2 two.example\n", encoding="ascii")
        started = time.monotonic()
        failure(there.key("list", "-a", prefix=["unshare", "-m", "sh", "-c", script, "sh"]), "did not answer in time; is inki running there?")
        assert 4 < time.monotonic() - started < 15, "the time to connect is 5 s"
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


# ---- refusals, and worse ----

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
                          ["key", "list", url, "--timeout", "2s", "--json"]):
            started = time.monotonic()
            done = there.run(*arguments, env={"USER": "alice"}, preexec_fn=limit if "list" in arguments else None)
            assert done.returncode == 1 and fragment in done.stderr.decode(), done
            assert done.stderr.decode().startswith("inki: ") and time.monotonic() - started < 9, done


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
