"""Writes what the documents take from the last build and the register: outputs of commands, tables of sources and settings, the picture."""

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl

from orchestration.store.environment import SETTINGS
from orchestration.store.paths import PROJECT, paths_from_environment
from reports.figures import on_paper
from transforms.sources.published import sources_held
from transforms.sources.registry import Source, load_sources

DOCUMENTS = [
    *(PROJECT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((PROJECT / "docs").glob("*.md")),
]
PICTURE = PROJECT / "docs" / "picture.svg"
SESSION = re.compile(r"^```console\n\$ uv run (countylines .*)\n((?:(?!```).*\n)*)```$", re.MULTILINE)
_FINDINGS = "| Finding | Status | What its indicators lack | What would measure it, or measure it further |"
_MAP = re.compile(r'<svg [^>]*aria-labelledby="figure-map-.*?</svg>', re.DOTALL)


def printed(command: str) -> str:
    """What a command of this project prints, blanks at line ends removed, in a terminal 110 columns wide.

    Raises CalledProcessError when the command fails.
    """
    program, *arguments = shlex.split(command)
    run = subprocess.run(
        ["env", "COLUMNS=110", "NO_COLOR=1", str(Path(sys.executable).with_name(program)), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=PROJECT,
    )
    return "".join(f"{line.rstrip()}\n" for line in run.stdout.splitlines())


def with_outputs(text: str) -> str:
    """A document with what each command that it shows prints now."""
    return SESSION.sub(lambda shown: f"```console\n$ uv run {shown[1]}\n{printed(shown[1])}```", text)


def source_row(source: Source) -> str:
    """The row of a source in the table of docs/sources.md."""
    held = ", ".join(f"`{edition.id}`" for edition in source.editions) or "none"
    return f"| [{source.title}]({source.landing_page}) | {source.publisher.name} | {held} | {source.status} |"


def licence_row(source: Source) -> str:
    """The row of a source in the table of docs/licences.md."""
    return f"| {source.title} | {source.licence_in} | {source.attribution} |"


TABLES: dict[str, Callable[[Source], str]] = {
    "| Source | Publisher | Editions held | Status |": source_row,
    "| Source | Came under | Attribution |": licence_row,
}


def with_sources(text: str) -> str:
    """A document with the rows of its table of sources as the register has them now."""
    sources = sources_held(load_sources(PROJECT / "data")).values()
    for header, row in TABLES.items():
        head, rule, rest = text.partition(f"{header}\n{re.sub(r'[^|]+', '---', header)}\n")
        if rule:
            text = head + rule + "".join(f"{row(source)}\n" for source in sources) + re.sub(r"^(?:\|.*\n)*", "", rest)
    return text


def with_settings(text: str) -> str:
    """A document with the tables of docs/settings.md as the one table of settings has them: a heading of each kind, and its settings."""
    # Other documents have a heading of the same words.
    head, first, _ = text.partition(f"\n## {SETTINGS[0].of}\n\n| Setting |")
    if not first:
        return text
    kinds = dict.fromkeys(setting.of for setting in SETTINGS)
    tables = (
        f"\n## {kind}\n\n| Setting | What it says | Without it |\n|---|---|---|\n"
        + "".join(
            f"| `{each.name}` | {each.says} | {each.otherwise or '–'} |\n" for each in SETTINGS if each.of == kind
        )
        for kind in kinds
    )
    return head + "".join(tables)


def with_findings(text: str, board: pl.DataFrame) -> str:
    """A document with the rows of its table of findings as the scoreboard of a build (out/scoreboard) has them."""
    head, rule, rest = text.partition(f"{_FINDINGS}\n{re.sub(r'[^|]+', '---', _FINDINGS)}\n")
    if not rule:
        return text
    rows = []
    for of in board.partition_by("finding_id", maintain_order=True):
        first = of.row(0, named=True)
        lacking = of.filter(pl.col("baseline").is_null() | pl.col("latest").is_null())
        why = " ".join(f"{row['indicator_id']}: {row['why_not']}" for row in lacking.drop_nulls("why_not").to_dicts())
        rows.append(
            f"| {first['finding_id']} | {first['status']} | {why or 'nothing'} | {first['measured_by'] or 'nothing: it is context'} |\n"
        )
    return head + rule + "".join(rows) + re.sub(r"^(?:\|.*\n)*", "", rest)


def picture(report: str) -> str:
    """The tile map of a report (HTML) as an SVG file of its own, with the light colours and background that a page gives it.

    Raises ValueError when the report has no tile map.
    """
    found = _MAP.search(report)
    if found is None:
        raise ValueError("The report has no tile map; look at what reports/products/recorded.py puts into it.")
    return on_paper(found.group()) + "\n"


if __name__ == "__main__":
    national = paths_from_environment().reports / "england-and-wales.html"
    PICTURE.write_text(picture(national.read_text(encoding="utf-8")), encoding="utf-8")
    board = pl.read_parquet(paths_from_environment().lake / "out" / "scoreboard.parquet")
    for document in DOCUMENTS:
        before = document.read_text(encoding="utf-8")
        document.write_text(with_findings(with_settings(with_sources(with_outputs(before))), board), encoding="utf-8")
