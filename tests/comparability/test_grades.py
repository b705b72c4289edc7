"""Which grade a pair of figures gets: thirty known cases, and what must hold for every pair."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.comparability.cases import CASES, NORFOLK, RATE, SUFFOLK, drugs, pair, year_ending
from transforms.comparability import GRADES, PAIR, grade, grade_pairs
from transforms.comparability.grade import graded
from transforms.comparability.scores import DIMENSIONS
from transforms.harmonise import Registers

SPECIFIED = Path(__file__).parents[3] / "shared" / "domain" / "comparability_cases.csv"


@pytest.mark.parametrize("name", CASES)
def test_the_grade_of_a_known_case(name: str, registers: Registers) -> None:
    first, second, claim_scope, expected, because = CASES[name]
    found = grade(pair(first, second, claim_scope), registers)
    assert found["grade"] == expected, found["reasons"]
    assert set(because) <= set(found["reasons"].split("; ")) or all(
        any(given.startswith(code) for given in found["reasons"].split("; ")) for code in because
    ), found["reasons"]


@pytest.mark.skipif(not SPECIFIED.is_file(), reason="no domain specification beside the repository")
def test_the_known_cases_are_those_of_the_specification() -> None:
    specified = dict(pl.read_csv(SPECIFIED).select("case", "expected_grade").iter_rows())
    assert {name: grade_of for name, (_, _, _, grade_of, _) in CASES.items()} == specified


@pytest.mark.parametrize("name", CASES)
def test_a_grade_is_the_same_from_either_side(name: str, registers: Registers) -> None:
    first, second, claim_scope, *_ = CASES[name]
    one, other = (grade(pair(*sides, claim_scope), registers) for sides in ((first, second), (second, first)))
    same = ("grade", "reasons", "remedy", *DIMENSIONS)
    assert {key: one[key] for key in same} == {key: other[key] for key in same}


def test_a_figure_beside_itself_is_direct(registers: Registers) -> None:
    norfolk = drugs(NORFOLK, year_ending(2025), **RATE)
    assert grade(pair(norfolk, norfolk, "recorded activity"), registers)["grade"] == "A"


@pytest.mark.parametrize(
    "unknown",
    ["unit_id", "definition_id", "measure_id", "period_kind", "period_end", "level", "geography_basis", "coverage", "source_quality", "population", "population_rule"],
)  # fmt: skip
def test_what_is_not_known_is_never_taken_for_the_same(unknown: str, registers: Registers) -> None:
    norfolk, suffolk = (drugs(area, year_ending(2025), **RATE) for area in (NORFOLK, SUFFOLK))
    found = grade(pair(norfolk | {unknown: None}, suffolk, "recorded activity"), registers)
    assert found["grade"] in ("C", "X")


def test_a_count_is_not_compared_with_a_rate(registers: Registers) -> None:
    rate, count = drugs(NORFOLK, year_ending(2025), **RATE), drugs(SUFFOLK, year_ending(2025))
    found = grade(pair(rate, count, "recorded activity"), registers)
    assert (found["grade"], found["reasons"]) == ("C", "U2; P2")


scores = st.fixed_dictionaries({name: st.integers(0, 3) for name in DIMENSIONS})


def of(values: dict[str, int]) -> str:
    frame = pl.DataFrame([{**values, "breaks": "", "per_month_a": False, "period_kind_a": "interval"}])
    return str(graded(frame)["grade"][0])


@pytest.mark.full
@given(values=scores, dimension=st.sampled_from(list(DIMENSIONS)), worse=st.integers(1, 3))
def test_a_worse_dimension_never_makes_a_better_grade(values: dict[str, int], dimension: str, worse: int) -> None:
    after = values | {dimension: min(3, values[dimension] + worse)}
    assert GRADES.index(of(after)) >= GRADES.index(of(values))


@pytest.mark.full
@given(values=scores)
def test_the_worst_dimension_decides_and_two_unknowns_of_what_is_counted_are_too_many(values: dict[str, int]) -> None:
    many = sum(values[name] >= 2 for name in ("U", "D", "G", "C")) >= 2
    assert of(values) == ("X" if many else "ABCX"[max(values.values())])


def any_of(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


sides = st.fixed_dictionaries(
    {
        "measure_id": any_of("drug_offences", "drug_trafficking_offences", "nrm_police_referrals", None),
        "definition_id": any_of("D22", "D23", "D24", "D14", None),
        "unit_id": any_of("offence", "offence", "referral", "mean_of_grades", None),
        "multiplier": any_of(1000, 100_000, None),
        "population": any_of("residents", "households", None),
        "population_rule": any_of("as_published", "canonical", None),
        "redenominated": st.booleans(),
        "period_kind": any_of("interval", "point", "cumulative", None),
        "period_start": any_of(date(2001, 4, 1), date(2019, 1, 1), date(2023, 4, 1), None),
        "period_end": any_of(date(2003, 3, 31), date(2019, 12, 31), date(2024, 3, 31), None),
        "recut": st.booleans(),
        "per_month": st.booleans(),
        "area_id": any_of(NORFOLK, SUFFOLK, None),
        "level": any_of("police_force_area", "county", "region", "united_kingdom", None),
        "boundary": any_of("exact", "ambiguous", None),
        "geography_basis": any_of("place of offence", "first responder", None),
        "coverage": any_of("complete", "partial", "absent", None),
        "left_out": any_of("", "Greater Manchester", None),
        "source_quality": any_of("official", "management information", "press", "unattributable", None),
    }
)


@pytest.mark.full
@settings(max_examples=60)
@given(
    first=sides, second=sides, claim_scope=any_of("recorded activity", "level of crime or harm", "derived rate", None)
)
def test_whatever_two_figures_are_they_get_one_grade_from_either_side(
    registers: Registers, first: dict[str, Any], second: dict[str, Any], claim_scope: str | None
) -> None:
    rows = [
        {name: pair(*order, str(claim_scope)).get(name) for name in PAIR}
        for order in ((first, second), (second, first))
    ]
    found = grade_pairs(pl.DataFrame(rows, schema=PAIR), registers)
    one, other = found.select("grade", *DIMENSIONS, "reasons").rows()
    assert one == other
    assert one[0] in GRADES
