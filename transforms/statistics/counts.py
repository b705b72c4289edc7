"""Counts and rates: Poisson limits, ratios of sums, indirect standardisation, and the sensitivity to recording accuracy."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.statistics.arrays import FloatArray, counts_of, exposures_of, normal_quantile

# Below this count Byar's approximation is too coarse and the exact limits are used; at and above it the two agree within 0.2%.
BYAR_FROM = 10


class Estimate(NamedTuple):
    """A value and its limits, arrays of one shape and unit."""

    value: FloatArray
    lower: FloatArray
    upper: FloatArray


def exact_poisson_limits(counts: npt.ArrayLike, confidence: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Exact lower and upper limits of Poisson counts; a count need not be whole, so that an expected count may stand in.

    ``counts`` is an array (non-negative, missing as NaN); the results have its shape and the unit of a count.
    L = χ²(α/2; 2O)/2, U = χ²(1−α/2; 2O+2)/2, with L = 0 for O = 0. Raises ValueError for a negative count.
    Source: Garwood (1936), Biometrika 28.
    """
    from scipy.special import chdtri  # the special functions alone: importing scipy.stats costs half a second

    observed = counts_of(counts)
    alpha = 1 - confidence
    # chdtri inverts the upper tail: the quantile with probability p below it is chdtri(df, 1 − p).
    degrees = np.where(observed == 0, 1, 2 * observed)
    lower = np.where(observed == 0, 0.0, chdtri(degrees, 1 - alpha / 2) / 2)
    return lower, np.asarray(chdtri(2 * observed + 2, alpha / 2) / 2)


def poisson_limits(counts: npt.ArrayLike, confidence: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Lower and upper confidence limits of Poisson counts, exact below 10 events and by Byar's approximation from 10.

    ``counts`` is an array of counts (non-negative, missing as NaN); the two results have its shape and the unit of a count.
    Byar: L = O(1 − 1/(9O) − z/(3√O))³, U = (O+1)(1 − 1/(9(O+1)) + z/(3√(O+1)))³. Raises ValueError for a negative count.
    Source: Public Health England, Technical Guide: Confidence Intervals (2018); Breslow and Day (1987), volume II, section 2.3.
    """
    observed = counts_of(counts)
    z = normal_quantile(confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        byar_lower = observed * (1 - 1 / (9 * observed) - z / (3 * np.sqrt(observed))) ** 3
    above = observed + 1
    byar_upper = above * (1 - 1 / (9 * above) + z / (3 * np.sqrt(above))) ** 3
    exact_lower, exact_upper = exact_poisson_limits(observed, confidence)
    exact = observed < BYAR_FROM
    return np.where(exact, exact_lower, byar_lower), np.where(exact, exact_upper, byar_upper)


def rate(counts: npt.ArrayLike, exposures: npt.ArrayLike, per: float = 1, confidence: float = 0.95) -> Estimate:
    """Crude rates, per·O/N, and their limits, ``poisson_limits`` of O times per/N: the exposure is taken as known exactly.

    ``counts`` and ``exposures`` (residents, or person-time) have one shape; the unit is events per ``per`` of exposure.
    Raises ValueError for a negative count or an exposure that is not positive.
    Source: Public Health England, Technical Guide: Confidence Intervals (2018).
    """
    observed = counts_of(counts)
    factor = per / exposures_of(exposures)
    lower, upper = poisson_limits(observed, confidence)
    return Estimate(observed * factor, lower * factor, upper * factor)


def ratio_of_sums(
    counts: npt.ArrayLike, exposures: npt.ArrayLike, per: float = 1, confidence: float = 0.95
) -> Estimate:
    """The rate of a region, per·ΣO/ΣN over the last axis, with limits of ΣO: never the mean of its areas' rates.

    Missing if a count or an exposure of one area is missing. Shapes (…, areas) to (…). Raises ValueError as ``rate``.
    """
    return rate(counts_of(counts).sum(axis=-1), exposures_of(exposures).sum(axis=-1), per, confidence)


def expected_by_stratum(
    populations: npt.ArrayLike, reference_counts: npt.ArrayLike, reference_populations: npt.ArrayLike
) -> FloatArray:
    """Expected counts of areas whose strata had the rates of a reference population: E = Σⱼ Nⱼ·Oʳⱼ/Nʳⱼ.

    ``populations`` is (…, strata), the reference two (strata,), residents and events; the result is (…). Missing if a stratum is.
    Raises ValueError for a negative number or a reference population of zero.
    Source: Public Health England, Technical Guide: Confidence Intervals (2018), indirectly standardised ratios.
    """
    reference_rates = counts_of(reference_counts) / exposures_of(reference_populations, "A reference population")
    return np.asarray((counts_of(populations, "A population") * reference_rates).sum(axis=-1))


def indirectly_standardised_ratio(
    observed: npt.ArrayLike, expected: npt.ArrayLike, reference_rate: float = 1, confidence: float = 0.95
) -> Estimate:
    """Standardised ratios O/E with limits of O over E; times a crude ``reference_rate``, indirectly standardised rates in its unit.

    Arrays of one shape. Exact limits below 10 events, Byar from 10. Raises ValueError for O < 0 or E ≤ 0.
    Source: Public Health England, Technical Guide: Confidence Intervals (2018); Breslow and Day (1987), volume II, section 2.3.
    """
    return rate(observed, exposures_of(expected, "An expected count"), reference_rate, confidence)


def recording_sensitivity(accuracy: npt.ArrayLike, half_width: npt.ArrayLike) -> Estimate:
    """What a count would be multiplied by if all reportable crime had been recorded: 1/r, from 1/(r + h) to 1/(r − h).

    ``accuracy`` r and ``half_width`` h are proportions (0.875, not 87.5) of one shape. A sensitivity, never a correction, and only for
    crimes that victims report. Raises ValueError unless 0 ≤ h < r ≤ 1.
    Source: inspections of crime data integrity print r and h, the half width of its 95% interval.
    """
    share, half = exposures_of(accuracy, "A recording accuracy"), counts_of(half_width, "A half width")
    if np.any(share > 1) or np.any(half >= share):
        raise ValueError("A recording accuracy is a proportion of at most 1, and its half width is smaller than it.")
    return Estimate(1 / share, 1 / (share + half), 1 / (share - half))
