"""Funnel plots: what each area would have at the common rate, the limits that chance sets, and overdispersion beyond chance."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.statistics.arrays import BoolArray, FloatArray, complete, counts_of, exposures_of, normal_quantile

# The share of areas at either end whose z-scores are pulled in, so that outliers set no overdispersion.
TAIL = 0.1


class Overdispersion(NamedTuple):
    """Variation between areas beyond chance: φ is the mean square of z-scores, τ² is added to the variance of a deviation."""

    phi: FloatArray
    tau_squared: FloatArray


def expected_at_common_rate(counts: npt.ArrayLike, populations: npt.ArrayLike) -> FloatArray:
    """What each area would count at the rate of all together: Eᵢ = Nᵢ·ΣO/ΣN over the last axis.

    Shapes (…, areas); the unit is a count. Raises ValueError if a value is missing or negative, a population zero, or no area has an event.
    """
    observed = complete(counts_of(counts), "A count")
    residents = complete(exposures_of(populations), "A population")
    total = observed.sum(axis=-1, keepdims=True)
    if np.any(total == 0):
        raise ValueError("No area has an event, so there is no common rate to compare with.")
    return np.asarray(residents * total / residents.sum(axis=-1, keepdims=True))


def deviations(observed: npt.ArrayLike, expected: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """√(O/E) − 1 and its standard error 1/(2√E): on the square-root scale the variance of O/E does not depend on it.

    An area without an event has a place too (−1), where the log scale and charts of the time between events have none.
    Arrays of one shape, no unit. Raises ValueError for O < 0 or E ≤ 0.
    Source: Spiegelhalter (2005), Statistics in Medicine 24, 1185–1202, table 1.
    """
    counted, at = counts_of(observed), exposures_of(expected, "An expected count")
    return np.sqrt(counted / at) - 1, 1 / (2 * np.sqrt(at))


def overdispersion(observed: npt.ArrayLike, expected: npt.ArrayLike) -> Overdispersion:
    """φ = Σz²/n of z-scores, those of a tenth of the areas at either end pulled in to its quantile (winsorised), and from it τ².

    τ² = [nφ − (n − 1)]/[Σw − Σw²/Σw] with w = 1/s², and 0 where nφ < n − 1 (DerSimonian and Laird's moments). ``observed`` and
    ``expected`` are (…, areas), φ and τ² are (…), without unit; quantiles are interpolated linearly (type 7). Raises ValueError if a
    value is missing, E ≤ 0, or fewer than two areas are given.
    Source: Spiegelhalter (2005), Statistics in Medicine 24, 1185–1202, and Quality and Safety in Health Care 14, 347–351.
    """
    deviation, error = deviations(complete(counts_of(observed), "A count"), expected)
    complete(error, "An expected count")
    number = deviation.shape[-1]
    if number < 2:
        raise ValueError("Overdispersion is variation between areas, and needs at least two.")
    z = deviation / error
    z = np.clip(z, *np.quantile(z, [TAIL, 1 - TAIL], axis=-1, keepdims=True))
    phi = (z**2).mean(axis=-1)
    weight = 1 / error**2
    total = weight.sum(axis=-1)
    excess = number * phi - (number - 1)
    tau_squared = np.maximum(excess, 0) / (total - (weight**2).sum(axis=-1) / total)
    return Overdispersion(np.asarray(phi), np.asarray(tau_squared))


def z_scores(observed: npt.ArrayLike, expected: npt.ArrayLike, tau_squared: FloatArray | float = 0.0) -> FloatArray:
    """z-scores on the square-root scale, (√(O/E) − 1)/√(s² + τ²): of chance alone, or with the τ² of ``overdispersion``.

    Arrays of one shape (areas,); no unit. Raises ValueError for O < 0 or E ≤ 0.
    Source: Spiegelhalter (2005), Statistics in Medicine 24, 1185–1202, section 3.4.
    """
    deviation, error = deviations(observed, expected)
    return np.asarray(deviation / np.sqrt(error**2 + tau_squared))


def funnel_limits(
    expected: npt.ArrayLike, tau_squared: FloatArray | float = 0.0, confidence: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    """Limits of O/E around 1: (1 ∓ z·√(s² + τ²))² with s = 1/(2√E), and a lower limit of at least 0.

    ``expected`` is an array of expected counts; the results are ratios of its shape. Raises ValueError for E ≤ 0.
    Source: Spiegelhalter (2005), Statistics in Medicine 24, 1185–1202, section 3.4.
    """
    at = exposures_of(expected, "An expected count")
    error = 1 / (2 * np.sqrt(at))
    width = normal_quantile(confidence) * np.sqrt(error**2 + tau_squared)
    return np.maximum(1 - width, 0) ** 2, (1 + width) ** 2


def _flags(low_95: BoolArray, high_95: BoolArray, low_998: BoolArray, high_998: BoolArray) -> pl.Series:
    return pl.Series(
        np.select([low_998, high_998, low_95, high_95], ["low_998", "high_998", "low_95", "high_95"], "within"),
        dtype=pl.String,
    )


def funnel(frame: pl.DataFrame) -> pl.DataFrame:
    """Add a funnel that allows for overdispersion to one row an area with numerator (events) and denominator_used (residents).

    Adds expected (events), ratio (O/E), z (chance alone), z_adjusted, lower_95, upper_95, lower_998, upper_998 (adjusted limits of the
    ratio), flag (low_998, low_95, within, high_95, high_998), and phi and tau, the same in each row: print them with every funnel. Above
    φ = 10 differences between areas are far larger than chance and mostly reflect recording, enforcement and context.
    Raises ValueError if a value is missing, or as ``overdispersion``.
    """
    observed = frame["numerator"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    populations = frame["denominator_used"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    expected = expected_at_common_rate(observed, populations)
    found = overdispersion(observed, expected)
    ratio = observed / expected
    lower_95, upper_95 = funnel_limits(expected, found.tau_squared)
    lower_998, upper_998 = funnel_limits(expected, found.tau_squared, 0.998)
    return frame.with_columns(
        expected=pl.Series(expected),
        ratio=pl.Series(ratio),
        z=pl.Series(z_scores(observed, expected)),
        z_adjusted=pl.Series(z_scores(observed, expected, found.tau_squared)),
        lower_95=pl.Series(lower_95),
        upper_95=pl.Series(upper_95),
        lower_998=pl.Series(lower_998),
        upper_998=pl.Series(upper_998),
        flag=_flags(ratio < lower_95, ratio > upper_95, ratio < lower_998, ratio > upper_998),
        phi=pl.lit(float(found.phi)),
        tau=pl.lit(float(np.sqrt(found.tau_squared))),
    )
