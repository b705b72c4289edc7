"""An S3 protocol server on loopback, and a proxy before it that answers with errors, late, or not at all, as often as a test says."""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import urlsplit

import pytest

from transforms.incidents import store, stored

BUCKET = "synthetic-lake"
URL = f"s3://{BUCKET}/records"


@contextmanager
def s3_server() -> Iterator[str]:
    """The address of moto's server, with an empty bucket."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        address = f"http://{host}:{port}"
        bucket = http.client.HTTPConnection(host, port, timeout=30)
        bucket.request("PUT", f"/{BUCKET}")
        assert bucket.getresponse().status == 200
        yield address
    finally:
        server.stop()


class FaultyProxy(ThreadingHTTPServer):
    """Hands requests on to ``behind``, but the first ``faults`` of one method.

    These are answered as ``fault`` says: with a status, or "cut" (no answer), "short" (half of one) or "slow".
    """

    def __init__(self, behind: str, fault: int | str, faults: int, method: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind, self.fault, self.faults, self.method = urlsplit(behind).netloc, fault, faults, method
        self.lock, self.is_closed = Lock(), Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def is_next_faulty(self) -> bool:
        with self.lock:
            self.faults -= 1
            return self.faults >= 0

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that has given up waiting is what a slow store makes of it."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FaultyProxy

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        is_faulty = self.command == self.server.method and self.server.is_next_faulty()
        if is_faulty and self.server.fault != "short":
            if self.server.fault == "cut":
                self.close_connection = True
                return
            if self.server.fault == "slow":
                self.server.is_closed.wait(3)
                self.close_connection = True
                return
            self._send(int(self.server.fault), {}, b"<Error><Code>SlowDown</Code></Error>")
            return
        behind = http.client.HTTPConnection(self.server.behind, timeout=30)
        behind.request(self.command, self.path, body, dict(self.headers))
        answer = behind.getresponse()
        self._send(answer.status, dict(answer.getheaders()), answer.read(), is_short=is_faulty)
        behind.close()

    def _send(self, status: int, headers: dict[str, str], body: bytes, *, is_short: bool = False) -> None:
        self.send_response_only(status)
        length = headers.pop("Content-Length", None) if self.command == "HEAD" else None
        for name, value in headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", length or str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if is_short else body)
        self.close_connection = self.close_connection or is_short

    do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = _answer

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: errors are the purpose."""


@contextmanager
def faulty(behind: str, fault: int | str, faults: int, method: str = "PUT") -> Iterator[str]:
    """The address of a proxy that answers the first writes, or requests of another method, with a fault."""
    proxy = FaultyProxy(behind, fault, faults, method)
    thread = Thread(target=proxy.serve_forever, daemon=True)
    thread.start()
    try:
        yield proxy.address
    finally:
        proxy.is_closed.set()
        proxy.shutdown()
        proxy.server_close()
        thread.join()


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A client that gives up on a store after seconds, and that remembers neither stores nor archives of other tests."""

    def forget() -> None:
        store._store.cache_clear()
        stored._end.cache_clear()

    monkeypatch.setattr(store, "_ANSWER_WITHIN", timedelta(seconds=1))
    monkeypatch.setattr(store, "_RETRYING", timedelta(seconds=15))
    monkeypatch.setattr(store, "_RETRIES", 3)
    forget()
    yield
    forget()


def asked_from_now_on(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """What is asked of the store, in order: the name of the file, and the range of it."""
    requests: list[tuple[str, Any]] = []
    original = store._ranged

    def noted(root: str, name: str, etag: str, wanted: Any) -> tuple[int, bytes]:
        requests.append((name, wanted))
        return original(root, name, etag, wanted)

    monkeypatch.setattr(store, "_ranged", noted)
    return requests


def use_store(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Point the client of stores, here and in processes started from here, to an address."""
    for name, value in credentials(address).items():
        monkeypatch.setenv(name, value)


def credentials(address: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "synthetic",
        "AWS_SECRET_ACCESS_KEY": "synthetic",
        "AWS_REGION": "us-east-1",
    }
