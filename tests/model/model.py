#!/usr/bin/env python3
"""What a server holds, told in a hundred lines from CONTRACT 1 and the README's chapter on the clock.

Time is given in two clocks: what the system's clock shows, and the seconds since the system started. Signatures, HTTP and
JSON are not its matter: it is told who signed what and when.
"""

import re
from dataclasses import dataclass, field

FUTURE, NEVER = 300, -10**18


@dataclass
class Request:
    user: str
    key: str
    action: str             # add, remove
    signatures: list        # (signer, when he signed)
    expire: int = 0         # a lifetime, or a time
    is_lifetime: bool = True
    options: str = ""
    reason: str = ""
    by_md5: bool = False    # a removal that names no key
    host: str = None


@dataclass
class Record:
    """What is known of a user's key: the newest signature that touched it, and the request that put it there, if it is in."""
    signed: int
    keep: int
    live: Request = None
    expire: int = 0
    deadline: int = 0
    signers: list = field(default_factory=list)


class Model:
    def __init__(self, released, signers_end):
        self.released, self.signers_end = released, signers_end  # when each signer's certificate ends
        self.wall, self.uptime = released, 0

    def restart(self, config):
        self.config, self.records, self.newest, self.told = config, {}, 0, 0
        self.floors, self.gone = {}, NEVER  # the newest signature that was forgotten, of each user and of those who are gone

    def tell_time(self):
        """The system's clock, or, where it is not set and the configuration says so, what the signatures tell."""
        self.is_set = self.wall >= self.released
        is_told = self.config["signed_clock"] and not self.is_set
        self.now = max(self.released, self.told + self.uptime) if is_told else self.wall

    def clock(self, wall, uptime):
        """Goes on to that time: what is over is dropped, and what need not be known is forgotten."""
        self.wall, self.uptime = wall, uptime
        self.tell_time()
        for (user, key), record in list(self.records.items()):
            if record.live and (record.expire <= self.now or record.deadline <= uptime):
                record.live = None
            if not record.live and record.keep <= self.now:
                self.floors[user] = max(self.floors.get(user, NEVER), min(record.signed, self.newest))
                del self.records[user, key]
        self.judge_trust(self.config)

    def judge_trust(self, config):
        """A key is in as long as those who let it in may sign for its user."""
        for (user, _), record in self.records.items():
            trusted = [signer for signer in record.signers if signer in config["users"].get(user, ())
                       and max(self.now, record.signed) < self.signers_end[signer]]
            if record.live and len(trusted) < config["signatures"]:
                record.live, record.keep = None, record.signed + self.config["max_age"] + 1

    def adopt(self, config):
        """A new configuration: whoever comes back to it later as a user is as new as any."""
        self.tell_time()
        self.judge_trust(config)
        for record in self.records.values():
            record.keep += max(0, config["max_age"] - self.config["max_age"])
        for user in self.config["users"].keys() - config["users"].keys():
            gone = {name: record for name, record in self.records.items() if name[0] == user}
            self.gone = max([self.gone, self.floors.pop(user, NEVER), *(min(each.signed, self.newest) for each in gone.values())])
            for name in gone:
                del self.records[name]
        for user in config["users"].keys() - self.config["users"].keys():
            self.floors[user] = self.gone
        self.config = config

    def live(self, user):
        return {key: record for (owner, key), record in self.records.items() if owner == user and record.live}

    def drop(self, user, key):
        record = self.records.get((user, key))
        if not record or not record.live:
            return 404
        record.live, record.signed = None, max(record.signed, self.now)
        record.keep = record.signed + self.config["max_age"] + 1
        return 200

    def post(self, request):
        config, now, newest = self.config, self.now, max(at for _, at in request.signatures)
        if not self.is_set:
            if request.action == "add" and not config["signed_clock"]:
                return 503
            now = max(now, newest)
        signers = {}
        for signer, at in request.signatures:
            if signer in config["users"].get(request.user, ()) and at <= now + FUTURE and max(at, now) < self.signers_end[signer]:
                signers[signer] = max(at, signers.get(signer, 0))
        first, last = min(signers.values(), default=NEVER), max(signers.values(), default=NEVER)
        if now - newest > config["max_age"] or now - first > config["max_age"]:
            return 401
        if len(signers) < config["signatures"] or request.host not in (None, "router"):
            return 403
        expire = request.expire + first * request.is_lifetime
        if request.action == "add" and not (all(name in config["allow"] for name in names(request.options))
                                            and now < expire <= first + config["max_lifetime"]):
            return 403
        return self.commit(request, now, first, last, expire, sorted(signers))

    def commit(self, request, now, first, signed, expire, signers):
        record, self.last = self.records.get((request.user, request.key)), signed
        if request.by_md5 and not (record and record.live):
            record = None
        if record and first <= record.signed:
            same = request.action == "remove" or (record.live and (record.expire, record.live.options, record.live.reason)
                                                  == (expire, request.options, request.reason))
            if signed != record.signed or not same or (request.action == "remove" and record.live and first < signed):
                return 409
            if request.action == "remove":
                record.live = None
            return 200
        is_live = bool(record and record.live)
        if request.action == "add" and not is_live and first <= self.floors.get(request.user, NEVER):
            return 409
        if request.action == "add" and not is_live and len(self.live(request.user)) >= self.config["max_keys"]:
            return 403
        self.newest, self.told = max(self.newest, signed), max(self.told, signed - self.uptime)
        if request.by_md5 and not is_live:
            return 404
        known = Record(signed, signed + self.config["max_age"] + 1)
        if request.action == "add":
            known.live, known.expire, known.deadline, known.signers = request, expire, self.uptime + expire - now, signers
        self.records[request.user, request.key] = known
        return 200 if request.action == "add" or is_live else 404


def names(options):
    return re.findall(r'([\w-]+)(?:="[^"]*")?', options)
