"""Rates of areas: which have one, by which method, and over which residents."""

import polars as pl
import pytest

from transforms.indicators import with_rate
from transforms.statistics.ranks import SMALLEST_POPULATION


def rate(
    numerator: float | None, residents: float | None, multiplier: int = 1000, used: float | None = None
) -> dict[str, object]:
    """The row that ``with_rate`` gives for one count and one population."""
    numbers = {"numerator": numerator, "denominator": residents, "denominator_used": used or residents}
    counted = pl.DataFrame(
        {
            **{name: [value] for name, value in numbers.items()},
            "multiplier": [multiplier],
            "numerator_status": ["suppressed"],
        },
        schema_overrides=dict.fromkeys(numbers, pl.Float64),
    )
    return with_rate(counted).row(0, named=True)


def test_a_rate_is_the_count_over_the_residents_used() -> None:
    row = rate(2730, 903_700, used=903_680)
    assert row["value"] == pytest.approx(3.0209808781869687, rel=1e-12)
    assert (row["status"], row["method"]) == ("ok", "byar")


@pytest.mark.parametrize(("count", "method"), [(0, "exact"), (9, "exact"), (10, "byar"), (2730, "byar")])
def test_the_method_is_told(count: int, method: str) -> None:
    assert rate(count, 900_000)["method"] == method


def test_no_event_is_a_rate_of_zero_with_an_exact_upper_limit() -> None:
    row = rate(0, 500_000, 100_000)
    assert (row["value"], row["lower_95"], row["status"]) == (0.0, 0.0, "ok")
    assert row["upper_95"] == pytest.approx(3.6888794541 / 5, abs=1e-9)


@pytest.mark.parametrize(
    ("numerator", "residents", "status"),
    [
        (None, 900_000, "suppressed"),
        (None, None, "suppressed"),
        (12, None, "no_population"),
        (12, 0, "population_too_small"),
        (12, SMALLEST_POPULATION - 1, "population_too_small"),
        (-3, 900_000, "not_comparable"),
    ],
)
def test_no_rate_without_a_count_or_enough_residents(
    numerator: float | None, residents: float | None, status: str
) -> None:
    row = rate(numerator, residents)
    assert (row["value"], row["lower_95"], row["upper_95"]) == (None, None, None)
    assert (row["status"], row["method"]) == (status, "none")


def test_the_smallest_population_has_a_rate() -> None:
    assert rate(12, SMALLEST_POPULATION)["status"] == "ok"
