"""Requests to publishers: allowed hosts only, at their pace, and again after a passing fault."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
import stamina

from transforms.errors import FetchError, RefusedError
from transforms.sources.fetch.limits import Limits
from transforms.sources.registry import Source

Returned = TypeVar("Returned")

# Of other charsets some do more than read letters, and no publisher's page has them.
_CHARSETS = re.compile(r"utf-?8|us-ascii|ascii|iso-8859-\d{1,2}|latin-?1|windows-125\d|cp125\d", re.IGNORECASE)
# What an entity tag or a date may be to be sent back; anything else is as good as none.
_VALIDATOR = re.compile(r"[ -~]{1,500}")
_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
# Not errors: the file has not changed, and the part that was asked for is not there.
_ANSWERS = {304, 416}


@dataclass(frozen=True)
class Validators:
    """What the publisher's server calls this version of a page or file: its entity tag and the date of its last change."""

    etag: str | None = None
    last_modified: str | None = None

    @classmethod
    def of(cls, response: httpx.Response) -> Self:
        """What the headers of an answer say, as far as it can be sent back."""
        named = (response.headers.get(name, "") for name in ("ETag", "Last-Modified"))
        return cls(*(value if _VALIDATOR.fullmatch(value) else None for value in named))

    @property
    def condition(self) -> dict[str, str]:
        """The headers that ask for the page or file only if it is another version (RFC 9110, 13.1)."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in headers.items() if value}


UNKNOWN = Validators()


class Connection:
    """The open connections of one fetch, and how many requests each host has had."""

    def __init__(self, limits: Limits) -> None:
        """Open nothing yet; certificates are verified, and proxies of the environment are used except for loopback."""
        self.limits = limits
        self._client = httpx.Client(
            follow_redirects=False,
            timeout=limits.silence_seconds,
            trust_env=not limits.loopback,
            headers={"User-Agent": f"countylines/{version('countylines')}"},
        )
        self._tokens: dict[str, tuple[float, float]] = {}
        self._sockets: list[socket.socket] = []

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close all connections."""
        self._client.close()

    @contextmanager
    def stream(self, source: Source, address: str, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        """One request, its redirects followed; the body is not yet read. Status 304 and 416 are answers like 2xx.

        Raises RefusedError for an address or redirect that the source does not allow, and what httpx raises.
        """
        url = httpx.URL(address)
        for _ in range(self.limits.redirects + 1):
            self._check_allowed(source, url)
            self._wait_for_turn(url.host)
            noted = {"trace": self._note}
            with self._client.stream("GET", url, headers=dict(headers), extensions=noted) as response:
                if response.has_redirect_location:
                    url = url.join(response.headers["Location"])
                    continue
                if response.status_code not in _ANSWERS:
                    response.raise_for_status()
                yield response
                return
        raise RefusedError(
            f"{source.id}: {address} redirects more than {self.limits.redirects} times; open it in a browser and correct discovery in data/sources/{source.id}.toml."
        )

    def read_page(self, source: Source, address: str) -> str:
        """The text of a web page or JSON answer. Raises FetchError in one sentence, RefusedError for one larger than the limit."""
        text, _ = self.read_page_if_changed(source, address, UNKNOWN)
        assert text is not None
        return text

    def read_page_if_changed(self, source: Source, address: str, known: Validators) -> tuple[str | None, Validators]:
        """The text of a page, None where the server says that the ``known`` version is still the one, and the version; raises as read_page."""

        def read() -> tuple[str | None, Validators]:
            with (
                self.within_time(source, address, self.limits.page_seconds),
                self.stream(source, address, known.condition) as response,
            ):
                if response.status_code == 304 and known.condition:
                    return None, known
                content = bytearray()
                for chunk in response.iter_bytes():
                    content += chunk
                    if len(content) > self.limits.page_bytes:
                        raise RefusedError(
                            f"{source.id}: the page {address} is larger than {self.limits.page_bytes:,} bytes; correct discovery.page in data/sources/{source.id}.toml."
                        )
                charset = response.charset_encoding or "utf-8"
                if not _CHARSETS.fullmatch(charset):
                    raise FetchError(
                        f"{source.id}: {address} is a page in the charset {charset[:40]!r}, which is not read; look at it in a browser."
                    )
                text = content.decode(charset, errors="replace")
                return text, Validators.of(response)

        with said_plainly(source, address):
            return retried(self.limits, read)

    def version_now(self, source: Source, address: str, known: Validators) -> Validators:
        """The version of a file that the server has now, by its headers alone: no byte of its body is read. Raises as read_page."""

        def ask() -> Validators:
            headers = {"Accept-Encoding": "identity", **known.condition}
            with (
                self.within_time(source, address, self.limits.page_seconds),
                self.stream(source, address, headers) as response,
            ):
                if response.status_code == 304:
                    return known
                return Validators.of(response)

        with said_plainly(source, address):
            return retried(self.limits, ask)

    def _note(self, event: str, info: Mapping[str, Any]) -> None:
        """Keep the socket of each connection that is opened, so that it can be closed when the time is over."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            opened = info["return_value"].get_extra_info("socket")
            self._sockets = [each for each in self._sockets if each.fileno() >= 0]
            self._sockets.append(opened)

    @contextmanager
    def within_time(self, source: Source, address: str, seconds: float) -> Iterator[None]:
        """Let what is done with an address take so many seconds in all; then its connection is closed, and a FetchError is raised.

        The time-outs of a client begin anew with every byte: a server that sends one now and then would never meet them.
        """
        over = threading.Event()

        def end() -> None:
            over.set()
            for opened in self._sockets:
                with suppress(OSError):
                    opened.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        try:
            yield
        except httpx.HTTPError as error:
            if over.is_set():
                raise FetchError(
                    f"{source.id}: {address} took longer than {seconds:.0f} seconds; run countylines fetch {source.id} again later."
                ) from error
            raise
        finally:
            timer.cancel()

    def _check_allowed(self, source: Source, url: httpx.URL) -> None:
        local = self.limits.loopback and url.host in _LOOPBACK
        if not local and (url.scheme != "https" or url.port is not None or url.userinfo):
            raise RefusedError(f"{source.id}: {url} is not a plain https address; nothing is read from it.")
        if url.host not in source.discovery.hosts:
            raise RefusedError(
                f"{source.id}: {url} is on the host {url.host}, which is not among discovery.hosts; if it is the publisher's, add it in data/sources/{source.id}.toml."
            )

    def _wait_for_turn(self, host: str) -> None:
        """Token bucket: as many requests at once as the burst, then one for each token that time adds."""
        rate, burst = self.limits.requests_per_second.get(host, self.limits.otherwise_per_second)
        now = time.monotonic()
        tokens, since = self._tokens.get(host, (float(burst), now))
        tokens = min(burst, tokens + (now - since) * rate)
        if tokens < 1:
            time.sleep((1 - tokens) / rate)
        # Below zero only until the clock has caught up with the wait: no token is given twice.
        self._tokens[host] = (tokens - 1, now)


def retried(limits: Limits, function: Callable[[], Returned]) -> Returned:
    """Call a function, again after a broken connection, a time-out, 429 and 5xx, as late as Retry-After asks or ever later."""

    def again(error: Exception) -> bool | float:
        if isinstance(error, httpx.HTTPStatusError):
            if error.response.status_code != 429 and error.response.status_code < 500:
                return False
            asked = _retry_after(error.response)
            if asked is None:
                return True
            return max(asked, limits.first_wait_seconds) if asked <= limits.longest_wait_seconds else False
        return isinstance(error, httpx.TransportError)

    caller = stamina.RetryingCaller(
        attempts=limits.attempts,
        timeout=None,
        wait_initial=limits.first_wait_seconds,
        wait_max=limits.longest_wait_seconds,
        wait_jitter=limits.first_wait_seconds,
    )
    return caller(again, function)


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds that the header Retry-After asks for, from its number or its date (RFC 9110, 10.2.3)."""
    text = response.headers.get("Retry-After", "").strip()
    if (seconds := whole_number(text)) is not None:
        return float(seconds)
    try:
        until = parsedate_to_datetime(text)
        return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, ArithmeticError, LookupError):  # no date, or one that no calendar has
        return None


def whole_number(text: str) -> int | None:
    """The number that a header says; None for what is none, or has more digits than a size or a time has."""
    return int(text) if _NUMBER.fullmatch(text) else None


@contextmanager
def said_plainly(source: Source, address: str) -> Iterator[None]:
    """Turn what httpx raises into a FetchError of one sentence with source, address and what to do."""
    try:
        yield
    except httpx.HTTPStatusError as error:
        response = error.response
        asked = _retry_after(response)
        answered = f"{source.id}: {address} answered {response.status_code} {response.reason_phrase}".rstrip()
        if response.status_code == 429 or response.status_code >= 500:
            later = f"in {asked:.0f} seconds" if asked else "later"
            raise FetchError(f"{answered}; run countylines fetch {source.id} again {later}.") from error
        raise FetchError(
            f"{answered}; look on {source.landing_page} whether it has moved, and correct discovery in data/sources/{source.id}.toml if so."
        ) from error
    except httpx.TimeoutException as error:
        raise FetchError(
            f"{source.id}: {address} sent nothing for too long; run countylines fetch {source.id} again later."
        ) from error
    except (httpx.TransportError, httpx.DecodingError, httpx.InvalidURL) as error:
        raise FetchError(
            f"{source.id}: {address} could not be read ({error}); run countylines fetch {source.id} again."
        ) from error
    except (ValueError, LookupError, ArithmeticError, TypeError, AttributeError) as error:
        # A header that says what the client does not expect: it is this publisher's failure, and no other's.
        raise FetchError(
            f"{source.id}: {address} answered what cannot be understood ({type(error).__name__}: {error}); open it in a browser to see what it is."
        ) from error
