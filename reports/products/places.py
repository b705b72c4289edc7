"""Which report covers a place: every area, local authority and other name, with the report to open."""

import polars as pl

from reports.document import Places
from reports.products.locality import LOCALITY
from transforms.harmonise import Registers
from transforms.harmonise.names import fold

_REPORTED = ("police_force_area", "region", "policing_region", "countries")


def places(registers: Registers) -> Places:
    """The list of places, A to Z: names of areas with a report, their other known names, and the local authorities in a force.

    A local authority that ended is listed too: people go on using its name. A place with a section of its own leads there.
    """
    areas = registers.areas.filter(pl.col("kind").is_in(_REPORTED)).select(
        "area_id", pl.col("name").alias("report"), "slug", pl.col("name"), "operating_name", "kind"
    )
    reports = areas.select("area_id", "report", "slug", "kind")
    names = pl.concat(
        [
            areas.select("area_id", "name"),
            areas.select("area_id", pl.col("operating_name").alias("name")),
            registers.area_names.filter(pl.col("area_basis") == "same_area").select("area_id", "name"),
            registers.local_authorities.select(pl.col("police_force_area_id").alias("area_id"), "name"),
        ]
    )
    sections = registers.localities.select(
        "area_id",
        "name",
        pl.concat_str(pl.lit(f"#{LOCALITY}"), pl.col("district_code").str.to_lowercase()).alias("section"),
    )
    listed = (
        names.drop_nulls()
        .with_row_index("order")  # of two spellings the first above is shown: the register's own
        .with_columns(pl.col("name").str.strip_chars().str.replace_all(r"\s+", " "))
        .join(reports, on="area_id")
        .join(sections, on=["area_id", "name"], how="left", maintain_order="left")
        .with_columns(fold(pl.col("name")).alias("key"), pl.col("section").fill_null(""))
        .filter(pl.col("key") != "")
        .sort("key", "slug", "order")
        .unique(["key", "slug"], keep="first", maintain_order=True)
        .with_columns(
            pl.when(pl.col("kind") == "region")
            .then(pl.format("{} (region)", "report"))
            .otherwise(pl.col("report"))
            .alias("report")
        )
    )
    return Places(
        tuple(
            (row["name"], f"{row['slug']}.html{row['section']}", row["report"]) for row in listed.iter_rows(named=True)
        )
    )
