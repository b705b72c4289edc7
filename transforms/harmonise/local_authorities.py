"""The register of local authorities: districts and the authorities above them, with the police force area and region that each lies in."""

from pathlib import Path

import polars as pl

from transforms.contracts.registers import read_register
from transforms.errors import RegisterError

# A single-tier authority (unitary, metropolitan, London borough) is its own district and its own upper tier.
KIND_OF_TIER = {"county": "local_authority", "single": "local_authority", "district": "district"}

_NEVER_BEFORE, _NEVER_AFTER = pl.date(1, 1, 1), pl.date(9999, 12, 31)


def load_local_authorities(data: Path) -> pl.DataFrame:
    """Read ``data/registers/local_authorities.csv``: its columns as text, plus ``kind``; valid_from and valid_to as dates, null where open.

    An authority that was only given a new code has ended_by 'recoded'; one whose area changed hands 'reorganised' and its last day.
    Raises RegisterError for a row that breaks the contract, a reference to a code that is not in the register, and an end without a
    successor.
    """
    frame = read_register(data, "local_authorities")
    known = frame["authority_id"].implode()
    successors = frame.filter(pl.col("successor_ids") != "").select(
        "authority_id", pl.col("successor_ids").str.split(";").alias("successor_id")
    )
    wrong = {
        "has an upper tier that is not in the register": frame.filter(~pl.col("upper_tier_id").is_in(known)),
        "has a successor that is not in the register": successors.explode("successor_id").filter(
            ~pl.col("successor_id").is_in(known)
        ),
        "ended without a successor, or has one without having ended": frame.filter(
            (pl.col("ended_by") == "") != (pl.col("successor_ids") == "")
        ),
        "was reorganised on no day": frame.filter((pl.col("ended_by") == "reorganised") & (pl.col("valid_to") == "")),
    }
    for what, rows in wrong.items():
        for authority_id in rows["authority_id"].head(1):
            raise RegisterError(f"local_authorities.csv: {authority_id} {what}; correct its row.")
    return frame.with_columns(
        pl.col("valid_from", "valid_to").replace("", None).str.to_date(),
        pl.col("tier").replace_strict(KIND_OF_TIER).alias("kind"),
    )


def as_areas(authorities: pl.DataFrame) -> pl.DataFrame:
    """The authorities with the columns of the register of areas, so that printed names and codes resolve to them."""
    return authorities.select(
        pl.col("authority_id").alias("area_id"),
        "kind",
        "name",
        pl.col("name").alias("operating_name"),
        pl.col("authority_id").str.to_lowercase().alias("slug"),
        *(pl.lit("").alias(column) for column in ("tile_label", "tile_column", "tile_row", "note")),
    )


def in_being(day: pl.Expr) -> pl.Expr:
    """Whether an authority existed on a day; a code that was replaced by another of the same place never counts."""
    return (
        (pl.col("ended_by") != "recoded")
        & (pl.col("valid_from").fill_null(_NEVER_BEFORE) <= day)
        & (pl.col("valid_to").fill_null(_NEVER_AFTER) >= day)
    )


def load_explained_differences(data: Path) -> pl.DataFrame:
    """Read ``data/registers/local_authority_differences.csv``: what a look-up says otherwise than the register, and why the register is right.

    Raises RegisterError for a row that breaks the contract.
    """
    return read_register(data, "local_authority_differences")


def differences(cells: pl.DataFrame, authorities: pl.DataFrame) -> pl.DataFrame:
    """What look-ups say otherwise than the register: source_id, edition_id, cell, authority_id, what, printed, register.

    ``cells`` are the raw cells of look-ups; compared are the code of each area, its name, its police force area and its upper tier
    (of the names register: its county). ``what`` is 'code', 'name', 'police_force_area' or 'upper_tier'.
    """
    counties = cells.filter(pl.col("measure_text") == "local-authority-code").select(
        "source_id", pl.col("value_text").alias("short"), pl.col("area_code_text").alias("county_id")
    )
    said = (
        cells.filter(pl.col("area_code_text").str.contains(r"^[EW]0[6-9]|^E10"))
        .join(counties, left_on=["source_id", "value_text"], right_on=["source_id", "short"], how="left")
        .join(authorities, left_on="area_code_text", right_on="authority_id", how="left")
        .rename({"area_code_text": "authority_id"})
    )
    measure = pl.col("measure_text")
    rows = [
        said.filter(pl.col("name").is_null()).with_columns(
            what=pl.lit("code"), printed=pl.col("authority_id"), register=pl.lit(None, pl.String)
        ),
        said.filter(pl.col("area_text") != pl.col("name"))
        .unique(["source_id", "edition_id", "authority_id"], keep="first", maintain_order=True)
        .with_columns(what=pl.lit("name"), printed=pl.col("area_text"), register=pl.col("name")),
        said.filter(measure.str.contains(r"^PFA\d\dCD$|^parent_id$")).with_columns(
            what=pl.lit("police_force_area"), printed=pl.col("value_text"), register=pl.col("police_force_area_id")
        ),
        said.filter(measure.str.contains(r"^UTLA\d\dCD$")).with_columns(
            what=pl.lit("upper_tier"), printed=pl.col("value_text"), register=pl.col("upper_tier_id")
        ),
        said.filter((measure == "county-la") & pl.col("value_text").is_not_null()).with_columns(
            what=pl.lit("upper_tier"),
            printed=pl.coalesce("county_id", "value_text"),
            register=pl.col("upper_tier_id"),
        ),
    ]
    columns = ["source_id", "edition_id", "cell", "authority_id", "what", "printed", "register"]
    return (
        pl.concat([frame.select(columns) for frame in rows])
        .filter(~pl.col("printed").eq_missing(pl.col("register")))
        .sort(columns)
    )


def refuse_unexplained(found: pl.DataFrame, explained: pl.DataFrame) -> None:
    """Raise RegisterError for a difference that nothing explains, and for an explanation that explains nothing.

    ``found`` is ``differences`` of every look-up, ``explained`` is ``load_explained_differences``.
    """
    key = ["source_id", "authority_id", "what", "printed"]
    for row in found.join(explained, on=key, how="anti", maintain_order="left").head(1).iter_rows(named=True):
        raise RegisterError(
            f"{row['source_id']} {row['edition_id']}, cell {row['cell']}: the {row['what'].replace('_', ' ')} of {row['authority_id']} is "
            f"{row['printed']!r} where data/registers/local_authorities.csv has {row['register']!r}; correct the register, or say why in "
            "data/registers/local_authority_differences.csv."
        )
    for row in explained.join(found, on=key, how="anti", maintain_order="left").head(1).iter_rows(named=True):
        raise RegisterError(
            f"data/registers/local_authority_differences.csv: {row['source_id']} {row['authority_id']} {row['printed']!r} explains "
            "nothing; delete the row or correct it."
        )
