#!/usr/bin/env python3
"""Usage: bench.py INKI LARGE WORKS CLIENT FOLDER [PART...]

inki beside what people would use in its place, as one table of ratios: each is the median of pairs, with the least and the most of
them. The two of a pair run one right after the other, servers on one processor and clients on the other, so that whatever else
the machine does falls on both alike. WORKS and CLIENT are what was made of works.c and authorized_keys.c, LARGE inki with room for more connections; FOLDER gets bench.json. Parts:
http, works, login, verify, tls, memory, start; all of them take 5 minutes.
"""

import contextlib
import http.client
import json
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import counts
import fixtures

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "e2e"))

import inki  # noqa: E402
import openpgp  # noqa: E402
from certificates import issue  # noqa: E402
from test_many import ssh_line  # noqa: E402

SECONDS = 1         # of one run of wrk, which takes whole ones
MILLISECONDS = 250  # of one run of a work
PAIRS = 5
SERVER, CLIENT = (["taskset", "-c", "0"], ["taskset", "-c", "1"]) if os.cpu_count() > 1 else ([], [])
HERTZ = os.sysconf("SC_CLK_TCK")
ALGORITHMS = {"rsa2048": ("RSA-2048", "rsa2048"), "rsa3072": ("RSA-3072", "rsa3072"), "rsa4096": ("RSA-4096", "rsa4096"),
              "nistp256": ("P-256", "ecdsap256"), "nistp384": ("P-384", "ecdsap384"), "nistp521": ("P-521", "ecdsap521")}


class Table:
    """The rows: each of them is what was measured of inki and of the other, in pairs."""

    def __init__(self):
        self.rows = []

    def add(self, name, unit, pairs, aim, other):
        """aim is "<=1.3" or ">=0.9", of the ratio, or None."""
        ratios = [ours / theirs for ours, theirs in pairs if theirs]
        row = {"name": name, "unit": unit, "other": other, "aim": aim, "ours": statistics.median(ours for ours, _ in pairs),
               "theirs": statistics.median(theirs for _, theirs in pairs), "ratio": statistics.median(ratios),
               "least": min(ratios), "most": max(ratios)}
        row["reached"] = None if aim is None else row["ratio"] <= float(aim[2:]) if aim[0] == "<" else row["ratio"] >= float(aim[2:])
        self.rows.append(row)
        print(self.line(row), flush=True)

    @staticmethod
    def line(row):
        def number(value):
            return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
        aim = "" if row["aim"] is None else f"{row['aim'].replace('<=', '≤ ').replace('>=', '≥ ')}{'' if row['reached'] else ', not reached'}"
        return (f"| {row['name']}, {row['unit']} | {number(row['ours'])} | {row['other']} {number(row['theirs'])} | "
                f"{row['ratio']:.3g} ({row['least']:.3g} to {row['most']:.3g}) | {aim} |")


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"bench: {' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = re.search(r"^model name\s*: (.*)", file.read(), re.M)
    return f"{model.group(1) if model else platform.machine()}, {os.cpu_count()} processors, Linux {platform.release()}"


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / HERTZ


# ---- servers ----

class Nginx:
    """One worker, which sends files of the folder, and writes no log."""

    def __init__(self, folder, files, identity):
        self.folder = folder
        for name, data in files.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
        self.port, self.tls_port = free_port(), free_port()
        tls = f"""server {{ listen 127.0.0.1:{self.tls_port} ssl; root {folder}; default_type text/plain; ssl_certificate {identity.path};
            ssl_certificate_key {identity.key_path}; ssl_protocols TLSv1.2; ssl_ciphers {CIPHER}; ssl_session_cache off; ssl_session_tickets off; }}"""
        with open(f"{folder}/nginx.conf", "w", encoding="ascii") as file:
            file.write(f"""worker_processes 1; daemon off; pid {folder}/pid; error_log /dev/null crit; user root;
                events {{ worker_connections 1024; }}
                http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; keepalive_timeout 60;
                    open_file_cache max=100; client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
                    uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
                    server {{ listen 127.0.0.1:{self.port}; root {folder}; default_type text/plain; }} {tls} }}""")
        self.process = subprocess.Popen([*SERVER, "nginx", "-c", f"{folder}/nginx.conf", "-p", folder], stderr=subprocess.DEVNULL)
        end = time.monotonic() + 10
        while not os.path.exists(f"{folder}/pid") or not self.children():
            assert time.monotonic() < end and self.process.poll() is None, "nginx does not start"
            time.sleep(0.05)
        self.serving = self.children()[0]

    def children(self):
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as file:
            return [int(child) for child in file.read().split()]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)


def free_port():
    import socket
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


CIPHER = "ECDHE-ECDSA-AES128-GCM-SHA256"


class Identity:
    """A self-signed certificate on P-256, in files."""

    def __init__(self, folder):
        self.path, self.key_path = f"{folder}/tls.crt", f"{folder}/tls.key"
        identity = issue("p256")
        for path, data in ((self.path, identity.pem), (self.key_path, identity.key_pem())):
            with open(path, "wb") as file:
                file.write(data)


@contextlib.contextmanager
def server(program, config, prefix=SERVER):
    limits = {"failures": {"burst": 0, "per_minute": 0}}
    started = inki.Server([os.path.abspath(program)], {**limits, **config}, prefix=prefix)
    try:
        yield started
    finally:
        started.stop()


def fill(started, signer, user, numbers):
    """Adds SSH keys with those numbers."""
    connection = http.client.HTTPConnection(*started.address, timeout=20)
    for number in numbers:
        text = json.dumps({"username": user, "key": ssh_line(number)[0], "expire": "1h"})
        connection.request("POST", "/api/v1/keys", openpgp.clearsign(text, openpgp.Signature(signer)))
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        answer.read()


USERS = {"one": 1, "hundred": 100, "all": 10000}


def users_of(signer):
    return [{"name": name, "keyring": openpgp.armored_certificate(signer), "max_keys": 10000} for name in USERS]


# ---- the parts ----

def wrk(port, path, connections, pid, scheme="http"):
    """(requests a second, microseconds of the server's processor for one)"""
    before = processor_seconds(pid)
    told = run(*CLIENT, "wrk", "-t", "1", "-c", str(connections), "-d", f"{SECONDS}s", f"{scheme}://127.0.0.1:{port}/{path}")
    requests, bad = int(re.search(r"(\d+) requests in", told).group(1)), re.search(r"Socket errors.*|Non-2xx.*", told)
    if bad or requests == 0:
        sys.exit(f"bench: wrk at {path}: {bad.group() if bad else told}")
    return float(re.search(r"Requests/sec:\s*([\d.]+)", told).group(1)), (processor_seconds(pid) - before) * 1e6 / requests


def bench_http(table, served, nginx, large, signer):
    for user, keys in USERS.items():
        bench_list(table, served, nginx, user, 8)
    # of the 64 connections that inki has room for by default, 16 are kept for Unix sockets
    with server(large, {"users": users_of(signer)}) as many:
        fill(many, signer, "one", range(USERS["one"]))
        bench_list(table, many, nginx, "one", 64)


def bench_list(table, served, nginx, user, connections):
    keys = USERS[user]
    pairs = [(wrk(served.ports[0], f"api/v1/user/{user}/authorized_keys", connections, served.serving),
              wrk(nginx.port, user, connections, nginx.serving)) for _ in range(PAIRS)]
    what = f"GET {keys:,} key{'s' * (keys > 1)} of one user, {connections} connections"
    table.add(what, "requests a second", [(ours[0], theirs[0]) for ours, theirs in pairs], ">=1" if keys == 1 else ">=0.9", "nginx")
    table.add(what, "µs of the processor a request", [(ours[1], theirs[1]) for ours, theirs in pairs], "<=1" if keys == 1 else None, "nginx")


def bench_tls(table, served, nginx):
    def handshakes(port):
        told = run(*CLIENT, "openssl", "s_time", "-connect", f"127.0.0.1:{port}", "-new", "-time", "1", "-cipher", CIPHER, "-tls1_2")
        found = re.search(r"(\d+) connections in (\d+) real seconds", told)
        return int(found.group(1)) / max(int(found.group(2)), 1)
    port = served.ports[1]
    with_cpu = []
    for _ in range(3):
        pair = []
        for where, pid in ((port, served.serving), (nginx.tls_port, nginx.serving)):
            before = processor_seconds(pid)
            rate = handshakes(where)
            pair.append((rate, (processor_seconds(pid) - before) / rate * 1e6))
        with_cpu.append(pair)
    table.add("TLS handshakes, whole", "a second with one client", [(ours[0], theirs[0]) for ours, theirs in with_cpu], None, "nginx")
    pairs = [(wrk(port, "api/v1/user/all/authorized_keys", 4, served.serving, "https"),
              wrk(nginx.tls_port, "all", 4, nginx.serving, "https")) for _ in range(3)]
    size = sum(len(ssh_line(number)[0]) + 1 for number in range(10000)) / 1e6
    table.add("TLS, 10,000 keys", "MB a second", [(ours[0] * size, theirs[0] * size) for ours, theirs in pairs], None, "nginx")


def openssl_rate(name):
    """The last line of the form for machines ends in signatures made, and verified, in a second of the processor's."""
    told = run(*SERVER, "openssl", "speed", "-mr", "-seconds", "1", name)
    return float(next(line for line in told.splitlines() if line.startswith("+F")).split(":")[-1])


def bench_works(table, works, folder):
    def rate(name):
        return float(run(*SERVER, works, folder, "rate", name, str(MILLISECONDS)))

    for kind, aim in (("rsa2048", "<=3"), ("nistp256", None)):
        label, other = ALGORITHMS[kind]
        table.add(f"POST signed with {label}", "µs of the processor", [(1e6 / rate(f"add {kind}"), 1e6 / openssl_rate(other)) for _ in range(PAIRS)],
                  aim, "bare openssl")
    table.add("POST signed with Ed25519", "µs of the processor", [(1e6 / rate("add 1"), 1e6 / rate("bare ed25519")) for _ in range(PAIRS)],
              "<=1.5", "bare libsodium")
    for kind in ("rsa4096", "nistp384", "nistp521"):
        label, other = ALGORITHMS[kind]
        table.add(f"message signed with {label}", "µs of the processor",
                  [(1e6 / rate(f"verify {kind}"), 1e6 / openssl_rate(other)) for _ in range(2)], None, "bare openssl")
    pairs = [(counts.count_work(works, folder, f"{what} 10000"), counts.count_work(works, folder, f"{what} 1")) for what in ("find", "add")]
    table.add("one key by fingerprint among 10,000", "instructions", pairs[:1], "<=1.1", "among 1")
    table.add("the 10,000th key added", "instructions", pairs[1:], "<=1.1", "the first")


def time_commands(client, rounds, *commands):
    """The median microseconds of each command from its start to its end, all of them run in turn; not pinned, as sshd's are not."""
    words = [word for command in commands for word in (*command, ",")][:-1]
    return [int(line.split()[0]) for line in run(client, "time", str(rounds), *words).splitlines()]


def bench_login(table, served, program, client):
    """In pairs: whoever came after curl in a turn of three would wait for what that leaves behind."""
    path = served.socket_path
    for user, keys in USERS.items():
        ours, least = [program, "authorized-keys", "-s", path, "--", user], [client, "ask", path, user]
        curl = ["curl", "-s", "--unix-socket", path, f"http://localhost/api/v1/user/{user}/authorized_keys"]
        name = f"inki authorized-keys, {keys:,} key{'s' * (keys > 1)}"
        for other, words, aim in ((least, "the least program", "<=1.3"), (curl, "curl -s", "<=0.15")):
            if keys == 1 or other is least:
                times = [time_commands(client, 60 if keys < 10000 else 20, ours, other) for _ in range(PAIRS)]
                table.add(name, "µs", times, aim if keys == 1 else None, words)


def bench_verify(table, program, client, folder):
    for kind in ("ed25519", "rsa2048", "nistp256"):
        keyring, message = f"{folder}/{kind}.gpg", f"{folder}/{kind}.asc"
        commands = ([program, "verify", keyring, message], ["gpgv", "--keyring", keyring, message])
        times = [time_commands(client, 30, *commands) for _ in range(PAIRS)]
        table.add(f"inki verify, {ALGORITHMS.get(kind, ('Ed25519',))[0]}, whole process", "µs", [tuple(each) for each in times], "<=0.3", "gpgv")


def resident(pid, what="Rss"):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        return int(re.search(rf"^{what}:\s*(\d+) kB", file.read(), re.M).group(1))


def bench_memory(table, program, signer):
    """Not beside anybody: the ratio is to what is aimed at. Before the first request each process has what its start has left."""
    with server(program, {"users": users_of(signer)}, prefix=()) as served:
        time.sleep(0.5)
        for name, pid in (("server", served.serving), ("helper", served.process.pid)):
            table.add(f"memory of the {name} process, idle", f"kB resident ({resident(pid, 'Pss')} proportional)", [(resident(pid), 512)], "<=1", "aim")
        fill(served, signer, "all", range(10000))
        table.add("memory of the server process, 10,000 keys", "kB resident", [(resident(served.serving), 4096)], "<=1", "aim")


def bench_start(table, program, folder):
    """From the start of the process until the log tells of the last listener."""
    keyring = os.path.join(folder, "rsa2048.gpg")
    with tempfile.TemporaryDirectory(prefix="bench-", dir="/tmp") as place:
        os.chmod(place, 0o755)
        config, times = os.path.join(place, "inki.conf"), []
        with open(config, "w", encoding="ascii") as file:
            file.write(f"listen: [{{address: '127.0.0.1:0'}}]\nusers:\n" + "".join(f"  - {{name: user{i}, keyring_file: {keyring}}}\n" for i in range(16)))
        for _ in range(2 * PAIRS):
            started = time.perf_counter()
            process = subprocess.Popen([program, "server", "-c", config], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
            while b"listening on" not in process.stderr.readline():
                assert process.poll() is None, "the server does not start"
            times.append((time.perf_counter() - started) * 1000)
            process.send_signal(signal.SIGTERM)
            process.communicate()
    table.add("from start to listening, 16 users with RSA-2048", "ms", [(each, 10) for each in times], "<=1", "aim")


def expected_lines(keys):
    return "".join(ssh_line(number)[0] + "\n" for number in range(keys)).encode()


@contextlib.contextmanager
def both_servers(program, signer):
    """inki with its three users' keys in, and nginx with the same bytes in files."""
    folder = tempfile.mkdtemp(prefix="bench-", dir="/tmp")
    os.chmod(folder, 0o755)
    identity = Identity(folder)
    listen = [{"address": "127.0.0.1:0"}, {"address": "127.0.0.1:0", "tls": True}, {"socket": "SOCKET", "mode": "0666"}]
    try:
        with server(program, {"listen": listen, "tls": {"certificate": identity.path, "key": identity.key_path}, "users": users_of(signer)}) as served:
            files = {}
            for user, keys in USERS.items():
                fill(served, signer, user, range(keys))
                files[user] = served.curl(f"/api/v1/user/{user}/authorized_keys").body
                assert files[user].count(b"\n") == keys
            nginx = Nginx(folder, files, identity)
            try:
                yield served, nginx
            finally:
                nginx.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(program, large, works, client, folder, *parts):
    program, large, works, client, folder = map(os.path.abspath, (program, large, works, client, folder))
    parts = parts or ("http", "tls", "works", "login", "verify", "memory", "start")
    fixtures.write(folder)
    signer, table, began = openpgp.Key("ed25519"), Table(), time.monotonic()
    print(f"{machine()}, {time.strftime('%Y-%m-%d', time.gmtime())}, `make bench`:\n")
    print("| | inki | beside | ratio | aim |\n|---|---|---|---|---|", flush=True)
    if {"http", "tls", "login"} & set(parts):
        with both_servers(program, signer) as (served, nginx):
            if "http" in parts:
                bench_http(table, served, nginx, large, signer)
            if "tls" in parts and inki.has("TLS"):
                bench_tls(table, served, nginx)
            if "login" in parts:
                bench_login(table, served, program, client)
    for part, measure in (("works", lambda: bench_works(table, works, folder)), ("verify", lambda: bench_verify(table, program, client, folder)),
                          ("memory", lambda: bench_memory(table, program, signer)), ("start", lambda: bench_start(table, program, folder))):
        if part in parts:
            measure()
    path = os.path.join(os.path.dirname(folder), "bench.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"machine": machine(), "time": int(time.time()), "inki": run(program, "--version").strip(), "parts": parts, "rows": table.rows}, file, indent=1)
    print(f"\n{time.monotonic() - began:.0f} s; also in {os.path.relpath(path)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
