"""`countylines ui`: the asset graph in a browser."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from orchestration.commands.options import LANDING
from orchestration.store.paths import PROJECT, paths_from_environment


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--port", default=3000, show_default=True, help="Port on the loopback address.")
@click.option("--read-only", is_flag=True, help="For others to look at: nothing can be launched, changed or deleted.")
@LANDING
def ui(port: int, read_only: bool, landing: Path | str | None) -> None:
    """Open the asset graph in a browser, on loopback only: http://127.0.0.1:3000 unless another port is given.

    \b
    Example: countylines ui --port 3333
             countylines ui --read-only
    """
    from orchestration.build import dagster_home

    paths = paths_from_environment(landing)
    environment = {**os.environ, "DAGSTER_HOME": dagster_home(paths), "COUNTYLINES_BUILD": str(paths.build)}
    environment["DAGSTER_DISABLE_TELEMETRY"] = "1"
    if paths.landing:
        environment["COUNTYLINES_LANDING"] = paths.landing_url or str(paths.landing)
    click.echo(f"Asset graph: http://127.0.0.1:{port} (stop with Ctrl+C)")
    # Without the daemon, which only runs and launches: a reader needs the pages alone.
    program = ("dagster_webserver", "--read-only") if read_only else ("dagster", "dev")
    command: Sequence[str] = [
        *(sys.executable, "-m", *program, "-h", "127.0.0.1", "-p", str(port)),
        *("-w", str(PROJECT / "workspace.yaml")),
    ]
    os.chdir(PROJECT)
    os.execve(sys.executable, list(command), environment)
