"""The builds that many tests read: each is made once, by whichever test process asks first, while the others wait for it.

A test module says `from tests.full_build import built as built`, marks itself `full`, and takes `built` as an argument.
"""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from orchestration.run.bench import CHANGED, COLD, UNCHANGED, measured_build
from tests.forks import ROOT, run_forked
from tests.small_data import change_one_figure, small_data

NETWORK_NOTES = "COUNTYLINES_TEST_NETWORK_NOTES"
DAY = "2020-01-31"

# Written into while they are used; all else in a build folder is only ever replaced, so that a copy may share its files.
_WRITTEN_IN_PLACE = ("dagster", ".lock", "manifest.json")

# Secrets that are in the environment of the build that the tests share, and must be nowhere in what it makes.
CANARIES = {
    "COUNTYLINES_SMTP_PASSWORD": "canary-of-the-mail-server",
    "COUNTYLINES_ALERT_WEBHOOK": "http://127.0.0.1:9/canary-of-the-web-hook",
}


def environment(build: Path, **variables: object) -> dict[str, str]:
    """This process's environment with a build folder, and without a developer's own settings."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("COUNTYLINES_")}
    given = {name: str(value) for name, value in variables.items()}
    return {**kept, "COUNTYLINES_BUILD": str(build), "COLUMNS": "110", "NO_COLOR": "1", **given}


def countylines(arguments: Sequence[str], build: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a person would, in the project's folder, on a build folder, and wait for its end; ``more`` is set in its environment."""
    return subprocess.run(
        [str(Path(sys.executable).with_name("countylines")), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=environment(build, **more),
    )


def copy_of_build(build: Path, copy: Path) -> Path:
    """The same build in another folder, times of modification included, so that nothing in it is out of date."""

    def place(source: str, target: str) -> str:
        if Path(source).relative_to(build).parts[0] in _WRITTEN_IN_PLACE:
            shutil.copy2(source, target)
        else:
            os.link(source, target)
        return target

    shutil.copytree(build, copy, symlinks=True, copy_function=place)
    return copy


def copy_of_data(folder: Path) -> Path:
    """The authored data and the published cells, to be changed by a test."""
    return Path(shutil.copytree(ROOT / "data", folder, ignore=shutil.ignore_patterns("build")))


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], str | None]) -> Path:
    """The folder of this name, which ``make`` fills, once for all test processes; it returns why it could not, if so."""
    folder = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    made, ended = folder / name, folder / f"{name}.ended"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ended.exists():
            ended.write_text("it was given up in the middle", encoding="utf-8")
            ended.write_text(make(made) or "", encoding="utf-8")
    if failure := ended.read_text(encoding="utf-8"):
        pytest.fail(f"The build that these tests read failed: {failure}", pytrace=False)
    return made


def network_notes(build: Path) -> Path:
    """Where tests/network_guard notes what the processes of the shared build asked of the network."""
    return build.with_name("full-build.network")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a full build from the cells that the project keeps, made by the installed command, without a network."""

    def make(build: Path) -> str | None:
        guard = {"PYTHONPATH": str(ROOT / "tests" / "network_guard"), NETWORK_NOTES: str(network_notes(build))}
        run = countylines(["build"], build, **guard, **CANARIES)
        build.with_name("full-build.printed").write_text(run.stdout + run.stderr, encoding="utf-8")
        return run.stderr if run.returncode else None

    return made_once(tmp_path_factory, "full-build", make)


class Small(NamedTuple):
    """Small data, and all that is made of them."""

    data: Path
    build: Path


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """A build of the small data: for whatever does not ask how much there is."""

    def make(folder: Path) -> str | None:
        folder.mkdir()
        data = small_data(folder / "data")
        run = run_forked(["build"], environment(folder / "build", COUNTYLINES_DATA=data))
        return run.stderr if run.returncode else None

    folder = made_once(tmp_path_factory, "small", make)
    return Small(folder / "data", folder / "build")


def copy_of_small(small: Small, folder: Path) -> Small:
    """Small data and what is made of them in a folder of their own, to be changed by a test."""
    return Small(Path(shutil.copytree(small.data, folder / "data")), copy_of_build(small.build, folder / "build"))


class Measured(NamedTuple):
    """What the benchmark left: a build from nothing, the same after one figure of its data changed, those data, and what was measured."""

    from_nothing: Path
    changed: Path
    data: Path
    found: list[dict[str, Any]]


@pytest.fixture(scope="session")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """A round of the benchmark on small data in another folder, with another hash seed, more threads, and first by a clock that is years behind."""

    def make(folder: Path) -> None:
        build, found = folder / "changed", []
        folder.mkdir()
        data = small_data(folder / "data")
        variables = environment(build, COUNTYLINES_DATA=data, PYTHONHASHSEED=4711, POLARS_MAX_THREADS=3)
        found.append(measured_build(COLD, variables | clock_behind()))
        copy_of_build(build, folder / "from-nothing")
        found += [measured_build(kind, variables, change_one_figure) for kind in (UNCHANGED, CHANGED)]
        (folder / "found.json").write_text(json.dumps(found), encoding="utf-8")

    folder = made_once(tmp_path_factory, "measured", make)
    found = json.loads((folder / "found.json").read_bytes())
    return Measured(folder / "from-nothing", folder / "changed", folder / "data", found)


def clock_behind() -> dict[str, str]:
    """What makes the clock of a process that is years behind; nothing where faketime is not installed."""
    library = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))), None)
    return {} if library is None else {"LD_PRELOAD": str(library), "FAKETIME": "-9000d", "NO_FAKE_STAT": "1"}


@pytest.fixture(scope="session")
def known_then(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which what was known on the day was built from the small data of today; its log stands beside the build as known-then.log."""

    def make(folder: Path) -> str | None:
        data = small_data(folder.with_name("known-then.data"))
        arguments = ["build", "--as-of", DAY, "--log-format", "json", "--json"]
        run = run_forked(arguments, environment(folder, COUNTYLINES_DATA=data))
        folder.with_name("known-then.log").write_text(run.stderr, encoding="utf-8")
        return run.stderr if run.returncode else None

    return made_once(tmp_path_factory, "known-then", make)
