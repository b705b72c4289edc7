"""One delivery from beginning to end: embargo, publication in one step, letters, and what became of each."""

import fcntl
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection
from typing import Any, Final

from orchestration.delivery import ledger as book
from orchestration.delivery.mailing import (
    LetterState,
    Mailing,
    Outside,
    letter_states,
    planned_states,
    send_all,
    take_bounces,
)
from orchestration.delivery.settings import Settings
from orchestration.delivery.targets import EDITIONS, FEED, LISTING, Target, target
from orchestration.store.hashes import hash_files
from orchestration.store.paths import Paths
from reports.delivery.editions import Edition, citation, editions_json, editions_page, feed, manifest, moment
from reports.delivery.letters import reports_followed
from reports.delivery.subscribers import Subscriber, read_subscribers
from reports.render import render_page
from reports.texts import texts_address
from transforms.errors import CountyLinesError

MANIFEST: Final = "manifest.json"
CITATION: Final = "CITATION.cff"
_NATIONAL: Final = "england-and-wales"


@dataclass(frozen=True)
class Delivered:
    """How a delivery ended. ``outcome`` is held (its time has not come), planned (a dry run), published, or published before."""

    edition: str
    outcome: str
    release_at: datetime
    to: str
    files: int
    bytes: int
    letters: tuple[LetterState, ...] = ()
    bounced: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether nobody needs to look: the edition waits, was tried, or is out with every letter taken."""
        return all(letter.state in ("sent", "planned") for letter in self.letters)

    def refuse_untaken(self) -> None:
        """Raise CountyLinesError with the number of letters by state unless every letter was taken."""
        if not self.is_whole:
            counted = Counter(letter.state for letter in self.letters)
            states = ", ".join(f"{number} {state}" for state, number in sorted(counted.items()))
            raise CountyLinesError(
                f"Not every letter was taken ({states}); those that were put off are tried again by the next countylines deliver."
            )


def ledger_path(paths: Paths) -> Path:
    """Where the ledger of delivery is kept."""
    return paths.build / "delivery" / "ledger.sqlite"


def deliver(
    paths: Paths,
    settings: Settings,
    find_report: Callable[[str], str],
    outside: Outside,
    *,
    release_at: datetime | None = None,
    not_before: datetime | None = None,
    dry_run: bool = False,
    resend_unknown: bool = False,
) -> Delivered:
    """Publish the edition that the last build made, then write to its subscribers; do again what an earlier run left undone.

    ``release_at`` is what a person asks for now, ``not_before`` what the settings say of every edition; the first stands before the second.
    Before its time of release the edition is only noted, in the ledger and in the marker of the target: nothing else is written to the target, and
    to nobody. A dry run publishes, sends and notes nothing. ``find_report`` gives the slug of the report on an area. Raises CountyLinesError when
    the edition is damaged, the list of subscribers is wrong, the ledger is not the one of this target, an edition without a time of its own
    comes while another is held, the target is not a delivery's own, or target or mail server cannot be used.
    """
    folder = published_folder(paths)
    files = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file()}
    _refuse_damaged(folder, files)
    subscribers = _subscribers(settings, find_report)
    texts = _texts(folder, {*reports_followed(subscribers), _NATIONAL})
    place = target(settings.to, paths)
    with _only_delivery(paths), book.open_ledger(_ledger(paths, dry_run)) as ledger:
        marked, shown = place.held_until(), [each.id for each in place.published()]
        now = outside.now()
        released = _released(ledger, place.name, shown, folder.name, release_at, not_before)
        # What is out stays out, whatever a clock says that was put back. What is out elsewhere is not out here.
        until = (
            now
            if folder.name in shown
            else max(filter(None, (released, None if release_at else not_before)), default=now)
        )
        if folder.name not in shown:
            _refuse_early(ledger, folder.name, until, marked, now)
        edition = Edition(folder.name, released or until, tuple(texts[_NATIONAL]["key_messages"]))
        size = sum(path.stat().st_size for path in files.values())
        held = Delivered(edition.id, "held", until if now < until else edition.released, place.name, len(files), size)
        mailing = Mailing(edition, subscribers, texts, folder, settings, ledger, outside)
        if dry_run:
            return replace(held, outcome="planned", letters=planned_states(mailing))
        book.write_release(ledger, edition.id, edition.released)
        if now < until:
            # The ledger first: a target that cannot be written to is held all the same.
            book.write_hold(ledger, place.name, edition.id, until)
            place.mark(until)
            return held
        place.mark(marked)
        outcome = _publish(ledger, place, edition, files, settings.address, outside)
        book.write_interrupted(ledger, outside.now())
        bounced = take_bounces(settings, ledger, outside.now())
        if resend_unknown:
            book.write_resend(ledger, edition.id, outside.now())
        send_all(mailing)
        return replace(held, outcome=outcome, letters=letter_states(mailing), bounced=bounced)


def published_folder(paths: Paths) -> Path:
    """The folder of the edition that the last build published locally; raises CountyLinesError when there is none."""
    if not paths.reports.is_symlink() or not paths.reports.exists():
        raise CountyLinesError(f"{paths.build} holds no finished edition; run countylines build first.")
    return paths.reports.resolve()


def _refuse_damaged(folder: Path, files: Mapping[str, Path]) -> None:
    """The name of a published build ends with the hash of its content."""
    if hash_files(files.values(), folder)[:12] != folder.name.rpartition("-")[2]:
        raise CountyLinesError(
            f"The files of edition {folder.name} are not those that the build published; run countylines build, which puts them back, and deliver again."
        )


def _texts(folder: Path, slugs: set[str]) -> dict[str, dict[str, Any]]:
    return {slug: json.loads((folder / texts_address(slug)).read_bytes()) for slug in sorted(slugs)}


def _subscribers(settings: Settings, find_report: Callable[[str], str]) -> list[Subscriber]:
    if settings.subscribers is None:
        return []
    return read_subscribers(settings.subscribers.read_bytes(), settings.subscribers.name, find_report)


@contextmanager
def _only_delivery(paths: Paths) -> Iterator[None]:
    """Hold the lock of delivery, which ends with its process; raises CountyLinesError when another holds it."""
    path = ledger_path(paths).with_name(".lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CountyLinesError(f"Another delivery from {paths.build} is at work; wait for its end.") from error
        yield


def _ledger(paths: Paths, dry_run: bool) -> Path | None:
    """The file of the ledger; a dry run that finds none looks into an empty one in memory."""
    path = ledger_path(paths)
    return None if dry_run and not path.exists() else path


def _released(
    ledger: Connection,
    place: str,
    shown: Sequence[str],
    name: str,
    release_at: datetime | None,
    not_before: datetime | None,
) -> datetime | None:
    """The time of release of an edition: what the ledger knows of one that is out, else what is asked for, else the later of what was noted and what
    the settings say; None for one of which nobody has said anything.

    Raises CountyLinesError for another time for an edition that is out, for one that was replaced by a newer one, and when the target has an
    edition that the ledger has never heard of.
    """
    noted = book.release_of(ledger, name)
    if name in shown and noted is None:
        raise CountyLinesError(
            f"{place} has edition {name} already, but the ledger does not know of it: who got a letter cannot be known. "
            "Restore delivery/ledger.sqlite of the build folder from a backup."
        )
    if name in shown[:-1]:
        raise CountyLinesError(
            f"Edition {name} was published before and replaced by {shown[-1]}; editions are not taken back: build a new one."
        )
    if noted and (name in shown or book.is_published(ledger, name)):
        if release_at and release_at != noted:
            raise CountyLinesError(
                f"Edition {name} was released on {moment(noted)}; its time of release cannot be changed."
            )
        return noted
    return release_at or max(filter(None, (noted, not_before)), default=None)


def _refuse_early(ledger: Connection, name: str, until: datetime, marked: datetime | None, now: datetime) -> None:
    """Raise CountyLinesError for an edition that nobody has given a time to, when it would leave while another is held, at this target or another.

    A build after a small correction is another edition, and would else leave before the time of the one that it replaces.
    """
    held = max(filter(None, (marked, book.held_until(ledger))), default=now)
    if until <= now < held and book.release_of(ledger, name) is None:
        raise CountyLinesError(
            f"An edition is held until {moment(held)} (London), and {name} is another one without a time ahead of its own; "
            "say with --release-at when it may leave. Nothing was published."
        )


def _publish(
    ledger: Connection, place: Target, edition: Edition, files: Mapping[str, Path], address: str, outside: Outside
) -> str:
    """Lay the edition down and show it, unless readers see it already with all that leads to it; returns which of the two."""
    before = place.published()
    if book.is_published(ledger, edition.id) and before and before[-1].id == edition.id:
        return "published before"
    front = _front([*(each for each in before if each.id != edition.id), edition], address)
    content = {name: path.read_bytes() for name, path in files.items()} | front
    content[MANIFEST] = manifest(edition, content)
    # It names the checksum of the manifest, and so is no file of it.
    content[CITATION] = citation(edition, content[MANIFEST], address)
    outside.say(f"laying down {len(content):,} files")
    place.lay_down(edition.id, content.items())
    place.show(edition.id, front)
    book.write_published(ledger, edition.id, outside.now())
    return "published"


def _front(editions: Sequence[Edition], address: str) -> dict[str, bytes]:
    """What leads to the editions: their list for machines and for people, and the feed."""
    page = editions_page(editions, address)
    listing = render_page(page)
    return {EDITIONS: editions_json(editions), FEED: feed(editions, address), LISTING: listing.encode()}
