"""The letter to a subscriber: the key messages of the reports that they follow, with each PDF attached or linked by its size."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from textwrap import fill
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from reports import formats, wording
from reports.delivery.editions import TITLE, Edition, edition_address, moment
from reports.delivery.subscribers import Subscriber
from transforms.errors import CountyLinesError

# Seven bits and lines of at most 78 characters: every server between here and the reader takes them as they are (RFC 5321, 5322).
_POLICY: Final = SMTP.clone(cte_type="7bit")
_HEADERS: Final = [
    *(
        "Subject",
        "From",
        "To",
        "Date",
        "Message-ID",
        "List-Unsubscribe",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
    ),
]
_WIDTH: Final = 72
_TEMPLATES: Final = Path(__file__).parents[1] / "templates" / "mail"


@dataclass(frozen=True)
class Letterhead:
    """Who writes: sender's address, how to unsubscribe (mailto: or https:), where editions are published, and how many bytes may be attached."""

    sender: str
    unsubscribe: str
    address: str
    attach_bytes: int


def letter_id(edition: Edition, subscriber: Subscriber, head: Letterhead) -> str:
    """The Message-ID: the same for the same subscriber and edition, so that a server or reader that sees it twice can tell."""
    seed = f"{edition.id}\n{subscriber.address.casefold()}"
    return f"<{hashlib.sha256(seed.encode()).hexdigest()[:32]}@{head.sender.rpartition('@')[2]}>"


def attached(subscriber: Subscriber, sizes: Mapping[str, int], head: Letterhead) -> tuple[str, ...]:
    """The reports whose PDFs go with the letter: in the subscriber's order, as long as they fit together; the others are linked."""
    chosen: list[str] = []
    for slug in subscriber.reports:
        if sum(sizes[each] for each in chosen) + sizes[slug] <= head.attach_bytes:
            chosen.append(slug)
    return tuple(chosen)


def subject(subscriber: Subscriber, texts: Mapping[str, Mapping[str, Any]]) -> str:
    """What the letter is about: the first areas by name, and how many more."""
    names = [_area(texts[slug]) for slug in subscriber.reports]
    more = len(names) - 3
    named = wording.joined(names) if more <= 0 else f"{', '.join(names[:3])} and {more} more"
    return _one_line(f"County lines indicators: {named}")


def letter(
    edition: Edition,
    subscriber: Subscriber,
    texts: Mapping[str, Mapping[str, Any]],
    pdfs: Mapping[str, bytes],
    head: Letterhead,
) -> EmailMessage:
    """The letter, the same bytes for the same input. ``texts`` (as `reports.texts` writes them) and ``pdfs`` are by slug, those that are followed.

    Every header is set from text on one line; the message class refuses anything else, so that no name can add a header.
    """
    sizes = {slug: len(content) for slug, content in pdfs.items()}
    together = attached(subscriber, sizes, head)
    context = {
        "title": TITLE,
        "name": subscriber.name,
        "released": moment(edition.released),
        "reports": [
            _section(edition, slug, texts[slug], sizes[slug], slug in together, head) for slug in subscriber.reports
        ],
        "editions": f"{head.address}/index.html",
        "status_line": wording.STATUS_LINE,
        "unsubscribe": head.unsubscribe,
    }
    message = EmailMessage(policy=_POLICY)
    message["Subject"] = subject(subscriber, texts)
    message["From"] = Address("County lines indicators", addr_spec=head.sender)
    # A name that a header cannot carry as it is stands in the greeting alone, not encoded in a header.
    shown = subscriber.name if subscriber.name.isascii() else ""
    message["To"] = Address(shown, addr_spec=subscriber.address)
    message["Date"] = format_datetime(edition.released)
    message["Message-ID"] = letter_id(edition, subscriber, head)
    message["List-Unsubscribe"] = f"<{head.unsubscribe}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_render("letter.txt.j2", context))
    message.add_alternative(_render("letter.html.j2", context), subtype="html")
    for slug in together:
        message.add_attachment(pdfs[slug], maintype="application", subtype="pdf", filename=f"{slug}.pdf")
    _fix_boundaries(message)
    return message


def letter_bytes(message: EmailMessage) -> bytes:
    """The letter as it goes over the wire; raises CountyLinesError when its headers are not exactly those that a letter has."""
    content = message.as_bytes(policy=_POLICY)
    head, _, _ = content.partition(b"\r\n\r\n")
    names = [line.partition(b":")[0].decode("latin-1") for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    if names != _HEADERS:
        raise CountyLinesError(
            f"A letter came out with the headers {', '.join(names)}, and not with those that it should have; it is not sent. Look at the list of subscribers."
        )
    return content


def _section(
    edition: Edition, slug: str, texts: Mapping[str, Any], size: int, is_attached: bool, head: Letterhead
) -> dict[str, object]:
    return {
        "area": _one_line(_area(texts)),
        "period": texts["period"],
        "messages": texts["key_messages"],
        "page": edition_address(edition, head.address, f"{slug}.html"),
        "pdf": edition_address(edition, head.address, f"{slug}.pdf"),
        "size": formats.size(size),
        "attached": is_attached,
    }


def _area(texts: Mapping[str, Any]) -> str:
    return str(texts["title"]).rpartition(": ")[2]


def _one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _fix_boundaries(message: EmailMessage) -> None:
    """Name the boundaries after the letter; left to themselves they are drawn at random."""
    seed = hashlib.sha256(message["Message-ID"].encode()).hexdigest()[:32]
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"part-{number}-{seed}")


def _render(template: str, context: Mapping[str, object]) -> str:
    return _environment().get_template(template).render(context)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["folded"] = _folded
    return environment


def _folded(text: str, start: str = "") -> str:
    """A sentence in lines of a letter; ``start`` begins the first, and the others stand under what follows it."""
    return fill(
        text,
        _WIDTH,
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_long_words=False,
        break_on_hyphens=False,
    )


def reports_followed(subscribers: Sequence[Subscriber]) -> list[str]:
    """The slugs of every report that somebody follows."""
    return sorted({slug for subscriber in subscribers for slug in subscriber.reports})
