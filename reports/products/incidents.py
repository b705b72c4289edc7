"""The section on records that police bodies publish for each month on data.police.uk: another product than recorded crime, never added to it."""

from datetime import date
from typing import Final

import polars as pl

from reports import formats, wording
from reports.document import Block, Heading, Number, Paragraph, Table, TableColumn
from reports.numbers import ReportData
from reports.products.comparability import over_time
from reports.products.shared import source_note
from transforms.harmonise.supply import SOURCE

_DRUGS: Final = "police_uk_drugs_records"
_SEARCHES: Final = "police_uk_searches_for_drugs"
# What came of them, and how a sentence names it. A measure that is the sum of several outcomes is in the data only.
_OUTCOMES: Final = {
    _DRUGS: {
        f"{_DRUGS}_possession_warning": "a possession warning",
        f"{_DRUGS}_caution": "a caution",
        f"{_DRUGS}_local_resolution": "a local resolution",
        f"{_DRUGS}_penalty_notice": "a penalty notice",
    },
    _SEARCHES: {f"{_SEARCHES}_arrest": "an arrest"},
}
RECORDS: Final = tuple(measure for total, outcomes in _OUTCOMES.items() for measure in (total, *outcomes))
_KINDS: Final = {_DRUGS: ("street", "drugs records"), _SEARCHES: ("stop-and-search", "searches for drugs")}
_MONTHS: Final = 12


def monthly_records(data: ReportData, area_id: str) -> tuple[Block, ...]:
    """Drugs records and searches for drugs by month, a table each with a row a year, and what came of those of the newest month; nothing for an area without any.

    A month without a file, and one that was not supplied, has no figure: neither is zero, and of the latter the reason stands below. Of several
    archives with a month the one that stands for it is shown. What to know of a month, and the rows of it that were set aside, stand below the table.
    """
    held, files = _held(data, area_id), _files(data, area_id)
    found = [
        (total, files.filter(pl.col("kind") == kind))
        for total, (kind, _) in _KINDS.items()
        if held["measure_id"].eq(total).any() or files.filter(pl.col("kind") == kind)["not_supplied"].count()
    ]
    if not found:
        return ()
    return (
        Heading(3, "Records published by month", "monthly-records"),
        Paragraph((wording.MONTHLY_RECORDS,)),
        *(block for total, of_kind in found for block in _of_kind(data, area_id, held, of_kind, total)),
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
        .filter(pl.col("measure_id").is_in(RECORDS))
        .join(replaced.select("edition_id", pl.col("file").alias("table")), on=["edition_id", "table"], how="anti")
        .sort("vintage", "observation_id", descending=[True, False])
        .unique(["measure_id", "period_start"], keep="first", maintain_order=True)
    )


def _of_kind(data: ReportData, area_id: str, held: pl.DataFrame, files: pl.DataFrame, total: str) -> tuple[Block, ...]:
    shown = held.filter(pl.col("measure_id") == total)
    printed = {
        (row["period_start"].year, row["period_start"].month): Number(
            formats.count(row["value"]), row["observation_id"]
        )
        for row in shown.iter_rows(named=True)
    }
    without = files.filter(pl.col("not_supplied").is_not_null())["first_day"]
    years = sorted({*shown["period_start"].dt.year(), *without.dt.year()})
    notes = [
        f"{formats.month(first_day)}: {note}."
        for first_day, note in files.sort("first_day").select("first_day", _to_know()).drop_nulls().iter_rows()
    ]
    months = [date(years[0], month, 1) for month in range(1, _MONTHS + 1)]
    source = source_note(data, shown) if len(shown) else f"Source: {data.sources[SOURCE].title}."
    table = Table(
        anchor=f"table-{total.replace('_', '-')}",
        caption=f"{wording.capitalised(_KINDS[total][1])} by month, {data.area(area_id)['name']}, as published on data.police.uk",
        columns=(TableColumn("Year"), *(TableColumn(f"{month:%b}", numeric=True) for month in months)),
        rows=tuple(
            (str(year), *(printed.get((year, month.month), formats.NOT_AVAILABLE) for month in months))
            for year in years
        ),
        source_note=" ".join(
            [source, formats.legend([formats.NOT_AVAILABLE]), *notes, over_time(data, total, [area_id])]
        ).strip(),
        dense=True,
    )
    return (table, *_outcomes(held, shown, total))


def _outcomes(held: pl.DataFrame, shown: pl.DataFrame, total: str) -> tuple[Block, ...]:
    """What came of the records of the newest month."""
    if shown.is_empty():
        return ()
    newest = shown.sort("period_start").row(-1, named=True)
    of_month = {
        row["measure_id"]: Number(formats.count(row["value"]), row["observation_id"])
        for row in held.filter(pl.col("period_start") == newest["period_start"]).iter_rows(named=True)
    }
    named = [(of_month.get(measure), words) for measure, words in _OUTCOMES[total].items()]
    return (
        Paragraph(
            wording.outcomes_of_month(formats.month(newest["period_start"]), of_month[total], _KINDS[total][1], named)
        ),
    )


def _to_know() -> pl.Expr:
    """Why a month has no figure, what to know of the one that it has, or which rows were set aside; null where there is nothing to say."""
    set_aside = pl.when(pl.col("set_aside") > 0).then(pl.format("set aside, {}", "set_aside_why"))
    return pl.coalesce(pl.format("no figure, {}", "not_supplied"), "warning", set_aside)
