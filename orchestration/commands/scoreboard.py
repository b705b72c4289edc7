"""`countylines scoreboard`: the findings of January 2020 and what public figures show since."""

import json

import click

from orchestration.commands.options import JSON, opened
from orchestration.commands.terminal import say


@click.command("scoreboard")
@JSON
def scoreboard(as_json: bool) -> None:
    """Each finding of the inspection of January 2020, its status by the rule, and its indicators.

    \b
    Example: countylines scoreboard
             countylines scoreboard --json
    """
    import polars as pl

    from reports import wording

    rows = opened().table("out/scoreboard")
    if as_json:
        click.echo(json.dumps(rows.to_dicts(), ensure_ascii=False, indent=1))
        return
    for finding in rows.unique("finding_id", maintain_order=True).iter_rows(named=True):
        say(f"{finding['finding_id']}  {wording.status_of_finding(finding)}\n     {finding['finding']}")
        for row in rows.filter(pl.col("finding_id") == finding["finding_id"]).iter_rows(named=True):
            say(f"     {row['indicator_id']}  {wording.indicator_of_finding(row)}")
