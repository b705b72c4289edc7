"""The documents are true: what they show is what the commands print, and what they name is there."""

import re
import subprocess
import sys
from pathlib import Path

import click
import duckdb
import polars as pl
import pytest

from docs.refresh import DOCUMENTS, PICTURE, SESSION, picture, printed, with_findings, with_outputs, with_sources
from orchestration.cli import cli
from tests.full_build import ROOT
from tests.full_build import built as built

TEXTS = {path.name: path.read_text(encoding="utf-8") for path in DOCUMENTS}
README = TEXTS["README.md"]


def blocks(language: str) -> list[str]:
    """The fenced blocks of one language in all documents."""
    return [
        block for text in TEXTS.values() for block in re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.DOTALL)
    ]


SESSIONS = [found for text in TEXTS.values() for found in SESSION.findall(text)]


def commands(group: click.Group, prefix: str = "") -> list[str]:
    """Every command of the command line as it is typed: 'build', 'areas suggest'."""
    return [
        name
        for command in group.commands.values()
        for name in (
            commands(command, f"{command.name} ") if isinstance(command, click.Group) else [f"{prefix}{command.name}"]
        )
    ]


def recipes() -> list[str]:
    return re.findall(
        r"^([a-z][a-z-]*)(?: [^:\n]*)?:(?!=)", (ROOT / "justfile").read_text(encoding="utf-8"), re.MULTILINE
    )


def mentioned_paths() -> list[tuple[str, str]]:
    """Every path in backquotes or behind a link, with its document; addresses and names with a <part> to fill in are no paths."""
    found = {
        (document, path)
        for document, text in TEXTS.items()
        for path in [*re.findall(r"`([^`\s]+)`", text), *re.findall(r"\]\(([^)\s]+)\)", text)]
        if re.fullmatch(r"[A-Za-z.][\w.-]*(?:/[\w.-]*)+|[\w-]+\.(?:md|toml|txt|yaml)|LICENSE|justfile", path)
    }
    return sorted(found)


@pytest.mark.parametrize("command", ["pip install uv && uv run countylines build", "uv run pytest"])
def test_the_two_commands_are_in_the_readme(command: str) -> None:
    assert f"\n{command}\n" in README


@pytest.mark.parametrize("command", commands(cli))
def test_every_command_is_documented(command: str) -> None:
    assert any(f"countylines {command}" in text for text in TEXTS.values())


@pytest.mark.parametrize("recipe", recipes())
def test_every_recipe_is_documented_and_says_what_it_does(recipe: str) -> None:
    assert re.search(rf"`just {recipe}\b|`{recipe}`", TEXTS["CONTRIBUTING.md"])
    lines = (ROOT / "justfile").read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if re.match(rf"{recipe}\b[^:]*:(?!=)", line))
    assert re.match(r"# [A-Z].*\.$", lines[at - 1])


def test_every_command_and_recipe_that_a_document_names_exists() -> None:
    text = "\n".join(TEXTS.values())
    named = set(re.findall(r"(?:uv run |`)countylines ([a-z][a-z-]*(?: suggest| list)?)", text))
    assert named <= set(commands(cli)), "a command that is not there"
    assert set(re.findall(r"`just ([a-z-]+)", text)) <= set(recipes()), "a recipe that is not there"


# What a build makes, and what stands beside a checkout rather than in it
ELSEWHERE = ("data/build", "../", ".venv", "core/", "out/")


@pytest.mark.parametrize(
    ("document", "path"), [pair for pair in mentioned_paths() if not pair[1].startswith(ELSEWHERE)]
)
def test_every_path_that_a_document_names_exists(document: str, path: str) -> None:
    assert (ROOT / path).exists() or (ROOT / document).parent.joinpath(path).exists()


@pytest.mark.parametrize("document", TEXTS)
def test_the_sources_are_those_of_the_register(document: str) -> None:
    assert with_sources(TEXTS[document]) == TEXTS[document], "run just docs"


def test_a_table_of_sources_that_lacks_one_is_completed() -> None:
    document = TEXTS["sources.md"]
    lines = document.splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if line.startswith("| Source |"))
    assert with_sources("".join([*lines[: at + 2], *lines[at + 3 :]])) == document


@pytest.mark.full
def test_what_findings_lack_is_as_the_build_has_it(built: Path) -> None:
    board = pl.read_parquet(built / "lake" / "out" / "scoreboard.parquet")
    assert with_findings(TEXTS["findings.md"], board) == TEXTS["findings.md"], "run just docs"


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 130


def test_the_index_of_documents_names_each() -> None:
    """Every document for people stands in docs/index.md, so that each reader finds a way to it."""
    named = set(re.findall(r"`(?:docs/)?([\w-]+\.md)`", TEXTS["index.md"]))
    assert set(TEXTS) - {"index.md", "README.md"} <= named


def test_every_session_of_a_document_is_run() -> None:
    assert len(SESSIONS) == len(blocks("console"))


@pytest.mark.full
@pytest.mark.parametrize(("command", "output"), SESSIONS, ids=[command for command, _ in SESSIONS])
def test_a_command_prints_what_the_document_shows(
    command: str, output: str, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTYLINES_BUILD", str(built))
    assert printed(command) == output, "run just docs"


@pytest.mark.full
def test_a_session_with_an_old_output_is_written_again() -> None:
    shown = "Before.\n```console\n$ uv run countylines --version\nan old line\n```\nAfter.\n"
    assert with_outputs(shown) == shown.replace("an old line\n", printed("countylines --version"))


@pytest.mark.full
@pytest.mark.parametrize("statement", blocks("sql"))
def test_a_query_of_the_documents_finds_rows(statement: str, built: Path) -> None:
    with duckdb.connect(str(built / "county_lines.duckdb"), read_only=True) as warehouse:
        assert len(warehouse.sql(statement).fetchall()) > 1


@pytest.mark.full
@pytest.mark.parametrize("program", blocks("python"))
def test_a_program_of_the_documents_runs(
    program: str, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTYLINES_BUILD", str(built))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.full
@pytest.mark.parametrize(
    ("document", "path"), [pair for pair in mentioned_paths() if pair[1].startswith("data/build/r")]
)
def test_every_report_that_a_document_names_is_made(document: str, path: str, built: Path) -> None:
    made = built / path.removeprefix("data/build/")
    assert made.exists()
    if f"`{path}` and `.pdf`" in TEXTS[document]:
        assert made.with_suffix(".pdf").exists()


@pytest.mark.full
def test_the_files_for_analysts_are_made(built: Path) -> None:
    named = {path.removeprefix("data/build/") for _, path in mentioned_paths() if path.startswith("data/build/county")}
    assert named == {"county_lines.csv", "county_lines_other_figures.csv", "county_lines.duckdb"}
    assert all((built / name).is_file() for name in named)


@pytest.mark.full
def test_the_picture_is_the_one_that_the_build_draws(built: Path) -> None:
    drawn = picture((built / "reports" / "england-and-wales.html").read_text(encoding="utf-8"))
    assert PICTURE.read_text(encoding="utf-8") == drawn, "run just docs"
    alternative = re.search(r"!\[([^\]]*)\]\(docs/picture\.svg\)", README)
    assert alternative is not None
    assert f">{alternative[1]}</desc>" in drawn
    title = re.search(r"<title[^>]*>Tile map: [^<]* (per 1,000 residents, [^<]*)</title>", drawn)
    assert title is not None
    assert title[1] in " ".join(README.split())
