"""What the tests of whole builds share: copies to spoil, processes to watch, and what the run history says."""

import hashlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import polars as pl

from orchestration.definitions import definitions
from orchestration.store.paths import Paths
from tests.forks import run_forked
from tests.full_build import ROOT
from tests.full_build import copy_of_build as copy_of_build
from tests.full_build import copy_of_data as copy_of_data
from tests.full_build import environment as environment

LANDING = ROOT.parent / "shared" / "landing"
# Half or double the year before: eight published figures are, which is worth a look and no error.
# Counts of the Home Office below zero: more records were cancelled than made.
WARNED = (
    "core/observations/value_within_limits",
    "out/plausibility/like_the_year_before",
    "out/revisions/value_within_limits",
)
# What one published cell reaches, beside the table of its source.
AFTER_A_CELL = frozenset(
    [
        *(f"core/{name}" for name in ("observations", "excluded", "unmatched", "notes", "record_files")),
        *(
            f"out/{name}"
            for name in (
                "indicators",
                "reconciliation",
                "coverage",
                "plausibility",
                "comparability",
                "scoreboard",
                "profile",
                "claims",
                "revisions",
                "force_characteristics",
                "similar",
                "beside",
                "districts",
                "warehouse",
                "tidy_csv",
            )
        ),
        *(
            f"report/{name}"
            for name in ("datapack", "series", "national", "region", "force", "pages", "changes", "site")
        ),
    ]
)
COMMAND = str(Path(sys.executable).with_name("countylines"))


def start(arguments: Sequence[str], build: Path, command: str = COMMAND, **variables: object) -> subprocess.Popen[str]:
    """Start the command line, or another command, on a build folder."""
    return subprocess.Popen(
        [command, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment(build, **variables),
    )


def run(
    arguments: Sequence[str], build: Path, command: str = COMMAND, **variables: object
) -> subprocess.CompletedProcess[str]:
    """Run the command line, or another command, on a build folder to its end; the command line as a fork."""
    if command == COMMAND:
        return run_forked(arguments, environment(build, **variables))
    process = start(arguments, build, command, **variables)
    output, messages = process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, output, messages)


def definitions_that_load(workspace: str, folder: Path) -> None:
    """Load a workspace as Dagster's own tools do."""
    validated = subprocess.run(
        [sys.executable, "-m", "dagster", "definitions", "validate", "-w", workspace],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=environment(folder / "build", DAGSTER_HOME=folder),
    )
    assert validated.returncode == 0, validated.stderr


def processes_of(build: Path) -> dict[int, str]:
    """Every process that was started for a build folder: its number and its command."""
    return processes_with(f"COUNTYLINES_BUILD={build}")


def processes_with(variable: str) -> dict[int, str]:
    """Every process whose environment has NAME=value: its number and its command."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if variable.encode() in (folder / "environ").read_bytes().split(b"\0"):
                found[int(folder.name)] = (folder / "cmdline").read_text()
        except (FileNotFoundError, NotADirectoryError, PermissionError, ProcessLookupError):
            continue
    return found


def make_tables(paths: Paths, *layers: str) -> None:
    """Make the tables of these layers, or of all, and no report, in this process."""
    defs = definitions(paths)
    result = dg.materialize(
        [
            asset
            for asset in defs.assets or []
            if isinstance(asset, dg.AssetsDefinition)
            # Single records are taken in by a run of their own, since one run has one set of partitions.
            and asset.partitions_def is None
            and all(key.path[0] in layers if layers else key.path[0] != "report" for key in asset.keys)
        ],
        resources=defs.resources,
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
    )
    assert result.success


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[str], seconds: float = 180) -> None:
    """Wait for a moment in the life of a process; fail when the process ends, or the time is over, before it came."""
    end = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, f"the process ended too early: {process.communicate()}"
        assert time.monotonic() < end, "the awaited moment did not come"
        time.sleep(0.01)


@contextmanager
def history(build: Path) -> Iterator[dg.DagsterInstance]:
    """The run history that a build wrote."""
    with dg.DagsterInstance.from_config(str(build / "dagster")) as instance:
        yield instance


def last_run(build: Path) -> tuple[str, set[str]]:
    """Status of the newest run, and the assets that it made."""
    with history(build) as instance:
        (record,) = instance.get_run_records(limit=1)
        events = instance.all_logs(record.dagster_run.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
        made = {
            entry.dagster_event.asset_key.to_user_string()
            for entry in events
            if entry.dagster_event and entry.dagster_event.asset_key
        }
        return record.dagster_run.status.value, made


def digests(folder: Path, *endings: str) -> dict[str, str]:
    """SHA-256 of every file below a folder, or of those with the given endings, by path."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and (not endings or path.suffix in endings)
    }


def good(build: Path) -> dict[str, str]:
    """What readers and analysts hold in their hands: the published reports and the two files."""
    reports = {f"reports/{name}": digest for name, digest in digests((build / "reports").resolve()).items()}
    return reports | {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(build.glob("county_lines.*"))
    }


def made(build: Path) -> dict[str, str]:
    """Everything that a build makes and that must be the same after any disturbance: tables, reports, files for analysts."""
    return digests(build / "lake", ".parquet") | {
        name: digest for name, digest in good(build).items() if not name.endswith((".duckdb", ".json"))
    }


def build_id(build: Path) -> str:
    """The build id of the published reports."""
    return (build / "reports").readlink().name.split("-")[0]


def change_cells(published: Path, change: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> None:
    """Rewrite a file of published cells after changing its rows; an absent value stays absent."""
    before = pl.read_csv(published, infer_schema=False)
    pl.DataFrame(change(before.to_dicts()), schema=before.schema).write_csv(published)
