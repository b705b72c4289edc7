"""Our sums and rates beside what the publisher printed: totals, rates, districts, referrals, outcomes, and whether every force is there."""

import polars as pl

from transforms.contracts.tables import RECONCILIATION
from transforms.harmonise.meanings import with_value
from transforms.harmonise.registers import Registers
from transforms.indicators.membership import parts as parts_of
from transforms.sql import query


def reconcile(
    observations: pl.DataFrame,
    excluded: pl.DataFrame,
    indicators: pl.DataFrame,
    areas: pl.DataFrame,
    registers: Registers,
) -> pl.DataFrame:
    """Every published total or rate that can be reproduced, with the difference and whether it is within the tolerance.

    Returns the contract RECONCILIATION. Totals, districts, referrals and the number of police force areas that an edition names must
    agree exactly, rates and full-time equivalents to 1e-6, local authorities to what the rounding of the printed figure explains.
    """
    left_out = with_value(excluded, registers.sentinels)
    districts = left_out.filter(pl.col("rule") == "district-rows")
    responders = (
        pl.concat(
            [
                observations.filter(
                    (pl.col("measure_id") == "nrm_police_referrals") & (pl.col("area_kind") != "published_total")
                ).select("source_id", "edition_id", "value"),
                # Totals only: their parts by type and age would count everyone again.
                left_out.filter(pl.col("rule").str.starts_with("nrm-") & pl.col("breakdown_text").is_null()).select(
                    "source_id", "edition_id", "value"
                ),
            ]
        )
        .group_by("source_id", "edition_id")
        .agg(pl.col("value").sum())
    )
    return (
        query(
            "reconcile_totals",
            observations=observations,
            indicators=indicators,
            areas=areas,
            parts=parts_of(areas, registers.area_members),
            districts=districts,
            responders=responders,
            officers=left_out.filter(pl.col("rule") == "workforce-total-of-forces").with_columns(
                pl.col("cell").str.extract(r"^([A-Z]+)").alias("column")
            ),
            local_authorities=registers.local_authorities,
            former_counties=left_out.filter(pl.col("rule") == "exclusions-before-2009").select(
                "source_id", "edition_id"
            ),
        )
        .with_columns(
            pl.concat_str(
                "kind", "source_id", "edition_id", "area_id", "detail", separator=".", ignore_nulls=True
            ).alias("reconciliation_id"),
            (pl.col("computed") - pl.col("published")).alias("difference"),
        )
        .with_columns((pl.col("difference").abs() <= pl.col("tolerance")).alias("agrees"))
        .select(list(RECONCILIATION.schema))
        .cast(RECONCILIATION.schema)
    )
