"""Grades as intervals on an ordered scale. They are words, never numbers: nothing here adds, averages or scores them."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from transforms.comparability import SIDE, entries, grade_pairs, successive
from transforms.contracts.registers import read_register
from transforms.contracts.tables import INSPECTION_GRADES
from transforms.errors import CountyLinesError, RegisterError
from transforms.harmonise.registers import Registers
from transforms.inspection.statements import unconfirmed

_NO_CONCLUSION = "side by side, no conclusion on a change"
# Words that say that there is no grade, and why.
_LINE = ["source_id", "edition_id", "table", "line"]
# The table of grades by area of policing; its breakdowns are the question, the day of publication where it is known, how the grade is known, and how sure.
_OF_AREAS = "peel_question_grades"
_CHANGED = r"^(\w+) changed from ([a-z ]+?) to [a-z ]+ on (\d{4}-\d{2}-\d{2})"
_UNGRADED = {"not yet graded": "revisit pending", "not graded": "ungraded area"}


@dataclass(frozen=True)
class Scale:
    """The inspection cycles and, for each number of tiers, the interval that a word stands for."""

    cycles: pl.DataFrame
    grades: pl.DataFrame


def load_scale(data: Path) -> Scale:
    """Read inspection_cycles.csv and inspection_grades.csv. Raises RegisterError for a row that breaks its contract or an interval upside down."""
    cycles = read_register(data, "inspection_cycles")
    grades = read_register(data, "inspection_grades").with_columns(pl.col("lower", "upper").cast(pl.Int8))
    for row in grades.filter(pl.col("lower") > pl.col("upper")).head(1).iter_rows(named=True):
        raise RegisterError(
            f"inspection_grades.csv: {row['word']} of {row['tiers']} tiers starts above its end; swap them."
        )
    return Scale(cycles.with_columns(pl.col("first_day", "last_day").str.to_date()), grades)


def inspection_grades(cells: pl.DataFrame, areas: pl.DataFrame, scale: Scale) -> pl.DataFrame:
    """Read the grades of pillars and of areas of policing out of raw cells: the contract INSPECTION_GRADES.

    ``cells`` are of hmicfrs_peel_grades; ``areas`` has the slugs. A cell without a word, or with one that says that no grade was given,
    has no interval and a reason; so has one whose row is not confirmed. A grade whose note says 'inspected in 2017' was carried over from that cycle; without
    such a note a grade is of its own. A note 'responding changed from adequate to requires improvement on 2024-08-08' is of the question that begins with that word.
    Raises CountyLinesError for a force, cycle or word that no register knows.
    """
    line = pl.col("cell").str.extract(r"(\d+)$")
    doubtful = unconfirmed(cells).rename({"row": "line"})
    said = pl.col("value_text")
    noted = (
        cells.filter(pl.col("kind") == "note")
        .group_by("source_id", "edition_id", "table", line.alias("line"))
        .agg(
            said.str.extract(r"inspected in (\d{4}(?:/\d{2})?)").drop_nulls().first().alias("inspected_in"),
            *(
                said.str.extract(_CHANGED, place).drop_nulls().first().alias(name)
                for place, name in enumerate(("about", "changed_from", "changed_on"), 1)
            ),
        )
    )
    parts = pl.col("breakdown_text").str.split(" | ")
    is_of_area = pl.col("table") == _OF_AREAS
    found = (
        cells.filter((pl.col("kind") == "figure") & (pl.col("measure_text") == "grade"))
        .with_columns(
            parts.list.get(0).alias("question"),
            pl.col("breakdown_text").str.extract(r"(\d)-tier").alias("tiers_printed"),
            pl.when(is_of_area & parts.list.get(1).str.contains(r"^\d{4}-")).then(parts.list.get(1)).alias("published"),
            pl.when(is_of_area).then(parts.list.get(-2)).alias("how_known"),
            pl.when(is_of_area).then(parts.list.get(-1)).alias("how_sure"),
            pl.col("value_text").str.to_lowercase().alias("word"),
            pl.col("period_text").alias("cycle"),
        )
        .join(
            areas.filter(pl.col("kind") == "police_force_area").select(
                pl.col("slug").alias("area_text"), "area_id", pl.col("name").alias("area_name")
            ),
            on="area_text",
            how="left",
        )
        .join(scale.cycles.select("cycle", "first_day", "last_day", "tiers"), on="cycle", how="left")
        .with_columns(line.alias("line"), pl.coalesce("tiers_printed", "tiers").alias("tiers"))
        .join(noted, on=_LINE, how="left")
        .join(doubtful.with_columns(pl.lit(True).alias("is_doubtful")), on=_LINE, how="left")
        .with_columns(
            pl.coalesce("inspected_in", "cycle").alias("inspected_in"),
            pl.when(pl.col("question").str.to_lowercase().str.starts_with(pl.col("about")))
            .then(pl.format("from {} on {}", "changed_from", "changed_on"))
            .alias("changed"),
        )
        .join(scale.grades, on=["tiers", "word"], how="left")
    )
    ungraded = pl.col("word").is_null() | pl.col("word").is_in(list(_UNGRADED))
    unknown = found.filter(
        pl.col("area_id").is_null()
        | pl.col("first_day").is_null()
        | ~pl.col("inspected_in").is_in(scale.cycles["cycle"].implode())
        | (pl.col("lower").is_null() & ~ungraded)
    )
    for row in unknown.head(1).iter_rows(named=True):
        raise CountyLinesError(
            f"{row['source_id']} {row['edition_id']}, cell {row['cell']}: force {row['area_text']!r}, cycle {row['inspected_in']!r} or grade "
            f"{row['value_text']!r} is in no register; add it under data/registers or correct the cell."
        )
    return (
        found.with_columns(
            pl.concat_str("source_id", "edition_id", "table", "cell", separator="/").alias("grade_id"),
            *(
                pl.when(pl.col("lower").is_not_null() & pl.col("is_doubtful").is_null()).then(pl.col(name)).alias(name)
                for name in ("word", "lower", "upper")
            ),
            pl.when("is_doubtful")
            .then(pl.lit("to be confirmed"))
            .when(pl.col("word").is_null())
            .then(pl.lit("not found"))
            .otherwise(pl.col("word").replace_strict(_UNGRADED, default=None))
            .alias("reason"),
            pl.col("tiers").cast(pl.Int8),
        )
        .sort("grade_id")
        .select(pl.col(name).cast(dtype) for name, dtype in INSPECTION_GRADES.schema.items())
    )


def find_grade(
    grades: pl.DataFrame, scale: Scale, areas: pl.DataFrame, area_id: str, cycle: str, question: str
) -> dict[str, Any]:
    """The row of one force, cycle and question; a row without a grade and the reason 'not held' where none is. ``areas`` is the register.

    Raises CountyLinesError for an area that is no police force area, a cycle that is not registered, or a question that no cycle has.
    """
    rows = grades.filter((pl.col("area_id") == area_id) & (pl.col("cycle") == cycle) & (pl.col("question") == question))
    if len(rows):
        return rows.row(0, named=True)
    of_area = grades.filter(pl.col("area_id") == area_id)
    cycles = scale.cycles.filter(pl.col("cycle") == cycle)
    if of_area.is_empty():
        area = areas.row(by_predicate=pl.col("area_id") == area_id, named=True)
        raise CountyLinesError(
            f"{area['name']} is a {area['kind'].replace('_', ' ')}, and PEEL grades are given to police forces only; give a force, such as Norfolk."
        )
    if cycles.is_empty():
        raise CountyLinesError(
            f"No inspection cycle is called {cycle!r}; the cycles are {', '.join(scale.cycles['cycle'])}."
        )
    if question not in set(grades["question"]):
        raise CountyLinesError(
            f"No question or pillar held is called {question!r}: {', '.join(grades['question'].unique().sort())}."
        )
    (registered,) = cycles.iter_rows(named=True)
    return {
        **dict.fromkeys(INSPECTION_GRADES.schema),
        **{
            "grade_id": f"no grade held for {question} in {cycle}",
            "area_id": area_id,
            "area_name": of_area["area_name"][0],
        },
        **{"cycle": cycle, "question": question, "reason": "not held"},
        **{name: registered[name] for name in ("first_day", "last_day")},
    }


def newest_cycle(grades: pl.DataFrame, scale: Scale, area_ids: Collection[str], question: str) -> str:
    """The newest cycle in which every one of the forces has a grade for a question; where none has, the newest that is registered."""
    areas = set(area_ids)
    cycles = scale.cycles.sort("last_day", descending=True)["cycle"]
    graded = grades.filter(
        pl.col("area_id").is_in(list(areas)) & (pl.col("question") == question) & pl.col("word").is_not_null()
    )
    found = graded.group_by("cycle").agg(pl.n_unique("area_id").alias("areas")).filter(pl.col("areas") == len(areas))
    held = set(found["cycle"])
    return next((cycle for cycle in cycles if cycle in held), str(cycles[0]))


def sides_of_grades(grades: pl.DataFrame) -> pl.DataFrame:
    """Rows of INSPECTION_GRADES as sides of a comparison, in their order: SIDE and claim_scope."""
    known = {
        "figure_id": pl.col("grade_id"),
        **{"measure_id": pl.lit("peel_grade"), "definition_id": pl.lit("D30"), "unit_id": pl.lit("grade")},
        **{"breakdown": pl.col("question"), "period_kind": pl.lit("cycle")},
        **{"period_start": pl.col("first_day"), "period_end": pl.col("last_day"), "area_id": pl.col("area_id")},
        **{"level": pl.lit("police_force_area"), "geography_basis": pl.lit("force"), "left_out": pl.lit("")},
        "coverage": pl.when(pl.col("word").is_null()).then(pl.lit("absent")).otherwise(pl.lit("complete")),
        "source_quality": pl.lit("official"),
    }
    return grades.select(
        *(known.get(name, pl.lit(None)).cast(dtype).alias(name) for name, dtype in SIDE.items()),
        pl.lit("inspection").alias("claim_scope"),
    )


def with_inspections(ledger: pl.DataFrame, grades: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """The ledger with a line for each grade of a force and that of the same question in the next cycle held: the contract COMPARABILITY."""
    if grades.is_empty():
        return ledger
    pairs = grade_pairs(successive(sides_of_grades(grades)), registers).with_columns(pl.lit("inspection").alias("kind"))
    # A grade of another cycle is no more and no less: the inspectorate says that its cycles cannot be compared.
    allowed = pl.when(pl.col("grade") == "C").then(pl.lit(_NO_CONCLUSION)).otherwise("allowed").alias("allowed")
    return pl.concat([ledger, entries(pairs).with_columns(allowed)])


def may_say_changed(first: dict[str, Any], second: dict[str, Any], stated_by_inspectorate: bool) -> bool:
    """Whether a change may be stated: the intervals do not touch, and the inspectorate itself states the change."""
    if None in (first["lower"], second["lower"]):
        return False
    disjoint = first["upper"] < second["lower"] or second["upper"] < first["lower"]
    return bool(disjoint and stated_by_inspectorate)
