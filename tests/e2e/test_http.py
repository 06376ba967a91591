"""HTTP as strict and as wide as CONTRACT says: what is refused, what is met, and how long anybody may keep the server waiting."""

import time

import pytest
import raw
from inki import PATIENCE, Wire, refused

pytestmark = pytest.mark.both

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"


def post(body, fields=b""):
    return b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n%s\r\n%s" % (len(body), fields, body)


@pytest.fixture(autouse=True)
def serves_on(server):
    yield
    server.is_serving()


# ---- answers to what is not right; after each of these the connection ends, unless it says `stays` ----

WRONG = {
    "garbage": (bytes(range(128, 256)) * 4 + b"\r\n\r\n", 400),
    "TLS": (bytes.fromhex("16030100b8010000b40303") + bytes(200), 400),
    "no version": (b"GET /healthz\r\n\r\n", 400),
    "HTTP/2": (b"GET /healthz HTTP/2.0\r\nHost: a\r\n\r\n", 505),
    "HTTP/2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "no host": (b"GET /healthz HTTP/1.1\r\n\r\n", 400),
    "two hosts": (b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
    "bare LF": (b"GET /healthz HTTP/1.1\nHost: a\n\n", 400),
    "bare CR": (b"GET /healthz HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", 400),
    "obs-fold": (b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n", 400),
    "space before the colon": (b"GET /healthz HTTP/1.1\r\nHost : a\r\n\r\n", 400),
    "NUL in a field": (b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", 400),
    "both framings": (post(b"x", b"Transfer-Encoding: chunked\r\n"), 400),
    "two lengths": (post(b"x", b"Content-Length: 1\r\n"), 400),
    "two other lengths": (post(b"x", b"Content-Length: 2\r\n"), 400),
    "list of lengths": (b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx", 400),
    "negative length": (b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
    "length with a sign": (b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx", 400),
    "bad chunk": (b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
    "gzip as transfer coding": (b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
    "compressed": (post(b"x", b"Content-Encoding: gzip\r\n"), 415),
    "expectation": (post(b"x", b"Expect: a-pony\r\n"), 417),
    "unknown method": (b"BREW /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 501),
    "PUT": (b"PUT /api/v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 501),
    "too many bytes of fields": (b"GET /healthz HTTP/1.1\r\nHost: a\r\n" + b"X: " + b"y" * 40000 + b"\r\n\r\n", 431),
    "long target": (b"GET /" + b"a" * 40000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    "large body, told": (b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n", 413),
    "huge length": (b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999999\r\n\r\n", None),
    "large body, chunked": (b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + b"8000\r\n" + b"x" * 0x8000 + b"\r\n" + b"8000\r\n" + b"x" * 0x8000 + b"\r\n8000\r\n", 413),
}


@pytest.mark.parametrize("name", WRONG)
def test_refused_and_closed(server, name):
    request, status = WRONG[name]
    with Wire(server) as wire:
        answer = wire.send(request).answer()
        if status is None:
            assert answer.status in (400, 413), answer
        else:
            refused(answer, status, "")
        assert answer.headers.get("connection") == "close", answer
        assert wire.is_closed(), "there is more behind the answer"


def test_large_body_from_curl(server):
    refused(server.post(b"x" * 65537), 413, "too large")
    refused(server.post(b"x" * 65536), 400, "gpg --clearsign")


ROUTES = {
    # name: (method, target, status, Allow)
    "unknown": ("GET", "/nowhere", 404, None),
    "root": ("GET", "/", 404, None),
    "prefix": ("GET", "/api/v1/keysandmore", 404, None),
    "slash behind": ("GET", "/api/v1/keys/", 404, None),
    "empty user": ("GET", "/api/v1/user//keys", 404, None),
    "post to healthz": ("POST", "/healthz", 405, "GET, HEAD"),
    "delete metrics": ("DELETE", "/metrics", 405, "GET, HEAD"),
    "post to a user": ("POST", "/api/v1/user/alice/keys", 405, "GET, HEAD"),
    "bad escape": ("GET", "/api/v1/user/%zz/keys", 400, None),
    "control character": ("GET", "/api/v1/user/a%00b/keys", 400, None),
    "bad fingerprint": ("GET", "/api/v1/user/alice/key/zzz", 400, None),
}


@pytest.mark.parametrize("name", ROUTES)
def test_routes_that_are_not_there(server, name):
    method, target, status, allow = ROUTES[name]
    answer = server.curl(target, "-X", method, "--path-as-is")
    refused(answer, status, "")
    assert answer.headers.get("allow") == allow, answer


# ---- what must work ----

def test_head_is_get_without_a_body(server):
    for target in ("/healthz", "/api/v1/keys", "/metrics", "/nowhere"):
        with Wire(server) as wire:
            get = wire.send(b"GET %s HTTP/1.1\r\nHost: a\r\n\r\n" % target.encode()).answer()
            head = wire.send(b"HEAD %s HTTP/1.1\r\nHost: a\r\n\r\n" % target.encode()).answer("HEAD")
            again = wire.send(HEALTH).answer()
        assert head.status == get.status and again.status == 200
        names = set(get.headers) - ({"content-length", "transfer-encoding"} if target == "/metrics" else set())
        assert names <= set(head.headers), f"{get.headers} {head.headers}"
    head = server.curl("/api/v1/keys", "--head")
    assert (head.status, head.body.count(b"\r\n\r\n")) == (200, 1)  # with --head, curl writes the head as the output


def test_fields_on_each_answer(server):
    for answer in (server.curl("/healthz"), server.curl("/api/v1/keys"), server.curl("/nowhere"), server.post(b"x")):
        assert answer.headers["cache-control"] == "no-store", answer
        assert answer.headers["x-content-type-options"] == "nosniff", answer
        assert abs(time.mktime(time.strptime(answer.headers["date"], "%a, %d %b %Y %H:%M:%S GMT")) - time.mktime(time.gmtime())) <= 2, answer
        assert "content-length" in answer.headers or answer.headers.get("transfer-encoding") == "chunked", answer


def test_keep_alive(server):
    with Wire(server) as wire:
        for _ in range(20):
            assert wire.send(HEALTH).answer().status == 200
        assert wire.send(HEALTH.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")).answer().headers["connection"] == "close"
        assert wire.is_closed()


def test_pipelining(server, sign, new_key):
    line, _ = new_key()
    message = sign(key=line)
    with Wire(server) as wire:
        wire.send(HEALTH + post(message) + b"GET /api/v1/keys HTTP/1.1\r\nHost: a\r\n\r\n" + post(b"x") + HEALTH)
        answers = [wire.answer() for _ in range(5)]
    assert [answer.status for answer in answers] == [200, 200, 200, 400, 200]
    assert answers[1].json == answers[2].json and answers[1].json[0]["key"] == line


def test_many_pipelined_requests_at_once(server):
    with Wire(server) as wire:
        wire.send(HEALTH * 500)
        assert [wire.answer().status for _ in range(500)] == [200] * 500


def test_byte_by_byte(server, sign, new_key):
    line, _ = new_key()
    with Wire(server) as wire:
        for byte in post(sign(key=line)):
            wire.send(bytes([byte]))
        assert wire.answer().json[0]["key"] == line


def test_chunked_request(server, sign, new_key):
    line, _ = new_key()
    message = sign(key=line)
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (message[:1], message[1:100], message[100:])) + b"0\r\nX-Trailer: y\r\n\r\n"
    with Wire(server) as wire:
        wire.send(b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + HEALTH)
        assert wire.answer().json[0]["key"] == line
        assert wire.answer().status == 200
    assert server.post(message, "-H", "Transfer-Encoding: chunked").status == 200


def test_expect_100_continue(server, sign, new_key):
    line, _ = new_key()
    message = sign(key=line)
    with Wire(server) as wire:
        whole = post(message, b"Expect: 100-continue\r\n")
        wire.send(whole[:-len(message)])
        assert wire.answer().status == 100
        assert wire.send(message).answer().json[0]["key"] == line
        assert wire.send(HEALTH).answer().status == 200
    assert server.post(message, "-H", "Expect: 100-continue").status == 200
    with Wire(server) as wire:
        wire.send(b"POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n")
        assert wire.answer().status == 413, "a body that is too large was asked for all the same"


def test_http_1_0(server):
    for target in (b"/healthz", b"/api/v1/keys"):
        with Wire(server) as wire:
            answer = wire.send(b"GET %s HTTP/1.0\r\n\r\n" % target).answer()
            assert answer.status == 200 and "transfer-encoding" not in answer.headers, answer
            assert wire.is_closed()
    assert server.curl("/healthz", "--http1.0").text.strip() == "ok"


def test_absolute_target(server):
    with Wire(server) as wire:
        assert wire.send(b"GET http://a/healthz HTTP/1.1\r\nHost: a\r\n\r\n").answer().status == 200


# ---- slow and idle ----

def test_client_that_goes_away(server, sign, new_key):
    line, _ = new_key()
    whole = post(sign(key=line))
    for size in (0, 1, 10, len(whole) // 2, len(whole) - 1):
        with Wire(server) as wire:
            wire.send(whole[:size])
    server.is_serving()
    assert server.keys() == [], "half a request was taken"


def test_slow_clients_are_told_and_closed(server):
    """Half a head, half a body, and a byte a second: all at once, as each takes its deadline's time."""
    half = post(b"x" * 1000)
    started = time.monotonic()
    with Wire(server, 90) as head, Wire(server, 90) as body, Wire(server, 90) as slow:
        head.send(half[:20])
        body.send(half[:-500])
        slow.socket.settimeout(1)
        for byte in HEALTH + b"x" * 60:
            slow.send(bytes([byte]))
            try:
                slow.more()
                break
            except TimeoutError:
                pass
        took = time.monotonic() - started
        slow.socket.settimeout(PATIENCE)
        refused(slow.answer(), 408, "too long")
        assert slow.is_closed()
        assert 5 <= took <= 30, f"a byte a second was listened to for {took:.1f} s"
        refused(head.answer(), 408, "too long")
        assert head.is_closed()
        refused(body.answer(), 408, "too long")
        assert time.monotonic() - started < 60, "half a body may not hold a slot for so long"


def is_gone(wire):
    """Has the server closed this idle connection by now?"""
    wire.socket.settimeout(0.02)
    try:
        return wire.is_closed()
    except TimeoutError:
        return False
    finally:
        wire.socket.settimeout(PATIENCE)


def test_oldest_idle_connection_gives_way(server):
    limit = int(server.metrics()["inki_connections_max"])
    idle = []
    try:
        while not (idle and is_gone(idle[0])):
            assert len(idle) <= limit, f"{len(idle)} connections are idle, and the oldest one is still there"
            idle.append(Wire(server))
            assert idle[-1].send(HEALTH).answer().status == 200
        server.is_serving()  # which takes one more connection, or two
        kept = [wire for wire in idle[3:] if not is_gone(wire)]
        assert len(kept) == len(idle) - 3 and len(kept) >= limit // 2, f"of {len(idle)}, {len(kept)} are left"
        for wire in kept:
            assert wire.send(HEALTH).answer().status == 200
        assert server.authorized_keys("alice").returncode == 0
    finally:
        for wire in idle:
            wire.socket.close()


def test_silent_connections_do_not_lock_others_out(server):
    limit = int(server.metrics()["inki_connections_max"])
    silent = [Wire(server) for _ in range(3 * limit)]
    try:
        server.is_serving()
        assert server.authorized_keys("alice").returncode == 0
    finally:
        for wire in silent:
            wire.socket.close()


# ---- the table of raw requests ----

MARKER = b"GET /api/v1/user/marker/key/zzz HTTP/1.1\r\nHost: a\r\n\r\n"  # which is 400, as nothing in the table that stays ends


def test_table_of_raw_requests(start, gpg, alice):
    """Each with a good request right behind it, which gets its own answer, or none."""
    server = start({"failures": {"burst": 0, "per_minute": 0}, "users": [{"name": "alice", "keyring": gpg.export(alice)}]})
    wrong = []
    for request in raw.requests():
        with Wire(server) as wire:
            wire.send(request.data + MARKER)
            codes = []
            while len(codes) < len(request.codes):
                answer = wire.answer("HEAD" if request.is_head else "GET")
                codes += [answer.status] if answer.status >= 200 else []
            after = None
            if request.stays:
                marker = wire.answer()
                after = marker.json["message"].startswith("a fingerprint is") or marker
            elif not wire.is_closed():
                after = wire.kept
            if codes != request.codes or after is not (True if request.stays else None):
                wrong.append(f"{request.name}: {codes} in place of {request.codes}, then {after}")
    assert not wrong, "\n".join(wrong)
    server.is_serving()
