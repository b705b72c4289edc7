"""Which police force areas and bodies an area is made of."""

import polars as pl


def parts(areas: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """The parts of every area that is a sum: area_id, part_id, part_kind.

    Membership is followed down to police force areas and bodies without an area, so that England and Wales becomes its
    43 forces, British Transport Police and the regional units, and never a sum of sums.
    """
    edges = members.select(pl.col("parent_id").alias("area_id"), pl.col("child_id").alias("part_id"))
    inner = edges["area_id"].unique().implode()
    reached = edges
    while reached["part_id"].is_in(inner).any():
        deeper = reached.join(edges.rename({"area_id": "part_id", "part_id": "deeper"}), on="part_id", how="left")
        reached = deeper.select("area_id", pl.coalesce("deeper", "part_id").alias("part_id"))
    return (
        reached.unique()
        .join(areas.select(pl.col("area_id").alias("part_id"), pl.col("kind").alias("part_kind")), on="part_id")
        .sort("area_id", "part_id")
    )
