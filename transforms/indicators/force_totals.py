"""Counts by area: as printed, or the sum of the parts where a table prints only those (searches by ethnicity, officers by rank)."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from transforms.contracts.tables import OBSERVATIONS

CELLS = ["source_id", "edition_id", "vintage", "period_start", "period_end", "area_id", "area_kind", "area_basis"]
"""What the cells of one area, period and edition share."""

COUNT = ["measure_id", "source_id", "edition_id", "period_start", "period_end", "area_id"]
"""What tells one count from another."""


OF_CODES: Final = ("drug_possession_offences", "drug_offences")
"""What a table by offence code prints in parts only, the smaller whole first: it is a part of the other."""
# Counted by rules of its own: what a table does not print of a kind is none.
_KIND: Final = "count_of_kind"


def counted(observations: pl.DataFrame, measures: pl.DataFrame) -> pl.DataFrame:
    """The observations of the measures with the role 'count' or 'stock', those that are parts added up by area, period and edition.

    Both frames as in their contracts; so is the result, in which a sum has the status 'ok' and as observation_id those of its parts
    with a value, joined by '; '. A part without a value adds nothing: of the tables that print parts, it means that there was none, or
    that none was collected. Where no part has a value the sum is null, with the parts' status. Sums are rounded to the
    millionth, so that no binary remainder depends on an order. Where a table prints the whole beside its parts, see ``_of_whole``; where it
    prints offences by code and no whole, see ``of_codes``.
    """
    parts = _of_whole(_added_up(observations.filter(pl.col("part").is_not_null())), observations, measures)
    wanted = measures.filter(pl.col("role").is_in(["count", "stock"]))["measure_id"].implode()
    whole = observations.filter(pl.col("part").is_null())
    return (
        pl.concat([whole, of_codes(observations, measures), parts], how="diagonal")
        .filter(pl.col("measure_id").is_in(wanted))
        .select(list(OBSERVATIONS.schema))
    )


def of_codes(observations: pl.DataFrame, measures: pl.DataFrame) -> pl.DataFrame:
    """Drug offences, and those other than trafficking, as sums of their codes: one row for each area, period and edition, in the columns of ``observations``.

    Of tables alone that print the codes and not the whole, and of areas for which every code is printed: where one is not there, or has no
    value, nothing is known of the whole. A sum has as observation_id those of its cells, joined by '; '.
    """
    cells = observations.filter(pl.col("part").is_null())
    sums = [observations.clear()]
    for whole in OF_CODES:
        parts = measures.filter((pl.col("part_of") == whole) & (pl.col("role") != _KIND))["measure_id"].to_list()
        printed = cells.filter(pl.col("measure_id") == whole).select("source_id", "edition_id").unique()
        found = (
            pl.concat([cells, *sums])
            .filter(pl.col("measure_id").is_in(parts))
            .join(printed, on=["source_id", "edition_id"], how="anti")
            .group_by(CELLS)
            .agg(pl.col("measure_id").n_unique(), added_up(parts).alias("value"), named(parts).alias("observation_id"))
            .filter(pl.col("measure_id") == len(parts))
            .with_columns(
                pl.lit(whole).alias("measure_id"),
                pl.when(pl.col("value").is_null())
                .then(pl.lit("not_available"))
                .otherwise(pl.lit("ok"))
                .alias("status"),
            )
        )
        sums.append(
            found.select(
                (pl.col(name) if name in found.columns else pl.lit(None)).cast(dtype).alias(name)
                for name, dtype in observations.schema.items()
            )
        )
    return pl.concat(sums)


def counted_kind(observations: pl.DataFrame, measures: pl.DataFrame) -> pl.DataFrame:
    """The counts of the measures with the role 'count_of_kind', in the columns of ``counted``: offences that a table divides into kinds.

    Such a table has no row of a kind where there was none: an area that it has a kind of in a period, and not this one, counts none of it,
    and its evidence is the cells of the others.
    """
    wanted = measures.filter(pl.col("role") == "count_of_kind")["measure_id"]
    return pl.concat([OBSERVATIONS.schema.to_frame(), *(_of_kind(observations, measure_id) for measure_id in wanted)])


def _of_kind(observations: pl.DataFrame, measure_id: str) -> pl.DataFrame:
    sources = observations.filter(pl.col("measure_id") == measure_id)["source_id"].unique()
    counts = (
        observations.filter(pl.col("source_id").is_in(sources.implode()))
        .group_by(CELLS)
        .agg(
            added_up([measure_id]).alias("value"),
            pl.coalesce(named([measure_id]), pl.col("observation_id").sort().str.join("; ")).alias("observation_id"),
        )
        .with_columns(
            pl.lit(measure_id).alias("measure_id"),
            pl.when(pl.col("value").is_null()).then(pl.lit("not_available")).otherwise(pl.lit("ok")).alias("status"),
        )
    )
    return counts.select(
        (pl.col(name) if name in counts.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in OBSERVATIONS.schema.items()
    )


def added_up(measure_ids: Sequence[str]) -> pl.Expr:
    """The sum of a group's cells of these measures: 0 where there is no cell, null where one has no value."""
    here = pl.col("measure_id").is_in(measure_ids)
    return pl.when(~pl.col("value").filter(here).is_null().any()).then(pl.col("value").filter(here).sum())


def named(measure_ids: Sequence[str]) -> pl.Expr:
    """The identifiers of a group's cells of these measures, joined by '; '; null where there is no cell."""
    cells = pl.col("observation_id").filter(pl.col("measure_id").is_in(measure_ids))
    return cells.sort().str.join("; ").replace("", None)


def _added_up(parts: pl.DataFrame) -> pl.DataFrame:
    has_value = pl.col("value").is_not_null()
    return (
        parts.sort("observation_id")
        .group_by(COUNT, maintain_order=True)
        .agg(
            pl.when(has_value.any()).then(pl.col("value").sum().round(6)).alias("value"),
            pl.when(has_value.any()).then(pl.lit("ok")).otherwise(pl.col("status").first()).alias("status"),
            pl.coalesce(
                pl.col("observation_id").filter(has_value).str.join("; ").replace("", None),
                pl.col("observation_id").first(),
            ).alias("observation_id"),
            pl.col("vintage", "area_kind", "area_basis").first(),
        )
    )


def _of_whole(sums: pl.DataFrame, observations: pl.DataFrame, measures: pl.DataFrame) -> pl.DataFrame:
    """The sums; of measures that are parts of a measure which the same table prints, one for each area with a printed whole.

    Such a table leaves out a part that counts none. Where the parts of an area add up to its whole, a part that is not printed is 0, and
    its evidence is the whole; where they do not, or the whole has no value, no part has a value ('not_available').
    """
    of = measures.filter(pl.col("part_of") != "").select(part_id="measure_id", measure_id="part_of")
    series = [name for name in COUNT if name != "measure_id"]
    edition = ["source_id", "edition_id"]
    of_printed = sums.select(pl.col("measure_id").alias("part_id"), *edition).unique().join(of, on="part_id")
    wholes = observations.filter(pl.col("part").is_null()).join(
        of_printed.select("measure_id", *edition).unique(), on=["measure_id", *edition]
    )
    if wholes.is_empty():
        return sums
    expected = wholes.join(of, on="measure_id").select(
        pl.col("part_id").alias("measure_id"),
        pl.col("measure_id").alias("whole_id"),
        *series,
        "vintage",
        "area_kind",
        "area_basis",
        pl.col("value").alias("whole"),
        pl.col("observation_id").alias("whole_observation"),
    )
    known = expected.join(sums.select(*COUNT, "value", "observation_id"), on=COUNT, how="left")
    complete = (pl.col("value").sum() == pl.col("whole").first()).over("whole_id", *series).fill_null(False)
    completed = known.select(
        *COUNT,
        *("vintage", "area_kind", "area_basis"),
        pl.when(complete).then(pl.col("value").fill_null(0)).alias("value"),
        pl.when(complete).then(pl.lit("ok")).otherwise(pl.lit("not_available")).alias("status"),
        pl.coalesce("observation_id", "whole_observation").alias("observation_id"),
    )
    return pl.concat([sums.join(completed, on=COUNT, how="anti"), completed], how="diagonal").sort(
        "observation_id", *COUNT
    )
