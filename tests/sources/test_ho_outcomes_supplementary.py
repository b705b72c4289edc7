"""Supplementary metrics of crime outcomes: a synthetic sheet with the documented labels, as nobody knows how they are written."""

import re
from pathlib import Path

import pytest

from transforms.errors import LayoutError
from transforms.sources.grid import Parsed
from transforms.sources.ho_outcomes_supplementary import parse
from transforms.sources.landing import survey, with_landing
from transforms.sources.published import read_cells
from transforms.sources.recognise import NOT_RECOGNISED, READ, REFUSED, LandingFile
from transforms.sources.registry import load_sources

from .accounting import assert_nothing_lost
from .editions import with_edition
from .workbooks import DATA, Sheets, workbook_bytes

SUPPLEMENTARY = "ho_outcomes_supplementary"
LAYOUT = ("Outcomes", "outcomes")
NAME = "prc-supplementary-crime-outcomes-metrics-230726"
HEADER = [
    *("Geographic granularity", "Geographic area name", "Year", "Quarter", "Annual or quarterly"),
    *("Offence level", "Metric full name", "Percent"),
]
CHARGED = "Synthetic charge outcomes, victim-based"
FORCE = ["Police force area", "Norfolk"]
ROWS = [
    [*FORCE, "2025", "Q4", "Rolling annual", "All crime", CHARGED, "0.125"],
    [*FORCE, "2025", "Q4", "Rolling annual", "All crime", "Synthetic charge outcomes, no specific victims", "0.25"],
    [*FORCE, "2025", "Q4", "Quarterly", "All crime", CHARGED, ""],
]


def sheets(header: list[str] = HEADER, rows: list[list[str]] = ROWS, above: int = 0) -> Sheets:
    return {"Cover": [["Synthetic"]], "Outcomes": [*[["A synthetic note"]] * above, header, *rows]}


def parsed(data: Path, header: list[str] = HEADER, rows: list[list[str]] = ROWS, above: int = 0) -> Parsed:
    data, edition = with_edition(data, SUPPLEMENTARY, NAME, *LAYOUT)
    return parse(workbook_bytes(sheets(header, rows, above)), edition, data)


def found(folder: Path, name: str, content: Sheets) -> LandingFile:
    (folder / name).write_bytes(workbook_bytes(content))
    (file,) = survey(folder, load_sources(DATA), DATA)
    return file


def test_every_row_is_a_cell_with_its_metric_and_period(tmp_path: Path) -> None:
    result = parsed(tmp_path)
    assert_nothing_lost(result, SUPPLEMENTARY)
    assert result.cells.select("cell", "area_text", "measure_text", "period_text", "value_text").rows() == [
        ("H2", "Norfolk", f"{CHARGED} | Percent", "2025 | Q4 | Rolling annual", "0.125"),
        ("H3", "Norfolk", f"{ROWS[1][6]} | Percent", "2025 | Q4 | Rolling annual", "0.25"),
        ("H4", "Norfolk", f"{CHARGED} | Percent", "2025 | Q4 | Quarterly", None),
    ]
    assert result.cells["breakdown_text"].unique().to_list() == ["Police force area | All crime"]


@pytest.mark.parametrize(
    "header",
    [
        [label.upper() for label in HEADER],
        [label.title() for label in HEADER],
        [label.lower().replace(" ", "_") for label in HEADER],
        [label.replace("Percent", "%").replace("Year", "Year [note 3]") for label in HEADER],
    ],
)
def test_case_and_punctuation_of_the_labels_do_not_matter(header: list[str], tmp_path: Path) -> None:
    same = ["area_text", "breakdown_text", "period_text", "value_text"]
    assert parsed(tmp_path / "a", header).cells.select(same).equals(parsed(tmp_path / "b").cells.select(same))


def test_the_order_of_the_columns_and_the_row_of_the_header_do_not_matter(tmp_path: Path) -> None:
    turned = parsed(tmp_path / "a", HEADER[::-1], [row[::-1] for row in ROWS], above=3).cells
    places = ["cell"]
    assert turned.drop(places).equals(parsed(tmp_path / "b").cells.drop(places))
    assert turned["cell"].to_list() == ["A5", "A6", "A7"]


@pytest.mark.parametrize(
    ("header", "rows", "problem"),
    [
        (
            [*HEADER, "Numerator"],
            ROWS,
            "cell I1: the label 'Numerator' is not in the layout; look at the file, then amend data/layouts/ho_outcomes_supplementary_columns.csv",
        ),
        (HEADER[:-1], [row[:-1] for row in ROWS], "cell A1: found the header Geographic granularity"),
        ([*HEADER, "PERCENT"], ROWS, "cell A1: found the header"),
        (HEADER, [[*ROWS[0], "9"]], "cell I2: found '9' in a column without a label"),
        (HEADER, [["Police force area", "", *ROWS[0][2:]]], "cell B2: the label is blank"),
        (HEADER, [[*FORCE, "2024/25", *ROWS[0][3:]]], "cell C2: '2024/25' is not like '2024'"),
        (HEADER, [[*FORCE, "2025", "4", *ROWS[0][4:]]], "cell D2: '4' is not like 'Q4'"),
        (HEADER, [*ROWS, ROWS[0]], "cell A5: the row says of its place and period what a row above it says"),
        (["Synthetic"], [], "no row has any of the labels 'Geographic area name'"),
    ],
)
def test_a_sheet_that_is_not_as_documented_is_refused(
    header: list[str], rows: list[list[str]], problem: str, tmp_path: Path
) -> None:
    with pytest.raises(LayoutError, match=problem):
        parsed(tmp_path, header, rows)


def test_an_empty_sheet_is_refused(tmp_path: Path) -> None:
    data, edition = with_edition(tmp_path, SUPPLEMENTARY, NAME, *LAYOUT)
    with pytest.raises(LayoutError, match="table 'Outcomes': the sheet is empty; fetch the file again"):
        parse(workbook_bytes({"Outcomes": []}), edition, data)


@pytest.mark.parametrize("day", ["300125", "231025", "230726"])
def test_the_names_of_known_editions_are_discovered(day: str) -> None:
    pattern = load_sources(DATA)[SUPPLEMENTARY].discovery.file_pattern
    assert re.fullmatch(pattern, f"prc-supplementary-crime-outcomes-metrics-{day}.xlsx")


def test_a_workbook_is_known_by_its_labels_and_dated_by_its_name(tmp_path: Path) -> None:
    file = found(tmp_path, f"{NAME}.xlsx", sheets(above=2))
    assert (file.outcome, file.source_id) == (READ, SUPPLEMENTARY)
    (edition,) = file.editions
    assert (edition.id, edition.vintage) == (NAME, "2026-07")
    assert read_cells(with_landing(load_sources(DATA), [file])[SUPPLEMENTARY], DATA, tmp_path).height == len(ROWS)


def test_a_workbook_that_does_not_say_when_it_came_out_is_named_with_what_to_do(tmp_path: Path) -> None:
    file = found(tmp_path, "outcomes.xlsx", sheets())
    assert (file.outcome, file.source_id) == (NOT_RECOGNISED, SUPPLEMENTARY)
    assert "its name has neither the day of publication" in str(file.reason)


def test_a_workbook_with_a_column_that_nobody_described_is_refused_with_its_name(tmp_path: Path) -> None:
    file = found(tmp_path, f"{NAME}.xlsx", sheets([*HEADER, "Denominator"], [[*row, "400"] for row in ROWS]))
    assert (file.outcome, file.source_id) == (REFUSED, SUPPLEMENTARY)
    assert "cell I1: the label 'Denominator' is not in the layout" in str(file.reason)


def test_a_workbook_with_few_of_the_labels_is_another_one(tmp_path: Path) -> None:
    file = found(tmp_path, f"{NAME}.xlsx", {"Outcomes": [["Geographic granularity", "Metric", "Year"]]})
    assert (file.outcome, file.source_id) == (NOT_RECOGNISED, None)
