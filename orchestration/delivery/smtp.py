"""Sends letters over SMTP with TLS, and says of each what became of it, the one thing included that nobody can know."""

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Literal

from transforms.errors import CountyLinesError

State = Literal["sent", "deferred", "refused", "unknown"]
_SECONDS: Final = 60
_ATTEMPTS: Final = 3
_TAKEN: Final = range(200, 300)
_LATER: Final = range(400, 500)
_SHOWN: Final = 200


@dataclass(frozen=True)
class MailServer:
    """Where letters are handed in. The password never stands in a printed form of this."""

    host: str
    port: int
    implicit_tls: bool
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """Host and port, for messages."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Outcome:
    """What became of a letter: sent (the server took it), deferred (not now), refused (never), unknown (it may have been taken)."""

    state: State
    reply: str


class Postman:
    """One connection to the mail server, opened for the first letter and again after a loss; a context manager."""

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> "Postman":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            try:
                self._connection.quit()
            except (OSError, smtplib.SMTPException):
                # All letters have their outcome by now; a server that is gone needs no goodbye.
                self._lose()

    def send(self, sender: str, recipient: str, content: bytes, about_to: Callable[[], None]) -> Outcome:
        """Hand in one letter. ``about_to`` is called when the server has agreed to sender and recipient, just before the letter itself.

        Only from then on can the letter have been taken without our knowing. Raises CountyLinesError when the server cannot be reached,
        has no TLS that can be trusted, or refuses the login: no letter is lost by that.
        """
        connection = self._connected()
        try:
            for code, reply in self._envelope(connection, sender, recipient):
                if code not in _TAKEN:
                    connection.rset()
                    return _refusal(code, reply)
        except (OSError, smtplib.SMTPServerDisconnected):
            self._lose()
            return Outcome("deferred", "the connection was lost before the letter was handed over")
        about_to()
        try:
            code, reply = connection.data(content)
        except smtplib.SMTPDataError as error:
            code, reply = error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else b""
        except (OSError, smtplib.SMTPServerDisconnected):
            self._lose()
            return Outcome("unknown", "the connection was lost while the letter was handed over")
        if code == 421:
            self._lose()
        return Outcome("sent", _words(code, reply)) if code in _TAKEN else _refusal(code, reply)

    @staticmethod
    def _envelope(connection: smtplib.SMTP, sender: str, recipient: str):  # type: ignore[no-untyped-def]
        yield connection.mail(sender)
        yield connection.rcpt(recipient)

    def _connected(self) -> smtplib.SMTP:
        if self._connection is None:
            import stamina

            refused = smtplib.SMTPConnectError, smtplib.SMTPServerDisconnected, ConnectionError, TimeoutError
            try:
                for attempt in stamina.retry_context(on=refused, attempts=_ATTEMPTS, wait_initial=0.2, timeout=None):
                    with attempt:
                        self._connection = self._open()
            except ssl.SSLError as error:
                raise CountyLinesError(
                    f"The TLS of the mail server {self.server.name} cannot be trusted ({error.reason or 'certificate'}); nothing was sent. "
                    "SSL_CERT_FILE names the certificates of an authority of your own."
                ) from error
            except (OSError, smtplib.SMTPException) as error:
                raise CountyLinesError(
                    f"The mail server {self.server.name} cannot be used ({_reason(error)}); run countylines deliver again when it can: "
                    "nobody gets a letter twice."
                ) from None  # the exception of a refused login holds what was sent
        assert self._connection is not None
        return self._connection

    def _open(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        server = self.server
        if server.implicit_tls:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=_SECONDS, context=context)
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=_SECONDS)
        try:
            if not server.implicit_tls:
                connection.starttls(context=context)
            if server.user:
                connection.login(server.user, server.password)
            connection.ehlo_or_helo_if_needed()
        except BaseException:
            connection.close()
            raise
        return connection

    def _lose(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _refusal(code: int, reply: bytes) -> Outcome:
    return Outcome("deferred" if code in _LATER else "refused", _words(code, reply))


def _words(code: int, reply: bytes) -> str:
    """The server's answer on one line, as far as it can be printed."""
    text = "".join(letter if letter.isprintable() else " " for letter in reply.decode("utf-8", "replace"))
    return f"{code} {' '.join(text.split())}"[:_SHOWN].strip()


def _reason(error: Exception) -> str:
    match error:
        case smtplib.SMTPAuthenticationError():
            return "it refused the login"
        case smtplib.SMTPNotSupportedError():
            return "it offers no STARTTLS or no login"
        case smtplib.SMTPResponseException(smtp_code=code):
            return f"it answered {code}"
        case OSError(strerror=str() as words):
            return words.lower()
        case _:
            return type(error).__name__
