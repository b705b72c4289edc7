"""A real mail server on loopback, with TLS and a login, and with the faults that mail servers have. Every address is synthetic."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "letters", "a synthetic secret"


@dataclass
class Mailbox:
    """What the server took, and what it says to recipients: at RCPT and after DATA, in turn, the last answer stays.

    An answer of "drop" ends the connection without a word after the letter was taken. ``seen`` is called at each step with its name and
    the recipient.
    """

    port: int
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    at_recipient: dict[str, list[str]] = field(default_factory=dict)
    after_data: dict[str, list[str]] = field(default_factory=dict)
    seen: Callable[[str, str], None] = field(default=lambda step, recipient: None)
    logins: int = 0

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        self.seen("recipient", address)
        answer = self._answer(self.at_recipient, address)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        [address] = envelope.rcpt_tos
        answer = self._answer(self.after_data, address)
        self.seen("before", address)
        if answer.startswith("2") or answer == "drop":
            assert isinstance(envelope.content, bytes)
            self.taken.append((address, envelope.content))
            self.seen("taken", address)
        if answer == "drop":
            server.transport.abort()
        return "250 dropped" if answer == "drop" else answer

    @staticmethod
    def _answer(answers: dict[str, list[str]], address: str) -> str:
        given = answers.get(address, ["250 OK"])
        return given.pop(0) if len(given) > 1 else given[0]

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        self.logins += right
        return AuthResult(success=right, handled=False)

    @property
    def recipients(self) -> list[str]:
        return [address for address, _ in self.taken]

    def letter(self, address: str) -> EmailMessage:
        [content] = [content for recipient, content in self.taken if recipient == address]
        message = message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        return message


@contextmanager
def mail_server(context: ssl.SSLContext, implicit: bool = False, starttls: bool = True) -> Iterator[Mailbox]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    mailbox = Mailbox(port)
    security: dict[str, Any] = {"ssl_context": context} if implicit else {}
    if starttls and not implicit:
        security |= {"tls_context": context, "require_starttls": True}
    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=port,
        authenticator=mailbox.authenticate,
        auth_required=True,
        auth_require_tls=not implicit,
        **security,
    )
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop(no_assert=True)
