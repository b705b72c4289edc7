"""Which areas the statements of an inspectorate are about: by the names that the register of areas has, exactly."""

import polars as pl

from transforms.harmonise.names import fold, name_table, without_police_word

_INSPECTED = ("police_force_area", "regional_organised_crime_unit")


def with_areas(cells: pl.DataFrame, areas: pl.DataFrame, area_names: pl.DataFrame) -> pl.DataFrame:
    """Hand-gathered cells with ``area_id``: the police force area or regional unit that ``area_text`` names, null where it names neither.

    ``areas`` and ``area_names`` are the registers. A name that two of them share is no name of either.
    """
    names = (
        name_table(areas, area_names)
        .filter(pl.col("kind").is_in(_INSPECTED))
        .select(without_police_word(pl.col("key")).alias("key"), "area_id")
        .unique()
        .filter(pl.len().over("key") == 1)
    )
    return (
        cells.with_columns(without_police_word(fold(pl.col("area_text"))).alias("key"))
        .join(names, on="key", how="left", maintain_order="left")
        .drop("key")
    )
