"""Which police force areas have which figures: the matrix of force and period, with the reason of each gap."""

from itertools import pairwise
from string import ascii_lowercase

import polars as pl

from reports import formats, wording
from reports import wording_figures as words
from reports.document import Block, Figure, Heading, Paragraph, Table, TableColumn
from reports.figures import MatrixColumn, coverage_matrix
from reports.numbers import ReportData
from reports.products.recorded import at_year_ends
from reports.products.shared import ARRESTS, DRUGS, LINKS, OFFICERS, REFERRALS, SEARCHES

# Longer names would not fit over a few columns; the order is that of the sections.
_HEADS = {
    DRUGS: "Drug offences, twelve months to the end of the month shown",
    REFERRALS: "Referrals by quarter",
    LINKS: "London links",
    SEARCHES: "Searches",
    ARRESTS: "Arrests",
    OFFICERS: "Officers",
}
# Measures with more periods than fit: only the year ends are shown, and where years between two of them are not held.
_AT_YEAR_ENDS = (DRUGS, OFFICERS)
# More areas than this are not named in a table.
_NAMED_AREAS = 5


def coverage(data: ReportData) -> tuple[Block, ...]:
    """The section on gaps: the matrix, and a table with each gap, the areas it is about and its reason."""
    held = _periods(data)
    missing = (
        data.coverage.filter(~pl.col("present"))
        .with_columns(pl.col("reason").fill_null(words.NO_REASON))
        .group_by("measure_id", "reason", maintain_order=True)
        .agg(pl.col("area_name").unique().sort(), pl.col("period_end").unique().sort())
    )
    if held.is_empty():
        return ()
    total = data.coverage["area_id"].n_unique()
    gaps = [
        {
            "measure": data.measure_names[row["measure_id"]],
            "areas": _areas(row["area_name"], total),
            "periods": wording.joined(f"to {formats.day(end)}" for end in row["period_end"]),
            "reason": row["reason"],
        }
        for row in missing.iter_rows(named=True)
    ]
    description = words.coverage(total, gaps)
    note = (
        "Source: the tables of this build. Where an edition is held, every other police force area has a figure in it. "
        "A missing figure is never zero."
    )
    return (
        Heading(2, "Which figures are missing, and why", "coverage"),
        Paragraph((words.COVERAGE_LEAD,)),
        Figure(
            anchor="figure-coverage",
            title=words.COVERAGE_TITLE,
            description=description,
            svg=_drawn(data, held, description),
            table=Table(
                anchor="table-coverage",
                caption="Police force areas without a published figure",
                columns=(
                    TableColumn("Measure"),
                    TableColumn("Which areas"),
                    TableColumn("Periods"),
                    TableColumn("Why"),
                ),
                rows=tuple((gap["measure"], gap["areas"], gap["periods"], gap["reason"]) for gap in gaps),
                source_note=note,
                on_paper=False,
            ),
            source_note=note,
            on_paper=False,
        ),
    )


def _periods(data: ReportData) -> pl.DataFrame:
    """measure_id and period_end of the columns: year ends of the measures with many periods, all periods of the others; in order."""
    measures = pl.Series("measure_id", list(_HEADS))
    held = (
        data.coverage.filter(pl.col("measure_id").is_in(measures.implode())).select("measure_id", "period_end").unique()
    )
    at_ends = [at_year_ends(held.filter(pl.col("measure_id") == measure)) for measure in _AT_YEAR_ENDS]
    return pl.concat([*at_ends, held.filter(~pl.col("measure_id").is_in(_AT_YEAR_ENDS))]).sort(
        pl.col("measure_id").cast(pl.Enum(measures)), "period_end"
    )


def _drawn(data: ReportData, held: pl.DataFrame, description: str) -> str:
    areas = data.coverage.select("area_id", "area_name").unique().sort("area_name")["area_name"].to_list()
    absent = (
        data.coverage.group_by("measure_id", "period_end", "area_name")
        .agg(pl.col("present").any(), pl.col("reason").first())
        .filter(~pl.col("present"))
        .with_columns(pl.col("reason").fill_null(words.NO_REASON))
    )
    unheld = {
        (measure, before)
        for measure in _AT_YEAR_ENDS
        for before, after in pairwise(held.filter(pl.col("measure_id") == measure)["period_end"])
        if (after - before).days > 366
    }
    shown = absent.join(held, on=["measure_id", "period_end"], how="semi")
    sentences = sorted({*shown["reason"], *([words.NO_EDITION] if unheld else [])})
    letters = dict(zip(sentences, ascii_lowercase, strict=False))
    columns: list[MatrixColumn] = []
    gaps: list[dict[str, str]] = []
    for measure, end in held.iter_rows():
        here = shown.filter((pl.col("measure_id") == measure) & (pl.col("period_end") == end))
        columns.append(MatrixColumn(_HEADS[measure], formats.short_month(end)))
        gaps.append({name: letters[reason] for name, reason in here.select("area_name", "reason").iter_rows()})
        if (measure, end) in unheld:
            columns.append(MatrixColumn(_HEADS[measure], "…"))
            gaps.append({area: letters[words.NO_EDITION] for area in areas})  # noqa: C420 - typed as the others
    return coverage_matrix(
        areas,
        columns,
        gaps,
        {letter: sentence for sentence, letter in letters.items()},
        anchor="figure-coverage",
        title=words.COVERAGE_TITLE,
        description=description,
    )


def _areas(names: list[str], total: int) -> str:
    if len(names) <= _NAMED_AREAS:
        return wording.joined(names)
    return f"{formats.count(len(names))} of {formats.count(total)}"
