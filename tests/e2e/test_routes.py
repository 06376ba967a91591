"""Every route of the API: status, headers, and the shape of the JSON."""

import base64
import os
import shutil
import subprocess
import time
from urllib.parse import quote

import inki
import metrics
import pytest
from inki import refused, seconds_of

pytestmark = pytest.mark.both

# A user other than root who can still reach the socket and run curl.
AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="what root may do is tested as root")


def fingerprints_of(line, tmp_path):
    """(SHA256:…, MD5 without colons), as ssh-keygen sees them."""
    path = tmp_path / "line.pub"
    path.write_text(line + "\n", encoding="utf-8")
    told = [subprocess.run(["ssh-keygen", "-l", "-E", kind, "-f", path], capture_output=True, text=True, check=True).stdout.split()[1]
            for kind in ("sha256", "md5")]
    return told[0], told[1].removeprefix("MD5:").replace(":", "")


def test_add_answers_with_the_key(server, sign, alice, new_key, tmp_path):
    line, _ = new_key()
    answer = server.post(sign(key=line, reason="fix the <router>"))
    assert answer.status == 200, f"{answer}\n{server.log()}"
    assert answer.headers["content-type"].startswith("application/json")
    sha256, md5 = fingerprints_of(line, tmp_path)
    (key,) = answer.json
    assert set(key) == {"user", "key", "expire", "fingerprint", "md5", "signer", "signed", "reason"}
    assert (key["user"], key["key"], key["fingerprint"], key["md5"]) == ("alice", line, sha256, md5)
    assert key["signer"].upper() == alice and key["reason"] == "fix the <router>"
    assert abs(seconds_of(key["signed"]) - time.time()) < 60
    assert seconds_of(key["expire"]) - seconds_of(key["signed"]) == 3600


def test_what_is_stored_is_written_anew(server, sign, new_key):
    line, _ = new_key()
    kind, blob, _ = line.split()
    answer = server.post(sign(key=f"  {kind}   {blob}  grüße  an alle "))
    assert answer.json[0]["key"] == f"{kind} {blob} grüße  an alle", answer
    assert "reason" not in answer.json[0]


@pytest.mark.parametrize("kind, bits", [("ed25519", None), ("ecdsa", 256), ("ecdsa", 384), ("ecdsa", 521), ("rsa", 2048), ("rsa", 4096)])
def test_each_type_of_key(server, sign, new_key, tmp_path, kind, bits):
    line, _ = new_key(kind, bits=bits)
    key = server.post(sign(key=line)).json[0]
    assert key["key"] == line and (key["fingerprint"], key["md5"]) == fingerprints_of(line, tmp_path)


def test_lists(start, gpg, alice, sign, new_key):
    server = start({"users": [{"name": name, "keyring": gpg.export(alice)} for name in ("alice", "bob", "carol")]})
    assert (server.curl("/api/v1/keys").text.strip(), server.curl("/api/v1/user/alice/keys").text.strip()) == ("[]", "[]")
    added = {}
    for user in ("alice", "bob", "alice"):
        line, _ = new_key()
        added.setdefault(user, []).extend(server.post(sign(username=user, key=line)).json)
    everything = server.keys()
    assert sorted(key["fingerprint"] for key in everything) == sorted(key["fingerprint"] for keys in added.values() for key in keys)
    assert server.curl("/api/v1/user/alice/keys").json == added["alice"]
    assert server.curl("/api/v1/user/bob/keys").json == added["bob"]
    assert server.curl("/api/v1/user/carol/keys").json == []
    assert server.curl("/api/v1/user/nobody/keys").json == [], "which users there are is nobody's business"
    for user, keys in added.items():
        lines = server.curl(f"/api/v1/user/{user}/authorized_keys")
        assert lines.status == 200 and lines.headers["content-type"].startswith("text/plain")
        assert lines.text == "".join(key["key"] + "\n" for key in keys)
    for user in ("carol", "nobody"):
        lines = server.curl(f"/api/v1/user/{user}/authorized_keys")
        assert (lines.status, lines.body) == (200, b"")


def forms(key):
    """All the ways to write this key's fingerprint in a path."""
    sha256, md5 = key["fingerprint"].removeprefix("SHA256:"), key["md5"]
    urlsafe = sha256.replace("+", "-").replace("/", "_")
    colons = ":".join(md5[at:at + 2] for at in range(0, 32, 2))
    return [quote("SHA256:" + sha256, safe=""), quote("SHA256:" + sha256, safe=":"), "SHA256:" + urlsafe, quote("SHA256:" + sha256 + "=", safe=""),
            md5, md5.upper(), colons, quote(colons, safe=""), "MD5:" + colons]


def test_one_key_by_each_form_of_its_fingerprint(server, sign, new_key):
    key = None
    while key is None or not ("+" in key["fingerprint"] or "/" in key["fingerprint"]):
        line, _ = new_key()
        key = server.post(sign(key=line)).json[0]
    for form in forms(key):
        answer = server.curl(f"/api/v1/user/alice/key/{form}")
        assert answer.status == 200 and answer.json == key, f"{form}: {answer}"
        lines = server.curl(f"/api/v1/user/alice/authorized_keys?fingerprint={form}")
        assert lines.text == key["key"] + "\n", f"{form}: {lines}"
        refused(server.curl(f"/api/v1/user/bob/key/{form}"), 404, "no such key")
    other = base64.b64encode(bytes(32)).decode().rstrip("=")
    refused(server.curl(f"/api/v1/user/alice/key/SHA256:{other}"), 404, "no such key")
    assert server.curl(f"/api/v1/user/alice/authorized_keys?fingerprint=SHA256:{other}").body == b""
    refused(server.curl("/api/v1/user/alice/authorized_keys?fingerprint=zzz"), 400, "fingerprint")


def test_names_in_paths_may_be_escaped(start, gpg, alice, sign, new_key):
    server = start({"users": [{"name": "jürgen+x", "keyring": gpg.export(alice)}]})
    line, _ = new_key()
    assert server.post(sign(username="jürgen+x", key=line)).status == 200
    for name in (quote("jürgen+x", safe=""), quote("jürgen", safe="") + "+x", "%6A" + quote("ürgen", safe="") + "%2b" + "x"):
        assert server.curl(f"/api/v1/user/{name}/authorized_keys").text == line + "\n", name
    served = server.authorized_keys("jürgen+x")
    assert (served.returncode, served.stdout) == (0, line + "\n"), served


def test_key_goes_when_it_expires(server, sign, new_key):
    line, _ = new_key()
    key = server.post(sign(key=line, expire="4s")).json[0]
    assert server.keys() == [key]
    time.sleep(max(0, seconds_of(key["expire"]) - time.time()) + 0.1)
    assert server.keys() == []
    refused(server.curl(f"/api/v1/user/alice/key/{key['md5']}"), 404, "no such key")
    assert server.curl("/api/v1/user/alice/authorized_keys").body == b""
    assert server.metrics()["inki_keys_expired_total"] == 1


# ---- who may do what ----

@as_root
def test_root_removes_a_key_without_a_signature(server, sign, new_key):
    line, _ = new_key()
    key = server.post(sign(key=line)).json[0]
    target = f"/api/v1/user/alice/key/{key['md5']}"
    refused(server.curl(target, "-X", "DELETE", unix=True, prefix=AS_NOBODY), 403, "only root on the host itself")
    refused(server.curl(target, "-X", "DELETE"), 403, "only root on the host itself")
    assert server.keys() == [key]
    removed = server.curl(target, "-X", "DELETE", unix=True)
    assert removed.status == 200 and key["fingerprint"] in removed.text, removed
    assert server.keys() == []
    refused(server.curl(target, "-X", "DELETE", unix=True), 404, "no such key")


@as_root
def test_root_does_not_add_without_a_signature(server, new_key):
    line, _ = new_key()
    refused(server.post(f'{{"username":"alice","key":"{line}","expire":"1h"}}'.encode(), unix=True), 400, "gpg --clearsign")
    assert server.keys() == []


@as_root
def test_a_key_thrown_out_by_root_does_not_come_back_by_the_same_request(server, sign, new_key):
    line, _ = new_key()
    message = sign(key=line)
    key = server.post(message).json[0]
    assert server.curl(f"/api/v1/user/alice/key/{key['md5']}", "-X", "DELETE", unix=True).status == 200
    refused(server.post(message), 409, "")
    assert server.keys() == []


@as_root
def test_other_users_may_read_and_send_signed_requests_by_socket(server, sign, new_key):
    line, _ = new_key()
    assert server.post(sign(key=line), unix=True, prefix=AS_NOBODY).status == 200
    assert server.keys(unix=True, prefix=AS_NOBODY)[0]["key"] == line


@pytest.mark.parametrize("access", ["read", "write", "all"])
def test_access_of_a_listener(start, gpg, alice, sign, new_key, access):
    server = start({"listen": [{"address": "127.0.0.1:0"}, {"socket": "SOCKET", "mode": "0666", "access": access}],
                    "users": [{"name": "alice", "keyring": gpg.export(alice)}]})
    line, _ = new_key()
    message = sign(key=line)
    if access == "read":
        refused(server.post(message, unix=True), 403, "listener does not let its callers")
        refused(server.delete(message, unix=True), 403, "listener does not let its callers")
    else:
        assert server.post(message, unix=True).status == 200
    if access == "write":
        refused(server.curl("/api/v1/keys", unix=True), 403, "listener does not let its callers")
        refused(server.curl("/api/v1/user/alice/authorized_keys", unix=True), 403, "listener does not let its callers")
    else:
        assert server.curl("/api/v1/keys", unix=True).status == 200
    assert server.curl("/healthz", unix=True).status == 200
    assert server.curl("/api/v1/keys").status == 200, "the other listener is not meant"


# ---- for machines that watch ----

def test_healthz(server):
    answer = server.curl("/healthz")
    assert (answer.status, answer.text.strip()) == (200, "ok") and answer.headers["content-type"].startswith("text/plain")


def test_metrics(server, sign, new_key, mallory):
    line, _ = new_key()
    server.post(sign(key=line))
    server.post(sign(by=mallory, key=line))
    server.curl("/nowhere")
    answer = server.curl("/metrics")
    assert answer.status == 200 and answer.headers["content-type"].startswith("text/plain; version=0.0.4"), answer
    assert metrics.problems(answer.text) == [], answer.text
    values = server.metrics()
    assert values["inki_keys_added_total"] == 1 and values["inki_keys"] == 1, values
    assert values["inki_requests_refused_total"] == 2, values
    with inki.Wire(server) as wire:
        assert wire.send(b"NONSENSE\r\n\r\n").answer().status == 400
    over_tcp, text = server.curl("/metrics").text, server.curl("/metrics", unix=True).text
    assert "alice" not in over_tcp and metrics.problems(text) == [], "who has an account here is not for everybody"
    names = 'inki_user_keys{user="alice"} 1', 'inki_user_signers{user="alice"} 1'
    for line in (*names, 'inki_refusals_total{reason="ROUTE_UNKNOWN"} 1', 'inki_refusals_total{reason="UNVERIFIED"} 1', 'inki_refusals_total{reason="HTTP_SYNTAX"} 1',
                 'inki_build_info{version="0.1.0"} 1', 'inki_check_duration_seconds_count 0', "inki_config_last_reload_successful 1"):
        assert f"\n{line}\n" in "\n" + text, f"{line} is not in {text}"
        assert line in names or f"\n{line}\n" in "\n" + over_tcp, f"{line} is not in {over_tcp}"


def test_the_check_of_metrics_finds_what_is_wrong():
    good = '# HELP a_total x\n# TYPE a_total counter\na_total{b="c"} 1\na_total{b="d"} 2\n'
    assert metrics.problems(good) == []
    for bad in (good[:-1], good.replace("HELP", "HELPS"), good.replace("a_total", "a"), good + 'a_total{b="c"} 3\n',
                good.replace(" counter", " number"), good.replace(" 2\n", " two\n"), good.replace('"c"', "c"),
                good + "# HELP b x\n# TYPE b gauge\nb 1\n" + 'a_total{b="e"} 2\n', good + "# HELP b x\n# TYPE b gauge\n"):
        assert metrics.problems(bad), bad


@pytest.mark.skipif(not shutil.which("promtool"), reason="NOT TESTED: promtool (Debian's prometheus) is not here; metrics.py looks at the same")
def test_metrics_by_promtool(start, gpg, alice, sign, new_key):
    server = start({"users": [{"name": name, "keyring": gpg.export(alice)} for name in ("alice", 'we"ird\\')]})
    server.post(sign(key=new_key()[0]))
    server.post(b"nonsense")
    done = subprocess.run(["promtool", "check", "metrics"], input=server.curl("/metrics", unix=True).body, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b""), done


def test_metrics_of_many_users(start, gpg, alice):
    names = [f"{at:02d}" + 29 * '\\"' for at in range(64)]
    keyring = gpg.export(alice)
    server = start({"users": [{"name": name, "keyring": keyring} for name in names]})
    answer = server.curl("/metrics", unix=True)
    assert answer.headers.get("transfer-encoding") == "chunked" and len(answer.body) > 16384
    assert metrics.problems(answer.text) == []
    for name in names:
        label = name.replace("\\", "\\\\").replace('"', '\\"')
        assert f'\ninki_user_keys{{user="{label}"}} 0\n' in answer.text
