"""Funnel plots: what each area would have at the common rate, the limits that chance sets, and overdispersion beyond chance."""

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.statistics.arrays import BoolArray, FloatArray, complete, counts_of, exposures_of, normal_quantile
from transforms.statistics.counts import exact_poisson_limits

# The share of areas at either end whose z-scores set no overdispersion: they are pulled in, or left out.
TAIL = 0.1
Scale = Literal["square_root", "log"]
Outliers = Literal["winsorise", "truncate"]
Adjustment = Literal["none", "multiplicative", "additive"]


class Overdispersion(NamedTuple):
    """Variation between areas beyond chance: φ multiplies the variance of a z-score, τ² is added to that of a transformed ratio."""

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


def poisson_funnel_limits(expected: npt.ArrayLike, confidence: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Limits of the ratio O/E that chance alone would set around 1: L = χ²(α/2; 2E)/2E, U = χ²(1−α/2; 2E+2)/2E.

    ``expected`` is an array of expected counts; the results are ratios of its shape. Raises ValueError for E ≤ 0.
    Source: Spiegelhalter (2005), Statistics in Medicine 24, 1185–1202; as FunnelPlotR computes them.
    """
    at = exposures_of(expected, "An expected count")
    lower, upper = exact_poisson_limits(at, confidence)
    return lower / at, upper / at


def transformed(
    observed: npt.ArrayLike, expected: npt.ArrayLike, scale: Scale = "square_root"
) -> tuple[FloatArray, FloatArray]:
    """The ratio O/E on a scale where its variance does not depend on it, less the target there, and its standard error.

    Square root: √(O/E) − 1 and 1/(2√E). Log: ln(O/E) and 1/√E, and ValueError for a count of 0. Arrays of one shape, no unit.
    Source: Spiegelhalter (2005), Statistics in Medicine 24, 1185–1202, table 1.
    """
    counted, at = counts_of(observed), exposures_of(expected, "An expected count")
    if scale == "square_root":
        return np.sqrt(counted / at) - 1, 1 / (2 * np.sqrt(at))
    if np.any(counted == 0):
        raise ValueError("A count of zero has no logarithm; use the square-root scale.")
    return np.log(counted / at), 1 / np.sqrt(at)


def overdispersion(
    observed: npt.ArrayLike,
    expected: npt.ArrayLike,
    scale: Scale = "square_root",
    outliers: Outliers = "winsorise",
    tail: float = TAIL,
) -> Overdispersion:
    """φ = Σz²/n of z-scores, those at either end pulled in to the ``tail`` quantile (winsorise) or left out (truncate), and from it τ².

    τ² = [nφ − (n − 1)]/[Σw − Σw²/Σw] with w = 1/s², and 0 where nφ < n − 1 (DerSimonian and Laird's moments). To truncate leaves out
    the ⌊n·tail⌋ lowest and highest areas, which then count in neither n nor w. ``observed`` and ``expected`` are (…, areas), φ and τ² are (…), without unit; quantiles are interpolated linearly
    (type 7). Raises ValueError if a value is missing, E ≤ 0, or fewer than two areas are given.
    Source: Spiegelhalter (2005), Statistics in Medicine 24, 1185–1202, and Quality and Safety in Health Care 14, 347–351.
    """
    deviation, error = transformed(complete(counts_of(observed), "A count"), expected, scale)
    complete(error, "An expected count")
    if deviation.shape[-1] < 2:
        raise ValueError("Overdispersion is variation between areas, and needs at least two.")
    z = deviation / error
    if outliers == "winsorise":
        z = np.clip(z, *np.quantile(z, [tail, 1 - tail], axis=-1, keepdims=True))
        kept = np.ones(z.shape, dtype=bool)
    else:
        cut = int(tail * z.shape[-1])
        order = z.argsort(axis=-1, kind="stable").argsort(axis=-1, kind="stable")
        kept = (order >= cut) & (order < z.shape[-1] - cut)
    number = kept.sum(axis=-1)
    phi = (z**2 * kept).sum(axis=-1) / number
    weight = kept / error**2
    total = weight.sum(axis=-1)
    excess = number * phi - (number - 1)
    tau_squared = np.maximum(excess, 0) / (total - (weight**2).sum(axis=-1) / total)
    return Overdispersion(np.asarray(phi), np.asarray(tau_squared))


def _standard_error(error: FloatArray, found: Overdispersion, adjustment: Adjustment) -> FloatArray:
    if adjustment == "none":
        return error
    if adjustment == "multiplicative":
        return np.asarray(error * np.sqrt(np.maximum(found.phi, 1)))
    return np.asarray(np.sqrt(error**2 + found.tau_squared))


def adjusted_z(
    observed: npt.ArrayLike,
    expected: npt.ArrayLike,
    found: Overdispersion,
    adjustment: Adjustment = "additive",
) -> FloatArray:
    """z-scores on the square-root scale, (√(O/E) − 1)/s′: s′ = s·√max(φ, 1) (multiplicative) or √(s² + τ²) (additive).

    Arrays of one shape (areas,), ``found`` of the same areas; no unit. Raises ValueError for O < 0 or E ≤ 0.
    Source: Spiegelhalter (2005), Statistics in Medicine 24, 1185–1202, sections 3.3 and 3.4.
    """
    deviation, error = transformed(observed, expected)
    return np.asarray(deviation / _standard_error(error, found, adjustment))


def adjusted_funnel_limits(
    expected: npt.ArrayLike, found: Overdispersion, confidence: float = 0.95, adjustment: Adjustment = "additive"
) -> tuple[FloatArray, FloatArray]:
    """Limits of O/E around 1 that allow for overdispersion: (1 ∓ z·s′)², with s′ as in ``adjusted_z`` and a lower limit of at least 0.

    ``expected`` is an array of expected counts; the results are ratios of its shape. Raises ValueError for E ≤ 0.
    Source: Spiegelhalter (2005), Statistics in Medicine 24, 1185–1202, sections 3.3 and 3.4.
    """
    at = exposures_of(expected, "An expected count")
    width = normal_quantile(confidence) * _standard_error(1 / (2 * np.sqrt(at)), found, adjustment)
    return np.maximum(1 - width, 0) ** 2, (1 + width) ** 2


def _flags(low_95: BoolArray, high_95: BoolArray, low_998: BoolArray, high_998: BoolArray) -> pl.Series:
    return pl.Series(
        np.select([low_998, high_998, low_95, high_95], ["low_998", "high_998", "low_95", "high_95"], "within"),
        dtype=pl.String,
    )


def poisson_funnel_flags(observed: npt.ArrayLike, expected: npt.ArrayLike) -> pl.Series:
    """Where O/E lies in ``poisson_funnel_limits``: low_998, low_95, within, high_95 or high_998.

    Arrays (areas,), nothing missing. For measures that police activity makes, φ is far above 1 and nearly every area is flagged: publish
    the flags of ``funnel`` instead. Raises ValueError if a value is missing, or as ``poisson_funnel_limits``.
    """
    at = complete(exposures_of(expected, "An expected count"), "An expected count")
    ratio = complete(counts_of(observed), "A count") / at
    (low_95, high_95), (low_998, high_998) = poisson_funnel_limits(at), poisson_funnel_limits(at, 0.998)
    return _flags(ratio < low_95, ratio > high_95, ratio < low_998, ratio > high_998)


def funnel(frame: pl.DataFrame, adjustment: Adjustment = "additive") -> pl.DataFrame:
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
    lower_95, upper_95 = adjusted_funnel_limits(expected, found, 0.95, adjustment)
    lower_998, upper_998 = adjusted_funnel_limits(expected, found, 0.998, adjustment)
    return frame.with_columns(
        expected=pl.Series(expected),
        ratio=pl.Series(ratio),
        z=pl.Series(adjusted_z(observed, expected, found, "none")),
        z_adjusted=pl.Series(adjusted_z(observed, expected, found, adjustment)),
        lower_95=pl.Series(lower_95),
        upper_95=pl.Series(upper_95),
        lower_998=pl.Series(lower_998),
        upper_998=pl.Series(upper_998),
        flag=_flags(ratio < lower_95, ratio > upper_95, ratio < lower_998, ratio > upper_998),
        phi=pl.lit(float(found.phi)),
        tau=pl.lit(float(np.sqrt(found.tau_squared))),
    )
