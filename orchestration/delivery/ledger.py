"""The ledger of delivery: which edition may leave from when, and what became of each letter. SQLite, every entry on disk before the next step.

A letter is written down as *sending* before it is handed over and as what became of it afterwards. One that is still *sending* when the
next run begins belongs to a process that was ended in between: nobody can know whether it was taken, so that it is *unknown* and not
sent again by itself. Subscribers stand in it by a hash of their address with a key of this ledger's own, which lies beside it: the ledger is no list
of people, and whoever has it alone cannot try addresses out. Both files are their owner's alone.
"""

import hashlib
import hmac
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from transforms.errors import CountyLinesError

KEY: Final = "ledger.key"
_KEY_BYTES: Final = 32
_KEYED: Final = 1
_OWNERS: Final = 0o600
_TABLES: Final = """
create table if not exists editions (
    edition text primary key,
    release_at text not null,
    published_at text
) strict;
create table if not exists holds (
    target text primary key,
    edition text not null,
    held_until text not null
) strict;
create table if not exists letters (
    edition text not null references editions,
    subscriber text not null,
    message_id text not null unique,
    state text not null check (state in ('sending', 'sent', 'deferred', 'refused', 'unknown', 'bounced')),
    attempts integer not null,
    reply text not null,
    changed_at text not null,
    primary key (edition, subscriber)
) strict;
"""


class Ledger(sqlite3.Connection):
    """An open ledger, and the key of its hashes."""

    key: bytes = b""


@contextmanager
def open_ledger(path: Path | None) -> Iterator[Ledger]:
    """Open the ledger, made on first use, or an empty one in memory; every statement is a transaction of its own.

    Raises CountyLinesError for a file that is no ledger, one that another program holds, and one whose key is not there.
    """
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, _OWNERS))
        path.chmod(_OWNERS)
    connection = sqlite3.connect(path or ":memory:", isolation_level=None, factory=Ledger)
    connection.row_factory = sqlite3.Row
    try:
        # A letter must not leave before its entry would outlast a power cut.
        connection.execute("pragma synchronous = full")
        connection.execute("pragma foreign_keys = on")
        connection.executescript(_TABLES)
        connection.key = _key(path, connection)
    except sqlite3.OperationalError as error:
        connection.close()
        raise CountyLinesError(
            f"{path} cannot be used now ({error}); close what holds it or make room, and deliver again: nothing was sent."
        ) from error
    except sqlite3.DatabaseError as error:
        connection.close()
        raise CountyLinesError(f"{path} is not the ledger of delivery ({error}); restore it from a backup.") from error
    except BaseException:
        connection.close()
        raise
    try:
        yield connection
    finally:
        connection.close()


def _key(path: Path | None, ledger: sqlite3.Connection) -> bytes:
    """The key of a ledger's hashes, made for a new one; the hashes of one that had none yet are hashed once more, with it.

    Raises CountyLinesError where the key of a ledger is gone: without it nobody can know who has got a letter.
    """
    if path is None:
        return secrets.token_bytes(_KEY_BYTES)
    file = path.with_name(KEY)
    keyed = ledger.execute("pragma user_version").fetchone()[0] >= _KEYED
    if keyed and not file.is_file():
        raise CountyLinesError(
            f"{file}, the key of the ledger of delivery, is gone: who got a letter cannot be known; restore it from a backup."
        )
    # Until the ledger says that it has a key nothing is hashed with one: what a killed process wrote half is written again.
    if not keyed and not (file.is_file() and file.stat().st_size == _KEY_BYTES):
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNERS), "wb") as opened:
            opened.write(secrets.token_bytes(_KEY_BYTES))
            opened.flush()
            os.fsync(opened.fileno())
    key = file.read_bytes()
    if len(key) != _KEY_BYTES:
        raise CountyLinesError(f"{file} is not the key of the ledger of delivery; restore it from a backup.")
    if not keyed:
        ledger.execute("begin immediate")
        for (plain,) in ledger.execute("select distinct subscriber from letters").fetchall():
            ledger.execute("update letters set subscriber = ? where subscriber = ?", (_keyed(key, plain), plain))
        ledger.execute("pragma user_version = 1")
        ledger.execute("commit")
    return key


def _keyed(key: bytes, plain: str) -> str:
    return hmac.new(key, plain.encode(), hashlib.sha256).hexdigest()


def subscriber_key(ledger: Ledger, address: str) -> str:
    """The hash by which a subscriber stands in this ledger."""
    return _keyed(ledger.key, hashlib.sha256(address.casefold().encode()).hexdigest())


def release_of(ledger: sqlite3.Connection, edition: str) -> datetime | None:
    """The time from which an edition may leave; None for an edition that was never asked for."""
    row = ledger.execute("select release_at from editions where edition = ?", (edition,)).fetchone()
    return datetime.fromisoformat(row["release_at"]) if row else None


def is_published(ledger: sqlite3.Connection, edition: str) -> bool:
    """Whether the edition has been switched in."""
    row = ledger.execute("select published_at from editions where edition = ?", (edition,)).fetchone()
    return row is not None and row["published_at"] is not None


def write_release(ledger: sqlite3.Connection, edition: str, release_at: datetime) -> None:
    """Write down, or write anew, from when an edition that is not yet published may leave."""
    ledger.execute(
        "insert into editions (edition, release_at) values (?, ?) on conflict (edition) do update set release_at = excluded.release_at "
        "where published_at is null",
        (edition, release_at.isoformat()),
    )


def held_until(ledger: sqlite3.Connection, target: str | None = None) -> datetime | None:
    """The latest time until which any target is held, or this one; None where none ever was."""
    rows = ledger.execute("select held_until from holds where ?1 is null or target = ?1", (target,))
    return max((datetime.fromisoformat(row["held_until"]) for row in rows), default=None)


def write_hold(ledger: sqlite3.Connection, target: str, edition: str, until: datetime) -> None:
    """Write down until when a target is held, for which edition: what was asked for last stands."""
    ledger.execute(
        "insert into holds values (?, ?, ?) on conflict (target) do update set edition = excluded.edition, held_until = excluded.held_until",
        (target, edition, until.isoformat()),
    )


def write_published(ledger: sqlite3.Connection, edition: str, now: datetime) -> None:
    """Write down that readers see the edition."""
    ledger.execute(
        "update editions set published_at = coalesce(published_at, ?) where edition = ?", (now.isoformat(), edition)
    )


def states(ledger: sqlite3.Connection, edition: str) -> dict[str, sqlite3.Row]:
    """What became of each letter of an edition, by the subscriber's key: state, attempts, reply, message_id."""
    rows = ledger.execute("select * from letters where edition = ?", (edition,))
    return {row["subscriber"]: row for row in rows}


def write_interrupted(ledger: sqlite3.Connection, now: datetime) -> None:
    """What was being sent when a process ended is unknown from now on. Only for the one process that holds the lock of delivery."""
    ledger.execute(
        "update letters set state = 'unknown', reply = 'the process ended while the letter was handed over', changed_at = ? "
        "where state = 'sending'",
        (now.isoformat(),),
    )


def write_sending(ledger: sqlite3.Connection, edition: str, subscriber: str, message_id: str, now: datetime) -> None:
    """Write down that the letter is about to be handed over.

    Raises CountyLinesError when it was handed over before and not put off: this is what keeps a letter from going out twice.
    """
    changed = ledger.execute(
        "insert into letters values (?, ?, ?, 'sending', 1, '', ?) on conflict (edition, subscriber) do update "
        "set state = 'sending', attempts = attempts + 1, reply = '', changed_at = excluded.changed_at where state = 'deferred'",
        (edition, subscriber, message_id, now.isoformat()),
    ).rowcount
    if changed != 1:
        raise CountyLinesError(f"The letter {message_id} has been handed over before; it is not sent twice.")


def write_outcome(
    ledger: sqlite3.Connection, edition: str, subscriber: str, message_id: str, state: str, reply: str, now: datetime
) -> None:
    """Write down what became of a letter; one that was put off or refused before it was handed over has no entry yet."""
    ledger.execute(
        "insert into letters values (?, ?, ?, ?, 1, ?, ?) on conflict (edition, subscriber) do update set state = excluded.state, "
        "attempts = attempts + (state <> 'sending'), reply = excluded.reply, changed_at = excluded.changed_at",
        (edition, subscriber, message_id, state, reply, now.isoformat()),
    )


def write_bounce(ledger: sqlite3.Connection, message_id: str, state: str, reply: str, now: datetime) -> bool:
    """Write down that a letter that had been taken came back: bounced for good, or deferred. False when it is none of ours or was noted before."""
    changed = ledger.execute(
        "update letters set state = ?, reply = ?, changed_at = ? where message_id = ? and state in ('sent', 'unknown')",
        (state, reply, now.isoformat(), message_id),
    ).rowcount
    return changed == 1


def write_resend(ledger: sqlite3.Connection, edition: str, now: datetime) -> None:
    """Let the letters of an edition whose fate is unknown be sent again: a person has looked and decided."""
    ledger.execute(
        "update letters set state = 'deferred', reply = 'to be sent again, as asked', changed_at = ? where edition = ? and state = 'unknown'",
        (now.isoformat(), edition),
    )
