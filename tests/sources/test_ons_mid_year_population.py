"""Mid-year population from the Nomis interface: synthetic rows in the documented layout, with a zero for an abolished district."""

from pathlib import Path

import pytest

from transforms.errors import LayoutError
from transforms.sources.grid import Parsed
from transforms.sources.landing import survey, with_landing
from transforms.sources.ons_mid_year_population import edition_in, parse
from transforms.sources.published import read_cells
from transforms.sources.recognise import NOT_RECOGNISED, READ
from transforms.sources.registry import Edition, load_source, load_sources

from .accounting import assert_nothing_lost
from .workbooks import DATA, FIXTURES, csv_bytes, read_rows

SOURCE = load_source(DATA, "ons_mid_year_population")
ROWS = read_rows(FIXTURES / SOURCE.id / "mid-2022.csv")


def parsed(rows: list[list[str]]) -> Parsed:
    content = csv_bytes(rows)
    edition = edition_in(content, SOURCE, "x.csv", DATA)
    assert isinstance(edition, Edition)
    return parse(content, edition, DATA)


def test_a_district_has_its_residents_at_mid_year() -> None:
    result = parsed(ROWS)
    assert_nothing_lost(result, SOURCE.id)
    assert result.cells.select("area_code_text", "area_text", "period_text", "value_text", "cell").row(0) == (
        *("E07000148", "Norwich", "2022", "145000", "D2"),
    )


def test_an_abolished_district_is_left_out_and_not_a_population_of_nobody() -> None:
    result = parsed(ROWS)
    assert "E07000026" not in result.cells["area_code_text"].to_list()
    assert ("abolished district, for which the interface answers 0", 1) in result.left_out.rows()


@pytest.mark.parametrize(
    ("row", "column", "text", "message"),
    [
        (0, 3, "VALUE", "cell D1: found 'VALUE' where the layout expects 'OBS_VALUE'"),
        (1, 3, "12.5", "cell D2: found '12.5' where a whole number of residents is expected"),
        (1, 3, "", "cell D2: the label is blank"),
        (2, 0, "E07000148", "cell A3: the district 'E07000148' stands twice"),
        (2, 2, "2021", "cell C3: found the year '2021' in an answer of one other year"),
    ],
)
def test_what_is_not_as_documented_is_refused(row: int, column: int, text: str, message: str) -> None:
    rows = [list(each) for each in ROWS]
    rows[row][column] = text
    with pytest.raises(LayoutError, match=message):
        parsed(rows)


@pytest.mark.full
def test_an_answer_in_a_landing_folder_is_known_by_its_columns_and_dated_by_its_year(tmp_path: Path) -> None:
    (tmp_path / "download.csv").write_bytes(csv_bytes(ROWS))
    (tmp_path / "empty.csv").write_bytes(csv_bytes(ROWS[:1]))
    register = load_sources(DATA)
    answer, empty = survey(tmp_path, register, DATA)
    assert (answer.outcome, answer.source_id, answer.editions[0].id) == (READ, SOURCE.id, "mid-2022")
    assert answer.editions[0].vintage == "2023-07"
    assert read_cells(with_landing(register, [answer])[SOURCE.id], DATA, tmp_path).height == len(ROWS) - 2
    assert empty.outcome == NOT_RECOGNISED
    assert "without a year" in str(empty.reason)
