"""Changes, ranks and tests, computed only where the grade of the comparison allows them; otherwise refused in one sentence."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from transforms.errors import NotComparableError

# A change in per cent and a test need figures that are the same, or were made the same.
_FOR_A_NUMBER = ("A", "B")


class Change(NamedTuple):
    """From the first figure to the second, in per cent, with 95% limits; ``is_change`` is whether the limits leave out no change.

    Without an event in the first there is no per cent (None). Limits and ``is_change`` are None where nothing is known of how much the
    series varies beyond chance, or a count of zero leaves a lively series without limits: no test then. Zero against zero is no change.
    """

    per_cent: float | None
    lower: float | None
    upper: float | None
    is_change: bool | None


def percentage_change(pair: Mapping[str, Any]) -> float:
    """The change from side a to side b in per cent: of rates where both have one, else of counts; per month where both are per month.

    ``pair`` is a graded row with the numerators, values and periods of both sides. Raises NotComparableError for grade C or X, or without
    a first figure above zero.
    """
    _refuse(pair, "a percentage")
    before, after = (_compared(pair, side) for side in ("a", "b"))
    if not before or after is None:
        raise NotComparableError(f"{pair['figure_id_a']} has no figure above zero that a change could start from.")
    return (after / before - 1) * 100


def difference_test(pair: Mapping[str, Any], phi: float | None = None) -> Change:
    """The change from side a to side b with limits of a quasi-Poisson ratio, widened by the dispersion ``phi``.

    Exposure is the population where both sides are rates, months where both are per month, else equal. Method: ``rate_ratio``. Two areas
    in one period are compared with the limits of chance (φ = 1 unless given). Over time a pure Poisson test would call almost every
    change one: without ``phi`` (``dispersion_of_series``) there are no limits. Raises NotComparableError for grade C or X, or where a side
    has no figure.
    """
    from transforms.statistics.change import exact_rate_ratio_limits, rate_ratio

    _refuse(pair, "a test")
    first, second = pair["numerator_a"], pair["numerator_b"]
    if first is None or second is None:
        raise NotComparableError(f"{pair['figure_id_a']} or {pair['figure_id_b']} has no figure.")
    over_time = pair["area_id_a"] == pair["area_id_b"]
    if over_time and phi is None:
        return Change(percentage_change(pair), None, None, None)
    before, after = _exposure(pair, "a"), _exposure(pair, "b")
    found = rate_ratio(first, second, before, after, phi or 1.0)
    per_cent = (float(found.ratio) - 1) * 100 if first > 0 else None
    if first == second == 0:
        return Change(per_cent, None, None, False)
    lower, upper = float(found.lower), float(found.upper)
    if np.isnan(lower) and (phi or 1.0) == 1.0:
        lower, upper = (float(limit) for limit in exact_rate_ratio_limits(first, second, before, after))
    if np.isnan(lower):
        return Change(per_cent, None, None, None)
    return Change(per_cent, (lower - 1) * 100, (upper - 1) * 100, not lower <= 1 <= upper)


def dispersion_of_series(indicators: pl.DataFrame, measure_id: str, area_id: str) -> float | None:
    """φ of the quarterly counts of one measure and area (``quarterly_dispersion``), or None with fewer than eight quarters.

    ``indicators`` follows its contract; a quarter without a count is missing and not skipped.
    """
    from transforms.statistics.change import quarterly_dispersion

    held = indicators.filter(
        pl.col("is_preferred")
        & (pl.col("measure_id") == measure_id)
        & (pl.col("area_id") == area_id)
        & (pl.col("months") == 3)
    )
    if held.is_empty():
        return None
    quarters = held.select(pl.date_range(pl.col("period_start").min(), pl.col("period_start").max(), interval="3mo"))
    series = quarters.join(held, on="period_start", how="left", maintain_order="left")["numerator"]
    phi = float(quarterly_dispersion(series.fill_null(float("nan")).to_numpy()))
    return None if np.isnan(phi) else phi


def rank(indicators: pl.DataFrame, graded: pl.DataFrame) -> pl.DataFrame:
    """Rank areas by rate with intervals: ``ranked`` of rows of out/indicators, one an area, of one measure and period.

    ``graded`` are graded pairs (``grade_pairs``, or the ledger), which must hold every two of the areas with a rate; others do no harm.
    Areas without a rate have no rank. Raises NotComparableError unless each of those pairs is graded A, naming the first that is not, or
    where a pair was not graded.
    """
    from transforms.statistics.ranks import ranked

    with_rate = indicators.filter(pl.col("value").is_not_null())["indicator_id"].implode()
    among = graded.filter(pl.col("figure_id_a").is_in(with_rate) & pl.col("figure_id_b").is_in(with_rate))
    for row in among.filter(pl.col("grade") != "A").head(1).iter_rows(named=True):
        raise NotComparableError(
            f"No rank: {row['figure_id_a']} and {row['figure_id_b']} are graded {row['grade']} ({row['reasons']}), and a ranking needs "
            "grade A throughout; list the figures side by side."
        )
    areas = indicators["value"].count()
    if among.select("figure_id_a", "figure_id_b").n_unique() < areas * (areas - 1) // 2:
        raise NotComparableError("No rank: not every two of the areas have a grade; grade them first.")
    return ranked(indicators)


def _refuse(pair: Mapping[str, Any], what: str) -> None:
    if pair["grade"] not in _FOR_A_NUMBER:
        raise NotComparableError(
            f"No {what.split()[-1]}: {pair['figure_id_a']} and {pair['figure_id_b']} are graded {pair['grade']} ({pair['reasons']}); "
            f"it would take {pair['remedy']}."
        )


def _compared(pair: Mapping[str, Any], side: str) -> float | None:
    if pair["multiplier_a"] and pair["multiplier_b"] and pair[f"value_{side}"] is not None:
        return float(pair[f"value_{side}"])
    count = pair[f"numerator_{side}"]
    return None if count is None else count / _exposure(pair, side)


def _exposure(pair: Mapping[str, Any], side: str) -> float:
    """What the count is divided by: the population behind the rate, the months of the period, or one."""
    if pair["multiplier_a"] and pair["multiplier_b"] and pair[f"value_{side}"]:
        return float(pair[f"numerator_{side}"] * pair[f"multiplier_{side}"] / pair[f"value_{side}"])
    if pair["per_month_a"] and pair["per_month_b"]:
        return float(months(pair[f"period_start_{side}"], pair[f"period_end_{side}"]))
    return 1.0


def months(start: Any, end: Any) -> int:
    """The number of whole months from the first day to the last."""
    return int((end.year - start.year) * 12 + end.month - start.month + 1)
