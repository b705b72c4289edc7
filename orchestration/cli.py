"""The command line. Everything that costs time to import is imported by the command that needs it."""

import json
import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from orchestration.care_commands import backup, doctor, restore
from orchestration.compare_command import compare
from orchestration.data_docs_command import data_docs
from orchestration.deliver_command import deliver
from orchestration.diff_command import diff
from orchestration.fetch_command import fetch
from orchestration.fingerprint import fingerprint, outputs, read_manifest
from orchestration.landing_command import in_words, landing, landing_rows
from orchestration.lock import only_build
from orchestration.log import FORMATS, log_as
from orchestration.paths import PROJECT, Paths, paths_from_environment
from orchestration.scoreboard_command import scoreboard
from orchestration.sources_command import sources
from transforms.errors import CountyLinesError

_LANDING = click.option(
    "--landing",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with original published files; editions that it does not hold come from data/published.",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="countylines")
def cli() -> None:
    """County lines statistics for the 43 police forces of England and Wales.

    \b
    countylines build                                            make all reports
    countylines value Norfolk drug_offences "YE Dec 2019"        one number
    countylines explain M01.E23000024.201901-201912.ye-dec-2019.as_published
    countylines ui                                               the asset graph in a browser
    """


cli.add_command(sources)
cli.add_command(diff)
cli.add_command(data_docs)
cli.add_command(deliver)


def main() -> None:
    """Run the command line; an error of ours is one plain sentence on standard error and exit status 1."""
    try:
        cli(standalone_mode=False)
    except CountyLinesError as error:
        click.echo(f"countylines: {error}", err=True)
        sys.exit(1)
    except OSError as error:  # a folder that cannot be written, a full disk
        click.echo(f"countylines: {error.filename or 'The system'}: {error.strerror}.", err=True)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Abort:
        click.echo("countylines: interrupted; the last good reports are as they were.", err=True)
        sys.exit(130)


cli.add_command(fetch)
for command in (doctor, backup, restore):
    cli.add_command(command)
cli.add_command(compare)
cli.add_command(scoreboard)
cli.add_command(landing)


@cli.command()
@_LANDING
@click.option(
    "--output", type=click.Path(file_okay=False, path_type=Path), help="Build folder; data/build unless given."
)
@click.option(
    "--fetched", is_flag=True, help="Read also what countylines fetch has got, before what the project keeps itself."
)
@click.option(
    "--as-of",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    help="Only what had been published by this day, YYYY-MM-DD; reports go to a folder of their own.",
)
@click.option(
    "--log-format",
    type=click.Choice(FORMATS),
    help="Lines for machines on standard error: json, or none; COUNTYLINES_LOG_FORMAT unless given.",
)
@_JSON
def build(
    landing: Path | None,
    output: Path | None,
    fetched: bool,
    as_of: datetime | None,
    log_format: str | None,
    as_json: bool,
) -> None:
    """Make every table, check and report that is not up to date.

    Exits with status 1 and one sentence when a check blocks or a file cannot be read; the last good reports then stay.

    \b
    Example: countylines build
             countylines build --landing ~/downloads/published-files
             countylines build --as-of 2020-05-31
    """
    began = time.monotonic()
    log_as(log_format)
    if fetched:
        landing = _fetched_files(landing, output)
    paths = paths_from_environment(landing, output, as_of.date() if as_of else None)
    current = fingerprint(paths)
    manifest = read_manifest(paths)
    if manifest.get("fingerprint") == current and manifest.get("outputs") == outputs(paths):
        _say_built(
            paths,
            {
                "ran": 0,
                "seconds": round(time.monotonic() - began, 2),
                "layers": {},
                "warnings": [],
                "milliseconds_a_report": {},
            },
            as_json,
        )
        return
    with only_build(paths):
        result = _run_build(paths, current, quiet=as_json or not sys.stderr.isatty())
        _write_figures(paths, result)
    if result.error:
        kept = "; the last good reports are as they were." if paths.reports.exists() else "."
        raise CountyLinesError(f"{result.error.removesuffix('.')}. Nothing was published{kept}")
    seconds = {layer: round(spent, 2) for layer, spent in result.seconds.items()}
    total = round(time.monotonic() - began, 2)
    said = {"ran": result.ran, "seconds": total, "layers": seconds, "warnings": list(result.warnings)}
    _say_built(paths, said | {"milliseconds_a_report": dict(result.milliseconds)}, as_json)


def _write_figures(paths: Paths, result: Any) -> None:
    from orchestration.metrics import record_run, write_metrics

    ended = datetime.now(UTC)
    record_run(paths, result.error is None, result.seconds, ended)
    write_metrics(paths, ended)


def _fetched_files(landing: Path | None, output: Path | None) -> Path:
    """The folder in which `countylines fetch` keeps what it got."""
    if landing:
        raise CountyLinesError("--fetched and --landing name two folders of files; give one of them.")
    store = paths_from_environment(build=output).lake / "editions"
    if not store.is_dir():
        raise CountyLinesError("Nothing has been fetched yet; run countylines fetch first.")
    return store


def _run_build(paths: Paths, current: str, quiet: bool) -> Any:
    # A build makes millions of objects that live until it ends: looking at each of them again and again takes a second. Looking only at
    # the young ones, and seldom, frees the workbooks and pages that are done with.
    import gc

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    gc.set_threshold(100_000, 10, 1_000)
    if not paths.checks.exists():  # nothing has been checked yet, so that everything will be
        from orchestration.apart import begin

        begin()
    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # A disabled bar still prints a line feed; a quiet console prints nothing.
    with Progress(*columns, console=Console(stderr=True, quiet=quiet), disable=quiet) as bar:
        task = bar.add_task("starting", total=None)

        from orchestration.build import build as run

        return run(
            paths,
            started=lambda steps: bar.update(task, total=steps, description="checking"),
            progress=lambda name: bar.update(task, advance=1, description=name.replace("__", "/")),
            fingerprint=current,
        )


def _say_built(paths: Paths, result: dict[str, Any], as_json: bool) -> None:
    reports = paths.reports.resolve()
    made = {"html": len(list(reports.glob("*.html"))), "pdf": len(list(reports.glob("*.pdf")))}
    result |= {"reports": str(paths.reports / "index.html"), "documents": made}
    result |= {"warehouse": str(paths.build / "county_lines.duckdb"), "tidy_csv": str(paths.build / "county_lines.csv")}
    files = landing_rows(paths) if paths.landing else []
    if as_json:
        click.echo(json.dumps(result | ({"files": files} if paths.landing else {}), ensure_ascii=False))
        return
    if files:
        click.echo(f"{in_words(files)}\n")
    if result["ran"]:
        spent = ", ".join(f"{layer} {seconds:.1f} s" for layer, seconds in result["layers"].items())
        click.echo(f"{result['ran']} assets made in {result['seconds']:.1f} s ({spent}).")
    else:
        click.echo(f"Nothing changed since the last build ({result['seconds']:.1f} s).")
    for warning in result["warnings"]:
        click.echo(f"Warning: {warning}")
    click.echo(f"{made['html']} HTML pages and {made['pdf']} PDFs. Open {_short(paths.reports / 'index.html')}")
    click.echo(
        f"For analysts: {_short(paths.build / 'county_lines.duckdb')}, {_short(paths.build / 'county_lines.csv')}"
    )


def _short(path: Path) -> str:
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def _table(paths: Paths, layer: str, name: str) -> Any:
    import polars as pl

    path = paths.lake / layer / f"{name}.parquet"
    if not path.exists():
        raise CountyLinesError(f"There is no table {layer}/{name} yet; run countylines build first.")
    return pl.read_parquet(path)


def _registers(paths: Paths) -> Any:
    from transforms.harmonise.registers import load_registers

    return load_registers(paths.data)


@cli.command()
@click.argument("area")
@click.argument("measure")
@click.argument("period")
@_JSON
def value(area: str, measure: str, period: str, as_json: bool) -> None:
    """One number, with its population, limits, coverage and edition.

    AREA is any known spelling, code or slug; MEASURE is drug_offences, nrm_police_referrals or london_linked_individuals; PERIOD is
    written as "YE Dec 2019", 2023-Q1, 2023 or 2018-01/2019-03.

    \b
    Example: countylines value Norfolk drug_offences "YE Dec 2019"
             countylines value "the Met" nrm_police_referrals 2023-Q1 --json
    """
    from transforms.answers import find_area, find_numbers, read_period

    paths = paths_from_environment()
    registers = _registers(paths)
    area_id = find_area(area, registers.areas, registers.area_names)
    rows = find_numbers(_table(paths, "out", "indicators"), area_id, measure, read_period(period))
    answers = [_answer(row) for row in rows]
    if as_json:
        click.echo(json.dumps({**answers[0], "alternatives": answers[1:]}, default=str, ensure_ascii=False, indent=1))
        return
    for answer in answers:
        click.echo(_in_words(answer))


def _answer(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "area_code": row["area_id"],
        "area_name": row["area_name"],
        "measure": row["measure_id"],
        "period": f"{row['period_start']:%Y-%m-%d}/{row['period_end']:%Y-%m-%d}",
        "months": row["months"],
        "numerator": None if row["numerator"] is None else int(row["numerator"]),
        "denominator": None if row["denominator"] is None else int(row["denominator"]),
        "denominator_used": None if row["denominator_used"] is None else int(row["denominator_used"]),
        "denominator_edition": row["denominator_edition"],
        "denominator_rule": row["denominator_rule"],
        "multiplier": row["multiplier"],
        "value": row["value"],
        "lower_95": row["lower_95"],
        "upper_95": row["upper_95"],
        "method": row["method"],
        "is_derived": row["is_derived"],
        "coverage": row["coverage"],
        "coverage_note": row["coverage_note"],
        "status": row["status"],
        "source": row["source_id"],
        "edition": row["edition_id"],
        "vintage": row["vintage"],
        "indicator_id": row["indicator_id"],
    }


_POPULATION = {"as_published": "as the publisher's own rate", "canonical": "as printed"}


def _in_words(answer: dict[str, Any]) -> str:
    from transforms.indicators.local_authorities import PER_CHILD

    name, what = answer["area_name"], answer["measure"].replace("_", " ")
    count = "no figure" if answer["numerator"] is None else f"{answer['numerator']:,}"
    lines = [f"{name}, {what}, {answer['period'].replace('/', ' to ')}: {count}"]
    if answer["value"] is not None:
        derived = " (derived here; the publisher printed a count)" if answer["is_derived"] else ""
        of_whom = "residents aged 0 to 17" if answer["measure"] in PER_CHILD else "residents"
        lines.append(
            f"  {answer['value']:.6f} per {answer['multiplier']:,} {of_whom}{derived}, "
            f"95% interval {answer['lower_95']:.6f} to {answer['upper_95']:.6f} ({answer['method']}), "
            f"on {answer['denominator']:,} {of_whom} ({answer['denominator_edition']}, {_POPULATION[answer['denominator_rule']]})"
        )
    else:
        lines.append(f"  no rate: {answer['status'].replace('_', ' ')}")
    if answer["coverage_note"]:
        lines.append(f"  coverage {answer['coverage']}: {answer['coverage_note']}")
    lines.append(f"  {answer['source']}, edition {answer['edition']}; countylines explain {answer['indicator_id']}")
    return "\n".join(lines)


@cli.command()
@click.argument("indicator_id")
@_JSON
def explain(indicator_id: str, as_json: bool) -> None:
    """The way back from a printed number: formula, observations, cells, file, checksum, alias, correction and comparability.

    \b
    Example: countylines explain M01.E23000024.201901-201912.ye-dec-2019.as_published
    """
    from reports import wording
    from transforms.answers import explain as explain_number

    paths = paths_from_environment()
    found = explain_number(
        indicator_id,
        _table(paths, "out", "indicators"),
        _table(paths, "core", "observations"),
        _table(paths, "raw", "editions"),
        _table(paths, "out", "comparability"),
    )
    if as_json:
        names = ("numerator", "denominator", "editions", "comparisons")
        parts = {name: getattr(found, name).to_dicts() for name in names}
        click.echo(json.dumps({"indicator": found.indicator, "formula": found.formula, **parts}, default=str, indent=1))
        return
    click.echo(_in_words(_answer(found.indicator)))
    click.echo(f"\nFormula\n  {found.formula}")
    for title, frame in (("Counted from", found.numerator), ("Divided by", found.denominator)):
        if len(frame):
            click.echo(f"\n{title}")
        for row in frame.iter_rows(named=True):
            shown = row["value_text"] if row["value_text"] is not None else "(blank)"
            click.echo(f"  {shown:>12}  {row['observation_id']}")
            click.echo(f"{'':14}printed as {row['area_text']!r}; area {row['area_id']} found by {row['area_match']}")
            if row["correction_id"]:
                click.echo(f"{'':14}correction {row['correction_id']} applied")
            if row["source_url"]:
                click.echo(f"{'':14}seen at {row['source_url']}")
    click.echo(f"\n{wording.COMPARED}")
    for line in wording.compared_with(found.comparisons.to_dicts()):
        click.echo(f"  {line}")
    click.echo("\nFiles")
    for row in found.editions.iter_rows(named=True):
        click.echo(
            f"  {row['source_id']} {row['edition_id']}: {row['file']} ({row['file_kind']}), {row['bytes']:,} bytes"
        )
        click.echo(f"    sha256 {row['sha256']}, read on {row['retrieved_at']}")


@cli.group()
def areas() -> None:
    """The register of areas and their names."""


@areas.command("suggest")
@click.argument("name")
@_JSON
def areas_suggest(name: str, as_json: bool) -> None:
    """The known names nearest to NAME, for a person who adds a name to the register. A build never matches names this way.

    \b
    Example: countylines areas suggest "Norfolk Constabularly"
    """
    from transforms.answers import suggest

    registers = _registers(paths_from_environment())
    found = suggest(name, registers.areas, registers.area_names)
    if as_json:
        click.echo(json.dumps(found.to_dicts()))
        return
    if found.is_empty():
        raise CountyLinesError(f"No known name is near {name!r}.")
    for row in found.iter_rows(named=True):
        click.echo(f"{row['key']:<40} {row['area_id']:<12} {row['kind']:<32} {row['name']}")


@cli.command()
@click.option(
    "--runs", type=click.IntRange(min=1), default=3, show_default=True, help="Rounds; the medians are printed."
)
@_JSON
def bench(runs: int, as_json: bool) -> None:
    """Measure a full build, a build of nothing new, and a build after one figure changed, in a temporary folder.

    \b
    Example: countylines bench
             countylines bench --runs 5 --json
    """
    from orchestration.bench import markdown, measure_builds

    found = measure_builds(runs)
    click.echo(json.dumps(found) if as_json else markdown(found))


@cli.command("publish-cells")
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
    from transforms.sources.published import publish_cells as write
    from transforms.sources.registry import load_sources

    paths = paths_from_environment(landing)
    done = write(load_sources(paths.data), paths.data, landing, date.today())
    for row in done.iter_rows(named=True):
        click.echo("  ".join(str(item) for item in row.values()))


@cli.command(context_settings={"ignore_unknown_options": True})
@click.option("--port", default=3000, show_default=True, help="Port on the loopback address.")
@click.option("--read-only", is_flag=True, help="For others to look at: nothing can be launched, changed or deleted.")
@_LANDING
def ui(port: int, read_only: bool, landing: Path | None) -> None:
    """Open the asset graph in a browser, on loopback only: http://127.0.0.1:3000 unless another port is given.

    \b
    Example: countylines ui --port 3333
             countylines ui --read-only
    """
    from orchestration.build import dagster_home

    paths = paths_from_environment(landing)
    environment = {**os.environ, "DAGSTER_HOME": dagster_home(paths), "COUNTYLINES_BUILD": str(paths.build)}
    environment["DAGSTER_DISABLE_TELEMETRY"] = "1"
    if landing:
        environment["COUNTYLINES_LANDING"] = str(landing.resolve())
    click.echo(f"Asset graph: http://127.0.0.1:{port} (stop with Ctrl+C)")
    # Without the daemon, which only runs and launches: a reader needs the pages alone.
    program = ("dagster_webserver", "--read-only") if read_only else ("dagster", "dev")
    command: Sequence[str] = [
        *(sys.executable, "-m", *program, "-h", "127.0.0.1", "-p", str(port)),
        *("-w", str(PROJECT / "workspace.yaml")),
    ]
    os.chdir(PROJECT)
    os.execve(sys.executable, list(command), environment)
