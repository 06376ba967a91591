"""The table of raw requests, tests/http/requests.txt, and the answers that come back on a connection."""

import os
import re
from dataclasses import dataclass

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http", "requests.txt")

WORDS = {
    "GET": b"GET /healthz HTTP/1.1\r\nHost: a\r\n",
    "POST": b"POST /healthz HTTP/1.1\r\nHost: a\r\n",
    "BODY": b"Content-Length: 5\r\n\r\nhello",
    "CHUNKED": b"Transfer-Encoding: chunked\r\n\r\n",
}
ESCAPES = {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0", "\\": b"\\"}


def byte_of(text):
    return bytes([int(text[2:], 16)]) if text.startswith("\\x") else text.encode()


def bytes_of(text):
    data = b""
    for word, count, byte, hexadecimal, escape, plain in re.findall(
            r"\{([A-Z]+)\}|\{(\d+) (\\x..|.)\}|\\x(..)|\\(.)|(.)", text):
        if word:
            data += WORDS[word]
        elif count:
            data += byte_of(byte) * int(count)
        elif hexadecimal:
            data += bytes([int(hexadecimal, 16)])
        else:
            data += ESCAPES[escape] if escape else plain.encode()
    return data


@dataclass
class Request:
    name: str
    codes: list
    stays: bool
    data: bytes

    @property
    def is_head(self):
        return self.data.startswith(b"HEAD ")


def requests():
    found = []
    with open(PATH, encoding="ascii") as file:
        for line in file.read().splitlines():
            if line and line[0] != "#":
                codes, end, _, rest = line.split(" ", 3)
                name, text = rest.split(" |", 1)
                found.append(Request(name, [int(code) for code in codes.split(",")], end == "stays", bytes_of(text)))
    return found
