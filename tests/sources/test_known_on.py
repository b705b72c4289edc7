"""What had been published on a day: never more than on a later one, and all of it without a day."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.sources.published import known_on, settled_sources, sources_held
from transforms.sources.registry import load_sources

REGISTER = load_sources(Path(__file__).parents[2] / "data")
days = st.dates(min_value=date(2015, 1, 1), max_value=date(2027, 1, 1))


def editions(day: date | None) -> set[tuple[str, str]]:
    return {(id, edition.id) for id, source in known_on(REGISTER, day).items() for edition in source.editions}


@pytest.mark.full
@given(days, days)
def test_more_is_known_on_a_later_day(one: date, other: date) -> None:
    assert editions(min(one, other)) <= editions(max(one, other))


def test_all_is_known_without_a_day_and_at_last() -> None:
    assert known_on(REGISTER, None) == REGISTER
    assert editions(date(2026, 11, 24)) == editions(None)


def test_an_edition_is_known_from_the_last_day_of_its_month() -> None:
    december = ("ons_pfa_tables", "ye-dec-2019")  # April 2020
    assert december not in editions(date(2020, 4, 29))
    assert december in editions(date(2020, 4, 30))


def test_only_a_source_that_is_read_as_registered_can_have_dead_rows() -> None:
    today = settled_sources(sources_held(REGISTER), REGISTER, None)
    assert "ons_pfa_tables" in today
    then = sources_held(known_on(REGISTER, date(2020, 1, 31)))
    assert settled_sources(then, REGISTER, None) == {
        "dfe_exclusions",
        "hmicfrs_thematic_county_lines",
        "ho_arrests",
        "ho_arrests_tables",
        "ho_drug_seizures_by_force",
        "ho_police_workforce_tables",
        "ho_recorded_crime_rolling",
        "ho_stop_and_search",
    }
