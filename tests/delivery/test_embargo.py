"""Before its time of release an edition can be built and looked at, and nothing of it reaches site, feed or mail."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from orchestration.delivery.deliver import ledger_path
from orchestration.delivery.from_environment import deliver_from_environment
from orchestration.delivery.release import read_moment
from orchestration.delivery.targets import MARKER
from tests.delivery.conftest import Office, publish_locally
from tests.delivery.mail import Mailbox
from transforms.errors import CountyLinesError

RELEASE = read_moment("2026-11-26 09:30")
SECOND = timedelta(seconds=1)


def held_by_marker(office: Office) -> datetime:
    """What the marker of the target says, which has nothing else in it but who made it."""
    marker = json.loads((office.public / MARKER).read_bytes())
    assert marker.keys() == {"made_by", "held_until"}
    return datetime.fromisoformat(marker["held_until"])


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
    assert held_by_marker(office) == RELEASE
    assert office.shown() == {}
    assert (mailbox.taken, mailbox.logins) == ([], 0)
    # The time is remembered: whoever forgets to say it again breaks nothing.
    assert office.deliver().outcome == "held"
    assert office.shown() == {}


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


def held_at(office: Office, early: timedelta = timedelta(hours=1)) -> Office:
    """An office whose edition waits for its time, a while before it."""
    office.time = RELEASE - early
    assert office.deliver(release_at=RELEASE).outcome == "held"
    return office


def test_an_edition_that_was_built_anew_does_not_leave_before_the_one_that_it_replaces(office: Office) -> None:
    held_at(office)
    publish_locally(office.paths.build, "corrected")
    with pytest.raises(CountyLinesError, match=r"held until 26 November 2026 at 09:30 .* Nothing was published"):
        office.deliver()
    with pytest.raises(CountyLinesError, match="without a time ahead of its own"):
        office.deliver(not_before=RELEASE - timedelta(days=90))  # the setting of the release before
    assert office.shown() == {}
    assert office.deliver(release_at=RELEASE + SECOND).outcome == "held"
    office.time = RELEASE + SECOND
    assert office.deliver().outcome == "published"


def test_the_setting_holds_every_edition_until_its_time(office: Office) -> None:
    office.time = RELEASE - SECOND
    assert office.deliver(not_before=RELEASE).outcome == "held"
    publish_locally(office.paths.build, "corrected")
    assert office.deliver(not_before=RELEASE).outcome == "held"
    office.time = RELEASE
    assert office.deliver(not_before=RELEASE).outcome == "published"
    assert office.deliver(not_before=RELEASE + timedelta(days=90)).outcome == "published before"


def test_the_setting_never_brings_a_noted_time_forward_and_a_person_may(office: Office) -> None:
    held_at(office)
    assert office.deliver(not_before=RELEASE - timedelta(days=90)).release_at == RELEASE
    assert office.deliver(not_before=RELEASE + timedelta(days=1)).release_at == RELEASE + timedelta(days=1)
    assert office.deliver(release_at=office.time, not_before=RELEASE).outcome == "published"


def test_the_setting_is_read_from_the_environment(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTYLINES_ADDRESS", office.settings.address)
    monkeypatch.setenv("COUNTYLINES_RELEASE_AT", "2999-07-01 09:30")
    assert deliver_from_environment(office.paths, str(office.public)).outcome == "held"
    monkeypatch.setenv("COUNTYLINES_RELEASE_AT", "tomorrow")
    with pytest.raises(CountyLinesError, match="no time of release"):
        deliver_from_environment(office.paths, str(office.public))
    assert office.shown() == {}
    monkeypatch.delenv("COUNTYLINES_RELEASE_AT")
    assert deliver_from_environment(office.paths, str(office.public)).outcome == "held"


def test_a_ledger_that_is_lost_lifts_no_embargo(office: Office) -> None:
    ledger_path(held_at(office).paths).unlink()
    with pytest.raises(CountyLinesError, match="held until"):
        office.deliver()
    assert office.shown() == {}


def test_a_marker_that_is_lost_or_damaged_lifts_no_embargo(office: Office) -> None:
    marker = held_at(office).public / MARKER
    for damage in (b"", b"{}", b'{"made_by": "countylines deliver", "held_until": "soon"}'):
        marker.write_bytes(damage)
        with pytest.raises(CountyLinesError, match="is damaged: nobody can know until when"):
            office.deliver()
    marker.unlink()
    publish_locally(office.paths.build, "corrected")
    with pytest.raises(CountyLinesError, match="held until"):
        office.deliver()
    assert office.shown() == {}


def test_a_second_target_is_held_as_the_first_and_another_office_at_the_same_target_too(
    office: Office, tmp_path: Path
) -> None:
    held_at(office)
    second = replace(office, settings=replace(office.settings, to=str(tmp_path / "second")), public=tmp_path / "second")
    assert second.deliver().outcome == "held"
    publish_locally(office.paths.build, "corrected")
    third = replace(office, settings=replace(office.settings, to=str(tmp_path / "third")), public=tmp_path / "third")
    with pytest.raises(CountyLinesError, match="held until"):
        third.deliver()
    other = replace(office, paths=replace(office.paths, build=tmp_path / "other"))
    publish_locally(other.paths.build, "from elsewhere")
    with pytest.raises(CountyLinesError, match="held until"):
        other.deliver()
    assert [each.shown() for each in (second, third, other)] == [{}, {}, {}]


def test_what_is_out_at_one_target_waits_at_another_for_a_clock_that_was_put_back(
    office: Office, tmp_path: Path
) -> None:
    held_at(office)
    office.time = RELEASE
    office.deliver()
    second = replace(office, settings=replace(office.settings, to=str(tmp_path / "second")), public=tmp_path / "second")
    second.time = RELEASE - timedelta(days=1)
    assert second.deliver().outcome == "held"
    assert second.shown() == {}
    publish_locally(office.paths.build, "next")
    office.time = RELEASE - timedelta(days=1)
    with pytest.raises(CountyLinesError, match="held until"):
        office.deliver()
