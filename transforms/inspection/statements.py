"""What is gathered by hand: which areas the statements are about, by the names that the register has, and which are confirmed."""

import polars as pl

from transforms.harmonise.corrections import apply_corrections
from transforms.harmonise.names import fold, name_table, without_police_word
from transforms.harmonise.registers import Registers

# What whoever gathered a row wrote into its note where it has to be looked at again.
_UNCONFIRMED = "CHECK"
_PEEL, _AREA_COUNTS = "hmicfrs_peel_grades", "peel_area_grade_counts"
_ROW = ["source_id", "edition_id", "table", "row"]
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


def statements(cells: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """What reports print of hand-gathered cells as it was stated, ``with_areas``: without rows that are not confirmed, and of PEEL only how many areas of
    policing have which grade; grades are in out/inspection_grades."""
    stated = confirmed(cells, registers).filter(
        (pl.col("source_id") != _PEEL) | pl.col("table").str.starts_with(_AREA_COUNTS)
    )
    return with_areas(stated, registers.areas, registers.area_names)


def unconfirmed(cells: pl.DataFrame) -> pl.DataFrame:
    """The rows of hand-gathered tables that somebody has to look at again, by their notes: source_id, edition_id, table, row."""
    says = (pl.col("kind") == "note") & pl.col("value_text").str.contains(_UNCONFIRMED, literal=True)
    return cells.filter(says).select("source_id", "edition_id", "table", _row()).unique(maintain_order=True)


def confirmed(cells: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """Hand-gathered cells with the corrections of the register, without the rows that are ``unconfirmed``.

    Raises RegisterError for a correction that finds some of the cells that it expects, but not all.
    """
    here = [each for each in registers.corrections if each.source_id in set(cells["source_id"])]
    mended = apply_corrections(cells, here, settled=()).drop("correction_id")
    return mended.with_columns(_row()).join(unconfirmed(mended), on=_ROW, how="anti", maintain_order="left").drop("row")


def _row() -> pl.Expr:
    return pl.col("cell").str.extract(r"(\d+)$").alias("row")
