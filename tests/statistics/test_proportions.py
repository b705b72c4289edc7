"""Proportions within their limits, and never clamped."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.statistics.proportions import proportion

shares = st.integers(1, 10_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))
confidences = st.floats(0.5, 0.999)


def test_wilson_limits_are_those_of_statsmodels_to_the_last_bit() -> None:
    from statsmodels.stats.proportion import proportion_confint

    chance = np.random.default_rng(1)
    trials = chance.integers(1, 200_000, 2_000).astype(float)
    found = np.append(np.floor(trials[:-2] * chance.random(1_998)), [1.0, np.nan])
    for confidence in (0.95, 0.998):
        lower, upper = proportion_confint(found, trials, alpha=1 - confidence, method="wilson")
        _, ours_lower, ours_upper = proportion(found, trials, confidence)
        between = (found > 0) & (found < trials)  # 0 of n and n of n are set to 0 and 1
        assert np.array_equal(ours_lower[between], lower[between])
        assert np.array_equal(ours_upper[between], upper[between])
        assert np.isnan(ours_lower[-1])


@pytest.mark.full
@settings(deadline=None, max_examples=50)
@given(shares, confidences, confidences)
def test_a_proportion_lies_in_its_interval_within_zero_and_one(
    share: tuple[int, int], one: float, other: float
) -> None:
    less, more = sorted((one, other))
    value, narrow_lower, narrow_upper = proportion(*share, less)
    _, wide_lower, wide_upper = proportion(*share, more)
    assert 0 <= wide_lower <= narrow_lower <= value <= narrow_upper <= wide_upper <= 1


def test_more_outcomes_than_offences_are_an_error() -> None:
    with pytest.raises(ValueError, match="exceeds its denominator"):
        proportion([3, 12], [10, 10])


def test_a_missing_numerator_is_a_missing_proportion() -> None:
    found = proportion([math.nan, 1], [10, 10])
    assert all(math.isnan(numbers[0]) for numbers in found)
    assert found.value[1] == pytest.approx(0.1)
