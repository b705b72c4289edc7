"""What changed between two builds, most important first. All figures are synthetic."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from orchestration.cli import cli
from transforms.differences import Differences, differences
from transforms.errors import CountyLinesError

SCHEMA = {
    "measure_id": pl.String,
    "area_id": pl.String,
    "area_name": pl.String,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "numerator": pl.Float64,
    "value": pl.Float64,
    "edition_id": pl.String,
    "is_preferred": pl.Boolean,
}


def build(
    counts: dict[str, float | None], edition: str = "e", rate: float = 2.0, sha: str = "a"
) -> dict[str, pl.DataFrame]:
    """The three tables of a synthetic build: one count a place, each from a cell of its own."""
    rows = [
        ("drug_offences", place, place, date(2024, 1, 1), date(2024, 12, 31), count, rate, edition, True)
        for place, count in counts.items()
    ]
    return {
        "raw/editions": pl.DataFrame({"source_id": ["s"], "edition_id": [edition], "title": ["Synthetic"], "sha256": [sha]}),
        "core/observations": pl.DataFrame(
            {
                "observation_id": [f"s/T/{place}" for place in counts],
                "value_text": [None if count is None else f"{count:.0f}" for count in counts.values()],
            },
            schema={"observation_id": pl.String, "value_text": pl.String},
        ),
        "out/indicators": pl.DataFrame(rows, schema=SCHEMA, orient="row"),
    }  # fmt: skip


OLD = build({"A": 100, "B": 100, "C": None, "D": 7, "E": 5, "F": 0, "Same": 1})
NEW = build({"A": 101, "B": 80, "C": 3, "D": None, "F": 4, "G": 9, "Same": 1})


@pytest.fixture
def found() -> Differences:
    return differences(OLD, NEW)


def test_revisions_come_first_by_size_then_gaps_then_what_is_new(found: Differences) -> None:
    assert found.numbers.select("area_name", "change").rows() == [
        ("B", "revised"),
        ("A", "revised"),
        ("F", "revised"),
        ("C", "gap filled"),
        ("D", "new gap"),
        ("E", "withdrawn"),
        ("G", "new"),
    ]


def test_a_revision_has_its_size_and_none_is_made_up_from_nought_or_a_gap(found: Differences) -> None:
    sizes = dict(found.numbers.select("area_name", "relative").iter_rows())
    assert sizes["B"] == pytest.approx(-0.2)
    assert sizes["A"] == pytest.approx(0.01)
    assert {sizes[place] for place in "FCDEG"} == {None}


def test_cells_are_compared_as_printed(found: Differences) -> None:
    assert found.cells.select("observation_id", "before", "after", "change").rows()[2:5] == [
        ("s/T/C", None, "3", "revised"),
        ("s/T/D", "7", None, "revised"),
        ("s/T/E", "5", None, "withdrawn"),
    ]


def test_editions_come_go_and_change_their_file() -> None:
    newer, mended = build({"A": 1}, edition="f"), build({"A": 1}, sha="b")
    older = build({"A": 1})
    assert differences(older, newer).editions.select("edition_id", "change").rows() == [
        ("e", "withdrawn"),
        ("f", "new"),
    ]
    assert differences(older, mended).editions["change"].to_list() == ["other file"]


def test_a_rate_on_another_population_is_told_from_a_revised_count() -> None:
    assert differences(build({"A": 1}), build({"A": 1}, rate=3.0)).numbers["change"].to_list() == ["rate only"]


def test_the_same_build_differs_in_nothing() -> None:
    same = differences(OLD, OLD)
    assert [len(frame) for frame in (same.editions, same.cells, same.numbers)] == [0, 0, 0]


def kept(folder: Path, tables: dict[str, pl.DataFrame]) -> str:
    for table, frame in tables.items():
        path = folder / "lake" / f"{table}.parquet"
        path.parent.mkdir(parents=True)
        frame.write_parquet(path)
    return str(folder)


def test_the_command_prints_the_numbers_in_words(tmp_path: Path) -> None:
    folders = [kept(tmp_path / "old", OLD), kept(tmp_path / "new", NEW)]
    said = CliRunner().invoke(cli, ["diff", *folders]).output
    assert "Numbers: 1 gap filled, 1 new, 1 new gap, 3 revised, 1 withdrawn" in said
    assert "revised: B, drug offences, 2024-01/2024-12: 100 → 80 (-20.0%)" in said
    assert "new gap: D, drug offences, 2024-01/2024-12: 7 → [x]" in said
    assert CliRunner().invoke(cli, ["diff", folders[0], folders[0]]).output == "Nothing differs.\n"


def test_a_folder_without_a_build_is_refused(tmp_path: Path) -> None:
    error = CliRunner().invoke(cli, ["diff", str(tmp_path), str(tmp_path)]).exception
    assert isinstance(error, CountyLinesError)
    assert "holds no table raw/editions" in str(error)
