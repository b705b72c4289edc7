"""Sums of areas and years of quarters, on synthetic figures."""

import statistics
from datetime import date
from typing import Any

import polars as pl
import pytest

from transforms.contracts.tables import INDICATORS
from transforms.sql import query

from .synthetic import TEN_AREAS, YEAR_2023, computed, frame, number, observation, quarter, residents

TWO = ("ALPHA", "BRAVO")
QUARTERS = [quarter(2023, part) for part in (1, 2, 3, 4)]


def quarters_of(area_id: str, *values: float | None, **columns: Any) -> list[dict[str, Any]]:
    """One observation for each quarter of 2023."""
    return [observation(area_id, value, period, **columns) for value, period in zip(values, QUARTERS, strict=True)]


def test_a_regions_rate_is_the_ratio_of_sums_and_not_the_mean_of_rates() -> None:
    rows = [observation(area, events) for area, (events, _) in TEN_AREAS.items()]
    people = [residents(area, population) for area, (_, population) in TEN_AREAS.items()]
    region = number(computed(*rows, *people, forces=tuple(TEN_AREAS)), "REGION")
    assert region["value"] == pytest.approx(59.989262980289894, rel=1e-12)
    mean_of_rates = statistics.mean(100_000 * events / population for events, population in TEN_AREAS.values())
    assert mean_of_rates == pytest.approx(55.03231133846311, rel=1e-12)
    assert (region["numerator"], region["denominator"], region["coverage"]) == (7822, 13_039_000, "complete")


def test_the_smallest_area_counts_in_the_sum_though_it_has_no_rate_of_its_own() -> None:
    rows = [observation(area, events) for area, (events, _) in TEN_AREAS.items()]
    people = [residents(area, population) for area, (_, population) in TEN_AREAS.items()]
    indicators = computed(*rows, *people, forces=tuple(TEN_AREAS))
    golf = number(indicators, "GOLF")
    assert (golf["value"], golf["status"], golf["numerator"]) == (None, "population_too_small", 7)
    echo = number(indicators, "ECHO")
    assert (echo["value"], echo["lower_95"], echo["upper_95"]) == pytest.approx((79.4964, 76.2162, 82.8814), abs=1e-4)
    assert "GOLF" in number(indicators, "REGION")["numerator_observations"]


def test_the_table_keeps_its_contract() -> None:
    indicators = computed(observation("ALPHA", 5), residents("ALPHA", 900_000), forces=TWO)
    assert indicators.schema == INDICATORS.schema
    assert indicators["indicator_id"].is_unique().all()


def test_the_order_of_the_observations_does_not_matter() -> None:
    rows = [*quarters_of("ALPHA", 1, 2, 3, 4), *quarters_of("BRAVO", 5, 6, 7, 8), residents("ALPHA", 900_000)]
    assert computed(*rows, forces=TWO).equals(computed(*reversed(rows), forces=TWO))


def test_a_force_without_a_figure_leaves_the_sum_on_both_sides() -> None:
    rows = [
        observation("ALPHA", 90),
        observation("BRAVO", None),
        residents("ALPHA", 900_000),
        residents("BRAVO", 600_000),
    ]
    region = number(computed(*rows, forces=TWO), "REGION")
    assert (region["numerator"], region["denominator"], region["value"]) == (90, 900_000, 10.0)
    assert (region["coverage"], region["coverage_note"]) == ("partial", "leaves out Bravo: no figure held")


def test_a_force_without_a_population_gives_its_sum_no_rate() -> None:
    rows = [observation("ALPHA", 90), observation("BRAVO", 60), residents("ALPHA", 900_000)]
    region = number(computed(*rows, forces=TWO), "REGION")
    assert (region["numerator"], region["denominator"], region["value"]) == (150, None, None)
    assert region["status"] == "no_population"


def test_a_sum_without_any_figure_is_missing_and_not_zero() -> None:
    rows = [observation("ALPHA", None), observation("BRAVO", None), residents("ALPHA", 900_000)]
    region = number(computed(*rows, forces=TWO), "REGION")
    assert (region["numerator"], region["value"], region["status"], region["coverage"]) == (
        None,
        None,
        "not_available",
        "none",
    )


def test_a_negative_count_is_kept_and_has_no_rate() -> None:
    """A force may cancel more records than it makes; the table's contract then warns, and the build goes on."""
    alpha = number(computed(observation("ALPHA", -3), residents("ALPHA", 900_000), forces=TWO), "ALPHA")
    assert (alpha["numerator"], alpha["value"], alpha["status"]) == (-3, None, "not_comparable")


def test_places_named_in_press_reports_are_never_added_up() -> None:
    rows = [observation(area, 100, measure_id="london_linked_individuals") for area in TWO]
    indicators = computed(*rows, *(residents(area, 900_000) for area in TWO), forces=TWO)
    assert indicators["area_id"].to_list() == list(TWO)


def test_four_quarters_are_a_year() -> None:
    indicators = computed(*quarters_of("ALPHA", 10, 13, 15, 12), residents("ALPHA", 931_900), forces=TWO)
    year = number(indicators, "ALPHA", YEAR_2023)
    assert (year["numerator"], year["months"], year["edition_id"]) == (50, 12, "of-2023-12")
    assert year["numerator_observations"].split("; ") == [
        f"synthetic_counts/of-2023-{month}/ALPHA/nrm_police_referrals/2023-{month}"
        for month in ("03", "06", "09", "12")
    ]


def test_a_year_without_one_of_its_quarters_is_missing() -> None:
    indicators = computed(*quarters_of("ALPHA", 10, None, 15, 12), residents("ALPHA", 900_000), forces=TWO)
    year = number(indicators, "ALPHA", YEAR_2023)
    assert (year["numerator"], year["value"], year["status"], year["coverage"]) == (None, None, "not_available", "none")


def test_four_quarters_with_a_hole_are_no_year() -> None:
    rows = [observation("ALPHA", 5, period) for period in (*QUARTERS[:2], *QUARTERS[3:], quarter(2024, 1))]
    assert set(computed(*rows, forces=TWO)["months"]) == {3}


def test_twelve_month_figures_are_never_added_up() -> None:
    rows = [observation("ALPHA", 100, (date(year, 1, 1), date(year, 12, 31))) for year in (2020, 2021, 2022, 2023)]
    assert set(computed(*rows, forces=TWO)["months"]) == {12}


def test_a_revised_quarter_counts_once_in_its_year_and_the_revision_counts() -> None:
    revised = observation("ALPHA", 20, QUARTERS[1], edition_id="revision", vintage="2023-11")
    year = number(computed(*quarters_of("ALPHA", 10, 13, 15, 12), revised, forces=TWO), "ALPHA", YEAR_2023)
    assert year["numerator"] == 10 + 20 + 15 + 12


def test_a_quarter_published_twice_never_stands_for_a_missing_one() -> None:
    first, second, _, fourth = quarters_of("ALPHA", 10, 13, 15, 12)
    revised = observation("ALPHA", 20, QUARTERS[1], edition_id="revision", vintage="2023-11")
    assert set(computed(first, second, revised, fourth, forces=TWO)["months"]) == {3}


def test_a_year_leaves_a_silent_force_out_on_both_sides() -> None:
    rows = [*quarters_of("ALPHA", 1, 2, 3, 4), *quarters_of("BRAVO", None, None, None, None)]
    region = number(
        computed(*rows, residents("ALPHA", 900_000), residents("BRAVO", 600_000), forces=TWO), "REGION", YEAR_2023
    )
    assert (region["numerator"], region["denominator"]) == (10, 900_000)
    assert (region["coverage"], region["coverage_note"]) == ("partial", "leaves out Bravo: no figure held")


def test_a_year_whose_quarters_cover_different_forces_is_missing() -> None:
    """Three quarters of Bravo over no residents of Bravo would be too high a rate."""
    rows = [*quarters_of("ALPHA", 1, 2, 3, 4), *quarters_of("BRAVO", 100, 100, None, 100)]
    region = number(
        computed(*rows, residents("ALPHA", 900_000), residents("BRAVO", 600_000), forces=TWO), "REGION", YEAR_2023
    )
    assert (region["numerator"], region["value"], region["status"]) == (None, None, "not_available")
    assert (region["coverage"], region["coverage_note"]) == ("none", "leaves out Bravo: no figure held")


def test_the_newest_edition_is_preferred_and_the_older_one_kept() -> None:
    older = observation("ALPHA", 100, edition_id="older", vintage="2024-01")
    newer = observation("ALPHA", 110, edition_id="newer", vintage="2024-04")
    indicators = computed(older, newer, residents("ALPHA", 900_000), forces=TWO)
    assert number(indicators, "ALPHA", is_preferred=True)["numerator"] == 110
    assert number(indicators, "ALPHA", is_preferred=False)["numerator"] == 100


def test_of_two_editions_of_one_month_the_one_that_reaches_further_is_preferred() -> None:
    """A re-issued workbook keeps its old figures; the table that goes on to a later quarter was compiled anew."""
    reissue = observation("ALPHA", 100, edition_id="re-issue", vintage="2024-04")
    onward = [
        observation("ALPHA", value, period, edition_id="onward", vintage="2024-04")
        for value, period in ((105, YEAR_2023), (106, (date(2023, 4, 1), date(2024, 3, 31))))
    ]
    indicators = computed(reissue, *onward, forces=TWO)
    assert number(indicators, "ALPHA", is_preferred=True)["numerator"] == 105


def test_synthetic_observations_have_the_columns_of_the_contract() -> None:
    assert frame(observation("ALPHA", 1))["observation_id"].is_unique().all()


def test_a_sum_of_whole_numbers_is_refused_where_it_would_come_out_as_decimals() -> None:
    """DuckDB makes 128 bits of it, which Polars can have as decimals only: the query has to say what it is to be."""
    counts = pl.DataFrame(
        {
            **{key: ["x"] for key in ("measure_id", "source_id", "edition_id", "vintage", "status", "area_basis")},
            **{key: [date(2023, 1, 1)] for key in ("period_start", "period_end")},
            "area_id": ["ALPHA"],
            "observation_id": ["one"],
            "value": [7],
        }
    )
    parts = pl.DataFrame({"area_id": ["REGION"], "part_id": ["ALPHA"], "part_kind": ["police_force_area"]})
    areas = pl.DataFrame({"area_id": ["ALPHA"], "name": ["Alpha"]})
    with pytest.raises(TypeError, match=r"sums.sql: its column numerator comes out as Decimal"):
        query("sums", counts=counts, parts=parts, areas=areas)
    summed = query("sums", counts=counts.with_columns(pl.col("value").cast(pl.Float64)), parts=parts, areas=areas)
    assert summed["numerator"].to_list() == [7.0]
