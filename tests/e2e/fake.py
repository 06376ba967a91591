"""Servers that answer as no inki would: with canned bytes, slowly, without end, or not at all."""

import contextlib
import os
import socket
import threading

LINE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILA2jQqGzVzINkw6GcQ7L22pQ2PCcWIEeKI2DPTkEVer x"
JSON_TYPE = "Content-Type: application/json\r\n"


def answer(body=LINE + "\n", head="HTTP/1.1 200 OK", fields="Content-Type: text/plain\r\n", size=None):
    body = body.encode() if isinstance(body, str) else body
    return f"{head}\r\n{fields}Content-Length: {len(body) if size is None else size}\r\n\r\n".encode() + body


@contextlib.contextmanager
def fake_server(folder, *sends, requests=None):
    """A server that sends these bytes to each client (a float: waits so long; a generator: all of it), then closes.
    Without any it takes the connection and does nothing. What it was sent is added to the list requests."""
    requests = [] if requests is None else requests
    listener = socket.socket(socket.AF_UNIX)
    path = str(folder / "fake.sock")
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    listener.bind(path)
    listener.listen()
    ended = threading.Event()

    def serve():
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client, contextlib.suppress(OSError):
                if not sends:
                    ended.wait(60)
                requests.append(client.recv(65536))
                for each in sends:
                    if isinstance(each, float):
                        ended.wait(each)
                    else:
                        for piece in [each] if isinstance(each, bytes) else each():
                            client.sendall(piece)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield "unix:" + path
    finally:
        ended.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def endless():
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    while True:
        yield b"1000\r\n" + (LINE + "\n").encode().ljust(0x1000, b"x") + b"\r\n"


def endless_head():
    yield b"HTTP/1.1 200 OK\r\n"
    while True:
        yield b"X-Field: y\r\n" * 100
