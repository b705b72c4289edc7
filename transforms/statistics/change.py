"""Changes between two periods."""

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.statistics.arrays import FloatArray, counts_of, exposures_of, normal_quantile

# Fewer quarters do not tell how much a series varies; without that, a change has an interval for chance alone and no test.
QUARTERS_FOR_DISPERSION = 8


class RateRatio(NamedTuple):
    """Later rate over earlier rate, its limits and two-sided p-value against no change; arrays of one shape."""

    ratio: FloatArray
    lower: FloatArray
    upper: FloatArray
    p_value: FloatArray


def rate_ratio(
    earlier: npt.ArrayLike,
    later: npt.ArrayLike,
    earlier_exposure: npt.ArrayLike = 1.0,
    later_exposure: npt.ArrayLike = 1.0,
    phi: npt.ArrayLike = 1.0,
    confidence: float = 0.95,
) -> RateRatio:
    """(b/t₂)/(a/t₁) of quasi-Poisson counts a, b over exposures t₁, t₂: limits exp(ln RR ∓ z·√φ·√(1/a + 1/b)), p by the normal.

    Arrays of one shape, or that broadcast, missing as NaN; exposures in one unit (months, residents, person-time); no unit.
    φ = 1 is a pure Poisson count; ``quarterly_dispersion`` estimates φ. With φ missing there is a ratio, but no limits and no p; so
    too where a count is zero, for which ``exact_rate_ratio_limits`` has limits. Raises ValueError for a negative count, an exposure
    that is not positive, or φ < 1. Source: McCullagh and Nelder (1989), Generalized Linear Models, section 6.2.
    """
    from scipy.special import ndtr

    first, second, factor = counts_of(earlier), counts_of(later), exposures_of(phi, "A dispersion φ")
    if np.any(factor < 1):
        raise ValueError("A dispersion φ is at least 1: counts do not vary less than chance makes them.")
    before, after = exposures_of(earlier_exposure, "An exposure"), exposures_of(later_exposure, "An exposure")
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(first > 0, (second / after) / (first / before), np.nan)
        log = np.where(ratio > 0, np.log(ratio), np.nan)
        error = np.sqrt(factor * (1 / first + 1 / second))
        p_value = 2 * ndtr(-np.abs(log) / error)
    reach = normal_quantile(confidence) * error
    return RateRatio(ratio, np.exp(log - reach), np.exp(log + reach), np.asarray(p_value))


def exact_rate_ratio_limits(
    earlier: npt.ArrayLike,
    later: npt.ArrayLike,
    earlier_exposure: npt.ArrayLike = 1.0,
    later_exposure: npt.ArrayLike = 1.0,
    confidence: float = 0.95,
) -> tuple[FloatArray, FloatArray]:
    """Exact conditional limits of (b/t₂)/(a/t₁) for pure Poisson counts, for small counts and zeros: (t₁/t₂)·π/(1 − π).

    π has the Clopper–Pearson limits of b in a + b: quantile α/2 of Beta(b, a + 1) and 1 − α/2 of Beta(b + 1, a); 0 for b = 0 and
    infinity for a = 0; missing where both are 0. A ratio of 0 has a width and lies in it, where statsmodels' score limits are a single point
    above 1. Arrays of one shape, or that broadcast; no unit. Raises ValueError as ``rate_ratio``.
    Source: Przyborowski and Wilenski (1940), Biometrika 31; Clopper and Pearson (1934), Biometrika 26.
    """
    from scipy.special import betaincinv

    first, second = np.broadcast_arrays(counts_of(earlier), counts_of(later))
    scale = exposures_of(earlier_exposure, "An exposure") / exposures_of(later_exposure, "An exposure")
    alpha = 1 - confidence
    none = first + second == 0
    # Beta has no parameter 0: the limit there is the end of the range, set afterwards.
    low = np.where(second == 0, 0.0, betaincinv(np.where(second == 0, 1, second), first + 1, alpha / 2))
    high = np.where(first == 0, 1.0, betaincinv(second + 1, np.where(first == 0, 1, first), 1 - alpha / 2))
    with np.errstate(divide="ignore"):
        lower, upper = scale * low / (1 - low), scale * high / (1 - high)
    return np.where(none, np.nan, lower), np.where(none, np.nan, upper)


def poisson_change_p_value(
    earlier: float | None,
    later: float | None,
    earlier_exposure: float | None = 1.0,
    later_exposure: float | None = 1.0,
    method: Literal["exact-cond", "cond-midp", "etest", "score"] = "exact-cond",
) -> float:
    """Two-sided p-value of no change between two pure Poisson counts: exact conditional, its mid-p, E-test, or score test.

    With π = t₂/(t₁ + t₂): the exact test is of b in a + b against π, the mid-p is less half the probability of b, and the score is
    (b/t₂ − a/t₁)/√((a + b)/(t₁t₂)). No event against no event is 1.0 by each: others leave it missing or refuse it. A count or exposure
    that is missing (NaN, None) is a missing p-value (NaN). For counts that police activity makes, chance is the least of what moves them:
    use ``rate_ratio`` with φ from the series there. Raises ValueError for a count that is negative or not whole, or an exposure that is
    not positive. Source: Gu, Ng, Tang and Schucany (2008), Biometrical Journal 50; Krishnamoorthy and Thomson (2004), Journal of
    Statistical Planning and Inference 119 (E-test), as SciPy has it.
    """
    from scipy.special import ndtr
    from scipy.stats import binom, binomtest, poisson_means_test

    counted = counts_of(np.array([earlier, later], dtype=np.float64))  # None becomes NaN
    before, after = exposures_of(np.array([earlier_exposure, later_exposure], dtype=np.float64), "An exposure").tolist()
    if np.isnan([*counted, before, after]).any():
        return float("nan")
    if np.any(counted % 1):
        raise ValueError("A count is a whole number of events.")
    first, second = (int(count) for count in counted)
    total, share = first + second, after / (before + after)
    if total == 0:
        return 1.0
    if method == "etest":
        return float(poisson_means_test(first, before, second, after).pvalue)
    if method == "score":
        return float(2 * ndtr(-abs(second / after - first / before) / np.sqrt(total / (before * after))))
    exact = binomtest(second, total, share).pvalue
    return float(exact if method == "exact-cond" else exact - binom.pmf(second, total, share) / 2)


def quarterly_dispersion(quarters: npt.ArrayLike) -> FloatArray:
    """φ of a series from quarter to quarter: the mean of (yₜ₊₁ − yₜ)²/(yₜ₊₁ + yₜ), at least 1.

    Each term is Pearson's X² with one degree of freedom of two neighbouring quarters against their common mean, which is 1 on average
    for Poisson counts and is not raised by a slow trend; seasons and steps do raise it. ``quarters`` is (…, time) in order, missing as
    NaN; φ is (…), no unit, and missing (NaN) with fewer than eight quarters present, or no two neighbours with an event.
    Raises ValueError for a negative count. Source: McCullagh and Nelder (1989), Generalized Linear Models, section 4.5.2.
    """
    series = counts_of(quarters)
    present = (~np.isnan(series)).sum(axis=-1)
    total = series[..., 1:] + series[..., :-1]
    used = total > 0
    terms = np.where(used, np.diff(series, axis=-1) ** 2 / np.where(used, total, 1), 0)
    pairs = used.sum(axis=-1)
    enough = (present >= QUARTERS_FOR_DISPERSION) & (pairs > 0)
    return np.where(enough, np.maximum(terms.sum(axis=-1) / np.maximum(pairs, 1), 1), np.nan)
