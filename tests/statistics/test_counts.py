"""Limits of counts and rates, against values that public health statisticians publish for testing."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.statistics.reference import TOLERANCE, reference
from transforms.statistics.counts import (
    exact_poisson_limits,
    expected_by_stratum,
    indirectly_standardised_ratio,
    poisson_limits,
    rate,
    ratio_of_sums,
    recording_sensitivity,
)

# PHEindicatormethods, byars_lower and byars_upper: count, confidence, limits of the count.
PUBLISHED_BYAR = [(1045, 0.95, 982.5932018073, 1110.3312129856), (10, 0.998, 2.9163183747, 24.1937249279)]

counts = st.integers(0, 2_000_000)
confidences = st.floats(0.5, 0.999)


@pytest.mark.parametrize("row", reference()["byar_exact_rates_per_100000"], ids=lambda row: str(row["o"]))
def test_limits_are_those_that_are_published(row: dict[str, Any]) -> None:
    at_95, at_998 = (rate(row["o"], row["n"], 100_000, confidence) for confidence in (0.95, 0.998))
    assert [float(limit) for limit in (*at_95[1:], *at_998[1:])] == pytest.approx(
        [row["l95"], row["u95"], row["l998"], row["u998"]], **TOLERANCE
    )
    assert float(at_95.value) == pytest.approx(row["o"] / row["n"] * 100_000)
    exact = [float(limit) for limit in exact_poisson_limits(row["o"])] == [
        float(limit) for limit in poisson_limits(row["o"])
    ]
    assert exact == (row["method"] == "Exact")


@pytest.mark.parametrize("row", reference()["london_links_per_100000"], ids=lambda row: row["place"])
def test_rates_of_london_linked_individuals(row: dict[str, Any]) -> None:
    found = rate(row["o"], row["n"], 100_000)
    assert [float(number) for number in found] == pytest.approx([row["rate"], row["l95"], row["u95"]], abs=5e-5)


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


@pytest.mark.parametrize("population", [0, -5, math.inf])
def test_a_rate_needs_a_population(population: float) -> None:
    with pytest.raises(ValueError, match="more than zero"):
        rate(3, population)


def test_a_region_is_the_ratio_of_sums_and_not_the_mean_of_rates() -> None:
    ten = reference()["synthetic_ten_areas"]
    region = ratio_of_sums(ten["O"], ten["N"], 100_000)
    assert float(region.value) == pytest.approx(ten["ratio_of_sums_per_100k"], **TOLERANCE)
    rates = rate(ten["O"], ten["N"], 100_000).value
    assert float(rates.mean()) == pytest.approx(ten["mean_of_rates_per_100k"], **TOLERANCE)
    assert float(region.lower) == pytest.approx(float(poisson_limits(sum(ten["O"]))[0]) / sum(ten["N"]) * 100_000)


def test_a_region_without_one_of_its_areas_is_missing() -> None:
    assert np.isnan(ratio_of_sums([3, math.nan], [100, 100])).all()


def test_england_and_wales_is_the_forces_and_the_transport_police() -> None:
    known = reference()["england_and_wales_ye_dec_2024"]
    assert known["sum_43"] + known["btp"] == known["ew"]
    assert float(rate(known["ew"], known["pop_ew_mid2023"], 1000).value) == pytest.approx(known["rate_ew"], **TOLERANCE)


def test_indirectly_standardised_ratios_are_those_that_are_published() -> None:
    full, low = reference()["isr"]
    ratio = indirectly_standardised_ratio(full["obs"], full["exp"])
    assert [float(number) for number in ratio] == pytest.approx([full["ratio"], 1.00171477, 1.14323329], **TOLERANCE)
    rates = indirectly_standardised_ratio(full["obs"], full["exp"], full["ref_rate"])
    assert [float(number) for number in rates] == pytest.approx([full["rate"], full["l95"], full["u95"]], **TOLERANCE)
    found = indirectly_standardised_ratio(low["obs"], low["exp"])
    assert [float(number) for number in found] == pytest.approx(
        [low["ratio"], low["ratio_l95"], low["ratio_u95"]], **TOLERANCE
    )


def test_nine_observed_have_exact_limits_when_standardised() -> None:
    """PHEindicatormethods: 9 observed, 1.00670658 per 1,000 (0.46033035 to 1.91104267)."""
    found = indirectly_standardised_ratio(9, 9 / 1.00670658)
    assert [float(number) for number in found[1:]] == pytest.approx([0.46033035, 1.91104267], **TOLERANCE)


def test_a_population_with_the_reference_rates_is_as_expected() -> None:
    """Synthetic: two strata with rates of 1% and 10%; an area twice the reference, and one of the second stratum only."""
    expected = expected_by_stratum([[2000, 200], [0, 50], [math.nan, 1]], [10, 10], [1000, 100])
    assert expected[:2].tolist() == pytest.approx([40, 5])
    assert math.isnan(expected[2])


@pytest.mark.parametrize("place", reference()["recording_accuracy"])
def test_what_full_recording_would_multiply_a_count_by(place: str) -> None:
    known = reference()["recording_accuracy"][place]
    found = recording_sensitivity(known["accuracy"], known["half_width"])
    assert [float(number) for number in found] == pytest.approx(known["multipliers"], rel=1e-6)


@pytest.mark.parametrize(("accuracy", "half_width"), [(87.5, 1.81), (0.5, 0.5), (0, 0), (0.9, -0.1)])
def test_an_accuracy_is_a_proportion_wider_than_its_error(accuracy: float, half_width: float) -> None:
    with pytest.raises(ValueError, match=r"accuracy|half width"):
        recording_sensitivity(accuracy, half_width)


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_a_confidence_is_between_zero_and_one(confidence: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        poisson_limits(3, confidence)
