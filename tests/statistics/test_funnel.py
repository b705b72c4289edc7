"""Funnels: what chance allows, and what is left of the outliers once forces differ by more than chance."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.statistics.reference import TOLERANCE, reference
from transforms.statistics.counts import exact_poisson_limits
from transforms.statistics.funnel import (
    deviations,
    expected_at_common_rate,
    funnel,
    funnel_limits,
    overdispersion,
    z_scores,
)

areas = st.lists(st.tuples(st.integers(1, 5_000), st.integers(60_000, 3_000_000)), min_size=3, max_size=12)


def small() -> tuple[list[int], list[int]]:
    known = reference()["overdispersion"]
    return known["num"], known["den"]


@pytest.mark.parametrize(("observed", "expected", "published"), reference()["funnel_significance"])
def test_areas_outside_the_limits_of_chance_are_those_that_are_published(
    observed: int, expected: float, published: str
) -> None:
    (low, high), (lowest, highest) = exact_poisson_limits(expected), exact_poisson_limits(expected, 0.998)
    places = {"Low (0.001)": observed < lowest, "High (0.001)": observed > highest}
    places |= {"Low (0.025)": lowest <= observed < low, "High (0.025)": high < observed <= highest}
    places["Not significant"] = low <= observed <= high
    assert [place for place, here in places.items() if here] == [published]
    assert places["Not significant"] == (abs(float(z_scores(observed, expected))) < 1.96), (
        "the square root says the same"
    )


def test_overdispersion_on_the_square_root_scale() -> None:
    deviation, error = deviations(*small())
    assert (deviation / error).tolist() == pytest.approx(
        [-0.784610, 3.328887, 1.142350, -1.605045, 1.908902, 0.335206], abs=1e-6
    )
    known = reference()["overdispersion"]
    assert [float(number) for number in overdispersion(*small())] == pytest.approx(
        [known["phi_winsor10"], known["tau2"]], **TOLERANCE
    )


def test_forces_that_differ_less_than_by_chance_have_no_tau() -> None:
    found = overdispersion([100, 101, 99, 100], [100, 100, 100, 100])
    assert found.phi < 1
    assert found.tau_squared == 0


def test_a_funnel_over_many_sets_is_the_funnel_of_each() -> None:
    observed, expected = np.array([[10.0, 20, 40], [5, 50, 5]]), np.array([[15.0, 20, 35], [20, 20, 20]])
    together = overdispersion(observed, expected)
    for row in range(2):
        alone = overdispersion(observed[row], expected[row])
        assert together.phi[row] == alone.phi
        assert together.tau_squared[row] == alone.tau_squared


@pytest.mark.full
@settings(deadline=None, max_examples=40)
@given(areas)
def test_flags_say_the_same_as_adjusted_z(rows: list[tuple[int, int]]) -> None:
    """Outside the limits at 99.8% is |z| above 3.09, unless the lower limit is no ratio that an area could have."""
    frame = funnel(pl.DataFrame(rows, schema=["numerator", "denominator_used"], orient="row"))
    assert math.isclose(frame["expected"].sum(), frame["numerator"].sum(), rel_tol=1e-9)
    for row in frame.iter_rows(named=True):
        if abs(abs(row["z_adjusted"]) - 3.090232) > 1e-4 and row["lower_998"] > 0:
            assert (row["flag"] in ("low_998", "high_998")) == (abs(row["z_adjusted"]) > 3.090232)
        assert row["lower_998"] <= row["lower_95"] <= 1 <= row["upper_95"] <= row["upper_998"]
        assert abs(row["z_adjusted"]) <= abs(row["z"]) + 1e-12


@settings(deadline=None, max_examples=40)
@given(areas)
def test_overdispersion_widens_the_limits_of_chance(rows: list[tuple[int, int]]) -> None:
    observed, populations = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    expected = expected_at_common_rate(observed, populations)
    tau_squared = overdispersion(observed, expected).tau_squared
    plain, adjusted = funnel_limits(expected), funnel_limits(expected, tau_squared)
    assert (adjusted[0] <= plain[0]).all()
    assert (adjusted[1] >= plain[1]).all()
    assert (np.sign(z_scores(observed, expected, tau_squared)) == np.sign(np.sqrt(observed / expected) - 1)).all()


def test_zero_events_have_a_place_in_the_funnel() -> None:
    """Synthetic: a count of zero is below what chance allows at 240 and within it at one."""
    found = funnel(pl.DataFrame({"numerator": [0, 500, 0], "denominator_used": [480_000, 520_000, 1_000]}))
    assert np.isfinite(found["z_adjusted"].to_numpy()).all()
    assert found["z"].to_list() == pytest.approx(
        [
            -2 * math.sqrt(expected) if n == 0 else found["z"][1]
            for n, expected in zip(found["numerator"], found["expected"], strict=True)
        ]
    )
    assert funnel_limits([240.0])[0] > 0 == funnel_limits([0.5])[0]


def test_an_area_without_a_count_belongs_in_no_funnel() -> None:
    with pytest.raises(ValueError, match="is missing for an area"):
        funnel(pl.DataFrame({"numerator": [3, None, 5], "denominator_used": [100, 100, 100]}))


def test_no_event_at_all_is_no_common_rate() -> None:
    with pytest.raises(ValueError, match="No area has an event"):
        expected_at_common_rate([0, 0], [100, 100])
