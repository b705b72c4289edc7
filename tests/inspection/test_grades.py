"""Grades of the inspectorate: words on two scales, never numbers, and a change only where the inspectorate states one."""

from pathlib import Path

import polars as pl
import pytest

from transforms.contracts.tables import INSPECTION_GRADES
from transforms.errors import CountyLinesError
from transforms.inspection import find_grade, inspection_grades, load_scale
from transforms.inspection.grades import may_say_changed
from transforms.inspection.scoreboard import Found
from transforms.sources.published import read_cells
from transforms.sources.registry import Source

NORFOLK = "E23000024"


@pytest.fixture(scope="module")
def cells(sources: dict[str, Source], data: Path) -> pl.DataFrame:
    return read_cells(sources["hmicfrs_peel_grades"], data)


def test_every_force_has_a_row_in_every_cycle_with_its_word_or_the_reason_for_none(grades: pl.DataFrame) -> None:
    assert grades.schema == INSPECTION_GRADES.schema
    pillars = grades.filter(pl.col("how_known").is_null())
    assert pillars.group_by("cycle", "question").agg(pl.col("area_id").n_unique())["area_id"].unique().to_list() == [43]
    assert (grades["word"].is_null() == grades["reason"].is_not_null()).all()


def test_good_of_four_tiers_may_be_good_or_adequate_of_five(grades: pl.DataFrame) -> None:
    good = grades.filter(word="good")
    assert good.select("tiers", "lower", "upper").unique().sort("tiers").rows() == [(4, 3, 4), (5, 4, 4)]
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


@pytest.fixture(scope="module")
def of_policing(grades: pl.DataFrame) -> pl.DataFrame:
    """The grades by area of policing."""
    return grades.filter(pl.col("how_known").is_not_null())


def test_of_229_grades_by_area_of_policing_201_are_stated_and_28_deduced(of_policing: pl.DataFrame) -> None:
    assert of_policing.height == 229
    is_stated = of_policing["how_known"] == "stated"
    assert (is_stated.sum(), of_policing["how_known"].str.starts_with("deduced").sum()) == (201, 28)
    assert dict(of_policing.group_by("cycle").len().iter_rows()) == {"2021/22": 84, "2023-25": 145}
    assert of_policing.filter(pl.col("source_url").is_null() | pl.col("how_sure").is_null()).is_empty()
    assert (
        of_policing.filter(pl.col("published").is_not_null())["published"].str.contains(r"^20\d\d-\d\d(-\d\d)?$").all()
    )


def test_a_grade_whose_note_says_that_it_has_to_be_looked_at_again_is_none(of_policing: pl.DataFrame) -> None:
    doubtful = of_policing.filter(reason="to be confirmed")
    assert dict(doubtful.group_by("area_name", "cycle").len().select("area_name", "len").iter_rows()) == {
        "Derbyshire": 4,
        "Kent": 9,
    }
    assert doubtful.select("word", "lower", "upper").null_count().row(0) == (13, 13, 13)
    assert of_policing["word"].count() == 216


def test_a_grade_that_was_changed_after_publication_says_from_what_and_when(of_policing: pl.DataFrame) -> None:
    changed = of_policing.drop_nulls("changed").select("area_name", "question", "word", "changed")
    assert changed.rows() == [
        ("Northamptonshire", "Responding to the public", "requires improvement", "from adequate on 2024-08-08")
    ]


def test_a_force_of_which_all_areas_are_named_has_the_grades_that_its_page_counts(
    cells: pl.DataFrame, of_policing: pl.DataFrame, areas: pl.DataFrame
) -> None:
    counts = (
        cells.filter((pl.col("kind") == "figure") & pl.col("table").str.starts_with("peel_area_grade_counts"))
        .pivot("measure_text", index=["area_text", "period_text"], values="value_text")
        .with_columns(pl.exclude("area_text", "period_text").cast(pl.Int64))
    )
    assert counts.height == 50
    assert counts.select("area_text", "period_text").is_unique().all()
    slugs = dict(areas.select("area_id", "slug").iter_rows())
    complete = []
    for (area_id, cycle), named in of_policing.drop_nulls("word").group_by("area_id", "cycle"):
        count = counts.filter(area_text=slugs[str(area_id)], period_text=cycle)
        if count.is_empty() or count["n_areas"][0] != len(named):
            continue
        words = dict(named["word"].str.replace(" ", "_").value_counts().iter_rows())
        given = {word: count[word][0] for word in counts.columns[3:] if count[word][0]}
        if words != given:
            assert (area_id, cycle) == ("", "")
        complete.append((slugs[str(area_id)], cycle))
    assert len(complete) >= 15
    warwickshire = of_policing.filter(area_name="Warwickshire", cycle="2023-25")
    assert (len(warwickshire), counts.filter(area_text="warwickshire", period_text="2023-25")["n_areas"][0]) == (9, 8)


def test_grades_of_one_question_in_two_cycles_are_never_compared(comparisons: pl.DataFrame) -> None:
    pairs = comparisons.filter((pl.col("kind") == "inspection") & pl.col("figure_id_a").str.contains("question-grades"))
    assert pairs.height == 33
    assert set(pairs["grade"]) == {"C", "X"}
    assert set(pairs["allowed"]) == {"side by side, no conclusion on a change", "no comparison"}


def test_within_one_cycle_the_words_of_a_question_are_counted_and_the_share_says_of_how_many(scored: Found) -> None:
    board = {row["indicator_id"]: row for row in scored.scoreboard.iter_rows(named=True)}
    assert (board["I05c"]["baseline"], board["I05c"]["latest"], board["I05c"]["latest_period"]) == (
        None,
        50,
        "2023–25, 16 bodies",
    )
    assert board["I05c"]["why_not"] == (
        "Grades held, 2023-25: 3 good, 5 adequate, 8 requires improvement; 2021/22: 1 outstanding, 3 adequate, 3 requires improvement, "
        "2 inadequate. Cycles are never compared."
    )
    assert board["I07a"]["latest_period"] == "inspections since 2022, 31 bodies"


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
