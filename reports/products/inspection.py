"""The section on inspections: the grades of a force by cycle, side by side and never set against each other."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import polars as pl

from reports import formats, wording
from reports.document import Block, Heading, Paragraph, Run, Table, TableColumn
from reports.numbers import ReportData, Row
from reports.products import caveats
from reports.products.shared import NATION

SOURCE: Final = "hmicfrs_peel_grades"
_NOT_HELD: Final = (
    "grades of single questions, such as protecting vulnerable people, of the cycles up to 2018/19",
    "grades by force of the cycles from 2021/22 on",
    "grades for serious and organised crime, by region since 2022",
    "grades for crime recording (crime data integrity, 2016 to 2020)",
    "open recommendations, whose wording is to be confirmed",
)


def grades(data: ReportData, area_id: str, forces: Sequence[str]) -> tuple[Block, ...]:
    """M21: the words of each pillar by cycle for one force; for several, how many forces have which word in the newest cycle."""
    held = data.grades.filter(pl.col("area_id").is_in(list(forces)))
    if held.is_empty():
        return ()
    newest = held.filter(pl.col("word").is_not_null()).sort("last_day")["cycle"].to_list()[-1:]
    table = _of_force(held) if len(forces) == 1 else _of_forces(held.filter(pl.col("cycle").is_in(newest)), area_id)
    return (
        Heading(2, "Inspection", "inspection"),
        Paragraph((wording.GRADES_BY_CYCLE,)),
        table,
        Paragraph((wording.not_held(_NOT_HELD),)),
        *caveats.caveat((), "inspection", inspected=months_old(data, forces)),
    )


def months_old(data: ReportData, forces: Sequence[str]) -> tuple[str, int] | None:
    """The newest cycle with a grade of these forces, and the months from its last day to the newest edition; None without a grade."""
    graded = data.grades.filter(pl.col("area_id").is_in(list(forces)) & pl.col("word").is_not_null())
    if graded.is_empty():
        return None
    last = graded.sort("last_day").row(-1, named=True)
    newest = date.fromisoformat(f"{max(data.editions['vintage'])}-01")
    return last["cycle"], (newest.year - last["last_day"].year) * 12 + newest.month - last["last_day"].month


def _of_force(held: pl.DataFrame) -> Table:
    questions = held["question"].unique().sort().to_list()
    cycles = held.unique("cycle").sort("first_day").select("cycle", "tiers").rows()
    words = {(row["cycle"], row["question"]): _word(row) for row in held.iter_rows(named=True)}
    return Table(
        anchor="table-grades",
        caption="Grades by pillar, each to be read within its own cycle",
        columns=(
            TableColumn("Cycle"),
            *(TableColumn(question) for question in questions),
            TableColumn("Words of the scale"),
        ),
        rows=tuple(
            (cycle, *(words.get((cycle, question), formats.NOT_AVAILABLE) for question in questions), _scale(tiers))
            for cycle, tiers in cycles
        ),
        source_note=f"Source: {_PUBLISHER}. {formats.legend([formats.NOT_AVAILABLE])} Each grade leads back to its page in the table inspection_grades for download.",
        dense=True,
    )


def _of_forces(newest: pl.DataFrame, area_id: str) -> Table:
    questions = newest["question"].unique().sort().to_list()
    caption = f"Grades by pillar in the cycle {newest['cycle'][0]}"
    if area_id == NATION:
        counted = newest.with_columns(pl.col("word").fill_null("no grade held")).group_by("word", "question").len()
        number = {(row["word"], row["question"]): row["len"] for row in counted.iter_rows(named=True)}
        words = sorted(
            {word for word, _ in number}, key=lambda word: _ORDER.index(word) if word in _ORDER else len(_ORDER)
        )
        counts = tuple(
            (wording.capitalised(word), *(formats.count(number.get((word, question), 0)) for question in questions))
            for word in words
        )
        columns = (TableColumn("Grade"), *(TableColumn(question, numeric=True) for question in questions))
        return Table(
            "table-grades", f"{caption}: number of forces", columns, counts, f"Source: {_PUBLISHER}.", dense=True
        )
    by_force = {(row["area_name"], row["question"]): _word(row) for row in newest.iter_rows(named=True)}
    rows = tuple(
        (name, *(by_force.get((name, question), formats.NOT_AVAILABLE) for question in questions))
        for name in newest["area_name"].unique().sort()
    )
    return Table(
        "table-grades",
        caption,
        (TableColumn("Police force area"), *(TableColumn(question) for question in questions)),
        rows,
        f"Source: {_PUBLISHER}. {formats.legend([formats.NOT_AVAILABLE])}",
        dense=True,
    )


_PUBLISHER: Final = "His Majesty's Inspectorate of Constabulary and Fire & Rescue Services, PEEL inspections"
_ORDER: Final = ("outstanding", "good", "adequate", "requires improvement", "inadequate")


def _word(row: Row) -> Run:
    return wording.capitalised(row["word"]) if row["word"] else f"{formats.NOT_AVAILABLE} ({row['reason']})"


def _scale(tiers: int) -> str:
    """The words of a scale, the best first."""
    return ", ".join(_FOUR if tiers == len(_FOUR) else _ORDER)


_FOUR: Final = tuple(word for word in _ORDER if word != "adequate")
