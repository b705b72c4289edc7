"""A real HTTP server on loopback that stands in for a publisher's, its faults included. Every page and file it serves is synthetic."""

import dataclasses
import io
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import xlsxwriter

from transforms.sources.fetch.limits import Limits
from transforms.sources.registry import Discovery, Source, load_source

DATA = Path(__file__).parents[2] / "data"
LIMITS = Limits(
    attempts=3,
    first_wait_seconds=0.01,
    longest_wait_seconds=2,
    silence_seconds=2,
    otherwise_per_second=(1000, 1000),
    loopback=True,
)


@dataclass(frozen=True)
class Answer:
    """What the server says to one request. ``sent`` cuts the body after so many bytes; ``pause`` waits before each hundred bytes; ``trickle``
    before each of a hundred headers that say nothing."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: int | None = None
    pause: float = 0
    trickle: float = 0


@dataclass
class Publisher:
    """What is served at which path, in turn (the last answer stays), and the requests that came."""

    address: str
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def serve(self, path: str, *answers: Answer) -> str:
        self.answers[path] = list(answers)
        return f"{self.address}{path}"

    def page(self, path: str, *links: str) -> str:
        """A landing page with the furniture of a real one."""
        furniture = [
            "/help/cookies",
            "mailto:crimestatistics@example.org",
            "#content",
            "https://example.org/elsewhere.xlsx",
        ]
        listed = "".join(f'<li><a class="govuk-link" href="{link}">A table</a></li>' for link in [*furniture, *links])
        body = f"<!DOCTYPE html><html lang='en'><head><title>Tables</title></head><body><ul>{listed}</ul></body></html>"
        return self.serve(path, Answer(body.encode(), headers={"Content-Type": "text/html; charset=utf-8"}))

    def asked(self, path: str) -> list[dict[str, str]]:
        """The headers of the requests for one path, names in lower case."""
        return [headers for asked, headers in self.requests if asked == path]


@contextmanager
def running_publisher() -> Iterator[Publisher]:
    publisher = Publisher("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            publisher.requests.append((self.path, headers))
            answers = publisher.answers.get(self.path, [Answer(b"<html>not here</html>", 404)])
            answer = as_asked(answers.pop(0) if len(answers) > 1 else answers[0], headers)
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                if value:
                    self.send_header(name, value)
            for number in range(100) if answer.trickle else ():
                self.send_header(f"X-Synthetic-{number}", "nothing")
                self.flush_headers()
                if publisher.closing.wait(answer.trickle):
                    return
            self.end_headers()
            body = answer.body if answer.sent is None else answer.body[: answer.sent]
            for start in range(0, len(body), 100) if answer.pause else ():
                if publisher.closing.wait(answer.pause):
                    return
                self.wfile.write(body[start : start + 100])
            if not answer.pause:
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """The tests look at the requests themselves."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that goes away in the middle of a body is part of the tests."""

    server = Server(("127.0.0.1", 0), Handler)
    publisher.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield publisher
    finally:
        publisher.closing.set()
        server.shutdown()
        server.server_close()


def as_asked(answer: Answer, asked: Mapping[str, str]) -> Answer:
    """A whole answer, or 304 or 206 where the request asks for it and the answer has an entity tag (RFC 9110, 13 and 14)."""
    etag = answer.headers.get("ETag")
    if answer.status != 200 or etag is None:
        return answer
    if asked.get("if-none-match") == etag:
        return Answer(status=304, headers={"ETag": etag})
    if "range" in asked and asked.get("if-range") == etag:
        start = int(asked["range"].removeprefix("bytes=").removesuffix("-"))
        total = len(answer.body)
        if start >= total:
            return Answer(status=416, headers={"Content-Range": f"bytes */{total}"})
        part = {**answer.headers, "Content-Range": f"bytes {start}-{total - 1}/{total}"}
        return dataclasses.replace(answer, body=answer.body[start:], status=206, headers=part)
    return answer


def source_at(page: str, pattern: str = r".*\.xlsx", kind: str = "landing_page", id: str = "ons_pfa_tables") -> Source:
    """A register entry of the project whose publisher is the server on loopback."""
    discovery = Discovery(kind=kind, page=page, file_pattern=pattern, hosts=("127.0.0.1",))
    return dataclasses.replace(load_source(DATA, "ons_pfa_tables"), id=id, discovery=discovery)


def workbook(offences: int) -> bytes:
    """A small XLSX workbook with one synthetic figure; other figures make other bytes."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Table P1")
        sheet.write_row(0, 0, ["Area Code", "Area Name", "Drug offences"])
        sheet.write_row(1, 0, ["E23000024", "Norfolk", offences])
    return content.getvalue()


def archive(entries: Mapping[str, bytes]) -> bytes:
    """A ZIP archive with these entries, names as they are."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, body in entries.items():
            file.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED)
    return content.getvalue()
