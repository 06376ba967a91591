#!/usr/bin/env python3
"""Throws random requests, replays, removals, clock steps, reloads and restarts at the server's pure core and at the model,
and compares all that can be seen of them after each step.

Besides, whatever the two agree on: a perfect memory of all that was ever taken looks at each key that is served.

    run.py DRIVER STEPS [SEED]
"""

import base64
import calendar
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
sys.dont_write_bytecode = True

import openpgp  # noqa: E402
from model import Model, Request, names  # noqa: E402

BASE = 1_800_000_000    # when each life of the server begins
RELEASED = BASE - 86400
EPOCH = 400             # steps in such a life, about
SIGNERS = ("alice", "bob", "carol", "eve")
ENDS = {"alice": 10**12, "bob": 10**12, "carol": BASE + 3 * 3600, "eve": 10**12}   # carol's certificate ends
OPTIONS = ("", "", "no-pty", 'command="a, b"', 'no-pty,from="10.0.0.0/8"')
LIVES = (1, 30, 600, 3600, 7200, 86400, 86401)

CONFIGS = [
    {"users": {"root": ["alice", "bob"], "ops": ["bob", "carol"]}},
    {"users": {"root": ["alice", "bob"], "ops": ["bob", "carol"]}, "signed_clock": True},
    {"users": {"root": ["alice"], "ops": ["alice", "bob", "carol"]}, "max_age": 600, "max_keys": 3},
    {"users": {"root": ["alice", "bob"], "ops": ["alice", "bob"]}, "signatures": 2},
    {"users": {"ops": ["bob", "carol", "alice"]}},
    {"users": {"ops": ["bob", "alice"], "root": ["alice", "bob"]}},
    {"users": {"root": ["carol", "bob", "alice"]}, "max_age": 1800},
    {"users": {"root": ["alice", "bob", "carol"], "ops": ["bob"]}, "max_lifetime": 3600, "allow": [], "own": "restrict,pty"},
    {"users": {"root": ["bob", "carol"], "ops": ["carol", "alice"]}, "allow": ["no-pty", "from"], "max_age": 7200, "max_keys": 1},
]
DEFAULTS = {"signatures": 1, "max_keys": 2, "max_age": 3600, "max_lifetime": 86400, "allow": ["no-pty", "command", "from"],
            "own": "", "signed_clock": False}


def ssh_key(number):
    """An Ed25519 line; the numbers of points are easily come by, and nobody has to sign with them."""
    key = openpgp.Key(at=BASE)
    point = key.private.public_key().public_bytes(openpgp.serialization.Encoding.Raw, openpgp.serialization.PublicFormat.Raw)
    blob = b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + point
    return f"ssh-ed25519 {base64.b64encode(blob).decode()} key{number}"


def sha256(line):
    return "SHA256:" + base64.b64encode(hashlib.sha256(base64.b64decode(line.split()[1])).digest()).decode().rstrip("=")


def md5(line):
    return hashlib.md5(base64.b64decode(line.split()[1])).hexdigest()


class Driver:
    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "RELEASED": str(RELEASED)})

    def ask(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, f"the driver has ended at: {line[:200]}"
        return answer.decode().rstrip("\n")

    def list(self, target):
        return self.process.stdout.read(int(self.ask("list " + target))).decode()


class Game:
    def __init__(self, driver, folder, seed):
        self.random, self.driver, self.folder = random.Random(seed), Driver([driver]), folder
        self.keys = [ssh_key(number) for number in range(4)]
        self.signers = {name: openpgp.Key(at=BASE - 90000) for name in SIGNERS}
        self.configs = [{**DEFAULTS, **config} for config in CONFIGS]
        for number, config in enumerate(self.configs):
            self.write_config(number, config)
        self.model = Model(RELEASED, ENDS)
        self.counts, self.steps = {}, 0
        self.restart()

    def write_config(self, number, config):
        policy = {"signatures": config["signatures"], "max_keys": config["max_keys"], "max_lifetime": f"{config['max_lifetime']}s",
                  "allow_options": config["allow"], "options": config["own"]}
        users = []
        for name, signers in config["users"].items():
            path = f"{self.folder}/{number}-{name}"
            with open(path, "wb") as file:
                for signer in signers:
                    more = [openpgp.key_flags(3)]
                    if ENDS[signer] < 10**12:
                        more.append(openpgp.key_expires(ENDS[signer] - self.signers[signer].at))
                    file.write(openpgp.certificate(self.signers[signer], f"{signer} <{signer}@example.org>".encode(), more=more))
            users.append({"name": name, "keyring_file": path})
        whole = {"users": users, "defaults": policy, "max_request_age": f"{config['max_age']}s", "host": "router",
                 "clock": "signed" if config["signed_clock"] else "system"}
        with open(f"{self.folder}/{number}.conf", "w", encoding="utf-8") as file:
            json.dump(whole, file)

    def restart(self):
        self.uptime, self.offset, self.history, self.taken = 1000, 0, [], {}
        number = self.random.randrange(len(self.configs))
        self.driver.ask("restart")
        self.driver.ask(f"config {self.folder}/{number}.conf")
        self.config = self.configs[number]
        self.model.restart(self.config)

    def reload(self):
        number = self.random.randrange(len(self.configs))
        self.driver.ask(f"config {self.folder}/{number}.conf")
        self.config = self.configs[number]
        self.model.adopt(self.config)

    @property
    def true_time(self):
        return BASE + self.uptime - 1000

    @property
    def wall(self):
        return 5 + self.uptime if self.offset is None else self.true_time + self.offset

    def set_clock(self):
        self.offset = self.random.choice([0] * 8 + [-60, -3600, -7300, 1800, 3600, 5400, 86400, None, None, self.random.randrange(-9000, 9000)])

    def new_request(self):
        choice, at = self.random.choice, self.true_time
        at += choice([0] * 8 + [-1, -30, -600, -3600, 300, 301, -90000]) + self.random.randrange(-3, 4)
        at = max(at, BASE - 88000)
        signers = choice([["alice"], ["bob"], ["bob"], ["carol"], *3 * [["alice", "bob"]], *3 * [["bob", "carol"]], ["eve"], ["eve", "alice"], ["alice", "alice"]])
        request = Request(choice(["root", "ops"] * 9 + ["nobody"]), choice(self.keys), choice(["add", "add", "add", "remove"]),
                          [(signer, at - self.random.randrange(0, 5) * index) for index, signer in enumerate(signers)],
                          reason=choice(["", "", "why"]), host=choice([None] * 18 + ["router", "other"]))
        fields = {"username": request.user, "action": request.action}
        if request.action == "add":
            request.options, request.is_lifetime = choice(OPTIONS), choice([True, True, False])
            request.expire = choice(LIVES) if request.is_lifetime else at + choice(LIVES)
            fields["expire"] = f"{request.expire}s" if request.is_lifetime else time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(request.expire))
        request.by_md5 = request.action == "remove" and choice([True, False, False])
        if request.by_md5:
            fields["fingerprint"] = md5(request.key)
        elif request.action == "remove" and choice([True, False]):
            fields["fingerprint"] = sha256(request.key)
        else:
            fields["key"] = f"{request.options} {request.key}".strip()
        if request.reason:
            fields["reason"] = request.reason
        if request.host:
            fields["hosts"] = [request.host]
        message = openpgp.clearsign(json.dumps(fields), *[openpgp.Signature(self.signers[name], at=when) for name, when in request.signatures])
        self.history = self.history[-40:] + [(request, message)]

    def post(self):
        if not self.history or self.random.random() < 0.5:
            self.new_request()
            request, message = self.history[-1]
        else:
            request, message = self.random.choice(self.history)
        expected = self.model.post(request)
        code = int(self.driver.ask("post " + message.hex()))
        self.count(f"{request.action} {code}")
        assert code == expected, f"{request}\nanswers {code}, the model {expected}"
        if code in (200, 404):
            self.remember(request)

    def remember(self, request):
        """The perfect memory: for each key the newest signature that was ever taken, and whether it was a removal."""
        signed = self.model.last
        name = (request.user, request.key)
        if request.by_md5 or signed < self.taken.get(name, (0, ""))[0]:
            return
        self.taken[name] = (signed, request.action)

    def drop(self):
        user, key = self.random.choice(["root", "ops"]), self.random.choice(self.keys)
        expected = self.model.drop(user, key)
        code = int(self.driver.ask(f"drop /api/v1/user/{user}/key/{md5(key)}"))
        self.count(f"root's removal {code}")
        assert code == expected, f"root's removal of {user}'s {key} answers {code}, the model {expected}"

    def step(self):
        self.steps += 1
        self.uptime += self.random.choice([0, 0, 0, 1, 1, 2, 5, 20, 60, self.random.randrange(900)])
        what = self.random.random()
        if self.steps % EPOCH == 0:
            self.restart()
            self.count("restart")
        elif what < 0.03:
            self.set_clock()
            self.count("clock step")
        elif what < 0.05:
            self.reload()
            self.count("reload")
        self.driver.ask(f"clock {self.wall} {self.uptime}")
        self.model.clock(self.wall, self.uptime)
        if 0.05 <= what < 0.1:
            self.drop()
        elif what < 0.97:
            self.post()
        self.compare()

    def compare(self):
        """All keys as JSON, and each user's lines for sshd; each question is a sweep."""
        self.model.clock(self.wall, self.uptime)
        self.model.clock(self.wall, self.uptime)
        listed = {(each["user"], " ".join(each["key"].split(" ")[-3:])): each for each in json.loads(self.driver.list("/api/v1/keys"))}
        expected = {(user, key): record for user in ("root", "ops") for key, record in self.model.live(user).items()}
        assert listed.keys() == expected.keys(), f"listed {listed}, the model {expected}"
        for name, record in expected.items():
            got = listed[name]
            signers = got.get("signers") or [got["signer"]]
            assert got["key"] == f"{record.live.options} {name[1]}".strip(), got
            assert (parse(got["expire"]), parse(got["signed"])) == (record.expire, record.signed), f"{got}, the model {record}"
            assert sorted(signers) == sorted(self.signers[signer].fingerprint.hex().upper() for signer in record.signers), got
            assert got.get("reason", "") == record.live.reason, got
            self.look_at(name, record)
        for user in ("root", "ops"):
            lines = self.driver.list(f"/api/v1/user/{user}/authorized_keys").splitlines()
            wanted = [line for line in (self.line(key, record) for key, record in self.model.live(user).items()) if line]
            assert sorted(lines) == sorted(wanted), f"{user}'s lines are {lines}, the model's {wanted}"

    def line(self, key, record):
        """The host's options of now in front of the key's own; a key whose options it does not allow (any more) has no line."""
        options = record.live.options
        if not set(names(options)) <= set(self.config["allow"]):
            return None
        return f"{','.join(filter(None, [self.config['own'], options]))} {key}".strip()

    def look_at(self, name, record):
        """Whatever the model says: a key is in by the newest request that was ever taken for it, and for no longer than that allows."""
        signed, action = self.taken[name]
        assert (signed, action) == (record.signed, "add"), f"{name} is in by {record}; taken was {signed} {action}"
        assert self.uptime < record.deadline <= self.uptime + 86400 + 300, record

    def count(self, what):
        self.counts[what] = self.counts.get(what, 0) + 1


def parse(text):
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


def main():
    driver, steps = sys.argv[1], int(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 and sys.argv[3] else random.SystemRandom().randrange(2**32)
    with tempfile.TemporaryDirectory(prefix="inki-model-") as folder:
        game = Game(os.path.abspath(driver), folder, seed)
        try:
            while game.steps < steps:
                game.step()
        except AssertionError as error:
            sys.exit(f"model: step {game.steps} of seed {seed}, clock {game.wall}, uptime {game.uptime}, {game.config}:\n{error}")
    print(f"model: {steps} steps, no difference (seed {seed}): {', '.join(f'{what} {n}' for what, n in sorted(game.counts.items()))}")


main()
