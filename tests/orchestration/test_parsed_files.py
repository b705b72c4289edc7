"""A file that nobody listed is parsed once: to see whether it can be read, and for the build."""

import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from orchestration.definitions import definitions
from orchestration.store.editions_in_use import calendar_on, registered
from orchestration.store.parsed_files import cells_once
from orchestration.store.paths import PROJECT, Paths
from tests.incidents.conftest import STOP_HEADER, csv_file, search
from transforms.sources.published import read_cells
from transforms.sources.recognise import READ, REFUSED

pytestmark = pytest.mark.full

ARCHIVE = "police_uk_archive"
FILE = "2019-02-gwent-stop-and-search.csv"


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    (tmp_path / "landing").mkdir()
    return Paths(PROJECT / "data", tmp_path / "build", tmp_path / "landing")


def put_searches(paths: Paths, sought: str) -> None:
    assert paths.landing
    records = csv_file(STOP_HEADER, search("2019-02-03T12:00:00+00:00", sought=sought))
    (paths.landing / FILE).write_text(records, encoding="utf-8")


def kept(paths: Paths, ending: str) -> list[Path]:
    return sorted((paths.build / "parsed").glob(f"*{ending}"))


def test_cells_that_were_kept_are_not_parsed_again(paths: Paths) -> None:
    put_searches(paths, "Controlled drugs")
    found = registered(paths)
    assert [file.outcome for file in found.files] == [READ]
    (cells,) = kept(paths, ".parquet")
    pl.read_parquet(cells).with_columns(pl.lit("kept").alias("value_text")).write_parquet(cells)
    read = read_cells(found.sources[ARCHIVE], paths.data, paths.landing, cells_once(paths))
    assert read.filter(edition_id=found.files[0].editions[0].id)["value_text"].unique().to_list() == ["kept"]


def test_a_refusal_is_kept_in_its_words_and_stops_nothing(paths: Paths) -> None:
    put_searches(paths, "Synthetic goods")
    (first,) = registered(paths).files
    assert (first.outcome, "Synthetic goods" in str(first.reason)) == (REFUSED, True)
    (words,) = kept(paths, ".decided")
    words.write_text("as it was said before")
    (again,) = registered(paths).files
    assert (again.outcome, again.reason) == (REFUSED, "as it was said before")
    assert definitions(paths).resolve_asset_graph()


def test_what_was_kept_goes_with_the_register_entry_the_bytes_and_the_file(paths: Paths, tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("build"))
    paths = Paths(tmp_path / "data", paths.build, paths.landing)
    put_searches(paths, "Controlled drugs")
    registered(paths)
    (before,) = kept(paths, ".parquet")
    with (paths.data / "sources" / f"{ARCHIVE}.toml").open("a", encoding="utf-8") as file:
        file.write("# The entry was changed\n")
    registered(paths)
    (after,) = kept(paths, ".parquet")
    assert after != before
    put_searches(paths, "Firearms")
    registered(paths)
    (other,) = kept(paths, ".parquet")
    assert other.name[:64] != after.name[:64]
    assert paths.landing
    (paths.landing / FILE).unlink()
    registered(paths)
    assert not kept(paths, "")


def test_whoever_only_looks_at_the_calendar_parses_nothing(paths: Paths) -> None:
    put_searches(paths, "Synthetic goods")
    held = calendar_on(paths, date(2026, 1, 1)).filter(source_id=ARCHIVE)["editions"].item()
    assert not kept(paths, "")
    registered(paths)
    assert calendar_on(paths, date(2026, 1, 1)).filter(source_id=ARCHIVE)["editions"].item() == held - 1
