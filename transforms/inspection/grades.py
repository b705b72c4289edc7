"""Grades as intervals on an ordered scale. They are words, never numbers: nothing here adds, averages or scores them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from transforms.comparability.pairs import SIDE
from transforms.contracts.registers import read_register
from transforms.contracts.tables import INSPECTION_GRADES
from transforms.errors import CountyLinesError, RegisterError

# Words that say that there is no grade, and why.
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
    """Read the grades of pillars out of raw cells: the contract INSPECTION_GRADES.

    ``cells`` are of hmicfrs_peel_grades; ``areas`` has the slugs. A cell without a word, or with one that says that no grade was given,
    has no interval and a reason. Raises CountyLinesError for a force or word that no register knows.
    """
    found = (
        cells.filter((pl.col("kind") == "figure") & (pl.col("measure_text") == "grade"))
        .with_columns(
            pl.col("breakdown_text").str.split(" | ").list.get(0).alias("question"),
            pl.col("breakdown_text").str.extract(r"(\d)-tier").alias("tiers"),
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
        .join(scale.cycles.select("cycle", "first_day", "last_day"), on="cycle", how="left")
        .join(scale.grades, on=["tiers", "word"], how="left")
    )
    ungraded = pl.col("word").is_null() | pl.col("word").is_in(list(_UNGRADED))
    unknown = found.filter(
        pl.col("area_id").is_null() | pl.col("first_day").is_null() | (pl.col("lower").is_null() & ~ungraded)
    )
    for row in unknown.head(1).iter_rows(named=True):
        raise CountyLinesError(
            f"{row['source_id']} {row['edition_id']}, cell {row['cell']}: force {row['area_text']!r}, cycle {row['cycle']!r} or grade "
            f"{row['value_text']!r} is in no register; add it under data/registers or correct the cell."
        )
    return (
        found.with_columns(
            pl.concat_str("source_id", "edition_id", "table", "cell", separator="/").alias("grade_id"),
            pl.when(pl.col("lower").is_null()).then(None).otherwise(pl.col("word")).alias("word"),
            pl.when(pl.col("word").is_null())
            .then(pl.lit("not found"))
            .otherwise(pl.col("word").replace_strict(_UNGRADED, default=None))
            .alias("reason"),
            pl.col("tiers").cast(pl.Int8),
            # A page that does not say otherwise was inspected in its own cycle; carried grades are marked where a source says so.
            pl.col("cycle").alias("inspected_in"),
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


def side_of_grade(row: dict[str, Any]) -> pl.DataFrame:
    """One grade as a side of a comparison: SIDE and claim_scope."""
    side = {
        **dict.fromkeys(SIDE),
        **{"figure_id": row["grade_id"], "measure_id": "peel_grade", "definition_id": "D30", "unit_id": "grade"},
        **{"breakdown": row["question"], "period_kind": "cycle"},
        **{"period_start": row["first_day"], "period_end": row["last_day"]},
        **{"area_id": row["area_id"], "level": "police_force_area", "geography_basis": "force"},
        **{"coverage": "complete" if row["word"] else "absent", "left_out": "", "source_quality": "official"},
    }
    return pl.DataFrame([side], schema=SIDE).with_columns(pl.lit("inspection").alias("claim_scope"))


def may_say_changed(first: dict[str, Any], second: dict[str, Any], stated_by_inspectorate: bool) -> bool:
    """Whether a change may be stated: the intervals do not touch, and the inspectorate itself states the change."""
    if None in (first["lower"], second["lower"]):
        return False
    disjoint = first["upper"] < second["lower"] or second["upper"] < first["lower"]
    return bool(disjoint and stated_by_inspectorate)
