"""`countylines sources`: what the register knows, what is held, how old it is, and what should have come out since."""

import json
from datetime import datetime

import click

from orchestration.commands.options import JSON
from orchestration.commands.terminal import say_table
from orchestration.store.paths import paths_from_environment

_HEADERS = {
    "source_id": "Source",
    "code": "Code",
    "editions": "Held",
    "vintage": "Vintage",
    "age_months": "Months",
    "next_release": "Next due",
    "state": "State",
    "newest_edition": "Newest edition",
    "layout_checked_against": "Layout from",
    "publisher": "Publisher",
}


@click.command("sources")
@click.option(
    "--as-of",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    help="The day to count to, YYYY-MM-DD; unless given that on which a file was last read, as in the reports.",
)
@JSON
def sources(as_of: datetime | None, as_json: bool) -> None:
    """Every known source: editions held, their age, and when the next release is due.

    The state is one of up to date, release due, overdue, no timetable, discontinued and not held.

    \b
    Example: countylines sources
             countylines sources --as-of 2026-11-24 --json
    """
    from transforms.sources.calendar import counted_to, release_calendar
    from transforms.sources.published import editions_held, editions_in_use
    from transforms.sources.registry import load_sources

    paths = paths_from_environment()
    register = load_sources(paths.data)
    held = {source_id: editions_held(source, paths.landing) for source_id, source in register.items()}
    month = f"{as_of:%Y-%m}" if as_of else counted_to(editions_in_use(register, paths.data, paths.landing))
    rows = release_calendar(register, held, month).to_dicts()
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    say_table(tuple(_HEADERS.values()), ([row[name] for name in _HEADERS] for row in rows))
    click.echo(f"Ages and states are counted to {month}.")
