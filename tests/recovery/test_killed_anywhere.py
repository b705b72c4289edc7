"""SIGKILL at places chosen by seed in every stage of a build: nothing that readers hold changes, and the next build equals an undisturbed one.

A place is a file and what is about to be done to it. Each kill finds the damage of those before it.
`just drill` tries as many as are asked for, and keeps a list of them.
"""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from tests.full_build import ROOT
from tests.full_build import built as built
from tests.orchestration.builds import copy_of_build, digests, environment, good, run

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif("COUNTYLINES_DRILL_POINTS" not in os.environ, reason="a drill that takes minutes: `just drill`"),
]

SEED = int(os.environ.get("COUNTYLINES_DRILL_SEED", "20200110"))
POINTS = int(os.environ.get("COUNTYLINES_DRILL_POINTS", "14"))
# Kills before the damage is mended and compared: the more, the less a drill costs.
TOGETHER = 14


@dataclass(frozen=True)
class Place:
    """Where a build is killed: as it is about to do the operation on the file."""

    stage: str
    file: str
    operation: str


def places(build: Path) -> dict[str, list[Place]]:
    """Every place by stage, from the files that a whole build has left."""
    edition = (build / "reports").readlink()
    stages = {stage: [] for stage in ("raw", "core", "out", "checks", "documents", "files", "edition", "switch")}
    for layer in ("raw", "core", "out"):
        for table in (build / "lake" / layer).rglob("*.parquet"):
            stages[layer].append(Place(layer, str(table.relative_to(build)), "rename"))
    for stage, folder in (("checks", build / "checks"), ("documents", build / "documents")):
        for file in (file for file in folder.rglob("*") if file.is_file()):
            stages[stage] += [Place(stage, str(file.relative_to(build)), operation) for operation in ("open", "rename")]
    for name in ("county_lines.csv", "county_lines.duckdb"):
        stages["files"].append(Place("files", name, "rename"))
    for file in (file for file in (build / edition).rglob("*") if file.is_file()):
        stages["edition"].append(Place("edition", str(file.relative_to(build)), "open"))
    stages["switch"] = [
        Place("switch", str(edition), "rename"),
        Place("switch", "reports", "symlink"),
        Place("switch", "reports", "rename"),
        Place("switch", "manifest.json", "open"),
        Place("switch", "manifest.json", "rename"),
    ]
    return {stage: sorted(found, key=lambda place: (place.file, place.operation)) for stage, found in stages.items()}


def chosen(build: Path) -> list[list[Place]]:
    """As many places as asked for, from each stage in turn, by seed; in groups that are mended together."""
    draw = random.Random(SEED)
    stages = list(places(build).values())
    all_of_them = [draw.choice(stages[number % len(stages)]) for number in range(POINTS)]
    draw.shuffle(all_of_them)
    return [all_of_them[first : first + TOGETHER] for first in range(0, POINTS, TOGETHER)]


def make_stale(build: Path, place: Place) -> None:
    """Take away what the build will write at the place, so that it gets there; the published reports are not touched."""
    if place.stage == "switch" and place.file == "manifest.json":
        (build / "manifest.json").unlink(missing_ok=True)
    elif place.stage in ("edition", "switch"):
        forget_edition(build)
    elif place.stage == "checks":
        # A table whose check results are gone is checked again as it is made again.
        (build / place.file).unlink(missing_ok=True)
        (build / "lake" / Path(place.file).relative_to("checks").with_suffix(".parquet")).unlink(missing_ok=True)
    else:
        (build / place.file).unlink(missing_ok=True)


def forget_edition(build: Path) -> None:
    """Publish other reports under another name, as if an older build had been the last good one."""
    edition = (build / "reports").resolve()
    older = edition.with_name("older-edition")
    if edition != older:
        edition.rename(older)
        (build / "reports").unlink()
        (build / "reports").symlink_to(older.relative_to(build))


def killed(build: Path, place: Place) -> bool:
    """Whether a build that should die at a place did."""
    process = subprocess.run(
        [sys.executable, "-m", "tests.recovery.killed_build", str(build), place.file, place.operation],
        capture_output=True,
        cwd=ROOT,
        env=environment(build),
        check=False,
    )
    assert process.returncode in (0, -signal.SIGKILL), process.stderr.decode()
    return process.returncode == -signal.SIGKILL


def assert_whole(build: Path) -> None:
    """Every table that is there can be read to its end."""
    for table in (build / "lake").rglob("[!.]*.parquet"):
        pl.read_parquet(table)


def made(build: Path) -> dict[str, str]:
    """Everything that a build makes and that must be the same after any disturbance: tables, reports, files for analysts."""
    return digests(build / "lake", ".parquet") | {
        name: digest for name, digest in good(build).items() if not name.endswith((".duckdb", ".json"))
    }


def test_killed_in_every_stage_the_last_good_reports_stay_and_the_next_build_equals_an_undisturbed_one(
    built: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    undisturbed, deaths = made(built), 0
    for number, group in enumerate(chosen(built)):
        build = copy_of_build(built, tmp_path / f"build-{number}")
        for place in group:
            make_stale(build, place)
            reports = digests((build / "reports").resolve())
            if killed(build, place):
                deaths += 1
                record_property("killed", f"{place.stage}, {place.operation} of {place.file}")
                assert digests((build / "reports").resolve()) == reports, place
            assert_whole(build)
        mended = run(["build"], build)
        assert mended.returncode == 0, mended.stderr
        assert made(build) == undisturbed
        assert not list(build.rglob(".*.tmp"))
        assert run(["doctor"], build).returncode == 0
    # A place may be passed by when an earlier kill has left less to do; most must be met, or nothing was tried.
    assert deaths >= 0.8 * POINTS
