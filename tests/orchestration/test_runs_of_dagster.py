"""Runs that Dagster starts, in the UI or by its own commands: they hold the lock and leave the manifest as `countylines build` does."""

import os
import shutil
import sys
from pathlib import Path

import dagster as dg
import pytest

from orchestration import definitions
from orchestration.build import dagster_home
from orchestration.run.manifest import BUILD_JOB
from orchestration.store.lock import only_build
from orchestration.store.paths import Paths
from tests.full_build import Small
from tests.orchestration.builds import AFTER_A_CELL, good, last_run, made, run
from tests.small_data import change_one_figure

pytestmark = pytest.mark.full

SOURCE = "raw/ho_nrm_police_first_responder"


def run_of(
    small: Small, monkeypatch: pytest.MonkeyPatch, *assets: str, partition: str | None = None
) -> dg.ExecuteInProcessResult:
    """A run of these assets as the code location of the UI has them."""
    monkeypatch.setenv("COUNTYLINES_DATA", str(small.data))
    monkeypatch.setenv("COUNTYLINES_BUILD", str(small.build))
    keys = [dg.AssetKey.from_user_string(name) for name in assets]
    job = definitions.defs().get_repository_def().get_implicit_job_def_for_assets(keys)
    assert job is not None
    with dg.DagsterInstance.from_config(str(small.build / "dagster")) as instance:
        return job.execute_in_process(
            asset_selection=keys,
            partition_key=partition,
            instance=instance,
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )


def assert_nothing_is_left_to_do(small: Small) -> None:
    examined = run(["doctor"], small.build, COUNTYLINES_DATA=small.data)
    assert not [line for line in examined.stdout.splitlines() if not line.startswith("ok")]
    built = run(["build"], small.build, COUNTYLINES_DATA=small.data)
    assert built.stdout.startswith("Nothing changed since the last build"), built.stdout


def test_everything_that_dagster_makes_from_nothing_is_what_a_build_makes(small: Small, tmp_path: Path) -> None:
    mine = Small(small.data, tmp_path / "build")
    home = dagster_home(Paths(data=mine.data, build=mine.build))
    ended = run(
        [
            *("-m", "dagster", "asset", "materialize", "-m", "orchestration.definitions"),
            *("--select", "*", "--partition-range", "city-of-london...suffolk"),
        ],
        mine.build,
        command=sys.executable,
        COUNTYLINES_DATA=mine.data,
        DAGSTER_HOME=home,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert_nothing_is_left_to_do(mine)
    assert made(mine.build) == made(small.build)
    assert good(mine.build).keys() == good(small.build).keys()


def test_a_table_that_is_made_again_by_itself_leaves_a_build_nothing_to_do(
    small_copy: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_of(small_copy, monkeypatch, "core/areas").success
    assert_nothing_is_left_to_do(small_copy)


@pytest.mark.parametrize("by_itself", [SOURCE, "core/observations"])
def test_what_a_run_has_made_of_what_is_new_a_build_does_not_make_again(
    small_copy: Small, monkeypatch: pytest.MonkeyPatch, by_itself: str
) -> None:
    change_one_figure(small_copy.data / "published")
    chosen = [by_itself] if by_itself == SOURCE else sorted(name for name in AFTER_A_CELL if name.startswith("core/"))
    assert run_of(small_copy, monkeypatch, *chosen).success
    # Tables of cells that were not read yet are no newer than those.
    assert run(["build"], small_copy.build, COUNTYLINES_DATA=small_copy.data).returncode == 0
    left = AFTER_A_CELL if by_itself == SOURCE else AFTER_A_CELL | {SOURCE}
    assert left <= last_run(small_copy.build)[1]
    assert (SOURCE in last_run(small_copy.build)[1]) == (by_itself != SOURCE)


def test_a_backfill_of_one_force_says_what_of_the_site_is_made_anew(
    small_copy: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(small_copy.build / "documents" / "reports" / "norfolk")
    (small_copy.build / "reports" / "norfolk.pdf").resolve().unlink()
    result = run_of(small_copy, monkeypatch, "report/force", "report/site", partition="norfolk")
    assert result.success
    said = {
        event.asset_key.path[-1]: {name: value.value for name, value in event.materialization.metadata.items()}
        for event in result.get_asset_materialization_events()
        if event.asset_key
    }
    assert (said["force"]["reports made anew"], said["force"]["reports as they were"]) == ("norfolk", 0)
    assert said["site"]["new or changed"] == "- norfolk.pdf"
    assert_nothing_is_left_to_do(small_copy)


def test_a_run_that_fails_leaves_the_manifest_as_it_was(small_copy: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (small_copy.build / "manifest.json").read_bytes()
    (small_copy.build / "lake" / "core" / "notes.parquet").unlink()
    assert not run_of(small_copy, monkeypatch, "core/areas", "report/national").success
    assert (small_copy.build / "manifest.json").read_bytes() == before


def test_while_a_build_is_at_work_a_run_is_refused_in_one_sentence(
    small_copy: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = made(small_copy.build)
    with only_build(Paths(data=small_copy.data, build=small_copy.build)):
        result = run_of(small_copy, monkeypatch, "core/areas")
    [failure] = [event for event in result.all_events if event.is_job_failure]
    said, error = [], failure.job_failure_data.error
    while error is not None:
        said.append(error.message)
        error = error.cause
    refusal = (
        f"CountyLinesError: Another build (process {os.getpid()}) is at work in {small_copy.build}; wait for its end"
    )
    assert [words for words in said if refusal in words]
    assert made(small_copy.build) == before


def test_the_runs_of_a_build_are_those_of_a_job_that_the_code_location_has(small: Small) -> None:
    assert definitions.defs().get_repository_def().has_job(BUILD_JOB)
    assert last_run(small.build)[0] == "SUCCESS"
