"""The command ``countylines diff``: what one build says and another does not."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from orchestration.lake import replace_atomically
from orchestration.paths import Paths, paths_from_environment
from transforms.errors import CountyLinesError

if TYPE_CHECKING:
    import polars as pl

_SHOWN = 20
_LONGEST = 300
_BUILD = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("build_a", type=_BUILD)
@click.argument("build_b", type=_BUILD)
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page with the differences to FILE."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines, with every difference.")
def diff(build_a: Path, build_b: Path, html: Path | None, as_json: bool) -> None:
    """What changed from BUILD_A to BUILD_B, what matters most to a reader first: findings, key messages, numbers, sentences, cells.

    Both are build folders, as --output of countylines build names them. Numbers stand by how far they moved, in widths of the 95%
    interval printed before. Twenty differences are printed, two hundred of each kind in the page of --html, and all with --json.

    \b
    Example: countylines diff /archive/build-2025-04 data/build
             countylines diff /archive/build-2025-04 data/build --html changes.html
    """
    from reports.products.changes import changes_page
    from reports.render import render_page
    from reports.texts import text_changes
    from transforms.differences import differences
    from transforms.importance import ranked

    builds = [paths_from_environment(build=build) for build in (build_a, build_b)]
    found = differences(*map(_tables, builds))
    texts = text_changes(*map(_texts, builds))
    everything = ranked(found, texts)
    if html:
        page = changes_page(everything, *map(_name, builds))
        source = render_page(
            page.title,
            page.blocks,
            lead=page.lead,
            build_id=page.build_id,
            status_line=page.status_line,
            home=page.home,
        )
        replace_atomically(html.resolve(), source.encode())
    if as_json:
        levels = {name: getattr(found, name) for name in ("editions", "cells", "observations", "numbers", "findings")}
        rows = {name: frame.to_dicts() for name, frame in ({"ranked": everything, "sentences": texts} | levels).items()}
        click.echo(json.dumps(rows, default=str, ensure_ascii=False, indent=1))
    elif everything.is_empty():
        click.echo("Nothing differs.")
    else:
        _print(everything)


def _print(ranked: "pl.DataFrame") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    for kind, count in ranked.group_by("kind", maintain_order=True).len().iter_rows():
        console.print(f"{count:>7,}  {kind}", highlight=False, markup=False)
    table = Table("Kind", "What", "Before", "After", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for row in ranked.head(_SHOWN).iter_rows(named=True):
        what = f"{row['what']} ({row['change']})"
        # Text, not markup: labels of publishers may hold square brackets.
        table.add_row(row["kind"], *(Text(_short(text)) for text in (what, row["before"], row["after"])))
    console.print()
    console.print(table)
    if len(ranked) > _SHOWN:
        console.print(f"and {len(ranked) - _SHOWN:,} more; all of them with --json", highlight=False)


def _short(text: str | None) -> str:
    if text is None:
        return "nothing"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _tables(paths: Paths) -> "dict[str, pl.DataFrame]":
    import polars as pl

    from transforms.differences import TABLES

    missing = [table for table in TABLES if not (paths.lake / f"{table}.parquet").is_file()]
    if missing:
        raise CountyLinesError(
            f"{paths.build} holds no table {missing[0]}; name a folder that countylines build has filled."
        )
    return {table: pl.read_parquet(paths.lake / f"{table}.parquet") for table in TABLES}


def _texts(paths: Paths) -> list[dict[str, Any]]:
    """The words of the published reports of a build."""
    from reports.texts import FOLDER

    files = sorted((paths.reports / FOLDER).glob("*.json"))
    if not files:
        raise CountyLinesError(f"{paths.build} holds no texts of published reports; run countylines build in it again.")
    return [json.loads(file.read_bytes()) for file in files]


def _name(paths: Paths) -> str:
    """The build id of the published reports."""
    return paths.reports.resolve().name.partition("-")[0]
