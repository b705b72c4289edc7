"""Who referred the children: local authorities among all first responders of the United Kingdom, in the same quarters of two years."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import polars as pl

from transforms.comparability import SIDE
from transforms.harmonise.meanings import with_measure, with_value
from transforms.harmonise.registers import Registers

_KINDS: Final = "ho_nrm_first_responders"
_POLICE: Final = "ho_nrm_police_first_responder"
_OF_KINDS: Final = "nrm_child_criminal_referrals"
_OF_POLICE: Final = "nrm_police_child_criminal_referrals"
_LOCAL_AUTHORITIES: Final = "NRM-LOCAL-AUTHORITY-TOTAL"
_QUARTER: Final = ["period_start", "period_end"]
_QUARTERS_OF_A_YEAR: Final = 4


def child_criminal_referrals(observations: pl.DataFrame, excluded: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """Children referred with criminal exploitation among the types, by quarter: period_start, period_end, local_authorities, everybody.

    Of the quarters for which both tables are held: that by kind of first responder has no children of the police, and those of Scotland and
    Northern Ireland are among the ``excluded`` cells of that by police first responder. Of several editions of a quarter the newest counts, and of
    two of one month each figure once.
    """
    of_kinds = _newest(observations.filter(source_id=_KINDS, measure_id=_OF_KINDS)).unique(
        [*_QUARTER, "area_id", "part"]
    )
    elsewhere = (
        with_value(excluded.filter(source_id=_POLICE), registers.sentinels)
        .pipe(with_measure, registers.measure_labels)
        .join(
            observations.filter(source_id=_POLICE).select("edition_id", "vintage", *_QUARTER).unique(), on="edition_id"
        )
        .filter(measure_id=_OF_POLICE)
    )
    of_police = _newest(
        pl.concat(
            [
                each.select(*_QUARTER, "vintage", "value")
                for each in (observations.filter(source_id=_POLICE, measure_id=_OF_POLICE), elsewhere)
            ]
        )
    )
    count = pl.col("value").sum()
    others = of_kinds.group_by(_QUARTER).agg(
        pl.col("value").filter(pl.col("area_id") == _LOCAL_AUTHORITIES).sum().alias("local_authorities"),
        count.alias("others"),
    )
    return (
        others.join(of_police.group_by(_QUARTER).agg(count.alias("police")), on=_QUARTER)
        .select(*_QUARTER, "local_authorities", (pl.col("others") + pl.col("police")).alias("everybody"))
        .sort(_QUARTER)
    )


def _newest(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("vintage") == pl.col("vintage").max().over(_QUARTER))


def share_of_local_authorities(
    row: Mapping[str, Any], counts: pl.DataFrame, about: Mapping[str, Any], quality: str
) -> tuple[dict[str, Any], pl.DataFrame] | None:
    """The share of local authorities, in per cent, in the newest quarters that are held of the year before too; and both sides of that pair (SIDE).

    ``counts`` is ``child_criminal_referrals``, ``about`` the measure in its register. Of the four newest quarters those count that have a
    quarter a year earlier. Limits are Wilson's. None where no quarter is held of two years.
    """
    before = counts.with_columns(pl.col(name).dt.offset_by("1y") for name in _QUARTER)
    newest = counts.tail(_QUARTERS_OF_A_YEAR)
    latest = newest.join(before, on=_QUARTER, how="semi").sort(_QUARTER)
    if latest.is_empty():
        return None
    baseline = counts.join(
        latest.with_columns(pl.col(name).dt.offset_by("-1y") for name in _QUARTER), on=_QUARTER, how="semi"
    )
    found: dict[str, Any] = {"quarters": len(latest)}
    sides = []
    for when, quarters in (("baseline", baseline), ("latest", latest)):
        found |= _share(when, quarters)
        sides.append(_side(f"{row['indicator_id']} {when}", quarters, about, quality))
    found["evidence"] = (
        f"measures {_OF_KINDS} and {_OF_POLICE}, {found['baseline_period']} and {found['latest_period']}"
    )
    return found, pl.DataFrame(sides, schema=SIDE)


def _share(when: str, quarters: pl.DataFrame) -> dict[str, Any]:
    from transforms.statistics.proportions import proportion

    count, of = (float(quarters[name].sum()) for name in ("local_authorities", "everybody"))
    limits = proportion(count, of)
    start, end = _reach(quarters)
    named = "1 quarter" if len(quarters) == 1 else f"{len(quarters)} quarters"
    return {
        when: count / of * 100,
        f"{when}_lower_95": float(limits.lower) * 100,
        f"{when}_upper_95": float(limits.upper) * 100,
        f"{when}_period": f"{start:%Y-%m} to {end:%Y-%m}, {named}",
    }


def _reach(quarters: pl.DataFrame) -> tuple[date, date]:
    (reach,) = quarters.select(pl.col("period_start").min(), pl.col("period_end").max()).rows()
    return reach


def _side(figure_id: str, quarters: pl.DataFrame, about: Mapping[str, Any], quality: str) -> dict[str, Any]:
    start, end = _reach(quarters)
    return {
        **dict.fromkeys(SIDE),
        **{"figure_id": figure_id, "measure_id": about["measure_id"], "definition_id": about["definition_id"]},
        **{"unit_id": "per_cent", "multiplier": 100, "population": about["measure_id"], "population_rule": "canonical"},
        **{"redenominated": False, "period_kind": "interval", "recut": True, "per_month": False},
        **{"period_start": start, "period_end": end, "area_id": "UK", "level": "united_kingdom"},
        **{
            "geography_basis": about["geography_basis"],
            "coverage": "complete",
            "left_out": "",
            "source_quality": quality,
        },
    }
