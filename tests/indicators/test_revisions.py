"""What several editions print of the same figure, in the order in which they were published."""

from datetime import date

import polars as pl
import pytest

from transforms.harmonise import Registers
from transforms.indicators import revisions

YEAR_TO_MARCH_2018 = (date(2017, 4, 1), date(2018, 3, 31))


@pytest.fixture(scope="module")
def revised(observations: pl.DataFrame, areas: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    return revisions(observations, areas, registers.measures)


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
    values = of(revisions(pl.concat([observations, third]), areas, registers.measures), "E23000024")
    assert values["value"].to_list() == [1984, 2019, 2030]
    assert values["change"].to_list() == [None, 35, 11]
    assert values["change_since_first"].to_list() == [0, 35, 46]
