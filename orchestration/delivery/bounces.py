"""Returned mail: delivery status notifications (RFC 3464) in a Maildir folder, matched to letters by their Message-ID."""

import mailbox
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Final

from transforms.errors import CountyLinesError

_REPORT: Final = "multipart/report"
_SHOWN: Final = 200


@dataclass(frozen=True)
class Bounce:
    """A letter that came back: for good, or so that it may be sent again; ``status`` is the code of RFC 3463, ``key`` the file in the folder."""

    message_id: str
    for_good: bool
    status: str
    key: str


def read_bounces(folder: Path) -> Iterator[Bounce]:
    """The notifications in ``new`` that say that a letter was not delivered. Other mail, and letters that are only late, are left as they are.

    Raises CountyLinesError when the folder is no Maildir.
    """
    if not all((folder / name).is_dir() for name in ("new", "cur", "tmp")):
        raise CountyLinesError(
            f"{folder} is no Maildir folder (it lacks new, cur or tmp); name the one in which returned mail arrives."
        )
    parser = BytesParser(policy=policy.default)
    for path in sorted((folder / "new").iterdir()):
        message = parser.parsebytes(path.read_bytes())
        assert isinstance(message, EmailMessage)
        if message.get_content_type() == _REPORT and message.get_param("report-type") == "delivery-status":
            yield from _failures(message, path.name.partition(":")[0])


def _failures(message: EmailMessage, key: str) -> Iterator[Bounce]:
    parts = list(message.walk())
    statuses = [part for part in parts if part.get_content_type() == "message/delivery-status"]
    recipients = [block for part in statuses for block in part.walk() if block.get("Action")]
    originals = [part.get("Message-ID") or _message_id(part) for part in parts[1:] if _is_original(part)]
    failed = [block for block in recipients if str(block["Action"]).strip().lower() == "failed"]
    for original in [found for found in originals if found][:1]:
        for block in failed[:1]:
            status = "".join(letter for letter in str(block.get("Status", "")) if letter.isprintable())[:_SHOWN].strip()
            yield Bounce(str(original).strip(), not status.startswith("4"), status, key)


def _is_original(part: EmailMessage) -> bool:
    return part.get_content_type() == "text/rfc822-headers" or bool(part.get("Message-ID"))


def _message_id(part: EmailMessage) -> str | None:
    """From the headers of a letter that came back without its text."""
    content = part.get_payload(decode=True)
    found = (
        BytesParser(policy=policy.default).parsebytes(content, headersonly=True).get("Message-ID")
        if isinstance(content, bytes)
        else None
    )
    return str(found) if found else None


def put_away(folder: Path, key: str) -> None:
    """Mark a notification as read, so that it counts once."""
    mail = mailbox.Maildir(folder, create=False)
    message = mail[key]
    message.set_subdir("cur")
    message.add_flag("S")
    mail[key] = message
