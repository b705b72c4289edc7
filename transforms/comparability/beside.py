"""Each headline of a police force area beside its neighbours, similar ones, its region, and England and Wales, with the grade of each."""

from typing import Final

import polars as pl

from transforms.comparability.grade import grade_pairs
from transforms.comparability.pairs import paired, side_of_indicators
from transforms.comparability.similar import most_similar
from transforms.contracts.tables import BESIDE
from transforms.harmonise.registers import Registers

GROUPS: Final = ("neighbours", "similar", "region", "nation")
_NATION: Final = "K04000001"
_REFUSED: Final = "X"


def beside(
    profile: pl.DataFrame, indicators: pl.DataFrame, areas: pl.DataFrame, similar: pl.DataFrame, registers: Registers
) -> pl.DataFrame:
    """The contract BESIDE: the rates of other areas of the same period as each newest figure of a police force area, a row a measure and group.

    All frames but the registers follow their contracts. Each pair is graded as the ledger grades; the worst grade of a group is that of
    the group, and a rate that may not stand beside the figure (X) is not counted among those with a rate. A share is a rate per hundred.
    """
    forces = areas.filter(pl.col("kind") == "police_force_area")
    members = _members(forces, similar, registers.neighbours)
    figures = indicators.filter(pl.col("is_preferred") & pl.col("value").is_not_null())
    of_forces = profile.join(forces.select("area_id"), on="area_id", how="semi").join(
        figures.select("indicator_id", pl.col("indicator_id").alias("own_id")), on="indicator_id", how="left"
    )
    others = figures.select(
        pl.col("indicator_id").alias("other_figure"),
        pl.col("area_id").alias("other_id"),
        *("measure_id", "period_start", "period_end"),
        pl.col("value").alias("rate"),
    )
    pairs = of_forces.join(members, on="area_id").join(
        others, on=["other_id", "measure_id", "period_start", "period_end"], how="left"
    )
    key = ["own_id", "other_figure"]
    graded = _graded(pairs.drop_nulls(key).select(key).unique(maintain_order=True), figures, registers)
    allowed = pl.col("rate").is_not_null() & (pl.col("grade") != _REFUSED)
    return (
        pairs.join(graded, on=key, how="left")
        .sort("area_id", "position", "group", "other_id")
        .group_by("area_id", "position", "measure_id", "group", maintain_order=True)
        .agg(
            pl.col("other_id").str.join("; ").alias("others"),
            pl.len().cast(pl.Int64).alias("areas"),
            allowed.sum().cast(pl.Int64).alias("rated"),
            pl.col("rate").filter(allowed).min().alias("lowest"),
            pl.col("rate").filter(allowed).max().alias("highest"),
            pl.col("grade").max(),
            pl.col("reasons").sort_by("grade").last(),
        )
        .with_columns(pl.col("reasons").replace("", None))
        .select(list(BESIDE.schema))
        .cast(BESIDE.schema)
        .with_columns(pl.col("group").cast(pl.Enum(GROUPS)).alias("place"))
        .sort("area_id", "position", "place")
        .drop("place")
    )


def _members(forces: pl.DataFrame, similar: pl.DataFrame, neighbours: pl.DataFrame) -> pl.DataFrame:
    """The areas of every group of every police force area: area_id, group, other_id."""
    groups = {
        "neighbours": neighbours.select("area_id", pl.col("neighbour_id").alias("other_id")),
        "similar": most_similar(similar).select("area_id", "other_id"),
        "region": forces.drop_nulls("region_id").select("area_id", pl.col("region_id").alias("other_id")),
        "nation": forces.select("area_id", pl.lit(_NATION).alias("other_id")),
    }
    return pl.concat(frame.with_columns(pl.lit(group).alias("group")) for group, frame in groups.items())


def _graded(pairs: pl.DataFrame, figures: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """The grade of pairs of figures: their identifiers, grade and reasons."""
    first, second = (
        side_of_indicators(
            pairs.select(pl.col(side).alias("indicator_id"))
            .join(figures, on="indicator_id", how="left", maintain_order="left")
            .select(figures.columns),
            registers,
        )
        for side in ("own_id", "other_figure")
    )
    graded = grade_pairs(paired(first, second), registers)
    return pairs.hstack(graded.select("grade", "reasons"))
