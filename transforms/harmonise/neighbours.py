"""Which police force areas lie beside each other, and how large they are: two registers derived from published boundaries.

What derives them stands here too, so that a test can hold the registers to the boundary file: a build has the registers alone.
"""

from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from transforms.contracts.registers import read_register
from transforms.statistics.arrays import FloatArray

# The sphere with the surface of the ellipsoid WGS 84, in kilometres, and the ellipsoid's eccentricity.
_RADIUS: Final = 6371.0072
_ECCENTRICITY: Final = 0.0818191908426


def load_neighbours(data: Path) -> pl.DataFrame:
    """The neighbours of every police force area, each pair both ways: area_id, neighbour_id, border_kilometres.

    Raises RegisterError for a row of ``data/registers/neighbours.csv`` that breaks the contract.
    """
    pairs = read_register(data, "neighbours").select(
        "area_id", "neighbour_id", pl.col("border_kilometres").cast(pl.Float64)
    )
    back = pairs.select(
        pl.col("neighbour_id").alias("area_id"), pl.col("area_id").alias("neighbour_id"), "border_kilometres"
    )
    return pl.concat([pairs, back]).sort("area_id", "neighbour_id")


def load_land_areas(data: Path) -> pl.DataFrame:
    """The size of every police force area: area_id, square_kilometres.

    Raises RegisterError for a row of ``data/registers/land_areas.csv`` that breaks the contract.
    """
    return read_register(data, "land_areas").select("area_id", pl.col("square_kilometres").cast(pl.Float64))


def neighbours_by_boundary(points: pl.DataFrame) -> pl.DataFrame:
    """The pairs of areas whose outlines run along the same line, each once: area_id, neighbour_id (later in order), border_kilometres.

    ``points`` follows the contract BOUNDARIES. Two areas are neighbours where both outlines have a stretch between the same two points, in
    either direction; areas that only touch in a point, or that water parts, are none. Lengths are of the outline as published,
    which is shorter the more it was generalised, to ten metres.
    """
    ordered = points.sort("area_id", "ring", "point")
    ends = ordered.with_columns(
        *(pl.col(name).shift(-1).over("area_id", "ring").alias(f"{name}_next") for name in ("longitude", "latitude"))
    ).drop_nulls(["longitude_next", "latitude_next"])
    here, there = pl.format("{} {}", "longitude", "latitude"), pl.format("{} {}", "longitude_next", "latitude_next")
    # A stretch has the same key whichever way it is walked.
    stretches = ends.with_columns(
        pl.min_horizontal(here, there).alias("one"), pl.max_horizontal(here, there).alias("other")
    )
    return (
        stretches.join(stretches.select("one", "other", pl.col("area_id").alias("neighbour_id")), on=["one", "other"])
        .filter(pl.col("area_id") < pl.col("neighbour_id"))
        .with_columns(_kilometres().alias("length"))
        .group_by("area_id", "neighbour_id")
        .agg(pl.col("length").sum().round(2).alias("border_kilometres"))
        .sort("area_id", "neighbour_id")
    )


def land_areas_by_boundary(points: pl.DataFrame) -> pl.DataFrame:
    """The size of every area inside its outline: area_id, square_kilometres to a tenth.

    ``points`` follows the contract BOUNDARIES, holes run the other way round than what is around them. The area on the ellipsoid: latitudes are
    replaced by authalic ones, on the sphere of the same surface, where a polygon's area is −R² ∑ Δλ·(sin φ₁ + sin φ₂)/2.
    Source: Snyder (1987), Map Projections: A Working Manual, pages 16 to 17; Chamberlain and Duquette (2007), JPL Publication 07-03.
    """
    latitude = pl.col("latitude").radians()
    return (
        points.sort("area_id", "ring", "point")
        .with_columns(
            latitude.sin().map_batches(_authalic, return_dtype=pl.Float64).alias("height"),
            pl.col("longitude").radians().alias("turn"),
        )
        .with_columns(
            ((pl.col("turn").shift(-1) - pl.col("turn")) * (pl.col("height").shift(-1) + pl.col("height")) / 2)
            .over("area_id", "ring")
            .alias("strip")
        )
        .group_by("area_id")
        .agg((pl.col("strip").sum().abs() * _RADIUS**2).round(1).alias("square_kilometres"))
        .sort("area_id")
    )


def _authalic(sines: pl.Series) -> pl.Series:
    """The sine of the authalic latitude for the sine of a latitude."""
    e = _ECCENTRICITY

    def q(sine: FloatArray) -> FloatArray:
        return (1 - e**2) * (sine / (1 - (e * sine) ** 2) - np.log((1 - e * sine) / (1 + e * sine)) / (2 * e))

    return pl.Series(q(sines.to_numpy()) / q(np.ones(1)))


def _kilometres() -> pl.Expr:
    """The length of a stretch between two points by the haversine formula."""
    first, last = pl.col("latitude").radians(), pl.col("latitude_next").radians()
    across = (pl.col("longitude_next") - pl.col("longitude")).radians()
    half = ((last - first) / 2).sin() ** 2 + first.cos() * last.cos() * (across / 2).sin() ** 2
    return 2 * _RADIUS * half.sqrt().arcsin()
