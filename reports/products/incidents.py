"""The section on records that police bodies publish for each month on data.police.uk: another product than recorded crime, never added to it."""

from datetime import date, timedelta
from typing import Final

import polars as pl

from reports import formats, wording
from reports.document import Block, Heading, Number, Paragraph, Run, Table, TableColumn
from reports.numbers import ReportData
from reports.products.comparability import over_time
from reports.products.shared import source_note

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
_NOT_PUBLISHED: Final = "not held"
_NO_RECORD: Final = "none"


def monthly_records(data: ReportData, area_id: str) -> tuple[Block, ...]:
    """Drugs records and searches for drugs by month, as one table for each; nothing for an area without any.

    A month without a file is printed as not held: absent is not zero. Of several editions of a month the newest is shown.
    """
    held = _held(data, area_id)
    tables = [
        _table(data, area_id, held, total, caption)
        for total, caption in (
            (_DRUGS, "Drugs records, and the outcome published last for them"),
            (_SEARCHES, "Stops and searches for drugs, and those whose outcome was an arrest"),
        )
        if held["measure_id"].eq(total).any()
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


def _held(data: ReportData, area_id: str) -> pl.DataFrame:
    return (
        data.observed(area_id)
        .filter(pl.col("measure_id").is_in(list(_COLUMNS)))
        .sort("vintage", "observation_id", descending=[True, False])
        .unique(["measure_id", "period_start"], keep="first", maintain_order=True)
    )


def _table(data: ReportData, area_id: str, held: pl.DataFrame, total: str, caption: str) -> Table:
    shown = held.filter(pl.col("measure_id").str.starts_with(total))
    measures = [measure for measure in _COLUMNS if measure.startswith(total)]
    printed: dict[tuple[str, date], Run] = {
        (row["measure_id"], row["period_start"]): Number(formats.count(row["value"]), row["observation_id"])
        for row in shown.iter_rows(named=True)
    }
    months = _with_gaps(shown.filter(measure_id=total)["period_start"].unique().sort().to_list())
    return Table(
        anchor=f"table-{total.replace('_', '-')}",
        caption=f"{caption}, {data.area(area_id)['name']}, as published on data.police.uk",
        columns=(TableColumn("Month"), *(TableColumn(_COLUMNS[measure], numeric=True) for measure in measures)),
        rows=tuple(
            (
                month if end is None else f"{month} to {formats.month(end)}",
                *(
                    printed.get((measure, start), _NO_RECORD if (total, start) in printed else _NOT_PUBLISHED)
                    for measure in measures
                ),
            )
            for start, end in months
            for month in (formats.month(start),)
        ),
        source_note=f"{source_note(data, shown)} Where it says none, no record of the month has that outcome. {over_time(data, total, [area_id])}".strip(),
    )


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
