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

from transforms.incidents.archive import Member
from transforms.incidents.records import LINE
from transforms.incidents.registers import IncidentRegisters

# The last codes of the 2011 edition; ONS gave higher ones to the areas that are new in 2021.
_LAST_OF_2011 = {"E": "E01033768", "W": "W01001958"}


@dataclass(frozen=True)
class FileFindings:
    """What is odd in one file: rows by finding; its small areas with rows and name; the Crime IDs that are keys, as hashes of 64 bits."""

    force: str
    rows: dict[str, int]
    areas: pl.DataFrame
    keys: pl.Series


def later_copies(crimes: pl.DataFrame) -> pl.Series:
    """Of each crime of a file whether it is equal in every field, Crime ID included, to an earlier one."""
    # Hashes find the few candidates; the texts then decide.
    candidates = crimes.filter(crimes["crime_id"].hash().is_duplicated() & crimes["crime_id"].is_not_null())
    fields = [name for name in crimes.columns if name != LINE]
    is_later = ~candidates.select(pl.struct(fields).is_first_distinct()).to_series()
    return crimes[LINE].is_in(candidates[LINE].filter(is_later).implode())


def findings_of_file(records: pl.DataFrame, member: Member, copies: int, registers: IncidentRegisters) -> FileFindings:
    """What is odd among the records of a file that are kept; ``copies`` were set aside as published twice."""
    rows = {"without_location": records["longitude"].null_count(), "crime_published_twice": copies}
    no_areas, no_keys = pl.DataFrame(schema=_AREAS), pl.Series(dtype=pl.UInt64)
    if member.kind == "stop-and-search":
        local = records["searched_at"].dt.convert_time_zone("Europe/London").dt.strftime("%Y-%m")
        rows["outside_the_local_month"] = int((local != member.month).sum())
        rows["equal_without_id"] = _equal(records)
        return FileFindings(member.force, rows, no_areas, no_keys)
    areas = (
        records.group_by("lsoa_code").agg(pl.len().alias("rows"), pl.col("lsoa_name").first()).drop_nulls("lsoa_code")
    )
    if member.kind == "outcomes":
        rows["equal_outcomes"] = _equal(records)
        return FileFindings(member.force, rows, areas, no_keys)
    rows["equal_without_id"] = _equal(records.filter(pl.col("crime_id").is_null()))
    if registers.bodies[member.force].crime_id_is_key:
        return FileFindings(member.force, rows, areas, _hashes(records["crime_id"]))
    rows["crime_id_is_no_key"] = records["crime_id"].count()
    return FileFindings(member.force, rows, areas, no_keys)


def findings(files: Sequence[FileFindings], registers: IncidentRegisters) -> pl.DataFrame:
    """How many records of a month each finding has: force, finding, rows (more than none), in the order of both."""
    counted = pl.DataFrame(
        [(file.force, finding, rows) for file in files for finding, rows in file.rows.items()],
        schema=_FINDINGS,
        orient="row",
    )
    return (
        pl.concat([counted, _same_id(files), *_placed(files, registers)])
        .filter(pl.col("rows") > 0)
        .sort("force", "finding")
    )


_FINDINGS = pl.Schema({"force": pl.String, "finding": pl.String, "rows": pl.UInt32})
_AREAS = pl.Schema({"lsoa_code": pl.String, "rows": pl.UInt32, "lsoa_name": pl.String})


def _hashes(ids: pl.Series) -> pl.Series:
    return ids.hash().filter(ids.is_not_null())


def _same_id(files: Sequence[FileFindings]) -> pl.DataFrame:
    """Crimes whose ID another crime of the month has, in this file or in another body's.

    By hash: of 600,000 IDs in a month, the chance that any two that differ are taken for one is one in a hundred million.
    """
    keys = pl.concat([file.keys for file in files], rechunk=True)
    shared = keys.filter(keys.is_duplicated()).unique().implode() if keys.n_unique() < keys.len() else None
    return pl.DataFrame(
        [(file.force, "same_id_elsewhere", 0 if shared is None else file.keys.is_in(shared).sum()) for file in files],
        schema=_FINDINGS,
        orient="row",
    )


def _placed(files: Sequence[FileFindings], registers: IncidentRegisters) -> list[pl.DataFrame]:
    """Findings about small areas; looked up once for each area and force, not for each record."""
    forces = {slug: body.area_id for slug, body in registers.bodies.items()}
    placed = pl.concat(file.areas.with_columns(pl.lit(file.force).alias("force")) for file in files).with_columns(
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


def _equal(records: pl.DataFrame) -> int:
    """How many rows are equal to an earlier one of their file, by hash: of 100,000 rows, the chance that two that differ are taken for equal
    is one in three thousand million."""
    return records.height - records.drop(LINE).hash_rows().n_unique()
