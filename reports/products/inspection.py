"""The section on inspections: the grades of a force by cycle, side by side and never set against each other."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import polars as pl

from reports import formats, wording
from reports.document import Block, Heading, Link, Paragraph, Run, Table, TableColumn
from reports.numbers import ReportData, Row
from reports.products import caveats
from reports.products.comparability import from_cycle_to_cycle
from reports.products.shared import NATION

SOURCE: Final = "hmicfrs_peel_grades"
RECORDING: Final = "hmicfrs_crime_data_integrity"
ORGANISED_CRIME: Final = "hmicfrs_serious_organised_crime"
_NOT_HELD: Final = (
    "grades of single questions, such as protecting vulnerable people, of the cycles up to 2018/19",
    "grades by force of the cycles from 2021/22 on",
    "open recommendations, whose wording is to be confirmed",
)


def grades(data: ReportData, area_id: str, forces: Sequence[str]) -> tuple[Block, ...]:
    """M21: the words of each pillar by cycle for one force; for several, how many forces have which word in the newest cycle."""
    held = data.grades.filter(pl.col("area_id").is_in(list(forces)))
    if held.is_empty():
        return ()
    newest = held.filter(pl.col("word").is_not_null()).sort("last_day")["cycle"].to_list()[-1:]
    stated = {source_id: _stated(data, source_id, area_id, forces) for source_id in _TABLES}
    missing = [_MISSING[source_id] for source_id, rows in stated.items() if rows.is_empty()]
    table = (
        _of_force(data, held) if len(forces) == 1 else _of_forces(held.filter(pl.col("cycle").is_in(newest)), area_id)
    )
    return (
        Heading(2, "Inspection", "inspection"),
        Paragraph((wording.GRADES_BY_CYCLE,)),
        table,
        *(_TABLES[source_id](rows) for source_id, rows in stated.items() if len(rows)),
        Paragraph((wording.not_held([*_NOT_HELD, *missing]),)),
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


def _of_force(data: ReportData, held: pl.DataFrame) -> Table:
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
        source_note=f"Source: {_PUBLISHER}. {formats.legend([formats.NOT_AVAILABLE])} Each grade leads back to its page in the table inspection_grades for download. {from_cycle_to_cycle(data, held['area_id'].unique().to_list())}".strip(),
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


_INSPECTORATE: Final = "His Majesty's Inspectorate of Constabulary and Fire & Rescue Services"
_PUBLISHER: Final = f"{_INSPECTORATE}, PEEL inspections"
_ORDER: Final = ("outstanding", "good", "adequate", "requires improvement", "inadequate")


def _word(row: Row) -> Run:
    if not row["word"]:
        return f"{formats.NOT_AVAILABLE} ({row['reason']})"
    carried = "" if row["inspected_in"] == row["cycle"] else f" (inspected in {row['inspected_in']})"
    return f"{wording.capitalised(row['word'])}{carried}"


def _scale(tiers: int) -> str:
    """The words of a scale, the best first."""
    return ", ".join(_FOUR if tiers == len(_FOUR) else _ORDER)


_FOUR: Final = tuple(word for word in _ORDER if word != "adequate")


def used_sources(data: ReportData, area_id: str, forces: Sequence[str]) -> list[str]:
    """The sources of statements about these areas."""
    return [source_id for source_id in _TABLES if len(_stated(data, source_id, area_id, forces))]


def _stated(data: ReportData, source_id: str, area_id: str, forces: Sequence[str]) -> pl.DataFrame:
    """One row a statement about one of the forces, or about the unit of a policing region: area_text, period_text, breakdown_text, source_url
    and a column for each thing stated, as printed; the newest first."""
    about = [*forces, area_id.removesuffix("-AREA")]
    cells = data.statements.filter(
        (pl.col("source_id") == source_id) & (pl.col("kind") == "figure") & pl.col("area_id").is_in(about)
    )
    if cells.is_empty():
        return cells
    one = ["area_text", "period_text", "breakdown_text", "source_url"]
    rows = cells.pivot("measure_text", index=one, values="value_text", aggregate_function="first", maintain_order=True)
    return rows.sort("period_text", "area_text", descending=[True, False], maintain_order=True)


def _recording(rows: pl.DataFrame) -> Table:
    return Table(
        anchor="table-recording",
        caption="How many of the crimes that were reported to the police it recorded, as inspected",
        columns=tuple(
            TableColumn(name, numeric=name.endswith(("%", "a year")))
            for name in ("Force", "Published", "Crimes", "Recorded, %", "Not recorded, a year", "Grade", "Seen at")
        ),
        rows=tuple(
            (
                row["area_text"],
                _published(row),
                row["breakdown_text"].split(" | ")[0],
                _recorded(row),
                formats.count(float(row["not_recorded_a_year"]))
                if row["not_recorded_a_year"]
                else formats.NOT_AVAILABLE,
                wording.capitalised(row["grade"]) if row["grade"] else formats.NOT_AVAILABLE,
                Link("page", row["source_url"]),
            )
            for row in rows.iter_rows(named=True)
        ),
        source_note=f"Source: {_INSPECTORATE}, crime data integrity inspections, gathered by hand. {wording.RECORDING_MEANING} {formats.legend([formats.NOT_AVAILABLE])}",
        dense=True,
    )


def _recorded(row: Row) -> str:
    """The percentage with its margin where one was published; where only what was not recorded was printed, that, said so."""
    margin = f" ± {row['plus_or_minus']}" if row["plus_or_minus"] else ""
    if row["recorded_percent"]:
        return f"{row['recorded_percent']}{margin}"
    return (
        f"not recorded: {row['not_recorded_percent']}{margin}" if row["not_recorded_percent"] else formats.NOT_AVAILABLE
    )


def _organised_crime(rows: pl.DataFrame) -> Table:
    return Table(
        anchor="table-organised-crime",
        caption="Grades for tackling serious and organised crime, each given once",
        columns=tuple(TableColumn(name) for name in ("Force or unit", "Published", "Grade", "Seen at")),
        rows=tuple(
            (row["area_text"], _published(row), wording.capitalised(row["grade"]), Link("page", row["source_url"]))
            for row in rows.iter_rows(named=True)
        ),
        source_note=f"Source: {_INSPECTORATE}, regional inspections, as reported on the pages given; gathered by hand. Scale: {', '.join(_ORDER)}.",
        dense=True,
    )


def _published(row: Row) -> str:
    return formats.day(date.fromisoformat(row["period_text"]))


_TABLES: Final = {RECORDING: _recording, ORGANISED_CRIME: _organised_crime}
_MISSING: Final = {
    RECORDING: "inspections of crime recording here",
    ORGANISED_CRIME: "grades for serious and organised crime here",
}
