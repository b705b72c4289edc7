"""The scripts of findings/ are listed, say what they show, and pin what the project pins. That they still hold, `just findings` says."""

import re
from pathlib import Path

import pytest

from tests.test_project import ROOT, constraints, normalised

FOLDER = ROOT / "findings"
SCRIPTS = sorted(FOLDER.glob("*.sh"))
ROW = re.compile(r"^\| `(?P<name>[\w-]+)` \| .+ \| (?P<versions>[\d., ]+) \| .+ \| `(?P<met>[^`]+)` \|$", re.MULTILINE)
ROWS = {row["name"]: row for row in ROW.finditer((FOLDER / "README.md").read_text(encoding="utf-8"))}


def pins(script: str) -> dict[str, str]:
    """The distributions that a script installs: name, normalised, and version."""
    installed = " ".join(re.findall(r"pip install (.*)$", script, re.MULTILINE))
    return {normalised(name): version for name, version in re.findall(r"([\w.-]+)==([\w.]+)", installed)}


def test_every_finding_has_its_row_and_every_row_its_finding() -> None:
    assert [path.stem for path in SCRIPTS] == sorted(ROWS)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_finding_says_first_what_it_shows(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    comments = [line for line in lines[: lines.index("set -euo pipefail")] if line.startswith("#")]
    assert lines[0] == "#!/usr/bin/env bash"
    assert {version for version in ROWS[path.stem]["versions"].split(", ") if version not in comments[1]} == set()
    said = [
        line for line in comments if re.match(r"# (?:Expected: |What happens: |Output seen on \d{4}-\d\d-\d\d:$)", line)
    ]
    assert len(said) == 3
    assert comments[-1].startswith("#   ")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_finding_is_about_the_versions_that_the_project_uses(path: Path) -> None:
    pinned = pins(path.read_text(encoding="utf-8"))
    assert pinned
    used = constraints()
    assert {name: version for name, version in pinned.items() if name in used and version not in used[name][0]} == {}


@pytest.mark.parametrize("name", sorted(ROWS))
def test_a_finding_is_met_by_a_file_of_the_project(name: str) -> None:
    assert (ROOT / ROWS[name]["met"]).is_file()
