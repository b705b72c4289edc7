"""The command ``countylines diff``: what one build says and another does not."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestration.store.paths import paths_from_environment

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
    from orchestration.run.what_changed import name_of, tables_of, texts_of
    from reports.products.changes import changes_page
    from reports.render import render_page
    from reports.texts import text_changes
    from transforms.differences import differences
    from transforms.importance import ranked

    builds = [paths_from_environment(build=build) for build in (build_a, build_b)]
    found = differences(*(tables_of(paths.lake) for paths in builds))
    texts = text_changes(*(texts_of(paths.reports) for paths in builds))
    everything = ranked(found, texts)
    if html:
        page = changes_page(everything, *(name_of(paths.reports.resolve()) for paths in builds))
        source = render_page(page)
        from orchestration.store.lake import replace_atomically

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
