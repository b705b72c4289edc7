"""One area beside its neighbours, similar ones and its region: what these are, and how far each may be compared."""

from collections.abc import Mapping, Sequence
from typing import Any

from reports import formats
from reports.wording.comparability import reasons, side_in_words
from reports.wording.words import joined, signed
from transforms.comparability.similar import CHARACTERISTICS, MOST_SIMILAR

NEIGHBOURS = "Neighbours have a stretch of border in common on the published map; water between two areas makes none."
SIMILAR = (
    f"Similar: the police force areas nearest in {formats.small_number(len(CHARACTERISTICS))} published characteristics of equal weight (residents, density, share aged 0 to 17, share "
    f"living in the largest district, region), at most {formats.small_number(MOST_SIMILAR)}. The method is this project's own. These are not the groups of most similar forces that HMICFRS uses."
)
NONE_SIMILAR = "No police force area is called similar: none is nearer in the five characteristics than two taken at random usually are."
BESIDE_NOTE = (
    "Of several areas the smallest and the largest of their rates, then the strictest grade of any of them beside this area: A direct, B adjusted, C side by side only. Nothing is "
    "ranked, and a range is no limit of what is usual."
)
_GROUPS = {
    "neighbours": "Neighbours",
    "similar": "Similar",
    "region": "Region",
    "nation": "England and Wales",
}
_NAMES = {
    "residents": "residents",
    "density": "density",
    "children": "share aged 0 to 17",
    "largest_district": "share in the largest district",
    "region": "region",
}


def group_name(group: str) -> str:
    """The header of a group of areas."""
    return _GROUPS[group]


def group_cell(row: Mapping[str, Any]) -> str:
    """'1.5 to 3.0 A' of several areas, '2.8 B' of one; '14.9 C (1 of 3)' where some have no rate that may stand there."""
    lowest, highest = formats.rate(row["lowest"]), formats.rate(row["highest"])
    said = f"{lowest if lowest == highest else f'{lowest} to {highest}'} {row['grade']}"
    return said if row["rated"] == row["areas"] else f"{said} ({row['rated']} of {row['areas']})"


def neighbours(names: Sequence[str]) -> str:
    """Which areas have a common border with one."""
    return f"{'Neighbour' if len(names) == 1 else 'Neighbours'}: {joined(names)}."


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
