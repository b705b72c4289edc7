"""The command `countylines landing`, and the table of what became of each file that a build with a landing folder prints."""

import json
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from orchestration.commands.options import JSON, place
from orchestration.store.paths import Paths, paths_from_environment

_NUMBERS = ("cells", "matched", "excluded", "unmatched", "footnotes")


@click.command()
@click.argument("folder", callback=place)
@JSON
def landing(folder: Path | str, as_json: bool) -> None:
    """Which source and edition each file in FOLDER is, read from its bytes to the end; nothing is built and no file is changed.

    A build decides the same: what was found is kept for it.

    FOLDER may be s3://bucket/folder; its files, but for archives of records, are then fetched, and forgotten again.

    Exits with status 1 when a file is not recognised or refused; the reason stands beside it.

    \b
    Example: countylines landing ~/downloads/published-files
    """
    from orchestration.store.landing_zone import fetch_landing, originals
    from orchestration.store.parsed_files import looked_at_apart
    from orchestration.store.readable_files import readable_once
    from transforms.sources.landing import survey
    from transforms.sources.recognise import NOT_RECOGNISED, REFUSED
    from transforms.sources.registry import load_sources

    with tempfile.TemporaryDirectory() as fetched:
        paths = paths_from_environment(folder, Path(fetched))
        fetch_landing(paths)
        assert paths.landing is not None
        readable = readable_once(paths_from_environment(folder))
        files = survey(paths.landing, load_sources(paths.data), paths.data, readable, originals(paths), looked_at_apart)
    rows = [
        {
            "file": file.path,
            "outcome": file.outcome,
            "source_id": file.source_id,
            "editions": ", ".join(edition.id for edition in file.editions) or None,
            "why": file.reason,
        }
        for file in files
    ]
    click.echo(json.dumps(rows, ensure_ascii=False) if as_json else in_words(rows))
    if any(file.outcome in (NOT_RECOGNISED, REFUSED) for file in files):
        sys.exit(1)


def landing_rows(paths: Paths) -> list[dict[str, Any]]:
    """The rows of out/landing_files of the last build."""
    import polars as pl

    return pl.read_parquet(paths.lake / "out" / "landing_files.parquet").drop("bytes", "sha256").to_dicts()


def in_words(rows: Iterable[Mapping[str, Any]]) -> str:
    """Two lines a file: its path and what it is, then the numbers of cells where there are any and the reason where there is one."""
    lines = []
    for row in rows:
        what = " ".join(part for part in (row["source_id"], _shortened(row["editions"])) if part)
        lines.append(f"{row['file']}: {row['outcome']}{f', {what}' if what else ''}")
        counts = [
            f"{row[name]:,} {name}" for name in _NUMBERS if row.get(name) is not None and row["outcome"] == "read"
        ]
        if counts:
            lines.append(f"    {', '.join(counts)}")
        if row["why"]:
            lines.append(f"    {row['why']}")
    return "\n".join(lines)


def _shortened(editions: str | None) -> str | None:
    """The first and the last edition of a file that holds more than three."""
    each = (editions or "").split(", ")
    return f"{each[0]} to {each[-1]} ({len(each)} editions)" if len(each) > 3 else editions
