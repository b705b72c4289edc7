"""The command `countylines fetch`: which sources, where to, and what to print. The fetching itself is in ``transforms.sources.fetch``."""

import dataclasses
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestration.commands.options import JSON
from orchestration.store.lock import only_build
from orchestration.store.log import log, log_as, printable
from orchestration.store.paths import Paths, paths_from_environment
from transforms.errors import CountyLinesError

if TYPE_CHECKING:
    from transforms.sources.fetch.editions import Outcome
    from transforms.sources.fetch.limits import Limits


@click.command()
@click.argument("source_ids", metavar="[SOURCE]...", nargs=-1)
@click.option(
    "--output", type=click.Path(file_okay=False, path_type=Path), help="Build folder; data/build unless given."
)
@JSON
def fetch(source_ids: Sequence[str], output: Path | None, as_json: bool) -> None:
    """Get what the publishers offer today, for all sources or those named; nothing that is already here is changed.

    Files are kept as received, each under its checksum, in lake/editions of the build folder, and listed in its fetched.jsonl. Changed
    bytes under a known name are a revision and stand beside the old ones. Exits with status 1 when a file was refused or failed.

    \b
    Example: countylines fetch
             countylines fetch ons_pfa_tables --json
    """
    from transforms.sources.fetch.limits import Limits

    if not fetch_files(source_ids, paths_from_environment(build=output), Limits(), as_json):
        sys.exit(1)


def fetch_files(source_ids: Sequence[str], paths: Paths, limits: "Limits", as_json: bool) -> bool:
    """Fetch the named sources, or all, and print what became of each file; whether nothing was refused and nothing failed.

    Raises CountyLinesError for a source that is not in the register.
    """
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
    from stamina.instrumentation import set_on_retry_hooks

    from transforms.sources.fetch.editions import FAILURES, fetch_sources
    from transforms.sources.registry import load_sources

    sources = load_sources(paths.data)
    unknown = sorted(set(source_ids) - set(sources))
    if unknown:
        raise CountyLinesError(f"There is no source {', '.join(unknown)}; the register has {', '.join(sources)}.")
    # What is tried again and then works is no news; what fails for good is in the table.
    set_on_retry_hooks([])
    quiet = as_json or not sys.stderr.isatty()
    columns = (TextColumn("{task.description:<60}", markup=False), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    outcomes = []
    log_as()
    store = paths.lake / "editions"
    # Two fetches into one store would write the same partial downloads.
    with (
        only_build(dataclasses.replace(paths, build=store)),
        Progress(*columns, console=Console(stderr=True, quiet=quiet), disable=quiet) as bar,
    ):
        task = bar.add_task("looking for files", total=None)
        chosen = [source for source_id, source in sources.items() if source_id in source_ids or not source_ids]
        for outcome in fetch_sources(
            chosen,
            store,
            lambda: datetime.now(UTC),
            limits,
            lambda source_id, file, done, total: bar.update(
                task, description=printable(f"{source_id}: {file}")[:60], completed=done, total=total
            ),
        ):
            outcomes.append(outcome)
            log("file looked at", source=outcome.source_id, file=outcome.file, message=outcome.outcome)
    _print(outcomes, as_json)
    return not any(outcome.outcome in FAILURES for outcome in outcomes)


def _print(outcomes: "Sequence[Outcome]", as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(outcome) for outcome in outcomes], default=str, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("Source", "File", "Outcome", box=None)
    for outcome in outcomes:
        table.add_row(outcome.source_id, Text(printable(outcome.file or "")), outcome.outcome)
    Console().print(table)
    for outcome in outcomes:
        if outcome.reason:
            reason = outcome.reason.removeprefix(f"{outcome.source_id}: ")
            click.echo(f"{outcome.source_id}, {outcome.outcome}: {printable(reason)}")
