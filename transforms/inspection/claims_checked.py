"""The register of claims that were made in public, each with its verdict and the figures behind it."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from transforms.comparability.claims import FELL, HIGHER, HIGHEST, LOWER, LOWEST, ROSE, Claim, Verdict, judged
from transforms.contracts.registers import read_register
from transforms.contracts.tables import CLAIMS
from transforms.errors import RegisterError
from transforms.harmonise.registers import Registers
from transforms.inspection.claim_check import NORFOLK, claim_check

UNITED_KINGDOM: Final = "UK"
_LINKS: Final = "london_linked_individuals"
# The report that ranks places of which it prints no number, so that there is a bound for these.
_RANKED_WITHOUT_NUMBERS: Final = "year-1"


def load_claims(data: Path, registers: Registers) -> pl.DataFrame:
    """The register of claims, as text.

    Raises RegisterError when it breaks its contract, names an area, measure or definition that no register has, or lacks what its relation needs.
    """
    claims = read_register(data, "claims")
    known = {
        "area_id": {UNITED_KINGDOM, *registers.areas["area_id"]},
        "group_id": {"", *registers.areas["area_id"]},
        "other_area_id": {"", *registers.areas["area_id"]},
        "measure_id": {"", *registers.measures["measure_id"]},
        "definition_id": {"", *registers.definitions["definition_id"]},
        "earlier_definition_id": {"", *registers.definitions["definition_id"]},
    }
    for row in claims.iter_rows(named=True):
        for column, values in known.items():
            if row[column] not in values:
                raise RegisterError(
                    f"claims.csv: {row['claim_id']} names {row[column]} as {column}, which no register has; correct it."
                )
        if row["relation"] in (FELL, ROSE) and row["measure_id"] and not row["earlier_start"]:
            raise RegisterError(f"claims.csv: {row['claim_id']} says {row['relation']} without an earlier period.")
    return claims


def group_of(area_id: str, areas: pl.DataFrame, within: str | None = None) -> tuple[str, ...]:
    """The areas of the same kind as an area, those of one region or country where ``within`` is given; in the order of their codes.

    ``areas`` is core/areas.
    """
    kind = areas.filter(pl.col("area_id") == area_id)["kind"].implode()
    group = areas.filter(pl.col("kind").is_in(kind))
    if within is not None:
        group = group.filter((pl.col("region_id") == within) | (pl.col("policing_region_id") == within))
    return tuple(group["area_id"].sort())


def claims_checked(
    claims: pl.DataFrame,
    indicators: pl.DataFrame,
    observations: pl.DataFrame,
    areas: pl.DataFrame,
    registers: Registers,
) -> pl.DataFrame:
    """The contract CLAIMS, in the order of the register: each claim with its verdict, grade and figures."""
    rows = []
    for row in claims.iter_rows(named=True):
        claim = _claim(row, areas)
        verdict = judged(claim, indicators, registers)
        said = {name: row[name] or None for name in ("claim_id", "said_by", "said_on", "words", "evidence")}
        rows.append({**said, **answer(claim, verdict, indicators, observations, areas)})
    return pl.DataFrame(rows, schema=CLAIMS.schema)


def answer(
    claim: Claim, verdict: Verdict, indicators: pl.DataFrame, observations: pl.DataFrame, areas: pl.DataFrame
) -> dict[str, Any]:
    """A claim and its verdict as one row: the columns of CLAIMS that are not of the register."""
    names = dict(areas.select("area_id", "name").iter_rows()) | {UNITED_KINGDOM: "United Kingdom"}
    own, beside = _figures(claim, verdict)
    others = [area for area in claim.others if area != claim.area_id] if claim.relation in (HIGHER, LOWER) else []
    other = beside.get("area_id", *others) if others else beside.get("area_id")
    change = verdict.change
    return {
        "area_id": claim.area_id,
        "area_name": names[claim.area_id],
        "measure_id": claim.measure_id or None,
        "relation": claim.relation,
        **dict(zip(("period_start", "period_end"), claim.period, strict=True)),
        "other_name": None if other in (None, claim.area_id) else names[str(other)],
        **dict(zip(("earlier_start", "earlier_end"), claim.earlier or (None, None), strict=True)),
        "by_more_than": claim.by_more_than,
        **{name: getattr(verdict, name) for name in ("verdict", "because", "grade", "reasons", "remedy")},
        **{
            name: own.get(name)
            for name in ("indicator_id", "numerator", "value", "multiplier", "lower_95", "upper_95", "is_derived")
        },
        **{f"other_{name}": beside.get(name) for name in ("indicator_id", "numerator", "value")},
        "change": _finite(change.per_cent) if change else None,
        "change_lower_95": _finite(change.lower) if change else None,
        "change_upper_95": _finite(change.upper) if change else None,
        "probability": verdict.probability,
        "place": verdict.place,
        "placed": verdict.placed,
        "place_at_most": _place_at_most(claim, verdict, indicators, observations),
        "without_figure": len(verdict.missing),
        "too_small": len(verdict.too_small),
    }


def _figures(claim: Claim, verdict: Verdict) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The figure of the claim, and the one beside it: of the other area or period, or the nearest by rate of a group."""
    rows = list(verdict.figures.iter_rows(named=True))
    own = [row for row in rows if row["area_id"] == claim.area_id and row["period_end"] == claim.period[1]]
    others = [row for row in rows if row not in own]
    if claim.relation == LOWEST:
        others = others[::-1]
    nothing: Mapping[str, Any] = {}
    return (own[0] if own else nothing, others[0] if others else nothing)


def _place_at_most(claim: Claim, verdict: Verdict, indicators: pl.DataFrame, observations: pl.DataFrame) -> int | None:
    """The last place by rate that the area could have if every place without a printed number had as many as it can; known of one report."""
    bounded = (claim.area_id, claim.measure_id, claim.relation) == (NORFOLK, _LINKS, HIGHEST)
    if not bounded or verdict.figures["edition_id"].head(1).to_list() != [_RANKED_WITHOUT_NUMBERS]:
        return None
    links = indicators.filter((pl.col("measure_id") == _LINKS) & pl.col("is_preferred"))
    if links.filter(pl.col("area_id") == NORFOLK)["edition_id"].n_unique() < 2:
        return None
    return int(claim_check(indicators, observations)["rank_by_rate_at_worst"])


def _finite(value: float | None) -> float | None:
    """A limit as a table can hold it: one that is not finite is none."""
    return None if value is None or value in (float("inf"), float("-inf")) else value


def _claim(row: Mapping[str, str], areas: pl.DataFrame) -> Claim:
    others: tuple[str, ...] = ()
    if row["relation"] in (HIGHEST, LOWEST):
        others = group_of(row["area_id"], areas, row["group_id"] or None)
    elif row["other_area_id"]:
        others = (row["other_area_id"],)
    return Claim(
        area_id=row["area_id"],
        measure_id=row["measure_id"],
        relation=row["relation"],
        period=_days(row["period_start"], row["period_end"]),
        others=others,
        earlier=_days(row["earlier_start"], row["earlier_end"]) if row["earlier_start"] else None,
        by_more_than=float(row["by_more_than"] or 0),
        definitions=(row["definition_id"], row["earlier_definition_id"]) if row["definition_id"] else None,
    )


def _days(start: str, end: str) -> tuple[date, date]:
    return date.fromisoformat(start), date.fromisoformat(end)
