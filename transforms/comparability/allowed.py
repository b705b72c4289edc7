"""Changes, ranks and tests, computed only where the grade of the comparison allows them; otherwise refused in one sentence."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from transforms.comparability.grade import grade_pairs
from transforms.comparability.pairs import same_period, side_of_indicators
from transforms.errors import NotComparableError
from transforms.harmonise.registers import Registers

# A change in per cent and a test need figures that are the same, or were made the same.
_FOR_A_NUMBER = ("A", "B")


class Change(NamedTuple):
    """From the first figure to the second, in per cent, with 95% limits; ``is_change`` is whether the limits leave out no change."""

    per_cent: float
    lower: float
    upper: float
    is_change: bool


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


def difference_test(pair: Mapping[str, Any], phi: float = 1.0) -> Change:
    """The change from side a to side b with limits of a quasi-Poisson ratio, widened by the dispersion ``phi``.

    Exposure is the population where both sides are rates, months where both are per month, else equal. Method: ``rate_ratio``. Raises
    NotComparableError for grade C or X.
    """
    from transforms.statistics.change import exact_rate_ratio_limits, rate_ratio

    _refuse(pair, "a test")
    first, second = pair["numerator_a"], pair["numerator_b"]
    if first is None or second is None:
        raise NotComparableError(f"{pair['figure_id_a']} or {pair['figure_id_b']} has no figure.")
    before, after = _exposure(pair, "a"), _exposure(pair, "b")
    found = rate_ratio(first, second, before, after, phi)
    lower, upper = float(found.lower), float(found.upper)
    if np.isnan(lower) and phi == 1:
        lower, upper = (float(limit) for limit in exact_rate_ratio_limits(first, second, before, after))
    per_cent = (float(found.ratio) - 1) * 100
    return Change(per_cent, (lower - 1) * 100, (upper - 1) * 100, not lower <= 1 <= upper)


def rank(indicators: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """Rank areas by rate with intervals: ``ranked`` of rows of out/indicators, one an area, of one measure and period.

    Areas without a rate have no rank. Raises NotComparableError unless every two areas with a rate are graded A, naming the first two
    that are not.
    """
    from transforms.statistics.ranks import ranked

    with_rate = indicators.filter(pl.col("value").is_not_null())
    grades = grade_pairs(same_period(side_of_indicators(with_rate, registers)), registers)
    for row in grades.filter(pl.col("grade") != "A").head(1).iter_rows(named=True):
        raise NotComparableError(
            f"No rank: {row['figure_id_a']} and {row['figure_id_b']} are graded {row['grade']} ({row['reasons']}), and a ranking needs "
            "grade A throughout; list the figures side by side."
        )
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
