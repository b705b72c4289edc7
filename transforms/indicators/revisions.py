"""How published figures changed from edition to edition."""

import polars as pl

from transforms.contracts.tables import REVISIONS
from transforms.indicators.force_totals import COUNT, OF_CODES, counted
from transforms.indicators.local_authorities import ASSESSED, OF_AUTHORITIES
from transforms.sql import query

# A measure that is a part of others and no figure of its own.
_PART = "count_not_reported"


def revisions(
    observations: pl.DataFrame, areas: pl.DataFrame, measures: pl.DataFrame, record_files: pl.DataFrame
) -> pl.DataFrame:
    """Every count that two or more editions print for one measure, area and period, in the order of publication.

    Of local authorities, and of the regions and England printed beside them, every count of children. Of records of data.police.uk too, whose archives are editions, in the order of ``record_files`` (core/record_files). Returns the contract REVISIONS: the first edition of a figure has place 1 and nothing before it. Missing figures are no
    revisions: a symbol that gives way to a number is not counted as a change.
    """
    return (
        query("revisions", counts=_counts(observations, measures, record_files), areas=areas)
        .select(list(REVISIONS.schema))
        .cast(REVISIONS.schema)
    )


def _counts(observations: pl.DataFrame, measures: pl.DataFrame, record_files: pl.DataFrame) -> pl.DataFrame:
    """All counts, those by offence code too, with order_of_file: the place of the archive among those with a month of a force, 0 of all others."""
    files = record_files.select("edition_id", pl.col("file").alias("table"), pl.col("place").alias("order_of_file"))
    by_code = measures.filter(pl.col("part_of").is_in(OF_CODES) & (pl.col("role") == _PART))["measure_id"]
    codes = observations.filter(pl.col("measure_id").is_in(by_code.implode()) & pl.col("part").is_null())
    counts = pl.concat([counted(observations, measures), codes]).with_columns(
        pl.lit(0, pl.Int64).alias("order_of_file")
    )
    of_records = (
        observations.join(files, on=["edition_id", "table"])
        # A measure of several outcomes is their sum.
        .group_by(COUNT, maintain_order=True)
        .agg(
            pl.col("value").sum(),
            pl.col("observation_id").str.join("; "),
            pl.col("vintage", "order_of_file").first(),
        )
    )
    of_authorities = observations.filter(
        pl.col("measure_id").is_in([*OF_AUTHORITIES, ASSESSED])
        & pl.col("area_kind").is_in(["local_authority", "region", "country"])
    ).with_columns(pl.lit(0, pl.Int64).alias("order_of_file"))
    return pl.concat([counts, of_authorities, of_records], how="diagonal")
