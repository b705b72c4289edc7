"""The shape of the project: what depends on what, what is pinned, what is kept in the repository, and what must never be in it."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("countylines", "orchestration", "reports", "transforms")
TOP_LEVEL = {
    *(".ci", ".editorconfig", ".gitattributes", ".github", ".gitignore"),
    *("CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE", "README.md"),
    *("constraints.txt", "justfile", "pyproject.toml", "workspace.yaml"),
    *("benchmarks", "data", "deploy", "docs", "findings", "tests", *PACKAGES),
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


# What depends on what


def modules(*packages: str) -> list[Path]:
    return [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]


def syntax(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(nodes: Iterator[ast.AST] | list[ast.stmt]) -> set[str]:
    """The first part of the name of every module that these nodes import."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are absolute here"
            found.add((node.module or "").split(".")[0])
    return found


@pytest.mark.full
@pytest.mark.parametrize(
    ("package", "refused"),
    [
        ("transforms", {"reports", "countylines", "orchestration", "dagster"}),
        ("reports", {"countylines", "orchestration", "dagster"}),
        ("countylines", {"orchestration", "dagster"}),
    ],
)
def test_imports_go_one_way(package: str, refused: set[str]) -> None:
    found = {path.relative_to(ROOT): imported(ast.walk(syntax(path))) & refused for path in modules(package)}
    assert not {path: names for path, names in found.items() if names}


def test_inside_orchestration_imports_go_one_way_too() -> None:
    listed = re.search(
        r"^`orchestration`: (`.*`)$", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert listed
    order = re.findall(r"`(\w+)`", listed[1])
    parts = {
        path: path.relative_to(ROOT / "orchestration").with_suffix("").parts[0] for path in modules("orchestration")
    }
    assert set(order) == {part for part in parts.values() if part != "__init__"}
    upwards = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path, part in parts.items()
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("orchestration")
        for name in [f"{node.module}.{node.names[0].name}".split(".")[1]]
        if part != "__init__" and order.index(name) > order.index(part)
    ]
    assert not upwards


@pytest.mark.full
def test_what_is_slow_to_import_is_imported_where_it_is_used() -> None:
    slow = {"duckdb", "great_expectations", "pandas", "scipy", "statsmodels", "typst"}
    found = {path.relative_to(ROOT): imported(syntax(path).body) & slow for path in modules(*PACKAGES)}
    assert not {path: names for path, names in found.items() if names}


@pytest.mark.full
def test_the_asset_graph_loads_without_the_slow_libraries() -> None:
    program = "import json, sys, orchestration.definitions; print(json.dumps(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = set(json.loads(run.stdout))
    assert "transforms.contracts" in loaded
    assert not loaded & {"great_expectations", "python_calamine", "scipy", "statsmodels", "typst"}


def test_an_asset_is_wiring() -> None:
    """At most ten statements in the body of each function that a Dagster decorator makes an asset."""
    assets = {
        f"{path.name}: {node.name}": sum(isinstance(part, ast.stmt) for part in ast.walk(node)) - 1
        for path in modules("orchestration/assets")
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.FunctionDef) and any("asset" in ast.unparse(item) for item in node.decorator_list)
    }
    assert len(assets) > 5
    assert not {name: statements for name, statements in assets.items() if statements > 10}


def test_every_package_says_what_belongs_in_it() -> None:
    folders = {path.parent for path in modules(*PACKAGES)}
    silent = [
        str(folder.relative_to(ROOT))
        for folder in sorted(folders)
        if not (folder / "__init__.py").is_file() or not ast.get_docstring(syntax(folder / "__init__.py"))
    ]
    assert not silent


# What is pinned


def requirements() -> dict[str, str]:
    """Every distribution that pyproject.toml names outside the build system: its version."""
    lines = [
        *PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"]["pipeline"],
        *PROJECT["dependency-groups"]["dev"],
    ]
    pairs = [re.fullmatch(r"([\w.-]+)(?:\[[\w,]+\])?==([\w.]+)", line) for line in lines]
    assert all(pairs), f"every dependency is pinned as name==version: {lines}"
    return {normalised(pair[1]): pair[2] for pair in pairs if pair}


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def constraints() -> dict[str, tuple[set[str], int]]:
    """Every distribution in constraints.txt: its versions (more than one where machines differ), and how many checksums it has."""
    found: dict[str, tuple[set[str], int]] = {}
    for entry in (ROOT / "constraints.txt").read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        if entry.startswith("#"):
            continue
        pin = re.match(r"([\w.-]+)==([\w.+!]+)", entry)
        assert pin, f"constraints.txt: {entry[:80]!r} pins nothing; run just constraints"
        versions, checksums = found.get(normalised(pin[1]), (set(), 0))
        here = len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", entry))
        assert here, f"constraints.txt: {pin[0]} has no checksum; run just constraints"
        found[normalised(pin[1])] = (versions | {pin[2]}, checksums + here)
    return found


def test_constraints_pin_what_the_project_asks_for() -> None:
    assert {name: constraints()[name][0] for name in requirements()} == {
        name: {version} for name, version in requirements().items()
    }


def test_constraints_are_what_is_installed() -> None:
    installed = {normalised(found.name): found.version for found in distributions()}
    shared = installed.keys() & constraints().keys()
    assert shared >= requirements().keys()
    assert not {name: installed[name] for name in shared if installed[name] not in constraints()[name][0]}


def test_constraints_name_no_address_and_say_how_they_are_made() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert text.startswith("#")
    assert "just constraints" in text.splitlines()[0]


def test_every_dependency_has_its_reason_above_it() -> None:
    lines = [line.strip() for line in (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()]
    pinned = [number for number, line in enumerate(lines) if re.match(r'"[\w.-]+(?:\[[\w,]+\])?==', line)]
    extras = sum(map(len, PROJECT["project"]["optional-dependencies"].values()))
    asked = len(PROJECT["project"]["dependencies"]) + len(PROJECT["dependency-groups"]["dev"])
    assert len(pinned) == asked + extras
    assert not [lines[number] for number in pinned if not lines[number - 1].startswith("# ")]


def test_two_machines_resolve_to_the_same_day() -> None:
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", PROJECT["tool"]["uv"]["exclude-newer"])


# What is kept in the repository


def git(*arguments: str) -> str:
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone of the repository: there is no list of its files")
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=False, cwd=ROOT).stdout


@cache
def kept() -> list[Path]:
    """Every file that is in the repository or would be with the next commit."""
    names = git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    return [ROOT / name for name in sorted(set(names)) if name and (ROOT / name).is_file()]


def test_the_top_level_holds_only_what_belongs_there() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in kept()} == TOP_LEVEL


def test_the_lock_file_stays_on_the_machine_that_made_it() -> None:
    """It names addresses of one machine's choice; constraints.txt and the day of resolution carry what matters."""
    assert git("check-ignore", "uv.lock").strip() == "uv.lock"
    assert git("ls-files", "uv.lock") == ""


FOLDER_OF_ONE_MACHINE = re.compile(r"(?<![\w.~-])/(?:home|root|work|Users)/\w")
REGISTRY = re.compile(r"\b(?:pypi|pythonhosted|npmjs|crates|conda|anaconda)\.(?:org|io|com)\b", re.IGNORECASE)


@pytest.mark.full
@pytest.mark.parametrize("unwanted", [FOLDER_OF_ONE_MACHINE, REGISTRY], ids=["folder of one machine", "registry"])
def test_no_file_names_one_machine_or_one_registry(unwanted: re.Pattern[str]) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()[:120]}"
        for path in kept()
        if b"\0" not in (content := path.read_bytes())
        for line in content.decode(encoding="utf-8").splitlines()
        if unwanted.search(line)
    ]
    assert not found


def test_the_search_for_unwanted_text_finds_it() -> None:
    address = "/".join(("", "work", "report"))
    folder, host = "/".join(("", "home", "someone", "data")), ".".join(("pypi", "org"))
    assert FOLDER_OF_ONE_MACHINE.search(f"open {folder}")
    assert REGISTRY.search(f"https://{host}/simple")
    assert not FOLDER_OF_ONE_MACHINE.search(f"https://example.org{address}")


def test_the_gate_is_a_program_that_stops_at_the_first_failure() -> None:
    gate = ROOT / ".ci" / "run"
    assert gate.stat().st_mode & 0o111 == 0o111
    assert gate.read_text(encoding="utf-8").splitlines()[:2] == ["#!/usr/bin/env bash", "set -euo pipefail"]
    assert subprocess.run(["bash", "-n", str(gate)], check=False).returncode == 0
