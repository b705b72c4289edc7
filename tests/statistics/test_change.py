"""Changes: what chance and a lively series leave of them."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.statistics.reference import TOLERANCE, reference
from transforms.statistics.change import (
    exact_rate_ratio_limits,
    poisson_change_p_value,
    quarterly_dispersion,
    rate_ratio,
)

events = st.integers(1, 50_000)


def numbers(found: Any) -> list[float]:
    return [float(number) for number in found]


def test_two_counts_over_equal_time() -> None:
    known = reference()["two_counts"]
    found = rate_ratio(known["a"], known["b"])
    assert numbers(found[:3]) == pytest.approx([known["rr"], known["l95"], known["u95"]], **TOLERANCE)


METHODS = {"exact-cond": "p_exact", "cond-midp": "p_midp", "etest": "p_etest", "score": "p_score"}


@pytest.mark.parametrize("method", METHODS)
def test_p_values_of_two_counts(method: Any) -> None:
    known = reference()["two_counts"]
    found = poisson_change_p_value(known["a"], known["b"], method=method)
    assert found == pytest.approx(known[METHODS[method]], rel=1e-6)


@pytest.mark.parametrize("row", reference()["two_counts_unequal"], ids=lambda row: f"{row['a']} and {row['b']}")
@pytest.mark.parametrize("method", METHODS)
def test_p_values_of_two_counts_over_unequal_exposures(row: dict[str, Any], method: Any) -> None:
    """Zeros among them, and from a few events to hundreds; turned round, each is the same."""
    found = poisson_change_p_value(row["a"], row["b"], row["ta"], row["tb"], method)
    assert found == pytest.approx(row[METHODS[method]], rel=1e-6)
    assert poisson_change_p_value(row["b"], row["a"], row["tb"], row["ta"], method) == pytest.approx(found, rel=1e-9)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("exposures", [(1, 1), (100, 150)])
def test_no_event_against_no_event_is_no_evidence(method: Any, exposures: tuple[float, float]) -> None:
    assert poisson_change_p_value(0, 0, *exposures, method=method) == 1.0


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("numbers", [(None, 3), (3, math.nan), (math.nan, 0), (None, None), (3, 5, None, 1)])
def test_a_missing_count_has_no_p_value(method: Any, numbers: tuple[Any, ...]) -> None:
    assert math.isnan(poisson_change_p_value(*numbers, method=method))


@pytest.mark.parametrize(
    ("numbers", "match"), [((-1, 3), "negative"), ((1, 3, 0, 1), "exposure"), ((1.5, 3), "whole number of events")]
)
def test_what_is_no_count_or_exposure_has_no_p_value(numbers: tuple[Any, ...], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        poisson_change_p_value(*numbers)


def test_a_lively_series_makes_a_change_less_sure() -> None:
    found = rate_ratio(120, 150, phi=4)
    assert numbers(found[1:3]) == pytest.approx([0.77341, 2.02028], abs=5e-6)
    assert float(found.p_value) == pytest.approx(0.362, abs=5e-4)


@pytest.mark.parametrize("place", reference()["unequal_months"])
def test_fifteen_months_against_twelve(place: str) -> None:
    known = reference()["unequal_months"][place]
    found = rate_ratio(known["a"], known["b"], known["ta"], known["tb"])
    assert float(found.ratio) - 1 == pytest.approx(known["change"], **TOLERANCE)
    if "naive" in known:
        assert float(rate_ratio(known["a"], known["b"]).ratio) - 1 == pytest.approx(known["naive"], **TOLERANCE)


def test_norfolk_after_fifteen_months_and_after_sixteen() -> None:
    found = rate_ratio(416, 198, 15, 12)
    assert numbers(found[:3]) == pytest.approx([0.59495, 0.50233, 0.70465], abs=5e-6)
    assert float(rate_ratio(416, 198, 16, 12).ratio) - 1 == pytest.approx(-0.3654, abs=5e-5)


@pytest.mark.full
@settings(deadline=None, max_examples=60)
@given(events, events, st.floats(1, 100), st.floats(1, 100), st.floats(0.5, 0.999), st.floats(0.5, 0.999))
def test_a_change_lies_in_its_interval(a: int, b: int, phi: float, more_phi: float, one: float, other: float) -> None:
    """More confidence or more dispersion is a wider interval; the other way round it is the inverse."""
    less, more = sorted((one, other))
    low_phi, high_phi = sorted((phi, more_phi))
    narrow, sure = rate_ratio(a, b, phi=low_phi, confidence=less), rate_ratio(a, b, phi=low_phi, confidence=more)
    lively = rate_ratio(a, b, phi=high_phi, confidence=less)
    assert sure.lower <= narrow.lower <= narrow.ratio * (1 + 1e-12)
    assert narrow.ratio <= narrow.upper * (1 + 1e-12)
    assert narrow.upper <= sure.upper
    assert lively.lower <= narrow.lower
    assert narrow.upper <= lively.upper
    assert narrow.p_value <= lively.p_value
    back = rate_ratio(b, a, phi=low_phi, confidence=less)
    assert numbers(back[:3]) == pytest.approx([1 / narrow.ratio, 1 / narrow.upper, 1 / narrow.lower])


def test_no_event_has_no_log_but_exact_limits() -> None:
    found = rate_ratio([0, 5, 0], [5, 0, 0])
    assert np.isnan(found.lower).all()
    assert np.isnan(found.p_value).all()
    assert math.isnan(found.ratio[0])
    assert found.ratio[1] == 0
    lower, upper = exact_rate_ratio_limits([0, 5, 0], [5, 0, 0])
    assert (lower[1], upper[0]) == (0, math.inf)
    assert 0 < lower[0] < upper[1] < math.inf
    assert math.isnan(lower[2])


def test_dispersion_of_a_series() -> None:
    """Synthetic: terms 100/200, 0, 400/220 and so on, by hand."""
    quarters = [95, 105, 105, 125, 105, 105, 95, 105]
    by_hand = [100 / 200, 0, 400 / 230, 400 / 230, 0, 100 / 200, 100 / 200]
    assert sum(by_hand) / 7 < 1
    assert float(quarterly_dispersion(quarters)) == 1
    tenfold = [10 * value for value in quarters]
    assert float(quarterly_dispersion(tenfold)) == pytest.approx(10 * sum(by_hand) / 7)


def test_poisson_series_have_a_dispersion_near_one() -> None:
    """Synthetic: on 2,000 series of Poisson counts the mean of (difference)²/sum is 1, before the floor."""
    series = np.random.default_rng(5).poisson(200, size=(2_000, 40))
    terms = np.diff(series, axis=1) ** 2 / (series[:, 1:] + series[:, :-1])
    assert terms.mean() == pytest.approx(1, abs=0.02)
    found = quarterly_dispersion(series)
    assert found.shape == (2_000,)
    assert 1 <= np.median(found) < 1.1


def test_seven_quarters_are_too_few() -> None:
    seven = [100.0, 120, 90, 110, 100, 130, 80]
    assert math.isnan(quarterly_dispersion(seven))
    assert math.isnan(quarterly_dispersion([*seven, math.nan]))
    assert not math.isnan(quarterly_dispersion([*seven, 100]))
    assert math.isnan(quarterly_dispersion([0] * 12))


@pytest.mark.parametrize(
    ("numbers", "match"), [((-1, 3), "negative"), ((1, 3, 0), "exposure"), ((1, 3, 1, 1, 0.5), "φ")]
)
def test_wrong_numbers_are_told(numbers: tuple[float, ...], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        rate_ratio(*numbers)
