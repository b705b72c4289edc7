"""Youth justice, local level open data: synthetic tables with the documented labels, in an order that nobody knows."""

from pathlib import Path

import pytest

from transforms.errors import LayoutError
from transforms.sources.grid import Parsed
from transforms.sources.landing import survey, with_landing
from transforms.sources.published import read_cells
from transforms.sources.recognise import NOT_RECOGNISED, READ, REFUSED
from transforms.sources.registry import load_sources
from transforms.sources.yjb_youth_justice import parse

from .accounting import assert_nothing_lost
from .editions import with_edition
from .open_documents import ods_bytes
from .workbooks import DATA

YJB = "yjb_youth_justice"
HEADER = [
    *("Financial_Year", "YJS", "Wales or English region", "PCC", "England_Wales"),
    *("Caution_or_sentence_tier", "Caution_or_sentence_type", "Number_Cautioned_Sentenced"),
]
ROWS = [
    ["2023-24", "Norfolk", "East of England", "Norfolk", "England", "Pre Court", "Youth Caution", "12"],
    ["2023-24", "Norfolk", "East of England", "Norfolk", "England", "Custody", "Detention and Training Order", "3"],
    ["2024-25", "Hackney", "London", "", "London", "Community", "Youth Rehabilitation Order", "7"],
]


CHILDREN = [*HEADER[:5], "Age_Group", "Ethnicity_Group", "Sex", "Number_Children"]
OF_CHILDREN = [
    ["2024-25", "Norfolk", "East of England", "Norfolk", "England", "10-14", "White", "Boys", "11"],
    ["2024-25", "Norfolk", "East of England", "Norfolk", "England", "15-17", "White", "Boys", "13"],
]


def parsed(data: Path, header: list[str], rows: list[list[str]], above: int = 0) -> Parsed:
    data, edition = with_edition(data, YJB, "outcomes-to-2024-25", "Data", "outcomes")
    notes = [["A note"]] * above
    return parse(
        ods_bytes({"Cover": [["Cover"]], "Notes": [["Notes"]], "Data": [*notes, header, *rows]}), edition, data
    )


def test_every_row_is_a_cell_with_its_service_year_and_type(tmp_path: Path) -> None:
    result = parsed(tmp_path, HEADER, ROWS)
    assert_nothing_lost(result, YJB)
    assert result.cells.select("cell", "area_text", "breakdown_text", "period_text", "value_text").rows() == [
        ("H2", "Norfolk", "Norfolk | East of England | Pre Court | Youth Caution", "2023-24", "12"),
        ("H3", "Norfolk", "Norfolk | East of England | Custody | Detention and Training Order", "2023-24", "3"),
        ("H4", "Hackney", "London | Community | Youth Rehabilitation Order", "2024-25", "7"),
    ]
    assert result.cells["measure_text"].unique().to_list() == ["Number_Cautioned_Sentenced"]


@pytest.mark.full
def test_the_order_of_the_columns_and_the_row_of_the_header_do_not_matter(tmp_path: Path) -> None:
    turned = parsed(tmp_path, HEADER[::-1], [row[::-1] for row in ROWS], above=2).cells
    straight = parsed(tmp_path / "other", HEADER, ROWS).cells
    same = ["area_text", "breakdown_text", "period_text", "value_text"]
    assert turned.select(same).equals(straight.select(same))
    older = [{"Wales or English region": "Region"}.get(label, label) for label in HEADER]
    assert parsed(tmp_path / "older", older, ROWS).cells.equals(straight)


@pytest.mark.parametrize(
    ("header", "rows", "problem"),
    [
        ([*HEADER, "Sex"], ROWS, "cell I1: the label 'Sex' is not in the layout"),
        (HEADER[:-1], [row[:-1] for row in ROWS], "cell A1: found the header"),
        ([*HEADER[:-1], "PCC"], ROWS, "cell A1: found the header"),
        (HEADER, [[*ROWS[0], "9"], *ROWS[1:]], "cell I2: found '9' in a column without a label"),
        (HEADER, [["2023-24", "", *ROWS[0][2:]], *ROWS[1:]], "cell B2: the label is blank"),
        (HEADER, [["Total", *ROWS[0][1:]], *ROWS[1:]], "cell A2: 'Total' is not like '2024-25'"),
        (HEADER, [*ROWS, ROWS[0]], "cell A5: the row says of its place and period what"),
        (["Year", *HEADER[1:]], ROWS, "cell A1: the label 'Year' is not in the layout"),
        (["A note"], [], "no row has any of the labels 'Financial_Year'"),
    ],
)
def test_a_table_that_is_not_as_documented_is_refused(
    header: list[str], rows: list[list[str]], problem: str, tmp_path: Path
) -> None:
    with pytest.raises(LayoutError, match=problem):
        parsed(tmp_path, header, rows)


@pytest.mark.full
def test_a_workbook_is_known_by_its_labels_and_named_after_its_last_year(tmp_path: Path) -> None:
    register = load_sources(DATA)
    (tmp_path / "anything.ods").write_bytes(ods_bytes({"Cover": [["Cover"]], "Data": [HEADER, *ROWS]}))
    (file,) = survey(tmp_path, register, DATA)
    assert (file.outcome, file.source_id) == (READ, YJB)
    (edition,) = file.editions
    assert (edition.id, edition.vintage) == ("outcomes-to-2024-25", "2026-01")
    assert read_cells(with_landing(register, [file])[YJB], DATA, tmp_path).height == 3


@pytest.mark.full
def test_children_and_their_sentences_are_two_editions_of_one_year(tmp_path: Path) -> None:
    register = load_sources(DATA)
    (tmp_path / "Children_Table.ods").write_bytes(ods_bytes({"Cover": [["Cover"]], "Data": [CHILDREN, *OF_CHILDREN]}))
    (tmp_path / "Outcome_Table.ods").write_bytes(ods_bytes({"Data": [HEADER, *ROWS]}))
    files = survey(tmp_path, register, DATA)
    assert [edition.id for file in files for edition in file.editions] == ["children-to-2024-25", "outcomes-to-2024-25"]
    cells = read_cells(with_landing(register, files)[YJB], DATA, tmp_path).filter(edition_id="children-to-2024-25")
    assert cells.select("cell", "area_text", "measure_text", "breakdown_text", "value_text").rows() == [
        ("I2", "Norfolk", "Number_Children", "Norfolk | East of England | 10-14 | White | Boys", "11"),
        ("I3", "Norfolk", "Number_Children", "Norfolk | East of England | 15-17 | White | Boys", "13"),
    ]


def test_a_table_without_a_year_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "anything.ods").write_bytes(ods_bytes({"Data": [HEADER]}))
    (file,) = survey(tmp_path, load_sources(DATA), DATA)
    assert (file.outcome, file.source_id) == (NOT_RECOGNISED, YJB)
    assert "no row of it has a financial year" in str(file.reason)


def test_a_table_with_a_column_that_nobody_described_is_refused_with_its_name(tmp_path: Path) -> None:
    rows = [[*row, "Synthetic"] for row in ROWS]
    (tmp_path / "Outcome_Table.ods").write_bytes(ods_bytes({"Data": [[*HEADER, "Sex"], *rows]}))
    (file,) = survey(tmp_path, load_sources(DATA), DATA)
    assert (file.outcome, file.source_id) == (REFUSED, YJB)
    assert "cell I1: the label 'Sex' is not in the layout" in str(file.reason)
