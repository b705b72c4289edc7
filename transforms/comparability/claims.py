"""A claim about published figures, and the verdict on it by one rule for every area and measure.

A claim says that an area had the highest or lowest rate of a group, a higher or lower rate than another, or that a figure fell or rose. The
verdict is *supported* or *not supported* only where the figures are held, their grade allows it, and the difference is beyond chance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final

import polars as pl

from transforms.comparability.allowed import Change, difference_test, dispersion_of_series
from transforms.comparability.grade import GRADES, grade_pairs
from transforms.comparability.pairs import SIDE, paired, side_of_indicators
from transforms.contracts.tables import BECAUSE, RELATIONS, VERDICTS
from transforms.errors import CountyLinesError, NotComparableError
from transforms.harmonise.registers import Registers

SUPPORTED, NOT_SUPPORTED, NOT_ESTABLISHED, NOT_COMPARABLE, NOT_MEASURABLE = VERDICTS
HIGHEST, LOWEST, HIGHER, LOWER, FELL, ROSE = RELATIONS
# Why a verdict is what it is; sentences are in reports.wording.
NO_FIGURE, NO_RATE, NO_MEASURE, GRADED, OTHERS_WITHOUT_A_FIGURE, CHANCE, CHANCE_NOT_KNOWN, BEYOND_CHANCE = BECAUSE

_ALLOW_A_TEST: Final = ("A", "B")
_ALLOWS_A_RANK: Final = "A"
_TOO_SMALL: Final = "population_too_small"


@dataclass(frozen=True)
class Claim:
    """What is said: of an area, a measure and a period. ``others`` are the group of 'highest' and 'lowest', or the one other area.

    'fell' and 'rose' are about ``earlier``, the first and last day of the period before, by more than ``by_more_than`` per cent.
    ``definitions`` are those of the later and the earlier figure, where they are not that of the measure.
    """

    area_id: str
    measure_id: str
    relation: str
    period: tuple[date, date]
    others: tuple[str, ...] = ()
    earlier: tuple[date, date] | None = None
    by_more_than: float = 0.0
    definitions: tuple[str, str] | None = None


@dataclass(frozen=True)
class Verdict:
    """The verdict and why, the worst grade that was looked at with its reasons, and the evidence.

    ``figures`` are rows of out/indicators: that of the claim first, then those beside it, highest rate first. ``probability`` is that of the
    claimed place among the areas that may be compared, ``place`` the place of the claimed area by rate among those with one. ``missing`` are
    the areas of the group without a figure, ``too_small`` those with too few residents for a rate. ``change`` is from the other to the claimed.
    """

    verdict: str
    because: str
    figures: pl.DataFrame
    grade: str | None = None
    reasons: str | None = None
    remedy: str | None = None
    probability: float | None = None
    place: int | None = None
    placed: int | None = None
    missing: tuple[str, ...] = ()
    too_small: tuple[str, ...] = ()
    change: Change | None = None


def judged(claim: Claim, indicators: pl.DataFrame, registers: Registers) -> Verdict:
    """The verdict on a claim from the preferred rows of out/indicators.

    Raises CountyLinesError for a relation without what it is beside: a group or another area, or an earlier period.
    """
    held = indicators.filter(pl.col("is_preferred") & (pl.col("measure_id") == claim.measure_id))
    if held.is_empty():
        return _without_figures(claim, held, registers)
    if claim.relation in (FELL, ROSE):
        if claim.earlier is None or claim.earlier == claim.period:
            raise CountyLinesError(f"{claim.relation!r} needs an earlier period to compare with.")
        return _over_time(claim, held, registers)
    if not set(claim.others) - {claim.area_id}:
        raise CountyLinesError(f"{claim.relation!r} needs another area to compare with.")
    if claim.relation in (HIGHER, LOWER):
        return _beside(claim, held, registers)
    return _of_all(claim, held, registers)


def _of_all(claim: Claim, held: pl.DataFrame, registers: Registers) -> Verdict:
    """'highest' and 'lowest': by the probability of the place among the areas that may be compared.

    One area that is surely higher is enough against the claim; for it, every area of the group needs a figure and grade A. An area with too
    few residents for a rate takes no place, as in every ranking here.
    """
    group = dict.fromkeys((claim.area_id, *claim.others))
    rows = held.filter(_within(claim.period) & pl.col("area_id").is_in(list(group))).unique("area_id", keep="first")
    found = {row["area_id"]: row for row in rows.iter_rows(named=True)}
    too_small = tuple(area for area in group if area in found and found[area]["status"] == _TOO_SMALL)
    missing = tuple(
        area
        for area in group
        if area not in too_small and (area not in found or found[area]["value"] is None) and area != claim.area_id
    )
    rated = rows.filter(pl.col("value").is_not_null()).sort("value", "area_id", descending=[True, False])
    own = rated.filter(pl.col("area_id") == claim.area_id)
    beside = rated.filter(pl.col("area_id") != claim.area_id)
    said = partial(
        Verdict, figures=pl.concat([own, beside]) if len(own) else rows, missing=missing, too_small=too_small
    )
    if own.is_empty():
        has_count = claim.area_id in found and found[claim.area_id]["numerator"] is not None
        return said(NOT_MEASURABLE, NO_RATE if has_count else NO_FIGURE)
    if beside.is_empty():
        return said(NOT_MEASURABLE, OTHERS_WITHOUT_A_FIGURE)
    sides = [side_of_indicators(frame, registers) for frame in (own, beside)]
    pairs = grade_pairs(paired(pl.concat([sides[0]] * len(beside)), sides[1]), registers)
    alike = beside.filter(pairs["grade"].is_in(_ALLOW_A_TEST))
    worst = _worst(pairs)
    sure = _probability(own, alike, highest=claim.relation == HIGHEST) if len(alike) else None
    placed = partial(
        said,
        **worst,
        probability=sure,
        place=1 + int((beside["value"] > own["value"].item()).sum()),
        placed=len(rated),
    )
    from transforms.statistics.ranks import HIGHEST_FROM

    if sure is not None and sure <= 1 - HIGHEST_FROM:
        return placed(NOT_SUPPORTED, BEYOND_CHANCE)
    if missing:
        return placed(NOT_ESTABLISHED, OTHERS_WITHOUT_A_FIGURE)
    if worst["grade"] != _ALLOWS_A_RANK:
        return placed(NOT_COMPARABLE, GRADED)
    if sure is not None and sure >= HIGHEST_FROM:
        return placed(SUPPORTED, BEYOND_CHANCE)
    return placed(NOT_ESTABLISHED, CHANCE)


def _probability(own: pl.DataFrame, alike: pl.DataFrame, *, highest: bool) -> float:
    """That the area has the highest, or the lowest, rate of these: of events by ``rank_intervals``; what is no count of events has no chance."""
    from transforms.statistics.ranks import rank_intervals

    rows = pl.concat([own, alike])
    if rows["lower_95"].null_count() or rows["denominator_used"].null_count():
        first, others = own["value"].item(), alike["value"]
        return float((others < first).all() if highest else (others > first).all())
    ranks = rank_intervals(rows["numerator"], rows["denominator_used"])
    return float(ranks.distribution[0, 0 if highest else len(rows) - 1])


def _beside(claim: Claim, held: pl.DataFrame, registers: Registers) -> Verdict:
    """'higher-than' and 'lower-than': the difference of two areas in one period, of rates where both have one."""
    (other,) = (area for area in claim.others if area != claim.area_id)
    rows = [held.filter(_within(claim.period) & (pl.col("area_id") == area)).head(1) for area in (claim.area_id, other)]
    figures = pl.concat(rows)
    if len(figures) < 2 or figures["numerator"].null_count():
        return Verdict(NOT_MEASURABLE, NO_FIGURE, figures, missing=_without(rows, (claim.area_id, other)))
    pair = _graded(rows[1], rows[0], registers, as_counts=bool(figures["value"].null_count()))
    return _by_change(pair, figures, None, upwards=claim.relation == HIGHER, by_more_than=0.0)


def _over_time(claim: Claim, held: pl.DataFrame, registers: Registers) -> Verdict:
    """'fell' and 'rose': one area in two periods, as counts; beyond what chance does in a series as lively as this one."""
    assert claim.earlier is not None
    of_area = held.filter(pl.col("area_id") == claim.area_id)
    rows = [of_area.filter(_within(period)).head(1) for period in (claim.period, claim.earlier)]
    figures = pl.concat(rows)
    if len(figures) < 2 or figures["numerator"].null_count():
        return Verdict(NOT_MEASURABLE, NO_FIGURE, figures, missing=_without(rows, (claim.area_id, claim.area_id))[:1])
    pair = _graded(rows[1], rows[0], registers, as_counts=True)
    phi = dispersion_of_series(held, claim.measure_id, claim.area_id)
    return _by_change(pair, figures, phi, upwards=claim.relation == ROSE, by_more_than=claim.by_more_than)


def _without_figures(claim: Claim, figures: pl.DataFrame, registers: Registers) -> Verdict:
    """A measure of which no figure is held by area: not comparable where the definitions say so already, else not measurable."""
    about = registers.measures.filter(pl.col("measure_id") == claim.measure_id)
    if about.is_empty() or claim.earlier is None:
        return Verdict(NOT_MEASURABLE, NO_MEASURE, figures)
    definitions = claim.definitions or (about["definition_id"].item(),) * 2
    sides = [
        pl.DataFrame([_side_by_definition(claim, about.row(0, named=True), definition, period, registers)], schema=SIDE)
        for definition, period in zip(definitions, (claim.period, claim.earlier), strict=True)
    ]
    graded = grade_pairs(paired(sides[1], sides[0], about["claim_scope"].item()), registers)
    worst = _worst(graded)
    if worst["grade"] in _ALLOW_A_TEST:
        return Verdict(NOT_MEASURABLE, NO_FIGURE, figures, **worst)
    return Verdict(NOT_COMPARABLE, GRADED, figures, **worst)


def _side_by_definition(
    claim: Claim, about: Mapping[str, Any], definition_id: str, period: tuple[date, date], registers: Registers
) -> dict[str, Any]:
    """What is known of a figure from the registers alone; who gathered it, and of whom, is not known."""
    known = registers.definitions.row(by_predicate=pl.col("definition_id") == definition_id, named=True)
    return {
        **dict.fromkeys(SIDE),
        **{"measure_id": about["measure_id"], "definition_id": definition_id, "area_id": claim.area_id},
        **{"unit_id": known["unit_id"] or None, "geography_basis": known["geography_basis"] or None},
        **{"period_kind": "interval", "period_start": period[0], "period_end": period[1]},
        **{"recut": False, "per_month": False, "level": "united_kingdom" if claim.area_id == "UK" else None},
    }


def _by_change(
    pair: Mapping[str, Any], figures: pl.DataFrame, phi: float | None, *, upwards: bool, by_more_than: float
) -> Verdict:
    """Whether the change from the other figure to the claimed one is beyond chance, in the direction and by more than was said."""
    said = partial(
        Verdict,
        figures=figures,
        grade=pair["grade"],
        reasons=pair["reasons"] or None,
        remedy=pair["remedy"] or None,
    )
    if pair["grade"] not in _ALLOW_A_TEST:
        return said(NOT_COMPARABLE, GRADED)
    # What is no count of events (full-time equivalents) does not vary by chance: the figures themselves decide.
    if figures["value"].null_count() == 0 and figures["lower_95"].null_count():
        per_cent = _exact(figures)
        change = Change(per_cent, per_cent, per_cent, per_cent != 0)
    else:
        try:
            change = difference_test(pair, phi)
        except NotComparableError:  # from zero, in a series of which nothing is known: not even a percentage
            return said(NOT_ESTABLISHED, CHANCE_NOT_KNOWN)
    placed = partial(said, change=change)
    if change.is_change is None:
        return placed(NOT_ESTABLISHED, CHANCE_NOT_KNOWN)
    if change.lower is None or change.upper is None:
        return placed(NOT_ESTABLISHED, CHANCE)
    nearest, farthest = (change.lower, change.upper) if upwards else (-change.upper, -change.lower)
    if nearest > by_more_than:
        return placed(SUPPORTED, BEYOND_CHANCE)
    if farthest < by_more_than or nearest == farthest:
        return placed(NOT_SUPPORTED, BEYOND_CHANCE)
    return placed(NOT_ESTABLISHED, CHANCE)


def _exact(figures: pl.DataFrame) -> float:
    later, earlier = figures["numerator"] if figures["area_id"].n_unique() == 1 else figures["value"]
    if not earlier:
        return float("inf") if later else 0.0
    return float((later / earlier - 1) * 100)


def _graded(first: pl.DataFrame, second: pl.DataFrame, registers: Registers, *, as_counts: bool) -> dict[str, Any]:
    earlier, later = (side_of_indicators(row, registers, as_counts) for row in (first, second))
    (pair,) = grade_pairs(paired(earlier, later), registers).iter_rows(named=True)
    return pair


def _worst(pairs: pl.DataFrame) -> dict[str, Any]:
    """Grade, reasons and remedy of the worst of some pairs."""
    order = {name: place for place, name in enumerate(GRADES)}
    worst = max(
        pairs.select("grade", "reasons", "remedy").iter_rows(named=True),
        key=lambda row: (order[row["grade"]], len(row["reasons"])),
    )
    return {
        "grade": worst["grade"],
        **{name: worst[name] or None for name in ("reasons", "remedy")},
    }


def _within(period: tuple[date, date]) -> pl.Expr:
    return (pl.col("period_start") == period[0]) & (pl.col("period_end") == period[1])


def _without(rows: Sequence[pl.DataFrame], areas: Sequence[str]) -> tuple[str, ...]:
    return tuple(area for row, area in zip(rows, areas, strict=True) if row.is_empty() or row["numerator"].null_count())
