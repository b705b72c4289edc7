"""Shares in per cent of offences: trafficking of all drug offences, and charged offences of those recorded or closed."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from transforms.indicators.force_totals import CELLS, COUNT, added_up, named
from transforms.indicators.sums import by_area, with_rolling_years

OF_OFFENCES: Final = "offences"
"""The rule of the denominator of a share."""

_QUARTERS_OLD, _MONTHS_TO_PUBLISH = 4, 3


@dataclass(frozen=True)
class Share:
    """What a share counts, of these and what else it is a share, and whether its quarters must be old enough for outcomes to be known."""

    counts: str
    others: tuple[str, ...]
    of_cohort: bool


SHARES: Final = {
    "trafficking_share": Share(
        "drug_trafficking_offences",
        ("other_drug_offences", "other_possession_offences", "cannabis_possession_offences"),
        False,
    ),
    "trafficking_charge_rate": Share(
        "trafficking_offences_charged",
        ("trafficking_offences_not_charged", "trafficking_offences_not_yet_assigned"),
        True,
    ),
    "trafficking_charge_share_closed": Share(
        "trafficking_investigations_charged", ("trafficking_investigations_not_charged",), False
    ),
    "modern_slavery_charge_rate": Share(
        "modern_slavery_offences_charged",
        ("modern_slavery_offences_not_charged", "modern_slavery_offences_not_yet_assigned"),
        True,
    ),
}


def shares(observations: pl.DataFrame, areas: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """Shares of every twelve months of which four quarters in a row are held, by area and as ratios of sums of regions and countries; of a cohort of each quarter too.

    ``observations`` and ``areas`` follow their contracts, ``parts`` is ``membership.parts``. Returns COUNT, vintage, numerator, denominator
    (both offences), numerator_status, coverage, coverage_note, area_basis, numerator_observations and denominator_observations. A share of a
    cohort is of quarters alone that are at least four quarters older than the newest that an edition of its month can have: these are
    published three months after their end. A force that stands in a table's quarter and has no row of a kind counts none of it; one that does
    not stand there has no figure.
    """
    held = set(observations["measure_id"].unique())
    # Of what is not held there is no row; the first stands for the columns.
    found = [measure_id for measure_id, share in SHARES.items() if held.intersection(share.others)] or list(SHARES)[:1]
    return pl.concat([_share(measure_id, SHARES[measure_id], observations, areas, parts) for measure_id in found])


def _share(
    measure_id: str, share: Share, observations: pl.DataFrame, areas: pl.DataFrame, parts: pl.DataFrame
) -> pl.DataFrame:
    sources = observations.filter(pl.col("measure_id").is_in(share.others))["source_id"].unique()
    held = observations.filter(pl.col("source_id").is_in(sources.implode()))
    if share.of_cohort:
        published = pl.col("vintage").add("-01").str.to_date().dt.month_end()
        old = pl.col("period_end").dt.offset_by(f"{3 * _QUARTERS_OLD + _MONTHS_TO_PUBLISH}mo").dt.month_end()
        held = held.filter(old <= published)
    of_quarters = held.group_by(CELLS).agg(
        added_up([share.counts]).alias("value"),
        added_up([share.counts, *share.others]).alias("of"),
        named([share.counts]).alias("observation_id"),
        named([share.counts, *share.others]).alias("of_observations"),
    )
    # A force whose whole is not known is left out of both sums.
    known = of_quarters.with_columns(pl.when(pl.col("of").is_not_null()).then("value").alias("value"))
    counts, wholes = (
        known.with_columns(
            pl.lit(measure_id).alias("measure_id"),
            pl.col(value).alias("value"),
            pl.when(pl.col("of").is_null()).then(pl.lit("not_available")).otherwise(pl.lit("ok")).alias("status"),
            pl.coalesce(evidence, "of_observations").alias("observation_id"),
        )
        .pipe(by_area, areas, parts)
        .pipe(with_rolling_years)
        .filter(
            pl.lit(share.of_cohort)
            | (pl.col("period_start").dt.offset_by("12mo") == pl.col("period_end").dt.offset_by("1d"))
        )
        for value, evidence in (("value", "observation_id"), ("of", "of_observations"))
    )
    denominators = wholes.select(
        *COUNT,
        pl.col("numerator").alias("denominator"),
        pl.col("numerator_observations").alias("denominator_observations"),
    )
    return counts.join(denominators, on=COUNT, how="left", maintain_order="left")


def with_share(frame: pl.DataFrame) -> pl.DataFrame:
    """Add value (per cent), limits (Wilson), method, status and the columns of a denominator to those that ``shares`` returns.

    No share without a count or a whole (``not_available``), of nothing (``below_base``), or where more offences were taken back than made, so
    that it would be below 0 or above 100 (``not_comparable``): nothing is clamped.
    """
    from transforms.statistics.proportions import proportion

    count, of = pl.col("numerator"), pl.col("denominator")
    status = (
        pl.when(count.is_null() | of.is_null())
        .then(pl.lit("not_available"))
        .when(of == 0)
        .then(pl.lit("below_base"))
        .when((count < 0) | (count > of))
        .then(pl.lit("not_comparable"))
        .otherwise(pl.lit("ok"))
    )
    said = frame.with_columns(status.alias("status"))
    shown = pl.when(pl.col("status") == "ok")
    numerators, wholes = (
        said.select(shown.then(name).cast(pl.Float64).fill_null(np.nan)).to_series().to_numpy() for name in (count, of)
    )
    found = proportion(numerators, wholes)
    limits = {"value": found.value, "lower_95": found.lower, "upper_95": found.upper}
    return said.with_columns(
        *(pl.Series(name, 100 * values).fill_nan(None).alias(name) for name, values in limits.items()),
        shown.then(pl.lit("wilson")).otherwise(pl.lit("none")).alias("method"),
        pl.lit(OF_OFFENCES).alias("denominator_rule"),
        # A whole of nothing divides nothing.
        *(pl.when(of >= 1).then(of).alias(name) for name in ("denominator", "denominator_used")),
        pl.lit(None, pl.String).alias("denominator_edition"),
    )
