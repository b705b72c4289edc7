"""`countylines ui`: the asset graph in a browser."""

import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from orchestration.commands.options import LANDING
from orchestration.store.paths import PROJECT, paths_from_environment

# Dagster says of the command that it is no longer its newest, to those who type it; the newest is for developers, and does the same.
_SUPERSEDED = "ignore:Function `dev_command` is superseded"


def _free(context: click.Context, parameter: click.Parameter, port: int) -> int:
    """A port on which nobody listens yet; click's own error for another."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            raise click.BadParameter(f"port {port} cannot be had ({error.strerror}); give another.") from error
    return port


@click.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=3000,
    show_default=True,
    callback=_free,
    help="Port on the loopback address.",
)
@click.option("--read-only", is_flag=True, help="For others to look at: nothing can be launched, changed or deleted.")
@LANDING
def ui(port: int, read_only: bool, landing: Path | str | None) -> None:
    """Open the asset graph in a browser, on loopback only: http://127.0.0.1:3000 unless another port is given.

    Pages of other addresses that are open in the same browser are refused, and so is every change by a mere link.

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
    click.echo(f"Asset graph: http://127.0.0.1:{port}/asset-groups (stop with Ctrl+C)")
    # Without the daemon, which only runs and launches: a reader needs the pages alone.
    program = ("webserver", "--read-only") if read_only else ("dev",)
    command: Sequence[str] = [
        *(
            sys.executable,
            "-W",
            _SUPERSEDED,
            "-m",
            "orchestration.commands.webserver",
            *program,
            "-h",
            "127.0.0.1",
            "-p",
            str(port),
        ),
        *("-w", str(PROJECT / "workspace.yaml")),
    ]
    os.chdir(PROJECT)
    os.execve(sys.executable, list(command), environment)
