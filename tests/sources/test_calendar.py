"""When a source is up to date, due, overdue or at its end: by its timetable and the newest edition, never by the clock."""

import dataclasses
import json
from datetime import date

import polars as pl
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from orchestration.cli import cli
from transforms.sources.calendar import (
    CALENDAR_SCHEMA,
    counted_to,
    months_between,
    newest_vintage,
    next_release,
    release_calendar,
    state,
)
from transforms.sources.published import editions_held
from transforms.sources.registry import Source, load_sources

from .workbooks import DATA

SOURCES = load_sources(DATA)
HELD = {source_id: editions_held(source) for source_id, source in SOURCES.items()}
ONS = dataclasses.replace(SOURCES["ons_pfa_tables"], release_months=(1, 4, 7, 10))
NRM = dataclasses.replace(SOURCES["ho_nrm_police_first_responder"], release_months=(2, 3, 5, 8, 11))
MONTHLY = dataclasses.replace(SOURCES["police_uk_archive"], release_months=tuple(range(1, 13)))

months = st.builds(lambda year, month: f"{year}-{month:02d}", st.integers(2000, 2050), st.integers(1, 12))


@pytest.mark.parametrize(
    ("source", "vintage", "due"),
    [
        (ONS, "2025-10", "2026-01"),
        (ONS, "2025-04", "2025-07"),
        (ONS, "2025-05", "2025-07"),
        (NRM, "2023-11", "2024-02"),
        (NRM, "2024-02", "2024-05"),
        (NRM, "2024-03", "2024-05"),
        (MONTHLY, "2024-12", "2025-01"),
        (dataclasses.replace(ONS, release_months=()), "2025-10", None),
    ],
)
def test_the_next_release_is_the_next_month_of_the_timetable(source: Source, vintage: str, due: str | None) -> None:
    assert next_release(source, vintage) == due


@pytest.mark.parametrize(
    ("source", "vintage", "as_of", "expected"),
    [
        (ONS, "2025-10", "2025-12", "up to date"),
        (ONS, "2025-10", "2026-01", "release due"),
        (ONS, "2025-10", "2026-02", "overdue"),
        (NRM, "2023-11", "2024-02", "release due"),
        (NRM, "2023-11", "2024-03", "release due"),
        (NRM, "2023-11", "2024-04", "overdue"),
        (MONTHLY, "2024-12", "2025-02", "overdue"),
        (ONS, None, "2026-01", "not held"),
        (SOURCES["ho_recorded_crime_rolling"], "2019-04", "2026-01", "discontinued"),
        (SOURCES["hmicfrs_peel_grades"], "2025-07", "2026-01", "no timetable"),
    ],
)
def test_the_state_compares_the_timetable_with_a_month(
    source: Source, vintage: str | None, as_of: str, expected: str
) -> None:
    assert state(source, vintage, as_of) == expected


@given(months, months)
def test_months_between_counts_forwards_and_backwards(earlier: str, later: str) -> None:
    assert months_between(earlier, later) == -months_between(later, earlier)
    assert months_between(earlier, earlier) == 0


@given(months, st.sets(st.integers(1, 12), min_size=1))
def test_an_edition_is_up_to_date_in_its_own_month_and_the_next_is_within_a_year_and_a_month(
    vintage: str, release_months: set[int]
) -> None:
    source = dataclasses.replace(ONS, release_months=tuple(sorted(release_months)))
    due = next_release(source, vintage)
    assert due is not None
    assert 1 <= months_between(vintage, due) <= 13
    assert int(due[-2:]) in release_months
    assert state(source, vintage, vintage) == "up to date"
    assert state(source, vintage, due) == "release due"


def test_every_source_has_one_row_in_the_order_of_the_codes() -> None:
    rows = release_calendar(SOURCES, HELD, "2026-01")
    assert rows.schema == CALENDAR_SCHEMA
    assert sorted(rows["source_id"]) == sorted(SOURCES)
    assert rows["code"].is_sorted()
    assert (rows.filter(rows["editions"] == 0)["state"] == "not held").all()


def test_the_calendar_of_the_ons_tables_names_the_newest_edition() -> None:
    row = release_calendar({ONS.id: ONS}, {ONS.id: ONS.editions}, "2026-02").row(0, named=True)
    newest = max(ONS.editions, key=lambda edition: edition.vintage)
    assert (row["newest_edition"], row["vintage"]) == (newest.id, newest.vintage)
    assert row["age_months"] == months_between(newest.vintage, "2026-02")
    assert row["editions"] == len(ONS.editions)


def test_the_newest_vintage_is_that_of_the_newest_edition_of_any_source() -> None:
    assert newest_vintage({"a": ONS.editions[:2], "b": NRM.editions[:1]}) == "2022-08"


def test_the_command_prints_the_calendar_for_people_and_machines() -> None:
    run = CliRunner()
    shown = run.invoke(cli, ["sources", "--as-of", "2026-11-24"])
    assert shown.exit_code == 0
    head, *lines = shown.output.splitlines()
    assert head.split()[:2] == ["Source", "Code"]
    assert lines.pop() == "Ages and states are counted to 2026-11."
    assert len(lines) == len(SOURCES)
    rows = json.loads(run.invoke(cli, ["sources", "--as-of", "2026-11-24", "--json"]).output)
    assert {row["source_id"]: row["state"] for row in rows}["ho_recorded_crime_rolling"] == "discontinued"
    for row, line in zip(rows, lines, strict=True):
        assert line.startswith(row["source_id"])
        assert row["state"] in line


def test_ages_are_counted_to_the_day_on_which_a_file_was_last_read_or_to_that_of_a_report_on_the_past() -> None:
    editions = pl.DataFrame({"retrieved_at": ["2026-11-24", None, "2026-12-01"]})
    assert counted_to(editions) == "2026-12"
    assert counted_to(editions, date(2020, 5, 31)) == "2020-05"
    with pytest.raises(ValueError, match="No edition is held"):
        counted_to(editions.clear())


def test_a_day_that_is_none_is_refused() -> None:
    refused = CliRunner().invoke(cli, ["sources", "--as-of", "2026-13-01"])
    assert refused.exit_code == 2
