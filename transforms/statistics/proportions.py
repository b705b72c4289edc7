"""Proportions and their limits."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.statistics.arrays import FloatArray, counts_of, exposures_of


class Estimate(NamedTuple):
    """A value and its limits, arrays of one shape and unit."""

    value: FloatArray
    lower: FloatArray
    upper: FloatArray


def proportion(successes: npt.ArrayLike, trials: npt.ArrayLike, confidence: float = 0.95) -> Estimate:
    """Proportions x/n and their Wilson limits, [2x + z² ∓ z√(z² + 4x(1 − x/n))]/[2(n + z²)].

    Arrays of counts of one shape, missing as NaN; the unit is a proportion between 0 and 1. None and all have a width and hold
    their own proportion, where the normal limits have no width and statsmodels' Jeffreys limits leave 0 and 1 out. Raises ValueError for
    x > n: nothing is clamped. Source: Wilson (1927), Journal of the American Statistical Association 22.
    """
    from scipy.special import ndtri

    found, of = counts_of(successes), exposures_of(trials, "The denominator of a proportion")
    if np.any(found > of):
        raise ValueError(
            "A proportion is at most 1, and here a numerator exceeds its denominator; it is a ratio, or an error."
        )
    share = found / of
    # As statsmodels works it out, to the last bit: it brings pandas, which every build would wait for.
    z = -float(ndtri((1 - confidence) / 2))
    squared = z**2
    stretched = 1 + squared / of
    centre = (share + squared / (2 * of)) / stretched
    apart = z * np.sqrt(share * (1.0 - share) / of + squared / (4.0 * of**2)) / stretched
    # The quotient is rounded: without this, limits of 0 of n and n of n may miss 0 and 1 by the last bit.
    return Estimate(
        share,
        np.where(found == 0, 0.0, np.clip(centre - apart, 0, 1)),
        np.where(found == of, 1.0, np.clip(centre + apart, 0, 1)),
    )
