"""Compares this checkout with another commit: a build from nothing, a build after one figure changed, and single records.

``python benchmarks/against.py 5baf487`` clones that commit into a temporary folder, with an environment of its own, and measures both in
turn, each in processes of their own, in folders of their own: seconds on the clock, seconds of processor (with all children), and the peak
memory of the largest process. Of several ``--rounds`` the least counts. Records are read from one synthetic archive, made once; beside both
stands the floor, which inflates and parses on one core and keeps nothing. ``--tests`` compares the whole suite and the quick tests too, which
takes many times as long. Nothing else should be at work on the machine meanwhile.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestration.run.bench import Cost, change_one_figure, measure
from orchestration.store.paths import PROJECT

COLD = "Build from nothing"
CHANGED = "One figure changed"
RECORDS = "Records"
FLOOR = "Records, the floor"
ALL_TESTS = "All tests"
QUICK_TESTS = "Quick tests"

# What is read of a measurement, and how it is printed.
_FIGURES = {
    "wall": ("clock, s", "{:.1f}"),
    "cpu": ("processor, s", "{:.1f}"),
    "memory": ("peak memory, MiB", "{:,.0f}"),
}
_BEFORE, _NOW = "before", "now"


@dataclass(frozen=True)
class Side:
    """A checkout, and the Python of its environment."""

    checkout: Path
    python: Path


def compare(commit: str, rounds: int, rows: int, with_tests: bool) -> list[dict[str, Any]]:
    """Measure both sides in turn. One entry a measurement: work, side (before or now), wall and cpu (seconds), memory (MiB).

    Raises CountyLinesError when a measured command fails, and CalledProcessError when the commit cannot be cloned or installed.
    """
    with tempfile.TemporaryDirectory(prefix="countylines-against-") as name:
        folder = Path(name)
        sides = {_BEFORE: clone(commit, folder / "before"), _NOW: Side(PROJECT, Path(sys.executable))}
        found = []
        for number in range(rounds):
            for work, measured in _builds(sides, folder / f"round-{number}"):
                found += [{"work": work, "side": side, **measured(side)} for side in sides]
        archive = folder / "records"
        _say("making synthetic records")
        _run_records(sides[_NOW], archive, rows, "--ways", "floor")
        for _ in range(rounds):
            found.append({"work": FLOOR, "side": _NOW, **_records(sides[_NOW], archive, rows, "floor")})
            found += [
                {"work": RECORDS, "side": side, **_records(where, archive, rows, "ours")}
                for side, where in sides.items()
            ]
        if with_tests:
            for work, options in ((ALL_TESTS, ()), (QUICK_TESTS, ("-m", "not full"))):
                found += [{"work": work, "side": side, **_tests(where, options)} for side, where in sides.items()]
    return found


def clone(commit: str, folder: Path) -> Side:
    """A clone of this repository at a commit, with the versions that it pins in an environment of its own."""
    _say(f"installing {commit}")
    subprocess.run(["git", "clone", "--quiet", "--no-checkout", "--shared", PROJECT, folder], check=True)
    subprocess.run(["git", "-C", folder, "checkout", "--quiet", "--detach", commit], check=True)
    # What stands in or beside this checkout, and lets tests run that would be skipped without it.
    for kept, here in ((PROJECT / ".tools", folder / ".tools"), (PROJECT.parent / "shared", folder.parent / "shared")):
        if kept.exists():
            here.symlink_to(kept)
    subprocess.run(["uv", "sync", "--quiet"], cwd=folder, env=_environment(), check=True)
    return Side(folder, folder / ".venv" / "bin" / "python")


def _builds(sides: Mapping[str, Side], folder: Path) -> Iterator[tuple[str, Callable[[str], dict[str, Any]]]]:
    """What is measured of builds, in order, with the function that measures it on one side."""
    for side, where in sides.items():
        shutil.copytree(where.checkout / "data", folder / side / "data", ignore=shutil.ignore_patterns("build"))

    def build(side: str) -> dict[str, Any]:
        places = {"COUNTYLINES_DATA": str(folder / side / "data"), "COUNTYLINES_BUILD": str(folder / side / "build")}
        program = "from orchestration.cli import main; main()"
        return _measured(sides[side], ["-c", program, "build", "--json"], places)

    def changed(side: str) -> dict[str, Any]:
        change_one_figure(folder / side / "data" / "published")
        return build(side)

    for work, measured in ((COLD, build), (CHANGED, changed)):
        _say(work.lower())
        yield work, measured
    shutil.rmtree(folder)


def _records(where: Side, folder: Path, rows: int, way: str) -> dict[str, Any]:
    _say(f"records: {way}")
    threads = {"POLARS_MAX_THREADS": "1"} if way == "floor" else {}
    found = json.loads(_run_records(where, folder, rows, "--measure", way, **threads))
    return {"wall": found["seconds"], "cpu": found["cpu"], "memory": found["megabytes"]}


def _run_records(where: Side, folder: Path, rows: int, *options: str, **variables: str) -> str:
    arguments = [str(where.checkout / "benchmarks" / "records.py"), str(folder), "--rows", str(rows), *options]
    return run_on(where.checkout, where.python, arguments, PYTHONPATH=str(where.checkout), **variables)[1]


def _tests(where: Side, options: Sequence[str]) -> dict[str, Any]:
    _say(f"tests of {where.checkout.name} {' '.join(options)}")
    return _measured(where, ["-m", "pytest", "-q", *options], {})


def _measured(where: Side, arguments: Sequence[str], places: Mapping[str, str]) -> dict[str, Any]:
    return asdict(run_on(where.checkout, where.python, arguments, **places)[0])


def run_on(checkout: Path, python: Path, arguments: Sequence[str], **variables: str) -> tuple[Cost, str]:
    """Run Python in a checkout, without what is chosen by variables here; what it took, and what it printed."""
    return measure([str(python), *arguments], _environment(**variables), checkout)


def _environment(**more: str) -> dict[str, str]:
    """This environment without what chooses folders, environments or threads here."""
    chosen = ("COUNTYLINES_", "POLARS_", "VIRTUAL_ENV", "PYTHONPATH", "UV_PROJECT_ENVIRONMENT")
    return {name: text for name, text in os.environ.items() if not name.startswith(chosen)} | more


def _say(doing: str) -> None:
    sys.stderr.write(f"{doing} …\n")


def compared(found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One entry a work and figure (wall, cpu, memory): the least before and now, and now as a share of before.

    Records have one more, times_floor: processor seconds as a multiple of the floor's.
    """
    works = [work for work in dict.fromkeys(entry["work"] for entry in found) if work != FLOOR]
    rows = []
    for work in works:
        figures = {figure: {side: _least(found, work, side, figure) for side in (_BEFORE, _NOW)} for figure in _FIGURES}
        if work == RECORDS:
            floor = _least(found, FLOOR, _NOW, "cpu")
            figures["times_floor"] = {side: seconds / floor for side, seconds in figures["cpu"].items()}
        rows += [
            {"work": work, "figure": figure, **sides, "ratio": sides[_NOW] / sides[_BEFORE]}
            for figure, sides in figures.items()
        ]
    return rows


def _least(found: Sequence[Mapping[str, Any]], work: str, side: str, figure: str) -> float:
    return min(float(entry[figure]) for entry in found if (entry["work"], entry["side"]) == (work, side))


def markdown(rows: Sequence[Mapping[str, Any]], commit: str) -> str:
    """What was compared as a Markdown table."""
    lines = [f"| Work | Figure | {commit} | Now | Ratio |", "|---|---|--:|--:|--:|"]
    figures = {**_FIGURES, "times_floor": ("processor, times the floor", "{:.2f}")}
    for row in rows:
        words, digits = figures[row["figure"]]
        before, now = (digits.format(row[side]) for side in (_BEFORE, _NOW))
        lines.append(f"| {row['work']} | {words} | {before} | {now} | {row['ratio']:.2f} |")
    return "\n".join(lines)


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("commit")
    parser.add_argument(
        "--rounds", type=int, default=1, help="the least of so many rounds, in which the two take turns"
    )
    parser.add_argument("--rows", type=int, default=2_000_000, help="synthetic records")
    parser.add_argument("--tests", action="store_true", help="compare the test suites too")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    rows = compared(compare(options.commit, options.rounds, options.rows, options.tests))
    sys.stdout.write(f"{json.dumps(rows) if options.json else markdown(rows, options.commit)}\n")


if __name__ == "__main__":
    main()
