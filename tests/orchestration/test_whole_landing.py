"""Everything that is at hand of what publishers sent, in one landing folder, with one broken file of each kind among it."""

import gzip
import os
import shutil
from pathlib import Path

import polars as pl
import pytest

from orchestration.store.paths import PROJECT, Paths
from tests.incidents.conftest import STOP_HEADER, csv_file, search
from tests.orchestration.builds import make_tables
from transforms.sources.recognise import COPY, NOT_RECOGNISED, READ, REFUSED, SET_ASIDE

SHARED = PROJECT.parent / "shared"
FOLDERS = (SHARED / "landing", SHARED / "landing-2026-12")
ROLLING = "ho_recorded_crime_rolling/2019-04/rec-crime-pfa.csv"
WORKBOOK = "ons_pfa_tables/ye-dec-2019/pfatablesdec19.xlsx"
OPEN_DOCUMENT = "ho_police_workforce_tables/police-workforce-sep19-tables/police-workforce-sep19-tables.ods"
ARRESTS = "ho_arrests/2017-18/police-arrests-data.csv.gz"

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(
        not all(folder.is_dir() for folder in FOLDERS), reason="no landing folders with original files here"
    ),
]


def broken_files(landing: Path) -> dict[str, bytes]:
    """One of each kind, made of what lies in the folder; named by what becomes of it."""
    rolling, workbook, document, arrests = (
        (landing / name).read_bytes() for name in (ROLLING, WORKBOOK, OPEN_DOCUMENT, ARRESTS)
    )
    series = gzip.decompress(arrests)
    # A synthetic year after the last, in which one force has a name that nobody knows.
    next_year = series.replace(b"2017/18", b"2018/19").replace(b",Norfolk,", b",Norfolkshire,")
    return {
        "not recognised/README.md": b"Files of the publishers\n",
        "not recognised/empty.csv": b"",
        "not recognised/page.csv": b"<!DOCTYPE html><html></html>",
        "not recognised/table.pdf": b"%PDF-1.7",
        "not recognised/table.rda": gzip.compress(b"RDX3\nX\n"),
        "not recognised/half.xlsx": workbook[: len(workbook) // 2],
        "not recognised/half.ods": document[: len(document) // 2],
        "not recognised/latin.csv": "Région,Année\n1,2\n".encode("latin-1"),
        "set aside/.DS_Store": b"\x00\x00\x00\x01Bud1",
        "refused/half.csv.gz": arrests[: len(arrests) // 2],
        "refused/quote.csv": rolling[:5000] + b'"' + rolling[5000:],
        "refused/next year.csv": next_year,
        "refused/2019-02-gwent-stop-and-search.csv": csv_file(STOP_HEADER, search(sought="Synthetic goods")).encode(),
    }


def test_a_folder_of_everything_is_built_in_one_go_whatever_is_broken_in_it(tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    for folder in FOLDERS:
        shutil.copytree(folder, landing, dirs_exist_ok=True, ignore=shutil.ignore_patterns("MANIFEST.csv"))
    for path in [landing, *landing.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    for name, content in broken_files(landing).items():
        (landing / "broken" / name).parent.mkdir(parents=True, exist_ok=True)
        (landing / "broken" / name).write_bytes(content)
    (landing / "broken" / "not recognised" / os.fsdecode(b"donn\xe9es.csv")).write_bytes(
        (landing / ROLLING).read_bytes()
    )
    paths = Paths(PROJECT / "data", tmp_path / "build", landing)
    make_tables(paths)
    files = pl.read_parquet(paths.lake / "out" / "landing_files.parquet")
    assert files.height == sum(not path.is_dir() for path in landing.rglob("*"))
    assert set(files["outcome"]) <= {READ, COPY, SET_ASIDE, NOT_RECOGNISED, REFUSED}
    broken = files.filter(pl.col("file").str.starts_with("broken/"))
    assert broken.filter(pl.col("file").str.split("/").list.get(1) != pl.col("outcome"))["file"].to_list() == []
    assert files.filter(outcome=REFUSED)["file"].str.starts_with("broken/").all(), "a genuine file is refused"
    assert files.filter(outcome=READ).select(pl.sum("unmatched", "unaccounted")).row(0) == (0, 0)
    unread = files.filter(pl.col("outcome") != READ)
    assert unread["why"].null_count() == 0
    assert not unread["why"].str.contains(str(tmp_path), literal=True).any()
    # Every file of the first folder is read but for one, of which the second has the original.
    genuine = [path.relative_to(FOLDERS[0]).as_posix() for path in FOLDERS[0].rglob("*") if path.is_file()]
    not_read = files.filter(pl.col("file").is_in(genuine), pl.col("outcome") != READ)
    assert not_read["file"].to_list() == [ROLLING]
