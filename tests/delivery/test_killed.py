"""A delivery killed at points chosen by seed, a dozen or as many as `just drill-delivery` asks for, between two things that it does to files, the ledger or the mail server.

Python tells an audit hook of each such thing; the process of the delivery counts them and kills itself with SIGKILL at its number.
"""

import hashlib
import json
import os
import random
import signal
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.delivery.release import read_moment
from orchestration.store.paths import Paths
from tests.delivery.conftest import Office, publish_locally
from tests.delivery.mail import Mailbox

pytestmark = [pytest.mark.full, pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")]

POINTS = int(os.environ.get("COUNTYLINES_DRILL_POINTS", "12"))
RELEASE = read_moment("2026-01-08 09:30")
READERS = [f"reader{number}@norfolk.example" for number in range(5)]
# What a delivery does to the world outside its memory; smtplib.send is every line and letter that goes to the mail server.
EVENTS = {
    "open",
    "os.rename",
    "os.symlink",
    "os.mkdir",
    "os.remove",
    "os.rmdir",
    "sqlite3.connect",
    "socket.connect",
    "smtplib.send",
}
NEVER = sys.maxsize


def in_a_process_of_its_own(office: Office, killed_at: int) -> tuple[int, int]:
    """Deliver in a child process that kills itself at an event; returns how it ended (minus the signal) and how many events it came to."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        count = 0

        def hook(event: str, arguments: object) -> None:
            nonlocal count
            if event in EVENTS:
                count += 1
                if count == killed_at:
                    os.kill(os.getpid(), signal.SIGKILL)

        try:
            sys.addaudithook(hook)
            office.deliver(release_at=RELEASE)
            os.write(writer, str(count).encode())
            os._exit(0)
        finally:  # whatever happened, this copy of the test must not go on
            os._exit(3)
    os.close(writer)
    with os.fdopen(reader) as told:
        events = int(told.read() or 0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), events


def another(office: Office, mailbox: Mailbox, folder: Path) -> Office:
    """The same edition, not delivered yet, in folders of its own."""
    mailbox.taken.clear()
    build, public = folder / "build", folder / "public"
    edition = publish_locally(build)
    made = Office(Paths(office.paths.data, build), replace(office.settings, to=str(public)), edition, public)
    return made.with_subscribers(mailbox, *((reader, ["norfolk"]) for reader in READERS))


def assert_whole(public: Path) -> None:
    """Readers see nothing yet, or an edition of which every file is as its manifest says."""
    current = public / "current"
    if current.is_symlink():
        for entry in json.loads((current / "manifest.json").read_bytes())["files"]:
            assert hashlib.sha256((current / entry["path"]).read_bytes()).hexdigest() == entry["sha256"]


def test_killed_at_any_point_nothing_is_half_shown_lost_or_sent_twice(
    office: Office, mailbox: Mailbox, tmp_path: Path
) -> None:
    # What is imported and read on first use is no event of a delivery.
    another(office, mailbox, tmp_path / "first").deliver(release_at=RELEASE)
    first = another(office, mailbox, tmp_path / "undisturbed")
    ended, events = in_a_process_of_its_own(first, NEVER)
    assert (ended, sorted(mailbox.recipients)) == (0, READERS)
    undisturbed = first.shown()
    points = random.Random(20200110).sample(range(1, events + 1), POINTS)
    found: Counter[str] = Counter()
    for point in points:
        here = another(office, mailbox, tmp_path / str(point))
        assert in_a_process_of_its_own(here, point)[0] == -signal.SIGKILL, point
        assert_whole(here.public)
        found["shown when killed"] += (here.public / "current").is_symlink()
        found["letters taken when killed"] += len(mailbox.taken)
        done = here.deliver(release_at=RELEASE)
        states = {letter.address: letter.state for letter in done.letters}
        taken = Counter(mailbox.recipients)
        unknown = {reader for reader, state in states.items() if state == "unknown"}
        assert max(taken.values()) == 1, f"sent twice at {point}"
        assert set(states.values()) <= {"sent", "unknown"}
        assert len(unknown) <= 1
        assert set(READERS) - taken.keys() <= unknown, f"lost without a word at {point}"
        assert here.shown() == undisturbed
        assert not list(here.public.rglob("*.tmp"))
        here.deliver()
        assert Counter(mailbox.recipients) == taken
        found["unknown, taken"] += len(unknown & taken.keys())
        found["unknown, not taken"] += len(unknown - taken.keys())
    assert 0 < found["shown when killed"] < POINTS, "some before the switch and some after it"
    assert found["letters taken when killed"] > 0
    print(f"{events} events, {POINTS} points: {dict(found)}")  # noqa: T201
