"""Mid-year population from the Nomis interface: synthetic rows in the documented layout, with a zero for an abolished district."""

import gzip
from pathlib import Path

import polars as pl
import pytest

from transforms.errors import LayoutError
from transforms.harmonise.local_authorities import load_local_authorities
from transforms.sources.grid import Parsed
from transforms.sources.landing import survey, with_landing
from transforms.sources.ons_mid_year_population import edition_in, parse
from transforms.sources.published import read_cells
from transforms.sources.recognise import NOT_RECOGNISED, READ
from transforms.sources.registry import Edition, load_source, load_sources

from .accounting import assert_nothing_lost
from .workbooks import DATA, FIXTURES, LANDING_2026, csv_bytes, read_rows

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


BY_AGE = (FIXTURES / SOURCE.id / "by-age.tsv").read_bytes()


@pytest.mark.parametrize("content", [BY_AGE, gzip.compress(BY_AGE, mtime=0)], ids=["plain", "packed"])
def test_an_answer_by_age_is_parted_by_tabs_and_children_are_its_cells(content: bytes) -> None:
    (edition,) = SOURCE.editions
    assert edition_in(content, SOURCE, edition.file, DATA) == edition
    result = parse(content, edition, DATA)
    assert_nothing_lost(result, SOURCE.id)
    norfolk = result.cells.filter(area_code_text="E07000146")
    assert norfolk.select("breakdown_text", "value_text").row(0) == ("1 | 101", "11")
    assert norfolk["breakdown_text"].to_list()[17] == "1 | 118"
    assert norfolk.height == 2 * 18


def test_an_answer_by_age_elsewhere_has_no_year() -> None:
    assert "does not say its mid-year" in str(edition_in(BY_AGE, SOURCE, "answer.tsv", DATA))


@pytest.mark.skipif(not LANDING_2026.is_dir(), reason="no landing folder with original files here")
def test_the_answer_by_age_is_of_mid_2011() -> None:
    """It says no year; of all districts that are one still, their residents of all ages are those of mid-2011."""
    (edition,) = SOURCE.editions
    answer = pl.read_csv(gzip.decompress((LANDING_2026 / edition.file).read_bytes()), separator="\t")
    cells = read_cells(load_source(DATA, "ons_population_by_district"), DATA).filter(measure_text="Mid-2011")
    register = load_local_authorities(DATA).filter((pl.col("tier") != "county") & (pl.col("ended_by") == ""))
    districts = cells.join(register, left_on="area_text", right_on="name")
    both = districts.join(
        answer.group_by("GEOGRAPHY_CODE").agg(pl.col("OBS_VALUE").sum()),
        left_on="authority_id",
        right_on="GEOGRAPHY_CODE",
    )
    assert both.height > 290
    assert (both["value_text"].cast(pl.Float64) == both["OBS_VALUE"]).all()
    children = parse((LANDING_2026 / edition.file).read_bytes(), edition, DATA).cells
    assert children.filter(pl.col("area_code_text").str.starts_with("W"))["value_text"].cast(pl.Int64).sum() == 632_433
