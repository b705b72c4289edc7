"""After code, a query, a template or a register has changed, the next build says what a build from nothing says, byte for byte."""

import shutil
import signal
import sys
from pathlib import Path

import pytest

from tests.full_build import ROOT, Small, copy_of_small
from tests.full_build import small as small
from tests.orchestration.builds import made, run, start, wait_until

pytestmark = pytest.mark.full

PACKAGES = ("orchestration", "reports", "transforms")
# Without the folder in which it is started, which holds the unchanged code.
BUILD = ["-P", "-c", "from orchestration.cli import main; main()", "build"]

# One change of each kind, each of which changes what readers see: file, what stands there, and what stands there then.
STATISTICS = ("transforms/statistics/counts.py", "BYAR_FROM = 10", "BYAR_FROM = 100000")
QUERY = ("transforms/sql/revisions.sql", "select", "select distinct")
TEMPLATE = ("reports/templates/html/report.html.j2", "This report as PDF", "The same as PDF")
REGISTER = (
    "registers/measures.csv",
    "Drug offences recorded by the police",
    "Synthetic offences recorded by the police",
)


def change(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text, file
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The code of the project in a folder of its own, to be changed."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / "project" / package, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "project"


def said(build: Path) -> dict[str, str]:
    """All that a build makes but for the pages that say what has changed since the build before."""
    return {name: digest for name, digest in made(build).items() if "what-changed" not in name}


def test_builds_after_changes_and_one_that_was_killed_are_the_build_from_nothing(
    small: Small, project: Path, tmp_path: Path
) -> None:
    data, build = copy_of_small(small, tmp_path)
    variables = {"COUNTYLINES_DATA": data, "PYTHONPATH": project}

    def make(folder: Path) -> None:
        done = run(BUILD, folder, command=sys.executable, **variables)
        assert done.returncode == 0, done.stderr

    before = said(build)
    change(project, *STATISTICS)
    change(project, *QUERY)
    make(build)
    limits = said(build)
    assert limits["out/indicators.parquet"] != before["out/indicators.parquet"]
    assert limits["core/observations.parquet"] == before["core/observations.parquet"]

    change(project, *TEMPLATE)
    change(data, *REGISTER)
    table = build / "lake" / "out" / "indicators.parquet"
    written = table.stat().st_mtime_ns
    killed = start(BUILD, build, sys.executable, **variables)
    wait_until(lambda: table.stat().st_mtime_ns != written, killed)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    make(build)

    make(tmp_path / "from-nothing")
    resumed = said(build)
    assert resumed == said(tmp_path / "from-nothing")
    assert resumed["reports/norfolk.html"] != limits["reports/norfolk.html"]
