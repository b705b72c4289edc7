"""Tables in the form in which they are handed to others: the tidy table, and the code list of measures.

The names of the tidy table's columns are those that other producers of statistics use; this is the only place that translates.
"""

from dataclasses import replace
from typing import Final

import polars as pl

from transforms.contracts import INDICATORS, Column, Contract
from transforms.indicators.local_authorities import PER_CHILD
from transforms.indicators.shares import OF_OFFENCES

MEASURES: Final = Contract(
    table="measures",
    title="Measures",
    one_row_is="measure",
    columns=(
        Column("measure_id", pl.String, "Measure", pattern=r"^[a-z0-9_]+$", example="drug_offences"),
        Column(
            "code",
            pl.String,
            "Short code of the measure",
            pattern=r"^M[0-9]{2}[A-Z0-9]*$",
            example="M01",
            nullable=True,
        ),
        Column("name", pl.String, "Name of the measure in tables"),
        Column("unit_singular", pl.String, "What one of it is called"),
        Column("unit_plural", pl.String, "What several of it are called"),
        Column("role", pl.String, "Whether it is a count, a population or a published figure to compare with"),
        Column("multiplier", pl.Int64, "Residents that its rate is expressed per", nullable=True, minimum=1),
        Column("definition_id", pl.String, "Definition of the measure", nullable=True),
        Column("claim_scope", pl.String, "What the measure may be used to speak of", nullable=True),
    ),
    key=("measure_id",),
)


def _as(name: str, source: str) -> Column:
    """A column of out/indicators under the name that it has in the tidy table."""
    column = next(column for column in INDICATORS.columns if column.name == source)
    meaning = column.description if name == source else f"{column.description} ({source} in out/indicators)"
    return Column(
        **{**{field: getattr(column, field) for field in column.__dataclass_fields__}, "name": name}
        | {"description": meaning}
    )


# Name in the tidy table: name in out/indicators.
_SAME: Final = {
    "measure_id": "measure_id",
    "area_code": "area_id",
    "area_name": "area_name",
    "area_type": "area_kind",
    "period_start": "period_start",
    "period_end": "period_end",
    "value": "value",
    "multiplier": "multiplier",
    "numerator": "numerator",
    "denominator": "denominator_used",
    "denominator_ref": "denominator_edition",
    "lower_95": "lower_95",
    "upper_95": "upper_95",
    "ci_method": "method",
    "obs_status": "status",
    "source_id": "source_id",
    "release_id": "edition_id",
    "indicator_id": "indicator_id",
    "vintage": "vintage",
    "is_preferred": "is_preferred",
    "is_derived": "is_derived",
    "coverage": "coverage",
    "area_basis": "area_basis",
}

_ADDED: Final = (
    Column("measure_name", pl.String, "Name of the measure in tables"),
    Column(
        "period_type",
        pl.String,
        "Length of the period as an ISO 8601 duration in months",
        pattern=r"^P[0-9]{1,2}M$",
        example="P12M",
    ),
    Column("unit", pl.String, "Unit of the value", nullable=True),
    Column("grade_scope", pl.String, "What the measure may be used to speak of", nullable=True),
    Column("file_sha256", pl.String, "Checksum of the published file", pattern=r"^[0-9a-f]{64}$"),
    Column("retrieved_at", pl.Date, "Day on which the copy of that file was first read"),
    Column("notes", pl.String, "What the number leaves out, in words", nullable=True),
)

_ORDER: Final = (
    *("measure_id", "measure_name", "area_code", "area_name", "area_type", "period_start", "period_end", "period_type"),
    *(
        "value",
        "unit",
        "multiplier",
        "numerator",
        "denominator",
        "denominator_ref",
        "lower_95",
        "upper_95",
        "ci_method",
    ),
    *("grade_scope", "obs_status", "source_id", "release_id", "file_sha256", "retrieved_at", "notes"),
    *("indicator_id", "vintage", "is_preferred", "is_derived", "coverage", "area_basis"),
)

_COLUMNS: Final = {
    **{name: _as(name, source) for name, source in _SAME.items()},
    **{column.name: column for column in _ADDED},
}

TIDY: Final = Contract(
    table="indicators",
    title="Indicators, tidy",
    one_row_is="number that reports use, each fact once",
    columns=tuple(_COLUMNS[name] for name in _ORDER),
    key=("indicator_id",),
)


OTHERS: Final = replace(
    TIDY,
    table="other-figures",
    title="Figures by other editions and populations",
    one_row_is="number that a report may print, of a fact for which indicators has another that reports use",
    may_be_empty=True,
)
"""What else is known of facts that stand in `TIDY`: a table of its own, so that a sum of either counts nothing twice."""


def measures_frame(measures: pl.DataFrame) -> pl.DataFrame:
    """The register of measures as a code list: the columns of `MEASURES`, an empty text as null."""
    filled = measures.with_columns(pl.when(pl.all() != "").then(pl.all()))
    return filled.select(MEASURES.schema.names()).cast(MEASURES.schema).sort("measure_id")


def tidy_frames(
    indicators: pl.DataFrame, measures: pl.DataFrame, editions: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`TIDY`, the figures that reports use, each fact once, and `OTHERS`, the same facts by other editions and populations.

    One row a row of out/indicators and in its order; ``measures`` and ``editions`` as in `tidy_frame`.
    """
    tidy = tidy_frame(indicators, measures, editions)
    return tidy.filter(pl.col("is_preferred")), tidy.filter(~pl.col("is_preferred"))


def tidy_frame(indicators: pl.DataFrame, measures: pl.DataFrame, editions: pl.DataFrame) -> pl.DataFrame:
    """The columns of `TIDY`, one row a row of out/indicators and in its order.

    ``measures`` is the register of measures, ``editions`` is raw/editions.
    """
    named = measures_frame(measures).select(
        "measure_id",
        "unit_plural",
        pl.col("name").alias("measure_name"),
        pl.col("claim_scope").alias("grade_scope"),
    )
    files = editions.select(
        "source_id",
        "edition_id",
        pl.col("sha256").alias("file_sha256"),
        pl.col("retrieved_at").str.to_date("%Y-%m-%d"),
    )
    return (
        indicators.join(named, on="measure_id", how="left", maintain_order="left")
        .join(files, on=["source_id", "edition_id"], how="left", maintain_order="left")
        .with_columns(
            pl.format("P{}M", "months").alias("period_type"),
            pl.when(pl.col("denominator_rule") == OF_OFFENCES)
            .then("unit_plural")
            .otherwise(
                pl.format(
                    "{} per {} {}",
                    "unit_plural",
                    "multiplier",
                    pl.when(pl.col("measure_id").is_in(PER_CHILD))
                    .then(pl.lit("residents aged 0 to 17"))
                    .otherwise(pl.lit("residents")),
                )
            )
            .alias("unit"),
            pl.col("coverage_note").alias("notes"),
        )
        .select(pl.col(_SAME.get(name, name)).alias(name) for name in _ORDER)
    )
