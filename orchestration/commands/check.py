"""`countylines check`: the verdict on a claim about figures, by one rule, with the figures behind it."""

import json
import sys
from datetime import date
from typing import TYPE_CHECKING, Final

import click

from orchestration.commands.compare import REFUSED
from orchestration.commands.options import JSON, opened
from orchestration.commands.terminal import say
from transforms.errors import CountyLinesError

if TYPE_CHECKING:
    from transforms.harmonise.registers import Registers

EXIT_STATUS: Final = {
    "supported": 0,
    "not comparable": REFUSED,
    "not supported": 4,
    "not established": 5,
    "not measurable": 6,
}
_OF_ALL, _BESIDE, _OVER_TIME = ("highest", "lowest"), ("higher-than", "lower-than"), ("fell", "rose")
LATEST: Final = "latest"


@click.command("check")
@click.argument("area")
@click.argument("relation", type=click.Choice([*_OF_ALL, *_BESIDE, *_OVER_TIME]))
@click.argument("words", nargs=-1, required=True, metavar="[OTHER_AREA] MEASURE [PERIOD] [EARLIER_PERIOD]")
@click.option("--among", metavar="REGION", help="A region: highest or lowest of its areas, and not of all.")
@click.option("--by-more-than", type=click.FloatRange(min=0), default=0.0, help="Of fell and rose: by more per cent.")
@JSON
def check(
    area: str, relation: str, words: tuple[str, ...], among: str | None, by_more_than: float, as_json: bool
) -> None:
    """Whether published figures support a claim, by one rule for every area and measure.

    The verdict comes first: supported, not supported, not established, not comparable or not measurable. Without a period it is the newest;
    without an earlier one it is the same months a year before. The exit status is 0 where the claim is supported, 3 not comparable, 4 not
    supported, 5 not established, 6 not measurable.

    \b
    Example: countylines check Norfolk highest drug_offences latest
             countylines check Norfolk lowest drug_offences --among "East of England"
             countylines check Merseyside higher-than Kent drug_offences "YE Dec 2025"
             countylines check Norfolk fell nrm_police_referrals 2023 2022
             countylines check Norfolk fell london_linked_individuals 2019-05/2020-04 2018-01/2019-03 --by-more-than 50
    """
    from reports import wording
    from transforms.answers import find_area, find_measure, period_asked
    from transforms.comparability.claims import Claim, judged
    from transforms.inspection import answer, group_of

    if among is not None and relation not in _OF_ALL:
        raise CountyLinesError("--among is for highest and lowest; leave it out.")
    if by_more_than and relation not in _OVER_TIME:
        raise CountyLinesError("--by-more-than is for fell and rose; leave it out.")
    given = list(words)
    other = given.pop(0) if relation in _BESIDE else None
    most = 3 if relation in _OVER_TIME else 2
    if not 1 <= len(given) <= most:
        raise CountyLinesError(
            f"countylines check AREA {relation} takes {'another area, ' if other else ''}a measure and "
            f"{'two periods' if relation in _OVER_TIME else 'a period'} at most; see countylines check --help."
        )
    build = opened()
    known = build.registers
    indicators, areas = build.table("out/indicators"), build.table("core/areas")
    area_id = find_area(area, known.areas, known.area_names, known.elsewhere)
    measure_id = find_measure(indicators, given[0])
    preferred = indicators.filter(is_preferred=True)
    others: tuple[str, ...] = ()
    if other is not None:
        others = (find_area(other, known.areas, known.area_names, known.elsewhere),)
    elif relation in _OF_ALL:
        others = group_of(area_id, areas, None if among is None else _region(among, known))
    both = [area_id, *others] if relation in _BESIDE else [area_id]
    asked = period_asked(given[1] if len(given) > 1 else LATEST, preferred, both, measure_id)
    earlier = None
    if relation in _OVER_TIME:
        earlier = (
            period_asked(given[2], preferred, [area_id], measure_id) if len(given) == most else _year_before(asked)
        )
    claim = Claim(area_id, measure_id, relation, asked, others, earlier, by_more_than)
    verdict = judged(claim, indicators, known)
    row = answer(claim, verdict, indicators, build.table("core/observations"), areas)
    about = known.measures.filter(measure_id=measure_id).row(0, named=True)
    if as_json:
        click.echo(
            json.dumps(
                {
                    **row,
                    "why": wording.why(row),
                    "without_figure": list(verdict.missing),
                    "too_small": list(verdict.too_small),
                    "figures": verdict.figures["indicator_id"].to_list(),
                },
                default=str,
                ensure_ascii=False,
                indent=1,
            )
        )
    else:
        say("\n".join(wording.claim_lines(row, about["name"], about["unit_plural"])))
    sys.exit(EXIT_STATUS[row["verdict"]])


def _region(text: str, known: "Registers") -> str:
    """The id of the region that a person means, of 'West Midlands' the region; raises CountyLinesError for any other kind of area."""
    from transforms.answers import find_area

    for named in (f"{text} region", text):
        try:
            found = find_area(named, known.areas, known.area_names, known.elsewhere)
        except CountyLinesError:
            continue
        if known.areas.filter(area_id=found)["kind"].is_in(["region", "policing_region"]).any():
            return found
    raise CountyLinesError(f'{text!r} is no region; give one, for example --among "East of England".')


def _year_before(period: tuple[date, date]) -> tuple[date, date]:
    """The same months a year earlier; the last day of February stays the last."""
    import polars as pl

    start, end = pl.select(
        pl.lit(period[0]).dt.offset_by("-1y"),
        pl.when(pl.lit(period[1]).dt.month_end() == period[1])
        .then(pl.lit(period[1]).dt.offset_by("-1y").dt.month_end())
        .otherwise(pl.lit(period[1]).dt.offset_by("-1y"))
        .alias("end"),
    ).row(0)
    return start, end
