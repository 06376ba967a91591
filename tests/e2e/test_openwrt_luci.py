"""OpenWrt's page in LuCI: what rpcd calls for it, and the page itself in a browser, before a real server. The browser is large,
so that test is part of `make openwrt-test` only."""

import http.server
import json
import os
import re
import shutil
import subprocess
import threading

import pytest
from inki import RELEASE, has
from openwrt import PACKAGE, STUBS, Router, uci

pytestmark = [pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a root folder"),
              pytest.mark.skipif(not has("CLIENT"), reason="built without CONFIG_CLIENT")]

HOSTILE = "<img src=x onerror=window.owned=1>"
NAME = "<b>Mallory</b> '\"&lt;%s <script>window.owned=2</script>"


@pytest.fixture
def router(tmp_path):
    made = Router(tmp_path, RELEASE)
    for name in ("usr/libexec/rpcd", "usr/share"):
        os.makedirs(made.path(name), exist_ok=True)
    shutil.copy(os.path.join(PACKAGE, "luci", "inki.rpcd"), made.path("usr/libexec/rpcd/inki"))
    shutil.copy(os.path.join(STUBS, "jsonfilter"), made.path("usr/bin/jsonfilter"))
    yield made
    made.end()


@pytest.fixture
def serve(router, gpg):
    """Starts the router's inki, whose root trusts this signer; returns a function that adds a key."""
    def serving(signer):
        router.write("etc/inki/root.asc", gpg.export(signer))
        router.write("etc/config/inki", uci(("server", "server", {"enabled": "1"}), ("listen", "a", {"address": "127.0.0.1:0"}),
                                            ("listen", "b", {"socket": "/tmp/run/inki/inki.sock", "access": "read"}),
                                            ("user", "c", {"name": "root", "keyring_file": "/etc/inki/root.asc"})))
        router.serve(router.init("start")[2])
        port = re.search(r"listening on 127\.0\.0\.1:(\d+)", router.log()).group(1)

        def add(line, **fields):
            text = json.dumps({"username": "root", "key": line, "expire": "1h", **fields})
            done = subprocess.run(["curl", "-q", "-sS", "--data-binary", "@-", f"http://127.0.0.1:{port}/api/v1/keys"],
                                  input=gpg.clearsign(text, signer), capture_output=True, check=True)
            return json.loads(done.stdout)[0]
        return add
    return serving


def call(router, method, **arguments):
    """As rpcd calls its plugin."""
    done = router.run("/usr/libexec/rpcd/inki", "call", method, data=json.dumps({"ubus_rpc_session": "0" * 32, **arguments}))
    assert (done.returncode, done.stderr) == (0, ""), done
    return json.loads(done.stdout)


def test_what_rpcd_calls(router, serve, alice, new_key):
    """The methods are those that the access list has, and do what they say; what is wrong is told in JSON."""
    declared = json.loads(router.run("/usr/libexec/rpcd/inki", "list").stdout)
    with open(os.path.join(PACKAGE, "luci", "acl.json"), encoding="utf-8") as file:
        acl = json.load(file)["luci-app-inki"]
    assert sorted(acl["read"]["ubus"]["inki"] + acl["write"]["ubus"]["inki"]) == sorted(declared)
    assert acl["write"] == {"ubus": {"inki": ["remove"]}} and set(acl["read"]) == {"ubus"}
    with open(os.path.join(PACKAGE, "luci", "menu.json"), encoding="utf-8") as file:
        menu = json.load(file)
    assert menu["admin/services/inki"]["depends"]["acl"] == ["luci-app-inki"] and menu["admin/services/inki"]["action"]["path"] == "inki/keys"

    assert "/tmp/run/inki/inki.sock" in call(router, "keys")["error"]
    assert "/tmp/run/inki/inki.sock" in call(router, "signers")["error"]
    add = serve(alice)
    keys = [add(new_key()[0], reason=HOSTILE), add(new_key()[0])]
    assert sorted(call(router, "keys")["keys"], key=str) == sorted(keys, key=str)
    events = call(router, "signers")["events"]
    assert [event["signer"] for event in events] == [[alice], [alice]] and "@example.org" in events[0]["uid"][0]
    assert "give user and fingerprint" in call(router, "remove")["error"]
    assert "give user and fingerprint" in call(router, "remove", user="root")["error"]
    assert "no such key" in call(router, "remove", user="nobody", fingerprint=keys[0]["fingerprint"])["error"]
    for strange in ("--json", "-f", "$(reboot)", "../../x", "*"):
        assert call(router, "remove", user="root", fingerprint=strange)["error"]
    assert call(router, "remove", user="root", fingerprint=keys[0]["fingerprint"]) == {"removed": [keys[0]]}
    assert call(router, "keys")["keys"] == [keys[1]]
    assert "no method" in call(router, "add")["error"]


def test_errors_are_json(router):
    """Whatever inki writes to standard error: one line of text in a string of JSON."""
    router.write("usr/bin/inki", "#!/bin/sh\nprintf 'a \"quote\" \\\\ back \\001\\033[31m \\t é\\nnext' >&2\nexit 1\n")
    os.chmod(router.path("usr/bin/inki"), 0o755)
    assert call(router, "keys") == {"error": 'a "quote" \\ back [31m  '}


# ---- in the browser ----

class Luci(http.server.BaseHTTPRequestHandler):
    """uhttpd with rpcd behind it, and what the page asks the test to do."""

    def log_message(self, *_):
        pass

    def send(self, body, kind="application/json"):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        path = {"/": os.path.join(STUBS, "luci.html"), "/keys.js": os.path.join(PACKAGE, "luci", "keys.js")}.get(self.path)
        if not path:
            self.send_error(404)
            return
        with open(path, "rb") as file:
            self.send(file.read(), "text/html" if path.endswith("html") else "text/javascript")

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = self.ubus(*request["params"][1:]) if self.path == "/ubus" else self.server.test.do(**request)
        self.send(json.dumps(answer).encode())

    def ubus(self, name, method, arguments):
        """As rpcd: only what the access list grants."""
        granted = [part for right in self.server.test.rights for part in self.server.test.acl[right]["ubus"].get(name, [])]
        if method not in granted:
            return {"jsonrpc": "2.0", "id": 1, "result": [6]}
        if self.server.test.lies:
            return {"jsonrpc": "2.0", "id": 1, "result": [0, {"error": HOSTILE}]}
        return {"jsonrpc": "2.0", "id": 1, "result": [0, call(self.server.test.router, method, **arguments)]}


class Drive:
    def __init__(self, router, hostile):
        self.router, self.hostile = router, hostile
        self.lies = False
        self.rights, self.said, self.ended = ["read", "write"], None, threading.Event()
        with open(os.path.join(PACKAGE, "luci", "acl.json"), encoding="utf-8") as file:
            self.acl = json.load(file)["luci-app-inki"]

    def do(self, action, fingerprint=None, said=None):
        if action == "expected":
            return {"keys": call(self.router, "keys")["keys"], "hostile": self.hostile}
        if action == "remove":
            return call(self.router, "remove", user="root", fingerprint=fingerprint)
        if action == "readonly":
            self.rights = ["read"]
        if action in ("lie", "truth"):
            self.lies = action == "lie"
        if action == "stop":
            self.router.end()
        if action == "report":
            self.said = said
            self.ended.set()
        return {}


@pytest.mark.skipif("INKI_BROWSER" not in os.environ, reason="needs a browser: make openwrt-test")
def test_page(router, serve, gpg, new_key, tmp_path):
    """It lists keys and signers, whose names and words are hostile; counts down; removes; tells what went wrong."""
    add = serve(gpg.generate("ed25519", name=f"{NAME} {HOSTILE}"))
    for _ in range(3):
        add(new_key(comment=HOSTILE)[0], reason=HOSTILE + "</td>")
    drive = Drive(router, [f"{NAME} {HOSTILE}", HOSTILE + "</td>", "ssh-ed25519, " + HOSTILE])
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Luci) as site:
        site.test = drive
        threading.Thread(target=site.serve_forever, daemon=True).start()
        browser = subprocess.Popen([os.environ["INKI_BROWSER"], "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                                    "--no-first-run", "--disable-background-networking", f"--user-data-dir={tmp_path}/browser",
                                    f"http://127.0.0.1:{site.server_address[1]}/"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            came = drive.ended.wait(120)
        finally:
            browser.terminate()
            words = browser.communicate(timeout=30)[1].decode(errors="replace")
            site.shutdown()
    assert came, f"the page did not report:\n{words[-2000:]}"
    assert drive.said == "well"
