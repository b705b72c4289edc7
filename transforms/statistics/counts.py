"""Limits of counts, and so of rates: a population is taken as known exactly."""

import numpy as np
import numpy.typing as npt

from transforms.statistics.arrays import FloatArray, counts_of, normal_quantile

# Below this count Byar's approximation is too coarse and the exact limits are used; at and above it the two agree within 0.2%.
BYAR_FROM = 10


def exact_poisson_limits(counts: npt.ArrayLike, confidence: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Exact lower and upper limits of Poisson counts; a count need not be whole, so that an expected count may stand in.

    ``counts`` is an array (non-negative, missing as NaN); the results have its shape and the unit of a count.
    L = χ²(α/2; 2O)/2, U = χ²(1−α/2; 2O+2)/2, with L = 0 for O = 0. No event has a width too, 0 to 3.69 at 95%, where Wald's limits and
    two of statsmodels' (mid-p, square root) are a single point. Raises ValueError for a negative count.
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
