"""Proportions and their differences."""

import numpy as np
import numpy.typing as npt

from transforms.statistics.arrays import FloatArray, counts_of, exposures_of
from transforms.statistics.counts import Estimate


def _successes_and_trials(successes: npt.ArrayLike, trials: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    found, of = counts_of(successes), exposures_of(trials, "The denominator of a proportion")
    if np.any(found > of):
        raise ValueError(
            "A proportion is at most 1, and here a numerator exceeds its denominator; it is a ratio, or an error."
        )
    return found, of


def proportion(successes: npt.ArrayLike, trials: npt.ArrayLike, confidence: float = 0.95) -> Estimate:
    """Proportions x/n and their Wilson limits, [2x + z² ∓ z√(z² + 4x(1 − x/n))]/[2(n + z²)].

    Arrays of counts of one shape, missing as NaN; the unit is a proportion between 0 and 1. Raises ValueError for x > n: nothing is
    clamped. Source: Wilson (1927), Journal of the American Statistical Association 22.
    """
    from scipy.special import ndtri

    found, of = _successes_and_trials(successes, trials)
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


def difference_of_proportions(
    successes: npt.ArrayLike,
    trials: npt.ArrayLike,
    other_successes: npt.ArrayLike,
    other_trials: npt.ArrayLike,
    confidence: float = 0.95,
) -> Estimate:
    """Differences p₁ − p₂ of two independent proportions and their Newcombe limits.

    With the Wilson limits lᵢ, uᵢ of each: L = d − √((p₁ − l₁)² + (u₂ − p₂)²), U = d + √((u₁ − p₁)² + (p₂ − l₂)²).
    Arrays of counts of one shape, missing as NaN; the unit is a difference of proportions, between −1 and 1. Raises ValueError for x > n.
    Source: Newcombe (1998), Statistics in Medicine 17, 873–890, method 10.
    """
    from statsmodels.stats.proportion import confint_proportions_2indep

    first, first_of = _successes_and_trials(successes, trials)
    second, second_of = _successes_and_trials(other_successes, other_trials)
    lower, upper = confint_proportions_2indep(
        first, first_of, second, second_of, compare="diff", method="newcomb", alpha=1 - confidence
    )
    return Estimate(first / first_of - second / second_of, np.asarray(lower), np.asarray(upper))
