"""`countylines value`, `countylines explain` and `countylines areas`: one number, the way back from it, and what places are called."""

import json
import re
from typing import Any

import click

from orchestration.commands.options import JSON, opened
from orchestration.commands.terminal import say, say_table
from transforms.errors import CountyLinesError


@click.command()
@click.argument("area")
@click.argument("measure")
@click.argument("period", default="latest")
@click.option("--edition", help="An edition by its id, such as ye-dec-2019: what it said, and not the newest one.")
@JSON
def value(area: str, measure: str, period: str, edition: str | None, as_json: bool) -> None:
    """One number, with its population, limits, coverage and edition.

    AREA is any known spelling, code or slug; MEASURE is drug_offences, nrm_police_referrals, london_linked_individuals or another that
    countylines measures lists; PERIOD is written as "YE Dec 2019", 2023-Q1, 2023, 2018/19, "June 2025", "30 September 2019",
    2018-01/2019-03 or latest, which it is where none is given.

    \b
    Example: countylines value Norfolk drug_offences "YE Dec 2019"
             countylines value Norfolk drug_offences
             countylines value Norfolk drug_offences 2019 --edition ye-dec-2019
             countylines value "the Met" nrm_police_referrals 2023-Q1 --json
    """
    found = opened().value(area, measure, period, edition)
    if as_json:
        click.echo(json.dumps(found, default=str, ensure_ascii=False, indent=1))
        return
    for answer in (found, *found["alternatives"]):
        say(_in_words(answer))


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
    from countylines.answers import answer as answer_of
    from countylines.answers import whole
    from reports import wording

    build = opened()
    found = build.explain(indicator_id)
    number = found.indicator
    period = number["period_start"], number["period_end"]
    why = build.why_missing(number["area_id"], number["measure_id"], period)
    answer = answer_of(number, build.table("raw/editions"), why)
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
    say(_in_words(answer))
    say(f"\nFormula\n  {found.formula}")
    for title, frame in (("Counted from", found.numerator), ("Divided by", found.denominator)):
        if len(frame):
            say(f"\n{title}")
        for row in frame.iter_rows(named=True):
            shown = row["value_text"] if row["value_text"] is not None else "(blank)"
            say(f"  {shown:>12}  {row['observation_id']}")
            if found_at := re.fullmatch(r"row:(\d+) column:(.+)", row["cell"]):
                say(f"{'':14}row {int(found_at[1]):,} of the table, column {found_at[2]!r}")
            say(f"{'':14}printed as {row['area_text']!r}; area {row['area_id']} found by {row['area_match']}")
            if row["correction_id"]:
                say(f"{'':14}correction {row['correction_id']} applied")
            if row["source_url"]:
                say(f"{'':14}seen at {row['source_url']}")
    if len(found.others):
        say("\nPrinted by other editions, oldest first")
    for row in found.others.iter_rows(named=True):
        count = "no figure" if row["numerator"] is None else f"{whole(row['numerator']):,}"
        say(f"  {count:>12}  {row['source_id']} {row['edition_id']}, published in {row['vintage']}")
    say(f"\n{wording.COMPARED}")
    for line in wording.compared_with(found.comparisons.to_dicts()):
        say(f"  {line}")
    say("\nFiles")
    for row in found.editions.iter_rows(named=True):
        say(f"  {row['source_id']} {row['edition_id']}: {row['file']} ({row['file_kind']}), {row['bytes']:,} bytes")
        say(f"    sha256 {row['sha256']}, read on {row['retrieved_at']}")
        note = f". {row['vintage_note']}" if row["vintage_note"] else ""
        say(f"    published in {row['vintage']}, by {row['vintage_basis']}{note}")


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

    known = opened().registers
    found = suggest(name, known.areas, known.area_names, known.elsewhere)
    if as_json:
        click.echo(json.dumps(found.to_dicts()))
        return
    if found.is_empty():
        raise CountyLinesError(f"No known name is near {name!r}.")
    say_table(("Known name", "Area", "Kind", "Name"), found.iter_rows())
