"""Rates and their limits, against values that public health statisticians publish for testing."""

import math

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.indicators import poisson_limits, with_rate
from transforms.indicators.rates import SMALLEST_POPULATION

# Test values of the R package PHEindicatormethods (UK Health Security Agency), phe_rate: events, population and, per 100,000,
# the 95% and 99.8% limits; exact below ten events, Byar from ten.
PUBLISHED_LIMITS = [
    (1, 100, 25.3178079843, 5571.6433909389, 1.0005003336, 9233.4134764516),
    (5, 100, 1623.4863901184, 11668.3320793227, 739.3717319178, 16454.7452036801),
    (20, 100, 12211.4288348759, 30889.8803691971, 8922.8023651442, 38085.0356250419),
    (65, 100, 50163.1877104595, 82849.1385459398, 42880.2614714802, 94000.2908443180),
    (222, 3215, 6026.5748776527, 7875.7293708719, 5560.7376952599, 8461.0466817334),
    (250, 220, 99984.9473853288, 128631.1448745578, 92710.0055443895, 137651.2377214746),
]
# The same package, byars_lower and byars_upper: count, confidence, limits of the count.
PUBLISHED_BYAR = [(1045, 0.95, 982.5932018073, 1110.3312129856), (10, 0.998, 2.9163183747, 24.1937249279)]

counts = st.integers(0, 2_000_000)
confidences = st.floats(0.5, 0.999)


@pytest.mark.parametrize(("events", "population", "lower_95", "upper_95", "lower_998", "upper_998"), PUBLISHED_LIMITS)
def test_limits_are_those_that_are_published(
    events: int, population: int, lower_95: float, upper_95: float, lower_998: float, upper_998: float
) -> None:
    per = 100_000 / population
    assert [float(limit) * per for limit in poisson_limits(events)] == pytest.approx([lower_95, upper_95], abs=1e-6)
    assert [float(limit) * per for limit in poisson_limits(events, 0.998)] == pytest.approx(
        [lower_998, upper_998], abs=1e-6
    )


@pytest.mark.parametrize(("count", "confidence", "lower", "upper"), PUBLISHED_BYAR)
def test_byar_from_ten(count: int, confidence: float, lower: float, upper: float) -> None:
    assert [float(limit) for limit in poisson_limits(count, confidence)] == pytest.approx([lower, upper], abs=1e-6)


def test_no_event_still_has_an_upper_limit() -> None:
    lower, upper = poisson_limits(0)
    assert float(lower) == 0
    assert float(upper) == pytest.approx(3.6888794541, abs=1e-9)
    assert float(upper) == pytest.approx(-math.log(0.025))


def test_the_method_changes_at_ten_and_not_by_much() -> None:
    """Nine by the exact quantiles; Byar gives another number, and is close from ten on."""
    from scipy.special import gammaincinv  # half a chi-squared quantile with 2k degrees of freedom is a gamma quantile

    nine, ten = poisson_limits([9, 10])[0].tolist()
    exact = [gammaincinv(count, 0.025) for count in (9, 10)]
    assert nine == pytest.approx(exact[0], rel=1e-12)
    assert ten != pytest.approx(exact[1], rel=1e-6)
    assert ten == pytest.approx(exact[1], rel=2e-3)


def test_a_negative_count_has_no_limits() -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        poisson_limits([3, -1])


def test_a_missing_count_has_missing_limits() -> None:
    lower, upper = poisson_limits([float("nan"), 4.0])
    assert [math.isnan(limit) for limit in (lower[0], upper[0])] == [True, True]
    assert lower[1] < 4 < upper[1]


@settings(deadline=None, max_examples=50)
@given(st.lists(counts, min_size=1), confidences)
def test_the_value_lies_between_its_limits(events: list[int], confidence: float) -> None:
    lower, upper = poisson_limits(events, confidence)
    assert all(0 <= low <= event <= high for low, event, high in zip(lower, events, upper, strict=True))


@settings(deadline=None, max_examples=50)
@given(counts, confidences, confidences)
def test_more_confidence_is_a_wider_interval(events: int, one: float, other: float) -> None:
    less, more = sorted((one, other))
    narrow, wide = poisson_limits(events, less), poisson_limits(events, more)
    assert float(wide[0]) <= float(narrow[0])
    assert float(narrow[1]) <= float(wide[1])


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
