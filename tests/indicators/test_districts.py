"""Districts and partnerships: the published cells of places below a force, their rates, what is suppressed, and their own history."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.workbooks import DATA, original
from transforms.answers import find_place
from transforms.contracts import validate
from transforms.contracts.tables import DISTRICTS, OBSERVATIONS
from transforms.errors import CountyLinesError
from transforms.harmonise import Harmonised, Registers
from transforms.indicators.districts import (
    DRUGS,
    PARTNERSHIP,
    RECORDS,
    district_cells,
    districts,
    members_of,
    suppressed,
)
from transforms.sources.grid import csv_grid
from transforms.sources.registry import load_source
from transforms.statistics.disclosure import SMALLEST_SHOWN, exposed, margins

NORFOLK, LYNN, LYNN_PARTNERSHIP = "E23000024", "E07000146", "E22000221"
BARNSLEY, BARNSLEY_BEFORE = "E08000038", "E08000016"
FORMER_DISTRICT = "Allerdale"


@pytest.fixture(scope="module")
def cells(harmonised: Harmonised, registers: Registers) -> pl.DataFrame:
    return district_cells(harmonised.excluded, harmonised.observations, registers)


@pytest.fixture(scope="module")
def figures(cells: pl.DataFrame, observations: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    return districts(cells, observations, registers)


def test_the_tables_keep_their_contracts(cells: pl.DataFrame, figures: pl.DataFrame) -> None:
    assert validate(cells.with_columns(area_kind=pl.lit("district")), OBSERVATIONS).failures == ()
    assert validate(figures, DISTRICTS).failures == ()


def test_every_cell_of_table_c2_is_a_partnership_or_of_no_place_and_together_they_are_the_force(
    cells: pl.DataFrame, observations: pl.DataFrame, registers: Registers
) -> None:
    """313 partnerships and 43 cells of no place, one of them Manchester Airport; the City of London has its one partnership as the force."""
    of_table = cells.filter(measure_id=DRUGS)
    assert dict(of_table.group_by("area_kind").len().rows()) == {PARTNERSHIP: 313, "no_place": 43}
    forces = pl.concat(
        [
            registers.partnerships.select(pl.col("partnership_id").alias("area_id"), "police_force_area_id"),
            registers.partnerships.select(
                pl.col("police_force_area_id").alias("area_id"), pl.col("police_force_area_id")
            ).unique(),
        ]
    )
    together = (
        of_table.join(forces, on="area_id")
        .group_by("police_force_area_id", "edition_id")
        .agg(pl.col("value").sum().alias("parts"))
        .join(
            observations.filter((pl.col("table") == "Table C2") & (pl.col("measure_id") == DRUGS)),
            left_on=["police_force_area_id", "edition_id"],
            right_on=["area_id", "edition_id"],
        )
    )
    assert len(together) == 42
    assert together.filter(pl.col("parts") != pl.col("value")).is_empty()


def test_the_register_of_partnerships_is_that_of_the_published_look_up(registers: Registers) -> None:
    """Codes of Barnsley and Sheffield are those of 2025, which the look-up of 2024 has not."""
    (edition,) = (each for each in load_source(DATA, "ons_geography").editions if "CSP24" in each.file)
    rows = csv_grid(original(edition).read_bytes(), edition)
    header = dict(zip(rows.row(0)[1:], rows.columns[1:], strict=True))
    present = dict(
        registers.local_authorities.filter(pl.col("ended_by") == "recoded")
        .select("authority_id", "successor_ids")
        .iter_rows()
    )
    printed = {
        (row[header["CSP24CD"]], present.get(row[header["LAD24CD"]], row[header["LAD24CD"]]))
        for row in rows.slice(1).iter_rows(named=True)
    }
    assert set(members_of(registers.partnerships).rows()) == printed


def test_every_district_lies_in_a_partnership_of_its_own_force(registers: Registers) -> None:
    members = members_of(registers.partnerships).join(
        registers.partnerships.select("partnership_id", "police_force_area_id"), on="partnership_id"
    )
    with_force = members.join(registers.local_authorities, left_on="district_id", right_on="authority_id", suffix="_of")
    assert with_force.filter(pl.col("police_force_area_id") != pl.col("police_force_area_id_of")).is_empty()
    existing = registers.local_authorities.filter((pl.col("tier") != "county") & (pl.col("ended_by") == ""))
    assert set(existing["authority_id"]) == set(members["district_id"])


def test_kings_lynn_has_its_offences_on_its_own_residents(figures: pl.DataFrame) -> None:
    """430 offences in the year to June 2025 on 155,758 residents of mid-2023: 2.76 per 1,000, worked out by hand."""
    (row,) = figures.filter(area_id=LYNN_PARTNERSHIP).to_dicts()
    assert (row["numerator"], row["denominator"], row["period_end"]) == (430, 155_758, date(2025, 6, 30))
    assert row["value"] == pytest.approx(2.760693)
    assert row["denominator_edition"].startswith("mid-2023, ons_population_by_district ")
    assert row["lower_95"] < row["value"] < row["upper_95"]


def test_a_part_of_a_merged_district_has_a_count_and_no_rate(figures: pl.DataFrame) -> None:
    """Allerdale's partnership is one of three in Cumberland: its residents are in no table of the districts of today."""
    (row,) = figures.filter(area_name=FORMER_DISTRICT).to_dicts()
    assert row["numerator"] > 0
    assert (row["value"], row["status"]) == (None, "no_population")


def test_a_partnership_of_several_districts_has_the_residents_of_all(
    figures: pl.DataFrame, observations: pl.DataFrame, registers: Registers
) -> None:
    (row,) = figures.filter(area_name="South Worcester").to_dicts()
    members = members_of(registers.partnerships).filter(partnership_id=row["area_id"])["district_id"].to_list()
    residents = observations.filter(
        (pl.col("measure_id") == "resident_population")
        & pl.col("area_id").is_in(members)
        & (pl.col("period_end") == date(2023, 6, 30))
    )
    assert (len(members), row["denominator"]) == (3, residents["value"].sum())


def test_what_was_counted_under_a_former_code_counts_under_the_present_one(figures: pl.DataFrame) -> None:
    assert figures.filter(area_id=BARNSLEY_BEFORE).is_empty()
    newest = figures.filter(area_id=BARNSLEY, measure_id="child_criminal_exploitation_episodes").sort("period_end")[-1]
    assert newest["numerator"].item() > 0
    assert newest["denominator"].item() > 50_000


def test_records_of_a_year_are_those_of_the_forces_own_twelve_months(
    figures: pl.DataFrame, cells: pl.DataFrame
) -> None:
    (row,) = figures.filter(area_id=LYNN, measure_id=RECORDS).to_dicts()
    months = cells.filter(
        (pl.col("area_id") == LYNN)
        & (pl.col("measure_id") == RECORDS)
        & pl.col("table").str.contains("norfolk")
        & (pl.col("period_end").dt.year() == 2025)
    )
    assert (len(months), row["numerator"]) == (12, months["value"].sum())
    assert row["force_id"] == NORFOLK


def test_no_year_is_made_of_fewer_than_twelve_months(figures: pl.DataFrame, observations: pl.DataFrame) -> None:
    held = observations.filter((pl.col("measure_id") == RECORDS) & (pl.col("area_kind") == "police_force_area"))
    whole = (
        held.group_by("area_id", pl.col("period_end").dt.year().alias("year"))
        .agg(pl.col("period_start").n_unique().alias("months"))
        .filter(pl.col("months") == 12)
    )
    years = figures.filter(measure_id=RECORDS).select("force_id", pl.col("period_end").dt.year().alias("year")).unique()
    assert set(years.rows()) <= set(whole.select("area_id", "year").rows())


def test_a_place_that_ended_is_never_a_zero(figures: pl.DataFrame, registers: Registers) -> None:
    """No row of a district says nothing of it after it ended, and none of one that a source does not count."""
    ended = registers.local_authorities.filter(pl.col("ended_by") == "reorganised").select("authority_id", "valid_to")
    after = figures.join(ended, left_on="area_id", right_on="authority_id").filter(
        pl.col("period_start") > pl.col("valid_to")
    )
    assert after["numerator"].sum() == 0
    assert after.filter(pl.col("numerator").is_not_null()).is_empty()
    counted = figures.filter(pl.col("numerator") == 0)
    assert counted.filter(pl.col("numerator_observations").is_null()).is_empty()


COUNTS = st.lists(st.integers(0, 40), min_size=2, max_size=7)


@given(COUNTS, st.integers(5, 60))
def test_no_small_number_can_be_worked_out_from_the_number_of_the_force(counts: list[int], rest: int) -> None:
    """Proved by integer programmes: what a reader knows leaves every number that is not shown at least five values."""
    series = pl.Series(counts, dtype=pl.Float64)
    hidden = suppressed(series, float(sum(counts) + rest))
    assert all(hide or not 0 < count < SMALLEST_SHOWN for hide, count in zip(hidden, counts, strict=True))
    # The rest is not printed: a reader has to find it too.
    table = np.array([[*counts, rest, sum(counts) + rest]], dtype=float)
    known = np.array([[*hidden, True, False]])
    found = exposed(table, known, margins((1, table.shape[1]), column_totals=False))
    assert not set(found) & set(range(len(counts))) - {place for place, count in enumerate(counts) if not hidden[place]}


def test_a_table_without_small_numbers_is_shown_whole() -> None:
    assert suppressed(pl.Series([5.0, 12.0, 0.0]), 30.0).to_list() == [False, False, False]


def test_a_small_number_takes_another_with_it() -> None:
    assert suppressed(pl.Series([3.0, 7.0, 30.0]), 90.0).to_list()[0] is True
    shown = suppressed(pl.Series([3.0, 7.0, 30.0]), 40.0)
    assert shown.sum() >= 2


def test_nothing_of_a_suppressed_count_is_left_in_the_table(
    registers: Registers, observations: pl.DataFrame, cells: pl.DataFrame
) -> None:
    """Norfolk's cells with King's Lynn's months made small: synthetic numbers in real places."""
    small = pl.when((pl.col("area_id") == LYNN) & (pl.col("period_end").dt.month() > 1)).then(0.0)
    cut = cells.with_columns(
        small.when((pl.col("area_id") == LYNN) & (pl.col("period_end").dt.month() == 1))
        .then(2.0)
        .otherwise(pl.col("value"))
        .alias("value")
    )
    (row,) = districts(cut, observations, registers).filter(area_id=LYNN, measure_id=RECORDS).to_dicts()
    assert (row["numerator"], row["value"], row["numerator_observations"], row["status"]) == (
        None,
        None,
        None,
        "suppressed",
    )


def test_a_person_finds_districts_by_name_and_each_by_what_is_counted_of_it(
    figures: pl.DataFrame, registers: Registers
) -> None:
    assert find_place("King's Lynn and West Norfolk", DRUGS, registers, figures) == LYNN_PARTNERSHIP
    assert find_place("kings lynn and west norfolk", RECORDS, registers, figures) == LYNN
    assert find_place("E22000221", DRUGS, registers, figures) == LYNN_PARTNERSHIP
    assert find_place("Norfolk", DRUGS, registers, figures) == NORFOLK
    assert find_place("Barnsley", "gangs_episodes", registers, figures) == BARNSLEY


def test_a_district_that_ended_is_told_with_what_it_is_part_of(figures: pl.DataFrame, registers: Registers) -> None:
    assert find_place(FORMER_DISTRICT, DRUGS, registers, figures).startswith("E22")
    with pytest.raises(
        CountyLinesError, match=r"Allerdale ended on 2023-03-31, .* its place is in Cumberland since: ask for that"
    ):
        find_place(FORMER_DISTRICT, RECORDS, registers, figures)


def test_an_unknown_place_is_refused_as_an_unknown_area_is(figures: pl.DataFrame, registers: Registers) -> None:
    with pytest.raises(CountyLinesError, match="No area is called 'Nowhere upon Sea'"):
        find_place("Nowhere upon Sea", DRUGS, registers, figures)
