"""Counts by force and month as published cells, and which forces a month lacks."""

from collections.abc import Iterable

import polars as pl

from transforms.contracts import tables
from transforms.incidents.archive import Member
from transforms.incidents.ingest import MonthResult
from transforms.incidents.registers import IncidentRegisters

# The label that is counted for each kind of record, and the columns of the publisher's file in which it and the outcome stand.
DRUGS = {"street": ("Drugs", "J", "K"), "stop-and-search": ("Controlled drugs", "L", "M")}


def drug_cells(
    counts: pl.DataFrame,
    accounting: pl.DataFrame,
    source_id: str,
    edition_id: str,
    registers: IncidentRegisters,
) -> pl.DataFrame:
    """Counts of drugs records, and of their outcomes, as cells of ``tables.cells(source_id)``; one edition is one archive.

    The table is the name of the CSV file. The cell of a count is the first record counted: its line, and the column of the label counted
    (J crime type, K last outcome, L object of search, M outcome of the search); line 1, the header, where the file has no such record, which
    is a true nought. measure_text is the label, with ' | ' and the outcome ('(none)' where none is printed) where one outcome is counted, area_text the
    body's name as the archive prints it, period_text the month, YYYY-MM.
    """
    frames = [
        frame
        for kind, (label, of_type, of_outcome) in DRUGS.items()
        for frame in _of_kind(counts, accounting, kind, label, of_type, of_outcome)
    ]
    names = {slug: body.names[0] for slug, body in registers.bodies.items()}
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
        .sort("table", "measure_text")
        .select(list(tables.cells(source_id).schema))
    )


def _of_kind(
    counts: pl.DataFrame, accounting: pl.DataFrame, kind: str, label: str, of_type: str, of_outcome: str
) -> list[pl.DataFrame]:
    files = accounting.filter(pl.col("kind") == kind).select("month", "force", pl.col("file").alias("table"))
    drugs = counts.filter((pl.col("kind") == kind) & (pl.col("type") == label))
    totals = drugs.group_by("month", "force").agg(pl.col("rows").sum(), pl.col("first_line").min())
    return [
        files.join(frame, on=["month", "force"], how=how, maintain_order="left").select(  # type: ignore[arg-type]
            "force",
            "table",
            pl.format("{}{}", pl.lit(column), pl.col("first_line").fill_null(1)).alias("cell"),
            measure.alias("measure_text"),
            pl.lit(None, pl.String).alias("breakdown_text"),
            pl.col("month").alias("period_text"),
            pl.col("rows").fill_null(0).cast(pl.String).alias("value_text"),
        )
        for frame, how, column, measure in (
            (totals, "left", of_type, pl.lit(label)),
            (drugs, "inner", of_outcome, pl.format("{} | {}", pl.lit(label), pl.col("outcome").fill_null("(none)"))),
        )
    ]


def locality_cells(
    results: Iterable[MonthResult],
    localities: pl.DataFrame,
    source_id: str,
    edition_id: str,
    registers: IncidentRegisters,
) -> pl.DataFrame:
    """Counts of drugs records in registered localities, and of those without a place in the same files, as cells of ``tables.cells(source_id)``.

    ``localities`` is data/registers/localities.csv. A record is in a locality where the name of its small area is the name of that district and a number.
    The cell is column I, LSOA name, of the first record counted; where there is none, the header of that column for a district, and of column H,
    LSOA code, for the records without a small area, so that no two counts have one cell. breakdown_text is the district's code and name with
    ' | ' between, or 'no place' for the records without a small area.
    """
    wanted = [
        (slug, f"{district} | {name}", name, "I1")
        for area_id, name, district in localities.select("area_id", "name", "district_code").iter_rows()
        for slug, body in registers.bodies.items()
        if body.area_id == area_id
    ]
    wanted += [(slug, "no place", None, "H1") for slug in sorted({slug for slug, *_ in wanted})]
    label = DRUGS["street"][0]
    frames = [tables.cells(source_id).schema.to_frame()]
    for result in results if wanted else ():
        files: dict[str, str] = dict(
            result.accounting.filter(pl.col("kind") == "street").select("force", "file").iter_rows()
        )
        for slug, place, district, header in (each for each in wanted if each[0] in files):
            here = (
                pl.col("lsoa_code").is_null()
                if district is None
                else pl.col("lsoa_code").is_in(_codes(result, district))
            )
            of_place = (pl.col("force") == slug) & (pl.col("crime_type") == label) & here
            counted = pl.scan_parquet(result.path).filter(of_place)
            frames.append(
                counted.select(
                    pl.lit(source_id).alias("source_id"),
                    pl.lit(edition_id).alias("edition_id"),
                    pl.lit(files[slug]).alias("table"),
                    pl.coalesce(pl.format("I{}", pl.col("line").min()), pl.lit(header)).alias("cell"),
                    pl.lit("figure").alias("kind"),
                    pl.lit(None, pl.String).alias("area_code_text"),
                    pl.lit(registers.bodies[slug].names[0]).alias("area_text"),
                    pl.lit(label).alias("measure_text"),
                    pl.lit(place).alias("breakdown_text"),
                    pl.lit(result.month).alias("period_text"),
                    pl.len().cast(pl.String).alias("value_text"),
                    pl.lit(None, pl.String).alias("source_url"),
                ).collect()
            )
    return pl.concat(frames).sort("table", "breakdown_text")


def _codes(result: MonthResult, district: str) -> list[str]:
    """The small areas of a month that are named after a district."""
    named = result.areas["lsoa_name"].str.replace(r" \w+$", "") == district
    return result.areas["lsoa_code"].filter(named).to_list()


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
