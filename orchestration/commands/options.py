"""Options that several commands have, and the tables of a build that they read."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestration.store.paths import paths_from_environment

if TYPE_CHECKING:
    from countylines.build import Build


def place(context: click.Context, parameter: click.Parameter, value: str | None) -> Path | str | None:
    """A folder that is there, or the URL of one in a store, as it is given; click's own error for a folder that is not there."""
    if value is None or "://" in value:
        return value
    return Path(os.fsdecode(click.Path(exists=True, file_okay=False).convert(value, parameter, context)))


LANDING = click.option(
    "--landing",
    metavar="FOLDER",
    callback=place,
    help="Folder with original published files, or s3://bucket/folder; editions that it does not hold come from data/published.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


def opened() -> "Build":
    """The build that the environment names, by its folder; raises CountyLinesError, when a table is asked for, where there is none yet."""
    import countylines

    paths = paths_from_environment()
    return countylines.open(paths.build, data=paths.data)
