"""`countylines build`: every table, check and report that is not up to date."""

import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from orchestration.commands.landing import in_words, landing_rows
from orchestration.commands.options import JSON, LANDING
from orchestration.store.fingerprint import fingerprint, outputs, read_manifest
from orchestration.store.lock import only_build
from orchestration.store.log import FORMATS, log_as
from orchestration.store.paths import Paths, paths_from_environment
from transforms.errors import CountyLinesError


@click.command()
@LANDING
@click.option(
    "--output", type=click.Path(file_okay=False, path_type=Path), help="Build folder; data/build unless given."
)
@click.option(
    "--fetched", is_flag=True, help="Read also what countylines fetch has got, before what the project keeps itself."
)
@click.option(
    "--as-of",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    help="Only what had been published by this day, YYYY-MM-DD; reports go to a folder of their own.",
)
@click.option(
    "--log-format",
    type=click.Choice(FORMATS),
    help="Lines for machines on standard error: json, or none; COUNTYLINES_LOG_FORMAT unless given.",
)
@JSON
def build(
    landing: Path | str | None,
    output: Path | None,
    fetched: bool,
    as_of: datetime | None,
    log_format: str | None,
    as_json: bool,
) -> None:
    """Make every table, check and report that is not up to date.

    Exits with status 1 and one sentence when a check blocks or a file cannot be read; the last good reports then stay.

    \b
    Example: countylines build
             countylines build --landing ~/downloads/published-files
             countylines build --landing s3://bucket/published-files
             countylines build --as-of 2020-05-31
    """
    began = time.monotonic()
    log_as(log_format)
    if fetched:
        landing = _fetched_files(landing, output)
    paths = paths_from_environment(landing, output, as_of.date() if as_of else None)
    current = fingerprint(paths)
    manifest = read_manifest(paths)
    if manifest.get("fingerprint") == current and manifest.get("outputs") == outputs(paths):
        _say_built(
            paths,
            {
                "ran": 0,
                "seconds": round(time.monotonic() - began, 2),
                "layers": {},
                "warnings": [],
                "milliseconds_a_report": {},
            },
            as_json,
        )
        return
    before = shown_edition(paths)
    with only_build(paths):
        result = _run_build(paths, current, quiet=as_json or not sys.stderr.isatty())
        _write_figures(paths, result)
    if result.error:
        raise CountyLinesError(f"{result.error.removesuffix('.')}. {what_readers_see(paths, before)}")
    seconds = {layer: round(spent, 2) for layer, spent in result.seconds.items()}
    total = round(time.monotonic() - began, 2)
    said = {"ran": result.ran, "seconds": total, "layers": seconds, "warnings": list(result.warnings)}
    _say_built(paths, said | {"milliseconds_a_report": dict(result.milliseconds)}, as_json)


def shown_edition(paths: Paths) -> str | None:
    """The edition that the link of the reports leads to; None where there is none."""
    return str(paths.reports.readlink()) if paths.reports.is_symlink() else None


def what_readers_see(paths: Paths, before: str | None) -> str:
    """What a build that failed left to be read, by the link itself: the step that failed may have come after the switch."""
    if shown_edition(paths) != before:
        return "The reports were published before that and are whole; what comes after them is made by the next build."
    return "Nothing was published; the last good reports are as they were." if before else "Nothing was published."


def _write_figures(paths: Paths, result: Any) -> None:
    from orchestration.service.metrics import record_run, write_metrics

    ended = datetime.now(UTC)
    record_run(paths, result.error is None, result.seconds, ended)
    write_metrics(paths, ended)


def _fetched_files(landing: Path | str | None, output: Path | None) -> Path:
    """The folder in which `countylines fetch` keeps what it got."""
    if landing:
        raise CountyLinesError("--fetched and --landing name two folders of files; give one of them.")
    store = paths_from_environment(build=output).lake / "editions"
    if not store.is_dir():
        raise CountyLinesError("Nothing has been fetched yet; run countylines fetch first.")
    return store


def _run_build(paths: Paths, current: str, quiet: bool) -> Any:
    if paths.landing is None:
        # Published cells are many small frames, which take a tenth longer when their parts are dealt out to threads; the archives of
        # records that a landing folder may hold are large. Polars reads this once, at its import.
        os.environ.setdefault("POLARS_MAX_THREADS", "1")

    from orchestration.run.side_process import begin, collect_seldom

    collect_seldom()
    begin()

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # A disabled bar still prints a line feed; a quiet console prints nothing.
    with Progress(*columns, console=Console(stderr=True, quiet=quiet), disable=quiet) as bar:
        task = bar.add_task("starting", total=None)

        from orchestration.build import build as run

        return run(
            paths,
            started=lambda steps: bar.update(task, total=steps, description="checking"),
            progress=lambda name: bar.update(task, advance=1, description=name.replace("__", "/")),
            fingerprint=current,
        )


def _say_built(paths: Paths, result: dict[str, Any], as_json: bool) -> None:
    reports = paths.reports.resolve()
    made = {"html": len(list(reports.glob("*.html"))), "pdf": len(list(reports.glob("*.pdf")))}
    result |= {"reports": str(paths.reports / "index.html"), "documents": made}
    result |= {"warehouse": str(paths.build / "county_lines.duckdb"), "tidy_csv": str(paths.build / "county_lines.csv")}
    files = landing_rows(paths) if paths.landing else []
    if as_json:
        click.echo(json.dumps(result | ({"files": files} if paths.landing else {}), ensure_ascii=False))
        return
    if files:
        click.echo(f"{in_words(files)}\n")
    if result["ran"]:
        spent = ", ".join(f"{layer} {seconds:.1f} s" for layer, seconds in result["layers"].items())
        click.echo(f"{result['ran']} assets made in {result['seconds']:.1f} s ({spent}).")
    else:
        click.echo(f"Nothing changed since the last build ({result['seconds']:.1f} s).")
    for warning in result["warnings"]:
        click.echo(f"Warning: {warning}")
    click.echo(f"{made['html']} HTML pages and {made['pdf']} PDFs. Open {_short(paths.reports / 'index.html')}")
    click.echo(
        f"For analysts: {_short(paths.build / 'county_lines.duckdb')}, {_short(paths.build / 'county_lines.csv')}"
    )


def _short(path: Path) -> str:
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
