"""Before its time of release an edition can be built and looked at, and nothing of it reaches site, feed or mail."""

from datetime import UTC, datetime, timedelta

import pytest

from orchestration.delivery.release import read_moment
from tests.delivery.conftest import Office, publish_locally
from tests.delivery.mail import Mailbox
from transforms.errors import CountyLinesError

RELEASE = read_moment("2026-11-26 09:30")
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-26 09:30", (2026, 11, 26, 9, 30)),
        ("2026-07-16 09:30", (2026, 7, 16, 8, 30)),
        ("2026-07-16T09:30+00:00", (2026, 7, 16, 9, 30)),
        ("2026-11-26T10:30:00+01:00", (2026, 11, 26, 9, 30)),
    ],
)
def test_half_past_nine_means_london_in_winter_and_summer(text: str, utc: tuple[int, ...]) -> None:
    assert read_moment(text) == datetime(*utc, tzinfo=UTC)  # type: ignore[misc]


@pytest.mark.parametrize(
    "text", ["2026-10-25 01:30", "2026-03-29 01:30", "tomorrow", "2026-11-26", "", "2026-13-01 09:30"]
)
def test_a_time_that_comes_twice_or_never_or_is_none_is_refused(text: str) -> None:
    with pytest.raises(CountyLinesError, match=r"as 2026-1"):
        read_moment(text)


@pytest.mark.parametrize("early", [timedelta(days=30), timedelta(hours=1), SECOND, timedelta(microseconds=1)])
def test_nothing_leaks_before_the_time(office: Office, mailbox: Mailbox, early: timedelta) -> None:
    office.with_subscribers(mailbox, ("reader@norfolk.example", ["norfolk"]))
    office.time = RELEASE - early
    done = office.deliver(release_at=RELEASE)
    assert (done.outcome, done.is_whole) == ("held", True)
    assert not office.public.exists()
    assert (mailbox.taken, mailbox.logins) == ([], 0)
    # The time is remembered: whoever forgets to say it again breaks nothing.
    assert office.deliver().outcome == "held"
    assert not office.public.exists()


@pytest.mark.parametrize("late", [timedelta(0), SECOND, timedelta(days=2)])
def test_from_the_time_on_all_of_it_is_out(office: Office, mailbox: Mailbox, late: timedelta) -> None:
    office.with_subscribers(mailbox, ("reader@norfolk.example", ["norfolk"]))
    office.time = RELEASE - SECOND
    office.deliver(release_at=RELEASE)
    office.time = RELEASE + late
    assert office.deliver().outcome == "published"
    assert mailbox.recipients == ["reader@norfolk.example"]
    assert b"2026-11-26T09:30:00+00:00" in (office.public / "feed.xml").read_bytes()


def test_the_edition_before_and_its_feed_stay_as_they_are_under_the_embargo(office: Office, mailbox: Mailbox) -> None:
    office.time = RELEASE - timedelta(days=90)
    office.deliver()
    before = office.shown()
    second = publish_locally(office.paths.build, "embargoed-word")
    office.with_subscribers(mailbox, ("reader@norfolk.example", ["norfolk"]))
    office.time = RELEASE - SECOND
    for dry_run in (False, True):
        office.deliver(release_at=RELEASE, dry_run=dry_run)
        assert office.shown() == before
        assert not [name for name, content in office.shown().items() if b"embargoed-word" in content or second in name]
        assert mailbox.taken == []
    office.time = RELEASE
    office.deliver()
    assert [name for name, content in office.shown().items() if b"embargoed-word" in content]


def test_an_embargo_can_be_moved_while_it_lasts_and_not_after(office: Office) -> None:
    office.time = RELEASE - timedelta(hours=1)
    office.deliver(release_at=RELEASE)
    assert office.deliver(release_at=RELEASE + timedelta(days=1)).release_at == RELEASE + timedelta(days=1)
    office.time = RELEASE
    assert office.deliver().outcome == "held"
    office.deliver(release_at=RELEASE)
    with pytest.raises(CountyLinesError, match="cannot be changed"):
        office.deliver(release_at=RELEASE + timedelta(days=1))


def test_a_clock_that_goes_back_takes_nothing_back_and_sends_nothing_twice(office: Office, mailbox: Mailbox) -> None:
    office.with_subscribers(mailbox, ("reader@norfolk.example", ["norfolk"]))
    office.time = RELEASE
    office.deliver(release_at=RELEASE)
    shown = office.shown()
    office.time = RELEASE - timedelta(days=365)
    assert office.deliver().outcome == "published before"
    assert office.shown() == shown
    assert len(mailbox.taken) == 1
