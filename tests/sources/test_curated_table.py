"""Hand-gathered tables, a page for each row: synthetic cuts of the four that the project keeps."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from transforms.errors import LayoutError
from transforms.sources.curated_table import parse
from transforms.sources.grid import Parsed
from transforms.sources.landing import survey
from transforms.sources.published import read_cells
from transforms.sources.recognise import READ
from transforms.sources.registry import Edition, load_sources

from .accounting import assert_nothing_lost
from .workbooks import DATA, FIXTURES, csv_bytes, read_rows

SOURCES = {source_id: source for source_id, source in load_sources(DATA).items() if source.parser == "curated_table"}
EDITIONS = {(source.id, edition.id): edition for source in SOURCES.values() for edition in source.editions}
PEEL = "hmicfrs_peel_grades"


def fixture(source_id: str, edition_id: str) -> list[list[str]]:
    """The synthetic rows of an edition; editions of one file share them."""
    (path,) = (path for path in (FIXTURES / source_id).glob("*.csv") if edition_id.startswith(path.stem))
    return read_rows(path)


def parsed(source_id: str, edition_id: str, rows: list[list[str]] | None = None) -> Parsed:
    edition: Edition = EDITIONS[source_id, edition_id]
    return parse(csv_bytes(rows or fixture(source_id, edition_id)), edition, DATA)


@pytest.mark.parametrize(
    ("source_id", "edition_id"),
    [
        (PEEL, "pillar-grades-2016"),
        (PEEL, "pillar-grades-2018-19"),
        (PEEL, "area-grade-counts-2021-22"),
        (PEEL, "question-sets-2023-25"),
        ("ho_county_lines_programme", "to-2024-12"),
        ("county_lines_assessments", "line-counts"),
        ("county_lines_assessments", "intensification-weeks"),
        ("ho_nrm_national_facts", "to-2024-11"),
    ],
)
def test_every_row_is_a_cell_or_left_out_with_a_reason(source_id: str, edition_id: str) -> None:
    found = parsed(source_id, edition_id)
    assert_nothing_lost(found, source_id)
    assert found.rows_read == len(fixture(source_id, edition_id))


def test_a_grade_is_a_word_with_its_force_cycle_and_page() -> None:
    (grade,) = parsed(PEEL, "pillar-grades-2018-19").cells.to_dicts()
    assert (grade["area_text"], grade["period_text"], grade["value_text"]) == (
        "norfolk",
        "2018/19",
        "Requires improvement",
    )
    assert grade["breakdown_text"] == "Efficiency | 4-tier | two"
    assert grade["source_url"] == "https://example.org/norfolk-2018"


def test_a_grade_that_rests_on_a_press_list_keeps_the_note_that_says_so() -> None:
    suffolk = parsed(PEEL, "pillar-grades-2016").cells.filter(pl.col("cell").str.ends_with("3"))
    assert suffolk.select("cell", "kind", "measure_text", "value_text").rows() == [
        ("D3", "figure", "grade", "Inadequate"),
        ("H3", "note", "note", "page read too early; grade from a press list"),
    ]


def test_a_grade_that_was_not_found_is_a_cell_without_text() -> None:
    grades = parsed(PEEL, "pillar-grades-2016").cells.filter(pl.col("kind") == "figure")
    assert grades["value_text"].to_list() == ["Outstanding", "Inadequate", None]


def test_periods_that_overlap_stand_beside_each_other_and_keep_both_ends() -> None:
    cells = parsed("ho_county_lines_programme", "to-2024-12").cells
    assert cells.filter(pl.col("measure_text") == "lines_closed").select("period_text", "value_text").rows() == [
        ("2019-11 | 2022-02", "15"),
        ("2021-04 | 2022-02", "7"),
    ]


def test_two_vintages_of_one_quarter_are_two_cells() -> None:
    facts = parsed("ho_nrm_national_facts", "to-2024-11").cells
    assert facts.select("measure_text", "breakdown_text", "value_text").rows() == [
        ("Referrals, synthetic", "first published", "47"),
        ("Referrals, synthetic", None, "46"),
    ]


def test_a_figure_without_the_page_it_was_read_on_is_refused() -> None:
    rows = fixture(PEEL, "pillar-grades-2016")
    rows[1][6] = ""
    with pytest.raises(LayoutError, match="cell G2: the row has a figure but no page"):
        parsed(PEEL, "pillar-grades-2016", rows)


def test_a_cycle_that_is_no_edition_is_refused() -> None:
    rows = fixture(PEEL, "pillar-grades-2016")
    rows[-1][1] = "2031/32"
    with pytest.raises(LayoutError, match="cell B5: no edition has the period '2031/32'"):
        parsed(PEEL, "pillar-grades-2016", rows)


def test_a_force_without_a_name_is_refused() -> None:
    rows = fixture(PEEL, "area-grade-counts-2021-22")
    rows[1][0] = ""
    with pytest.raises(LayoutError, match="cell A2: the label is blank"):
        parsed(PEEL, "area-grade-counts-2021-22", rows)


def test_a_column_that_is_not_in_the_layout_is_refused() -> None:
    rows = [[*row, "extra"] for row in fixture("county_lines_assessments", "line-counts")]
    with pytest.raises(LayoutError, match="cell G1: the label 'extra' is not in the layout"):
        parsed("county_lines_assessments", "line-counts", rows)


# What is kept


def test_the_kept_tables_stay_at_their_cells() -> None:
    assert {source.reaches for source in SOURCES.values()} == {"raw"}


def test_thirteen_kept_grades_carry_the_note_of_the_press_list() -> None:
    cells = read_cells(SOURCES[PEEL], DATA)
    pressed = cells.filter((pl.col("kind") == "note") & pl.col("value_text").str.contains("ITV list"))
    assert pressed.height == 13
    assert pressed["edition_id"].unique().to_list() == ["pillar-grades-2016"]
    assert pressed["breakdown_text"].unique().to_list() == ["Effectiveness | 4-tier"]


def test_effectiveness_grades_of_2016_are_complete_and_counted_as_published() -> None:
    grades = read_cells(SOURCES[PEEL], DATA).filter(
        (pl.col("edition_id") == "pillar-grades-2016")
        & (pl.col("measure_text") == "grade")
        & pl.col("breakdown_text").str.starts_with("Effectiveness")
    )
    assert dict(grades["value_text"].value_counts().iter_rows()) == {
        "Outstanding": 1,
        "Good": 28,
        "Requires improvement": 13,
        "Inadequate": 1,
    }


def test_the_grades_of_an_area_count_add_up_to_its_number_of_areas() -> None:
    counts = (
        read_cells(SOURCES[PEEL], DATA)
        .filter(pl.col("table") == "peel_area_grade_counts")
        .with_columns(pl.col("value_text").cast(pl.Int64))
        .pivot("measure_text", index=["edition_id", "area_text"], values="value_text")
    )
    assert counts.height == 29
    graded = counts.select("outstanding", "good", "adequate", "requires_improvement", "inadequate").sum_horizontal()
    assert (graded == counts["n_areas"]).all()


def test_a_kept_quarter_has_the_values_of_each_time_it_was_stated() -> None:
    facts = read_cells(SOURCES["ho_nrm_national_facts"], DATA)
    second = facts.filter(pl.col("period_text") == "2024 Q2")
    assert second.select("value_text", "breakdown_text").rows() == [
        ("4316", "first published Aug 2024"),
        ("4312", "as stated Nov 2024"),
    ]


@pytest.mark.parametrize("source_id", SOURCES)
def test_every_kept_figure_names_its_page(source_id: str) -> None:
    figures = read_cells(SOURCES[source_id], DATA).filter(
        pl.col("value_text").is_not_null() & (pl.col("kind") == "figure")
    )
    assert figures["source_url"].str.contains(r"^https?://").all()


TRANSCRIBED = [key for key, edition in EDITIONS.items() if (DATA / "transcriptions" / edition.file).is_file()]


def test_every_transcription_is_of_an_edition() -> None:
    files = {path.name for path in (DATA / "transcriptions").iterdir()}
    assert files == {EDITIONS[key].file for key in TRANSCRIBED}


@pytest.mark.parametrize(("source_id", "edition_id"), TRANSCRIBED)
def test_the_published_cells_are_those_of_the_transcription(source_id: str, edition_id: str) -> None:
    edition = EDITIONS[source_id, edition_id]
    found = parse((DATA / "transcriptions" / edition.file).read_bytes(), edition, DATA)
    assert_nothing_lost(found, source_id)
    published = read_cells(SOURCES[source_id], DATA).filter(edition_id=edition_id)
    assert published.equals(found.cells)
    assert published.filter(pl.col("value_text").is_not_null())["source_url"].str.starts_with("http").all()


@pytest.mark.parametrize(("source_id", "edition_id"), TRANSCRIBED)
def test_a_transcribed_row_without_its_page_is_refused(source_id: str, edition_id: str) -> None:
    edition = EDITIONS[source_id, edition_id]
    header, *rows = read_rows(DATA / "transcriptions" / edition.file)
    rows[-1][header.index("source_url")] = ""
    with pytest.raises(LayoutError, match="the row has a figure but no page that it was read on"):
        parse(csv_bytes([header, *rows]), edition, DATA)


def test_a_transcription_dropped_into_a_landing_folder_is_known_by_its_columns(tmp_path: Path) -> None:
    for path in (DATA / "transcriptions").iterdir():
        shutil.copy(path, tmp_path / path.name)
    files = survey(tmp_path, load_sources(DATA), DATA)
    assert {file.path: file.outcome for file in files} == {file.path: READ for file in files}
