"""The command ``countylines deliver``: publish the finished edition and write to its subscribers, once each and not before its release."""

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from orchestration.commands.options import JSON
from orchestration.store.paths import paths_from_environment

if TYPE_CHECKING:
    from orchestration.delivery.deliver import Delivered


@click.command()
@click.option("--to", help="A folder or s3://bucket/prefix; COUNTYLINES_DELIVER_TO unless given.")
@click.option(
    "--release-at",
    help="Nothing leaves before this time: 2026-11-26 09:30 is London's, 2026-11-26T09:30+00:00 says its own; COUNTYLINES_RELEASE_AT unless given.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be published and sent; write nothing, send nothing.")
@click.option(
    "--resend-unknown",
    is_flag=True,
    help="Send again the letters of which nobody knows whether they were taken; look into the mail server's log first.",
)
@JSON
def deliver(to: str | None, release_at: str | None, dry_run: bool, resend_unknown: bool, as_json: bool) -> None:
    """Publish the edition of the last build in one step, then write to each subscriber about the areas they follow.

    Run again, it goes on where it was ended: nobody gets a letter of an edition twice. Before its time of release an edition is only
    noted. Exits with status 1 when a letter was refused, came back, was put off, or when nobody knows whether it was taken. Addresses,
    mail server and subscribers come from the environment: docs/delivery.md.

    \b
    Example: countylines deliver --to public --dry-run
             countylines deliver --to public --release-at "2026-11-26 09:30"
    """
    from orchestration.delivery.from_environment import deliver_from_environment

    quiet = as_json or not sys.stderr.isatty()
    done = deliver_from_environment(
        paths_from_environment(),
        to,
        release_at,
        dry_run,
        resend_unknown,
        say=lambda words: None if quiet else click.echo(words, err=True),
    )
    if as_json:
        click.echo(json.dumps(asdict(done), default=str, ensure_ascii=False, indent=1))
    else:
        _say(done)
    done.refuse_untaken()


def _say(done: "Delivered") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from reports.delivery.editions import moment

    console = Console(highlight=False, markup=False)
    said = {
        "held": f"is held until {moment(done.release_at)} (London); nothing was published or sent",
        "planned": f"would be published with {done.files:,} files, {done.bytes:,} bytes, from {moment(done.release_at)} (London)",
        "published": f"was published with {done.files:,} files, {done.bytes:,} bytes",
        "published before": f"was published before, on {moment(done.release_at)} (London)",
    }
    console.print(f"Edition {done.edition} {said[done.outcome]}: {done.to}", soft_wrap=True)
    if done.bounced:
        console.print(f"{done.bounced:,} letters came back since the last delivery.")
    if not done.letters:
        return
    counts: dict[str, int] = {}
    for letter in done.letters:
        counts[letter.state] = counts.get(letter.state, 0) + 1
    console.print(f"Letters: {', '.join(f'{count:,} {state}' for state, count in sorted(counts.items()))}")
    table = Table("Subscriber", "Letter", "PDFs attached", "State", "Tries", "Server's reply", box=None, pad_edge=False)
    for letter in done.letters:
        if letter.state != "sent":
            attached = f"{len(letter.attached)} of {len(letter.reports)}"
            cells = (letter.address, letter.subject, attached, letter.state, str(letter.attempts), letter.reply)
            table.add_row(*map(Text, cells))
    if table.row_count:
        console.print(table)
