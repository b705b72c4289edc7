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

# The column of a record's Crime ID, as a hash of 64 bits: the text of it costs as much to write as all else about a place.
CRIME_KEY = "crime_key"
# How a kind's records that are equal to an earlier one of their file are called.
_EQUAL = {"street": "equal_without_id", "outcomes": "equal_outcomes", "stop-and-search": "equal_without_id"}
# The last codes of the 2011 edition; ONS gave higher ones to the areas that are new in 2021.
_LAST_OF_2011 = {"E": "E01033768", "W": "W01001958"}


@dataclass(frozen=True)
class Found:
    """What is odd in some files where records are compared: ``equal``, the number by force that are equal to an earlier one of their file; ``areas``,
    small areas by force, with rows and name; ``keys``, the Crime IDs that are keys, as hashes of 64 bits, with their force."""

    equal: pl.DataFrame
    areas: pl.DataFrame
    keys: pl.DataFrame


def odd_by_themselves(kind: str) -> dict[str, pl.Expr]:
    """Findings that a record of a kind shows without another beside it: finding → how many of a group of records do."""
    odd = {"without_location": pl.col("longitude").null_count()}
    if kind == "street":
        odd["crime_id_is_no_key"] = pl.col(CRIME_KEY).count()
    if kind == "stop-and-search":
        local = pl.col("searched_at").dt.convert_time_zone("Europe/London").dt.strftime("%Y-%m")
        odd["outside_the_local_month"] = (local != pl.col("month").dt.strftime("%Y-%m")).sum()
    return odd


def crime_keys(records: pl.DataFrame, kind: str, registers: IncidentRegisters) -> pl.DataFrame:
    """The Crime IDs of some files, where they are keys, as hashes of 64 bits: row (in the frame, from zero), force, key. Only crimes have any."""
    if kind != "street":
        return pl.DataFrame(schema={"row": pl.UInt32, "force": registers.forces, "key": pl.UInt64})
    is_key = pl.col(CRIME_KEY).is_not_null() & _has_keys(registers)
    return records.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("row").filter(is_key),
        pl.col("force").filter(is_key),
        pl.col(CRIME_KEY).filter(is_key).alias("key"),
    )


def later_copies(records: pl.DataFrame, keys: pl.DataFrame) -> pl.Series:
    """The rows of those crimes of some whole files that are equal in every field, Crime ID included, to an earlier one of their file."""
    # Hashes find the few candidates; the texts then decide.
    rows = keys["row"].filter(_is_shared(keys["key"]))
    return rows.filter(~records[rows].select(pl.struct(pl.exclude(LINE)).is_first_distinct()).to_series())


def odd_together(records: pl.DataFrame, keys: pl.DataFrame, kind: str) -> Found:
    """What is odd among the records of some whole files of one kind that are kept; ``keys`` are theirs, as ``crime_keys`` has them."""
    equal = _equal(records.filter(pl.col(CRIME_KEY).is_null()) if kind == "street" else records)
    if kind == "stop-and-search":
        return Found(equal, _AREAS.to_frame(), keys)
    areas = records.group_by("force", "lsoa_code").agg(pl.len().alias("rows"), pl.col("lsoa_name").first())
    return Found(equal, areas.cast(_AREAS), keys)


def area_names(files: Sequence[Found]) -> pl.DataFrame:
    """The small areas of a month as they are printed, each code with each of its names once: lsoa_code, lsoa_name, in the order of both."""
    areas = pl.concat(each.areas for each in files)
    return areas.select("lsoa_code", "lsoa_name").drop_nulls("lsoa_code").unique().sort("lsoa_code", "lsoa_name")


def findings(
    counts: pl.DataFrame, copies: pl.DataFrame, files: Sequence[Found], kind: str, registers: IncidentRegisters
) -> pl.DataFrame:
    """How many records of a month each finding has: force, finding, rows (more than none), in the order of both.

    ``counts`` has a column for each finding of ``odd_by_themselves``, by force and more; ``copies`` are crimes that were set aside as published
    twice; ``files`` is what was found in the files, some at a time.
    """
    by_themselves = [_by_force(counts, finding, pl.col(finding).sum()) for finding in odd_by_themselves(kind)]
    return (
        pl.concat(
            [
                *by_themselves,
                _by_force(copies, "crime_published_twice", pl.len()),
                _by_force(pl.concat(each.equal for each in files), _EQUAL[kind], pl.col("rows").sum()),
                _by_force(_same_id(files), "same_id_elsewhere", pl.len()),
                *_placed(files, registers),
            ]
        )
        .filter(pl.col("rows") > 0, (pl.col("finding") != "crime_id_is_no_key") | ~_has_keys(registers))
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
    return keys.filter(_is_shared(keys["key"]))


def _equal(records: pl.DataFrame) -> pl.DataFrame:
    """How many rows are equal to an earlier one of their file, by force and hash: of 100,000 rows, the chance that two that differ are taken for
    equal is one in three thousand million."""
    of_each = records.drop("month", LINE, "crime_id", strict=False)
    hashes = records.select("force", of_each.hash_rows().alias("hash"))
    return hashes.group_by("force").agg((pl.len() - pl.col("hash").n_unique()).alias("rows"))


def _placed(files: Sequence[Found], registers: IncidentRegisters) -> list[pl.DataFrame]:
    """Findings about small areas; looked up once for each area and force, not for each record."""
    forces = {slug: body.area_id for slug, body in registers.bodies.items()}
    placed = (
        pl.concat(each.areas for each in files)
        .drop_nulls("lsoa_code")
        .with_columns(
            pl.col("lsoa_name")
            .str.replace(r"\s+\S+$", "")
            .replace_strict(registers.forces_of_districts, default=None, return_dtype=pl.String)
            .alias("lies_in"),
            pl.col("force").replace_strict(forces, return_dtype=pl.String).alias("area_id"),
        )
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
