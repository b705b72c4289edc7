"""Cells of curated tables as sides of a comparison: outputs of the programme and of weeks of action, of the whole United Kingdom."""

from datetime import date
from typing import Any

import polars as pl

from transforms.comparability import SIDE, entries, grade_pairs, successive
from transforms.harmonise.registers import Registers

_PROGRAMME = "ho_county_lines_programme"
# What later tables say is mostly over so many, of periods that lie in others: nothing to compare.
_EXACT = "county_lines_programme_results"
_OUTPUTS = {
    "type1_closures": "line_closures_type_1",
    "arrests": "programme_arrests",
    "safeguarding_referrals": "programme_safeguarding_referrals",
}


def with_programme(ledger: pl.DataFrame, cells: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """The ledger with a line for each result of the programme, by the month, and the one of the period before: the contract COMPARABILITY.

    ``cells`` are raw cells of curated sources.
    """
    stated = cells.filter(
        (pl.col("source_id") == _PROGRAMME)
        & (pl.col("table") == _EXACT)
        & pl.col("measure_text").is_in(list(_OUTPUTS))
        & pl.col("value_text").is_not_null()
    )
    if stated.is_empty():
        return ledger
    sides = [
        side_of_cell(cell, about_measure(_OUTPUTS[cell["measure_text"]], registers), per_month=True)
        for cell in stated.iter_rows(named=True)
    ]
    pairs = successive(pl.DataFrame(sides, schema=SIDE).with_columns(pl.lit("programme output").alias("claim_scope")))
    graded = grade_pairs(pairs, registers).with_columns(pl.lit("programme").alias("kind"))
    return pl.concat([ledger, entries(graded)])


def side_of_cell(cell: dict[str, Any], about: dict[str, Any], *, per_month: bool) -> dict[str, Any]:
    """A cell as SIDE: outputs of an interval, whose coverage nobody states. ``about`` is the row of its measure in the register."""
    start, end = days(cell["period_text"])
    return {
        **dict.fromkeys(SIDE),
        "figure_id": "/".join(cell[name] for name in ("source_id", "edition_id", "table", "cell")),
        **{name: about[name] for name in ("measure_id", "definition_id", "unit_id", "geography_basis")},
        **{"period_kind": "interval", "period_start": start, "period_end": end, "recut": False, "per_month": per_month},
        **{"area_id": "UK", "level": "united_kingdom", "source_quality": "management information"},
    }


def about_measure(measure_id: str, registers: Registers) -> dict[str, Any]:
    """The row of a measure in the register. Raises polars' NoRowsReturnedError for one that is not registered."""
    return registers.measures.row(by_predicate=pl.col("measure_id") == measure_id, named=True)


def days(text: str) -> tuple[date, date]:
    """First and last day of '2019-05-13 | 2019-05-20', '2019-11 | 2022-02', '2019/20'."""
    from transforms.answers import read_period

    first, _, last = text.removesuffix(" (approx.)").partition(" | ")
    if "/" in first:
        year = int(first[:4])
        return read_period(f"{year}-04/{year + 1}-03")
    if len(first) == len("2019-11"):
        return read_period(f"{first}/{last or first}")
    return date.fromisoformat(first), date.fromisoformat(last or first)
