"""Many keys, and a quick way to send them."""

import base64
import functools
import hashlib
import http.client

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


@functools.cache
def ssh_line(number):
    """An authorized_keys line and its blob, the same each time for the same number."""
    name = b"ssh-ed25519"
    secret = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"key %d" % number).digest())
    point = secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    blob = len(name).to_bytes(4, "big") + name + len(point).to_bytes(4, "big") + point
    return f"ssh-ed25519 {base64.b64encode(blob).decode()} key-{number}", blob


class Client:
    """One connection that is kept."""

    def __init__(self, server):
        self.connection = http.client.HTTPConnection(*server.address, timeout=20)

    def ask(self, method, target, body=None):
        self.connection.request(method, target, body)
        answer = self.connection.getresponse()
        return answer.status, answer.read()
