"""Ranks of areas and how sure they are."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.statistics.arrays import FloatArray, complete, counts_of, exposures_of

# A rate per head of fewer residents says more about visitors than about the area; ONS prints none for the City of London.
SMALLEST_POPULATION = 50_000
# From this probability of the first rank on, a sentence may say "highest"; below it, "among the highest" with the interval.
HIGHEST_FROM = 0.95
SEED = 20200110
DRAWS = 20_000
# Draws are made and sorted so many rows at a time: the memory stays small and the numbers are the same.
ROWS_AT_ONCE = 10_000


class Ranks(NamedTuple):
    """Rank 1 is the highest rate. ``lower`` and ``upper`` bound the rank's interval; ``distribution`` is (areas, ranks), rows of sum 1."""

    rank: npt.NDArray[np.int64]
    lower: npt.NDArray[np.int64]
    upper: npt.NDArray[np.int64]
    distribution: FloatArray


def rank_intervals(
    counts: npt.ArrayLike,
    populations: npt.ArrayLike,
    confidence: float = 0.95,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Ranks:
    """Ranks of rates, highest first, with intervals and probabilities from Monte Carlo draws of the rates.

    Rateᵢ is drawn from Gamma(Oᵢ + ½, 1/Nᵢ), the posterior of a Poisson rate under Jeffreys' prior; the interval goes from the α/2 to
    the 1 − α/2 quantile (inverted distribution function) of the ranks drawn. Arrays (areas,); equal rates share the best rank.
    The same arguments give the same numbers; with 20,000 draws a probability is within 0.01 of its limit.
    Raises ValueError if a value is missing or negative, or a population zero: leave such areas out, and say so.
    Source: Marshall and Spiegelhalter (1998), British Medical Journal 316, 1701–1705; Goldstein and Spiegelhalter (1996), JRSS A 159.
    """
    observed = complete(counts_of(counts), "A count")
    residents = complete(exposures_of(populations), "A population")
    areas = observed.size
    random = np.random.default_rng(seed)
    times = np.zeros(areas * areas, dtype=np.int64)
    position = np.arange(areas)
    for start in range(0, draws, ROWS_AT_ONCE):
        rows = min(ROWS_AT_ONCE, draws - start)
        rates = random.gamma(observed + 0.5, 1 / residents, size=(rows, areas))
        in_order = np.argsort(-rates, axis=1)
        times += np.bincount((in_order * areas + position).ravel(), minlength=areas * areas)
    table = times.reshape(areas, areas)
    up_to = table.cumsum(axis=1)
    alpha = 1 - confidence
    # The smallest rank that at least this share of the draws does not exceed; a share that is a whole number of draws stays one.
    lower, upper = ((up_to < share * draws - 1e-6).sum(axis=1) + 1 for share in (alpha / 2, 1 - alpha / 2))
    rates = observed / residents
    rank = (rates[None, :] > rates[:, None]).sum(axis=1) + 1
    return Ranks(rank, lower, upper, table / draws)


def ranked(
    frame: pl.DataFrame,
    smallest_population: int = SMALLEST_POPULATION,
    confidence: float = 0.95,
    draws: int = DRAWS,
    seed: int = SEED,
) -> pl.DataFrame:
    """Add rank, rank_lower, rank_upper, ranked_areas, probability_highest and may_say_highest to one row an area.

    Needs numerator (events) and denominator_used (residents). An area without a numerator or population, with a negative numerator, or
    with fewer residents than ``smallest_population``, has no rank (null) and takes none; ``ranked_areas`` is the number that have one.
    ``may_say_highest`` is whether P(rank 1) ≥ 0.95. Method and source as ``rank_intervals``.
    """
    place = frame.with_row_index("place")
    fit = place.filter(
        (pl.col("numerator") >= 0)
        & (pl.col("denominator_used") >= smallest_population)
        & (pl.col("denominator_used") > 0)
    )
    found = rank_intervals(fit["numerator"], fit["denominator_used"], confidence, draws, seed)
    highest = found.distribution[:, 0] if len(fit) else np.zeros(0)
    columns = pl.DataFrame(
        {
            "place": fit["place"],
            "rank": pl.Series(found.rank, dtype=pl.Int64),
            "rank_lower": pl.Series(found.lower, dtype=pl.Int64),
            "rank_upper": pl.Series(found.upper, dtype=pl.Int64),
            "probability_highest": pl.Series(highest, dtype=pl.Float64),
            "may_say_highest": pl.Series(highest >= HIGHEST_FROM, dtype=pl.Boolean),
        }
    )
    return (
        place.join(columns, on="place", how="left", maintain_order="left")
        .with_columns(ranked_areas=pl.lit(len(fit), dtype=pl.Int64))
        .drop("place")
    )
