"""The verdict on a claim: by one rule, the same for every area and measure, and never both for a claim and its reverse."""

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.full_build import ROOT
from transforms.comparability import grade_pairs, paired, side_of_indicators
from transforms.comparability.claims import Claim, Verdict, judged
from transforms.contracts.tables import INDICATORS, RELATIONS
from transforms.errors import CountyLinesError
from transforms.harmonise import Registers, load_registers

REGISTERS = load_registers(ROOT / "data")
NORFOLK, SUFFOLK, MERSEYSIDE, KENT, CITY = "E23000024", "E23000025", "E23000004", "E23000032", "E23000034"
FORCES = tuple(REGISTERS.areas.filter(kind="police_force_area")["area_id"])
OPPOSITE = {
    **{"higher-than": "lower-than", "lower-than": "higher-than", "fell": "rose", "rose": "fell"},
    **{"highest": "lowest", "lowest": "highest"},
}
YEAR, YEAR_BEFORE = (date(2025, 1, 1), date(2025, 12, 31)), (date(2024, 1, 1), date(2024, 12, 31))
LINKS, FIRST, SECOND = (
    "london_linked_individuals",
    (date(2018, 1, 1), date(2019, 3, 31)),
    (date(2019, 5, 1), date(2020, 4, 30)),
)


def figure(area: str, start: date, end: date, numerator: float | None, **more: Any) -> dict[str, Any]:
    """A synthetic figure of drug offences on a million residents."""
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    residents = 1_000_000.0
    return {
        **dict.fromkeys(INDICATORS.schema),
        **{"indicator_id": f"{area}.{start}.{end}", "measure_id": "drug_offences", "measure_code": "M01"},
        **{"area_id": area, "area_kind": "police_force_area", "area_name": area, "is_preferred": True},
        **{"period_start": start, "period_end": end, "months": months, "numerator": numerator, "multiplier": 1000},
        **{"denominator": residents, "denominator_used": residents, "denominator_rule": "canonical"},
        **{"value": None if numerator is None else numerator / residents * 1000},
        **{"lower_95": numerator and 0.0, "upper_95": numerator and 1e9, "status": "ok", "coverage": "complete"},
        **{"source_id": "ons_pfa_tables", "edition_id": "synthetic", "vintage": "2026-01", "is_derived": False},
        **{"area_basis": "same_area"},
        **more,
    }


def table(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=INDICATORS.schema).with_columns(
        pl.when(pl.col("numerator").is_not_null()).then(pl.col("lower_95").fill_null(0.0)).alias("lower_95")
    )


def quarters(area: str, counts: list[int]) -> list[dict[str, Any]]:
    """Two years of quarters and the years that they make."""
    rows = []
    for place, count in enumerate(counts):
        year, first = 2024 + place // 4, 3 * (place % 4) + 1
        last = {1: 31, 4: 30, 7: 30, 10: 31}[first]
        rows.append(figure(area, date(year, first, 1), date(year, first + 2, last), float(count)))
    sums = (sum(counts[:4]), sum(counts[4:]))
    years = [figure(area, *period, float(total)) for period, total in zip((YEAR_BEFORE, YEAR), sums, strict=True)]
    return [*rows, *years]


def on(indicators: pl.DataFrame, *claim: Any, **more: Any) -> Verdict:
    return judged(Claim(*claim, **more), indicators, REGISTERS)


def test_norfolk_as_the_first_by_rate_for_links_to_london_is_not_established(indicators: pl.DataFrame) -> None:
    found = on(indicators, NORFOLK, LINKS, "highest", FIRST, FORCES)
    assert (found.verdict, found.because) == ("not established", "others without a figure")
    own = found.figures.row(0, named=True)
    assert (own["numerator"], own["is_derived"]) == (416, True), "a count was published, the rate is ours"
    assert (own["value"], own["lower_95"], own["upper_95"]) == pytest.approx((46.0330, 41.7151, 50.6764), abs=1e-4)
    assert (found.grade, found.place, found.placed) == ("C", 1, 7)
    assert found.probability is None, "no probability of figures that are graded C"
    assert on(indicators, NORFOLK, LINKS, "highest", SECOND, FORCES).verdict == "not established"


def test_a_fall_by_more_than_half_of_periods_of_unlike_length_is_not_comparable(indicators: pl.DataFrame) -> None:
    found = on(indicators, NORFOLK, LINKS, "fell", SECOND, earlier=FIRST, by_more_than=50.0)
    assert (found.verdict, found.grade, found.change) == ("not comparable", "C", None)


@pytest.mark.parametrize(
    ("definitions", "grade"), [(("D06", "D05"), "X"), (("D04", "D04"), "C")], ids=["2,000 to 600", "external lines"]
)
def test_lines_counted_under_two_definitions_are_not_comparable(definitions: tuple[str, str], grade: str) -> None:
    found = on(
        table([]),
        *("UK", "active_lines", "fell", (date(2020, 4, 1), date(2021, 3, 31))),
        earlier=(date(2019, 1, 1), date(2019, 1, 31)) if grade == "X" else (date(2019, 4, 1), date(2020, 3, 31)),
        definitions=definitions,
    )
    assert (found.verdict, found.grade) == ("not comparable", grade)


def test_what_nobody_publishes_is_not_measurable(indicators: pl.DataFrame) -> None:
    assert on(indicators, NORFOLK, "", "highest", FIRST, FORCES).because == "no measure"
    future = (date(2030, 1, 1), date(2030, 12, 31))
    assert on(indicators, NORFOLK, "drug_offences", "highest", future, FORCES).verdict == "not measurable"
    found = on(indicators, NORFOLK, "drug_offences", "fell", YEAR, earlier=(date(1950, 1, 1), date(1950, 12, 31)))
    assert (found.verdict, found.missing) == ("not measurable", (NORFOLK,))


def test_places_and_differences_of_the_newest_year(indicators: pl.DataFrame) -> None:
    first = on(indicators, MERSEYSIDE, "drug_offences", "highest", YEAR, FORCES)
    assert (first.verdict, first.grade, first.place, first.too_small) == ("supported", "A", 1, (CITY,))
    assert on(indicators, NORFOLK, "drug_offences", "highest", YEAR, FORCES).verdict == "not supported"
    above = on(indicators, MERSEYSIDE, "drug_offences", "higher-than", YEAR, (KENT,))
    assert above.verdict == "supported"
    assert above.change is not None
    assert above.change.lower is not None
    assert above.change.lower > 100
    below = on(indicators, KENT, "drug_offences", "higher-than", YEAR, (MERSEYSIDE,))
    assert below.verdict == "not supported"


def test_what_is_no_count_of_events_does_not_vary_by_chance(indicators: pl.DataFrame) -> None:
    now, before = ((date(year, 3, 31),) * 2 for year in (2022, 2019))
    officers = "police_officers_full_time_equivalent"
    assert on(indicators, NORFOLK, officers, "rose", now, earlier=before).verdict == "supported"
    assert on(indicators, NORFOLK, officers, "fell", now, earlier=before).verdict == "not supported"


@pytest.mark.parametrize("relation", ["highest", "higher-than"])
def test_a_claim_needs_something_to_compare_with(relation: str) -> None:
    rows = table([figure(NORFOLK, *YEAR, 10.0)])
    with pytest.raises(CountyLinesError, match="needs another area"):
        on(rows, NORFOLK, "drug_offences", relation, YEAR, (NORFOLK,))
    with pytest.raises(CountyLinesError, match="needs an earlier period"):
        on(rows, NORFOLK, "drug_offences", "fell", YEAR)


def test_a_missing_figure_is_no_zero_and_one_that_is_surely_higher_is_enough_against_a_claim() -> None:
    missing = figure(KENT, *YEAR, None, status="not_available", coverage="none")
    rows = table([figure(NORFOLK, *YEAR, 100.0), figure(SUFFOLK, *YEAR, 100.0), missing])
    group = (NORFOLK, SUFFOLK, KENT)
    assert on(rows, NORFOLK, "drug_offences", "lowest", YEAR, group).missing == (KENT,)
    higher = table([figure(NORFOLK, *YEAR, 100.0), figure(SUFFOLK, *YEAR, 900.0), missing])
    assert on(higher, NORFOLK, "drug_offences", "highest", YEAR, group).verdict == "not supported"
    assert on(higher, SUFFOLK, "drug_offences", "highest", YEAR, group).verdict == "not established"


def test_without_eight_quarters_no_change_is_more_than_chance() -> None:
    rows = table([figure(NORFOLK, *YEAR_BEFORE, 900.0), figure(NORFOLK, *YEAR, 100.0)])
    found = on(rows, NORFOLK, "drug_offences", "fell", YEAR, earlier=YEAR_BEFORE)
    assert (found.verdict, found.because) == ("not established", "chance not known")


@settings(deadline=None, max_examples=60)
@given(
    counts=st.lists(st.integers(0, 3000), min_size=4, max_size=4),
    partial=st.sets(st.sampled_from([NORFOLK, SUFFOLK, MERSEYSIDE, KENT])),
    absent=st.sets(st.sampled_from([SUFFOLK, MERSEYSIDE, KENT]), max_size=1),
    relation=st.sampled_from(["highest", "lowest", "higher-than", "lower-than"]),
)
def test_places_and_differences_hold_to_the_rule(
    counts: list[int], partial: set[str], absent: set[str], relation: str
) -> None:
    group = (NORFOLK, SUFFOLK, MERSEYSIDE, KENT)
    notes = {area: {"coverage": "partial", "coverage_note": f"{area} only"} for area in partial}
    rows = table(
        [
            figure(area, *YEAR, float(count), **notes.get(area, {}))
            for area, count in zip(group, counts, strict=True)
            if area not in absent
        ]
    )
    others = group if relation in ("highest", "lowest") else (SUFFOLK,)
    claim = Claim(NORFOLK, "drug_offences", relation, YEAR, others)
    found, reverse = (judged(each, rows, REGISTERS) for each in (claim, replace(claim, relation=OPPOSITE[relation])))
    holds(found, reverse)
    if relation in ("highest", "lowest") and found.verdict == "supported":
        assert found.grade == "A"
        assert not found.missing
        assert found.probability is not None
        assert found.probability >= 0.95
        extreme = max(counts) if relation == "highest" else min(counts)
        assert counts[0] == extreme, "what is supported is so by the figures themselves"


@settings(deadline=None, max_examples=60)
@given(
    counts=st.lists(st.integers(0, 400), min_size=8, max_size=8),
    relation=st.sampled_from(["fell", "rose"]),
    by_more_than=st.sampled_from([0.0, 10.0, 50.0]),
)
def test_changes_hold_to_the_rule(counts: list[int], relation: str, by_more_than: float) -> None:
    rows = table(quarters(NORFOLK, counts))
    claim = Claim(NORFOLK, "drug_offences", relation, YEAR, earlier=YEAR_BEFORE, by_more_than=by_more_than)
    found, reverse = (judged(each, rows, REGISTERS) for each in (claim, replace(claim, relation=OPPOSITE[relation])))
    holds(found, reverse)
    if found.change is not None and found.change.is_change and not by_more_than:
        assert found.verdict in ("supported", "not supported"), "figures and grade allow a verdict"
    if found.verdict == "supported":
        before, now = sum(counts[:4]), sum(counts[4:])
        assert (now < before) == (relation == "fell")


def holds(found: Verdict, reverse: Verdict) -> None:
    """What is true of any claim and its reverse."""
    assert not (found.verdict == reverse.verdict == "supported"), "a claim and its reverse are never both supported"
    if found.grade in ("C", "X") and found.probability is None:
        assert found.verdict not in ("supported", "not supported"), "no verdict on a pair graded C or X"
    if found.verdict in ("supported", "not supported"):
        assert found.because == "beyond chance"


@pytest.mark.parametrize("relation", RELATIONS)
def test_no_verdict_on_published_pairs_graded_c_or_x(indicators: pl.DataFrame, relation: str) -> None:
    """Greater Manchester, of whose figures a part is missing in 2019, beside itself and others."""
    manchester, period = "E23000005", (date(2019, 1, 1), date(2019, 12, 31))
    claim = Claim(
        manchester,
        "drug_offences",
        relation,
        period,
        () if relation in ("fell", "rose") else (NORFOLK,),
        (date(2018, 1, 1), date(2018, 12, 31)) if relation in ("fell", "rose") else None,
    )
    found = judged(claim, indicators, REGISTERS)
    assert found.verdict in ("not comparable", "not measurable", "not established")
    assert found.probability is None


def test_the_grade_of_a_verdict_is_that_of_the_comparison_itself(
    indicators: pl.DataFrame, registers: Registers
) -> None:
    rows = indicators.filter(
        pl.col("is_preferred") & (pl.col("measure_id") == "drug_offences") & (pl.col("period_end") == YEAR[1])
    ).filter(pl.col("months") == 12)
    sides = [side_of_indicators(rows.filter(area_id=area), registers) for area in (KENT, MERSEYSIDE)]
    (pair,) = grade_pairs(paired(*sides), registers).iter_rows(named=True)
    assert on(indicators, MERSEYSIDE, "drug_offences", "higher-than", YEAR, (KENT,)).grade == pair["grade"]
