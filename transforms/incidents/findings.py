"""What is odd about the records of a month without being wrong: counted, never changed. One rule sets records aside: a crime published twice.

The rules, each counted under its own name for each file:

``crime_published_twice``
    Rows of one street file that are equal in every field, Crime ID included. The first is kept, the others are set aside.
``same_id_elsewhere``
    Kept crimes whose Crime ID another kept crime of the month has, with another place, type or outcome. Kept: which is right cannot be known.
``crime_id_is_no_key``
    Rows with a Crime ID of bodies that use an ID again for another crime. Never compared by ID.
``equal_without_id``
    Rows without a Crime ID that are equal to an earlier one of the file. Kept: they are different events at one place.
``equal_outcomes``
    Rows of an outcomes file that are equal to an earlier one. Kept: two suspects of one crime may come to the same outcome.
``without_location``
    Rows without a longitude and latitude.
``small_area_of_2021_only``
    Rows in a small area (LSOA) that the 2011 edition does not have.
``outside_the_force_area``
    Rows whose small area lies in a local authority of another police force; of those in a local authority that is known.
``local_authority_unknown``
    Rows whose small area names no local authority that is known.
``outside_the_local_month``
    Stops and searches whose time, in local time, is not in the file's month.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from transforms.incidents.records import LINE
from transforms.incidents.registers import IncidentRegisters

# The last codes of the 2011 edition; ONS gave higher ones to the areas that are new in 2021.
_LAST_OF_2011 = {"E": "E01033768", "W": "W01001958"}


@dataclass(frozen=True)
class Found:
    """What is odd in some files: ``rows`` by force and finding; ``areas``, their small areas by force, with rows and name; ``keys``, the Crime IDs
    that are keys, as hashes of 64 bits, with their force."""

    rows: pl.DataFrame
    areas: pl.DataFrame
    keys: pl.DataFrame


def crime_keys(records: pl.DataFrame, kind: str, registers: IncidentRegisters) -> pl.DataFrame:
    """The Crime IDs of some files, where they are keys, as hashes of 64 bits: row (in the frame, from nought), force, key. Only crimes have any."""
    if kind != "street":
        return pl.DataFrame(schema={"row": pl.UInt32, "force": registers.forces, "key": pl.UInt64})
    is_key = pl.col("crime_id").is_not_null() & _has_keys(registers)
    return records.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("row").filter(is_key),
        pl.col("force").filter(is_key),
        pl.col("crime_id").hash().alias("key").filter(is_key),
    )


def later_copies(records: pl.DataFrame, keys: pl.DataFrame) -> pl.Series:
    """The rows of those crimes of some whole files that are equal in every field, Crime ID included, to an earlier one of their file."""
    # Hashes find the few candidates; the texts then decide.
    rows = keys["row"].filter(_is_shared(keys["key"]))
    return rows.filter(~records[rows].select(pl.struct(pl.exclude(LINE)).is_first_distinct()).to_series())


def findings_of_files(
    records: pl.DataFrame, copies: pl.DataFrame, keys: pl.DataFrame, kind: str, registers: IncidentRegisters
) -> Found:
    """What is odd among the records of some whole files of one kind that are kept; ``copies`` were set aside as published twice.

    ``keys`` are those of the records kept, as ``crime_keys`` has them.
    """
    rows = [_by_force(records, "without_location", pl.col("longitude").null_count())]
    if kind == "stop-and-search":
        local = pl.col("searched_at").dt.convert_time_zone("Europe/London").dt.strftime("%Y-%m")
        outside = (local != pl.col("month").dt.strftime("%Y-%m")).sum()
        rows += [_by_force(records, "outside_the_local_month", outside), _equal(records, "equal_without_id")]
        return Found(pl.concat(rows), _AREAS.to_frame(), keys)
    areas = records.group_by("force", "lsoa_code").agg(pl.len().alias("rows"), pl.col("lsoa_name").first())
    areas = areas.drop_nulls("lsoa_code").cast(_AREAS)
    if kind == "outcomes":
        return Found(pl.concat([*rows, _equal(records, "equal_outcomes")]), areas, keys)
    rows += [
        _by_force(copies, "crime_published_twice", pl.len()),
        _equal(records.filter(pl.col("crime_id").is_null()), "equal_without_id"),
        _by_force(records, "crime_id_is_no_key", pl.col("crime_id").count()).filter(~_has_keys(registers)),
    ]
    return Found(pl.concat(rows), areas, keys)


def findings(files: Sequence[Found], registers: IncidentRegisters) -> pl.DataFrame:
    """How many records of a month each finding has: force, finding, rows (more than none), in the order of both."""
    return (
        pl.concat([*(each.rows for each in files), _same_id(files), *_placed(files, registers)])
        .filter(pl.col("rows") > 0)
        .sort("force", "finding")
    )


_FINDINGS = pl.Schema({"force": pl.String, "finding": pl.String, "rows": pl.UInt32})
_AREAS = pl.Schema({"force": pl.String, "lsoa_code": pl.String, "rows": pl.UInt32, "lsoa_name": pl.String})


def _by_force(records: pl.DataFrame, finding: str, rows: pl.Expr) -> pl.DataFrame:
    counted = records.group_by("force").agg(rows.alias("rows"))
    return counted.select("force", pl.lit(finding).alias("finding"), "rows").cast(_FINDINGS)


def _has_keys(registers: IncidentRegisters) -> pl.Expr:
    return pl.col("force").is_in([slug for slug, body in registers.bodies.items() if body.crime_id_is_key])


def _is_shared(keys: pl.Series) -> pl.Series:
    """Of each key whether another is equal to it: few are, so that sorting takes a quarter of the time of grouping."""
    in_order = keys.sort()
    return keys.is_in(in_order.filter(in_order == in_order.shift()).implode())


def _same_id(files: Sequence[Found]) -> pl.DataFrame:
    """Crimes whose ID another crime of the month has, in this file or in another body's.

    By hash: of 600,000 IDs in a month, the chance that any two that differ are taken for one is one in a hundred million.
    """
    keys = pl.concat([each.keys for each in files], rechunk=True)
    return _by_force(keys.filter(_is_shared(keys["key"])), "same_id_elsewhere", pl.len())


def _equal(records: pl.DataFrame, finding: str) -> pl.DataFrame:
    """How many rows are equal to an earlier one of their file, by hash: of 100,000 rows, the chance that two that differ are taken for equal
    is one in three thousand million."""
    hashes = records.select("force", records.drop("month", LINE).hash_rows().alias("hash"))
    return _by_force(hashes, finding, pl.len() - pl.col("hash").n_unique())


def _placed(files: Sequence[Found], registers: IncidentRegisters) -> list[pl.DataFrame]:
    """Findings about small areas; looked up once for each area and force, not for each record."""
    forces = {slug: body.area_id for slug, body in registers.bodies.items()}
    placed = pl.concat(each.areas for each in files).with_columns(
        pl.col("lsoa_name")
        .str.replace(r"\s+\S+$", "")
        .replace_strict(registers.forces_of_districts, default=None, return_dtype=pl.String)
        .alias("lies_in"),
        pl.col("force").replace_strict(forces, return_dtype=pl.String).alias("area_id"),
    )
    newer = pl.any_horizontal(
        pl.col("lsoa_code").str.starts_with(country) & (pl.col("lsoa_code") > last)
        for country, last in _LAST_OF_2011.items()
    )
    territorial = pl.col("area_id").str.contains(r"^[EW]\d{8}$")
    rules = {
        "small_area_of_2021_only": newer,
        "outside_the_force_area": territorial & (pl.col("lies_in") != pl.col("area_id")),
        "local_authority_unknown": territorial & pl.col("lies_in").is_null(),
    }
    return [
        placed.filter(rule)
        .group_by("force")
        .agg(pl.col("rows").sum())
        .select("force", pl.lit(name).alias("finding"), pl.col("rows").cast(pl.UInt32))
        for name, rule in rules.items()
    ]
