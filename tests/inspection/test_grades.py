"""Grades of the inspectorate: words on two scales, never numbers, and a change only where the inspectorate states one."""

from pathlib import Path

import polars as pl
import pytest

from transforms.contracts.tables import INSPECTION_GRADES
from transforms.errors import CountyLinesError
from transforms.inspection import find_grade, inspection_grades, load_scale
from transforms.inspection.grades import may_say_changed
from transforms.sources.published import read_cells
from transforms.sources.registry import Source

NORFOLK = "E23000024"


@pytest.fixture(scope="module")
def cells(sources: dict[str, Source], data: Path) -> pl.DataFrame:
    return read_cells(sources["hmicfrs_peel_grades"], data)


@pytest.fixture(scope="module")
def grades(cells: pl.DataFrame, areas: pl.DataFrame, data: Path) -> pl.DataFrame:
    return inspection_grades(cells, areas, load_scale(data))


def test_every_force_has_a_row_in_every_cycle_with_its_word_or_the_reason_for_none(grades: pl.DataFrame) -> None:
    assert grades.schema == INSPECTION_GRADES.schema
    assert grades.group_by("cycle", "question").agg(pl.col("area_id").n_unique())["area_id"].unique().to_list() == [43]
    assert (grades["word"].is_null() == grades["reason"].is_not_null()).all()


def test_good_of_four_tiers_may_be_good_or_adequate_of_five(grades: pl.DataFrame) -> None:
    good = grades.filter(word="good")
    assert good.select("lower", "upper").unique().rows() == [(3, 4)]
    assert grades.filter(word="outstanding").select("lower", "upper").unique().rows() == [(5, 5)]


def test_a_grade_that_a_note_carries_over_keeps_the_cycle_in_which_it_was_given(
    cells: pl.DataFrame, areas: pl.DataFrame, data: Path
) -> None:
    """The note is synthetic: which of the pillars held were carried over is not known."""
    graded = cells.filter((pl.col("kind") == "figure") & (pl.col("period_text") == "2018/19")).head(1)
    row = int(graded["cell"][0][1:])
    note = graded.with_columns(
        kind=pl.lit("note"), cell=pl.lit(f"H{row}"), value_text=pl.lit("inspected in 2017; the grade still stands")
    )
    grades = inspection_grades(pl.concat([cells, note]), areas, load_scale(data))
    carried = grades.filter(pl.col("inspected_in") != pl.col("cycle"))
    assert carried.select("cycle", "inspected_in").rows() == [("2018/19", "2017")]
    unknown = note.with_columns(value_text=pl.lit("inspected in 1999"))
    with pytest.raises(CountyLinesError, match="cycle '1999'"):
        inspection_grades(pl.concat([cells, unknown]), areas, load_scale(data))


def test_a_word_that_is_on_no_scale_is_refused(cells: pl.DataFrame, areas: pl.DataFrame, data: Path) -> None:
    spoiled = cells.with_columns(pl.col("value_text").str.replace("^Good$", "Fine"))
    with pytest.raises(CountyLinesError, match=r"grade 'Fine' is in no register"):
        inspection_grades(spoiled, areas, load_scale(data))


def test_a_cycle_without_grades_by_force_has_none_and_an_unknown_one_is_an_error(
    grades: pl.DataFrame, areas: pl.DataFrame, data: Path
) -> None:
    held = find_grade(grades, load_scale(data), areas, NORFOLK, "2018/19", "Efficiency")
    assert held["word"] == "outstanding"
    absent = find_grade(grades, load_scale(data), areas, NORFOLK, "2021/22", "Efficiency")
    assert (absent["word"], absent["reason"]) == (None, "not held")
    with pytest.raises(CountyLinesError, match="No inspection cycle is called '1999'; the cycles are 2015, "):
        find_grade(grades, load_scale(data), areas, NORFOLK, "1999", "Efficiency")


def test_a_region_has_no_grade_and_is_told_so_by_its_name(
    grades: pl.DataFrame, areas: pl.DataFrame, data: Path
) -> None:
    with pytest.raises(
        CountyLinesError, match=r"^East of England is a region, and PEEL grades are given to police forces"
    ):
        find_grade(grades, load_scale(data), areas, "E12000006", "2018/19", "Efficiency")


@pytest.mark.parametrize(
    ("first", "second", "stated", "may"),
    [
        ((3, 4), (5, 5), True, True),
        ((3, 4), (5, 5), False, False),
        ((3, 4), (3, 3), True, False),
        ((None, None), (5, 5), True, False),
    ],
    ids=["apart and stated", "apart", "they touch", "one is not graded"],
)
def test_a_change_needs_grades_apart_and_the_inspectorates_word(
    first: tuple[int | None, int | None], second: tuple[int, int], stated: bool, may: bool
) -> None:
    rows = [dict(zip(("lower", "upper"), limits, strict=True)) for limits in (first, second)]
    assert may_say_changed(rows[0], rows[1], stated) is may
