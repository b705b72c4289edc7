"""Put on PYTHONPATH, this stops every Python process that looks up a host or connects beyond loopback, and notes what it asked for.

An audit hook sees what the socket module is asked to do, whoever asks, and cannot be taken out again.
"""

import os
import sys
from pathlib import Path

_LOOPBACK = ("127.0.0.1", "::1", "localhost", "", None)
_NOTES = Path(os.environ["COUNTYLINES_TEST_NETWORK_NOTES"])


def _note(text: str) -> None:
    with _NOTES.open("a", encoding="utf-8") as file:
        file.write(f"{text}\n")


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # a path: a socket of this machine
    else:
        return
    if host not in _LOOPBACK:
        _note(f"{event} {host!r} by {' '.join(sys.orig_argv)[:300]}")
        raise OSError(f"no network here: {host}")


_note("watched")
sys.addaudithook(_watch)
