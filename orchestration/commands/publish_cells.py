"""`countylines publish-cells`: the cells that the project keeps, from original files."""

from datetime import date
from pathlib import Path

import click

from orchestration.store.paths import paths_from_environment


@click.command("publish-cells")
@click.option(
    "--landing",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="Folder with original published files.",
)
def publish_cells(landing: Path) -> None:
    """Parse the originals in a landing folder and write their cells to data/published, for builds without a network.

    \b
    Example: countylines publish-cells --landing ../shared/landing
    """
    from orchestration.store.parsed_files import cells_apart
    from transforms.sources.published import publish_cells as write
    from transforms.sources.registry import load_sources

    paths = paths_from_environment(landing)
    done = write(load_sources(paths.data), paths.data, landing, date.today(), cells_apart)
    for row in done.iter_rows(named=True):
        click.echo("  ".join(str(item) for item in row.values()))
