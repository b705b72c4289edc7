"""Police officers by force as observations: days, units, totals left out with their reasons, footnotes."""

import dataclasses
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from transforms.harmonise import Harmonised, Registers, harmonise
from transforms.harmonise.meanings import with_period
from transforms.sources.published import edition_files, read_cells
from transforms.sources.registry import Source

LANDING = Path(__file__).parents[3] / "shared" / "landing"
SOURCE = "ho_police_workforce_tables"
NORFOLK, WEST_MIDLANDS = "E23000024", "E23000014"


@pytest.fixture(scope="module")
def officers(registered: dict[str, Source], registers: Registers, data: Path) -> Harmonised:
    source = registered[SOURCE]
    if len(edition_files(source, LANDING)) < len(source.editions):
        pytest.skip("the originals are not in the landing folder")
    return harmonise(
        read_cells(source, data, LANDING), {SOURCE: source}, dataclasses.replace(registers, corrections=())
    )


@pytest.mark.full
def test_every_cell_is_understood(officers: Harmonised) -> None:
    assert officers.unmatched.is_empty()
    assert officers.excluded.group_by("rule").len().sort("rule").rows() == [
        ("workforce-secondments", 14),
        ("workforce-total", 14),
        ("workforce-total-of-forces", 14),
    ]


def test_every_day_and_unit_has_the_forces_and_british_transport_police(officers: Harmonised) -> None:
    groups = officers.observations.group_by("edition_id", "measure_id", "period_end").agg(pl.col("area_id").n_unique())
    assert groups["area_id"].to_list() == [44] * 14
    assert set(officers.observations["area_kind"]) == {"police_force_area", "non_territorial_force"}


def test_officers_are_counted_on_a_day(officers: Harmonised) -> None:
    norfolk = officers.observations.filter(area_id=NORFOLK, edition_id="30-sep-2019").sort("measure_id", "period_end")
    assert (norfolk["period_start"] == norfolk["period_end"]).all()
    assert norfolk.select("measure_id", "period_end", "value").rows() == [
        ("police_officers_full_time_equivalent", date(2018, 9, 30), pytest.approx(1598.024)),
        ("police_officers_full_time_equivalent", date(2019, 3, 31), pytest.approx(1609.12)),
        ("police_officers_full_time_equivalent", date(2019, 9, 30), pytest.approx(1643.7)),
        ("police_officers_headcount", date(2019, 3, 31), 1665.0),
        ("police_officers_headcount", date(2019, 9, 30), 1698.0),
    ]


def test_west_midlands_is_the_force_and_not_the_region(officers: Harmonised) -> None:
    found = officers.observations.filter(pl.col("area_text") == "West Midlands", edition_id="30-sep-2015")
    assert found.select("area_id", "value").row(-1) == (WEST_MIDLANDS, 7043.25)


def test_footnotes_of_a_force_stand_with_it(officers: Harmonised) -> None:
    assert officers.notes.select("edition_id", "mark", "note_cell").rows() == [
        ("30-sep-2015", "1", "A66"),
        ("30-sep-2015", "2", "A67"),
    ]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2018-09-30 00:00:00", date(2018, 9, 30)),
        ("2018-09-31 00:00:00", None),
        ("2018-09-30 12:00:00", None),
        ("30 Sep", None),
    ],
)
def test_only_a_date_cell_is_a_day(text: str, day: date | None) -> None:
    cell = pl.DataFrame(
        {"source_id": ["s"], "edition_id": ["e"], "measure_id": ["m"], "measure_text": ["m"], "period_text": [text]}
    )
    editions = pl.DataFrame(
        {"source_id": ["s"], "edition_id": ["e"], "edition_start": [None], "edition_end": [None]},
        schema_overrides={"edition_start": pl.Date, "edition_end": pl.Date},
    )
    assert with_period(cell, editions).select("period_start", "period_end").row(0) == (day, day)
