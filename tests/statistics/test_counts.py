"""Limits of counts, whatever the count; peers have their own table (test_peers.py)."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.statistics.counts import (
    poisson_limits,
)

counts = st.integers(0, 2_000_000)
confidences = st.floats(0.5, 0.999)


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
    with pytest.raises(ValueError, match="not negative"):
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


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_a_confidence_is_between_zero_and_one(confidence: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        poisson_limits(3, confidence)
