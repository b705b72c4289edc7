"""How unlike forces are, and how unsure that is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.statistics.reference import TOLERANCE, reference
from transforms.statistics.dispersion import (
    between_area_deviation,
    large_enough,
    systematic_component_of_variation,
    with_limits,
)

TEN = reference()["synthetic_ten_areas"]
WITHOUT_GOLF = [place for place, name in enumerate(TEN["areas"]) if name != "Golf"]


def test_dispersion_of_the_ten_areas() -> None:
    pair = TEN["O"], TEN["N"]
    assert float(systematic_component_of_variation(*pair)) == pytest.approx(TEN["scv_x100"], **TOLERANCE)
    assert float(between_area_deviation(*pair)) ** 2 == pytest.approx(TEN["tau2"], **TOLERANCE)


def test_one_tiny_area_changes_the_scv_and_is_left_out() -> None:
    kept = large_enough(TEN["O"], TEN["N"])
    assert np.flatnonzero(kept).tolist() == WITHOUT_GOLF
    counts, populations = np.array(TEN["O"])[kept], np.array(TEN["N"])[kept]
    assert float(systematic_component_of_variation(counts, populations)) == pytest.approx(
        TEN["scv_x100_excl_golf"], **TOLERANCE
    )


@pytest.mark.parametrize("measure", [systematic_component_of_variation, between_area_deviation])
def test_limits_of_ten_areas_are_wide_and_the_same_each_time(measure) -> None:  # type: ignore[no-untyped-def]
    first, again = (with_limits(measure, TEN["O"], TEN["N"]) for _ in range(2))
    assert first == again
    assert first.lower < first.value < first.upper
    assert first.upper > 1.5 * first.lower
    assert first.areas == 10


def test_limits_are_percentiles_over_resampled_areas() -> None:
    """Against a plain loop over the same resamples of whole areas."""
    counts, populations = np.array(TEN["O"], dtype=float), np.array(TEN["N"], dtype=float)
    found = with_limits(systematic_component_of_variation, counts, populations, resamples=300, seed=3)
    drawn = np.random.default_rng(3).integers(0, 10, size=(300, 10))
    values = [float(systematic_component_of_variation(counts[row], populations[row])) for row in drawn]
    assert [found.lower, found.upper] == pytest.approx(np.percentile(values, [2.5, 97.5]).tolist())


@pytest.mark.full
@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(1, 5_000), st.integers(60_000, 3_000_000)), min_size=2, max_size=12),
    st.integers(2, 9),
)
def test_dispersion_does_not_depend_on_the_unit_of_population(rows: list[tuple[int, int]], factor: int) -> None:
    counts, populations = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    for measure in (
        systematic_component_of_variation,
        between_area_deviation,
    ):
        assert float(measure(counts, populations * factor)) == pytest.approx(
            float(measure(counts, populations)), rel=1e-9, abs=1e-9
        )


def test_areas_with_one_rate_do_not_vary() -> None:
    pair = [10, 20, 40], [1000, 2000, 4000]
    assert float(between_area_deviation(*pair)) == 0
    assert float(systematic_component_of_variation(*pair)) < 0


def test_one_area_is_no_dispersion() -> None:
    with pytest.raises(ValueError, match="at least two"):
        with_limits(between_area_deviation, [3], [100])
