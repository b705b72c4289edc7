"""Where and how to deliver, from the environment: the repository holds no address, no name and no secret. What each setting says stands in
`orchestration.store.environment`.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from orchestration.delivery.smtp import MailServer
from reports.delivery.letters import Letterhead
from reports.delivery.subscribers import is_address
from transforms.errors import CountyLinesError

_ATTACH_BYTES: Final = "5000000"
_WEB: Final = re.compile(r"https?://[\w.-]+(?::\d+)?(?:/[\w./~%-]*)?")
_UNSUBSCRIBE: Final = re.compile(r"(?:https://[\w.-]+|mailto:[^\s<>,@]+@[\w.-]+)[\w./~%?=&;:@+-]*")


@dataclass(frozen=True)
class Settings:
    """``to`` is a folder or an s3:// address; ``address`` has no slash at its end; without ``subscribers`` nobody is written to.

    ``head`` and ``server`` are None exactly when ``subscribers`` is. ``waits`` are the seconds before letters that were put off are
    tried again in the same run, and ``attempts`` how often a letter is tried in all runs together.
    """

    to: str
    address: str
    subscribers: Path | None = None
    head: Letterhead | None = None
    server: MailServer | None = field(default=None, repr=False)
    bounces: Path | None = None
    waits: tuple[float, ...] = (60, 300)
    attempts: int = 6


def settings_from_environment(to: str | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings of delivery and mail; ``to`` stands before COUNTYLINES_DELIVER_TO. Raises CountyLinesError with the variable that is missing or wrong."""
    to = to or environment.get("COUNTYLINES_DELIVER_TO", "")
    if not to:
        raise CountyLinesError("Nobody has said where to deliver; give --to, or set COUNTYLINES_DELIVER_TO.")
    address = _asked(environment, "COUNTYLINES_ADDRESS", "where readers find what is delivered").rstrip("/")
    if not _WEB.fullmatch(address):
        raise CountyLinesError("COUNTYLINES_ADDRESS must be an address that begins with https:// and has no query.")
    bounces = environment.get("COUNTYLINES_BOUNCES")
    subscribers = environment.get("COUNTYLINES_SUBSCRIBERS")
    return Settings(
        to=to,
        address=address,
        subscribers=Path(subscribers) if subscribers else None,
        head=_letterhead(environment, address) if subscribers else None,
        server=mail_server(environment) if subscribers else None,
        bounces=Path(bounces) if bounces else None,
    )


def _asked(environment: Mapping[str, str], name: str, what: str) -> str:
    if not environment.get(name):
        raise CountyLinesError(f"{name} is not set: it says {what}; docs/settings.md lists all settings.")
    return environment[name]


def _letterhead(environment: Mapping[str, str], address: str) -> Letterhead:
    sender = _asked(environment, "COUNTYLINES_MAIL_FROM", "from whom subscribers get their letters")
    if not is_address(sender):
        raise CountyLinesError("COUNTYLINES_MAIL_FROM is not one plain e-mail address.")
    unsubscribe = environment.get("COUNTYLINES_MAIL_UNSUBSCRIBE") or f"mailto:{sender}?subject=unsubscribe"
    if not _UNSUBSCRIBE.fullmatch(unsubscribe):
        raise CountyLinesError("COUNTYLINES_MAIL_UNSUBSCRIBE must be one mailto: or https: address.")
    return Letterhead(sender, unsubscribe, address, _whole(environment, "COUNTYLINES_MAIL_ATTACH_BYTES", _ATTACH_BYTES))


def mail_server(environment: Mapping[str, str]) -> MailServer:
    """The mail server that takes letters and alerts. Raises CountyLinesError with the setting that is missing or wrong."""
    host = _asked(environment, "COUNTYLINES_SMTP_HOST", "which mail server takes letters and alerts")
    port = _whole(environment, "COUNTYLINES_SMTP_PORT", "587")
    tls = environment.get("COUNTYLINES_SMTP_TLS") or ("implicit" if port == 465 else "starttls")
    if tls not in {"implicit", "starttls"}:
        raise CountyLinesError("COUNTYLINES_SMTP_TLS must be implicit or starttls.")
    user = environment.get("COUNTYLINES_SMTP_USER", "")
    password = _asked(environment, "COUNTYLINES_SMTP_PASSWORD", "the password of COUNTYLINES_SMTP_USER") if user else ""
    return MailServer(host, port, tls == "implicit", user, password)


def _whole(environment: Mapping[str, str], name: str, otherwise: str) -> int:
    text = environment.get(name) or otherwise
    if not text.isdecimal():
        raise CountyLinesError(f"{name} must be a whole number.")
    return int(text)
