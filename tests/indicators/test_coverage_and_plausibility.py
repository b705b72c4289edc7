"""Every force in every period or a known gap; counts beside the year before; as many residents as there can be."""

from datetime import date

import polars as pl
import pytest

from transforms.errors import LayoutError, RegisterError
from transforms.harmonise import Registers
from transforms.indicators import coverage, plausibility
from transforms.indicators.coverage import refuse_gaps

GREATER_MANCHESTER, NORFOLK = "E23000005", "E23000024"


@pytest.fixture(scope="module")
def covered(observations: pl.DataFrame, areas: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    return coverage(observations, areas, registers.measures, registers.coverage_gaps)


@pytest.fixture(scope="module")
def plausible(indicators: pl.DataFrame, observations: pl.DataFrame) -> pl.DataFrame:
    return plausibility(indicators, observations)


def test_every_force_stands_in_every_period_once(covered: pl.DataFrame) -> None:
    periods = covered.group_by("source_id", "edition_id", "measure_id", "period_start", "period_end").agg(
        pl.len(), pl.col("area_id").n_unique().alias("forces")
    )
    assert set(periods.select("len", "forces").rows()) == {(43, 43)}
    assert covered["accounted_for"].all()


def test_greater_manchester_has_no_figure_in_two_editions_and_a_copy_and_the_reason_stands_there(
    covered: pl.DataFrame,
) -> None:
    missing = covered.filter(~pl.col("present"), measure_id="drug_offences")
    assert missing.select("area_id", "edition_id", "gap_id").rows() == [
        (GREATER_MANCHESTER, "copy-ye-sep-2019", "greater-manchester-2019-copy"),
        (GREATER_MANCHESTER, "ye-dec-2019", "greater-manchester-2019"),
        (GREATER_MANCHESTER, "ye-sep-2019", "greater-manchester-2019"),
    ]


def test_a_new_gap_has_no_explanation(observations: pl.DataFrame, areas: pl.DataFrame, registers: Registers) -> None:
    lost = (pl.col("area_id") == NORFOLK) & (pl.col("edition_id") == "ye-dec-2024")
    found = coverage(observations.filter(~lost), areas, registers.measures, registers.coverage_gaps)
    unexplained = found.filter(~pl.col("accounted_for"))
    assert unexplained.select("area_id", "edition_id", "measure_id").rows() == [
        (NORFOLK, "ye-dec-2024", "drug_offences")
    ]


def test_a_symbol_that_the_publisher_prints_explains_a_gap(
    observations: pl.DataFrame, areas: pl.DataFrame, registers: Registers
) -> None:
    """Lancashire prints NA for its arrests; without the register of gaps the symbol says that it gave none."""
    found = coverage(observations, areas, registers.measures, registers.coverage_gaps.clear())
    lacking = found.filter(~pl.col("present"), source_id="ho_arrests")
    assert lacking.select("area_name", "accounted_for", "reason").rows() == [
        ("Lancashire", True, "The publisher prints NA where the number would be.")
    ]
    refuse_gaps(found.filter(source_id="ho_arrests"))


def test_an_edition_that_lacks_forces_is_refused_with_their_names(
    observations: pl.DataFrame, areas: pl.DataFrame, registers: Registers
) -> None:
    lost = pl.col("area_id").is_in([NORFOLK, "E23000025"]) & (pl.col("edition_id") == "ye-dec-2024")
    found = coverage(observations.filter(~lost), areas, registers.measures, registers.coverage_gaps)
    with pytest.raises(
        LayoutError,
        match=r"ons_pfa_tables ye-dec-2024: Norfolk, Suffolk have no drug_offences for 2024-01-01 to 2024-12-31",
    ):
        refuse_gaps(found)


def test_a_known_gap_that_is_none_any_more_is_refused(
    observations: pl.DataFrame, areas: pl.DataFrame, registers: Registers
) -> None:
    mended = observations.with_columns(
        pl.when(area_id=GREATER_MANCHESTER).then(pl.col("value").fill_null(5435)).otherwise("value").alias("value")
    )
    with pytest.raises(
        RegisterError, match="greater-manchester-2019, greater-manchester-2019-copy explains no gap; delete the row"
    ):
        coverage(mended, areas, registers.measures, registers.coverage_gaps)
    coverage(mended, areas, registers.measures, registers.coverage_gaps, settled=())


def test_populations_of_all_forces_are_those_of_england_and_wales(plausible: pl.DataFrame) -> None:
    populations = plausible.filter(pl.col("measure_id") == "resident_population", pl.col("area_id") == "K04000001")
    assert populations.select("edition_id", "value", "population_in_range").sort("edition_id").rows() == [
        ("mid-2024", 61_806_682, True),
        ("ye-dec-2018", 58_744_800, True),
        ("ye-dec-2024", 60_854_900, True),
        ("ye-mar-2018", 58_381_300, True),
        ("ye-mar-2019", 58_744_800, True),
    ]


def test_a_population_of_another_size_is_refused(indicators: pl.DataFrame, observations: pl.DataFrame) -> None:
    tenfold = observations.with_columns(
        pl.when(pl.col("measure_id") == "resident_population")
        .then(pl.col("value") * 10)
        .otherwise("value")
        .alias("value")
    )
    assert not plausibility(indicators, tenfold)["population_in_range"].any()


def test_counts_are_compared_with_the_same_months_a_year_before(plausible: pl.DataFrame) -> None:
    row = plausible.row(
        by_predicate=(pl.col("area_id") == NORFOLK)
        & (pl.col("measure_id") == "drug_offences")
        & (pl.col("period_start") == date(2019, 1, 1))
        & (pl.col("period_end") == date(2019, 12, 31)),
        named=True,
    )
    assert (row["value"], row["lower"], row["upper"]) == (2772, row["compared_with"] / 2, row["compared_with"] * 2)
    assert row["like_year_before"] is True


def test_a_count_that_doubles_is_odd_and_a_handful_is_not(
    indicators: pl.DataFrame, observations: pl.DataFrame, plausible: pl.DataFrame
) -> None:
    few = plausible.filter(pl.max_horizontal("value", "compared_with") < 20, pl.col("compared_with").is_not_null())
    assert not few.is_empty()
    assert few["like_year_before"].is_null().all()
    trebled = indicators.with_columns(
        pl.when(
            area_id=NORFOLK, edition_id="2026-04", measure_id="drug_offences", period_start=date(2019, 1, 1), months=12
        )
        .then(pl.col("numerator") * 3)
        .otherwise("numerator")
        .alias("numerator")
    )
    odd = plausibility(trebled, observations).filter(
        ~pl.col("like_year_before"), edition_id="2026-04", measure_id="drug_offences", period_end=date(2019, 12, 31)
    )
    assert odd["area_id"].to_list() == [NORFOLK]


def test_quarters_are_found_a_year_apart_whatever_their_length(plausible: pl.DataFrame) -> None:
    quarters = plausible.filter(measure_id="nrm_police_referrals")
    compared = quarters.drop_nulls("compared_with")
    assert {end.month for end in compared["period_end"]} == {6, 9, 12}


def test_every_measure_of_forces_with_two_periods_is_compared_with_the_figure_just_before(
    observations: pl.DataFrame, plausible: pl.DataFrame
) -> None:
    periods = (
        observations.filter(pl.col("area_kind") == "police_force_area", pl.col("value").is_not_null())
        .group_by("measure_id", "area_id")
        .agg(pl.struct("period_start", "period_end").n_unique().alias("periods"))
    )
    several = set(periods.filter(pl.col("periods") > 1)["measure_id"]) - {
        "london_linked_individuals",
        "london_linked_rank_published",
    }
    compared = plausible.drop_nulls("just_before")
    assert several <= set(compared["measure_id"])
    assert "police_uk_drugs_records" in several


def test_the_arrests_of_norfolk_are_odd_beside_both(plausible: pl.DataFrame) -> None:
    of_norfolk = plausible.filter(area_id=NORFOLK, measure_id="arrests_after_searches_for_drugs").sort("period_end")
    columns = ("value", "compared_with", "like_year_before", "just_before", "just_before_is", "like_just_before")
    assert of_norfolk.select(columns).rows() == [
        (89, 189, False, 189, "to 2017-03-31", False),
        (250, 89, False, 89, "to 2018-03-31", False),
    ]


def test_a_month_of_records_is_compared_with_the_month_just_before(
    indicators: pl.DataFrame, observations: pl.DataFrame
) -> None:
    """Synthetic: a tenth of the records of November 2018."""
    november = (pl.col("measure_id") == "police_uk_drugs_records") & (pl.col("period_end") == date(2018, 11, 30))
    of_norfolk = november & (pl.col("area_id") == NORFOLK)
    few = observations.with_columns(pl.when(of_norfolk).then(30.0).otherwise("value").alias("value"))
    (row,) = plausibility(indicators, few).filter(of_norfolk).to_dicts()
    assert (row["value"], row["like_year_before"], row["like_just_before"]) == (30, None, False)
    assert row["just_before_is"] == "to 2018-10-31"


def test_a_period_without_another_is_compared_with_the_edition_before(
    indicators: pl.DataFrame, observations: pl.DataFrame
) -> None:
    """Synthetic: arrests of one year as if no other were held, printed again with three times as many."""
    is_of_others = (pl.col("measure_id") == "arrests_for_drug_offences") & (pl.col("source_id") != "ho_arrests")
    indicators = indicators.filter(~is_of_others)
    once = indicators.filter(measure_id="arrests_for_drug_offences")
    again = once.with_columns(
        pl.lit("synthetic").alias("edition_id"), pl.lit("2019-10").alias("vintage"), pl.col("numerator") * 3
    )
    found = plausibility(pl.concat([indicators, again]), observations).filter(measure_id="arrests_for_drug_offences")
    assert found["just_before_is"].unique().to_list() == [f"in edition {once['edition_id'][0]}"]
    assert found.filter(pl.col("like_just_before")).is_empty()
    assert found["like_year_before"].is_null().all()
