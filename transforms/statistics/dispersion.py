"""How unlike areas are: is a service the same everywhere, beyond what chance makes different?"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.statistics.arrays import FloatArray, complete, counts_of, exposures_of
from transforms.statistics.funnel import expected_at_common_rate, overdispersion

# Areas that would count fewer than this at the common rate decide the SCV by chance.
SMALLEST_EXPECTED = 10
SEED = 20200110
RESAMPLES = 2_000

Measure = Callable[[FloatArray, FloatArray], FloatArray]


class Dispersion(NamedTuple):
    """A measure of dispersion with percentile limits of a bootstrap over areas, and how many areas it is of."""

    value: float
    lower: float
    upper: float
    areas: int


def _pair(counts: npt.ArrayLike, populations: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    return complete(counts_of(counts), "A count"), complete(exposures_of(populations), "A population")


def systematic_component_of_variation(counts: npt.ArrayLike, populations: npt.ArrayLike) -> FloatArray:
    """SCV×100 = 100/k·[Σ(O − E)²/E² − Σ1/E]: the variance of relative rates between k areas less what chance adds.

    Arrays (…, areas) to (…); no unit; below 0 where areas differ less than by chance. Leave out areas with E < 10: one tiny area changes
    it much. Raises ValueError as ``expected_at_common_rate``.
    Source: McPherson, Wennberg, Hovind and Clifford (1982), New England Journal of Medicine 307, 1310–1314.
    """
    observed, expected = counts_of(counts), expected_at_common_rate(counts, populations)
    return np.asarray(100 * (((observed - expected) / expected) ** 2 - 1 / expected).mean(axis=-1))


def between_area_deviation(counts: npt.ArrayLike, populations: npt.ArrayLike) -> FloatArray:
    """τ on the square-root scale, about half the standard deviation of relative rates between areas; ``overdispersion`` has the formula.

    Arrays (…, areas) to (…); no unit. Raises ValueError as ``overdispersion``.
    """
    return np.sqrt(overdispersion(counts, expected_at_common_rate(counts, populations)).tau_squared)


def large_enough(counts: npt.ArrayLike, populations: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Which areas (…, areas) would count at least ten at the common rate of all given, and so may go into an SCV.

    Raises ValueError as ``expected_at_common_rate``.
    """
    return expected_at_common_rate(counts, populations) >= SMALLEST_EXPECTED


def with_limits(
    measure: Measure,
    counts: npt.ArrayLike,
    populations: npt.ArrayLike,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Dispersion:
    """A ``measure`` of this module with percentile limits from resampling whole areas, expected counts made anew in each resample.

    Arrays (areas,). The same arguments give the same numbers. With 42 areas the interval is wide: two that overlap are no clear change.
    Raises ValueError for fewer than two areas, or as the measure.
    Source: Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.
    """
    from scipy.stats import bootstrap

    observed, residents = _pair(counts, populations)
    if observed.size < 2:
        raise ValueError("Dispersion is between areas, and needs at least two.")
    found = bootstrap(
        (observed, residents),
        lambda o, n, axis: measure(np.moveaxis(o, axis, -1), np.moveaxis(n, axis, -1)),
        paired=True,
        vectorized=True,
        n_resamples=resamples,
        confidence_level=confidence,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return Dispersion(float(measure(observed, residents)), float(found.low), float(found.high), observed.size)
