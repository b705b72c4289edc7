"""The section on records that police bodies publish for each month on data.police.uk: another product than recorded crime, never added to it."""

from datetime import date, timedelta
from typing import Final

import polars as pl

from reports import formats, wording
from reports.document import Block, Heading, Number, Paragraph, Run, Table, TableColumn
from reports.numbers import ReportData
from reports.products.comparability import over_time
from reports.products.shared import source_note
from transforms.harmonise.supply import SOURCE

_DRUGS: Final = "police_uk_drugs_records"
_SEARCHES: Final = "police_uk_searches_for_drugs"
# Measures of one published count each, and the head of their column. A measure that is the sum of several outcomes is in the data only.
_COLUMNS: Final = {
    _DRUGS: "Drugs records",
    f"{_DRUGS}_possession_warning": "Possession warning",
    f"{_DRUGS}_caution": "Caution",
    f"{_DRUGS}_local_resolution": "Local resolution",
    f"{_DRUGS}_penalty_notice": "Penalty notice",
    _SEARCHES: "Searches for drugs",
    f"{_SEARCHES}_arrest": "Arrest",
}
RECORDS: Final = tuple(_COLUMNS)
_NOT_PUBLISHED: Final = "not held"
_NO_RECORD: Final = "none"
_NO_FIGURE: Final = "no figure"


def monthly_records(data: ReportData, area_id: str) -> tuple[Block, ...]:
    """Drugs records and searches for drugs by month, as one table for each; nothing for an area without any.

    A month without a file is printed as not held, one that was not supplied as no figure, with the reason below: neither is zero. Of several
    archives with a month the one that stands for it is shown. What to know of a month, and the rows of it that were set aside, stand below the table.
    """
    held, files = _held(data, area_id), _files(data, area_id)
    tables = [
        _table(data, area_id, held, files.filter(pl.col("kind") == kind), total, caption)
        for total, kind, caption in (
            (_DRUGS, "street", "Drugs records, and the outcome published last for them"),
            (_SEARCHES, "stop-and-search", "Stops and searches for drugs, and those whose outcome was an arrest"),
        )
        if held["measure_id"].eq(total).any() or files.filter(pl.col("kind") == kind)["not_supplied"].count()
    ]
    if not tables:
        return ()
    return (
        Heading(3, "Records published by month", "monthly-records"),
        Paragraph((wording.MONTHLY_RECORDS,)),
        *tables,
    )


def used_sources(data: ReportData, area_id: str) -> list[str]:
    """The sources of what ``monthly_records`` shows of an area."""
    return _held(data, area_id)["source_id"].unique().sort().to_list()


def _files(data: ReportData, area_id: str) -> pl.DataFrame:
    """The files that stand for the months of an area, with the first day of their month."""
    return data.record_files.filter((pl.col("area_id") == area_id) & pl.col("replaced_by").is_null()).with_columns(
        pl.format("{}-01", "month").str.to_date().alias("first_day")
    )


def _held(data: ReportData, area_id: str) -> pl.DataFrame:
    replaced = data.record_files.filter(pl.col("replaced_by").is_not_null())
    return (
        data.observed(area_id)
        .filter(pl.col("measure_id").is_in(list(_COLUMNS)))
        .join(replaced.select("edition_id", pl.col("file").alias("table")), on=["edition_id", "table"], how="anti")
        .sort("vintage", "observation_id", descending=[True, False])
        .unique(["measure_id", "period_start"], keep="first", maintain_order=True)
    )


def _table(data: ReportData, area_id: str, held: pl.DataFrame, files: pl.DataFrame, total: str, caption: str) -> Table:
    shown = held.filter(pl.col("measure_id").str.starts_with(total))
    measures = [measure for measure in _COLUMNS if measure.startswith(total)]
    printed: dict[tuple[str, date], Run] = {
        (row["measure_id"], row["period_start"]): Number(formats.count(row["value"]), row["observation_id"])
        for row in shown.iter_rows(named=True)
    }
    without = set(files.filter(pl.col("not_supplied").is_not_null())["first_day"])
    months = _with_gaps(sorted({*shown.filter(measure_id=total)["period_start"], *without}))
    notes = [
        f"{formats.month(first_day)}: {note}."
        for first_day, note in files.sort("first_day").select("first_day", _to_know()).drop_nulls().iter_rows()
    ]
    return Table(
        anchor=f"table-{total.replace('_', '-')}",
        caption=f"{caption}, {data.area(area_id)['name']}, as published on data.police.uk",
        columns=(TableColumn("Month"), *(TableColumn(_COLUMNS[measure], numeric=True) for measure in measures)),
        rows=tuple(
            (
                month if end is None else f"{month} to {formats.month(end)}",
                *(
                    printed.get((measure, start), _instead((total, start) in printed, start in without))
                    for measure in measures
                ),
            )
            for start, end in months
            for month in (formats.month(start),)
        ),
        source_note=" ".join(
            [
                f"{source_note(data, shown)} Where it says none, no record of the month has that outcome."
                if len(shown)
                else f"Source: {data.sources[SOURCE].title}.",
                *notes,
                over_time(data, total, [area_id]),
            ]
        ).strip(),
    )


def _instead(has_month: bool, is_without: bool) -> str:
    """What stands where a measure has no number in a month."""
    if has_month:
        return _NO_RECORD
    return _NO_FIGURE if is_without else _NOT_PUBLISHED


def _to_know() -> pl.Expr:
    """Why a month has no figure, what to know of the one that it has, or which rows were set aside; null where there is nothing to say."""
    set_aside = pl.when(pl.col("set_aside") > 0).then(pl.format("set aside, {}", "set_aside_why"))
    return pl.coalesce(pl.format("no figure, {}", "not_supplied"), "warning", set_aside)


def _with_gaps(months: list[date]) -> list[tuple[date, date | None]]:
    """The first days of months, and between them every stretch of months that is missing as (its first month, its last, or None for one)."""
    rows: list[tuple[date, date | None]] = []
    for month in months:
        if rows:
            expected = _next(rows[-1][0])
            last = month - timedelta(days=1)
            if expected < month:
                rows.append((expected, None if _next(expected) == month else last))
        rows.append((month, None))
    return rows


def _next(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)
