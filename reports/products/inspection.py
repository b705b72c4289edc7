"""The section on inspections: the grades of a force by cycle, side by side and never set against each other."""

from collections.abc import Iterable, Sequence
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
    "open recommendations, whose wording is to be confirmed",
)
_EDITIONS: Final = "question-grades-"
_ALL_OF: Final = "n_areas"


def grades(data: ReportData, area_id: str, forces: Sequence[str]) -> tuple[Block, ...]:
    """M21: of one force the words of each pillar and area of policing by cycle; of several, which or how many forces have which word in the newest cycle."""
    held = data.grades.filter(pl.col("area_id").is_in(list(forces)))
    if held.is_empty():
        return ()
    stated = {source_id: _stated(data, source_id, area_id, forces) for source_id in _TABLES}
    missing = [_MISSING[source_id] for source_id, rows in stated.items() if rows.is_empty()]
    counted = _counted(data, forces)
    return (
        Heading(2, "What did inspectors say?", "inspection"),
        Paragraph((wording.GRADES_BY_CYCLE,)),
        *(_of_force(data, held, counted) if len(forces) == 1 else _of_forces(held, area_id)),
        *(_TABLES[source_id](rows, area_id) for source_id, rows in stated.items() if len(rows)),
        Paragraph((wording.not_held([*_not_held(data, held, counted, forces), *_NOT_HELD, *missing]),)),
        *caveats.caveat((), "inspection", inspected=months_old(data, forces)),
    )


def _counted(data: ReportData, forces: Sequence[str]) -> pl.DataFrame:
    """How many areas of policing of these forces have which grade, as their pages count them: area_id, period_text, source_url, n_areas and each word."""
    cells = data.statements.filter(
        (pl.col("source_id") == SOURCE) & (pl.col("kind") == "figure") & pl.col("area_id").is_in(list(forces))
    )
    if cells.is_empty():
        return cells
    one = ["area_id", "period_text", "source_url"]
    return cells.pivot("measure_text", index=one, values="value_text", aggregate_function="first", maintain_order=True)


def _not_held(data: ReportData, held: pl.DataFrame, counted: pl.DataFrame, forces: Sequence[str]) -> list[str]:
    """Which grades of areas of policing are missing, by cycle: for one force of how many areas, for several of how many forces."""
    editions = [each for each in data.sources[SOURCE].editions if each.id.startswith(_EDITIONS)]
    cycles = [each.period_words for each in editions if each.period_words]
    missing = []
    for cycle in cycles:
        named = held.filter(
            (pl.col("cycle") == cycle) & pl.col("how_known").is_not_null() & pl.col("word").is_not_null()
        )
        known, every, what = named["area_id"].n_unique(), len(forces), "police forces"
        if len(forces) == 1 and len(named):
            of_cycle = counted.filter(pl.col("period_text") == cycle) if len(counted) else counted
            every = int(of_cycle[_ALL_OF][0]) if len(of_cycle) else len(named)
            known, what = len(named), "areas of policing"
        if known < every:
            missing.append(wording.grades_missing(cycle, every - known, every, what))
    return missing


def months_old(data: ReportData, forces: Sequence[str]) -> tuple[str, int] | None:
    """The newest cycle with a grade of these forces, and the months from its last day to the newest edition; None without a grade."""
    graded = data.grades.filter(pl.col("area_id").is_in(list(forces)) & pl.col("word").is_not_null())
    if graded.is_empty():
        return None
    last = graded.sort("last_day").row(-1, named=True)
    newest = date.fromisoformat(f"{max(data.editions['vintage'])}-01")
    return last["cycle"], (newest.year - last["last_day"].year) * 12 + newest.month - last["last_day"].month


def _of_force(data: ReportData, held: pl.DataFrame, counted: pl.DataFrame) -> tuple[Table, ...]:
    pillars = held.filter(pl.col("how_known").is_null())
    questions = pillars["question"].unique().sort().to_list()
    cycles = pillars.unique("cycle").sort("first_day")
    words = {(row["cycle"], row["question"]): _word(row) for row in pillars.iter_rows(named=True)}
    of_pillars = Table(
        anchor="table-grades",
        caption="Grades by pillar, each to be read within its own cycle",
        columns=(TableColumn("Cycle"), *(TableColumn(question) for question in questions)),
        rows=tuple(
            (cycle, *(words.get((cycle, question), formats.NOT_AVAILABLE) for question in questions))
            for cycle in cycles["cycle"]
        ),
        source_note=f"Source: {_PUBLISHER}. {_scales(cycles['tiers'].unique().sort())}{formats.legend([formats.NOT_AVAILABLE])} Each grade leads back to its page in the table inspection_grades for download. {from_cycle_to_cycle(data, held['area_id'].unique().to_list())}".strip(),
        dense=True,
    )
    return (of_pillars, *_of_policing(held, counted))


def _of_policing(held: pl.DataFrame, counted: pl.DataFrame) -> tuple[Table, ...]:
    """The areas of policing of a force by cycle and grade, with day, page and how sure each is, and how many the page counts; the newest cycle first."""
    named = held.filter(pl.col("how_known").is_not_null() & pl.col("word").is_not_null())
    counts = {row["period_text"]: row for row in counted.iter_rows(named=True)}
    rows: list[tuple[Run, ...]] = []
    for cycle in sorted({*named["cycle"], *counts}, reverse=True):
        of_cycle = named.filter(pl.col("cycle") == cycle)
        for word in _ORDER:
            graded = of_cycle.filter(pl.col("word") == word)
            for (url, sure, published), same in graded.group_by(
                "source_url", "how_sure", "published", maintain_order=True
            ):
                names = "; ".join(_name_of(row) for row in same.sort("question").iter_rows(named=True))
                rows.append(
                    (cycle, wording.capitalised(word), names, _when(published), str(sure), Link("page", str(url)))
                )
        if cycle in counts:
            rows.append(_count_of(cycle, counts[cycle], len(of_cycle)))
    if not rows:
        return ()
    headers = ("Cycle", "Grade", "Areas of policing", "Published", "How sure", "Seen at")
    return (
        Table(
            anchor="table-grades-of-areas",
            caption="Grades by area of policing, each to be read within its own cycle",
            columns=tuple(TableColumn(header) for header in headers),
            rows=tuple(rows),
            source_note=f"Source: {_PUBLISHER}, as read on the pages given; gathered by hand. {wording.GRADES_DEDUCED} {formats.legend([formats.NOT_AVAILABLE])}",
            dense=True,
        ),
    )


def _name_of(row: Row) -> str:
    """An area of policing, with what to know of its grade."""
    first, _, on = (row["changed"] or "").removeprefix("from ").partition(" on ")
    said = [
        *(["deduced"] if row["how_known"] != "stated" else []),
        *([f"first {first}, changed on {formats.day(date.fromisoformat(on))}"] if first else []),
    ]
    return f"{row['question']} ({', '.join(said)})" if said else row["question"]


def _count_of(cycle: str, row: Row, named: int) -> tuple[Run, ...]:
    """How many areas a page counts by grade, and where it counts fewer than are named elsewhere, that."""
    numbers = [(int(row[word.replace(" ", "_")]), word) for word in _ORDER]
    told = ", ".join(f"{number} {word}" for number, word in numbers if number)
    every = int(row[_ALL_OF])
    more = f"; {named} are named on the page above" if named > every else ""
    return (
        *(cycle, "Counted", f"{every} areas: {told}{more}", formats.NOT_AVAILABLE, "count on the page"),
        Link("page", row["source_url"]),
    )


def _when(published: object) -> str:
    """A day or month of publication in words; not available where it is not known."""
    text = str(published or "")
    if not text:
        return formats.NOT_AVAILABLE
    return (
        formats.day(date.fromisoformat(text))
        if len(text) == len("2025-02-06")
        else formats.month(date.fromisoformat(f"{text}-01"))
    )


def _of_forces(held: pl.DataFrame, area_id: str) -> tuple[Table, ...]:
    """Within the newest cycle, the forces with each grade by question: how many of the nation, which of a region."""
    graded = held.filter(pl.col("word").is_not_null())
    newest = graded.filter(pl.col("last_day") == graded["last_day"].max())
    if newest.is_empty():
        return ()
    cycle, is_nation = newest["cycle"][0], area_id == NATION
    words = [word for word in _ORDER if word in _words_of(newest["tiers"][0])]
    named = {
        (question, word): sorted(of["area_name"])
        for (question, word), of in newest.group_by("question", "word", maintain_order=True)
    }
    without = held["area_id"].n_unique() - newest["area_id"].n_unique()
    return (
        Table(
            anchor="table-grades",
            caption=f"Grades by question in the cycle {cycle}: {'number of forces' if is_nation else 'forces'}",
            columns=(
                TableColumn("Question"),
                *(TableColumn(wording.capitalised(word), numeric=is_nation) for word in words),
            ),
            rows=tuple(
                (
                    question,
                    *(
                        formats.count(len(forces)) if is_nation else ", ".join(forces) or "none"
                        for word in words
                        for forces in (named.get((question, word), []),)
                    ),
                )
                for question in newest["question"].unique().sort()
            ),
            source_note=f"Source: {_PUBLISHER}; gathered by hand. {wording.grades_of_forces(newest['area_id'].n_unique(), without)}",
            dense=True,
            on_paper=not is_nation,
        ),
    )


_INSPECTORATE: Final = "His Majesty's Inspectorate of Constabulary and Fire & Rescue Services"
_PUBLISHER: Final = f"{_INSPECTORATE}, PEEL inspections"
_ORDER: Final = ("outstanding", "good", "adequate", "requires improvement", "inadequate")


def _word(row: Row) -> Run:
    if not row["word"]:
        return f"{formats.NOT_AVAILABLE} ({row['reason']})"
    carried = "" if row["inspected_in"] == row["cycle"] else f" (inspected in {row['inspected_in']})"
    return f"{wording.capitalised(row['word'])}{carried}"


def _scales(tiers: Iterable[int]) -> str:
    """The words of each scale, the best first."""
    return "".join(f"Scale: {', '.join(_words_of(each))}. " for each in tiers)


def _words_of(tiers: int) -> Sequence[str]:
    return _FOUR if tiers == len(_FOUR) else _ORDER


_FOUR: Final = tuple(word for word in _ORDER if word != "adequate")


def used_sources(data: ReportData, area_id: str, forces: Sequence[str]) -> list[str]:
    """The sources of statements about these areas."""
    return [source_id for source_id in _TABLES if len(_stated(data, source_id, area_id, forces))]


def _stated(data: ReportData, source_id: str, area_id: str, forces: Sequence[str]) -> pl.DataFrame:
    """One row a statement about one of the forces, or about the unit of a policing region, and for the nation about any: area_text, period_text, breakdown_text, source_url
    and a column for each thing stated, as printed; the newest first."""
    about = [*forces, area_id.removesuffix("-AREA")]
    is_here = pl.lit(area_id == NATION) | pl.col("area_id").is_in(about)
    cells = data.statements.filter((pl.col("source_id") == source_id) & (pl.col("kind") == "figure") & is_here)
    if cells.is_empty():
        return cells
    one = ["area_text", "period_text", "breakdown_text", "source_url"]
    rows = cells.pivot("measure_text", index=one, values="value_text", aggregate_function="first", maintain_order=True)
    return rows.sort("period_text", "area_text", descending=[True, False], maintain_order=True)


def _recording(rows: pl.DataFrame, area_id: str) -> Table:
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


def _organised_crime(rows: pl.DataFrame, area_id: str) -> Table:
    note = f"Source: {_INSPECTORATE}, regional inspections, as reported on the pages given; gathered by hand. Scale: {', '.join(_ORDER)}."
    if area_id == NATION:
        return Table(
            anchor="table-organised-crime",
            caption="Grades for tackling serious and organised crime in the inspections by region since 2022, each given once",
            columns=tuple(TableColumn(name) for name in ("Grade", "Forces", "Regional units")),
            rows=tuple(
                (
                    wording.capitalised(word),
                    *(", ".join(sorted(_bodies(rows, word, kind))) or "none" for kind in ("force", "unit")),
                )
                for word in _ORDER
            ),
            source_note=f"{note} Each page is in the report of the force or policing region.",
            dense=True,
            on_paper=False,
        )
    return Table(
        anchor="table-organised-crime",
        caption="Grades for tackling serious and organised crime, each given once",
        columns=tuple(TableColumn(name) for name in ("Force or unit", "Published", "Grade", "How sure", "Seen at")),
        rows=tuple(
            (
                *(row["area_text"], _published(row), wording.capitalised(row["grade"])),
                *(row["breakdown_text"].split(" | ")[-1], Link("page", row["source_url"])),
            )
            for row in rows.iter_rows(named=True)
        ),
        source_note=note,
        dense=True,
    )


def _bodies(rows: pl.DataFrame, word: str, kind: str) -> list[str]:
    """The forces, or the regional units, with a grade."""
    is_kind = pl.col("breakdown_text").str.split(" | ").list.get(1) == kind
    return rows.filter(is_kind & (pl.col("grade").str.to_lowercase() == word))["area_text"].to_list()


def _published(row: Row) -> str:
    return formats.day(date.fromisoformat(row["period_text"]))


_TABLES: Final = {RECORDING: _recording, ORGANISED_CRIME: _organised_crime}
_MISSING: Final = {
    RECORDING: "inspections of crime recording here",
    ORGANISED_CRIME: "grades for serious and organised crime here",
}
