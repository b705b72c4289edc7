"""`countylines value`, `countylines explain` and `countylines areas`: one number, the way back from it, and what places are called."""

import json
import re
from typing import TYPE_CHECKING, Any

import click

from orchestration.commands.compare import GRADES
from orchestration.commands.options import JSON, registers, table, why_missing_in, with_districts
from orchestration.store.paths import paths_from_environment
from transforms.errors import CountyLinesError

if TYPE_CHECKING:
    import polars as pl


@click.command()
@click.argument("area")
@click.argument("measure")
@click.argument("period", default="latest")
@click.option("--edition", help="An edition by its id, such as ye-dec-2019: what it said, and not the newest one.")
@JSON
def value(area: str, measure: str, period: str, edition: str | None, as_json: bool) -> None:
    """One number, with its population, limits, coverage and edition.

    AREA is any known spelling, code or slug; MEASURE is drug_offences, nrm_police_referrals, london_linked_individuals or another that the
    error for an unknown one lists; PERIOD is written as "YE Dec 2019", 2023-Q1, 2023, 2018/19, "June 2025", "30 September 2019",
    2018-01/2019-03 or latest, which it is where none is given.

    \b
    Example: countylines value Norfolk drug_offences "YE Dec 2019"
             countylines value Norfolk drug_offences
             countylines value Norfolk drug_offences 2019 --edition ye-dec-2019
             countylines value "the Met" nrm_police_referrals 2023-Q1 --json
    """
    from transforms.answers import find_measure, find_numbers, find_place, numbers_held, period_asked
    from transforms.harmonise.registers import known_areas

    if measure in GRADES:
        raise CountyLinesError(
            f"A PEEL grade is a word and no number; countylines compare {area!r} --measure peel_grade --period 2018/19 --with-period "
            "2021/22 prints grades."
        )
    paths = paths_from_environment()
    known = registers(paths)
    districts = with_districts(paths, table(paths, "out", "indicators"))
    held = numbers_held(districts, table(paths, "core", "observations"), known_areas(known))
    area_id = find_place(area, find_measure(held, measure), known, held)
    asked = period_asked(period, held, [area_id], measure)
    why = why_missing_in(paths, known, area_id, find_measure(held, measure), asked)
    rows = find_numbers(held, area_id, measure, asked, why, edition)
    editions = table(paths, "raw", "editions")
    answers = [_answer(row, editions, why) for row in rows]
    if as_json:
        click.echo(json.dumps({**answers[0], "alternatives": answers[1:]}, default=str, ensure_ascii=False, indent=1))
        return
    for answer in answers:
        click.echo(_in_words(answer))


def _answer(row: dict[str, Any], editions: "pl.DataFrame", why: list[str]) -> dict[str, Any]:
    (file_kind,) = editions.filter(source_id=row["source_id"], edition_id=row["edition_id"])["file_kind"]
    denominator = (row["denominator_observations"] or "").split("; ") if row["denominator"] else []
    return {
        "area_code": row["area_id"],
        "area_name": row["area_name"],
        "measure": row["measure_id"],
        "period": f"{row['period_start']:%Y-%m-%d}/{row['period_end']:%Y-%m-%d}",
        "months": row["months"],
        **{name: _whole(row[name]) for name in ("numerator", "denominator", "denominator_used")},
        "denominator_edition": row["denominator_edition"],
        "denominator_rule": row["denominator_rule"],
        "denominator_cells": len(denominator),
        "denominator_kinds": _kinds(denominator, editions),
        "multiplier": row["multiplier"],
        "value": row["value"],
        "lower_95": row["lower_95"],
        "upper_95": row["upper_95"],
        "method": row["method"],
        "is_derived": row["is_derived"],
        "is_sum": "; " in (row["numerator_observations"] or ""),
        "coverage": row["coverage"],
        "coverage_note": row["coverage_note"],
        "status": row["status"],
        "why_missing": why if row["numerator"] is None else [],
        "source": row["source_id"],
        "edition": row["edition_id"],
        "file_kind": file_kind,
        "vintage": row["vintage"],
        "indicator_id": row["indicator_id"],
    }


def _kinds(observation_ids: list[str], editions: "pl.DataFrame") -> list[str]:
    """What kinds of file (original, re-save, derived) some observations were read from."""
    named = {tuple(observation_id.split("/", 2)[:2]) for observation_id in observation_ids}
    kinds = {(row["source_id"], row["edition_id"]): row["file_kind"] for row in editions.iter_rows(named=True)}
    return sorted({kinds[source_id, edition_id] for source_id, edition_id in named})


def _whole(number: float | None) -> int | float | None:
    """A number without needless decimals; full-time equivalents keep theirs, but not those that adding them up left behind."""
    if number is None:
        return None
    return int(number) if number.is_integer() else round(number, 6)


def _population(answer: dict[str, Any]) -> str:
    """Whether the residents are those behind the publisher's own rate, as printed for the area, or a sum, and of what kind of file, unless of an original."""
    if answer["denominator_rule"] == "as_published":
        return "as the publisher's own rate"
    cells = answer["denominator_cells"]
    found = "as printed" if cells == 1 else f"the sum of {cells} published figures"
    copies = [kind for kind in answer["denominator_kinds"] if kind != "original"]
    return f"{found}, {' and '.join(copies)}" if copies else found


def _limits(answer: dict[str, Any]) -> str:
    if answer["lower_95"] is None:
        return "without limits, as what is no count of events has none"
    return f"95% interval {answer['lower_95']:.6f} to {answer['upper_95']:.6f} ({answer['method']})"


def _in_words(answer: dict[str, Any]) -> str:
    from transforms.evidence import PUBLISHED
    from transforms.indicators.local_authorities import PER_CHILD
    from transforms.indicators.shares import OF_OFFENCES

    name, what = answer["area_name"], answer["measure"].replace("_", " ")
    count = "no figure" if answer["numerator"] is None else f"{answer['numerator']:,}"
    lines = [f"{name}, {what}, {answer['period'].replace('/', ' to ')}: {count}"]
    if answer["value"] is not None:
        printed = "counts that add up to it" if answer["is_sum"] else "a count"
        derived = f" (derived here; the publisher printed {printed})" if answer["is_derived"] else ""
        of_whom = "residents aged 0 to 17" if answer["measure"] in PER_CHILD else "residents"
        lines.append(
            f"  {answer['value']:.6f} per cent of {answer['denominator']:,} offences (derived here), {_limits(answer)}"
            if answer["denominator_rule"] == OF_OFFENCES
            else f"  {answer['value']:.6f} per {answer['multiplier']:,} {of_whom}{derived}, {_limits(answer)}, "
            f"on {answer['denominator']:,} {of_whom} ({answer['denominator_edition']}, {_population(answer)})"
        )
    elif answer["status"] == PUBLISHED:
        part = f", one part of the count: {answer['coverage_note']}" if answer["coverage_note"] else ""
        lines.append(f"  as published, without a rate{part}")
    else:
        lines.append(f"  no rate: {answer['status'].replace('_', ' ')}")
    lines.extend(f"  {reason}" for reason in answer["why_missing"])
    if answer["coverage"] and answer["coverage_note"]:
        lines.append(f"  coverage {answer['coverage']}: {answer['coverage_note']}")
    lines.append(
        f"  {answer['source']}, edition {answer['edition']} ({answer['file_kind']}); countylines explain {answer['indicator_id']}"
    )
    return "\n".join(lines)


@click.command()
@click.argument("indicator_id")
@JSON
def explain(indicator_id: str, as_json: bool) -> None:
    """The way back from a printed number: formula, observations, cells, file, checksum, alias, correction and comparability.

    \b
    Example: countylines explain M01.E23000024.201901-201912.ye-dec-2019.as_published
    """
    import polars as pl

    from reports import wording
    from transforms.answers import explain as explain_number
    from transforms.indicators.districts import district_cells

    paths = paths_from_environment()
    editions = table(paths, "raw", "editions")
    observations = table(paths, "core", "observations")
    cells = district_cells(table(paths, "core", "excluded"), observations, registers(paths))
    found = explain_number(
        indicator_id,
        with_districts(paths, table(paths, "out", "indicators")),
        pl.concat([observations, cells]),
        editions,
        table(paths, "out", "comparability"),
        table(paths, "core", "record_files"),
    )
    number = found.indicator
    period = number["period_start"], number["period_end"]
    why = why_missing_in(paths, registers(paths), number["area_id"], number["measure_id"], period)
    answer = _answer(number, editions, why)
    if as_json:
        names = ("numerator", "denominator", "editions", "comparisons", "others")
        parts = {name: getattr(found, name).to_dicts() for name in names}
        click.echo(
            json.dumps(
                {"indicator": number, "why_missing": answer["why_missing"], "formula": found.formula, **parts},
                default=str,
                indent=1,
            )
        )
        return
    click.echo(_in_words(answer))
    click.echo(f"\nFormula\n  {found.formula}")
    for title, frame in (("Counted from", found.numerator), ("Divided by", found.denominator)):
        if len(frame):
            click.echo(f"\n{title}")
        for row in frame.iter_rows(named=True):
            shown = row["value_text"] if row["value_text"] is not None else "(blank)"
            click.echo(f"  {shown:>12}  {row['observation_id']}")
            if found_at := re.fullmatch(r"row:(\d+) column:(.+)", row["cell"]):
                click.echo(f"{'':14}row {int(found_at[1]):,} of the table, column {found_at[2]!r}")
            click.echo(f"{'':14}printed as {row['area_text']!r}; area {row['area_id']} found by {row['area_match']}")
            if row["correction_id"]:
                click.echo(f"{'':14}correction {row['correction_id']} applied")
            if row["source_url"]:
                click.echo(f"{'':14}seen at {row['source_url']}")
    if len(found.others):
        click.echo("\nPrinted by other editions, oldest first")
    for row in found.others.iter_rows(named=True):
        count = "no figure" if row["numerator"] is None else f"{_whole(row['numerator']):,}"
        click.echo(f"  {count:>12}  {row['source_id']} {row['edition_id']}, published in {row['vintage']}")
    click.echo(f"\n{wording.COMPARED}")
    for line in wording.compared_with(found.comparisons.to_dicts()):
        click.echo(f"  {line}")
    click.echo("\nFiles")
    for row in found.editions.iter_rows(named=True):
        click.echo(
            f"  {row['source_id']} {row['edition_id']}: {row['file']} ({row['file_kind']}), {row['bytes']:,} bytes"
        )
        click.echo(f"    sha256 {row['sha256']}, read on {row['retrieved_at']}")
        note = f". {row['vintage_note']}" if row["vintage_note"] else ""
        click.echo(f"    published in {row['vintage']}, by {row['vintage_basis']}{note}")


@click.group()
def areas() -> None:
    """The register of areas and their names."""


@areas.command("suggest")
@click.argument("name")
@JSON
def areas_suggest(name: str, as_json: bool) -> None:
    """The known names nearest to NAME, for a person who adds a name to the register. A build never matches names this way.

    \b
    Example: countylines areas suggest "Norfolk Constabularly"
    """
    from transforms.answers import suggest

    known = registers(paths_from_environment())
    found = suggest(name, known.areas, known.area_names, known.elsewhere)
    if as_json:
        click.echo(json.dumps(found.to_dicts()))
        return
    if found.is_empty():
        raise CountyLinesError(f"No known name is near {name!r}.")
    for row in found.iter_rows(named=True):
        click.echo(f"{row['key']:<40} {row['area_id']:<12} {row['kind']:<32} {row['name']}")
