"""SIGKILL at places chosen by seed in every stage of a build: nothing that readers hold changes, and the next build equals an undisturbed one.

A place is a file and what is about to be done to it. Kills come in rows, and each finds the damage of those before it. A row goes from the
last stage of a build to the first, so that a build on its way to the place makes only what it must; what it ends with, everything from
the published cells on being out of date, is mended by one build and compared. `just drill` tries as many as are asked for, and keeps a
list of them.
"""

import math
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from tests.full_build import ROOT
from tests.full_build import built as built
from tests.orchestration.builds import copy_of_build, digests, environment, made, run
from transforms.differences import TABLES

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif("COUNTYLINES_DRILL_POINTS" not in os.environ, reason="a drill that takes minutes: `just drill`"),
]

SEED = int(os.environ.get("COUNTYLINES_DRILL_SEED", "20200110"))
POINTS = int(os.environ.get("COUNTYLINES_DRILL_POINTS", "14"))
# Kills before the damage is mended and compared: the more, the less a drill costs.
TOGETHER = 28


@dataclass(frozen=True)
class Place:
    """Where a build is killed: as it is about to do the operation on the file."""

    stage: str
    file: str
    operation: str


def places(build: Path) -> dict[str, list[Place]]:
    """Every place by stage, the first stage first, from the files that a whole build has left."""
    edition = (build / "reports").readlink()
    stages = {stage: [] for stage in ("raw", "core", "out", "checks", "files", "documents", "edition", "switch")}
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
        *(Place("switch", f"kept/{edition.name}/{table}.parquet", "rename") for table in TABLES),
        Place("switch", "reports", "symlink"),
        Place("switch", "reports", "rename"),
        Place("switch", "manifest.json", "open"),
        Place("switch", "manifest.json", "rename"),
    ]
    return {stage: sorted(found, key=lambda place: (place.file, place.operation)) for stage, found in stages.items()}


def chosen(build: Path) -> list[list[Place]]:
    """As many places as asked for, from each stage in turn, by seed; in rows that are mended together."""
    draw = random.Random(SEED)
    stages = places(build)
    order = list(stages)
    all_of_them = [draw.choice(stages[order[number % len(order)]]) for number in range(POINTS)]
    draw.shuffle(all_of_them)
    rows = [all_of_them[first : first + TOGETHER] for first in range(0, POINTS, TOGETHER)]
    return [sorted(row, key=lambda place: -order.index(place.stage)) for row in rows]


def make_stale(build: Path, place: Place, edition: str) -> None:
    """Take away what the build will write at the place, so that it gets there; what readers see is not touched."""
    if place.stage in ("edition", "switch"):
        forget_edition(build / "editions" / edition)
        return
    if place.stage == "checks":
        # A table whose check results are gone is checked again as it is made again.
        (build / "lake" / Path(place.file).relative_to("checks").with_suffix(".parquet")).unlink(missing_ok=True)
    (build / place.file).unlink(missing_ok=True)


def forget_edition(edition: Path) -> None:
    """Publish the same reports under another name, as if an older build had been the last good one."""
    older, link = edition.with_name("older-edition"), edition.parents[1] / "reports"
    if link.resolve() == older:
        shutil.rmtree(edition, ignore_errors=True)
    else:
        shutil.rmtree(older, ignore_errors=True)
        edition.rename(older)
        link.unlink()
        link.symlink_to(older.relative_to(link.parent))


@contextmanager
def builds_that_die(build: Path) -> Iterator[Callable[[Place], bool]]:
    """A function that starts a build which should die at a place, and says whether it did."""
    with subprocess.Popen(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-m", "tests.recovery.killed_build", str(build)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment(build),
    ) as program:
        asked, told = program.stdin, program.stdout
        assert asked is not None
        assert told is not None

        def dies(place: Place) -> bool:
            asked.write(f"{place.operation} {place.file}\n")
            asked.flush()
            ended = int(told.readline())
            assert ended in (0, -signal.SIGKILL), place
            return ended == -signal.SIGKILL

        yield dies


def assert_whole(build: Path) -> None:
    """Every table that is there can be read to its end."""
    for table in (build / "lake").rglob("[!.]*.parquet"):
        pl.read_parquet(table)


@pytest.mark.parametrize("number", range(math.ceil(POINTS / TOGETHER)))
def test_killed_in_every_stage_the_last_good_reports_stay_and_the_next_build_equals_an_undisturbed_one(
    number: int, built: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    build, edition = copy_of_build(built, tmp_path / "build"), (built / "reports").readlink().name
    row = chosen(built)[number]
    with builds_that_die(build) as dies:
        for place in row:
            make_stale(build, place, edition)
            reports = digests((build / "reports").resolve())
            assert dies(place), f"no build came to {place}"
            record_property("killed", f"{place.stage}, {place.operation} of {place.file}")
            assert digests((build / "reports").resolve()) == reports, place
            assert_whole(build)
    mended = run(["build"], build)
    assert mended.returncode == 0, mended.stderr
    assert made(build) == made(built)
    assert not list(build.rglob(".*.tmp"))
    assert run(["doctor"], build).returncode == 0
