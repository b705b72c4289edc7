"""Counts by force and month as published cells, and which forces a month lacks."""

from collections.abc import Iterable, Sequence
from typing import Literal

import polars as pl

from transforms.contracts import tables
from transforms.contracts.incidents import DRUGS, FEW_TYPES, RECORDS, ROWS, SET_ASIDE, UNDER_INVESTIGATION
from transforms.incidents.archive import Member
from transforms.incidents.ingest import COUNTED_BY, MonthResult
from transforms.incidents.registers import IncidentRegisters

# The columns of a file at which its own numbers stand: records kept and rows set aside, all rows, and records under investigation. A count of
# records of one type stands in none of them, so that no two numbers have one cell.
_OF_FILE = {
    "street": ("reported_by", "location", "falls_within"),
    "outcomes": ("reported_by", "location", "falls_within"),
    "stop-and-search": ("type_of_search", "searched_at", "operation"),
}
# Of the fourteen types of crime a month of a whole force holds nearly all; a hundred records of less than half of them are no month of it.
_RECORDS_OF_TYPES, _TYPES = 100, 7
# What stands for the district of a record without a small area.
NO_PLACE = "no place"


def drug_cells(
    results: Sequence[MonthResult], source_id: str, edition_id: str, registers: IncidentRegisters
) -> pl.DataFrame:
    """Counts of drugs records, and of their outcomes, as cells of ``tables.cells(source_id)``; one edition is one archive.

    The table is the name of the CSV file. The cell of a count is the first record counted: its line, and the column of the label counted as it
    stands in that file; line 1, the header, where the file has no such record. Whether that is a zero or a month that was not supplied is told by
    ``transforms.harmonise.supply``. measure_text is the label, with ' | ' and the outcome ('(none)' where none is printed) where one outcome is
    counted, area_text the body's name as the archive prints it, period_text the month, YYYY-MM.
    """
    frames = [
        frame
        for result in results
        if result.kind in DRUGS
        for frame in _of_type(result, DRUGS[result.kind], *COUNTED_BY[result.kind])
    ]
    return _as_cells(frames, source_id, edition_id, registers)


def file_cells(
    results: Sequence[MonthResult], source_id: str, edition_id: str, registers: IncidentRegisters
) -> pl.DataFrame:
    """The numbers of every file as cells, in the columns and in the way of ``drug_cells``: its rows, the records kept, and the rows set aside by reason.

    measure_text is 'rows', 'records kept', 'set aside | <reason>', and of crimes 'records kept | under investigation' where there is one, and
    'records kept | types of crime, too few for a month' where a hundred or more are of fewer than seven types: how many.
    """
    frames = [frame for result in results for frame in _of_files(result)]
    return _as_cells(frames, source_id, edition_id, registers)


def _as_cells(
    frames: Sequence[pl.DataFrame], source_id: str, edition_id: str, registers: IncidentRegisters
) -> pl.DataFrame:
    names = {slug: body.names[0] for slug, body in registers.bodies.items()}
    columns = list(tables.cells(source_id).schema)
    if not frames:
        return tables.cells(source_id).schema.to_frame()
    return (
        pl.concat(frames)
        .with_columns(
            pl.lit(source_id).alias("source_id"),
            pl.lit(edition_id).alias("edition_id"),
            pl.lit("figure").alias("kind"),
            pl.lit(None, pl.String).alias("area_code_text"),
            pl.col("force").replace_strict(names, return_dtype=pl.String).alias("area_text"),
            pl.lit(None, pl.String).alias("source_url"),
        )
        .sort("table", "measure_text", "breakdown_text", nulls_last=False)
        .select(columns)
    )


def _of_type(result: MonthResult, label: str, of_type: str | None, of_outcome: str) -> list[pl.DataFrame]:
    drugs = result.counts.filter(pl.col("type") == label)
    totals = drugs.group_by("force").agg(pl.col("rows").sum(), pl.col("first_line").min())
    each = pl.format("{} | {}", pl.lit(label), pl.col("outcome").fill_null("(none)"))
    return [
        _counted(result, totals, of_type or of_outcome, pl.lit(label), "left"),
        _counted(result, drugs, of_outcome, each, "inner"),
    ]


def _of_files(result: MonthResult) -> list[pl.DataFrame]:
    whose, beside, waiting_at = _OF_FILE[result.kind]
    is_of_crimes = result.kind == "street"
    kept = result.counts.group_by("force").agg(pl.col("rows").sum(), pl.col("first_line").min())
    rows = result.accounting.select(
        "force", pl.col("rows_read").alias("rows"), pl.lit(1, pl.UInt32).alias("first_line")
    )
    forces = result.accounting.select("file", "force")
    set_aside = (
        result.quarantine.join(forces, on="file")
        .group_by("force", "reason")
        .agg(pl.len().alias("rows"), pl.col("line").min().alias("first_line"))
    )
    waiting = result.counts.filter(pl.col("outcome").str.to_lowercase() == UNDER_INVESTIGATION)
    waiting = waiting.group_by("force").agg(pl.col("rows").sum(), pl.col("first_line").min())
    return [
        _counted(result, kept, whose, pl.lit(RECORDS), "left"),
        _counted(result, rows, beside, pl.lit(ROWS), "left"),
        _counted(result, set_aside, whose, pl.format("{} | {}", pl.lit(SET_ASIDE), "reason"), "inner"),
        _counted(result, waiting, waiting_at, pl.lit(f"{RECORDS} | {UNDER_INVESTIGATION}"), "inner"),
        *([_counted(result, _few_types(result), "month", pl.lit(f"{RECORDS} | {FEW_TYPES}"), "inner")] * is_of_crimes),
    ]


def _few_types(result: MonthResult) -> pl.DataFrame:
    """How many types of crime the records of a force are of, where they are too few for a month: force, rows (that number), first_line."""
    held = result.counts.group_by("force").agg(
        pl.col("type").n_unique().alias("types"), pl.col("rows").sum(), pl.col("first_line").min()
    )
    few = held.filter((pl.col("rows") >= _RECORDS_OF_TYPES) & (pl.col("types") < _TYPES))
    return few.select("force", pl.col("types").alias("rows"), "first_line")


def _counted(
    result: MonthResult, counts: pl.DataFrame, column: str, measure: pl.Expr, how: Literal["left", "inner"]
) -> pl.DataFrame:
    """Counts by force as cells of their files; ``left`` where a file without a record counts none."""
    letters = result.letters.filter(pl.col("column") == column).select("force", "letter")
    files = result.accounting.select("force", pl.col("file").alias("table")).join(letters, on="force", how="left")
    return files.join(counts, on="force", how=how, maintain_order="left").select(
        "force",
        "table",
        pl.format("{}{}", "letter", pl.col("first_line").fill_null(1)).alias("cell"),
        measure.alias("measure_text"),
        pl.lit(result.month).alias("period_text"),
        pl.col("rows").fill_null(0).cast(pl.String).alias("value_text"),
        pl.lit(None, pl.String).alias("breakdown_text"),
    )


def district_cells(
    results: Iterable[MonthResult],
    localities: pl.DataFrame,
    source_id: str,
    edition_id: str,
    registers: IncidentRegisters,
) -> pl.DataFrame:
    """Counts of drugs records by district of today, and of those without a place, in each file of crimes, as cells of ``tables.cells(source_id)``.

    A record is in the district that the name of its small area begins with, or in what followed that district. The cell is the column of LSOA names as it stands in the file, and the first record counted. breakdown_text is
    the code and name of the district with ' | ' between, 'no place' for records without a small area, and the name as printed where no register has it.

    A district without a record has no cell: in a month that was supplied, that is none. Those of ``localities`` (data/registers/localities.csv), of which
    one count each is printed, have one that says so: the header of that column, and for no place the header of the column of LSOA codes, so
    that no two counts have one cell. Bodies outside England and Wales have no districts.
    """
    frames = [_of_districts(result, localities, registers) for result in results if result.kind == "street"]
    return _as_cells(frames, source_id, edition_id, registers)


def _of_districts(result: MonthResult, localities: pl.DataFrame, registers: IncidentRegisters) -> pl.DataFrame:
    """The counts of one month by file and district, with the columns of ``_counted``."""
    slugs = {slug: body.area_id for slug, body in registers.bodies.items() if body.area_id}
    files = result.accounting.filter(pl.col("force").is_in(list(slugs))).select("force", pl.col("file").alias("table"))
    names = result.areas.unique("lsoa_code", keep="first", maintain_order=True)
    named = {name: f"{code} | {today}" for name, (code, today) in registers.districts.items()}
    code, begins = pl.col("lsoa_code"), pl.col("lsoa_name").str.replace(r"\s+\S+$", "")
    counted = (
        pl.scan_parquet(result.path)
        .filter((pl.col("crime_type") == DRUGS["street"]) & pl.col("force").cast(pl.String).is_in(list(slugs)))
        .group_by(pl.col("force").cast(pl.String), "lsoa_code")
        .agg(pl.len().alias("rows"), pl.col("line").min().alias("first_line"))
        .collect()
        .join(names, on="lsoa_code", how="left")
        .with_columns(
            pl.coalesce(
                pl.when(code.is_null()).then(pl.lit(NO_PLACE)),
                begins.replace_strict(named, default=begins, return_dtype=pl.String),
            ).alias("breakdown_text")
        )
        .group_by("force", "breakdown_text")
        .agg(pl.col("rows").sum().cast(pl.Int64), pl.col("first_line").min().cast(pl.Int64))
        .with_columns(pl.lit("lsoa_name").alias("column"))
    )
    shown = localities.select("area_id", pl.format("{} | {}", "district_code", "name").alias("breakdown_text"))
    own = pl.DataFrame(list(slugs.items()), schema=["force", "area_id"], orient="row").join(shown, on="area_id")
    printed = pl.concat(
        [
            own.select("force", "breakdown_text", pl.lit("lsoa_name").alias("column")),
            own.select("force", pl.lit(NO_PLACE).alias("breakdown_text"), pl.lit("lsoa_code").alias("column")).unique(),
        ]
    ).join(files, on="force", how="semi")
    none = printed.join(counted, on=["force", "breakdown_text"], how="anti").select(
        "force", "breakdown_text", pl.lit(0, pl.Int64).alias("rows"), pl.lit(1, pl.Int64).alias("first_line"), "column"
    )
    letters = result.letters.select("force", "column", "letter")
    return (
        pl.concat([counted, none])
        .join(files, on="force")
        .join(letters, on=["force", "column"])
        .select(
            "force",
            "table",
            pl.format("{}{}", "letter", "first_line").alias("cell"),
            pl.lit(DRUGS["street"]).alias("measure_text"),
            pl.lit(result.month).alias("period_text"),
            pl.col("rows").cast(pl.String).alias("value_text"),
            "breakdown_text",
        )
    )


def coverage(members: Iterable[Member], registers: IncidentRegisters) -> pl.DataFrame:
    """Whether each body has a file in each month and kind that the archive holds: month, kind, force, is_published.

    A force without a file is absent from that month; it has not had no crimes.
    """
    files = pl.DataFrame(
        [(member.month, member.kind, member.force) for member in members],
        schema={"month": pl.String, "kind": pl.String, "force": pl.String},
        orient="row",
    )
    bodies = pl.DataFrame({"force": sorted(registers.bodies)}, schema={"force": pl.String})
    return (
        files.select("month", "kind")
        .unique()
        .join(bodies, how="cross")
        .join(files.with_columns(pl.lit(True).alias("is_published")), on=["month", "kind", "force"], how="left")
        .with_columns(pl.col("is_published").fill_null(False))
        .sort("month", "kind", "force")
    )
