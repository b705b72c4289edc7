"""Which police force areas are like which: a simple method on published characteristics, written out here and printed with its result.

It is the project's own. It is not the groups of most similar forces of the Home Office and HMICFRS, which weigh dozens of
characteristics of places and people, and it says nothing about policing.

Method. Five characteristics of each police force area, of one mid-year: residents and residents per square kilometre (both as
logarithms, since a few areas are far larger and denser than all others), the share of residents aged 0 to 17, the share of residents
who live in the district with the most of them, and the region. The difference of two areas in a characteristic is squared and divided
by the mean of that square over every two areas; of the region the square is 0 in the same region and 1 in another. This standardises: a
characteristic then adds as much on average as any other, and all five weigh the same. The distance of two areas is the root of the mean of the five: 1 is the
distance, in root mean square, of two areas taken at random.
"""

from typing import Final

import numpy as np
import polars as pl

from transforms.contracts.tables import FORCE_CHARACTERISTICS, SIMILAR
from transforms.harmonise.local_authorities import in_being
from transforms.indicators.local_authorities import child_populations, resident_populations
from transforms.indicators.populations import AUTHORITIES, RESIDENTS
from transforms.statistics.arrays import BoolArray, FloatArray

CHARACTERISTICS: Final = ("residents", "density", "children", "largest_district", "region")
MOST_SIMILAR: Final = 5
USUAL_DISTANCE: Final = 1.0
"""At most so many areas are called similar to one, and none that is no nearer than two taken at random usually are."""
_FORCE: Final = "police_force_area"


def characteristics(
    observations: pl.DataFrame, areas: pl.DataFrame, authorities: pl.DataFrame, land_areas: pl.DataFrame
) -> pl.DataFrame:
    """What police force areas are like: the contract FORCE_CHARACTERISTICS, of the newest mid-year of which all of it is held for the most areas.

    ``observations`` and ``areas`` follow their contracts, ``authorities`` and ``land_areas`` are registers. Residents are the sum of the
    districts, so that the share of the largest is of the same table. An area of which something is not held has no row.
    """
    residents = _newest(resident_populations(observations, authorities))
    children = _newest(child_populations(observations, authorities)).select(
        "area_id",
        "year",
        pl.col("residents").alias("children"),
        pl.format("{} {}", "source_id", "edition_id").alias("children_edition"),
    )
    districts = (
        observations.filter((pl.col("measure_id") == RESIDENTS) & pl.col("area_kind").is_in(AUTHORITIES))
        .join(authorities, left_on="area_id", right_on="authority_id")
        .filter((pl.col("tier") != "county") & in_being((pl.col("vintage") + "-01").str.to_date()))
        .select(
            pl.col("police_force_area_id"),
            *("source_id", "edition_id"),
            pl.col("period_end").dt.year().alias("year"),
            pl.col("area_id").alias("largest_district_id"),
            pl.col("value").alias("in_largest"),
        )
        .sort("in_largest", "largest_district_id", descending=[True, False])
        .unique(["police_force_area_id", "source_id", "edition_id", "year"], keep="first", maintain_order=True)
    )
    held = (
        residents.join(children, on=["area_id", "year"])
        .join(
            districts,
            left_on=["area_id", "source_id", "edition_id", "year"],
            right_on=["police_force_area_id", "source_id", "edition_id", "year"],
        )
        .join(land_areas, on="area_id")
        .join(areas.filter(pl.col("kind") == _FORCE).select("area_id", "name", "region_id"), on="area_id")
        .drop_nulls("region_id")
    )
    most = held.group_by("year").len().sort("len", "year").tail(1)
    return (
        held.join(most, on="year", how="semi")
        .select(
            "area_id",
            pl.col("name").alias("area_name"),
            pl.col("year").cast(pl.Int64),
            "residents",
            "square_kilometres",
            (pl.col("residents") / pl.col("square_kilometres")).alias("residents_per_square_kilometre"),
            (100 * pl.col("children") / pl.col("residents")).alias("children_share"),
            "largest_district_id",
            (100 * pl.col("in_largest") / pl.col("residents")).alias("largest_district_share"),
            "region_id",
            pl.format("{} {}", "source_id", "edition_id").alias("residents_edition"),
            "children_edition",
        )
        .cast(FORCE_CHARACTERISTICS.schema)
        .sort("area_id")
    )


def similar(held: pl.DataFrame) -> pl.DataFrame:
    """Every police force area beside every other one, by the method of this module: the contract SIMILAR, without rows for fewer than two areas.

    ``held`` is ``characteristics``. The parts add up to five times the square of the distance. Ranks are from 1, the nearest, equal distances in the order of
    codes; those without a characteristic are by what the other four add up to.
    """
    areas = len(held)
    if areas < 2:
        return SIMILAR.schema.to_frame()
    measured = np.stack(
        [
            np.log(held["residents"].to_numpy()),
            np.log(held["residents_per_square_kilometre"].to_numpy()),
            held["children_share"].to_numpy(),
            held["largest_district_share"].to_numpy(),
        ]
    )
    regions = held["region_id"].to_numpy()
    squares = np.concatenate(
        [(measured[:, :, None] - measured[:, None, :]) ** 2, (regions[:, None] != regions[None, :])[None].astype(float)]
    )
    others = ~np.eye(areas, dtype=bool)
    means = squares[:, others].mean(axis=1)
    parts = squares / np.where(means > 0, means, 1)[:, None, None]
    ranks = {
        f"rank_without_{name}": _ranks(np.delete(parts, place, axis=0), others)
        for place, name in enumerate(CHARACTERISTICS)
    }
    ids = held["area_id"].to_numpy()
    first, second = np.nonzero(others)
    return pl.DataFrame(
        {
            "area_id": ids[first],
            "other_id": ids[second],
            "distance": np.sqrt(parts.mean(axis=0))[others],
            "rank": _ranks(parts, others),
            **{f"{name}_part": part[others] for name, part in zip(CHARACTERISTICS, parts, strict=True)},
            **ranks,
        },
        schema=SIMILAR.schema,
    ).sort("area_id", "rank")


def most_similar(distances: pl.DataFrame) -> pl.DataFrame:
    """The rows of ``similar`` of the areas that are called similar: the five nearest, of those nearer than two areas at random. Of some areas there is none."""
    return distances.filter(pl.col("rank") <= MOST_SIMILAR, pl.col("distance") < USUAL_DISTANCE)


def stays(distances: pl.DataFrame) -> pl.DataFrame:
    """How many of an area's most similar ones are still among the five nearest when one characteristic is dropped: area_id, similar (how many it has), and a count for each of CHARACTERISTICS.

    ``distances`` is ``similar``; an area without a similar one has no row.
    """
    return (
        most_similar(distances)
        .group_by("area_id")
        .agg(
            pl.len().cast(pl.Int64).alias("similar"),
            *(
                (pl.col(f"rank_without_{name}") <= MOST_SIMILAR).sum().cast(pl.Int64).alias(name)
                for name in CHARACTERISTICS
            ),
        )
        .sort("area_id")
    )


def _newest(populations: pl.DataFrame) -> pl.DataFrame:
    """Of several editions that have a population of one area and mid-year, the newest."""
    return populations.sort("vintage", "source_id", "edition_id", descending=[True, False, True]).unique(
        ["area_id", "year"], keep="first", maintain_order=True
    )


def _ranks(parts: FloatArray, others: BoolArray) -> FloatArray:
    """The rank of each other area by the sum of its parts, in the order of ``others``: areas that are equally near keep their order."""
    sums = np.where(others, parts.sum(axis=0), np.inf)
    places = np.argsort(np.argsort(sums, axis=1, kind="stable"), axis=1, kind="stable")
    return (places[others] + 1).astype(np.float64)
