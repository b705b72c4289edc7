"""What a publisher may get wrong, and how the build says so.

A landed file that cannot be read is named with the reason, and the cells that the project keeps stand in its place. What is wrong in cells
that a build reads ends it in one clear line with status 1, and the last good reports are as they were. Every case runs the command line on
a copy of a good build; only what the bad input concerns is made again.
"""

import shutil
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from orchestration.store.paths import Paths
from tests.full_build import ROOT, Small, copy_of_small
from tests.full_build import built as built
from tests.full_build import small as small
from tests.orchestration.builds import (
    WARNED,
    change_cells,
    copy_of_build,
    copy_of_data,
    digests,
    good,
    make_tables,
    run,
)
from tests.sources.workbooks import FIXTURES, Sheets, original, read_sheets, row_of, workbook_bytes
from transforms.sources.grid import workbook_grids
from transforms.sources.registry import load_source

pytestmark = [pytest.mark.full, pytest.mark.filterwarnings("ignore::dagster.BetaWarning")]

ONS, ROLLING = "ons_pfa_tables", "ho_recorded_crime_rolling"
EDITION = "ye-dec-2019"
P1_HEADER, P1_DRUGS = 4, 23  # places in the fixture: the row of offence labels, and the column 'Drug offences', X

Cells = list[dict[str, str]]


@pytest.fixture
def copied(small: Small, tmp_path: Path) -> Small:
    """The small data and a good build of them, for a test to spoil."""
    return copy_of_small(small, tmp_path)


def refusal(spoilt: Small, *arguments: str) -> str:
    """What a build says that must fail: one line; and all that was good stays byte for byte, in the lake too."""
    data, build = spoilt
    before, tables = good(build), set(digests(build / "lake"))
    result = run(["build", *arguments], build, COUNTYLINES_DATA=data)
    assert result.returncode == 1, result.stdout
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1, result.stderr
    assert result.stderr.startswith("countylines: ")
    assert result.stderr.endswith(" Nothing was published; the last good reports are as they were.\n")
    assert "Traceback" not in result.stderr
    assert "stopped at" not in result.stderr, "an error of a library reached the reader"
    assert good(build) == before
    assert set(digests(build / "lake")) == tables
    return result.stderr.removeprefix("countylines: ")


def newly_quarantined(build: Path) -> set[str]:
    return set(digests(build / "quarantine")) - {f"{name}.csv" for name in WARNED}


def quarantined(build: Path, table: str, rule: str) -> pl.DataFrame:
    """The rows that broke a rule, which must be the only ones that are listed beside those of the warning."""
    assert newly_quarantined(build) == {f"{table}/{rule}.csv"}
    return pl.read_csv(build / "quarantine" / table / f"{rule}.csv", infer_schema=False)


# Original files, as they arrive in a landing folder


def landing_with(folder: Path, content: bytes) -> Path:
    """A landing folder that holds the workbook of one edition."""
    (edition,) = (each for each in load_source(ROOT / "data", ONS).editions if each.id == EDITION)
    path = folder / edition.file
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return folder


def truncated(sheets: Sheets) -> bytes:
    content = workbook_bytes(sheets)
    return content[: len(content) // 2]


def renamed_column(sheets: Sheets) -> bytes:
    header = sheets["Table P1"][P1_HEADER]
    assert header[P1_DRUGS] == "Drug offences"
    header[P1_DRUGS] = "Drug crimes"
    return workbook_bytes(sheets)


def extra_column(sheets: Sheets) -> bytes:
    sheets["Table P1"][P1_HEADER].append("Cyber offences")
    return workbook_bytes(sheets)


def row_printed_twice(sheets: Sheets) -> bytes:
    rows = sheets["Table P1"]
    norfolk = row_of(rows, "Norfolk")
    rows.insert(norfolk, list(rows[norfolk]))
    return workbook_bytes(sheets)


_PLACE = row_of(read_sheets(FIXTURES / ONS / EDITION)["Table P1"], "Norfolk")
NORFOLK_TWICE = f"cell B{_PLACE + 1} and B{_PLACE + 2}"
SPOILT = (truncated, renamed_column, extra_column, row_printed_twice)


@pytest.fixture(scope="module")
def said_of_each(small: Small, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What one build says of each spoilt workbook of a landing folder, all of which must be refused; every figure is as without the folder."""
    folder = tmp_path_factory.mktemp("spoilt workbooks")
    data, build = copy_of_small(small, folder)
    for spoilt in SPOILT:
        landing_with(folder / "landing" / spoilt.__name__, spoilt(read_sheets(FIXTURES / ONS / EDITION)))
    result = run(["build", "--landing", str(folder / "landing")], build, COUNTYLINES_DATA=data)
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stdout + result.stderr
    assert (build / "county_lines.csv").read_bytes() == (small.build / "county_lines.csv").read_bytes()
    assert not newly_quarantined(build)
    quality = (build / "reports" / "data-quality.html").read_text()
    assert all(f"<samp>{spoilt.__name__}/{ONS}/" in quality for spoilt in SPOILT)
    lines = result.stdout.splitlines()
    return {
        spoilt.__name__: f"{line} {reason.strip()}"
        for line, reason in pairwise(lines)
        for spoilt in SPOILT
        if line.startswith(f"{spoilt.__name__}/{ONS}/")
    }


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        (truncated, ["pfatablesdec19.xlsx: not recognised", "cut short; fetch it again"]),
        (
            renamed_column,
            [f"{ONS} {EDITION}, table 'Table P1', cell X5", "'Drug crimes'", "'Drug offences'", "data/layouts"],
        ),
        (extra_column, [f"{ONS} {EDITION}, table 'Table P1', cell", "'Cyber offences' is not in the layout"]),
        (
            row_printed_twice,
            [f"{ONS} {EDITION}, table 'Table P1', {NORFOLK_TWICE}: the area 'Norfolk' stands more than once"],
        ),
    ],
    ids=["truncated workbook", "renamed column", "extra column", "row printed twice"],
)
def test_a_workbook_that_is_not_as_its_layout_says_is_refused_by_itself(
    said_of_each: dict[str, str], spoilt: Callable[[Sheets], bytes], words: Sequence[str]
) -> None:
    said = said_of_each[spoilt.__name__]
    assert all(word in said for word in words), said


def test_a_sheet_that_no_one_asked_for_changes_nothing(built: Path, tmp_path: Path) -> None:
    (edition,) = (each for each in load_source(ROOT / "data", ONS).editions if each.id == EDITION)
    content = original(edition).read_bytes()
    grids = workbook_grids(content, edition, ["Notes", "Table P1", "Table P3"])
    sheets = {name: [[text or "" for text in row] for row in grid.drop("row").rows()] for name, grid in grids.items()}
    sheets = {"Read me first": [["A sheet that was never there before"]], **sheets}
    paths = Paths(
        data=ROOT / "data",
        build=copy_of_build(built, tmp_path / "build"),
        landing=landing_with(tmp_path / "landing", workbook_bytes(sheets)),
    )
    shutil.rmtree(paths.lake)
    make_tables(paths)
    for table in (f"raw/{ONS}", "core/excluded", "core/notes", "out/indicators"):
        ours, theirs = (pl.read_parquet(build / "lake" / f"{table}.parquet") for build in (paths.build, built))
        # The writer of this workbook keeps sixteen digits of a rate, the publisher's file has seventeen.
        in_digits = "value_text" if table == f"raw/{ONS}" else []
        assert ours.drop(in_digits).equals(theirs.drop(in_digits)), table


# Published cells, as they are kept


def spoil(data: Path, source: str, edition: str, change: Callable[[Cells], Cells]) -> None:
    change_cells(data / "published" / source / f"{edition}.csv", change)


def norfolk_offences(cell: dict[str, str]) -> bool:
    return cell["area_text"] == "Norfolk" and cell["table"] == "Table P1" and cell["measure_text"] == "Drug offences"


def only(cells: Cells, wanted: Callable[[dict[str, str]], bool], **texts: str) -> Cells:
    """The cells, with new texts in the one that is wanted."""
    assert sum(map(wanted, cells)) == 1
    return [{**cell, **texts} if wanted(cell) else cell for cell in cells]


def test_a_force_that_no_register_knows(copied: Small) -> None:
    spoil(copied.data, ONS, EDITION, lambda cells: only(cells, norfolk_offences, area_text="Norfolkshire"))
    said = refusal(copied)
    assert f"{ONS} {EDITION}, table 'Table P1', cell X40" in said
    assert "Norfolkshire" in said
    assert "nearest known" in said
    assert "data/registers" in said
    assert quarantined(copied.build, "core/unmatched", "nothing_unmatched")["area_text"].to_list() == ["Norfolkshire"]


def test_a_word_where_a_number_stood(copied: Small) -> None:
    spoil(copied.data, ONS, EDITION, lambda cells: only(cells, norfolk_offences, value_text="not known"))
    said = refusal(copied)
    assert f"{ONS} {EDITION}, table 'Table P1', cell X40: the value 'not known'" in said
    assert quarantined(copied.build, "core/unmatched", "nothing_unmatched")["text"].to_list() == ["not known"]


def test_a_cell_that_is_there_twice(copied: Small) -> None:
    spoil(
        copied.data,
        ONS,
        EDITION,
        lambda cells: [copy for cell in cells for copy in [cell] * (2 if norfolk_offences(cell) else 1)],
    )
    for _ in ("when first tried", "when tried again, after someone emptied the quarantine"):
        said = refusal(copied)
        assert f"source_id {ONS}, edition_id {EDITION}, table Table P1, cell X40" in said
        assert "edition_id_table_cell_unique.csv" in said
        doubled = quarantined(copied.build, f"raw/{ONS}", "edition_id_table_cell_unique")
        assert doubled["cell"].to_list() == ["X40", "X40"]
        shutil.rmtree(copied.build / "quarantine")


def quarantined_as_lost(spoilt: Small, source: str, edition: str, words: str, published: str) -> set[str]:
    """That a force is missing where it was is said and listed; what else was newly quarantined."""
    said = refusal(spoilt)
    assert f"source_id {source}, edition_id {edition}, area_id K04000001" in said
    assert words in said
    assert published in said
    totals = "out/reconciliation/totals_agree.csv"
    rows = pl.read_csv(spoilt.build / "quarantine" / totals, infer_schema=False)
    assert rows["reconciliation_id"][0] == f"coverage.{source}.{edition}.K04000001"
    return newly_quarantined(spoilt.build) - {totals}


def test_a_force_that_one_edition_lost(copied: Small) -> None:
    def lost(cell: dict[str, str]) -> bool:
        return cell["area_text"] == "Norfolk" and cell["table"] == "Table P3"

    spoil(copied.data, ONS, EDITION, lambda cells: [cell for cell in cells if not lost(cell)])
    words = (
        "Norfolk is not in Table P3 (drug_offence_rate_published, 1 of 1 periods, the first to 2019-12-31); "
        "Norfolk is not in Table P3 (resident_population"
    )
    assert quarantined_as_lost(copied, ONS, EDITION, words, "published 5.0, computed 4.0") == set()


def test_a_force_that_one_edition_lost_for_one_period_of_many(built: Path, tmp_path: Path) -> None:
    def lost(cell: dict[str, str]) -> bool:
        return cell["area_text"] == "Norfolk" and cell["period_text"] == "30-06-2012"

    whole = Small(copy_of_data(tmp_path / "data"), copy_of_build(built, tmp_path / "build"))
    spoil(whole.data, ROLLING, "2019-04", lambda cells: [cell for cell in cells if not lost(cell)])
    words = "Norfolk is not in rec-crime-pfa (drug_offences, 1 of 52 periods, the first to 2012-06-30)"
    also = quarantined_as_lost(whole, ROLLING, "2019-04", words, "published 43.0, computed 42.0")
    assert also == {"out/coverage/every_force_or_a_known_gap.csv"}


def test_an_edition_that_lost_all_its_cells(copied: Small) -> None:
    spoil(copied.data, ONS, EDITION, lambda cells: [])
    said = refusal(copied)
    assert f"raw/{ONS} breaks the rule edition_ye_dec_2019_has_cells (The edition {EDITION} of {ONS} has cells)" in said


def one_more_in_norfolk(cells: Cells) -> Cells:
    (printed,) = filter(norfolk_offences, cells)
    return only(cells, norfolk_offences, value_text=str(int(printed["value_text"]) + 1))


def test_a_count_that_was_changed_no_longer_adds_up_to_its_totals(built: Path, tmp_path: Path) -> None:
    whole = Small(copy_of_data(tmp_path / "data"), copy_of_build(built, tmp_path / "build"))
    spoil(whole.data, ONS, EDITION, one_more_in_norfolk)
    said = refusal(whole)
    assert "out/reconciliation breaks the rule totals_agree" in said
    assert f"source_id {ONS}, edition_id {EDITION}" in said
    assert "quarantine/out/reconciliation/totals_agree.csv" in said
    rows = quarantined(whole.build, "out/reconciliation", "totals_agree")
    totals = rows.filter(pl.col("kind") == "total").select("area_id", "difference")
    assert dict(totals.iter_rows()) == dict.fromkeys(("E12000006", "E92000001", "K04000001"), "1.0")
    assert "E23000024" in rows.filter(pl.col("kind") == "rate")["area_id"].to_list()


def test_a_count_that_was_changed_is_not_taken_up_and_a_repair_heals(copied: Small, small: Small) -> None:
    build = copied.build
    lake, before = digests(build / "lake"), good(build)
    spoil(copied.data, ONS, EDITION, one_more_in_norfolk)
    refusal(copied)
    rows = quarantined(build, "out/reconciliation", "totals_agree")
    assert "E23000024" in rows.filter(pl.col("kind") == "rate")["area_id"].to_list()
    assert digests(build / "lake")["out/reconciliation.parquet"] == lake["out/reconciliation.parquet"]

    result = run(["build"], build, COUNTYLINES_DATA=small.data)
    assert result.returncode == 0, result.stderr
    assert digests(build / "lake") == lake
    assert not newly_quarantined(build)
    assert {name: digest for name, digest in good(build).items() if name != "county_lines.duckdb"} == {
        name: digest for name, digest in before.items() if name != "county_lines.duckdb"
    }
