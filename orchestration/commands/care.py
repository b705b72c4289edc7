"""The commands that look after a build folder and a server: ``countylines doctor``, ``backup``, ``restore`` and ``end-lost-runs``."""

import dataclasses
import json
import sys
from pathlib import Path

import click

from orchestration.commands.options import JSON
from orchestration.store.paths import paths_from_environment

_FOLDER = click.option(
    "--output", type=click.Path(file_okay=False, path_type=Path), help="Build folder; data/build unless given."
)
_MARKS = {"sound": "ok", "attention": "look", "broken": "BROKEN"}


@click.command()
@_FOLDER
@JSON
def doctor(output: Path | None, as_json: bool) -> None:
    """Whether registers, cells, fetched files, tables, published reports, run history, disk and clock are sound, and what to do.

    Changes nothing. Exits with status 1 when something is broken; what can wait does not count.

    \b
    Example: countylines doctor
             countylines doctor --output /srv/countylines --json
    """
    from orchestration.care.doctor import examine

    findings = []
    for finding in examine(paths_from_environment(build=output)):
        findings.append(finding)
        if not as_json:
            click.echo(f"{_MARKS[finding.state]:<7} {finding.looked_at}: {finding.found}")
            if finding.remedy:
                click.echo(f"        {finding.remedy}")
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(finding) for finding in findings], ensure_ascii=False, indent=1))
    if any(finding.state == "broken" for finding in findings):
        sys.exit(1)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_FOLDER
def backup(file: Path, output: Path | None) -> None:
    """Put the build folder into FILE: published reports, fetched files, deliveries, run history, tables, with checksums.

    What people write (data/) is not in it: that is what version control is for.

    \b
    Example: countylines backup /backups/countylines-2026-11.tar.gz
    """
    from orchestration.care.backup import back_up

    paths = paths_from_environment(build=output)
    files = back_up(paths, file)
    click.echo(f"{files:,} files of {paths.build} are in {file} ({file.stat().st_size / 1024**2:.0f} MiB).")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_FOLDER
def restore(file: Path, output: Path | None) -> None:
    """Make the build folder what it was when FILE was written. The folder must be absent or empty.

    Every checksum is compared first; a damaged file restores nothing.

    \b
    Example: countylines restore /backups/countylines-2026-11.tar.gz
    """
    from orchestration.care.backup import restore as put_back

    paths = paths_from_environment(build=output)
    click.echo(f"{put_back(file, paths):,} files are back in {paths.build}. countylines doctor looks at them.")


@click.command("end-lost-runs")
def lost_runs() -> None:
    """Record as failed the runs of a server whose processes are gone, so that they are begun again.

    Only for the moment before the daemon starts: DAGSTER_HOME names its settings, and nothing may be running.

    \b
    Example: countylines end-lost-runs
    """
    import dagster as dg

    from orchestration.run.lost_runs import end_lost_runs

    with dg.DagsterInstance.get() as instance:
        ended = end_lost_runs(instance, "The service of this run was ended from outside before the run was done.")
    click.echo(f"{len(ended)} lost runs recorded as failed{': ' if ended else ''}{', '.join(ended)}.")
