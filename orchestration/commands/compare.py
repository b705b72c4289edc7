"""`countylines compare`: two figures side by side, their grade, and the sentence that may be published."""

import json
import sys

import click

from countylines.comparison import WHAT_TO_GIVE
from orchestration.commands.options import JSON, opened
from orchestration.commands.terminal import say
from transforms.errors import CountyLinesError

# Distinct from an error, so that a script can tell "these may not be compared" from "that area does not exist".
REFUSED = 3


@click.command("compare")
@click.argument("area")
@click.argument("other_area", required=False)
@click.option("--measure", required=True, help="A measure by id or code (drug_offences, M01), or peel_grade.")
@click.option(
    "--period",
    default="latest",
    show_default=True,
    help='"YE Dec 2019", 2023-Q1, 2023, "June 2025", 2018-01/2019-03, latest; 2018/19 is also a PEEL cycle.',
)
@click.option("--with-period", help="The second period, to compare one area with itself.")
@click.option(
    "--with",
    "with_whom",
    help="neighbours, similar, region, or names of areas with commas between them: one area beside each of several.",
)
@click.option("--question", default="Effectiveness", show_default=True, help="The question or pillar of a PEEL grade.")
@JSON
def compare(
    area: str,
    other_area: str | None,
    measure: str,
    period: str,
    with_period: str | None,
    with_whom: str | None,
    question: str,
    as_json: bool,
) -> None:
    """Compare two areas in one period, one area in two, or one area with its neighbours or others.

    Prints both figures with their intervals, the grade (A direct, B adjusted, C side by side only, X not comparable) with its reasons, and
    the sentence that may be published. The exit status is 3 where a change is refused (grade C: side by side only; grade X: not at all).
    Neighbours have a common border; the similar police force areas are found by a method of this project, not those of HMICFRS.

    \b
    Example: countylines compare Norfolk Suffolk --measure drug_offences --period "YE Dec 2019"
             countylines compare Norfolk Suffolk --measure drug_offences
             countylines compare "Greater Manchester" --measure drug_offences --period "YE Dec 2018" --with-period "YE Dec 2019"
             countylines compare Norfolk Suffolk --measure peel_grade --period 2018/19 --question Efficiency
             countylines compare Norfolk --measure london_linked_individuals --period 2018-01/2019-03 --with-period 2019-05/2020-04
             countylines compare Norfolk --with neighbours --measure drug_offences --period latest
    """
    from reports import wording

    if sum(each is not None for each in (other_area, with_period, with_whom)) != 1:
        raise CountyLinesError(WHAT_TO_GIVE)
    build = opened()
    if with_whom is not None:
        found = build.beside(area, with_whom, measure=measure, period=period)
        pairs = found["pairs"]
        lines = [*wording.beside_lines(pairs, found["with"]), *found["without_figure"], *found["method"]]
    else:
        found = build.graded(
            area, other_area, measure=measure, period=period, with_period=with_period, question=question
        )
        pairs = [found]
        lines = wording.comparison_lines(found, found["sentence"])
    if as_json:
        click.echo(json.dumps(found, default=str, ensure_ascii=False, indent=1))
    else:
        say("\n".join(lines))
    if any(pair["grade"] in ("C", "X") for pair in pairs):
        sys.exit(REFUSED)
