"""What page 1 of a report says of a measure beside its newest figure: its change, its place among police force areas, England and Wales.

Each number is there only where the grade of its comparison allows it; otherwise the reason is.
"""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from transforms.comparability.allowed import difference_test, dispersion_of_series, rank
from transforms.comparability.ledger import BEFORE_THE_REPORT
from transforms.contracts.tables import PROFILE
from transforms.errors import NotComparableError
from transforms.indicators.shares import OF_OFFENCES
from transforms.statistics.disclosure import INTERVAL_BELOW

NATION: Final = "K04000001"
NO_FIGURE: Final = "no figure held"
"""Why there is no change: one of the two periods is not held."""
TOO_SMALL: Final = "too few for a percentage"
NO_RATES: Final = "no rate"
EARLIER: Final = "others have newer figures"
NOT_ALL_ALIKE: Final = "not every two forces compare"
"""Why there is no rank."""
_FEWEST_RANKED: Final = 10
# Decimals to which the figure of England and Wales is kept: as reports print it, so that a report is not made again for what nobody sees.
_PRINTED: Final = 1
_YEAR: Final = 12
_QUARTER: Final = 3
# What is read of a figure; the identifiers of its cells, which are long, are not.
_READ: Final = (
    *("indicator_id", "measure_id", "area_id", "area_kind", "period_start", "period_end", "months", "is_preferred"),
    *("numerator", "value", "multiplier", "denominator_used", "denominator_rule"),
)
_CHANGES: Final = {"year": "year_before", "since": BEFORE_THE_REPORT}


def profile(indicators: pl.DataFrame, ledger: pl.DataFrame, headlines: pl.DataFrame) -> pl.DataFrame:
    """One row an area and measure of ``headlines`` (position, measure_id) with a figure: the contract PROFILE.

    ``indicators`` and ``ledger`` follow their contracts. The newest figure is that of the newest twelve months; of a measure without
    twelve months, the newest of any length. Changes are ``difference_test`` of the ledger's pairs 'year_before' and 'since_2019', ranks
    ``rank`` of the newest period of most areas.
    """
    held = indicators.filter(
        pl.col("is_preferred")
        & pl.col("measure_id").is_in(headlines["measure_id"].to_list())
        & pl.col("numerator").is_not_null()
    ).select(_READ)
    yearly = held.filter(pl.col("months") == _YEAR)["measure_id"].unique().to_list()
    newest = (
        held.filter((pl.col("months") == _YEAR) | ~pl.col("measure_id").is_in(yearly))
        .sort("period_end", "months", "indicator_id")
        .group_by("measure_id", "area_id", maintain_order=True)
        .last()
    )
    compared = ledger.filter(
        pl.col("kind").is_in(list(_CHANGES.values())) & pl.col("figure_id_b").is_in(newest["indicator_id"].implode())
    )
    pairs = {(row["kind"], row["figure_id_b"]): row for row in compared.iter_rows(named=True)}
    earlier = held.filter(pl.col("indicator_id").is_in(compared["figure_id_a"].implode()))
    known = {row["indicator_id"]: row for row in earlier.iter_rows(named=True)}
    lively = _dispersions(held, newest)
    beside = {
        row["figure_id_a"]: row["grade"]
        for row in ledger.filter(pl.col("kind") == "nation").select("figure_id_a", "grade").iter_rows(named=True)
    }
    nation = {
        (row["measure_id"], row["period_start"], row["period_end"]): row
        for row in held.filter(pl.col("area_id") == NATION).iter_rows(named=True)
    }
    ranks = _ranks(newest, ledger)
    positions = dict(headlines.select("measure_id", "position").iter_rows())
    rows = []
    for row in newest.iter_rows(named=True):
        whole = nation.get((row["measure_id"], row["period_start"], row["period_end"]))
        rows.append(
            {
                **{name: row[name] for name in ("area_id", "measure_id", "indicator_id", "period_start", "period_end")},
                "position": int(positions[row["measure_id"]]),
                **{
                    f"{which}_{name}": value
                    for which, kind in _CHANGES.items()
                    for name, value in _change(pairs.get((kind, row["indicator_id"])), row, known, lively).items()
                },
                **_beside(row, whole, beside.get(row["indicator_id"])),
                **ranks.get(row["indicator_id"], {}),
            }
        )
    return pl.DataFrame(rows, schema=PROFILE.schema).sort("area_id", "position")


def _dispersions(held: pl.DataFrame, newest: pl.DataFrame) -> dict[tuple[str, str], float | None]:
    """By measure and area, how much the quarters of a series vary beyond chance; None where too few are held."""
    quarters = held.filter(pl.col("months") == _QUARTER).partition_by("measure_id", "area_id", as_dict=True)
    nothing = held.clear()
    return {
        (measure_id, area_id): dispersion_of_series(quarters.get((measure_id, area_id), nothing), measure_id, area_id)
        for measure_id, area_id in newest.select("measure_id", "area_id").iter_rows()
    }


def _change(
    pair: Mapping[str, Any] | None,
    row: Mapping[str, Any],
    known: Mapping[str, Mapping[str, Any]],
    lively: Mapping[tuple[str, str], float | None],
) -> dict[str, Any]:
    """The change from the earlier figure of a graded pair to the newest one, or why none is given: counts so small have no percentage without limits."""
    if pair is None:
        return {"reason": NO_FIGURE}
    before = known.get(pair["figure_id_a"])
    found = {"id": pair["figure_id_a"], "grade": pair["grade"], "reason": pair["reasons"]}
    if before is None:
        return {**found, "reason": NO_FIGURE}
    both = before["value"] is not None and row["value"] is not None
    as_rates = both and (pair["kind"] != "year_before" or row["denominator_rule"] == OF_OFFENCES)
    sides = {
        f"{name}_{side}": of[name]
        for side, of in (("a", before), ("b", row))
        for name in ("numerator", "area_id", "period_start", "period_end")
    }
    sides |= {f"value_{side}": of["value"] if as_rates else None for side, of in (("a", before), ("b", row))}
    sides |= {f"multiplier_{side}": row["multiplier"] if as_rates else None for side in ("a", "b")}
    sides |= {f"per_month_{side}": False for side in ("a", "b")}
    try:
        change = difference_test({**pair, **sides}, lively[row["measure_id"], row["area_id"]])
    except NotComparableError:  # the grade forbids it, or the first figure is zero
        return {**found, "reason": TOO_SMALL} if pair["grade"] in ("A", "B") else found
    if change.per_cent is None or (
        change.lower is None and min(before["numerator"], row["numerator"]) < INTERVAL_BELOW
    ):
        return {**found, "reason": TOO_SMALL}
    return {**found, "change": change.per_cent, "lower_95": change.lower, "upper_95": change.upper}


def _beside(row: Mapping[str, Any], whole: Mapping[str, Any] | None, grade: str | None) -> dict[str, Any]:
    """The rate of England and Wales in the same period, where the ledger does not refuse to set it beside this one."""
    if whole is None or whole["value"] is None or row["area_id"] == NATION or grade in (None, "X"):
        return {}
    return {"nation": round(whole["value"], _PRINTED), "nation_grade": grade}


def _ranks(newest: pl.DataFrame, ledger: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """By figure, the rank of each police force area among those with the newest period of a measure, or why there is none."""
    among = ledger.filter(pl.col("kind") == "areas")
    found: dict[str, dict[str, Any]] = {}
    forces = newest.filter(pl.col("area_kind") == "police_force_area")
    for (measure_id,), rows in forces.group_by("measure_id", maintain_order=True):
        latest = rows.filter(pl.col("period_end") == rows["period_end"].max())
        found |= {each: {"rank_reason": EARLIER} for each in rows["indicator_id"]}
        found |= {each: {"rank_reason": NO_RATES} for each in latest["indicator_id"]}
        rated = latest.drop_nulls("value")
        if len(rated) < _FEWEST_RANKED or (rated["denominator_rule"] == OF_OFFENCES).any():
            continue
        try:
            ranked = rank(rated, among.filter(pl.col("measure_id") == measure_id))
        except NotComparableError:
            found |= {each: {"rank_reason": NOT_ALL_ALIKE} for each in rated["indicator_id"]}
            continue
        found |= {
            each["indicator_id"]: {name: each[name] for name in ("rank", "rank_lower", "rank_upper", "ranked_areas")}
            for each in ranked.drop_nulls("rank").iter_rows(named=True)
        }
    return found
