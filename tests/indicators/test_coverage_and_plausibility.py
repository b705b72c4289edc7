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


def test_greater_manchester_has_no_figure_in_two_editions_and_the_reason_stands_there(covered: pl.DataFrame) -> None:
    missing = covered.filter(~pl.col("present"), measure_id="drug_offences")
    assert missing.select("area_id", "edition_id").rows() == [
        (GREATER_MANCHESTER, "ye-dec-2019"),
        (GREATER_MANCHESTER, "ye-sep-2019"),
    ]
    assert set(missing["gap_id"]) == {"greater-manchester-2019"}


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
    with pytest.raises(RegisterError, match="greater-manchester-2019 explains no gap; delete the row"):
        coverage(mended, areas, registers.measures, registers.coverage_gaps)
    coverage(mended, areas, registers.measures, registers.coverage_gaps, settled=())


def test_populations_of_all_forces_are_those_of_england_and_wales(plausible: pl.DataFrame) -> None:
    populations = plausible.filter(measure_id="resident_population")
    assert populations.select("edition_id", "value", "population_in_range").sort("edition_id").rows() == [
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
        & (pl.col("period_end") == date(2019, 12, 31)),
        named=True,
    )
    assert (row["value"], row["lower"], row["upper"]) == (2730, row["compared_with"] / 2, row["compared_with"] * 2)
    assert row["like_year_before"] is True


def test_a_count_that_doubles_is_odd_and_a_handful_is_not(
    indicators: pl.DataFrame, observations: pl.DataFrame, plausible: pl.DataFrame
) -> None:
    few = plausible.filter(pl.max_horizontal("value", "compared_with") < 20, pl.col("compared_with").is_not_null())
    assert not few.is_empty()
    assert few["like_year_before"].is_null().all()
    trebled = indicators.with_columns(
        pl.when(area_id=NORFOLK, edition_id="ye-dec-2019")
        .then(pl.col("numerator") * 3)
        .otherwise("numerator")
        .alias("numerator")
    )
    odd = plausibility(trebled, observations).filter(~pl.col("like_year_before"), edition_id="ye-dec-2019")
    assert odd["area_id"].to_list() == [NORFOLK]


def test_quarters_are_found_a_year_apart_whatever_their_length(plausible: pl.DataFrame) -> None:
    quarters = plausible.filter(measure_id="nrm_police_referrals")
    assert {end.month for end in quarters["period_end"]} == {6, 9, 12}
