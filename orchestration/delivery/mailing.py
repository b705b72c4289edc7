"""The letters of one edition: which are due, handing them in, and what became of each."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from orchestration.delivery import ledger as book
from orchestration.delivery.bounces import put_away, read_bounces
from orchestration.delivery.ledger import Ledger
from orchestration.delivery.settings import Settings
from orchestration.delivery.smtp import Postman
from reports.delivery.editions import Edition
from reports.delivery.letters import attached, letter, letter_bytes, letter_id, reports_followed, subject
from reports.delivery.subscribers import Subscriber


@dataclass(frozen=True)
class Outside:
    """What a delivery cannot decide for itself: the time, how to wait (seconds), and whom to tell how far it is."""

    now: Callable[[], datetime]
    wait: Callable[[float], None] = time.sleep
    say: Callable[[str], None] = field(default=lambda _: None)


@dataclass(frozen=True)
class Mailing:
    """The letters of an edition. ``texts`` are those of the reports that are followed, by slug; ``folder`` has their PDFs."""

    edition: Edition
    subscribers: Sequence[Subscriber]
    texts: Mapping[str, Mapping[str, Any]]
    folder: Path
    settings: Settings
    ledger: Ledger
    outside: Outside


@dataclass(frozen=True)
class LetterState:
    """A letter and what became of it: whom it is for, what it is about, the reports and those attached, state, tries so far, last reply.

    ``state`` is one of the ledger's, or *not sent*, or *planned* in a dry run.
    """

    address: str
    subject: str
    reports: tuple[str, ...]
    attached: tuple[str, ...]
    state: str
    attempts: int
    reply: str


def take_bounces(settings: Settings, ledger: Ledger, now: datetime) -> int:
    """Write down the letters that came back, and mark the notifications as read; returns how many letters of ours there were."""
    if settings.bounces is None:
        return 0
    count = 0
    for bounce in list(read_bounces(settings.bounces)):
        state = "bounced" if bounce.for_good else "deferred"
        count += book.write_bounce(ledger, bounce.message_id, state, f"returned with status {bounce.status}", now)
        put_away(settings.bounces, bounce.key)
    return count


def send_all(mailing: Mailing) -> None:
    """Send every letter that is due; those that are put off are tried again after each of the waits."""
    server, outside = mailing.settings.server, mailing.outside
    if server is None:
        return
    with Postman(server) as postman:
        for seconds in (0, *mailing.settings.waits):
            due = _due(mailing)
            if due and seconds:
                outside.say(f"{len(due)} letters were put off; the next try is in {seconds:.0f} seconds")
                outside.wait(seconds)
            for number, subscriber in enumerate(due, 1):
                outside.say(f"letter {number} of {len(due)}")
                _send(mailing, subscriber, postman)


def _due(mailing: Mailing) -> list[Subscriber]:
    """Those who have no letter of the edition yet, and those whose letter was put off and not tried too often."""
    written = book.states(mailing.ledger, mailing.edition.id)
    return [
        subscriber
        for subscriber in mailing.subscribers
        if (row := written.get(book.subscriber_key(mailing.ledger, subscriber.address))) is None
        or (row["state"] == "deferred" and row["attempts"] < mailing.settings.attempts)
    ]


def _send(mailing: Mailing, subscriber: Subscriber, postman: Postman) -> None:
    head, edition, ledger, now = mailing.settings.head, mailing.edition, mailing.ledger, mailing.outside.now
    assert head is not None, "settings with a mail server have a letterhead"
    key, message_id = book.subscriber_key(mailing.ledger, subscriber.address), letter_id(edition, subscriber, head)
    pdfs = {slug: (mailing.folder / f"{slug}.pdf").read_bytes() for slug in subscriber.reports}
    outcome = postman.send(
        head.sender,
        subscriber.address,
        letter_bytes(letter(edition, subscriber, mailing.texts, pdfs, head)),
        about_to=lambda: book.write_sending(ledger, edition.id, key, message_id, now()),
    )
    book.write_outcome(ledger, edition.id, key, message_id, outcome.state, outcome.reply, now())


def letter_states(mailing: Mailing) -> tuple[LetterState, ...]:
    """Every letter as the ledger has it, in the order of the list of subscribers."""
    written = book.states(mailing.ledger, mailing.edition.id)
    sizes = {slug: (mailing.folder / f"{slug}.pdf").stat().st_size for slug in reports_followed(mailing.subscribers)}
    head = mailing.settings.head
    states = []
    for subscriber in mailing.subscribers:
        row = written.get(book.subscriber_key(mailing.ledger, subscriber.address))
        known = (row["state"], row["attempts"], row["reply"]) if row else ("not sent", 0, "")
        together = attached(subscriber, sizes, head) if head else ()
        states.append(
            LetterState(subscriber.address, subject(subscriber, mailing.texts), subscriber.reports, together, *known)
        )
    return tuple(states)


def planned_states(mailing: Mailing) -> tuple[LetterState, ...]:
    """Every letter as the ledger has it, *planned* for those that would be sent now."""
    due = {subscriber.address for subscriber in _due(mailing)}
    return tuple(replace(state, state="planned") if state.address in due else state for state in letter_states(mailing))
