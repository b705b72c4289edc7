"""A percentage, a rank and a test exist only where the grade allows them, on the figures that the project keeps."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from transforms.comparability import (
    difference_test,
    dispersion_of_series,
    grade_pairs,
    ledger,
    paired,
    percentage_change,
    rank,
    same_period,
    side_of_indicators,
)
from transforms.contracts.tables import COMPARABILITY
from transforms.errors import NotComparableError
from transforms.harmonise import Registers

NORFOLK, SUFFOLK, MANCHESTER, NATION = "E23000024", "E23000025", "E23000005", "K04000001"


def compared(
    indicators: pl.DataFrame, registers: Registers, *wanted: dict[str, Any], as_counts: bool = True
) -> dict[str, Any]:
    """The graded pair of two preferred indicators."""
    sides = [
        side_of_indicators(indicators.filter(is_preferred=True).filter(**which), registers, as_counts)
        for which in wanted
    ]
    assert [len(side) for side in sides] == [1, 1]
    return grade_pairs(paired(*sides), registers).row(0, named=True)


def pairs_of(indicators: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """The graded pairs of every two areas with a rate."""
    with_rate = indicators.filter(pl.col("value").is_not_null())
    return grade_pairs(same_period(side_of_indicators(with_rate, registers)), registers)


def drugs(area: str, end: date, **more: Any) -> dict[str, Any]:
    return {"measure_id": "drug_offences", "area_id": area, "period_end": end, "months": 12, **more}


def compared_in(indicators: pl.DataFrame, registers: Registers, *editions: str) -> dict[str, Any]:
    """The graded pair of what two editions of ONS print for Greater Manchester, preferred or not."""
    sides = [
        side_of_indicators(
            indicators.filter(area_id=MANCHESTER, edition_id=edition, measure_id="drug_offences").head(1),
            registers,
            True,
        )
        for edition in editions
    ]
    return grade_pairs(paired(*sides), registers).row(0, named=True)


def links(edition: str) -> dict[str, Any]:
    return {"measure_id": "london_linked_individuals", "area_id": NORFOLK, "edition_id": edition}


def test_two_forces_in_one_year_are_compared_as_rates(indicators: pl.DataFrame, registers: Registers) -> None:
    year = date(2019, 12, 31)
    pair = compared(indicators, registers, drugs(SUFFOLK, year), drugs(NORFOLK, year), as_counts=False)
    assert pair["grade"] == "A"
    test = difference_test(pair)
    assert test.per_cent == pytest.approx(percentage_change(pair))
    assert test.lower < test.per_cent < test.upper


def test_nothing_is_computed_across_the_gap_of_greater_manchester(
    indicators: pl.DataFrame, registers: Registers
) -> None:
    pair = compared(indicators, registers, drugs(MANCHESTER, date(2018, 12, 31)), drugs(MANCHESTER, date(2019, 12, 31)))
    assert (pair["grade"], pair["reasons"]) == ("C", "C2")
    for compute in (percentage_change, difference_test):
        with pytest.raises(
            NotComparableError, match=r"graded C \(C2\); it would take the same forces left out of both figures"
        ):
            compute(pair)
    printed = compared_in(indicators, registers, "ye-dec-2018", "ye-dec-2019")
    assert (printed["grade"], printed["reasons"]) == ("X", "C3")


def test_two_reports_of_the_london_project_have_no_percentage(indicators: pl.DataFrame, registers: Registers) -> None:
    pair = compared(indicators, registers, links("year-1"), links("year-2"))
    assert (pair["grade"], pair["reasons"]) == ("C", "T2; R2 (B11); S2")
    with pytest.raises(
        NotComparableError, match=r"No percentage: .* graded C \(T2; R2 \(B11\); S2\); it would take periods"
    ):
        percentage_change(pair)
    per_month = grade_pairs(
        pl.DataFrame([pair]).select(pl.exclude("U", "D", "P", "T", "G", "C", "R", "S", "grade", "reasons", "adjustments", "remedy", "breaks", "noted")).with_columns(per_month_a=True, per_month_b=True),
        registers,
    ).row(0, named=True)  # fmt: skip
    assert (per_month["grade"], per_month["reasons"]) == ("C", "T1; R2 (B11); S2")
    assert per_month["adjustments"] == "Q1 per month"


def test_forces_are_ranked_when_every_two_are_direct(indicators: pl.DataFrame, registers: Registers) -> None:
    forces = indicators.filter(
        is_preferred=True,
        measure_id="drug_offences",
        area_kind="police_force_area",
        period_end=date(2024, 12, 31),
        months=12,
    )
    ranks = rank(forces, pairs_of(forces, registers))
    assert ranks.filter(rank=1)["area_name"].to_list() == ["Merseyside"]
    assert ranks["ranked_areas"].unique().to_list() == [42]
    places = indicators.filter(is_preferred=True, measure_id="london_linked_individuals", edition_id="year-1")
    with pytest.raises(NotComparableError, match="a ranking needs grade A throughout"):
        rank(places, pairs_of(places, registers))
    with pytest.raises(NotComparableError, match="not every two of the areas have a grade"):
        rank(forces, pairs_of(forces, registers).head(10))


def test_a_change_of_a_zero_is_refused(indicators: pl.DataFrame, registers: Registers) -> None:
    year = date(2019, 12, 31)
    pair = compared(indicators, registers, drugs(SUFFOLK, year), drugs(NORFOLK, year))
    with pytest.raises(NotComparableError, match="no figure above zero"):
        percentage_change(pair | {"numerator_a": 0})
    rise = difference_test(pair | {"numerator_a": 0, "numerator_b": 20})
    assert (rise.per_cent, rise.is_change) == (None, True)


def test_zero_against_zero_is_no_change_and_a_lively_series_has_no_limits_at_zero(
    indicators: pl.DataFrame, registers: Registers
) -> None:
    year = date(2019, 12, 31)
    pair = compared(indicators, registers, drugs(SUFFOLK, year), drugs(NORFOLK, year))
    assert difference_test(pair | {"numerator_a": 0, "numerator_b": 0}) == (None, None, None, False)
    assert difference_test(pair | {"numerator_b": 0}, 4.0) == (-100, None, None, None)


def test_a_change_over_time_has_limits_only_with_the_dispersion_of_its_series(
    indicators: pl.DataFrame, registers: Registers
) -> None:
    pair = compared(indicators, registers, drugs(NORFOLK, date(2018, 12, 31)), drugs(NORFOLK, date(2019, 12, 31)))
    assert pair["grade"] == "A"
    alone = difference_test(pair)
    assert alone.per_cent == pytest.approx(percentage_change(pair))
    assert (alone.lower, alone.upper, alone.is_change) == (None, None, None)
    narrow, wide = difference_test(pair, 1.0), difference_test(pair, 4.0)
    assert narrow.lower is not None
    assert wide.lower is not None
    assert wide.lower < narrow.lower < alone.per_cent


def test_eight_quarters_tell_the_dispersion_of_a_series_and_seven_do_not(indicators: pl.DataFrame) -> None:
    assert dispersion_of_series(indicators, "nrm_police_referrals", NORFOLK) is None, "seven quarters are held"
    template = indicators.filter(measure_id="nrm_police_referrals", area_id=NORFOLK, months=3, is_preferred=True).head(
        1
    )
    starts = pl.date_range(date(2021, 1, 1), date(2022, 10, 1), interval="3mo", eager=True)
    # Synthetic counts: neighbours differ by 20 at a sum of 40, which is ten times what chance makes.
    series = pl.concat([template] * 8).with_columns(period_start=starts, numerator=pl.Series([10.0, 30.0] * 4))
    assert dispersion_of_series(series, "nrm_police_referrals", NORFOLK) == pytest.approx(20**2 / 40)
    gap = series.filter(pl.col("period_start") != date(2021, 7, 1))
    assert dispersion_of_series(gap, "nrm_police_referrals", NORFOLK) is None


def test_a_year_of_a_quarterly_measure_was_rebuilt_from_quarters(
    indicators: pl.DataFrame, registers: Registers
) -> None:
    referred = {"measure_id": "nrm_police_referrals", "area_id": NORFOLK, "months": 12}
    pair = compared(
        indicators,
        registers,
        {**referred, "period_end": date(2023, 3, 31)},
        {**referred, "period_end": date(2023, 12, 31)},
        as_counts=False,
    )
    assert (pair["grade"], pair["reasons"], pair["adjustments"]) == ("B", "T1", "Q5 rebuilt from the same quarters")


def test_the_ledger_has_what_is_compared_and_what_is_refused(
    indicators: pl.DataFrame, observations: pl.DataFrame, registers: Registers
) -> None:
    found = ledger(indicators, observations, registers)
    assert found.schema == COMPARABILITY.schema
    assert found["comparison_id"].is_unique().all()
    assert set(found["grade"]) == {"A", "B", "C", "X"}
    gap = found.filter(
        kind="year_before", area_id_a=MANCHESTER, period_end_b=date(2019, 12, 31), measure_id="drug_offences"
    )
    assert gap["grade"].to_list() == ["C"]
    newest = found.filter(kind="areas", measure_id="drug_offences", period_end_a=date(2025, 12, 31))
    assert (len(newest), set(newest["grade"])) == (42 * 41 // 2, {"A"})
    london = found.filter(measure_id="london_linked_individuals", kind="first_and_latest", area_id_a=NORFOLK)
    assert london.select("grade", "reasons").rows() == [("C", "T2; R2 (B11); S2")]


def test_all_pairs_of_forces_have_one_row(indicators: pl.DataFrame, registers: Registers) -> None:
    forces = indicators.filter(
        is_preferred=True,
        measure_id="drug_offences",
        area_kind="police_force_area",
        period_end=date(2019, 12, 31),
        months=12,
    )
    pairs = same_period(side_of_indicators(forces, registers))
    assert len(pairs) == 43 * 42 // 2
    grades = grade_pairs(pairs, registers)
    without_figure = (pl.col("area_id_a") == MANCHESTER) | (pl.col("area_id_b") == MANCHESTER)
    assert not set(grades.filter(without_figure)["grade"]) & {"A", "B"}
