"""What the County Lines Programme says that it achieved, each statement by the month; only where its areas are whole policing regions or more."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import polars as pl

from reports import formats, wording
from reports.document import Block, Link, Paragraph, Table, TableColumn
from reports.numbers import ReportData
from reports.products.comparability import of_programme
from reports.products.shared import NATION
from reports.products.stated import PAGE, TITLE

SOURCE: Final = "ho_county_lines_programme"
# Statements gathered later, most of them bounds, are on the page of statements.
_TABLE: Final = "county_lines_programme_results"
_OUTPUTS: Final = {
    "lines_closed": "Lines closed (a month)",
    "type1_closures": "By charge of the holder (a month)",
    "arrests": "Arrests (a month)",
    "safeguarding_referrals": "Safeguarding referrals (a month)",
}
_BREAK: Final = "B20"


def programme(data: ReportData, area_id: str, forces: Sequence[str]) -> tuple[Block, ...]:
    """M16 to M18 for the nation and for policing regions; for other areas, that nothing is published for them."""
    stated = data.statements.filter((pl.col("source_id") == SOURCE) & (pl.col("table") == _TABLE))
    if stated.is_empty():
        return ()
    if area_id != NATION and data.area(area_id)["kind"] != "policing_region":
        return (Paragraph((wording.PROGRAMME_ELSEWHERE,)),)
    anew = min(data.breaks.filter(pl.col("break_id") == _BREAK)["date"])
    rows = [
        _line(text, cells, anew)
        for (text,), cells in stated.filter(pl.col("measure_text").is_in(list(_OUTPUTS))).group_by(
            "period_text", maintain_order=True
        )
    ]
    return (
        Paragraph(
            (
                f"{wording.PROGRAMME_MEANING} More statements, weeks of action, law and money, and which statements differ: ",
                Link(TITLE, f"{PAGE}.html"),
                ".",
            )
        ),
        Table(
            anchor="table-programme",
            caption="Results that the County Lines Programme states, for the United Kingdom: totals, and by the month",
            columns=(
                TableColumn("Period"),
                *(TableColumn(header, numeric=True) for header in _OUTPUTS.values()),
                TableColumn("Counting"),
                TableColumn("Cells"),
            ),
            rows=tuple(rows),
            source_note=f"Source: {data.sources[SOURCE].publisher.name}, {data.sources[SOURCE].title}. {formats.legend([formats.NOT_AVAILABLE])} {of_programme(data)}".strip(),
            dense=True,
        ),
    )


def _line(text: str, cells: pl.DataFrame, anew: date) -> tuple[str, ...]:
    start, end, approximate = _months(text)
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    printed = dict(cells.select("measure_text", "value_text").iter_rows())
    named = f"{formats.month(start)} to {formats.month(end)} ({months} months{', about' if approximate else ''})"
    counting = f"anew from {formats.month(anew)}" if start >= anew else f"before {formats.month(anew)}"
    held = cells.filter(pl.col("value_text").is_not_null())["cell"].to_list()
    return (named, *(_output(printed.get(name), months) for name in _OUTPUTS), counting, ", ".join(held))


def _output(text: str | None, months: int) -> str:
    if text is None:
        return formats.NOT_AVAILABLE
    return f"{formats.count(float(text))} ({formats.rate(float(text) / months)})"


def _months(text: str) -> tuple[date, date, bool]:
    """First days of the first and last month of '2022-04 | 2023-06 (approx.)', and whether the publisher says about."""
    first, _, last = text.removesuffix(" (approx.)").partition(" | ")
    return date.fromisoformat(f"{first}-01"), date.fromisoformat(f"{last}-01"), text.endswith("(approx.)")
