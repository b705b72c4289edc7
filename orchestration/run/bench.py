"""What a build costs on this machine, measured from outside.

Every build is a process of its own in a temporary folder, as a person would start it; nothing of this checkout's build is used or changed.
"""

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from orchestration.store.paths import PROJECT
from transforms.errors import CountyLinesError

COLD = "Everything, from nothing"
UNCHANGED = "Nothing changed"
CHANGED = "One figure of one edition changed"

# The layers, and the checks in them, that `countylines build --json` reports, in the order in which they run, and what happens in each.
_PARTS = {
    "raw": "Published cells read (or files parsed)",
    "core": "Names, periods and definitions matched",
    "out": "Rates, totals and files for analysts",
    "checks": "Checks, the import of Great Expectations included",
    "report": "Reports drawn, set and published",
}
# The parts of a report of which `countylines build --json` says how long they take, and what happens in each.
_PARTS_OF_REPORT = {
    "content": "Content and charts, of which there are {charts:.1f}",
    "page": "HTML page",
    "evidence page": "Evidence page",
    "PDF": "PDF",
    "wording": "Wording rules",
}
_START = "Start of Python, imports and the run's own records"

# Linux counts in KiB, macOS in bytes.
_BYTES_PER_UNIT_OF_MEMORY = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Cost:
    """What one process and all its children took: seconds on the clock, seconds of processor, MiB of memory at the peak."""

    wall: float
    cpu: float
    memory: float


def measure_builds(rounds: int) -> list[dict[str, Any]]:
    """Build from nothing, again, and after one figure changed, so many times, saying on standard error what is under way.

    One entry a build: kind, wall and cpu (seconds), memory (MiB), ran (assets made), layers (seconds by layer) and
    milliseconds_a_report (of processor time, by part). Raises CountyLinesError when a build fails.
    """
    return [build for number in range(rounds) for build in _one_round(number, rounds)]


def _one_round(number: int, rounds: int) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="countylines-bench-") as folder:
        data, build = Path(folder, "data"), Path(folder, "build")
        shutil.copytree(PROJECT / "data", data, ignore=shutil.ignore_patterns("build"))
        environment = {**os.environ, "COUNTYLINES_DATA": str(data), "COUNTYLINES_BUILD": str(build)}
        environment.pop("COUNTYLINES_LANDING", None)
        found = []
        for kind in (COLD, UNCHANGED, CHANGED):
            click.echo(f"Round {number + 1} of {rounds}: {kind.lower()} … ", err=True, nl=False)
            found.append(measured_build(kind, environment))
            click.echo(f"{found[-1]['wall']:.1f} s", err=True)
        return found


def measured_build(
    kind: str, environment: Mapping[str, str], change: Callable[[Path], Path] | None = None
) -> dict[str, Any]:
    """One entry of ``measure_builds``: a build with the data and in the folder that the environment names, after one figure changed if so.

    ``change`` changes it below the folder of published cells that it is given; ``change_one_figure`` unless another is given.
    """
    if kind == CHANGED:
        (change or change_one_figure)(Path(environment["COUNTYLINES_DATA"], "published"))
    cost, output = measure([*_COUNTYLINES, "build", "--json"], environment)
    result = json.loads(output)
    return {"kind": kind, **asdict(cost)} | {name: result[name] for name in ("ran", "layers", "milliseconds_a_report")}


_COUNTYLINES = (sys.executable, "-c", "from orchestration.cli import main; main()")


def measure(command: Sequence[str], environment: Mapping[str, str], folder: Path = PROJECT) -> tuple[Cost, str]:
    """Run a command in a folder to its end; return what it and its children took, and its standard output.

    Processor time is user plus system; memory is the largest resident set of any one process of the tree (wait4). Raises
    CountyLinesError with the command's last line when it fails.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as messages:
        began = time.monotonic()
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=output, stderr=messages)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)  # Popen must not wait for it again
        if process.returncode != 0:
            messages.seek(0)
            lines = messages.read().decode(errors="replace").strip().splitlines()
            raise CountyLinesError(
                f"The measured command ended with status {process.returncode}: {lines[-1] if lines else 'it said nothing'}. "
                "Run it by itself, mend what it names, and measure again."
            )
        output.seek(0)
        cost = Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * _BYTES_PER_UNIT_OF_MEMORY / 2**20)
        return cost, output.read().decode()


# What a correction of one figure changes: a force's total of one quarter, one of its parts, and the total of all forces.
_CHANGED_EDITION = "ho_nrm_police_first_responder/2023-q4.csv"
CHANGED_CELLS = (
    ("Norfolk Constabulary", ""),
    ("Norfolk Constabulary", "Criminal | Child (17 or under)"),
    ("Police total", ""),
)


def change_one_figure(published: Path, cells: Sequence[tuple[str, str]] = CHANGED_CELLS) -> Path:
    """Add one to Norfolk's referrals of the last quarter of 2023 below a folder of published cells, and return the file.

    Its total, one of its parts and the total of all police change, so that everything still adds up; or the ``cells`` given, each by its
    area and its part. They are changed in the text, since reading the file with Polars would make this process larger than a build in which
    nothing changed, and a child counts its parent's memory as its own until it has started. Raises CountyLinesError when the file has not just one figure in each of these places.
    """
    path = published / _CHANGED_EDITION
    text = path.read_text(encoding="utf-8")
    for area, part in cells:
        row = rf"^((?:[^,\n]*,){{6}}{re.escape(area)},[^,\n]*,{re.escape(part)},[^,\n]*,)(\d+)(\.0,)"
        text, found = re.subn(row, lambda cell: f"{cell[1]}{int(cell[2]) + 1}{cell[3]}", text, flags=re.MULTILINE)
        if found != 1:
            raise CountyLinesError(
                f"{path.name} has {found} figures for {area}, {part or 'all'}; the benchmark changes one, so name its place in orchestration/run/bench.py again."
            )
    path.write_text(text, encoding="utf-8")
    return path


def markdown(found: Sequence[Mapping[str, Any]]) -> str:
    """Three Markdown tables: medians a kind of build, where the time of the full build goes, and that of one report."""
    kinds = list(dict.fromkeys(run["kind"] for run in found))
    lines = ["| Build | Clock, s | Processor, s | Peak memory, MiB |", "|---|--:|--:|--:|"]
    for kind in kinds:
        runs = [run for run in found if run["kind"] == kind]
        wall, cpu, memory = (statistics.median(run[what] for run in runs) for what in ("wall", "cpu", "memory"))
        lines.append(f"| {kind} | {wall:.1f} | {cpu:.1f} | {memory:,.0f} |")
    cold = [run for run in found if run["kind"] == COLD]
    parts = {words: statistics.median(run["layers"][layer] for run in cold) for layer, words in _PARTS.items()}
    start = {_START: statistics.median(run["wall"] - sum(run["layers"].values()) for run in cold)}
    whole = statistics.median(run["wall"] for run in cold)
    lines += ["", "| Part of the full build | Clock, s | Share |", "|---|--:|--:|"]
    lines += [f"| {words} | {seconds:.1f} | {seconds / whole:.0%} |" for words, seconds in {**start, **parts}.items()]
    reports = [run["milliseconds_a_report"] for run in cold]
    medians = {name: statistics.median(report[name] for report in reports) for name in reports[0]}
    lines += ["", "| Part of one report | Processor, ms |", "|---|--:|"]
    lines += [f"| {words.format(**medians)} | {medians[part]:.0f} |" for part, words in _PARTS_OF_REPORT.items()]
    return "\n".join(lines)
