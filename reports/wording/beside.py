"""One area beside its neighbours, similar ones and its region: what these are, and how far each may be compared."""

from collections.abc import Mapping, Sequence
from typing import Any

from reports import formats
from reports.wording.comparability import reasons, side_in_words
from reports.wording.words import signed
from transforms.comparability.similar import CHARACTERISTICS, MOST_SIMILAR

NEIGHBOURS = "Neighbours have a stretch of border in common on the published map; water between two areas makes none."
SIMILAR = (
    f"Similar: the police force areas nearest in {formats.small_number(len(CHARACTERISTICS))} published characteristics of equal weight (residents, density, share aged 0 to 17, share "
    f"living in the largest district, region), at most {formats.small_number(MOST_SIMILAR)}. The method is this project's own. These are not the groups of most similar forces that HMICFRS uses."
)
_NAMES = {
    "residents": "residents",
    "density": "density",
    "children": "share aged 0 to 17",
    "largest_district": "share in the largest district",
    "region": "region",
}


def distances(near: Sequence[tuple[str, float]]) -> str:
    """'Distances, where 1 is usual of two areas taken at random: Suffolk 0.29, Cambridgeshire 0.42.'"""
    listed = ", ".join(f"{name} {formats.deviation(distance)}" for name, distance in near)
    return f"Distances, where 1 is usual of two areas taken at random: {listed}."


def sensitivity(kept: Mapping[str, Any]) -> str:
    """How many of the similar areas stay among the five nearest when one characteristic is dropped, for each; ``kept`` is a row of ``stays``."""
    listed = ", ".join(f"{_NAMES[name]} {formats.count(kept[name])}" for name in CHARACTERISTICS)
    return f"Of the {formats.small_number(kept['similar'])}, so many stay among the nearest {formats.small_number(MOST_SIMILAR)} when one characteristic is left out: {listed}."


def beside_lines(pairs: Sequence[Mapping[str, Any]], group: str) -> list[str]:
    """What countylines compare prints of one area beside several: its figure, then each other one with the grade and what may be said."""
    first = pairs[0]
    return [
        first["measure_name"],
        f"  {side_in_words(first, 'a')}",
        f"Beside {group}:",
        *(f"  {side_in_words(pair, 'b')}; grade {pair['grade']}: {beside(pair)}" for pair in pairs),
    ]


def beside(pair: Mapping[str, Any]) -> str:
    """What may be said of the second area beside the first: a difference in per cent with its limits, or why there is none."""
    if pair["grade"] in ("C", "X"):
        return f"{'not compared' if pair['grade'] == 'X' else 'side by side only'} ({reasons(pair['reasons'])})"
    change = pair["change"]
    if change is None or change["lower"] is None:
        return "no percentage, since there is no interval of it"
    limits = f"95% interval {signed(change['lower'])} to {signed(change['upper'])}"
    if not change["is_change"]:
        return f"the difference is within what chance can make ({limits})"
    return f"{formats.percentage(abs(change['per_cent']))} {'higher' if change['per_cent'] > 0 else 'lower'} ({limits})"
