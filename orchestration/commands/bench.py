"""`countylines bench`: how long builds take, and in which parts."""

import json

import click

from orchestration.commands.options import JSON


@click.command()
@click.option(
    "--runs", type=click.IntRange(min=1), default=3, show_default=True, help="Rounds; the medians are printed."
)
@JSON
def bench(runs: int, as_json: bool) -> None:
    """Measure a full build, a build of nothing new, and a build after one figure changed, in a temporary folder.

    \b
    Example: countylines bench
             countylines bench --runs 5 --json
    """
    from orchestration.run.bench import markdown, measure_builds

    found = measure_builds(runs)
    click.echo(json.dumps(found) if as_json else markdown(found))
