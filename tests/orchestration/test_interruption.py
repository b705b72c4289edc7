"""A build that is not alone, or is ended from outside: nothing is half written, and the next build is a good one."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import duckdb
import polars as pl
import pytest

from orchestration.store.lock import only_build
from orchestration.store.paths import Paths
from tests.full_build import ROOT, Small
from tests.orchestration.builds import (
    digests,
    good,
    history,
    last_run,
    run,
    start,
    wait_until,
)
from tests.small_data import change_one_figure
from transforms.errors import CountyLinesError
from transforms.temporary import temporary_beside


@pytest.fixture
def ended_process() -> int:
    """The id of a process that has come to its end."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


@pytest.mark.full
def test_a_second_build_in_the_same_folder_is_told_which_process_is_at_work(tmp_path: Path) -> None:
    paths = Paths(data=ROOT / "data", build=tmp_path / "build")
    with only_build(paths):
        result = run(["build"], paths.build)
        assert result.returncode == 1
        assert result.stderr == (
            f"countylines: Another build (process {os.getpid()}) is at work in {paths.build}; "
            "wait for its end, or give this one another folder with --output.\n"
        )
        assert [path.name for path in paths.build.iterdir()] == [".lock"]
        with only_build(Paths(data=ROOT / "data", build=tmp_path / "another")):
            pass
    with only_build(paths):
        pass


def test_the_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    paths = Paths(data=ROOT / "data", build=tmp_path)
    with pytest.raises(CountyLinesError, match="a table is not as it should be"), only_build(paths):
        raise CountyLinesError("a table is not as it should be")
    with only_build(paths):
        assert (tmp_path / ".lock").read_text() == str(os.getpid())


def test_what_a_killed_process_left_half_written_is_removed_and_what_others_write_without_the_lock_is_not(
    tmp_path: Path, ended_process: int
) -> None:
    left = tmp_path / "lake" / "core" / f".areas.parquet.{ended_process}.tmp"
    folder = tmp_path / "editions" / f".0123-4567.{ended_process}.tmp"
    link = tmp_path / f".reports.{ended_process}.tmp"
    alive = temporary_beside(tmp_path / "parsed" / "cells.parquet")
    kept = tmp_path / "lake" / "core" / "areas.parquet"
    for path in (left, alive, kept, folder / "norfolk.html"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    link.symlink_to("editions/0123-4567")
    with only_build(Paths(data=ROOT / "data", build=tmp_path)):
        pass
    assert [path.exists() for path in (left, folder, alive, kept)] == [False, False, True, True]
    assert not link.is_symlink()


def reports(build: Path) -> dict[str, str]:
    return digests((build / "reports").resolve())


def assert_whole(build: Path, like: Path) -> None:
    """Every table and every file for analysts, old or new, can be read from beginning to end."""
    tables = {table: len(pl.read_parquet(table)) for table in (build / "lake").rglob("[!.]*.parquet")}
    assert {table.relative_to(build) for table in tables} == {
        table.relative_to(like) for table in like.glob("lake/**/*.parquet")
    }
    files = sorted(build.glob("county_lines*.csv"))
    assert (
        sum(len(pl.read_csv(file, infer_schema=False)) for file in files)
        == tables[build / "lake/out/indicators.parquet"]
    )
    with duckdb.connect(str(build / "county_lines.duckdb"), read_only=True) as warehouse:
        assert warehouse.sql("select count(*) from out.indicators").fetchall()[0][0] > 0


@pytest.mark.full
def test_killed_at_three_moments_the_last_good_reports_stay_and_the_next_build_is_whole(
    small: Small, small_copy: Small
) -> None:
    data, copied = small_copy
    every_asset = last_run(copied)[1]
    source = change_one_figure(data / "published").parent.name
    table = copied / "lake" / "raw" / f"{source}.parquet"
    before, table_before = reports(copied), table.stat().st_mtime_ns
    documents = set((copied / "documents" / "reports").glob("*/*/*.pdf"))

    def locked() -> bool:
        return (copied / ".lock").read_text() == str(process.pid)

    def first_table_written() -> bool:
        return table.stat().st_mtime_ns != table_before

    def in_the_middle_of_the_reports() -> bool:
        return bool(set((copied / "documents" / "reports").glob("*/*/*.pdf")) - documents)

    for moment in (locked, first_table_written, in_the_middle_of_the_reports):
        process = start(["build"], copied, COUNTYLINES_DATA=data)
        wait_until(moment, process)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert reports(copied) == before
        assert_whole(copied, small.build)

    (copied / "manifest.json").write_bytes(b'{"assets": {"raw/edi')
    process = start(["build"], copied, COUNTYLINES_DATA=data)
    wait_until(locked, process)
    second = run(["build"], copied, COUNTYLINES_DATA=data)
    assert second.returncode == 1
    assert f"Another build (process {process.pid}) is at work" in second.stderr
    _, messages = process.communicate()
    assert process.returncode == 0, messages

    assert last_run(copied) == ("SUCCESS", every_asset)
    after = reports(copied)
    assert after.keys() == before.keys()
    assert after["index.html"] != before["index.html"]
    assert not list(copied.rglob("*.tmp"))
    with history(copied) as instance:
        states = [run.status.value for run in instance.get_runs()]
        assert states[0] == states[-1] == "SUCCESS"
        assert set(states[1:-1]) == {"FAILURE"}, "a killed run must not count as running for ever"
    again = run(["build"], copied, COUNTYLINES_DATA=data)
    assert "Nothing changed since the last build" in again.stdout


@pytest.mark.full
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_an_interruption_ends_a_build_in_one_sentence_and_publishes_nothing(
    small_copy: Small, by: signal.Signals
) -> None:
    data, copied = small_copy
    before = good(copied)
    shutil.rmtree(copied / "lake")
    process = start(["build"], copied, COUNTYLINES_DATA=data)
    wait_until((copied / "lake" / "raw").exists, process)
    process.send_signal(by)
    _, messages = process.communicate()
    assert process.returncode == 130, messages
    assert messages.strip() == "countylines: interrupted; the last good reports are as they were."
    assert good(copied) == before
