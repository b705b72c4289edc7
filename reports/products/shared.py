"""What the sections share: which measures and areas they are about, and how they name editions and sources."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import polars as pl

from reports import formats, numbers, wording
from reports.document import Block, Links, Table, TableColumn
from reports.numbers import ReportData, Row
from transforms.indicators.shares import OF_OFFENCES, SHARES

NATION: Final = "K04000001"
DOWNLOADS: Final = "downloads"
"""The page of downloads, beside the reports."""
DRUGS: Final = "drug_offences"
REFERRALS: Final = "nrm_police_referrals"
CHILD_REFERRALS: Final = "nrm_police_child_criminal_referrals"
LINKS: Final = "london_linked_individuals"
SEARCHES: Final = "stop_searches_for_drugs"
ARRESTS: Final = "arrests_for_drug_offences"
OFFICERS: Final = "police_officers_full_time_equivalent"

CLASS_A_SUPPLY: Final = "class_a_supply_offences"
TRAFFICKING_SHARE: Final = "trafficking_share"
KINDS: Final = ("drug_trafficking_offences", "drug_possession_offences")
MODERN_SLAVERY: Final = "modern_slavery_offences"

_YEAR: Final = 12
_OF_YEARS: Final = (CLASS_A_SUPPLY, *KINDS, MODERN_SLAVERY, *SHARES)

MOST_AREAS_ON_PAPER: Final = 20
"""Lists of more areas, beside that of the rates, are on the page only."""


def edition_title(data: ReportData, row: Row) -> str:
    """What the publisher calls the edition of a row, in words."""
    return next(edition.title for edition in data.sources[row["source_id"]].editions if edition.id == row["edition_id"])


def edition_named(data: ReportData, row: Row) -> str:
    """The edition of a row by publisher and month: 'Home Office, April 2019'."""
    vintage = date.fromisoformat(f"{row['vintage']}-01")
    return f"{data.sources[row['source_id']].publisher.name}, {formats.month(vintage)}"


def source_note(data: ReportData, rows: pl.DataFrame) -> str:
    """The line under a table or chart: the sources of its rows, and the shorthand for what is missing."""
    ids = [source_id for source_id in data.sources if source_id in set(rows["source_id"])]
    named = [f"{data.sources[source_id].publisher.name}, {data.sources[source_id].title}" for source_id in ids]
    return f"Source: {'; '.join(named)}. {formats.legend(shorthand(rows))}".strip()


def newest_figures(data: ReportData, area_id: str, measure_ids: Sequence[str]) -> pl.DataFrame:
    """The newest figure that is held of each of these measures for an area, in their order; of shares and kinds of offences that of twelve months.

    Of a cohort of which no four quarters are old enough yet it is that of the newest quarter which is.
    """
    of_years = pl.col("measure_id").is_in(_OF_YEARS)
    no_year = (pl.col("months") != _YEAR).all().over("measure_id")
    return (
        data.figures(area_id)
        .filter(pl.col("measure_id").is_in(list(measure_ids)) & pl.col("is_preferred"))
        .filter(~of_years | no_year | (pl.col("months") == _YEAR))
        .sort("period_end", "vintage")
        .group_by("measure_id", maintain_order=True)
        .last()
        .with_columns(pl.col("measure_id").cast(pl.Enum(list(measure_ids))).alias("place"))
        .sort("place")
    )


def newest_table(
    data: ReportData, held: pl.DataFrame, anchor: str, caption: str, on_paper: bool = True
) -> tuple[Block, ...]:
    """A table of ``newest_figures``; nothing without one."""
    if held.is_empty():
        return ()
    table = Table(
        anchor=anchor,
        caption=caption,
        columns=(
            TableColumn("Measure"),
            TableColumn("Period"),
            TableColumn("Number", numeric=True),
            TableColumn("Rate (95% interval)", numeric=True),
            TableColumn("Per", numeric=True),
            TableColumn("Edition"),
        ),
        rows=tuple(
            (
                *(data.measure_names[row["measure_id"]], wording.capitalised(numbers.period(row))),
                *(numbers.count(row), numbers.rate_with_interval(row), _per(row)),
                edition_named(data, row),
            )
            for row in held.iter_rows(named=True)
        ),
        source_note=source_note(data, held),
        dense=True,
        on_paper=on_paper,
    )
    return (table,)


def _per(row: Row) -> str:
    """What a rate is of: a number of residents, or a hundred offences."""
    if row["denominator_rule"] == OF_OFFENCES:
        return f"{formats.count(row['multiplier'])} offences"
    return formats.count(row["multiplier"]) if row["multiplier"] else formats.NOT_APPLICABLE


def shorthand(rows: pl.DataFrame) -> set[str]:
    """The shorthand that stands for what is missing in these rows."""
    return {formats.missing(status) for status in set(rows["status"]) - {"ok"}}


def published_rank(data: ReportData, row: Row) -> int | None:
    """The rank by number that was published for the row's place and period, or None."""
    found = data.observed(row["area_id"]).filter(
        (pl.col("measure_id") == "london_linked_rank_published") & (pl.col("edition_id") == row["edition_id"])
    )
    return int(found["value"][0]) if len(found) else None


def downloads(data: ReportData, slug: str) -> tuple[Block, ...]:
    """Where the workbook of a report and the tables behind all reports are; nothing where none is published beside it."""
    workbook = f"{slug}.xlsx"
    if workbook not in data.downloads:
        return ()
    return (
        Links(
            "The data behind this report",
            (
                ("Workbook (XLSX)", workbook, "the figures of this report"),
                ("All tables (CSV, Parquet)", f"{DOWNLOADS}.html", "with metadata and data dictionary"),
            ),
        ),
    )
