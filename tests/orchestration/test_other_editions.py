"""Builds from other editions than those that the project keeps: files under any name, editions that nobody listed, what was known on a day."""

import json
import zipfile
from pathlib import Path

import polars as pl
import pytest

from tests.orchestration.builds import LANDING, run
from tests.small_data import NORFOLK

pytestmark = pytest.mark.full


def retitled(original: Path, copy: Path, before: str, after: str) -> None:
    """A publisher's workbook with another period in its texts: an edition that nobody has seen, its figures another edition's."""
    copy.parent.mkdir(parents=True)
    with zipfile.ZipFile(original) as read, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as write:
        for member in read.infolist():
            content = read.read(member)
            write.writestr(member.filename, content.replace(before.encode(), after.encode()))


@pytest.mark.skipif(not LANDING.is_dir(), reason="no landing folder with original files beside the repository")
def test_editions_that_nobody_listed_reach_the_indicators_and_every_file_is_accounted_for(copied: Path) -> None:
    build = copied
    store = build / "lake" / "editions"
    original = LANDING / "ons_pfa_tables" / "ye-mar-2019" / "policeforceareatablesyeendingmarch2019.xlsx"
    retitled(original, store / "ab" / "abcd" / "tables.xlsx", "March 2019", "June 2019")
    (store / "fetched.jsonl").write_text("{}\n")
    (store / "worst 20261203.csv").write_text("cat,dog\n1,2\n")
    made = run(["build", "--fetched", "--json"], build)
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["files"] == [
        {
            "file": "ab/abcd/tables.xlsx",
            "outcome": "read",
            "source_id": "ons_pfa_tables",
            "editions": "ye-jun-2019",
            "cells": 185,
            "matched": 166,
            "excluded": 0,
            "unmatched": 0,
            "footnotes": 19,
            "unaccounted": 0,
            "why": None,
        },
        {
            **dict.fromkeys(("source_id", "editions", "matched", "excluded", "unmatched", "footnotes", "unaccounted")),
            **{"file": "fetched.jsonl", "outcome": "set aside", "cells": 0},
            "why": "it is the folder's own list of files",
        },
        {
            **dict.fromkeys(("source_id", "editions", "matched", "excluded", "unmatched", "footnotes", "unaccounted")),
            **{"file": "worst 20261203.csv", "outcome": "not recognised", "cells": 0},
            "why": "no source has a table with these columns, or a workbook with these titles",
        },
    ]
    quality = (build / "reports" / "data-quality.html").read_text()
    assert "Of 3 files in the landing folder 1 was read, 1 not recognised and 1 set aside." in quality
    assert "<samp>worst 20261203.csv</samp></th><td>not recognised</td>" in quality
    assert "<samp>no source has a table with these columns, or a workbook with these titles</samp>" in quality
    new = pl.read_parquet(build / "lake" / "out" / "indicators.parquet").filter(edition_id="ye-jun-2019")
    assert new.filter(area_id=NORFOLK, measure_id="drug_offences")["period_end"].unique().dt.to_string().to_list() == [
        "2019-06-30"
    ]
    again = run(["build", "--fetched"], build)
    assert "Nothing changed since the last build" in again.stdout
    assert "ab/abcd/tables.xlsx: read, ons_pfa_tables ye-jun-2019" in again.stdout


def test_a_day_before_everything_is_refused_in_one_sentence(tmp_path: Path) -> None:
    made = run(["build", "--as-of", "2018-06-30"], tmp_path)
    assert made.returncode == 1
    assert "had been published by 2018-06-30 is held; take a later day" in made.stderr


def test_two_folders_of_files_are_not_mixed(tmp_path: Path) -> None:
    made = run(["build", "--fetched", "--landing", str(tmp_path)], tmp_path)
    assert made.returncode == 1
    assert "--fetched and --landing name two folders" in made.stderr
    assert "Nothing has been fetched yet" in run(["build", "--fetched"], tmp_path).stderr


def test_a_folder_is_read_without_building_anything(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "page.xlsx").write_text("<!doctype html>")
    found = run(["landing", str(tmp_path / "landing")], tmp_path / "build")
    assert found.returncode == 1
    assert found.stdout == (
        "page.xlsx: not recognised\n    it is a web page, where a data file should be; fetch it again\n"
    )
    assert not (tmp_path / "build").exists()
