"""Rules that hold for every number computed from the published cells."""

import statistics
from datetime import date

import polars as pl
import pytest

from transforms.indicators.local_authorities import OF_AUTHORITIES

from .look_ups import CITY_OF_LONDON, ENGLAND_AND_WALES, NORFOLK, as_published


def test_the_printed_total_of_the_united_kingdom_is_no_number_of_ours(indicators: pl.DataFrame) -> None:
    assert "NRM-POLICE-TOTAL" not in set(indicators["area_id"])


def test_the_city_of_london_never_has_a_rate(indicators: pl.DataFrame) -> None:
    city = indicators.filter(pl.col("denominator_rule") != "offences", area_id=CITY_OF_LONDON)
    assert city.select(pl.col("value", "lower_95", "upper_95").count()).row(0) == (0, 0, 0)
    counted = city.filter(pl.col("numerator").is_not_null())
    assert set(counted.filter(pl.col("denominator").is_not_null())["status"]) == {"population_too_small"}
    assert set(city.filter(pl.col("numerator").is_null())["measure_id"]) == {
        "child_criminal_exploitation_episodes",
        "gangs_episodes",
    }


def test_british_transport_police_has_no_rate(indicators: pl.DataFrame) -> None:
    transport = indicators.filter(pl.col("denominator_rule") != "offences", area_id="BTP")
    assert (transport["value"].count(), set(transport["status"])) == (0, {"no_population"})


def test_british_transport_police_is_counted_in_england_and_wales_alone(
    indicators: pl.DataFrame, observations: pl.DataFrame
) -> None:
    transport = observations.filter(area_id="BTP")["observation_id"].to_list()
    counted = (
        indicators.filter(pl.col("area_kind") != "non_territorial_force")
        .with_columns(pl.col("numerator_observations").str.split("; ").alias("part"))
        .explode("part")
        .filter(pl.col("part").is_in(transport))
    )
    assert counted["area_id"].unique().to_list() == [ENGLAND_AND_WALES]


def test_exactly_one_row_is_preferred_for_each_number(indicators: pl.DataFrame) -> None:
    number = ["measure_id", "area_id", "period_start", "period_end"]
    assert indicators.group_by(number).agg(pl.col("is_preferred").sum())["is_preferred"].unique().to_list() == [1]


def test_the_newer_of_two_publications_of_one_year_is_preferred(indicators: pl.DataFrame) -> None:
    """Norfolk, April to June 2022: 585 in October 2023, 589 in April 2026."""
    rows = indicators.filter(area_id=NORFOLK, measure_id="drug_offences", period_end=date(2022, 6, 30), months=3)
    assert dict(rows.select("is_preferred", "numerator").unique().rows()) == {True: 589, False: 585}


def test_the_series_by_code_is_preferred_to_what_others_print_of_the_same_year(indicators: pl.DataFrame) -> None:
    """Norfolk, year to March 2018: 1,984 and 2,019 in the tables of that time, 2,084 by code."""
    rows = indicators.filter(area_id=NORFOLK, measure_id="drug_offences", period_end=date(2018, 3, 31), months=12)
    assert set(rows.select("source_id", "is_preferred", "numerator").rows()) == {
        ("ho_recorded_crime_open_data", True, 2_084),
        ("ho_recorded_crime_rolling", False, 2_019),
        ("ons_pfa_tables", False, 1_984),
    }
    before = indicators.filter(
        area_id=NORFOLK, measure_id="drug_offences", period_end=date(2012, 3, 31), is_preferred=True
    )
    assert before["source_id"].to_list() == ["ho_recorded_crime_rolling"]


_PRINTED_IN_PARTS = (
    *OF_AUTHORITIES,
    "stop_searches_for_drugs",
    "arrests_after_searches_for_drugs",
    "arrests_for_drug_offences",
    "police_officers_full_time_equivalent",
    "nrm_police_child_criminal_referrals",
)


def test_only_quarters_were_added_up(indicators: pl.DataFrame) -> None:
    """Twelve-month figures overlap: whatever covers a year is one published count of each part, or four quarters of it.

    Assessments of children are published by local authority, searches and arrests by ethnicity, officers by rank, children by type of exploitation: their parts are no periods.
    """
    parts = (
        indicators.filter(
            pl.col("area_kind").is_in(["police_force_area", "non_territorial_force"])
            & ~pl.col("measure_id").is_in(_PRINTED_IN_PARTS)
        )
        .with_columns(pl.col("numerator_observations").str.split("; ").list.len().alias("parts"))
        .group_by("measure_id", "months")
        .agg(pl.col("parts").unique().sort())
    )
    assert {(measure, months): counted for measure, months, counted in parts.rows()} == {
        # A year that was published, and the four codes of four quarters.
        ("drug_offences", 12): [1, 16],
        ("drug_offences", 3): [4],
        ("drug_possession_offences", 12): [12],
        ("drug_possession_offences", 3): [3],
        ("drug_trafficking_offences", 12): [4],
        ("drug_trafficking_offences", 3): [1],
        ("modern_slavery_offences", 12): [4],
        ("modern_slavery_offences", 3): [1],
        ("trafficking_share", 12): [4],
        ("trafficking_charge_rate", 3): [1],
        ("modern_slavery_charge_rate", 3): [1],
        ("nrm_police_referrals", 3): [1],
        ("nrm_police_referrals", 12): [4],
        ("class_a_seizures", 12): [1],
        ("london_linked_individuals", 12): [1],
        ("london_linked_individuals", 15): [1],
    }


def test_the_rate_of_a_region_is_no_mean_of_rates(indicators: pl.DataFrame) -> None:
    east = as_published(indicators, "ye-dec-2024", "E12000006")
    forces = indicators.filter(
        pl.col("area_id").is_in([f"E230000{number}" for number in range(23, 29)]),
        edition_id="ye-dec-2024",
        denominator_rule="as_published",
    )
    numerators, residents, rates = (forces[column].to_list() for column in ("numerator", "denominator_used", "value"))
    assert len(rates) == 6
    assert east["numerator"] == sum(numerators)
    assert east["value"] == pytest.approx(1000 * sum(numerators) / sum(residents), abs=1e-6)
    assert abs(east["value"] - statistics.mean(rates)) > 0.05


def test_every_rate_names_its_parts(indicators: pl.DataFrame) -> None:
    rates = indicators.filter(pl.col("value").is_not_null())
    named = ["numerator_observations", "denominator_observations"]
    assert rates.select(pl.col(named).null_count()).row(0) == (0, 0)
    assert rates.filter(pl.col("denominator_rule") != "offences")["denominator_edition"].null_count() == 0


def test_every_rate_has_limits_but_those_of_officers_who_are_counted_on_one_day(indicators: pl.DataFrame) -> None:
    rates = indicators.filter(pl.col("value").is_not_null())
    without = rates.filter(pl.any_horizontal(pl.col("lower_95", "upper_95").is_null()))
    assert without["measure_id"].unique().to_list() == ["police_officers_full_time_equivalent"]
    assert without["method"].unique().to_list() == ["none"]
    assert without.height == rates.filter(measure_id="police_officers_full_time_equivalent").height
    assert rates.filter(~((pl.col("lower_95") <= pl.col("value")) & (pl.col("value") <= pl.col("upper_95")))).is_empty()


def test_a_figure_that_is_too_low_for_a_known_reason_says_so_and_is_no_fall(indicators: pl.DataFrame) -> None:
    """Greater Manchester, July to September 2019: 1,141 drug offences between 1,799 and 1,654."""
    quarters = indicators.filter(
        pl.col("period_end").is_between(date(2019, 6, 30), date(2019, 12, 31)),
        area_id="E23000005",
        measure_id="drug_offences",
        months=3,
        is_preferred=True,
    ).sort("period_end")
    assert quarters["numerator"].to_list() == [1_799, 1_141, 1_654]
    assert quarters["coverage"].to_list() == ["complete", "partial", "complete"]
    assert str(quarters["coverage_note"][1]).endswith("Greater Manchester Police changed its computer system: no fall")
    years = indicators.filter(area_id="E23000005", measure_id="drug_offences", months=12, coverage="partial")
    ends = years.filter(source_id="ho_recorded_crime_open_data")["period_end"].unique().sort().to_list()
    assert ends == [date(2019, 9, 30), date(2019, 12, 31), date(2020, 3, 31), date(2020, 6, 30)]
