"""What several editions print of the same figure, in the order in which they were published."""

from datetime import date

import polars as pl
import pytest

from transforms.contracts import tables
from transforms.harmonise import Registers
from transforms.indicators import revisions

YEAR_TO_MARCH_2018 = (date(2017, 4, 1), date(2018, 3, 31))


@pytest.fixture(scope="module")
def revised(observations: pl.DataFrame, areas: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    return revisions(observations, areas, registers.measures, tables.RECORD_FILES.schema.to_frame())


def of(revised: pl.DataFrame, area_id: str) -> pl.DataFrame:
    start, end = YEAR_TO_MARCH_2018
    return revised.filter(
        (pl.col("area_id") == area_id) & (pl.col("period_start") == start) & (pl.col("period_end") == end)
    ).sort("place")


@pytest.mark.parametrize(
    ("area_id", "first", "later"),
    [("E23000024", 1984, 2019), ("E23000036", 2890, 3163), ("E23000029", 4843, 4656)],
    ids=["Norfolk", "Avon and Somerset", "Thames Valley"],
)
def test_drug_offences_of_the_year_to_march_2018_were_revised_both_ways(
    revised: pl.DataFrame, area_id: str, first: int, later: int
) -> None:
    values = of(revised, area_id)
    assert values["value"].to_list() == [first, later]
    assert values["change"].to_list() == [None, later - first]
    assert values["change_since_first"].to_list() == [0, later - first]
    assert values["edition_id"].to_list() == ["ye-mar-2018", "2019-04"]
    assert values["edition_before"].to_list() == [None, "ye-mar-2018"]


def test_a_figure_of_one_edition_is_no_revision(revised: pl.DataFrame) -> None:
    per_figure = revised.group_by("measure_id", "area_id", "period_start", "period_end").agg(
        pl.len().alias("editions"), pl.col("place").max()
    )
    assert per_figure["editions"].min() == 2
    assert (per_figure["editions"] == per_figure["place"]).all()
    assert revised.filter(pl.col("period_end") == date(2024, 12, 31)).is_empty()


def test_a_symbol_is_never_a_value(revised: pl.DataFrame) -> None:
    assert revised["value"].null_count() == 0


@pytest.mark.full
def test_a_third_edition_is_set_against_the_second_and_the_first(
    observations: pl.DataFrame, areas: pl.DataFrame, registers: Registers
) -> None:
    norfolk = observations.filter(
        (pl.col("area_id") == "E23000024")
        & (pl.col("edition_id") == "ye-mar-2018")
        & (pl.col("measure_id") == "drug_offences")
    )
    third = norfolk.with_columns(
        pl.lit("synthetic").alias("edition_id"), pl.lit("2020-01").alias("vintage"), pl.lit(2030.0).alias("value")
    )
    values = of(
        revisions(pl.concat([observations, third]), areas, registers.measures, tables.RECORD_FILES.schema.to_frame()),
        "E23000024",
    )
    assert values["value"].to_list() == [1984, 2019, 2030]
    assert values["change"].to_list() == [None, 35, 11]
    assert values["change_since_first"].to_list() == [0, 35, 46]


def test_the_same_month_of_a_force_in_two_archives_is_a_revision_of_records(
    areas: pl.DataFrame, registers: Registers
) -> None:
    """Synthetic: two archives of one month of publication, of which the files say which came first; a measure of two outcomes is their sum."""
    file = "2025-12-city-of-london-street.csv"
    given = [
        ("late", "A", "police_uk_drugs_records", 43.0),
        ("early", "A", "police_uk_drugs_records", 42.0),
        ("early", "B", "police_uk_drugs_records_to_court", 3.0),
        ("early", "C", "police_uk_drugs_records_to_court", 2.0),
        ("late", "B", "police_uk_drugs_records_to_court", 9.0),
    ]
    rows = [
        {
            "observation_id": f"{edition}/{cell}",
            "source_id": "police_uk_archive",
            "edition_id": edition,
            "table": file,
            "measure_id": measure_id,
            "area_id": "E23000034",
            "period_start": date(2025, 12, 1),
            "period_end": date(2025, 12, 31),
            "vintage": "2026-02",
            "value": value,
        }
        for edition, cell, measure_id, value in given
    ]
    observations = pl.DataFrame(rows).select(
        (pl.col(name) if name in rows[0] else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in tables.OBSERVATIONS.schema.items()
    )
    places = [
        {"edition_id": edition, "file": file, "place": place} for place, edition in enumerate(("early", "late"), 1)
    ]
    files = pl.DataFrame(places).select(
        (pl.col(name) if name in places[0] else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in tables.RECORD_FILES.schema.items()
    )
    found = revisions(observations, areas, registers.measures, files)
    assert found.select("measure_id", "place", "edition_id", "value", "change").rows() == [
        ("police_uk_drugs_records", 1, "early", 42, None),
        ("police_uk_drugs_records", 2, "late", 43, 1),
        ("police_uk_drugs_records_to_court", 1, "early", 5, None),
        ("police_uk_drugs_records_to_court", 2, "late", 9, 4),
    ]
