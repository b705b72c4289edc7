"""Funnels: what chance allows, and what is left of the outliers once forces differ by more than chance."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.statistics.reference import TOLERANCE, reference
from transforms.statistics.funnel import (
    Adjustment,
    adjusted_funnel_limits,
    adjusted_z,
    expected_at_common_rate,
    funnel,
    overdispersion,
    poisson_funnel_flags,
    poisson_funnel_limits,
    transformed,
)

FLAGS = {
    "Not significant": "within",
    "High (0.001)": "high_998",
    "Low (0.001)": "low_998",
    "High (0.025)": "high_95",
    "Low (0.025)": "low_95",
}
areas = st.lists(st.tuples(st.integers(1, 5_000), st.integers(60_000, 3_000_000)), min_size=3, max_size=12)


def small() -> tuple[list[int], list[int]]:
    known = reference()["overdispersion"]
    return known["num"], known["den"]


def test_poisson_limits_are_those_that_are_published() -> None:
    rows = reference()["poisson_funnel_limits"]
    sizes = [row["n"] for row in rows]
    for confidence, names in ((0.95, ("ll95", "ul95")), (0.998, ("ll998", "ul998"))):
        for limits, name in zip(poisson_funnel_limits(sizes, confidence), names, strict=True):
            assert limits.tolist() == pytest.approx([row[name] for row in rows], rel=1e-6)


def test_flags_are_those_that_are_published() -> None:
    observed, expected, flags = zip(*reference()["funnel_significance"], strict=True)
    assert poisson_funnel_flags(observed, expected).to_list() == [FLAGS[flag] for flag in flags]


def test_overdispersion_on_the_square_root_scale() -> None:
    deviation, error = transformed(*small())
    assert (deviation / error).tolist() == pytest.approx(
        [-0.784610, 3.328887, 1.142350, -1.605045, 1.908902, 0.335206], abs=1e-6
    )
    known = reference()["overdispersion"]["sqrt"]
    assert [float(number) for number in overdispersion(*small())] == pytest.approx(
        [known["phi_winsor10"], known["tau2"]], **TOLERANCE
    )


def test_overdispersion_on_the_log_scale() -> None:
    deviation, error = transformed(*small(), "log")
    assert (deviation / error).tolist() == pytest.approx(
        [-0.799803, 3.091681, 1.117681, -1.674989, 1.823216, 0.333326], abs=1e-6
    )
    known = reference()["overdispersion"]["log_shmi"]
    assert [float(number) for number in overdispersion(*small(), "log", "truncate")] == pytest.approx(
        [known["phi_trunc10"], known["tau2_trunc"]], **TOLERANCE
    )
    assert [float(number) for number in overdispersion(*small(), "log", "winsorise")] == pytest.approx(
        [known["phi_winsor10"], known["tau2_winsor"]], **TOLERANCE
    )


def test_truncating_leaves_the_ends_out() -> None:
    """Synthetic: of ten areas one far below and one far above are left out, and the other eight are as expected."""
    found = overdispersion([1, *[100] * 8, 900], [100] * 10, outliers="truncate")
    assert (found.phi, found.tau_squared) == (0, 0)
    assert overdispersion([1, *[100] * 8, 900], [100] * 10, outliers="winsorise").phi > 0


def test_no_count_of_zero_on_the_log_scale() -> None:
    with pytest.raises(ValueError, match="no logarithm"):
        overdispersion([0, 4, 5], [3, 3, 3], "log")


def test_forces_that_differ_less_than_by_chance_have_no_tau() -> None:
    found = overdispersion([100, 101, 99, 100], [100, 100, 100, 100])
    assert found.phi < 1
    assert found.tau_squared == 0
    expected = [50.0, 400.0]
    adjusted = adjusted_funnel_limits(expected, found, 0.95, "multiplicative")
    plain = adjusted_funnel_limits(expected, found, 0.95, "none")
    assert np.array_equal(adjusted, plain)


def test_a_funnel_over_many_sets_is_the_funnel_of_each() -> None:
    observed, expected = np.array([[10.0, 20, 40], [5, 50, 5]]), np.array([[15.0, 20, 35], [20, 20, 20]])
    together = overdispersion(observed, expected)
    for row in range(2):
        alone = overdispersion(observed[row], expected[row])
        assert together.phi[row] == alone.phi
        assert together.tau_squared[row] == alone.tau_squared


@pytest.mark.full
@settings(deadline=None, max_examples=40)
@given(areas, st.sampled_from(["none", "multiplicative", "additive"]))
def test_flags_say_the_same_as_adjusted_z(rows: list[tuple[int, int]], adjustment: Adjustment) -> None:
    """Outside the limits at 99.8% is |z| above 3.09, unless the lower limit is no ratio that an area could have."""
    frame = funnel(pl.DataFrame(rows, schema=["numerator", "denominator_used"], orient="row"), adjustment)
    assert math.isclose(frame["expected"].sum(), frame["numerator"].sum(), rel_tol=1e-9)
    for row in frame.iter_rows(named=True):
        if abs(abs(row["z_adjusted"]) - 3.090232) > 1e-4 and row["lower_998"] > 0:
            assert (row["flag"] in ("low_998", "high_998")) == (abs(row["z_adjusted"]) > 3.090232)
        assert row["lower_998"] <= row["lower_95"] <= 1 <= row["upper_95"] <= row["upper_998"]
        assert abs(row["z_adjusted"]) <= abs(row["z"]) + 1e-12


@settings(deadline=None, max_examples=40)
@given(areas)
def test_both_adjustments_widen_the_limits_of_chance(rows: list[tuple[int, int]]) -> None:
    observed, populations = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    expected = expected_at_common_rate(observed, populations)
    found = overdispersion(observed, expected)
    plain = adjusted_funnel_limits(expected, found, 0.95, "none")
    for adjustment in ("multiplicative", "additive"):
        lower, upper = adjusted_funnel_limits(expected, found, 0.95, adjustment)
        assert (lower <= plain[0]).all()
        assert (upper >= plain[1]).all()
    assert (np.sign(adjusted_z(observed, expected, found)) == np.sign(np.sqrt(observed / expected) - 1)).all()


def test_an_area_without_a_count_belongs_in_no_funnel() -> None:
    with pytest.raises(ValueError, match="is missing for an area"):
        funnel(pl.DataFrame({"numerator": [3, None, 5], "denominator_used": [100, 100, 100]}))


def test_no_event_at_all_is_no_common_rate() -> None:
    with pytest.raises(ValueError, match="No area has an event"):
        expected_at_common_rate([0, 0], [100, 100])
