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

from collections.abc import Mapping

import polars as pl

from transforms.incidents.records import LINE
from transforms.incidents.registers import IncidentRegisters

# The last codes of the 2011 edition; ONS gave higher ones to the areas that are new in 2021.
_LAST_OF_2011 = {"E": "E01033768", "W": "W01001958"}


def sharing_an_id(crimes: pl.DataFrame, registers: IncidentRegisters) -> pl.DataFrame:
    """The crimes of a month whose Crime ID another crime of the month has, where IDs are keys, with their ``position`` and ``is_later_copy``.

    A later copy is equal in every field, Crime ID included, to an earlier row of the same file.
    """
    # Hashes find the few candidates in a quarter of the time that comparing every text would take; the texts then decide.
    hashes = crimes.select("force", "crime_id", hash=pl.col("crime_id").hash()).with_row_index("position")
    candidates = hashes.filter(
        pl.col("hash").is_duplicated() & pl.col("crime_id").is_not_null() & pl.col("force").is_in(_with_keys(registers))
    )
    sharing = candidates.filter(pl.col("crime_id").is_duplicated())["position"]
    fields = [name for name in crimes.columns if name != LINE]
    return crimes[sharing].with_columns(
        sharing.alias("position"), (~pl.struct(fields).is_first_distinct()).alias("is_later_copy")
    )


def findings(
    records: pl.DataFrame, sharing: pl.DataFrame | None, kind: str, month: str, registers: IncidentRegisters
) -> pl.DataFrame:
    """How many records of a month each finding has: force, finding, rows (more than none), in the order of both.

    ``records`` are those kept; ``sharing`` is what ``sharing_an_id`` found among the crimes before copies were set aside.
    """
    found: dict[str, pl.DataFrame] = {
        "without_location": _by_force(records.select("force", pl.col("longitude").is_null()).filter("longitude"))
    }
    if kind == "stop-and-search":
        local = pl.col("searched_at").dt.convert_time_zone("Europe/London").dt.strftime("%Y-%m")
        found["outside_the_local_month"] = _by_force(records.filter(local != month))
        found["equal_without_id"] = _equal(records)
    else:
        found |= _placed(records, registers)
    if sharing is not None:
        kept = sharing.filter(~pl.col("is_later_copy"))
        found["crime_published_twice"] = _by_force(sharing.filter("is_later_copy"))
        found["same_id_elsewhere"] = _by_force(kept.filter(pl.col("crime_id").is_duplicated()))
        found["crime_id_is_no_key"] = _by_force(
            records.select("force", pl.col("crime_id").is_not_null()).filter(
                pl.col("crime_id") & ~pl.col("force").is_in(_with_keys(registers))
            )
        )
        found["equal_without_id"] = _equal(records.filter(pl.col("crime_id").is_null()))
    if kind == "outcomes":
        found["equal_outcomes"] = _equal(records)
    return _long(found)


def _placed(records: pl.DataFrame, registers: IncidentRegisters) -> dict[str, pl.DataFrame]:
    """Findings about small areas; looked up once for each area and force, not for each record."""
    authority = pl.col("lsoa_name").str.replace(r"\s+\S+$", "")
    areas = {slug: body.area_id for slug, body in registers.bodies.items()}
    placed = (
        records.group_by("force", "lsoa_code")
        .agg(pl.len().alias("rows"), pl.col("lsoa_name").first())
        .filter(pl.col("lsoa_code").is_not_null())
        .with_columns(
            authority.replace_strict(registers.forces_of_districts, default=None, return_dtype=pl.String).alias(
                "lies_in"
            ),
            pl.col("force").cast(pl.String).replace_strict(areas, return_dtype=pl.String).alias("area_id"),
        )
    )
    newer = pl.any_horizontal(
        pl.col("lsoa_code").str.starts_with(country) & (pl.col("lsoa_code") > last)
        for country, last in _LAST_OF_2011.items()
    )
    territorial = pl.col("area_id").str.contains(r"^[EW]\d{8}$")
    rules: Mapping[str, pl.Expr] = {
        "small_area_of_2021_only": newer,
        "outside_the_force_area": territorial & (pl.col("lies_in") != pl.col("area_id")),
        "local_authority_unknown": territorial & pl.col("lies_in").is_null(),
    }
    return {name: placed.filter(rule).group_by("force").agg(pl.col("rows").sum()) for name, rule in rules.items()}


def _equal(records: pl.DataFrame) -> pl.DataFrame:
    """Rows that are equal to an earlier one of their file, by force."""
    fields = [name for name in records.columns if name not in (LINE, "force")]
    groups = records.group_by("force", *fields).len("rows")
    return groups.group_by("force").agg((pl.col("rows") - 1).sum())


def _by_force(records: pl.DataFrame) -> pl.DataFrame:
    return records.group_by("force").len("rows")


def _long(found: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    return (
        pl.concat(
            frame.select(pl.col("force").cast(pl.String), pl.lit(name).alias("finding"), pl.col("rows").cast(pl.UInt32))
            for name, frame in found.items()
        )
        .filter(pl.col("rows") > 0)
        .sort("force", "finding")
    )


def _with_keys(registers: IncidentRegisters) -> list[str]:
    return [slug for slug, body in registers.bodies.items() if body.crime_id_is_key]
