"""What page 1 says beside a newest figure: synthetic figures whose changes and ranks are worked out by hand."""

from datetime import date

import polars as pl
import pytest

from transforms.comparability import profile
from transforms.comparability.profile import EARLIER, NO_FIGURE, TOO_SMALL
from transforms.contracts.tables import COMPARABILITY, INDICATORS

HEADLINES = pl.DataFrame({"position": ["1"], "measure_id": ["drug_offences"], "label": ["Drug offences"]})


def figure(area: str, year: int, numerator: float, residents: float = 1_000_000.0) -> dict[str, object]:
    return {
        **dict.fromkeys(INDICATORS.schema),
        **{"indicator_id": f"{area}.{year}", "measure_id": "drug_offences", "area_id": area, "is_preferred": True},
        **{"area_kind": "police_force_area", "months": 12, "numerator": numerator, "denominator_used": residents},
        **{"period_start": date(year, 1, 1), "period_end": date(year, 12, 31), "multiplier": 1000},
        **{"value": numerator / residents * 1000, "denominator_rule": "canonical"},
    }


def pair(kind: str, earlier: str, later: str, grade: str = "A") -> dict[str, object]:
    area = later.split(".")[0]
    return {
        **dict.fromkeys(COMPARABILITY.schema),
        **{"comparison_id": f"{kind} {earlier} {later}", "kind": kind, "figure_id_a": earlier, "figure_id_b": later},
        **{"measure_id": "drug_offences", "area_id_a": area, "area_id_b": area, "grade": grade, "reasons": None},
    }


def profiled(figures: list[dict[str, object]], pairs: list[dict[str, object]]) -> pl.DataFrame:
    indicators = pl.DataFrame(figures, schema=INDICATORS.schema)
    return profile(indicators, pl.DataFrame(pairs, schema=COMPARABILITY.schema), HEADLINES)


def test_the_newest_figure_stands_beside_that_of_a_year_before() -> None:
    (row,) = profiled(
        [figure("A", 2024, 400.0), figure("A", 2025, 500.0)], [pair("year_before", "A.2024", "A.2025")]
    ).rows(named=True)
    assert (row["indicator_id"], row["year_id"], row["year_grade"]) == ("A.2025", "A.2024", "A")
    assert row["year_change"] == pytest.approx(25)
    assert row["since_reason"] == NO_FIGURE


@pytest.mark.parametrize(("before", "now"), [(0.0, 5.0), (0.0, 0.0), (1.0, 3.0), (19.0, 400.0)])
def test_counts_so_small_have_no_percentage_where_chance_is_not_known(before: float, now: float) -> None:
    (row,) = profiled(
        [figure("A", 2024, before), figure("A", 2025, now)], [pair("year_before", "A.2024", "A.2025")]
    ).rows(named=True)
    assert (row["year_change"], row["year_grade"], row["year_reason"]) == (None, "A", TOO_SMALL)


@pytest.mark.parametrize("grade", ["C", "X"])
def test_what_a_grade_forbids_is_not_worked_out(grade: str) -> None:
    (row,) = profiled(
        [figure("A", 2019, 400.0), figure("A", 2025, 500.0)], [pair("since_2019", "A.2019", "A.2025", grade)]
    ).rows(named=True)
    assert (row["since_change"], row["since_grade"]) == (None, grade)


def test_an_area_whose_newest_figure_is_older_than_that_of_others_has_no_rank() -> None:
    figures = [figure(f"F{number:02}", 2025, 100.0 + number) for number in range(12)]
    found = profiled([*figures, figure("OLD", 2024, 500.0)], [])
    assert found.filter(pl.col("area_id") == "OLD")["rank_reason"].item() == EARLIER
    assert found["rank"].null_count() == 13, "not every two areas are graded"
