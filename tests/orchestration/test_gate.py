"""What the gate before Dagster's webserver lets through, and what it refuses: a real server and a real browser, with harmless queries only."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from orchestration.commands.webserver import gate

if TYPE_CHECKING:
    from playwright.sync_api import Browser

QUERY = "{ version }"
CHANGE = "mutation { nothing { __typename } }"
HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "c2l4dGVlbiBieXRlcy4uLg==",
}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Behind:
    """The application behind the gate, which notes what reached it."""

    def __init__(self) -> None:
        self.reached: list[str] = []

    def app(self) -> Starlette:
        async def answer(request: Request) -> JSONResponse:
            self.reached.append(f"{request.method} {request.url.path}")
            return JSONResponse({"data": "synthetic"})

        async def talk(socket: WebSocket) -> None:
            self.reached.append("websocket")
            await socket.accept()
            await socket.close()

        routes = [Route("/{path:path}", answer, methods=["GET", "HEAD", "POST"]), WebSocketRoute("/graphql", talk)]
        return Starlette(routes=routes)


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[int, Behind]]:
    behind, port = Behind(), free_port()
    running = uvicorn.Server(uvicorn.Config(gate(behind.app()), host="127.0.0.1", port=port, log_level="critical"))
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield port, behind
    running.should_exit = True
    thread.join()


def asked(server: tuple[int, Behind], method: str, path: str, **headers: str) -> tuple[int, str, list[str]]:
    """Status and words of an answer, and what reached the application behind the gate."""
    port, behind = server
    behind.reached.clear()
    given = {"Host": f"127.0.0.1:{port}"} | {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, body=b"{}" if method == "POST" else None, headers=given)
    answer = connection.getresponse()
    words = answer.read().decode() if answer.status != 101 else ""
    connection.close()
    return answer.status, words, list(behind.reached)


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/", {}),
        ("GET", "/asset-groups", {"Host": "localhost:8000"}),
        ("GET", "/", {"Host": "[::1]:3000"}),
        ("POST", "/graphql", {}),
        ("POST", "/graphql", {"Host": "localhost:3000", "Origin": "http://localhost:3000"}),
        ("GET", f"/graphql?{urlencode({'query': QUERY})}", {}),
        ("GET", f"/graphql?{urlencode({'query': 'query Mutation { version }'})}", {}),
        ("GET", "/graphql?query=mutation+of+nothing", {}),
    ],
)
def test_what_pages_of_this_address_ask_is_let_through(
    server: tuple[int, Behind], method: str, path: str, headers: dict[str, str]
) -> None:
    status, _, reached = asked(server, method, path, **headers)
    assert (status, reached) == (200, [f"{method} {path.partition('?')[0]}"])


@pytest.mark.parametrize(
    ("method", "path", "headers", "words"),
    [
        ("GET", "/", {"Host": "statistics.example"}, "not this machine's"),
        ("POST", "/graphql", {"Host": "127.0.0.1.statistics.example"}, "not this machine's"),
        ("POST", "/graphql", {"Host": "[::1"}, "not this machine's"),
        ("POST", "/graphql", {"Host": ""}, "not this machine's"),
        ("POST", "/graphql", {"Origin": "https://statistics.example"}, "another address"),
        ("POST", "/graphql", {"Origin": "null"}, "another address"),
        ("POST", "/graphql", {"Origin": "http://127.0.0.1:9"}, "another address"),
        ("GET", "/", {"Origin": "https://statistics.example"}, "another address"),
        ("GET", f"/graphql?{urlencode({'query': CHANGE})}", {}, "nothing is changed by GET"),
        ("HEAD", f"/graphql?{urlencode({'query': QUERY + CHANGE})}", {}, ""),
        ("GET", f"/graphql?{urlencode([('query', QUERY), ('query', '#' + chr(10) + CHANGE)])}", {}, "by GET"),
    ],
)
def test_what_comes_from_elsewhere_and_changes_by_a_link_are_refused(
    server: tuple[int, Behind], method: str, path: str, headers: dict[str, str], words: str
) -> None:
    status, said, reached = asked(server, method, path, **headers)
    assert (status, reached) == (403, [])
    assert words in said


def test_a_web_socket_is_for_pages_of_this_address_only(server: tuple[int, Behind]) -> None:
    own = f"http://127.0.0.1:{server[0]}"
    assert asked(server, "GET", "/graphql", **HANDSHAKE, Origin=own)[0::2] == (101, ["websocket"])
    assert asked(server, "GET", "/graphql", **HANDSHAKE, Origin="https://statistics.example")[0::2] == (403, [])


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>synthetic</title>")

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


@pytest.mark.full
def test_a_page_of_another_address_in_a_real_browser_reaches_nothing(
    server: tuple[int, Behind], browser: "Browser"
) -> None:
    """The page asks in the ways that a browser lets it without asking the server first: plain POST, a form's POST, and an image."""
    port, behind = server
    elsewhere = HTTPServer(("127.0.0.1", 0), _Page)
    threading.Thread(target=elsewhere.serve_forever, daemon=True).start()
    ask = """async (address) => {
      const send = (path, options) => fetch(address + path, {mode: 'no-cors', ...options}).then(() => 1, () => 0);
      await send('/graphql', {method: 'POST', body: '{"query": "{ version }"}', headers: {'Content-Type': 'text/plain'}});
      await send('/graphql', {method: 'POST', body: new URLSearchParams({query: '{ version }'})});
      await new Promise(done => { const image = new Image(); image.onload = image.onerror = done;
        image.src = address + '/graphql?query=' + encodeURIComponent('mutation { nothing { __typename } }'); });
      return await fetch('/').then(answer => answer.status);
    }"""
    try:
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{elsewhere.server_port}/")
        behind.reached.clear()
        assert page.evaluate(ask, f"http://127.0.0.1:{port}") == 200
        assert behind.reached == []
        page.goto(f"http://127.0.0.1:{port}/")
        body = json.dumps({"query": QUERY})
        asks = "body => fetch('/graphql', {method: 'POST', body, headers: {'Content-Type': 'application/json'}}).then(a => a.status)"
        assert page.evaluate(asks, body) == 200
        assert behind.reached[-1] == "POST /graphql"
        page.close()
    finally:
        elsewhere.shutdown()
        elsewhere.server_close()
