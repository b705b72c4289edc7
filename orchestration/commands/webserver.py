"""The webserver of `countylines ui`: Dagster's own, behind a gate that lets through only what pages of this very address ask.

Any page that is open in the same browser can ask a server on loopback for something, and a name of its own choice can be made to lead there. So
requests are refused whose Host is not this machine, whose Origin is another address, and those that ask for a change by GET, which a mere link would do.
"""

import sys
from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

_LOOPBACK: Final = {"127.0.0.1", "localhost", "::1"}
_ALONE: Final = "-m"

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]


def gate(app: App) -> App:
    """An ASGI application that refuses what comes from elsewhere, with 403 and the reason, and hands on everything else."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        reason = why_refused(scope) if scope["type"] in {"http", "websocket"} else None
        if reason is None:
            await app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": reason})
        else:
            headers = [(b"content-type", b"text/plain; charset=utf-8")]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": f"{reason}\n".encode()})

    return guarded


def why_refused(scope: Scope) -> str | None:
    """Why a request is refused; None for one that is let through."""
    headers = [(name.lower(), value.decode("latin-1")) for name, value in scope["headers"]]
    hosts = [value for name, value in headers if name == b"host"]
    origins = [value for name, value in headers if name == b"origin"]
    if len(hosts) != 1 or _name(f"//{hosts[0]}") not in _LOOPBACK:
        return (
            "Refused: the address is not this machine's; open http://127.0.0.1 with the port that countylines ui names."
        )
    if any(origin.lower() != f"http://{hosts[0]}".lower() for origin in origins):
        return "Refused: a page of another address asks for this."
    if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"} and _asks_for_a_change(scope):
        return "Refused: nothing is changed by GET."
    return None


def _name(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def _asks_for_a_change(scope: Scope) -> bool:
    """Whether the query of an address holds an operation of GraphQL other than a query; one that cannot be read changes nothing."""
    from graphql import GraphQLError, OperationDefinitionNode, OperationType, parse

    for text in parse_qs(scope["query_string"].decode("latin-1")).get("query", []):
        try:
            document = parse(text)
        except (GraphQLError, RecursionError):
            continue
        if any(
            isinstance(each, OperationDefinitionNode) and each.operation != OperationType.QUERY
            for each in document.definitions
        ):
            return True
    return False


def main(arguments: list[str]) -> None:
    """Run `dagster dev`, whose webserver is this one then, or that webserver: ``dev`` or ``webserver``, then the options of Dagster's command."""
    kind, *options = arguments
    if kind == "dev":
        dev: Any = import_module("dagster._cli.dev")
        start = dev.open_ipc_subprocess

        def started(command: list[str], **more: Any) -> Any:
            if command[1:3] == [_ALONE, "dagster_webserver"]:
                command = [command[0], _ALONE, "orchestration.commands.webserver", "webserver", *command[3:]]
            return start(command, **more)

        dev.open_ipc_subprocess = started
        sys.argv = ["dagster", "dev", *options]
        import_module("dagster._cli").main()
    else:
        cli: Any = import_module("dagster_webserver.cli")
        make = cli.create_app_from_workspace_process_context

        def made(*given: Any, **more: Any) -> Any:
            return gate(make(*given, **more))

        cli.create_app_from_workspace_process_context = made
        sys.argv = ["dagster-webserver", *options]
        cli.main()


if __name__ == "__main__":
    main(sys.argv[1:])
