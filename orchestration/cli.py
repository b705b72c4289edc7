"""The command line: all commands under one name. Everything that costs time to import is imported by the command that needs it."""

import atexit
import os
import signal
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib.util import find_spec
from typing import Final

import click

from orchestration.commands.answers import areas, explain, value
from orchestration.commands.bench import bench
from orchestration.commands.build import build
from orchestration.commands.care import backup, doctor, lost_runs, restore
from orchestration.commands.check import check
from orchestration.commands.compare import compare
from orchestration.commands.data_docs import data_docs
from orchestration.commands.deliver import deliver
from orchestration.commands.diff import diff
from orchestration.commands.fetch import fetch
from orchestration.commands.landing import landing
from orchestration.commands.lists import areas_list, measures, periods, series
from orchestration.commands.publish_cells import publish_cells
from orchestration.commands.scoreboard import scoreboard
from orchestration.commands.sources import sources
from orchestration.commands.ui import ui
from transforms.errors import CountyLinesError

# What a command that was interrupted leaves, which its next run finds as it was.
_LEFT: Final = {
    "build": "; the last good reports are as they were.",
    "deliver": "; readers have a whole edition, and the next countylines deliver goes on where this one ended.",
    "fetch": "; what was fetched is kept, and the next countylines fetch goes on.",
}
# The commands that this process has begun.
_BEGUN: Final[list[str]] = []


class Commands(click.Group):
    """The commands; one that is misspelt is answered with the nearest."""

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """See click; raises UsageError that asks for the nearest command."""
        if self.get_command(context, arguments[0]) is None:
            near = get_close_matches(arguments[0].lower(), self.list_commands(context), n=2, cutoff=0.5)
            if near:
                context.fail(f"There is no command {arguments[0]!r}; did you mean {' or '.join(near)}?")
        return super().resolve_command(context, arguments)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="countylines")
@click.pass_context
def cli(context: click.Context) -> None:
    """County lines statistics for the 43 police forces of England and Wales.

    \b
    countylines build                                            make all reports
    countylines measures                                         what can be asked for
    countylines value Norfolk drug_offences "YE Dec 2019"        one number
    countylines check Norfolk highest drug_offences              whether figures support a claim
    countylines explain M01.E23000024.201901-201912.ye-dec-2019.as_published
    countylines ui                                               the asset graph in a browser
    """
    _BEGUN.append(context.invoked_subcommand or "")


for command in (
    *(
        build,
        value,
        explain,
        compare,
        check,
        scoreboard,
        areas,
        measures,
        periods,
        series,
        sources,
        landing,
        fetch,
        publish_cells,
        diff,
        deliver,
        data_docs,
    ),
    *(doctor, backup, restore, lost_runs, bench, ui),
):
    cli.add_command(command)
areas.add_command(areas_list)


# A module of ours that is not there is an error of ours.
_OWN = ("countylines", "orchestration", "reports", "transforms")


def main() -> None:
    """Run the command line; an error of ours is one plain sentence on standard error and exit status 1."""
    # A service is ended by SIGTERM, a person's command by Ctrl-C: both in the same way, with the same words.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    statuses: list[int] = []
    # What is registered first is called last: all that has to be written, closed or waited for has been by then.
    atexit.register(_end_at_once, statuses)
    statuses.append(_run())
    sys.exit(statuses[0])


def _run() -> int:
    """Run a command, and return the exit status."""
    try:
        cli(standalone_mode=False)
    except CountyLinesError as error:
        click.echo(f"countylines: {error}", err=True)
        return 1
    except ModuleNotFoundError as error:  # the wheel alone: it reads figures, and builds nothing
        name = (error.name or "").partition(".")[0]
        if not name or find_spec(name) or name in _OWN:
            raise
        click.echo(
            f"countylines: This command needs {name}, which only the extra pipeline brings: pip install 'countylines[pipeline]'.",
            err=True,
        )
        return 1
    except OSError as error:  # a folder that cannot be written, a full disk
        click.echo(f"countylines: {error.filename or 'The system'}: {error.strerror}.", err=True)
        return 1
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.exceptions.Abort:
        click.echo(f"countylines: interrupted{_LEFT.get(_BEGUN[-1] if _BEGUN else '', '.')}", err=True)
        return 130
    return 0


def _end_at_once(statuses: Sequence[int]) -> None:
    """End with the status of the command, if it came to its end: to take apart all that a build made and imported, piece by piece, takes a second."""
    if statuses:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(statuses[0])
