"""Which published build the page on what changed is about, and what is kept so that it can be made."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from orchestration.run.publish import publish
from orchestration.run.what_changed import edition_before, forget_tables, keep_tables, tables_of, what_changed
from orchestration.store.kept_documents import folder_of_build
from orchestration.store.paths import Paths
from reports.texts import FOLDER
from transforms.differences import TABLES
from transforms.errors import CountyLinesError


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A build folder whose lake holds one synthetic row a table."""
    found = Paths(data=tmp_path / "data", build=tmp_path / "build")
    for number, table in enumerate(TABLES):
        file = found.lake / f"{table}.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        pl.DataFrame({"number": [number]}).write_parquet(file)
    return found


def published(paths: Paths, name: str, second: int) -> Path:
    """A published build of that name and age, which readers see from now on."""
    edition = paths.editions / name
    (edition / FOLDER).mkdir(parents=True)
    (edition / FOLDER / "norfolk.json").write_text("{}")
    os.utime(edition, (second, second))
    keep_tables(paths, edition, {})
    paths.reports.unlink(missing_ok=True)
    paths.reports.symlink_to(edition)
    forget_tables(paths)
    return edition


def test_before_the_first_edition_there_is_none_and_the_page_says_so(paths: Paths) -> None:
    assert edition_before(paths, "aaaaaaaaaaaa") is None
    page = what_changed(paths, "aaaaaaaaaaaa", [])
    assert page.slug == "what-changed"
    assert "first edition" in page.lead


def test_the_edition_before_is_the_one_that_readers_see(paths: Paths) -> None:
    old = published(paths, "aaaaaaaaaaaa-1", second=2)
    assert edition_before(paths, "bbbbbbbbbbbb") == old
    seen = published(paths, "cccccccccccc-1", second=1)
    assert edition_before(paths, "bbbbbbbbbbbb") == seen


def test_a_build_is_never_compared_with_itself(paths: Paths) -> None:
    old = published(paths, "aaaaaaaaaaaa-1", second=1)
    published(paths, "bbbbbbbbbbbb-1", second=2)
    assert edition_before(paths, "bbbbbbbbbbbb") == old
    assert edition_before(paths, "aaaaaaaaaaaa") == paths.editions / "bbbbbbbbbbbb-1"


def test_what_a_file_manager_leaves_in_a_build_folder_stops_nothing(paths: Paths) -> None:
    old = published(paths, "aaaaaaaaaaaa-1", second=1)
    document = folder_of_build(paths, "bbbbbbbbbbbb") / "index.html"
    document.parent.mkdir(parents=True)
    document.write_text("synthetic")
    for folder in (paths.editions, paths.kept, paths.documents):
        (folder / ".DS_Store").write_bytes(b"\x00\x00\x00\x01Bud1")
    assert edition_before(paths, "bbbbbbbbbbbb") == old
    publish(paths, "bbbbbbbbbbbb", [], ["index.html"])
    assert (paths.reports / "index.html").read_text() == "synthetic"


def test_an_edition_whose_tables_were_not_kept_is_passed_over(paths: Paths) -> None:
    (paths.editions / "aaaaaaaaaaaa-1").mkdir(parents=True)
    assert edition_before(paths, "bbbbbbbbbbbb") is None


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


@pytest.mark.parametrize("damage", [Path.unlink, cut_short], ids=lambda damage: str(damage.__name__))
@pytest.mark.parametrize("damaged", ["kept/bbbbbbbbbbbb-1/out/indicators.parquet", "reports/texts/norfolk.json"])
def test_an_edition_that_was_damaged_is_passed_over(damaged: str, damage: Callable[[Path], None], paths: Paths) -> None:
    old = published(paths, "aaaaaaaaaaaa-1", second=1)
    published(paths, "bbbbbbbbbbbb-1", second=2)
    damage(paths.build / damaged)
    assert edition_before(paths, "cccccccccccc") == old


def test_the_tables_that_are_compared_are_kept_with_an_edition_and_go_with_it(paths: Paths) -> None:
    old = published(paths, "aaaaaaaaaaaa-1", second=1)
    assert [frame["number"].item() for frame in tables_of(paths.kept / old.name).values()] == list(range(len(TABLES)))
    shutil.rmtree(old)
    published(paths, "bbbbbbbbbbbb-1", second=2)
    assert [folder.name for folder in paths.kept.iterdir()] == ["bbbbbbbbbbbb-1"]


def test_a_folder_without_tables_is_named(paths: Paths) -> None:
    with pytest.raises(CountyLinesError, match="holds no table raw/editions"):
        tables_of(paths.build / "nothing")
